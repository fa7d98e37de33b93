/*
 * Looks at the directory when a file is finished, and each second if room is
 * to be kept free.  Only files with the exact name of a finished file of this
 * trace, that begin as a trace and that nobody has locked, are touched.
 */
#include "config.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fault.h"
#include "base/log.h"
#include "base/regular.h"
#include "trace/index_write.h"
#include "pack.h"
#include "rotate.h"
#include "system.h"
#include "tidy.h"

/* Between looks at the disk. */
#define LOOK_NS		NS_PER_S

struct tidy {
	const struct options *opt;
	const struct target *target;
	pthread_t	 thread;
	bool		 started;
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	bool		 work;		/* under the lock */
	bool		 end;		/* under the lock, or atomic */
	pthread_mutex_t	 removing;
	struct fault	 fault;		/* of removing */
	struct fault	 packing;
};

struct own {
	char		*name;
	struct rotated	 r;
};

struct list {
	struct own	*own;
	size_t		 n;
};

/* ---- finished files ---- */

/* Not those of another trace whose name has this form: it locks them. */
static bool
is_ours(const struct target *t, const char *name)
{
	int	fd = open_regular(t->dirfd, name, O_RDONLY | O_NOFOLLOW);
	bool	ours;

	if (fd == -1)
		return (false);
	ours = target_is_trace(fd) && flock(fd, LOCK_SH | LOCK_NB) == 0;
	(void)close(fd);
	return (ours);
}

static int
by_age(const void *a, const void *b)
{
	const struct own	*x = a, *y = b;

	return (rotate_compare(&x->r, &y->r));
}

static int
add(struct list *l, const char *name, const struct rotated *r)
{
	struct own	*more;

	more = reallocarray(l->own, l->n + 1, sizeof(*more));
	if (more == NULL)
		return (-1);
	l->own = more;
	if ((more[l->n].name = strdup(name)) == NULL)
		return (-1);
	more[l->n++].r = *r;
	return (0);
}

/* The finished files, the oldest first. */
static void
find(const struct target *t, struct list *l)
{
	int		 fd = openat(t->dirfd, ".", O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC);
	DIR		*d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent	*e;
	struct rotated	 r;

	l->own = NULL;
	l->n = 0;
	if (d == NULL) {
		if (fd != -1)
			(void)close(fd);
		return;
	}
	while ((e = readdir(d)) != NULL)
		if (rotate_is_own(t->name, e->d_name, &r) &&
		    is_ours(t, e->d_name) && add(l, e->d_name, &r) == -1)
			break;
	(void)closedir(d);
	if (l->n > 1)
		qsort(l->own, l->n, sizeof(*l->own), by_age);
}

static void
release(struct list *l)
{
	size_t	i;

	for (i = 0; i < l->n; i++)
		free(l->own[i].name);
	free(l->own);
}

/* ---- removing ---- */

static int
remove_one(struct tidy *t, const struct own *o, const char *why)
{
	char	index[300], text[FAULT_TEXT_MAX];
	size_t	len = strlen(o->name) - (o->r.zst ? strlen(".zst") : 0);

	if (unlinkat(t->target->dirfd, o->name, 0) == -1) {
		(void)snprintf(text, sizeof(text), "cannot remove: %s/%s: %s",
		    t->target->dir, o->name, strerror(errno));
		fault_set(&t->fault, text);
		return (-1);
	}
	(void)snprintf(index, sizeof(index), "%.*s%s", (int)len, o->name,
	    INDEX_SUFFIX);
	(void)unlinkat(t->target->dirfd, index, 0);
	log_info("removed %s/%s: %s", t->target->dir, o->name, why);
	return (0);
}

static bool
keeps_free(const struct tidy *t)
{
	return (t->opt->free_bytes > 0 || t->opt->free_percent > 0);
}

/* Does the disk have less free than is asked for? */
static bool
is_short(const struct tidy *t)
{
	struct statvfs	fs;
	uint64_t	unit, wanted = t->opt->free_bytes;

	if (fstatvfs(t->target->dirfd, &fs) == -1)
		return (false);
	unit = fs.f_frsize;
	if (t->opt->free_percent > 0)
		wanted = (uint64_t)fs.f_blocks * unit / 100 *
		    t->opt->free_percent;
	return ((uint64_t)fs.f_bavail * unit < wanted);
}

/* Returns how many were removed. */
static size_t
remove_oldest(struct tidy *t)
{
	struct list	l;
	size_t		i = 0;

	(void)pthread_mutex_lock(&t->removing);
	find(t->target, &l);
	for (; t->opt->keep > 0 && l.n - i > t->opt->keep; i++)
		if (remove_one(t, &l.own[i], "--keep") == -1)
			break;
	for (; i < l.n && is_short(t); i++)
		if (remove_one(t, &l.own[i], "--free") == -1)
			break;
	if (i == l.n && is_short(t))
		fault_set(&t->fault, "disk short of the room that --free "
		    "asks for: no finished trace is left to remove");
	else if (!is_short(t))
		fault_clear(&t->fault);
	release(&l);
	(void)pthread_mutex_unlock(&t->removing);
	return (i);
}

/* ---- compressing ---- */

static void
compress(struct tidy *t)
{
	struct list	l;
	char		text[FAULT_TEXT_MAX];
	size_t		i;

	find(t->target, &l);
	for (i = 0; i < l.n && !__atomic_load_n(&t->end, __ATOMIC_ACQUIRE);
	    i++) {
		if (l.own[i].r.zst)
			continue;
		if (pack_file(t->target->dirfd, l.own[i].name, &t->end) == 0) {
			fault_clear(&t->packing);
			continue;
		}
		if (errno == ECANCELED)
			break;
		(void)snprintf(text, sizeof(text), "cannot compress: %s/%s: "
		    "%s", t->target->dir, l.own[i].name, strerror(errno));
		fault_set(&t->packing, text);
	}
	release(&l);
}

/* ---- the thread ---- */

/* Wait for work; false: end. */
static bool
wait_for_work(struct tidy *t)
{
	struct timespec	until = mono_timespec(now_mono() + LOOK_NS);
	bool		timed = keeps_free(t), go;

	(void)pthread_mutex_lock(&t->lock);
	while (!t->work && !t->end)
		if (!timed)
			(void)pthread_cond_wait(&t->changed, &t->lock);
		else if (pthread_cond_timedwait(&t->changed, &t->lock,
		    &until) == ETIMEDOUT)
			break;
	t->work = false;
	go = !t->end;
	(void)pthread_mutex_unlock(&t->lock);
	return (go);
}

static void *
run(void *arg)
{
	struct tidy	*t = arg;

	system_be_nice();
	do {
		(void)remove_oldest(t);
		if (t->opt->compress == COMPRESS_ZSTD)
			compress(t);
	} while (wait_for_work(t));
	return (NULL);
}

struct tidy *
tidy_new(const struct options *o, const struct target *target)
{
	struct tidy		*t = calloc(1, sizeof(*t));
	pthread_condattr_t	 attr;

	if (t == NULL) {
		log_error("cannot look after finished files: %s",
		    target->path);
		return (NULL);
	}
	t->opt = o;
	t->target = target;
	(void)pthread_mutex_init(&t->lock, NULL);
	(void)pthread_mutex_init(&t->removing, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&t->changed, &attr);
	(void)pthread_condattr_destroy(&attr);
	return (t);
}

int
tidy_start(struct tidy *t)
{
	sigset_t	all, old;
	int		rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&t->thread, NULL, run, t);
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
	t->started = rc == 0;
	if (rc == 0)
		return (0);
	errno = rc;
	log_error("cannot start the thread for finished files: %s",
	    t->target->path);
	return (-1);
}

void
tidy_wake(struct tidy *t)
{
	(void)pthread_mutex_lock(&t->lock);
	t->work = true;
	(void)pthread_cond_signal(&t->changed);
	(void)pthread_mutex_unlock(&t->lock);
}

bool
tidy_make_room(struct tidy *t)
{
	return (keeps_free(t) && (remove_oldest(t) > 0 || !is_short(t)));
}

void
tidy_free(struct tidy *t)
{
	if (t == NULL)
		return;
	(void)pthread_mutex_lock(&t->lock);
	__atomic_store_n(&t->end, true, __ATOMIC_RELEASE);
	(void)pthread_cond_signal(&t->changed);
	(void)pthread_mutex_unlock(&t->lock);
	if (t->started)
		(void)pthread_join(t->thread, NULL);
	free(t);
}
