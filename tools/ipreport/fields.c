/*
 * What both sinks do: limits, and text from untrusted octets (fields.h).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "report/json.h"
#include "fields_impl.h"

void
fields_free(struct fields *f)
{
	if (f != NULL)
		f->ops->free(f);
}

bool
fields_failed(const struct fields *f)
{
	return (f->failed);
}

void
fields_packet(struct fields *f)
{
	f->left = FIELDS_MOST;
}

bool
fields_full(const struct fields *f)
{
	return (f->left == 0);
}

/* May one more field be shown?  The last one says that there are more. */
static bool
one_more(struct fields *f)
{
	if (f->left == 0)
		return (false);
	if (--f->left > 0)
		return (true);
	f->ops->note(f, "more is not shown");
	return (false);
}

/* Groups always nest, even if nothing in them is shown any more. */
void
fields_begin(struct fields *f, const char *name)
{
	f->ops->begin(f, name, false);
	f->depth++;
}

void
fields_item(struct fields *f, const char *name)
{
	f->ops->begin(f, name, true);
	f->depth++;
}

void
fields_end(struct fields *f)
{
	f->depth--;
	f->ops->end(f);
}

void
fields_named(struct fields *f, const char *name, uint64_t v,
    const char *meaning)
{
	char	text[24];

	if (!one_more(f))
		return;
	(void)snprintf(text, sizeof(text), "%" PRIu64, v);
	f->ops->number(f, name, text, json_u64, v, meaning);
}

void
fields_u64(struct fields *f, const char *name, uint64_t v)
{
	fields_named(f, name, v, NULL);
}

static json_t *
signed_value(uint64_t v)
{
	return (json_integer((json_int_t)v));
}

void
fields_i64(struct fields *f, const char *name, int64_t v)
{
	char	text[24];

	if (!one_more(f))
		return;
	(void)snprintf(text, sizeof(text), "%" PRId64, v);
	f->ops->number(f, name, text, signed_value, (uint64_t)v, NULL);
}

void
fields_hex(struct fields *f, const char *name, uint64_t v)
{
	char	text[24];

	if (!one_more(f))
		return;
	(void)snprintf(text, sizeof(text), "0x%" PRIx64, v);
	f->ops->text(f, name, text);
}

/* A list counts as one field: it is bounded by what it is made of. */
void
fields_words(struct fields *f, const char *name)
{
	f->in_words = one_more(f);
	if (f->in_words)
		f->ops->words(f, name);
}

void
fields_word(struct fields *f, const char *word)
{
	if (f->in_words)
		f->ops->word(f, word);
}

void
fields_words_end(struct fields *f)
{
	if (f->in_words)
		f->ops->words_end(f);
	f->in_words = false;
}

void
fields_bits(struct fields *f, const char *name, uint32_t v,
    const struct fields_bit *bits)
{
	fields_words(f, name);
	for (; bits->name != NULL; bits++)
		if ((v & bits->bit) != 0)
			fields_word(f, bits->name);
	fields_words_end(f);
}

void
fields_text(struct fields *f, const char *name, const char *text)
{
	if (one_more(f))
		f->ops->text(f, name, text);
}

void
fields_octets(struct fields *f, const char *name, const uint8_t *p, size_t n)
{
	char	 text[FIELDS_OCTETS * 4 + 1], *to = text;
	size_t	 i, most = n < FIELDS_OCTETS ? n : FIELDS_OCTETS;

	if (!one_more(f))
		return;
	for (i = 0; i < most; i++) {
		if (p[i] == '\\')
			*to++ = '\\';
		if (is_printable((char)p[i]))
			*to++ = (char)p[i];
		else
			to += snprintf(to, 5, "\\x%02x", p[i]);
	}
	*to = '\0';
	f->ops->octets(f, name, text, most == n);
}

void
fields_opaque(struct fields *f, const char *name, const uint8_t *p, size_t n)
{
	static const char	 digits[] = "0123456789abcdef";
	char			 text[FIELDS_OCTETS * 2 + 4], *to = text;
	size_t			 i;

	if (!one_more(f))
		return;
	for (i = 0; i < n && i < FIELDS_OCTETS; i++) {
		*to++ = digits[p[i] >> 4];
		*to++ = digits[p[i] & 15];
	}
	(void)strlcpy(to, i < n ? "..." : "", 4);
	f->ops->text(f, name, text);
}

void
fields_note(struct fields *f, const char *text)
{
	if (one_more(f))
		f->ops->note(f, text);
}
