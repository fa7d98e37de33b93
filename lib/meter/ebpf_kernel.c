/*
 * Loads the program into the kernel and reads what it has counted.
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
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/bpf_load.h"
#include "bpf/bpf_probe.h"
#include "host/networks.h"
#include "meter/traf_bpf.inc"
#include "table/senders.h"
#include "table/table.h"
#include "cbpf.h"
#include "ebpf_kernel.h"
#include "once_filter.h"

/* MiB of tables for each processor if --buffer is 0. */
#define DEFAULT_MIB	16

/* What the user can do if the kernel has no memory for the tables. */
#define RELIEF		"try a smaller --buffer"

struct ebpf_kernel {
	struct bpf_object	*object;		/* while loading */
	int			 program[EBPF_LINKS];	/* to attach */
	int			 owned[EBPF_LINKS];	/* the same, or -1 */
	int			 array[EBPF_LINKS];	/* for the tail call */
	struct ebpf_config	 config;
	struct bpf_memory	 cpus, buckets, rows, senders, state;
	const struct networks	*networks;	/* borrowed; may be NULL */
	struct once_filter	*once;		/* NULL: not asked for */
	struct senders		*noted;
};

static const char *const names[EBPF_LINKS][2] = {
	[PARSE_ETHERNET] = { "traf_ethernet", "traf_ethernet_c" },
	[PARSE_RAW] = { "traf_raw", "traf_raw_c" },
	[PARSE_COOKED] = { "traf_cooked", "traf_cooked_c" },
};

/* ---- what the kernel must support ---- */

/* 0, or -1 with a reason.  -c needs an atomic operation with a result. */
static int
check_kernel(bool counted, char *why)
{
	if (bpf_probe_release(10, "", why) == -1 ||
	    (counted &&
	    bpf_probe_release(12, ", which -c needs", why) == -1) ||
	    bpf_probe_preemption(why) == -1 || bpf_probe_grace(why) == -1)
		return (-1);
	return (0);
}

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
choose_sizes(struct ebpf_config *c, unsigned int mib)
{
	size_t	share = ((size_t)(mib == 0 ? DEFAULT_MIB : mib) << 20) /
	    EBPF_GENERATIONS, rows, most;

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

static void
configure(struct ebpf_config *c, const struct meter_opts *o)
{
	int	possible = libbpf_num_possible_cpus();

	c->cpus = possible > 0 ? (uint32_t)possible : present_cpus();
	c->tables = present_cpus();
	if (c->tables > c->cpus)
		c->tables = c->cpus;
	choose_sizes(c, o->frames.buffer_mib);
	c->ports = o->ports;
	c->loopback = if_nametoindex("lo");
	arc4random_buf(c->secret, sizeof(c->secret));
}

/* ---- loading ---- */

/* Set everything that must be set before the object is loaded. */
static int
prepare(struct ebpf_kernel *k, const bool wanted[EBPF_LINKS], bool counted)
{
	const struct ebpf_config	*c = &k->config;
	size_t				 tables;
	int				 link;

	for (link = 0; link < EBPF_LINKS; link++)
		if (wanted[link])
			bpf_load_want(k->object, names[link][counted]);
	tables = (size_t)c->tables * EBPF_GENERATIONS;
	return (bpf_load_set_constants(k->object, c, sizeof(*c)) == -1 ||
	    bpf_load_set_entries(k->object, "cpus",
	    (size_t)c->cpus + 1) == -1 ||
	    bpf_load_set_entries(k->object, "buckets",
	    tables * c->buckets) == -1 ||
	    bpf_load_set_entries(k->object, "rows",
	    tables * c->rows) == -1 ||
	    bpf_load_set_entries(k->object, "senders",
	    tables * c->rows) == -1 ? -1 : 0);
}

/* Load a program for the filter; it calls the program that counts. */
static int
load_filter(struct ebpf_kernel *k, int link, const struct ebpf_filter *f,
    char *why)
{
	struct bpf_insn	*insns;
	const char	*reason;
	uint32_t	 first = 0;
	size_t		 n;

	k->array[link] = bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "traf_next",
	    sizeof(uint32_t), sizeof(uint32_t), 1, NULL);
	if (k->array[link] < 0 || bpf_map_update_elem(k->array[link], &first,
	    &k->program[link], BPF_ANY) != 0) {
		(void)snprintf(why, BPF_WHYLEN, "the kernel refuses a "
		    "program array: %s", strerror(errno));
		return (-1);
	}
	n = k->once != NULL ? once_filter_translate(k->once, f->insns, f->n,
	    k->array[link], &insns, &reason) :
	    cbpf_translate(f->insns, f->n, k->array[link], &insns, &reason);
	if (n == 0) {
		(void)snprintf(why, BPF_WHYLEN,
		    "the filter cannot run in the kernel: %s", reason);
		return (-1);
	}
	k->owned[link] = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER,
	    "traf_filter", "BSD", insns, n, NULL);
	free(insns);
	if (k->owned[link] >= 0)
		return (0);
	(void)snprintf(why, BPF_WHYLEN, "the kernel refuses the filter: "
	    "%s", strerror(errno));
	return (-1);
}

static int
take_programs(struct ebpf_kernel *k, const struct ebpf_filter *filters,
    const bool wanted[EBPF_LINKS], bool counted, enum parse_link needed,
    char *why)
{
	int	link;

	for (link = 0; link < EBPF_LINKS; link++) {
		if (!wanted[link])
			continue;
		k->program[link] = bpf_load_program(k->object,
		    names[link][counted]);
		if (filters[link].insns == NULL && k->once == NULL)
			continue;
		if (load_filter(k, link, &filters[link], why) == 0)
			k->program[link] = k->owned[link];
		else if (link == (int)needed)
			return (-1);
		else
			k->program[link] = -1;
	}
	return (0);
}

/*
 * libbpf's object takes a quarter of a megabyte.  It is not needed once the
 * programs are loaded and the memory is mapped.
 */
static int
let_go_of_object(struct ebpf_kernel *k, char *why)
{
	int	link;

	for (link = 0; link < EBPF_LINKS; link++) {
		if (k->program[link] < 0 || k->owned[link] >= 0)
			continue;
		k->owned[link] = fcntl(k->program[link], F_DUPFD_CLOEXEC, 0);
		if (k->owned[link] == -1) {
			(void)snprintf(why, BPF_WHYLEN, "no descriptor for "
			    "the program: %s", strerror(errno));
			return (-1);
		}
		k->program[link] = k->owned[link];
	}
	bpf_object__close(k->object);
	k->object = NULL;
	return (0);
}

/* Map the memory that the programs share with this process. */
static int
map_all(struct ebpf_kernel *k)
{
	return (bpf_load_map(k->object, "cpus", &k->cpus) == -1 ||
	    bpf_load_map(k->object, "buckets", &k->buckets) == -1 ||
	    bpf_load_map(k->object, "rows", &k->rows) == -1 ||
	    bpf_load_map(k->object, "senders", &k->senders) == -1 ||
	    bpf_load_map(k->object, ".bss", &k->state) == -1 ? -1 : 0);
}

static int
load(struct ebpf_kernel *k, const struct meter_opts *o,
    const bool wanted[EBPF_LINKS], char *why)
{
	uint64_t		 count = o->frames.count;
	struct ebpf_state	*state;

	k->object = bpf_load_open(traf_bpf, sizeof(traf_bpf) - 1, why);
	if (k->object == NULL)
		return (-1);
	if (prepare(k, wanted, count > 0) == -1) {
		bpf_why(errno, RELIEF, why);
		return (-1);
	}
	if (bpf_load(k->object, RELIEF, why) == -1)
		return (-1);
	if (map_all(k) == -1) {
		bpf_why(errno, RELIEF, why);
		return (-1);
	}
	state = k->state.at;
	state->left = count > INT64_MAX ? INT64_MAX : (int64_t)count;
	return (0);
}

struct ebpf_kernel *
ebpf_kernel_load(const struct meter_opts *o,
    const struct ebpf_filter filters[EBPF_LINKS],
    const bool wanted[EBPF_LINKS], enum parse_link needed, char *why)
{
	struct ebpf_kernel	*k;
	bool			 counted = o->frames.count > 0;
	char			 once_why[FRAMES_ERRLEN];
	int			 link;

	if (check_kernel(counted, why) == -1)
		return (NULL);
	if ((k = calloc(1, sizeof(*k))) == NULL ||
	    (k->noted = senders_new()) == NULL) {
		free(k);
		(void)snprintf(why, BPF_WHYLEN, "out of memory");
		return (NULL);
	}
	for (link = 0; link < EBPF_LINKS; link++)
		k->program[link] = k->owned[link] = k->array[link] = -1;
	if (o->once != NULL &&
	    (k->once = once_filter_new(o->once, once_why)) == NULL) {
		(void)strlcpy(why, once_why, BPF_WHYLEN);
		ebpf_kernel_free(k);
		return (NULL);
	}
	k->networks = o->networks;
	configure(&k->config, o);
	if (load(k, o, wanted, why) == 0 && take_programs(k, filters, wanted,
	    counted, needed, why) == 0 && let_go_of_object(k, why) == 0)
		return (k);
	ebpf_kernel_free(k);
	return (NULL);
}

void
ebpf_kernel_free(struct ebpf_kernel *k)
{
	int	link;

	if (k == NULL)
		return;
	for (link = 0; link < EBPF_LINKS; link++) {
		if (k->owned[link] >= 0)
			(void)close(k->owned[link]);
		if (k->array[link] >= 0)
			(void)close(k->array[link]);
	}
	once_filter_free(k->once);
	bpf_load_unmap(&k->cpus);
	bpf_load_unmap(&k->buckets);
	bpf_load_unmap(&k->rows);
	bpf_load_unmap(&k->senders);
	senders_free(k->noted);
	bpf_load_unmap(&k->state);
	bpf_object__close(k->object);
	free(k);
}

int
ebpf_kernel_program(const struct ebpf_kernel *k, enum parse_link link)
{
	return (k->program[link]);
}

void
ebpf_kernel_take_senders(struct ebpf_kernel *k, struct senders *to)
{
	senders_take(to, k->noted);
}

bool
ebpf_kernel_full(const struct ebpf_kernel *k)
{
	const struct ebpf_state	*state = k->state.at;

	return (*(const volatile int64_t *)&state->left <= 0);
}

/* ---- reading ---- */

/*
 * Let the programs write to the other generation.  Returns the old one, to
 * which no program writes any more.
 */
static uint32_t
switch_generation(const struct ebpf_kernel *k)
{
	struct ebpf_state	*state = k->state.at;
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
ebpf_kernel_has_counted(const struct ebpf_kernel *k)
{
	const struct ebpf_state	*state = k->state.at;
	const struct ebpf_cpu	*cpus = k->cpus.at;
	const volatile struct ebpf_book *b;
	uint32_t		 i;
	int			 v;

	for (i = 0; i <= k->config.cpus; i++) {
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
note_senders(struct ebpf_kernel *k, const struct flow *rows,
    const struct sender *from, uint64_t which)
{
	const struct nets	*local = networks_set(k->networks);
	size_t			 i;

	for (; which != 0; which &= which - 1) {
		i = (size_t)__builtin_ctzll(which);
		if (sender_is_source(&from[i]))
			senders_note(k->noted, local, &rows[i].key,
			    from[i].mac);
	}
}

/* Pass on n rows of one processor and generation; clear their index. */
static void
read_rows(struct ebpf_kernel *k, size_t table, size_t n,
    meter_sink_fn *sink, void *arg)
{
	const struct flow	*rows = k->rows.at;
	const struct sender	*from = k->senders.at;
	struct ebpf_bucket	*buckets = k->buckets.at;
	size_t			 i, most;
	uint64_t		 new;

	rows += table * k->config.rows;
	from += table * k->config.rows;
	for (i = 0; i < n; i += most) {
		most = n - i < TABLE_BATCH ? n - i : TABLE_BATCH;
		new = sink(arg, rows + i, most);
		if (k->networks != NULL)
			note_senders(k, rows + i, from + i, new);
	}
	memset(buckets + table * k->config.buckets, 0,
	    k->config.buckets * sizeof(*buckets));
}

void
ebpf_kernel_harvest(struct ebpf_kernel *k, meter_sink_fn *sink, void *arg,
    struct ledger *l, struct prototally *tally)
{
	uint32_t		 old = switch_generation(k), i;
	struct ebpf_cpu		*cpus = k->cpus.at;
	struct ebpf_book	*b;

	for (i = 0; i <= k->config.cpus; i++) {
		b = &cpus[i].book[old];
		if (read_ledger(b, l) == 0)
			continue;
		if (b->verdicts[DECODED_IP] > 0) {
			read_others(b, sink, arg, l);
			prototally_add(tally, &b->tally);
		}
		if (b->rows > 0)
			read_rows(k, (size_t)old * k->config.tables + i,
			    (size_t)b->rows, sink, arg);
		memset(b, 0, sizeof(*b));
	}
}
