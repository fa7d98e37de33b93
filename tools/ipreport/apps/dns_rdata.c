/*
 * The data of records of the DNS, by type.  Each function gets a cursor that
 * ends with the record, and may stop early: record() says what is missing.
 */
#include "dns_impl.h"

typedef void data_fn(const struct dns_message *, struct cursor *);

static const struct item_name	algorithms[] = {
	{ 1, "RSAMD5" }, { 3, "DSA" }, { 5, "RSASHA1" },
	{ 6, "DSA-NSEC3-SHA1" }, { 7, "RSASHA1-NSEC3-SHA1" },
	{ 8, "RSASHA256" }, { 10, "RSASHA512" }, { 12, "ECC-GOST" },
	{ 13, "ECDSAP256SHA256" }, { 14, "ECDSAP384SHA384" },
	{ 15, "ED25519" }, { 16, "ED448" }, { 0, NULL }
};

static void
rest(struct fields *f, struct cursor *c, const char *name)
{
	fields_opaque(f, name, c->p, cursor_left(c));
	c->p = c->end;
}

static void
data_a(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 4);

	if (p != NULL)
		item_ip4(m->fields, "address", p);
}

static void
data_aaaa(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 16);

	if (p != NULL)
		item_ip6(m->fields, "address", p);
}

static void
data_name(const struct dns_message *m, struct cursor *c)
{
	dns_show_name(m, c, "target");
}

static void
data_soa(const struct dns_message *m, struct cursor *c)
{
	static const char	*times[] = {
		"serial", "refresh", "retry", "expire", "minimum"
	};
	const uint8_t		*p;
	size_t			 i;

	if (dns_show_name(m, c, "primary") == -1 ||
	    dns_show_name(m, c, "mailbox") == -1 ||
	    (p = cursor_take(c, 20)) == NULL)
		return;
	for (i = 0; i < 5; i++)
		fields_u64(m->fields, times[i], get_be32(p + 4 * i));
}

static void
data_mx(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 2);

	if (p == NULL)
		return;
	fields_u64(m->fields, "preference", get_be16(p));
	dns_show_name(m, c, "target");
}

/* Strings after their lengths, as in TXT and HINFO. */
static void
data_txt(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p, *text;

	while ((p = cursor_take(c, 1)) != NULL && !fields_full(m->fields)) {
		if ((text = cursor_take(c, *p)) == NULL)
			return;
		fields_octets(m->fields, "text", text, *p);
	}
}

static void
data_srv(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 6);

	if (p == NULL)
		return;
	fields_u64(m->fields, "priority", get_be16(p));
	fields_u64(m->fields, "weight", get_be16(p + 2));
	fields_u64(m->fields, "port", get_be16(p + 4));
	dns_show_name(m, c, "target");
}

static void
data_caa(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 2), *tag;

	if (p == NULL || (tag = cursor_take(c, p[1])) == NULL)
		return;
	fields_u64(m->fields, "critical", p[0] >> 7);
	fields_octets(m->fields, "tag", tag, p[1]);
	fields_octets(m->fields, "value", c->p, cursor_left(c));
	c->p = c->end;
}

static void
data_ds(const struct dns_message *m, struct cursor *c)
{
	static const struct item_name	digests[] = {
		{ 1, "SHA-1" }, { 2, "SHA-256" }, { 3, "GOST" },
		{ 4, "SHA-384" }, { 0, NULL }
	};
	const uint8_t			*p = cursor_take(c, 4);

	if (p == NULL)
		return;
	fields_u64(m->fields, "key_tag", get_be16(p));
	item_named(m->fields, "algorithm", p[2], algorithms);
	item_named(m->fields, "digest_type", p[3], digests);
	rest(m->fields, c, "digest");
}

static void
data_dnskey(const struct dns_message *m, struct cursor *c)
{
	static const struct fields_bit	flags[] = {
		{ 0x0100, "ZONE" }, { 0x0080, "REVOKE" }, { 0x0001, "SEP" },
		{ 0, NULL }
	};
	const uint8_t			*p = cursor_take(c, 4);

	if (p == NULL)
		return;
	fields_bits(m->fields, "flags", get_be16(p), flags);
	fields_u64(m->fields, "protocol", p[2]);
	item_named(m->fields, "algorithm", p[3], algorithms);
	rest(m->fields, c, "key");
}

static void
data_rrsig(const struct dns_message *m, struct cursor *c)
{
	const uint8_t	*p = cursor_take(c, 18);

	if (p == NULL)
		return;
	item_named(m->fields, "covers", get_be16(p), dns_types);
	item_named(m->fields, "algorithm", p[2], algorithms);
	fields_u64(m->fields, "labels", p[3]);
	fields_u64(m->fields, "original_ttl", get_be32(p + 4));
	item_time(m->fields, "expires", get_be32(p + 8));
	item_time(m->fields, "valid_from", get_be32(p + 12));
	fields_u64(m->fields, "key_tag", get_be16(p + 16));
	if (dns_show_name(m, c, "signer") == 0)
		rest(m->fields, c, "signature");
}

static const struct data {
	uint16_t	 type;
	data_fn		*show;
} datas[] = {
	{ 1, data_a },
	{ 2, data_name },		/* NS */
	{ 5, data_name },		/* CNAME */
	{ 6, data_soa },
	{ 12, data_name },		/* PTR */
	{ 13, data_txt },		/* HINFO */
	{ 15, data_mx },
	{ 16, data_txt },
	{ 28, data_aaaa },
	{ 33, data_srv },
	{ 39, data_name },		/* DNAME */
	{ 43, data_ds },
	{ 46, data_rrsig },
	{ 48, data_dnskey },
	{ 59, data_ds },		/* CDS */
	{ 60, data_dnskey },		/* CDNSKEY */
	{ 64, dns_show_svcb },
	{ 65, dns_show_svcb },		/* HTTPS */
	{ 99, data_txt },		/* SPF */
	{ 257, data_caa }
};

/* A record may be empty, as in dynamic updates. */
void
dns_show_data(const struct dns_message *m, uint16_t type, struct cursor c)
{
	size_t	i;

	for (i = 0; i < sizeof(datas) / sizeof(datas[0]); i++) {
		if (datas[i].type != type)
			continue;
		if (cursor_wire(&c) == 0)
			return;
		datas[i].show(m, &c);
		if (cursor_left(&c) > 0 && c.uncaptured == 0)
			fields_u64(m->fields, "not_decoded", cursor_left(&c));
		return;
	}
	if (cursor_wire(&c) > 0)
		fields_u64(m->fields, "not_decoded", cursor_wire(&c));
}
