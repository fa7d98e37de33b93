/*
 * Makes a struct question from the options of questions.  Their texts are
 * kept until the whole command line has been read, since --tz also applies to
 * times before it.
 */
#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/options.h"
#include "base/zone.h"
#include "packet/nets.h"
#include "query/period.h"
#include "query/where.h"
#include "tally/device_map.h"
#include "tally/owner_book.h"
#include "traffic.h"
#include "traflog.h"

#define WIDTH_DEFAULT	80
#define TOP_OVERVIEW	10	/* hosts and services of an overview */

/* No usage text after the message: it would hide it. */
static _Noreturn void
wrong(const char *option, const char *arg, const char *why)
{
	log_errorx("%s %s: %s", option, arg, why);
	exit(TRAFD_EXIT_USAGE);
}

/* ---- what is counted ---- */

static void
set_zone(const char *zone)
{
	if (zone == NULL)
		return;
	if (!zone_exists(zone))
		wrong("--tz", zone, "no such time zone");
	if (setenv("TZ", zone, 1) == -1) {
		log_error("cannot set TZ");
		exit(TRAFD_EXIT_ERROR);
	}
	tzset();
}

static struct calendar_period
parse_period(const char *option, const char *arg)
{
	struct calendar_period	p;

	if (period_parse(arg, time(NULL), &p) == -1)
		wrong(option, arg, "no such time (expected 10:00, 2026-11-21, "
		    "2026-11-21T14:00, 2026-11, yesterday, \"this month\", "
		    "-7d)");
	return (p);
}

static void
set_period(struct question *q, const struct asked *a)
{
	q->until_ns = UINT64_MAX;
	if (a->since != NULL)
		q->since_ns = parse_period("--since", a->since).begin_ns;
	if (a->until != NULL)
		q->until_ns = parse_period("--until", a->until).end_ns;
	if (q->since_ns >= q->until_ns) {
		log_errorx("--until %s is not after --since", a->until);
		exit(TRAFD_EXIT_USAGE);
	}
}

static void
set_where(struct question *q, const char *text)
{
	char	err[256];

	if (text == NULL)
		return;
	if ((q->where = where_new(text, err, sizeof(err))) == NULL) {
		log_errorx("--where: %s", err);
		exit(TRAFD_EXIT_USAGE);
	}
}

static void
set_local(struct question *q, const char *list)
{
	struct nets	*nets;
	const char	*bad = list;
	char		 word[64];
	int		 rc;

	if (list == NULL)
		return;
	nets = nets_new();
	rc = nets == NULL ? -1 : nets_add(nets, list, &bad);
	if (rc == -1 && errno == ENOMEM) {
		log_error("--local");
		exit(TRAFD_EXIT_ERROR);
	}
	if (rc == -1) {
		(void)snprintf(word, sizeof(word), "%.*s",
		    (int)strcspn(bad, " ,"), bad);
		wrong("--local", word, "not a network");
	}
	q->local = nets;
}

/* From percent, such as `95' or `99.9', to thousandths. */
static void
set_percentile(struct question *q, const char *arg)
{
	char	*end;
	long	 whole, tenth = 0;

	if (arg == NULL)
		return;
	whole = strtol(arg, &end, 10);
	if (end[0] == '.' && end[1] >= '0' && end[1] <= '9') {
		tenth = end[1] - '0';
		end += 2;
	}
	if (end == arg || *end != '\0' || arg[0] < '0' || arg[0] > '9' ||
	    whole > 100 || whole * 10 + tenth < 1 ||
	    whole * 10 + tenth > 1000)
		wrong("--percentile", arg, "expected 0.1 to 100");
	q->permille = (unsigned int)(whole * 10 + tenth);
}

/* Which addresses are one device is read later, with the account. */
static void
set_devices(struct question *q, const struct asked *a)
{
	if ((q->devices = device_map_new(a->apart)) != NULL)
		return;
	log_error("--by");
	exit(TRAFD_EXIT_ERROR);
}

static void
set_book(struct question *q)
{
	if ((q->book = owner_book_new()) != NULL)
		return;
	log_error("--by");
	exit(TRAFD_EXIT_ERROR);
}

/* ---- tables ---- */

static void
set_sort(const struct question *q, struct question_table *t,
    const char *arg)
{
	if (arg == NULL)
		return;
	if (!question_sorts(q, t, arg))
		wrong("--sort", arg, "no such column (expected bytes, in, "
		    "out, data, packets, rate, or a key of --by)");
	t->sort = arg;
}

/* A title for people, such as `Traffic by day, host'. */
static const char *
title_of(const char *by)
{
	static char	 title[128];
	size_t		 used;

	if (by[0] == '\0')
		return ("Traffic");
	used = (size_t)snprintf(title, sizeof(title), "Traffic by ");
	for (; *by != '\0' && used + 3 < sizeof(title); by++) {
		title[used++] = *by;
		if (*by == ',')
			title[used++] = ' ';
	}
	title[used] = '\0';
	return (title);
}

static void
add_answer(struct question *q, const struct asked *a)
{
	const char	*by = a->by == NULL ? "" : a->by, *bad, *why, *meant;
	char		 word[64], keys[256], text[384];

	why = question_table_add(q, RESULT_ANSWER, title_of(by), by, &bad);
	if (why != NULL) {
		(void)snprintf(word, sizeof(word), "%.*s",
		    (int)strcspn(bad, ","), bad);
		meant = key_meant(word);
		(void)snprintf(text, sizeof(text), "%s%s%s%s (there are %s)",
		    why, meant != NULL ? "; did you mean " : "",
		    meant != NULL ? meant : "", meant != NULL ? "?" : "",
		    keys_list(keys, sizeof(keys)));
		/* A known key may lack something, such as --geo: say what. */
		wrong("--by", word, strcmp(why, KEY_UNKNOWN) == 0 ? text : why);
	}
	if (a->top != 0)
		q->table[0].top = a->top;
	set_sort(q, &q->table[0], a->sort);
}

/* Tables that a format adds to the answer; their keys are constants. */
static void
add_table(struct question *q, const char *name, const char *title,
    const char *by, uint64_t top)
{
	const char	*bad;

	(void)question_table_add(q, name, title, by, &bad);
	q->table[q->ntables - 1].top = top;
}

void
question_add_series(struct question *q, const char *by)
{
	add_table(q, RESULT_SERIES, "Traffic over time", by, 0);
}

static void
add_overview(struct question *q, const struct answer_ops *format)
{
	if (!(format->wants & ANSWER_WANTS_OVERVIEW))
		return;
	add_table(q, RESULT_HOSTS, "Largest hosts", "host", TOP_OVERVIEW);
	add_table(q, RESULT_SERVICES, "Largest services", "service",
	    TOP_OVERVIEW);
}

/* ---- estimates ---- */

#define NEEDS_PERIOD	"--estimate needs a period that is running, such as "  \
	"--since today, \"this week\" or \"this month\", or an --until"

static bool
has_time_key(const struct question *q)
{
	size_t	i;
	bool	found = false;

	for (i = 0; i < q->table[0].nkeys; i++) {
		if (strcmp(q->table[0].key[i].ops->name, "block") == 0)
			wrong("--estimate", "--by block", "a block is no "
			    "period that goes on; use hour, day, week or "
			    "month");
		found = found || key_is_time(&q->table[0].key[i]);
	}
	return (found);
}

/*
 * The period ends where --until does, or else where the one that --since names
 * does: "this month" has an end, -7d has none.
 */
static void
set_estimate(struct question *q, const struct asked *a, const char *format)
{
	struct calendar_period	since;
	bool			by_time;

	if (!a->estimate)
		return;
	if (strcmp(format, "svg") == 0)
		wrong("--estimate", "--format svg", "a chart shows no "
		    "estimates");
	by_time = has_time_key(q);
	q->estimate = true;
	q->now_ns = (uint64_t)time(NULL) * NS_PER_S;
	q->estimate_ns = q->until_ns;
	if (a->since == NULL && !by_time) {
		log_errorx("no period: " NEEDS_PERIOD " with --since");
		exit(TRAFD_EXIT_USAGE);
	}
	if (a->since != NULL && q->now_ns < q->since_ns)
		wrong("--since", a->since, "this has not begun; " NEEDS_PERIOD);
	if (a->until != NULL && q->now_ns >= q->until_ns)
		wrong("--until", a->until, "this has ended; " NEEDS_PERIOD);
	if (a->until != NULL || by_time)
		return;
	since = parse_period("--since", a->since);
	if (since.end_ns == since.begin_ns)
		wrong("--since", a->since, "this has no end; " NEEDS_PERIOD);
	if (q->now_ns >= since.end_ns)
		wrong("--since", a->since, "this has ended; " NEEDS_PERIOD);
	q->estimate_ns = since.end_ns;
}

/* ---- how it looks ---- */

static size_t
terminal_width(void)
{
	struct winsize	 ws;
	const char	*columns = getenv("COLUMNS");
	long		 n = columns == NULL ? 0 : strtol(columns, NULL, 10);

	if (n > 0 && n < 10000)
		return ((size_t)n);
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_col > 0)
		return (ws.ws_col);
	return (WIDTH_DEFAULT);
}

/* Without setlocale(3), which would change how texts are compared. */
static bool
locale_is_utf8(void)
{
	locale_t	l = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool		utf8;

	if (l == (locale_t)0)
		return (false);
	utf8 = strcmp(nl_langinfo_l(CODESET, l), "UTF-8") == 0;
	freelocale(l);
	return (utf8);
}

static void
set_view(struct answer_view *v, const struct asked *a)
{
	v->utf8 = locale_is_utf8();
	if (isatty(STDOUT_FILENO) == 1) {
		v->width = terminal_width();
		v->units = ANSWER_SI;
		v->bars = true;
	}
	if (a->bytes)
		v->units = ANSWER_PLAIN;
	if (a->units != -1)
		v->units = (enum answer_units)a->units;
}

/* Append to the description in the head of a report. */
static void
add_words(char *text, size_t len, const char *before, const char *words)
{
	size_t	used = strlen(text);

	if (words == NULL)
		return;
	(void)snprintf(text + used, len - used, "%s%s%s",
	    used == 0 ? "" : "; ", before, words);
	for (; text[used] != '\0'; used++)
		if ((unsigned char)text[used] < ' ' || text[used] == 0x7f)
			text[used] = '?';
}

static const char *
describe(const struct asked *a, const char *title)
{
	static char	text[1024];
	char		top[24];

	add_words(text, sizeof(text), "", title);
	(void)snprintf(top, sizeof(top), "%" PRIu64, a->top);
	add_words(text, sizeof(text), "the first ", a->top != 0 ? top : NULL);
	add_words(text, sizeof(text), "by ", a->sort);
	add_words(text, sizeof(text), "where ", a->where);
	if (a->in || a->out)
		add_words(text, sizeof(text), "", a->in && a->out ?
		    "in or out" : a->in ? "in" : "out");
	add_words(text, sizeof(text), "since ", a->since);
	add_words(text, sizeof(text), "until ", a->until);
	return (text);
}

/* ---- all of it ---- */

/* Do the options ask a question, not just for rows? */
static bool
is_question(const struct options *opt)
{
	const struct asked	*a = &opt->asked;

	return (a->by != NULL || a->total || a->percentile != NULL ||
	    a->graph || (opt->format_name != NULL &&
	    fmt_find(opt->format_name) == NULL &&
	    answer_format(opt->format_name) != NULL));
}

/* Refuse options that apply to questions only. */
static void
check_rows_only(const struct options_found *found)
{
	char	name[OPTIONS_NAME];

	if (options_which(found, "--top --sort --in --out --local --bytes "
	    "--estimate --units --saved --apart --closure", name) == NULL)
		return;
	log_errorx("%s needs --by, --total, --percentile or --graph", name);
	exit(TRAFD_EXIT_USAGE);
}

static void
set_answer_format(struct options *opt)
{
	const char	*name = opt->asked.graph ? "graph" : "text";

	if (opt->format_name != NULL)
		name = opt->format_name;
	if ((opt->answer = answer_format(name)) == NULL)
		options_refuse_choice("--format", name);
}

/* It divides all the time that both accounts have, by owners. */
static void
check_closure(const struct options *opt)
{
	const struct question_table	*t = &opt->question.table[0];
	size_t				 i;

	if (!opt->asked.closure)
		return;
	if (t->nkeys == 0 || (opt->answer->wants & (ANSWER_WANTS_SERIES |
	    ANSWER_WANTS_OVERVIEW)) != 0 || opt->pattern != NULL) {
		log_errorx("--closure needs --by owner, program, user, unit or "
		    "container, and no pattern or chart");
		exit(TRAFD_EXIT_USAGE);
	}
	for (i = 0; i < t->nkeys; i++)
		if (!t->key[i].ops->owner ||
		    strcmp(t->key[i].ops->name, "interface") == 0)
			wrong("--by", t->key[i].ops->name, "not with "
			    "--closure (expected owner, program, user, unit "
			    "or container)");
}

void
question_options(struct options *opt, const struct options_found *found)
{
	const struct asked	*a = &opt->asked;
	struct question		*q = &opt->question;

	set_period(q, a);
	set_where(q, a->where);
	if (!is_question(opt)) {
		check_rows_only(found);
		return;
	}
	set_answer_format(opt);
	set_local(q, a->local);
	set_percentile(q, a->percentile);
	q->in = a->in;
	q->out = a->out;
	q->apart = (opt->answer->wants & ANSWER_WANTS_PARTS) != 0;
	set_devices(q, a);
	set_book(q);
	add_answer(q, a);
	set_estimate(q, a, opt->answer->name);
	if (a->apart && !question_has_key(q, "local")) {
		log_errorx("--apart needs --by local");
		exit(TRAFD_EXIT_USAGE);
	}
	check_closure(opt);
	add_overview(q, opt->answer);
	q->text = describe(a, q->table[0].title);
	set_view(&opt->view, a);
}

void
question_zone(const struct options *opt)
{
	set_zone(opt->asked.zone);
}

void
question_options_free(struct options *opt)
{
	where_free((struct where *)(uintptr_t)opt->question.where);
	nets_free((struct nets *)(uintptr_t)opt->question.local);
	question_end(&opt->question);
	device_map_free(opt->question.devices);
	owner_book_free(opt->question.book);
}
