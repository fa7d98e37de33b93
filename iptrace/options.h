/*
 * The options of iptrace(8).
 */
#ifndef IPTRACE_OPTIONS_H
#define IPTRACE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/record.h"
#include "options_data.h"

/* The words of a list such as `tcp,17', of all options of its kind. */
struct words {
	char	**word;
	size_t	  n;
};

enum compression {
	COMPRESS_NONE,
	COMPRESS_ZSTD
};

struct options {
	bool		 no_arp;	/* -a */
	bool		 both;		/* -b */
	bool		 promisc;	/* -e */
	bool		 unload;	/* -u */
	bool		 bpf;		/* -B: always so */
	struct words	 protocols;	/* -P */
	struct words	 interfaces;	/* -i; none: all */
	struct words	 ports;		/* -p */
	struct words	 sources;	/* -s */
	struct words	 destinations;	/* -d */
	struct data_options data;	/* --data and its conditions */
	uint64_t	 log_size;	/* -L, octets; 0: none */
	unsigned int	 snaplen;	/* -S, octets; 0: whole frames */
	enum record_format format;
	uint64_t	 rotate_size;	/* octets; 0: none */
	uint32_t	 rotate_every;	/* seconds; 0: none */
	unsigned int	 keep;		/* files; 0: all */
	uint64_t	 free_bytes;	/* 0: no limit by that */
	unsigned int	 free_percent;	/* 0: likewise */
	enum compression compress;
	uint64_t	 count;		/* frames; 0: no end */
	uint32_t	 duration;	/* seconds; 0: no end */
	unsigned int	 buffer_mib;
	bool		 index;		/* not --no-index */
	const char	*user;		/* or NULL */
	const char	*run_dir;
	bool		 foreground;
	bool		 to_syslog;
	bool		 check_config;
	bool		 stop;		/* logfile may be NULL */
	const char	*logfile;
	char		*expression;	/* never NULL */
};

/* Do finished files get a name with their time? */
static inline bool
options_stamp(const struct options *o)
{
	return (o->log_size == 0 && (o->rotate_size > 0 ||
	    o->rotate_every > 0 || o->keep > 0 || o->free_bytes > 0 ||
	    o->free_percent > 0 || o->compress != COMPRESS_NONE));
}

/* Are packets recorded: always, unless only --data is given? */
static inline bool
options_packets(const struct options *o)
{
	return (o->data.n == 0 || o->interfaces.n > 0);
}

/*
 * Fill *o.  Exits with a message and TRAFD_EXIT_USAGE if the command line is
 * wrong, with 0 after --help and -V.
 */
void	options_parse(struct options *o, int argc, char **argv);

#endif
