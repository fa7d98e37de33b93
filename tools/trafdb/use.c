/*
 * What of a budget was used, with messages about what is missing in it.
 */
#include <string.h>

#include "base/log.h"
#include "base/when.h"
#include "counted.h"
#include "newer.h"
#include "trafdb.h"
#include "use.h"

void
use_begin(struct use_cache *c)
{
	c->account[0] = '\0';
	c->unsaved.fd = -1;
}

void
use_end(struct use_cache *c)
{
	unsaved_close(&c->unsaved);
}

static int
fetch(struct use_cache *c, const struct options *opt, const char *account)
{
	if (strcmp(c->account, account) != 0) {
		unsaved_close(&c->unsaved);
		(void)strlcpy(c->account, account, sizeof(c->account));
		c->failed = newer_unsaved(opt->run_dir, opt->statedir,
		    account, &c->unsaved) == -1;
	}
	return (c->failed ? -1 : 0);
}

static void
tell(const struct use_cache *c, const struct counted *sum)
{
	char	since[WHEN_LEN];

	if (sum->rounded)
		log_warnx("period rounded to whole days: %s: its hours were "
		    "pruned", sum->what->name);
	if (sum->guessed && sum->what->direction != LIMIT_BOTH)
		log_warnx("in and out are a guess: %s: %s had no address, so "
		    "the private networks count as local; set the budget again "
		    "with --local", sum->what->name, sum->what->iface);
	if (sum->undivided)
		log_warnx("not counted: %s: what is not saved yet, since only "
		    "part of it is in the period (it begins %s)", c->account,
		    when_iso(c->unsaved.info.begin_ns, since));
}

int
use_of(struct use_cache *c, const struct options *opt, struct history *h,
    const struct limit *l, struct history_range r, struct pace *p)
{
	struct counted		sum = { .what = l, .range = r };
	struct counted_account	at = { opt->statedir, l->iface,
				    &c->unsaved };
	int			rc;

	memset(p, 0, sizeof(*p));
	p->begin_ns = r.from * HISTORY_HOUR_NS;
	p->end_ns = r.until * HISTORY_HOUR_NS;
	if (fetch(c, opt, l->iface) == -1)
		return (-1);
	rc = counted_add(&at, h, &sum, 1);
	tell(c, &sum);
	if (rc == COUNTED_NO_ACCOUNT)
		log_errorx("no account: %s, which the budget %s needs",
		    l->iface, l->name);
	p->octets = counted_direction(&sum.sum, l->direction);
	p->accounted_ns = sum.accounted_ns;
	return (rc == 0 ? 0 : -1);
}
