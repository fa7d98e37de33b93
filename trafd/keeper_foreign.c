/*
 * Blocks of another program for the save file of the account.
 */
#include "config.h"

#include <errno.h>
#include <unistd.h>

#include "base/log.h"
#include "keeper_impl.h"

int
keeper_append(struct keeper *k, struct block_info *info,
    const struct flow *const *rows, size_t n)
{
	struct savefile_result	result = { .step = "lock" };
	int			dirfd = -1, rc = -1;

	if (keeper_confirm(k) == 0) {
		result.step = "open directory";
		if ((dirfd = keeper_open_dir(k->opts.state_dir)) != -1)
			rc = savefile_append(dirfd, k->name, &k->failed, info,
			    rows, n, &result);
	}
	if (rc == -1)
		log_error("cannot append to the save file: %s: %s",
		    k->save_path, result.step);
	keeper_log_cut(k, &result);
	if (dirfd != -1)
		(void)close(dirfd);
	return (rc);
}
