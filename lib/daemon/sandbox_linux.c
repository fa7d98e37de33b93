/*
 * The sandbox on Linux: Landlock for files (here), seccomp for system calls
 * (seccomp_linux.c).  Both need no privilege.  Landlock exists since Linux 5.13
 * and may be disabled.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "landlock.h"
#include "sandbox.h"
#include "seccomp_linux.h"

/* From versions 2 and 3 of Landlock; the system's headers may be older. */
#define RIGHT_REFER	(UINT64_C(1) << 13)
#define RIGHT_TRUNCATE	(UINT64_C(1) << 14)

#define READ_RIGHTS	(LANDLOCK_ACCESS_FS_READ_FILE | \
	LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS	(READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	LANDLOCK_ACCESS_FS_REMOVE_FILE | RIGHT_REFER | RIGHT_TRUNCATE)

/* Directories that libpcap and the C library read to open an interface
 * again: modules, interfaces, and names in a filter expression. */
static const char *const readable[] = {
	"/lib", "/lib64", "/proc", "/sys", "/usr",
};

/* In /etc root could read secrets: a daemon that stays root, or may read what
 * root may, gets only these. */
static const char *const readable_etc[] = {
	"/etc/ethers", "/etc/gai.conf", "/etc/host.conf", "/etc/hosts",
	"/etc/ld.so.cache", "/etc/localtime", "/etc/networks",
	"/etc/nsswitch.conf", "/etc/protocols", "/etc/resolv.conf",
	"/etc/services",
};

static int
allow_reading(int ruleset, const char *const *paths, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		if (landlock_allow(ruleset, paths[i], READ_RIGHTS) == -1 &&
		    errno != ENOENT && errno != EACCES)
			return (-1);
	return (0);
}

static int
allow_system(int ruleset, bool all_etc)
{
	static const char *const	etc[] = { "/etc" };

	if (allow_reading(ruleset, readable,
	    sizeof(readable) / sizeof(readable[0])) == -1)
		return (-1);
	if (all_etc)
		return (allow_reading(ruleset, etc, 1));
	return (allow_reading(ruleset, readable_etc,
	    sizeof(readable_etc) / sizeof(readable_etc[0])));
}

/*
 * A directory that may be moved away and recreated: allow its parent directory
 * instead, unless that is the root directory.
 */
static int
allow_remade(int ruleset, const char *path, uint64_t rights)
{
	char		*real = realpath(path, NULL);
	char		*copy = real != NULL ? strdup(real) : NULL;
	const char	*above;
	int		 rc = -1;

	if (copy != NULL) {
		above = dirname(copy);
		rc = landlock_allow(ruleset, strcmp(above, "/") == 0 ? real :
		    above, rights);
	}
	free(copy);
	free(real);
	return (rc);
}

static const struct {
	int		(*allow)(int ruleset, const char *, uint64_t rights);
	uint64_t	 rights;
} by_right[] = {
	[SANDBOX_READ] = { landlock_allow, READ_RIGHTS },
	[SANDBOX_REMOVE] = { landlock_allow, LANDLOCK_ACCESS_FS_REMOVE_FILE },
	[SANDBOX_WRITE] = { landlock_allow, WRITE_RIGHTS },
	[SANDBOX_REMAKE] = { allow_remade, WRITE_RIGHTS },
};

static int
allow_all(int ruleset, const struct sandbox_rules *r, uint64_t handled)
{
	const struct sandbox_path	*p;

	if (allow_system(ruleset, geteuid() != 0 && !r->overrides) == -1)
		return (-1);
	/* syslog(3) with LOG_CONS writes here if there is no syslogd. */
	if (landlock_allow(ruleset, "/dev/console",
	    LANDLOCK_ACCESS_FS_WRITE_FILE) == -1 && errno != ENOENT &&
	    errno != EACCES)
		return (-1);
	for (p = r->paths; p < r->paths + r->npaths; p++)
		if (p->path != NULL && by_right[p->right].allow(ruleset,
		    p->path, by_right[p->right].rights & handled) == -1)
			return (-1);
	return (0);
}

/* 1, 0 if the kernel has no Landlock, or -1 with errno. */
static int
restrict_files(const struct sandbox_rules *rules)
{
	uint64_t	handled;
	int		ruleset;

	if ((ruleset = landlock_begin(&handled)) == -1)
		return (errno == ENOSYS ? 0 : -1);
	if (allow_all(ruleset, rules, handled) == 0 &&
	    landlock_enforce(ruleset) == 0)
		return (1);
	(void)close(ruleset);
	return (-1);
}

bool
sandbox_can_confine(void)
{
	uint64_t	handled;
	int		ruleset = landlock_begin(&handled);

	if (ruleset != -1)
		(void)close(ruleset);
	return (ruleset != -1);
}

int
sandbox_enter(const struct sandbox_rules *rules)
{
	int	files, calls;

	tzset();	/* reads a file that syslog(3) needs later */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    (files = restrict_files(rules)) == -1 ||
	    (calls = seccomp_enter(rules)) == -1) {
		log_error("cannot enter the sandbox");
		return (-1);
	}
	return ((files == 1 ? SANDBOX_FILES : 0) |
	    (calls == 1 ? SANDBOX_CALLS : 0));
}

void
sandbox_report(int enforced)
{
	if ((enforced & SANDBOX_FILES) == 0)
		log_notice("no Landlock on this system: only file permissions "
		    "protect files from trafd");
	if ((enforced & SANDBOX_CALLS) == 0)
		log_notice("no seccomp filter on this system: trafd may use "
		    "every system call");
}
