/*
 * What is fit to be shown.  Knows nothing of locales: octets of UTF-8 that a
 * terminal would obey look like those of letters to some of them.
 */
#include "printable.h"

char *
printable(char *text)
{
	char	*p;

	for (p = text; *p != '\0'; p++)
		if (!is_printable(*p))
			*p = '?';
	return (text);
}

char *
printable_word(const char *text, char *buf, size_t len)
{
	size_t	i;

	for (i = 0; i + 1 < len && text[i] != '\0'; i++)
		buf[i] = is_printable(text[i]) && text[i] != ' ' ? text[i] :
		    '?';
	buf[i] = '\0';
	return (buf);
}
