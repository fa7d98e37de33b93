/*
 * Answers of the process that reads the history, kept for a few accounts and
 * hosts.  An old answer is shown until the new one is there.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/printable.h"
#include "control/unsaved.h"
#include "live.h"
#include "past.h"
#include "trafstatd.h"

#define PLACES		64

/* How long an answer is good: the more work it was, the longer. */
#define GOOD_LEAST_MS	1000
#define GOOD_MS		10000
#define GOOD_MOST_MS	600000
#define WORK		50	/* times what it took, until GOOD_MS */
#define WORK_LONG	5	/* ... and from there on */

/* How long to wait for the table of a daemon that does not give it. */
#define TABLE_MS	60000

enum progress { IDLE, WANTED, ASKED };

struct place {
	struct past_question	q;
	enum progress		progress;
	uint64_t		used_ms;	/* 0: free */
	uint64_t		answered_ms;
	uint64_t		begin_ns;	/* CONTROL_BEGIN when wanted */
	int			fd;		/* the table, or -1 */
	struct past		past;
};

struct pasts {
	int		 fd;		/* -1: the process has ended */
	const char	*statedir;	/* borrowed */
	struct place	 place[PLACES];
	struct past	 elsewhere;
};

/* ---- the process ---- */

/* A message and at most one descriptor. */
union passed {
	struct cmsghdr	align;
	char		octets[CMSG_SPACE(sizeof(int))];
};

/* False if the other end is closed.  *fd: the table, or -1. */
static bool
receive(int from, struct past_question *q, int *fd)
{
	union passed		 u;
	struct iovec		 iov = { q, sizeof(*q) };
	struct msghdr		 m = { .msg_iov = &iov, .msg_iovlen = 1,
				    .msg_control = u.octets,
				    .msg_controllen = sizeof(u.octets) };
	const struct cmsghdr	*c;

	*fd = -1;
	if (recvmsg(from, &m, 0) != (ssize_t)sizeof(*q))
		return (false);
	if ((c = CMSG_FIRSTHDR(&m)) != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS &&
	    c->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(c), sizeof(*fd));
	q->ext[sizeof(q->ext) - 1] = '\0';
	return (true);
}

static uint64_t
good_for(uint64_t took_ms)
{
	uint64_t	good = WORK * took_ms;

	if (good > GOOD_MS)
		good = WORK_LONG * took_ms > GOOD_MS ? WORK_LONG * took_ms :
		    GOOD_MS;
	return (good > GOOD_LEAST_MS ? good : GOOD_LEAST_MS);
}

static void
answer(const char *state_dir, const struct past_question *q, int fd,
    struct past *past)
{
	uint64_t	begin = live_now_ms();
	struct unsaved	unsaved;

	memset(past, 0, sizeof(*past));
	(void)unsaved_of_fd(&unsaved, fd);
	past_answer(state_dir, q, &unsaved, past);
	unsaved_close(&unsaved);
	past->good_ms = good_for(live_now_ms() - begin);
}

static void
serve(int from, const void *arg)
{
	const struct options	*opt = arg;
	static struct past	 past;
	struct past_question	 q;
	int			 fd;

	if (privs_become(opt->user) == -1 ||
	    cage_enter_history(opt->state_dir) == -1)
		return;
	while (receive(from, &q, &fd)) {
		answer(opt->state_dir, &q, fd, &past);
		if (send(from, &past, sizeof(past), 0) !=
		    (ssize_t)sizeof(past))
			return;
	}
}

struct pasts *
pasts_new(const struct options *opt)
{
	struct pasts	*all;
	size_t		 i;

	if ((all = calloc(1, sizeof(*all))) == NULL)
		return (NULL);
	all->statedir = opt->state_dir;
	for (i = 0; i < PLACES; i++)
		all->place[i].fd = -1;
	if ((all->fd = child_start(serve, opt)) == -1) {
		free(all);
		return (NULL);
	}
	return (all);
}

static void
drop_table(struct place *p)
{
	if (p->fd != -1)
		(void)close(p->fd);
	p->fd = -1;
}

void
pasts_free(struct pasts *all)
{
	size_t	i;

	if (all == NULL)
		return;
	for (i = 0; i < PLACES; i++)
		drop_table(&all->place[i]);
	if (all->fd != -1)
		(void)close(all->fd);
	free(all);
}

/* ---- places ---- */

static bool
is_same(const struct past_question *a, const struct past_question *b)
{
	return (strcmp(a->ext, b->ext) == 0 &&
	    memcmp(&a->host, &b->host, sizeof(a->host)) == 0);
}

static struct place *
find_or_take(struct pasts *all, const struct past_question *q)
{
	struct place	*p, *oldest = all->place;

	for (p = all->place; p < all->place + PLACES; p++) {
		if (p->used_ms != 0 && is_same(&p->q, q))
			return (p);
		/* The answer that is on its way needs its place. */
		if (p->progress != ASKED &&
		    (oldest->progress == ASKED ||
		    p->used_ms < oldest->used_ms))
			oldest = p;
	}
	drop_table(oldest);
	memset(oldest, 0, sizeof(*oldest));
	oldest->fd = -1;
	oldest->q = *q;
	return (oldest);
}

/*
 * The process may read one state directory only.  Is the daemon's save file
 * in another one?
 */
static const struct past *
is_elsewhere(struct pasts *all, const struct control_stat *s)
{
	const char	*file = s->text[CONTROL_TEXT_SAVE_FILE];
	const char	*name = strrchr(file, '/');
	char		 here[CONTROL_TEXT_LEN];
	size_t		 n = name != NULL ? (size_t)(name - file) : 0;

	(void)strlcpy(here, all->statedir, sizeof(here));
	while (strlen(here) > 1 && here[strlen(here) - 1] == '/')
		here[strlen(here) - 1] = '\0';
	if (file[0] != '/' || n == 0 || here[0] != '/' ||
	    (strlen(here) == n && strncmp(here, file, n) == 0))
		return (NULL);
	all->elsewhere.state = PAST_MISSING;
	(void)snprintf(all->elsewhere.why, sizeof(all->elsewhere.why),
	    "No history: the account is in %.*s; start trafstatd with "
	    "--state-dir of that directory.", (int)(n < 120 ? n : 120), file);
	return (&all->elsewhere);
}

/*
 * The daemon's table as it was a moment ago: a save starts a new one.  Returns
 * a descriptor that the caller closes, or -1.
 */
static int
table_of(struct live *l, struct live_instance *in)
{
	uint64_t	begin = live_now_ms();

	if (in->table_ms == 0 || in->table_begin != in->stat.v[CONTROL_BEGIN] ||
	    begin - in->table_ms >= in->table_wait) {
		live_drop_table(in);
		if (!live_ask_file(l, in, &in->table_fd))
			in->table_fd = -1;
		in->table_ms = live_now_ms();
		in->table_begin = in->stat.v[CONTROL_BEGIN];
		in->table_wait = live_wait(in, in->table_ms - begin);
	}
	return (in->table_fd == -1 ? -1 :
	    fcntl(in->table_fd, F_DUPFD_CLOEXEC, 0));
}

static bool
is_due(const struct place *p, uint64_t now, uint64_t begin_ns)
{
	return (p->progress == IDLE && (p->answered_ms == 0 ||
	    p->begin_ns != begin_ns ||
	    now - p->answered_ms >= p->past.good_ms));
}

/*
 * Without the table, sums would fall by what is not saved, for a daemon that
 * is ending or has no time to answer: the last answer is nearer to the truth.
 */
static bool
waits_for_table(const struct place *p, uint64_t now)
{
	return (p->past.state == PAST_THERE && p->past.month.unsaved &&
	    now - p->answered_ms < TABLE_MS);
}

/* Put a new question, with the daemon's table. */
static void
want(struct place *p, struct live *l, struct live_instance *in, uint64_t now)
{
	p->fd = table_of(l, in);
	if (p->fd == -1 && waits_for_table(p, now))
		return;
	p->begin_ns = in->stat.v[CONTROL_BEGIN];
	p->progress = WANTED;
}

const struct past *
past_look(struct pasts *all, struct live *l, struct live_instance *in,
    const struct names_host *host)
{
	struct past_question	 q;
	struct place		*p;
	const struct past	*other;
	uint64_t		 now = live_now_ms();

	if ((other = is_elsewhere(all, &in->stat)) != NULL)
		return (other);
	memset(&q, 0, sizeof(q));
	(void)strlcpy(q.ext, in->ext, sizeof(q.ext));
	if (host != NULL)
		q.host = *host;
	p = find_or_take(all, &q);
	p->used_ms = now;
	if (all->fd != -1 && is_due(p, now, in->stat.v[CONTROL_BEGIN]))
		want(p, l, in, now);
	past_run(all);
	return (&p->past);
}

/* ---- messages ---- */

static void
end(struct pasts *all)
{
	static const char	why[] = "No history: the process that reads "
	    "it has ended; restart trafstatd.";
	struct place		*p;

	(void)close(all->fd);
	all->fd = -1;
	for (p = all->place; p < all->place + PLACES; p++) {
		drop_table(p);
		p->progress = IDLE;
		p->past.state = PAST_MISSING;
		(void)strlcpy(p->past.why, why, sizeof(p->past.why));
	}
}

/*
 * The answer comes from a process that reads files: texts end and are
 * printable, numbers are within their lists.
 */
static void
clean(struct past *p)
{
	size_t	i;

	if (p->state != PAST_THERE)
		p->state = PAST_MISSING;
	if (p->good_ms < GOOD_LEAST_MS || p->good_ms > GOOD_MOST_MS)
		p->good_ms = GOOD_MOST_MS;
	p->why[sizeof(p->why) - 1] = '\0';
	(void)printable(p->why);
	if (p->nbudgets > PAST_BUDGETS)
		p->nbudgets = PAST_BUDGETS;
	for (i = 0; i < p->nbudgets; i++) {
		p->budgets[i].name[sizeof(p->budgets[i].name) - 1] = '\0';
		p->budgets[i].what[sizeof(p->budgets[i].what) - 1] = '\0';
		(void)printable(p->budgets[i].name);
		(void)printable(p->budgets[i].what);
	}
}

static struct place *
in_progress(struct pasts *all, enum progress progress)
{
	struct place	*p, *last = NULL;

	for (p = all->place; p < all->place + PLACES; p++)
		if (p->progress == progress &&
		    (last == NULL || p->used_ms > last->used_ms))
			last = p;
	return (last);
}

static void
take_answer(struct pasts *all, struct place *p)
{
	static struct past	past;
	ssize_t			n = recv(all->fd, &past, sizeof(past), 0);

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n != (ssize_t)sizeof(past)) {
		end(all);
		return;
	}
	clean(&past);
	p->past = past;
	p->answered_ms = live_now_ms();
	p->progress = IDLE;
}

static ssize_t
send_question(int to, struct place *p)
{
	union passed	 u;
	struct iovec	 iov = { &p->q, sizeof(p->q) };
	struct msghdr	 m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr	*c;

	if (p->fd != -1) {
		memset(&u, 0, sizeof(u));
		m.msg_control = u.octets;
		m.msg_controllen = sizeof(u.octets);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(p->fd));
		memcpy(CMSG_DATA(c), &p->fd, sizeof(p->fd));
	}
	return (sendmsg(to, &m, 0));
}

static void
ask(struct pasts *all, struct place *p)
{
	ssize_t	n = send_question(all->fd, p);

	if (n == (ssize_t)sizeof(p->q)) {
		drop_table(p);
		p->progress = ASKED;
	} else if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
		end(all);
}

void
past_run(struct pasts *all)
{
	struct place	*p;

	if (all->fd != -1 && (p = in_progress(all, ASKED)) != NULL)
		take_answer(all, p);
	if (all->fd != -1 && in_progress(all, ASKED) == NULL &&
	    (p = in_progress(all, WANTED)) != NULL)
		ask(all, p);
}
