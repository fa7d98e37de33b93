/*
 * Finds parts of a trace by its index.  What cannot be trusted is not used: an
 * index is checked against its trace, and what it does not tell is read.  So an
 * index, whoever wrote it, can make a search slow, and its answer is that of a
 * reader without index, unless its checksums were forged on purpose.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/endian.h"
#include "base/parallel.h"
#include "base/regular.h"
#include "index_find_impl.h"
#include "index_write.h"

#define ZSTD_MAGIC	UINT32_C(0x28b52ffd)

char *
index_name(const char *path)
{
	size_t	len = strlen(path);
	char	*name;

	if (len > 4 && strcmp(path + len - 4, ".zst") == 0)
		len -= 4;
	return (asprintf(&name, "%.*s%s", (int)len, path, INDEX_SUFFIX) == -1 ?
	    NULL : name);
}

/* ---- what parts of the trace are wanted ---- */

struct looking {
	const struct index_want	*want;
	bool			 found;
};

static void
look_at_rows(void *arg, const struct flow *rows, size_t n)
{
	struct looking	*l = arg;
	size_t		 i;

	for (i = 0; i < n && !l->found; i++)
		l->found = l->want->wanted(l->want->arg, &rows[i]);
}

static bool
is_in_time(const struct found_part *p, const struct index_want *want)
{
	return (p->begin_ns == 0 || (p->end_ns >= want->since_ns &&
	    (want->until_ns == 0 || p->begin_ns < want->until_ns)));
}

/* A damaged block tells nothing, so that its part is to be read. */
static bool
is_wanted(struct index_find *f, const struct found_part *p)
{
	struct looking	 l = { .want = f->want };
	struct block	*b = NULL;

	if (!is_in_time(p, f->want))
		return (false);
	if (f->want->wanted == NULL)
		return (true);
	if (block_open(f->fd, p->block, &b) == BLOCK_OK && f->want->data &&
	    block_info(b)->ledger.v[LEDGER_DATA_RECORDS] > 0)
		l.found = true;
	else if (b == NULL || block_read(b, look_at_rows, &l) != BLOCK_OK) {
		atomic_store(&f->damaged, true);
		l.found = true;
	}
	block_free(b);
	return (l.found);
}

static void
look_at_parts(void *arg, unsigned int thread)
{
	struct index_find	*f = arg;
	size_t			 i;

	(void)thread;
	while ((i = atomic_fetch_add(&f->looked, 1)) < f->n)
		f->parts[i].wanted = is_wanted(f, &f->parts[i]);
}

/* ---- opening ---- */

/* All of the trace is to be read, and this is why. */
static void
use_nothing(struct index_find *f, const char *why)
{
	(void)snprintf(f->why, sizeof(f->why), "%s", why);
	f->n = 0;
}

/* Much of the trace without index is worth a word, its last part is not. */
static void
note_rest(struct index_find *f)
{
	off_t	end = f->n == 0 ? 0 : f->parts[f->n - 1].to;

	if (f->damaged)
		(void)snprintf(f->why, sizeof(f->why), "the index is damaged");
	else if (f->size != -1 && f->size - end > INDEX_PART_OCTETS &&
	    f->why[0] == '\0')
		(void)snprintf(f->why, sizeof(f->why), "the index ends at "
		    "byte %jd", (intmax_t)end);
}

static int
open_trace(struct index_find *f, const char *path)
{
	struct stat	st;
	uint8_t		magic[4];

	f->trace_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (f->trace_fd == -1 || fstat(f->trace_fd, &st) == -1)
		return (-1);
	if (!S_ISREG(st.st_mode))
		return (0);
	f->regular = true;
	f->size = st.st_size;
	if (read_at(f->trace_fd, magic, sizeof(magic), 0) == 0 &&
	    get_be32(magic) == ZSTD_MAGIC)
		f->size = -1;
	return (0);
}

/*
 * In a directory of many users anybody can put an index beside a trace, to hide
 * packets: only those who could change the trace, or what is read, are trusted.
 */
static bool
is_trusted(const struct index_find *f)
{
	struct stat	index, trace;

	return (fstat(f->fd, &index) == 0 && fstat(f->trace_fd, &trace) == 0 &&
	    (index.st_uid == trace.st_uid || index.st_uid == 0 ||
	    index.st_uid == geteuid()));
}

static void
use_index(struct index_find *f, const char *path)
{
	char		*name = index_name(path);
	const char	*why;

	if (name != NULL && f->regular)
		f->fd = open_regular(AT_FDCWD, name, O_RDONLY);
	free(name);
	if (f->fd == -1) {
		use_nothing(f, "no index");
		return;
	}
	why = is_trusted(f) ? index_load(f) :
	    "the index is of a user who does not own the trace";
	if (why != NULL) {
		use_nothing(f, why);
		return;
	}
	parallel_run(look_at_parts, f, parallel_parts());
	note_rest(f);
}

struct index_find *
index_find_open(const char *path, const struct index_want *want)
{
	struct index_find	*f;
	int			 error;

	if ((f = calloc(1, sizeof(*f))) == NULL)
		return (NULL);
	f->fd = f->trace_fd = -1;
	f->size = -1;
	f->want = want;
	f->path = path;
	if (open_trace(f, path) == -1) {
		error = errno;
		index_find_close(f);
		errno = error;
		return (NULL);
	}
	use_index(f, path);
	return (f);
}

void
index_find_close(struct index_find *f)
{
	if (f == NULL)
		return;
	if (f->fd != -1)
		(void)close(f->fd);
	if (f->trace_fd != -1)
		(void)close(f->trace_fd);
	free(f->heads);
	free(f->parts);
	free(f);
}

const char *
index_find_why(const struct index_find *f)
{
	return (f->why[0] == '\0' ? NULL : f->why);
}

/* ---- parts, one after the other ---- */

/*
 * What the index does not tell of, before part i or after the last, is there:
 * it is wanted as well.
 */
static bool
has_gap(const struct index_find *f)
{
	return (f->at < f->parts[f->next].from);
}

/* Headers of the range that begins at f->at. */
static void
set_heads(const struct index_find *f, struct index_part *part)
{
	const struct found_part	*p = NULL;

	if (f->next < f->n && !has_gap(f))
		p = &f->parts[f->next];
	else if (f->next > 0)
		p = &f->parts[f->next - 1];
	part->nheads = 0;
	if (p == NULL)
		return;
	part->heads = f->heads + p->heads;
	while (part->nheads < p->nheads &&
	    part->heads[part->nheads] < part->from)
		part->nheads++;
}

/* Extend the range by what is wanted next to it. */
static void
extend(struct index_find *f, struct index_part *part)
{
	for (; f->next < f->n; f->next++) {
		f->at = f->parts[f->next].from;
		if (!f->parts[f->next].wanted)
			break;
		f->at = f->parts[f->next].to;
	}
	part->to = f->at;
	if (f->next == f->n) {
		part->to = -1;
		f->ended = true;
	}
}

bool
index_find_next(struct index_find *f, struct index_part *part)
{
	if (f->ended)
		return (false);
	memset(part, 0, sizeof(*part));
	for (; f->next < f->n && !has_gap(f) && !f->parts[f->next].wanted;
	    f->next++) {
		f->at = f->parts[f->next].to;
		part->skipped += f->parts[f->next].frames;
	}
	part->from = f->at;
	set_heads(f, part);
	extend(f, part);
	return (true);
}
