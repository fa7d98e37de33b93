/*
 * Packets to standard output, as text or JSON.  Owns the stream's text, and the
 * names that were looked up.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "capture/frames.h"
#include "above.h"
#include "data.h"
#include "traffic.h"

/*
 * Names of so many lookups are kept; then addresses are all that is shown, so
 * that a trace of any length fits in memory.
 */
#define MOST_HOSTS	100000

/* Hosts of the frames that are read at a time. */
#define BATCH_HOSTS	((size_t)2 * FRAMES_BATCH)

/* Hosts that were passed to the resolver lately, by a hash. */
#define RECENT		4096

struct report {
	const struct options *opt;
	struct out	*out;
	struct show	 show;
	struct listing	*table;		/* --table, or NULL */
	struct summary	*summary;	/* --summary */
	struct sessions	*sessions;	/* --sessions */
	struct payload	*payload;	/* --payload */
	bool		 failed;	/* of these; there was a message */
	bool		 told;		/* that a table has no data records */
	uint64_t	 lost;
	size_t		 nhosts;
	struct names_host recent[RECENT];
};

enum sheet_format
sheet_format_of(enum report_format format)
{
	static const enum sheet_format	sheets[] = {
		[REPORT_TEXT] = SHEET_TEXT, [REPORT_JSON] = SHEET_JSON,
		[REPORT_CSV] = SHEET_CSV
	};

	return (sheets[format]);
}

/* What is printed in place of packets. */
static int
open_rows(struct report *r, const struct options *opt, struct out *out)
{
	if (opt->table != TABLE_NONE && (r->table = listing_new(opt->table,
	    sheet_format_of(opt->format), out)) == NULL)
		return (-1);
	if (opt->summary && (r->summary = summary_new(opt, out)) == NULL)
		return (-1);
	if (opt->sessions && (r->sessions = sessions_new(opt, out)) == NULL)
		return (-1);
	return (0);
}

struct report *
report_new(const struct options *opt, struct out *out)
{
	struct report		*r = calloc(1, sizeof(*r));
	struct names_opts	 naming = { .numeric = false };

	if (r == NULL)
		return (NULL);
	tzset();			/* for localtime_r(3) */
	r->opt = opt;
	r->out = out;
	r->show.opt = opt;
	if ((r->show.text = text_new(out, opt->tags)) == NULL)
		goto fail;
	if ((r->show.above = above_new(opt, out)) == NULL)
		goto fail;
	if (open_rows(r, opt, out) == -1)
		goto fail;
	if (!opt->no_names && opt->format == REPORT_TEXT &&
	    opt->payload == NULL && r->table == NULL && !opt->summary &&
	    !opt->sessions) {
		if ((r->show.names = names_new(&naming)) == NULL)
			goto fail;
		names_set_time(r->show.names, (unsigned)opt->resolve_time);
		r->show.hosts = true;
	}
	return (r);
fail:
	report_free(r);
	errno = ENOMEM;
	return (NULL);
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	names_free(r->show.names);
	above_free(r->show.above);
	listing_free(r->table);
	summary_free(r->summary);
	sessions_free(r->sessions);
	text_free(r->show.text);
	free(r);
}

/* Was this host not met lately? */
static bool
is_new(struct report *r, uint8_t family, const uint8_t addr[16])
{
	struct names_host	*slot;
	uint32_t		 hash = family, i;

	for (i = 0; i < 16; i++)
		hash = hash * 31 + addr[i];
	slot = &r->recent[hash % RECENT];
	if (slot->family == family && memcmp(slot->addr, addr, 16) == 0)
		return (false);
	slot->family = family;
	memcpy(slot->addr, addr, sizeof(slot->addr));
	return (true);
}

void
report_names(struct report *r, int link, const struct frame *frames,
    size_t n)
{
	decode_fn		*decode = decode_for_link(link);
	struct names_host	 hosts[BATCH_HOSTS];
	struct packet		 pkt;
	size_t			 i, used = 0;

	if (!r->show.hosts || decode == NULL)
		return;
	for (i = 0; i < n && used + 2 <= BATCH_HOSTS; i++) {
		if (decode(frames[i].octets, frames[i].caplen,
		    frames[i].wirelen, &pkt) != DECODED_IP)
			continue;
		if (is_new(r, pkt.key.family, pkt.key.src)) {
			hosts[used].family = pkt.key.family;
			memcpy(hosts[used++].addr, pkt.key.src, 16);
		}
		if (is_new(r, pkt.key.family, pkt.key.dst)) {
			hosts[used].family = pkt.key.family;
			memcpy(hosts[used++].addr, pkt.key.dst, 16);
		}
	}
	if (used > 0)
		names_resolve(r->show.names, hosts, used);
	if ((r->nhosts += used) > MOST_HOSTS)
		r->show.hosts = false;
}

int
report_files(struct report *r, const struct files *files)
{
	if (r->opt->payload == NULL)
		return (0);
	r->payload = payload_open(r->opt->payload,
	    (const char *const *)files->path, files->n);
	return (r->payload == NULL ? -1 : 0);
}

/* A record of the data trace. */
static void
report_data(struct report *r, const struct shown *p)
{
	int	rc = 0;

	if (r->payload != NULL)
		r->failed |= payload_add(r->payload, p->data) == -1;
	else if (r->sessions != NULL)
		rc = sessions_add(r->sessions, p);
	else if (r->table != NULL) {
		if (!r->told)
			log_notice("a table has no records of the data trace "
			    "(use --summary or --sessions)");
		r->told = true;
	} else if (r->opt->format == REPORT_TEXT)
		data_show(&r->show, p);
	else
		rc = data_json(r->opt, r->out, p);
	if (rc == -1)
		out_fail(r->out, ENOMEM);
}

void
report_packet(struct report *r, const struct shown *p)
{
	if (r->summary != NULL)
		summary_add(r->summary, p);
	else if (p->data != NULL)
		report_data(r, p);
	else if (r->table != NULL)
		listing_packet(r->table, p->number, p->frame->time_ns, p->d);
	else if (r->opt->format == REPORT_TEXT)
		show_packet(&r->show, p);
	else if (json_packet(r->opt, r->out, p, r->show.above) == -1)
		out_fail(r->out, ENOMEM);
}

void
report_losses(struct report *r, const struct capfile_losses *l)
{
	r->lost += l->kernel + l->iface + l->writer;
	if (r->summary != NULL || r->sessions != NULL || r->payload != NULL)
		return;		/* said at the end, or nothing is printed */
	if (r->table != NULL && r->opt->format != REPORT_TEXT)
		return;		/* it would be a row without its columns */
	if (r->opt->format == REPORT_TEXT) {
		show_losses(&r->show, l);
		(void)text_out(r->show.text);
	} else if (json_losses(r->out, l) == -1)
		out_fail(r->out, ENOMEM);
}

int
report_end(struct report *r, uint64_t read)
{
	int	rc = payload_end(r->payload);

	r->payload = NULL;
	if (r->table != NULL)
		listing_end(r->table);
	if (r->summary != NULL)
		summary_end(r->summary, read, r->lost);
	if (r->sessions != NULL)
		sessions_end(r->sessions, r->lost);
	return (rc);
}

bool
report_failed(const struct report *r)
{
	return (r->failed || out_error(r->out) != 0);
}

bool
report_flush(struct report *r)
{
	return (out_flush(text_out(r->show.text)) == 0);
}
