/*
 * Request lines of trafstatd.  The arguments of an accepted line must be
 * printable, begin with a listed option or word, and contain no path; joined
 * by spaces they must give the same arguments again.
 */
#include <string.h>

#include "tools/trafstatd/line.h"
#include "fuzz.h"

static void
look_at(const char *arg)
{
	size_t	i, n = strlen(arg);

	check(n > 0 && n <= LINE_OCTETS);
	for (i = 0; i < n; i++)
		check(arg[i] > ' ' && arg[i] <= '~' &&
		    strchr("/$`;|&<>\\'\"*?", arg[i]) == NULL);
}

static void
say_again(const struct line *l)
{
	static struct line	twice;
	char			text[LINE_OCTETS + 1];
	size_t			n = 0;
	int			i;

	for (i = 1; i < l->argc; i++) {
		size_t	len = strlen(l->argv[i]);

		if (n + len + 1 >= LINE_OCTETS)
			return;
		memcpy(text + n, l->argv[i], len);
		n += len;
		text[n++] = ' ';
	}
	check(line_parse(&twice, text, n) == NULL);
	check(twice.argc == l->argc);
	for (i = 0; i < l->argc; i++)
		check(strcmp(twice.argv[i], l->argv[i]) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	static struct line	l;
	int			i;

	if (size == 0 || line_parse(&l, (const char *)in, size) != NULL)
		return (0);
	check(l.argc >= 1 && l.argc <= LINE_ARGS && l.argv[l.argc] == NULL);
	for (i = 1; i < l.argc; i++)
		look_at(l.argv[i]);
	say_again(&l);
	return (0);
}
