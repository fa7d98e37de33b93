/*
 * A hash table of hosts that lives as long as the report.  It is bounded:
 * when it is full it starts anew, since reports ask for the same hosts close
 * together.
 */
#include <sys/socket.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/printable.h"
#include "hosts.h"
#include "resolver.h"

#define BUCKETS		65536
#define HOSTS_MAX	((size_t)1 << 20)
#define TIME_DEFAULT	(NAMES_TIME_DEFAULT * 1000)

struct host {
	struct host		*next;
	struct names_host	 key;
	char			*name;		/* NULL: has none, or asked */
};

struct hosts {
	struct host		*bucket[BUCKETS];
	size_t			 n;
	size_t			 late;
	unsigned int		 ms;		/* left for questions */
	struct names_memory	 memory;	/* get and put may be NULL */
};

struct hosts *
hosts_new(void)
{
	struct hosts	*h;

	if ((h = calloc(1, sizeof(*h))) != NULL)
		h->ms = TIME_DEFAULT;
	return (h);
}

static void
forget(struct hosts *h)
{
	struct host	*host, *next;
	size_t		 i;

	for (i = 0; i < BUCKETS; i++) {
		for (host = h->bucket[i]; host != NULL; host = next) {
			next = host->next;
			free(host->name);
			free(host);
		}
		h->bucket[i] = NULL;
	}
	h->n = 0;
}

void
hosts_free(struct hosts *h)
{
	if (h == NULL)
		return;
	forget(h);
	free(h);
}

void
hosts_set_time(struct hosts *h, unsigned int seconds)
{
	h->ms = seconds * 1000;
}

void
hosts_set_memory(struct hosts *h, const struct names_memory *m)
{
	h->memory = *m;
}

size_t
hosts_late(const struct hosts *h)
{
	return (h->late);
}

/* ---- the table ---- */

static size_t
bucket_of(const struct names_host *key)
{
	return (XXH3_64bits(key->addr, sizeof(key->addr)) % BUCKETS);
}

static struct host *
find(const struct hosts *h, const struct names_host *key)
{
	struct host	*host;

	for (host = h->bucket[bucket_of(key)]; host != NULL; host = host->next)
		if (host->key.family == key->family &&
		    memcmp(host->key.addr, key->addr, sizeof(key->addr)) == 0)
			return (host);
	return (NULL);
}

const char *
hosts_find(const struct hosts *h, const struct names_host *key)
{
	const struct host	*host = find(h, key);

	if (host == NULL)
		return (NULL);
	return (host->name == NULL ? "" : host->name);
}

/* Without memory the host is simply asked for again next time. */
static void
add(struct hosts *h, const struct names_host *key, const char *name)
{
	struct host	*host, **bucket;

	if (h->n == HOSTS_MAX)
		forget(h);
	if ((host = calloc(1, sizeof(*host))) == NULL)
		return;
	bucket = &h->bucket[bucket_of(key)];
	host->key = *key;
	if (name[0] != '\0')
		host->name = strdup(name);
	host->next = *bucket;
	*bucket = host;
	h->n++;
}

/* ---- names, from wherever they come ---- */

/* inet_aton(3) takes `0x7f000001' too. */
bool
looks_like_address(const char *name)
{
	struct in_addr	scratch;

	return (name[strspn(name, "0123456789.")] == '\0' ||
	    strchr(name, ':') != NULL || strcmp(name, "other") == 0 ||
	    inet_aton(name, &scratch) != 0);
}

/*
 * Names have letters, digits and some signs.  Any other could be a formula to
 * a spreadsheet, or an option to a program that is called with it.
 */
static char *
clean(const char *name, char buf[NAMES_HOST_LEN])
{
	char	*p;

	(void)printable_word(looks_like_address(name) ? "" : name, buf,
	    NAMES_HOST_LEN);
	for (p = buf; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '_' &&
		    (p == buf || (*p != '-' && *p != '.')))
			*p = '?';
	return (buf);
}

static void
take_answer(struct hosts *h, const struct resolver_query *q)
{
	struct names_host	 key = { .family = q->family };
	struct host		*host;
	char			 name[NAMES_HOST_LEN] = "";

	memcpy(key.addr, q->addr, sizeof(key.addr));
	if (q->verdict == RESOLVER_LATE)
		h->late++;
	if (q->verdict == RESOLVER_NAMED)
		clean(q->name, name);
	if (name[0] != '\0' && (host = find(h, &key)) != NULL)
		host->name = strdup(name);
	if (h->memory.put != NULL && q->verdict != RESOLVER_LATE)
		h->memory.put(h->memory.arg, &key, name,
		    q->verdict == RESOLVER_FAILED);
}

/*
 * Is there anything to ask the resolver?  Then it counts as asked at once, so
 * that it is asked for once.
 */
static bool
is_new(struct hosts *h, const struct names_host *key)
{
	char	raw[NAMES_HOST_LEN], name[NAMES_HOST_LEN];

	if (hosts_find(h, key) != NULL)
		return (false);
	if (h->memory.get != NULL && h->memory.get(h->memory.arg, key, raw)) {
		add(h, key, clean(raw, name));
		return (false);
	}
	add(h, key, "");
	return (true);
}

void
hosts_resolve(struct hosts *h, const struct names_host *keys, size_t n)
{
	struct resolver_query	*q;
	size_t			 i, used = 0;

	if ((q = calloc(n + 1, sizeof(*q))) == NULL)
		return;
	for (i = 0; i < n && used < HOSTS_MAX; i++)
		if (is_new(h, &keys[i])) {
			q[used].family = keys[i].family;
			memcpy(q[used++].addr, keys[i].addr, 16);
		}
	resolver_run(q, used, &h->ms);
	for (i = 0; i < used; i++) {
		take_answer(h, &q[i]);
		free(q[i].name);
	}
	free(q);
}
