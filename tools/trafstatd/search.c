/*
 * Owns the largest hosts of one instance at a time, and the hosts of the last
 * service or address.  A new question is answered at once, unless the daemon
 * had to answer one just now; the same question again waits as in live.c.
 */
#include "config.h"

#include <netinet/in.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/printable.h"
#include "names/later.h"
#include "packet/addr.h"
#include "packet/nets.h"
#include "packet/owner.h"
#include "hostview.h"
#include "search.h"

#define NAMED		1024	/* largest hosts whose names are looked up */

struct rows {
	char		 ext[TRAFD_EXT_MAX + 1];
	struct control_rule rule;	/* all 0: none */
	struct flow	*row;		/* largest first */
	size_t		 n;
	bool		 all;
	uint64_t	 asked_ms;	/* 0: never */
	uint64_t	 wait_ms;
	uint64_t	 begin;		/* CONTROL_BEGIN then */
};

struct search {
	struct rows	hosts;		/* the largest */
	struct rows	few;		/* of an address or a service */
	uint64_t	next_ms;	/* no query before */
	uint64_t	took_ms;	/* queries of this search */
};

struct search *
search_new(void)
{
	return (calloc(1, sizeof(struct search)));
}

void
search_free(struct search *s)
{
	if (s == NULL)
		return;
	free(s->hosts.row);
	free(s->few.row);
	free(s);
}

/* ---- queries ---- */

static int
by_bytes(const void *a, const void *b)
{
	const struct flow	*fa = a, *fb = b;

	if (fa->count.ip != fb->count.ip)
		return (fa->count.ip < fb->count.ip ? 1 : -1);
	return (flow_key_cmp(&fa->key, &fb->key));
}

static bool
is_fresh(const struct rows *r, const struct live_instance *in,
    const struct control_rule *rule, uint64_t now)
{
	return (r->asked_ms != 0 && strcmp(r->ext, in->ext) == 0 &&
	    memcmp(&r->rule, rule, sizeof(*rule)) == 0 &&
	    r->begin == in->stat.v[CONTROL_BEGIN] &&
	    now - r->asked_ms < r->wait_ms);
}

static bool
is_theirs(const struct rows *r, const struct live_instance *in,
    const struct control_rule *rule)
{
	return (r->asked_ms != 0 && strcmp(r->ext, in->ext) == 0 &&
	    memcmp(&r->rule, rule, sizeof(*rule)) == 0);
}

static void
take(struct rows *r, const struct live_instance *in,
    const struct control_rule *rule, struct control_table *t, uint32_t top)
{
	free(r->row);
	r->row = t->rows;
	r->n = t->n;
	t->rows = NULL;
	control_table_free(t);
	if (r->n > 0)
		qsort(r->row, r->n, sizeof(*r->row), by_bytes);
	r->all = r->n < top;
	r->rule = *rule;
	r->begin = in->stat.v[CONTROL_BEGIN];
	(void)strlcpy(r->ext, in->ext, sizeof(r->ext));
}

/* False: there is no answer to this question, not even an old one. */
static bool
look(struct search *s, struct live *l, struct live_instance *in,
    struct rows *r, const struct control_rule *rule, uint32_t top)
{
	struct control_query	q = { 0 };
	struct control_table	t;
	uint64_t		now = live_now_ms();

	if (is_fresh(r, in, rule, now))
		return (true);
	q.by = CONTROL_BY_HOST;
	q.order = CONTROL_ORDER_IP;
	q.top = top;
	q.rules[0] = *rule;
	q.nrules = r == &s->few;
	if (now < s->next_ms || !live_ask(l, in, &q, &t))
		return (is_theirs(r, in, rule));
	take(r, in, rule, &t, top);
	r->asked_ms = live_now_ms();
	r->wait_ms = live_wait(in, r->asked_ms - now);
	s->took_ms += r->asked_ms - now;
	return (true);
}

/* ---- hosts ---- */

struct wanted {
	const char		*text;
	struct nets		*nets;	/* or NULL: a text */
};

static bool
is_wanted(const struct wanted *w, const struct flow_key *k, const char *name)
{
	char	addr[ADDR_STRLEN];

	if (k->family == FLOW_FAMILY_NONE)
		return (false);
	if (w->nets != NULL)
		return (nets_contains(w->nets, k->family, k->src));
	return (strcasestr(addr_format(k->family, k->src, addr),
	    w->text) != NULL || strcasestr(name, w->text) != NULL);
}

static void
add_host(struct found *f, const struct flow *row)
{
	if (f->matches++ < WEB_ROWS)
		f->hosts[f->nhosts++] = *row;
}

/* The name of the i-th largest host. */
static const char *
name_of(struct later *later, const struct flow_key *k, size_t i)
{
	if (later == NULL)
		return ("");
	return (i < NAMED && !owner_is(k->src) ?
	    later_name(later, k->family, k->src) :
	    later_known(later, k->family, k->src));
}

static void
find_hosts(struct search *s, struct live *l, struct live_instance *in,
    const struct wanted *w, struct found *f)
{
	static const struct control_rule	none;
	struct later	*later = w->nets == NULL ? live_later(l) : NULL;
	size_t		 i;

	if (!look(s, l, in, &s->hosts, &none, SEARCH_HOSTS)) {
		f->later = true;
		return;
	}
	for (i = 0; i < s->hosts.n; i++)
		if (is_wanted(w, &s->hosts.row[i].key,
		    name_of(later, &s->hosts.row[i].key, i)))
			add_host(f, &s->hosts.row[i]);
	f->compared = s->hosts.n;
	f->all = s->hosts.all;
	if (later != NULL) {
		later_run(later);
		f->unnamed = later_waiting(later);
	}
}

/* One address: it may be none of the largest. */
static void
find_host(struct search *s, struct live *l, struct live_instance *in,
    const struct names_host *host, struct found *f)
{
	struct control_rule	rule;
	size_t			i;

	memset(&rule, 0, sizeof(rule));
	live_rule(&rule, host->addr, 128);
	if (!look(s, l, in, &s->few, &rule, 2)) {
		f->later = true;
		return;
	}
	for (i = 0; i < s->few.n; i++)
		if (s->few.row[i].key.family == host->family &&
		    memcmp(s->few.row[i].key.src, host->addr, 16) == 0)
			add_host(f, &s->few.row[i]);
	f->all = true;
}

/* ---- services ---- */

static int
port_named(struct names *names, uint8_t proto, const char *text)
{
	char		name[NAMES_PORT_LEN];
	unsigned int	port;

	for (port = 1; port <= UINT16_MAX; port++)
		if (strcasecmp(names_port(names, proto, (uint16_t)port, name),
		    text) == 0)
			return ((int)port);
	return (-1);
}

static int
port_number(const char *text)
{
	long	port;

	if (strlen(text) > 5 || text[0] == '\0' ||
	    text[strspn(text, "0123456789")] != '\0')
		return (-1);
	port = strtol(text, NULL, 10);
	return (port > 0 && port <= UINT16_MAX ? (int)port : -1);
}

/* The port of that name; *proto, if it was -1, is set if only one has it. */
static int
port_of(struct names *names, const char *text, int *proto)
{
	int	tcp, udp;

	if (*proto != -1)
		return (port_named(names, (uint8_t)*proto, text));
	tcp = port_named(names, IPPROTO_TCP, text);
	udp = port_named(names, IPPROTO_UDP, text);
	if (tcp != udp)
		*proto = tcp != -1 ? IPPROTO_TCP : IPPROTO_UDP;
	return (tcp != -1 ? tcp : udp);
}

/*
 * `443', `443/tcp', `https', `https/tcp', or a protocol: `icmp'.  A port of
 * 0 in the key is any, and so is the protocol.
 */
static bool
parse_service(struct live *l, const char *text, struct flow_key *k)
{
	char		 word[SEARCH_TEXT_LEN], *slash;
	struct names	*names = live_services(l);
	int		 proto, port = 0;

	(void)strlcpy(word, text, sizeof(word));
	if ((slash = strchr(word, '/')) != NULL)
		*slash++ = '\0';
	proto = names_proto_number(slash != NULL ? slash : word);
	if (slash != NULL && proto == -1)
		return (false);
	if ((slash != NULL || proto == -1) &&
	    (port = port_number(word)) == -1 &&
	    (port = port_of(names, word, &proto)) == -1)
		return (false);
	k->sport = (uint16_t)port;
	k->proto = (uint8_t)(proto != -1 ? proto : 0);
	return (true);
}

static void
find_users(struct search *s, struct live *l, struct live_instance *in,
    struct found *f)
{
	struct control_rule	rule;
	size_t			i;

	memset(&rule, 0, sizeof(rule));
	memset(&f->service, 0, sizeof(f->service));
	if (!parse_service(l, f->text, &f->service))
		return;
	f->is_service = true;
	rule.port = f->service.sport;
	rule.proto = f->service.proto;
	rule.flags = (uint8_t)((rule.port != 0 ? CONTROL_RULE_PORT : 0) |
	    (rule.proto != 0 ? CONTROL_RULE_PROTO : 0));
	if (!look(s, l, in, &s->few, &rule, WEB_ROWS)) {
		f->later = true;
		return;
	}
	for (i = 0; i < s->few.n; i++)
		if (s->few.row[i].key.family != FLOW_FAMILY_NONE)
			f->users[f->nusers++] = s->few.row[i];
}

/* ---- the text ---- */

/* Without spaces around it, and printable. */
static void
set_text(struct found *f, const char *text)
{
	size_t	n;

	while (isspace((unsigned char)*text))
		text++;
	(void)strlcpy(f->text, text, sizeof(f->text));
	for (n = strlen(f->text);
	    n > 0 && isspace((unsigned char)f->text[n - 1]); n--)
		f->text[n - 1] = '\0';
	(void)printable(f->text);
}

/* A network with its length; other addresses are parts of texts. */
static struct nets *
parse_network(const char *text)
{
	struct nets	*nets;
	const char	*bad;

	if (strchr(text, '/') == NULL || strpbrk(text, ".:") == NULL ||
	    (nets = nets_new()) == NULL)
		return (NULL);
	if (nets_add(nets, text, &bad) == 0)
		return (nets);
	nets_free(nets);
	return (NULL);
}

static void
find_all(struct search *s, struct live *l, struct live_instance *in,
    struct found *f)
{
	struct names_host	host;
	struct wanted		w = { f->text, parse_network(f->text) };

	if (hostview_parse(f->text, &host) == 0)
		find_host(s, l, in, &host, f);
	else {
		find_hosts(s, l, in, &w, f);
		if (w.nets == NULL)
			find_users(s, l, in, f);
	}
	nets_free(w.nets);
}

void
search_look(struct search *s, struct live *l, struct live_instance *in,
    const char *text, struct found *f)
{
	memset(f, 0, sizeof(*f));
	if (text == NULL || in == NULL || !in->up)
		return;
	set_text(f, text);
	if (f->text[0] == '\0')
		return;
	s->took_ms = 0;
	find_all(s, l, in, f);
	if (s->took_ms > 0)
		s->next_ms = live_now_ms() + live_pause(s->took_ms);
}
