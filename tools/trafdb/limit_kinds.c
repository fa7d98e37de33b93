/*
 * The names of directions and periods of budgets.
 */
#include "limit_kinds.h"

const char *const	limit_directions[LIMIT_DIRECTIONS] = {
	[LIMIT_BOTH] = "both", [LIMIT_IN] = "in", [LIMIT_OUT] = "out"
};
const char *const	limit_periods[LIMIT_PERIODS] = {
	[LIMIT_DAY] = "day", [LIMIT_WEEK] = "week", [LIMIT_MONTH] = "month"
};
