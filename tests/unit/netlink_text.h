/*
 * Messages of rtnetlink(7) for tests of those who read them.
 */
#ifndef NETLINK_TEXT_H
#define NETLINK_TEXT_H

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

struct text {
	uint8_t	octets[2048];
	size_t	len;
};

static inline void
add(struct text *t, const void *what, size_t n)
{
	assert_true(t->len + NLMSG_ALIGN(n) <= sizeof(t->octets));
	memcpy(t->octets + t->len, what, n);
	t->len += NLMSG_ALIGN(n);
}

static inline void
add_attribute(struct text *t, uint16_t type, const void *what, size_t n)
{
	struct rtattr	a = { .rta_len = (uint16_t)(sizeof(a) + n),
			    .rta_type = type };

	add(t, &a, sizeof(a));
	add(t, what, n);
}

/* A message around what `body' has. */
static inline void
wrap(struct text *t, uint16_t type, uint16_t flags, uint32_t sequence,
    const struct text *body)
{
	struct nlmsghdr	h = { .nlmsg_type = type, .nlmsg_seq = sequence,
			    .nlmsg_flags = flags,
			    .nlmsg_len = (uint32_t)(sizeof(h) + body->len) };

	add(t, &h, sizeof(h));
	add(t, body->octets, body->len);
}

#endif
