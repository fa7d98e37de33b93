/*
 * Shared by the files of the keeper: writing (keeper.c), the start of an
 * account (keeper_begin.c), the loss of its lock (keeper_apart.c), devices
 * (keeper_devices.c), file operations (keeper_files.c), layouts
 * (keeper_format.c) and blocks of others (keeper_foreign.c).
 */
#ifndef KEEPER_IMPL_H
#define KEEPER_IMPL_H

#include "base/fault.h"
#include "file/block.h"
#include "file/savefile.h"
#include "keeper.h"
#include "traffic.h"

/* The clock of a dump whose times are those of packets of a capture. */
#define KEEPER_PACKETS	"packets"

/*
 * Functions for one layout of the save file, with the contracts of
 * savefile.h.  If at_start is set, confirm() must be called when an account
 * begins: a save that was killed may have left part of a block.
 */
struct keeper_format {
	int	(*append)(struct keeper *, int dirfd, struct block_info *,
		    const struct flow *const *rows, size_t n,
		    struct savefile_result *);
	int	(*confirm)(int dirfd, const char *name, uint64_t instance,
		    uint64_t epoch_first, struct savefile_result *);
	int	(*last_epoch)(int dirfd, const char *name, uint64_t instance,
		    uint64_t *epoch);
	bool	 at_start;
	bool	 other_only;	/* fold_to_other(), not fold_small() */
};

const struct keeper_format *keeper_format(enum layout);

struct keeper {
	struct keeper_opts	 opts;
	uint64_t		 instance;
	bool			 resumed;	/* instance is a dump's */
	const struct keeper_format *format;
	bool			 has_dump;	/* a dump file may exist */
	bool			 removal_unsynced; /* ... after a power cut */
	bool			 told_loss;	/* "IPv6 left out" is logged */
	bool			 lost;		/* another process has it */
	char			 name[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX];
	/* Name of the separate dump file, or "". */
	char			 apart[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX +
				    sizeof(".lost.100000")];
	char			*save_path;
	char			*dump_dir;
	char			*dump_path;
	char			 host[BLOCK_HOST_MAX];
	char			 boot[CLOCK_NAME_LEN];
	char			 error[512];
	struct keeper_wrote	 wrote;
	struct savefile_attempt	 failed;	/* save */
	struct fault		 dump_fault, save_fault, remove_fault;
	struct fault		 devices_fault;
	struct neighbours	*neighbours;	/* NULL: not read */
};

/* Open a directory: a descriptor for savefile.h, or -1 with errno. */
int		 keeper_open_dir(const char *path);

/* Use a new random instance for the next blocks. */
void		 keeper_new_instance(struct keeper *);

/* Log what was cut off or moved away from the save file, if anything. */
void		 keeper_log_cut(const struct keeper *,
		    const struct savefile_result *);

/*
 * Does this process still have the account?  Returns 0, or -1 with errno.  If
 * another process has it now, errno is EBUSY and `lost' is set for good.
 */
int		 keeper_confirm(struct keeper *);

/*
 * Describe errno in text: `PID 42 has the account', or strerror(3).  Returns
 * text.
 */
const char	*keeper_reason(const struct keeper *, char *text, size_t len);

/*
 * The account is lost: choose `apart', the name for its dumps, and log that
 * once.  Returns 0, or -1 with errno.
 */
int		 keeper_go_apart(struct keeper *);

/* Open the table of neighbours, if devices are to be learned from it. */
void		 keeper_begin_learning(struct keeper *);

/*
 * Remove the dump durably.  Returns 0, 1 if a power cut may bring it back, or
 * -1 with errno.
 */
int		 keeper_remove_dump(const struct keeper *);

#endif
