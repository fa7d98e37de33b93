/*
 * The tree of cgroup v2: where it is mounted, and which directory has an id.
 * One thread at a time.
 */
#ifndef CGROUPS_H
#define CGROUPS_H

#include <stddef.h>
#include <stdint.h>

#define CGROUPS_ERRLEN	256

struct cgroups;

/*
 * Find the mount and read the tree.  Returns NULL with a reason in
 * err[CGROUPS_ERRLEN].
 */
struct cgroups	*cgroups_open(char *err);
void		 cgroups_close(struct cgroups *);	/* NULL is allowed */

/* The directory where it is mounted, and a descriptor of that. */
const char	*cgroups_mount(const struct cgroups *);
int		 cgroups_fd(const struct cgroups *);

/*
 * The path of a cgroup below the mount, "/" of the root; valid until the next
 * call.  The tree is read again if the id is not known, so a path may be of a
 * directory that has gone.  NULL: there is and was none that anybody saw.
 */
const char	*cgroups_path(struct cgroups *, uint64_t id);

/* The same without reading the tree again. */
const char	*cgroups_path_known(const struct cgroups *, uint64_t id);

/* The id of the cgroup of a process; 0: not known. */
uint64_t	 cgroups_of_process(struct cgroups *, long pid);

#endif
