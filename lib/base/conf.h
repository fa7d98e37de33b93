/*
 * The variables of trafd.conf(5) that programs in C need.  That file is a
 * shell script, which trafstart(8) and the other scripts run.  Here it is only
 * read: a program that anybody may start must not run what the file contains.
 * So a line counts if it assigns a value that is the same to every shell:
 *
 *	trafd_statedir=/srv/trafd	# also in quotes, and with export
 *
 * The last line counts.  No state; before the program starts threads.
 */
#ifndef CONF_H
#define CONF_H

#include <stddef.h>

#define CONF_ERROR	512	/* longest message, with its NUL */

enum conf_outcome {
	CONF_FOUND,
	CONF_NONE,		/* not set, or to nothing: use the default */
	CONF_UNREADABLE,	/* no permission; err has the message */
	CONF_WRONG		/* err has the message */
};

/*
 * Store the value of the variable in value[len].  Reads $TRAFD_CONF alone if
 * that is set, else trafd.conf after the files of rc.conf(5) on systems that
 * have rc.subr(8), as the scripts do.
 */
enum conf_outcome	conf_read(const char *name, char *value, size_t len,
			    char err[CONF_ERROR]);

#endif
