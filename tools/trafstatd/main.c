/*
 * trafstatd: serves the account to other hosts.  Answers either trafstat -h,
 * under inetd or as a daemon, or browsers and Prometheus.  Queries the daemons
 * through their control sockets; they do not depend on it.
 */
#include "config.h"

#include <unistd.h>

#include "base/log.h"
#include "base/streams.h"
#include "traffic.h"
#include "trafstatd.h"

static int
run_http(const struct options *opt)
{
#ifdef HAVE_MICROHTTPD
	int	fd;

	if ((fd = sockets_listen(opt->http)) == -1)
		return (TRAFD_EXIT_ERROR);
	/* A socket from the service manager may differ from --http. */
	if (opt->auth == NULL && !sockets_are_local(fd)) {
		log_errorx("not started: the socket is reachable from other "
		    "hosts; give --auth");
		return (TRAFD_EXIT_ERROR);
	}
	return (http_run(opt, fd));
#else
	log_errorx("--http %s: this trafstatd was built without "
	    "libmicrohttpd", opt->http);
	return (TRAFD_EXIT_ERROR);
#endif
}

static int
run_service(const struct options *opt)
{
	int	fd;

	if (opt->listen == NULL && !sockets_inherited()) {
		if (privs_become(opt->user) == -1)
			return (TRAFD_EXIT_ERROR);
		return (serve_line(opt, STDIN_FILENO, STDOUT_FILENO));
	}
	if ((fd = sockets_listen(opt->listen)) == -1 ||
	    privs_become(opt->user) == -1 || log_start() == -1)
		return (TRAFD_EXIT_ERROR);
	sockets_tell(fd, opt->listen);
	return (serve_listen(opt, fd));
}

int
main(int argc, char **argv)
{
	struct options	opt;

	log_init("trafstatd", LOG_TO_STDERR);
	streams_occupy();
	streams_ignore_signals();
	options_parse(&opt, argc, argv);
	log_queued();
	/* Under inetd, standard error may be the client's socket. */
	if (opt.syslog || (opt.http == NULL && opt.listen == NULL &&
	    !isatty(STDERR_FILENO)))
		log_init("trafstatd", LOG_TO_SYSLOG);
	return (opt.http != NULL ? run_http(&opt) : run_service(&opt));
}
