/*
 * Interfaces of pcapng: the blocks that describe them, and those that sum up
 * what was captured on them and what was lost.
 */
#include "config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/printable.h"
#include "pcapng_impl.h"

enum {
	OPTION_NAME = 2,
	OPTION_TSRESOL = 9,
	OPTION_TSOFFSET = 14
};

enum { STATISTIC_IFDROP = 5, STATISTIC_OSDROP = 7 };

/* Interfaces of a section; each takes memory. */
#define INTERFACES_MOST	65536

/* Octets of a name that are kept. */
#define NAME_MOST	255

/* Octets of the bodies before the options. */
#define INTERFACE_BODY	8
#define STATISTICS_BODY	12

static int
set_resolution(struct capfile *f, struct capfile_interface *i, uint8_t value)
{
	uint8_t	exponent = value & 0x7f;

	i->binary = (value & 0x80) != 0;
	if (exponent > (i->binary ? 63 : 19))
		return (capfile_fail(f, "invalid resolution of times: %d^-%d",
		    i->binary ? 2 : 10, exponent));
	for (i->resolution = 1; exponent > 0; exponent--)
		i->resolution *= i->binary ? 2 : 10;
	return (0);
}

/* What is shown of it later: printable, and without what follows a NUL. */
static int
set_name(struct capfile *f, struct capfile_interface *i,
    const struct option *o)
{
	size_t	n = o->length < NAME_MOST ? o->length : NAME_MOST;

	if (i->name != NULL || n == 0)
		return (0);
	if ((i->name = strndup((const char *)o->value, n)) == NULL)
		return (capfile_fail(f, "out of memory"));
	(void)printable(i->name);
	return (0);
}

static int
set_option(struct capfile *f, struct capfile_interface *i,
    const struct option *o)
{
	if ((o->code == OPTION_TSRESOL && o->length != 1) ||
	    (o->code == OPTION_TSOFFSET && o->length != 8) ||
	    (o->code == OPTION_END && o->length != 0))
		return (capfile_fail(f, "damaged interface block: option %d "
		    "has %d bytes", o->code, o->length));
	if (o->code == OPTION_TSRESOL)
		return (set_resolution(f, i, o->value[0]));
	if (o->code == OPTION_TSOFFSET)
		i->offset_ns = NS_PER_S * pcapng_u64(f->big_endian, o->value);
	return (o->code == OPTION_NAME ? set_name(f, i, o) : 0);
}

static int
set_options(struct capfile *f, struct capfile_interface *i, struct body *b)
{
	struct option	o;

	while (take_option(b, f->big_endian, &o)) {
		if (o.value == NULL)
			return (capfile_fail(f, "damaged interface block: "
			    "option %d exceeds the block", o.code));
		if (set_option(f, i, &o) == CAPFILE_BAD)
			return (CAPFILE_BAD);
		if (o.code == OPTION_END)
			break;
	}
	return (0);
}

static struct capfile_interface *
add_interface(struct capfile *f)
{
	struct capfile_interface	*more;
	uint32_t			 room;

	if (f->ninterfaces == f->room) {
		room = f->room == 0 ? 8 : 2 * f->room;
		more = realloc(f->interfaces, room * sizeof(*more));
		if (more == NULL)
			return (NULL);
		f->interfaces = more;
		f->room = room;
	}
	return (&f->interfaces[f->ninterfaces]);
}

int
pcapng_interface(struct capfile *f, struct body *b)
{
	struct capfile_interface	*i;
	const uint8_t			*p = take_octets(b, INTERFACE_BODY);

	if (p == NULL)
		return (capfile_fail(f, "interface block is too short"));
	if (f->ninterfaces == INTERFACES_MOST)
		return (capfile_fail(f, "more than %d interfaces",
		    INTERFACES_MOST));
	if ((i = add_interface(f)) == NULL)
		return (capfile_fail(f, "out of memory"));
	memset(i, 0, sizeof(*i));
	i->link = capfile_short(f->big_endian, p);
	i->most = capfile_most(i->link);
	i->snaplen = capfile_number(f->big_endian, p + 4);
	if (i->snaplen == 0 || i->snaplen > INT_MAX)
		i->snaplen = i->most;
	i->resolution = 1000000;
	if (set_options(f, i, b) == CAPFILE_BAD) {
		free(i->name);
		return (CAPFILE_BAD);
	}
	i->unit = i->binary || i->resolution > NS_PER_S ? 0 :
	    NS_PER_S / i->resolution;
	f->ninterfaces++;
	if (f->link == -1)
		f->link = i->link;
	return (0);
}

/* ---- statistics ---- */

static void
set_statistic(const struct capfile *f, struct capfile_losses *l,
    const struct option *o)
{
	if (o->code == STATISTIC_IFDROP && o->length == 8)
		l->iface = pcapng_u64(f->big_endian, o->value);
	else if (o->code == STATISTIC_OSDROP && o->length == 8)
		l->kernel = pcapng_u64(f->big_endian, o->value);
	else if (o->code == OPTION_COMMENT && l->writer == 0)
		l->writer = pcapng_said((const char *)o->value, o->length,
		    " dropped by the writer");
}

/*
 * They count from the beginning of the capture, so that the last of an
 * interface are those that hold.  Damaged ones are ignored, as other blocks
 * that are no packets.
 */
void
pcapng_statistics(struct capfile *f, struct body *b)
{
	struct capfile_losses	 l = { 0, 0, 0 };
	struct option		 o;
	const uint8_t		*p = take_octets(b, STATISTICS_BODY);
	uint32_t		 id;

	if (p == NULL || (id = capfile_number(f->big_endian, p)) >=
	    f->ninterfaces)
		return;
	while (take_option(b, f->big_endian, &o) && o.value != NULL &&
	    o.code != OPTION_END)
		set_statistic(f, &l, &o);
	f->interfaces[id].counted = true;
	f->interfaces[id].losses = l;
}
