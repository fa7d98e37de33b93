/*
 * tinyd IFACE DIR: a daemon in 60 lines that counts the frames and octets of
 * an interface.  Its PID file is DIR/tinyd; SIGTERM ends it and writes the
 * count to DIR/tinyd.count.  Shows that lib/capture, lib/daemon and lib/base
 * suffice for a daemon other than trafd.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/regular.h"
#include "capture/frames.h"
#include "daemon/detach.h"
#include "daemon/pidfile.h"
#include "daemon/privs.h"
#include "daemon/sandbox.h"

static volatile sig_atomic_t	ended;
static unsigned long long	frames, octets;

static void
on_term(int sig)
{
	ended = sig;
}

static void
count(void *arg, const struct frame *f, size_t n)
{
	(void)arg;
	for (; n > 0; n--, f++, frames++)
		octets += f->wirelen;
}

int
main(int argc, char **argv)
{
	struct frames_opts	 o = { .ifname = argv[argc - 2] };
	struct sandbox_rules	 rules = { .captures = true };
	struct identity		 who;
	struct pid_file		*pid;
	struct frames		*f;
	struct pollfd		 p = { .events = POLLIN };
	char			 err[FRAMES_ERRLEN];
	int			 dir = open(argv[argc - 1], O_RDONLY), out;

	detach_begin();
	log_init("tinyd", LOG_TO_BOTH);
	if (privs_find("nobody", "nobody", &who) == -1 || (pid =
	    pid_file_open("tinyd", dir, argv[argc - 1], "tinyd", -1u, -1u)) ==
	    NULL || (out = create_regular(dir, "tinyd.count", O_WRONLY,
	    0644)) == -1 || (f = frames_open(&o, err)) == NULL ||
	    privs_drop(&who, PRIVS_CAPTURE) == -1 || sandbox_enter(&rules) ==
	    -1 || pid_file_write(pid, getpid()) == -1)
		return (1);
	detach_ready();
	(void)signal(SIGTERM, on_term);
	for (int last = 0; !last;) {	/* the kernel holds some back */
		p.fd = (last = ended != 0) ? -1 : frames_fd(f);
		(void)poll(&p, 1, 2 * frames_latency(f));
		while (frames_next(f, count, NULL) == FRAMES_MORE)
			continue;
	}
	dprintf(out, "%llu frames, %llu octets\n", frames, octets);
	pid_file_remove(pid);
	return (0);
}
