/*
 * What traffic can be asked by: host, net, service, day, ...  A key turns a
 * row, or the block it is in, into a few octets that group rows, and these
 * into the columns of an answer.  A new key is one struct key_ops in the
 * table of lib/tally/keys.c.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "names/names.h"
#include "result.h"

#define KEY_WIDTH_MAX	40	/* octets */

/* A key as asked for; a plain value until closed. */
struct key {
	const struct key_ops	*ops;
	unsigned int		 length4;	/* of networks, in bits */
	unsigned int		 length6;
	void			*state;		/* for what open() needs */
};

/* The block that rows are in.  Times in ns since 1970 UTC. */
struct key_block {
	uint64_t	number;		/* in its file, from 1 */
	uint64_t	begin_ns;
	uint64_t	end_ns;
	uint64_t	instant_ns;	/* question_instant() of it */
};

/*
 * Octets compare as memcmp(3) does in the order of reports.  Exactly one of
 * block() and row() is not NULL; with `sided' a row has two values, that of
 * its source and that of its destination, and counts for both.
 */
struct key_ops {
	const char	*name;
	size_t		 width;		/* octets of a value */
	bool		 sided;
	bool		 argument;	/* open() takes a text: net/24 */
	size_t		 hosts;		/* addresses it begins with */
	const struct result_column *columns;
	size_t		 ncolumns;

	/*
	 * arg is NULL where none was given.  NULL, or what is wrong.  May be
	 * NULL, close() too.
	 */
	const char	*(*open)(struct key *, const char *arg);
	void		 (*close)(struct key *);

	void		 (*block)(const struct key *, const struct key_block *,
			    uint8_t *to);
	void		 (*row)(const struct key *, const struct flow_key *,
			    bool destination, uint8_t *to);

	/* Fill one value for each column; -1 with errno ENOMEM. */
	int		 (*show)(const struct key *, const uint8_t *from,
			    struct names *, struct result *,
			    union result_value *to);
};

/* Those of time are in a file of their own. */
extern const struct key_ops	key_hour, key_day, key_week, key_month,
				key_block;

/* Those that need a database of addresses too. */
extern const struct key_ops	key_country, key_asn;

/* The i-th of the addresses that a value begins with. */
void		 key_host(const uint8_t *value, size_t i,
		    struct names_host *);

/* The key of the word, `host' or `net/24'; NULL, or what is wrong. */
const char	*key_open(struct key *, const char *word);
void		 key_close(struct key *);

/* Does its value hang on the block alone? */
bool		 key_is_time(const struct key *);

/* What key_open() knows: `host, src, dst, ...'.  Returns buf. */
char		*keys_list(char *buf, size_t len);

#endif
