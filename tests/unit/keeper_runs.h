/*
 * Exactly once, without luck: programs of adds, dumps, saves and restarts
 * run over a disk that fails or kills at every single call, and the account
 * is compared with what was counted.
 */
#ifndef KEEPER_RUNS_H
#define KEEPER_RUNS_H

#include <stdbool.h>

#include "disk.h"

/* One run: a program, the fault in it, and another one while recovering. */
struct run {
	const char	*program;
	struct disk_plan first;
	struct disk_plan second;	/* from the restart after a crash on */
	bool		 resume;	/* in that restart */
};

/*
 * Run it and compare; what is wrong is printed, and counted.  Returns how
 * many calls the program made.
 */
unsigned	keeper_run(const struct run *);

/* How many calls a program makes where nothing fails. */
unsigned	keeper_calls(const char *program);

/* How many calls the restart after the last crash made. */
unsigned	keeper_recovering(void);

/*
 * Call the test with each program, in a process of its own, as crashes leave
 * memory behind.  0, or -1 if an account was wrong.
 */
int		keeper_all(void (*test)(const char *program));

#endif
