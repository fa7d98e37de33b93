/*
 * The source of --source auto for an interface that comes later: two sources,
 * both prepared while that was possible; the second may be such a pair itself.
 * When the interface has come, the first that can be opened stays, and the
 * other one is closed.  Owns both.
 */
#include "config.h"

#include <stdlib.h>

#include "base/log.h"
#include "meter_impl.h"

struct later {
	struct meter	 base;		/* comes first */
	struct meter	*now;		/* the one that is used */
	struct meter	*otherwise;	/* NULL: the choice is made */
};

static struct meter *
now(const struct meter *base)
{
	return (((const struct later *)base)->now);
}

/* Close the one that is not used from now on. */
static void
choose(struct later *l, struct meter *chosen)
{
	meter_close(chosen == l->now ? l->otherwise : l->now);
	l->now = chosen;
	l->otherwise = NULL;
}

static int
later_reopen(struct meter *base, char *err)
{
	struct later	*l = (struct later *)base;
	char		 why[METER_ERRLEN];

	if (l->otherwise == NULL)
		return (meter_reopen(l->now, err));
	if (meter_reopen(l->now, why) == 0) {
		choose(l, l->now);
		return (0);
	}
	if (meter_reopen(l->otherwise, err) == -1)
		return (-1);
	choose(l, l->otherwise);
	log_info("source %s: %s", meter_name(l->now), why);
	return (0);
}

static void
later_close(struct meter *base)
{
	struct later	*l = (struct later *)base;

	meter_close(l->now);
	meter_close(l->otherwise);
	free(l);
}

static const char *
later_name(const struct meter *base)
{
	return (((const struct later *)base)->otherwise != NULL ? "auto" :
	    meter_name(now(base)));
}

static bool
later_present(const struct meter *base)
{
	return (meter_present(now(base)));
}

static int
later_fd(const struct meter *base)
{
	return (meter_fd(now(base)));
}

static int
later_wait(const struct meter *base)
{
	return (meter_wait(now(base)));
}

static uint64_t
later_buffer(const struct meter *base)
{
	return (meter_buffer(now(base)));
}

static int
later_latency(const struct meter *base)
{
	return (meter_latency(now(base)));
}

static const char *
later_link_name(const struct meter *base)
{
	return (meter_link_name(now(base)));
}

static bool
later_link_supported(const struct meter *base)
{
	return (meter_link_supported(now(base)));
}

static enum meter_state
later_drain(struct meter *base, meter_sink_fn *sink, void *arg)
{
	return (meter_drain(now(base), sink, arg));
}

static bool
later_split(struct meter *base, uint64_t at_ns, meter_split_fn *fn, void *arg)
{
	return (meter_split(now(base), at_ns, fn, arg));
}

static bool
later_collect(struct meter *base, meter_sink_fn *sink, void *arg)
{
	return (meter_collect(now(base), sink, arg));
}

static uint64_t
later_discard(struct meter *base)
{
	return (meter_discard(now(base)));
}

static const char *
later_error(const struct meter *base)
{
	return (meter_error(now(base)));
}

static void
later_take_ledger(struct meter *base, struct ledger *l)
{
	meter_take_ledger(now(base), l);
}

static void
later_take_senders(struct meter *base, struct senders *s)
{
	meter_take_senders(now(base), s);
}

static bool
later_span(const struct meter *base, uint64_t *first_ns, uint64_t *last_ns)
{
	return (meter_span(now(base), first_ns, last_ns));
}

static void
later_add_protostat(const struct meter *base, struct protostat *sum)
{
	const struct meter	*m = now(base);

	if (m->ops->add_protostat != NULL)
		m->ops->add_protostat(m, sum);
}

static const struct meter_ops	meter_later = {
	.name = "auto",
	.name_now = later_name,
	.close = later_close,
	.reopen = later_reopen,
	.present = later_present,
	.fd = later_fd,
	.wait = later_wait,
	.buffer = later_buffer,
	.latency = later_latency,
	.link_name = later_link_name,
	.link_supported = later_link_supported,
	.drain = later_drain,
	.split = later_split,
	.collect = later_collect,
	.discard = later_discard,
	.error = later_error,
	.take_ledger = later_take_ledger,
	.take_senders = later_take_senders,
	.span = later_span,
	.add_protostat = later_add_protostat,
};

struct meter *
meter_later_new(struct meter *first, struct meter *otherwise)
{
	struct later	*l;

	if ((l = calloc(1, sizeof(*l))) == NULL) {
		meter_close(first);	/* the other one always works */
		return (otherwise);
	}
	l->base.ops = &meter_later;
	l->base.absent = true;
	l->now = first;
	l->otherwise = otherwise;
	return (&l->base);
}
