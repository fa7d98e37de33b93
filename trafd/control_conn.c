/*
 * Clients of the control socket: octets in, octets out, time limits.  A
 * client may be slow, silent or hostile: what it can hold is one place of
 * sixteen for a bounded time, one request and 64 KiB.
 */
#include "config.h"

#include <event2/buffer.h>
#include <sys/socket.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control_impl.h"
#include "daemon/peer.h"

/* Seconds for a request to arrive, and for an answer to be read. */
#define ASK_SECONDS	5
#define ANSWER_SECONDS	30

/* Octets of an answer in memory. */
#define CHUNK		65536

#define REQUEST_MOST	(CONTROL_REQUEST_HEAD + CONTROL_QUERY_MOST)

static void
set_deadline(struct client *c, int seconds)
{
	struct timeval	tv = { .tv_sec = seconds };

	(void)event_add(c->deadline, &tv);
}

void
client_free(struct client *c)
{
	struct control_server	*s = c->server;
	size_t			 i;

	for (i = 0; i < CLIENTS_MOST; i++)
		if (s->clients[i] == c)
			s->clients[i] = NULL;
	if (s->asker == c)
		s->asker = NULL;
	s->counts.clients--;
	event_free(c->deadline);
	bufferevent_free(c->bev);
	if (c->fd != -1)
		(void)close(c->fd);
	free(c);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct client	*c = arg;

	(void)fd;
	(void)what;
	c->server->counts.refused++;
	client_free(c);
}

/* ---- answers ---- */

static void
begin_answer(struct client *c, enum control_status status, uint64_t len)
{
	struct control_answer	a = { c->command, status, len };
	uint8_t			head[CONTROL_ANSWER_HEAD];

	c->phase = CLIENT_READING;
	set_deadline(c, ANSWER_SECONDS);
	control_put_answer(head, &a);
	(void)bufferevent_write(c->bev, head, sizeof(head));
}

void
client_answer(struct client *c, enum control_status status, const void *body,
    size_t len)
{
	begin_answer(c, status, len);
	(void)bufferevent_write(c->bev, body, len);
}

void
client_refuse(struct client *c, enum control_status status, const char *text)
{
	size_t	len = strlen(text);

	if (status != CONTROL_FAILED)
		c->server->counts.refused++;
	client_answer(c, status, text,
	    len < CONTROL_TEXT_MOST ? len : CONTROL_TEXT_MOST);
}

void
client_answer_file(struct client *c, int fd, int64_t len)
{
	c->fd = fd;
	c->left = len;
	begin_answer(c, CONTROL_OK, (uint64_t)len);
}

/* The next octets of the file; false when there are none. */
static bool
pump(struct client *c)
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
client_flush(struct client *c)
{
	struct evbuffer	*out = bufferevent_get_output(c->bev);

	(void)evbuffer_unfreeze(out, 1);	/* the loop has ended */
	(void)evbuffer_write(out, bufferevent_getfd(c->bev));
}

int64_t
clients_held(const struct control_server *s)
{
	int64_t	sum = 0;
	size_t	i;

	for (i = 0; i < CLIENTS_MOST; i++)
		if (s->clients[i] != NULL)
			sum += s->clients[i]->left;
	return (sum);
}

/* ---- events ---- */

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct evbuffer		*in = bufferevent_get_input(bev);
	uint8_t			 octets[REQUEST_MOST];
	struct client		*c = arg;
	struct control_request	 r;
	enum control_status	 status;
	size_t			 n = evbuffer_get_length(in);

	if (c->phase != CLIENT_ASKING) {	/* more than was asked for */
		client_free(c);
		return;
	}
	if (n < CONTROL_REQUEST_HEAD)
		return;
	(void)evbuffer_copyout(in, octets, CONTROL_REQUEST_HEAD);
	if (control_get_request(octets, &r) == -1) {
		client_refuse(c, CONTROL_BAD, "malformed request");
		return;
	}
	c->command = r.command;
	if ((status = control_check(c, &r)) != CONTROL_OK) {
		client_refuse(c, status, status == CONTROL_DENIED ?
		    "only root and the user of trafd may do that" :
		    "unknown request");
		return;
	}
	if (n < CONTROL_REQUEST_HEAD + r.length)
		return;
	(void)evbuffer_remove(in, octets, CONTROL_REQUEST_HEAD + r.length);
	(void)event_del(c->deadline);
	c->phase = CLIENT_WAITING;
	control_request(c, octets + CONTROL_REQUEST_HEAD, r.length);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	struct client	*c = arg;

	(void)bev;
	if (c->phase == CLIENT_READING && !pump(c))
		client_free(c);
}

static void
on_end(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	client_free(arg);
}

/* Without a place or a name: say so if that does not take time. */
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

static struct client *
make_client(struct control_server *s, int fd)
{
	struct client	*c;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return (NULL);
	c->server = s;
	c->fd = -1;
	if (peer_user(fd, &c->uid) == -1)
		goto fail;
	if ((c->deadline = evtimer_new(s->base, on_deadline, c)) == NULL)
		goto fail;
	c->bev = bufferevent_socket_new(s->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (c->bev != NULL)
		return (c);
	event_free(c->deadline);
fail:
	free(c);
	return (NULL);
}

void
client_new(struct control_server *s, int fd)
{
	struct client	*c = NULL;
	size_t		 i = 0;

	while (i < CLIENTS_MOST && s->clients[i] != NULL)
		i++;
	if (i < CLIENTS_MOST)
		c = make_client(s, fd);
	if (c == NULL) {
		turn_away(s, fd);
		return;
	}
	s->clients[i] = c;
	s->counts.clients++;
	bufferevent_setcb(c->bev, on_read, on_written, on_end, c);
	bufferevent_setwatermark(c->bev, EV_READ, 0, REQUEST_MOST + 1);
	(void)bufferevent_enable(c->bev, EV_READ | EV_WRITE);
	set_deadline(c, ASK_SECONDS);
}
