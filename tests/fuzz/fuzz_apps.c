/*
 * Fuzz the decoders of application protocols and the tables of pairs.  An input
 * is the IP protocol (8 bits) and the two ports (16 bits each, big-endian),
 * then the payload.  It is shown three times: as text, as JSON, and as the
 * payload of a packet of which half was captured; then it goes into the tables.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/endian.h"
#include "ipreport/apps/apps.h"
#include "ipreport/apps/table_impl.h"
#include "fuzz.h"

#define PREFIX	5

static struct out	*nowhere;
static struct apps	*apps;
static struct fields	*text, *json;

static const struct pairs_kind	dns = { pairs_dns, pairs_dns_row };
static const struct pairs_kind	nfs = { pairs_nfs, pairs_nfs_row };

static void
start(void)
{
	if (nowhere != NULL)
		return;
	nowhere = out_new(open("/dev/null", O_WRONLY));
	apps = apps_new(true);
	text = fields_text_new(nowhere, true);
	json = fields_json_new();
	if (nowhere == NULL || apps == NULL || text == NULL || json == NULL)
		abort();
}

static void
show(const struct app_packet *p, struct fields *f)
{
	json_t	*object = json_object();

	if (f == json)
		fields_json_into(f, object);
	fields_packet(f);
	(void)apps_show(apps, p, f);
	if (fields_failed(f))
		abort();
	json_decref(object);
}

/* There and back, so that a call of the input may answer itself. */
static void
pair(const struct pairs_kind *kind, const struct sheet_column *columns,
    const struct app_packet *p)
{
	struct app_packet	 back = *p;
	struct sheet		*sheet = sheet_new(nowhere, SHEET_JSON,
				    columns);
	struct pairs		*t = pairs_new(kind, sheet, 4);

	if (sheet == NULL || t == NULL)
		abort();
	back.sport = p->dport;
	back.dport = p->sport;
	kind->packet(t, p);
	kind->packet(t, &back);
	kind->packet(t, p);
	pairs_end(t);
	pairs_free(t);
	sheet_free(sheet);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct app_packet	p = { .number = 1, .src = { 1 }, .dst = { 2 } };
	uint32_t		n;

	if (size < PREFIX || size - PREFIX > UINT16_MAX)
		return (0);
	start();
	n = (uint32_t)(size - PREFIX);
	p.proto = (in[0] & 1) != 0 ? 17 : 6;
	p.sport = get_be16(in + 1);
	p.dport = get_be16(in + 3);
	p.data = cursor_open(in + PREFIX, n, n);
	show(&p, text);
	show(&p, json);
	pair(&dns, table_dns, &p);
	pair(&nfs, table_nfs, &p);
	p.data = cursor_open(in + PREFIX, n / 2, n);
	show(&p, text);
	show(&p, json);
	return (0);
}
