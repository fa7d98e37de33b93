/*
 * Programs of a chosen name that send known octets over sockets in every way
 * that a program can, for the tests of accounts of owners.
 *
 *	owned NAME WAY ADDRESS PORT [NUMBER [SIZE]]
 *
 * NAME becomes its comm(5).  UDP: NUMBER datagrams of SIZE octets.  TCP: SIZE
 * octets in NUMBER calls; `serve' and `fork' accept NUMBER connections, read
 * all, answer SIZE octets each, and say `ready' before.
 *
 *	owned attached DIRECTORY	ids of the programs of a cgroup
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/errqueue.h>
#include <linux/io_uring.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST	65536

static struct sockaddr_storage	peer;
static socklen_t		peer_len;
static long			number = 1, size = 100;
static char			octets[MOST];

static void
set_peer(const char *address, const char *port)
{
	struct sockaddr_in	*a = (void *)&peer;
	struct sockaddr_in6	*b = (void *)&peer;

	if (inet_pton(AF_INET, address, &a->sin_addr) == 1) {
		a->sin_family = AF_INET;
		a->sin_port = htons((uint16_t)atoi(port));
		peer_len = sizeof(*a);
	} else if (inet_pton(AF_INET6, address, &b->sin6_addr) == 1) {
		b->sin6_family = AF_INET6;
		b->sin6_port = htons((uint16_t)atoi(port));
		peer_len = sizeof(*b);
	} else
		errx(2, "address: %s", address);
}

static int
make(int type, int protocol)
{
	int	fd = socket(peer.ss_family, type, protocol);

	if (fd == -1)
		err(1, "socket");
	return (fd);
}

static void
join(int fd)
{
	if (connect(fd, (struct sockaddr *)&peer, peer_len) == -1)
		err(1, "connect");
}

static void
name(const char *n)
{
	(void)prctl(PR_SET_NAME, n);
}

/* ---- datagrams ---- */

static void
send_all(int fd)
{
	long	i;

	for (i = 0; i < number; i++)
		if (sendto(fd, octets, (size_t)size, 0,
		    (struct sockaddr *)&peer, peer_len) != size)
			err(1, "sendto");
}

static void
udp(void)
{
	send_all(make(SOCK_DGRAM, 0));
}

/* The peer may not be there: an error of it is about an earlier datagram. */
static void
udp_connected(void)
{
	int	fd = make(SOCK_DGRAM, 0);
	long	i = 0;

	join(fd);
	while (i < number)
		if (send(fd, octets, (size_t)size, 0) == size)
			i++;
		else if (errno != ECONNREFUSED)
			err(1, "send");
}

static void
udp_many(void)
{
	struct mmsghdr	*m = calloc((size_t)number, sizeof(*m));
	struct iovec	v = { octets, (size_t)size };
	int		fd = make(SOCK_DGRAM, 0);
	long		i;

	for (i = 0; i < number; i++) {
		m[i].msg_hdr.msg_name = &peer;
		m[i].msg_hdr.msg_namelen = peer_len;
		m[i].msg_hdr.msg_iov = &v;
		m[i].msg_hdr.msg_iovlen = 1;
	}
	if (sendmmsg(fd, m, (unsigned int)number, 0) != number)
		err(1, "sendmmsg");
	free(m);
}

static void
raw(void)
{
	send_all(make(SOCK_RAW, 253));
}

/* Echo requests: size octets behind the header of ICMP. */
static void
echo(void)
{
	static const uint8_t	header[8] = { 8, 0, 0xf7, 0xff };

	memcpy(octets, header, sizeof(header));
	size += (long)sizeof(header);
	send_all(make(SOCK_RAW, IPPROTO_ICMP));
}

/* A child of another name sends on what its parent has made. */
static void
inherited(void)
{
	int	fd = make(SOCK_DGRAM, 0);

	if (fork() == 0) {
		name("heir");
		send_all(fd);
		_exit(0);
	}
	(void)wait(NULL);
}

static void
pass(int by, int fd)
{
	union {
		struct cmsghdr	h;
		char		space[CMSG_SPACE(sizeof(int))];
	} u = { .h = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS,
	    .cmsg_len = CMSG_LEN(sizeof(int)) } };
	struct iovec	v = { octets, 1 };
	struct msghdr	m = { .msg_iov = &v, .msg_iovlen = 1,
	    .msg_control = &u, .msg_controllen = sizeof(u) };

	memcpy(CMSG_DATA(&u.h), &fd, sizeof(fd));
	if (sendmsg(by, &m, 0) != 1)
		err(1, "sendmsg");
}

static int
receive(int by)
{
	union {
		struct cmsghdr	h;
		char		space[CMSG_SPACE(sizeof(int))];
	} u;
	struct iovec	v = { octets, 1 };
	struct msghdr	m = { .msg_iov = &v, .msg_iovlen = 1,
	    .msg_control = &u, .msg_controllen = sizeof(u) };
	int		fd;

	if (recvmsg(by, &m, 0) != 1)
		err(1, "recvmsg");
	memcpy(&fd, CMSG_DATA(&u.h), sizeof(fd));
	return (fd);
}

/* A process that is older than the socket gets it through another socket. */
static void
passed(void)
{
	int	pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == -1)
		err(1, "socketpair");
	if (fork() == 0) {
		name("taker");
		send_all(receive(pair[1]));
		_exit(0);
	}
	pass(pair[0], make(SOCK_DGRAM, 0));
	(void)wait(NULL);
}

/* ---- streams ---- */

static int
file_of(long n)
{
	int	fd = memfd_create("owned", 0);

	if (fd == -1 || ftruncate(fd, n) == -1)
		err(1, "memfd");
	return (fd);
}

/* All that the peer answers, and its end. */
static void
finish(int fd)
{
	(void)shutdown(fd, SHUT_WR);
	while (read(fd, octets, sizeof(octets)) > 0)
		continue;
	(void)close(fd);
}

static int
stream(void)
{
	int	fd = make(SOCK_STREAM, 0);

	join(fd);
	return (fd);
}

static void
tcp(void)
{
	int	fd = stream();
	long	i;

	for (i = 0; i < number; i++)
		if (write(fd, octets, (size_t)(size / number)) !=
		    size / number)
			err(1, "write");
	finish(fd);
}

static void
by_sendfile(void)
{
	int	fd = stream(), from = file_of(size);
	ssize_t	n;

	while ((n = sendfile(fd, from, NULL, MOST)) > 0)
		continue;
	if (n == -1)
		err(1, "sendfile");
	finish(fd);
}

static void
by_splice(void)
{
	int	fd = stream(), from = file_of(size), p[2];
	ssize_t	n;

	if (pipe(p) == -1)
		err(1, "pipe");
	while ((n = splice(from, NULL, p[1], NULL, 4096, 0)) > 0)
		while (n > 0)
			n -= splice(p[0], NULL, fd, NULL, (size_t)n, 0);
	finish(fd);
}

static void
by_zerocopy(void)
{
	int		fd = make(SOCK_STREAM, 0), on = 1;
	struct pollfd	p = { .fd = fd };
	char		control[128];
	struct msghdr	m = { .msg_control = control,
			    .msg_controllen = sizeof(control) };

	if (setsockopt(fd, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)) == -1)
		err(1, "SO_ZEROCOPY");
	join(fd);
	if (send(fd, octets, (size_t)size, MSG_ZEROCOPY) != size)
		err(1, "send");
	while (recvmsg(fd, &m, MSG_ERRQUEUE) == -1 && errno == EAGAIN)
		(void)poll(&p, 1, -1);
	finish(fd);
}

/* One send through a ring; 77 where the kernel has none. */
static void
by_uring(void)
{
	struct io_uring_params	p = { .flags = 0 };
	int			ring, fd;
	char			*sq;
	struct io_uring_sqe	*sqe;
	uint32_t		*tail;

	ring = (int)syscall(SYS_io_uring_setup, 4, &p);
	if (ring == -1)
		exit(77);
	fd = stream();
	sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(uint32_t),
	    PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	sqe = mmap(NULL, p.sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,
	    MAP_SHARED, ring, IORING_OFF_SQES);
	if (sq == MAP_FAILED || (void *)sqe == MAP_FAILED)
		err(1, "mmap");
	sqe->opcode = IORING_OP_SEND;
	sqe->fd = fd;
	sqe->addr = (uint64_t)(uintptr_t)octets;
	sqe->len = (uint32_t)size;
	sqe->msg_flags = MSG_WAITALL;
	((uint32_t *)(void *)(sq + p.sq_off.array))[0] = 0;
	tail = (void *)(sq + p.sq_off.tail);
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS,
	    NULL, 0) != 1)
		err(1, "io_uring_enter");
	finish(fd);
}

static void
answer(int fd)
{
	while (read(fd, octets, sizeof(octets)) > 0)
		continue;
	if (write(fd, octets, (size_t)size) != size)
		err(1, "write");
	(void)close(fd);
}

static void
serve(int in_child)
{
	int	fd = make(SOCK_STREAM, 0), on = 1, c;

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&peer, peer_len) == -1 ||
	    listen(fd, 64) == -1)
		err(1, "listen");
	(void)puts("ready");
	(void)fflush(stdout);
	for (; number > 0; number--) {
		if ((c = accept(fd, NULL, NULL)) == -1)
			err(1, "accept");
		if (in_child && fork() == 0) {
			name("child");
			answer(c);
			_exit(0);
		}
		if (in_child)
			(void)close(c);
		else
			answer(c);
	}
	while (wait(NULL) > 0)
		continue;
}

static void
serve_here(void)
{
	serve(0);
}

static void
serve_forked(void)
{
	serve(1);
}

/* A socket that is made now and sends when it is told to by standard input. */
static void
later(void)
{
	int	fd = make(SOCK_DGRAM, 0);

	(void)puts("ready");
	(void)fflush(stdout);
	(void)getchar();
	send_all(fd);
}

/* The ids of the programs that count packets there, one a line. */
static void
attached(const char *cgroup)
{
	static const uint32_t	types[] = { BPF_CGROUP_INET_INGRESS,
				    BPF_CGROUP_INET_EGRESS,
				    BPF_CGROUP_INET_SOCK_CREATE };
	uint32_t		ids[64], i, j;
	union bpf_attr		a;
	int			fd = open(cgroup, O_RDONLY);

	for (i = 0; i < 3; i++) {
		memset(&a, 0, sizeof(a));
		a.query.target_fd = (uint32_t)fd;
		a.query.attach_type = types[i];
		a.query.prog_ids = (uint64_t)(uintptr_t)ids;
		a.query.prog_cnt = 64;
		if (syscall(SYS_bpf, BPF_PROG_QUERY, &a, sizeof(a)) == -1)
			err(1, "%s", cgroup);
		for (j = 0; j < a.query.prog_cnt; j++)
			(void)printf("%u\n", ids[j]);
	}
}

/* Datagrams to itself, each read before the next is sent. */
static void
to_itself(void)
{
	int	fd = make(SOCK_DGRAM, 0);
	long	i;

	if (bind(fd, (struct sockaddr *)&peer, peer_len) == -1)
		err(1, "bind");
	join(fd);
	for (i = 0; i < number; i++)
		if (send(fd, octets, (size_t)size, 0) != size ||
		    recv(fd, octets, sizeof(octets), 0) != size)
			err(1, "itself");
}

static const struct {
	const char	*way;
	void		(*fn)(void);
} ways[] = {
	{ "udp", udp }, { "connected", udp_connected }, { "many", udp_many },
	{ "raw", raw }, { "echo", echo }, { "inherited", inherited },
	{ "passed", passed }, { "tcp", tcp }, { "sendfile", by_sendfile },
	{ "splice", by_splice }, { "zerocopy", by_zerocopy },
	{ "uring", by_uring }, { "serve", serve_here },
	{ "fork", serve_forked }, { "later", later },
	{ "itself", to_itself },
};

int
main(int argc, char **argv)
{
	size_t	i;

	if (argc == 3 && strcmp(argv[1], "attached") == 0) {
		attached(argv[2]);
		return (0);
	}
	if (argc < 5)
		errx(2, "usage: owned NAME WAY ADDRESS PORT [NUMBER [SIZE]]");
	name(argv[1]);
	set_peer(argv[3], argv[4]);
	number = argc > 5 ? atol(argv[5]) : number;
	size = argc > 6 ? atol(argv[6]) : size;
	for (i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (strcmp(argv[2], ways[i].way) == 0) {
			ways[i].fn();
			return (0);
		}
	errx(2, "no such way: %s", argv[2]);
}
