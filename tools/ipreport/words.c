/*
 * Options of IPv4 and TCP as words: "mss=1460, sack permitted".
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/endian.h"
#include "ipreport.h"

/* A list of words; what does not fit is left out. */
struct words {
	char	*buf;
	size_t	 used;
};

static void	add(struct words *, const char *, ...)
    __attribute__((format(printf, 2, 3)));

static void
add(struct words *w, const char *fmt, ...)
{
	va_list	ap;
	size_t	left = OPTIONS_TEXT - w->used;
	int	n = 0;

	if (w->used > 0 && left > 2) {
		(void)strlcat(w->buf, ", ", OPTIONS_TEXT);
		w->used += 2;
		left -= 2;
	}
	va_start(ap, fmt);
	n = vsnprintf(w->buf + w->used, left, fmt, ap);
	va_end(ap);
	if (n > 0)
		w->used += (size_t)n < left ? (size_t)n : left - 1;
}

/* The blocks of SACK are pairs of sequence numbers. */
static void
add_sack(struct words *w, const uint8_t *at, uint32_t n)
{
	uint32_t	i;

	for (i = 2; i + 8 <= n; i += 8)
		add(w, "sack=%u-%u", get_be32(at + i), get_be32(at + i + 4));
}

static void
tcp_option(struct words *w, const uint8_t *at, uint32_t n)
{
	if (at[0] == 2 && n == 4)
		add(w, "mss=%u", get_be16(at + 2));
	else if (at[0] == 3 && n == 3)
		add(w, "wscale=%u", at[2]);
	else if (at[0] == 4 && n == 2)
		add(w, "sack permitted");
	else if (at[0] == 5)
		add_sack(w, at, n);
	else if (at[0] == 8 && n == 10)
		add(w, "timestamp=%u echo=%u", get_be32(at + 2),
		    get_be32(at + 6));
	else if (at[0] == 19)
		add(w, "md5");
	else if (at[0] == 29)
		add(w, "authentication");
	else if (at[0] == 30)
		add(w, "mptcp");
	else if (at[0] == 34)
		add(w, "fast open");
	else
		add(w, "option %u of %u octets", at[0], n);
}

static void
ip4_option(struct words *w, const uint8_t *at, uint32_t n)
{
	static const struct {
		uint8_t		 type;
		const char	*name;
	} names[] = {
		{ 7, "record route" }, { 68, "timestamp" },
		{ 130, "security" }, { 131, "loose source route" },
		{ 133, "extended security" }, { 134, "commercial security" },
		{ 136, "stream id" }, { 137, "strict source route" },
		{ 148, "router alert" },
	};
	size_t	i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == at[0]) {
			add(w, "%s", names[i].name);
			return;
		}
	add(w, "option %u of %u octets", at[0], n);
}

/* Both kinds have 0 for the end, 1 for padding, else type and length. */
static char *
options(const struct layer *l, uint32_t from, char *buf,
    void (*option)(struct words *, const uint8_t *, uint32_t))
{
	struct words	w = { buf, 0 };
	bool		cut = layer_is_cut(l);
	uint32_t	end = cut ? l->captured : l->header, i, n;

	buf[0] = '\0';
	for (i = from; i < end && l->at[i] != 0; i += n) {
		if (l->at[i] == 1) {
			n = 1;
			continue;
		}
		n = i + 1 < end ? l->at[i + 1] : 0;
		if (n < 2 || i + n > end)
			break;
		option(&w, l->at + i, n);
	}
	if (cut && (i >= end || l->at[i] != 0))
		add(&w, "cut");
	else if (i < end && l->at[i] != 0)
		add(&w, "malformed");
	if (buf[0] == '\0')
		add(&w, "padding");
	return (buf);
}

char *
words_tcp(const struct layer *l, char buf[OPTIONS_TEXT])
{
	return (options(l, 20, buf, tcp_option));
}

char *
words_ip4(const struct layer *l, char buf[OPTIONS_TEXT])
{
	return (options(l, 20, buf, ip4_option));
}
