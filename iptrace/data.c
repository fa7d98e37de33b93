/*
 * Records of sockets out of what the kernel tells of their packets: START
 * before the first payload, DATA for each segment, END with the counts of the
 * whole socket.
 */
#include "config.h"

#include <sys/socket.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "data_impl.h"

/* Records of one call of data_read(). */
#define MOST		4096

/* ---- records ---- */

static void
fill(struct datarec *r, struct data *d, const struct data_event *e)
{
	*r = (struct datarec){
		.out = (e->flags & DATA_OUT) != 0, .segment = true,
		.family = (e->flags & DATA_IP6) != 0 ? FLOW_FAMILY_IP6 :
		    FLOW_FAMILY_IP4,
		.proto = e->proto, .type = e->proto == IPPROTO_TCP ?
		    SOCK_STREAM : SOCK_DGRAM,
		.lport = e->lport, .rport = e->rport, .pid = e->pid,
		.tid = e->tid, .uid = e->uid, .cid = e->cid,
		.abbrev = (e->flags & DATA_FULL) == 0,
		.time_ns = e->time_ns + d->clock,
	};
	memcpy(r->local, e->local, sizeof(r->local));
	memcpy(r->remote, e->remote, sizeof(r->remote));
	memcpy(r->job, e->job, DATA_COMM);
}

static void
name_unit(struct datarec *r, const struct data_socket *s)
{
	(void)strlcpy(r->unit, s->unit, sizeof(r->unit));
}

static void
put_start(struct data *d, const struct data_socket *s)
{
	struct datarec	r;

	fill(&r, d, &s->about);
	name_unit(&r, s);
	r.kind = DATAREC_START;
	r.segment = false;
	data_batch_add(d, &r);
}

/*
 * What was counted here is exact if nothing was lost.  The kernel also counts
 * as sent what its own queue has dropped.
 */
static void
put_end(struct data *d, const struct data_socket *s,
    const struct data_end *end)
{
	bool		exact = s->losses == d->losses &&
			    (s->about.flags & DATA_OLD) == 0;
	struct datarec	r;

	fill(&r, d, &s->about);
	name_unit(&r, s);
	r.kind = DATAREC_END;
	r.segment = false;
	r.time_ns = now_wall();
	if (end != NULL && end->has_tcp) {
		r.has_sums = true;
		r.sent = exact ? data_spans_end(&s->streams[1].spans) :
		    end->sent;
		r.received = end->received - (s->fin != DATA_NO_FIN &&
		    end->received > s->fin);
		r.rtt_us = end->rtt_us;
		r.retransmissions = end->retransmissions;
	} else if (end != NULL && exact) {
		r.has_sums = true;
		r.sent = s->streams[1].sum;
		r.received = s->streams[0].sum;
	}
	data_batch_add(d, &r);
}

/* ---- payload ---- */

/* One of the parts of a segment that have not come before. */
struct segment {
	struct data	*d;
	struct data_socket *s;
	const struct data_event *e;
	const uint8_t	*payload;
};

static struct data_stream *
stream(struct data_socket *s, const struct data_event *e)
{
	return (&s->streams[(e->flags & DATA_OUT) != 0]);
}

static void
put_part(void *arg, uint64_t from, uint64_t to)
{
	struct segment		*g = arg;
	const struct data_event	*e = g->e;
	struct data_stream	*t = stream(g->s, e);
	uint64_t		 skip = from - e->offset;
	struct datarec		 r;

	fill(&r, g->d, e);
	name_unit(&r, g->s);
	r.kind = DATAREC_DATA;
	r.length = (uint32_t)(to - from);
	r.seq = from - t->begin;
	if (skip < e->caplen) {
		r.payload = g->payload + skip;
		r.caplen = e->caplen - (uint32_t)skip;
		if (r.caplen > r.length)
			r.caplen = r.length;
	}
	t->sum += r.length;
	data_batch_add(g->d, &r);
}

/* Of a socket that is older the trace counts from what it has seen first. */
static void
begin_stream(struct data_stream *t, const struct data_event *e)
{
	if (t->begun)
		return;
	t->begun = true;
	if ((e->flags & DATA_OLD) == 0)
		return;
	t->begin = e->offset;
	data_spans_begin(&t->spans, e->offset);
}

/*
 * The program leaves out nearly all that comes again.  What is left: received
 * out of order, or to be sent but dropped by this host's own queue.
 */
static void
put_payload(struct data *d, struct data_socket *s, struct data_event *e,
    const uint8_t *payload)
{
	struct segment		 g = { d, s, e, payload };
	struct data_stream	*t = stream(s, e);

	if (e->proto == IPPROTO_TCP) {
		begin_stream(t, e);
		data_spans_add(&t->spans, e->offset, e->offset + e->length,
		    put_part, &g);
		return;
	}
	e->offset = t->sum;
	put_part(&g, e->offset, e->offset + e->length);
}

/* ---- what comes before its socket ---- */

static bool
same_peers(const struct data_event *a, const struct data_event *b)
{
	return (a->lport == b->lport && a->rport == b->rport &&
	    memcmp(a->local, b->local, sizeof(a->local)) == 0 &&
	    memcmp(a->remote, b->remote, sizeof(a->remote)) == 0);
}

/* The listener has seen it, and its child is made by this packet or later. */
static void
keep_early(struct data *d, const struct data_event *e)
{
	struct data_early	*to = &d->early[d->nearly++ % EARLY];

	free(to->payload);
	to->event = *e;
	if ((to->payload = malloc(e->caplen + 1)) != NULL)
		memcpy(to->payload, e + 1, e->caplen);
}

static bool
has_early(const struct data *d, const struct data_event *e)
{
	size_t	i;

	for (i = 0; i < EARLY; i++)
		if (d->early[i].payload != NULL &&
		    same_peers(&d->early[i].event, e))
			return (true);
	return (false);
}

/* Now the socket is known: what was kept for it becomes its first payload. */
static void
put_early(struct data *d, struct data_socket *s, const struct data_event *e)
{
	struct data_early	*one;
	struct data_event	 event;
	size_t			 i;

	for (i = d->nearly; i < d->nearly + EARLY; i++) {
		one = &d->early[i % EARLY];
		if (one->payload == NULL || !same_peers(&one->event, e))
			continue;
		event = one->event;
		event.cid = e->cid;
		event.flags |= e->flags & DATA_OLD;
		event.offset = (uint32_t)((uint32_t)event.offset - e->base);
		/* Else of an older connection, which was never made. */
		if (event.offset < EARLY_OCTETS)
			put_payload(d, s, &event, one->payload);
		free(one->payload);
		one->payload = NULL;
	}
}

/* ---- events ---- */

static void
forget(struct data *d, struct data_socket *s)
{
	put_end(d, s, NULL);
	data_sockets_remove(d->sockets, s);
}

static struct data_socket *
begin_socket(struct data *d, const struct data_event *e)
{
	struct data_socket	*s = data_sockets_add(d->sockets, e);
	struct data_socket	*surplus;

	if (s == NULL)
		return (NULL);
	(void)strlcpy(s->unit, data_kernel_unit(d->kernel, e->cgroup),
	    sizeof(s->unit));
	s->losses = d->losses;
	put_start(d, s);
	if (e->proto == IPPROTO_TCP)
		put_early(d, s, e);
	while ((surplus = data_sockets_surplus(d->sockets)) != NULL)
		forget(d, surplus);
	return (s);
}

/* What this processor has lost since it was told last. */
static void
note_lost(struct data *d, uint32_t cpu, const struct data_lost *now)
{
	struct data_lost	*told = &d->told[cpu % DATA_CPUS], more;

	/* A record may be older than what losses() has read. */
	if (now->records <= told->records)
		return;
	more.records = now->records - told->records;
	more.octets = now->octets - told->octets;
	*told = *now;
	data_batch_lost(d, &more);
}

static void
note_all_lost(struct data *d)
{
	const volatile struct data_lost	*lost = data_kernel_lost(d->kernel);
	struct data_lost		 now;
	uint32_t			 i;

	for (i = 0; i < d->cpus; i++) {
		now.records = lost[i].records;
		now.octets = lost[i].octets;
		note_lost(d, i, &now);
	}
}

static bool
on_event(void *arg, const struct data_event *from)
{
	struct data		*d = arg;
	struct data_event	 e = *from;
	struct data_socket	*s;

	note_lost(d, e.cpu, &e.lost);
	if (e.what == DATA_EARLY) {
		keep_early(d, from);
		return (false);
	}
	s = data_sockets_find(d->sockets, e.cid);
	if (s != NULL && e.what == DATA_AGAIN)
		forget(d, s);
	if (e.what == DATA_AGAIN)
		return (false);
	if (s == NULL && (e.what == DATA_PAYLOAD || has_early(d, &e)))
		s = begin_socket(d, &e);
	if (s != NULL && e.what == DATA_FIN)
		s->fin = e.offset;
	else if (s != NULL)
		put_payload(d, s, &e, (const uint8_t *)(from + 1));
	return (++d->read >= MOST);
}

static void
end_sockets(struct data *d)
{
	struct data_socket	*s;
	size_t			 i;

	for (i = 0; i < d->nends; i++) {
		s = data_sockets_find(d->sockets, d->ends[i].cid);
		if (s == NULL)
			continue;
		put_end(d, s, &d->ends[i]);
		data_sockets_remove(d->sockets, s);
	}
	d->nends = 0;
}

static void
read_ends(struct data *d)
{
	bool	missed = false;

	if (d->nends > 0)
		return;
	d->nends = data_ends_read(d->ends_fd, d->ends, ENDS, &missed);
	if (missed && !d->missed) {
		log_warnx("more sockets end than can be read: some have no END "
		    "in the trace");
		d->missed = true;
	}
}

/*
 * What a socket has exchanged is in the ring before the kernel tells of its
 * end: read the ends first, and put them behind.
 */
bool
data_read(struct data *d, data_sink_fn *sink, void *arg)
{
	bool	more;

	d->sink = sink;
	d->arg = arg;
	d->read = 0;
	d->clock = now_wall() - now_mono();
	read_ends(d);
	more = data_kernel_read(d->kernel, on_event, d);
	if (!more) {
		/* After the records that came before these losses. */
		note_all_lost(d);
		more = d->nends == ENDS;
		end_sockets(d);
	}
	data_batch_flush(d);
	d->sink = NULL;
	return (more);
}

/* ---- losses ---- */

void
data_losses(struct data *d, struct record_losses *sum)
{
	sum->kernel += d->unsaid;
	d->unsaid = 0;
}

uint64_t
data_lost_octets(const struct data *d)
{
	return (d->octets);
}

/* ---- its owner ---- */

void
data_fds(const struct data *d, int fds[DATA_FDS])
{
	data_kernel_fds(d->kernel, fds);
	fds[2] = d->ends_fd;
}

int
data_describe(struct data *d, struct record *record)
{
	const struct record_interface	about = { .name = DATAREC_IFNAME,
					    .link = DATAREC_LINK };
	int				number;

	d->record = record;
	if ((number = record_interface(record, &about)) == -1) {
		log_error("cannot describe the interface: %s",
		    DATAREC_IFNAME);
		return (-1);
	}
	d->number = (uint32_t)number;
	return (0);
}

struct data *
data_open(const struct options *o)
{
	struct data_config	c = { 0 };
	struct data		*d = calloc(1, sizeof(*d));
	char			 why[DATA_WHYLEN];

	if (d == NULL || (d->sockets = data_sockets_new()) == NULL) {
		log_error("cannot trace data");
		free(d);
		return (NULL);
	}
	d->cpus = (uint32_t)sysconf(_SC_NPROCESSORS_CONF);
	if (d->cpus > DATA_CPUS)
		d->cpus = DATA_CPUS;
	c.ngroups = o->data.n;
	memcpy(c.groups, o->data.groups, sizeof(c.groups));
	c.self = (uint32_t)getpid();
	if ((d->ends_fd = data_ends_open()) == -1)
		log_error("cannot trace data: sock_diag");
	else if ((d->kernel = data_kernel_load(&c, o->buffer_mib, why)) ==
	    NULL)
		log_errorx("cannot trace data: %s", why);
	if (d->kernel != NULL)
		return (d);
	data_close(d);
	return (NULL);
}

void
data_close(struct data *d)
{
	size_t	i;

	if (d == NULL)
		return;
	data_kernel_free(d->kernel);
	data_sockets_free(d->sockets);
	for (i = 0; i < EARLY; i++)
		free(d->early[i].payload);
	if (d->ends_fd != -1)
		(void)close(d->ends_fd);
	free(d);
}
