/*
 * Opens the socket of a ring: link type, filter, buffer, interface.  libpcap
 * finds the link type and compiles the filter.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interface.h"
#include "filter_kernel.h"
#include "pcap_handle.h"
#include "ring_impl.h"

/* Bytes of the ring by default, as libpcap's. */
#define DEFAULT_MIB	2

/*
 * Bytes of a block, and how many there should be.  The process wakes up once a
 * block: at 100,000 packets a second, blocks of 128 KiB were measured to cost
 * half as much again as those of 512 KiB; even longer ones leave the caches.
 */
#define BLOCK_LEAST	(128U << 10)
#define BLOCK_MOST	(512U << 10)
#define BLOCKS		8
#define BLOCKS_LEAST	2

/* Anything that the kernel accepts: it does not limit the frames. */
#define FRAME_SIZE	2048

/* What a block holds besides octets of one frame, at most. */
#define BLOCK_EXTRA	1024

/* Longest link header of a cooked frame, which the filter's result includes. */
#define LINK_HEADER_MOST	64

/* The link types that need no help of libpcap, by DLT_ number. */
static const int	links[] = {
	LINK_ETHERNET,
	LINK_RAW,
	LINK_COOKED,
};

static int
fail(const struct ring *r, const char *what, char *err)
{
	(void)snprintf(err, FRAMES_ERRLEN, "cannot use a ring: %s: %s: %s",
	    r->opts->ifname, what, strerror(errno));
	return (-1);
}

static int
ask_link(struct ring *r, char *err)
{
	size_t	i;

	if (link_ask(r->opts, &r->link, err) == -1)
		return (-1);
	r->cooked = r->link.number == LINK_COOKED;
	r->each = r->opts->each && r->cooked && r->link.index == 0;
	r->frame_link = r->link.number;
	for (i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i] == r->link.number)
			return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "cannot use a ring: %s: link type "
	    "%s is not supported there", r->opts->ifname, r->link.name);
	return (-1);
}

/* ---- the filter ---- */

/*
 * The socket of a cooked ring sees the frame's own link header, whose length
 * may differ: load relative to the network header.
 */
static void
cook(struct cbpf_insn *insns, size_t n)
{
	size_t	i;

	for (i = 0; i < n; i++)
		if (filter_loads_from_frame(&insns[i]))
			insns[i].k += (uint32_t)SKF_NET_OFF;
}

static int
compile(struct ring *r, char *err)
{
	if (r->filter_link == r->link.number)
		return (0);
	free(r->filter);
	r->filter = NULL;
	r->filter_link = -1;
	if (filter_for_kernel(r->opts, r->link.number, &r->filter,
	    &r->filter_n, err) == -1)
		return (-1);
	if (r->cooked)
		cook(r->filter, r->filter_n);
	r->filter_link = r->link.number;
	return (0);
}

/* Octets that the kernel shall put into the ring. */
static uint32_t
captured_most(const struct ring *r)
{
	return (r->cooked ? r->snaplen + LINK_HEADER_MOST : r->snaplen);
}

/*
 * Attach the filter, or accept all.  What is sent through the loopback
 * interface is refused: it is received there, too.
 */
static int
attach_filter(const struct ring *r, char *err)
{
	const struct sock_filter first[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PACKET_OUTGOING, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    (uint32_t)(SKF_AD_OFF + SKF_AD_HATYPE)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARPHRD_LOOPBACK, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_filter accept = BPF_STMT(BPF_RET | BPF_K, 1);
	const size_t		 nfirst = sizeof(first) / sizeof(first[0]);
	size_t			 i, n = r->filter != NULL ? r->filter_n : 1;
	struct sock_filter	*code;
	struct sock_fprog	 prog;
	int			 rc = -1;

	errno = ENOMEM;
	if ((code = calloc(nfirst + n, sizeof(*code))) == NULL)
		return (fail(r, "filter", err));
	memcpy(code, first, sizeof(first));
	code[nfirst] = accept;
	for (i = 0; r->filter != NULL && i < n; i++)
		code[nfirst + i] = (struct sock_filter){ r->filter[i].code,
		    r->filter[i].jt, r->filter[i].jf, r->filter[i].k };
	for (i = nfirst; i < nfirst + n; i++)
		if (code[i].code == (BPF_RET | BPF_K) && code[i].k != 0)
			code[i].k = captured_most(r);
	prog.len = (unsigned short)(nfirst + n);
	prog.filter = code;
	errno = E2BIG;
	if (nfirst + n <= BPF_MAXINSNS)
		rc = setsockopt(r->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
		    sizeof(prog));
	free(code);
	return (rc == 0 ? 0 : fail(r, "the kernel refuses the filter", err));
}

/* Attach a filter that lets no frame in. */
static int
refuse_frames(const struct ring *r, char *err)
{
	struct sock_filter	refuse = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog	prog = { 1, &refuse };

	return (setsockopt(r->fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog,
	    sizeof(prog)) == 0 ? 0 : fail(r, "cannot set a filter", err));
}

/* ---- the buffer ---- */

/*
 * Ask for the whole buffer, then for less until the kernel has the memory: the
 * caller compares ring_buffer() with what was asked for.
 */
static int
make_blocks(struct ring *r, char *err)
{
	struct tpacket_req3	req = {
		.tp_block_size = BLOCK_LEAST, .tp_frame_size = FRAME_SIZE,
		.tp_retire_blk_tov = HANDLE_LATENCY_MS,
	};
	uint64_t		bytes;

	bytes = (uint64_t)(r->opts->buffer_mib != 0 ? r->opts->buffer_mib :
	    DEFAULT_MIB) << 20;
	while (req.tp_block_size < captured_most(r) + BLOCK_EXTRA ||
	    (req.tp_block_size < BLOCK_MOST &&
	    bytes / BLOCKS / 2 >= req.tp_block_size))
		req.tp_block_size *= 2;
	for (req.tp_block_nr = (unsigned int)(bytes / req.tp_block_size);;
	    req.tp_block_nr /= 2) {
		if (req.tp_block_nr < BLOCKS_LEAST)
			req.tp_block_nr = BLOCKS_LEAST;
		req.tp_frame_nr = req.tp_block_nr *
		    (req.tp_block_size / FRAME_SIZE);
		if (setsockopt(r->fd, SOL_PACKET, PACKET_RX_RING, &req,
		    sizeof(req)) == 0)
			break;
		if (errno != ENOMEM || req.tp_block_nr <= BLOCKS_LEAST)
			return (fail(r, "cannot get a buffer", err));
	}
	r->block_size = req.tp_block_size;
	r->blocks = req.tp_block_nr;
	return (0);
}

static int
map_ring(struct ring *r, char *err)
{
	int	version = TPACKET_V3, on = 1, reserve = RING_RESERVE;
	void	*map;

	if (setsockopt(r->fd, SOL_PACKET, PACKET_VERSION, &version,
	    sizeof(version)) == -1 ||
	    setsockopt(r->fd, SOL_PACKET, PACKET_RESERVE, &reserve,
	    sizeof(reserve)) == -1 ||
	    (!r->plain && setsockopt(r->fd, SOL_PACKET, PACKET_VNET_HDR, &on,
	    sizeof(on)) == -1))
		return (fail(r, "the kernel has no such ring", err));
	if (make_blocks(r, err) == -1)
		return (-1);
	map = mmap(NULL, r->block_size * r->blocks, PROT_READ | PROT_WRITE,
	    MAP_SHARED, r->fd, 0);
	if (map == MAP_FAILED)
		return (fail(r, "cannot map the buffer", err));
	r->map = map;
	r->block = 0;
	r->open = NULL;
	r->left = 0;
	return (0);
}

/* ---- the interface ---- */

static int
bind_socket(const struct ring *r, char *err)
{
	struct sockaddr_ll	ll = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)r->link.index,
	};
	struct packet_mreq	promisc = {
		.mr_ifindex = (int)r->link.index,
		.mr_type = PACKET_MR_PROMISC,
	};

	if (r->opts->promisc && r->link.index != 0 &&
	    setsockopt(r->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc,
	    sizeof(promisc)) == -1)
		return (fail(r, "cannot set promiscuous mode", err));
	if (bind(r->fd, (const struct sockaddr *)&ll, sizeof(ll)) == -1)
		return (fail(r, "cannot bind to the interface", err));
	return (0);
}

static void
detach(struct ring *r)
{
	if (r->map != NULL)
		(void)munmap(r->map, r->block_size * r->blocks);
	r->map = NULL;
	r->open = NULL;
	r->left = 0;
	ring_close(r->former);
	r->former = NULL;
	if (r->fd != -1)
		(void)close(r->fd);
	r->fd = -1;
}

/*
 * Everything is set before the socket is bound: then it gets the first frame,
 * and none that the filter refuses.
 */
static int
attach(struct ring *r, char *err)
{
	if (ask_link(r, err) == -1 || compile(r, err) == -1)
		return (-1);
	r->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (r->fd == -1)
		return (fail(r, "cannot open a socket", err));
	r->gone = 0;
	r->refuses = false;
	if ((r->held ? refuse_frames(r, err) : attach_filter(r, err)) == 0 &&
	    map_ring(r, err) == 0 && bind_socket(r, err) == 0)
		return (0);
	detach(r);
	return (-1);
}

/*
 * The interface may come later.  Compile the filter for the likeliest link type
 * now: in a sandbox no name in it could be looked up.
 */
static int
prepare(struct ring *r, char *err)
{
	if (handle_allowed(r->opts, err) == -1)
		return (-1);
	r->link.number = LINK_ETHERNET;
	r->cooked = false;
	return (compile(r, err));
}

struct ring *
ring_open(const struct frames_opts *o, char *err)
{
	struct ring	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL) {
		(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
		return (NULL);
	}
	r->opts = o;
	r->snaplen = o->snaplen != 0 ? o->snaplen : HANDLE_SNAPLEN;
	r->fd = r->filter_link = -1;
	if (attach(r, err) == 0 || (o->wait &&
	    interface_may_come(o->ifname) && prepare(r, err) == 0))
		return (r);
	ring_close(r);
	return (NULL);
}

void
ring_close(struct ring *r)
{
	if (r == NULL)
		return;
	detach(r);
	free(r->filter);
	free(r);
}

int
ring_reopen(struct ring *r, char *err)
{
	r->plain = r->plain || r->refuses;
	detach(r);
	return (attach(r, err));
}

/* Frames for which there was no room, and those that cannot be described. */
uint64_t
ring_drops(struct ring *r)
{
	struct tpacket_stats_v3	s = { .tp_drops = 0 };
	socklen_t		len = sizeof(s);
	uint64_t		former = r->former_drops;

	r->former_drops = 0;
	if (r->fd == -1 || getsockopt(r->fd, SOL_PACKET, PACKET_STATISTICS,
	    &s, &len) == -1)
		return (former);
	return (s.tp_drops + former);
}

/* ---- its successor ---- */

/* It cannot be compiled again in a sandbox. */
static void
give_filter(struct ring *from, struct ring *to)
{
	to->filter = from->filter;
	to->filter_n = from->filter_n;
	to->filter_link = from->filter_link;
	from->filter = NULL;
	from->filter_link = -1;
}

/*
 * From here on the next ring gets the frames.  None goes to both: better a
 * frame in a gap than one that counts twice.
 */
static int
switch_over(struct ring *r, struct ring *next, ring_filter_fn *fn, void *arg,
    char *err)
{
	if (next->link.number != r->link.number) {
		errno = ENODEV;
		return (fail(r, "cannot bind to the interface", err));
	}
	if (refuse_frames(r, err) == -1)
		return (-1);
	return (fn != NULL ? fn(arg, next->fd, err) :
	    attach_filter(next, err));
}

/* They change places: what was allocated for the next is the former. */
static void
take_over(struct ring *r, struct ring *next)
{
	struct ring	former = *r;

	*r = *next;
	*next = former;
	r->held = false;
	r->former = next;
	r->former_drops = ring_drops(next);
	r->former_until = now_mono() +
	    (HANDLE_LATENCY_MS + RING_SLACK) * NS_PER_MS;
}

int
ring_succeed(struct ring *r, ring_filter_fn *fn, void *arg, uint64_t *gap_ns,
    char *err)
{
	struct ring	*next;
	uint64_t	 begin;

	if ((next = calloc(1, sizeof(*next))) == NULL) {
		(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
		return (-1);
	}
	next->opts = r->opts;
	next->snaplen = r->snaplen;
	next->plain = next->held = true;
	next->fd = -1;
	give_filter(r, next);
	if (attach(next, err) == 0) {
		begin = now_mono();
		if (switch_over(r, next, fn, arg, err) == 0) {
			*gap_ns = now_mono() - begin;
			take_over(r, next);
			return (0);
		}
	}
	give_filter(next, r);
	ring_close(next);
	return (-1);
}
