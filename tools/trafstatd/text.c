/*
 * Texts of the page.  page.js formats numbers in the same way.
 */
#include "config.h"

#include <string.h>

#include "base/amount.h"
#include "base/digits.h"
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

char *
text_rate(double bytes_per_second, char buf[TEXT_LEN])
{
	return (amount_scaled(bytes_per_second * 8, " ", "bit/s", buf));
}

char *
text_bytes(double bytes, char buf[TEXT_LEN])
{
	return (amount_scaled(bytes, " ", "B", buf));
}

char *
text_count(uint64_t n, char buf[TEXT_LEN])
{
	return (digits_grouped(n, buf));
}
