/*
 * The record of imported blocks, STATEDIR/.trafd.<ext>.imported.  Lines are
 *
 *	block HASH ORDINAL BEGIN save|dump	HASH in hexadecimal, BEGIN in ns
 *	file SIZE PATH				a file that was read to its end
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/regular.h"
#include "file/savefile.h"
#include "import_record.h"
#include "traffic.h"

#define NAME_LEN	(sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX + 12)

struct import_record {
	int			 dirfd;
	char			 name[NAME_LEN];	/* of the record */
	struct import_block	*list;
	size_t			 n, room;
	size_t			 recorded;	/* the first, by the record */
	size_t			 written;	/* then, by the save file */
};

static void
make_name(const char *ext, char name[NAME_LEN])
{
	(void)snprintf(name, NAME_LEN, "." TRAFD_PREFIX "%s.imported", ext);
}

static FILE *
open_lines(int dirfd, const char *name)
{
	int	fd = open_regular(dirfd, name, O_RDONLY | O_NOFOLLOW);
	FILE	*f;

	if (fd == -1)
		return (NULL);
	if ((f = fdopen(fd, "r")) == NULL)
		(void)close(fd);
	return (f);
}

static int
append(struct import_record *r, const struct import_block *b)
{
	struct import_block	*list;
	size_t			 room = r->room * 2 + 64;

	if (r->n == r->room) {
		if ((list = reallocarray(r->list, room, sizeof(*list))) == NULL)
			return (-1);
		r->list = list;
		r->room = room;
	}
	r->list[r->n++] = *b;
	return (0);
}

/* Is the line that of a block, and whole? */
static bool
parse_line(const char *line, struct import_block *b)
{
	static const char	 word[] = "block ";
	char			*end;

	if (strncmp(line, word, sizeof(word) - 1) != 0)
		return (false);
	b->hash = strtoumax(line + sizeof(word) - 1, &end, 16);
	if (*end != ' ')
		return (false);
	b->ordinal = strtoumax(end, &end, 10);
	if (*end != ' ')
		return (false);
	b->begin_ns = strtoumax(end, &end, 10);
	b->dump = strcmp(end, " dump\n") == 0;
	return (b->dump || strcmp(end, " save\n") == 0);
}

/* No record is no error, and neither is the end of a line that was cut. */
static int
read_lines(struct import_record *r)
{
	struct import_block	 b;
	char			*line = NULL;
	size_t			 size = 0;
	FILE			*f = open_lines(r->dirfd, r->name);
	int			 rc = 0;

	if (f == NULL)
		return (errno == ENOENT ? 0 : -1);
	while (rc == 0 && getline(&line, &size, f) != -1)
		if (parse_line(line, &b))
			rc = append(r, &b);
	if (ferror(f))
		rc = -1;
	free(line);
	(void)fclose(f);
	return (rc);
}

/* Blocks that a crash has kept from the record, among all others. */
static int
read_save_file(struct import_record *r, const char *ext)
{
	char			 name[NAME_LEN];
	struct import_block	 found = { .dump = false };
	struct savefile		*f;
	struct block		*b;
	int			 rc;

	(void)snprintf(name, sizeof(name), TRAFD_PREFIX "%s", ext);
	if ((f = savefile_open(r->dirfd, name)) == NULL)
		return (errno == ENOENT ? 0 : -1);
	while ((rc = savefile_next(f, false, &b)) == 1) {
		found.hash = block_info(b)->instance;
		found.ordinal = block_info(b)->epoch;
		found.begin_ns = block_info(b)->begin_ns;
		if (!import_record_has(r, &found) && append(r, &found) == -1) {
			rc = -1;
			break;
		}
	}
	savefile_close(f);
	return (rc);
}

struct import_record *
import_record_open(int dirfd, const char *ext)
{
	struct import_record	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL)
		return (NULL);
	r->dirfd = dirfd;
	make_name(ext, r->name);
	if (dirfd == -1)
		return (r);
	if (read_lines(r) == -1)
		goto fail;
	r->recorded = r->n;
	if (read_save_file(r, ext) == -1)
		goto fail;
	r->written = r->n;
	return (r);
fail:
	import_record_close(r);
	return (NULL);
}

void
import_record_close(struct import_record *r)
{
	int	saved = errno;

	if (r != NULL)
		free(r->list);
	free(r);
	errno = saved;
}

static bool
is_among(const struct import_record *r, size_t from, size_t to,
    const struct import_block *b)
{
	for (; from < to; from++)
		if (r->list[from].hash == b->hash &&
		    r->list[from].ordinal == b->ordinal)
			return (true);
	return (false);
}

bool
import_record_has(const struct import_record *r, const struct import_block *b)
{
	return (is_among(r, 0, r->n, b));
}

bool
import_record_overlaps(const struct import_record *r,
    const struct import_block *b)
{
	size_t	i;

	for (i = 0; i < r->n; i++)
		if (r->list[i].dump && r->list[i].begin_ns == b->begin_ns)
			return (true);
	return (false);
}

int
import_record_add(struct import_record *r, const struct import_block *b)
{
	return (is_among(r, 0, r->recorded, b) ||
	    is_among(r, r->written, r->n, b) ? 0 : append(r, b));
}

/* A crash may have cut the last line: the next one must not be part of it. */
static int
end_line(int fd)
{
	struct stat	st;
	char		last = '\n';

	if (fstat(fd, &st) == -1 ||
	    (st.st_size > 0 && read_at(fd, &last, 1, st.st_size - 1) == -1))
		return (-1);
	return (last == '\n' || dprintf(fd, "\n") > 0 ? 0 : -1);
}

static int
write_lines(struct import_record *r, int fd, const char *path, off_t size)
{
	const struct import_block	*b;
	int				 rc = end_line(fd);

	for (; rc == 0 && r->written < r->n; r->written++) {
		b = &r->list[r->written];
		rc = dprintf(fd, "block %016" PRIx64 " %" PRIu64 " %" PRIu64
		    " %s\n", b->hash, b->ordinal, b->begin_ns,
		    b->dump ? "dump" : "save") < 0 ? -1 : 0;
	}
	if (rc == 0 && path != NULL &&
	    dprintf(fd, "file %" PRId64 " %s\n", (int64_t)size, path) < 0)
		rc = -1;
	return (rc == 0 ? fsync(fd) : -1);
}

int
import_record_note_file(struct import_record *r, const char *path, off_t size)
{
	int	fd, rc, saved;

	fd = open_regular(r->dirfd, r->name, O_RDWR | O_APPEND | O_CREAT |
	    O_NOFOLLOW);
	if (fd == -1)
		return (-1);
	if ((rc = write_lines(r, fd, path, size)) == 0)
		rc = sync_dir(r->dirfd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (rc);
}

bool
import_record_knows(const char *state_dir, const char *ext, const char *path,
    off_t size)
{
	char	 name[NAME_LEN], wanted[PATH_MAX + 32], *line = NULL;
	size_t	 room = 0;
	FILE	*f = NULL;
	bool	 known = false;
	int	 dirfd = open(state_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dirfd != -1) {
		make_name(ext, name);
		f = open_lines(dirfd, name);
		(void)close(dirfd);
	}
	(void)snprintf(wanted, sizeof(wanted), "file %" PRId64 " %s\n",
	    (int64_t)size, path);
	while (f != NULL && !known && getline(&line, &room, f) != -1)
		known = strcmp(line, wanted) == 0;
	free(line);
	if (f != NULL)
		(void)fclose(f);
	return (known);
}
