/*
 * What an answer includes that is in no file yet, as a sentence.
 */
#include <stdio.h>
#include <string.h>

#include "base/calendar.h"
#include "as_of.h"

bool
as_of(const struct result *r, char text[AS_OF_LEN])
{
	char	now[CALENDAR_LEN], since[CALENDAR_LEN];

	if (r->unsaved[0] == '\0')
		return (false);
	(void)snprintf(text, AS_OF_LEN,
	    "as of %s%s: what was counted since %s is not saved yet",
	    calendar_people(CALENDAR_INSTANT, r->end_ns, now),
	    strcmp(r->unsaved, RESULT_DUMP) == 0 ? ", the last dump" : "",
	    calendar_people(CALENDAR_INSTANT, r->unsaved_ns, since));
	return (true);
}
