/*
 * Answers to `stat' as JSON: the members that all reports have in common, and
 * the list of daemons.
 */
#include "config.h"

#include <stdlib.h>

#include "base/log.h"
#include "report/json.h"
#include "stats.h"
#include "traffic.h"

static json_t *
ledger_json(const struct ledger *l)
{
	json_t	*j = json_object();
	int	 i;

	for (i = 0; i < LEDGER_ENTRIES; i++)
		(void)json_object_set_new(j, ledger_name((enum ledger_entry)i),
		    json_u64(l->v[i]));
	return (j);
}

/* Members that are one value each. */
static const struct {
	const char		*name;
	enum control_value	 value;
} numbers[] = {
	{ "started_ns", CONTROL_STARTED },
	{ "now_ns", CONTROL_NOW },
	{ "account_begin_ns", CONTROL_BEGIN },
	{ "pid", CONTROL_PID },
	{ "rows", CONTROL_ROWS },
	{ "max_rows", CONTROL_MAX_ROWS },
	{ "table_memory", CONTROL_TABLE_MEMORY },
	{ "worst_probe", CONTROL_WORST_PROBE },
	{ "memory", CONTROL_MEMORY },
	{ "cpu_user_us", CONTROL_CPU_USER_US },
	{ "cpu_system_us", CONTROL_CPU_SYSTEM_US },
	{ "freezes", CONTROL_FREEZES },
	{ "freeze_last_ns", CONTROL_FREEZE_LAST_NS },
	{ "freeze_worst_ns", CONTROL_FREEZE_WORST_NS },
	{ "dumps", CONTROL_DUMPS },
	{ "dumps_failed", CONTROL_DUMPS_FAILED },
	{ "dump_time_ns", CONTROL_DUMP_TIME },
	{ "dump_took_ns", CONTROL_DUMP_TOOK_NS },
	{ "saves", CONTROL_SAVES },
	{ "saves_failed", CONTROL_SAVES_FAILED },
	{ "save_time_ns", CONTROL_SAVE_TIME },
	{ "save_took_ns", CONTROL_SAVE_TOOK_NS },
	{ "seen_packets", CONTROL_SEEN_PACKETS },
	{ "seen_bytes", CONTROL_SEEN_BYTES },
	{ "buffer_mib", CONTROL_BUFFER_MIB },
	{ "buffer_bytes", CONTROL_BUFFER },
};

json_t *
standing_head_json(const struct standing *st)
{
	const struct control_stat	*s = &st->s;
	json_t				*j;
	size_t				 i;

	j = json_pack("{s:s,s:s,s:s,s:s,s:s,s:b}", "instance", st->ext,
	    "interface", s->text[CONTROL_TEXT_IFACE],
	    "link", s->text[CONTROL_TEXT_LINK],
	    "source", s->text[CONTROL_TEXT_SOURCE],
	    "filter", s->text[CONTROL_TEXT_FILTER],
	    "since_baseline", st->based);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)json_object_set_new(j, numbers[i].name,
		    json_u64(s->v[numbers[i].value]));
	(void)json_object_set_new(j, "ledger", ledger_json(&s->ledger));
	(void)json_object_set_new(j, "total", ledger_json(&s->total));
	return (j);
}

int
json_line(json_t *j, struct out *o)
{
	int	rc = json_put_line(j, o);

	json_decref(j);
	if (rc == -1)
		log_errorx("out of memory");
	return (rc == -1 ? TRAFD_EXIT_ERROR : TRAFD_EXIT_OK);
}

/* One line per report: an array with one object per instance. */
int
standings_json(const struct standings *st,
    json_t *(*one)(const struct standing *), struct out *o)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; i < st->n; i++)
		(void)json_array_append_new(list, one(&st->list[i]));
	return (json_line(list, o));
}
