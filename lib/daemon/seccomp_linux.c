/*
 * The system calls that a daemon may use, by seccomp.  Names that this
 * architecture or this libseccomp lacks are skipped.  A call that is not listed
 * fails with EPERM.  A call that only an attacker makes ends the process.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>

#include "sandbox.h"
#include "seccomp_linux.h"

/* The calls that our daemons, libpcap, libevent, glibc and musl use. */
static const char *const allowed_calls[] = {
	"accept", "accept4", "access",
	"arm_fadvise64_64", "bind", "brk", "cacheflush", "capget",
	"chdir", "clock_getres", "clock_getres_time64", "clock_gettime",
	"clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64",
	"close", "connect", "dup", "dup2", "dup3", "epoll_create",
	"epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
	"epoll_wait", "eventfd", "eventfd2", "exit", "exit_group",
	"faccessat", "faccessat2", "fadvise64", "fadvise64_64", "fchmod",
	"fchown", "fchown32", "fcntl", "fcntl64", "fdatasync", "flock",
	"fstat", "fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync",
	"ftruncate", "ftruncate64", "futex", "futex_time64", "futex_waitv",
	"getdents", "getdents64", "getegid", "getegid32", "geteuid",
	"geteuid32", "getgid", "getgid32", "getpeername", "getpid",
	"getppid", "getrandom", "getrlimit", "getrusage", "getsockname",
	"getsockopt", "gettid", "gettimeofday", "getuid", "getuid32",
	"link", "linkat", "_llseek", "lseek", "lstat", "lstat64", "madvise",
	"membarrier", "memfd_create",
	"mkdir", "mkdirat", "mmap", "mmap2", "mprotect",
	"mremap", "mseal", "munmap", "nanosleep", "newfstatat",
	"_newselect", "open", "openat", "pipe", "pipe2", "poll", "ppoll",
	"ppoll_time64", "prctl", "pread64", "prlimit64", "pselect6",
	"pselect6_time64", "pwrite64", "read", "readlink", "readlinkat",
	"readv", "recv", "recvfrom", "recvmmsg", "recvmmsg_time64",
	"recvmsg", "rename", "renameat", "renameat2", "restart_syscall",
	"riscv_flush_icache", "rseq", "rt_sigaction", "rt_sigpending",
	"rt_sigprocmask", "rt_sigreturn", "sched_getaffinity",
	"sched_yield", "select", "send", "sendmmsg", "sendmsg", "sendto",
	"set_robust_list", "set_tid_address", "set_tls", "setsockopt",
	"sigaltstack", "sigreturn", "socketpair", "stat", "stat64", "statfs",
	"statfs64", "statx", "sysinfo", "tgkill", "time", "timerfd_create",
	"timerfd_settime", "timerfd_settime64", "ugetrlimit", "umask",
	"uname", "unlink", "unlinkat", "write", "writev",
#if SANITIZED
	"clone", "kill", "ptrace", "process_vm_readv", "wait4",
#endif
};

/* Neither we nor our libraries make these calls: end the process at once. */
static const char *const deadly_calls[] = {
	"bpf", "execve", "execveat", "finit_module", "init_module",
	"kexec_load", "mount", "pivot_root", "setgid", "setgid32", "setns",
	"setuid", "setuid32", "unshare",
#if !SANITIZED
	"process_vm_readv", "process_vm_writev", "ptrace",
#endif
};

/*
 * Calls that are allowed only if an argument, ANDed with `mask', is `value':
 *
 *	socket	for syslog and the service manager, and for queries about
 *		interfaces, by netlink or a datagram socket of the Internet
 *		family.  If the C library uses socketcall(2), its arguments
 *		cannot be seen, and every socket is allowed.
 *	clone	threads, but no processes
 *	ioctl	requests of sockets; of terminals, none that could simulate
 *		input
 */
static const struct by_argument {
	const char	*name;
	unsigned int	 arg;
	scmp_datum_t	 mask;
	scmp_datum_t	 value;
} by_argument[] = {
	{ "socket", 0, UINT32_MAX, AF_UNIX },
	{ "socket", 0, UINT32_MAX, AF_NETLINK },
#ifdef __s390__
	{ "clone", 1, CLONE_THREAD, CLONE_THREAD },
#else
	{ "clone", 0, CLONE_THREAD, CLONE_THREAD },
#endif
	{ "ioctl", 1, 0xfffff000, 0x8000 },	/* SIOC... */
	{ "ioctl", 1, UINT32_MAX, FIONBIO },
	{ "ioctl", 1, UINT32_MAX, FIONREAD },
	{ "ioctl", 1, UINT32_MAX, TCGETS },
};

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

static int
add_rule(scmp_filter_ctx ctx, uint32_t action, const char *name, unsigned int n,
    const struct scmp_arg_cmp *args)
{
	int	nr = seccomp_syscall_resolve_name(name);

	return (nr == __NR_SCMP_ERROR ? 0 :
	    seccomp_rule_add_array(ctx, action, nr, n, args));
}

/* For a daemon that may have to open its interface again. */
static const struct by_argument	packet_socket = {
	"socket", 0, UINT32_MAX, AF_PACKET
};

static int
add_one(scmp_filter_ctx ctx, const struct by_argument *b)
{
	struct scmp_arg_cmp	cmp = {
		b->arg, SCMP_CMP_MASKED_EQ, b->mask, b->value
	};

	return (add_rule(ctx, SCMP_ACT_ALLOW, b->name, 1, &cmp));
}

static int
add_by_argument(scmp_filter_ctx ctx, bool captures)
{
	struct scmp_arg_cmp	inet[2] = {
		{ 0, SCMP_CMP_MASKED_EQ, UINT32_MAX, AF_INET },
		/* The type without SOCK_CLOEXEC and SOCK_NONBLOCK. */
		{ 1, SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM },
	};
	size_t			i;
	int			rc;

	rc = add_rule(ctx, SCMP_ACT_ALLOW, "socket", 2, inet);
	for (i = 0; i < COUNT(by_argument); i++)
		rc |= add_one(ctx, &by_argument[i]);
	if (captures)
		rc |= add_one(ctx, &packet_socket);
	return (rc);
}

/* Allow the calls that only some daemons need. */
static int
add_calls(scmp_filter_ctx ctx, const char *const *calls)
{
	int	rc = 0;

	for (; calls != NULL && *calls != NULL; calls++)
		rc |= add_rule(ctx, SCMP_ACT_ALLOW, *calls, 0, NULL);
	return (rc);
}

static int
fill_filter(scmp_filter_ctx ctx, const struct sandbox_rules *rules)
{
	/* From Linux 4.14 on (level 3) a filter can end the whole process. */
	uint32_t	deadly = seccomp_api_get() >= 3 ?
	    SCMP_ACT_KILL_PROCESS : SCMP_ACT_KILL;
	size_t		i;
	int		rc;

	rc = add_by_argument(ctx, rules->captures) |
	    add_calls(ctx, rules->calls);
	for (i = 0; i < COUNT(allowed_calls); i++)
		rc |= add_rule(ctx, SCMP_ACT_ALLOW, allowed_calls[i], 0, NULL);
	for (i = 0; i < COUNT(deadly_calls); i++)
		rc |= add_rule(ctx, deadly, deadly_calls[i], 0, NULL);
	/* A filter cannot read the flags of clone3, which are in memory.  With
	 * ENOSYS the C library calls clone(2) instead. */
	rc |= add_rule(ctx, SCMP_ACT_ERRNO(ENOSYS), "clone3", 0, NULL);
	return (rc);
}

int
seccomp_enter(const struct sandbox_rules *rules)
{
	scmp_filter_ctx	ctx;
	int		rc;

	if ((ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM))) == NULL)
		return (-1);
	if ((rc = fill_filter(ctx, rules)) != 0) {
		seccomp_release(ctx);
		errno = -rc;
		return (-1);
	}
	/* This fails only if the kernel refuses, or a sandbox around this one,
	 * a tracer or an emulator does. */
	rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return (rc == 0 ? 1 : 0);
}
