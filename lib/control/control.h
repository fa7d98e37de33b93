/*
 * The control protocol, by which clients query a running daemon through the
 * socket RUNDIR/trafd.<ext>.sock.  A client connects, sends one request, reads
 * one answer, and the connection ends.  This module encodes and decodes the
 * messages; neither side trusts the other.
 * All numbers are little-endian and of fixed width.  Version 1 is drawn here
 * and in trafd.control(5).  NEVER change it: entries may be added at the end
 * of stat's lists, everything else takes a new version.
 *
 *	request		 0 magic "TRFQ"		 4 version u16 = 1
 *			 6 command u16		 8 length u32 of what follows
 *			12 zero u32		16 payload
 *	answer		 0 magic "TRFA"		 4 version u16 = 1
 *			 6 command u16		 8 status u32
 *			12 zero u32		16 length u64 of what follows
 *			24 body; a text of at most 512 octets where the
 *			   status is not 0
 *
 *	payload of table, of all others 0 octets
 *			 0 top u32		 4 by u8
 *			 5 order u8		 6 flags u16
 *			 8 rules u16		10 zero, 6 octets
 *			16 rules, 48 octets each:
 *	rule		 0 source, 16 octets	16 destination, 16 octets
 *			32 source bits u8	33 destination bits u8
 *			34 port u16		36 protocol u8
 *			37 flags u8		38 zero, 10 octets
 *
 *	body of version	 0 protocol version u16	 2 zero u16
 *			 4 process u32		 8 text, 56 octets, NUL-padded
 *	body of stat	 0 values u16		 2 ledger entries u16
 *			 4 protocol counters u16 6 texts u16
 *			 8 values, ledger of the account, ledger of the
 *			   daemon, protocol counters, u64 each, then texts,
 *			   256 octets each, NUL-padded
 *	body of ledger	 0 begin ns u64		 8 now ns u64
 *			16 entries u32		20 zero u32
 *			24 entries, u64 each
 *	body of table	 a block, as in a dump file
 *	body of dump, save, quit
 *			 0 rows u64		 8 duration ns u64
 */
#ifndef CONTROL_H
#define CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "packet/ledger.h"
#include "packet/protostat.h"

#define CONTROL_VERSION		1
#define CONTROL_SUFFIX		".sock"

enum control_command {
	CONTROL_ASK_VERSION = 1,
	CONTROL_ASK_STAT,
	CONTROL_ASK_LEDGER,
	CONTROL_ASK_TABLE,
	CONTROL_ASK_DUMP,
	CONTROL_ASK_SAVE,
	CONTROL_ASK_QUIT,
	CONTROL_COMMANDS		/* one more than the last */
};

/* The number of the command with that name, such as "stat", or -1. */
int		 control_command_find(const char *name);

enum control_status {
	CONTROL_OK,
	CONTROL_BAD,		/* not a request of this protocol */
	CONTROL_DENIED,		/* the peer has not the right */
	CONTROL_BUSY,		/* too many clients or requests */
	CONTROL_FAILED		/* tried and failed: the text says why */
};

/* ---- headers ---- */

enum {
	CONTROL_REQUEST_HEAD = 16,
	CONTROL_ANSWER_HEAD = 24,
	CONTROL_TEXT_MOST = 512,	/* text of a failure */
	CONTROL_VERSION_BODY = 64,
	CONTROL_DONE_BODY = 16,
	CONTROL_LEDGER_BODY = 24 + 8 * LEDGER_ENTRIES
};

struct control_request {
	uint16_t	command;
	uint32_t	length;		/* octets of payload */
};

struct control_answer {
	uint16_t		command;
	enum control_status	status;
	uint64_t		length;		/* octets of body */
};

void	control_put_request(uint8_t to[CONTROL_REQUEST_HEAD],
	    const struct control_request *);
void	control_put_answer(uint8_t to[CONTROL_ANSWER_HEAD],
	    const struct control_answer *);

/* Returns 0, or -1 if it is not a header of this version. */
int	control_get_request(const uint8_t from[CONTROL_REQUEST_HEAD],
	    struct control_request *);
int	control_get_answer(const uint8_t from[CONTROL_ANSWER_HEAD],
	    struct control_answer *);

/* ---- bodies of a fixed length ---- */

void	control_put_version(uint8_t to[CONTROL_VERSION_BODY], uint32_t pid,
	    const char *text);

/* The result of a dump, a save or a quit. */
struct control_done {
	uint64_t	rows;
	uint64_t	duration_ns;
};

void	control_put_done(uint8_t to[CONTROL_DONE_BODY],
	    const struct control_done *);
int	control_get_done(const uint8_t *from, size_t len,
	    struct control_done *);

void	control_put_ledger(uint8_t to[CONTROL_LEDGER_BODY],
	    const struct ledger *, uint64_t begin_ns, uint64_t now_ns);
int	control_get_ledger(const uint8_t *from, size_t len, struct ledger *,
	    uint64_t *begin_ns);

/* ---- table: which rows ---- */

/* What the rows of the answer are summed up by. */
enum control_by {
	CONTROL_BY_ROW,
	CONTROL_BY_HOST,	/* a host's bytes in both directions */
	CONTROL_BY_PAIR,	/* two hosts, the lower address first */
	CONTROL_BY_SERVICE,	/* protocol and the lower port number */
	CONTROL_BY_PROTOCOL,
	CONTROL_BYS
};

/* The count that the rows are sorted by, descending. */
enum control_order {
	CONTROL_ORDER_IP,
	CONTROL_ORDER_DATA,
	CONTROL_ORDER_PACKETS,
	CONTROL_ORDERS
};

/*
 * Before answering, count the packets that the kernel may still hold back
 * (120 ms), so that the answer includes all packets before the request.
 */
#define CONTROL_SETTLED		0x0001

#define CONTROL_RULE_PORT	0x01	/* either port is `port' */
#define CONTROL_RULE_PROTO	0x02
#define CONTROL_RULE_EITHER	0x04	/* also with src and dst exchanged */

/* A row matches if it meets all conditions of the rule. */
struct control_rule {
	uint8_t		src[16];	/* network order, IPv4 as mapped */
	uint8_t		dst[16];
	uint8_t		src_bits;	/* 0: any address, 128: this one */
	uint8_t		dst_bits;
	uint16_t	port;
	uint8_t		proto;
	uint8_t		flags;
};

#define CONTROL_RULES_MOST	64

/*
 * If the answer is summed up (`by'), keys contain what it is summed up by and
 * are zero otherwise; `data' is the part of `ip' that was sent by the host, by
 * the first host of the pair, or by the service.
 */
struct control_query {
	uint32_t		top;	/* the most flows; 0: all */
	enum control_by		by;
	enum control_order	order;
	uint16_t		flags;
	uint16_t		nrules;	/* 0: all rows */
	struct control_rule	rules[CONTROL_RULES_MOST];
};

enum {
	CONTROL_QUERY_HEAD = 16,
	CONTROL_RULE = 48,
	CONTROL_QUERY_MOST = CONTROL_QUERY_HEAD +
	    CONTROL_RULES_MOST * CONTROL_RULE
};

/* Returns the number of octets. */
size_t	control_put_query(uint8_t to[CONTROL_QUERY_MOST],
	    const struct control_query *);

/* Returns 0, or -1 if len does not match the contents or these are invalid. */
int	control_get_query(const uint8_t *from, size_t len,
	    struct control_query *);

/* Does a row with this key match any rule?  True if there are no rules. */
bool	control_query_match(const struct control_query *,
	    const struct flow_key *);

/* ---- stat ---- */

/* Statistics of a daemon; times are ns since 1970 UTC, 0: never. */
enum control_value {
	CONTROL_NOW,
	CONTROL_STARTED,	/* start of the daemon */
	CONTROL_BEGIN,		/* start of what is not saved yet */
	CONTROL_EPOCH,
	CONTROL_PID,
	CONTROL_SOURCE_STATE,	/* 0 capturing, 1 down, 2 missing */
	CONTROL_PROMISC,
	CONTROL_PORTS,		/* enum flow_ports */
	CONTROL_MINSIZE,
	CONTROL_BUFFER_MIB,
	CONTROL_DUMP_INTERVAL,	/* seconds */
	CONTROL_SAVE_INTERVAL,
	CONTROL_PROTOSTAT_KNOWN, /* 0: the source counts no protocols */
	CONTROL_CPU_USER_US,
	CONTROL_CPU_SYSTEM_US,
	CONTROL_MEMORY,		/* most resident octets so far */
	CONTROL_ROWS,		/* in the table */
	CONTROL_MAX_ROWS,
	CONTROL_TABLE_MEMORY,	/* octets */
	CONTROL_WORST_PROBE,	/* at the last dump or save */
	CONTROL_FREEZES,
	CONTROL_FREEZE_LAST_NS,	/* pauses of the capture */
	CONTROL_FREEZE_WORST_NS,
	CONTROL_DUMPS,		/* done */
	CONTROL_DUMPS_FAILED,
	CONTROL_DUMP_TIME,	/* of the last successful one */
	CONTROL_DUMP_TOOK_NS,
	CONTROL_DUMP_FAILED,	/* 1: the last attempt failed */
	CONTROL_SAVES,
	CONTROL_SAVES_FAILED,
	CONTROL_SAVE_TIME,
	CONTROL_SAVE_TOOK_NS,
	CONTROL_SAVE_FAILED,
	CONTROL_SAVED_ROWS,	/* since the daemon's start, as all below */
	CONTROL_SAVED_PACKETS,
	CONTROL_SAVED_BYTES,
	CONTROL_CLIENTS,	/* connected now */
	CONTROL_REQUESTS,
	CONTROL_REFUSED,	/* refused connections and requests */
	CONTROL_SEEN_FRAMES,	/* whether saved or not */
	CONTROL_SEEN_PACKETS,	/* IP packets of these, in rows */
	CONTROL_SEEN_BYTES,	/* their IP bytes */
	CONTROL_BUFFER,		/* bytes that the system gave; 0: unknown */
	CONTROL_LOOPBACK,	/* 1: a loopback interface */
	CONTROL_CLOCK_SET_NS,	/* by how much the clock was set since the
				   start, in all; back: modulo 2^64 */
	CONTROL_VALUES
};

enum control_text {
	CONTROL_TEXT_IFACE,
	CONTROL_TEXT_LINK,	/* `ethernet' */
	CONTROL_TEXT_SOURCE,	/* `pcap' */
	CONTROL_TEXT_FILTER,
	CONTROL_TEXT_NETWORKS,
	CONTROL_TEXT_SAVE_FILE,
	CONTROL_TEXT_ERROR,	/* of the last failed dump or save */
	CONTROL_TEXT_HOST,
	CONTROL_TEXTS
};

#define CONTROL_TEXT_LEN	256

/*
 * `ledger' covers the time since the last save, including a save in progress;
 * `total' adds what this daemon has saved and never decreases.  Texts end with
 * a NUL.
 */
struct control_stat {
	uint64_t		v[CONTROL_VALUES];
	struct ledger		ledger;
	struct ledger		total;
	struct protostat	proto;
	char			text[CONTROL_TEXTS][CONTROL_TEXT_LEN];
};

/*
 * The start of a daemon by the clock as it was set then: other times follow if
 * it is set, this one tells whether two answers are of one process.
 */
static inline uint64_t
control_first_started(const struct control_stat *s)
{
	return (s->v[CONTROL_STARTED] - s->v[CONTROL_CLOCK_SET_NS]);
}

/* Octets of the body of stat in this version. */
#define CONTROL_STAT_BODY	(8 + 8 * (CONTROL_VALUES + \
	2 * LEDGER_ENTRIES + PROTOSTAT_ENTRIES) + \
	CONTROL_TEXTS * CONTROL_TEXT_LEN)

void	control_put_stat(uint8_t to[CONTROL_STAT_BODY],
	    const struct control_stat *);

/*
 * Reads the answers of older and newer daemons too: values that are missing
 * become 0, unknown ones are skipped.  Returns 0, or -1 if len does not match
 * the counts in the body.
 */
int	control_get_stat(const uint8_t *from, size_t len,
	    struct control_stat *);

#endif
