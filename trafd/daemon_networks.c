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

/*
 * Changes that follow each other as fast as this are one: a script removes an
 * address and adds another.
 */
#define ONE_CHANGE	(50 * NS_PER_MS)

/* For trafstatd(8): wider ones where these do not fit, never half of one. */
static void
tell(struct daemon *d, const char *text)
{
	char	*to = d->stat.s.text[CONTROL_TEXT_NETWORKS];

	to[0] = '\0';
	networks_join(to, CONTROL_TEXT_LEN, text);
}

/* Those of a capture never change. */
static const char *
present(const struct daemon *d)
{
	return (d->p.networks == NULL ? d->live :
	    networks_text(d->p.networks));
}

void
networks_look(struct daemon *d)
{
	const char	*text = present(d);
	uint64_t	 now = now_wall();	/* reading them takes a while */

	if (d->p.networks == NULL || !networks_update(d->p.networks))
		return;
	log_notice("networks of the interface changed: %s: now %s",
	    d->p.ifname, text);
	tell(d, text);
	if (d->splitting && now - d->changed_ns < ONE_CHANGE) {
		(void)strlcpy(d->state == FREEZING ? d->fresh : d->live, text,
		    sizeof(d->live));
		return;
	}
	if (!d->want_split)
		d->changed_ns = now;
	d->want_split = true;
	d->hurried = d->splitting || d->state != IDLE;
	/* It is too late to split what is being frozen for something else. */
	if (!d->splitting && d->state == FREEZING)
		networks_join(d->live, sizeof(d->live), text);
}

bool
networks_must_split(struct daemon *d)
{
	const char	*text = present(d);

	if (!d->want_split)
		return (false);
	d->want_split = false;
	if (d->p.split && networks_differ(d->live, text)) {
		/* Packets may have come late that belong to the next block. */
		if (d->hurried)
			networks_join(d->live, sizeof(d->live), text);
		if (bucket_has(&d->splits, now_mono())) {
			bucket_take(&d->splits, SPLIT_COST);
			d->splitting = true;
			d->too_often = false;
			return (true);
		}
		if (!d->too_often)
			log_warnx("networks change too often: %s: rows of "
			    "several are in one block; In and Out may be "
			    "wrong for traffic between them", d->p.ifname);
		d->too_often = true;
	}
	networks_join(d->live, sizeof(d->live), text);
	return (false);
}

void
networks_begun(struct daemon *d)
{
	(void)strlcpy(d->fresh, present(d), sizeof(d->fresh));
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
