/*
 * The source `owners' of Linux: what the sockets of all processes send and
 * receive, counted in the kernel at the root of cgroup v2.  Decides when the
 * counts are fetched, as the source `ebpf' does, and gives each row its owner
 * and its interface.
 */
#include "config.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "bpf/bpf_load.h"
#include "bpf/bpf_probe.h"
#include "meter/owners_bpf.inc"
#include "owner/known.h"
#include "owner/watch.h"
#include "table/table.h"
#include "ebpf_store.h"
#include "meter_impl.h"

#define RELIEF		"try a smaller --buffer"
#define ELSEWHERE	"(other)"	/* interfaces of other namespaces */
#define ATOMIC_SINCE	12		/* Linux 5.12 */

struct source {
	struct meter		 base;		/* comes first */
	struct ebpf_store	 store;
	struct cgroups		*cgroups;
	struct owner_watch	*watch;
	struct owner_known	*known;
	struct bpf_memory	 epoch;		/* owner_epoch of sock.bpf.h */
	uint16_t		 interfaces[OWNERS_ELSEWHERE + 1];
	meter_sink_fn		*sink;		/* while harvesting */
	void			*sink_arg;
	bool			 full;		/* a table is nearly full */
	struct ebpf_pause	 pause;		/* between harvests */
	struct ledger		 ledger;
	struct prototally	 tally;		/* since it was opened */
};

static int
fail(const char *why, char *err)
{
	(void)snprintf(err, METER_ERRLEN, "cannot count owners: %s; accounts "
	    "of interfaces need nothing of this", why);
	return (-1);
}

/* ---- loading ---- */

static int
load_object(struct source *c, struct bpf_object *o, bool atomic, char *why)
{
	struct ebpf_config	*f = &c->store.config;

	owner_watch_prepare(o);
	bpf_load_want(o, "owners_create");
	bpf_load_want(o, atomic ? "owners_in" : "owners_in_plain");
	bpf_load_want(o, atomic ? "owners_out" : "owners_out_plain");
	if (bpf_load_set_constants(o, f, sizeof(*f)) == -1 ||
	    ebpf_store_prepare(f, o, false) == -1) {
		bpf_why(errno, RELIEF, why);
		return (-1);
	}
	if (bpf_load(o, RELIEF, why) == -1)
		return (-1);
	if (ebpf_store_map(&c->store, o, false) == 0 &&
	    bpf_load_map(o, ".data.owner", &c->epoch) == 0)
		return (0);
	bpf_why(errno, RELIEF, why);
	return (-1);
}

/*
 * Sockets that are made from now on have an owner; then those that are there
 * get one; then packets are counted.
 */
static int
attach(struct source *c, const struct bpf_object *o, bool atomic, char *why)
{
	c->watch = owner_watch_new(o, c->cgroups, why);
	if (c->watch == NULL || owner_watch_attach(c->watch,
	    bpf_load_program(o, "owners_create"),
	    BPF_CGROUP_INET_SOCK_CREATE, why) == -1)
		return (-1);
	if (owner_watch_scan(c->watch) == -1)
		log_warnx("sockets of other processes cannot be looked at: "
		    "%s: those older than this daemon are counted as "
		    "(before trafd)", strerror(errno));
	if (owner_watch_attach(c->watch, bpf_load_program(o, atomic ?
	    "owners_in" : "owners_in_plain"), BPF_CGROUP_INET_INGRESS,
	    why) == -1)
		return (-1);
	return (owner_watch_attach(c->watch, bpf_load_program(o, atomic ?
	    "owners_out" : "owners_out_plain"), BPF_CGROUP_INET_EGRESS, why));
}

static int
load(struct source *c, const struct meter_opts *m, char *why)
{
	struct bpf_object	*o;
	char			 unused[BPF_WHYLEN];
	bool			 atomic;
	int			 rc;

	if (bpf_probe_release(10, "", why) == -1 ||
	    bpf_probe_preemption(why) == -1 || bpf_probe_grace(why) == -1)
		return (-1);
	atomic = bpf_probe_release(ATOMIC_SINCE, "", unused) == 0;
	if ((c->cgroups = cgroups_open(why)) == NULL)
		return (-1);
	if ((c->known = owner_known_new(c->cgroups)) == NULL) {
		(void)snprintf(why, BPF_WHYLEN, "out of memory");
		return (-1);
	}
	/* A client's port would make a row of each connection. */
	ebpf_store_configure(&c->store.config, m->frames.buffer_mib,
	    OWNERS_RUNS, m->ports == FLOW_PORTS_NONE ? FLOW_PORTS_NONE :
	    FLOW_PORTS_SERVICE);
	o = bpf_load_open(owners_bpf, sizeof(owners_bpf) - 1, why);
	if (o == NULL)
		return (-1);
	rc = load_object(c, o, atomic, why);
	if (rc == 0)
		rc = attach(c, o, atomic, why);
	bpf_object__close(o);
	return (rc);
}

static void
source_close(struct meter *base)
{
	struct source	*c = (struct source *)base;

	owner_watch_free(c->watch);
	ebpf_store_unmap(&c->store);
	bpf_load_unmap(&c->epoch);
	owner_known_free(c->known);
	cgroups_close(c->cgroups);
	free(c);
}

static struct meter *
source_open(const struct meter_opts *o, char *err)
{
	struct source	*c = calloc(1, sizeof(*c));
	char		 why[BPF_WHYLEN];

	if (c == NULL) {
		(void)snprintf(err, METER_ERRLEN, "out of memory");
		return (NULL);
	}
	c->base.ops = &meter_owners_source;
	ebpf_pause_plan(&c->pause, false);
	if (load(c, o, why) == 0)
		return (&c->base);
	(void)fail(why, err);
	source_close(&c->base);
	return (NULL);
}

static int
source_reopen(struct meter *base, char *err)
{
	(void)base;
	return (fail("the source cannot be opened again", err));
}

static bool
source_present(const struct meter *base)
{
	(void)base;
	return (true);
}

static int
source_fd(const struct meter *base)
{
	return (owner_watch_fd(((const struct source *)base)->watch));
}

static int
source_wait(const struct meter *base)
{
	return (ms_until(((const struct source *)base)->pause.at,
	    now_mono()));
}

static int
source_latency(const struct meter *base)
{
	(void)base;
	return (0);
}

static const char *
source_link_name(const struct meter *base)
{
	(void)base;
	return (meter_name_of_link(12, "RAW"));	/* DLT_RAW */
}

static bool
source_link_supported(const struct meter *base)
{
	(void)base;
	return (true);
}

/* ---- rows ---- */

/*
 * An owner for which there is no memory is counted as OWNER_OTHER.  So the
 * counts are fetched, and owners forgotten, while there is still some.
 */
static void
hear(void *arg, const struct owner_news *n)
{
	struct source	*c = arg;

	if (n->kind != OWNER_NEWS_FULL)
		(void)owner_known_learn(c->known, n);
	if (n->kind == OWNER_NEWS_FULL || owner_known_is_full(c->known))
		c->full = true;
}

/*
 * The number of an interface in the table of names, from its index; asked once
 * in a harvest, since it may get another name.
 */
static uint16_t
number_of(struct source *c, unsigned int index)
{
	char		 name[IF_NAMESIZE];
	uint16_t	*number = &c->interfaces[index];

	if (index == 0 || index > OWNERS_ELSEWHERE)
		return (FLOW_VLAN_NONE);
	if (*number == 0 && index == OWNERS_ELSEWHERE)
		*number = owners_interface(owner_known_used(c->known),
		    ELSEWHERE);
	else if (*number == 0 && if_indextoname(index, name) != NULL)
		*number = owners_interface(owner_known_used(c->known), name);
	return (*number);
}

/*
 * What the programs told of owners before they counted them has arrived when
 * the rows are read.
 */
static uint64_t
pass_on(void *arg, const struct flow *rows, size_t n)
{
	struct source	*c = arg;
	struct flow	 named[TABLE_BATCH];
	size_t		 i;

	(void)owner_watch_drain(c->watch, hear, c);
	for (i = 0; i < n; i++) {
		named[i] = rows[i];
		if (owner_known_translate(c->known, &named[i].key))
			named[i].key.vlan = number_of(c,
			    named[i].key.vlan) & FLOW_VLAN_MASK;
	}
	return (c->sink(c->sink_arg, named, n));
}

/*
 * Owners pile up: let them be told again by the programs.  What is counted
 * until then is found among the old ones.
 */
static void
forget_owners(struct source *c)
{
	volatile uint32_t	*epoch = c->epoch.at;

	if (!owner_known_is_full(c->known))
		return;
	owner_known_forget(c->known);
	*epoch = *epoch == UINT32_MAX ? 1 : *epoch + 1;
}

static uint64_t
seen(const struct ledger *l)
{
	return (l->v[LEDGER_FRAMES] + l->v[LEDGER_DROP_KERNEL]);
}

static bool
source_collect(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct source	*c = (struct source *)base;
	uint64_t	 before = seen(&c->ledger);

	c->sink = sink;
	c->sink_arg = arg;
	c->full = false;
	memset(c->interfaces, 0, sizeof(c->interfaces));
	ebpf_store_harvest(&c->store, pass_on, c, &c->ledger, &c->tally);
	forget_owners(c);
	ebpf_pause_plan(&c->pause, seen(&c->ledger) != before);
	return (false);
}

static enum meter_state
source_drain(struct meter *base, meter_sink_fn *sink, void *arg)
{
	struct source	*c = (struct source *)base;

	(void)owner_watch_drain(c->watch, hear, c);
	if (c->full || (now_mono() >= c->pause.at &&
	    ebpf_store_has_counted(&c->store)))
		(void)source_collect(base, sink, arg);
	else if (now_mono() >= c->pause.at)
		ebpf_pause_plan(&c->pause, false);
	return (METER_IDLE);
}

static const char *
source_error(const struct meter *base)
{
	(void)base;
	return ("the programs in the kernel have ended");
}

static void
source_take_ledger(struct meter *base, struct ledger *l)
{
	struct source	*c = (struct source *)base;

	ledger_add(l, &c->ledger);
	memset(&c->ledger, 0, sizeof(c->ledger));
}

static void
source_add_protostat(const struct meter *base, struct protostat *sum)
{
	protostat_add(sum, &((const struct source *)base)->tally);
}

static bool
source_span(const struct meter *base, uint64_t *first_ns, uint64_t *last_ns)
{
	(void)base;
	*first_ns = *last_ns = 0;
	return (false);
}

static const struct owners *
source_owners(struct meter *base)
{
	return (owner_known_used(((struct source *)base)->known));
}

static void
source_owners_taken(struct meter *base)
{
	owner_known_reset(((struct source *)base)->known);
}

static int
source_owners_adopt(struct meter *base, const struct owners *from)
{
	return (owner_known_adopt(((struct source *)base)->known, from));
}

static const char *
source_owners_tree(const struct meter *base)
{
	return (cgroups_mount(((const struct source *)base)->cgroups));
}

const struct meter_ops meter_owners_source = {
	.name = "owners",
	.open = source_open,
	.close = source_close,
	.reopen = source_reopen,
	.present = source_present,
	.fd = source_fd,
	.wait = source_wait,
	.latency = source_latency,
	.link_name = source_link_name,
	.link_supported = source_link_supported,
	.drain = source_drain,
	.collect = source_collect,
	.error = source_error,
	.take_ledger = source_take_ledger,
	.span = source_span,
	.add_protostat = source_add_protostat,
	.owners = source_owners,
	.owners_taken = source_owners_taken,
	.owners_adopt = source_owners_adopt,
	.owners_tree = source_owners_tree,
};
