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
		if (*p < ' ' || *p > '~')
			*p = '?';
	return (text);
}
