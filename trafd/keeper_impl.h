/*
 * The keeper's own: shared by the part that writes (keeper.c) and the part
 * that begins (keeper_begin.c), and by nobody else.
 */
#ifndef KEEPER_IMPL_H
#define KEEPER_IMPL_H

#include "file/block.h"
#include "base/fault.h"
#include "keeper.h"
#include "traffic.h"

/*
 * What a layout of the save file is, as in savefile.h.  at_start: what a save
 * that was killed has left must be looked for when an account begins.
 */
struct savefile_result;
struct keeper_format {
	int	(*append)(struct keeper *, int dirfd, struct block_info *,
		    const struct flow *const *rows, size_t n,
		    struct savefile_result *);
	int	(*confirm)(int dirfd, const char *name, uint64_t instance,
		    uint64_t epoch_first);
	int	(*last_epoch)(int dirfd, const char *name, uint64_t instance,
		    uint64_t *epoch);
	int	(*last)(int dirfd, const char *name, uint64_t *instance,
		    uint64_t *epoch);
	bool	 at_start;
};

const struct keeper_format *keeper_format(enum layout);

struct keeper {
	struct keeper_opts	 opts;
	uint64_t		 instance;
	const struct keeper_format *format;
	bool			 has_dump;	/* one of ours may be there */
	bool			 told_loss;	/* of rows, by the layout */
	char			 name[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX];
	char			*save_path;
	char			*dump_dir;
	char			*dump_path;
	char			 host[BLOCK_HOST_MAX];
	char			 error[512];
	struct keeper_wrote	 wrote;
	struct fault		 dump_fault, save_fault, remove_fault;
};

/* The directory itself, open for the calls of savefile.h; -1 with errno. */
int		 keeper_open_dir(const char *path);

/* Remove the dump durably; 0, or -1 with errno. */
int		 keeper_remove_dump(const struct keeper *);

#endif
