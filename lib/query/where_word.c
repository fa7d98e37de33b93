/*
 * Splits --where into words and operators, and allocates nodes.  Operators
 * need no white space around them.  A word in quotes may have both.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "where_parser.h"

#define MARKS	"()<>=!&|"	/* these end a word, as does space */

int
parser_fail(struct parser *p, const char *format, ...)
{
	char	what[128], word[64];
	va_list	ap;

	va_start(ap, format);
	(void)vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	if (p->word[0] == '\0')
		(void)snprintf(p->err, p->errlen, "at the end: %s", what);
	else
		(void)snprintf(p->err, p->errlen, "at `%s' (character %zu): "
		    "%s", printable_word(p->word, word, sizeof(word)),
		    (size_t)(p->at - p->text) + 1, what);
	return (-1);
}

/* The length of the operator at s: `<=' is a single one. */
static size_t
mark_length(const char *s)
{
	static const char *const	two[] = {
		"<=", ">=", "==", "!=", "&&", "||"
	};
	size_t				i;

	for (i = 0; i < sizeof(two) / sizeof(two[0]); i++)
		if (strncmp(s, two[i], 2) == 0)
			return (2);
	return (1);
}

/* "(before trafd)" */
static int
take_quoted(struct parser *p)
{
	const char	*from = p->at + 1, *end = strchr(from, *p->at);
	size_t		 len = end == NULL ? strlen(from) : (size_t)(end -
			    from);

	p->quoted = true;
	p->next = from + len + (end != NULL);
	if (len >= sizeof(p->word))
		len = sizeof(p->word) - 1;
	memcpy(p->word, from, len);
	p->word[len] = '\0';
	if (end == NULL)
		return (parser_fail(p, "the quote has no end"));
	if (p->next - p->at >= WORD_MAX)
		return (parser_fail(p, "too long"));
	return (len == 0 ? parser_fail(p, "nothing in the quotes") : 0);
}

int
parser_advance(struct parser *p)
{
	size_t	len;

	p->at = p->next + strspn(p->next, " \t\r\n");
	if (*p->at == '"' || *p->at == '\'')
		return (take_quoted(p));
	p->quoted = false;
	len = strcspn(p->at, " \t\r\n" MARKS);
	if (len == 0 && *p->at != '\0')
		len = mark_length(p->at);
	p->next = p->at + len;
	if (len >= sizeof(p->word))
		len = sizeof(p->word) - 1;
	memcpy(p->word, p->at, len);
	p->word[len] = '\0';
	if (p->next - p->at >= WORD_MAX)
		return (parser_fail(p, "too long"));
	return (0);
}

bool
parser_is(const struct parser *p, const char *word)
{
	return (!p->quoted && strcasecmp(p->word, word) == 0);
}

bool
parser_is_and(const struct parser *p)
{
	return (parser_is(p, "and") || parser_is(p, "&&"));
}

bool
parser_is_or(const struct parser *p)
{
	return (parser_is(p, "or") || parser_is(p, "||"));
}

bool
parser_is_not(const struct parser *p)
{
	return (parser_is(p, "not") || parser_is(p, "!"));
}

bool
parser_is_value(const struct parser *p)
{
	return (p->quoted || (p->word[0] != '\0' && strchr(MARKS, p->word[0]) == NULL &&
	    !parser_is_and(p) && !parser_is_or(p) && !parser_is_not(p)));
}

struct where_node *
parser_node(struct parser *p, enum where_op op, uint16_t *number)
{
	struct where_node	*n;

	if (p->tree->n == WHERE_NODES_MAX) {
		(void)parser_fail(p, "too many conditions");
		return (NULL);
	}
	*number = (uint16_t)p->tree->n;
	n = &p->tree->node[p->tree->n++];
	n->op = op;
	return (n);
}

struct where_test *
parser_test(struct parser *p, enum where_kind kind, uint16_t *number)
{
	struct where_node	*n;

	if ((n = parser_node(p, WHERE_TEST, number)) == NULL)
		return (NULL);
	n->test.kind = kind;
	n->test.side = p->side;
	return (&n->test);
}
