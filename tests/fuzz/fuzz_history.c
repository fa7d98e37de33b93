/*
 * Values of the history and of the cache of names, as in a damaged database.
 * The first octet of the input chooses the kind: rows of the history (1 to 4),
 * totals (0), an owner (255), a name (any other).  Accepted rows must have valid keys and be
 * the same after being packed and unpacked again.
 */
#include <stdlib.h>
#include <string.h>

#include "history/history_impl.h"
#include "names/namerecord.h"
#include "fuzz.h"

static struct history_packer	*packer;
static struct history_row	 row[HISTORY_PACK_ROWS], again[HISTORY_PACK_ROWS];

static void
try_rows(enum history_kind kind, const uint8_t *in, size_t size)
{
	size_t		 i, len, n = history_unpack(packer, kind, in, size,
			    row);
	struct flow	 flow[2];
	const uint8_t	*octets;

	check(n <= HISTORY_PACK_ROWS);
	if (n == 0)
		return;
	for (i = 0; i < n; i++)
		check(history_flows(kind, &row[i], flow) <= 2);
	octets = history_pack(packer, kind, row, n, &len);
	check(octets != NULL);
	check(history_unpack(packer, kind, octets, len, again) == n);
	check(memcmp(row, again, n * sizeof(*row)) == 0);
}

static void
try_totals(const uint8_t *in, size_t size)
{
	struct history_totals	t, u;
	uint8_t			octets[TOTALS_MAX];

	if (!totals_unpack(in, size, &t))
		return;
	check(totals_unpack(octets, totals_pack(&t, octets), &u));
	check(memcmp(&t, &u, sizeof(t)) == 0);
}

static void
try_owner(const uint8_t *in, size_t size)
{
	struct owner	o, p;
	uint8_t		octets[OWNER_PACKED];

	if (!owner_unpack(in, size, &o))
		return;
	check(owner_is(o.id));
	check(owner_pack(&o, 7, octets) == size);
	check(owner_unpack(octets, size, &p));
	check(memcmp(&o, &p, sizeof(o)) == 0);
}

static void
try_name(const uint8_t *in, size_t size)
{
	uint8_t	octets[NAMERECORD_MAX];
	char	name[NAMES_HOST_LEN], same[NAMES_HOST_LEN];

	if (!namerecord_read(in, size, 1000, 86400, name))
		return;
	check(strlen(name) == size - NAMERECORD_LEAST);
	check(namerecord_read(octets, namerecord_write(octets, 1001, name),
	    1000, 86400, same) && strcmp(name, same) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	if (packer == NULL)
		packer = history_packer_new();
	check(packer != NULL);
	if (size == 0)
		return (0);
	if (in[0] == 0)
		try_totals(in + 1, size - 1);
	else if (in[0] <= HISTORY_KINDS)
		try_rows((enum history_kind)in[0], in + 1, size - 1);
	else if (in[0] == UINT8_MAX)
		try_owner(in + 1, size - 1);
	else
		try_name(in + 1, size - 1);
	return (0);
}
