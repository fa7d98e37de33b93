/*
 * The web server: libmicrohttpd in one thread, which also queries the
 * daemons.  Owns the connections and the answers of the daemons.  Method, Host
 * header and user of a request are checked before anything else is done.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "auth.h"
#include "conns.h"
#include "host_text.h"
#include "traffic.h"
#include "trafstatd.h"
#include "view.h"
#include "web.h"

#define CONNECTIONS	256	/* open at once; see conns.h */
#define SPARE		256	/* shut down and not closed yet */
#define MEMORY		16384	/* octets per connection, head included */
#define IDLE_SECONDS	30
#define FRESH_MS	900	/* of metrics */
#define SAMPLE_MS	5000	/* between points if no page is open */
#define WAIT_MS		1000	/* longest wait for requests */

struct http {
	struct MHD_Daemon	*mhd;
	struct web		*web;
	struct auth		*auth;		/* or NULL */
	struct conns		*conns;
	const char		*names[NAMES_MOST + 2];
	char			 hostname[256];
	struct web_self		 self;
	struct clock_watch	 clock;		/* of its times */
};

/* A request and its answer. */
struct answer {
	struct http		*http;
	struct MHD_Connection	*conn;
	const char		*path;
	unsigned int		 status;
	const char		*type;
	const char		*extra[2];	/* header: name and value */
	char			*text;		/* allocated */
	size_t			 len;
};

/* ---- answers ---- */

static const char *const headers[][2] = {
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Content-Security-Policy", "default-src 'none'; "
	    "script-src 'self'; style-src 'self'; img-src 'self'; "
	    "connect-src 'self'; base-uri 'none'; form-action 'self'; "
	    "frame-ancestors 'none'" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ MHD_HTTP_HEADER_CACHE_CONTROL, "no-store" },
};

static enum MHD_Result
queue(struct answer *a)
{
	struct MHD_Response	*r;
	enum MHD_Result		 rc;
	size_t			 i;

	r = MHD_create_response_from_buffer(a->len, a->text,
	    MHD_RESPMEM_MUST_FREE);
	if (r == NULL) {
		free(a->text);
		return (MHD_NO);
	}
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		(void)MHD_add_response_header(r, headers[i][0],
		    headers[i][1]);
	(void)MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE,
	    a->type);
	if (a->extra[0] != NULL)
		(void)MHD_add_response_header(r, a->extra[0], a->extra[1]);
	rc = MHD_queue_response(a->conn, a->status, r);
	MHD_destroy_response(r);
	a->http->self.requests[a->status / 100]++;
	return (rc);
}

/* Answer with an error status and a text. */
static enum MHD_Result
refuse(struct answer *a, unsigned int status, const char *text)
{
	a->status = status;
	a->type = "text/plain; charset=utf-8";
	if ((a->text = strdup(text)) == NULL)
		return (MHD_NO);
	a->len = strlen(text);
	return (queue(a));
}

/* Begin an answer whose text is written to the returned stream. */
static FILE *
begin_text(struct answer *a, const char *type)
{
	a->status = MHD_HTTP_OK;
	a->type = type;
	return (open_memstream(&a->text, &a->len));
}

static enum MHD_Result
end_text(struct answer *a, FILE *f, int rc)
{
	if (fclose(f) == 0 && rc == 0)
		return (queue(a));
	free(a->text);
	return (refuse(a, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory\n"));
}

/* ---- paths ---- */

static const char *
argument(const struct answer *a, const char *name)
{
	return (MHD_lookup_connection_value(a->conn, MHD_GET_ARGUMENT_KIND,
	    name));
}

static const char *
header(const struct answer *a, const char *name)
{
	return (MHD_lookup_connection_value(a->conn, MHD_HEADER_KIND, name));
}

/* The view of the parameters, of one host if `host' is set. */
static enum web_outcome
view(const struct answer *a, const char *host, struct web_view *v)
{
	return (web_view(a->http->web, argument(a, "i"), host,
	    argument(a, "q"), v));
}

static enum MHD_Result
send_page(struct answer *a, const char *host)
{
	struct web_view	 v;
	FILE		*f;

	switch (view(a, host, &v)) {
	case WEB_NO_INSTANCE:
		return (refuse(a, MHD_HTTP_NOT_FOUND,
		    "no such instance; see /\n"));
	case WEB_NO_HOST:
		return (refuse(a, MHD_HTTP_NOT_FOUND, "no such host: an "
		    "address is needed, such as /host?host=192.0.2.1\n"));
	case WEB_NO_MEMORY:
		return (MHD_NO);
	default:
		break;
	}
	if ((f = begin_text(a, "text/html; charset=utf-8")) == NULL)
		return (MHD_NO);
	page_write(f, &v);
	return (end_text(a, f, 0));
}

static enum MHD_Result
answer_page(struct answer *a)
{
	return (send_page(a, NULL));
}

static enum MHD_Result
answer_host(struct answer *a)
{
	const char	*host = argument(a, "host");

	return (send_page(a, host != NULL ? host : ""));
}

static enum MHD_Result
answer_api(struct answer *a)
{
	const char	*since = argument(a, "since");
	struct web_view	 v;
	FILE		*f;
	int		 rc;

	switch (view(a, argument(a, "host"), &v)) {
	case WEB_NO_HOST:
		return (refuse(a, MHD_HTTP_NOT_FOUND, "no such host\n"));
	case WEB_NO_MEMORY:
		return (MHD_NO);
	default:
		break;
	}
	if ((f = begin_text(a, "application/json")) == NULL)
		return (MHD_NO);
	rc = api_write(f, &v, since != NULL ? strtoull(since, NULL, 10) : 0);
	return (end_text(a, f, rc));
}

static enum MHD_Result
answer_metrics(struct answer *a)
{
	struct http	*h = a->http;
	struct live	*l = web_live(h->web);
	const char	*accept = header(a, MHD_HTTP_HEADER_ACCEPT);
	bool		 open;
	size_t		 i;
	FILE		*f;

	web_run(h->web, FRESH_MS);
	for (i = 0; i < live_count(l); i++)
		live_look_into(l, live_get(l, i));
	h->self.connections = conns_count(h->conns);
	h->self.started_ns = clock_shifted(h->self.started_ns,
	    clock_watch_look(&h->clock));
	open = accept != NULL &&
	    strstr(accept, "application/openmetrics-text") != NULL;
	f = begin_text(a, open ? "application/openmetrics-text; "
	    "version=1.0.0; charset=utf-8" :
	    "text/plain; version=0.0.4; charset=utf-8");
	if (f == NULL)
		return (MHD_NO);
	metrics_write(f, l, &h->self, open);
	return (end_text(a, f, 0));
}

static enum MHD_Result
answer_asset(struct answer *a)
{
	static const char *const types[][2] = {
		{ ".css", "text/css; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".svg", "image/svg+xml" },
	};
	const struct asset	*asset = asset_find(a->path);
	const char		*dot = strrchr(a->path, '.');
	size_t			 i;
	FILE			*f;

	for (i = 0; asset != NULL && i < sizeof(types) / sizeof(types[0]);
	    i++) {
		if (strcmp(dot, types[i][0]) != 0)
			continue;
		if ((f = begin_text(a, types[i][1])) == NULL)
			return (MHD_NO);
		(void)fwrite(asset->data, 1, asset->len, f);
		return (end_text(a, f, 0));
	}
	return (refuse(a, MHD_HTTP_NOT_FOUND, "no such page; see /, "
	    "/metrics and /api/v1/live\n"));
}

static const struct route {
	const char	*path;
	enum MHD_Result	(*answer)(struct answer *);
} routes[] = {
	{ "/", answer_page },
	{ "/api/v1/live", answer_api },
	{ "/host", answer_host },
	{ "/metrics", answer_metrics },
};

static enum MHD_Result
answer_path(struct answer *a)
{
	size_t	i;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (strcmp(a->path, routes[i].path) == 0)
			return (routes[i].answer(a));
	return (answer_asset(a));
}

/* ---- checks of a request ---- */

/* MHD_free() for a secret. */
static void
wipe(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	MHD_free(secret);
}

static enum auth_verdict
verdict(struct answer *a)
{
	const union MHD_ConnectionInfo	*info;
	enum auth_verdict		 v;
	char				*name, *password = NULL;

	info = MHD_get_connection_info(a->conn,
	    MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	name = MHD_basic_auth_get_username_password(a->conn, &password);
	v = auth_check(a->http->auth, name, password, info->client_addr,
	    live_now_ms());
	MHD_free(name);
	wipe(password);
	return (v);
}

static enum MHD_Result
check_user(struct answer *a)
{
	switch (verdict(a)) {
	case AUTH_OK:
		return (answer_path(a));
	case AUTH_WAIT:
		a->extra[0] = MHD_HTTP_HEADER_RETRY_AFTER;
		a->extra[1] = "1";
		return (refuse(a, MHD_HTTP_TOO_MANY_REQUESTS,
		    "a wrong password came from your address: wait a "
		    "second\n"));
	default:
		a->extra[0] = MHD_HTTP_HEADER_WWW_AUTHENTICATE;
		a->extra[1] = "Basic realm=\"trafd\", charset=\"UTF-8\"";
		return (refuse(a, MHD_HTTP_UNAUTHORIZED,
		    "user name and password required\n"));
	}
}

static bool
is_reading(const char *method)
{
	return (strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
	    strcmp(method, MHD_HTTP_METHOD_HEAD) == 0);
}

static enum MHD_Result
check_request(struct answer *a, const char *method)
{
	if (!is_reading(method)) {
		a->extra[0] = MHD_HTTP_HEADER_ALLOW;
		a->extra[1] = "GET, HEAD";
		return (refuse(a, MHD_HTTP_METHOD_NOT_ALLOWED,
		    "method not allowed: use GET\n"));
	}
	if (!host_text_is_ours(header(a, MHD_HTTP_HEADER_HOST), a->http->names))
		return (refuse(a, MHD_HTTP_MISDIRECTED_REQUEST,
		    "unknown host name; see --host in trafstatd(8)\n"));
	return (a->http->auth != NULL ? check_user(a) : answer_path(a));
}

static enum MHD_Result
on_request(void *arg, struct MHD_Connection *conn, const char *path,
    const char *method, const char *version, const char *body,
    size_t *body_len, void **state)
{
	const union MHD_ConnectionInfo	*info;
	struct answer			 a = { .http = arg, .conn = conn,
	    .path = path };

	(void)version;
	(void)body;
	if (*body_len != 0)
		return (MHD_NO);	/* no path accepts a body */
	/* libmicrohttpd calls this after the head and again at the end of the
	 * request.  An answer to the first call would close the connection. */
	if (*state == NULL && is_reading(method)) {
		*state = arg;
		return (MHD_YES);
	}
	info = MHD_get_connection_info(conn,
	    MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	if (info != NULL && info->socket_context != NULL)
		conns_touch(a.http->conns, info->socket_context);
	return (check_request(&a, method));
}

/* ---- connections ---- */

static void
on_connection(void *arg, struct MHD_Connection *conn, void **state,
    enum MHD_ConnectionNotificationCode what)
{
	const union MHD_ConnectionInfo	*info;
	struct http			*h = arg;

	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		info = MHD_get_connection_info(conn,
		    MHD_CONNECTION_INFO_CONNECTION_FD);
		*state = conns_add(h->conns, info->connect_fd);
	} else if (*state != NULL) {
		conns_remove(h->conns, *state);
		*state = NULL;
	}
}

/* ---- the server ---- */

static volatile sig_atomic_t	ended;

static void
on_signal(int sig)
{
	(void)sig;
	ended = 1;
}

static int
http_open(struct http *h, const struct options *opt, int fd)
{
	h->self.started_ns = now_wall();
	clock_watch_start(&h->clock);
	h->conns = conns_new(CONNECTIONS);
	if (h->conns == NULL) {
		log_error("memory");
		return (-1);
	}
	memcpy(h->names, opt->names, sizeof(opt->names));
	if (gethostname(h->hostname, sizeof(h->hostname) - 1) == 0) {
		size_t	n = 0;

		while (h->names[n] != NULL)
			n++;
		h->names[n] = h->hostname;
	}
	h->mhd = MHD_start_daemon(MHD_USE_AUTO, 0, NULL, NULL, on_request, h,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS + SPARE,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY,
	    MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
	    MHD_OPTION_NOTIFY_CONNECTION, on_connection, h,
	    MHD_OPTION_END);
	if (h->mhd == NULL)
		log_errorx("cannot start the web server");
	return (h->mhd == NULL ? -1 : 0);
}

static void
http_close(struct http *h)
{
	if (h->mhd != NULL)
		MHD_stop_daemon(h->mhd);
	if (h->conns != NULL)
		conns_free(h->conns);
	web_free(h->web);
	auth_free(h->auth);
}

static int
serve(struct http *h)
{
	struct sigaction	sa = { .sa_handler = on_signal };

	(void)sigaction(SIGTERM, &sa, NULL);
	(void)sigaction(SIGINT, &sa, NULL);
	while (!ended) {
		web_run(h->web, SAMPLE_MS);
		if (MHD_run_wait(h->mhd, WAIT_MS) != MHD_YES) {
			log_errorx("the web server failed");
			return (TRAFD_EXIT_ERROR);
		}
	}
	return (TRAFD_EXIT_OK);
}

int
http_run(const struct options *opt, int fd)
{
	struct http	h = { 0 };
	int		rc = TRAFD_EXIT_ERROR;

	if (opt->auth != NULL && !MHD_is_feature_supported(
	    MHD_FEATURE_BASIC_AUTH)) {
		log_errorx("--auth: this libmicrohttpd was built without "
		    "basic authentication");
		return (rc);
	}
	if (opt->auth != NULL && (h.auth = auth_load(opt->auth)) == NULL)
		return (rc);
	if ((h.web = web_new(opt)) != NULL && privs_become(opt->user) == 0 &&
	    http_open(&h, opt, fd) == 0 && cage_enter(opt->run_dir) == 0 &&
	    log_start() == 0) {
		sockets_tell(fd, opt->http);
		rc = serve(&h);
	}
	http_close(&h);
	return (rc);
}
