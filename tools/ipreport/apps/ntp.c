/*
 * NTP (more.h).
 */
#include <stdio.h>

#include "items.h"
#include "more.h"

#define HEADER	48
#define EPOCH	UINT32_C(2208988800)	/* 1900 to 1970, in seconds */

/* Seconds since 1900, which pass 0 in 2036, and a fraction. */
static void
stamp(struct fields *f, const char *name, const uint8_t *p)
{
	uint64_t	seconds = get_be32(p);

	if (get_be64(p) == 0)
		return;
	if (seconds < UINT32_C(0x80000000))
		seconds += UINT64_C(1) << 32;
	item_time(f, name, seconds - EPOCH);
}

/* 16 bits of seconds, 16 of fractions. */
static void
short_time(struct fields *f, const char *name, const uint8_t *p)
{
	char	text[24];

	(void)snprintf(text, sizeof(text), "%u.%06u", get_be16(p),
	    (unsigned)((uint64_t)get_be16(p + 2) * 1000000 >> 16));
	fields_text(f, name, text);
}

static void
message(struct fields *f, const uint8_t *p)
{
	static const char	*modes[] = {
		NULL, "symmetric active", "symmetric passive", "client",
		"server", "broadcast", "control", "private"
	};

	fields_u64(f, "leap", p[0] >> 6);
	fields_u64(f, "version", p[0] >> 3 & 7);
	fields_named(f, "mode", p[0] & 7, modes[p[0] & 7]);
	if ((p[0] & 7) > 5)
		return;
	fields_u64(f, "stratum", p[1]);
	fields_i64(f, "poll", (int8_t)p[2]);
	fields_i64(f, "precision", (int8_t)p[3]);
	short_time(f, "root_delay", p + 4);
	short_time(f, "root_dispersion", p + 8);
	if (p[1] <= 1)
		fields_octets(f, "reference", p + 12,
		    p[12] == 0 ? 0 : p[15] == 0 ? 3 : 4);
	else
		item_ip4(f, "reference", p + 12);
	stamp(f, "reference_time", p + 16);
	stamp(f, "originate_time", p + 24);
	stamp(f, "receive_time", p + 32);
	stamp(f, "transmit_time", p + 40);
}

void
ntp_show(struct fields *f, struct cursor c)
{
	const uint8_t	*p = cursor_take(&c, HEADER);

	fields_begin(f, "ntp");
	if (p == NULL)
		item_short(f, &c);
	else
		message(f, p);
	if (p != NULL && cursor_wire(&c) > 0)
		fields_u64(f, "not_decoded", cursor_wire(&c));
	fields_end(f);
}
