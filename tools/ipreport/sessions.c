/*
 * One line for each socket of the data trace.  Lines are in the order of the
 * sockets' first records: a line waits in a ring until those before it are
 * known to be complete.  If the ring is full, the oldest is printed as it is,
 * so that memory is bounded.
 *
 * The end of a socket comes to the recorder by another way than its data, and
 * may overtake them: a line waits some time behind the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/plural.h"
#include "base/printable.h"
#include "data.h"

#define MOST		((uint64_t)1 << 17)	/* sessions in the ring */
#define BUCKETS		((size_t)1 << 17)
#define NOBODY		UINT32_MAX
#define LATE_NS		(2 * NS_PER_S)

struct session {
	uint64_t	 cid, tuple;	/* the tuple is 0 if there is a cid */
	uint64_t	 start_ns, end_ns;
	uint64_t	 sent, received;
	uint32_t	 next;		/* in the bucket: a place in the ring */
	uint32_t	 pid, uid, rtt_us, retransmissions;
	uint16_t	 lport, rport;
	uint8_t		 family, proto;
	bool		 started, ended, has_sums, several;
	uint8_t		 local[16], remote[16];
	char		 job[OWNER_PROGRAM_MAX];
	char		*unit;		/* NULL: not known */
};

struct sessions {
	const struct options *opt;
	struct sheet	*sheet;
	struct session	*ring;
	uint64_t	 first, n;	/* of the ring, and how many */
	uint32_t	*buckets;
	uint64_t	 all, unstarted, unended, pushed_out;
	uint64_t	 sent, received;
};

static const struct sheet_column	columns[] = {
	{ "start", 18 }, { "end", 18 }, { "state", 8 }, { "job", 15 },
	{ "user", 10 }, { "pid", 7 }, { "cid", 8 }, { "proto", 5 },
	{ "local", 15 }, { "lport", 5 }, { "remote", 15 }, { "rport", 5 },
	{ "sent", 10 }, { "received", 10 }, { "rtt_ms", 8 },
	{ "again", 5 }, { "unit", 0 }, { NULL, 0 }
};

struct sessions *
sessions_new(const struct options *opt, struct out *out)
{
	struct sessions	*s = calloc(1, sizeof(*s));
	size_t		 i;

	if (s == NULL)
		return (NULL);
	s->opt = opt;
	s->ring = calloc(MOST, sizeof(*s->ring));
	s->buckets = malloc(BUCKETS * sizeof(*s->buckets));
	s->sheet = sheet_new(out, sheet_format_of(opt->format), columns);
	if (s->ring == NULL || s->buckets == NULL || s->sheet == NULL) {
		sessions_free(s);
		return (NULL);
	}
	for (i = 0; i < BUCKETS; i++)
		s->buckets[i] = NOBODY;
	return (s);
}

void
sessions_free(struct sessions *s)
{
	if (s == NULL)
		return;
	for (; s->n > 0; s->first++, s->n--)
		free(s->ring[s->first % MOST].unit);
	sheet_free(s->sheet);
	free(s->ring);
	free(s->buckets);
	free(s);
}

/* ---- lines ---- */

static bool
is_nowhere(const uint8_t addr[16])
{
	static const uint8_t	zero[4];

	/* 0.0.0.0 is mapped */
	return (memcmp(addr + 12, zero, 4) == 0 &&
	    memcmp(addr, zero, 4) == 0 && memcmp(addr + 4, zero, 4) == 0 &&
	    (memcmp(addr + 8, zero, 4) == 0 ||
	    (addr[10] == 0xff && addr[11] == 0xff)));
}

static void
put_address(struct sheet *sheet, const struct session *e,
    const uint8_t addr[16], uint16_t port)
{
	char	buf[ADDR_STRLEN];

	if (e->family == FLOW_FAMILY_NONE || is_nowhere(addr))
		sheet_none(sheet);
	else
		sheet_text(sheet, addr_format(e->family, addr, buf));
	if (port == 0)
		sheet_none(sheet);
	else
		sheet_u64(sheet, port);
}

static void
put_owner(const struct sessions *s, const struct session *e)
{
	char		user[DATA_USER], cid[24];
	const char	*name = NULL;

	sheet_text(s->sheet, e->job);
	if (!s->opt->no_names)
		name = data_user(e->uid, user);
	if (name != NULL)
		sheet_text(s->sheet, name);
	else if (e->uid != OWNER_NO_UID)
		sheet_u64(s->sheet, e->uid);
	else
		sheet_none(s->sheet);
	if (e->pid == 0)
		sheet_none(s->sheet);
	else
		sheet_u64(s->sheet, e->pid);
	(void)snprintf(cid, sizeof(cid), "%" PRIx64, e->cid);
	sheet_text(s->sheet, cid);
}

static void
put_peers(const struct sessions *s, const struct session *e)
{
	struct datarec	d = { .proto = e->proto };
	char		word[DATA_WORD];

	if (e->proto == 0)
		sheet_none(s->sheet);
	else
		sheet_text(s->sheet, data_proto(&d, word));
	put_address(s->sheet, e, e->local, e->lport);
	if (e->several) {
		sheet_text(s->sheet, "several");
		sheet_none(s->sheet);
	} else
		put_address(s->sheet, e, e->remote, e->rport);
}

static void
put_moment(struct sheet *sheet, uint64_t ns)
{
	if (ns == 0)
		sheet_none(sheet);
	else
		sheet_time(sheet, ns);
}

static void
put_sums(const struct sessions *s, const struct session *e)
{
	bool	known = e->has_sums && e->proto == 6;

	sheet_u64(s->sheet, e->sent);
	sheet_u64(s->sheet, e->received);
	if (known && e->rtt_us != 0)
		sheet_ms(s->sheet, (uint64_t)e->rtt_us * 1000);
	else
		sheet_none(s->sheet);
	if (known)
		sheet_u64(s->sheet, e->retransmissions);
	else
		sheet_none(s->sheet);
	if (e->unit == NULL)
		sheet_none(s->sheet);
	else
		sheet_text(s->sheet, e->unit);
}

static void
put_session(struct sessions *s, const struct session *e)
{
	static const char *const	states[2][2] = {
		{ "part", "no-start" }, { "no-end", "whole" },
	};

	put_moment(s->sheet, e->start_ns);
	put_moment(s->sheet, e->ended ? e->end_ns : 0);
	sheet_text(s->sheet, states[e->started][e->ended]);
	put_owner(s, e);
	put_peers(s, e);
	put_sums(s, e);
	sheet_end_row(s->sheet);
	s->all++;
	s->unstarted += !e->started;
	s->unended += !e->ended;
	s->sent += e->sent;
	s->received += e->received;
}

/* ---- the ring ---- */

/* If there is no cookie, the same addresses and ports are one session. */
static uint64_t
tuple_of(const struct datarec *d)
{
	uint64_t	h = 0xcbf29ce484222325;
	size_t		i;

	if (d->cid != 0)
		return (0);
	for (i = 0; i < sizeof(d->local); i++) {
		h = (h ^ d->local[i]) * 0x100000001b3;
		h = (h ^ d->remote[i]) * 0x100000001b3;
	}
	return ((h ^ ((uint64_t)d->proto << 32 | (uint32_t)d->lport << 16 |
	    d->rport)) * 0x100000001b3);
}

static uint32_t *
bucket_of(const struct sessions *s, uint64_t cid, uint64_t tuple)
{
	uint64_t	h = (cid ^ tuple) * 0x9e3779b97f4a7c15;

	return (&s->buckets[(h >> 32) % BUCKETS]);
}

/* Print the first of the ring, and drop it. */
static void
pop(struct sessions *s)
{
	uint32_t	 place = (uint32_t)(s->first % MOST);
	struct session	*e = &s->ring[place];
	uint32_t	*at = bucket_of(s, e->cid, e->tuple);

	put_session(s, e);
	while (*at != place)
		at = &s->ring[*at].next;
	*at = e->next;
	free(e->unit);
	s->first++;
	s->n--;
}

/* Print what is complete and has nothing before it. */
static void
pop_complete(struct sessions *s, uint64_t now)
{
	const struct session	*e;

	while (s->n > 0) {
		e = &s->ring[s->first % MOST];
		if (!e->ended || now < e->end_ns || now - e->end_ns < LATE_NS)
			return;
		pop(s);
	}
}

static struct session *
push(struct sessions *s, const struct datarec *d, uint64_t tuple, uint64_t now)
{
	uint32_t	*bucket = bucket_of(s, d->cid, tuple), place;
	struct session	*e;

	if (s->n == MOST) {
		s->pushed_out += !s->ring[s->first % MOST].ended;
		pop(s);
	}
	place = (uint32_t)((s->first + s->n) % MOST);
	e = &s->ring[place];
	memset(e, 0, sizeof(*e));
	if (d->unit[0] != '\0' && (e->unit = strdup(d->unit)) == NULL)
		return (NULL);
	if (e->unit != NULL)
		(void)printable(e->unit);
	e->cid = d->cid;
	e->tuple = tuple;
	e->start_ns = now;
	e->pid = d->pid;
	e->uid = d->uid;
	(void)printable_word(d->job, e->job, sizeof(e->job));
	e->next = *bucket;
	*bucket = place;
	s->n++;
	return (e);
}

static struct session *
find(struct sessions *s, const struct datarec *d, uint64_t now)
{
	uint64_t	 tuple = tuple_of(d);
	uint32_t	 at = *bucket_of(s, d->cid, tuple);

	while (at != NOBODY && (s->ring[at].cid != d->cid ||
	    s->ring[at].tuple != tuple))
		at = s->ring[at].next;
	return (at != NOBODY ? &s->ring[at] : push(s, d, tuple, now));
}

/* ---- records ---- */

/* A socket of UDP may talk to several, and learn its address late. */
static void
note_peers(struct session *e, const struct datarec *d)
{
	if (d->family == FLOW_FAMILY_NONE)
		return;
	e->family = d->family;
	if (!is_nowhere(d->local)) {
		memcpy(e->local, d->local, sizeof(e->local));
		e->lport = d->lport;
	}
	if (is_nowhere(d->remote))
		return;
	if (!is_nowhere(e->remote) && (e->rport != d->rport ||
	    memcmp(e->remote, d->remote, sizeof(e->remote)) != 0))
		e->several = true;
	memcpy(e->remote, d->remote, sizeof(e->remote));
	e->rport = d->rport;
}

/* What the end says counts more than what was added up. */
static void
note_end(struct session *e, const struct datarec *d, uint64_t now)
{
	e->ended = true;
	e->end_ns = now;
	if (!d->has_sums)
		return;
	e->has_sums = true;
	e->sent = d->sent;
	e->received = d->received;
	e->rtt_us = d->rtt_us;
	e->retransmissions = d->retransmissions;
}

int
sessions_add(struct sessions *s, const struct shown *p)
{
	const struct datarec	*d = p->data;
	uint64_t		 now = p->frame->time_ns;
	struct session		*e;

	pop_complete(s, now);
	if ((e = find(s, d, now)) == NULL)
		return (-1);
	note_peers(e, d);
	if (d->proto != 0)
		e->proto = d->proto;
	if (d->kind == DATAREC_START)
		e->started = true;
	else if (d->kind == DATAREC_END)
		note_end(e, d, now);
	else if (!e->has_sums && d->out)
		e->sent += d->length;
	else if (!e->has_sums)
		e->received += d->length;
	return (0);
}

void
sessions_end(struct sessions *s, uint64_t lost)
{
	char	text[256];

	while (s->n > 0)
		pop(s);
	(void)snprintf(text, sizeof(text), "SESSIONS: %" PRIu64 ", %" PRIu64
	    " without start, %" PRIu64 " without end, %" PRIu64
	    " octets sent, %" PRIu64 " received, %" PRIu64 " lost",
	    s->all, s->unstarted, s->unended, s->sent, s->received, lost);
	sheet_total(s->sheet, text);
	if (s->pushed_out == 0)
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64 " session%s too many at "
	    "a time: their lines may end too early", s->pushed_out,
	    plural(s->pushed_out));
	sheet_total(s->sheet, text);
}
