/*
 * Answers of the process that reads the history, kept for a few accounts and
 * hosts.  They change when a save is fed to the history: an old answer is
 * shown until the new one is there.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/printable.h"
#include "live.h"
#include "past.h"
#include "trafstatd.h"

#define PLACES		64
#define GOOD_MS		10000	/* how long an answer is good */

enum progress { IDLE, WANTED, ASKED };

struct place {
	struct past_question	q;
	enum progress		progress;
	uint64_t		used_ms;	/* 0: free */
	uint64_t		answered_ms;
	struct past		past;
};

struct pasts {
	int		 fd;		/* -1: the process has ended */
	const char	*statedir;	/* borrowed */
	struct place	 place[PLACES];
	struct past	 elsewhere;
};

/* ---- the process ---- */

static void
serve(int fd, const void *arg)
{
	const struct options	*opt = arg;
	static struct past	 past;
	struct past_question	 q;

	if (privs_become(opt->user) == -1 ||
	    cage_enter_history(opt->state_dir) == -1)
		return;
	while (recv(fd, &q, sizeof(q), 0) == (ssize_t)sizeof(q)) {
		memset(&past, 0, sizeof(past));
		q.ext[sizeof(q.ext) - 1] = '\0';
		past_answer(opt->state_dir, &q, &past);
		if (send(fd, &past, sizeof(past), 0) !=
		    (ssize_t)sizeof(past))
			return;
	}
}

struct pasts *
pasts_new(const struct options *opt)
{
	struct pasts	*all;

	if ((all = calloc(1, sizeof(*all))) == NULL)
		return (NULL);
	all->statedir = opt->state_dir;
	if ((all->fd = child_start(serve, opt)) == -1) {
		free(all);
		return (NULL);
	}
	return (all);
}

void
pasts_free(struct pasts *all)
{
	if (all == NULL)
		return;
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
	memset(oldest, 0, sizeof(*oldest));
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

const struct past *
past_look(struct pasts *all, const char *ext, const struct control_stat *s,
    const struct names_host *host)
{
	struct past_question	 q;
	struct place		*p;
	const struct past	*other;
	uint64_t		 now = live_now_ms();

	if ((other = is_elsewhere(all, s)) != NULL)
		return (other);
	memset(&q, 0, sizeof(q));
	(void)strlcpy(q.ext, ext, sizeof(q.ext));
	if (host != NULL)
		q.host = *host;
	p = find_or_take(all, &q);
	p->used_ms = now;
	if (p->progress == IDLE && (p->answered_ms == 0 ||
	    now - p->answered_ms >= GOOD_MS))
		p->progress = WANTED;
	past_run(all);
	return (&p->past);
}

bool
past_includes(const struct past *p, uint64_t period_ns, uint64_t begin_ns,
    uint64_t now_ns)
{
	/* As a block: it belongs to the period that its middle is in. */
	return (p->end_ns <= begin_ns && now_ns >= begin_ns &&
	    begin_ns + (now_ns - begin_ns) / 2 >= period_ns);
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

static void
ask(struct pasts *all, struct place *p)
{
	ssize_t	n = send(all->fd, &p->q, sizeof(p->q), 0);

	if (n == (ssize_t)sizeof(p->q))
		p->progress = ASKED;
	else if (errno != EAGAIN && errno != EINTR && errno != ENOBUFS)
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
