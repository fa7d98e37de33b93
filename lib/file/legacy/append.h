/*
 * Save files in BPFT's layouts, for sites that keep their own readers, as
 * durable as those of savefile.h.  Such a block says neither whose it is nor
 * whether it is whole: a journal beside the file does.  The functions are
 * those of savefile.h otherwise.
 */
#ifndef LEGACY_APPEND_H
#define LEGACY_APPEND_H

#include "file/savefile.h"
#include "legacy.h"

int	legacy_append(int dirfd, const char *name, enum layout, uint64_t own,
	    const struct block_info *, const struct flow *const *rows,
	    size_t nrows, struct legacy_loss *, struct savefile_result *);
int	legacy_confirm_append(int dirfd, const char *name, uint64_t instance,
	    uint64_t epoch_first, struct savefile_result *);
int	legacy_last_epoch(int dirfd, const char *name, uint64_t instance,
	    uint64_t *epoch);

#endif
