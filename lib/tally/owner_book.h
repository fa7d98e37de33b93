/*
 * The owners and interfaces of all blocks that a question reads, and the texts
 * of their units and containers, with numbers for keys.  One thread at a time.
 */
#ifndef OWNER_BOOK_H
#define OWNER_BOOK_H

#include "packet/flow.h"
#include "packet/owner.h"
#include "query/where.h"

struct owner_book;

struct owner_book *owner_book_new(void);	/* NULL with errno */
void		 owner_book_free(struct owner_book *);	/* NULL is allowed */

/* Add what the rows that follow have.  -1 with errno ENOMEM. */
int		 owner_book_add(struct owner_book *, const struct owners *);

/* All that were added; valid as long as the book. */
const struct owners *owner_book_owners(const struct owner_book *);

/* What the rows at hand need to be matched. */
struct where_owners owner_book_view(const struct owner_book *);

/* The number, in the book, of the interface of a row at hand. */
uint16_t	 owner_book_interface(const struct owner_book *, uint16_t vlan);

/*
 * A number for a text, the same for the same; and the text, which is valid as
 * long as the book.  0 without memory, of which the text is "".
 */
uint32_t	 owner_book_intern(struct owner_book *, const char *text);
const char	*owner_book_text(const struct owner_book *, uint32_t number);

/* The same for the path of a unit.  Has another path the same name? */
uint32_t	 owner_book_unit(struct owner_book *, const char *path);
bool		 owner_book_has_namesakes(const struct owner_book *,
		    const char *path);

/* The owner of a row and whether it is the source; NULL: it has none. */
const uint8_t	*owner_of_row(const struct flow_key *, bool *is_source);

#endif
