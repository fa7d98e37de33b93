/*
 * Tests only: count a capture file with the decoder alone and print the rows
 * in the format of the expected tables.
 *
 *	capdump FILE	rows, not sorted, then a line with the ledger
 *	capdump -p FILE	one line per frame
 *
 * Exit status: 0, or 1 if the file is damaged (the frames before that are
 * counted), or 2 if it is not a capture file.
 */
#include <err.h>
#include <inttypes.h>
#include <pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/addr.h"
#include "packet/decode.h"
#include "packet/flow.h"

struct dump {
	struct flow	*rows;		/* one a packet, then merged */
	size_t		 n;
	size_t		 room;
	uint64_t	 frames;
	uint64_t	 classes[DECODE_UNSUPPORTED + 1];
	bool		 packets;	/* -p */
};

static void
print_key(const struct flow_key *k)
{
	char	src[ADDR_STRLEN], dst[ADDR_STRLEN];

	printf("%s\t%u\t%s\t%u\t%u", addr_format(k->family, k->src, src),
	    k->sport, addr_format(k->family, k->dst, dst), k->dport, k->proto);
}

static void
print_packet(uint64_t number, enum decode_verdict v, const struct packet *pkt)
{
	static const char *const	 names[] = {
		[DECODE_IP] = "ip", [DECODE_NONIP] = "nonip",
		[DECODE_MALFORMED] = "malformed",
		[DECODE_UNSUPPORTED] = "unsupported"
	};

	printf("%" PRIu64 "\t%s\t", number, names[decode_class(v)]);
	if (decode_class(v) == DECODE_IP) {
		printf("-\t");
		print_key(&pkt->key);
		printf("\t%u\t%u\n", pkt->data, pkt->ip);
	} else
		printf("%s\n", decode_class(v) == DECODE_MALFORMED ?
		    decode_verdict_name(v) : "-");
}

static void
keep(struct dump *d, const struct packet *pkt)
{
	if (d->n == d->room) {
		d->room = d->room == 0 ? 1024 : 2 * d->room;
		d->rows = realloc(d->rows, d->room * sizeof(*d->rows));
		if (d->rows == NULL)
			err(2, NULL);
	}
	d->rows[d->n] = (struct flow){ pkt->key,
	    { .packets = 1, .data = pkt->data, .ip = pkt->ip } };
	d->rows[d->n++].key.vlan = FLOW_VLAN_NONE;	/* as in a report */
}

static int
cmp_rows(const void *a, const void *b)
{
	return (flow_key_cmp(&((const struct flow *)a)->key,
	    &((const struct flow *)b)->key));
}

static void
print_records(struct dump *d)
{
	struct flow	sum;
	size_t		i = 0;

	if (d->n > 0)
		qsort(d->rows, d->n, sizeof(*d->rows), cmp_rows);
	while (i < d->n) {
		sum = d->rows[i++];
		for (; i < d->n && cmp_rows(&sum, &d->rows[i]) == 0; i++)
			flow_count_add(&sum.count, &d->rows[i].count);
		print_key(&sum.key);
		printf("\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n",
		    sum.count.packets, sum.count.data, sum.count.ip);
	}
	printf("# frames %" PRIu64 " ip %" PRIu64 " nonip %" PRIu64
	    " malformed %" PRIu64 " unsupported %" PRIu64 "\n", d->frames,
	    d->classes[DECODE_IP], d->classes[DECODE_NONIP],
	    d->classes[DECODE_MALFORMED], d->classes[DECODE_UNSUPPORTED]);
}

/* Returns what the last read returned: PCAP_ERROR_BREAK at the end. */
static int
read_frames(struct dump *d, pcap_t *p)
{
	decode_fn		*decode = decode_for_link(pcap_datalink(p));
	struct pcap_pkthdr	*h;
	const u_char		*frame;
	struct packet		 pkt;
	enum decode_verdict	 v = DECODED_UNSUPPORTED;
	int			 rc;

	while ((rc = pcap_next_ex(p, &h, &frame)) == 1) {
		if (decode != NULL)
			v = decode(frame, h->caplen, h->len, &pkt);
		d->frames++;
		d->classes[decode_class(v)]++;
		if (d->packets)
			print_packet(d->frames, v, &pkt);
		else if (v == DECODED_IP)
			keep(d, &pkt);
	}
	return (rc);
}

int
main(int argc, char *argv[])
{
	struct dump	 d = { 0 };
	char		 why[PCAP_ERRBUF_SIZE];
	pcap_t		*p;
	int		 rc;

	d.packets = argc == 3 && strcmp(argv[1], "-p") == 0;
	if (argc != (d.packets ? 3 : 2))
		errx(2, "usage: capdump [-p] file");
	p = pcap_open_offline(argv[argc - 1], why);
	if (p == NULL)
		errx(2, "%s", why);
	rc = read_frames(&d, p);
	if (rc == PCAP_ERROR)
		warnx("%s: %s", argv[argc - 1], pcap_geterr(p));
	if (!d.packets)
		print_records(&d);
	pcap_close(p);
	free(d.rows);
	return (rc == PCAP_ERROR ? 1 : 0);
}
