/*
 * Texts of the page.  page.js says numbers in the same words.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "text.h"

void
text_html(FILE *f, const char *s)
{
	for (; *s != '\0'; s++)
		if (strchr("&<>\"'", *s) != NULL)
			(void)fprintf(f, "&#%d;", *s);
		else
			(void)fputc(*s, f);
}

void
text_url(FILE *f, const char *s)
{
	static const char	plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *s != '\0'; s++)
		if (strchr(plain, *s) != NULL)
			(void)fputc(*s, f);
		else
			(void)fprintf(f, "%%%02X", (unsigned char)*s);
}

/* Three digits or more, with the unit's prefix. */
static char *
scaled(double n, const char *unit, char buf[TEXT_LEN])
{
	static const char *const	prefixes[] = {
		"", "k", "M", "G", "T", "P", "E"
	};
	size_t	i = 0;

	while (n >= 999.5 && i < sizeof(prefixes) / sizeof(prefixes[0]) - 1) {
		n /= 1000;
		i++;
	}
	(void)snprintf(buf, TEXT_LEN, n >= 99.95 || i == 0 ? "%.0f %s%s" :
	    n >= 9.995 ? "%.1f %s%s" : "%.2f %s%s", n, prefixes[i], unit);
	return (buf);
}

char *
text_rate(double bytes_per_second, char buf[TEXT_LEN])
{
	return (scaled(bytes_per_second * 8, "bit/s", buf));
}

char *
text_bytes(double bytes, char buf[TEXT_LEN])
{
	return (scaled(bytes, "B", buf));
}

char *
text_count(uint64_t n, char buf[TEXT_LEN])
{
	char	digits[TEXT_LEN], *to = buf;
	size_t	i, len;

	len = (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, n);
	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return (buf);
}
