/*
 * Percentiles of 5-minute rates, as used for billing.  A sample consists of
 * consecutive blocks whose total is as near as possible to five minutes; a
 * block is never split, so a longer one is a sample of its own.  Samples are
 * weighted by their duration.  The percentile is the smallest rate that is not
 * exceeded during that share of the accounted time.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tally_impl.h"

#define SAMPLE_NS	(300 * NS_PER_S)

struct sampling {
	size_t		*sample_of;	/* by block */
	uint64_t	*duration_ns;	/* by sample */
};

/* A block; sorted by period and time to form samples. */
struct place {
	const struct period	*period;
	uint64_t		 begin_ns;
	uint64_t		 duration_ns;
	size_t			 block;
};

static int
compare_places(const void *a, const void *b)
{
	const struct place	*x = a, *y = b;

	if (x->period != y->period)
		return ((uintptr_t)x->period < (uintptr_t)y->period ? -1 : 1);
	if (x->begin_ns != y->begin_ns)
		return (x->begin_ns < y->begin_ns ? -1 : 1);
	return (x->block < y->block ? -1 : x->block > y->block);
}

static uint64_t
distance(uint64_t a, uint64_t b)
{
	return (a < b ? b - a : a - b);
}

/* Does adding the block bring a sample of that length nearer to 5 minutes? */
static bool
belongs(const struct place *before, const struct place *p, uint64_t lasts)
{
	uint64_t	end = before->begin_ns + before->duration_ns;

	return (before->period == p->period &&
	    p->begin_ns <= end + SAMPLE_NS &&
	    distance(lasts + p->duration_ns, SAMPLE_NS) <
	    distance(lasts, SAMPLE_NS));
}

static void
make_samples(struct sampling *s, struct place *places, size_t n)
{
	size_t	i, sample = 0;

	qsort(places, n, sizeof(*places), compare_places);
	for (i = 0; i < n; i++) {
		if (i > 0 && !belongs(&places[i - 1], &places[i],
		    s->duration_ns[sample]))
			sample++;
		s->sample_of[places[i].block] = sample;
		s->duration_ns[sample] += places[i].duration_ns;
	}
}

struct sampling *
sampling_new(const struct tally *t, struct period *const *of_block)
{
	struct sampling	*s = calloc(1, sizeof(*s));
	struct place	*places = calloc(t->nblocks + 1, sizeof(*places));
	size_t		 i;

	if (s != NULL) {
		s->sample_of = calloc(t->nblocks + 1, sizeof(*s->sample_of));
		s->duration_ns = calloc(t->nblocks + 1,
		    sizeof(*s->duration_ns));
	}
	if (s == NULL || places == NULL || s->sample_of == NULL ||
	    s->duration_ns == NULL) {
		sampling_free(s);
		free(places);
		errno = ENOMEM;
		return (NULL);
	}
	for (i = 0; i < t->nblocks; i++) {
		places[i].period = of_block == NULL ? NULL : of_block[i];
		places[i].begin_ns = t->spans[i].begin_ns;
		places[i].duration_ns = t->spans[i].duration_ns;
		places[i].block = i;
	}
	make_samples(s, places, t->nblocks);
	free(places);
	return (s);
}

void
sampling_free(struct sampling *s)
{
	if (s == NULL)
		return;
	free(s->sample_of);
	free(s->duration_ns);
	free(s);
}

/* The traffic of a group in one sample; rate is of the value examined now. */
struct load {
	size_t		sample;
	uint64_t	octets;
	uint64_t	in;
	uint64_t	out;
	uint64_t	duration_ns;
	uint64_t	rate;
};

static int
compare_samples(const void *a, const void *b)
{
	const struct load	*x = a, *y = b;

	return (x->sample < y->sample ? -1 : x->sample > y->sample);
}

/* The largest rate first. */
static int
compare_rates(const void *a, const void *b)
{
	const struct load	*x = a, *y = b;

	return (x->rate > y->rate ? -1 : x->rate < y->rate);
}

/* Merge the loads of each sample: blocks may have come in any order. */
static size_t
merge_loads(struct load *l, size_t n)
{
	size_t	i, last = 0;

	qsort(l, n, sizeof(*l), compare_samples);
	for (i = 1; i < n; i++)
		if (l[i].sample == l[last].sample) {
			l[last].octets += l[i].octets;
			l[last].in += l[i].in;
			l[last].out += l[i].out;
		} else
			l[++last] = l[i];
	return (n == 0 ? 0 : last + 1);
}

/*
 * Go down from the largest rate until the time above exceeds what the
 * percentile leaves out; time without a load has rate 0.  Durations are
 * rounded down to 1000 ns, so that with samples of equal length the result is
 * the same as by counting samples.
 */
static uint64_t
pick(struct load *l, size_t n, uint64_t duration_ns, unsigned int permille)
{
	uint64_t	above = duration_ns / 1000 * (1000 - permille);
	uint64_t	time = 0;
	size_t		i;

	if (duration_ns == 0)
		return (RESULT_UNKNOWN);
	qsort(l, n, sizeof(*l), compare_rates);
	for (i = 0; i < n; i++) {
		time += l[i].duration_ns / 1000 * 1000;
		if (time > above)
			return (l[i].rate);
	}
	return (0);
}

static size_t
make_loads(const struct sampling *s, const struct samples *from,
    struct load *l)
{
	size_t	i, n;

	for (i = 0; i < from->n; i++) {
		l[i].sample = s->sample_of[from->list[i].block];
		l[i].octets = from->list[i].octets;
		l[i].in = from->list[i].in;
		l[i].out = from->list[i].out;
	}
	n = merge_loads(l, from->n);
	for (i = 0; i < n; i++)
		l[i].duration_ns = s->duration_ns[l[i].sample];
	return (n);
}

int
sampling_percentile(const struct sampling *s, const struct group *g,
    const struct period *period, unsigned int permille, struct percentile *p)
{
	struct load	*l = calloc(g->samples.n + 1, sizeof(*l));
	size_t		 n, i;

	if (l == NULL)
		return (-1);
	n = make_loads(s, &g->samples, l);
	for (i = 0; i < n; i++)
		l[i].rate = tally_rate(l[i].octets, l[i].duration_ns);
	p->rate = pick(l, n, period->duration_ns, permille);
	for (i = 0; i < n; i++)
		l[i].rate = tally_rate(l[i].in, l[i].duration_ns);
	p->in = pick(l, n, period->duration_ns, permille);
	for (i = 0; i < n; i++)
		l[i].rate = tally_rate(l[i].out, l[i].duration_ns);
	p->out = pick(l, n, period->duration_ns, permille);
	free(l);
	return (0);
}
