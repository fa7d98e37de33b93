/*
 * What a socket has sent or received, in one file: each record is written where
 * its offset in the stream says, so that their order does not matter.  What no
 * record has is a hole, which reads as zeros, and is said at the end.
 *
 * A stream begins at 0.  If the trace begins later, the file begins with the
 * first record: what only then comes from before it cannot be placed.
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

/* Octets of the stream that are in the file: [from, to). */
struct range {
	uint64_t	from, to;
};

struct payload {
	const char	*path;
	int		 fd;
	bool		 begun, broken;
	uint64_t	 base;		/* offset of the first octet of the
					   file */
	uint64_t	 end;		/* of the stream, as far as it is
					   told */
	uint64_t	 records, early; /* octets that could not be placed */
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

/* Octets from `from' on of the stream. */
static int
put_octets(struct payload *p, const uint8_t *at, uint32_t n, uint64_t from)
{
	uint32_t	early;

	if (from < p->base) {
		early = p->base - from < n ? (uint32_t)(p->base - from) : n;
		p->early += early;
		at += early;
		from += early;
		n -= early;
	}
	if (n == 0)
		return (0);
	if (write_at(p, at, n, from - p->base) == -1)
		return (stop(p, strerror(errno)));
	return (note_range(p, from, from + n) == 0 ? 0 :
	    stop(p, "it has too many gaps"));
}

int
payload_add(struct payload *p, const struct datarec *d)
{
	uint64_t	from = d->seq;

	if (d->kind != DATAREC_DATA) {
		p->begun |= d->kind == DATAREC_START;
		return (0);
	}
	if (!p->begun)
		p->base = from;
	p->begun = true;
	if (from > INT64_MAX - (uint64_t)UINT32_MAX)
		return (stop(p, "a record is beyond the end of all files"));
	p->records++;
	if (from + d->length > p->end)
		p->end = from + d->length;
	return (put_octets(p, d->payload, d->caplen, from));
}

/* Say what is not there.  Returns how many octets. */
static uint64_t
say_gaps(const struct payload *p)
{
	uint64_t	at = p->base, missing = 0, next;
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

int
payload_end(struct payload *p)
{
	uint64_t	missing = 0, octets;
	int		rc = TRAFD_EXIT_OK;

	if (p == NULL)
		return (TRAFD_EXIT_OK);
	if (!p->broken) {
		missing = say_gaps(p);
		octets = p->end > p->base ? p->end - p->base - missing : 0;
		log_notice("%s: %" PRIu64 " octets of %" PRIu64 " record%s, %"
		    PRIu64 " octets missing", p->path, octets, p->records,
		    plural(p->records), missing);
		if (p->base != 0)
			log_warnx("the trace begins with octet %" PRIu64
			    " of the stream, and so does the file", p->base);
		if (p->early != 0)
			log_warnx("left out: %" PRIu64 " octets from before "
			    "the first record", p->early);
		/* A hole at the end is a hole, too. */
		if (p->end > p->base &&
		    ftruncate(p->fd, (off_t)(p->end - p->base)) == -1)
			(void)stop(p, strerror(errno));
	}
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
