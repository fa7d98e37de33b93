/*
 * Tables of calls and their replies: a row when the reply comes, and rows of
 * calls that never got one.  Owns the calls that are outstanding.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "brief.h"
#include "table_impl.h"

static void
without_reply(struct pairs *t, const struct call *c)
{
	t->counts.unanswered++;
	t->kind->row(t, c, NULL, NULL);
}

static void
given_up(void *arg, const struct call *c)
{
	struct pairs	*t = arg;

	t->counts.given_up++;
	without_reply(t, c);
}

static void
never_answered(void *arg, const struct call *c)
{
	without_reply(arg, c);
}

struct pairs *
pairs_new(const struct pairs_kind *kind, struct sheet *sheet, size_t most)
{
	struct pairs	*t = calloc(1, sizeof(*t));

	if (t == NULL)
		return (NULL);
	t->sheet = sheet;
	t->kind = kind;
	t->calls = calls_new(most, given_up, t);
	t->brief = brief_new();
	if (t->calls != NULL && t->brief != NULL)
		return (t);
	pairs_free(t);
	return (NULL);
}

void
pairs_free(struct pairs *t)
{
	if (t == NULL)
		return;
	calls_free(t->calls);
	fields_free(t->brief);
	free(t);
}

static void
begins(struct pairs *t, struct call *c, const struct app_packet *p)
{
	c->time_ns = p->time_ns;
	c->number = p->number;
	memcpy(c->server, p->dst, sizeof(c->server));
	t->counts.calls++;
}

/* The row of the one before is written, if it has none yet. */
struct call *
pairs_call(struct pairs *t, struct call *c, const struct call_key *k,
    const struct app_packet *p)
{
	if (c == NULL)
		c = calls_add(t->calls, k);
	else {
		if (!c->answered)
			without_reply(t, c);
		c->again = 0;
		calls_answered(t->calls, c, false);
	}
	begins(t, c, p);
	return (c);
}

/*
 * If the reply is there, it may be lost on its way: a row of its own follows
 * with the next one.
 */
void
pairs_again(struct pairs *t, struct call *c, const struct app_packet *p)
{
	t->counts.again++;
	c->again++;
	if (!c->answered)
		return;
	calls_answered(t->calls, c, false);
	begins(t, c, p);
}

void
pairs_reply(struct pairs *t, struct call *c, const struct app_packet *p,
    const void *message)
{
	if (c->answered)
		return;			/* another reply to the same call */
	t->counts.answered++;
	calls_answered(t->calls, c, true);
	t->kind->row(t, c, p, message);
}

void
pairs_stray(struct pairs *t, struct call *unseen, const struct app_packet *p,
    const void *message)
{
	t->counts.strays++;
	unseen->time_ns = p->time_ns;
	memcpy(unseen->server, p->src, sizeof(unseen->server));
	t->kind->row(t, unseen, p, message);
}

void
pairs_ends(struct pairs *t, const struct call *c,
    const struct app_packet *reply)
{
	struct sheet	*s = t->sheet;

	if (c->number != 0)
		sheet_u64(s, c->number);
	else
		sheet_none(s);
	if (reply != NULL)
		sheet_u64(s, reply->number);
	else
		sheet_none(s);
	sheet_time(s, c->time_ns);
	table_address(s, c->key.client);
	table_address(s, reply != NULL ? reply->src : c->server);
}

/* A trace that was put together may have a reply before its call. */
void
pairs_times(struct pairs *t, const struct call *c,
    const struct app_packet *reply)
{
	if (c->number != 0 && reply != NULL && reply->time_ns >= c->time_ns)
		sheet_ms(t->sheet, reply->time_ns - c->time_ns);
	else
		sheet_none(t->sheet);
	sheet_u64(t->sheet, c->again);
}

void
pairs_end(struct pairs *t)
{
	const struct pair_counts	*n = &t->counts;
	char				 text[256];

	calls_each(t->calls, never_answered, t);
	(void)snprintf(text, sizeof(text), "calls: %llu, answered: %llu, never "
	    "answered: %llu, repeated: %llu, replies without a call: %llu",
	    (unsigned long long)n->calls, (unsigned long long)n->answered,
	    (unsigned long long)n->unanswered, (unsigned long long)n->again,
	    (unsigned long long)n->strays);
	sheet_total(t->sheet, text);
	if (n->given_up == 0)
		return;
	(void)snprintf(text, sizeof(text), "too many calls at once to wait for "
	    "their replies: %llu given up, the oldest",
	    (unsigned long long)n->given_up);
	sheet_total(t->sheet, text);
}
