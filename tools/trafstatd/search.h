/*
 * Which hosts match what somebody types: an address or a part of one, a
 * network, a part of a name, or a service.  Addresses and names are compared
 * with those of the largest hosts, whose table is queried for this and kept
 * for a while; a whole address and a service are queried from the daemon.
 */
#ifndef TRAFSTATD_SEARCH_H
#define TRAFSTATD_SEARCH_H

#include "live.h"
#include "web.h"

#define SEARCH_TEXT_LEN	64	/* longest text, with the NUL */
#define SEARCH_HOSTS	4096	/* the largest, which are compared */

/* Rows as in an answer by host, the largest first. */
struct found {
	char		text[SEARCH_TEXT_LEN];	/* "": nothing was asked */
	struct flow	hosts[WEB_ROWS];
	size_t		nhosts;
	size_t		matches;	/* all that match */
	size_t		compared;	/* hosts that were compared */
	bool		all;		/* these are all there are */
	size_t		unnamed;	/* whose name is not known yet */

	bool		is_service;	/* it is one: its hosts follow */
	struct flow_key	service;
	struct flow	users[WEB_ROWS];	/* their bytes of it */
	size_t		nusers;
	bool		later;		/* the daemon is given a rest */
};

struct search;

struct search	*search_new(void);		/* NULL with errno */
void		 search_free(struct search *);

/* Search for a text; NULL or "" finds nothing. */
void		 search_look(struct search *, struct live *,
		    struct live_instance *, const char *text, struct found *);

#endif
