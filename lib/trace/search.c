/*
 * Reads the parts of a trace, one after the other.
 */
#include <sys/stat.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <string.h>

#include "search.h"

struct search {
	struct capfile		*file;
	const char		*path;
	struct index_find	*find;		/* NULL: read all */
	bool			 inside;	/* a part is being read */
	bool			 again;		/* all is read once more */
	uint64_t		 done;		/* what is before is known */
	off_t			 to;		/* end of the part */
	uint64_t		 skipped;
};

/* Parts are of regular files only. */
static bool
is_regular(const char *path)
{
	struct stat	st;

	return (strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	    S_ISREG(st.st_mode));
}

struct search *
search_open(const char *path, const struct index_want *want)
{
	struct search	*s;
	int		 error;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return (NULL);
	s->path = path;
	s->file = capfile_open(path);
	if (s->file != NULL && want != NULL && is_regular(path))
		s->find = index_find_open(path, want);
	if (s->file != NULL &&
	    (s->find != NULL || want == NULL || !is_regular(path)))
		return (s);
	error = errno;
	search_close(s);
	errno = error;
	return (NULL);
}

void
search_close(struct search *s)
{
	if (s == NULL)
		return;
	index_find_close(s->find);
	capfile_close(s->file);
	free(s);
}

/*
 * A part cannot be reached: the trace was cut when it was compressed, or the
 * index was made to mislead.  Read all of the trace, and pass over the packets
 * that are known.
 */
static enum capfile_state
read_again(struct search *s)
{
	struct capfile	*file = capfile_open(s->path);

	if (file == NULL)
		return (CAPFILE_DAMAGED);
	capfile_close(s->file);
	s->file = file;
	s->inside = s->again = true;
	return (CAPFILE_FRAMES);
}

static void
pass_over(const struct search *s, struct frame *frames, int *n)
{
	uint64_t	end;
	int		i = 0;

	while (i < *n && capfile_offset(s->file, &frames[i], &end) < s->done)
		i++;
	*n -= i;
	memmove(frames, frames + i, (size_t)*n * sizeof(*frames));
}

static enum capfile_state
next_part(struct search *s)
{
	struct index_part	part;

	s->done = (uint64_t)s->to;
	if (s->again || !index_find_next(s->find, &part))
		return (CAPFILE_END);
	s->inside = true;
	s->to = part.to;
	if ((part.from != 0 || part.to != -1) && capfile_part(s->file,
	    part.from, part.to, part.heads, part.nheads) == -1)
		return (read_again(s));
	s->skipped += part.skipped;
	return (CAPFILE_FRAMES);
}

enum capfile_state
search_next(struct search *s, struct frame *frames, int most, int *n)
{
	enum capfile_state	state;

	*n = 0;
	for (;;) {
		if (s->find != NULL && !s->inside &&
		    (state = next_part(s)) != CAPFILE_FRAMES)
			return (state);
		state = capfile_next(s->file, frames, most, n);
		if (state == CAPFILE_FRAMES && s->again)
			pass_over(s, frames, n);
		if (state == CAPFILE_FRAMES && s->again && *n == 0)
			continue;
		if (state != CAPFILE_END || s->find == NULL)
			return (state);
		s->inside = false;
	}
}

struct capfile *
search_capfile(struct search *s)
{
	return (s->file);
}

uint64_t
search_skipped(const struct search *s)
{
	return (s->skipped);
}

const char *
search_why(const struct search *s)
{
	return (s->find == NULL ? NULL : index_find_why(s->find));
}
