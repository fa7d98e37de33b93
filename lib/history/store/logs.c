/*
 * The log files of Berkeley DB.  The database needs them only after a kill.  A
 * digest of them tells whether one was changed while nobody wrote.
 */
#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "store_impl.h"

/* The most log files; after a checkpoint there are one or two. */
#define LOGS_MOST	64
#define PIECE		65536

struct logs {
	char	name[LOGS_MOST][16];
	size_t	n;
};

static bool
is_log(const char *name)
{
	return (strncmp(name, "log.", 4) == 0 && strlen(name) == 14 &&
	    strspn(name + 4, "0123456789") == 10);
}

static int
compare(const void *a, const void *b)
{
	return (strcmp(a, b));
}

/* List the log files in their order.  Returns 0, or -1. */
static int
logs_list(const struct store *st, struct logs *l)
{
	struct dirent	*e;
	DIR		*d;

	l->n = 0;
	if ((d = opendir(st->dir)) == NULL)
		return (-1);
	while ((e = readdir(d)) != NULL && l->n < LOGS_MOST)
		if (is_log(e->d_name))
			(void)strlcpy(l->name[l->n++], e->d_name,
			    sizeof(l->name[0]));
	(void)closedir(d);
	qsort(l->name, l->n, sizeof(l->name[0]), compare);
	return (l->n == LOGS_MOST ? -1 : 0);
}

static int
add_file(const struct store *st, const char *name, XXH3_state_t *sum)
{
	uint8_t	octets[PIECE];
	ssize_t	n;
	int	fd = store_file(st, name, O_RDONLY);

	if (fd == -1)
		return (-1);
	(void)XXH3_64bits_update(sum, name, strlen(name));
	while ((n = read(fd, octets, sizeof(octets))) > 0)
		(void)XXH3_64bits_update(sum, octets, (size_t)n);
	close(fd);
	return (n == 0 ? 0 : -1);
}

uint64_t
logs_digest(const struct store *st)
{
	struct logs	 l;
	XXH3_state_t	*sum = XXH3_createState();
	uint64_t	 digest = 0;
	size_t		 i;
	int		 rc = -1;

	if (sum == NULL || XXH3_64bits_reset(sum) == XXH_ERROR ||
	    logs_list(st, &l) == -1)
		goto out;
	for (i = 0, rc = 0; i < l.n && rc == 0; i++)
		rc = add_file(st, l.name[i], sum);
	if (rc == 0 && (digest = XXH3_64bits_digest(sum)) == 0)
		digest = 1;
out:
	(void)XXH3_freeState(sum);
	return (digest);
}

int
logs_remove(const struct store *st)
{
	char		path[PATH_MAX];
	struct logs	l;
	size_t		i;

	if (logs_list(st, &l) == -1)
		return (-1);
	for (i = 0; i < l.n; i++) {
		if (store_path(st, l.name[i], path) == -1)
			return (-1);
		if (unlink(path) == -1 && errno != ENOENT)
			return (-1);
	}
	return (0);
}
