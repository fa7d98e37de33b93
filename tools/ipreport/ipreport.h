/*
 * What the files of ipreport share.
 *
 *	main.c		options -> files -> packets -> text or JSON
 *	input.c		files, one after the other
 *	wanted.c	which files and packets are wanted
 *	saver.c		packets to a new trace; indexes.c makes indexes
 *	show*.c		a packet as text; layers.c has the fields of layers
 *	groups.c	groups of multicast
 *	json.c		a packet as an object
 *	above.c		what is above TCP and UDP; apps/ has it, and tables
 *	sums.c		checksums
 *	data.h		records of the data trace
 */
#ifndef IPREPORT_H
#define IPREPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "apps/table.h"
#include "base/out.h"
#include "capture/capfile.h"
#include "names/names.h"
#include "packet/addr.h"
#include "packet/dissect.h"
#include "query/where.h"
#include "report/json.h"
#include "text.h"

/* The last three are formats of traces. */
enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_CSV,		/* of a table */
	REPORT_PCAPNG,
	REPORT_PCAP,
	REPORT_IPTRACE
};

/* Which records are wanted: packets and those of the data trace. */
enum wanted_entids { ENTIDS_ALL, ENTIDS_PACKETS, ENTIDS_DATA };
enum wanted_state { STATE_ANY, STATE_START, STATE_DATA, STATE_END };
enum wanted_direction { DIRECTION_BOTH, DIRECTION_SENT, DIRECTION_RECEIVED };

struct options {
	bool		 verify;	/* -C */
	bool		 ebcdic;	/* -e */
	bool		 follow;	/* -f */
	bool		 number;	/* -n */
	bool		 rpc;		/* -r */
	bool		 tags;		/* -s */
	bool		 verbose;	/* -v */
	bool		 hex;		/* -x */
	bool		 index;		/* --index */
	bool		 no_names;	/* -N */
	bool		 sniffer, tcpdump, old;	/* -S, -T, -1: no effect */
	uint64_t	 count;		/* -c; 0: all */
	uint64_t	 first;		/* -j; 0: from the first on */
	uint32_t	 dump;		/* -X: octets of a packet */
	enum report_format format;
	enum table_kind	 table;		/* --table */
	enum wanted_entids entids;	/* --entidlist */
	enum wanted_state state;	/* --state */
	enum wanted_direction direction; /* --direction */
	bool		 has_cid, summary, sessions;
	uint64_t	 cid;		/* --cid */
	const char	*cid_text;
	const char	*job;		/* --job: a pattern of fnmatch(3) */
	const char	*payload;	/* --payload: a file */
	const char	*filter;	/* -F */
	const char	*write_to;	/* --write; NULL: print */
	const char	*pattern_text, *where_text, *since_text, *until_text;
	uint64_t	 resolve_time;	/* seconds */
	struct where	*where;		/* NULL: all */
	struct pattern	*pattern;	/* likewise */
	uint64_t	 since_ns, until_ns;	/* [since, until); 0: any */
	const char *const *files;
	int		 nfiles;
};

/* A packet that is wanted.  All is borrowed. */
struct shown {
	uint64_t	 number;	/* from 1, of all files */
	int		 link;		/* LINKTYPE_ number */
	const struct frame *frame;	/* its time is set */
	const struct capfile_about *about;
	const char	*ifname;	/* printable, or NULL */
	const struct dissection *d;
	const struct datarec *data;	/* NULL: a packet */
};

/* options.c: exits on errors.  options_end() frees what was made. */
void	 options_parse(struct options *, int argc, char **argv);
void	 options_end(struct options *);

/* ---- input.c ---- */

/* Is told each packet that is wanted, and the end of each file. */
struct report;

/* Read the files, to the end of the report.  Returns the exit status. */
int	 input_run(const struct options *, struct report *);

/* ---- wanted.c ---- */

/* Which frames match the condition, as bits; bit i is for frames[i]. */
uint64_t	 wanted_frames(const struct options *, int link,
		    const struct frame *, size_t n);

/*
 * What the index of a trace can tell, for search_open(); false: nothing, for
 * the condition or that of a time is none of flows.
 */
struct index_want;
bool		 wanted_parts(const struct options *, struct index_want *);

/* ---- files.c ---- */

/* The files to read, and how many; allocated. */
struct files {
	char		**path;
	int		 n;
};

/*
 * The files that the operands name: of a directory its traces.  If `ordered',
 * or there is a directory, in the order of their first packets.  0, or -1 after
 * a message.
 */
int		 files_find(const struct options *, bool ordered,
		    struct files *);
void		 files_free(struct files *);

/* ---- indexes.c ---- */

/* Make the index of each file.  Returns the exit status. */
int		 indexes_run(const struct options *);

/* ---- report.c: packets as text or JSON ---- */

/* NULL with errno. */
struct report	*report_new(const struct options *, struct out *);
void		 report_free(struct report *);		/* NULL is allowed */

/*
 * These files will be read: what --payload writes is none of them.  0, or -1
 * after a message.
 */
int		 report_files(struct report *, const struct files *);

/* These frames come next: their hosts are resolved together. */
void		 report_names(struct report *, int link, const struct frame *,
		    size_t n);
void		 report_packet(struct report *, const struct shown *);

/* What the statistics of a file say was lost. */
void		 report_losses(struct report *, const struct capfile_losses *);

/* Has writing failed?  Then nothing more is to be passed on. */
bool		 report_failed(const struct report *);

/*
 * No more packets: the end of a table; so many records were read.  Returns the
 * exit status.
 */
int		 report_end(struct report *, uint64_t read);

/* The format of the rows of tables. */
enum sheet_format sheet_format_of(enum report_format);

/* Write what there is, before waiting.  False if nobody reads it any more. */
bool		 report_flush(struct report *);

/* ---- show*.c: text ---- */

struct above;

struct show {
	const struct options *opt;
	struct text	*text;
	struct names	*names;		/* NULL: none */
	bool		 hosts;		/* resolve names of hosts */
	struct above	*above;		/* of TCP and UDP */
	int64_t		 second;	/* of clock[] */
	char		 clock[16];	/* "12:12:33" */
};

void		 show_packet(struct show *, const struct shown *);
void		 show_losses(struct show *, const struct capfile_losses *);

/* What a terminal shows of each octet; of EBCDIC as far as it is ASCII. */
const char	*dump_ascii(void);
const char	*dump_ebcdic(void);

/* Print a layer; true: it was all there is to say of it. */
typedef void	 show_layer_fn(struct show *, const struct shown *,
		    const struct layer *);
show_layer_fn	 show_fields, show_ethernet, show_arp, show_ip4, show_ip6,
		 show_icmp, show_icmp6, show_igmp, show_tcp, show_udp,
		 show_chunk;

/* "  (www)" if the host has a name; the line of ports. */
void		 show_host(struct show *, uint8_t family,
		    const uint8_t *addr);
void		 show_ports(struct show *, const struct layer *);
bool		 has_ports(const struct layer *);

/* Begin a header: its title; "Inner " is put before that of an inner one. */
void		 show_title(struct show *, const struct layer *,
		    const char *tag, const char *title);

/* The result of -C, as a line. */
void		 show_sum(struct show *, const struct shown *,
		    const struct layer *);

/* ---- layers.c: the fields of the layers, as tables ---- */

enum field_form { FIELD_DEC, FIELD_HEX, FIELD_MAC, FIELD_IP4, FIELD_IP6 };

struct field {
	const char	*name;
	uint16_t	 at;		/* offset in the layer */
	uint8_t		 size;		/* octets: 1, 2, 3, 4 or of the form */
	uint8_t		 form;		/* enum field_form */
	int8_t		 shift;		/* to the right; < 0: to the left */
	uint8_t		 unless;	/* the first octet is this; 0: none */
	uint32_t	 mask;		/* after that; 0: all */
	const char	*(*meaning)(uint32_t);	/* or NULL */
};

struct layer_fields {
	const char	*tag;		/* "VLAN:" */
	const char	*title;		/* "VLAN tag:" */
	const struct field *fields;
	size_t		 n;
};

/* ---- groups.c: the groups in reports of IGMPv3 and MLDv2 ---- */

#define IGMP_V3_REPORT	0x22

struct group {
	uint8_t		 type;		/* of the record */
	uint8_t		 family;	/* of the address, FLOW_FAMILY_... */
	uint16_t	 sources;
	const uint8_t	*address;
	uint32_t	 at, left;	/* for groups_next() */
};

/* The first group, then the next; false: the layer has no more. */
bool		 groups_first(const struct layer *, struct group *);
bool		 groups_next(const struct layer *, struct group *);
const char	*meaning_group(uint32_t type);

extern const struct layer_fields layer_fields[LAYER_KINDS];

/* Was the field captured as a whole? */
bool		 field_is_there(const struct field *, const struct layer *);
uint32_t	 field_value(const struct field *, const struct layer *);

/* ---- meanings.c: numbers, or NULL ---- */
const char	*meaning_ethertype(uint32_t);
const char	*meaning_ppp(uint32_t);
const char	*meaning_proto(uint32_t);
const char	*meaning_arp(uint32_t);
const char	*meaning_icmp(uint32_t);
const char	*meaning_icmp6(uint32_t);
const char	*meaning_igmp(uint32_t);
const char	*meaning_chunk(uint32_t);
const char	*meaning_next(const struct layer *);

/* Options of IPv4 and TCP as words.  Returns buf. */
#define OPTIONS_TEXT	512
char		*words_tcp(const struct layer *, char buf[OPTIONS_TEXT]);
char		*words_ip4(const struct layer *, char buf[OPTIONS_TEXT]);

/* ---- sums.c: checksums ---- */

enum sum_state {
	SUM_UNKNOWN,		/* the layer has none that is known here */
	SUM_GOOD,
	SUM_BAD,
	SUM_NONE,		/* the sender has not computed one */
	SUM_NOT_READY,		/* whoever sends the frame computes it */
	SUM_VOUCHED,		/* cut, but the system has verified it */
	SUM_CUT,
	SUM_FRAGMENT,
	SUM_ROUTED,		/* the destination is not the last one */
	SUM_STATES
};

struct sum {
	enum sum_state	state;
	uint32_t	right;		/* what it ought to be, if BAD */
	unsigned	digits;		/* of it */
};

struct sum	 sum_verify(const struct shown *, const struct layer *);
extern const char *const sum_words[SUM_STATES];		/* for JSON */

/* ---- json.c ---- */

/* Octets of a packet or a file as text; a time: ISO 8601 in UTC. */
json_t		*json_printable(const char *, size_t);
json_t		*json_moment(uint64_t ns);

/* 0, or -1: the stream has an error. */
int		 json_packet(const struct options *, struct out *,
		    const struct shown *, struct above *);
int		 json_losses(struct out *, const struct capfile_losses *);

#endif
