/*
 * For programs in the kernel: whose socket is it?  A program of cgroup/
 * sock_create at the root of cgroup v2 writes the maker of each socket into
 * the storage of the socket; programs that see a packet read it there.  New
 * owners are told to the process through a ring.
 *
 *	SEC("cgroup/sock_create") int f(struct bpf_sock *s)
 *	{ return (owner_sock_create(s)); }
 *
 * Objects with these maps need their BTF: do not strip it.  The maps are looked
 * after by lib/owner/watch.h.
 */
#ifndef SOCK_BPF_H
#define SOCK_BPF_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "sock_layout.h"

#define OWNER_INLINE	static inline __attribute__((always_inline))
#define OWNER_TOLD_MOST	16384
#define OWNER_RING_SIZE	(256 * 1024)

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct owner_sock);
} owner_socks SEC(".maps");

/* Fingerprints that have been told; what is forgotten is told again. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, OWNER_TOLD_MOST);
	__type(key, uint64_t[2]);
	__type(value, uint32_t);
} owner_told SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, OWNER_RING_SIZE);
} owner_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, uint32_t);
	__type(value, struct owner_setup);
} owner_setup SEC(".maps");

/* May a program of packets ask for the network namespace? (Linux 6.15) */
const volatile uint32_t owner_asks_netns SEC(".rodata.owner") = 0;

/*
 * Changed by a process that has forgotten owners: all are told again.  The
 * section is a map of its own.
 */
volatile uint32_t owner_epoch SEC(".data.owner") = 1;

/*
 * Tell the process of the owner, unless that has been done.  The ring may be
 * full: then the next packet tries again.  in_maker: this runs in the process
 * that makes the socket.
 */
static __attribute__((noinline)) int
owner_tell(struct owner_sock *s, int in_maker)
{
	struct owner_news	*n;
	uint32_t		 epoch = owner_epoch, *told;

	if (s == NULL)
		return (0);
	told = bpf_map_lookup_elem(&owner_told, s->fingerprint);
	if (told != NULL && *told == epoch) {
		s->told = epoch;
		return (0);
	}
	n = bpf_ringbuf_reserve(&owner_ring, sizeof(*n), 0);
	if (n == NULL)
		return (0);
	n->kind = OWNER_NEWS_OWNER;
	n->pid = s->pid;
	n->parts = s->parts;
	n->fingerprint[0] = s->fingerprint[0];
	n->fingerprint[1] = s->fingerprint[1];
	n->above[0] = in_maker ? bpf_get_current_ancestor_cgroup_id(1) : 0;
	n->above[1] = in_maker ? bpf_get_current_ancestor_cgroup_id(2) : 0;
	n->above[2] = in_maker ? bpf_get_current_ancestor_cgroup_id(3) : 0;
	n->above[3] = in_maker ? bpf_get_current_ancestor_cgroup_id(4) : 0;
	bpf_ringbuf_submit(n, 0);
	(void)bpf_map_update_elem(&owner_told, s->fingerprint, &epoch,
	    BPF_ANY);
	s->told = epoch;
	return (0);
}

OWNER_INLINE void
owner_place(struct owner_sock *s, const struct owner_setup *setup,
    uint64_t netns)
{
	s->netns = netns;
	s->place = setup->netns == 0 ? OWNER_NETNS_UNKNOWN :
	    setup->netns == netns ? OWNER_NETNS_OWN : OWNER_NETNS_OTHER;
}

OWNER_INLINE int
owner_sock_create(struct bpf_sock *sk)
{
	struct owner_setup	*setup;
	struct owner_sock	*s;
	uint64_t		 id = bpf_get_current_pid_tgid();
	uint32_t		 zero = 0;

	setup = bpf_map_lookup_elem(&owner_setup, &zero);
	s = bpf_sk_storage_get(&owner_socks, sk, NULL,
	    BPF_SK_STORAGE_GET_F_CREATE);
	if (s == NULL || setup == NULL)
		return (1);
	s->parts.cgroup = bpf_get_current_cgroup_id();
	s->parts.uid = (uint32_t)bpf_get_current_uid_gid();
	s->parts.flags = 0;
	(void)bpf_get_current_comm(s->parts.comm, sizeof(s->parts.comm));
	s->pid = (uint32_t)(id >> 32);
	s->tid = (uint32_t)id;
	owner_place(s, setup, bpf_get_netns_cookie(sk));
	owner_fingerprint(&s->parts, setup->secret, s->fingerprint);
	(void)owner_tell(s, 1);
	return (1);
}

/*
 * The owner of the packet's socket, with the storage made if it is an old
 * socket; NULL: there is none (yet).  Closing is what is left of a TCP socket
 * whose process is gone, and not one of the kernel.
 */
static __attribute__((noinline)) int
owner_adopt(struct __sk_buff *skb)
{
	struct bpf_sock		*sk = skb->sk;
	struct owner_setup	*setup;
	struct owner_sock	*s;
	uint32_t		 zero = 0, state;

	setup = bpf_map_lookup_elem(&owner_setup, &zero);
	if (setup == NULL || setup->ready == 0 || sk == NULL ||
	    (sk = bpf_sk_fullsock(sk)) == NULL)
		return (0);
	state = sk->state;
	s = bpf_sk_storage_get(&owner_socks, sk, NULL,
	    BPF_SK_STORAGE_GET_F_CREATE);
	if (s == NULL)
		return (0);
	s->parts.cgroup = bpf_sk_cgroup_id(sk);
	s->parts.uid = bpf_get_socket_uid(skb);
	s->parts.flags = s->parts.uid == 0 && !(state >= BPF_TCP_FIN_WAIT1 &&
	    state != BPF_TCP_CLOSE && state != BPF_TCP_LISTEN) ?
	    OWNER_SOCK_KERNEL : OWNER_SOCK_OLD;
	if (owner_asks_netns)
		owner_place(s, setup, bpf_get_netns_cookie(skb));
	owner_fingerprint(&s->parts, setup->secret, s->fingerprint);
	return (0);
}

/* New kernels have sockets that serve all namespaces in turn. */
static __attribute__((noinline)) int
owner_place_again(struct __sk_buff *skb, struct owner_sock *s)
{
	uint32_t		 zero = 0;
	struct owner_setup	*setup;

	setup = bpf_map_lookup_elem(&owner_setup, &zero);
	if (s != NULL && setup != NULL && owner_asks_netns)
		owner_place(s, setup, bpf_get_netns_cookie(skb));
	return (0);
}

OWNER_INLINE struct owner_sock *
owner_of(struct __sk_buff *skb)
{
	struct bpf_sock		*sk = skb->sk;
	struct owner_sock	*s;

	if (sk == NULL)
		return (NULL);
	s = bpf_sk_storage_get(&owner_socks, sk, NULL, 0);
	if (s == NULL) {
		(void)owner_adopt(skb);
		s = bpf_sk_storage_get(&owner_socks, sk, NULL, 0);
	}
	if (s != NULL && s->told != owner_epoch)
		(void)owner_tell(s, 0);
	if (s != NULL && (s->parts.flags & OWNER_SOCK_KERNEL))
		(void)owner_place_again(skb, s);
	return (s);
}

#endif
