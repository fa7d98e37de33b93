/*
 * From blocks and rows to the result of a question.  Knows no file: whoever
 * has the data feeds it.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/block.h"
#include "packet/flow.h"
#include "names/names.h"
#include "question.h"
#include "result.h"

struct tally;

/* What one group of rows sums up to. */
struct tally_count {
	uint64_t	octets;		/* of IP packets */
	uint64_t	data;
	uint64_t	packets;
	uint64_t	in;		/* octets received, or come in */
	uint64_t	out;		/* octets sent, or gone out */
};

static inline void
tally_count_add(struct tally_count *to, const struct tally_count *c)
{
	to->octets += c->octets;
	to->data += c->data;
	to->packets += c->packets;
	to->in += c->in;
	to->out += c->out;
}

/* The question is borrowed.  NULL with errno. */
struct tally	*tally_new(const struct question *);
void		 tally_free(struct tally *);

/*
 * Begin with a block, the number-th of its file: 1 if it belongs to the
 * period asked for, 0 if not and its rows must not come.  -1 with errno when
 * out of memory; so do all below.
 */
int		 tally_block(struct tally *, const struct block_info *,
		    uint64_t number);

/*
 * The same with what several blocks of one period come to.  How long each
 * of them was is not known, so nothing is said of blocks longer than it.
 */
int		 tally_sum(struct tally *, const struct block_info *,
		    uint64_t number);

/*
 * Go back to a block that was begun before, whose rows come now: 1 or 0 as
 * above.
 */
int		 tally_again(struct tally *, const struct block_info *,
		    uint64_t number);

/* Rows of it. */
int		 tally_rows(struct tally *, const struct flow *, size_t n);

/*
 * Instead of rows, what they come to: the counts of one group of a table of
 * the question, with the octets of all keys that are not of time, in their
 * order; and once for the block the sum of all its rows.
 */
int		 tally_add(struct tally *, size_t table, const uint8_t *key,
		    const struct tally_count *);
int		 tally_add_total(struct tally *, const struct tally_count *);

/*
 * Add to what --top cuts off of a table: a number of groups, each smaller
 * than all that are added with tally_add(), and the sum of their counts.
 */
void		 tally_add_cut(struct tally *, size_t table, uint64_t groups,
		    const struct tally_count *);

/* A block that should be here cannot be read. */
void		 tally_damaged(struct tally *);

/* The rest was not looked at. */
void		 tally_interrupted(struct tally *);

/* The answer.  The caller frees it.  NULL with errno. */
struct result	*tally_result(struct tally *, struct names *);

#endif
