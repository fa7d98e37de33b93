/*
 * The format of the database, which is stored as an item.  Format 4 has rows
 * of VLANs and a longer ledger, which versions before it take for damage.
 * Format 3 has a checksum of each page (sums.h), format 2 has none.  Both can
 * be read, and the first writer upgrades them.
 */
#include <errno.h>
#include <string.h>

#include "base/endian.h"
#include "store_impl.h"
#include "sums.h"

/*
 * The format of keys and values; see trafdb(8).  A change needs a new number.
 */
#define FORMAT		4
#define FORMAT_SUMS	3		/* the first with checksums */
#define FORMAT_OLDEST	2
#define FORMAT_LEN	4

static const char	format_key[] = "format";

/* Has it no item, because its first writer was killed before it wrote one? */
static bool
is_empty(struct store *st)
{
	struct store_cursor	*c = store_cursor_new(st);
	struct store_item	 item;
	bool			 empty;

	empty = c != NULL && store_cursor_from(c, "", 1, &item) == 0;
	store_cursor_free(c);
	return (empty);
}

/* Get the number.  Returns 1, 0 if there is none, or -1. */
static int
format_get(struct store *st, uint64_t *format)
{
	const void	*value;
	size_t		 len;
	int		 rc;

	rc = store_get(st, format_key, sizeof(format_key), &value, &len);
	if (rc != 1)
		return (rc);
	*format = len == FORMAT_LEN ? get_be(value, FORMAT_LEN) : 0;
	return (1);
}

static int
format_put(struct store *st)
{
	uint8_t	mine[FORMAT_LEN];

	(void)put_be(mine, FORMAT, FORMAT_LEN);
	if (store_begin(st) == -1)
		return (-1);
	if (store_put(st, format_key, sizeof(format_key), mine,
	    sizeof(mine)) == -1) {
		store_abort(st);
		return (-1);
	}
	return (store_commit(st));
}

static int
format_check(struct store *st, uint64_t *format)
{
	int	rc = format_get(st, format);

	if (rc == -1)
		return (-1);
	if (rc == 0 && is_empty(st))
		return (store_refuse(st, ENOENT, "the history is still "
		    "empty"));
	if (rc == 0 || *format == 0)
		return (store_refuse(st, EINVAL, "not a history of "
		    "trafd"));
	if (*format > FORMAT)
		return (store_refuse(st, ENOTSUP, "written by a newer trafdb, "
		    "in a format that this one does not support"));
	if (*format < FORMAT_OLDEST)
		return (store_refuse(st, ENOTSUP, "written in an older "
		    "format; see UPGRADE in trafdb(8)"));
	return (0);
}

static int
no_sums(struct store *st)
{
	return (store_refuse(st, EBADMSG, SUMS_NAME ": missing"));
}

int
format_check_reader(struct store *st)
{
	uint64_t	format = 0;

	if (format_check(st, &format) == -1)
		return (-1);
	return (format >= FORMAT_SUMS && !pages_have_sums(st->pages) ?
	    no_sums(st) : 0);
}

/* Write everything to disk, then make the sums. */
static int
make_sums(struct store *st)
{
	if (store_checkpoint(st) == -1)
		return (-1);
	if (pages_make_sums(st->pages) == 0)
		return (0);
	/* The format is already written: the next writer makes the sums. */
	st->broken = true;
	if (errno == EBADMSG)
		return (store_refuse(st, EBADMSG, pages_damage(st->pages)));
	return (store_fail(st, SUMS_NAME, errno));
}

/* Verify first: pages that are already damaged must not get sums that match. */
static int
upgrade(struct store *st)
{
	if (store_checkpoint(st) == -1 || verify_file(st) == -1)
		return (-1);
	return (format_put(st) == -1 ? -1 : make_sums(st));
}

/*
 * If sums are missing, a writer may have been killed between writing the
 * format and the sums.  Otherwise a database from format 3 on always has sums.
 */
int
format_check_writer(struct store *st, bool create, bool killed)
{
	uint64_t	format = 0;
	int		rc = format_get(st, &format);

	if (rc == 0 && create)
		return (format_put(st) == -1 ? -1 : make_sums(st));
	if (rc == -1 || format_check(st, &format) == -1)
		return (-1);
	if (format < FORMAT_SUMS)
		return (upgrade(st));
	if (!pages_have_sums(st->pages) &&
	    (killed ? make_sums(st) : no_sums(st)) == -1)
		return (-1);
	return (format < FORMAT ? format_put(st) : 0);
}
