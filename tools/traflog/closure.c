/*
 * --closure: a question about owners on one interface, with what of its account
 * is not of programs.  Reads the interface's account and that of owners.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/plural.h"
#include "base/when.h"
#include "control/unsaved.h"
#include "file/account.h"
#include "packet/nets.h"
#include "query/where.h"
#include "tally/owner_book.h"
#include "tally/owner_closure.h"
#include "tally/tally.h"
#include "ask_impl.h"
#include "traffic.h"

#define FORWARDED	"(forwarded)"
#define UNOWNED		"(no program)"

struct closing {
	const struct options	*opt;
	struct question		 whole;		/* of the interface */
	struct question		 owners;
	struct owner_closure	*closure;
	struct owner_closure_sums sums;
	char			 ifname[BLOCK_IFNAME_MAX];
	struct result		*seen;		/* of the interface */
};

/* ---- rows ---- */

static int
on_seen(void *arg, const struct block_info *b, const struct flow *rows,
    size_t n)
{
	struct closing	*c = arg;
	struct nets	*local = nets_recorded(b->networks);
	size_t		 i;
	int		 rc = local == NULL ? -1 : 0;

	if (c->ifname[0] == '\0')
		(void)strlcpy(c->ifname, b->ifname, sizeof(c->ifname));
	for (i = 0; rc == 0 && i < n; i++)
		rc = owner_closure_seen(c->closure, &rows[i],
		    nets_direction(local, &rows[i].key));
	nets_free(local);
	return (rc);
}

static int
on_owned(void *arg, const struct block_info *b, const struct flow *rows,
    size_t n)
{
	struct closing		*c = arg;
	struct where_owners	 o = owner_book_view(c->owners.book);
	size_t			 i;

	(void)b;
	for (i = 0; i < n; i++)
		if (where_match(c->owners.where, &rows[i], &o) &&
		    owner_closure_owned(c->closure, &rows[i]) == -1)
			return (-1);
	return (0);
}

/* ---- what is of no program ---- */

/* The key of the answer for an owner that is only a word. */
static int
put_key(const struct question *q, const char *word, uint8_t *to)
{
	const struct question_table	*t = &q->table[0];
	struct owner			 o;
	struct owners			*all = owners_new();
	struct flow_key			 k;
	size_t				 i;
	int				 rc = -1;

	memset(&o, 0, sizeof(o));
	memset(&k, 0, sizeof(k));
	o.uid = OWNER_NO_UID;
	(void)strlcpy(o.program, word, sizeof(o.program));
	owner_identify(&o);
	if (all != NULL && owners_add(all, &o) != -1)
		rc = owner_book_add(q->book, all);
	owners_free(all);
	k.family = FLOW_FAMILY_IP6;
	memcpy(k.src, o.id, OWNER_LEN);
	for (i = 0; rc == 0 && i < t->nkeys; i++) {
		t->key[i].ops->row(&t->key[i], &k, false, to);
		to += t->key[i].ops->width;
	}
	return (rc);
}

static int
add_row(struct closing *c, struct tally *t, const char *word,
    const struct tally_count *count)
{
	uint8_t	key[QUESTION_KEYS_MAX * KEY_WIDTH_MAX];

	if (count->octets == 0)
		return (0);
	if (put_key(&c->owners, word, key) == -1 ||
	    tally_add(t, 0, key, count) == -1)
		return (-1);
	return (tally_add_total(t, count));
}

static int
on_end(void *arg, struct tally *t)
{
	struct closing	*c = arg;

	if (owner_closure_sum(c->closure, &c->sums) == -1)
		return (-1);
	if (add_row(c, t, FORWARDED, &c->sums.forwarded) == -1)
		return (-1);
	return (add_row(c, t, UNOWNED, &c->sums.unowned));
}

/* ---- notes ---- */

static bool
differ(uint64_t a, uint64_t b)
{
	return ((a > b ? a - b : b - a) >= NS_PER_S);
}

/* Bytes of a time that only one account has are of no program, or too many. */
static int
note_times(const struct closing *c, struct result *r)
{
	char	b1[WHEN_LEN], e1[WHEN_LEN], b2[WHEN_LEN], e2[WHEN_LEN];

	if (r->blocks == 0 || c->seen->blocks == 0 ||
	    (!differ(r->begin_ns, c->seen->begin_ns) &&
	    !differ(r->end_ns, c->seen->end_ns)))
		return (0);
	return (result_note_add(r, "the accounts do not cover the same time: "
	    "%s %s to %s, owners %s to %s; the rest of it is not matched",
	    c->ifname, when_iso(c->seen->begin_ns, b1),
	    when_iso(c->seen->end_ns, e1), when_iso(r->begin_ns, b2),
	    when_iso(r->end_ns, e2)));
}

static int
on_notes(void *arg, struct result *r)
{
	const struct closing			*c = arg;
	const struct owner_closure_sums		*s = &c->sums;
	uint64_t				 nonip;

	if ((r->account = result_text(r, c->seen->account)) == NULL)
		return (-1);
	nonip = c->seen->ledger.v[LEDGER_NONIP];
	if (result_note_add(r, "%s has %llu byte%s of IP: %llu of programs, "
	    "%llu forwarded, %llu of no program", c->ifname,
	    (unsigned long long)s->seen, plural(s->seen),
	    (unsigned long long)(s->owned - s->excess),
	    (unsigned long long)s->forwarded.octets,
	    (unsigned long long)s->unowned.octets) == -1)
		return (-1);
	if (s->excess > 0 && result_note_add(r, "%llu byte%s of programs %s "
	    "not in the account of %s", (unsigned long long)s->excess,
	    plural(s->excess), plural_of(s->excess, "is", "are"),
	    c->ifname) == -1)
		return (-1);
	if (nonip > 0 && result_note_add(r, "%llu frame%s of %s %s not IP; "
	    "no program has them", (unsigned long long)nonip, plural(nonip),
	    c->ifname, plural_of(nonip, "was", "were")) == -1)
		return (-1);
	if (s->addresses == 0 && s->seen > 0 && result_note_add(r, "no "
	    "address of this host was found, so nothing counts as "
	    "forwarded") == -1)
		return (-1);
	return (note_times(c, r));
}

/* ---- the two accounts ---- */

/* Read an account; what is done at the end depends on the hooks. */
static int
read_account(const struct options *opt, const char *path,
    struct question *q, const struct ask_hooks *hooks, bool print)
{
	struct options	 mine = *opt;
	struct unsaved	 u = { .fd = -1 };
	struct tally	*t;
	int		 got, rc = -1;

	mine.question = *q;
	got = unsaved_get(opt, path, &u);
	if ((t = tally_new(q)) == NULL)
		log_error("%s", path);
	else
		rc = ask_with(&mine, path, t, got == 1 ? &u : NULL, hooks,
		    print);
	tally_free(t);
	unsaved_close(&u);
	return (got == -1 ? -1 : rc);
}

static int
keep_seen(void *arg, struct tally *t)
{
	struct closing	*c = arg;

	c->seen = tally_result(t, naming_names(c->opt->naming_of_answer));
	return (c->seen == NULL ? -1 : 0);
}

/* Restrict the question to the interface. */
static int
set_interface(struct closing *c, const char *path)
{
	char	text[BLOCK_IFNAME_MAX + 16], err[128];

	if (strpbrk(c->ifname, "\"*?[") != NULL) {
		log_errorx("not an interface: %s: %s", path, c->ifname);
		return (-1);
	}
	(void)snprintf(text, sizeof(text), "interface \"%s\"", c->ifname);
	c->owners.where = where_new(text, err, sizeof(err));
	if (c->owners.where == NULL)
		log_errorx("%s: %s", path, err);
	return (c->owners.where == NULL ? -1 : 0);
}

static int
close_accounts(struct closing *c, const char *path, const char *owners)
{
	const struct ask_hooks	seen = { on_seen, keep_seen, NULL, c };
	const struct ask_hooks	owned = { on_owned, on_end, on_notes, c };

	if (read_account(c->opt, path, &c->whole, &seen, false) == -1)
		return (-1);
	if (c->ifname[0] == '\0') {
		tell_none(path, c->seen->blocks);
		return (-1);
	}
	if (set_interface(c, path) == -1)
		return (-1);
	return (read_account(c->opt, owners, &c->owners, &owned, true));
}

static bool
is_owners(const struct options *opt, const char *path)
{
	const char	*account = account_of(opt, path);

	return (account != NULL && strcmp(account, OWNER_ACCOUNT) == 0);
}

int
closure_run(const struct options *opt, const char *path)
{
	struct options	mine = *opt;
	struct closing	c = { .opt = &mine, .owners = opt->question };
	char		owners[PATH_MAX];
	int		rc = -1;

	if (is_owners(opt, path)) {
		log_errorx("not an interface: %s: --closure compares the "
		    "account of an interface with this one; use -i with its "
		    "name", path);
		return (TRAFD_EXIT_ERROR);
	}
	c.whole.until_ns = opt->question.until_ns;
	c.whole.since_ns = opt->question.since_ns;
	c.whole.text = "";
	c.whole.ntables = 1;
	c.whole.table[0].name = RESULT_ANSWER;
	c.whole.table[0].title = "Traffic";
	mine.naming_of_answer = naming_begin(opt);
	c.closure = owner_closure_new();
	if (account_path(opt->statedir, OWNER_ACCOUNT, owners,
	    sizeof(owners)) == -1 || mine.naming_of_answer == NULL ||
	    c.closure == NULL)
		log_error("%s", path);
	else
		rc = close_accounts(&c, path, owners);
	result_free(c.seen);
	where_free((struct where *)(uintptr_t)c.owners.where);
	owner_closure_free(c.closure);
	naming_end(mine.naming_of_answer);
	return (rc == -1 ? TRAFD_EXIT_ERROR : rc);
}
