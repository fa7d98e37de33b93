/*
 * The keys by which traffic can be grouped: host, net, service, day, ...  A
 * key converts a row, or the block it is in, to a few octets that identify a
 * group, and these octets to columns of the answer.  A new key is a struct
 * key_ops in the table of lib/tally/keys.c.  One thread at a time.
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names/names.h"
#include "packet/flow.h"
#include "result.h"

#define KEY_WIDTH_MAX	40	/* octets */

/* A key of a question.  May be copied; close it once. */
struct key {
	const struct key_ops	*ops;
	unsigned int		 length4;	/* prefix, in bits: net/24 */
	unsigned int		 length6;
	void			*state;		/* allocated by open() */
};

/* The block that contains the rows; times in ns since 1970 UTC. */
struct key_block {
	uint64_t	number;		/* in its file, from 1 */
	uint64_t	begin_ns;
	uint64_t	end_ns;
	uint64_t	instant_ns;	/* its question_instant() */
};

/*
 * memcmp(3) on the octets gives the order of reports.  Exactly one of block()
 * and row() is not NULL.  If `sided', a row has two values, one for its source
 * and one for its destination, and counts for both.  If also `local', only a
 * side that is local has a value; `state' is then the question's device map.  An
 * owner is no host: in its rows only the other side has a value.
 */
struct key_ops {
	const char	*name;
	size_t		 width;		/* octets of a value */
	bool		 sided;
	bool		 local;
	bool		 owner;		/* of owners: `state' is their book */
	bool		 argument;	/* open() needs a text, e.g. net/24 */
	size_t		 hosts;		/* addresses at the start of a value */
	const struct result_column *columns;
	size_t		 ncolumns;

	/*
	 * arg is NULL if none was given.  Returns NULL, or an error for a
	 * message.  open and close may be NULL.
	 */
	const char	*(*open)(struct key *, const char *arg);
	void		 (*close)(struct key *);

	void		 (*block)(const struct key *, const struct key_block *,
			    uint8_t *to);
	void		 (*row)(const struct key *, const struct flow_key *,
			    bool destination, uint8_t *to);

	/* Set one value per column; -1 with errno ENOMEM. */
	int		 (*show)(const struct key *, const uint8_t *from,
			    struct names *, struct result *,
			    union result_value *to);
};

/* Keys of time, in keys_time.c. */
extern const struct key_ops	key_minute, key_hour, key_day, key_week,
				key_month, key_block;

/* Keys of devices of the local networks, in keys_local.c. */
extern const struct key_ops	key_local, key_mac;

/* Keys of owners, in keys_owner.c. */
extern const struct key_ops	key_owner, key_program, key_user, key_unit,
				key_container, key_interface;

/* Keys that also need a database of addresses, in keys_geo.c. */
extern const struct key_ops	key_country, key_asn;

/* The i-th of the addresses at the start of a value. */
void		 key_host(const uint8_t *value, size_t i,
		    struct names_host *);

/* The error of a word that is no key. */
#define KEY_UNKNOWN	"no such key"

/* Open the key `host' or `net/24'.  Returns NULL, or an error. */
const char	*key_open(struct key *, const char *word);
void		 key_close(struct key *);

/* Does its value depend on the block only? */
bool		 key_is_time(const struct key *);

/* The key that somebody may have meant by this word, or NULL. */
const char	*key_meant(const char *word);

/* The names of all keys, `host, src, dst, ...'.  Returns buf. */
char		*keys_list(char *buf, size_t len);

#endif
