/*
 * What the parts of the keeper share: writing (keeper.c), beginning
 * (keeper_begin.c), an account that is lost (keeper_apart.c), files
 * (keeper_files.c) and layouts (keeper_format.c).  Nobody else includes it.
 */
#ifndef KEEPER_IMPL_H
#define KEEPER_IMPL_H

#include "base/fault.h"
#include "file/block.h"
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
		    uint64_t epoch_first, struct savefile_result *);
	int	(*last_epoch)(int dirfd, const char *name, uint64_t instance,
		    uint64_t *epoch);
	bool	 at_start;
};

const struct keeper_format *keeper_format(enum layout);

struct keeper {
	struct keeper_opts	 opts;
	uint64_t		 instance;
	uint64_t		 own;		/* our epochs begin here */
	bool			 resumed;	/* it is that of a dump */
	const struct keeper_format *format;
	bool			 has_dump;	/* one of ours may be there */
	bool			 told_loss;	/* of rows, by the layout */
	bool			 lost;		/* the account is another's */
	char			 name[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX];
	char			 apart[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX +
				    sizeof(".lost.100000")];
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

/* From now on blocks are those of this process alone. */
void		 keeper_new_instance(struct keeper *);

/* Say what was cut off the save file and kept aside. */
void		 keeper_log_cut(const struct keeper *,
		    const struct savefile_result *);

/*
 * Is the account still ours?  0; or -1 with errno, EBUSY if it is another
 * process's by now (`lost' then, for good).
 */
int		 keeper_confirm(struct keeper *);

/* What errno means: `PID 42 has the account', or strerror(3). */
const char	*keeper_reason(const struct keeper *, char *text, size_t len);

/*
 * The name for dumps of an account that is lost, which is told once.  0, or
 * -1 with errno.
 */
int		 keeper_go_apart(struct keeper *);

/* Remove the dump durably; 0, or -1 with errno. */
int		 keeper_remove_dump(const struct keeper *);

#endif
