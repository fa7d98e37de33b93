/*
 * Owners in reports.
 */
#include <stdio.h>
#include <string.h>

#include "owner_text.h"

#define ID_LEN	64		/* digits of a container's id */

char *
owner_user_text(const struct owner *o, bool numeric, char buf[OWNER_USER_MAX])
{
	if (o->uid == OWNER_NO_UID)
		(void)strlcpy(buf, "-", OWNER_USER_MAX);
	else if (numeric || o->user[0] == '\0')
		(void)snprintf(buf, OWNER_USER_MAX, "%lu",
		    (unsigned long)o->uid);
	else
		(void)strlcpy(buf, o->user, OWNER_USER_MAX);
	return (buf);
}

static char *
id_text(const uint8_t *id, char *buf, size_t len)
{
	size_t	i, used = strlcpy(buf, "owner:", len);

	for (i = OWNER_PREFIX_LEN; i < OWNER_LEN && used + 2 < len; i++)
		used += (size_t)snprintf(buf + used, len - used, "%02x",
		    id[i]);
	return (buf);
}

/* The unit for people: of a container with a long id, the container. */
static const char *
unit_text(const struct owner *o, char buf[OWNER_CONTAINER_MAX])
{
	const char	*unit = owner_unit_name(o->unit);

	if (strlen(unit) >= ID_LEN && owner_container(o->unit, buf,
	    OWNER_CONTAINER_MAX)[0] != '\0')
		return (buf);
	return (unit);
}

char *
owner_text(const struct owners *all, const uint8_t *id, bool numeric,
    char *buf, size_t len)
{
	const struct owner	*o = all == NULL ? NULL :
				    owners_find(all, id);
	const char		*unit;
	char			 user[OWNER_USER_MAX];
	char			 container[OWNER_CONTAINER_MAX];
	size_t			 behind, used;

	if (o == NULL)
		return (id_text(id, buf, len));
	if (o->unit[0] == '\0' && o->uid == OWNER_NO_UID) {
		(void)strlcpy(buf, o->program, len);
		return (buf);
	}
	unit = numeric ? o->unit : unit_text(o, container);
	if (strcmp(unit, "/") == 0)
		unit = "";
	(void)owner_user_text(o, numeric, user);
	behind = strlen(user) + strlen(o->program) + sizeof("//");
	used = strlen(unit);
	if (used + behind > len && behind < len)
		unit += used + behind - len;
	(void)snprintf(buf, len, "%s/%s/%s", unit, user, o->program);
	return (buf);
}
