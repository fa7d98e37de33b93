/*
 * What differs if the source of the capturer's thread is a capture that comes
 * as a stream: its blocks cover the times of its packets, and it ends.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "base/plural.h"
#include "capturer_impl.h"

/* Packets that say no time are dated by the clock, as those of interfaces. */
void
capturer_cover(struct capturer *c)
{
	struct generation	*g = c->live;
	uint64_t		 first, last;

	if (!meter_is_file(c->source))
		return;
	if (!meter_span(c->source, &first, &last)) {
		first = g->first_ns;
		last = g->last_ns;
	}
	if (first != 0)
		generation_cover(g, first, last);
	else if (g->ledger.v[LEDGER_FRAMES] > 0)
		capturer_log_untimed(c->ifname);
}

void
capturer_log_untimed(const char *file)
{
	log_notice("no times in the capture: %s: the block is dated now",
	    file);
}

void
capturer_log_damage(const char *file, uint64_t frames, const char *error)
{
	if (strncmp(error, "at byte ", 8) == 0)
		log_errorx("capture file damaged: %s: after %" PRIu64
		    " counted frame%s: %s", file, frames, plural(frames),
		    error);
	else
		log_errorx("capture file not read to its end: %s: after %"
		    PRIu64 " counted frame%s: %s", file, frames,
		    plural(frames), error);
}

void
capturer_log_links(const char *file, const struct meter *source)
{
	if (!meter_link_supported(source))
		log_warnx("link type not supported: %s: %s; its frames are "
		    "not decoded", file, meter_link_name(source));
}

void
capturer_log_nothing(const char *file)
{
	log_notice("no frames counted: %s: no block was saved", file);
}
