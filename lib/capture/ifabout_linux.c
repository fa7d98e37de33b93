/*
 * Linux: ioctl(2) takes names, which may be given to another interface between
 * two questions, so that the index is asked for again at the end.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>		/* before what of the kernel's has the same */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <string.h>
#include <unistd.h>

#include "ifabout.h"
#include "own_link.h"

/* How often an interface may be renamed meanwhile. */
#define TRIES	3

#define MBIT	1000000

/* Megabits a second if nobody knows: also as 16 bits. */
#define UNKNOWN		UINT32_MAX
#define UNKNOWN_SHORT	UINT16_MAX

/* The old request, which all kernels answer: in megabits, without loss. */
static uint64_t
ask_speed(int fd, struct ifreq *ifr)
{
	struct ethtool_cmd	cmd = { .cmd = ETHTOOL_GSET };
	uint32_t		mbits;

	/* Only this call reads it. */
	/* cppcheck-suppress autoVariables */
	ifr->ifr_data = (void *)&cmd;
	if (ioctl(fd, SIOCETHTOOL, ifr) == -1)
		return (0);
	mbits = ethtool_cmd_speed(&cmd);
	return (mbits == UNKNOWN || mbits == UNKNOWN_SHORT ? 0 :
	    (uint64_t)mbits * MBIT);
}

static bool
ask_address(int fd, struct ifreq *ifr, struct ifabout *about)
{
	static const uint8_t	none[6];

	if (ioctl(fd, SIOCGIFHWADDR, ifr) == -1)
		return (false);
	about->link = own_link(ifr->ifr_hwaddr.sa_family);
	memcpy(about->mac, ifr->ifr_hwaddr.sa_data, sizeof(about->mac));
	about->has_mac = ifr->ifr_hwaddr.sa_family == ARPHRD_ETHER &&
	    memcmp(about->mac, none, sizeof(none)) != 0;
	return (true);
}

/* False with errno: no interface has that index, or it had a name until now. */
static bool
ask(int fd, unsigned int index, struct ifabout *about)
{
	struct ifreq	ifr = { .ifr_ifindex = (int)index };

	if (ioctl(fd, SIOCGIFNAME, &ifr) == -1)
		return (false);
	memset(about, 0, sizeof(*about));
	(void)strlcpy(about->name, ifr.ifr_name, sizeof(about->name));
	if (!ask_address(fd, &ifr, about))
		return (false);
	about->speed = ask_speed(fd, &ifr);
	errno = ENODEV;
	return (ioctl(fd, SIOCGIFINDEX, &ifr) == 0 &&
	    ifr.ifr_ifindex == (int)index);
}

const struct ifabout *
ifabout_find(unsigned int index, struct ifabout *about)
{
	int	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), i, error;
	bool	found = false;

	if (fd == -1)
		return (NULL);
	for (i = 0; !found && i < TRIES; i++)
		found = ask(fd, index, about);
	error = errno;
	(void)close(fd);
	errno = error;
	return (found ? about : NULL);
}
