/*
 * An interface may have several names, on Linux labels of addresses (eth0:1)
 * and alternative names.  Two daemons on two of them would count each packet
 * twice, and no report could tell.
 */
#include "config.h"

#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/interface.h"
#include "base/log.h"
#include "file/holder.h"
#include "traffic.h"
#include "twice.h"

/* How the lock file of an account is named; see holder.h. */
#define BEFORE	"." TRAFD_PREFIX
#define AFTER	".lock"

/* Milliseconds that the one that starts at the same time has to give way. */
#define PATIENCE	100
#define TRIES		20

struct other {
	char			ext[TRAFD_EXT_MAX + 1];
	struct holder_who	who;
};

/* The account that a lock file is for; false if it is another file. */
static bool
take_ext(const char *file, char ext[TRAFD_EXT_MAX + 1])
{
	size_t	len = strlen(file), around = strlen(BEFORE) + strlen(AFTER);

	if (len <= around || len - around > TRAFD_EXT_MAX ||
	    strncmp(file, BEFORE, strlen(BEFORE)) != 0 ||
	    strcmp(file + len - strlen(AFTER), AFTER) != 0)
		return (false);
	memcpy(ext, file + strlen(BEFORE), len - around);
	ext[len - around] = '\0';
	return (true);
}

/* Is there a daemon on this host whose account is named so? */
static bool
find_other(const struct options *o, const char *state_dir,
    unsigned int index, struct other *other)
{
	struct dirent	*entry;
	unsigned int	 its;
	DIR		*dir;
	bool		 found = false;

	if ((dir = opendir(state_dir)) == NULL)
		return (false);
	while (!found && (entry = readdir(dir)) != NULL)
		found = take_ext(entry->d_name, other->ext) &&
		    strcmp(other->ext, o->ext) != 0 &&
		    interface_find(other->ext, &its) == INTERFACE_THERE &&
		    its == index && holder_look(state_dir, other->ext,
		    &other->who) == PIDLOCK_HELD && other->who.here;
	(void)closedir(dir);
	return (found);
}

int
twice_check(const struct options *o, const char *state_dir)
{
	char		real[INTERFACE_NAME_MAX], text[HOLDER_TEXT];
	unsigned int	index;
	struct other	other;
	int		tries = 1, i;

	if (strcmp(o->ext, o->ifname) != 0 ||
	    interface_find(o->ifname, &index) != INTERFACE_THERE)
		return (0);
	/* The interface's own name comes first. */
	if (strcmp(interface_real(o->ifname, real), o->ifname) == 0)
		tries = TRIES;
	for (i = 0; i < tries; i++) {
		if (!find_other(o, state_dir, index, &other))
			return (0);
		if (i + 1 < tries)
			(void)poll(NULL, 0, PATIENCE);
	}
	log_errorx("interface already counted: %s and %s are both names of %s, "
	    "and %s counts it as %s; give -f NAME to count it twice",
	    o->ifname, other.ext, real, holder_describe(&other.who, text),
	    other.ext);
	return (-1);
}
