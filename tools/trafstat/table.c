/*
 * The live table, printed in the formats of traflog(1).  This is what BPFT's
 * trafstat did.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <netdb.h>
#include <netinet/in.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "common/finish.h"
#include "query/order.h"
#include "traffic.h"
#include "trafstat.h"

/* ---- host and port ---- */

static void
set_rule(struct control_rule *r, const struct sockaddr *sa)
{
	const struct sockaddr_in	*sin = (const void *)sa;
	const struct sockaddr_in6	*sin6 = (const void *)sa;

	r->flags |= CONTROL_RULE_EITHER;
	r->src_bits = 128;
	if (sa->sa_family == AF_INET6) {
		memcpy(r->src, &sin6->sin6_addr, 16);
		return;
	}
	r->src[10] = r->src[11] = 0xff;
	memcpy(r->src + 12, &sin->sin_addr, 4);
}

/* Add a rule per address of the host. */
static int
add_host(const struct options *opt, struct control_query *q)
{
	struct addrinfo	 hints = { .ai_socktype = SOCK_STREAM }, *list, *a;
	char		 meant[WORD_MEANT_LEN];
	int		 rc;

	if ((rc = getaddrinfo(opt->host, NULL, &hints, &list)) != 0) {
		log_errorx("host %s: %s%s", opt->host, gai_strerror(rc),
		    word_meant(opt, opt->host, meant));
		return (-1);
	}
	for (a = list; a != NULL && q->nrules < CONTROL_RULES_MOST;
	    a = a->ai_next)
		if (a->ai_family == AF_INET || a->ai_family == AF_INET6)
			set_rule(&q->rules[q->nrules++], a->ai_addr);
	freeaddrinfo(list);
	return (0);
}

/* Port number or service name to a port in host order; -1 if neither. */
static int
find_port(const char *text)
{
	struct servent	*s;
	char		*end;
	long		 n = strtol(text, &end, 10);

	if (*text != '\0' && *end == '\0')
		return (n >= 0 && n <= 65535 ? (int)n : -1);
	if ((s = getservbyname(text, "tcp")) == NULL)
		s = getservbyname(text, "udp");
	return (s == NULL ? -1 : ntohs((uint16_t)s->s_port));
}

/* Query rows with the host as source or destination, and the port likewise. */
static int
fill_query(const struct options *opt, struct control_query *q)
{
	int	port, i;

	memset(q, 0, sizeof(*q));
	q->flags = CONTROL_SETTLED;
	q->top = (uint32_t)opt->top;
	if (opt->host == NULL)
		return (0);
	if (strcmp(opt->host, "all") == 0)
		q->nrules = 1;
	else if (add_host(opt, q) == -1)
		return (-1);
	if (opt->port == NULL)
		return (0);
	if ((port = find_port(opt->port)) == -1) {
		log_errorx("unknown port: %s", opt->port);
		return (-1);
	}
	for (i = 0; i < q->nrules; i++) {
		q->rules[i].flags |= CONTROL_RULE_PORT;
		q->rules[i].port = (uint16_t)port;
	}
	return (0);
}

/* ---- output ---- */

static int
print_sorted(const struct options *opt, struct out *o, struct names *names,
    const struct control_table *t, const struct flow **rows)
{
	const struct fmt_ops	*f = opt->format;
	struct fmt_view		 view = { .names = names,
	    .numeric = opt->naming.numeric };
	void			*state;
	size_t			 i;

	for (i = 0; i < t->n; i++)
		rows[i] = &t->rows[i];
	if (order_sort(order_default, rows, t->n) == -1 ||
	    (state = f->begin(o, &view)) == NULL)
		return (-1);
	names_set_local(names, t->info.networks);
	names_set_owners(names, t->owners);
	f->block(state, &t->info);
	for (i = 0; i < t->n && out_error(o) == 0; i++)
		f->row(state, rows[i]);
	f->end(state);
	return (0);
}

static int
print_table(const struct options *opt, const struct control_table *t)
{
	const struct flow	**rows = reallocarray(NULL, t->n + 1,
				      sizeof(*rows));
	struct names		 *names = names_new(&opt->naming);
	struct out		 *o = out_new(STDOUT_FILENO);
	int			  rc = -1;

	if (rows != NULL && names != NULL && o != NULL)
		rc = print_sorted(opt, o, names, t, rows);
	if (rc == -1)
		log_error("table");
	else
		rc = out_finish(o);
	if (o != NULL)
		out_free(o);
	names_free(names);
	free(rows);
	return (rc == -1 ? TRAFD_EXIT_ERROR : rc);
}

/* -b: the block unchanged, which traflog(1) can read. */
static int
copy_block(int fd)
{
	char	octets[65536], *p;
	ssize_t	n, done;

	if (lseek(fd, 0, SEEK_SET) == -1)
		return (-1);
	while ((n = read(fd, octets, sizeof(octets))) > 0)
		for (p = octets; n > 0; p += done, n -= done)
			if ((done = write(STDOUT_FILENO, p, (size_t)n)) == -1)
				return (errno == EPIPE ? 0 : -1);
	return (n == 0 ? 0 : -1);
}

static int
run_binary(const struct options *opt, struct control_client *c,
    const struct control_query *q)
{
	enum control_outcome	rc;
	int			fd, status = TRAFD_EXIT_OK;

	if ((rc = control_table_file(c, q, &fd)) != CONTROL_DONE) {
		instance_complain(opt, c, rc);
		return (TRAFD_EXIT_ERROR);
	}
	if (copy_block(fd) == -1) {
		log_error("cannot write to standard output");
		status = TRAFD_EXIT_ERROR;
	}
	(void)close(fd);
	return (status);
}

int
table_run(const struct options *opt)
{
	static struct control_query	q;
	char				ext[INSTANCE_LEN];
	struct control_client		c;
	struct control_table		t;
	enum control_outcome		rc;
	int				status;

	if (fill_query(opt, &q) == -1 || instance_find(opt, &c, ext) == -1)
		return (TRAFD_EXIT_ERROR);
	if (opt->binary)
		return (run_binary(opt, &c, &q));
	if ((rc = control_table(&c, &q, &t)) != CONTROL_DONE) {
		instance_complain(opt, &c, rc);
		return (TRAFD_EXIT_ERROR);
	}
	status = print_table(opt, &t);
	control_table_free(&t);
	return (status);
}
