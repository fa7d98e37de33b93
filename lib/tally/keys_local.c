/*
 * Keys of the devices of the local networks: a device, or its MAC address.
 * Only local addresses have a group; see `local' of struct key_ops.  The
 * question's map says which addresses are one device; without one, each is.
 */
#include <stdio.h>
#include <string.h>

#include "packet/addr.h"
#include "packet/mac.h"
#include "device_map.h"
#include "keys.h"

#define DEVICE_WIDTH	((size_t)17)	/* family, address */
#define SHOWN		4		/* addresses of a device */

/* The first octet is 1 if it is unknown, so that these sort last. */
#define MAC_WIDTH	((size_t)1 + MAC_LEN)
#define UNKNOWN		"unknown"

static struct names_host
host_of(const struct flow_key *k, bool destination)
{
	struct names_host	h = { .family = k->family };

	memcpy(h.addr, destination ? k->dst : k->src, sizeof(h.addr));
	return (h);
}

static void
get_host(const uint8_t *from, struct names_host *h)
{
	h->family = from[0];
	memcpy(h->addr, from + 1, sizeof(h->addr));
}

/* ---- devices ---- */

static void
local_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	struct names_host	h = host_of(k, destination);

	if (key->state != NULL)
		h = device_map_find(key->state, &h);
	to[0] = h.family;
	memcpy(to + 1, h.addr, sizeof(h.addr));
}

/* Its first name, else its first address. */
static const char *
name_of(struct names *names, const struct names_host *h, size_t n,
    char buf[NAMES_HOST_LEN])
{
	char	addr[ADDR_STRLEN];
	size_t	i;

	for (i = 0; i < n; i++) {
		(void)names_host_alone(names, h[i].family, h[i].addr, buf);
		addr_format(h[i].family, h[i].addr, addr);
		if (strcmp(buf, addr) != 0)
			return (buf);
	}
	return (addr_format(h[0].family, h[0].addr, buf));
}

/* `192.168.1.10 fd00::10', and how many more there are. */
static void
list(const struct names_host *h, size_t n, size_t all, char *to, size_t len)
{
	char	addr[ADDR_STRLEN];
	size_t	i, used;

	to[0] = '\0';
	for (i = 0; i < n; i++) {
		if (i > 0)
			(void)strlcat(to, " ", len);
		(void)strlcat(to, addr_format(h[i].family, h[i].addr, addr),
		    len);
	}
	used = strlen(to);
	if (all > n)
		(void)snprintf(to + used, len - used, " (%zu more)", all - n);
}

static int
local_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char			buf[NAMES_HOST_LEN];
	char			text[SHOWN * ADDR_STRLEN + 32];
	struct names_host	h[SHOWN] = { { 0 } };
	size_t			n = 1, all = 1;

	get_host(from, &h[0]);
	if (key->state != NULL) {
		all = device_map_addresses(key->state, &h[0], h, SHOWN);
		n = all < SHOWN ? all : SHOWN;
	}
	if (n == 0) {			/* only without memory */
		get_host(from, &h[0]);
		n = all = 1;
	}
	to[0].text = result_text(r, name_of(names, h, n, buf));
	list(h, n, all, text, sizeof(text));
	to[1].text = result_text(r, text);
	return (to[0].text == NULL || to[1].text == NULL ? -1 : 0);
}

static const struct result_column local_columns[] = {
	{ "device", "Device", RESULT_TEXT, CALENDAR_INSTANT, true, false },
	{ "addresses", "Addresses", RESULT_TEXT, CALENDAR_INSTANT, true, true }
};

/* ---- MAC addresses ---- */

static void
mac_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	struct names_host	 h = host_of(k, destination);
	const uint8_t		*mac = NULL;

	if (key->state != NULL)
		mac = device_map_mac(key->state, &h);
	to[0] = mac == NULL;
	if (mac == NULL)
		memset(to + 1, 0, MAC_LEN);
	else
		memcpy(to + 1, mac, MAC_LEN);
}

static int
mac_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char	text[MAC_STRLEN];

	(void)key;
	(void)names;
	to->text = result_text(r, from[0] != 0 ? UNKNOWN :
	    mac_format(from + 1, text));
	return (to->text == NULL ? -1 : 0);
}

static const struct result_column mac_columns[] = {
	{ "mac", "MAC address", RESULT_TEXT, CALENDAR_INSTANT, true, false }
};

const struct key_ops key_local = {
	.name = "local", .width = DEVICE_WIDTH, .sided = true, .local = true,
	.hosts = 1, .columns = local_columns, .ncolumns = 2,
	.row = local_row, .show = local_show
};
const struct key_ops key_mac = {
	.name = "mac", .width = MAC_WIDTH, .sided = true, .local = true,
	.columns = mac_columns, .ncolumns = 1,
	.row = mac_row, .show = mac_show
};
