/*
 * Keys of time: the local period that a block belongs to, or the block itself.
 * Numbers are big-endian, so that their octets sort as the numbers do.
 */
#include <stddef.h>

#include "base/endian.h"
#include "keys.h"

#define TIME_WIDTH	((size_t)8)

static void
period_block(const struct key *key, const struct key_block *b, uint8_t *to)
{
	struct calendar_period	p;

	calendar_period(key->ops->columns[0].grain, b->instant_ns, &p);
	put_be64(to, p.begin_ns);
}

static int
period_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	(void)key;
	(void)names;
	(void)r;
	to->number = get_be64(from);
	return (0);
}

static const struct result_column minute_columns[] = {
	{ "minute", "Minute", RESULT_TIME, CALENDAR_MINUTE, true, false }
};
static const struct result_column hour_columns[] = {
	{ "hour", "Hour", RESULT_TIME, CALENDAR_HOUR, true, false }
};
static const struct result_column day_columns[] = {
	{ "day", "Day", RESULT_TIME, CALENDAR_DAY, true, false }
};
static const struct result_column week_columns[] = {
	{ "week", "Week", RESULT_TIME, CALENDAR_WEEK, true, false }
};
static const struct result_column month_columns[] = {
	{ "month", "Month", RESULT_TIME, CALENDAR_MONTH, true, false }
};

const struct key_ops key_minute = {
	"minute", TIME_WIDTH, false, false, false, false, 0, minute_columns, 1,
	NULL, NULL, period_block, NULL, period_show
};
const struct key_ops key_hour = {
	"hour", TIME_WIDTH, false, false, false, false, 0, hour_columns, 1,
	NULL, NULL, period_block, NULL, period_show
};
const struct key_ops key_day = {
	"day", TIME_WIDTH, false, false, false, false, 0, day_columns, 1,
	NULL, NULL, period_block, NULL, period_show
};
const struct key_ops key_week = {
	"week", TIME_WIDTH, false, false, false, false, 0, week_columns, 1,
	NULL, NULL, period_block, NULL, period_show
};
const struct key_ops key_month = {
	"month", TIME_WIDTH, false, false, false, false, 0, month_columns, 1,
	NULL, NULL, period_block, NULL, period_show
};

/* ---- the block itself ---- */

static void
block_block(const struct key *key, const struct key_block *b, uint8_t *to)
{
	(void)key;
	put_be64(to, b->number);
	put_be64(to + 8, b->begin_ns);
	put_be64(to + 16, b->end_ns);
}

static int
block_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	(void)key;
	(void)names;
	(void)r;
	to[0].number = get_be64(from);
	to[1].number = get_be64(from + 8);
	to[2].number = get_be64(from + 16);
	return (0);
}

static const struct result_column block_columns[] = {
	{ "block", "Block", RESULT_COUNT, CALENDAR_INSTANT, true, false },
	{ "begin", "Begin", RESULT_TIME, CALENDAR_INSTANT, true, false },
	{ "end", "End", RESULT_TIME, CALENDAR_INSTANT, true, true }
};

const struct key_ops key_block = {
	"block", 3 * TIME_WIDTH, false, false, false, false, 0, block_columns, 3,
	NULL, NULL, block_block, NULL, block_show
};
