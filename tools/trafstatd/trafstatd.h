/*
 * Shared by the files of trafstatd(8): the options, privileges and sandbox,
 * sockets, and the two services, serve_listen() and http_run().
 */
#ifndef TRAFSTATD_H
#define TRAFSTATD_H

#include <sys/socket.h>
#include <stdbool.h>
#include <stddef.h>

#define NAMES_MOST	16

struct options {
	const char	*listen;	/* ADDR:PORT, or NULL */
	const char	*http;		/* ADDR:PORT, or NULL */
	const char	*auth;		/* file, or NULL */
	const char	*names[NAMES_MOST + 1];	/* --host; NULL at the end */
	const char	*log_file;
	const char	*run_dir;
	const char	*state_dir;	/* the history is there */
	const char	*trafstat;	/* path of the program */
	const char	*user;		/* to become, if started as root */
	unsigned int	 timeout;	/* seconds for one answer */
	unsigned int	 top;
	bool		 numeric;	/* no names of hosts and services */
	bool		 syslog;
};

/* Does not return from an error, --help or --version. */
void	options_parse(struct options *, int argc, char **argv);

/*
 * If root, become `user' (NULL: nobody) with group trafd, irrevocably.  In any
 * case forbid core files and new privileges by execve(2).  0, or -1 after a
 * message.
 */
int	privs_become(const char *user);

/* The same with the user's own group, so that it can query no daemon. */
int	privs_become_stranger(const char *user);

/*
 * Enter the sandbox of the web server: from now on the process can query the
 * daemons of run_dir, read a few system files and write temporary files, but
 * cannot start programs or open network connections.  A part that the system
 * does not support is skipped.  0, or -1 after a message.
 */
int	cage_enter(const char *run_dir);

/*
 * The same for the process that reads the history: it can read what is in
 * state_dir, and can neither write nor query a daemon.
 */
int	cage_enter_history(const char *state_dir);

/*
 * The same for the process that queries the resolver, which reads answers of
 * strangers: it can call out and read what a resolver reads, but no account,
 * and cannot write or start programs.
 */
int	cage_enter_resolver(void);

/*
 * A listening socket: that of the service manager, or a new one bound to the
 * address.  -1 after a message.
 */
int	sockets_listen(const char *address);

/*
 * Log where it listens, with the port that the system chose, unless the service
 * manager opened it.  Call this when nothing can fail any more.
 */
void	sockets_tell(int fd, const char *address);

/* Has the service manager passed a listening socket? */
bool	sockets_inherited(void);

/* Can only this host connect to the listening socket? */
bool	sockets_are_local(int fd);

/* Address of the peer, without the port; `-' if not connected.  Returns buf. */
#define PEER_LEN	64
char	*sockets_peer(int fd, char buf[PEER_LEN]);

/*
 * Read one line from `in' and answer it on `out': execute trafstat, or refuse.
 * Returns the exit status if trafstat was not executed.
 */
int	serve_line(const struct options *, int in, int out);

/* Serve each connection to fd like that, until SIGTERM or SIGINT. */
int	serve_listen(const struct options *, int fd);

/* Serve HTTP on the listening socket fd until SIGTERM or SIGINT. */
int	http_run(const struct options *, int fd);

#endif
