/*
 * Link types; each is kept when it has been met.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "packet/datarec.h"
#include "links.h"
#include "pcap_handle.h"

struct links {
	const struct frames_opts *opts;
	struct link_type	*first;		/* the last that was found */
};

/* Linux's packet types, see packet(7): 4 is PACKET_OUTGOING. */
static enum frame_direction
direction_sll(const uint8_t *octets, uint32_t n)
{
	if (n < 2)
		return (FRAME_UNKNOWN);
	return (octets[0] == 0 && octets[1] == 4 ? FRAME_OUT : FRAME_IN);
}

static enum frame_direction
direction_sll2(const uint8_t *octets, uint32_t n)
{
	if (n < 11)
		return (FRAME_UNKNOWN);
	return (octets[10] == 4 ? FRAME_OUT : FRAME_IN);
}

static enum frame_direction
direction_ppp(const uint8_t *octets, uint32_t n)
{
	if (n < 1)
		return (FRAME_UNKNOWN);
	return (octets[0] != 0 ? FRAME_OUT : FRAME_IN);
}

/* The link types whose frames have a direction, by LINKTYPE_ number. */
static const struct {
	int		 link;
	link_direction_fn *direction;
} directions[] = {
	{ 113, direction_sll },		/* LINUX_SLL */
	{ 276, direction_sll2 },	/* LINUX_SLL2 */
	{ 204, direction_ppp },		/* PPP_WITH_DIR */
};

link_direction_fn *
link_direction(int dlt)
{
	size_t	i;

	for (i = 0; i < sizeof(directions) / sizeof(directions[0]); i++)
		if (directions[i].link == dlt)
			return (directions[i].direction);
	return (NULL);
}

const char *
link_name(int dlt)
{
	const char	*name = pcap_datalink_val_to_name(dlt);

	return (name != NULL ? name : "unknown");
}

struct links *
links_new(const struct frames_opts *o)
{
	struct links	*l = calloc(1, sizeof(*l));

	if (l != NULL)
		l->opts = o;
	return (l);
}

void
links_free(struct links *l)
{
	struct link_type	*t;

	if (l == NULL)
		return;
	while ((t = l->first) != NULL) {
		l->first = t->next;
		if (t->filtered && !t->data)
			pcap_freecode(&t->prog);
		free(t);
	}
	free(l);
}

static struct link_type *
add(struct links *l, int number, char *err)
{
	struct link_type	*t;
	pcap_t			*p;

	if ((p = handle_of_link(number, err)) == NULL)
		return (NULL);
	if ((t = calloc(1, sizeof(*t))) == NULL)
		(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
	else {
		t->number = number;
		t->dlt = pcap_datalink(p);
		t->direction = link_direction(t->dlt);
		t->data = number == DATAREC_LINK;
		t->filtered = handle_is_filtered(l->opts);
		if (t->filtered && !t->data &&
		    handle_compile(p, l->opts, &t->prog, err) == -1) {
			free(t);
			t = NULL;
		}
	}
	pcap_close(p);
	return (t);
}

/* The one that is found moves to the front: the next search is short. */
const struct link_type *
links_find(struct links *l, int number, char *err)
{
	struct link_type	**at = &l->first, *t;

	while (*at != NULL && (*at)->number != number)
		at = &(*at)->next;
	if ((t = *at) != NULL)
		*at = t->next;
	else if ((t = add(l, number, err)) == NULL)
		return (NULL);
	t->next = l->first;
	l->first = t;
	return (t);
}

bool
link_wants(const struct link_type *t, const struct frame *f)
{
	struct pcap_pkthdr	h;

	if (!t->filtered)
		return (true);
	if (t->data)
		return (false);
	memset(&h, 0, sizeof(h));
	h.caplen = f->caplen;
	h.len = f->wirelen;
	return (pcap_offline_filter(&t->prog, &h, f->octets) != 0);
}
