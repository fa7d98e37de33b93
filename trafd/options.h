/*
 * The options of trafd(8), from the command line and the environment.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/legacy/legacy.h"
#include "meter/meter.h"
#include "packet/flow.h"

struct nets;

struct options {
	const char	*ifname;	/* -i, IFF_LISTEN; NULL with --read */
	const char	*ext;		/* -f; the interface name by default */
	const char	*filter_file;	/* -F, or NULL */
	char		*filter;	/* expression, never NULL */
	const char	*read_file;	/* --read; "-" is standard input */
	const char	*import_dir;	/* --import; ext NULL: all accounts */
	const char	*state_dir;
	const char	*run_dir;
	const char	*user;		/* --user, or NULL */
	bool		 once;		/* --once */
	const char	*local_list;	/* --local, or NULL */
	struct nets	*local;		/* the same as a set, or NULL */
	enum flow_ports	 ports;
	enum layout	 layout;	/* of the save file */
	enum meter_source source;	/* --source */
	uint64_t	 count;		/* -c; 0: no end */
	uint64_t	 minsize;	/* -m, IP bytes */
	size_t		 max_flows;	/* rows of the table */
	unsigned int	 buffer_mib;	/* capture buffer; 0: libpcap's own */
	unsigned int	 threads;	/* capture threads */
	unsigned int	 dump_interval;	/* seconds; 0: only on signals */
	unsigned int	 save_interval;
	bool		 dry_run;	/* of --import */
	bool		 print_filter;	/* -d */
	bool		 optimize;	/* not -O */
	bool		 promisc;	/* not -p */
	bool		 resume;	/* -r */
	bool		 wait;		/* for a missing interface */
	bool		 monitor;	/* a parent restarts the daemon */
	bool		 foreground;
	bool		 to_syslog;
	bool		 check_config;	/* ifname may be NULL with it */
	bool		 status;	/* ifname may be NULL if ext is not */
	bool		 clean;		/* likewise */
};

/* Is it the account of owners, which has no interface? */
bool	options_owners(const struct options *);

/*
 * Fill *opt.  Exits with a message and TRAFD_EXIT_USAGE if the command line
 * is wrong, with 0 after --help and -V, and with TRAFD_EXIT_ERROR if the
 * filter file cannot be read.  The strings point into argv or the
 * environment, except filter: the caller frees it.
 */
void	options_parse(struct options *opt, int argc, char **argv);

#endif
