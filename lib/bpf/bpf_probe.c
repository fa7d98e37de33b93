/*
 * Tests the properties of the running kernel (bpf_probe.h).  No state.
 */
#include "config.h"

#include <sys/syscall.h>
#include <sys/utsname.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bpf_probe.h"

int
bpf_probe_release(unsigned long least, const char *use, char *why)
{
	struct utsname	u;
	unsigned long	major, minor = 0;
	char		*end;

	if (uname(&u) == -1)
		u.release[0] = '\0';
	major = strtoul(u.release, &end, 10);
	if (*end == '.')
		minor = strtoul(end + 1, NULL, 10);
	if (major > 5 || (major == 5 && minor >= least))
		return (0);
	(void)snprintf(why, BPF_WHYLEN, "Linux %s is older than 5.%lu%s",
	    u.release, least, use);
	return (-1);
}

int
bpf_probe_preemption(char *why)
{
	if (access("/sys/kernel/realtime", F_OK) != 0)
		return (0);
	(void)snprintf(why, BPF_WHYLEN, "a real-time kernel may interrupt the "
	    "program");
	return (-1);
}

static int
membarrier(int command)
{
	return ((int)syscall(SYS_membarrier, command, 0, 0));
}

int
bpf_probe_grace(char *why)
{
	int	can = membarrier(MEMBARRIER_CMD_QUERY);

	if (can != -1 && (can & MEMBARRIER_CMD_GLOBAL) != 0)
		return (0);
	(void)snprintf(why, BPF_WHYLEN, "the kernel has no global "
	    "membarrier(2)");
	return (-1);
}

/*
 * Programs run in an RCU read-side critical section, and a global membarrier
 * waits for a grace period.
 */
void
bpf_grace_wait(void)
{
	while (membarrier(MEMBARRIER_CMD_GLOBAL) == -1 && errno == EINTR)
		continue;
	atomic_thread_fence(memory_order_acquire);
}
