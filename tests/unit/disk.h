/*
 * A disk that fails when it is told to: the calls by which the account
 * reaches it are linked with --wrap, counted, and one of them (or all of a
 * range) fails, or the process is "killed" there: control returns to
 * disk_crashed().  Beside it the model of what a power cut would leave:
 * octets only after fsync(2) of the file, names only after that of the
 * directory, and nothing of what a failed fsync had to write.
 */
#ifndef DISK_H
#define DISK_H

#include <setjmp.h>
#include <stdbool.h>

#define DISK_NEVER	0u		/* no such call: they count from 1 */

/* What a crash leaves behind. */
enum disk_loss {
	LOSE_NOTHING,			/* a kill: the system lives on */
	LOSE_OCTETS,			/* names are there, octets are not */
	LOSE_NAMES,			/* the other way round */
	LOSE_BOTH,
	DISK_LOSSES
};

enum disk_instant {
	BEFORE_CALL,
	WITHIN_CALL,			/* pwrite(2): half is written */
	AFTER_CALL,
	DISK_INSTANTS
};

struct disk_plan {
	unsigned		fail_from, fail_to;	/* calls that fail */
	int			error;
	unsigned		crash_at;
	enum disk_instant	instant;
	enum disk_loss		loss;
};

/* Where crashes return to: `if (setjmp(disk_crashed) == 0) run();' */
extern jmp_buf	disk_crashed;

/* Two fresh directories; what they hold from now on is on the disk. */
void		disk_begin(const char *dir, const char *subdir);
void		disk_settle(void);

/* Count calls from 1 again and let the plan (copied) come true. */
void		disk_arm(const struct disk_plan *);

/* No faults any more.  Returns how many calls were counted. */
unsigned	disk_disarm(void);
unsigned	disk_calls(void);

/* What is called meanwhile is a look at the disk, without faults. */
void		disk_watch(bool on);

/* After a crash: close what the dead had open, and lose what is lost. */
void		disk_recover(void);

/* Lose it at any other instant. */
void		disk_lose(enum disk_loss);

/* Remove all files of both directories and the model of them. */
void		disk_end(void);

#endif
