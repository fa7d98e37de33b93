/*
 * The link of an interface, without capturing there.  No state; any thread.
 */
#ifndef LINK_ASK_H
#define LINK_ASK_H

#include "frames_opts.h"

struct link_kind {
	int		 number;	/* DLT_ number */
	const char	*name;		/* static */
	unsigned int	 index;		/* 0: no index, as for `any' */
};

/*
 * Look up the link type and the index of opts->ifname.  Returns 0, or -1 with
 * a message in err[FRAMES_ERRLEN].
 */
int		 link_ask(const struct frames_opts *, struct link_kind *,
		    char *err);

/*
 * Look up the index alone; 0 if there is none, as for `any'.  Returns 0, or -1
 * with a message if that could not be determined.
 */
int		 link_index(const char *ifname, unsigned int *index, char *err);

#endif
