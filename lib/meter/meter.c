/*
 * A meter with any source: each function calls that of the source, which
 * meter_open() has chosen.
 */
#include "config.h"

#include <string.h>

#include "packet/decode.h"
#include "meter_impl.h"

void
meter_close(struct meter *c)
{
	if (c != NULL)
		c->ops->close(c);
}

int
meter_reopen(struct meter *c, char *err)
{
	if (c->ops->reopen(c, err) == -1)
		return (-1);
	c->absent = false;
	return (0);
}

bool
meter_is_absent(const struct meter *c)
{
	return (c->absent);
}

const char *
meter_name(const struct meter *c)
{
	return (c->ops->name_now != NULL ? c->ops->name_now(c) : c->ops->name);
}

const char *
meter_name_of_link(int link, const char *otherwise)
{
	const char	*name = decode_link_name(link);

	return (name != NULL ? name : otherwise);
}

bool
meter_present(const struct meter *c)
{
	return (c->ops->present(c));
}

int
meter_fd(const struct meter *c)
{
	return (c->ops->fd(c));
}

int
meter_wait(const struct meter *c)
{
	return (c->ops->wait == NULL ? -1 : c->ops->wait(c));
}

int
meter_latency(const struct meter *c)
{
	return (c->ops->latency(c));
}

uint64_t
meter_buffer(const struct meter *c)
{
	return (c->ops->buffer == NULL ? 0 : c->ops->buffer(c));
}

const char *
meter_link_name(const struct meter *c)
{
	return (c->ops->link_name(c));
}

bool
meter_link_supported(const struct meter *c)
{
	return (c->ops->link_supported(c));
}

bool
meter_is_file(const struct meter *c)
{
	return (c->ops->is_file != NULL && c->ops->is_file(c));
}

enum meter_state
meter_drain(struct meter *c, meter_sink_fn *sink, void *arg)
{
	return (c->ops->drain(c, sink, arg));
}

bool
meter_split(struct meter *c, uint64_t at_ns, meter_split_fn *fn, void *arg)
{
	return (c->ops->split != NULL && c->ops->split(c, at_ns, fn, arg));
}

bool
meter_collect(struct meter *c, meter_sink_fn *sink, void *arg)
{
	return (c->ops->collect != NULL && c->ops->collect(c, sink, arg));
}

uint64_t
meter_discard(struct meter *c)
{
	return (c->ops->discard == NULL ? 0 : c->ops->discard(c));
}

const char *
meter_error(const struct meter *c)
{
	return (c->ops->error(c));
}

void
meter_take_ledger(struct meter *c, struct ledger *l)
{
	c->ops->take_ledger(c, l);
}

void
meter_take_senders(struct meter *c, struct senders *s)
{
	if (c->ops->take_senders != NULL)
		c->ops->take_senders(c, s);
}

bool
meter_span(const struct meter *c, uint64_t *first_ns, uint64_t *last_ns)
{
	return (c->ops->span(c, first_ns, last_ns));
}

bool
meter_protostat(const struct meter *c, struct protostat *sum)
{
	memset(sum, 0, sizeof(*sum));
	if (c->ops->add_protostat == NULL)
		return (false);
	c->ops->add_protostat(c, sum);
	return (true);
}

const struct owners *
meter_owners(struct meter *c)
{
	return (c->ops->owners != NULL ? c->ops->owners(c) : NULL);
}

void
meter_owners_taken(struct meter *c)
{
	if (c->ops->owners_taken != NULL)
		c->ops->owners_taken(c);
}

int
meter_owners_adopt(struct meter *c, const struct owners *from)
{
	return (c->ops->owners_adopt != NULL ?
	    c->ops->owners_adopt(c, from) : 0);
}

const char *
meter_owners_tree(const struct meter *c)
{
	return (c->ops->owners_tree != NULL ? c->ops->owners_tree(c) : NULL);
}
