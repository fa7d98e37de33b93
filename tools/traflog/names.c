/*
 * Names of hosts for a report: looked up together before the first row is
 * printed, and cached for the next run.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/plural.h"
#include "names/namecache.h"
#include "traflog.h"

struct naming {
	struct names		*names;
	struct namecache	*cache;		/* or NULL */
	unsigned int		 seconds;
};

struct naming *
naming_begin(const struct options *opt)
{
	struct naming		*n;
	struct names_memory	 memory;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	if ((n->names = names_new(&opt->naming)) == NULL) {
		free(n);
		return (NULL);
	}
	n->seconds = opt->resolve_time;
	names_set_time(n->names, n->seconds);
	if (!opt->naming.numeric && !opt->no_cache)
		n->cache = namecache_open();
	if (n->cache != NULL) {
		namecache_memory(n->cache, &memory);
		names_set_memory(n->names, &memory);
	}
	return (n);
}

struct names *
naming_names(struct naming *n)
{
	return (n->names);
}

static void
set_host(struct names_host *h, const struct flow_key *k,
    const uint8_t addr[16], uint16_t folded)
{
	h->family = (k->flags & folded) != 0 ? FLOW_FAMILY_NONE : k->family;
	memcpy(h->addr, addr, sizeof(h->addr));
}

/* This only saves time: if memory is short, each row looks up its names. */
void
naming_resolve(struct naming *naming, const struct flow *const *rows, size_t n)
{
	struct names_host	*hosts;
	size_t			 i;

	hosts = reallocarray(NULL, n + 1, 2 * sizeof(*hosts));
	if (hosts == NULL)
		return;
	for (i = 0; i < n; i++) {
		set_host(&hosts[2 * i], &rows[i]->key, rows[i]->key.src,
		    FLOW_NO_SRC);
		set_host(&hosts[2 * i + 1], &rows[i]->key, rows[i]->key.dst,
		    FLOW_NO_DST);
	}
	names_resolve(naming->names, hosts, 2 * n);
	free(hosts);
}

/* With --resolve-time=0 missing names are no news. */
void
naming_end(struct naming *n)
{
	size_t	late;

	if (n == NULL)
		return;
	late = names_late(n->names);
	if (late > 0 && n->seconds > 0)
		log_warnx("%zu %s: no answer within %u s (see "
		    "--resolve-time)", late, plural_of(late, "host is shown "
		    "as an address", "hosts are shown as addresses"),
		    n->seconds);
	namecache_close(n->cache);
	names_free(n->names);
	free(n);
}
