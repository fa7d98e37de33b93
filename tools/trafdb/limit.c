/*
 * trafdb limit: sets, lists and deletes budgets.  A budget is a note in the
 * history, in lines of `key value'.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/amount.h"
#include "base/log.h"
#include "base/options.h"
#include "common/finish.h"
#include "packet/nets.h"
#include "limit.h"
#include "trafdb.h"
#include "traffic.h"

static int
find(const char *const *names, int n, const char *name)
{
	int	i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (i);
	return (-1);
}

/* ---- as a note ---- */

static int
parse_percents(const char *text, uint32_t percent[LIMIT_THRESHOLDS])
{
	unsigned long	 v;
	char		*end;
	size_t		 n = 0;

	memset(percent, 0, LIMIT_THRESHOLDS * sizeof(percent[0]));
	do {
		v = strtoul(text, &end, 10);
		if (*text < '0' || *text > '9' || v == 0 || v > 10000 ||
		    n == LIMIT_THRESHOLDS)
			return (-1);
		percent[n++] = (uint32_t)v;
		text = end + 1;
	} while (*end == ',');
	return (*end == '\0' ? 0 : -1);
}

static void
format_percents(const struct limit *l, char *buf, size_t len)
{
	char	one[16];
	size_t	i;

	buf[0] = '\0';
	for (i = 0; i < LIMIT_THRESHOLDS && l->percent[i] > 0; i++) {
		(void)snprintf(one, sizeof(one), "%s%u", i == 0 ? "" : ",",
		    (unsigned)l->percent[i]);
		(void)strlcat(buf, one, len);
	}
}

int
limit_put(struct history *h, const struct limit *l)
{
	char	text[HISTORY_NOTE_MAX], percents[128];
	int	n;

	format_percents(l, percents, sizeof(percents));
	n = snprintf(text, sizeof(text), "iface %s\nnets %s\nhost %d\n"
	    "direction %s\nperiod %s\nday %u\noctets %llu\nat %s\n"
	    "since %llu\ntold %u\n", l->iface, l->nets, l->one_host,
	    limit_directions[l->direction], limit_periods[l->period],
	    (unsigned)l->day,
	    (unsigned long long)l->octets, percents,
	    (unsigned long long)l->told_since, (unsigned)l->told);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		log_errorx("budget too long: %s", l->name);
		return (-1);
	}
	return (history_note_put(h, l->name, text, (size_t)n) == -1 ?
	    db_fail(h) : 0);
}

/*
 * The value after a key, whose line is ended with a NUL; NULL if there is
 * none.
 */
static char *
value_of(char *text, const char *key)
{
	size_t	 len = strlen(key);
	char	*at, *end;

	for (at = text; at != NULL && *at != '\0'; at = end) {
		end = at + strcspn(at, "\n");
		if (*end == '\n')
			end++;
		if (strncmp(at, key, len) == 0 && at[len] == ' ') {
			at[strcspn(at, "\n")] = '\0';
			return (at + len + 1);
		}
	}
	return (NULL);
}

static uint64_t
number_of(const char *text, const char *key)
{
	char	copy[HISTORY_NOTE_MAX + 1], *value;

	(void)strlcpy(copy, text, sizeof(copy));
	value = value_of(copy, key);
	return (value == NULL ? 0 : strtoull(value, NULL, 10));
}

static int
text_of(const char *text, const char *key, char *to, size_t len)
{
	char	copy[HISTORY_NOTE_MAX + 1], *value;

	(void)strlcpy(copy, text, sizeof(copy));
	value = value_of(copy, key);
	return (value == NULL || strlcpy(to, value, len) >= len ? -1 : 0);
}

static int
parse_note(const char *text, struct limit *l)
{
	char	word[128];
	int	d, p;

	if (text_of(text, "iface", l->iface, sizeof(l->iface)) == -1 ||
	    text_of(text, "nets", l->nets, sizeof(l->nets)) == -1 ||
	    text_of(text, "at", word, sizeof(word)) == -1 ||
	    parse_percents(word, l->percent) == -1 ||
	    text_of(text, "direction", word, sizeof(word)) == -1 ||
	    (d = find(limit_directions, LIMIT_DIRECTIONS, word)) == -1 ||
	    text_of(text, "period", word, sizeof(word)) == -1 ||
	    (p = find(limit_periods, LIMIT_PERIODS, word)) == -1)
		return (-1);
	l->direction = (enum limit_direction)d;
	l->period = (enum limit_period)p;
	l->one_host = number_of(text, "host") != 0;
	l->day = (uint32_t)number_of(text, "day");
	l->octets = number_of(text, "octets");
	l->told_since = number_of(text, "since");
	l->told = (uint32_t)number_of(text, "told");
	return (0);
}

int
limit_next(struct history *h, const char *after, struct limit *l)
{
	char	last[HISTORY_NAME_MAX];
	uint8_t	note[HISTORY_NOTE_MAX + 1];
	size_t	len;
	int	rc;

	/* `after' may be the name in *l. */
	(void)strlcpy(last, after, sizeof(last));
	memset(l, 0, sizeof(*l));
	rc = history_note_next(h, last, l->name, note, &len);
	if (rc != 1)
		return (rc == -1 ? db_fail(h) : 0);
	note[len] = '\0';
	if (parse_note((const char *)note, l) == 0)
		return (1);
	log_errorx("budget not understood: %s; set it again, or use a newer "
	    "trafdb", l->name);
	return (LIMIT_UNKNOWN);
}

/* ---- from the command line ---- */

/* Mails and hooks contain the name: allow only plain characters. */
static void
set_name(struct limit *l, const char *name)
{
	static const char	plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (name[0] == '\0' || name[0] == '-' ||
	    strspn(name, plain) != strlen(name) ||
	    strlcpy(l->name, name, sizeof(l->name)) >= sizeof(l->name))
		options_refuse("name %s: at most %zu letters, digits, `.', "
		    "`_' and `-' are needed", name, sizeof(l->name) - 1);
}

/* Set the host or the networks of a budget. */
static void
set_subject(struct limit *l, const struct options *opt)
{
	const char	*option = opt->host != NULL ? "--host" : "--net";
	const char	*text = opt->host != NULL ? opt->host : opt->net;
	const char	*wrong;
	struct nets	*nets;
	int		 rc;

	if (text == NULL)
		return;
	nets = nets_new();
	rc = nets == NULL ? -1 : nets_add(nets, text, &wrong);
	if (rc == -1 && errno == ENOMEM) {
		log_error("%s", option);
		exit(TRAFD_EXIT_ERROR);
	}
	if (rc == -1 || nets_count(nets) == 0)
		options_refuse("%s %s: an address is needed, such as "
		    "192.0.2.1%s", option, text,
		    opt->host != NULL ? "" : " or 192.0.2.0/24");
	l->one_host = opt->host != NULL;
	if (l->one_host && (nets_count(nets) != 1 || strchr(text, '/')))
		options_refuse("--host %s: one address is needed; --net takes "
		    "several and networks", text);
	nets_free(nets);
	if (strlcpy(l->nets, text, sizeof(l->nets)) >= sizeof(l->nets) ||
	    strchr(l->nets, '\n') != NULL)
		options_refuse("%s %s: a list of at most %zu characters is "
		    "needed", option, text, sizeof(l->nets) - 1);
}

static void
set_choices(struct limit *l, const struct options *opt)
{
	const char	*at = opt->at == NULL ? "80,100" : opt->at;

	l->direction = opt->direction;
	l->period = opt->period;
	l->day = opt->day == 0 ? 1 : opt->day;
	if (opt->day > 0 && l->period == LIMIT_DAY)
		options_refuse("--day cannot be used with --period day");
	if (opt->day > 7 && l->period == LIMIT_WEEK)
		options_refuse("--day %u: with --period week a number from 1 "
		    "(Monday) to 7 is needed", (unsigned)opt->day);
	if (parse_percents(at, l->percent) == -1)
		options_refuse("--at %s: at most %d percentages are needed, "
		    "such as 80,90,100", at, LIMIT_THRESHOLDS);
}

static const struct option_row budget = {
	OPTION_AMOUNT, .arg = "budget", OPTION_AT(struct limit, octets),
	.least = 1
};

/* Parse before the history is open: an error exits the program. */
static struct limit
parse_limit(const struct options *opt)
{
	struct limit	l = { .name = "" };

	set_name(&l, opt->names[0]);
	options_operand(&budget, &l, opt->names[2]);
	set_subject(&l, opt);
	set_choices(&l, opt);
	return (l);
}

static int
set_limit(const struct options *opt, struct history *h, struct limit l)
{
	struct history_account	a;
	int			rc;

	if ((rc = history_account(h, opt->names[1], &a)) != 1) {
		if (rc == 0)
			log_errorx("not in the history: %s", opt->names[1]);
		return (rc == 0 ? -1 : db_fail(h));
	}
	(void)strlcpy(l.iface, a.name, sizeof(l.iface));
	return (limit_put(h, &l));
}

static int
delete_limit(const struct options *opt, struct history *h)
{
	struct limit	l = { .name = "" };
	int		rc;

	while ((rc = limit_next(h, l.name, &l)) > 0)
		if (strcmp(l.name, opt->names[0]) == 0)
			return (history_note_delete(h, l.name) == -1 ?
			    db_fail(h) : 0);
	if (rc == 0)
		log_errorx("no such budget: %s", opt->names[0]);
	return (-1);
}

static int
list_limits(struct history *h)
{
	struct limit	l = { .name = "" };
	char		octets[AMOUNT_LEN], at[128];
	int		rc, unknown = 0;

	while ((rc = limit_next(h, l.name, &l)) > 0) {
		if (rc == LIMIT_UNKNOWN) {
			unknown = -1;
			continue;
		}
		format_percents(&l, at, sizeof(at));
		(void)printf("%s\t%s\t%s\t%s\t%s a %s", l.name, l.iface,
		    l.nets[0] == '\0' ? "all" : l.nets,
		    limit_directions[l.direction],
		    amount_format(l.octets, octets), limit_periods[l.period]);
		if (l.period != LIMIT_DAY)
			(void)printf(" from day %u", (unsigned)l.day);
		(void)printf("\tat %s%%\n", at);
	}
	return (rc == 0 ? unknown : rc);
}

int
limit_run(const struct options *opt)
{
	struct limit	 l = { .name = "" };
	struct history	*h;
	int		 rc;

	if (opt->delete && opt->nnames != 1)
		options_refuse("--delete needs the name of one budget");
	if (!opt->delete && opt->nnames != 0 && opt->nnames != 3)
		options_refuse("a budget needs three arguments: name, "
		    "interface and bytes");
	if (opt->nnames == 3)
		l = parse_limit(opt);
	h = db_open(opt, opt->nnames == 0 ? HISTORY_READ : HISTORY_WRITE);
	if (h == NULL)
		return (TRAFD_EXIT_ERROR);
	if (opt->nnames == 0)
		rc = list_limits(h);
	else
		rc = opt->delete ? delete_limit(opt, h) :
		    set_limit(opt, h, l);
	return (stdout_finish(db_close(h, rc == 0 ? TRAFD_EXIT_OK :
	    TRAFD_EXIT_ERROR)));
}
