/*
 * What the parts of trafstatd(8) that meet strangers share: the options, and
 * the ways to serve.
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
	const char	*names[NAMES_MOST + 1];	/* the hosts we are */
	const char	*log_file;
	const char	*run_dir;
	const char	*trafstat;	/* the program */
	const char	*user;		/* to become, when root */
	unsigned int	 timeout;	/* seconds for one answer */
	unsigned int	 top;
	bool		 syslog;
};

/* Ends the program when that is what the command line asks for. */
void	options_parse(struct options *, int argc, char **argv);

/*
 * Become `user' (NULL: nobody) of group trafd for good, if root; a process
 * without new rights or core files in any case.  0, or -1 after a message.
 */
int	privs_become(const char *user);

/*
 * From now on a process that asks the daemons of run_dir can do nothing else:
 * read hardly a file, write none but temporary ones, start nothing, call
 * nobody.  What the system cannot do is no failure.  0, or -1 after a message.
 */
int	cage_enter(const char *run_dir);

/*
 * Sockets that listen: one handed over by the service manager or bound to
 * the address.  -1 after a message.
 */
int	sockets_listen(const char *address);

/* Did a service manager start us with a socket that listens? */
bool	sockets_inherited(void);

/* Can only this machine connect to it? */
bool	sockets_are_local(int fd);

/* Whom it is connected with, without the port; `-' if that is nobody. */
#define PEER_LEN	64
char	*sockets_peer(int fd, char buf[PEER_LEN]);

/*
 * Answer the one line that comes in on a connected socket: become trafstat,
 * or refuse.  Returns an exit status.
 */
int	serve_line(const struct options *, int in, int out);

/* Answer every connection to fd so, until told to end. */
int	serve_listen(const struct options *, int fd);

/* Serve HTTP on fd until told to end. */
int	http_run(const struct options *, int fd);

#endif
