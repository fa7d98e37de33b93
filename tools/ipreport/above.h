/*
 * What is above TCP and UDP, for the text and the JSON of ipreport.  One thread
 * at a time.
 */
#ifndef ABOVE_H
#define ABOVE_H

#include "report/json.h"
#include "ipreport.h"

/* For the format of the options.  NULL with errno. */
struct above	*above_new(const struct options *, struct out *);
void		 above_free(struct above *);		/* NULL is allowed */

/*
 * Lines for the payload, after what is in `text', or members for the object.
 * False: nothing is known of it.
 */
bool		 above_show(struct above *, const struct shown *,
		    const struct layer *payload, struct text *);

/* False if memory is exhausted. */
bool		 above_json(struct above *, const struct shown *, json_t *);

#endif
