/*
 * The keeper writes frozen generations to the two files of an account: the
 * save file and the dump.  It does not use the capturer.
 *
 *	open -> check -> begin or begin_alone -> [dump | save]* -> close
 *
 * Its rules ensure that nothing is lost or counted twice.  Each process has
 * an instance number of its own and numbers its generations (epoch).  A
 * process that resumes a dump uses the dump's instance until its next save.
 * A save appends the block, then removes the dump.  A dump is void (already
 * saved) if the save file has a block of the same instance and of the dump's
 * epoch or a later one.  So after a crash between the two steps nothing is
 * counted twice.  Nothing is written if another process has the account.
 *
 * One thread uses a keeper at a time.
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
struct networks;

/*
 * The account, and what every block states about its source.  All pointers
 * are borrowed until keeper_close().
 */
struct keeper_opts {
	const char	*state_dir;
	const char	*ext;
	const char	*ifname;
	const char	*filter;
	const char	*networks;	/* of the first generation */
	uint64_t	 minsize;	/* IP bytes */
	enum flow_ports	 ports;
	size_t		 max_flows;	/* rows of a table */
	const struct nets *local;
	enum layout	 layout;	/* of the save file; AUTO: trafd's */
	struct holder	*holder;	/* lock of the account; NULL: none */
	const struct networks *live;	/* NULL: a capture file is read */
	bool		 capture;	/* nothing is written without frames */
};

/*
 * Opens no file, but what keeper_learn() needs; the directories must exist (see
 * statedir.h) when the other functions are called.  Returns NULL after a
 * message.
 */
struct keeper	*keeper_open(const struct keeper_opts *);
void		 keeper_close(struct keeper *);

/*
 * May this process write to the directories?  Call it after root was given
 * up.  Returns 0, or -1 after a message.
 */
int		 keeper_check(const struct keeper *);

/*
 * Begin the account of a daemon.  If the daemon before left a dump, resume
 * the dump, or append it to the save file as a block of its own.  Returns the
 * first generation, owned by the caller; or NULL after a message: no counts
 * are lost then.
 */
struct generation *keeper_begin(struct keeper *, bool resume);

/*
 * Begin for --read.  A dump left by a daemon is neither resumed nor saved.
 * But its rows may also be in the save file: after a failed save that block
 * is cut off, after a completed one the dump is removed.  This must be done
 * now, because only blocks at the end of the save file can be cut off.
 * Returns as keeper_begin().
 */
struct generation *keeper_begin_alone(struct keeper *);

/*
 * Write the dump file; or append to the save file, then remove the dump.  The
 * generation remains the caller's.  Returns 0, or -1 after a message: then
 * keeper_error() has the reason.  If another process has taken the account,
 * saves fail, and dumps go to a separate file.
 */
int		 keeper_dump(struct keeper *, const struct generation *);
int		 keeper_save(struct keeper *, const struct generation *);

/*
 * Append a block of another program to the save file as it is: not of this
 * keeper's instance, nothing folded.  Returns 0, or -1 after a message.
 */
int		 keeper_append(struct keeper *, struct block_info *,
		    const struct flow *const *rows, size_t n);

/* Set *info to the header of a block of this generation. */
void		 keeper_describe(const struct keeper *,
		    const struct generation *, enum block_kind,
		    struct block_info *);

/*
 * Learn the devices of the local networks: from the senders of the generation,
 * and a daemon also from the table of neighbours.  Learned senders are removed
 * from the generation.  Failures are logged.  Not after another process has
 * taken the account.
 */
void		 keeper_learn(struct keeper *, const struct generation *);

/* What the last successful dump or save wrote. */
struct keeper_wrote {
	uint64_t		rows;
	struct flow_count	total;
};

struct keeper_wrote keeper_wrote(const struct keeper *);

/* Text of the last failure, or ""; valid until the next dump or save. */
const char	*keeper_error(const struct keeper *);

/* Path of the save file, for messages; valid until keeper_close(). */
const char	*keeper_save_path(const struct keeper *);

#endif
