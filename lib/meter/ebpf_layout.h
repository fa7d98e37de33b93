/*
 * The memory that the program in the kernel (traf.bpf.c) shares with its
 * reader in the process (ebpf_kernel.c): maps of the type `array', mapped
 * into the process.  Everything is in host byte order.  Next to the map `rows',
 * of struct flow, is the map `senders', of struct sender, with an element for
 * each row: who sent its first frame.
 *
 * There are two generations: the program writes to the one in `generation',
 * the reader reads and clears the other.  In each generation every processor
 * has its own book, its own rows and its own index of the rows, so that the
 * program needs no lock and no atomic operation.
 */
#ifndef EBPF_LAYOUT_H
#define EBPF_LAYOUT_H

#include <stdint.h>

#include "packet/decode.h"
#include "packet/flow.h"
#include "packet/prototally.h"
#include "packet/sender.h"

#define EBPF_GENERATIONS	2
#define EBPF_PROTOCOLS		256

/*
 * A bucket of the index is one cache line of words.  A word is 0 if unused.
 * Otherwise its low EBPF_ROW_BITS are the number of a row plus one, and the
 * bits above them are bits of the hash.
 */
#define EBPF_BUCKET		16
#define EBPF_ROW_BITS		20
#define EBPF_ROW_MASK		((UINT32_C(1) << EBPF_ROW_BITS) - 1)
#define EBPF_ROWS_MOST		(EBPF_ROW_MASK - 1)

struct ebpf_bucket {
	uint32_t	word[EBPF_BUCKET];
};

/* What one processor has counted in one generation, except its rows. */
struct ebpf_book {
	uint64_t		rows;		/* in use */
	uint64_t		wire_bytes;	/* of all frames */
	uint64_t		segments;	/* that frames stood for, less
						   one for each frame */
	uint64_t		verdicts[DECODED_VERDICTS]; /* frames */
	uint64_t		missed;		/* frames not parsed */
	uint64_t		other_tagged;	/* frames in other[] with a
						   VLAN: 0 or more */
	struct flow_count	other[EBPF_PROTOCOLS]; /* had no row */
	struct prototally	tally;
};

/* Memory to parse a frame that is not plain; see ebpf_parse.h. */
#define EBPF_HEAD_SIZE		512	/* twice the bytes that are parsed */

struct ebpf_head {
	uint32_t	cap;		/* bytes of the frame in at[] */
	uint32_t	wire;		/* bytes that the frame had */
	uint32_t	off;		/* offset of the next header in at[] */
	uint32_t	payload;
	uint32_t	proto;
	uint32_t	vlan;		/* of the first tag that has an id */
	uint32_t	ip;		/* offset of the IP header */
	uint32_t	unused;
	uint8_t		at[EBPF_HEAD_SIZE];
};

/* The result. */
struct ebpf_parsed {
	struct flow	flow;		/* 1 packet */
	uint32_t	payload;
	uint16_t	mark;		/* enum prototally_mark */
	uint16_t	first_fragment;	/* 1: the packet is one */
};

/* The packets that a frame stands for. */
struct ebpf_segments {
	uint32_t	count;		/* 1: one, as it is */
	uint32_t	headers;	/* bytes in each: IP, ..., TCP or UDP */
	uint32_t	wire;		/* bytes of IP in the frame */
	uint32_t	jumbo;		/* bytes that no segment has */
	uint32_t	plain;		/* 1 + the offset of a plain IP
					   header; 0: the head has it */
};

struct ebpf_desk {
	struct ebpf_parsed	parsed;
	struct ebpf_segments	segments;
	uint32_t		tags;		/* bytes of VLAN tags that are
						   before the frame's data */
	struct ebpf_head	head;
};

/*
 * One processor.  `depth' is how many runs of the program are active on this
 * processor: if one run ever interrupts another, it must not write to the same
 * memory.  The second run uses the second desk.  It counts, with atomic
 * operations, in the book of the element after those of the processors, which
 * has no rows.  A third run only counts its frame as missed.
 */
#define EBPF_DEPTH		2

struct ebpf_cpu {
	uint32_t		depth;
	uint32_t		unused;
	struct ebpf_book	book[EBPF_GENERATIONS];
	struct ebpf_desk	desk[EBPF_DEPTH];
};

/*
 * Of the programs of the source `owners' (owners.bpf.c): how many runs of a
 * processor have an element of the map `cpus' each, and what a row has instead
 * of a VLAN.
 */
#define OWNERS_RUNS		3
#define OWNERS_ELSEWHERE	4094	/* another network namespace; below:
					   index of an interface */

/* In a process of i386 64-bit numbers are aligned to 4 bytes only. */
_Static_assert(sizeof(struct ebpf_book) % 8 == 0 &&
    sizeof(struct ebpf_parsed) % 8 == 0 && sizeof(struct ebpf_desk) % 8 == 0,
    "both sides see the same elements of the map `cpus'");

/* Constants of the program, set before it is loaded. */
struct ebpf_config {
	uint32_t	cpus;		/* elements of the map `cpus' - 1 */
	uint32_t	tables;		/* processors that have rows */
	uint32_t	rows;		/* per processor and generation */
	uint32_t	buckets;	/* likewise; a power of 2 */
	uint32_t	ports;		/* enum flow_ports */
	uint32_t	loopback;	/* index of that interface */
	uint64_t	secret[11];	/* of the hash */
};

/* Variables that change while the program runs. */
struct ebpf_state {
	uint32_t	generation;	/* written by the reader */
	uint32_t	unused;
	int64_t		left;		/* frames of -c still to come */
};

#endif
