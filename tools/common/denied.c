/*
 * Finds which group may read a file that this user may not.
 */
#include <sys/types.h>
#include <sys/stat.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/printable.h"
#include "denied.h"

/* The last part of the path that can be looked at: what refuses.  0, or -1. */
static int
find_refusal(const char *path, struct stat *st)
{
	char	at[PATH_MAX], *slash;

	if (strlcpy(at, path, sizeof(at)) >= sizeof(at))
		return (-1);
	while (stat(at, st) == -1) {
		if ((slash = strrchr(at, '/')) == NULL || slash == at)
			return (-1);
		*slash = '\0';
	}
	return (0);
}

const char *
denied_to_others(const char *path, char buf[DENIED_LEN])
{
	const struct group	*g;
	struct stat		 st;
	char			 name[64];

	if (find_refusal(path, &st) == -1 ||
	    (st.st_mode & (S_ISDIR(st.st_mode) ? S_IXGRP : S_IRGRP)) == 0 ||
	    (g = getgrgid(st.st_gid)) == NULL)
		return (NULL);
	(void)snprintf(buf, DENIED_LEN, "only root, its owner and members of "
	    "group %s can read it", printable_word(g->gr_name, name,
	    sizeof(name)));
	return (buf);
}
