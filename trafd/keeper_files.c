/*
 * File operations that several files of the keeper need, and the choice of
 * an instance.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/plural.h"
#include "file/savefile.h"
#include "keeper_impl.h"

int
keeper_open_dir(const char *path)
{
	return (open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

int
keeper_remove_dump(const struct keeper *k)
{
	int	dirfd, rc;

	/* Perhaps no descriptor is left: unlink(2) needs none, but is not
	 * synced to the disk. */
	if ((dirfd = keeper_open_dir(k->dump_dir)) == -1)
		return (unlink(k->dump_path) == -1 && errno != ENOENT ?
		    -1 : 1);
	rc = savefile_remove(dirfd, k->name);
	(void)close(dirfd);
	return (rc);
}

void
keeper_log_cut(const struct keeper *k, const struct savefile_result *r)
{
	const char	*s = plural((uint64_t)r->cut_length);

	if (r->cut_name[0] == '\0')
		return;
	if (r->cut_all && r->no_room)
		log_warnx("save file moved away: %s: no room to copy its "
		    "incomplete end; %" PRId64 " byte%s moved to %s/%s",
		    k->save_path, (int64_t)r->cut_length, s,
		    k->opts.state_dir, r->cut_name);
	else if (r->cut_all)
		log_warnx("foreign file moved away: %s: no block of this "
		    "layout in it; %" PRId64 " byte%s moved to %s/%s",
		    k->save_path, (int64_t)r->cut_length, s,
		    k->opts.state_dir, r->cut_name);
	else if (r->foreign)
		log_warnx("block of another process cut off: %s: it has the "
		    "number of this save; %" PRId64 " byte%s moved to %s/%s",
		    k->save_path, (int64_t)r->cut_length, s,
		    k->opts.state_dir, r->cut_name);
	else
		log_warnx("unfinished save cut off: %s: %" PRId64 " byte%s "
		    "moved to %s/%s", k->save_path, (int64_t)r->cut_length, s,
		    k->opts.state_dir, r->cut_name);
}

static uint64_t
random_instance(void)
{
	uint64_t	id;

	do
		arc4random_buf(&id, sizeof(id));
	while (id == 0);
	return (id);
}

void
keeper_new_instance(struct keeper *k)
{
	k->instance = random_instance();
	k->resumed = false;
}
