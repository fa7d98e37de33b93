/*
 * The system calls of Landlock, for which the C library has no functions.
 */
#include "config.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stddef.h>
#include <unistd.h>

#include "landlock.h"

/* Rights, by the Landlock version that introduced them. */
#define RIGHTS_V1	((UINT64_C(1) << 13) - 1)
#define RIGHT_REFER	(UINT64_C(1) << 13)	/* version 2 */
#define RIGHT_TRUNCATE	(UINT64_C(1) << 14)	/* version 3 */

/* The rights that a file can have. */
#define FILE_RIGHTS	(LANDLOCK_ACCESS_FS_EXECUTE | \
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | \
	RIGHT_TRUNCATE)

int
landlock_begin(uint64_t *handled)
{
	struct landlock_ruleset_attr	attr = { 0 };
	int				version;

	version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1) {
		errno = ENOSYS;
		return (-1);
	}
	attr.handled_access_fs = RIGHTS_V1;
	if (version >= 2)
		attr.handled_access_fs |= RIGHT_REFER;
	if (version >= 3)
		attr.handled_access_fs |= RIGHT_TRUNCATE;
	*handled = attr.handled_access_fs;
	return ((int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof(attr.handled_access_fs), 0));
}

int
landlock_allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr	attr = { 0 };
	struct stat				st;
	int					rc;

	attr.allowed_access = rights;
	attr.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (attr.parent_fd == -1)
		return (-1);
	/* The kernel refuses rights of directories for other files. */
	if (fstat(attr.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		attr.allowed_access &= FILE_RIGHTS;
	rc = (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &attr, 0);
	(void)close(attr.parent_fd);
	return (rc);
}

int
landlock_enforce(int ruleset)
{
	if (syscall(SYS_landlock_restrict_self, ruleset, 0) == -1)
		return (-1);
	(void)close(ruleset);
	return (0);
}
