/*
 * The memory that programs in the kernel count in, and how it is read.
 *
 * Why nothing is lost or counted twice: each run of the program reads once
 * which generation is in use, inside an RCU read-side critical section.  A
 * harvest switches to the other generation and waits for a grace period
 * (bpf_grace_wait()).  After that every run that began before the switch has
 * ended: no run writes to the old generation any more, and all writes to it
 * can be seen.  Every later run uses the new generation.  Then the old
 * generation is read and cleared, to be used again after the next harvest.
 */
#include "config.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bpf/bpf_probe.h"
#include "host/networks.h"
#include "table/senders.h"
#include "table/table.h"
#include "ebpf_store.h"

/* MiB of tables for each processor if --buffer is 0. */
#define DEFAULT_MIB	16

/* The highest number of a processor that is present, plus one. */
static uint32_t
present_cpus(void)
{
	char		 text[256] = "";
	const char	*last;
	FILE		*f;

	if ((f = fopen("/sys/devices/system/cpu/present", "re")) != NULL) {
		(void)fgets(text, sizeof(text), f);
		(void)fclose(f);
	}
	/* "0-3,8-11\n" */
	last = strrchr(text, ',') != NULL ? strrchr(text, ',') + 1 : text;
	if (strchr(last, '-') != NULL)
		last = strchr(last, '-') + 1;
	return ((uint32_t)strtoul(last, NULL, 10) + 1);
}

/* Half of the memory is for the generation that is being read. */
static void
choose_sizes(struct ebpf_config *c, unsigned int mib, unsigned int runs)
{
	size_t	share = ((size_t)(mib == 0 ? DEFAULT_MIB : mib) << 20) /
	    EBPF_GENERATIONS / runs, rows, most;

	c->buckets = 1;
	while ((size_t)c->buckets * 2 * sizeof(struct ebpf_bucket) <=
	    share / 8 &&
	    c->buckets * (EBPF_BUCKET / 2) < EBPF_ROWS_MOST)
		c->buckets *= 2;
	rows = (share - c->buckets * sizeof(struct ebpf_bucket)) /
	    (sizeof(struct flow) + sizeof(struct sender));
	most = (size_t)c->buckets * (EBPF_BUCKET / 2);
	if (rows > most)
		rows = most;
	c->rows = (uint32_t)(rows < EBPF_ROWS_MOST ? rows : EBPF_ROWS_MOST);
}

void
ebpf_store_configure(struct ebpf_config *c, unsigned int mib,
    unsigned int runs, enum flow_ports ports)
{
	int	possible = libbpf_num_possible_cpus();

	c->cpus = possible > 0 ? (uint32_t)possible : present_cpus();
	c->tables = present_cpus();
	if (c->tables > c->cpus)
		c->tables = c->cpus;
	c->cpus *= runs;
	c->tables *= runs;
	choose_sizes(c, mib, runs);
	c->ports = ports;
	c->loopback = if_nametoindex("lo");
	arc4random_buf(c->secret, sizeof(c->secret));
}

int
ebpf_store_prepare(const struct ebpf_config *c, struct bpf_object *o,
    bool senders)
{
	size_t	tables = (size_t)c->tables * EBPF_GENERATIONS;

	return (bpf_load_set_entries(o, "cpus", (size_t)c->cpus + 1) == -1 ||
	    bpf_load_set_entries(o, "buckets", tables * c->buckets) == -1 ||
	    bpf_load_set_entries(o, "rows", tables * c->rows) == -1 ||
	    (senders && bpf_load_set_entries(o, "senders",
	    tables * c->rows) == -1) ? -1 : 0);
}

int
ebpf_store_map(struct ebpf_store *s, const struct bpf_object *o, bool senders)
{
	return (bpf_load_map(o, "cpus", &s->cpus) == -1 ||
	    bpf_load_map(o, "buckets", &s->buckets) == -1 ||
	    bpf_load_map(o, "rows", &s->rows) == -1 ||
	    (senders && bpf_load_map(o, "senders", &s->senders) == -1) ||
	    bpf_load_map(o, ".bss", &s->state) == -1 ? -1 : 0);
}

void
ebpf_store_unmap(struct ebpf_store *s)
{
	bpf_load_unmap(&s->cpus);
	bpf_load_unmap(&s->buckets);
	bpf_load_unmap(&s->rows);
	bpf_load_unmap(&s->senders);
	bpf_load_unmap(&s->state);
}

/*
 * Let the programs write to the other generation.  Returns the old one, to
 * which no program writes any more.
 */
static uint32_t
switch_generation(const struct ebpf_store *s)
{
	struct ebpf_state	*state = s->state.at;
	uint32_t		 old = state->generation;

	*(volatile uint32_t *)&state->generation = 1 - old;
	bpf_grace_wait();
	return (old);
}

static void
read_others(const struct ebpf_book *b, meter_sink_fn *sink, void *arg,
    struct ledger *l)
{
	struct flow	f;
	unsigned int	proto;

	for (proto = 0; proto < EBPF_PROTOCOLS; proto++) {
		if (b->other[proto].packets == 0)
			continue;
		flow_key_other(&f.key, (uint8_t)proto);
		if (b->other_tagged > 0)
			f.key.vlan = FLOW_VLAN_MIXED;
		f.count = b->other[proto];
		(void)sink(arg, &f, 1);
		l->v[LEDGER_FOLD_PACKETS] += f.count.packets;
		l->v[LEDGER_FOLD_BYTES] += f.count.ip;
	}
}

/* Returns how many frames there were, also those that were missed. */
static uint64_t
read_ledger(const struct ebpf_book *b, struct ledger *l)
{
	uint64_t	frames = 0;
	int		v;

	for (v = 0; v < DECODED_VERDICTS; v++) {
		l->v[ledger_of_verdict[v]] += b->verdicts[v];
		frames += b->verdicts[v];
	}
	l->v[LEDGER_FRAMES] += frames;
	l->v[LEDGER_WIRE_BYTES] += b->wire_bytes;
	l->v[LEDGER_SEGMENTS] += b->segments;
	l->v[LEDGER_DROP_KERNEL] += b->missed;
	return (frames + b->missed);
}

bool
ebpf_store_has_counted(const struct ebpf_store *s)
{
	const struct ebpf_state	*state = s->state.at;
	const struct ebpf_cpu	*cpus = s->cpus.at;
	const volatile struct ebpf_book *b;
	uint32_t		 i;
	int			 v;

	for (i = 0; i <= s->config.cpus; i++) {
		b = &cpus[i].book[state->generation];
		if (b->missed != 0)
			return (true);
		for (v = 0; v < DECODED_VERDICTS; v++)
			if (b->verdicts[v] != 0)
				return (true);
	}
	return (false);
}

/* Note who sent the first frames of rows that are new to the sink. */
static void
note_senders(struct ebpf_store *s, const struct flow *rows,
    const struct sender *from, uint64_t which)
{
	const struct nets	*local = networks_set(s->networks);
	size_t			 i;

	for (; which != 0; which &= which - 1) {
		i = (size_t)__builtin_ctzll(which);
		if (sender_is_source(&from[i]))
			senders_note(s->noted, local, &rows[i].key,
			    from[i].mac);
	}
}

/* Pass on n rows of one processor and generation; clear their index. */
static void
read_rows(struct ebpf_store *s, size_t table, size_t n,
    meter_sink_fn *sink, void *arg)
{
	const struct flow	*rows = s->rows.at;
	const struct sender	*from = s->senders.at;
	struct ebpf_bucket	*buckets = s->buckets.at;
	size_t			 i, most;
	uint64_t		 new;

	rows += table * s->config.rows;
	from += table * s->config.rows;
	for (i = 0; i < n; i += most) {
		most = n - i < TABLE_BATCH ? n - i : TABLE_BATCH;
		new = sink(arg, rows + i, most);
		if (s->networks != NULL)
			note_senders(s, rows + i, from + i, new);
	}
	memset(buckets + table * s->config.buckets, 0,
	    s->config.buckets * sizeof(*buckets));
}

void
ebpf_store_harvest(struct ebpf_store *s, meter_sink_fn *sink, void *arg,
    struct ledger *l, struct prototally *tally)
{
	uint32_t		 old = switch_generation(s), i;
	struct ebpf_cpu		*cpus = s->cpus.at;
	struct ebpf_book	*b;

	for (i = 0; i <= s->config.cpus; i++) {
		b = &cpus[i].book[old];
		if (read_ledger(b, l) == 0)
			continue;
		if (b->verdicts[DECODED_IP] > 0) {
			read_others(b, sink, arg, l);
			prototally_add(tally, &b->tally);
		}
		if (b->rows > 0)
			read_rows(s, (size_t)old * s->config.tables + i,
			    (size_t)b->rows, sink, arg);
		memset(b, 0, sizeof(*b));
	}
}

/* ---- when ---- */

#define PAUSE_LEAST	NS_PER_S
#define PAUSE_MOST	(64 * NS_PER_S)

void
ebpf_pause_plan(struct ebpf_pause *p, bool found)
{
	p->length = found || p->length == 0 ? PAUSE_LEAST : p->length * 2;
	if (p->length > PAUSE_MOST)
		p->length = PAUSE_MOST;
	p->at = now_mono() + p->length;
}
