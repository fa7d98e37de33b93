/*
 * What a socket has sent or received, in one file: each record is written where
 * its offset in the stream says, so that their order does not matter.  What no
 * record has is a hole, which reads as zeros, and is said at the end.
 *
 * A stream begins at 0.  If the trace begins later, the file begins with the
 * lowest offset of its records, which need not be that of the first one:
 * segments overtake each other.  So the file is written with some room before
 * the first record, and moved to its beginning at the end.
 */
#include <sys/stat.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/plural.h"
#include "data.h"
#include "saver.h"
#include "traffic.h"

#define RANGES		65536	/* most ranges with gaps between them */
#define SAID		10	/* gaps that are told one by one */
#define ROOM		((uint64_t)16 << 20)	/* octets: a large window */
#define PIECE		65536	/* octets that are moved at a time */

/* Octets of the stream that are in the file: [from, to). */
struct range {
	uint64_t	from, to;
};

struct payload {
	const char	*path;
	int		 fd;
	bool		 begun, broken;
	bool		 started;	/* a record says so: from 0 on */
	uint64_t	 base;		/* offset in the stream of the first
					   octet of the file */
	uint64_t	 first, end;	/* of the stream, as far as it is
					   told */
	uint64_t	 records, abbreviated;
	uint64_t	 early;		/* octets that could not be placed */
	size_t		 n;
	struct range	 ranges[RANGES + 1]; /* ascending, none touch */
};

struct payload *
payload_open(const char *path, const char *const *inputs, int n)
{
	struct payload	*p = calloc(1, sizeof(*p));
	struct stat	 st;

	if (p == NULL) {
		log_error("cannot write the payload: %s", path);
		return (NULL);
	}
	p->path = path;
	if ((p->fd = saver_file(path, 0600, "the payload", inputs, n)) == -1)
		goto fail;
	if (fstat(p->fd, &st) == -1 || !S_ISREG(st.st_mode)) {
		log_errorx("cannot write the payload: %s: it is no file (name "
		    "one)", path);
		goto close;
	}
	if (ftruncate(p->fd, 0) == 0)
		return (p);
	log_error("cannot write the payload: %s", path);
close:
	if (p->fd != STDOUT_FILENO)
		(void)close(p->fd);
fail:
	free(p);
	return (NULL);
}

static int
write_at(const struct payload *p, const uint8_t *at, size_t n, uint64_t to)
{
	ssize_t	done;

	for (; n > 0; n -= (size_t)done, at += done, to += (uint64_t)done)
		if ((done = pwrite(p->fd, at, n, (off_t)to)) == -1) {
			if (errno != EINTR)
				return (-1);
			done = 0;
		}
	return (0);
}

/* The range is in the file: unite it with those that it touches. */
static int
note_range(struct payload *p, uint64_t from, uint64_t to)
{
	size_t	i = p->n, last;

	/* Mostly it is at the end. */
	while (i > 0 && p->ranges[i - 1].to >= from)
		i--;
	for (last = i; last < p->n && p->ranges[last].from <= to; last++) {
		from = p->ranges[last].from < from ? p->ranges[last].from :
		    from;
		to = p->ranges[last].to > to ? p->ranges[last].to : to;
	}
	memmove(&p->ranges[i + 1], &p->ranges[last],
	    (p->n - last) * sizeof(p->ranges[0]));
	p->ranges[i] = (struct range){ from, to };
	p->n += i + 1 - last;
	return (p->n > RANGES ? -1 : 0);
}

static int
stop(struct payload *p, const char *why)
{
	p->broken = true;
	log_errorx("cannot write the payload: %s: %s", p->path, why);
	return (-1);
}

/* Where the file begins is known with the first record. */
static void
begin(struct payload *p, uint64_t from)
{
	if (p->begun)
		return;
	p->begun = true;
	if (!p->started) {
		p->base = from > ROOM ? from - ROOM : 0;
		p->first = from;
	}
}

/* The record's octets from this offset on; those before the base are lost. */
static uint64_t
skip_early(struct payload *p, const struct datarec *d, uint32_t *n)
{
	uint64_t	early = d->seq < p->base ? p->base - d->seq : 0;

	if (early > d->caplen)
		early = d->caplen;
	p->early += early;
	*n = d->caplen - (uint32_t)early;
	return (early);
}

int
payload_add(struct payload *p, const struct datarec *d)
{
	uint64_t	from = d->seq, early;
	uint32_t	n;

	if (d->kind != DATAREC_DATA) {
		p->started |= d->kind == DATAREC_START;
		return (0);
	}
	if (from > INT64_MAX - (uint64_t)UINT32_MAX)
		return (stop(p, "a record is beyond the end of all files"));
	begin(p, from);
	p->records++;
	p->abbreviated += d->caplen < d->length;
	if (from + d->length > p->end)
		p->end = from + d->length;
	early = skip_early(p, d, &n);
	from += early;
	if (from < p->first)
		p->first = from < p->base ? p->base : from;
	if (n == 0)
		return (0);
	if (write_at(p, d->payload + early, n, from - p->base) == -1) {
		p->broken = true;
		log_error("cannot write the payload: %s", p->path);
		return (-1);
	}
	return (note_range(p, from, from + n) == 0 ? 0 :
	    stop(p, "it has too many gaps"));
}

/* ---- the end ---- */

/* Move n octets of the file towards its beginning; by == 0: zeros. */
static int
move(const struct payload *p, uint64_t to, uint64_t n, uint64_t by)
{
	uint8_t	piece[PIECE] = { 0 };
	size_t	some;
	ssize_t	got;

	for (; n > 0; n -= some, to += some) {
		some = n < sizeof(piece) ? (size_t)n : sizeof(piece);
		if (by != 0) {
			got = pread(p->fd, piece, some, (off_t)(to + by));
			if (got == -1 && errno == EINTR)
				got = 0;
			else if (got <= 0)
				return (-1);
			some = (size_t)got;
		}
		if (write_at(p, piece, some, to) == -1)
			return (-1);
	}
	return (0);
}

/*
 * Have the file begin with the first octet that is told.  What was moved leaves
 * its old octets in the gap behind it, as many as it was moved by.
 */
static int
move_all(struct payload *p)
{
	uint64_t	by = p->first - p->base, gap, next;
	size_t		i;

	if (by == 0 || p->records == 0)
		return (0);
	for (i = 0; i < p->n; i++) {
		next = i + 1 < p->n ? p->ranges[i + 1].from : p->end;
		gap = next - p->ranges[i].to;
		if (move(p, p->ranges[i].from - p->first, p->ranges[i].to -
		    p->ranges[i].from, by) == -1 ||
		    move(p, p->ranges[i].to - p->first, gap < by ? gap : by,
		    0) == -1)
			return (-1);
	}
	p->base = p->first;
	return (0);
}

/* Say what is not there.  Returns how many octets. */
static uint64_t
say_gaps(const struct payload *p)
{
	uint64_t	at = p->first, missing = 0, next;
	size_t		i, said = 0;

	for (i = 0; i <= p->n; i++) {
		next = i < p->n ? p->ranges[i].from : p->end;
		if (next > at) {
			missing += next - at;
			if (said++ < SAID)
				log_warnx("not in the trace: octets %" PRIu64
				    " to %" PRIu64 " of the stream", at,
				    next - 1);
		}
		if (i < p->n)
			at = p->ranges[i].to;
	}
	if (said > SAID)
		log_warnx("not in the trace: %zu more gaps", said - SAID);
	return (missing);
}

/* Make the file as long as what is told, and say what is not in it. */
static uint64_t
finish(struct payload *p)
{
	uint64_t	missing, told = p->end > p->first ? p->end - p->first :
			    0;

	if (move_all(p) == -1 || ftruncate(p->fd, (off_t)told) == -1) {
		p->broken = true;
		log_error("cannot write the payload: %s", p->path);
		return (0);
	}
	missing = say_gaps(p);
	log_notice("%s: %" PRIu64 " octets of %" PRIu64 " record%s, %"
	    PRIu64 " octets missing", p->path, told - missing, p->records,
	    plural(p->records), missing);
	if (p->abbreviated != 0)
		log_warnx("%" PRIu64 " record%s abbreviated (record all with "
		    "iptrace --data=FULL)", p->abbreviated,
		    p->abbreviated == 1 ? " is" : "s are");
	if (p->first != 0)
		log_warnx("the trace begins with octet %" PRIu64
		    " of the stream, and so does the file", p->first);
	if (p->early != 0)
		log_warnx("left out: %" PRIu64 " octets from far before the "
		    "first record", p->early);
	return (missing);
}

int
payload_end(struct payload *p)
{
	uint64_t	missing = 0;
	int		rc = TRAFD_EXIT_OK;

	if (p == NULL)
		return (TRAFD_EXIT_OK);
	if (!p->broken)
		missing = finish(p);
	if (p->records == 0 && !p->broken)
		log_errorx("no data record is of this session and direction "
		    "(--sessions lists sessions)");
	if (p->broken || missing != 0 || p->early != 0 || p->records == 0)
		rc = TRAFD_EXIT_ERROR;
	if (p->fd != STDOUT_FILENO && close(p->fd) == -1 &&
	    rc == TRAFD_EXIT_OK) {
		log_error("cannot write the payload: %s", p->path);
		rc = TRAFD_EXIT_ERROR;
	}
	free(p);
	return (rc);
}
