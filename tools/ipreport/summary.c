/*
 * One line a record, of packets and of the data trace; the options in force
 * before them and counts after them.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "data.h"

static const struct sheet_column	columns[] = {
	{ "record", 8 }, { "time", 18 }, { "kind", 6 }, { "way", 8 },
	{ "cid", 8 }, { "proto", 5 }, { "source", 15 }, { "sport", 5 },
	{ "destination", 15 }, { "dport", 5 }, { "length", 6 }, { "job", 0 },
	{ NULL, 0 }
};

struct summary {
	const struct options *opt;
	struct sheet	*sheet;
	uint64_t	 packets, data;
};

/* ---- options in force ---- */

static void
put_option(struct out *out, const char *name, const char *value)
{
	char	buf[512];

	if (value == NULL)
		return;
	(void)strlcpy(buf, value, sizeof(buf));
	out_char(out, ' ');
	out_str(out, name);
	out_char(out, ' ');
	out_str(out, printable(buf));
}

static void
put_number(struct out *out, const char *name, uint64_t value)
{
	char	buf[24];

	if (value == 0)
		return;
	(void)snprintf(buf, sizeof(buf), "%" PRIu64, value);
	put_option(out, name, buf);
}

/* The options that say which records are printed. */
static void
put_options(const struct options *o, struct out *out)
{
	static const char *const	entids[] = { NULL, "4", "5" };
	static const char *const	states[] = { NULL, "start", "data",
	    "end" };
	static const char *const	ways[] = { NULL, "sent", "received" };

	out_str(out, "OPTIONS IN FORCE:");
	put_option(out, "--entidlist", entids[o->entids]);
	put_option(out, "--job", o->job);
	put_option(out, "--cid", o->has_cid ? o->cid_text : NULL);
	put_option(out, "--state", states[o->state]);
	put_option(out, "--direction", ways[o->direction]);
	put_number(out, "-j", o->first);
	put_number(out, "-c", o->count);
	put_option(out, "-F", o->filter);
	put_option(out, "--where", o->where_text);
	put_option(out, "--pattern", o->pattern_text);
	put_option(out, "--since", o->since_text);
	put_option(out, "--until", o->until_text);
	out_char(out, '\n');
}

struct summary *
summary_new(const struct options *opt, struct out *out)
{
	struct summary	*s = calloc(1, sizeof(*s));

	if (s == NULL)
		return (NULL);
	s->opt = opt;
	if (opt->format == REPORT_TEXT)
		put_options(opt, out);
	s->sheet = sheet_new(out, sheet_format_of(opt->format), columns);
	if (s->sheet == NULL) {
		free(s);
		return (NULL);
	}
	return (s);
}

void
summary_free(struct summary *s)
{
	if (s == NULL)
		return;
	sheet_free(s->sheet);
	free(s);
}

/* ---- rows ---- */

static void
put_port(struct sheet *sheet, uint16_t port)
{
	if (port == 0)
		sheet_none(sheet);
	else
		sheet_u64(sheet, port);
}

/* Protocol and both ends of a flow; a packet that is not IP has none. */
static void
put_flow(struct sheet *sheet, const struct flow_key *k)
{
	struct datarec	d = { .family = (uint8_t)k->family,
			    .proto = k->proto };
	char		buf[DATA_ADDRESS], word[DATA_WORD];
	const char	*text;

	if (k->proto == 0)
		sheet_none(sheet);
	else
		sheet_text(sheet, data_proto(&d, word));
	if ((text = data_address(&d, k->src, buf)) != NULL)
		sheet_text(sheet, text);
	else
		sheet_none(sheet);
	put_port(sheet, k->sport);
	if ((text = data_address(&d, k->dst, buf)) != NULL)
		sheet_text(sheet, text);
	else
		sheet_none(sheet);
	put_port(sheet, k->dport);
}

static void
put_packet(struct sheet *sheet, const struct shown *p)
{
	static const struct flow_key	none;

	if (p->about->direction == FRAME_UNKNOWN)
		sheet_none(sheet);
	else
		sheet_text(sheet, p->about->direction == FRAME_OUT ? "sent" :
		    "received");
	sheet_none(sheet);		/* cid */
	put_flow(sheet, p->d->verdict == DECODED_IP ? &p->d->flow.key : &none);
	sheet_u64(sheet, p->frame->wirelen);
	sheet_none(sheet);		/* job */
}

static void
put_data(struct sheet *sheet, const struct datarec *d)
{
	char		text[OWNER_PROGRAM_MAX];
	char		cid[24];
	struct flow	f;

	data_flow(d, &f);
	sheet_text(sheet, d->out ? "sent" : "received");
	(void)snprintf(cid, sizeof(cid), "%" PRIx64, d->cid);
	sheet_text(sheet, cid);
	put_flow(sheet, &f.key);
	sheet_u64(sheet, d->length);
	(void)strlcpy(text, d->job, sizeof(text));
	sheet_text(sheet, printable(text));
}

void
summary_add(struct summary *s, const struct shown *p)
{
	static const char *const	kinds[] = { [DATAREC_START] = "START",
	    [DATAREC_DATA] = "DATA", [DATAREC_END] = "END" };

	sheet_u64(s->sheet, p->number);
	if (p->frame->time_ns == 0)
		sheet_none(s->sheet);
	else
		sheet_time(s->sheet, p->frame->time_ns);
	sheet_text(s->sheet, p->data == NULL ? "PACKET" :
	    kinds[p->data->kind]);
	if (p->data == NULL) {
		s->packets++;
		put_packet(s->sheet, p);
	} else {
		s->data++;
		put_data(s->sheet, p->data);
	}
	sheet_end_row(s->sheet);
}

void
summary_end(struct summary *s, uint64_t read, uint64_t lost)
{
	char	text[200];

	(void)snprintf(text, sizeof(text), "RECORDS: %" PRIu64 " read, %" PRIu64
	    " passed, %" PRIu64 " packet, %" PRIu64 " data, %" PRIu64 " lost",
	    read, s->packets + s->data, s->packets, s->data, lost);
	sheet_total(s->sheet, text);
}
