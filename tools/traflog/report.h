/*
 * A report of traflog(1) while it is made: for report.c, which says what is
 * done with blocks, parts.c and walk.c, each of which uses those after it.
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

/* No file is longer. */
#define OFF_MAX	((off_t)INT64_MAX)

struct report {
	const struct options	*opt;
	const char		*path;
	const struct mode	*mode;
	struct when_range	 range;
	uint64_t		 number;	/* of the block at hand */
	uint64_t		 chosen;	/* blocks used */
	uint64_t		 bytes;		/* their sum of All */
	bool			 counting;	/* blocks only, no visits */
	bool			 silent;	/* damage was told before */
	bool			 damaged;
	struct out		*out;
	struct naming		*naming;
	void			*format;	/* state of opt->format */
	struct binary		*binary;	/* -w */
	struct aggregate	*sum;		/* -s: of all threads */
	unsigned int		 threads;	/* ... how many there may be */
	struct adder		*adder;		/* ... one's way into it */
	struct block_info	 info;		/* ... of the blocks used */
	bool			 careful;	/* whole blocks only */
	bool			 begun;		/* rows of a block are in sum */
	bool			 spoilt;	/* rows of a damaged one are */
	struct coverage		*coverage;	/* --coverage */
	struct ledger		 ledger;	/* of the blocks used */
	struct rows		 rows;
	off_t			 from, to;	/* blocks that begin there */
	struct finds		*finds;		/* damage found, or NULL */
};

/*
 * What is done with blocks.  begin and end may be NULL; all return 0, or -1
 * after a message.  Where `rows' are wanted, or a pattern chooses among
 * them, they have been loaded, and the info is theirs.
 */
typedef int	visit_fn(struct report *, const struct block_info *);

struct mode {
	int		(*begin)(struct report *);
	visit_fn	*block;
	int		(*end)(struct report *);
	bool		 rows;
	/* Instead of block, if rows may be used as they are read; or NULL. */
	int		(*stream)(struct report *, struct blocks *);
};

/* Visit the blocks of the file that are asked for.  0, or -1 told. */
int	report_file(struct report *);

/*
 * The same for a report that merges, by as many threads as pay off, each on
 * a part of the file.  Sets r->sum and r->info.
 */
int	parts_merge(struct report *);

/*
 * The block at hand is of no use: note the damage, or report the error of
 * the system (BLOCK_IO).  0, or -1 after a message.
 */
int	report_damage(struct report *, const struct blocks *,
	    enum block_error);

#endif
