/*
 * The part of the sources `pcap' and `ring' that counts frames: flows in
 * batches, and who sent them.
 */
#include "config.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "host/networks.h"
#include "packet/datarec.h"
#include "packet/joined.h"
#include "packet/segments.h"
#include "meter_frames_impl.h"

/* DLT_EN10MB: struct recent counts its frames faster. */
#define LINK_ETHERNET	1

void
source_note_link(struct source *c)
{
	int	link = frames_link(c->frames);

	c->link = link;
	c->decode = decode_for_link(link);
	c->ethernet = link == LINK_ETHERNET;
	c->link_name = meter_name_of_link(link, frames_link_name(c->frames));
	if (c->decode == NULL && link != -1 && link != DATAREC_LINK &&
	    c->unsupported == NULL)
		c->unsupported = c->link_name;
	if (!c->live && c->ethernet && c->recent == NULL)
		c->recent = recent_new(c->ports);
}

/* Look who sent the frame of flow i, as long as the frame is there. */
static inline void
find_sender(struct source *c, size_t i)
{
	if (c->from[i] != NULL && (!c->ethernet ||
	    !sender_plain(c->from[i], &c->sent_by[i])))
		sender_find(c->decode, c->from[i], &c->sent_by[i]);
	c->from[i] = NULL;
}

/*
 * Only if a flow is new to the sink it is noted who sent it: its packets have
 * the same sender, and there are many more of them.
 */
static void
note_senders(struct source *c, uint64_t which)
{
	const struct nets	*local = c->local;
	size_t			 i;

	if (c->networks != NULL)
		local = networks_set(c->networks);
	if (local == NULL)
		return;
	for (; which != 0; which &= which - 1) {
		i = (size_t)__builtin_ctzll(which);
		find_sender(c, i);
		if (sender_is_source(&c->sent_by[i]))
			senders_note(c->senders, local, &c->batch[i].key,
			    c->sent_by[i].mac);
	}
}

void
source_flush(struct source *c)
{
	uint64_t	new;

	if (c->nbatch > 0 &&
	    (new = c->sink(c->sink_arg, c->batch, c->nbatch)) != 0)
		note_senders(c, new);
	c->nbatch = 0;
}

/* How many frames may be decoded before the batch must be passed on. */
static size_t
room(const struct source *c)
{
	size_t	most = TABLE_BATCH - c->nbatch;

	return (c->recent != NULL && c->ethernet ?
	    recent_frames_for(c->recent, most) : most);
}

/* Decode n frames of one packet each. */
static void
count_plain(struct source *c, const struct frame *frames, size_t n)
{
	struct flow		*to = c->batch + c->nbatch;
	const struct frame	**from = c->from + c->nbatch;

	if (c->recent != NULL && c->ethernet)
		c->nbatch += recent_frames(c->recent, frames, n, to, from,
		    c->verdicts);
	else
		c->nbatch += decode_frames(c->decode, c->ports, frames, n, to,
		    from, c->verdicts, c->live ? &c->tally : NULL);
}

/* Decode n frames in some of which packets are joined. */
static void
count_joined(struct source *c, const struct frame *frames, size_t n)
{
	const struct frame	*end = frames + n, *f;

	for (f = frames; f < end; frames = f) {
		while (f < end && f->gso_size == 0)
			f++;
		if (f > frames)
			count_plain(c, frames, (size_t)(f - frames));
		if (f < end)
			c->nbatch += segments_decode(c->decode, c->ports, f++,
			    c->batch + c->nbatch, c->from + c->nbatch,
			    c->verdicts, c->live ? &c->tally : NULL,
			    &c->ledger);
	}
}

/* Decode n frames, no more than there is room for. */
static void
count_frames(struct source *c, const struct frame *frames, size_t n,
    bool joined)
{
	if (c->decode == NULL)
		c->verdicts[DECODED_UNSUPPORTED] += n;
	else if (joined)
		count_joined(c, frames, n);
	else
		count_plain(c, frames, n);
}

/*
 * Count frames.  Live frames are always cut: do not count these as cut.  Are
 * packets joined in any?
 */
static bool
note_frames(struct source *c, const struct frame *frames, size_t n)
{
	uint64_t	bytes = 0, cut = 0;
	uint32_t	longest = 0;
	uint16_t	sizes = 0;
	size_t		i;

	for (i = 0; i < n; i++) {
		bytes += frames[i].wirelen;
		longest = frames[i].wirelen > longest ? frames[i].wirelen :
		    longest;
		cut += frames[i].caplen < frames[i].wirelen;
		sizes |= frames[i].gso_size;
	}
	c->ledger.v[LEDGER_FRAMES] += n;
	c->ledger.v[LEDGER_WIRE_BYTES] += bytes;
	if (!c->live)
		c->ledger.v[LEDGER_TRUNCATED] += cut;
	if (longest > c->mtu && c->mtu != 0 && c->decode != NULL)
		joined_note(&c->ledger, c->decode, frames, n, c->mtu);
	return (sizes != 0);
}

/* The first of n frames that is not before that time; n if there is none. */
static size_t
find_time(uint64_t ns, const struct frame *frames, size_t n)
{
	size_t	i;

	for (i = 0; i < n && frames[i].time_ns < ns; i++)
		continue;
	return (i);
}

/*
 * How many of the frames came before the first that is to be counted.  If the
 * clock was set back since, their times do not tell: soon none is early.
 */
static size_t
count_early(struct source *c, const struct frame *frames, size_t n)
{
	bool	over = now_mono() >= c->since_mono + NS_PER_S;
	size_t	early = over ? 0 : find_time(c->since_ns, frames, n);

	if (early < n)
		c->since_ns = 0;
	return (early);
}

/* True if the frames were counted, on both sides of a split. */
static bool
split_frames(struct source *c, const struct frame *frames, size_t n)
{
	size_t	before = find_time(c->split_ns, frames, n);

	if (before == n)
		return (false);
	c->split_ns = 0;
	if (before > 0)
		source_count(c, frames, before);
	source_flush(c);
	c->split(c->split_arg);
	source_count(c, frames + before, n - before);
	return (true);
}

/*
 * Records of the data trace, in a trace that has packets, too: they are no
 * packets, and what they tell of was counted with those.
 */
static void
note_data(struct source *c, size_t n)
{
	if (!c->data_told)
		log_notice("records of the data trace: %s: they are no packets "
		    "and are not counted", c->opts.file);
	c->data_told = true;
	c->ledger.v[LEDGER_DATA_RECORDS] += n;
}

/*
 * Pass the batch on if it has no room for the frames that are left and is more
 * than half full.  The frames are there until this returns: then the batch must
 * be passed on or, if they come one by one, it must be known who sent them.
 */
static void
count_all(struct source *c, const struct frame *frames, size_t n, bool alone)
{
	size_t	most, first = c->nbatch;
	bool	joined = note_frames(c, frames, n);

	for (; n > 0; frames += most, n -= most) {
		most = room(c);
		if (most < n && c->nbatch > TABLE_BATCH / 2) {
			source_flush(c);
			most = room(c);
			first = 0;
		}
		if (most > n)
			most = n;
		count_frames(c, frames, most, joined);
	}
	if (!alone)
		source_flush(c);
	for (; first < c->nbatch; first++)
		find_sender(c, first);
}

/* How many frames, from the first on, are records, or how many are not. */
static size_t
same_kind(const struct source *c, const struct frame *frames, size_t n,
    bool *data)
{
	size_t	i;

	*data = frames_is_data(c->frames, &frames[0]);
	for (i = 1; i < n && frames_is_data(c->frames, &frames[i]) == *data;)
		i++;
	return (i);
}

/* Frames of the link type that the records of the data trace have. */
static void
count_upper(struct source *c, const struct frame *frames, size_t n)
{
	size_t	some;
	bool	data;

	for (; n > 0; frames += some, n -= some) {
		some = same_kind(c, frames, n, &data);
		if (data) {
			note_data(c, some);
			continue;
		}
		if (c->unsupported == NULL)
			c->unsupported = c->link_name;
		count_all(c, frames, some, some == 1);
	}
}

void
source_count(void *arg, const struct frame *frames, size_t n)
{
	struct source	*c = arg;
	size_t		 early;
	bool		 alone = n == 1;

	if (frames_link(c->frames) != c->link)
		source_note_link(c);
	if (c->since_ns != 0) {
		early = count_early(c, frames, n);
		frames += early;
		if ((n -= early) == 0)
			return;
	}
	if (c->split_ns != 0 && split_frames(c, frames, n))
		return;
	if (c->link == DATAREC_LINK)
		count_upper(c, frames, n);
	else
		count_all(c, frames, n, alone);
}

/* The source has ended: pass on the flows that were held back, too. */
void
source_flush_rest(struct source *c)
{
	source_flush(c);
	memset(c->from, 0, sizeof(c->from));
	memset(c->sent_by, 0, sizeof(c->sent_by));
	while (c->recent != NULL && (c->nbatch = recent_rest(c->recent,
	    c->batch, TABLE_BATCH)) > 0)
		source_flush(c);
}
