/*
 * Sums up blocks and rows to the result of a question.  Does no I/O: the
 * caller feeds it.
 *
 *	new -> [block or sum, [rows, add]*, again, ...]* -> result -> free
 *
 * One thread at a time.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/block.h"
#include "names/names.h"
#include "packet/flow.h"
#include "question.h"
#include "result.h"

struct tally;

/* The sums of a group of rows. */
struct tally_count {
	uint64_t	octets;		/* of IP packets */
	uint64_t	data;
	uint64_t	packets;
	uint64_t	in;		/* IP bytes received, or incoming */
	uint64_t	out;		/* IP bytes sent, or outgoing */
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
 * Start a block, which is the number-th of its file.  Returns 1 if it belongs
 * to the period of the question; 0 if not: then its rows must not be added.
 * -1 with errno ENOMEM, as all functions below that return int.
 */
int		 tally_block(struct tally *, const struct block_info *,
		    uint64_t number);

/*
 * The same for the sum of several blocks of one period.  Their lengths are not
 * known, so the result has no note about blocks longer than the period.
 * `alike' says whether they had the same networks, and the same names.
 */
int		 tally_sum(struct tally *, const struct block_info *,
		    uint64_t number, bool alike);

/*
 * Return to a block started before, to add its rows now.  Returns 1 or 0 as
 * tally_block().
 */
int		 tally_again(struct tally *, const struct block_info *,
		    uint64_t number);

/* Add rows of the current block. */
int		 tally_rows(struct tally *, const struct flow *, size_t n);

/*
 * Instead of rows, add their sums: the counts of one group of the question's
 * table number `table', with the octets of all its keys except those of time,
 * in order; and, once per block, the total of all rows.
 */
int		 tally_add(struct tally *, size_t table, const uint8_t *key,
		    const struct tally_count *);
int		 tally_add_total(struct tally *, const struct tally_count *);

/*
 * Is a table of hosts divided into local and remote ones, as far as the blocks
 * so far say what is local?  If so, is the host with this key remote?
 */
bool		 tally_divides(const struct tally *,
		    const struct question_table *);
bool		 tally_is_remote(const struct tally *, const uint8_t *key);

/* Would a block with these networks, as in its header, divide them as now? */
bool		 tally_divides_as(const struct tally *, const char *networks);

/*
 * Add groups that --top leaves out of a table, or of its remote part: their
 * number, each smaller than all groups added by tally_add(), and the sum of
 * their counts.
 */
void		 tally_add_cut(struct tally *, size_t table, bool remote,
		    uint64_t groups, const struct tally_count *);

/*
 * Tell the owners of the rows that follow, unless the header of their block
 * does.
 */
int		 tally_owners(struct tally *, const struct owners *);

/* Had a block owners; had one packets? */
bool		 tally_has_owners(const struct tally *);
bool		 tally_has_rows(const struct tally *);

/* Count a block that cannot be read. */
void		 tally_damaged(struct tally *);

/* Note that not all data was read. */
void		 tally_interrupted(struct tally *);

/* The answer.  The caller frees it.  NULL with errno. */
struct result	*tally_result(struct tally *, struct names *);

#endif
