/*
 * --status and --clean.  Whether a daemon runs is decided by locks, not by
 * the PID in a file: by the lock of the account in the state directory, or,
 * if this user may not read that directory, by the lock of the PID file.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/printable.h"
#include "file/holder.h"
#include "runfiles.h"
#include "status.h"
#include "traffic.h"

#define NAME_LEN	64

/* The state of both locks, and the texts of their files. */
struct found {
	enum pidlock_state	account, pid_file;
	int			account_errno, pid_file_errno;
	struct holder_who	who;
	uid_t			uid;	/* owner of the state directory */
	char			text[PIDLOCK_TEXT];	/* of the PID file */
	char			status[RUNFILES_STATUS];
};

static void
look(const struct options *o, struct found *f)
{
	struct stat	st;

	f->uid = stat(o->state_dir, &st) == 0 ? st.st_uid : (uid_t)-1;
	f->account = holder_look(o->state_dir, o->ext, &f->who);
	f->account_errno = errno;
	f->pid_file = runfiles_look(o->run_dir, o->ext, f->uid, f->text,
	    f->status);
	f->pid_file_errno = errno;
}

/* The name of a process, or of this one.  False if there is no such file. */
static bool
name_of(const char *process, char name[NAME_LEN])
{
	char	 path[64];
	FILE	*f;
	bool	 found;

	(void)snprintf(path, sizeof(path), "/proc/%s/comm", process);
	if ((f = fopen(path, "re")) == NULL)
		return (false);
	found = fgets(name, NAME_LEN, f) != NULL;
	(void)fclose(f);
	return (found);
}

/*
 * The PID file does not say in which PID namespace it is true.  In another one
 * the number is that of another process, which must not be signaled.
 */
static bool
is_like_us(long pid)
{
	char	number[24], ours[NAME_LEN], theirs[NAME_LEN];

	if (!name_of("self", ours))
		return (true);		/* a system without such files */
	(void)snprintf(number, sizeof(number), "%ld", pid);
	return (name_of(number, theirs) && strcmp(ours, theirs) == 0);
}

/* The PID by which this process can signal the daemon, or 0. */
static long
number_here(const struct found *f)
{
	long	pid;

	if (f->account == PIDLOCK_HELD)
		return (f->who.here ? f->who.pid : 0);
	if (f->account != PIDLOCK_FAILED)
		return (0);
	/* The account cannot be read: use the PID file instead. */
	pid = strtol(f->text, NULL, 10);
	return (is_like_us(pid) ? pid : 0);
}

static void
print_lines(char *text)
{
	char	*line;

	while ((line = strsep(&text, "\n")) != NULL)
		if (strspn(line, " ") < strlen(line))
			(void)printf("%s\n", printable(line));
}

/* Print the counters if they are those of the daemon that was found. */
static void
print_counters(struct found *f)
{
	long	pid = f->account == PIDLOCK_HELD ? f->who.pid :
		    strtol(f->text, NULL, 10);
	char	first[32], *line, *rest = f->status;

	(void)snprintf(first, sizeof(first), "pid %ld", pid);
	if ((line = strsep(&rest, "\n")) != NULL && strcmp(line, first) == 0)
		print_lines(rest);
}

static int
complain(const char *dir, int error)
{
	errno = error;
	if (error == EACCES || error == EPERM)
		log_errorx("permission denied: %s: only root and members of "
		    "group trafd can find out whether trafd is running", dir);
	else
		log_error("cannot find out whether trafd is running: %s", dir);
	return (STATUS_UNKNOWN);
}

int
status_run(const struct options *o)
{
	struct found	f;

	look(o, &f);
	if (f.account != PIDLOCK_HELD && f.pid_file != PIDLOCK_HELD) {
		if (f.account == PIDLOCK_FAILED)
			return (complain(o->state_dir, f.account_errno));
		if (f.pid_file == PIDLOCK_FAILED)
			return (complain(o->run_dir, f.pid_file_errno));
		print_lines(f.status);
		return (STATUS_NOBODY);
	}
	(void)printf("pid %ld\n", number_here(&f));
	if (f.account == PIDLOCK_HELD && !f.who.here && f.who.host[0] != '\0')
		(void)printf("host %s\n", f.who.host);
	print_counters(&f);
	return (fflush(stdout) == 0 ? TRAFD_EXIT_OK : STATUS_UNKNOWN);
}

int
clean_run(const struct options *o)
{
	char		text[HOLDER_TEXT];
	struct found	f;

	look(o, &f);
	if (f.account == PIDLOCK_FAILED)
		return (complain(o->state_dir, f.account_errno));
	if (f.account == PIDLOCK_HELD) {
		log_errorx("nothing removed: %s: trafd is running: %s", o->ext,
		    holder_describe(&f.who, text));
		return (TRAFD_EXIT_ERROR);
	}
	switch (runfiles_sweep(o->run_dir, o->ext, f.uid)) {
	case PIDLOCK_FREE:
		return (TRAFD_EXIT_OK);
	case PIDLOCK_HELD:
		log_errorx("nothing removed: %s: trafd is running", o->ext);
		return (TRAFD_EXIT_ERROR);
	default:
		log_error("cannot remove: %s/%s%s", o->run_dir, TRAFD_PREFIX,
		    o->ext);
		return (STATUS_UNKNOWN);
	}
}
