/*
 * The journal is a file next to the save file, such as `.trafd.eth0.journal',
 * hidden from scripts that collect save files.  It is replaced as a whole, so
 * that there is always the old or the new one.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/crc32c.h"
#include "base/endian.h"
#include "base/regular.h"
#include "file/savefile_target.h"
#include "journal.h"

#define LENGTH		68
#define CHECKED		64	/* bytes before the checksum */
#define NAME_LEN	256

/* How many fields of 64 bits there are, from offset 8 on. */
#define FIELDS		6

static const uint8_t	magic[8] = { 'T', 'R', 'A', 'F', 'D', 'L', 'J', '1' };

static void
encode(const struct legacy_journal *j, uint8_t out[LENGTH])
{
	const uint64_t	fields[FIELDS] = {
		j->instance, j->saved, j->epoch_first, j->epoch, j->offset,
		j->length
	};
	size_t		i;

	memcpy(out, magic, 8);
	for (i = 0; i < FIELDS; i++)
		put_le64(out + 8 + 8 * i, fields[i]);
	put_le32(out + 56, j->crc);
	put_le32(out + 60, j->layout);
	put_le32(out + CHECKED, crc32c(0, out, CHECKED));
}

static int
decode(const uint8_t in[LENGTH], struct legacy_journal *j)
{
	uint64_t	*fields[FIELDS] = {
		&j->instance, &j->saved, &j->epoch_first, &j->epoch,
		&j->offset, &j->length
	};
	size_t		 i;

	if (memcmp(in, magic, 8) != 0 ||
	    get_le32(in + CHECKED) != crc32c(0, in, CHECKED)) {
		errno = EBADMSG;
		return (-1);
	}
	for (i = 0; i < FIELDS; i++)
		*fields[i] = get_le64(in + 8 + 8 * i);
	j->crc = get_le32(in + 56);
	j->layout = get_le32(in + 60);
	return (0);
}

/* Write `.NAME.END' to `to'.  0, or -1 with errno. */
static int
make_name(const char *name, const char *end, char to[NAME_LEN])
{
	int	n = snprintf(to, NAME_LEN, ".%s.%s", name, end);

	if (n >= 0 && n < NAME_LEN)
		return (0);
	errno = ENAMETOOLONG;
	return (-1);
}

int
journal_read(int dirfd, const char *name, struct legacy_journal *j)
{
	uint8_t	octets[LENGTH];
	char	path[NAME_LEN];
	int	fd, rc;

	memset(j, 0, sizeof(*j));
	if (make_name(name, "journal", path) == -1)
		return (-1);
	if ((fd = open_regular(dirfd, path, O_RDONLY | O_NOFOLLOW)) == -1)
		return (errno == ENOENT ? 0 : -1);
	if ((rc = read_at(fd, octets, LENGTH, 0)) == 0)
		rc = decode(octets, j);
	else if (errno == 0)
		errno = EBADMSG;
	(void)close(fd);
	return (rc);
}

static int
write_new(int dirfd, const char *new, const uint8_t octets[LENGTH])
{
	int	fd, rc = -1, saved;

	if (unlinkat(dirfd, new, 0) == -1 && errno != ENOENT)
		return (-1);
	fd = open_regular(dirfd, new, O_WRONLY | O_CREAT | O_EXCL |
	    O_NOFOLLOW);
	if (fd == -1)
		return (-1);
	if (write_at(fd, octets, LENGTH, 0) == 0)
		rc = fsync(fd);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (rc);
}

/* Keeps errno. */
static void
remove_new(int dirfd, const char *new)
{
	int	saved = errno;

	(void)unlinkat(dirfd, new, 0);
	errno = saved;
}

int
journal_write(int dirfd, const char *name, const struct legacy_journal *j)
{
	uint8_t	octets[LENGTH];
	char	path[NAME_LEN], new[NAME_LEN];

	if (make_name(name, "journal", path) == -1 ||
	    make_name(name, "journal.new", new) == -1)
		return (-1);
	encode(j, octets);
	if (write_new(dirfd, new, octets) == -1 ||
	    renameat(dirfd, new, dirfd, path) == -1) {
		remove_new(dirfd, new);
		return (-1);
	}
	return (sync_dir(dirfd));
}
