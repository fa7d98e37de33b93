/*
 * A record of the data trace as text, as the formatter of z/OS prints it: the
 * columns are its own, see trace.md and ipreport(1).
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/plural.h"
#include "base/printable.h"
#include "data.h"

#define LINE		1024
#define ROW		16		/* octets in a line of the dump */
#define ROW_HEX		35		/* its columns: four words */

/* A whole line; with -s after its tag. */
static void __attribute__((format(printf, 2, 3)))
line(struct show *s, const char *fmt, ...)
{
	char	buf[LINE];
	va_list	ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	text_bare(s->text);
	text_str(s->text, printable(buf));
	text_end(s->text);
}

/* The lines that stand on top of every record. */
static void
show_head(struct show *s, const struct shown *p)
{
	const struct datarec	*d = p->data;
	time_t			 at = (time_t)(p->frame->time_ns / NS_PER_S);
	unsigned		 micros = (unsigned)(p->frame->time_ns %
				    NS_PER_S / 1000);
	char			 clock[16] = "?", date[40] = "?", cid[40];
	struct tm		 tm;

	if (p->frame->time_ns != 0 && localtime_r(&at, &tm) != NULL) {
		(void)strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
		(void)strftime(date, sizeof(date), "%Y/%m/%d %H:%M:%S", &tm);
	}
	line(s, "%3llu %-8s %-8s %08X %s.%06u %s",
	    (unsigned long long)p->number, p->ifname == NULL ? "-" : p->ifname,
	    "DATA", ENTID_DATA, clock, micros, "Data Trace");
	line(s, " %-18s: %-42s%s=%u", d->out ? "To Jobname" : "From Jobname",
	    d->job, d->caplen < d->length ? "Abbrev" : "Full", d->caplen);
	(void)snprintf(cid, sizeof(cid), "%08llX", (unsigned long long)d->cid);
	(void)snprintf(date + strlen(date), sizeof(date) - strlen(date),
	    ".%06u", micros);
	line(s, "  %-17s: %-42sCid: %s", "Tod Clock", date, cid);
}

static void
show_socket(struct show *s, const struct datarec *d)
{
	static const char *const	states[] = {
		[DATAREC_START] = "API Data Flow Starts",
		[DATAREC_END] = "API Data Flow Ends",
	};
	char	type[DATA_WORD], proto[DATA_WORD];

	line(s, "  %-17s: %-16s Type: %-19sProtocol: %s", "Domain",
	    d->family == FLOW_FAMILY_IP4 ? "AF_Inet" :
	    d->family == FLOW_FAMILY_IP6 ? "AF_Inet6" : "not known",
	    data_type(d, type), data_proto(d, proto));
	if (d->kind != DATAREC_DATA)
		line(s, "  %-17s: %s", "State", states[d->kind]);
	line(s, "  %-17s: %-16u Flags: %s", "Segment #", 0U,
	    d->out ? "Out" : "In");
}

static void
show_peers(struct show *s, const struct datarec *d)
{
	const char	*local, *remote;
	char		 here[DATA_ADDRESS], there[DATA_ADDRESS];

	if ((local = data_address(d, d->local, here)) == NULL)
		local = "not known";
	if ((remote = data_address(d, d->remote, there)) == NULL)
		remote = "not known";
	line(s, "  %-17s: %s", "Source", d->out ? local : remote);
	line(s, "  %-17s: %s", "Destination", d->out ? remote : local);
	line(s, "  %-17s: %-16u Dest Port: %-6uAsid: %04X TCB: %08X",
	    "Source Port", d->out ? d->lport : d->rport,
	    d->out ? d->rport : d->lport, d->pid, d->tid);
}

/* What z/OS does not tell. */
static void
show_more(struct show *s, const struct shown *p)
{
	const struct datarec	*d = p->data;
	const char		*name = NULL;
	char			 user[DATA_USER], uid[DATA_WORD] = "not known";

	if (d->uid != OWNER_NO_UID)
		(void)snprintf(uid, sizeof(uid), "%u", d->uid);
	if (!s->opt->no_names)
		name = data_user(d->uid, user);
	line(s, "  %-17s: %-16u User: %s%s%s%s", "Process", d->pid, uid,
	    name == NULL ? "" : " (", name == NULL ? "" : name,
	    name == NULL ? "" : ")");
	if (d->unit[0] != '\0')
		line(s, "  %-17s: %s", "Unit", d->unit);
	if (d->kind == DATAREC_DATA)
		line(s, "  %-17s: %-16llu Exchange: %s", "Offset",
		    (unsigned long long)d->seq,
		    d->segment ? "Segment" : "Call");
	if (d->has_sums) {
		line(s, "  %-17s: %-16llu Received: %llu", "Sent",
		    (unsigned long long)d->sent,
		    (unsigned long long)d->received);
		if (d->proto == 6)
			line(s, "  %-17s: %-16u Retransmissions: %u",
			    "Round Trip (us)", d->rtt_us, d->retransmissions);
	}
	if (p->about->dropped != 0)
		line(s, "  %-17s: %llu record%s before this one", "Lost",
		    (unsigned long long)p->about->dropped,
		    plural(p->about->dropped));
}

/* ---- the payload ---- */

/* The characters of a row: each set, then a blank. */
static void
put_characters(char *to, const uint8_t *at, uint32_t n,
    const struct options *opt)
{
	const char	*sets[2] = { dump_ebcdic(), dump_ascii() };
	uint32_t	 i, k, most = opt->ebcdic ? 1 : 2;

	for (k = 0; k < most; k++) {
		for (i = 0; i < n; i++)
			*to++ = sets[k][at[i]];
		*to++ = ' ';
	}
	*to++ = '|';
	*to = '\0';
}

/* " 000000 AEBCDB3D 03340A00 00000000          |............ ...=.4...... |" */
static void
show_row(struct show *s, uint32_t offset, const uint8_t *at, uint32_t n)
{
	char		hex[ROW_HEX + 1], characters[2 * ROW + 4];
	uint32_t	i, column = 0;

	memset(hex, ' ', sizeof(hex) - 1);
	hex[ROW_HEX] = '\0';
	for (i = 0; i < n; i++) {
		hex[column] = "0123456789ABCDEF"[at[i] >> 4];
		hex[column + 1] = "0123456789ABCDEF"[at[i] & 15];
		column += i % 4 == 3 ? 3 : 2;
	}
	put_characters(characters, at, n, s->opt);
	line(s, " %06X %s |%s", offset, hex, characters);
}

/* With -x all of the frame, as of a packet. */
static void
show_payload(struct show *s, const struct shown *p)
{
	const struct datarec	*d = p->data;
	const uint8_t		*at = d->payload;
	uint32_t		 n = d->caplen, most, i;

	if (s->opt->hex) {
		at = p->frame->octets;
		n = p->frame->caplen;
	}
	most = n < s->opt->dump ? n : s->opt->dump;
	for (i = 0; i < most; i += ROW)
		show_row(s, i, at + i, most - i < ROW ? most - i : ROW);
	if (most < n && most > 0)
		line(s, " %u more byte%s", n - most, plural(n - most));
}

void
data_show(struct show *s, const struct shown *p)
{
	text_title(s->text, "DATA:", "");
	show_head(s, p);
	show_socket(s, p->data);
	show_peers(s, p->data);
	show_more(s, p);
	if (p->data->kind == DATAREC_DATA)
		line(s, "  %-17s: %-16u Data Length: %u", "Data",
		    p->data->caplen, p->data->length);
	show_payload(s, p);
	text_gap(s->text);
}
