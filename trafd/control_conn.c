/*
 * Connections of the control socket.  A client may be slow, silent or
 * hostile, so each connection has a time limit, takes one request and
 * buffers at most CHUNK bytes of an answer's file.
 */
#include "config.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sys/socket.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/peer.h"
#include "control_conn.h"

/* Seconds for a request to arrive, and for an answer to be read. */
#define ASK_SECONDS	5
#define ANSWER_SECONDS	30

/* Bytes of an answer's file that are in memory at a time. */
#define CHUNK		65536

#define REQUEST_MOST	(CONTROL_REQUEST_HEAD + CONTROL_QUERY_MOST)

enum phase {
	ASKING,		/* the request has not arrived as a whole */
	WAITING,	/* the handler has the request */
	READING		/* the client reads its answer */
};

struct control_conn {
	const struct conn_handler *handler;
	void			*arg;
	struct bufferevent	*bev;
	struct event		*deadline;
	enum phase		 phase;
	uid_t			 uid;
	uint16_t		 command;
	int			 fd;		/* of the answer, or -1 */
	off_t			 at;		/* offset of its next byte */
	int64_t			 left;		/* bytes from there on */
};

static void
set_deadline(struct control_conn *c, int seconds)
{
	struct timeval	tv = { .tv_sec = seconds };

	(void)event_add(c->deadline, &tv);
}

void
conn_close(struct control_conn *c)
{
	c->handler->closed(c->arg);
	event_free(c->deadline);
	bufferevent_free(c->bev);
	if (c->fd != -1)
		(void)close(c->fd);
	free(c);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct control_conn	*c = arg;

	(void)fd;
	(void)what;
	c->handler->refused(c->arg);
	conn_close(c);
}

uid_t
conn_uid(const struct control_conn *c)
{
	return (c->uid);
}

bool
conn_is_waiting(const struct control_conn *c)
{
	return (c->phase == WAITING);
}

int64_t
conn_left(const struct control_conn *c)
{
	return (c->left);
}

/* ---- answers ---- */

/*
 * Whoever asked for the end of the daemon may be unable to see its process:
 * the connection ends with the process.  Nobody closes this descriptor.
 */
static void
keep_to_the_end(const struct control_conn *c)
{
	static int	kept = -1;

	if (kept == -1)
		kept = fcntl(bufferevent_getfd(c->bev), F_DUPFD_CLOEXEC, 0);
}

static void
begin_answer(struct control_conn *c, enum control_status status, uint64_t len)
{
	struct control_answer	a = { c->command, status, len };
	uint8_t			head[CONTROL_ANSWER_HEAD];

	if (c->command == CONTROL_ASK_QUIT &&
	    (status == CONTROL_OK || status == CONTROL_FAILED))
		keep_to_the_end(c);
	c->phase = READING;
	set_deadline(c, ANSWER_SECONDS);
	control_put_answer(head, &a);
	(void)bufferevent_write(c->bev, head, sizeof(head));
}

void
conn_answer(struct control_conn *c, enum control_status status,
    const void *body, size_t len)
{
	begin_answer(c, status, len);
	(void)bufferevent_write(c->bev, body, len);
}

void
conn_refuse(struct control_conn *c, enum control_status status,
    const char *text)
{
	size_t	len = strlen(text);

	if (status != CONTROL_FAILED)
		c->handler->refused(c->arg);
	conn_answer(c, status, text,
	    len < CONTROL_TEXT_MOST ? len : CONTROL_TEXT_MOST);
}

void
conn_answer_file(struct control_conn *c, int fd, int64_t len)
{
	c->fd = fd;
	c->left = len;
	begin_answer(c, CONTROL_OK, (uint64_t)len);
}

/* Write the next bytes of the file; false if there are none. */
static bool
write_chunk(struct control_conn *c)
{
	uint8_t	octets[CHUNK];
	ssize_t	n;

	if (c->left == 0)
		return (false);
	n = pread(c->fd, octets, c->left < CHUNK ? (size_t)c->left : CHUNK,
	    c->at);
	if (n <= 0)
		return (false);
	c->at += n;
	c->left -= n;
	(void)bufferevent_write(c->bev, octets, (size_t)n);
	set_deadline(c, ANSWER_SECONDS);
	return (true);
}

void
conn_flush(struct control_conn *c)
{
	struct evbuffer	*out = bufferevent_get_output(c->bev);

	/* libevent freezes this buffer except while its own loop writes. */
	(void)evbuffer_unfreeze(out, 1);
	(void)evbuffer_write(out, bufferevent_getfd(c->bev));
}

/* ---- events ---- */

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer		*in = bufferevent_get_input(bev);
	uint8_t			 octets[REQUEST_MOST];
	struct control_conn	*c = arg;
	struct control_request	 r;
	enum control_status	 status;
	size_t			 n = evbuffer_get_length(in);

	if (c->phase != ASKING) {	/* a second request */
		conn_close(c);
		return;
	}
	if (n < CONTROL_REQUEST_HEAD)
		return;
	(void)evbuffer_copyout(in, octets, CONTROL_REQUEST_HEAD);
	if (control_get_request(octets, &r) == -1) {
		conn_refuse(c, CONTROL_BAD, "malformed request");
		return;
	}
	c->command = r.command;
	if ((status = c->handler->check(c->uid, &r)) != CONTROL_OK) {
		conn_refuse(c, status, status == CONTROL_DENIED ?
		    "only root and the user of trafd may do that" :
		    "unknown request");
		return;
	}
	if (n < CONTROL_REQUEST_HEAD + r.length)
		return;
	(void)evbuffer_remove(in, octets, CONTROL_REQUEST_HEAD + r.length);
	(void)event_del(c->deadline);
	c->phase = WAITING;
	c->handler->request(c->arg, r.command, octets + CONTROL_REQUEST_HEAD,
	    r.length);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	struct control_conn	*c = arg;

	(void)bev;
	if (c->phase == READING && !write_chunk(c))
		conn_close(c);
}

static void
on_end(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	conn_close(arg);
}

struct control_conn *
conn_open(struct event_base *base, int fd, const struct conn_handler *handler,
    void *arg)
{
	struct control_conn	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->handler = handler;
	c->arg = arg;
	c->fd = -1;
	if (peer_user(fd, &c->uid) == -1)
		goto fail;
	if ((c->deadline = evtimer_new(base, on_deadline, c)) == NULL)
		goto fail;
	c->bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev == NULL) {
		event_free(c->deadline);
		goto fail;
	}
	bufferevent_setcb(c->bev, on_read, on_written, on_end, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, REQUEST_MOST + 1);
	(void)bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	set_deadline(c, ASK_SECONDS);
	return (c);
fail:
	free(c);
	return (NULL);
}
