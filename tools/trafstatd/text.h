/*
 * Texts of the page: escaped, and numbers for people.
 */
#ifndef TRAFSTATD_TEXT_H
#define TRAFSTATD_TEXT_H

#include <stdint.h>
#include <stdio.h>

/* With what HTML would read as its own made harmless, attributes too. */
void	text_html(FILE *, const char *);

/* As a part of a query string. */
void	text_url(FILE *, const char *);

/* `12.3 Mbit/s' of bytes/s; `1.2 GB'; `1,234,567'. */
#define TEXT_LEN	32
char	*text_rate(double bytes_per_second, char buf[TEXT_LEN]);
char	*text_bytes(double bytes, char buf[TEXT_LEN]);
char	*text_count(uint64_t, char buf[TEXT_LEN]);

#endif
