/*
 * Each packet must be in the account exactly once, whatever fails.  Sequences
 * ("programs") of adds, dumps, saves and restarts are run with a failure or a
 * kill at every single system call, and the account is compared with what was
 * added.
 */
#ifndef KEEPER_RUNS_H
#define KEEPER_RUNS_H

#include <stdbool.h>

#include "disk.h"

/* One run: a program, a fault in it, and a second one while recovering. */
struct run {
	const char	*program;
	struct disk_plan first;
	struct disk_plan second;	/* from the restart after a crash on */
	bool		 resume;	/* in that restart */
};

/*
 * Run it and compare the account; differences are printed and counted.
 * Returns the number of system calls that the program made.
 */
unsigned	keeper_run(const struct run *);

/* The number of calls a program makes if nothing fails. */
unsigned	keeper_calls(const char *program);

/*
 * How many of its first calls a program of the layout before it has made in
 * the same way: a crash at one of them has been tried.
 */
unsigned	keeper_known(const char *program);

/* The number of calls that the restart after the last crash made. */
unsigned	keeper_recovering(void);

/* TRAF_KEEPER_ALL: all combinations, which takes minutes, and all layouts. */
bool		keeper_long(void);

/*
 * Call the test with each program, in a process of its own, since crashes
 * leak memory.  0, or -1 if an account was wrong.
 */
int		keeper_all(void (*test)(const char *program));

#endif
