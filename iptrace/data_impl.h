/*
 * Shared by data.c, which makes records of what the kernel tells, and
 * data_batch.c, which makes frames of records.
 */
#ifndef DATA_IMPL_H
#define DATA_IMPL_H

#include "owner/data_kernel.h"
#include "packet/datarec.h"
#include "data.h"
#include "data_ends.h"
#include "data_sockets.h"

/* Records that are passed on at once, and the octets for them. */
#define BATCH		256
#define BATCH_OCTETS	((size_t)1 << 20)

struct data_batch {
	size_t		 n;
	struct frame	 frames[BATCH];
	struct record_note notes[BATCH];
	uint32_t	 numbers[BATCH];
	char		 comments[BATCH][DATAREC_COMMENT];
	uint8_t		 octets[BATCH_OCTETS];
	size_t		 used;		/* of octets */
	struct record_note loss;	/* of the next record */
	char		 loss_text[96];
};

/* TCP payload that came before its socket was there, and may still get one. */
#define EARLY		64
#define EARLY_OCTETS	(1u << 20)	/* of a stream that come so early */
struct data_early {
	struct data_event event;
	uint8_t		*payload;	/* NULL: none is here */
};

#define ENDS		256
struct data {
	struct data_kernel *kernel;
	struct data_sockets *sockets;
	struct record	*record;	/* borrowed */
	uint32_t	 number;	/* of the interface in it */
	int		 ends_fd;	/* -1: none */
	bool		 missed;	/* some ends were not told; was said */
	struct data_end	 ends[ENDS];	/* waiting for older records */
	size_t		 nends;
	struct data_lost told[DATA_CPUS];
	uint32_t	 cpus;		/* of them there are */
	uint64_t	 losses;	/* records lost up to now */
	uint64_t	 unsaid;	/* of them since data_losses() */
	uint64_t	 octets;	/* of payload in them */
	uint64_t	 clock;		/* of the wall, less the monotonic */
	size_t		 read;		/* records of this data_read() */
	struct data_early early[EARLY];
	size_t		 nearly;	/* where the next one goes */
	data_sink_fn	*sink;		/* during a read */
	void		*arg;
	struct data_batch batch;
};

/* Pass on what is in the batch. */
void	data_batch_flush(struct data *);

/* Add a record. */
void	data_batch_add(struct data *, const struct datarec *);

/* So many records were lost before the next one. */
void	data_batch_lost(struct data *, const struct data_lost *);

#endif
