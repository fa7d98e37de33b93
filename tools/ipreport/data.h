/*
 * Records of the data trace in ipreport: which are wanted, and how they are
 * printed.  One thread at a time.
 *
 *	data.c		which are wanted; words for their members
 *	data_text.c	a record as the formatter of z/OS prints it
 *	data_json.c	a record as an object
 *	summary.c	one line a record, also of packets (--summary)
 *	sessions.c	one line a socket (--sessions)
 *	payload.c	what a socket has sent or received, to a file
 */
#ifndef IPREPORT_DATA_H
#define IPREPORT_DATA_H

#include "packet/datarec.h"
#include "ipreport.h"

/* Entry ids of records, as z/OS has them. */
#define ENTID_PACKET	4
#define ENTID_DATA	5

/* ---- data.c ---- */

/* Does the condition want packets at all?  That of a job does not. */
bool		 data_wants_packets(const struct options *);
bool		 data_is_wanted(const struct options *, const struct datarec *);

/* The flow that it would be in, whose only packet has the payload. */
void		 data_flow(const struct datarec *, struct flow *);

/* "10.0.0.1", or NULL: it is not known. */
#define DATA_ADDRESS	ADDR_STRLEN
const char	*data_address(const struct datarec *, const uint8_t addr[16],
		    char buf[DATA_ADDRESS]);

/* "TCP", "132"; "Stream"; a word.  Buffers are written if needed. */
#define DATA_WORD	32
const char	*data_proto(const struct datarec *, char buf[DATA_WORD]);
const char	*data_type(const struct datarec *, char buf[DATA_WORD]);

/* The name of the user, printable; NULL: there is none. */
#define DATA_USER	OWNER_USER_MAX
const char	*data_user(uint32_t uid, char buf[DATA_USER]);

/* ---- data_text.c, data_json.c ---- */
void		 data_show(struct show *, const struct shown *);

/* 0, or -1: memory is exhausted, or the stream has an error. */
int		 data_json(const struct options *, struct out *,
		    const struct shown *);

/* ---- summary.c ---- */
struct summary;

/* NULL with errno. */
struct summary	*summary_new(const struct options *, struct out *);
void		 summary_free(struct summary *);	/* NULL is allowed */
void		 summary_add(struct summary *, const struct shown *);

/* The line of counts; so many records were read and lost. */
void		 summary_end(struct summary *, uint64_t read, uint64_t lost);

/* ---- sessions.c ---- */
struct sessions;

/* NULL with errno. */
struct sessions	*sessions_new(const struct options *, struct out *);
void		 sessions_free(struct sessions *);	/* NULL is allowed */

/* 0, or -1: memory is exhausted. */
int		 sessions_add(struct sessions *, const struct shown *);

/* The lines that are left, and one of sums; so many records were lost. */
void		 sessions_end(struct sessions *, uint64_t lost);

/* ---- payload.c ---- */
struct payload;

/* Open the file, which is none of the inputs.  NULL after a message. */
struct payload	*payload_open(const char *path, const char *const *inputs,
		    int n);

/* 0, or -1 after a message. */
int		 payload_add(struct payload *, const struct datarec *);

/* Say what is missing, and close.  Returns the exit status. */
int		 payload_end(struct payload *);

#endif
