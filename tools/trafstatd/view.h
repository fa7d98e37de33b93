/*
 * What the web server knows, and the two processes beside it: the one that
 * looks up names and the one that reads the history.
 *
 *	web_new → [web_run, web_view]* → web_free
 *
 * One thread at a time.
 */
#ifndef TRAFSTATD_VIEW_H
#define TRAFSTATD_VIEW_H

#include "trafstatd.h"
#include "web.h"

struct web;

/*
 * Start the processes: before secrets are read and root is given up, which
 * they do themselves.  opt is borrowed.  NULL after a message.
 */
struct web	*web_new(const struct options *);
void		 web_free(struct web *);	/* NULL is allowed */
struct live	*web_live(struct web *);

/*
 * Query all daemons, unless that was done within age_ms, and take the answers
 * of the processes.
 */
void		 web_run(struct web *, uint64_t age_ms);

enum web_outcome {
	WEB_OK,
	WEB_NO_INSTANCE,
	WEB_NO_HOST,		/* the text is no address */
	WEB_NO_MEMORY
};

/*
 * Set the view from the parameters of a request, each of which may be NULL:
 * the instance (the first one), a host, and a search.  Valid until the next
 * call.  After WEB_NO_INSTANCE it has none.
 */
enum web_outcome web_view(struct web *, const char *instance,
		    const char *host, const char *search, struct web_view *);

#endif
