/*
 * Accounts of BPFT become accounts of trafd.  A block gets the hash of its old
 * octets as instance, so that it is known again and never counted twice, also
 * after a crash at any point.  Owns nothing between two accounts.
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

#include "base/log.h"
#include "base/plural.h"
#include "base/printable.h"
#include "base/regular.h"
#include "daemon/sandbox.h"
#include "file/account.h"
#include "file/holder.h"
#include "file/legacy/legacy.h"
#include "import.h"
#include "import_record.h"
#include "keeper.h"
#include "statedir.h"
#include "traffic.h"

/* FNV-1a of 64 bits (RFC 9923). */
#define FNV_BASIS	UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME	UINT64_C(0x100000001b3)

/* Highest N of the files that trafd has renamed. */
#define RENAMED_MOST	100

/* One account that is taken over. */
struct import {
	const struct options	*o;
	const char		*ext;
	char			 save_path[PATH_MAX];	/* where to */
	struct import_record	*record;
	struct keeper		*keeper;	/* NULL: dry run */
	uint64_t		 saved_end;	/* of all old saved blocks */
	bool			 found;		/* a file of BPFT */
	bool			 failed;
};

/* One old file, and what became of its blocks. */
struct source {
	const char		*path;
	int			 fd;
	bool			 dump;
	bool			 failed;
	struct import_record	*seen;		/* blocks of this file */
	uint64_t		 blocks, rows, bytes;
	uint64_t		 known, saved;	/* left out */
	uint64_t		 damaged;	/* bytes */
};

static void
on_damage(void *arg, const struct savefile_damage *d)
{
	struct source	*s = arg;

	s->damaged += (uint64_t)d->length;
}

/* Name the block by its octets.  Returns 0, or -1 with errno. */
static int
name_block(struct source *s, const struct legacy *l, struct import_block *b)
{
	uint8_t	octets[16384];
	off_t	at, length;
	size_t	i, n;

	legacy_place(l, &at, &length);
	b->hash = FNV_BASIS;
	for (; length > 0; at += (off_t)n, length -= (off_t)n) {
		n = length < (off_t)sizeof(octets) ? (size_t)length :
		    sizeof(octets);
		if (read_at(s->fd, octets, n, at) == -1)
			return (-1);
		for (i = 0; i < n; i++)
			b->hash = (b->hash ^ octets[i]) * FNV_PRIME;
	}
	if (b->hash == 0)
		b->hash = 1;
	for (b->ordinal = 1; import_record_has(s->seen, b); b->ordinal++)
		continue;
	return (import_record_add(s->seen, b));
}

/* Append the block.  Returns 0, or -1 after a message. */
static int
take(struct import *im, struct legacy *l, const struct import_block *b)
{
	struct block_info	 info = *legacy_info(l);
	const struct flow	*rows = legacy_rows(l), **list;
	size_t			 i, n = (size_t)info.rows;
	int			 rc;

	if (im->keeper == NULL)
		return (0);
	if ((list = reallocarray(NULL, n + 1, sizeof(*list))) == NULL) {
		log_error("cannot import: %s", im->save_path);
		return (-1);
	}
	for (i = 0; i < n; i++)
		list[i] = &rows[i];
	info.kind = BLOCK_SAVE;
	info.instance = b->hash;
	info.epoch = info.epoch_first = b->ordinal;
	(void)strlcpy(info.ifname, im->ext, sizeof(info.ifname));
	rc = keeper_append(im->keeper, &info, list, n);
	free(list);
	return (rc);
}

/* Returns 0, or -1 after a message. */
static int
import_block(struct import *im, struct source *s, struct legacy *l)
{
	const struct block_info	*info = legacy_info(l);
	struct import_block	 b = { .begin_ns = info->begin_ns,
				    .dump = s->dump };

	if (name_block(s, l, &b) == -1) {
		log_error("cannot import: %s", s->path);
		return (-1);
	}
	if (!s->dump && info->end_ns > im->saved_end)
		im->saved_end = info->end_ns;
	if (import_record_has(im->record, &b)) {
		s->known++;
		return (import_record_add(im->record, &b));
	}
	/* BPFT leaves a dump there when it has saved the same table. */
	if (s->dump && info->begin_ns < im->saved_end) {
		s->saved++;
		return (0);
	}
	if (!s->dump && import_record_overlaps(im->record, &b)) {
		log_errorx("block not imported: %s: it begins as a dump that "
		    "was imported before; compare both with traflog", s->path);
		s->failed = true;
		return (0);
	}
	if (take(im, l, &b) == -1)
		return (-1);
	s->blocks++;
	s->rows += info->rows;
	s->bytes += info->total.ip;
	return (im->keeper != NULL ? import_record_add(im->record, &b) : 0);
}

static void
report(const struct import *im, const struct source *s)
{
	(void)printf("%s: %s: %" PRIu64 " block%s, %" PRIu64 " row%s, %" PRIu64
	    " IP byte%s to %s", im->o->dry_run ? "would import" : "imported",
	    s->path, s->blocks, plural(s->blocks), s->rows, plural(s->rows),
	    s->bytes, plural(s->bytes), im->save_path);
	if (s->known > 0)
		(void)printf("; %" PRIu64 " imported before", s->known);
	if (s->saved > 0)
		(void)printf("; left out: a dump already saved");
	(void)printf("\n");
	if (s->damaged > 0)
		log_errorx("file damaged: %s: %" PRIu64 " byte%s not imported",
		    s->path, s->damaged, plural(s->damaged));
}

static int
import_blocks(struct import *im, struct source *s, struct legacy *l)
{
	int	rc;

	legacy_on_damage(l, on_damage, s);
	while ((rc = legacy_next(l)) == 1)
		if (import_block(im, s, l) == -1)
			return (-1);
	if (rc == -1)
		log_error("cannot import: %s", s->path);
	return (rc);
}

static void
import_fitting(struct import *im, struct source *s, struct legacy *l)
{
	struct stat	st;
	bool		whole;

	if ((s->seen = import_record_open(-1, im->ext)) == NULL) {
		log_error("cannot import: %s", s->path);
		im->failed = true;
		return;
	}
	whole = import_blocks(im, s, l) == 0 && s->damaged == 0 && !s->failed;
	report(im, s);
	if (im->keeper != NULL && fstat(s->fd, &st) == 0 &&
	    import_record_note_file(im->record, whole ? s->path : NULL,
	    st.st_size) == -1)
		log_warn("cannot record what was imported: %s", s->path);
	im->failed |= !whole;
	import_record_close(s->seen);
}

/* Is it a file of trafd itself, or an empty one? */
static bool
is_not_old(int fd)
{
	enum block_error	 e;
	struct block		*b;
	struct stat		 st;

	e = block_open(fd, 0, &b);
	block_free(b);
	return (e == BLOCK_OK || e == BLOCK_NEWER || fstat(fd, &st) == -1 ||
	    st.st_size == 0);
}

/* What could not be opened, by errno; NULL: a file, and errno says why. */
static const char *
kind_of(int error)
{
	return (error == ELOOP ? "a symbolic link" : error == EISDIR ?
	    "a directory" : error == EINVAL ? "a special file" : NULL);
}

static void
tell_failed(const char *path)
{
	const char	*kind = kind_of(errno);

	if (kind == NULL)
		log_error("cannot import: %s", path);
	else
		log_errorx("not imported: %s: it is %s; put the file itself "
		    "there, or move it away", path, kind);
}

/* Import the file if there is one.  False if there is none. */
static bool
import_file(struct import *im, const char *path, bool dump)
{
	struct source	 s = { .path = path, .dump = dump };
	enum layout	 layout = im->o->layout;
	struct legacy	*l;
	enum legacy_fit	 fit;

	s.fd = open_regular(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW);
	if (s.fd == -1 && errno == ENOENT)
		return (false);
	if (s.fd == -1 || !is_not_old(s.fd)) {
		im->found = true;
		fit = s.fd == -1 ? LEGACY_IO : legacy_open(s.fd,
		    layout == LAYOUT_TRAFD ? LAYOUT_AUTO : layout, &l);
		if (fit == LEGACY_FITS) {
			import_fitting(im, &s, l);
			legacy_close(l);
		} else if (fit == LEGACY_IO)
			tell_failed(path);
		else if (fit == LEGACY_AMBIGUOUS)
			log_errorx("not imported: %s: it may have both "
			    "layouts; give --layout old or new", path);
		else
			log_errorx("not imported: %s: damaged, or no file of "
			    "BPFT; --layout old or new imports its whole "
			    "blocks", path);
		im->failed |= fit != LEGACY_FITS;
	}
	if (s.fd != -1)
		(void)close(s.fd);
	return (true);
}

/* The old files of the account: also those that trafd has renamed. */
static void
import_files(struct import *im)
{
	static const struct {
		const char	*sub, *renamed;
		bool		 dump;
	} kinds[] = {
		{ "", "alien", false }, { TRAFD_DUMPDIR "/", "damaged", true },
	};
	char	path[PATH_MAX];
	size_t	i;
	int	n;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s" TRAFD_PREFIX "%s",
		    im->o->import_dir, kinds[i].sub, im->ext);
		(void)import_file(im, path, kinds[i].dump);
		for (n = 1; n <= RENAMED_MOST; n++) {
			(void)snprintf(path, sizeof(path), "%s/%s" TRAFD_PREFIX
			    "%s.%s.%d", im->o->import_dir, kinds[i].sub,
			    im->ext, kinds[i].renamed, n);
			(void)import_file(im, path, kinds[i].dump);
		}
	}
}

/* Read what the account has already, then import.  -1 after a message. */
static int
import_known(struct import *im)
{
	int	dirfd = open(im->o->state_dir, O_RDONLY | O_DIRECTORY |
		    O_CLOEXEC);

	if (dirfd == -1 && (errno != ENOENT || im->keeper != NULL)) {
		log_error("cannot open the state directory: %s (see "
		    "--state-dir)", im->o->state_dir);
		return (-1);
	}
	if ((im->record = import_record_open(dirfd, im->ext)) == NULL)
		log_error("cannot read the save file: %s", im->save_path);
	else
		import_files(im);
	im->failed |= im->record == NULL;
	import_record_close(im->record);
	if (dirfd != -1)
		(void)close(dirfd);
	return (im->failed ? -1 : 0);
}

/* Lock the account and clean it up, as --read does.  -1 after a message. */
static int
import_locked(struct import *im)
{
	const struct options	*o = im->o;
	struct keeper_opts	 ko = {
		.state_dir = o->state_dir, .ext = im->ext, .ifname = im->ext,
		.filter = "", .networks = "", .max_flows = o->max_flows,
	};
	struct generation	*g = NULL;
	int			 rc = -1;

	ko.holder = holder_take(o->state_dir, im->ext, (uid_t)-1, (gid_t)-1,
	    HOLDER_READER);
	if (ko.holder == NULL)
		return (-1);
	if ((im->keeper = keeper_open(&ko)) != NULL &&
	    keeper_check(im->keeper) == 0 &&
	    (g = keeper_begin_alone(im->keeper)) != NULL)
		rc = import_known(im);
	generation_free(g);
	keeper_close(im->keeper);
	holder_release(ko.holder);
	return (rc);
}

/* Has a daemon with --layout old or new written the save file? */
static bool
is_in_use(const struct import *im)
{
	char		path[PATH_MAX];
	struct stat	st;

	(void)snprintf(path, sizeof(path), "%s/." TRAFD_PREFIX "%s.journal",
	    im->o->state_dir, im->ext);
	if (stat(path, &st) == -1)
		return (false);
	log_errorx("not imported: %s: trafd writes this account with --layout; "
	    "give -f another name", im->save_path);
	return (true);
}

/* *found is set if there is a file of BPFT.  -1 after a message. */
static int
import_account(const struct options *o, const char *ext, bool *found)
{
	struct import	im = { .o = o, .ext = ext };
	int		rc;

	if (account_reserved(ext) != NULL || strlen(ext) > TRAFD_EXT_MAX ||
	    ext[0] == '.' || ext[0] == '-')
		return (0);
	(void)snprintf(im.save_path, sizeof(im.save_path),
	    "%s/" TRAFD_PREFIX "%s", o->state_dir, ext);
	if (is_in_use(&im))
		return (-1);
	rc = o->dry_run ? import_known(&im) : import_locked(&im);
	*found |= im.found;
	return (rc);
}

/* All accounts with a file in the directory `sub' of the old one. */
static int
import_all(const struct options *o, const char *sub, const char *not_in,
    bool *found)
{
	char		dir[PATH_MAX], path[PATH_MAX], **names;
	struct stat	st;
	int		i, n, rc = 0;

	(void)snprintf(dir, sizeof(dir), "%s%s", o->import_dir, sub);
	if ((n = account_names(dir, &names)) == -1) {
		if (not_in != NULL && errno == ENOENT)
			return (0);
		log_error("cannot read the directory: %s", dir);
		return (-1);
	}
	for (i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s/" TRAFD_PREFIX "%s",
		    not_in != NULL ? not_in : "", names[i]);
		if ((not_in == NULL || lstat(path, &st) == -1) &&
		    import_account(o, names[i], found) == -1)
			rc = -1;
	}
	account_free(names, n);
	return (rc);
}

/* The old files are untrusted, and what reads them may be root. */
static int
confine(const struct options *o)
{
	const struct sandbox_path	paths[] = {
		{ o->import_dir, SANDBOX_READ },
		{ access(o->state_dir, F_OK) == -1 ? NULL : o->state_dir,
		    o->dry_run ? SANDBOX_READ : SANDBOX_WRITE },
	};
	const struct sandbox_rules	rules = { .paths = paths, .npaths = 2 };
	struct stat			st;

	if (stat(o->import_dir, &st) == -1) {
		log_error("cannot read the directory: %s", o->import_dir);
		return (-1);
	}
	return (sandbox_enter(&rules) == -1 ? -1 : 0);
}

/* What the accounts need, and cannot be created in the sandbox. */
static int
create_state_dir(const struct options *o)
{
	return (o->dry_run || access(o->import_dir, F_OK) == -1 ? 0 :
	    statedir_prepare(o->state_dir, "", (uid_t)-1, (gid_t)-1));
}

int
import_run(const struct options *o)
{
	bool	found = false;
	int	rc;

	if (create_state_dir(o) == -1 || confine(o) == -1)
		return (TRAFD_EXIT_ERROR);
	if (o->ext != NULL)
		rc = import_account(o, o->ext, &found);
	else {
		rc = import_all(o, "", NULL, &found);
		if (import_all(o, "/" TRAFD_DUMPDIR, o->import_dir,
		    &found) == -1)
			rc = -1;
	}
	if (rc == 0 && !found && o->ext != NULL)
		(void)printf("no file of BPFT: %s/" TRAFD_PREFIX "%s\n",
		    o->import_dir, o->ext);
	else if (rc == 0 && !found)
		(void)printf("no file of BPFT: %s\n", o->import_dir);
	return (rc == 0 && fflush(stdout) == 0 ? TRAFD_EXIT_OK :
	    TRAFD_EXIT_ERROR);
}
