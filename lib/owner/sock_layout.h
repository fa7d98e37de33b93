/*
 * What the programs in the kernel and the process both know of the owner of a
 * socket.  Everything is in host byte order.  Also for eBPF.
 */
#ifndef SOCK_LAYOUT_H
#define SOCK_LAYOUT_H

#include <stdint.h>

#define OWNER_COMM	16	/* octets of comm(5), with the NUL */
#define OWNER_LEVELS	4	/* cgroups above that are told */

/* Flags of an owner. */
enum {
	OWNER_SOCK_OLD = 1,	/* its maker is not known: see owner.h */
	OWNER_SOCK_KERNEL = 2	/* the kernel itself */
};

/* What an owner is: the parts that its fingerprint is made of. */
struct owner_parts {
	uint64_t	cgroup;		/* id: the inode of its directory */
	uint32_t	uid;
	uint32_t	flags;
	char		comm[OWNER_COMM]; /* zeros behind the NUL */
};

/*
 * In the storage of each socket (map `owner_socks'); a socket that is accepted
 * has a copy of the listener's.  The fingerprint begins with OWNER_PREFIX.
 */
struct owner_sock {
	struct owner_parts parts;
	uint64_t	fingerprint[2];
	uint64_t	netns;		/* its cookie; 0: not known */
	uint32_t	pid;		/* of the process; 0: not known */
	uint32_t	tid;		/* of the thread; 0: not known */
	uint32_t	told;		/* epoch in which it was told; 0: not */
	uint32_t	place;		/* OWNER_NETNS_* */
	uint32_t	mark;		/* for the programs that see packets;
					   0: they have not set it */
	uint32_t	base;		/* likewise: of iptrace */
};

/* Is its network namespace that of the process that counts? */
enum { OWNER_NETNS_UNKNOWN, OWNER_NETNS_OWN, OWNER_NETNS_OTHER };

/* What the ring `owner_ring' carries. */
enum {
	OWNER_NEWS_OWNER,	/* an owner that was not told before */
	OWNER_NEWS_FULL		/* a table is nearly full: fetch the counts */
};

struct owner_news {
	uint32_t	kind;
	uint32_t	pid;
	struct owner_parts parts;
	uint64_t	fingerprint[2];
	uint64_t	above[OWNER_LEVELS]; /* ids of the cgroups of level
					   1, 2, ... above it; 0: none */
};

/* The only element of the map `owner_setup'. */
#define OWNER_SECRETS	27
struct owner_setup {
	uint64_t	secret[OWNER_SECRETS];
	uint64_t	netns;		/* that of the process; 0: not known */
	uint32_t	ready;		/* sockets that were there have been
					   looked for */
	uint32_t	unused;
};

/*
 * The fingerprint: by multilinear hashing, so that nobody who does not know
 * the secret can make two owners meet.
 */
static inline __attribute__((always_inline)) void
owner_fingerprint(const struct owner_parts *p, const uint64_t *secret,
    uint64_t fingerprint[2])
{
	const uint32_t	*w = (const void *)p;
	uint32_t	*out = (void *)fingerprint;
	uint64_t	 h;
	int		 i, j;

	__builtin_memcpy(out, "\0own", 4);
#ifdef __bpf__
#pragma unroll
#endif
	for (i = 0; i < 3; i++) {
		h = secret[i * 9];
#ifdef __bpf__
#pragma unroll
#endif
		for (j = 0; j < 8; j++)
			h += secret[i * 9 + 1 + j] * w[j];
		out[i + 1] = (uint32_t)(h >> 32);
	}
}

_Static_assert(sizeof(struct owner_parts) == 32, "8 words are hashed");

#endif
