/*
 * `1.80 GB so far, 31.2 GB by Nov 30 at this pace'.
 */
#include <stdio.h>

#include "at_pace.h"
#include "units.h"

bool
at_pace(const struct result *r, const struct answer_view *v,
    char text[AT_PACE_LEN])
{
	char	now[AMOUNT_LEN], then[AMOUNT_LEN];
	char	end[PACE_LEN], share[PACE_LEN];

	if (r->pace.end_ns == 0)
		return (false);
	(void)snprintf(text, AT_PACE_LEN,
	    "%s so far, %s by %s at this pace (%s)",
	    units_short(RESULT_OCTETS, v->units, r->pace.octets, now),
	    units_short(RESULT_OCTETS, v->units, r->estimate, then),
	    pace_end(&r->pace, r->now_ns, end), pace_share(&r->pace, share));
	return (true);
}
