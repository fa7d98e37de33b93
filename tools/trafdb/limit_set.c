/*
 * trafdb limit: sets, lists and deletes budgets, and says what it did.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/log.h"
#include "base/options.h"
#include "common/finish.h"
#include "control/unsaved.h"
#include "file/account.h"
#include "packet/nets.h"
#include "limit.h"
#include "limit_host.h"
#include "trafdb.h"
#include "traffic.h"

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

static void
set_host(struct limit *l, const char *list)
{
	const char	*wrong = limit_host_set(l, list);

	if (wrong == list)
		options_refuse("--host %s: a list of at most %zu characters "
		    "is needed", list, sizeof(l->hosts) - 1);
	if (wrong != NULL)
		options_refuse("--host %s: neither an address nor the name of "
		    "a host%s", wrong, strchr(wrong, '/') == NULL ? "" :
		    "; --net takes networks");
}

/* Of --net or --local. */
static void
set_net(struct limit *l, const char *option, const char *list)
{
	const char	*wrong;
	struct nets	*nets = nets_new();
	int		 rc;

	rc = nets == NULL ? -1 : nets_add(nets, list, &wrong);
	if (rc == -1 && errno == ENOMEM) {
		log_error("%s", option);
		exit(TRAFD_EXIT_ERROR);
	}
	if (rc == -1 || nets_count(nets) == 0)
		options_refuse("%s %s: an address is needed, such as "
		    "192.0.2.1 or 192.0.2.0/24; --host takes names", option,
		    list);
	nets_free(nets);
	if (strlcpy(l->nets, list, sizeof(l->nets)) >= sizeof(l->nets) ||
	    strchr(l->nets, '\n') != NULL)
		options_refuse("%s %s: a list of at most %zu characters is "
		    "needed", option, list, sizeof(l->nets) - 1);
}

/* Of --user, --unit, --program and --container. */
static void
set_owner(struct limit *l, const struct options *opt)
{
	const char *const	words[LIMIT_OWNER_WORDS] = {
		opt->user, opt->unit, opt->program, opt->container
	};
	int			i, wrong;

	for (i = 0; i < LIMIT_OWNER_WORDS; i++)
		if (words[i] != NULL && words[i][0] == '\0')
			options_refuse("--%s: a name is needed",
			    limit_owner_names[i]);
	if ((wrong = limit_owner_set(&l->owner, words)) != -1)
		options_refuse("--%s %s: a shorter name of printable ASCII "
		    "characters is needed", limit_owner_names[wrong],
		    words[wrong]);
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
	if (limit_percents_parse(at, l->percent) == -1)
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
	if (opt->host != NULL)
		set_host(&l, opt->host);
	else if (opt->net != NULL)
		set_net(&l, "--net", opt->net);
	else if (opt->local != NULL)
		set_net(&l, "--local", opt->local);
	l.whole = opt->local != NULL;
	set_owner(&l, opt);
	set_choices(&l, opt);
	return (l);
}

/* Resolve before the history is open: others need not wait.  0, or -1. */
static int
resolve(struct limit *l)
{
	struct limit_names	 names;
	enum limit_applied	 rc = LIMIT_SAME;
	const char		*bad = "";

	limit_names_begin(&names);
	if (limit_names_add(&names, l) == -1) {
		log_error("budget %s", l->name);
		rc = LIMIT_UNRESOLVED;
	} else {
		limit_names_resolve(&names);
		rc = limit_names_apply(&names, l, &bad);
		if (rc == LIMIT_UNRESOLVED)
			log_errorx("not set: %s: %s has no address, or no "
			    "name server answers; give an address", l->name,
			    bad);
		else if (rc == LIMIT_TOO_MANY)
			log_errorx("not set: %s: too many addresses: %s",
			    l->name, l->hosts);
	}
	limit_names_end(&names);
	return (rc == LIMIT_UNRESOLVED || rc == LIMIT_TOO_MANY ? -1 : 0);
}

/* Is there a save file, a running trafd or a dump of that name? */
static bool
is_account(const struct options *opt, const char *name)
{
	char		path[PATH_MAX];
	struct unsaved	u;
	bool		found;

	if (!account_is_plain(name) || strlen(name) >= HISTORY_NAME_MAX ||
	    save_path(opt->statedir, name, path) == -1)
		return (false);
	if (access(path, F_OK) == 0)
		return (true);
	if (unsaved_open(&u, opt->run_dir, opt->statedir, name) == -1)
		return (errno == EBADMSG);
	found = u.from != UNSAVED_NOTHING || u.why[0] != '\0';
	unsaved_close(&u);
	return (found);
}

static bool
has_history(const struct options *opt)
{
	char	path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/" HISTORY_DIR, opt->statedir);
	return (access(path, F_OK) == 0 || errno != ENOENT);
}

static int
no_account(const struct options *opt, const char *name)
{
	char	list[512];

	log_errorx("no account: %s: it has no history, no save file and no "
	    "running trafd; there is %s", name,
	    account_list(opt->statedir, list, sizeof(list)));
	return (-1);
}

/* An account of addresses has no owners, and such a budget nothing to count. */
static int
check_owners(struct history *h, const struct history_account *a,
    const struct limit *l)
{
	struct owners	*o;

	if (!a->any)
		return (0);
	switch (history_owners(h, a, &o)) {
	case 1:
		owners_free(o);
		return (0);
	case 0:
		log_errorx("not set: %s: %s counts addresses; users, units, "
		    "programs and containers are counted by trafd -i %s",
		    l->name, a->name, OWNER_ACCOUNT);
		return (-1);
	default:
		return (db_fail(h));
	}
}

static int
find_account(const struct options *opt, struct history *h, bool exists,
    struct limit *l)
{
	struct history_account	a;
	int			rc;

	if ((rc = history_account(h, opt->names[1], &a)) == -1)
		return (db_fail(h));
	if (rc == 0 && !exists)
		return (no_account(opt, opt->names[1]));
	if (rc == 1 && limit_has_owner(&l->owner) &&
	    check_owners(h, &a, l) == -1)
		return (-1);
	(void)strlcpy(l->iface, opt->names[1], sizeof(l->iface));
	return (0);
}

/* Get the budget of that name.  Returns 1; 0 if there is none; -1. */
static int
find_limit(struct history *h, const char *name, struct limit *l)
{
	int	rc;

	memset(l, 0, sizeof(*l));
	while ((rc = limit_next(h, l->name, l)) > 0)
		if (strcmp(l->name, name) == 0)
			return (rc);
	return (rc);
}

static int
set_limit(const struct options *opt, struct history *h, bool exists,
    struct limit *l)
{
	struct limit	before;
	char		text[LIMIT_TEXT_LEN], was[LIMIT_TEXT_LEN];
	int		rc;

	if (find_account(opt, h, exists, l) == -1 ||
	    (rc = find_limit(h, l->name, &before)) == -1 ||
	    limit_put(h, l) == -1)
		return (-1);
	(void)limit_text(l, text);
	if (rc == 1 && strcmp(limit_text(&before, was), text) != 0)
		(void)printf("changed: %s; before: %s\n", text, was);
	else
		(void)printf("set: %s\n", text);
	return (0);
}

static void
tell_limits(struct history *h, const char *name)
{
	struct limit	l = { .name = "" };
	char		names[512] = "";

	while (limit_next(h, l.name, &l) > 0) {
		if (names[0] != '\0')
			(void)strlcat(names, ", ", sizeof(names));
		(void)strlcat(names, l.name, sizeof(names));
	}
	log_errorx("no such budget: %s; there %s %s", name,
	    strchr(names, ',') == NULL ? "is" : "are",
	    names[0] == '\0' ? "none" : names);
}

static int
delete_limit(const struct options *opt, struct history *h)
{
	struct limit	l;
	char		text[LIMIT_TEXT_LEN];
	int		rc = find_limit(h, opt->names[0], &l);

	if (rc == 0)
		tell_limits(h, opt->names[0]);
	if (rc <= 0)
		return (-1);
	if (history_note_delete(h, l.name) == -1)
		return (db_fail(h));
	(void)printf("deleted: %s\n", rc == LIMIT_UNKNOWN ? l.name :
	    limit_text(&l, text));
	return (0);
}

static int
list_limits(struct history *h)
{
	struct limit	l = { .name = "" };
	char		octets[AMOUNT_LEN], at[LIMIT_PERCENTS_LEN];
	int		rc, unknown = 0;

	while ((rc = limit_next(h, l.name, &l)) > 0) {
		if (rc == LIMIT_UNKNOWN) {
			unknown = -1;
			continue;
		}
		(void)printf("%s\t%s\t%s", l.name, l.iface,
		    limit_subject(&l));
		if (l.hosts[0] != '\0' && strcmp(l.hosts, l.nets) != 0)
			(void)printf(" (%s)", l.nets);
		if (l.whole)
			(void)printf(" (local %s)", l.nets);
		(void)printf("\t%s\t%s a %s", limit_directions[l.direction],
		    amount_format(l.octets, octets), limit_periods[l.period]);
		if (l.period != LIMIT_DAY)
			(void)printf(" from day %u", (unsigned)l.day);
		(void)printf("\tat %s%%\n", limit_percents(&l, at));
	}
	return (rc == 0 ? unknown : rc);
}

/* Set, delete or list in the history, which is closed. */
static int
change(const struct options *opt, struct history *h, bool exists,
    struct limit *l)
{
	int	rc;

	if (h == NULL)
		return (TRAFD_EXIT_ERROR);
	if (opt->nnames == 0)
		rc = list_limits(h);
	else
		rc = opt->delete ? delete_limit(opt, h) :
		    set_limit(opt, h, exists, l);
	return (stdout_finish(db_close(h, rc == 0 ? TRAFD_EXIT_OK :
	    TRAFD_EXIT_ERROR)));
}

int
limit_run(const struct options *opt)
{
	struct limit	l = { .name = "" };
	bool		exists;

	if (opt->delete && opt->nnames != 1)
		options_refuse("--delete needs the name of one budget");
	if (!opt->delete && opt->nnames != 0 && opt->nnames != 3)
		options_refuse("a budget needs three arguments: name, "
		    "interface and bytes");
	if (opt->nnames != 3)
		return (change(opt, db_open(opt, opt->nnames == 0 ?
		    HISTORY_READ : HISTORY_WRITE), false, NULL));
	l = parse_limit(opt);
	exists = is_account(opt, opt->names[1]);
	if ((!exists && !has_history(opt) &&
	    no_account(opt, opt->names[1]) == -1) || resolve(&l) == -1)
		return (TRAFD_EXIT_ERROR);
	/* The first budget may come before the first update. */
	return (change(opt, db_open(opt, exists ? HISTORY_CREATE :
	    HISTORY_WRITE), exists, &l));
}
