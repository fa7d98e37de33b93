/*
 * A packet as an object of JSON, one a line.  Numbers are numbers, also those
 * that the text shows as hexadecimal.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/endian.h"
#include "packet/mac.h"
#include "report/json.h"
#include "above.h"
#include "ipreport.h"

/*
 * jansson refuses to set NULL, so that memory is the only reason to fail.  Keys
 * are of this program: they need no check of UTF-8.
 */
static void
set(json_t *o, const char *key, json_t *value, bool *fine)
{
	if (json_object_set_new_nocheck(o, key, value) == -1)
		*fine = false;
}

json_t *
json_printable(const char *at, size_t n)
{
	char	buf[1024];
	size_t	i;

	if (n >= sizeof(buf))
		n = sizeof(buf) - 1;
	for (i = 0; i < n; i++)
		buf[i] = at[i] >= ' ' && at[i] <= '~' ? at[i] : '?';
	return (json_stringn(buf, n));
}

static json_t *
address(uint8_t family, const uint8_t *at)
{
	char	buf[ADDR_STRLEN];
	uint8_t	addr[16];

	if (family == FLOW_FAMILY_IP4)
		addr_map_ip4(addr, at);
	else
		memcpy(addr, at, sizeof(addr));
	return (json_string(addr_format(family, addr, buf)));
}

static json_t *
field(const struct field *f, const struct layer *l)
{
	char	buf[MAC_STRLEN];

	switch (f->form) {
	case FIELD_MAC:
		return (json_string(mac_format(l->at + f->at, buf)));
	case FIELD_IP4:
		return (address(FLOW_FAMILY_IP4, l->at + f->at));
	case FIELD_IP6:
		return (address(FLOW_FAMILY_IP6, l->at + f->at));
	default:
		return (json_u64(field_value(f, l)));
	}
}

/* The groups of a report of multicast. */
static json_t *
groups(const struct layer *l, bool *fine)
{
	json_t		*list = json_array(), *o;
	struct group	 g;
	bool		 is;

	for (is = groups_first(l, &g); is; is = groups_next(l, &g)) {
		o = json_object();
		set(o, "group", address(g.family, g.address), fine);
		set(o, "record", json_u64(g.type), fine);
		set(o, "sources", json_u64(g.sources), fine);
		if (json_array_append_new(list, o) == -1)
			*fine = false;
	}
	return (list);
}

/* Options as words, and the addresses of ARP, whose places vary. */
static void
set_special(json_t *o, const struct layer *l, bool *fine)
{
	char		buf[OPTIONS_TEXT];
	struct group	g;

	if (l->kind == LAYER_TCP && l->header > 20)
		set(o, "options", json_string(words_tcp(l, buf)), fine);
	if (l->kind == LAYER_IP4 && l->header > 20)
		set(o, "options", json_string(words_ip4(l, buf)), fine);
	if (l->kind == LAYER_ARP && l->at[4] == 6 && l->at[5] == 4) {
		set(o, "sender_mac", json_string(mac_format(l->at + 8, buf)),
		    fine);
		set(o, "sender", address(FLOW_FAMILY_IP4, l->at + 14), fine);
		set(o, "target_mac", json_string(mac_format(l->at + 18, buf)),
		    fine);
		set(o, "target", address(FLOW_FAMILY_IP4, l->at + 24), fine);
	}
	if (groups_first(l, &g))
		set(o, "groups", groups(l, fine), fine);
	if (l->next_kind == NEXT_PPP)
		set(o, "protocol", json_u64(l->next), fine);
	if (l->next_kind == NEXT_FAMILY && l->kind == LAYER_NULL)
		set(o, "family", json_u64(l->next), fine);
}

static json_t *
layer(const struct options *opt, const struct shown *p,
    const struct layer *l, bool *fine)
{
	const struct layer_fields	*of = &layer_fields[l->kind];
	json_t				*o = json_object();
	struct sum			 sum;
	size_t				 i;

	set(o, "layer", json_string(dissect_name(l->kind)), fine);
	set(o, "octets", json_u64(l->wire), fine);
	if (l->depth > 0)
		set(o, "depth", json_u64(l->depth), fine);
	if (l->quoted)
		set(o, "quoted", json_true(), fine);
	if (l->kind != LAYER_PAYLOAD)
		set(o, "header", json_u64(l->header), fine);
	if (layer_is_cut(l) || l->kind == LAYER_PAYLOAD)
		set(o, "captured", json_u64(l->captured), fine);
	for (i = 0; i < of->n; i++)
		if (field_is_there(&of->fields[i], l))
			set(o, of->fields[i].name, field(&of->fields[i], l),
			    fine);
	if (layer_is_cut(l))
		return (o);
	set_special(o, l, fine);
	if (opt->verify && l->kind != LAYER_PAYLOAD &&
	    (sum = sum_verify(p, l)).state != SUM_UNKNOWN)
		set(o, "checksum_state", json_string(sum_words[sum.state]),
		    fine);
	return (o);
}

/* What trafd counts of it. */
static json_t *
flow(const struct flow *f, bool *fine)
{
	json_t	*o = json_object();

	set(o, "src", address((uint8_t)(f->key.family),
	    f->key.family == FLOW_FAMILY_IP4 ? f->key.src + 12 : f->key.src),
	    fine);
	set(o, "dst", address((uint8_t)(f->key.family),
	    f->key.family == FLOW_FAMILY_IP4 ? f->key.dst + 12 : f->key.dst),
	    fine);
	set(o, "proto", json_u64(f->key.proto), fine);
	set(o, "srcport", json_u64(f->key.sport), fine);
	set(o, "dstport", json_u64(f->key.dport), fine);
	if (f->key.vlan != FLOW_VLAN_NONE)
		set(o, "vlan", json_u64(f->key.vlan), fine);
	set(o, "packets", json_u64(f->count.packets), fine);
	set(o, "data_bytes", json_u64(f->count.data), fine);
	set(o, "ip_bytes", json_u64(f->count.ip), fine);
	return (o);
}

json_t *
json_moment(uint64_t ns)
{
	time_t		second = (time_t)(ns / NS_PER_S);
	struct tm	tm;
	char		buf[64];
	size_t		n;

	if (gmtime_r(&second, &tm) == NULL ||
	    (n = strftime(buf, sizeof(buf), "%Y-%m-%dT%H:%M:%S", &tm)) == 0)
		return (json_null());
	(void)snprintf(buf + n, sizeof(buf) - n, ".%09uZ",
	    (unsigned)(ns % NS_PER_S));
	return (json_string(buf));
}

static void
set_about(json_t *o, const struct shown *p, bool *fine)
{
	static const char *const	directions[] = {
		[FRAME_IN] = "received", [FRAME_OUT] = "transmitted",
	};
	const struct capfile_about	*a = p->about;

	if (p->ifname != NULL)
		set(o, "interface", json_printable(p->ifname,
		    strlen(p->ifname)), fine);
	if (a->direction != FRAME_UNKNOWN)
		set(o, "direction", json_string(directions[a->direction]),
		    fine);
	if (a->segments > 1)
		set(o, "segments", json_u64(a->segments), fine);
	if (a->segments > 1 && a->segment_octets != 0)
		set(o, "segment_octets", json_u64(a->segment_octets), fine);
	if (a->dropped != 0)
		set(o, "dropped", json_u64(a->dropped), fine);
	if (a->pid != 0)
		set(o, "pid", json_u64(a->pid), fine);
	if (a->tid != 0)
		set(o, "tid", json_u64(a->tid), fine);
	if (a->comment != NULL)
		set(o, "comment", json_printable(a->comment,
		    a->comment_len), fine);
}

static json_t *
layers(const struct options *opt, const struct shown *p, bool *fine)
{
	json_t		*list = json_array();
	uint32_t	 i;

	for (i = 0; i < p->d->nlayers; i++)
		if (json_array_append_new(list, layer(opt, p,
		    &p->d->layers[i], fine)) == -1)
			*fine = false;
	return (list);
}

static json_t *
packet(const struct options *opt, const struct shown *p, struct above *above)
{
	json_t	*o = json_object();
	bool	 fine = o != NULL;

	set(o, "number", json_u64(p->number), &fine);
	if (p->frame->time_ns != 0) {
		set(o, "time", json_moment(p->frame->time_ns), &fine);
		set(o, "time_ns", json_u64(p->frame->time_ns), &fine);
	}
	set(o, "length", json_u64(p->frame->wirelen), &fine);
	set(o, "captured", json_u64(p->frame->caplen), &fine);
	set(o, "link", json_u64((uint64_t)p->link), &fine);
	set_about(o, p, &fine);
	set(o, "verdict", json_string(decode_verdict_name(p->d->verdict)),
	    &fine);
	if (p->d->verdict == DECODED_IP)
		set(o, "flow", flow(&p->d->flow, &fine), &fine);
	set(o, "layers", layers(opt, p, &fine), &fine);
	if (fine && above_json(above, p, o))
		return (o);
	json_decref(o);
	return (NULL);
}

int
json_packet(const struct options *opt, struct out *out,
    const struct shown *p, struct above *above)
{
	json_t	*o = packet(opt, p, above);
	int	 rc = json_put_line(o, out);

	json_decref(o);
	return (rc);
}

int
json_losses(struct out *out, const struct capfile_losses *l)
{
	json_t	*o = json_object();
	bool	 fine = o != NULL;
	int	 rc = -1;

	if (l->kernel + l->iface + l->writer == 0) {
		json_decref(o);
		return (0);
	}
	set(o, "dropped_kernel", json_u64(l->kernel), &fine);
	set(o, "dropped_interface", json_u64(l->iface), &fine);
	set(o, "dropped_writer", json_u64(l->writer), &fine);
	if (fine)
		rc = json_put_line(o, out);
	json_decref(o);
	return (rc);
}
