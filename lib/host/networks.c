/*
 * The networks of an interface.  Tables in use refer to older sets, so all sets
 * are kept: there is one for each change of the addresses.
 */
#include "config.h"

#include <net/if.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "file/block.h"
#include "packet/nets.h"
#include "ifstat.h"
#include "networks.h"

struct version {
	struct nets	*set;		/* never empty */
	struct version	*older;
	char		 text[BLOCK_TEXT_MAX];	/* "" if there are none */
};

struct networks {
	const char	*ifname;	/* borrowed */
	_Atomic(struct version *) newest;	/* threads of a source read */
	char		 text[BLOCK_TEXT_MAX];
};

static struct version *
version_free(struct version *v)
{
	struct version	*older = v->older;

	nets_free(v->set);
	free(v);
	return (older);
}

/* Read the networks of the interface.  Returns 0, or -1 with errno. */
static int
read_networks(struct version *v, const char *ifname)
{
	if ((v->set = nets_new()) == NULL ||
	    ifstat_networks(ifname, v->set) == -1)
		return (-1);
	(void)nets_format(v->set, v->text, sizeof(v->text));
	if (nets_count(v->set) > 0)
		return (0);
	/* Reports of an account without networks use the private ones. */
	nets_free(v->set);
	return ((v->set = nets_recorded(v->text)) == NULL ? -1 : 0);
}

static struct version *
version_new(const char *ifname, struct version *older)
{
	struct version	*v;

	if ((v = calloc(1, sizeof(*v))) == NULL)
		return (NULL);
	v->older = older;
	if (read_networks(v, ifname) == 0)
		return (v);
	(void)version_free(v);
	return (NULL);
}

struct networks *
networks_open(const char *ifname)
{
	struct networks	*n;
	struct version	*v;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->ifname = ifname;
	if ((v = version_new(ifname, NULL)) == NULL) {
		free(n);
		return (NULL);
	}
	atomic_init(&n->newest, v);
	(void)strlcpy(n->text, v->text, sizeof(n->text));
	return (n);
}

void
networks_close(struct networks *n)
{
	struct version	*v;

	if (n == NULL)
		return;
	for (v = atomic_load(&n->newest); v != NULL;)
		v = version_free(v);
	free(n);
}

bool
networks_update(struct networks *n)
{
	struct version	*v;

	if (if_nametoindex(n->ifname) == 0 ||
	    (v = version_new(n->ifname, atomic_load(&n->newest))) == NULL)
		return (false);
	if (strcmp(v->text, n->text) == 0) {
		(void)version_free(v);
		return (false);
	}
	atomic_store(&n->newest, v);
	(void)strlcpy(n->text, v->text, sizeof(n->text));
	return (true);
}

const struct nets *
networks_set(const struct networks *n)
{
	return (atomic_load(&n->newest)->set);
}

const char *
networks_text(const struct networks *n)
{
	return (n->text);
}
