/*
 * Names and indexes of interfaces.
 */
#include "config.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <net/if.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "interface_impl.h"

/* glibc returns ENOENT if it could not open a socket for the question. */
enum interface_state
interface_find(const char *name, unsigned int *index)
{
	if ((*index = interface_index(name)) != 0)
		return (INTERFACE_THERE);
	return (errno == ENODEV || errno == ENXIO ? INTERFACE_GONE :
	    INTERFACE_UNKNOWN);
}

bool
interface_is(const char *name, unsigned int index)
{
	unsigned int	now;

	switch (interface_find(name, &now)) {
	case INTERFACE_THERE:
		return (now == index);
	case INTERFACE_GONE:
		return (false);
	default:
		return (true);
	}
}

int
interface_flags(const char *name, int *flags)
{
	struct ifreq	ifr = { 0 };
	unsigned int	index;
	int		fd, rc;

	*flags = 0;
	switch (interface_find(name, &index)) {
	case INTERFACE_GONE:
		return (0);
	case INTERFACE_UNKNOWN:
		return (-1);
	default:
		break;
	}
	if ((fd = socket(AF_INET, SOCK_DGRAM, 0)) == -1)
		return (-1);
	rc = if_indextoname(index, ifr.ifr_name) != NULL &&
	    ioctl(fd, SIOCGIFFLAGS, &ifr) == 0;
	*flags = ifr.ifr_flags;
	(void)close(fd);
	return (rc);
}

bool
interface_is_down(const char *name)
{
	int	flags;

	return (interface_flags(name, &flags) == 1 && (flags & IFF_UP) == 0);
}

bool
interface_may_come(const char *name)
{
	unsigned int	index;

	if (interface_is_down(name))
		return (true);
	if (name[0] == '\0' || strlen(name) >= IF_NAMESIZE ||
	    strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    name[strcspn(name, "/: \t\n\v\f\r")] != '\0')
		return (false);
	return (interface_find(name, &index) == INTERFACE_GONE);
}

char *
interface_real(const char *name, char to[INTERFACE_NAME_MAX])
{
	unsigned int	index = interface_index(name);

	if (index == 0 || if_indextoname(index, to) == NULL)
		(void)strlcpy(to, name, INTERFACE_NAME_MAX);
	return (to);
}

void
interface_names(char *buf, size_t len)
{
	struct if_nameindex	*list = if_nameindex(), *i;

	buf[0] = '\0';
	for (i = list; i != NULL && i->if_name != NULL; i++) {
		if (buf[0] != '\0')
			(void)strlcat(buf, ", ", len);
		(void)strlcat(buf, i->if_name, len);
	}
	if (list != NULL)
		if_freenameindex(list);
}
