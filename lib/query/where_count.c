/*
 * Comparisons of counters with numbers.
 */
#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "where_parser.h"

int
parser_comparison(struct parser *p, struct where_test *t)
{
	char		op[3];
	uint64_t	v;

	if (p->word[0] == '\0' || strchr("<>=!", p->word[0]) == NULL ||
	    parser_is(p, "!"))
		return (parser_fail(p, "expected <, <=, =, !=, >= or >"));
	(void)snprintf(op, sizeof(op), "%.2s", p->word);
	if (parser_advance(p) == -1)
		return (-1);
	if (amount_parse(p->word, &v) == -1)
		return (parser_fail(p,
		    "expected a number, such as 1500, 10k or 1.5GiB"));
	t->low = 0;
	t->high = UINT64_MAX;
	if (op[0] == '<')
		t->high = v;
	else if (op[0] == '>')
		t->low = v;
	else
		t->low = t->high = v;
	/* Without equality: the opposite of the other side. */
	if (op[1] == '\0' && op[0] == '<') {
		t->low = v;
		t->high = UINT64_MAX;
		t->negate = true;
	} else if (op[1] == '\0' && op[0] == '>') {
		t->low = 0;
		t->high = v;
		t->negate = true;
	} else if (op[0] == '!')
		t->negate = true;
	return (parser_advance(p));
}
