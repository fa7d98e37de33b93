/*
 * Errors that last are logged once and then counted.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "fault.h"
#include "log.h"

void
fault_set(struct fault *f, const char *text)
{
	if (strcmp(f->text, text) == 0) {
		f->times++;
		return;
	}
	fault_clear(f);
	(void)strlcpy(f->text, text, sizeof(f->text));
	f->times = 1;
	log_errorx("%s", f->text);
}

void
fault_clear(struct fault *f)
{
	if (f->times > 1)
		log_notice("occurred %" PRIu64 " times, now over or changed: "
		    "%s", f->times, f->text);
	f->text[0] = '\0';
	f->times = 0;
}
