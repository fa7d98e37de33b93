/*
 * Lines of text (text.h).  Knows no packets.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/printable.h"
#include "text.h"

#define TEXT_BUFFER	32768
#define INDENT		8		/* columns before a line */
#define DUMP_LINE	16		/* octets */

struct text {
	struct out	*out;
	bool		 tags;
	const char	*tag;
	size_t		 used;
	char		 buf[TEXT_BUFFER];
};

const char	text_hex[256][3] = {
	"00", "01", "02", "03", "04", "05", "06", "07",
	"08", "09", "0a", "0b", "0c", "0d", "0e", "0f",
	"10", "11", "12", "13", "14", "15", "16", "17",
	"18", "19", "1a", "1b", "1c", "1d", "1e", "1f",
	"20", "21", "22", "23", "24", "25", "26", "27",
	"28", "29", "2a", "2b", "2c", "2d", "2e", "2f",
	"30", "31", "32", "33", "34", "35", "36", "37",
	"38", "39", "3a", "3b", "3c", "3d", "3e", "3f",
	"40", "41", "42", "43", "44", "45", "46", "47",
	"48", "49", "4a", "4b", "4c", "4d", "4e", "4f",
	"50", "51", "52", "53", "54", "55", "56", "57",
	"58", "59", "5a", "5b", "5c", "5d", "5e", "5f",
	"60", "61", "62", "63", "64", "65", "66", "67",
	"68", "69", "6a", "6b", "6c", "6d", "6e", "6f",
	"70", "71", "72", "73", "74", "75", "76", "77",
	"78", "79", "7a", "7b", "7c", "7d", "7e", "7f",
	"80", "81", "82", "83", "84", "85", "86", "87",
	"88", "89", "8a", "8b", "8c", "8d", "8e", "8f",
	"90", "91", "92", "93", "94", "95", "96", "97",
	"98", "99", "9a", "9b", "9c", "9d", "9e", "9f",
	"a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7",
	"a8", "a9", "aa", "ab", "ac", "ad", "ae", "af",
	"b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7",
	"b8", "b9", "ba", "bb", "bc", "bd", "be", "bf",
	"c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7",
	"c8", "c9", "ca", "cb", "cc", "cd", "ce", "cf",
	"d0", "d1", "d2", "d3", "d4", "d5", "d6", "d7",
	"d8", "d9", "da", "db", "dc", "dd", "de", "df",
	"e0", "e1", "e2", "e3", "e4", "e5", "e6", "e7",
	"e8", "e9", "ea", "eb", "ec", "ed", "ee", "ef",
	"f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7",
	"f8", "f9", "fa", "fb", "fc", "fd", "fe", "ff",
};

struct text *
text_new(struct out *out, bool tags)
{
	struct text	*t = malloc(sizeof(*t));

	if (t == NULL)
		return (NULL);
	t->out = out;
	t->tags = tags;
	t->tag = "";
	t->used = 0;
	return (t);
}

void
text_free(struct text *t)
{
	free(t);
}

struct out *
text_out(struct text *t)
{
	out_mem(t->out, t->buf, t->used);
	t->used = 0;
	return (t->out);
}

bool
text_has_tags(const struct text *t)
{
	return (t->tags);
}

/* Room for n octets, which are fewer than the buffer has. */
static char *
room(struct text *t, size_t n)
{
	if (t->used + n > sizeof(t->buf))
		(void)text_out(t);
	return (t->buf + t->used);
}

void
text_mem(struct text *t, const char *from, size_t n)
{
	size_t	part;

	for (; n > 0; n -= part, from += part) {
		part = n < TEXT_BUFFER ? n : TEXT_BUFFER;
		memcpy(room(t, part), from, part);
		t->used += part;
	}
}

void
text_str(struct text *t, const char *s)
{
	text_mem(t, s, strlen(s));
}

void
text_char(struct text *t, char c)
{
	*room(t, 1) = c;
	t->used++;
}

void
text_u64(struct text *t, uint64_t v)
{
	char		 buf[DIGITS_LEN];
	const char	*digits = digits_format(v, buf);

	text_mem(t, digits, (size_t)(buf + sizeof(buf) - 1 - digits));
}

/* At least `width' digits. */
static void
put_hex(struct text *t, uint32_t v, unsigned width)
{
	static const char	digits[] = "0123456789abcdef";
	char			*at;
	unsigned		 n = 1, i;

	while (n < 8 && v >> (4 * n) != 0)
		n++;
	if (n < width)
		n = width;
	at = room(t, n);
	for (i = n; i > 0; i--, v >>= 4)
		at[i - 1] = digits[v & 15];
	t->used += n;
}

void
text_mac(struct text *t, const uint8_t mac[6])
{
	char	*at = room(t, 17);
	int	 i;

	for (i = 0; i < 6; i++) {
		memcpy(at, text_hex[mac[i]], 2);
		if (i < 5)
			at[2] = ':';
		at += 3;
	}
	t->used += 17;
}

static void
put_int(struct text *t, int v)
{
	if (v < 0)
		text_char(t, '-');
	text_u64(t, (uint64_t)(v < 0 ? -(int64_t)v : v));
}

void
text_put(struct text *t, const char *fmt, ...)
{
	va_list		 ap;
	const char	*end;
	unsigned	 width;

	va_start(ap, fmt);
	for (; *fmt != '\0'; fmt++) {
		for (end = fmt; *end != '%' && *end != '\0'; end++)
			;
		text_mem(t, fmt, (size_t)(end - fmt));
		if (*end == '\0')
			break;
		fmt = end + 1;
		for (width = 0; *fmt >= '0' && *fmt <= '9'; fmt++)
			width = width * 10 + (unsigned)(*fmt - '0');
		switch (*fmt) {
		case 's':
			text_str(t, va_arg(ap, const char *));
			break;
		case 'u':
			text_u64(t, va_arg(ap, unsigned));
			break;
		case 'd':
			put_int(t, va_arg(ap, int));
			break;
		case 'x':
			put_hex(t, va_arg(ap, unsigned), width);
			break;
		default:
			text_char(t, '%');
			break;
		}
	}
	va_end(ap);
}

void
text_printable(struct text *t, const char *s, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		text_char(t, is_printable(s[i]) ? s[i] : '?');
}

/* ---- lines ---- */

void
text_title(struct text *t, const char *tag, const char *title)
{
	t->tag = tag;
	if (!t->tags && title[0] != '\0') {
		text_str(t, title);
		text_char(t, '\n');
	}
}

void
text_line(struct text *t)
{
	size_t	n = 0;
	char	*at;

	if (t->tags) {
		text_str(t, t->tag);
		n = strlen(t->tag);
	}
	n = n < INDENT ? INDENT - n : 1;
	at = room(t, INDENT);
	memset(at, ' ', INDENT);
	t->used += n;
}

void
text_bare(struct text *t)
{
	if (t->tags) {
		text_str(t, t->tag);
		text_char(t, ' ');
	}
}

void
text_end(struct text *t)
{
	text_char(t, '\n');
}

void
text_gap(struct text *t)
{
	text_char(t, '\n');
}

/* The column of the first and the last octet, and of the characters. */
#define DUMP_WORDS	13
#define DUMP_CHARS	53
#define DUMP_COLUMNS	(DUMP_CHARS + 1 + DUMP_LINE + 1)

void
text_dump_line(struct text *t, uint32_t offset, const uint8_t *octets,
    uint32_t n, const char charset[256])
{
	char		*at;
	const char	*hex;
	uint32_t	 i, column = DUMP_WORDS;

	if (t->tags)
		text_line(t);
	at = room(t, DUMP_COLUMNS + 1);
	memset(at, ' ', DUMP_COLUMNS);
	for (i = 0; i < 4; i++)
		memcpy(at + 2 * (size_t)i,
		    text_hex[offset >> (24 - 8 * i) & 0xff], 2);
	at[DUMP_CHARS] = '|';
	for (i = 0; i < n; i++) {
		hex = text_hex[octets[i]];
		at[column] = hex[0];
		at[column + 1] = hex[1];
		column += i % 4 == 3 ? 3 : 2;
		at[DUMP_CHARS + 1 + i] = charset[octets[i]];
	}
	at[DUMP_CHARS + 1 + DUMP_LINE] = '|';
	at[DUMP_COLUMNS] = '\n';
	t->used += DUMP_COLUMNS + 1;
}
