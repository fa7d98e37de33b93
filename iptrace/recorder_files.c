/*
 * The files of a recording: the first, the next ones, and their indexes.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "trace/index_write.h"
#include "recorder_impl.h"
#include "rotate.h"
#include "tidy.h"

/* Between attempts to make a file. */
#define RETRY_NS	NS_PER_S

void
recorder_fault(struct recorder *r, const char *what)
{
	char	text[FAULT_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "%s: %s: %s; packets are lost "
	    "until there is room", what, r->target->path, strerror(errno));
	fault_set(&r->fault, text);
}

/* The index must never stop the recording. */
void
recorder_without_index(struct recorder *r)
{
	log_warn("cannot write the index: %s%s; the trace is recorded "
	    "without", r->target->path, INDEX_SUFFIX);
	(void)index_writer_end(r->index);
	r->index = NULL;
}

static void
begin_index(struct recorder *r, int fd)
{
	r->index = NULL;
	if (fd == -1 && !r->target->indexed)
		return;
	if (fd != -1)
		r->index = index_writer_new(fd, r->fd,
		    sources_name(r->sources));
	if (r->index == NULL)
		recorder_without_index(r);
}

bool
recorder_make_room(struct recorder *r, int error)
{
	return ((error == ENOSPC || error == EDQUOT) && r->tidy != NULL &&
	    tidy_make_room(r->tidy));
}

static int
begin_file(struct recorder *r)
{
	int	index_fd, error, rc, tries;

	if ((r->fd = target_begin(r->target, &index_fd)) == -1)
		return (-1);
	rc = record_begin(r->record, r->fd);
	error = errno;
	for (tries = 0; rc == -1 && tries < ROOM_TRIES &&
	    recorder_make_room(r, error); tries++) {
		rc = record_begin(r->record, r->fd);
		error = errno;
	}
	if (rc == -1) {
		(void)close(r->fd);
		if (index_fd != -1)
			(void)close(index_fd);
		r->fd = -1;
		errno = error;
		return (-1);
	}
	r->removed = false;
	begin_index(r, index_fd);
	r->until = r->opt->rotate_every == 0 ? 0 :
	    rotate_next(r->target->begun, r->opt->rotate_every);
	return (0);
}

void
recorder_end_file(struct recorder *r)
{
	if (r->fd == -1)
		return;
	if (r->index != NULL && index_writer_end(r->index) == -1) {
		r->index = NULL;
		recorder_without_index(r);
	}
	r->index = NULL;
	if (record_end(r->record) == -1)
		recorder_fault(r, "cannot end the trace");
	(void)close(r->fd);
	r->fd = -1;
}

/* What an earlier run has left under the name. */
static int
put_away(struct recorder *r)
{
	time_t	when;

	if (!target_exists(r->target, &when))
		return (0);
	if (r->opt->log_size > 0)
		return (target_old(r->target));
	return (options_stamp(r->opt) ? target_stamp(r->target, when) : 0);
}

/*
 * Give the file that is being written the name of a finished one, if it still
 * has its own: never rename what somebody else has put there.
 */
static int
rename_file(struct recorder *r)
{
	if (!target_has_name(r->target, r->fd))
		return (errno == 0 ? 0 : -1);
	return (r->opt->log_size > 0 ? target_old(r->target) :
	    target_stamp(r->target, r->target->begun));
}

static void
stay(struct recorder *r)
{
	char	text[FAULT_TEXT_MAX];

	(void)snprintf(text, sizeof(text), "cannot begin another file: %s: "
	    "%s; recording goes on in this one", r->target->path,
	    strerror(errno));
	fault_set(&r->staying, text);
	r->retry = now_mono() + RETRY_NS;
}

static void
fail(struct recorder *r)
{
	recorder_fault(r, "cannot begin another file");
	r->retry = now_mono() + RETRY_NS;
}

/*
 * Begin another file, or go on with this one if it cannot be renamed.  If then
 * no file can be made, all frames are lost, and the next call tries again.
 */
void
recorder_rotate(struct recorder *r)
{
	if (now_mono() < r->retry)
		return;
	if (rename_file(r) == -1) {
		if (r->fd != -1)
			stay(r);
		else
			fail(r);
		return;
	}
	fault_clear(&r->staying);
	recorder_end_file(r);
	if (r->tidy != NULL)
		tidy_wake(r->tidy);
	if (begin_file(r) == -1)
		fail(r);
}

/* The same file from its beginning: its old end would leave a hole. */
static void
start_over(struct recorder *r)
{
	log_warnx("the trace was cut: %s: recording begins anew",
	    r->target->path);
	(void)index_writer_end(r->index);
	r->index = NULL;
	if (record_begin(r->record, r->fd) == -1) {
		(void)close(r->fd);
		r->fd = -1;
		fail(r);
	} else
		begin_index(r, target_begin_index(r->target));
}

void
recorder_look(struct recorder *r)
{
	struct stat	st;

	if (r->fd == -1 || fstat(r->fd, &st) == -1)
		return;
	if (st.st_size < record_offset(r->record))
		start_over(r);
	if (st.st_nlink > 0 || r->fd == -1)
		return;
	if (!r->removed)
		log_warnx("the trace was removed: %s: another file is begun",
		    r->target->path);
	r->removed = true;
	recorder_rotate(r);
}

int
recorder_begin(struct recorder *r)
{
	if (put_away(r) == 0 && begin_file(r) == 0)
		return (0);
	log_error("cannot create the trace: %s", r->target->path);
	return (-1);
}
