/*
 * The control socket: the commands, who may use them, and which client waits
 * for which answer.  Owns the listener and the clients; control_conn.c reads
 * and writes their sockets.
 */
#include "config.h"

#include <event2/event.h>
#include <event2/listener.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "daemon/bucket.h"
#include "control_conn.h"
#include "control_listen.h"
#include "control_server.h"

/*
 * Token buckets (burst, and rate per second) for connections and for the CPU
 * time of queries in microseconds: a client that connects or queries without
 * pause waits in the kernel's queue instead of keeping the daemon busy.
 */
#define ACCEPTS_MOST	200
#define ACCEPTS_RATE	80
#define WORK_MOST	2000000
#define WORK_RATE	20000

/* How often it is checked whether a bucket has tokens again. */
#define TICK_US		50000

/* Bytes of `table' answers, over all clients, that may wait to be read. */
#define HELD_MOST	((int64_t)64 << 20)

/* Clients at once. */
#define CLIENTS_MOST	16

struct client {
	struct control_server	*server;
	struct control_conn	*conn;		/* NULL: a free slot */
	uint16_t		 command;
	bool			 served;	/* its job has begun */
	uint64_t		 turn;		/* order of the requests */
	struct control_query	 query;
};

struct control_server {
	struct control_socket	*sock;
	struct event_base	*base;
	struct control_hooks	 hooks;
	struct evconnlistener	*listener;
	struct event		*tick;		/* while a bucket is empty */
	struct bucket		 accepts;	/* connections */
	struct bucket		 work;		/* CPU time of queries, us */
	int64_t			 work_began;	/* CPU time at its start, us */
	bool			 waiting;	/* a query waits for work */
	struct client		 clients[CLIENTS_MOST];
	struct client		*asker;		/* of the current query */
	struct control_query	 question;
	uint64_t		 turns;
	struct control_counts	 counts;
};

/* ASK: any client that can connect.  ACT: root and the daemon's user. */
enum right { RIGHT_ASK, RIGHT_ACT };

static void	ask_version(struct client *, const uint8_t *, size_t);
static void	ask_stat(struct client *, const uint8_t *, size_t);
static void	ask_table(struct client *, const uint8_t *, size_t);
static void	ask_job(struct client *, const uint8_t *, size_t);

/* By number - 1; least and most limit the length of the payload, bytes. */
static const struct command {
	const char	*name;
	uint32_t	 least;
	uint32_t	 most;
	enum right	 right;
	void		(*fn)(struct client *, const uint8_t *, size_t);
} commands[] = {
	{ "version", 0, 0, RIGHT_ASK, ask_version },
	{ "stat", 0, 0, RIGHT_ASK, ask_stat },
	{ "ledger", 0, 0, RIGHT_ASK, ask_stat },
	{ "table", CONTROL_QUERY_HEAD, CONTROL_QUERY_MOST, RIGHT_ASK,
	    ask_table },
	{ "dump", 0, 0, RIGHT_ACT, ask_job },
	{ "save", 0, 0, RIGHT_ACT, ask_job },
	{ "quit", 0, 0, RIGHT_ACT, ask_job },
};

_Static_assert(sizeof(commands) / sizeof(commands[0]) == CONTROL_COMMANDS - 1,
    "a command lacks its entry");

/* ---- requests ---- */

static const struct command *
command_of(uint16_t number)
{
	return (number > 0 && number < CONTROL_COMMANDS ?
	    &commands[number - 1] : NULL);
}

static enum control_status
check_request(uid_t uid, const struct control_request *r)
{
	const struct command	*cmd = command_of(r->command);

	if (cmd == NULL || r->length < cmd->least || r->length > cmd->most)
		return (CONTROL_BAD);
	if (cmd->right == RIGHT_ACT && uid != 0 && uid != geteuid())
		return (CONTROL_DENIED);
	return (CONTROL_OK);
}

static void
on_request(void *arg, uint16_t command, const uint8_t *payload, size_t len)
{
	struct client	*c = arg;

	c->server->counts.requests++;
	c->command = command;
	c->turn = c->server->turns++;
	command_of(command)->fn(c, payload, len);
}

static void
ask_version(struct client *c, const uint8_t *payload, size_t len)
{
	uint8_t	body[CONTROL_VERSION_BODY];

	(void)payload;
	(void)len;
	control_put_version(body, (uint32_t)getpid(),
	    "trafd " PACKAGE_VERSION);
	conn_answer(c->conn, CONTROL_OK, body, sizeof(body));
}

static void
ask_stat(struct client *c, const uint8_t *payload, size_t len)
{
	struct control_server	*s = c->server;

	(void)payload;
	(void)len;
	s->hooks.stat(s->hooks.arg);
}

static int64_t
octets_held(const struct control_server *s)
{
	int64_t	sum = 0;
	size_t	i;

	for (i = 0; i < CLIENTS_MOST; i++)
		if (s->clients[i].conn != NULL)
			sum += conn_left(s->clients[i].conn);
	return (sum);
}

static void
ask_table(struct client *c, const uint8_t *payload, size_t len)
{
	struct control_server	*s = c->server;

	if (control_get_query(payload, len, &c->query) == -1)
		conn_refuse(c->conn, CONTROL_BAD, "malformed query");
	else if (octets_held(s) > HELD_MOST)
		conn_refuse(c->conn, CONTROL_BUSY, "busy with large answers");
	else
		s->hooks.query(s->hooks.arg);
}

static void
ask_job(struct client *c, const uint8_t *payload, size_t len)
{
	struct control_server	*s = c->server;

	(void)payload;
	(void)len;
	log_info("%s requested: by user ID %lu",
	    command_of(c->command)->name, (unsigned long)conn_uid(c->conn));
	s->hooks.job(s->hooks.arg, (enum control_command)c->command);
}

/* ---- answers ---- */

static bool
waits_for(const struct client *c, enum control_command command)
{
	return (c->conn != NULL && conn_is_waiting(c->conn) &&
	    c->command == command);
}

void
control_job_begun(struct control_server *s, enum control_command command)
{
	size_t	i;

	for (i = 0; s != NULL && i < CLIENTS_MOST; i++)
		if (waits_for(&s->clients[i], command))
			s->clients[i].served = true;
}

void
control_job_ended(struct control_server *s, enum control_command command,
    const char *error, uint64_t rows, uint64_t duration_ns)
{
	struct control_done	 done = { rows, duration_ns };
	uint8_t			 body[CONTROL_DONE_BODY];
	struct client		*c;
	size_t			 i;

	control_put_done(body, &done);
	for (i = 0; s != NULL && i < CLIENTS_MOST; i++) {
		c = &s->clients[i];
		if (!waits_for(c, command) || !c->served)
			continue;
		if (error == NULL)
			conn_answer(c->conn, CONTROL_OK, body, sizeof(body));
		else
			conn_refuse(c->conn, CONTROL_FAILED, error);
	}
}

/* CPU time of this process, all threads, in microseconds. */
static int64_t
used_us(void)
{
	struct rusage	u;

	if (getrusage(RUSAGE_SELF, &u) == -1)
		return (0);
	return ((int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
	    u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void
arm_tick(struct control_server *s)
{
	struct timeval	tv = { .tv_usec = TICK_US };

	if (!event_pending(s->tick, EV_TIMEOUT, NULL))
		(void)event_add(s->tick, &tv);
}

const struct control_query *
control_next_query(struct control_server *s)
{
	struct client	*c, *first = NULL;
	size_t		 i;

	if (s == NULL)
		return (NULL);
	for (i = 0; i < CLIENTS_MOST; i++) {
		c = &s->clients[i];
		if (waits_for(c, CONTROL_ASK_TABLE) &&
		    (first == NULL || c->turn < first->turn))
			first = c;
	}
	s->waiting = first != NULL && !bucket_has(&s->work, now_mono());
	if (s->waiting)
		arm_tick(s);
	if (first == NULL || s->waiting)
		return (NULL);
	s->work_began = used_us();
	s->asker = first;
	s->question = first->query;
	return (&s->question);
}

void
control_query_ended(struct control_server *s, int fd, int64_t length,
    const char *error)
{
	struct client	*c = s->asker;

	s->asker = NULL;
	bucket_take(&s->work, used_us() - s->work_began);
	if (c == NULL) {		/* the client has disconnected */
		if (fd != -1)
			(void)close(fd);
	} else if (fd == -1)
		conn_refuse(c->conn, CONTROL_FAILED, error);
	else
		conn_answer_file(c->conn, fd, length);
}

static void
answer_ledger(struct client *c, const struct control_stat *st)
{
	uint8_t	body[CONTROL_LEDGER_BODY];

	control_put_ledger(body, &st->ledger, st->v[CONTROL_BEGIN],
	    st->v[CONTROL_NOW]);
	conn_answer(c->conn, CONTROL_OK, body, sizeof(body));
}

void
control_answer_stat(struct control_server *s, const struct control_stat *st)
{
	static const char	no[] = "trafd is stopping";
	uint8_t			body[CONTROL_STAT_BODY];
	struct client		*c;
	size_t			 i;

	if (st != NULL)
		control_put_stat(body, st);
	for (i = 0; s != NULL && i < CLIENTS_MOST; i++) {
		c = &s->clients[i];
		if (!waits_for(c, CONTROL_ASK_STAT) &&
		    !waits_for(c, CONTROL_ASK_LEDGER))
			continue;
		if (st == NULL)
			conn_refuse(c->conn, CONTROL_FAILED, no);
		else if (c->command == CONTROL_ASK_LEDGER)
			answer_ledger(c, st);
		else
			conn_answer(c->conn, CONTROL_OK, body, sizeof(body));
	}
}

struct control_counts
control_counts(const struct control_server *s)
{
	static const struct control_counts	none;

	return (s != NULL ? s->counts : none);
}

/* ---- the listener ---- */

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct control_server	*s = arg;

	(void)fd;
	(void)what;
	if (bucket_has(&s->accepts, now_mono()))
		(void)evconnlistener_enable(s->listener);
	else
		arm_tick(s);
	if (s->waiting)
		s->hooks.query(s->hooks.arg);
}

static void
on_refused(void *arg)
{
	((struct client *)arg)->server->counts.refused++;
}

static void
on_closed(void *arg)
{
	struct client		*c = arg;
	struct control_server	*s = c->server;

	if (s->asker == c)
		s->asker = NULL;
	s->counts.clients--;
	c->conn = NULL;
}

static const struct conn_handler handler = { .check = check_request,
    .request = on_request, .refused = on_refused, .closed = on_closed };

/*
 * There is no free slot, or conn_open() failed.  Send the reason unless that
 * would block.
 */
static void
turn_away(struct control_server *s, int fd)
{
	static const char	text[] = "too many clients";
	struct control_answer	a = { 0, CONTROL_BUSY, sizeof(text) - 1 };
	uint8_t			out[CONTROL_ANSWER_HEAD + sizeof(text)];

	s->counts.refused++;
	control_put_answer(out, &a);
	memcpy(out + CONTROL_ANSWER_HEAD, text, sizeof(text));
	(void)send(fd, out, sizeof(out) - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	(void)close(fd);
}

static void
take_in(struct control_server *s, int fd)
{
	struct client	*c = s->clients, *end = c + CLIENTS_MOST;

	while (c < end && c->conn != NULL)
		c++;
	if (c < end) {
		*c = (struct client){ .server = s };
		c->conn = conn_open(s->base, fd, &handler, c);
	}
	if (c == end || c->conn == NULL)
		turn_away(s, fd);
	else
		s->counts.clients++;
}

static void
on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa,
    int len, void *arg)
{
	struct control_server	*s = arg;

	(void)sa;
	(void)len;
	take_in(s, fd);
	bucket_take(&s->accepts, 1);
	if (bucket_has(&s->accepts, now_mono()))
		return;
	(void)evconnlistener_disable(l);
	arm_tick(s);
}

/* Out of descriptors or memory: retrying at once would only burn CPU time. */
static void
on_accept_error(struct evconnlistener *l, void *arg)
{
	(void)evconnlistener_disable(l);
	arm_tick(arg);
}

struct control_server *
control_open(const char *run_dir, const char *ext, gid_t group)
{
	struct control_server	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL) {
		log_warn("no control socket: %s (trafstat cannot query this "
		    "daemon)", ext);
		return (NULL);
	}
	s->accepts = (struct bucket){ .most = ACCEPTS_MOST,
	    .rate = ACCEPTS_RATE };
	s->work = (struct bucket){ .most = WORK_MOST, .rate = WORK_RATE };
	if ((s->sock = control_socket_open(run_dir, ext, group)) != NULL)
		return (s);
	free(s);
	return (NULL);
}

int
control_start(struct control_server *s, struct event_base *base,
    const struct control_hooks *hooks)
{
	s->base = base;
	s->hooks = *hooks;
	s->tick = evtimer_new(base, on_tick, s);
	s->listener = evconnlistener_new(base, on_accept, s,
	    LEV_OPT_CLOSE_ON_EXEC, 0, control_socket_fd(s->sock));
	if (s->tick == NULL || s->listener == NULL) {
		log_errorx("cannot listen on the control socket: trafstat "
		    "cannot query this daemon");
		return (-1);
	}
	evconnlistener_set_error_cb(s->listener, on_accept_error);
	return (0);
}

void
control_close(struct control_server *s)
{
	struct control_conn	*c;
	size_t			 i;

	if (s == NULL)
		return;
	for (i = 0; i < CLIENTS_MOST; i++)
		if ((c = s->clients[i].conn) != NULL) {
			if (conn_is_waiting(c))
				conn_refuse(c, CONTROL_FAILED,
				    "trafd has stopped");
			conn_flush(c);
			conn_close(c);
		}
	if (s->listener != NULL)
		evconnlistener_free(s->listener);
	if (s->tick != NULL)
		event_free(s->tick);
	control_socket_close(s->sock);
	free(s);
}
