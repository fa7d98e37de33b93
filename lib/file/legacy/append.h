/*
 * Appends to save files in BPFT's layouts, for sites that keep their own
 * readers, as durably as savefile.h does.  Such a block contains neither its
 * instance and epoch nor a checksum: a journal next to the file contains them.
 * Otherwise the functions are those of savefile.h; rows of IPv6 are left out
 * and added to the legacy_loss.
 */
#ifndef LEGACY_APPEND_H
#define LEGACY_APPEND_H

#include "file/savefile.h"
#include "legacy.h"

int	legacy_append(int dirfd, const char *name, enum layout,
	    struct savefile_attempt *failed, const struct block_info *,
	    const struct flow *const *rows, size_t nrows,
	    struct legacy_loss *, struct savefile_result *);
int	legacy_confirm_append(int dirfd, const char *name, uint64_t instance,
	    uint64_t epoch_first, struct savefile_result *);
/* Is the journal of the save file damaged? */
bool	legacy_journal_damaged(int dirfd, const char *name);
int	legacy_last_epoch(int dirfd, const char *name, uint64_t instance,
	    uint64_t *epoch);

#endif
