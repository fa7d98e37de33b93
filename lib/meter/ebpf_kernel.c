/*
 * Loads the program into the kernel.
 */
#include "config.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/bpf_load.h"
#include "bpf/bpf_probe.h"
#include "meter/traf_bpf.inc"
#include "table/senders.h"
#include "cbpf.h"
#include "ebpf_kernel.h"
#include "ebpf_store.h"
#include "once_filter.h"

/* What the user can do if the kernel has no memory for the tables. */
#define RELIEF		"try a smaller --buffer"

struct ebpf_kernel {
	struct bpf_object	*object;		/* while loading */
	int			 program[EBPF_LINKS];	/* to attach */
	int			 owned[EBPF_LINKS];	/* the same, or -1 */
	int			 array[EBPF_LINKS];	/* for the tail call */
	struct ebpf_store	 store;
	struct once_filter	*once;		/* NULL: not asked for */
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

/* ---- loading ---- */

/* Set everything that must be set before the object is loaded. */
static int
prepare(struct ebpf_kernel *k, const bool wanted[EBPF_LINKS], bool counted)
{
	const struct ebpf_config	*c = &k->store.config;
	int				 link;

	for (link = 0; link < EBPF_LINKS; link++)
		if (wanted[link])
			bpf_load_want(k->object, names[link][counted]);
	return (bpf_load_set_constants(k->object, c, sizeof(*c)) == -1 ||
	    ebpf_store_prepare(c, k->object, true) == -1 ? -1 : 0);
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
	if (ebpf_store_map(&k->store, k->object, true) == -1) {
		bpf_why(errno, RELIEF, why);
		return (-1);
	}
	state = k->store.state.at;
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
	    (k->store.noted = senders_new()) == NULL) {
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
	k->store.networks = o->networks;
	ebpf_store_configure(&k->store.config, o->frames.buffer_mib, 1,
	    o->ports);
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
	ebpf_store_unmap(&k->store);
	senders_free(k->store.noted);
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
	senders_take(to, k->store.noted);
}

bool
ebpf_kernel_full(const struct ebpf_kernel *k)
{
	const struct ebpf_state	*state = k->store.state.at;

	return (*(const volatile int64_t *)&state->left <= 0);
}

bool
ebpf_kernel_has_counted(const struct ebpf_kernel *k)
{
	return (ebpf_store_has_counted(&k->store));
}

void
ebpf_kernel_harvest(struct ebpf_kernel *k, meter_sink_fn *sink, void *arg,
    struct ledger *l, struct prototally *tally)
{
	ebpf_store_harvest(&k->store, sink, arg, l, tally);
}
