/*
 * The options of programs that print names of hosts and services: -n, -N, -f
 * and -A, which are rows of a table of options.  member is a struct names_opts
 * of the struct type.
 */
#ifndef COMMON_NAMING_OPTIONS_H
#define COMMON_NAMING_OPTIONS_H

#include "base/options.h"
#include "names/names.h"

#define OPTION_ROWS_NAMING(type, member)				\
	{ OPTION_FLAG, 'n', NULL, NULL,					\
	    "print numbers, not names of hosts and services",		\
	    OPTION_AT(type, member.numeric) },				\
	{ OPTION_FLAG, 'N', NULL, NULL,					\
	    "print host names without their domain",			\
	    OPTION_AT(type, member.short_hosts) },			\
	{ OPTION_FLAG, 'f', NULL, NULL,					\
	    "print host names of local networks only",			\
	    OPTION_AT(type, member.local_only) },			\
	{ OPTION_FLAG, 'A', NULL, NULL,					\
	    "print names of network and broadcast addresses too",	\
	    OPTION_AT(type, member.all) }

#endif
