/*
 * Texts of the page: escaped, and numbers for people.
 */
#ifndef TRAFSTATD_TEXT_H
#define TRAFSTATD_TEXT_H

#include <stdint.h>
#include <stdio.h>

/* Write with HTML's special characters escaped, also for attributes. */
void	text_html(FILE *, const char *);

/* Write percent-encoded (RFC 3986), as a part of a query string. */
void	text_url(FILE *, const char *);

/* From bytes/s to `12.3 Mbit/s'; `1.2 GB'; `1,234,567'.  Return buf. */
#define TEXT_LEN	32
char	*text_rate(double bytes_per_second, char buf[TEXT_LEN]);
char	*text_bytes(double bytes, char buf[TEXT_LEN]);
char	*text_count(uint64_t, char buf[TEXT_LEN]);

#endif
