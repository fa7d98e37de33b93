/*
 * The programs of the source `owners': each packet that a socket sends or
 * receives, of all processes and network namespaces, is counted in the memory
 * of ebpf_layout.h.  The local side of its key is the fingerprint of the
 * socket's owner.  They run at the root of cgroup v2 and let each packet pass.
 *
 * Unlike the program of the source `ebpf' they may interrupt each other: what
 * is sent by a process is counted in that process, where packets may come in,
 * or another process may be scheduled.  So each processor has OWNERS_RUNS
 * elements of the map `cpus' and tables, and a run takes one that is free, of
 * which `depth' is 0.  To take one needs an atomic operation with a result
 * (Linux 5.12); before that no process is scheduled within a program, and
 * interrupts end before it goes on: there are programs for both.
 */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "owner/sock.bpf.h"
#include "ebpf_frame.h"
#include "ebpf_rows.h"

/* ---- which part of the memory a run has for itself ---- */

/* Is the element free?  Then it is taken. */
PARSE bool
take(struct ebpf_cpu *cpu, bool atomic)
{
	if (atomic)
		return (__sync_lock_test_and_set(&cpu->depth, 1) == 0);
	if (*(volatile uint32_t *)&cpu->depth != 0)
		return (false);
	*(volatile uint32_t *)&cpu->depth = 1;
	return (true);
}

PARSE void
give_back(struct ebpf_cpu *cpu)
{
	*(volatile uint32_t *)&cpu->depth = 0;
}

PARSE void
find_book(struct run *r, struct ebpf_cpu *cpu, uint32_t element)
{
	uint32_t	generation = *(volatile uint32_t *)&state.generation;

	generation %= EBPF_GENERATIONS;
	OPAQUE(generation);
	r->alone = true;
	r->rows = element < config.tables;
	r->table = generation * config.tables + element;
	r->book = &cpu->book[generation % EBPF_GENERATIONS];
}

/* More runs at once than there is memory for: only the number is counted. */
PARSE void
miss(struct __sk_buff *skb)
{
	struct run	r = { .alone = false };
	uint32_t	shared = config.cpus, generation;
	struct ebpf_cpu	*cpu = bpf_map_lookup_elem(&cpus, &shared);

	if (cpu == NULL)
		return;
	generation = *(volatile uint32_t *)&state.generation;
	r.book = &cpu->book[generation % EBPF_GENERATIONS];
	note_frame(&r, &r.book->missed, skb->len);
}

/* ---- the row ---- */

/* The interface, if it is of our namespace; others have the same numbers. */
PARSE uint32_t
interface_of(struct __sk_buff *skb, const struct owner_sock *s)
{
	if (s == NULL || s->place == OWNER_NETNS_UNKNOWN)
		return (FLOW_VLAN_NONE);
	if (s->place == OWNER_NETNS_OTHER)
		return (OWNERS_ELSEWHERE);
	return (skb->ifindex < OWNERS_ELSEWHERE ? skb->ifindex :
	    FLOW_VLAN_NONE);
}

/* The owner takes the place of the local address; zeros if there is none. */
PARSE void
set_owner(struct flow_key *k, const struct owner_sock *s, bool out)
{
	uint64_t	*side = (void *)(out ? k->src : k->dst);

	__builtin_memcpy(side, "\0own\0\0\0", 8);
	if (s != NULL)
		side[0] = s->fingerprint[0];
	side[1] = s != NULL ? s->fingerprint[1] : 0;
}

PARSE int
count(struct __sk_buff *skb, const struct run *r, struct ebpf_desk *desk,
    const struct owner_sock *s, bool out)
{
	struct ebpf_parsed	*p = &desk->parsed;
	int			 v = parse(skb, desk, PARSE_RAW);

	if (!count_frame(r, v, desk, skb->len))
		return (0);
	parse_reduce(p, config.ports);
	set_owner(&p->flow.key, s, out);
	p->flow.key.vlan = interface_of(skb, s) & FLOW_VLAN_MASK;
	FORGET();
	return (count_flow(skb, r, &p->flow, PARSE_RAW));
}

/* A table is nearly full: let the process fetch the counts now. */
static __attribute__((noinline)) int
ask_for_harvest(struct __sk_buff *skb)
{
	struct owner_news	*n;

	n = bpf_ringbuf_reserve(&owner_ring, sizeof(*n), 0);
	if (n == NULL)
		return (skb == NULL);
	n->kind = OWNER_NEWS_FULL;
	bpf_ringbuf_submit(n, 0);
	return (0);
}

PARSE int
enter(struct __sk_buff *skb, bool out, bool atomic)
{
	struct owner_sock	*s = owner_of(skb);
	uint32_t		 element, i;
	struct ebpf_cpu		*cpu = NULL;
	struct run		 r;

	element = bpf_get_smp_processor_id() * OWNERS_RUNS;
	for (i = 0; i < OWNERS_RUNS; i++, element++) {
		cpu = bpf_map_lookup_elem(&cpus, &element);
		if (cpu == NULL || take(cpu, atomic))
			break;
	}
	if (cpu == NULL || i == OWNERS_RUNS) {
		miss(skb);
		return (1);
	}
	find_book(&r, cpu, element);
	if (count(skb, &r, &cpu->desk[0], s, out))
		(void)ask_for_harvest(skb);
	give_back(cpu);
	return (1);
}

SEC("cgroup/sock_create")
int
owners_create(struct bpf_sock *s)
{
	return (owner_sock_create(s));
}

#define PROGRAM(name, section, out, atomic)	\
	SEC(section)				\
	int					\
	name(struct __sk_buff *skb)		\
	{					\
		return (enter(skb, out, atomic)); \
	}

PROGRAM(owners_in, "cgroup_skb/ingress", false, true)
PROGRAM(owners_out, "cgroup_skb/egress", true, true)
PROGRAM(owners_in_plain, "cgroup_skb/ingress", false, false)
PROGRAM(owners_out_plain, "cgroup_skb/egress", true, false)

char license_text[] SEC("license") = "BSD";
