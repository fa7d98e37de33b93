/*
 * The state of a report of traflog(1), shared by three files of which each
 * calls the next: report.c (what is done with blocks), parts.c (threads) and
 * walk.c (reading one file or a part of it).
 */
#ifndef TRAFLOG_REPORT_H
#define TRAFLOG_REPORT_H

#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

#include "file/savefile.h"
#include "traflog.h"

struct report;

/* Damage in the order of the file. */
struct finds {
	struct savefile_damage	*list;
	size_t			 n, room;
	bool			 failed;	/* no memory */
};

/* As the end of a part: up to the end of the file. */
#define OFF_MAX	((off_t)INT64_MAX)

struct report {
	const struct options	*opt;
	const char		*path;
	const struct mode	*mode;
	struct when_range	 range;
	uint64_t		 number;	/* of the current block */
	uint64_t		 chosen;	/* blocks used */
	uint64_t		 bytes;		/* their IP bytes */
	bool			 counting;	/* blocks only, no visits */
	bool			 silent;	/* damage was reported */
	bool			 damaged;
	bool			 owned;		/* a block used had owners */
	struct out		*out;
	struct naming		*naming;
	void			*format;	/* state of opt->format */
	struct binary		*binary;	/* -w */
	struct aggregate	*sum;		/* -s: of all threads */
	unsigned int		 threads;	/* ... at most */
	struct adder		*adder;		/* ... of this thread */
	struct blocks		*adding;	/* ... whose block it adds */
	struct block_info	 info;		/* ... of the blocks used;
						   without owners */
	bool			 careful;	/* verify a block, then add */
	bool			 begun;		/* its first rows were added */
	bool			 spoilt;	/* ... and it is damaged */
	struct coverage		*coverage;	/* --coverage */
	struct ledger		 ledger;	/* of the blocks used */
	struct rows		 rows;
	off_t			 from, to;	/* part: blocks that begin in */
	struct finds		*finds;		/* damage found, or NULL */
};

/*
 * What a report does with blocks.  begin and end may be NULL; all return 0,
 * or -1 after a message.  If `rows' is true, or a pattern or --where chooses
 * among them, block() finds them in report.rows, and the info is that of the
 * chosen rows.
 */
typedef int	visit_fn(struct report *, const struct block_info *);

struct mode {
	int		(*begin)(struct report *);
	visit_fn	*block;
	int		(*end)(struct report *);
	bool		 rows;
	/* Instead of block: uses rows while they are read; or NULL. */
	int		(*stream)(struct report *, struct blocks *);
};

/* Visit the blocks of the file that are wanted.  0, or -1 after a message. */
int	report_file(struct report *);

/*
 * The same for a report that merges, with several threads, each on a part of
 * the file, if it is large enough.  Sets r->sum and r->info.
 */
int	parts_merge(struct report *);

/*
 * The current block cannot be used: note its damage and return 0, or report
 * the error in errno (BLOCK_IO) and return -1.
 */
int	report_damage(struct report *, const struct blocks *,
	    enum block_error);

#endif
