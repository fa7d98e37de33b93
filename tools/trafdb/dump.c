/*
 * trafdb dump: prints everything that the history contains, each number once,
 * at the finest grain that is kept.  The history is closed while lines are
 * written: a slow reader of the output makes nobody wait.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/printable.h"
#include "base/when.h"
#include "common/finish.h"
#include "packet/addr.h"
#include "trafdb.h"
#include "traffic.h"

static const char	*const grain_names[] = {
	[HISTORY_HOUR] = "hour", [HISTORY_DAY] = "day",
	[HISTORY_MONTH] = "month"
};
static const char	*const kind_names[] = {
	[HISTORY_HOST] = "host", [HISTORY_SERVICE] = "service",
	[HISTORY_PAIR] = "pair", [HISTORY_VLAN] = "vlan"
};

/* Rows of one period, copied: the history is closed when they are printed. */
struct period {
	struct history_row	*row;
	size_t			 n;
	size_t			 room;
	struct owners		*owners;	/* of the account, or NULL */
};

static int
collect(void *arg, const struct history_row *row)
{
	struct period		*p = arg;
	struct history_row	*more;

	if (p->n == p->room) {
		p->room = p->room == 0 ? 4096 : 2 * p->room;
		more = reallocarray(p->row, p->room, sizeof(*more));
		if (more == NULL) {
			log_error("dump");
			return (-1);
		}
		p->row = more;
	}
	p->row[p->n++] = *row;
	return (0);
}

static void
print_count(const struct flow_count *c)
{
	(void)printf("\t%llu\t%llu\t%llu", (unsigned long long)c->packets,
	    (unsigned long long)c->data, (unsigned long long)c->ip);
}

/* Put a text in a word: blanks, commas and % are %20, %2C, %25. */
static void
print_word(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == ' ' || *text == ',' || *text == '%')
			(void)printf("%%%02X", (unsigned)*text);
		else
			(void)putchar(*text);
}

/* UNIT,UID,PROGRAM, or the id of an owner that has no name. */
static void
print_owner(const uint8_t *id, const struct owners *all)
{
	const struct owner	*o = all == NULL ? NULL :
				    owners_find(all, id);
	size_t			 i;

	if (o == NULL) {
		(void)fputs("owner:", stdout);
		for (i = OWNER_PREFIX_LEN; i < OWNER_LEN; i++)
			(void)printf("%02x", id[i]);
		return;
	}
	print_word(o->unit);
	if (o->uid == OWNER_NO_UID)
		(void)fputs(",-,", stdout);
	else
		(void)printf(",%lu,", (unsigned long)o->uid);
	print_word(o->program);
}

static void
print_side(unsigned family, const uint8_t addr[16], bool none,
    const struct owners *all)
{
	char	text[ADDR_STRLEN];

	if (!none && owner_is(addr))
		print_owner(addr, all);
	else
		(void)fputs(addr_format(none ? FLOW_FAMILY_NONE :
		    (uint8_t)family, addr, text), stdout);
}

/* An interface, in rows of owners. */
static void
print_vlan(unsigned id, const struct owners *all)
{
	const char	*name = all == NULL ? NULL :
			    owners_ifname(all, (uint16_t)id);

	if (name != NULL) {
		(void)putchar('\t');
		print_word(name);
	} else if (id == FLOW_VLAN_MIXED)
		(void)fputs("\tmixed", stdout);
	else
		(void)printf("\t%u", id);
}

static void
print_hosts(const struct flow_key *k, bool pair, const struct owners *all)
{
	(void)putchar('\t');
	print_side(k->family, k->src, (k->flags & FLOW_NO_SRC) != 0, all);
	if (!pair)
		return;
	(void)putchar(' ');
	print_side(k->family, k->dst, (k->flags & FLOW_NO_DST) != 0, all);
}

static void
print_subject(enum history_kind kind, const struct flow *f,
    const struct owners *all)
{
	const struct flow_key	*k = &f->key;

	if (kind == HISTORY_HOST || kind == HISTORY_PAIR)
		print_hosts(k, kind == HISTORY_PAIR, all);
	else if (kind == HISTORY_VLAN)
		print_vlan(k->vlan, all);
	else if (k->flags != 0)
		(void)printf("\t%u other", k->proto);
	else
		(void)printf("\t%u %u", k->proto, k->sport);
}

/* Print what follows the subject. */
static void
print_counts(enum history_kind kind, const struct flow *f,
    const struct history_row *row)
{
	if (kind == HISTORY_HOST) {
		print_count(&row->count[HISTORY_IN]);
		print_count(&row->count[HISTORY_OUT]);
		print_count(&row->count[HISTORY_SELF]);
	} else
		print_count(&f->count);
	if (kind != HISTORY_PAIR)
		(void)printf("\t%llu\t%llu", (unsigned long long)row->in,
		    (unsigned long long)row->out);
}

static const char *
kind_name(enum history_kind kind, const struct owners *all)
{
	return (kind == HISTORY_VLAN && all != NULL ? "interface" :
	    kind_names[kind]);
}

static void
print_row(const char *account, const char *when, enum history_grain grain,
    enum history_kind kind, const struct history_row *row,
    const struct owners *all)
{
	struct flow	f[2];
	unsigned	i, n = history_flows(kind, row, f);

	for (i = 0; i < n; i++) {
		(void)printf("%s\t%s\t%s\t%s", account, grain_names[grain],
		    when, kind_name(kind, all));
		print_subject(kind, &f[i], all);
		print_counts(kind, &f[i], row);
		(void)putchar('\n');
	}
}

/* Print and forget what was collected. */
static void
print_period(struct period *p, const char *account, uint32_t hour,
    enum history_grain grain, enum history_kind kind)
{
	char	when[WHEN_LEN];
	size_t	i;

	if (p->row == NULL)
		return;
	when_iso(hour * HISTORY_HOUR_NS, when);
	p->n = history_rows_merge(p->row, p->n);
	for (i = 0; i < p->n; i++)
		print_row(account, when, grain, kind, &p->row[i], p->owners);
	p->n = 0;
}

static enum history_grain
finest(const struct history_account *a, uint32_t hour)
{
	if (hour >= a->kept[HISTORY_HOUR])
		return (HISTORY_HOUR);
	return (hour >= a->kept[HISTORY_DAY] ? HISTORY_DAY : HISTORY_MONTH);
}

/*
 * The first hour after `hour' of which a finer grain is kept; if there is none,
 * the hour after the last one.
 */
static uint32_t
finer_from(const struct history_account *a, uint32_t hour)
{
	if (hour < a->kept[HISTORY_DAY] &&
	    a->kept[HISTORY_DAY] < a->kept[HISTORY_HOUR])
		return (a->kept[HISTORY_DAY]);
	return (hour < a->kept[HISTORY_HOUR] ? a->kept[HISTORY_HOUR] :
	    a->last + 1);
}

/* Move *hour to the next period that has blocks, or after the last one. */
static int
skip_empty(struct history *h, const struct history_account *a, uint32_t *hour)
{
	uint32_t	at, finer;
	int		rc;

	while (*hour <= a->last) {
		at = history_period(finest(a, *hour), *hour);
		finer = finer_from(a, *hour);
		if ((rc = history_skip(h, a, finest(a, *hour), &at)) == -1)
			return (-1);
		if (rc == 1 && at < finer) {
			*hour = at;
			return (0);
		}
		*hour = finer;
	}
	return (0);
}

/* Read one kind of one period.  The history is open for this alone. */
static int
read_period(const struct options *opt, const char *name, uint32_t *hour,
    enum history_kind kind, struct period *p, enum history_grain *grain)
{
	struct history		*h;
	struct history_account	 a;
	struct history_range	 r;
	int			 rc;

	if ((h = db_open(opt, HISTORY_READ)) == NULL)
		return (-1);
	if ((rc = history_account(h, name, &a)) == 1) {
		rc = kind == HISTORY_HOST ? skip_empty(h, &a, hour) : 0;
		*grain = finest(&a, *hour);
		r.from = history_period(*grain, *hour);
		r.until = history_period_next(*grain, *hour);
		if (rc == 0)
			rc = history_each(h, &a, kind, r, NULL, collect, p);
		if (rc == -1)
			(void)db_fail(h);
	}
	return (db_close(h, rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR) ==
	    TRAFD_EXIT_OK ? 0 : -1);
}

static int
read_owners(const struct options *opt, const char *name, struct owners **out)
{
	struct history		*h;
	struct history_account	 a;
	int			 rc;

	if ((h = db_open(opt, HISTORY_READ)) == NULL)
		return (-1);
	if ((rc = history_account(h, name, &a)) == 1)
		rc = history_owners(h, &a, out);
	if (rc == -1)
		(void)db_fail(h);
	return (db_close(h, rc == -1 ? TRAFD_EXIT_ERROR : TRAFD_EXIT_OK) ==
	    TRAFD_EXIT_OK ? 0 : -1);
}

static int
dump_account(const struct options *opt, const struct history_account *a)
{
	struct period		p = { NULL, 0, 0, NULL };
	enum history_grain	grain = HISTORY_HOUR;
	uint32_t		hour = a->first;
	char			name[sizeof(a->name)];
	int			kind, rc;

	rc = read_owners(opt, a->name, &p.owners);
	(void)printable_word(a->name, name, sizeof(name));
	while (hour <= a->last && rc == 0 && !ferror(stdout)) {
		for (kind = 1; kind <= HISTORY_KINDS && rc == 0; kind++) {
			rc = read_period(opt, a->name, &hour,
			    (enum history_kind)kind, &p, &grain);
			print_period(&p, name, history_period(grain, hour),
			    grain, (enum history_kind)kind);
		}
		hour = history_period_next(grain, hour);
	}
	free(p.row);
	owners_free(p.owners);
	return (rc == 0 ? TRAFD_EXIT_OK : TRAFD_EXIT_ERROR);
}

/* The accounts to dump, read before the first line is written. */
struct accounts {
	struct history_account	 list[256];
	size_t			 n;
};

static struct accounts	wanted;

static int
add_account(const struct options *opt, struct history *h,
    const struct history_account *a)
{
	(void)opt;
	(void)h;
	if (wanted.n == sizeof(wanted.list) / sizeof(wanted.list[0])) {
		log_errorx("too many accounts: name the ones to dump");
		return (TRAFD_EXIT_ERROR);
	}
	wanted.list[wanted.n++] = *a;
	return (TRAFD_EXIT_OK);
}

int
dump_run(const struct options *opt)
{
	struct history	*h;
	size_t		 i;
	int		 rc;

	if ((h = db_open(opt, HISTORY_READ)) == NULL)
		return (TRAFD_EXIT_ERROR);
	rc = db_close(h, db_each(opt, h, add_account));
	(void)printf("account\tgrain\tbegin\tkind\tsubject\tpackets\tdata\t"
	    "bytes\t...\n");
	for (i = 0; i < wanted.n; i++)
		if (dump_account(opt, &wanted.list[i]) != TRAFD_EXIT_OK)
			rc = TRAFD_EXIT_ERROR;
	return (stdout_finish(rc));
}
