/*
 * The table is set-associative: a host has WAYS places, and takes that of the
 * one not asked for the longest.  So it never grows, and hosts that are shown
 * together do not displace each other.  At most one query of BATCH hosts is
 * with the process at any time.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/printable.h"
#include "packet/flow.h"
#include "later.h"
#include "names.h"

#define SETS		2048
#define WAYS		4
#define BATCH		32
#define BATCH_SECONDS	3	/* for all hosts of a query */
/* How long an answer is good, milliseconds. */
#define NAMED_MS	(60 * 60 * 1000)
#define NONE_MS		(10 * 60 * 1000)
#define FAILED_MS	(60 * 1000)

enum state { FREE, WANTED, ASKED, ANSWERED };

struct place {
	struct names_host	 key;
	enum state		 state;
	int64_t			 until_ms;	/* if ANSWERED */
	uint64_t		 used;
	char			 name[NAMES_HOST_LEN];
};

struct later {
	int		 fd;		/* -1: the process has ended */
	uint64_t	 uses;
	size_t		 wanted;	/* places in that state */
	size_t		 asked;
	struct place	 place[SETS][WAYS];
};

/* The messages, each as a whole. */
struct query {
	size_t			n;
	struct names_host	host[BATCH];
};

enum verdict { NO_ANSWER, NAMELESS, NAMED };

struct answers {
	size_t			n;
	struct one {
		struct names_host	host;
		enum verdict		verdict;
		char			name[NAMES_HOST_LEN];
	}			one[BATCH];
};

/* ---- the process ---- */

static bool
remember_nothing(void *arg, const struct names_host *host,
    char name[NAMES_HOST_LEN])
{
	(void)arg;
	(void)host;
	(void)name;
	return (false);
}

static void
take_verdict(void *arg, const struct names_host *host, const char *name,
    bool failed)
{
	struct answers	*a = arg;
	size_t		 i;

	for (i = 0; i < a->n; i++)
		if (memcmp(&a->one[i].host, host, sizeof(*host)) == 0) {
			a->one[i].verdict = failed ? NO_ANSWER :
			    name[0] != '\0' ? NAMED : NAMELESS;
			(void)strlcpy(a->one[i].name, name, NAMES_HOST_LEN);
		}
}

/* Without an answer in time, a host is queried again soon. */
static void
resolve(const struct query *q, struct answers *a)
{
	static const struct names_opts	 opts = { .numeric = false };
	struct names_memory		 memory = { remember_nothing,
	    take_verdict, a };
	struct names			*names;
	size_t				 i;

	memset(a, 0, sizeof(*a));
	a->n = q->n;
	for (i = 0; i < q->n; i++)
		a->one[i].host = q->host[i];
	if ((names = names_new(&opts)) == NULL)
		return;
	names_set_time(names, BATCH_SECONDS);
	names_set_memory(names, &memory);
	names_resolve(names, q->host, q->n);
	names_free(names);
}

struct start {
	int		(*prepare)(const void *);
	const void	*arg;
};

static void
serve(int fd, const void *arg)
{
	const struct start	*s = arg;
	static struct answers	 a;
	struct query		 q;

	if (s->prepare != NULL && s->prepare(s->arg) != 0)
		return;
	while (recv(fd, &q, sizeof(q), 0) == (ssize_t)sizeof(q) &&
	    q.n <= BATCH) {
		resolve(&q, &a);
		if (send(fd, &a, sizeof(a), 0) != (ssize_t)sizeof(a))
			return;
	}
}

/* ---- the table ---- */

struct later *
later_new(int (*prepare)(const void *), const void *arg)
{
	struct start	 s = { prepare, arg };
	struct later	*l;

	if ((l = calloc(1, sizeof(*l))) == NULL)
		return (NULL);
	if ((l->fd = child_start(serve, &s)) == -1) {
		free(l);
		return (NULL);
	}
	return (l);
}

void
later_free(struct later *l)
{
	if (l == NULL)
		return;
	if (l->fd != -1)
		(void)close(l->fd);
	free(l);
}

static struct place *
set_of(struct later *l, const struct names_host *key)
{
	return (l->place[XXH3_64bits(key, sizeof(*key)) % SETS]);
}

static struct place *
find(struct later *l, const struct names_host *key)
{
	struct place	*set = set_of(l, key);
	int		 i;

	for (i = 0; i < WAYS; i++)
		if (set[i].state != FREE &&
		    memcmp(&set[i].key, key, sizeof(*key)) == 0)
			return (&set[i]);
	return (NULL);
}

static void
count_state(struct later *l, struct place *p, enum state state)
{
	l->wanted -= p->state == WANTED;
	l->asked -= p->state == ASKED;
	p->state = state;
	l->wanted += state == WANTED;
	l->asked += state == ASKED;
}

static struct place *
find_or_take(struct later *l, const struct names_host *key)
{
	struct place	*p = find(l, key), *set = set_of(l, key);
	int		 i;

	if (p != NULL)
		return (p);
	for (p = set, i = 1; i < WAYS; i++)
		if (set[i].used < p->used)
			p = &set[i];
	p->key = *key;
	p->name[0] = '\0';
	count_state(l, p, WANTED);
	return (p);
}

static void
set_key(struct names_host *key, uint8_t family, const uint8_t addr[16])
{
	key->family = family;
	memcpy(key->addr, addr, sizeof(key->addr));
}

const char *
later_known(struct later *l, uint8_t family, const uint8_t addr[16])
{
	struct names_host	 key;
	const struct place	*p;

	set_key(&key, family, addr);
	p = find(l, &key);
	return (p != NULL ? p->name : "");
}

const char *
later_name(struct later *l, uint8_t family, const uint8_t addr[16])
{
	struct names_host	 key;
	struct place		*p;

	if (family == FLOW_FAMILY_NONE || l->fd == -1)
		return (later_known(l, family, addr));
	set_key(&key, family, addr);
	p = find_or_take(l, &key);
	p->used = ++l->uses;
	/* The old name is shown until the new one is there. */
	if (p->state == ANSWERED && now_mono_ms() >= p->until_ms)
		count_state(l, p, WANTED);
	return (p->name);
}

size_t
later_waiting(const struct later *l)
{
	return (l->fd == -1 ? 0 : l->wanted + l->asked);
}

/* ---- messages ---- */

static void
take_one(struct later *l, const struct one *one)
{
	struct place	*p = find(l, &one->host);
	char		 name[NAMES_HOST_LEN];

	if (p == NULL || p->state != ASKED)
		return;
	count_state(l, p, ANSWERED);
	p->until_ms = now_mono_ms() + (one->verdict == NAMED ? NAMED_MS :
	    one->verdict == NAMELESS ? NONE_MS : FAILED_MS);
	/* A failure leaves the last name. */
	if (one->verdict == NO_ANSWER)
		return;
	/* The process reads the answers of strangers: it may be theirs. */
	(void)strlcpy(name, one->name, sizeof(name));
	(void)printable_word(name, p->name, sizeof(p->name));
}

static void
end(struct later *l)
{
	(void)close(l->fd);
	l->fd = -1;
}

/* Every host of the query is in the answer; if not, it is queried again. */
static void
take_answers(struct later *l)
{
	static struct answers	 a;
	ssize_t			 n;
	size_t			 i, set;
	int			 way;

	n = recv(l->fd, &a, sizeof(a), 0);
	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(a) || a.n > BATCH) {
		end(l);
		return;
	}
	for (i = 0; i < a.n; i++) {
		a.one[i].name[NAMES_HOST_LEN - 1] = '\0';
		take_one(l, &a.one[i]);
	}
	for (set = 0; set < SETS && l->asked > 0; set++)
		for (way = 0; way < WAYS; way++)
			if (l->place[set][way].state == ASKED)
				count_state(l, &l->place[set][way], WANTED);
}

/* The hosts asked for last come first: somebody looks at them now. */
static void
choose(struct later *l, struct query *q, struct place *chosen[BATCH])
{
	struct place	*p;
	size_t		 set, i;
	int		 way;

	for (set = 0; set < SETS; set++)
		for (way = 0; way < WAYS; way++) {
			p = &l->place[set][way];
			if (p->state != WANTED || (q->n == BATCH &&
			    p->used < chosen[BATCH - 1]->used))
				continue;
			i = q->n < BATCH ? q->n++ : BATCH - 1;
			for (; i > 0 && chosen[i - 1]->used < p->used; i--)
				chosen[i] = chosen[i - 1];
			chosen[i] = p;
		}
}

static void
ask(struct later *l)
{
	struct place	*chosen[BATCH] = { NULL };
	struct query	 q;
	size_t		 i;

	memset(&q, 0, sizeof(q));
	choose(l, &q, chosen);
	for (i = 0; i < q.n; i++)
		q.host[i] = chosen[i]->key;
	if (send(l->fd, &q, sizeof(q), 0) != (ssize_t)sizeof(q)) {
		if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
			end(l);
		return;
	}
	for (i = 0; i < q.n; i++)
		count_state(l, chosen[i], ASKED);
}

void
later_run(struct later *l)
{
	if (l->fd != -1 && l->asked > 0)
		take_answers(l);
	if (l->fd != -1 && l->asked == 0 && l->wanted > 0)
		ask(l);
}
