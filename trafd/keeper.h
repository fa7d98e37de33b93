/*
 * The keeper: what becomes of frozen generations on disk.  Knows the two
 * files of an account and the rules by which nothing is lost or counted
 * twice; does not know the capturer.
 *
 * The rules.  Each process is an instance of its own, and numbers its
 * generations (epoch); one that resumes a dump goes on with the instance of
 * that until it is saved.  A save appends the block and then removes the
 * dump; a dump is void when the save file has a block of the same instance
 * and of its epoch or a later one.  So a crash between the two steps counts
 * nothing twice.  Nothing is written while another process has the account.
 */
#ifndef KEEPER_H
#define KEEPER_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "file/block.h"
#include "file/legacy/legacy.h"
#include "generation.h"

struct holder;
struct keeper;

/* What every block says of where it comes from; strings are borrowed. */
struct keeper_opts {
	const char	*state_dir;
	const char	*ext;
	const char	*ifname;
	const char	*filter;
	const char	*networks;
	uint64_t	 minsize;
	enum flow_ports	 ports;
	size_t		 max_flows;
	const struct nets *local;
	enum layout	 layout;	/* of the save file; AUTO: ours */
	struct holder	*holder;	/* lock of the account; NULL: none */
};

/* Of directories that are there, see statedir.h.  NULL after a message. */
struct keeper	*keeper_open(const struct keeper_opts *);
void		 keeper_close(struct keeper *);

/*
 * Can this process, as who it has become, write there?  0, or -1 after a
 * message.
 */
int		 keeper_check(const struct keeper *);

/*
 * Begin the account of a daemon: look at a dump left by the one before and
 * resume it, or append it to the save file as a block of its own.  Returns
 * the first generation, or NULL after a message: then nothing was changed.
 */
struct generation *keeper_begin(struct keeper *, bool resume);

/*
 * Begin for --read: a dump that was left is neither resumed nor saved, but no
 * more than its rows are left of it, as the next block hides the one before.
 */
struct generation *keeper_begin_alone(struct keeper *);

/*
 * Write the dump file, or append to the save file and remove the dump.  The
 * generation stays the caller's.  0, or -1 after a message (then `why' of
 * keeper_error() is set) and nothing changed on disk.  When another process
 * has taken the account there are no saves, and dumps go to a file apart.
 */
int		 keeper_dump(struct keeper *, const struct generation *);
int		 keeper_save(struct keeper *, const struct generation *);

/* What a block of this generation says besides its rows. */
void		 keeper_describe(const struct keeper *,
		    const struct generation *, enum block_kind,
		    struct block_info *);

/* What the last dump or save that succeeded has written. */
struct keeper_wrote {
	uint64_t		rows;
	struct flow_count	total;
};

struct keeper_wrote keeper_wrote(const struct keeper *);

/* What the last failure was, "" if there was none. */
const char	*keeper_error(const struct keeper *);

/* Names of the files, for messages. */
const char	*keeper_save_path(const struct keeper *);

#endif
