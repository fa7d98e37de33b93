/*
 * Fuzz records of the data trace.  An input is the length of the comment (16
 * bits, big-endian), the comment, then the frame.  A record that was read is
 * written and read again: the second time nothing may change any more.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/endian.h"
#include "packet/datarec.h"
#include "fuzz.h"

#define PAYLOAD	4096	/* most that is written again */

static void
again(const struct datarec *d, struct datarec *r)
{
	static uint8_t	frame[DATAREC_HEAD + PAYLOAD];
	static char	comment[DATAREC_COMMENT];
	size_t		head = datarec_head(d, frame);
	size_t		told = datarec_comment(d, comment);
	uint32_t	n = d->caplen < PAYLOAD ? d->caplen : PAYLOAD;

	check(head <= DATAREC_HEAD && told <= DATAREC_COMMENT);
	if (n > 0)
		memmove(frame + head, d->payload, n);
	check(datarec_read(r, frame, head + n, head + n, comment, told));
	check(r->kind == d->kind && r->cid == d->cid &&
	    strcmp(r->job, d->job) == 0 && strcmp(r->unit, d->unit) == 0);
	check(r->kind != DATAREC_DATA || (r->caplen == n && r->seq == d->seq));
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct datarec	d, first, second;
	size_t		told;

	if (size < 2 || (told = get_be16(in)) > size - 2)
		return (0);
	if (!datarec_read(&d, in + 2 + told, size - 2 - told,
	    2 * (size - 2 - told), (const char *)in + 2, told))
		return (0);
	check(d.job[sizeof(d.job) - 1] == '\0');
	check(d.unit[sizeof(d.unit) - 1] == '\0');
	check(d.caplen <= d.length);
	if (d.caplen > 0)
		check(d.payload >= in + 2 + told &&
		    d.payload + d.caplen <= in + size);
	again(&d, &first);
	again(&first, &second);
	check(memcmp(&first, &second, offsetof(struct datarec, payload)) == 0);
	return (0);
}
