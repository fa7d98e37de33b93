/*
 * What the two files of the sources `pcap' and `ring' share: meter_frames.c
 * opens and answers, meter_frames_count.c counts frames.
 */
#ifndef METER_FRAMES_IMPL_H
#define METER_FRAMES_IMPL_H

#include "packet/decode.h"
#include "packet/recent.h"
#include "packet/sender.h"
#include "table/senders.h"
#include "table/table.h"
#include "meter_impl.h"

struct source {
	struct meter	 base;		/* comes first */
	struct frames_opts opts;
	struct frames	*frames;
	struct recent	*recent;	/* for Ethernet in a file, or NULL */
	int		 link;		/* of the frames; -1: not known yet */
	decode_fn	*decode;
	bool		 ethernet;	/* the link type is LINK_ETHERNET */
	const char	*link_name;
	bool		 data_told;	/* that there are data records */
	const char	*unsupported;	/* name of the first link type in a
					   file that has no decoder, or NULL */
	uint64_t	 buffer;	/* bytes, as logged; 0: unknown */
	enum flow_ports	 ports;
	bool		 live;
	bool		 alone;		/* not one of several threads */
	uint32_t	 mtu;		/* 0: unknown */
	struct ledger	 ledger;	/* without the counts in verdicts */
	uint64_t	 verdicts[DECODED_VERDICTS];
	struct prototally tally;	/* since it was opened */
	const struct networks *networks; /* live */
	const struct nets *local;	/* of a file */
	struct senders	*senders;	/* since they were taken */
	meter_sink_fn	*sink;		/* during meter_drain() */
	void		*sink_arg;
	struct once_filter *once;	/* NULL: not asked for */
	uint64_t	 since_ns;	/* 0; count no earlier frames */
	uint64_t	 since_mono;	/* when that was, monotonic */
	uint64_t	 split_ns;	/* 0: not asked for */
	meter_split_fn	*split;
	void		*split_arg;
	size_t		 nbatch;
	struct flow	 batch[TABLE_BATCH];
	/* Of each flow its frame, or if that is NULL, who sent it. */
	const struct frame *from[TABLE_BATCH];
	struct sender	 sent_by[TABLE_BATCH];
};

/*
 * Note the link type of the frames: its decoder and its name.  In a capture it
 * may change between two calls of the sink.
 */
void	source_note_link(struct source *);

/* Count frames: a frames_sink, whose arg is the source. */
void	source_count(void *arg, const struct frame *, size_t n);

/* Pass on the flows of the batch. */
void	source_flush(struct source *);

/* Pass on the flows that were held back, too. */
void	source_flush_rest(struct source *);

#endif
