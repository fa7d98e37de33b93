/*
 * The layouts of the save file: trafd's own, or one of BPFT's for sites that
 * read the files with their own programs.
 */
#include "config.h"

#include "base/log.h"
#include "base/plural.h"
#include "file/legacy/append.h"
#include "file/savefile.h"
#include "keeper_impl.h"

static int
append_trafd(struct keeper *k, int dirfd, struct block_info *info,
    const struct flow *const *rows, size_t n, struct savefile_result *r)
{
	return (savefile_append(dirfd, k->name, &k->failed, info, rows, n,
	    r));
}

/* Log only once that this layout has no place for IPv6 rows. */
static int
append_legacy(struct keeper *k, int dirfd, struct block_info *info,
    const struct flow *const *rows, size_t n, struct savefile_result *r)
{
	struct legacy_loss	loss = { 0 };

	if (legacy_append(dirfd, k->name, k->opts.layout, &k->failed, info,
	    rows, n, &loss, r) == -1)
		return (-1);
	if (loss.rows > 0 && !k->told_loss) {
		log_warnx("IPv6 left out: %s: this layout has no IPv6; %llu "
		    "row%s, %llu byte%s in this block, and all in later ones "
		    "(logged once)", k->save_path,
		    (unsigned long long)loss.rows, plural(loss.rows),
		    (unsigned long long)loss.count.ip, plural(loss.count.ip));
		k->told_loss = true;
	}
	return (0);
}

static const struct keeper_format	format_trafd = {
	append_trafd, savefile_confirm_append, savefile_last_epoch, false,
	false
};

static const struct keeper_format	format_legacy = {
	append_legacy, legacy_confirm_append, legacy_last_epoch, true, true
};

const struct keeper_format *
keeper_format(enum layout layout)
{
	return (layout == LAYOUT_OLD || layout == LAYOUT_NEW ?
	    &format_legacy : &format_trafd);
}
