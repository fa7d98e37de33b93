/*
 * Linux: the sandbox of the web server, in case a request compromises it.
 * Landlock leaves it a few files to read, and the temporary directory to
 * write to.  Seccomp denies what the server never does: start programs or
 * processes, trace others, open sockets other than Unix sockets.  The same for
 * the processes that read the history and query the resolver.
 */
#include "config.h"

#include <sys/socket.h>
#include <errno.h>
#include <libgen.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "daemon/landlock.h"
#include "trafstatd.h"

#define READ_RIGHTS	(LANDLOCK_ACCESS_FS_READ_FILE | \
	LANDLOCK_ACCESS_FS_READ_DIR)
#define TEMP_RIGHTS	(LANDLOCK_ACCESS_FS_READ_FILE | \
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* Index of the flags among the arguments of the system call clone. */
#ifdef __s390__
#define CLONE_FLAGS	1
#else
#define CLONE_FLAGS	0
#endif

/* Which sockets a process may open. */
enum cage_sockets { SOCKETS_NONE, SOCKETS_OF_HOST, SOCKETS_ANY };

struct cage {
	const char		*run_dir;	/* of the server, or NULL */
	const char		*state_dir;	/* of the history, or NULL */
	enum cage_sockets	 sockets;
};

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

/* What the C library reads for times and for names of protocols. */
static const char *const readable[] = {
	"/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf",
	"/etc/protocols", "/lib", "/lib64", "/proc/self", "/usr/lib",
	"/usr/share/zoneinfo",
};

/* What a resolver reads, and its modules: no account. */
static const char *const resolver_reads[] = {
	"/dev", "/etc", "/run", "/usr", "/var/lib/sss",
};

/* System calls that the server never makes, but an intruder would. */
static const char *const denied[] = {
	"add_key", "bpf", "chroot", "delete_module", "execve",
	"execveat", "finit_module", "fork", "init_module", "io_uring_setup",
	"kexec_file_load", "kexec_load", "keyctl", "listen", "mount",
	"move_mount", "open_tree", "perf_event_open", "pivot_root",
	"process_vm_readv", "process_vm_writev", "request_key", "setgid",
	"setns", "setresgid", "setresuid", "setuid", "umount2", "unshare",
	"userfaultfd", "vfork",
#ifndef __SANITIZE_ADDRESS__
	"kill", "pidfd_send_signal", "ptrace", "tkill",
#endif
};

static int
allow(int ruleset, const char *path, uint64_t rights)
{
	return (landlock_allow(ruleset, path, rights) == -1 &&
	    errno != ENOENT && errno != EACCES ? -1 : 0);
}

/*
 * Allow to list the directory above run_dir: run_dir itself may be removed
 * and created again, and a rule belongs to the directory that exists now.
 * If that is the root directory, allow run_dir only.
 */
static int
allow_run_dir(int ruleset, const char *run_dir)
{
	char		*real = realpath(run_dir, NULL);
	char		*copy = real != NULL ? strdup(real) : NULL;
	const char	*above;
	int		 rc = 0;

	if (copy != NULL) {
		above = dirname(copy);
		rc = allow(ruleset, strcmp(above, "/") == 0 ? real : above,
		    LANDLOCK_ACCESS_FS_READ_DIR);
	}
	free(copy);
	free(real);
	return (rc);
}

/* What only the web server needs. */
static int
allow_server(int ruleset, const char *run_dir, uint64_t handled)
{
	const char	*temp = getenv("TMPDIR");
	int		 rc = allow_run_dir(ruleset, run_dir);

	rc |= allow(ruleset, temp != NULL && temp[0] != '\0' ? temp : "/tmp",
	    TEMP_RIGHTS & handled);
	/* For syslog(3) with LOG_CONS, if syslogd does not run. */
	rc |= allow(ruleset, "/dev/console", LANDLOCK_ACCESS_FS_WRITE_FILE);
	return (rc);
}

static int
allow_resolver(int ruleset)
{
	size_t	i;
	int	rc = 0;

	for (i = 0; i < COUNT(resolver_reads); i++)
		rc |= allow(ruleset, resolver_reads[i], READ_RIGHTS);
	return (rc);
}

static int
restrict_files(const struct cage *c)
{
	uint64_t	 handled;
	size_t		 i;
	int		 ruleset, rc;

	if ((ruleset = landlock_begin(&handled)) == -1)
		return (errno == ENOSYS ? 0 : -1);
	if (c->sockets == SOCKETS_ANY)
		rc = allow_resolver(ruleset);
	else
		rc = c->run_dir != NULL ? allow_server(ruleset, c->run_dir,
		    handled) : allow(ruleset, c->state_dir, READ_RIGHTS);
	for (i = 0; i < COUNT(readable); i++)
		rc |= allow(ruleset, readable[i], READ_RIGHTS);
	if (rc == 0 && landlock_enforce(ruleset) == 0)
		return (0);
	(void)close(ruleset);
	return (-1);
}

static int
deny(scmp_filter_ctx ctx, const char *name, int error, unsigned int n,
    const struct scmp_arg_cmp *args)
{
	int	nr = seccomp_syscall_resolve_name(name);

	return (nr == __NR_SCMP_ERROR ? 0 : seccomp_rule_add_array(ctx,
	    SCMP_ACT_ERRNO((unsigned int)error), nr, n, args));
}

static int
deny_sockets(scmp_filter_ctx ctx, enum cage_sockets allowed)
{
	struct scmp_arg_cmp	abroad = { 0, SCMP_CMP_NE, AF_UNIX, 0 };

	/* A resolver binds the socket that it asks from. */
	if (allowed == SOCKETS_ANY)
		return (0);
	return (deny(ctx, "bind", EPERM, 0, NULL) | deny(ctx, "socket", EPERM,
	    allowed == SOCKETS_NONE ? 0 : 1, &abroad));
}

static int
fill_filter(scmp_filter_ctx ctx)
{
	/* clone(2) is allowed for threads only. */
	struct scmp_arg_cmp	alone = { CLONE_FLAGS, SCMP_CMP_MASKED_EQ,
	    CLONE_THREAD, 0 };
	size_t			i;
	int			rc = 0;

	for (i = 0; i < COUNT(denied); i++)
		rc |= deny(ctx, denied[i], EPERM, 0, NULL);
#ifndef __SANITIZE_ADDRESS__
	rc |= deny(ctx, "clone", EPERM, 1, &alone);
	/* A filter cannot read its flags, which are in memory; after ENOSYS
	 * the C library uses clone(2). */
	rc |= deny(ctx, "clone3", ENOSYS, 0, NULL);
#else
	(void)alone;
#endif
	return (rc);
}

static int
restrict_calls(enum cage_sockets allowed)
{
	scmp_filter_ctx	ctx;
	int		rc;

	if ((ctx = seccomp_init(SCMP_ACT_ALLOW)) == NULL)
		return (-1);
	rc = fill_filter(ctx) | deny_sockets(ctx, allowed);
	if (rc == 0)
		/* An error here comes from the kernel, from a sandbox around
		 * this process or from an emulator: then there is none. */
		(void)seccomp_load(ctx);
	seccomp_release(ctx);
	return (rc == 0 ? 0 : -1);
}

static int
enter(const struct cage *c)
{
	tzset();	/* when_local() needs its file */
	if (restrict_files(c) == -1 || restrict_calls(c->sockets) == -1) {
		log_error("cannot enter the sandbox");
		return (-1);
	}
	return (0);
}

int
cage_enter(const char *run_dir)
{
	const struct cage	c = { .run_dir = run_dir,
				    .sockets = SOCKETS_OF_HOST };

	return (enter(&c));
}

int
cage_enter_history(const char *state_dir)
{
	const struct cage	c = { .state_dir = state_dir,
				    .sockets = SOCKETS_NONE };

	return (enter(&c));
}

int
cage_enter_resolver(void)
{
	const struct cage	c = { .sockets = SOCKETS_ANY };

	return (enter(&c));
}
