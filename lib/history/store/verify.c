/*
 * Runs Berkeley DB's own verification of the file in a child process: if the
 * file is damaged in a way that the library does not expect, the library may
 * crash or hang, but only in the child.
 */
#include <sys/stat.h>
#include <sys/wait.h>
#include <db.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store_impl.h"

/* The child's time limit in seconds, and one more per LIMIT_OCTETS bytes. */
#define LIMIT		120
#define LIMIT_OCTETS	(2U << 20)

static int
verify(struct store *st)
{
	char	 path[PATH_MAX];
	DB	*db;
	int	 rc;

	if (store_path(st, DB_NAME, path) == -1)
		return (store_fail(st, DB_NAME, errno));
	st->detail[0] = '\0';
	if ((rc = db_create(&db, NULL, 0)) == 0) {
		db->get_env(db)->app_private = st;
		db->set_errcall(db, store_on_error);
		rc = db->verify(db, path, NULL, NULL, 0);
	}
	return (rc == 0 ? 0 : store_fail(st, DB_NAME, rc));
}

static unsigned
limit_of(const struct store *st)
{
	char		path[PATH_MAX];
	struct stat	sb;

	if (store_path(st, DB_NAME, path) == -1 || stat(path, &sb) == -1)
		return (LIMIT);
	return (LIMIT + (unsigned)(sb.st_size / LIMIT_OCTETS));
}

/* Verify, and write the error text to the pipe. */
static _Noreturn void
child(struct store *st, int to)
{
	size_t	len;
	int	rc;

	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(limit_of(st));
	if ((rc = verify(st)) == -1) {
		len = strlen(st->error);
		if (write(to, st->error, len) != (ssize_t)len)
			rc = -1;
	}
	_exit(rc == 0 ? 0 : 1);
}

/* Read the child's text until the child has ended. */
static void
listen_to(int from, char text[STORE_ERROR_LEN])
{
	size_t	len = 0;
	ssize_t	n;

	while (len < STORE_ERROR_LEN - 1) {
		n = read(from, text + len, STORE_ERROR_LEN - 1 - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
}

static int
judge(struct store *st, pid_t pid, const char *said)
{
	char	text[64];
	int	status;

	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return (store_fail(st, "verify", errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return (0);
	if (said[0] != '\0')
		return (store_refuse(st, EBADMSG, said));
	(void)snprintf(text, sizeof(text), DB_NAME ": Berkeley DB cannot "
	    "verify it (%s)", WIFSIGNALED(status) ?
	    strsignal(WTERMSIG(status)) : "no reason given");
	return (store_refuse(st, EBADMSG, text));
}

int
verify_file(struct store *st)
{
	char	said[STORE_ERROR_LEN];
	int	to[2];
	pid_t	pid;

	if (pipe(to) == -1)
		return (store_fail(st, "verify", errno));
	if ((pid = fork()) == 0) {
		close(to[0]);
		child(st, to[1]);
	}
	close(to[1]);
	if (pid == -1) {
		close(to[0]);
		return (store_fail(st, "verify", errno));
	}
	listen_to(to[0], said);
	close(to[0]);
	return (judge(st, pid, said));
}
