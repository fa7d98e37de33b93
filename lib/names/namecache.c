/*
 * The cache of names, a Berkeley DB file.  It is never changed in place: a
 * writer creates a whole new file and renames it.  So readers need no lock, a
 * killed writer leaves the old file intact, and of two writers the last one
 * wins, which only costs another query to the resolver.
 *
 *	key	 0 family   1 address[16]
 *	value	 namerecord.h
 */
#include "config.h"

#include <sys/stat.h>
#include <db.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "namecache.h"
#include "namerecord.h"

#define FILE_NAME	"names.db"
#define FILE_NEW	"names.db.new"
#define FILE_MAX	((off_t)64 << 20)	/* octets; larger: damaged */
#define NEW_OLD		60		/* seconds: then its writer has died */
#define ENTRIES_MAX	200000
#define KEY_LEN		17

/* How long an answer stays valid, in seconds. */
#define HOLDS_NAME	86400
#define HOLDS_NONE	3600
#define HOLDS_FAILED	300

struct entry {
	uint8_t		 key[KEY_LEN];
	uint8_t		 value[NAMERECORD_MAX];
	u_int32_t	 length;
};

struct namecache {
	char		 dir[PATH_MAX];
	uint64_t	 now;
	DB_ENV		*env;
	DB		*db;		/* NULL: there is no file to read */
	struct entry	*fresh;
	size_t		 nfresh;
	size_t		 room;
};

/* ---- the directory ---- */

static int
base_dir(char *to, size_t len)
{
	const char	*xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int		 n = -1;

	if (xdg != NULL && xdg[0] == '/')
		n = snprintf(to, len, "%s", xdg);
	else if (home != NULL && home[0] == '/')
		n = snprintf(to, len, "%s/.cache", home);
	return (n < 0 || (size_t)n >= len - sizeof("/trafd") ? -1 : 0);
}

/*
 * Only this user may be able to write to the file, so that it can be trusted.
 * make_dir() checks the directory above too: its owner could replace ours.
 */
static bool
is_ours(const struct stat *st)
{
	return (st->st_uid == geteuid() &&
	    (st->st_mode & (S_IWGRP | S_IWOTH)) == 0);
}

static int
make_dir(struct namecache *c)
{
	struct stat	st;

	if (base_dir(c->dir, sizeof(c->dir)) == -1)
		return (-1);
	if (mkdir(c->dir, 0700) == -1 && errno != EEXIST)
		return (-1);
	if (stat(c->dir, &st) == -1 || st.st_uid != geteuid())
		return (-1);
	(void)strlcat(c->dir, "/trafd", sizeof(c->dir));
	if (mkdir(c->dir, 0700) == -1 && errno != EEXIST)
		return (-1);
	return (lstat(c->dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	    is_ours(&st) ? 0 : -1);
}

/* The path of a file in the directory; -1 if it is too long. */
static int
path_of(const struct namecache *c, const char *name, char path[PATH_MAX])
{
	int	n = snprintf(path, PATH_MAX, "%s/%s", c->dir, name);

	return (n < 0 || n >= PATH_MAX ? -1 : 0);
}

/* ---- reading ---- */

/* Berkeley DB must not print errors: discard() logs one line instead. */
static void
say_nothing(const DB_ENV *env, const char *prefix, const char *message)
{
	(void)env;
	(void)prefix;
	(void)message;
}

/*
 * The environment only provides the directory.  Without one, old versions of
 * Berkeley DB read a file DB_CONFIG in the current directory.
 */
static int
open_env(struct namecache *c)
{
	if (db_env_create(&c->env, 0) != 0)
		return (-1);
	c->env->set_errcall(c->env, say_nothing);
	return (c->env->open(c->env, c->dir, DB_CREATE | DB_PRIVATE |
	    DB_INIT_MPOOL, 0600) == 0 ? 0 : -1);
}

static int
verify(struct namecache *c)
{
	DB	*db;

	/* verify() frees the handle, even on failure. */
	return (db_create(&db, c->env, 0) == 0 &&
	    db->verify(db, FILE_NAME, NULL, NULL, 0) == 0 ? 0 : -1);
}

static int
open_file(struct namecache *c)
{
	if (verify(c) == -1 || db_create(&c->db, c->env, 0) != 0)
		return (-1);
	if (c->db->open(c->db, NULL, FILE_NAME, NULL, DB_BTREE, DB_RDONLY,
	    0) == 0)
		return (0);
	(void)c->db->close(c->db, 0);
	c->db = NULL;
	return (-1);
}

static void
discard(struct namecache *c)
{
	char	path[PATH_MAX];

	if (c->db != NULL)
		(void)c->db->close(c->db, 0);
	c->db = NULL;
	if (path_of(c, FILE_NAME, path) == -1)
		return;
	log_warnx("cache of host names damaged: %s; deleted", path);
	(void)unlink(path);
}

static void
open_old(struct namecache *c)
{
	char		path[PATH_MAX];
	struct stat	st;

	if (path_of(c, FILE_NAME, path) == -1 || lstat(path, &st) == -1)
		return;
	if (!S_ISREG(st.st_mode) || !is_ours(&st) || st.st_size > FILE_MAX ||
	    open_file(c) == -1)
		discard(c);
}

static void
make_key(uint8_t key[KEY_LEN], const struct names_host *h)
{
	key[0] = h->family;
	memcpy(key + 1, h->addr, sizeof(h->addr));
}

static bool
get(void *arg, const struct names_host *h, char name[NAMES_HOST_LEN])
{
	struct namecache	*c = arg;
	uint8_t			 key[KEY_LEN], value[NAMERECORD_MAX];
	DBT			 k = { .data = key, .size = KEY_LEN };
	DBT			 v = { .data = value, .ulen = NAMERECORD_MAX,
				    .flags = DB_DBT_USERMEM };
	int			 rc;

	if (c->db == NULL)
		return (false);
	make_key(key, h);
	if ((rc = c->db->get(c->db, NULL, &k, &v, 0)) != 0) {
		if (rc != DB_NOTFOUND && rc != DB_BUFFER_SMALL)
			discard(c);
		return (false);
	}
	return (namerecord_read(value, v.size, c->now, HOLDS_NAME, name));
}

/* ---- writing ---- */

static int
grow(struct namecache *c)
{
	size_t		 room = c->room == 0 ? 256 : c->room * 2;
	struct entry	*fresh;

	if (c->nfresh == ENTRIES_MAX || (fresh = reallocarray(c->fresh, room,
	    sizeof(*fresh))) == NULL)
		return (-1);
	c->fresh = fresh;
	c->room = room;
	return (0);
}

static void
put(void *arg, const struct names_host *h, const char *name, bool failed)
{
	struct namecache	*c = arg;
	struct entry		*e;

	if (c->nfresh == c->room && grow(c) == -1)
		return;
	e = &c->fresh[c->nfresh++];
	make_key(e->key, h);
	e->length = (u_int32_t)namerecord_write(e->value, c->now + (failed ?
	    HOLDS_FAILED : name[0] == '\0' ? HOLDS_NONE : HOLDS_NAME), name);
}

static int
write_entry(DB *to, uint8_t *key, uint8_t *value, u_int32_t length)
{
	DBT	k = { .data = key, .size = KEY_LEN };
	DBT	v = { .data = value, .size = length };

	return (to->put(to, NULL, &k, &v, 0) == 0 ? 0 : -1);
}

static int
write_fresh(struct namecache *c, DB *to)
{
	size_t	i;

	for (i = 0; i < c->nfresh; i++)
		if (write_entry(to, c->fresh[i].key, c->fresh[i].value,
		    c->fresh[i].length) == -1)
			return (-1);
	return (0);
}

/* Copy entries that are still valid, as many as fit. */
static int
copy_old(struct namecache *c, DB *to)
{
	uint8_t	key[KEY_LEN], value[NAMERECORD_MAX];
	char	name[NAMES_HOST_LEN];
	DBT	k = { .data = key, .ulen = KEY_LEN, .flags = DB_DBT_USERMEM };
	DBT	v = { .data = value, .ulen = NAMERECORD_MAX,
		    .flags = DB_DBT_USERMEM };
	DBC	*cursor;
	size_t	n = c->nfresh;
	int	rc;

	if (c->db == NULL)
		return (0);
	if (c->db->cursor(c->db, NULL, &cursor, 0) != 0)
		return (-1);
	while ((rc = cursor->get(cursor, &k, &v, DB_NEXT)) == 0 &&
	    n < ENTRIES_MAX)
		if (k.size == KEY_LEN && namerecord_read(value, v.size,
		    c->now, HOLDS_NAME, name)) {
			if (write_entry(to, key, value, v.size) == -1)
				break;
			n++;
		}
	(void)cursor->close(cursor);
	return (rc == DB_NOTFOUND || n == ENTRIES_MAX ? 0 : -1);
}

static int
write_file(struct namecache *c)
{
	DB	*to;
	int	 rc = -1;

	if (db_create(&to, c->env, 0) != 0)
		return (-1);
	if (to->set_flags(to, DB_CHKSUM) == 0 && to->open(to, NULL, FILE_NEW,
	    NULL, DB_BTREE, DB_CREATE | DB_EXCL, 0600) == 0)
		/* Old entries first: new ones replace them. */
		rc = copy_old(c, to) == 0 && write_fresh(c, to) == 0 ? 0 : -1;
	return (to->close(to, 0) == 0 ? rc : -1);
}

/*
 * If names.db.new exists, another writer is at work or has died.  Not saving
 * is no error: the names will be resolved again.
 */
static void
save(struct namecache *c)
{
	char		new[PATH_MAX], path[PATH_MAX];
	struct stat	st;

	if (path_of(c, FILE_NEW, new) == -1 ||
	    path_of(c, FILE_NAME, path) == -1)
		return;
	if (lstat(new, &st) == 0) {
		if ((uint64_t)st.st_mtime + NEW_OLD > c->now)
			return;
		(void)unlink(new);
	}
	if (write_file(c) == -1 || rename(new, path) == -1)
		(void)unlink(new);
}


struct namecache *
namecache_open(void)
{
	struct namecache	*c;
	time_t			 now = time(NULL);

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->now = now < 0 ? 0 : (uint64_t)now;
	if (make_dir(c) == -1 || open_env(c) == -1) {
		namecache_close(c);
		return (NULL);
	}
	open_old(c);
	return (c);
}

void
namecache_memory(struct namecache *c, struct names_memory *m)
{
	m->get = get;
	m->put = put;
	m->arg = c;
}

void
namecache_close(struct namecache *c)
{
	if (c == NULL)
		return;
	if (c->nfresh > 0)
		save(c);
	if (c->db != NULL)
		(void)c->db->close(c->db, 0);
	if (c->env != NULL)
		(void)c->env->close(c->env, 0);
	free(c->fresh);
	free(c);
}
