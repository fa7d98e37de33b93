/*
 * Which packets are wanted, by --where and --pattern, and what of that an index
 * can tell.
 */
#include "packet/datarec.h"
#include "packet/segments.h"
#include "query/pattern.h"
#include "trace/index_find.h"
#include "ipreport.h"

/* As many as capture/frames.h passes on at once. */
#define MOST	64

static bool
is_wanted(void *arg, const struct flow *f)
{
	const struct options	*opt = arg;

	return ((opt->where == NULL || where_match(opt->where, f, NULL)) &&
	    (opt->pattern == NULL || pattern_match(opt->pattern, &f->key)));
}

/* The flows of the frames; a joined one counts as its packets. */
static size_t
decode_all(decode_fn *decode, const struct frame *frames, size_t n,
    struct flow *flows, const struct frame **from)
{
	uint64_t		 counts[DECODED_VERDICTS] = { 0 };
	struct ledger		 ledger = { { 0 } };
	const struct frame	*end = frames + n, *f;
	size_t			 many = 0;

	for (f = frames; f < end; frames = f) {
		while (f < end && f->gso_size == 0)
			f++;
		if (f > frames)
			many += decode_frames(decode, FLOW_PORTS_ALL, frames,
			    (size_t)(f - frames), flows + many, from + many,
			    counts, NULL);
		if (f < end)
			many += segments_decode(decode, FLOW_PORTS_ALL, f++,
			    flows + many, from + many, counts, NULL, &ledger);
	}
	return (many);
}

uint64_t
wanted_frames(const struct options *opt, int link, const struct frame *frames,
    size_t n)
{
	decode_fn		*decode = decode_for_link(link);
	uint64_t		 wanted = 0;
	struct flow		 flows[MOST];
	const struct frame	*from[MOST];
	size_t			 i, many;

	if (opt->where == NULL && opt->pattern == NULL)
		return (UINT64_MAX);
	if (link == DATAREC_LINK)
		return (UINT64_MAX);	/* data.c looks at them one by one */
	if (decode == NULL)
		return (0);
	many = decode_all(decode, frames, n, flows, from);
	for (i = 0; i < many; i++)
		if (is_wanted((void *)(uintptr_t)opt, &flows[i]))
			wanted |= UINT64_C(1) << (from[i] - frames);
	return (wanted);
}

/*
 * The counters of a row are sums of its packets', so that a row tells nothing
 * of its packets' counters.  Times alone want packets that have no row, too,
 * such as those of ARP.
 */
bool
wanted_parts(const struct options *opt, struct index_want *want)
{
	want->wanted = opt->where != NULL || opt->pattern != NULL ?
	    is_wanted : NULL;
	want->arg = (void *)(uintptr_t)opt;
	want->since_ns = opt->since_ns;
	want->until_ns = opt->until_ns;
	want->data = opt->entids != ENTIDS_PACKETS && opt->filter == NULL;
	if (opt->where != NULL)
		return (!where_is_counted(opt->where));
	return (opt->pattern != NULL || opt->since_ns != 0 ||
	    opt->until_ns != 0);
}
