/*
 * The interfaces that libpcap finds, but for those of other kinds.
 */
#include "config.h"

#include <net/if.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capturable.h"
#include "frames_opts.h"

/* What their names begin with; some have a number behind it. */
static const char *const	others[] = {
	"any", "bluetooth", "dbus", "nflog", "nfqueue", "usbmon", "usbus",
};

static bool
is_digits(const char *s)
{
	return (s[strspn(s, "0123456789-")] == '\0');
}

/* An interface of the network also has an index. */
static bool
is_wanted(const char *name)
{
	size_t	i, len;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		len = strlen(others[i]);
		if (strncmp(name, others[i], len) == 0 &&
		    (is_digits(name + len) || strcmp(others[i], "dbus") == 0))
			return (false);
	}
	return (if_nametoindex(name) != 0);
}

static size_t
copy_names(const pcap_if_t *list, char **names)
{
	size_t	n = 0;

	for (; list != NULL; list = list->next)
		if (is_wanted(list->name) &&
		    (names[n] = strdup(list->name)) != NULL)
			n++;
	return (n);
}

char **
capturable_list(size_t *n, char *err)
{
	char		  text[PCAP_ERRBUF_SIZE] = "";
	pcap_if_t	 *list, *i;
	char		**names;
	size_t		  most = 1;

	*n = 0;
	if (pcap_findalldevs(&list, text) == -1) {
		(void)snprintf(err, FRAMES_ERRLEN,
		    "cannot list the interfaces: %s", text);
		return (NULL);
	}
	for (i = list; i != NULL; i = i->next)
		most++;
	if ((names = calloc(most, sizeof(*names))) != NULL)
		*n = copy_names(list, names);
	pcap_freealldevs(list);
	if (names != NULL && *n > 0)
		return (names);
	(void)snprintf(err, FRAMES_ERRLEN, "%s", names == NULL ?
	    "out of memory" : "cannot list the interfaces: there is none that "
	    "this process may capture; start it as root");
	free(names);
	return (NULL);
}

void
capturable_free(char **names, size_t n)
{
	while (names != NULL && n > 0)
		free(names[--n]);
	free(names);
}
