/*
 * Progress of long work, shown on a terminal, and its interruption.  Owns the
 * handler of SIGINT, which only sets a flag.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "traflog.h"

#define PATIENCE	NS_PER_S	/* before the first display */
#define EVERY		(NS_PER_S / 4)	/* between two of them */

struct progress {
	off_t		size;		/* octets to read */
	uint64_t	begin_ns;	/* of the work, monotonic */
	uint64_t	next_ns;	/* of the next display */
	bool		wanted;		/* standard error is a terminal */
	bool		shown;		/* a line is to be erased */
	struct sigaction before;	/* of SIGINT */
};

static volatile sig_atomic_t	interrupted;

static void
on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

struct progress *
progress_new(off_t size)
{
	struct progress		*p;
	struct sigaction	 sa;

	if ((p = calloc(1, sizeof(*p))) == NULL)
		return (NULL);
	p->size = size;
	p->wanted = isatty(STDERR_FILENO) == 1;
	p->begin_ns = now_mono();
	p->next_ns = p->begin_ns + PATIENCE;
	/* A second SIGINT ends the program at once, in case it hangs. */
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_interrupt;
	sa.sa_flags = (int)SA_RESETHAND | SA_RESTART;
	sigemptyset(&sa.sa_mask);
	(void)sigaction(SIGINT, NULL, &p->before);
	if (p->before.sa_handler != SIG_IGN)
		(void)sigaction(SIGINT, &sa, NULL);
	return (p);
}

static void
show(struct progress *p, off_t done, uint64_t now)
{
	double		seconds =
	    (double)(now - p->begin_ns) / (double)NS_PER_S;
	double		rate = (double)done / seconds;
	char		all[AMOUNT_LEN], speed[AMOUNT_LEN], line[160];
	int		n;

	amount_short((uint64_t)p->size, 1000, "B", all);
	amount_short((uint64_t)rate, 1000, "B", speed);
	n = snprintf(line, sizeof(line), "\r%3.0f%% of %s read, %s/s, "
	    "%.0f s left\033[K", 100.0 * (double)done / (double)p->size, all,
	    speed, rate > 0 ? (double)(p->size - done) / rate : 0.0);
	p->shown = write(STDERR_FILENO, line, (size_t)n) == n;
}

bool
progress_step(struct progress *p, off_t done)
{
	uint64_t	now;

	if (interrupted)
		return (false);
	if (!p->wanted || p->size <= 0)
		return (true);
	now = now_mono();
	if (now >= p->next_ns) {
		show(p, done, now);
		p->next_ns = now + EVERY;
	}
	return (true);
}

void
progress_free(struct progress *p)
{
	static const char	wipe[] = "\r\033[K";

	if (p == NULL)
		return;
	if (p->shown && write(STDERR_FILENO, wipe, sizeof(wipe) - 1) == -1)
		p->shown = false;	/* the terminal is gone: ignore it */
	(void)sigaction(SIGINT, &p->before, NULL);
	free(p);
}
