/*
 * The interfaces that can be captured one by one, for a program that wants all
 * of them and has no source that does so.  No state; any thread.
 */
#ifndef CAPTURABLE_H
#define CAPTURABLE_H

#include <stddef.h>

/*
 * Their names, *n of them, without what is no interface of the network: `any',
 * netfilter's queues, buses.  Free them with capturable_free().  NULL with a
 * message in err[FRAMES_ERRLEN], also if there is none.
 */
char	**capturable_list(size_t *n, char *err);
void	  capturable_free(char **names, size_t n);	/* NULL is allowed */

#endif
