/*
 * A history that must open, for tests.  Include cmocka.h before.
 */
#ifndef OPENED_H
#define OPENED_H

#include "history/history.h"

/* Waits so many seconds for others; the test fails if it cannot be opened. */
static inline struct history *
opened(const char *statedir, enum history_mode mode, unsigned wait)
{
	char		 err[HISTORY_ERROR_LEN] = "";
	struct history	*h = history_open(statedir, mode, wait, err);

	if (h == NULL)
		fail_msg("%s", err);
	return (h);
}

#endif
