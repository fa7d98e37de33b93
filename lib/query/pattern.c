/*
 * Compiles a pattern to a table and matches keys with it.  A row of the table
 * may share the sets of networks of the row from which it inherits; the
 * pattern owns all sets.
 */
#include <netinet/in.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/out.h"
#include "names/names.h"
#include "packet/nets.h"
#include "packet/owner.h"
#include "pattern.h"
#include "pattern_side.h"

#define ANY		SIDE_ANY
#define ROWS_MAX	65536

/* Keywords, in the order that they have within one row. */
enum word {
	WORD_FROM,
	WORD_TO,
	WORD_PORT,
	WORD_PROTO,
	WORDS
};

struct row {
	const struct nets	*from;	/* NULL: all */
	const struct nets	*to;
	int			 port;
	int			 proto;
};

struct pattern {
	struct row	*rows;
	size_t		 n;
	struct nets	**sets;
	size_t		 nsets;
};

struct parser {
	struct pattern		*p;
	const char *const	*word;
	const char *const	*end;
	struct row		 row;	/* the row that is being parsed */
	char			*err;
	size_t			 errlen;
};

static int
fail(struct parser *s, const char *what, const char *word)
{
	(void)snprintf(s->err, s->errlen, "%s: %s", what, word);
	return (-1);
}

static int
no_memory(struct parser *s)
{
	return (fail(s, "pattern", "out of memory"));
}

/* ---- sides ---- */

static struct nets *
new_set(struct pattern *p)
{
	struct nets	**sets, *set;

	sets = reallocarray(p->sets, p->nsets + 1, sizeof(struct nets *));
	if (sets == NULL)
		return (NULL);
	p->sets = sets;
	if ((set = nets_new()) != NULL)
		p->sets[p->nsets++] = set;
	return (set);
}

/* `mask M' after an address, if it is there. */
static int
take_mask(struct parser *s, int *bits)
{
	*bits = ANY;
	if (s->word == s->end || strcasecmp(*s->word, "mask") != 0)
		return (0);
	if (++s->word == s->end)
		return (fail(s, "keyword without its argument", "mask"));
	if ((*bits = side_mask(*s->word)) == -1)
		return (fail(s, "unknown mask", *s->word));
	s->word++;
	return (0);
}

static int
set_side(struct parser *s, const struct nets **side, const char *text)
{
	struct nets	*set;
	const char	*wrong;
	int		 bits;

	if (take_mask(s, &bits) == -1)
		return (-1);
	*side = NULL;
	if (strcasecmp(text, "all") == 0)
		return (0);
	if ((set = new_set(s->p)) == NULL)
		return (no_memory(s));
	*side = set;
	if ((wrong = side_add(set, text, bits)) != NULL)
		return (fail(s, wrong, text));
	return (0);
}

/* ---- words ---- */

static int
set_from(struct parser *s, const char *text)
{
	return (set_side(s, &s->row.from, text));
}

static int
set_to(struct parser *s, const char *text)
{
	return (set_side(s, &s->row.to, text));
}

static int
set_port(struct parser *s, const char *text)
{
	const struct servent	*service;

	s->row.port = ANY;
	if (strcasecmp(text, "all") == 0)
		return (0);
	if ((s->row.port = number_upto(text, UINT16_MAX)) != -1)
		return (0);
	if ((service = getservbyname(text, NULL)) == NULL)
		return (fail(s, "unknown port", text));
	s->row.port = ntohs((uint16_t)service->s_port);
	return (0);
}

static int
set_proto(struct parser *s, const char *text)
{
	s->row.proto = ANY;
	if (strcasecmp(text, "all") == 0)
		return (0);
	if ((s->row.proto = number_upto(text, UINT8_MAX)) != -1)
		return (0);
	if ((s->row.proto = names_proto_number(text)) == -1)
		return (fail(s, "unknown protocol", text));
	return (0);
}

static const struct keyword {
	const char	*name;
	int		(*set)(struct parser *, const char *);
} keywords[WORDS] = {
	[WORD_FROM] = { "from", set_from },
	[WORD_TO] = { "to", set_to },
	[WORD_PORT] = { "port", set_port },
	[WORD_PROTO] = { "proto", set_proto },
};

/* The keyword of that text, or WORDS if it is none. */
static enum word
find_keyword(const char *text)
{
	enum word	w;

	for (w = 0; w < WORDS; w++)
		if (strcasecmp(keywords[w].name, text) == 0)
			break;
	return (w);
}

static int
add_row(struct parser *s)
{
	struct pattern	*p = s->p;
	struct row	*rows;

	if (p->n == ROWS_MAX)
		return (fail(s, "pattern", "too long"));
	if ((rows = reallocarray(p->rows, p->n + 1, sizeof(*rows))) == NULL)
		return (no_memory(s));
	p->rows = rows;
	p->rows[p->n++] = s->row;
	return (0);
}

/*
 * A keyword that does not come after the previous one in enum word starts a
 * new row, which inherits the values of the row before.
 */
static int
parse(struct parser *s)
{
	enum word	w, last = WORDS;
	const char	*text;

	for (; s->word < s->end; last = w) {
		text = *s->word++;
		if ((w = find_keyword(text)) == WORDS)
			return (fail(s, "unknown keyword", text));
		if (s->word == s->end)
			return (fail(s, "keyword without its argument", text));
		if (last != WORDS && w <= last && add_row(s) == -1)
			return (-1);
		text = *s->word++;
		if (keywords[w].set(s, text) == -1)
			return (-1);
	}
	return (add_row(s));
}

struct pattern *
pattern_new(const char *const *words, size_t n, char *err, size_t errlen)
{
	struct parser	s = {
		NULL, words, words + n, { NULL, NULL, ANY, ANY }, err, errlen
	};

	if ((s.p = calloc(1, sizeof(*s.p))) == NULL) {
		(void)no_memory(&s);
		return (NULL);
	}
	if (parse(&s) == 0)
		return (s.p);
	pattern_free(s.p);
	return (NULL);
}

static void
blank_comments(char *text)
{
	while ((text = strchr(text, '#')) != NULL)
		for (; *text != '\0' && *text != '\n'; text++)
			*text = ' ';
}

struct pattern *
pattern_of_text(char *text, char *err, size_t errlen)
{
	const char	**words, *word;
	struct pattern	 *p;
	size_t		  n = 0;

	/* A word takes at least two octets: a character and a separator. */
	words = reallocarray(NULL, strlen(text) / 2 + 1, sizeof(*words));
	if (words == NULL) {
		(void)snprintf(err, errlen, "pattern: out of memory");
		return (NULL);
	}
	blank_comments(text);
	while ((word = strsep(&text, " \t\r\n")) != NULL)
		if (*word != '\0')
			words[n++] = word;
	p = pattern_new(words, n, err, errlen);
	free(words);
	return (p);
}

void
pattern_free(struct pattern *p)
{
	size_t	i;

	if (p == NULL)
		return;
	for (i = 0; i < p->nsets; i++)
		nets_free(p->sets[i]);
	free(p->sets);
	free(p->rows);
	free(p);
}

/* ---- match ---- */

/* An address that was dropped from a row is in no network. */
static bool
side_matches(const struct nets *side, const struct flow_key *k,
    const uint8_t addr[16], uint16_t folded)
{
	return (side == NULL || (!(k->flags & folded) && !owner_is(addr) &&
	    nets_contains(side, k->family, addr)));
}

/* A port that was not counted matches no number, not even 0. */
static bool
port_matches(int port, const struct flow_key *k)
{
	if (port == ANY)
		return (true);
	if (k->flags & (FLOW_NO_PORTS | FLOW_NO_PROTO))
		return (false);
	return ((k->sport == port && !(k->flags & FLOW_SPORT_CLIENT)) ||
	    (k->dport == port && !(k->flags & FLOW_DPORT_CLIENT)));
}

bool
pattern_match(const struct pattern *p, const struct flow_key *k)
{
	const struct row	*r;

	for (r = p->rows; r < p->rows + p->n; r++)
		if ((r->proto == ANY || r->proto == k->proto) &&
		    port_matches(r->port, k) &&
		    side_matches(r->from, k, k->src, FLOW_NO_SRC) &&
		    side_matches(r->to, k, k->dst, FLOW_NO_DST))
			return (true);
	return (false);
}

/* ---- table ---- */

static void
print_side(struct out *o, const struct nets *side)
{
	char	text[1024];

	out_left(o, side == NULL ? "all" :
	    nets_format(side, text, sizeof(text)), 18);
	out_char(o, ' ');
}

static void
print_number(struct out *o, int v, const char *end)
{
	char	text[16];

	(void)snprintf(text, sizeof(text), "%d", v);
	out_left(o, v == ANY ? "all" : text, *end == '\n' ? 0 : 5);
	out_str(o, end);
}

void
pattern_print(const struct pattern *p, struct out *o)
{
	const struct row	*r;

	out_str(o, " From               To                 Port  Proto\n");
	for (r = p->rows; r < p->rows + p->n; r++) {
		out_char(o, ' ');
		print_side(o, r->from);
		print_side(o, r->to);
		print_number(o, r->port, " ");
		print_number(o, r->proto, "\n");
	}
}
