/*
 * Checks that a page is what was written.  Each page that Berkeley DB reads
 * from the database is checked here.
 */
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pages_impl.h"

static int
damaged(struct pages *p, uint64_t number, const char *how)
{
	if (p->damage[0] == '\0')
		(void)snprintf(p->damage, sizeof(p->damage), "%s: page %llu "
		    "%s", p->name, (unsigned long long)number, how);
	errno = EBADMSG;
	return (-1);
}

/*
 * Without sums: does the page contain its own number?  A page that was never
 * written is all zero.
 */
static bool
has_number(const struct pages *p, uint64_t number, const uint8_t *page)
{
	uint32_t	own;

	memcpy(&own, page + 8, sizeof(own));
	if (own == 0 && number > 0 && p->writer)
		return (memcmp(page, page + 1, p->octets - 1) == 0);
	return (own == number);
}

static int
check_page(struct pages *p, uint64_t number, const uint8_t *page)
{
	int	rc;

	if (p->sums == NULL)
		return (has_number(p, number, page) ? 0 :
		    damaged(p, number, "is in another place"));
	if ((rc = sums_match(p->sums, number, page)) == -1)
		return (damaged(p, number, "cannot be checked"));
	return (rc == 1 ? 0 : damaged(p, number, "does not match its "
	    "checksum"));
}

ssize_t
page_read(struct pages *p, int fd, uint8_t *page, uint64_t number)
{
	ssize_t	n = pread(fd, page, p->octets, (off_t)(number * p->octets));

	if (n == -1)
		return (damaged(p, number, strerror(errno)));
	if ((size_t)n == p->octets)
		return (check_page(p, number, page) == -1 ? -1 : n);
	if (p->sums != NULL && number < sums_pages(p->sums))
		return (damaged(p, number, "is missing"));
	return (n);
}

/* Is the file as long as the last writer left it? */
static int
check_length(struct pages *p, int db, bool killed)
{
	struct stat	st;
	uint64_t	n;

	if (fstat(db, &st) == -1)
		return (-1);
	n = (uint64_t)st.st_size / p->octets;
	if (killed)
		return (sums_cut(p->sums, n));
	if ((uint64_t)st.st_size == sums_pages(p->sums) * p->octets)
		return (0);
	return (damaged(p, n, (uint64_t)st.st_size / p->octets <
	    sums_pages(p->sums) ? "is missing" : "is not of it"));
}

/* Check the first page, which decides how Berkeley DB reads all others. */
static int
check_begin(struct pages *p, int db)
{
	uint8_t	*page;
	ssize_t	 n;

	if ((page = malloc(p->octets)) == NULL)
		return (-1);
	n = page_read(p, db, page, 0);
	free(page);
	return (n == -1 ? -1 : 0);
}

int
pages_sums_find(struct pages *p)
{
	p->sums = sums_open(p->dir, p->octets, p->writer ? O_RDWR : O_RDONLY);
	if (p->sums != NULL || errno == ENOENT)
		return (0);
	if (errno == EBADMSG)
		(void)strlcpy(p->damage, SUMS_NAME ": damaged",
		    sizeof(p->damage));
	return (-1);
}

int
pages_sums_agree(struct pages *p, int db, bool killed)
{
	/* Without sums Berkeley DB itself checks what it reads. */
	if (p->sums == NULL)
		return (0);
	if (check_length(p, db, killed) == -1)
		return (-1);
	return (check_begin(p, db));
}

int
pages_check(struct pages *p)
{
	int		 db = pages_database(p), rc = 0;
	uint8_t		*page = malloc(p->octets);
	uint64_t	 i, n = p->sums == NULL ? 0 : sums_pages(p->sums);

	if (db == -1 || page == NULL)
		rc = -1;
	for (i = 0; i < n && rc == 0; i++)
		if (page_read(p, db, page, i) == -1)
			rc = -1;
	free(page);
	if (db != -1)
		close(db);
	return (rc);
}

bool
pages_have_sums(const struct pages *p)
{
	return (p->sums != NULL);
}

int
pages_make_sums(struct pages *p)
{
	uint64_t	bad;
	int		db, saved;

	if (p->error != 0 || (db = pages_database(p)) == -1)
		return (-1);
	p->sums = sums_make(p->dir, p->octets, db, &bad);
	saved = errno;
	close(db);
	if (p->sums != NULL)
		return (0);
	errno = saved;
	return (saved == EBADMSG ? damaged(p, bad, "is in another place") :
	    -1);
}

const char *
pages_damage(const struct pages *p)
{
	return (p->damage);
}

int
pages_forget_changes(struct pages *p)
{
	return (p->sums == NULL ? 0 : sums_forget_changes(p->sums));
}

uint64_t
pages_last_change(const struct pages *p)
{
	return (p->sums == NULL ? 0 : sums_last_change(p->sums));
}
