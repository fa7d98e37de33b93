/*
 * Directions and periods of budgets, with their names in options and notes.
 */
#ifndef TRAFDB_LIMIT_KINDS_H
#define TRAFDB_LIMIT_KINDS_H

enum limit_direction {
	LIMIT_BOTH,
	LIMIT_IN,
	LIMIT_OUT,
	LIMIT_DIRECTIONS
};

enum limit_period {
	LIMIT_DAY,
	LIMIT_WEEK,
	LIMIT_MONTH,
	LIMIT_PERIODS
};

/* Their names. */
extern const char *const	limit_directions[LIMIT_DIRECTIONS];
extern const char *const	limit_periods[LIMIT_PERIODS];

#endif
