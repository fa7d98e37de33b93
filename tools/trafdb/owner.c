/*
 * Lets root work as the owner of the accounts, by effective user and groups.
 */
#include "config.h"

#include <sys/stat.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "owner.h"

static int
note_groups(struct owner *o)
{
	if ((o->ngroups = getgroups(0, NULL)) == -1)
		return (-1);
	o->groups = calloc((size_t)o->ngroups + 1, sizeof(*o->groups));
	if (o->groups == NULL)
		return (-1);
	return (getgroups(o->ngroups, o->groups) == -1 ? -1 : 0);
}

int
owner_find(struct owner *o, const char *dir)
{
	const struct passwd	*pw;
	struct stat		 st;

	*o = (struct owner){ .needed = false };
	if (geteuid() != 0 || stat(dir, &st) == -1 || st.st_uid == 0)
		return (0);
	o->needed = true;
	o->uid = st.st_uid;
	/* Not the directory's group, which may be root's. */
	pw = getpwuid(o->uid);
	o->gid = pw != NULL ? pw->pw_gid : (gid_t)o->uid;
	if (note_groups(o) == 0)
		return (0);
	log_error("groups");
	return (-1);
}

int
owner_switch(struct owner *o, bool for_good)
{
	int	rc;

	if (!o->needed)
		return (0);
	rc = setgroups(1, &o->gid);
	if (rc == 0)
		rc = for_good ? setgid(o->gid) : setegid(o->gid);
	if (rc == 0)
		rc = for_good ? setuid(o->uid) : seteuid(o->uid);
	o->for_good = for_good;
	if (rc == -1)
		log_error("cannot switch to user %lu, who owns the accounts",
		    (unsigned long)o->uid);
	return (rc);
}

int
owner_switch_back(const struct owner *o)
{
	if (!o->needed)
		return (0);
	if (o->for_good || seteuid(0) == -1 || setegid(getgid()) == -1 ||
	    setgroups((size_t)o->ngroups, o->groups) == -1) {
		log_error("cannot switch back to root");
		return (-1);
	}
	return (0);
}

void
owner_end(struct owner *o)
{
	if (!o->for_good)
		(void)owner_switch_back(o);
	free(o->groups);
	o->groups = NULL;
}
