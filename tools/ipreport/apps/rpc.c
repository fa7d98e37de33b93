/*
 * Messages of RPC and records of TCP, from octets (rpc.h).
 */
#include <string.h>

#include "rpc_impl.h"

#define AUTH_LONGEST	400	/* RFC 5531, 8.2 */
#define HEAD		8	/* xid and kind */
#define LAST		0x80000000
#define RECORD_LONGEST	0x2000000

enum { CALL, REPLY };
enum { ACCEPTED, DENIED };
enum { MISMATCH = 2 };		/* of the program's version */

/* What integrity protection puts before the body: its length, a number. */
static uint32_t
gss_wraps(const struct rpc_auth *a)
{
	uint32_t	procedure;

	if (a->flavor != RPC_AUTH_GSS || a->length < 16)
		return (RPC_GSS_PLAIN);
	procedure = get_be32(a->at + 4);
	return (procedure != 0 ? RPC_GSS_CONTROL : get_be32(a->at + 12));
}

static int
auth(struct cursor *c, struct rpc_auth *a)
{
	const uint8_t	*p = cursor_take(c, 8);

	if (p == NULL || get_be32(p + 4) > AUTH_LONGEST ||
	    (a->at = cursor_take(c, (get_be32(p + 4) + 3) & ~3u)) == NULL)
		return (-1);
	a->flavor = get_be32(p);
	a->length = get_be32(p + 4);
	return (0);
}

static void
parse_call(struct cursor *c, struct rpc_message *m)
{
	const uint8_t	*p = cursor_take(c, 16);

	m->cut = true;
	if (p == NULL)
		return;
	m->rpc_version = get_be32(p);
	m->call.program = get_be32(p + 4);
	m->call.version = get_be32(p + 8);
	m->call.procedure = get_be32(p + 12);
	m->cut = auth(c, &m->credentials) == -1 || auth(c, &m->verifier) == -1;
	m->call.gss = gss_wraps(&m->credentials);
}

static bool
numbers(struct cursor *c, uint32_t *first, uint32_t *second)
{
	const uint8_t	*p = cursor_take(c, second != NULL ? 8 : 4);

	if (p == NULL)
		return (false);
	*first = get_be32(p);
	if (second != NULL)
		*second = get_be32(p + 4);
	return (true);
}

static void
parse_reply(struct cursor *c, struct rpc_message *m)
{
	uint32_t	how;

	m->cut = true;
	if (!numbers(c, &how, NULL))
		return;
	m->denied = how != ACCEPTED;
	if (!m->denied && auth(c, &m->verifier) == -1)
		return;
	if (!numbers(c, &m->status, NULL))
		return;
	if (m->denied ? m->status == 0 : m->status == MISMATCH)
		m->cut = !numbers(c, &m->low, &m->high);
	else if (m->denied)
		m->cut = !numbers(c, &m->low, NULL);
	else
		m->cut = false;
}

/*
 * Only a call says clearly that it is one: its kind is 0, its version 2.  The
 * caller knows a reply by its call.
 */
int
rpc_parse(struct cursor c, struct rpc_message *m)
{
	const uint8_t	*p = cursor_take(&c, HEAD), *more;

	memset(m, 0, sizeof(*m));
	if (p == NULL || get_be32(p + 4) > REPLY)
		return (-1);
	m->xid = get_be32(p);
	m->reply = get_be32(p + 4) == REPLY;
	more = cursor_peek(&c, 4);
	if (more != NULL && (m->reply ? get_be32(more) > DENIED :
	    get_be32(more) != 2))
		return (-1);
	if (m->reply)
		parse_reply(&c, m);
	else
		parse_call(&c, m);
	m->body = c;
	return (0);
}

/* Nothing says where a record begins, so the message must be one, too. */
int
rpc_next_record(struct cursor *c, struct rpc_record *r)
{
	const uint8_t		*p = cursor_peek(c, 4);
	struct rpc_message	 m;
	struct cursor		 at = *c;

	if (p == NULL)
		return (-1);
	r->last = (get_be32(p) & LAST) != 0;
	r->length = get_be32(p) & ~LAST;
	cursor_skip(&at, 4);
	r->continued = r->length > cursor_wire(&at);
	r->message = item_part(&at, r->length);
	if (r->length < HEAD || r->length > RECORD_LONGEST ||
	    rpc_parse(r->message, &m) == -1)
		return (-1);
	*c = at;
	return (0);
}
