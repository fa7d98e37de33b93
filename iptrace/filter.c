/*
 * Options of one kind are ORed, the kinds are ANDed, as AIX does it.  Names are
 * replaced by numbers here, so that the filter can be compiled again in the
 * sandbox.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/number.h"
#include "filter.h"

/* A text that grows; once memory is short, it stays NULL. */
struct text {
	FILE	*out;
	char	*buf;
	size_t	 len;
	bool	 more;		/* something precedes */
};

/* Join what follows to what precedes by a word. */
static FILE *
next(struct text *t, const char *word)
{
	if (t->more)
		(void)fprintf(t->out, " %s ", word);
	t->more = true;
	return (t->out);
}

/* ---- names ---- */

static int
add_protocol(struct text *t, const char *name)
{
	struct protoent	*p;
	int		 n = number_upto(name, 255);

	if (n == -1) {
		if ((p = getprotobyname(name)) == NULL) {
			log_errorx("no such protocol: -P %s; give a name of "
			    "/etc/protocols, or 0 to 255", name);
			return (-1);
		}
		n = p->p_proto;
	}
	(void)fprintf(next(t, "or"), "proto %d", n);
	return (0);
}

/* As AIX does it, the name stands for its number with any protocol. */
static int
add_port(struct text *t, const char *name)
{
	static const char *const protocols[] = { "tcp", "udp", "sctp" };
	struct servent	*s;
	int		 n = number_upto(name, 65535), last = -1;
	size_t		 i;

	if (n != -1) {
		(void)fprintf(next(t, "or"), "port %d", n);
		return (0);
	}
	for (i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		if ((s = getservbyname(name, protocols[i])) == NULL)
			continue;
		n = ntohs((uint16_t)s->s_port);
		if (n != last)
			(void)fprintf(next(t, "or"), "port %d", n);
		last = n;
	}
	if (last != -1)
		return (0);
	log_errorx("no such port: -p %s; give a name of /etc/services, or 0 "
	    "to 65535", name);
	return (-1);
}

static int
add_host(struct text *t, const char *side, const char *letter,
    const char *name)
{
	struct addrinfo	 hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo	*list, *a;
	char		 address[NI_MAXHOST], *zone;
	int		 rc;

	if ((rc = getaddrinfo(name, NULL, &hints, &list)) != 0) {
		log_errorx("no such host: %s %s: %s", letter, name,
		    rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
		return (-1);
	}
	for (a = list; a != NULL; a = a->ai_next) {
		if (getnameinfo(a->ai_addr, a->ai_addrlen, address,
		    sizeof(address), NULL, 0, NI_NUMERICHOST) != 0)
			continue;
		if ((zone = strchr(address, '%')) != NULL)
			*zone = '\0';
		(void)fprintf(next(t, "or"), "%shost %s", side, address);
	}
	freeaddrinfo(list);
	return (0);
}

/* ---- kinds ---- */

enum kind {
	PROTOCOLS, PORTS, SOURCES, DESTINATIONS, KINDS
};

static int
add_one(struct text *t, enum kind kind, bool both, const char *word)
{
	switch (kind) {
	case PROTOCOLS:
		return (add_protocol(t, word));
	case PORTS:
		return (add_port(t, word));
	case SOURCES:
		return (add_host(t, both ? "" : "src ", "-s", word));
	default:
		return (add_host(t, both ? "" : "dst ", "-d", word));
	}
}

static int
add_kind(struct text *t, enum kind kind, const struct options *o)
{
	const struct words	*w[KINDS] = {
		[PROTOCOLS] = &o->protocols, [PORTS] = &o->ports,
		[SOURCES] = &o->sources, [DESTINATIONS] = &o->destinations,
	};
	size_t			 i;

	if (w[kind]->n == 0)
		return (0);
	(void)fputs("(", next(t, "and"));
	t->more = false;
	for (i = 0; i < w[kind]->n; i++)
		if (add_one(t, kind, o->both, w[kind]->word[i]) == -1)
			return (-1);
	(void)fputs(")", t->out);
	t->more = true;
	return (0);
}

/* Could it get out of the parentheses that are put around it? */
static bool
is_closed(const char *expression)
{
	const char	*p;
	int		 depth = 0;

	for (p = expression; *p != '\0' && depth >= 0; p++)
		depth += (*p == '(') - (*p == ')');
	return (depth == 0);
}

/* All but -a. */
static int
fill(struct text *t, const struct options *o)
{
	enum kind	kind;

	for (kind = 0; kind < KINDS; kind++)
		if (add_kind(t, kind, o) == -1)
			return (-1);
	if (o->expression[0] == '\0')
		return (0);
	if (!is_closed(o->expression)) {
		log_errorx("invalid filter: %s: its parentheses do not match",
		    o->expression);
		return (-1);
	}
	(void)fprintf(next(t, "and"), "(%s)", o->expression);
	return (0);
}

static char *
chosen(const struct options *o)
{
	struct text	t = { .more = false };
	int		rc;

	if ((t.out = open_memstream(&t.buf, &t.len)) == NULL) {
		log_error("cannot put the filter together");
		return (NULL);
	}
	rc = fill(&t, o);
	if (fclose(t.out) == 0 && rc == 0)
		return (t.buf);
	if (rc == 0)
		log_error("cannot put the filter together");
	free(t.buf);
	return (NULL);
}

/* ---- VLAN tags ---- */

/* ARP, by what the frame says; `arp' moves behind the tags with `vlan'. */
#define NO_ARP		"not arp"
#define NO_ARP_TAGGED	"not (ether[12:2] = 0x806 or "			\
	"((ether[12:2] = 0x8100 or ether[12:2] = 0x88a8) and "		\
	"(ether[16:2] = 0x806 or "					\
	"(ether[16:2] = 0x8100 and ether[20:2] = 0x806))))"

static int
join_plain(const char *text, bool no_arp, char **to)
{
	return (asprintf(to, "%s%s%s", no_arp ? NO_ARP : "",
	    no_arp && text[0] != '\0' ? " and " : "", text));
}

/*
 * From `vlan' on, an expression speaks of what follows the tag.  What the user
 * wrote alone means what it says.
 */
static int
join_tagged(const char *text, const struct options *o, char **to)
{
	bool	kinds = o->protocols.n + o->ports.n + o->sources.n +
	    o->destinations.n > 0;

	*to = NULL;
	if (!kinds)
		return (!o->no_arp ? 0 : asprintf(to, "%s%s%s", NO_ARP_TAGGED,
		    text[0] != '\0' ? " and " : "", text));
	return (asprintf(to, "%s%s((%s) or (vlan and ((%s) or (vlan and "
	    "(%s)))))", o->no_arp ? NO_ARP_TAGGED : "", o->no_arp ? " and " :
	    "", text, text, text));
}

int
filters_make(const struct options *o, struct filters *f)
{
	char	*text = chosen(o);
	int	 rc;

	f->plain = f->tagged = NULL;
	if (text == NULL)
		return (-1);
	rc = join_plain(text, o->no_arp, &f->plain);
	if (rc != -1)
		rc = join_tagged(text, o, &f->tagged);
	free(text);
	if (rc != -1)
		return (0);
	log_error("cannot put the filter together");
	return (-1);
}

void
filters_free(struct filters *f)
{
	free(f->plain);
	free(f->tagged);
}
