/*
 * What XDR messages are made of (xdr.h).
 */
#include <stdio.h>

#include "xdr.h"

#define LONGEST	1024	/* octets of a name or an opaque value */

static void
end(struct xdr *x)
{
	if (!x->failed && !x->continued)
		item_short(x->f, &x->c);
	x->failed = true;
}

void
xdr_fail(struct xdr *x, const char *note)
{
	if (!x->failed)
		fields_note(x->f, note);
	x->failed = true;
}

static const uint8_t *
take(struct xdr *x, uint32_t n)
{
	const uint8_t	*p = x->failed || fields_full(x->f) ? NULL :
			    cursor_take(&x->c, n);

	if (p == NULL)
		end(x);
	return (p);
}

int
xdr_u32(struct xdr *x, uint32_t *v)
{
	const uint8_t	*p = take(x, 4);

	*v = p != NULL ? get_be32(p) : 0;
	return (p != NULL ? 0 : -1);
}

int
xdr_u64(struct xdr *x, uint64_t *v)
{
	const uint8_t	*p = take(x, 8);

	*v = p != NULL ? get_be64(p) : 0;
	return (p != NULL ? 0 : -1);
}

const uint8_t *
xdr_fixed(struct xdr *x, uint32_t n)
{
	return (take(x, (n + 3) & ~UINT32_C(3)));
}

const uint8_t *
xdr_opaque(struct xdr *x, uint32_t most, uint32_t *n)
{
	if (xdr_u32(x, n) == -1)
		return (NULL);
	if (*n > most) {
		xdr_fail(x, "malformed: too long");
		return (NULL);
	}
	return (xdr_fixed(x, *n));
}

bool
xdr_more(struct xdr *x)
{
	uint32_t	more;

	return (xdr_u32(x, &more) == 0 && more != 0);
}

void
xdr_steps(struct xdr *x, const struct xdr_step *s)
{
	for (; s != NULL && s->show != NULL && !x->failed; s++)
		s->show(x, s->name);
}

void
xdr_list(struct xdr *x, const char *name, const struct xdr_step *each)
{
	while (xdr_more(x)) {
		fields_item(x->f, name);
		xdr_steps(x, each);
		fields_end(x->f);
	}
}

/* ---- fields ---- */

void
xdr_show_u32(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		fields_u64(x->f, name, v);
}

void
xdr_show_u64(struct xdr *x, const char *name)
{
	uint64_t	v;

	if (xdr_u64(x, &v) == 0)
		fields_u64(x->f, name, v);
}

void
xdr_show_hex32(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		fields_hex(x->f, name, v);
}

void
xdr_show_hex64(struct xdr *x, const char *name)
{
	uint64_t	v;

	if (xdr_u64(x, &v) == 0)
		fields_hex(x->f, name, v);
}

void
xdr_show_bool(struct xdr *x, const char *name)
{
	uint32_t	v;

	if (xdr_u32(x, &v) == 0)
		fields_text(x->f, name, v != 0 ? "yes" : "no");
}

/* Permissions, as everybody writes them. */
void
xdr_show_mode(struct xdr *x, const char *name)
{
	uint32_t	v;
	char		text[16];

	if (xdr_u32(x, &v) == -1)
		return;
	(void)snprintf(text, sizeof(text), "0%o", v);
	fields_text(x->f, name, text);
}

void
xdr_show_text(struct xdr *x, const char *name)
{
	uint32_t	 n;
	const uint8_t	*p = xdr_opaque(x, LONGEST, &n);

	if (p != NULL)
		fields_octets(x->f, name, p, n);
}

void
xdr_show_opaque(struct xdr *x, const char *name)
{
	uint32_t	 n;
	const uint8_t	*p = xdr_opaque(x, LONGEST, &n);

	if (p != NULL)
		fields_opaque(x->f, name, p, n);
}

/* Contents of files: only how many octets; they need not be captured. */
void
xdr_show_data(struct xdr *x, const char *name)
{
	uint32_t	n;

	if (xdr_u32(x, &n) == -1)
		return;
	fields_u64(x->f, name, n);
	if (n <= cursor_wire(&x->c) || x->continued)
		item_part(&x->c, n > UINT32_MAX - 3 ? n :
		    (n + 3) & ~UINT32_C(3));
	else
		end(x);
}
