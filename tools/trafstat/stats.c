/*
 * Prints the numbers of daemons, once or repeatedly.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "common/finish.h"
#include "stats.h"
#include "traffic.h"

static int
copy(const struct standings *from, struct standings *to)
{
	to->n = from->n;
	to->list = calloc(from->n + 1, sizeof(*to->list));
	if (to->list == NULL)
		return (-1);
	memcpy(to->list, from->list, from->n * sizeof(*to->list));
	return (0);
}

/*
 * Query and print once: the difference to *last, or to the baseline the first
 * time.  *last becomes the numbers of this query.
 */
static int
show(const struct options *opt, standings_fn *fn, bool history,
    struct standings *last, struct out *o)
{
	struct standings	now, raw;
	size_t			i;
	int			rc;

	if (standings_ask(opt, &now) == -1 && now.n == 0) {
		standings_free(&now);
		return (TRAFD_EXIT_ERROR);
	}
	if (copy(&now, &raw) == -1) {
		log_error("numbers");
		standings_free(&now);
		return (TRAFD_EXIT_ERROR);
	}
	for (i = 0; history && i < now.n; i++)
		standing_ask_history(&now.list[i]);
	now.shown = last->shown;
	raw.shown = last->shown + 1;
	if (last->list != NULL)
		standings_since(&now, last);
	else
		baseline_apply(&now);
	rc = fn(opt, &now, o);
	standings_free(&now);
	standings_free(last);
	*last = raw;
	return (rc);
}

int
standings_repeat(const struct options *opt, standings_fn *fn, bool history)
{
	struct standings	last = { NULL, 0, 0 };
	struct out		*o = out_new(STDOUT_FILENO);
	int			rc = TRAFD_EXIT_ERROR, n = 0;

	if (o == NULL) {
		log_error("numbers");
		return (rc);
	}
	do {
		if (n++ > 0)
			(void)sleep((unsigned int)opt->interval);
		rc = show(opt, fn, history, &last, o);
		if (rc == TRAFD_EXIT_OK)
			rc = out_finish(o);
	} while (rc == TRAFD_EXIT_OK && out_error(o) == 0 &&
	    opt->interval > 0 && (opt->count == 0 || n < opt->count));
	standings_free(&last);
	out_free(o);
	return (rc);
}
