/*
 * Words for messages: lists of them, and the most similar word of a list.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "options_impl.h"

/* Longer words are compared for equality only. */
#define WORD_MOST	32

char *
options_list(const char *const *words, size_t n, char *buf, size_t len)
{
	size_t	i, used = 0;

	buf[0] = '\0';
	for (i = 0; i < n && used < len; i++)
		used += (size_t)snprintf(buf + used, len - used, "%s%s",
		    i == 0 ? "" : i + 1 < n ? ", " : " or ", words[i]);
	return (buf);
}

bool
option_next_word(const char **list, char *buf, size_t len)
{
	const char	*word = *list + strspn(*list, " ");
	size_t		 n = strcspn(word, " ");

	if (n == 0 || n >= len)
		return (false);
	memcpy(buf, word, n);
	buf[n] = '\0';
	*list = word + n;
	return (true);
}

static size_t
least(size_t a, size_t b)
{
	return (a < b ? a : b);
}

/*
 * Edit distance: letters changed, left out, added or swapped with their
 * neighbour.
 */
static size_t
distance(const char *a, const char *b)
{
	size_t	d[WORD_MOST + 1][WORD_MOST + 1];
	size_t	na = strlen(a), nb = strlen(b), i, j;

	if (na > WORD_MOST || nb > WORD_MOST)
		return (WORD_MOST);
	for (i = 0; i <= na; i++)
		d[i][0] = i;
	for (j = 0; j <= nb; j++)
		d[0][j] = j;
	for (i = 1; i <= na; i++)
		for (j = 1; j <= nb; j++) {
			d[i][j] = least(least(d[i - 1][j], d[i][j - 1]) + 1,
			    d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return (d[na][nb]);
}

/* Accept one mistake in a short word, two in a longer one. */
static size_t
tolerance(const char *word)
{
	size_t	n = strlen(word);

	return (n < 3 ? 0 : n < 6 ? 1 : 2);
}

const char *
options_nearest(const char *word, const char *const *words, size_t n)
{
	const char	*found = NULL;
	size_t		 i, d, best = tolerance(word) + 1;

	for (i = 0; i < n; i++)
		if ((d = distance(word, words[i])) < best) {
			best = d;
			found = words[i];
		}
	return (found);
}
