/*
 * Filters notifications in the kernel.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdint.h>
#include <string.h>

#include "addresses.h"
#include "hear_linux.h"

/* The index of the interface is at the same place in both messages. */
#define INDEX_AT	(NLMSG_HDRLEN + offsetof(struct ifinfomsg, ifi_index))

_Static_assert(offsetof(struct ifinfomsg, ifi_index) ==
    offsetof(struct ifaddrmsg, ifa_index), "the indexes differ in place");

/* Instructions besides those for each interface. */
#define FIXED		11

struct code {
	struct sock_filter	at[FIXED + 2 * HEAR_MOST];
	size_t			n;
};

static void
emit(struct code *c, uint16_t op, uint8_t jt, uint8_t jf, uint32_t k)
{
	c->at[c->n++] = (struct sock_filter){ op, jt, jf, k };
}

/*
 * Accept if what was loaded is one of the indexes: the filter loads as
 * big-endian what is in host order.  The last instruction of all accepts;
 * `behind' is how many are between these here and that one.
 */
static void
emit_accept(struct code *c, const unsigned int *indexes, size_t n,
    size_t behind)
{
	size_t	i;

	for (i = 0; i < n; i++)
		emit(c, BPF_JMP | BPF_JEQ | BPF_K,
		    (uint8_t)(n - 1 - i + behind), 0, htonl(indexes[i]));
}

static void
build(struct code *c, const unsigned int *indexes, size_t n)
{
	emit(c, BPF_LD | BPF_W | BPF_ABS, 0, 0, INDEX_AT);
	emit_accept(c, indexes, n, 9 + n);
	/* A new device, which has IFLA_LINK, the one below it? */
	emit(c, BPF_LD | BPF_H | BPF_ABS, 0, 0,
	    offsetof(struct nlmsghdr, nlmsg_type));
	emit(c, BPF_JMP | BPF_JEQ | BPF_K, 0, (uint8_t)(6 + n),
	    htons(RTM_NEWLINK));
	emit(c, BPF_LDX | BPF_W | BPF_IMM, 0, 0, IFLA_LINK);
	emit(c, BPF_LD | BPF_W | BPF_IMM, 0, 0,
	    NLMSG_LENGTH(sizeof(struct ifinfomsg)));
	emit(c, BPF_LD | BPF_W | BPF_ABS, 0, 0,
	    (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR));
	emit(c, BPF_JMP | BPF_JEQ | BPF_K, (uint8_t)(2 + n), 0, 0);
	emit(c, BPF_MISC | BPF_TAX, 0, 0, 0);
	emit(c, BPF_LD | BPF_W | BPF_IND, 0, 0,
	    sizeof(struct nlattr));
	emit_accept(c, indexes, n, 1);
	emit(c, BPF_RET | BPF_K, 0, 0, 0);
	emit(c, BPF_RET | BPF_K, 0, 0, UINT32_MAX);
}

static void
attach(int fd, const struct hear *h)
{
	struct code		c = { .n = 0 };
	struct sock_fprog	program = { .filter = c.at };
	int			none = 0;

	if (h->n == 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &none,
		    sizeof(none));
		return;
	}
	build(&c, h->list, h->n);
	program.len = (unsigned short)c.n;
	(void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
	    sizeof(program));
}

bool
hear_only(struct hear *h, int fd, const struct hostmap *m, unsigned int index)
{
	struct hear	now = { .n = 0 };

	if (index != 0 && index != ADDRESSES_NONE)
		now.n = hostmap_behind(m, index, now.list, HEAR_MOST);
	if (now.n > HEAR_MOST)
		now.n = 0;
	if (now.n == h->n && memcmp(now.list, h->list,
	    now.n * sizeof(now.list[0])) == 0)
		return (false);
	*h = now;
	attach(fd, h);
	return (true);
}
