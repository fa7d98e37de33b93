/*
 * Packets to a new trace, with all that the traces tell of them and of their
 * interfaces.  Interfaces of several traces that are described alike are one.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "capture/capfile_describe.h"
#include "saver.h"

#define BATCH		64
#define COMMENTS	4	/* most of a packet */
#define NONE		UINT32_MAX
#define LINK_ETHERNET	1

/* An interface of the new trace; strings are allocated. */
struct known {
	struct record_interface	about;
	char			*name, *filter;
};

struct saver {
	const char	*path;
	int		 fd;
	bool		 begun;
	struct record	*record;
	struct known	*known;
	uint32_t	 nknown;
	uint64_t	 begin_ns, end_ns; /* of the packets */
	uint32_t	 last;		/* of the last packet, or NONE */
	size_t		 n;		/* packets held back */
	struct frame	 frames[BATCH];
	uint32_t	 numbers[BATCH];
	struct record_note notes[BATCH][COMMENTS];
	struct record_note first[BATCH];
};

static int
fail(const struct saver *s)
{
	log_error("cannot write packets: %s", s->path);
	return (-1);
}

/* ---- the file ---- */

/* Which of the inputs is the file?  Or -1. */
static int
find_input(const struct stat *st, const char *const *inputs, int n)
{
	struct stat	other;
	int		i;

	for (i = 0; i < n; i++)
		if ((strcmp(inputs[i], "-") == 0 ?
		    fstat(STDIN_FILENO, &other) : stat(inputs[i], &other)) ==
		    0 && other.st_ino == st->st_ino &&
		    other.st_dev == st->st_dev)
			return (i);
	return (-1);
}

int
saver_file(const char *path, mode_t mode, const char *what,
    const char *const *inputs, int n)
{
	struct stat	st;
	int		fd, i;

	fd = strcmp(path, "-") == 0 ? STDOUT_FILENO :
	    open(path, O_RDWR | O_CREAT | O_NOCTTY | O_CLOEXEC, mode);
	if (fd == -1 || fstat(fd, &st) == -1) {
		log_error("cannot write %s: %s", what, path);
		return (-1);
	}
	if (!S_ISREG(st.st_mode))
		return (fd);
	if ((i = find_input(&st, inputs, n)) != -1) {
		log_errorx("cannot write %s: %s: it is an input (name another "
		    "file)", what, fd == STDOUT_FILENO ? inputs[i] : path);
		return (-1);
	}
	return (fd);
}

struct saver *
saver_open(const char *path, enum record_format format,
    const char *const *inputs, int n)
{
	struct saver	*s;
	struct stat	 st;

	if ((s = calloc(1, sizeof(*s))) == NULL || (s->record =
	    record_new(format, "ipreport " PACKAGE_VERSION)) == NULL) {
		log_error("cannot write packets: %s", path);
		free(s);
		return (NULL);
	}
	s->path = path;
	s->last = NONE;
	if ((s->fd = saver_file(path, 0666, "packets", inputs, n)) == -1) {
		record_free(s->record);
		free(s);
		return (NULL);
	}
	if (s->fd == STDOUT_FILENO || fstat(s->fd, &st) == -1 ||
	    !S_ISREG(st.st_mode))
		record_to_stream(s->record);
	return (s);
}

/* ---- interfaces ---- */

static bool
is_same_text(const char *a, const char *b)
{
	return (a == NULL || b == NULL ? a == b : strcmp(a, b) == 0);
}

static bool
is_same(const struct record_interface *a, const struct record_interface *b)
{
	return (a->link == b->link && a->snaplen == b->snaplen &&
	    a->has_mac == b->has_mac && a->speed == b->speed &&
	    memcmp(a->mac, b->mac, sizeof(a->mac)) == 0 &&
	    is_same_text(a->name, b->name) &&
	    is_same_text(a->filter, b->filter));
}

/* Describe one more.  Returns its number, or NONE after a message. */
static uint32_t
add_interface(struct saver *s, const struct record_interface *i)
{
	struct known	*more;
	int		 number;

	if ((number = record_interface(s->record, i)) == -1) {
		if (errno == EINVAL)
			log_errorx("cannot write packets: %s: the format "
			    "cannot have packets of link type %d%s (use "
			    "--format pcapng)", s->path, i->link,
			    s->nknown > 0 ? " too" : "");
		else
			(void)fail(s);
		return (NONE);
	}
	more = realloc(s->known, (s->nknown + 1) * sizeof(*more));
	if (more == NULL) {
		(void)fail(s);
		return (NONE);
	}
	s->known = more;
	more += s->nknown;
	more->about = *i;
	more->about.name = more->name = strdup(i->name);
	more->filter = i->filter == NULL ? NULL : strdup(i->filter);
	more->about.filter = more->filter;
	s->nknown++;
	return ((uint32_t)number);
}

/* The interface of a frame in the new trace, or NONE after a message. */
static uint32_t
find_interface(struct saver *s, const struct capfile *c,
    const struct frame *f)
{
	struct record_interface	about;
	uint32_t		i;

	capfile_interface(c, f, &about);
	if (s->last != NONE && is_same(&s->known[s->last].about, &about))
		return (s->last);
	for (i = 0; i < s->nknown; i++)
		if (is_same(&s->known[i].about, &about))
			return (i);
	return (add_interface(s, &about));
}

/* ---- packets ---- */

/* Does the text begin with "N segments of "? */
static bool
tells_segments(const char *text, const char *end)
{
	static const char	words[] = " segments of ";
	const char		*at = text;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return (at > text && (size_t)(end - at) >= sizeof(words) - 1 &&
	    memcmp(at, words, sizeof(words) - 1) == 0);
}

/* Of joined packets their number is written again: it comes first. */
static void
drop_segments(struct record_note *n)
{
	const char	*end = n->comment + n->comment_len, *rest;

	if (!tells_segments(n->comment, end))
		return;
	rest = memchr(n->comment, ';', n->comment_len);
	for (rest = rest == NULL ? end : rest + 1;
	    rest < end && *rest == ' '; rest++)
		continue;
	n->comment = rest;
	n->comment_len = (size_t)(end - rest);
}

/* Note all comments of the packet that is added. */
static void
note_comments(struct saver *s, const struct capfile *c,
    const struct frame *f)
{
	struct record_note	*to = s->notes[s->n];
	size_t			 i, n = 0;

	memset(to, 0, sizeof(s->notes[s->n]));
	for (i = 0; i < COMMENTS && capfile_comment(c, f, i, &to[n]); i++) {
		if (f->gso_size != 0)
			drop_segments(&to[n]);
		if (to[n].comment_len == 0)
			to[n].comment = NULL;
		if (n > 0 && to[n].comment == NULL)
			continue;
		if (n > 0)
			to[n - 1].next = &to[n];
		n++;
	}
}

int
saver_put(struct saver *s, const struct capfile *c, const struct frame *frame,
    const struct capfile_about *about)
{
	struct frame	*f = &s->frames[s->n];

	*f = *frame;
	f->direction = about->direction;
	f->sums = about->sums;
	if ((s->last = find_interface(s, c, f)) == NONE)
		return (-1);
	s->numbers[s->n] = s->last;
	if (s->end_ns == 0 || f->time_ns < s->begin_ns)
		s->begin_ns = f->time_ns;
	if (f->time_ns > s->end_ns)
		s->end_ns = f->time_ns;
	note_comments(s, c, f);
	s->first[s->n] = s->notes[s->n][0];
	return (++s->n == BATCH ? saver_flush(s) : 0);
}

/* A format that has one link type needs to know it before. */
static int
begin(struct saver *s)
{
	static const struct record_interface ethernet = {
		.name = "", .link = LINK_ETHERNET
	};

	if (s->begun)
		return (0);
	if (s->nknown == 0 && add_interface(s, &ethernet) == NONE)
		return (-1);
	s->begun = true;
	return (record_begin(s->record, s->fd) == 0 ? 0 : fail(s));
}

int
saver_flush(struct saver *s)
{
	size_t	n = s->n;

	s->n = 0;
	if (n == 0)
		return (0);
	if (begin(s) == -1)
		return (-1);
	return (record_write(s->record, s->frames, s->numbers, s->first, n) ==
	    n ? 0 : fail(s));
}

void
saver_losses(struct saver *s, const struct capfile_losses *l)
{
	struct record_losses	lost = { .kernel = l->kernel,
	    .iface = l->iface, .writer = l->writer };

	if (s->last != NONE)
		record_lost(s->record, s->last, &lost);
	s->last = NONE;
}

int
saver_end(struct saver *s)
{
	uint32_t	i;
	int		rc;

	if (s == NULL)
		return (0);
	rc = saver_flush(s);
	if (rc == 0)
		rc = begin(s);
	if (s->begun && s->end_ns != 0)
		record_times(s->record, s->begin_ns, s->end_ns);
	if (s->begun && record_end(s->record) == -1 && rc == 0)
		rc = fail(s);
	if (s->fd != STDOUT_FILENO && close(s->fd) == -1 && rc == 0)
		rc = fail(s);
	for (i = 0; i < s->nknown; i++) {
		free(s->known[i].name);
		free(s->known[i].filter);
	}
	free(s->known);
	record_free(s->record);
	free(s);
	return (rc);
}
