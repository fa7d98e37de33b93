/*
 * The memory that the program in the kernel (traf.bpf.c) shares with the
 * source that reads it (meter_ebpf.c): maps of the kind `array', mapped
 * into the process.  Everything is in host byte order.
 *
 * Two generations: the program writes to the one that `generation' names,
 * the source reads and clears the other.  Of each generation every processor
 * has its own book, its own rows and its own index of them, so that the
 * program needs no lock and no atomic operation.
 */
#ifndef EBPF_LAYOUT_H
#define EBPF_LAYOUT_H

#include <stdint.h>

#include "packet/decode.h"
#include "packet/flow.h"
#include "packet/prototally.h"

#define EBPF_GENERATIONS	2
#define EBPF_PROTOCOLS		256

/*
 * A bucket of the index is one cache line of words.  A word is 0, or the
 * number of a row plus one and above that a few bits of the hash.
 */
#define EBPF_BUCKET		16
#define EBPF_ROW_BITS		20
#define EBPF_ROW_MASK		((UINT32_C(1) << EBPF_ROW_BITS) - 1)
#define EBPF_ROWS_MOST		(EBPF_ROW_MASK - 1)

struct ebpf_bucket {
	uint32_t	word[EBPF_BUCKET];
};

/* What one processor has counted in one generation, beside its rows. */
struct ebpf_book {
	uint64_t		rows;		/* in use */
	uint64_t		wire_bytes;	/* of all frames */
	uint64_t		verdicts[DECODED_VERDICTS]; /* frames */
	uint64_t		missed;		/* frames not looked at */
	struct flow_count	other[EBPF_PROTOCOLS]; /* found no row */
	struct prototally	tally;
};

/* Where a frame is parsed that is not plain; see ebpf_parse.h. */
#define EBPF_HEAD_SIZE		512	/* twice what is looked at */

struct ebpf_head {
	uint32_t	cap;		/* octets that hold something */
	uint32_t	wire;		/* octets that the frame had */
	uint32_t	off;		/* where we are */
	uint32_t	payload;
	uint32_t	proto;
	uint32_t	unused;
	uint8_t		at[EBPF_HEAD_SIZE];
};

/* What came out. */
struct ebpf_parsed {
	struct flow	flow;		/* 1 packet */
	uint32_t	payload;
	uint16_t	mark;		/* enum prototally_mark */
	uint16_t	first_fragment;	/* 1: it is one */
};

struct ebpf_desk {
	struct ebpf_parsed	parsed;
	struct ebpf_head	head;
};

/*
 * One processor.  `depth' is how many runs of the program are under way on
 * it: should one ever interrupt another, it must not touch what the other is
 * writing.  It then has the second desk, and counts, with atomic operations,
 * in the book of the element behind those of the processors, which has no
 * rows.  A third one is only counted.
 */
#define EBPF_DEPTH		2

struct ebpf_cpu {
	uint32_t		depth;
	uint32_t		unused;
	struct ebpf_book	book[EBPF_GENERATIONS];
	struct ebpf_desk	desk[EBPF_DEPTH];
};

/* The process may be one of i386, where 64-bit numbers want no alignment. */
_Static_assert(sizeof(struct ebpf_book) % 8 == 0 &&
    sizeof(struct ebpf_parsed) % 8 == 0 && sizeof(struct ebpf_head) % 8 == 0,
    "both sides see the same elements of the map `cpus'");

/* What the program is told before it is loaded. */
struct ebpf_config {
	uint32_t	cpus;		/* elements of the map `cpus' - 1 */
	uint32_t	tables;		/* processors that have rows */
	uint32_t	rows;		/* a processor and generation */
	uint32_t	buckets;	/* likewise; a power of 2 */
	uint32_t	ports;		/* enum flow_ports */
	uint32_t	loopback;	/* index of that interface */
	uint64_t	secret[11];	/* of the hash */
};

/* What both write to while it runs. */
struct ebpf_state {
	uint32_t	generation;	/* written by the source */
	uint32_t	unused;
	int64_t		left;		/* of -c; counted down */
};

#endif
