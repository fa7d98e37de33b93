/*
 * Reads the index of a trace: where its parts are, by the headers of its
 * blocks.  An index may be of another trace of the same name, or be anything
 * else: that every part begins as it did when it was written tells.
 */
#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/crc32c.h"
#include "capture/input.h"
#include "index_find_impl.h"
#include "place.h"

/* More headers are no index of ours. */
#define HEADS_MOST	((size_t)1 << 20)

static const char	alien[] = "the index is of another file";

/* Make room for n more elements.  0, or -1 with errno. */
static int
grow(void **array, size_t *room, size_t used, size_t n, size_t size)
{
	size_t	 want = (used + n) * 2;
	void	*p;

	if (used + n <= *room)
		return (0);
	if ((p = realloc(*array, want * size)) == NULL)
		return (-1);
	*array = p;
	*room = want;
	return (0);
}

/* Most parts have the same headers as the one before. */
static bool
has_same_heads(const struct index_find *f, const struct trace_place *place)
{
	const struct found_part	*last;

	if (f->n == 0)
		return (false);
	last = &f->parts[f->n - 1];
	return (last->nheads == place->nheads && memcmp(f->heads + last->heads,
	    place->heads, place->nheads * sizeof(off_t)) == 0);
}

static int
add_heads(struct index_find *f, const struct trace_place *place,
    struct found_part *part)
{
	part->nheads = place->nheads;
	if (has_same_heads(f, place)) {
		part->heads = f->parts[f->n - 1].heads;
		return (0);
	}
	if (f->nheads + place->nheads > HEADS_MOST || grow((void **)&f->heads,
	    &f->heads_room, f->nheads, place->nheads, sizeof(off_t)) == -1)
		return (-1);
	memcpy(f->heads + f->nheads, place->heads,
	    place->nheads * sizeof(off_t));
	part->heads = f->nheads;
	f->nheads += place->nheads;
	return (0);
}

/* The same as place_crc() of a trace that is compressed. */
static int
compressed_crc(const char *path, const struct trace_place *place,
    uint32_t *crc)
{
	struct input	in;
	size_t		n = PLACE_CHECKED;
	int		rc = -1;

	if (place->to - place->from < (off_t)n)
		n = (size_t)(place->to - place->from);
	if (input_open(&in, path) == 0 && input_more(&in) == INPUT_MORE &&
	    input_decompress(&in) == 0 &&
	    input_seek(&in, (uint64_t)place->from, UINT64_MAX) == 0) {
		while (in.end - in.at < n && input_more(&in) == INPUT_MORE)
			continue;
		if (in.end - in.at >= n) {
			*crc = crc32c(0, in.buffer + in.at, n);
			rc = 0;
		}
	}
	input_close(&in);
	return (rc);
}

/*
 * Is the part within the trace?  One that grows may have become longer since
 * its size was asked: its recorder writes the index after it.
 */
static bool
is_within(struct index_find *f, off_t to)
{
	struct stat	st;

	if (to > f->size && fstat(f->trace_fd, &st) == 0)
		f->size = st.st_size;
	return (to <= f->size);
}

/*
 * Does the part begin as it did?  Of a compressed trace only the first is
 * looked at: others have to be decompressed up to there.
 */
static bool
is_same(struct index_find *f, const struct trace_place *place)
{
	uint32_t	crc;

	if (f->size != -1)
		return (is_within(f, place->to) && place_crc(f->trace_fd,
		    place->from, place->to, &crc) == 0 && crc == place->crc);
	return (f->n > 0 || (compressed_crc(f->path, place, &crc) == 0 &&
	    crc == place->crc));
}

/* Is this what the trace has? */
static bool
is_of_trace(struct index_find *f, const struct trace_place *place)
{
	if (place->nheads == 0 || place->heads[0] >= place->from ||
	    (f->n > 0 && place->from < f->parts[f->n - 1].to))
		return (false);
	return (is_same(f, place));
}

/* What a block says of its part.  NULL, or why the index is not used. */
static const char *
add_part(struct index_find *f, const struct block *b,
    struct trace_place *place)
{
	const struct block_info	*info = block_info(b);
	struct found_part	*part;

	if (!place_parse(info->trace, place))
		return ("the index is damaged");
	if (!is_of_trace(f, place))
		return (alien);
	if (grow((void **)&f->parts, &f->room, f->n, 1, sizeof(*part)) == -1 ||
	    add_heads(f, place, &f->parts[f->n]) == -1)
		return ("the index is too large");
	part = &f->parts[f->n++];
	part->from = place->from;
	part->to = place->to;
	part->frames = place->frames;
	part->begin_ns = info->begin_ns;
	part->end_ns = info->end_ns;
	part->block = block_offset(b);
	part->wanted = false;
	return (NULL);
}

const char *
index_load(struct index_find *f)
{
	struct trace_place	*place = malloc(sizeof(*place));
	enum block_error	 e = BLOCK_END;
	const char		*why = NULL;
	uint64_t		 instance = 0;
	struct block		*b;
	off_t			 at;

	if (place == NULL)
		return (strerror(errno));
	for (at = 0; why == NULL && (e = block_open(f->fd, at, &b)) ==
	    BLOCK_OK; at += block_length(b), block_free(b)) {
		if (f->n == 0)
			instance = block_info(b)->instance;
		why = block_info(b)->instance != instance ? alien :
		    add_part(f, b, place);
	}
	free(place);
	/* An index that is being written may end inside a block. */
	if (why == NULL && e != BLOCK_END && e != BLOCK_CUT)
		f->damaged = true;
	return (why);
}
