/*
 * Which files are read, and in which order.
 */
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ipreport.h"

static int
fail(const char *path)
{
	log_error("cannot read traces: %s", path);
	return (-1);
}

static int
add(struct files *f, const char *path)
{
	char	**more = realloc(f->path, ((size_t)f->n + 1) * sizeof(*more));

	if (more == NULL)
		return (fail(path));
	f->path = more;
	if ((more[f->n] = strdup(path)) == NULL)
		return (fail(path));
	f->n++;
	return (0);
}

static bool
is_regular(const char *path)
{
	struct stat	st;

	return (stat(path, &st) == 0 && S_ISREG(st.st_mode));
}

/*
 * Does it begin as a trace does?  One that cannot be opened is said to be one,
 * so that it is reported and not left out.
 */
static bool
is_trace(const char *path)
{
	struct capfile		*c;
	struct frame		 f;
	enum capfile_state	 state;
	int			 n;

	if ((c = capfile_open(path)) == NULL)
		return (true);
	state = capfile_next(c, &f, 0, &n);
	capfile_close(c);
	return (state == CAPFILE_FRAMES);
}

static int
add_directory(struct files *f, const char *dir)
{
	struct dirent	**list;
	char		  path[PATH_MAX];
	int		  i, before = f->n, rc = 0;
	int		  n = scandir(dir, &list, NULL, alphasort);

	if (n == -1)
		return (fail(dir));
	for (i = 0; i < n; i++) {
		if (rc == 0 && list[i]->d_name[0] != '.' &&
		    snprintf(path, sizeof(path), "%s/%s", dir,
		    list[i]->d_name) < (int)sizeof(path) &&
		    is_regular(path) && is_trace(path))
			rc = add(f, path);
		free(list[i]);
	}
	free(list);
	if (rc == 0 && f->n == before) {
		log_errorx("no trace in the directory: %s (record one: iptrace "
		    "%s/trace)", dir, dir);
		rc = -1;
	}
	return (rc);
}

/* ---- the order ---- */

struct first {
	char		*path;
	uint64_t	 ns;
	int		 number;	/* on the command line */
};

/* The time of the first packet of a regular file; 0: none. */
static uint64_t
first_time(const char *path)
{
	struct capfile	*c;
	struct frame	 f = { .octets = NULL };
	uint64_t	 ns = 0;
	int		 n;

	if (!is_regular(path) || (c = capfile_open(path)) == NULL)
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

static int
sort(struct files *f)
{
	struct first	*list = calloc((size_t)f->n, sizeof(*list));
	int		 i;

	if (list == NULL)
		return (fail(f->path[0]));
	for (i = 0; i < f->n; i++) {
		list[i].path = f->path[i];
		list[i].ns = first_time(f->path[i]);
		list[i].number = i;
	}
	qsort(list, (size_t)f->n, sizeof(*list), compare);
	for (i = 0; i < f->n; i++)
		f->path[i] = list[i].path;
	free(list);
	return (0);
}

int
files_find(const struct options *opt, bool ordered, struct files *f)
{
	struct stat	st;
	int		i, rc = 0;

	memset(f, 0, sizeof(*f));
	for (i = 0; i < opt->nfiles && rc == 0; i++) {
		if (stat(opt->files[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			rc = add_directory(f, opt->files[i]);
			ordered = true;
		} else
			rc = add(f, opt->files[i]);
	}
	if (rc == 0 && ordered && f->n > 1)
		rc = sort(f);
	if (rc == -1)
		files_free(f);
	return (rc);
}

void
files_free(struct files *f)
{
	while (f->n > 0)
		free(f->path[--f->n]);
	free(f->path);
	f->path = NULL;
}
