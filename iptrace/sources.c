/*
 * One struct frames for each interface of -i, or one for all interfaces.  What
 * a trace says of an interface is found when its first frame comes.
 */
#include "config.h"

#include <net/if.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "capture/capturable.h"
#include "capture/frames.h"
#include "capture/ifabout.h"
#include "sources.h"

/* Interfaces that are opened one by one if none are named. */
#define MOST		64

/* Between attempts to open an interface again; and if reading fails. */
#define RETRY_NS	NS_PER_S

struct source {
	struct sources	*of;
	struct frames_opts opts;
	struct frames	*frames;
	bool		 away;		/* frames_reopen() is needed */
	uint64_t	 retry;		/* now_mono() */
	uint32_t	 number;	/* where its losses are said */
	struct record_losses unsaid;	/* no number yet */
};

/* An interface in the trace. */
struct known {
	uint32_t	 index;
	int		 link;
	int		 number;	/* -1: the format refuses it */
};

struct sources {
	struct source	*source;
	size_t		 n, room;
	struct pollfd	*fds;		/* room + SOURCES_OTHERS */
	char		**names;	/* where `any' is none; or NULL */
	size_t		 nnames;
	struct record	*record;	/* borrowed */
	struct known	*known;
	size_t		 nknown;
	bool		 all;		/* one source for all interfaces */
	uint64_t	 refused;	/* frames, since the last losses */
	sources_sink	*sink;		/* during sources_read() */
	void		*arg;
};

#define NO_NUMBER	UINT32_MAX

/* ---- opening ---- */

/* By our ring if that is possible, else by libpcap. */
static struct frames *
open_frames(struct frames_opts *o, char *err)
{
	struct frames	*f;

	o->ring = true;
	if ((f = frames_open(o, err)) != NULL)
		return (f);
	o->ring = false;
	return (frames_open(o, err));
}

/* The filter for tagged packets needs a link type that has tags. */
static int
open_one(struct source *s, const struct filters *filters, char *err)
{
	s->number = NO_NUMBER;
	if (filters->tagged != NULL) {
		s->opts.filter = filters->tagged;
		if ((s->frames = open_frames(&s->opts, err)) != NULL)
			return (0);
	}
	s->opts.filter = filters->plain;
	s->frames = open_frames(&s->opts, err);
	return (s->frames != NULL ? 0 : -1);
}

/* Add an interface, whose name is borrowed.  0, or -1 with a message in err. */
static int
add_source(struct sources *s, const char *ifname, const struct options *o,
    const struct filters *filters, char *err)
{
	struct source	*one = &s->source[s->n];

	one->of = s;
	one->opts = (struct frames_opts){
		.ifname = ifname, .snaplen = o->snaplen,
		.buffer_mib = o->buffer_mib, .optimize = true,
		.promisc = o->promisc && !s->all, .each = s->all,
		.many = true, .quiet = s->n > 0,
	};
	if (open_one(one, filters, err) == -1)
		return (-1);
	s->n++;
	return (0);
}

/*
 * Where the system has no interface that stands for all: those that there are
 * now and that can be captured.  If there is none, err stays.
 */
static int
open_every(struct sources *s, const struct options *o,
    const struct filters *filters)
{
	char	skipped[FRAMES_ERRLEN];
	size_t	i;

	s->all = false;
	s->names = capturable_list(&s->nnames, skipped);
	for (i = 0; s->names != NULL && i < s->nnames && s->n < s->room; i++)
		(void)add_source(s, s->names[i], o, filters, skipped);
	return (s->n > 0 ? 0 : -1);
}

/* Is it one word, `any' or none, that means all interfaces? */
static bool
is_all(const struct options *o)
{
	return (o->interfaces.n == 0 || (o->interfaces.n == 1 &&
	    strcmp(o->interfaces.word[0], "any") == 0));
}

static int
open_all(struct sources *s, const struct options *o,
    const struct filters *filters)
{
	char	err[FRAMES_ERRLEN];
	size_t	i;

	if (s->all && (add_source(s, "any", o, filters, err) == 0 ||
	    open_every(s, o, filters) == 0))
		return (0);
	for (i = 0; i < o->interfaces.n && !is_all(o); i++)
		if (add_source(s, o->interfaces.word[i], o, filters, err) ==
		    -1)
			break;
	if (s->n > 0 && s->n == o->interfaces.n)
		return (0);
	log_errorx("%s", err);
	return (-1);
}

struct sources *
sources_open(const struct options *o, const struct filters *filters)
{
	struct sources	*s = calloc(1, sizeof(*s));

	if (s != NULL) {
		s->all = options_packets(o) && is_all(o);
		s->room = s->all ? MOST : o->interfaces.n;
		s->source = calloc(s->room + 1, sizeof(*s->source));
		s->fds = calloc(s->room + SOURCES_OTHERS, sizeof(*s->fds));
	}
	if (s == NULL || s->source == NULL || s->fds == NULL) {
		log_error("cannot open the interfaces");
		sources_close(s);
		return (NULL);
	}
	if (options_packets(o) && open_all(s, o, filters) == -1) {
		sources_close(s);
		return (NULL);
	}
	if (s->all && o->promisc)
		log_warnx("-e has no effect on all interfaces: give those "
		    "that shall be promiscuous with -i");
	return (s);
}

void
sources_close(struct sources *s)
{
	size_t	i;

	if (s == NULL)
		return;
	for (i = 0; i < s->n; i++)
		frames_close(s->source[i].frames);
	capturable_free(s->names, s->nnames);
	free(s->source);
	free(s->fds);
	free(s->known);
	free(s);
}

void
sources_names(const struct sources *s, char *buf, size_t len)
{
	size_t	i;

	(void)strlcpy(buf, s->all ? "all interfaces" : "", len);
	for (i = 0; !s->all && i < s->n; i++) {
		(void)strlcat(buf, i > 0 ? ", " : "", len);
		(void)strlcat(buf, s->source[i].opts.ifname, len);
	}
}

const char *
sources_name(const struct sources *s)
{
	return (s->all || s->n > 1 ? "any" : s->source[0].opts.ifname);
}

/* ---- numbers in the trace ---- */

static int
describe(struct source *s, const char *name, uint32_t index, int link)
{
	struct ifabout		about;
	struct record_interface	i = {
		.name = name, .filter = s->opts.filter[0] == '\0' ? NULL :
		    s->opts.filter, .link = record_linktype(link),
		.snaplen = s->opts.snaplen,
	};
	int			number;

	if (index != 0 && ifabout_find(index, &about) != NULL &&
	    strcmp(about.name, name) == 0) {
		i.has_mac = about.has_mac;
		memcpy(i.mac, about.mac, sizeof(i.mac));
		i.speed = about.speed;
	}
	number = record_interface(s->of->record, &i);
	if (number == -1 && errno == EINVAL)
		log_errorx("link type not possible in this format: %s: %s; "
		    "give --format pcapng", name, frames_link_name(s->frames));
	else if (number == -1)
		log_error("cannot describe the interface: %s", name);
	return (number);
}

/* An interface is described once for each of its link types. */
static int
add_known(struct source *s, uint32_t index, int link)
{
	struct sources	*of = s->of;
	struct known	*more;
	char		 name[IF_NAMESIZE] = "";
	int		 number;

	more = reallocarray(of->known, of->nknown + 1, sizeof(*more));
	if (more == NULL)
		return (-1);
	of->known = more;
	if (of->all && (index == 0 || if_indextoname(index, name) == NULL))
		(void)snprintf(name, sizeof(name), index == 0 ? "any" :
		    "if%u", index);
	number = describe(s, of->all ? name : s->opts.ifname, of->all ?
	    index : if_nametoindex(s->opts.ifname), link);
	more[of->nknown++] = (struct known){ index, link, number };
	if (number != -1 && s->number == NO_NUMBER) {
		s->number = (uint32_t)number;
		record_lost(of->record, s->number, &s->unsaid);
	}
	return (number);
}

static int
find(struct source *s, uint32_t index, int link)
{
	const struct known	*k = s->of->known;
	size_t			 i;

	for (i = 0; i < s->of->nknown; i++)
		if (k[i].index == index && k[i].link == link)
			return (k[i].number);
	return (add_known(s, index, link));
}

int
sources_describe(struct sources *s, struct record *record)
{
	size_t	i;

	s->record = record;
	for (i = 0; i < s->n && !s->all; i++)
		/* Ours have numbers above those of any interface. */
		if (find(&s->source[i], UINT32_MAX - (uint32_t)i,
		    frames_link(s->source[i].frames)) == -1)
			return (-1);
	return (0);
}

/* ---- reading ---- */

/* Frames that the format cannot have are lost, and were told of once. */
static void
refuse(struct source *s)
{
	struct record_losses	l = { .writer = 1 };

	s->of->refused++;
	if (s->number == NO_NUMBER)
		s->unsaid.writer++;
	else
		record_lost(s->of->record, s->number, &l);
}

static void
on_frames_of_all(struct source *s, const struct frame *frames, size_t n,
    int link)
{
	uint32_t	numbers[FRAMES_MANY];
	size_t		i, begin = 0;
	int		number = -1;

	for (i = 0; i < n; i++) {
		if (i == 0 || frames[i].interface != frames[i - 1].interface)
			number = find(s, frames[i].interface, link);
		if (number != -1) {
			numbers[i] = (uint32_t)number;
			continue;
		}
		if (i > begin)
			s->of->sink(s->of->arg, frames + begin,
			    numbers + begin, i - begin, link);
		refuse(s);
		begin = i + 1;
	}
	if (n > begin)
		s->of->sink(s->of->arg, frames + begin, numbers + begin,
		    n - begin, link);
}

static void
on_frames(void *arg, const struct frame *frames, size_t n)
{
	struct source	*s = arg;
	uint32_t	 numbers[FRAMES_MANY];
	int		 link = frames_link(s->frames);
	size_t		 i;

	if (s->of->all) {
		on_frames_of_all(s, frames, n, link);
		return;
	}
	for (i = 0; i < n; i++)
		numbers[i] = s->number;
	s->of->sink(s->of->arg, frames, numbers, n, link);
}

static void
reopen(struct source *s)
{
	char	err[FRAMES_ERRLEN];
	int	number;

	if (now_mono() < s->retry)
		return;
	s->retry = now_mono() + RETRY_NS;
	if (frames_reopen(s->frames, err) == -1)
		return;
	s->away = false;
	log_notice("interface is back: %s: recording goes on",
	    s->opts.ifname);
	if (s->of->all)
		return;
	number = find(s, UINT32_MAX - (uint32_t)(s - s->of->source),
	    frames_link(s->frames));
	if (number != -1)
		s->number = (uint32_t)number;
}

/* The kernel has dropped joined frames for which a ring has no words. */
static void
succeed(struct source *s)
{
	char		err[FRAMES_ERRLEN];
	uint64_t	gap_ns;

	if (frames_succeed(s->frames, NULL, NULL, &gap_ns, err) == 0) {
		log_notice("joined frames that cannot be described: %s: from "
		    "now on recorded without their number of packets",
		    s->opts.ifname);
		return;
	}
	log_errorx("%s", err);
	s->away = true;
}

static bool
read_one(struct source *s)
{
	if (s->away)
		reopen(s);
	if (s->away)
		return (false);
	if (frames_refuses(s->frames))
		succeed(s);
	if (s->away)
		return (false);
	switch (frames_next(s->frames, on_frames, s)) {
	case FRAMES_MORE:
		return (true);
	case FRAMES_FAILED:
		log_warnx("interface is gone: %s: %s; waiting until it is "
		    "back", s->opts.ifname, frames_error(s->frames));
		s->away = true;
		s->retry = now_mono() + RETRY_NS / 4;
		return (false);
	default:
		return (false);
	}
}

bool
sources_read(struct sources *s, sources_sink *sink, void *arg)
{
	bool	more = false;
	size_t	i;

	s->sink = sink;
	s->arg = arg;
	for (i = 0; i < s->n; i++)
		more |= read_one(&s->source[i]);
	return (more);
}

void
sources_wait(struct sources *s, const int *fds, size_t n, int ms)
{
	size_t	i;
	int	wait;

	for (i = 0; i < s->n; i++) {
		s->fds[i] = (struct pollfd){ .fd = s->source[i].away ? -1 :
		    frames_fd(s->source[i].frames), .events = POLLIN };
		wait = s->source[i].away ? 250 :
		    frames_wait(s->source[i].frames);
		if (wait != -1 && wait < ms)
			ms = wait;
	}
	for (i = 0; i < n; i++)
		s->fds[s->n + i] = (struct pollfd){ .fd = fds[i],
		    .events = POLLIN };
	(void)poll(s->fds, (nfds_t)(s->n + n), ms);
}

int
sources_latency(const struct sources *s)
{
	size_t	i;
	int	most = 0;

	for (i = 0; i < s->n; i++)
		if (!s->source[i].away &&
		    frames_latency(s->source[i].frames) > most)
			most = frames_latency(s->source[i].frames);
	return (most);
}

/* ---- losses ---- */

static void
add(struct record_losses *to, const struct record_losses *l)
{
	to->kernel += l->kernel;
	to->iface += l->iface;
	to->writer += l->writer;
}

void
sources_losses(struct sources *s, bool by_writer, struct record_losses *sum)
{
	struct frames_losses	 f;
	struct record_losses	 l;
	struct source		*one;
	size_t			 i;

	sum->writer += s->refused;
	s->refused = 0;
	for (i = 0; i < s->n; i++) {
		one = &s->source[i];
		frames_losses(one->frames, &f);
		l = (struct record_losses){ .iface = f.iface,
		    .kernel = by_writer ? 0 : f.kernel,
		    .writer = by_writer ? f.kernel : 0 };
		add(sum, &l);
		if (one->number == NO_NUMBER)
			add(&one->unsaid, &l);
		else
			record_lost(s->record, one->number, &l);
	}
}
