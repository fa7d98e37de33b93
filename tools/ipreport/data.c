/*
 * Which records of the data trace are wanted, and words for what they tell.
 */
#include <sys/types.h>
#include <fnmatch.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "query/pattern.h"
#include "data.h"

bool
data_wants_packets(const struct options *opt)
{
	return (opt->entids != ENTIDS_DATA && opt->job == NULL &&
	    !opt->has_cid && opt->state == STATE_ANY && !opt->sessions &&
	    opt->payload == NULL);
}

void
data_flow(const struct datarec *d, struct flow *f)
{
	memset(f, 0, sizeof(*f));
	memcpy(f->key.src, d->out ? d->local : d->remote, sizeof(f->key.src));
	memcpy(f->key.dst, d->out ? d->remote : d->local, sizeof(f->key.dst));
	f->key.sport = d->out ? d->lport : d->rport;
	f->key.dport = d->out ? d->rport : d->lport;
	f->key.proto = d->proto;
	f->key.family = d->family & FLOW_FAMILY_MASK;
	f->count.packets = 1;
	f->count.data = f->count.ip = d->length;
}

/* Whose socket it is, as conditions of owners want it. */
static void
data_owner(const struct datarec *d, struct owner *o)
{
	*o = (struct owner){ .uid = d->uid };
	(void)strlcpy(o->program, d->job, sizeof(o->program));
	(void)strlcpy(o->unit, d->unit, sizeof(o->unit));
	(void)data_user(d->uid, o->user);
}

static bool
is_where(const struct where *w, const struct datarec *d, const struct flow *f)
{
	struct owner		owner;
	struct where_owners	whose = { .owner = &owner };

	if (!where_is_owned(w))
		return (where_match(w, f, NULL));
	data_owner(d, &owner);
	return (where_match(w, f, &whose));
}

static bool
is_in_flow(const struct options *opt, const struct datarec *d)
{
	struct flow	f;

	if (opt->where == NULL && opt->pattern == NULL)
		return (true);
	data_flow(d, &f);
	return ((opt->where == NULL || is_where(opt->where, d, &f)) &&
	    (opt->pattern == NULL || pattern_match(opt->pattern, &f.key)));
}

bool
data_is_wanted(const struct options *opt, const struct datarec *d)
{
	if (opt->entids == ENTIDS_PACKETS)
		return (false);
	if (opt->state != STATE_ANY &&
	    opt->state != STATE_START + (unsigned)d->kind)
		return (false);
	if (opt->has_cid && opt->cid != d->cid)
		return (false);
	/* Start and end are of both directions. */
	if (opt->direction != DIRECTION_BOTH && d->kind == DATAREC_DATA &&
	    d->out != (opt->direction == DIRECTION_SENT))
		return (false);
	if (opt->job != NULL && fnmatch(opt->job, d->job, 0) != 0)
		return (false);
	return (is_in_flow(opt, d));
}

const char *
data_address(const struct datarec *d, const uint8_t addr[16],
    char buf[DATA_ADDRESS])
{
	return (d->family == FLOW_FAMILY_NONE ? NULL :
	    addr_format(d->family, addr, buf));
}

const char *
data_proto(const struct datarec *d, char buf[DATA_WORD])
{
	const char	*name = d->proto == 0 ? "not known" :
			    meaning_proto(d->proto);

	if (name != NULL)
		return (name);
	(void)snprintf(buf, DATA_WORD, "%u", d->proto);
	return (buf);
}

const char *
data_type(const struct datarec *d, char buf[DATA_WORD])
{
	static const char *const	types[] = { "not known", "Stream",
	    "Datagram", "Raw" };

	if (d->type < sizeof(types) / sizeof(types[0]))
		return (types[d->type]);
	(void)snprintf(buf, DATA_WORD, "%u", d->type);
	return (buf);
}

/* Records of one user come in a row: the last one is remembered. */
const char *
data_user(uint32_t uid, char buf[DATA_USER])
{
	static uint32_t	last = OWNER_NO_UID;
	static char	name[DATA_USER];
	struct passwd	*pw;

	if (uid == OWNER_NO_UID)
		return (NULL);
	if (uid != last) {
		pw = getpwuid((uid_t)uid);
		(void)strlcpy(name, pw == NULL ? "" : pw->pw_name,
		    sizeof(name));
		(void)printable(name);
		last = uid;
	}
	(void)strlcpy(buf, name, DATA_USER);
	return (buf[0] == '\0' ? NULL : buf);
}
