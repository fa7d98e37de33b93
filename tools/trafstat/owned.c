/*
 * trafstat --top of owners.
 */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "packet/owner_text.h"
#include "owned.h"

/* Set the owner that stands for all of this one's kind. */
static void
set_part(struct owner *to, const struct owner *from, int by)
{
	char	buf[OWNER_CONTAINER_MAX];

	*to = *from;
	if (by == TOP_OWNERS)
		return;
	if (by != TOP_USERS) {
		to->uid = OWNER_NO_UID;
		to->user[0] = '\0';
	}
	if (by != TOP_PROGRAMS)
		to->program[0] = '\0';
	if (by == TOP_CONTAINERS)
		(void)strlcpy(to->unit, owner_container(from->unit, buf,
		    sizeof(buf)), sizeof(to->unit));
	else if (by != TOP_UNITS)
		to->unit[0] = '\0';
	owner_identify(to);
}

static bool
is_owner(const struct flow *f)
{
	return (f->key.family != FLOW_FAMILY_NONE && owner_is(f->key.src));
}

/* One whose name is not known keeps its id. */
static int
regroup(struct flow *f, const struct owners *all, int by,
    struct owners *names)
{
	const struct owner	*o = all == NULL ? NULL :
				    owners_find(all, f->key.src);
	struct owner		 part;

	/* Rows of both versions of IP are one. */
	f->key.family = FLOW_FAMILY_IP6;
	if (o == NULL)
		return (0);
	set_part(&part, o, by);
	memcpy(f->key.src, part.id, OWNER_LEN);
	return (owners_add(names, &part) == -1 && errno != ENOSPC ? -1 : 0);
}

int
owned_group(struct control_table *t, int by, struct owners *names)
{
	size_t	i, n = 0;

	for (i = 0; i < t->n; i++) {
		if (!is_owner(&t->rows[i]))
			continue;
		t->rows[n] = t->rows[i];
		if (regroup(&t->rows[n++], t->owners, by, names) == -1)
			return (-1);
	}
	t->n = flow_merge(t->rows, n);
	return (0);
}

void
owned_drop(struct control_table *t)
{
	size_t	i, n = 0;

	for (i = 0; i < t->n; i++)
		if (!is_owner(&t->rows[i]))
			t->rows[n++] = t->rows[i];
	t->n = n;
}

char *
owned_label(const struct owners *all, int by, const uint8_t *id, bool numeric,
    char *buf, size_t len)
{
	const struct owner	*o = all == NULL ? NULL :
				    owners_find(all, id);
	char			 user[OWNER_USER_MAX];

	if (o == NULL || by == TOP_OWNERS)
		return (owner_text(all, id, numeric, buf, len));
	switch (by) {
	case TOP_PROGRAMS:
		(void)strlcpy(buf, o->program, len);
		break;
	case TOP_USERS:
		(void)strlcpy(buf, owner_user_text(o, numeric, user), len);
		break;
	case TOP_UNITS:
		(void)strlcpy(buf, numeric ? o->unit :
		    owner_unit_name(o->unit), len);
		break;
	default:
		(void)strlcpy(buf, o->unit[0] == '\0' ? "-" : o->unit, len);
	}
	return (buf);
}
