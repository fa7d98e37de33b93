/*
 * Shared by the files of trafstat(1): the options as given, finding the
 * instance (running daemon) to query, and one function per job.
 */
#ifndef TRAFSTAT_H
#define TRAFSTAT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control/control_client.h"
#include "names/names.h"
#include "report/fmt.h"

struct options;

/* Does a job and returns the exit status; errors have been reported. */
typedef int	job_fn(const struct options *);

struct options {
	job_fn			*job;
	const char		*run_dir;
	const char		*iface;		/* -i, or NULL */
	bool			 named;		/* iface is from -i */
	const char		*remote;	/* -h, or NULL */
	const char		*format_name;	/* --format */
	const struct fmt_ops	*format;	/* of rows */
	bool			 json;		/* --format=json */
	struct names_opts	 naming;	/* -n, -N, -f, -A */
	bool			 binary;	/* -b */
	int			 command;	/* --ask */
	int			 timeout;	/* seconds */
	int			 top;		/* --rows; 0: all */
	const char		*host;		/* operands of a table */
	const char		*port;
	int			 proto;		/* -p: a group, or -1 */
	int			 protocols;	/* number of -s */
	bool			 no_zeros;	/* -ss */
	int			 baselines;	/* number of -Z */
	int			 by;		/* --top: which groups */
	int			 interval;	/* seconds; 0: once */
	int			 count;		/* reports; 0: no limit */
};

/* Parse the command line; does not return from an error or --help. */
void	options_parse(struct options *, int argc, char **argv);

/* Longest name of an instance, with the terminating NUL. */
#define INSTANCE_LEN	72

/*
 * Prepare *c for the instance named by -i or the environment, or for the only
 * one that runs; ext is its name.  0, or -1 after a message that says which
 * run and how to start one.
 */
int	instance_find(const struct options *, struct control_client *,
	    char ext[INSTANCE_LEN]);

/* Report a failed query; if nobody answers, also which instances run. */
void	instance_complain(const struct options *,
	    const struct control_client *, enum control_outcome);

/* The jobs. */
job_fn	table_run;		/* table.c */
job_fn	ask_run;		/* ask.c */
job_fn	layers_run;		/* layers.c */
job_fn	iface_run;		/* iface.c */
job_fn	proto_run;		/* proto.c */
job_fn	baseline_run;		/* baseline.c */
job_fn	top_run;		/* top.c */
job_fn	remote_run;		/* remote.c */

/* The names of the groups of -s. */
#define PROTO_GROUPS	9
extern const char *const	proto_groups[PROTO_GROUPS];

/* Print as one line and free the JSON value, NULL too.  The exit status. */
int	json_line(json_t *, struct out *);

/*
 * What somebody may have meant by this operand: "; did you mean -i eth0?", or
 * "".  Returns buf.
 */
#define WORD_MEANT_LEN	128
const char	*word_meant(const struct options *, const char *word,
		    char buf[WORD_MEANT_LEN]);

#endif
