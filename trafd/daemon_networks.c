/*
 * The networks of the interface change while the daemon runs: a line is dialled
 * again, a prefix is replaced.  A block has one set of networks, by which
 * reports tell In from Out.  So what was counted with other networks is saved
 * at once, as a block of its own.  Where that is not possible, because the save
 * fails or the networks change too often, the block has the networks of both.
 */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon_impl.h"

void
networks_look(struct daemon *d)
{
	const char	*text = networks_text(d->p.networks);
	uint64_t	 now = now_wall();	/* reading them takes a while */

	if (!networks_update(d->p.networks))
		return;
	log_notice("networks of the interface changed: %s: now %s",
	    d->p.ifname, text);
	(void)strlcpy(d->stat.s.text[CONTROL_TEXT_NETWORKS], text,
	    CONTROL_TEXT_LEN);
	if (!d->want_split)
		d->changed_ns = now;
	d->want_split = true;
}

bool
networks_must_split(struct daemon *d)
{
	const char	*text = networks_text(d->p.networks);

	if (!d->want_split)
		return (false);
	d->want_split = false;
	if (d->p.split && networks_differ(d->live, text)) {
		if (bucket_has(&d->splits, now_mono())) {
			bucket_take(&d->splits, SPLIT_COST);
			d->splitting = true;
			return (true);
		}
		log_warnx("networks change too often: %s: rows of several "
		    "are in one block; In and Out may be wrong for traffic "
		    "between them", d->p.ifname);
	}
	networks_join(d->live, sizeof(d->live), text);
	return (false);
}

void
networks_begun(struct daemon *d)
{
	(void)strlcpy(d->fresh, networks_text(d->p.networks),
	    sizeof(d->fresh));
}

void
networks_frozen(struct daemon *d, struct generation *g)
{
	(void)strlcpy(g->networks, d->live, sizeof(g->networks));
	(void)strlcpy(d->live, d->fresh, sizeof(d->live));
}

/* Without rows it does not matter what its networks were. */
void
networks_merged(struct daemon *d, const struct generation *g)
{
	if (table_rows(g->table) > 0)
		networks_join(d->live, sizeof(d->live), g->networks);
}
