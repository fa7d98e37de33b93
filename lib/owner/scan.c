/*
 * Finds sockets by the descriptors of all processes.  A descriptor is copied
 * by pidfd_getfd(2), which Linux 5.6 has: nothing else leads to the storage of
 * a socket that another process has.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <bpf/bpf.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE	71
#endif

#include "scan.h"

struct scan {
	struct cgroups	*cgroups;
	const struct owner_setup *setup;
	int		 map;
	int		 found;
	int		 refused;	/* errno of the last refusal; 0: none */
	struct owner_sock sock;		/* of the process */
};

uint64_t
owner_netns(int fd)
{
	uint64_t	cookie;
	socklen_t	len = sizeof(cookie);

	return (getsockopt(fd, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &len) ==
	    -1 ? 0 : cookie);
}

static void
read_comm(long pid, char comm[OWNER_COMM])
{
	char	 name[64];
	FILE	*f;

	memset(comm, 0, OWNER_COMM);
	(void)snprintf(name, sizeof(name), "/proc/%ld/comm", pid);
	if ((f = fopen(name, "re")) == NULL)
		return;
	if (fgets(comm, OWNER_COMM, f) != NULL)
		comm[strcspn(comm, "\n")] = '\0';
	(void)fclose(f);
}

static void
take_socket(struct scan *s, int fd)
{
	struct owner_sock	sock = s->sock;
	struct stat		st;
	socklen_t		len;
	int			domain = 0;

	len = sizeof(domain);
	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) == -1 ||
	    (domain != AF_INET && domain != AF_INET6) || fstat(fd, &st) == -1)
		return;
	sock.netns = owner_netns(fd);
	if (sock.netns != 0 && s->setup->netns != 0)
		sock.place = sock.netns == s->setup->netns ?
		    OWNER_NETNS_OWN : OWNER_NETNS_OTHER;
	sock.parts.uid = st.st_uid;
	owner_fingerprint(&sock.parts, s->setup->secret, sock.fingerprint);
	if (bpf_map_update_elem(s->map, &fd, &sock, BPF_NOEXIST) == 0)
		s->found++;
}

static void
take_descriptors(struct scan *s, DIR *d, int pidfd)
{
	struct dirent	*e;
	char		 target[64];
	ssize_t		 n;
	int		 fd;

	while ((e = readdir(d)) != NULL) {
		n = readlinkat(dirfd(d), e->d_name, target, sizeof(target));
		if (n < 8 || memcmp(target, "socket:[", 8) != 0)
			continue;
		fd = (int)syscall(SYS_pidfd_getfd, pidfd,
		    (int)strtol(e->d_name, NULL, 10), 0);
		if (fd == -1) {
			if (errno == EPERM || errno == ENOSYS)
				s->refused = errno;
			continue;
		}
		take_socket(s, fd);
		(void)close(fd);
	}
}

static void
take_process(struct scan *s, long pid)
{
	char	 name[64];
	DIR	*d;
	int	 pidfd;

	(void)snprintf(name, sizeof(name), "/proc/%ld/fd", pid);
	if ((d = opendir(name)) == NULL) {
		if (errno == EACCES || errno == EPERM)
			s->refused = errno;
		return;
	}
	pidfd = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
	if (pidfd != -1) {
		memset(&s->sock, 0, sizeof(s->sock));
		s->sock.pid = (uint32_t)pid;
		s->sock.parts.cgroup = cgroups_of_process(s->cgroups, pid);
		read_comm(pid, s->sock.parts.comm);
		take_descriptors(s, d, pidfd);
		(void)close(pidfd);
	} else if (errno != ESRCH)
		s->refused = errno;
	(void)closedir(d);
}

int
owner_scan(struct cgroups *c, int map, const struct owner_setup *setup)
{
	struct scan	 s = { .cgroups = c, .setup = setup, .map = map };
	struct dirent	*e;
	DIR		*d = opendir("/proc");
	char		*end;
	long		 pid;

	if (d == NULL)
		return (-1);
	while ((e = readdir(d)) != NULL) {
		pid = strtol(e->d_name, &end, 10);
		if (pid > 0 && *end == '\0')
			take_process(&s, pid);
	}
	(void)closedir(d);
	if (s.refused == 0)
		return (s.found);
	errno = s.refused;
	return (-1);
}
