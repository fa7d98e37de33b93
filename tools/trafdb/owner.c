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

int
owner_find(struct run_as *o, const char *dir)
{
	const struct passwd	*pw;
	struct stat		 st;

	*o = (struct run_as){ .needed = false };
	if (geteuid() != 0 || stat(dir, &st) == -1 || st.st_uid == 0)
		return (0);
	o->needed = true;
	o->uid = st.st_uid;
	/* Not the directory's group, which may be root's. */
	pw = getpwuid(o->uid);
	o->gid = pw != NULL ? pw->pw_gid : (gid_t)o->uid;
	if (effective_note_groups(&o->root) == 0)
		return (0);
	log_error("groups");
	return (-1);
}

int
owner_switch(struct run_as *o, bool for_good)
{
	int	rc;

	if (!o->needed)
		return (0);
	if (!for_good)
		rc = effective_switch(o->uid, o->gid);
	else
		rc = setgroups(1, &o->gid) == -1 || setgid(o->gid) == -1 ?
		    -1 : setuid(o->uid);
	o->for_good = for_good;
	if (rc == -1)
		log_error("cannot switch to user %lu, who owns the accounts",
		    (unsigned long)o->uid);
	return (rc);
}

int
owner_switch_back(const struct run_as *o)
{
	if (!o->needed)
		return (0);
	if (o->for_good || effective_root(&o->root) == -1) {
		log_error("cannot switch back to root");
		return (-1);
	}
	return (0);
}

void
owner_end(struct run_as *o)
{
	if (!o->for_good)
		(void)owner_switch_back(o);
	free(o->root.list);
	o->root.list = NULL;
}
