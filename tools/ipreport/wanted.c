/*
 * Which packets are wanted, by --where and times, and in which order files are
 * read.
 */
#include <sys/stat.h>
#include <stdlib.h>
#include <string.h>

#include "trace/index_find.h"
#include "ipreport.h"

/* As many as capture/frames.h passes on at once. */
#define MOST	64

uint64_t
wanted_frames(const struct options *opt, int link, const struct frame *frames,
    size_t n)
{
	decode_fn		*decode = decode_for_link(link);
	uint64_t		 wanted = 0, counts[DECODED_VERDICTS];
	struct flow		 flows[MOST];
	const struct frame	*from[MOST];
	size_t			 i, many;

	if (opt->where == NULL)
		return (UINT64_MAX);
	if (decode == NULL)
		return (0);
	memset(counts, 0, sizeof(counts));
	many = decode_frames(decode, FLOW_PORTS_ALL, frames, n, flows, from,
	    counts, NULL);
	for (i = 0; i < many; i++)
		if (where_match(opt->where, &flows[i]))
			wanted |= UINT64_C(1) << (from[i] - frames);
	return (wanted);
}

static bool
is_wanted(void *arg, const struct flow *f)
{
	const struct options	*opt = arg;

	return (opt->where == NULL || where_match(opt->where, f));
}

/*
 * The counters of a row are sums of its packets', so that a row tells nothing
 * of its packets' counters.
 */
bool
wanted_parts(const struct options *opt, struct index_want *want)
{
	want->wanted = is_wanted;
	want->arg = (void *)(uintptr_t)opt;
	want->since_ns = opt->since_ns;
	want->until_ns = opt->until_ns;
	if (opt->where != NULL)
		return (!where_is_counted(opt->where));
	return (opt->since_ns != 0 || opt->until_ns != 0);
}

/* ---- the order of files ---- */

struct first {
	const char	*path;
	uint64_t	 ns;
	int		 number;	/* on the command line */
};

/* The time of the first packet of a regular file; 0: none. */
static uint64_t
first_time(const char *path)
{
	struct capfile	*c;
	struct frame	 f = { .octets = NULL };
	struct stat	 st;
	uint64_t	 ns = 0;
	int		 n;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode) ||
	    (c = capfile_open(path)) == NULL)
		return (0);
	if (capfile_next(c, &f, 1, &n) == CAPFILE_FRAMES && n == 1)
		ns = capfile_time(c, &f);
	capfile_close(c);
	return (ns);
}

static int
compare(const void *a, const void *b)
{
	const struct first	*x = a, *y = b;

	if (x->ns != y->ns)
		return (x->ns < y->ns ? -1 : 1);
	return (x->number - y->number);
}

const char **
wanted_order(const struct options *opt)
{
	size_t		 i, n = (size_t)opt->nfiles;
	const char	**paths = calloc(n, sizeof(*paths));
	struct first	*files = calloc(n, sizeof(*files));

	for (i = 0; i < n && files != NULL; i++) {
		files[i].path = opt->files[i];
		files[i].ns = n == 1 ? 0 : first_time(opt->files[i]);
		files[i].number = (int)i;
	}
	if (files != NULL)
		qsort(files, n, sizeof(*files), compare);
	for (i = 0; i < n && files != NULL && paths != NULL; i++)
		paths[i] = files[i].path;
	if (files == NULL) {
		free(paths);
		paths = NULL;
	}
	free(files);
	return (paths);
}
