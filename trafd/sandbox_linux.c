/*
 * The sandbox on Linux: Landlock for files, seccomp for system calls.  Both
 * need no privilege.  A kernel without Landlock (before 5.13) is logged.
 */
#include "config.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "sandbox.h"

/* ---- Landlock: files ---- */

/* Rights by the version of the interface that brought them. */
#define RIGHTS_V1	((UINT64_C(1) << 13) - 1)
#define RIGHT_REFER	(UINT64_C(1) << 13)	/* version 2 */
#define RIGHT_TRUNCATE	(UINT64_C(1) << 14)	/* version 3 */

#define READ_RIGHTS	(LANDLOCK_ACCESS_FS_READ_FILE | \
	LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS	(READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | \
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	LANDLOCK_ACCESS_FS_REMOVE_FILE | RIGHT_REFER | RIGHT_TRUNCATE)
#define RUN_RIGHTS	(LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

/* What libpcap and the C library read to open an interface again. */
static const char *const readable[] = {
	"/etc", "/lib", "/lib64", "/proc", "/sys", "/usr",
};

static int
allow(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr	attr = { 0 };
	int					rc;

	attr.allowed_access = rights;
	attr.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (attr.parent_fd == -1)
		return (-1);
	rc = (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &attr, 0);
	(void)close(attr.parent_fd);
	return (rc);
}

/*
 * The directory of the accounts may be moved away and made anew, so it is
 * the one above that is opened, unless that is the root.
 */
static int
allow_state(int ruleset, const char *state_dir, uint64_t handled)
{
	char		*copy = strdup(state_dir);
	const char	*above;
	int		 rc;

	if (copy == NULL)
		return (-1);
	above = dirname(copy);
	if (strcmp(above, "/") == 0)
		above = state_dir;
	rc = allow(ruleset, above, WRITE_RIGHTS & handled);
	free(copy);
	return (rc);
}

static int
allow_all(int ruleset, const char *state_dir, const char *run_dir,
    uint64_t handled)
{
	size_t	i;

	for (i = 0; i < sizeof(readable) / sizeof(readable[0]); i++)
		if (allow(ruleset, readable[i], READ_RIGHTS) == -1 &&
		    errno != ENOENT)
			return (-1);
	if (allow(ruleset, run_dir, RUN_RIGHTS) == -1)
		return (-1);
	return (allow_state(ruleset, state_dir, handled));
}

static int
restrict_files(const char *state_dir, const char *run_dir)
{
	struct landlock_ruleset_attr	attr = { 0 };
	int				ruleset, rc, version;

	version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1) {
		log_notice("this kernel has no Landlock: the file system "
		    "stays open to trafd as its user");
		return (0);
	}
	attr.handled_access_fs = RIGHTS_V1;
	if (version >= 2)
		attr.handled_access_fs |= RIGHT_REFER;
	if (version >= 3)
		attr.handled_access_fs |= RIGHT_TRUNCATE;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof(attr.handled_access_fs), 0);
	if (ruleset == -1)
		return (-1);
	rc = allow_all(ruleset, state_dir, run_dir, attr.handled_access_fs);
	if (rc == 0)
		rc = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
	(void)close(ruleset);
	return (rc);
}

/* ---- seccomp: system calls ---- */

/* All that the daemon, libpcap, libevent and the C library use. */
static const char *const allowed_calls[] = {
	"access", "bind", "brk", "capget", "chdir", "clock_getres",
	"clock_gettime",
	"clock_nanosleep", "clone", "clone3", "close", "connect", "dup",
	"dup2", "dup3", "epoll_create", "epoll_create1", "epoll_ctl",
	"epoll_pwait", "epoll_pwait2", "epoll_wait", "eventfd2", "exit",
	"exit_group", "faccessat", "faccessat2", "fchmod", "fchown", "fcntl",
	"fcntl64", "fdatasync", "flock", "fstat", "fstat64", "fstatat64",
	"fstatfs", "fsync", "ftruncate", "ftruncate64", "futex",
	"futex_time64", "getdents64", "getegid", "geteuid", "getgid",
	"getpeername", "getpid", "getppid", "getrandom", "getrlimit",
	"getrusage", "getsockname", "getsockopt", "gettid", "gettimeofday",
	"getuid", "ioctl", "link", "linkat", "llseek", "_llseek", "lseek",
	"lstat", "madvise", "membarrier", "mkdir", "mkdirat", "mmap", "mmap2",
	"mprotect", "mremap", "munmap", "nanosleep", "newfstatat", "open",
	"openat", "pipe", "pipe2", "poll", "ppoll", "prctl", "pread64",
	"prlimit64", "pselect6", "pwrite64", "read", "readlink",
	"readlinkat", "readv", "recvfrom", "recvmmsg", "recvmsg", "rename",
	"renameat", "renameat2", "restart_syscall", "rseq", "rt_sigaction",
	"rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity",
	"sched_yield", "select", "sendmmsg", "sendmsg", "sendto",
	"set_robust_list", "set_tid_address", "setsockopt", "sigaltstack",
	"socketpair", "stat", "statx", "sysinfo", "tgkill", "time",
	"timerfd_create", "timerfd_settime", "umask", "uname", "unlink",
	"unlinkat", "write", "writev",
#ifdef __SANITIZE_ADDRESS__
	/* The leak checker stops and looks at its own threads. */
	"kill", "ptrace", "process_vm_readv", "wait4",
#endif
};

/* Sockets: the interface, syslog and the service manager, questions about
 * interfaces (which are asked through a socket of the Internet family). */
static const int families[] = { AF_PACKET, AF_UNIX, AF_NETLINK, AF_INET };

/* Nothing that trafd calls ever leads here: end at once. */
static const char *const deadly_calls[] = {
	"execve", "execveat", "init_module", "finit_module", "kexec_load",
	"mount", "pivot_root", "bpf", "setuid", "setgid", "setns", "unshare",
#ifndef __SANITIZE_ADDRESS__
	"ptrace", "process_vm_readv", "process_vm_writev",
#endif
};

/* A call that this architecture lacks is no error. */
static int
add_rule(scmp_filter_ctx ctx, uint32_t action, const char *name)
{
	int	nr = seccomp_syscall_resolve_name(name);

	return (nr == __NR_SCMP_ERROR ? 0 :
	    seccomp_rule_add(ctx, action, nr, 0));
}

static int
fill_filter(scmp_filter_ctx ctx)
{
	size_t	i;
	int	rc = 0;

	for (i = 0; i < sizeof(allowed_calls) / sizeof(char *); i++)
		rc |= add_rule(ctx, SCMP_ACT_ALLOW, allowed_calls[i]);
	for (i = 0; i < sizeof(deadly_calls) / sizeof(char *); i++)
		rc |= add_rule(ctx, SCMP_ACT_KILL_PROCESS, deadly_calls[i]);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		rc |= seccomp_rule_add(ctx, SCMP_ACT_ALLOW,
		    SCMP_SYS(socket), 1,
		    SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
	return (rc);
}

static int
restrict_calls(void)
{
	scmp_filter_ctx	ctx;
	int		rc;

	if ((ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM))) == NULL)
		return (-1);
	if ((rc = fill_filter(ctx)) == 0)
		rc = seccomp_load(ctx);
	seccomp_release(ctx);
	if (rc < 0)
		errno = -rc;
	return (rc == 0 ? 0 : -1);
}

int
sandbox_enter(const char *state_dir, const char *run_dir)
{
	tzset();	/* reads a file that syslog(3) wants later */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1 ||
	    restrict_files(state_dir, run_dir) == -1 ||
	    restrict_calls() == -1) {
		log_error("cannot enter the sandbox");
		return (-1);
	}
	return (0);
}
