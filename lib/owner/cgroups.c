/*
 * Reads the tree of cgroup v2.  The id of a cgroup is the inode of its
 * directory.  Paths stay known when their directories are gone, since the
 * packets of what lived there are told later; a tree of more than PATHS_MOST
 * is forgotten and read again.
 */
#include "config.h"

#include <sys/stat.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "packet/owner.h"
#include "cgroups.h"

#define PATHS_MOST	65536
#define DEPTH_MOST	64

struct place {
	uint64_t	 id;
	char		*path;
};

struct cgroups {
	char		 mount[160];
	int		 fd;
	struct place	*at;		/* in the order of their ids */
	size_t		 n, room;
};

/* In mountinfo blanks and backslashes are \OOO; see proc(5). */
static void
unescape(char *s)
{
	char	*to = s;

	for (; *s != '\0'; s++, to++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' &&
		    s[2] >= '0' && s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*to = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 +
			    (s[3] - '0'));
			s += 3;
		} else
			*to = *s;
	}
	*to = '\0';
}

/*
 * Take the mount of a line of mountinfo, "31 23 0:28 ROOT MOUNT OPTIONS ... -
 * TYPE ...".  Several mounts of it are the same tree: the first is taken, if
 * it has the whole tree.
 */
static bool
take_line(char *line, char *mount, size_t len)
{
	char	*type = strstr(line, " - "), *save, *word;
	int	 i;

	if (type == NULL || strncmp(type + 3, "cgroup2 ", 8) != 0)
		return (false);
	*type = '\0';
	word = strtok_r(line, " ", &save);
	for (i = 0; i < 3 && word != NULL; i++)
		word = strtok_r(NULL, " ", &save);
	if (word == NULL || strcmp(word, "/") != 0 ||
	    (word = strtok_r(NULL, " ", &save)) == NULL)
		return (false);
	unescape(word);
	return (strlcpy(mount, word, len) < len);
}

static int
find_mount(char *mount, size_t len, char *err)
{
	char	*line = NULL;
	size_t	 room = 0;
	FILE	*f = fopen("/proc/self/mountinfo", "re");
	bool	 found = false;

	if (f == NULL) {
		(void)snprintf(err, CGROUPS_ERRLEN, "/proc/self/mountinfo: %s",
		    strerror(errno));
		return (-1);
	}
	while (!found && getline(&line, &room, f) != -1)
		found = take_line(line, mount, len);
	free(line);
	(void)fclose(f);
	if (found)
		return (0);
	(void)snprintf(err, CGROUPS_ERRLEN, "cgroup v2 is not mounted here");
	return (-1);
}

static size_t
lower_bound(const struct cgroups *c, uint64_t id)
{
	size_t	low = 0, high = c->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (c->at[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return (low);
}

/* Ids are never used twice, but a directory may be renamed. */
static void
note(struct cgroups *c, uint64_t id, const char *path)
{
	size_t		 i = lower_bound(c, id);
	struct place	*bigger;
	char		*copy;

	if (i < c->n && c->at[i].id == id && c->at[i].path != NULL &&
	    strcmp(c->at[i].path, path) == 0)
		return;
	if ((copy = strdup(path)) == NULL)
		return;
	if (i < c->n && c->at[i].id == id) {
		free(c->at[i].path);
		c->at[i].path = copy;
		return;
	}
	if (c->n == c->room) {
		bigger = reallocarray(c->at, c->room + 256, sizeof(*bigger));
		if (bigger == NULL) {
			free(copy);
			return;
		}
		c->at = bigger;
		c->room += 256;
	}
	memmove(c->at + i + 1, c->at + i, (c->n - i) * sizeof(*c->at));
	c->at[i].id = id;
	c->at[i].path = copy;
	c->n++;
}

/* Take the directory `name' of parent and all below it; path ends at len. */
static void
walk(struct cgroups *c, int parent, const char *name, char *path, size_t len,
    int depth)
{
	struct dirent	*e;
	struct stat	 st;
	size_t		 n;
	int		 fd = openat(parent, name,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	DIR		*d = fd == -1 ? NULL : fdopendir(fd);

	if (d == NULL) {
		if (fd != -1)
			(void)close(fd);
		return;
	}
	if (fstat(fd, &st) == 0)
		note(c, (uint64_t)st.st_ino, len == 0 ? "/" : path);
	while (depth < DEPTH_MOST && (e = readdir(d)) != NULL) {
		if (e->d_type != DT_DIR || e->d_name[0] == '.')
			continue;
		n = strlen(e->d_name);
		if (len + 1 + n >= OWNER_UNIT_MAX)
			continue;
		path[len] = '/';
		memcpy(path + len + 1, e->d_name, n + 1);
		walk(c, fd, e->d_name, path, len + 1 + n, depth + 1);
	}
	path[len] = '\0';
	(void)closedir(d);
}

static void
forget(struct cgroups *c)
{
	while (c->n > 0)
		free(c->at[--c->n].path);
}

static void
read_tree(struct cgroups *c)
{
	char	path[OWNER_UNIT_MAX] = "";

	if (c->n > PATHS_MOST)
		forget(c);
	walk(c, c->fd, ".", path, 0, 0);
}

struct cgroups *
cgroups_open(char *err)
{
	struct cgroups	*c = calloc(1, sizeof(*c));

	if (c == NULL) {
		(void)snprintf(err, CGROUPS_ERRLEN, "out of memory");
		return (NULL);
	}
	c->fd = -1;
	if (find_mount(c->mount, sizeof(c->mount), err) == -1) {
		cgroups_close(c);
		return (NULL);
	}
	c->fd = open(c->mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->fd == -1) {
		(void)snprintf(err, CGROUPS_ERRLEN, "%s: %s", c->mount,
		    strerror(errno));
		cgroups_close(c);
		return (NULL);
	}
	read_tree(c);
	return (c);
}

void
cgroups_close(struct cgroups *c)
{
	if (c == NULL)
		return;
	if (c->fd != -1)
		(void)close(c->fd);
	forget(c);
	free(c->at);
	free(c);
}

const char *
cgroups_mount(const struct cgroups *c)
{
	return (c->mount);
}

int
cgroups_fd(const struct cgroups *c)
{
	return (c->fd);
}

const char *
cgroups_path_known(const struct cgroups *c, uint64_t id)
{
	size_t	i = lower_bound(c, id);

	return (i < c->n && c->at[i].id == id ? c->at[i].path : NULL);
}

const char *
cgroups_path(struct cgroups *c, uint64_t id)
{
	const char	*path = cgroups_path_known(c, id);

	if (path != NULL || id == 0)
		return (path);
	read_tree(c);
	return (cgroups_path_known(c, id));
}

uint64_t
cgroups_of_process(struct cgroups *c, long pid)
{
	char		 name[64], *line = NULL;
	struct stat	 st;
	uint64_t	 id = 0;
	size_t		 room = 0;
	FILE		*f;

	(void)snprintf(name, sizeof(name), "/proc/%ld/cgroup", pid);
	if ((f = fopen(name, "re")) == NULL)
		return (0);
	while (id == 0 && getline(&line, &room, f) != -1) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::/", 4) == 0 && fstatat(c->fd,
		    line[4] == '\0' ? "." : line + 4, &st, 0) == 0)
			id = (uint64_t)st.st_ino;
	}
	free(line);
	(void)fclose(f);
	return (id);
}
