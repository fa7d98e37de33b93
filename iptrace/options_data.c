/*
 * Conditions of the data trace.  They become numbers and masks, which the
 * program in the kernel compares without branches.
 */
#include "config.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "packet/addr.h"
#include "packet/flow.h"
#include "options_data.h"

/* ABBREV without a number, as z/OS has it. */
#define ABBREV_OCTETS	200
#define ABBREV_MOST	65535

#define NO_GROUP	"--data must come before its conditions"

/* A decimal number up to `most', and nothing behind it. */
static bool
number(const char *text, unsigned long most, uint32_t *to)
{
	char		*end;
	unsigned long	 n = strtoul(text, &end, 10);

	if (!isdigit((unsigned char)text[0]) || *end != '\0' || n > most)
		return (false);
	*to = (uint32_t)n;
	return (true);
}

static bool
level(const char *text, uint32_t *octets)
{
	*octets = 0;
	if (text == NULL)
		return (true);
	*octets = DATA_WHOLE;
	if (strcasecmp(text, "FULL") == 0)
		return (true);
	if (strncasecmp(text, "ABBREV", 6) != 0)
		return (false);
	*octets = ABBREV_OCTETS;
	return (text[6] == '\0' ||
	    (text[6] == '=' && number(text + 7, ABBREV_MOST, octets)));
}

bool
data_is_level(const char *text)
{
	uint32_t	octets;

	return (level(text, &octets));
}

const char *
data_begin_group(struct data_options *o, const char *text)
{
	uint32_t	octets;

	if (!level(text, &octets))
		return ("FULL, or ABBREV=0 to ABBREV=65535, is needed");
	if (o->n == DATA_GROUPS)
		return ("at most 8 groups of conditions are possible");
	o->groups[o->n++] = (struct data_group){ .octets = octets };
	return (NULL);
}

/* The group of the last --data; NULL: there was none. */
static struct data_group *
last(struct data_options *o)
{
	return (o->n == 0 ? NULL : &o->groups[o->n - 1]);
}

/* z/OS writes * for any. */
static bool
is_any(const char *arg)
{
	return (strcmp(arg, "*") == 0);
}

const char *
data_add_job(struct data_options *o, const char *arg)
{
	struct data_group	*g = last(o);
	size_t			 len = strlen(arg);
	char			 name[DATA_COMM] = "", mask[DATA_COMM];

	if (g == NULL)
		return (NO_GROUP);
	if (len == 0)
		return ("the name of a program is needed");
	memset(mask, 0xff, sizeof(mask));
	if (arg[len - 1] == '*') {
		len--;
		memset(mask + (len < DATA_COMM ? len : DATA_COMM), 0,
		    DATA_COMM - (len < DATA_COMM ? len : DATA_COMM));
	}
	/* The kernel keeps no more of a name. */
	if (len > DATA_COMM - 1)
		return ("the kernel knows programs by at most 15 octets of "
		    "their name: give these");
	(void)snprintf(name, sizeof(name), "%.*s", (int)len, arg);
	memcpy(g->job, name, sizeof(name));
	memcpy(g->job_mask, mask, sizeof(mask));
	return (NULL);
}

static void
set_mask(uint64_t to[2], unsigned int bits)
{
	uint8_t		mask[16] = { 0 };
	unsigned int	i;

	for (i = 0; i < bits; i++)
		mask[i / 8] |= (uint8_t)(0x80 >> i % 8);
	memcpy(to, mask, sizeof(mask));
}

const char *
data_add_ip(struct data_options *o, const char *arg)
{
	static const char	 wrong[] = "an address such as 192.0.2.1, or "
				    "2001:db8::/32, is needed";
	struct data_group	*g = last(o);
	const char		*slash = strchr(arg, '/');
	char			 text[ADDR_STRLEN];
	uint8_t			 family, addr[16];
	uint32_t		 bits, most, i;

	if (g == NULL)
		return (NO_GROUP);
	if (is_any(arg)) {
		memset(g->addr_mask, 0, sizeof(g->addr_mask));
		memset(g->addr, 0, sizeof(g->addr));
		return (NULL);
	}
	(void)strlcpy(text, arg, sizeof(text));
	if (slash != NULL && (size_t)(slash - arg) < sizeof(text))
		text[slash - arg] = '\0';
	if (addr_parse(text, &family, addr) == -1)
		return (wrong);
	most = family == FLOW_FAMILY_IP4 ? 32 : 128;
	bits = most;
	if (slash != NULL && !number(slash + 1, most, &bits))
		return (wrong);
	set_mask(g->addr_mask, bits + 128 - most);
	memcpy(g->addr, addr, sizeof(addr));
	for (i = 0; i < 2; i++)
		g->addr[i] &= g->addr_mask[i];
	return (NULL);
}

const char *
data_add_port(struct data_options *o, const char *arg)
{
	struct data_group	*g = last(o);

	if (g == NULL)
		return (NO_GROUP);
	g->port = 0;
	if (is_any(arg) || (number(arg, UINT16_MAX, &g->port) && g->port > 0))
		return (NULL);
	return ("a port from 1 to 65535 is needed");
}

const char *
data_add_cid(struct data_options *o, const char *arg)
{
	struct data_group	*g = last(o);
	char			*end;

	if (g == NULL)
		return (NO_GROUP);
	g->cid = 0;
	if (is_any(arg))
		return (NULL);
	g->cid = strtoull(arg, &end, 16);
	if (isxdigit((unsigned char)arg[0]) && *end == '\0' && g->cid > 0)
		return (NULL);
	return ("the Cid of a socket, hexadecimal as ipreport(8) prints it, "
	    "is needed");
}
