/*
 * Queries the numbers of daemons, and subtracts earlier numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "stats.h"

/* Time for each daemon to answer if all are queried. */
#define ALIVE_MS	2000

/* The values of control.h that are counters: a difference makes sense. */
static const enum control_value growing[] = {
	CONTROL_CPU_USER_US, CONTROL_CPU_SYSTEM_US, CONTROL_FREEZES,
	CONTROL_DUMPS, CONTROL_DUMPS_FAILED, CONTROL_SAVES,
	CONTROL_SAVES_FAILED, CONTROL_SAVED_ROWS, CONTROL_SAVED_PACKETS,
	CONTROL_SAVED_BYTES, CONTROL_REQUESTS, CONTROL_REFUSED,
	CONTROL_SEEN_FRAMES, CONTROL_SEEN_PACKETS, CONTROL_SEEN_BYTES,
};

struct asking {
	const struct options	*opt;
	struct standings	*st;
	bool			 failed;
	bool			 away;		/* an interface */
};

static struct standing *
add_place(struct standings *st, const char *ext)
{
	struct standing	*list;

	list = reallocarray(st->list, st->n + 1, sizeof(*list));
	if (list == NULL)
		return (NULL);
	st->list = list;
	memset(&list[st->n], 0, sizeof(*list));
	(void)strlcpy(list[st->n].ext, ext, sizeof(list->ext));
	return (&list[st->n]);
}

/* Query one instance; a socket that nobody listens on is skipped. */
static bool
ask_one(void *arg, const char *ext)
{
	struct asking		*a = arg;
	struct control_client	 c = { .run_dir = a->opt->run_dir, .ext = ext,
	    .timeout_ms = ALIVE_MS };
	struct standing		*place = add_place(a->st, ext);
	enum control_outcome	 rc;

	if (place == NULL) {
		log_error("%s", ext);
		a->failed = true;
		return (false);
	}
	rc = control_stat(&c, &place->s);
	if (rc == CONTROL_DONE)
		a->st->n++;
	else if (rc == CONTROL_AWAY) {
		log_warnx("%s", c.err);
		a->away = true;
	} else if (rc != CONTROL_NOBODY) {
		log_errorx("%s", c.err);
		a->failed = true;
	}
	return (true);
}

static int
ask_named(const struct options *opt, struct standings *st)
{
	char			 ext[INSTANCE_LEN];
	struct control_client	 c;
	struct standing		*place;
	enum control_outcome	 rc;

	if (instance_find(opt, &c, ext) == -1 ||
	    (place = add_place(st, ext)) == NULL)
		return (-1);
	if ((rc = control_stat(&c, &place->s)) != CONTROL_DONE) {
		instance_complain(opt, &c, rc);
		return (-1);
	}
	st->n++;
	return (0);
}

int
standings_ask(const struct options *opt, struct standings *st)
{
	struct asking	a = { .opt = opt, .st = st };
	char		ext[INSTANCE_LEN];
	struct control_client c;

	*st = (struct standings){ NULL, 0, 0 };
	if (opt->iface != NULL)
		return (ask_named(opt, st));
	(void)control_instances(opt->run_dir, ask_one, &a);
	if (st->n > 0)
		return (a.failed ? -1 : 0);
	if (!a.failed && !a.away)
		(void)instance_find(opt, &c, ext);	/* for its message */
	return (-1);
}

void
standings_free(struct standings *st)
{
	free(st->list);
	st->list = NULL;
	st->n = 0;
}

/* ---- differences ---- */

static void
ledger_since(struct ledger *now, const struct ledger *before)
{
	int	i;

	for (i = 0; i < LEDGER_ENTRIES; i++)
		if (i < LEDGER_RX_PACKETS_BEGIN || i > LEDGER_TX_BYTES_END)
			now->v[i] -= before->v[i];
	memcpy(&now->v[LEDGER_RX_PACKETS_BEGIN],
	    &before->v[LEDGER_RX_PACKETS_END],
	    LEDGER_IFACE_COUNTERS * sizeof(now->v[0]));
}

static void
standing_since(struct standing *now, const struct standing *before)
{
	size_t	i;

	for (i = 0; i < sizeof(growing) / sizeof(growing[0]); i++)
		now->s.v[growing[i]] -= before->s.v[growing[i]];
	ledger_since(&now->s.total, &before->s.total);
	for (i = 0; i < PROTOSTAT_ENTRIES; i++)
		now->s.proto.v[i] -= before->s.proto.v[i];
	now->based = true;
}

/* Are both of the same daemon process?  Then counters did not restart. */
static bool
is_same(const struct standing *a, const struct standing *b)
{
	return (strcmp(a->ext, b->ext) == 0 &&
	    control_first_started(&a->s) == control_first_started(&b->s) &&
	    a->s.v[CONTROL_PID] == b->s.v[CONTROL_PID] &&
	    a->s.v[CONTROL_SEEN_FRAMES] >= b->s.v[CONTROL_SEEN_FRAMES]);
}

void
standings_since(struct standings *now, const struct standings *before)
{
	size_t	i, j;

	for (i = 0; i < now->n; i++)
		for (j = 0; j < before->n; j++)
			if (is_same(&now->list[i], &before->list[j])) {
				standing_since(&now->list[i],
				    &before->list[j]);
				break;
			}
}
