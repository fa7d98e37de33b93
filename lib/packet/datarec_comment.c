/*
 * Records of the data trace as comments.  Numbers are written without
 * printf(3): there may be 100,000 records a second.
 */
#include <string.h>

#include "base/digits.h"
#include "base/printable.h"
#include "datarec_impl.h"

static const char *const	kinds[] = { [DATAREC_START] = "START",
    [DATAREC_DATA] = "DATA", [DATAREC_END] = "END" };

static char *
put_name(char *to, const char *name)
{
	*to++ = ' ';
	while (*name != '\0')
		*to++ = *name++;
	return (to);
}

static char *
put_decimal(char *to, const char *name, uint64_t value)
{
	char	digits[DIGITS_LEN];
	char	*first = digits_format(value, digits);
	size_t	len = (size_t)(digits + DIGITS_LEN - 1 - first);

	to = put_name(to, name);
	memcpy(to, first, len);
	return (to + len);
}

static char *
put_hex(char *to, const char *name, uint64_t value)
{
	int	shift = 60;

	to = put_name(to, name);
	while (shift > 0 && value >> shift == 0)
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		*to++ = "0123456789abcdef"[value >> shift & 15];
	return (to);
}

static char *
put_word(char *to, const char *name, const char *value, size_t size)
{
	size_t	i;

	to = put_name(to, name);
	for (i = 0; i < size - 1 && value[i] != '\0'; i++) {
		if (is_printable(value[i]) && value[i] != ' ' &&
		    value[i] != '%') {
			*to++ = value[i];
			continue;
		}
		*to++ = '%';
		*to++ = "0123456789ABCDEF"[(uint8_t)value[i] >> 4];
		*to++ = "0123456789ABCDEF"[value[i] & 15];
	}
	return (to);
}

/* What only some records have. */
static char *
put_sums(char *to, const struct datarec *d)
{
	if (d->kind == DATAREC_DATA)
		to = put_decimal(to, "seq=", d->seq);
	if (d->segment)
		to = put_name(to, "segment");
	if (d->abbrev)
		to = put_name(to, "abbrev");
	if (!d->has_sums)
		return (to);
	to = put_decimal(to, "sent=", d->sent);
	to = put_decimal(to, "received=", d->received);
	to = put_decimal(to, "rtt=", d->rtt_us);
	return (put_decimal(to, "retransmissions=", d->retransmissions));
}

size_t
datarec_comment(const struct datarec *d, char out[DATAREC_COMMENT])
{
	size_t	len = strlen(kinds[d->kind]);
	char	*to = out + len;

	memcpy(out, kinds[d->kind], len);
	to = put_word(to, "job=", d->job, sizeof(d->job));
	if (d->pid != 0)
		to = put_decimal(to, "pid=", d->pid);
	if (d->tid != 0)
		to = put_decimal(to, "tid=", d->tid);
	to = put_hex(to, "cid=", d->cid);
	if (d->uid != OWNER_NO_UID)
		to = put_decimal(to, "uid=", d->uid);
	if (d->unit[0] != '\0')
		to = put_word(to, "unit=", d->unit, sizeof(d->unit));
	to = put_decimal(to, "ip=", d->family);
	to = put_decimal(to, "type=", d->type);
	to = put_decimal(to, "proto=", d->proto);
	to = put_name(to, d->out ? "out" : "in");
	return ((size_t)(put_sums(to, d) - out));
}

/* A word of a comment. */
struct word {
	const char	*text, *end;
};

/* Take the next word from what is left; false: there is none. */
static bool
next_word(struct word *left, struct word *word)
{
	while (left->text < left->end && *left->text == ' ')
		left->text++;
	word->text = left->text;
	while (left->text < left->end && *left->text != ' ')
		left->text++;
	word->end = left->text;
	return (word->end > word->text);
}

static bool
is_word(const struct word *w, const char *text)
{
	size_t	len = strlen(text);

	return ((size_t)(w->end - w->text) == len &&
	    memcmp(w->text, text, len) == 0);
}

/* If the word begins with the name, make it the value alone. */
static bool
is_value(const struct word *w, const char *name, struct word *value)
{
	size_t	len = strlen(name);

	if ((size_t)(w->end - w->text) < len ||
	    memcmp(w->text, name, len) != 0)
		return (false);
	value->text = w->text + len;
	value->end = w->end;
	return (true);
}

/* Of a hexadecimal digit; 16: it is none. */
static unsigned
digit(char c)
{
	if (c >= '0' && c <= '9')
		return ((unsigned)(c - '0'));
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return ((unsigned)((c | 0x20) - 'a') + 10);
	return (16);
}

/* False: it is no number, or one above `most'. */
static bool
take_number(const struct word *value, unsigned base, uint64_t most,
    uint64_t *number)
{
	const char	*p = value->text;
	uint64_t	 v = 0;

	if (p == value->end)
		return (false);
	for (; p < value->end; p++) {
		if (digit(*p) >= base || v > (most - digit(*p)) / base)
			return (false);
		v = v * base + digit(*p);
	}
	*number = v;
	return (true);
}

/* As much of the word as fits, without what a NUL would hide. */
static void
take_word(const struct word *value, char *to, size_t size)
{
	const char	*p = value->text;
	size_t		 n = 0;
	char		 c;

	for (; p < value->end && n < size - 1; p++) {
		c = *p;
		if (c == '%' && value->end - p > 2 && digit(p[1]) < 16 &&
		    digit(p[2]) < 16) {
			c = (char)(digit(p[1]) << 4 | digit(p[2]));
			p += 2;
		}
		to[n++] = c == '\0' ? '?' : c;
	}
	to[n] = '\0';
}

/* Numbers of comments, and where they go. */
static const struct number {
	const char	*name;
	size_t		 at;
	uint8_t		 size;		/* octets of the member */
	uint8_t		 base;
} numbers[] = {
#define NUMBER(name, member, base) { name, offsetof(struct datarec, member), \
	sizeof(((struct datarec *)NULL)->member), base }
	NUMBER("pid=", pid, 10),
	NUMBER("tid=", tid, 10),
	NUMBER("cid=", cid, 16),
	NUMBER("uid=", uid, 10),
	NUMBER("ip=", family, 10),
	NUMBER("type=", type, 10),
	NUMBER("proto=", proto, 10),
	NUMBER("seq=", seq, 10),
	NUMBER("sent=", sent, 10),
	NUMBER("received=", received, 10),
	NUMBER("rtt=", rtt_us, 10),
	NUMBER("retransmissions=", retransmissions, 10),
#undef NUMBER
};

static void
store(struct datarec *d, const struct number *n, uint64_t value)
{
	uint8_t		*member = (uint8_t *)d + n->at;
	uint32_t	 narrow = (uint32_t)value;

	if (n->size == sizeof(value))
		memcpy(member, &value, sizeof(value));
	else if (n->size == sizeof(narrow))
		memcpy(member, &narrow, sizeof(narrow));
	else
		*member = (uint8_t)value;
}

static void
take_value(struct datarec *d, const struct word *w)
{
	struct word	value;
	uint64_t	number;
	size_t		i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (is_value(w, numbers[i].name, &value)) {
			if (take_number(&value, numbers[i].base, UINT64_MAX >>
			    (64 - 8 * numbers[i].size), &number)) {
				store(d, &numbers[i], number);
				d->has_sums |= is_value(w, "sent=", &value);
			}
			return;
		}
	if (is_value(w, "job=", &value))
		take_word(&value, d->job, sizeof(d->job));
	else if (is_value(w, "unit=", &value))
		take_word(&value, d->unit, sizeof(d->unit));
	else if (is_word(w, "out") || is_word(w, "in"))
		d->out = is_word(w, "out");
	d->segment |= is_word(w, "segment");
	d->abbrev |= is_word(w, "abbrev");
}

bool
datarec_take_comment(struct datarec *d, const char *comment, size_t len)
{
	struct word	left = { comment, comment }, w;
	unsigned	kind;

	if (len == 0)
		return (false);
	left.end += len;
	if (!next_word(&left, &w))
		return (false);
	for (kind = 0; kind <= DATAREC_END; kind++)
		if (is_word(&w, kinds[kind]))
			break;
	if (kind > DATAREC_END || !next_word(&left, &w) ||
	    w.end - w.text < 4 || memcmp(w.text, "job=", 4) != 0)
		return (false);
	d->kind = (enum datarec_kind)kind;
	do
		take_value(d, &w);
	while (next_word(&left, &w));
	if (d->family != FLOW_FAMILY_IP4 && d->family != FLOW_FAMILY_IP6)
		d->family = FLOW_FAMILY_NONE;
	d->has_sums &= d->kind == DATAREC_END;
	return (true);
}
