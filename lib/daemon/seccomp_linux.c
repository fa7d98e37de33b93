/*
 * System calls that a daemon may use, by seccomp.  Lists of names: one
 * that this architecture or this libseccomp lacks is passed over.  What is
 * not listed fails with EPERM; what nobody calls by mistake ends the process.
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

/* All that our daemons, libpcap, libevent, glibc and musl use. */
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

/* Nothing that we call ever leads here: end at once. */
static const char *const deadly_calls[] = {
	"bpf", "execve", "execveat", "finit_module", "init_module",
	"kexec_load", "mount", "pivot_root", "setgid", "setgid32", "setns",
	"setuid", "setuid32", "unshare",
#if !SANITIZED
	"process_vm_readv", "process_vm_writev", "ptrace",
#endif
};

/*
 * Calls that depend on an argument, which after `mask' must be `value'.
 *
 * Sockets: syslog and the service manager, and questions about interfaces,
 * which are asked through netlink or through a datagram
 * socket of the Internet family; where the C library makes sockets through
 * socketcall(2), its arguments are out of sight and any are let through.
 * Threads, but no processes.  Requests of sockets, but none of a terminal
 * that could type into it.
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

/* For a daemon that opens its interface again. */
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

/* What one daemon needs beside the others. */
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
	/* The level of Linux 4.14 is the first that ends whole processes. */
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
	/* Its flags are in memory, where a filter cannot look: the C library
	 * falls back to clone(2). */
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
	/* From here on only the kernel can refuse, or what stands between:
	 * a sandbox around this one, a tracer, an emulator. */
	rc = seccomp_load(ctx);
	seccomp_release(ctx);
	return (rc == 0 ? 1 : 0);
}
