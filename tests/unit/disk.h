/*
 * Simulates disk errors, kills and power cuts.  The system calls that change
 * files are wrapped (ld --wrap) and counted.  At a given call, or in a range
 * of calls, they fail; or the process is "killed" there: control returns to
 * disk_crashed.  A model of the disk says what is left after a power cut: the
 * octets of a file only after fsync(2) of it, names only after fsync(2) of the
 * directory, and nothing that a failed fsync(2) had to write.
 *
 *	begin → [arm → calls → disarm, or a crash → recover]* → end
 */
#ifndef DISK_H
#define DISK_H

#include <setjmp.h>
#include <stdbool.h>

#define DISK_NEVER	0u		/* no such call: they count from 1 */

/* What a crash loses of the calls that were not synced. */
enum disk_loss {
	LOSE_NOTHING,			/* a kill: the system goes on */
	LOSE_OCTETS,			/* names remain */
	LOSE_NAMES,			/* octets remain */
	LOSE_BOTH,
	DISK_LOSSES
};

enum disk_instant {
	BEFORE_CALL,
	WITHIN_CALL,			/* pwrite(2) has written half */
	AFTER_CALL,
	DISK_INSTANTS
};

struct disk_plan {
	unsigned		fail_from, fail_to;	/* calls that fail */
	int			error;			/* their errno */
	unsigned		crash_at;
	enum disk_instant	instant;
	enum disk_loss		loss;
};

/* Crashes return here: `if (setjmp(disk_crashed) == 0) run();' */
extern jmp_buf	disk_crashed;

/*
 * Model two new directories.  disk_settle(): all that they contain now is
 * synced.
 */
void		disk_begin(const char *dir, const char *subdir);
void		disk_settle(void);

/* Count calls from 1 again and follow the plan, which is copied. */
void		disk_arm(const struct disk_plan *);

/* No faults from now on.  Both return the number of calls counted. */
unsigned	disk_disarm(void);
unsigned	disk_calls(void);

/* While on, calls are neither counted nor fail: the test looks at files. */
void		disk_watch(bool on);

/* After a crash: close all open files, and lose what the plan says. */
void		disk_recover(void);

/* A power cut between two calls. */
void		disk_lose(enum disk_loss);

/* Remove all files of both directories, and the model. */
void		disk_end(void);

#endif
