/*
 * The devices of an account: a sorted list, and the text file of it.
 */
#include "config.h"

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/regular.h"
#include "packet/addr.h"
#include "packet/flow.h"
#include "devices.h"

#define DAY_SECONDS	86400
#define DAY_LEN		11		/* `2026-11-30' with the NUL */
#define WORDS		4		/* of a line */

/* Longest line that is written, with the newline and a NUL. */
#define LINE_MAX_LEN	(ADDR_STRLEN + MAC_STRLEN + 2 * DAY_LEN + 2)

static const char	head[] =
    "# IP address, MAC address, first and last day seen (UTC); see trafd(8).\n"
    "# trafd writes this file, and keeps the addresses that you add or change"
    ".\n";

struct devices {
	struct device	*list;		/* sorted by address */
	size_t		 n;
};

struct devices *
devices_new(void)
{
	struct devices	*d;

	if ((d = calloc(1, sizeof(*d))) == NULL)
		return (NULL);
	d->list = calloc(DEVICES_MAX, sizeof(*d->list));
	if (d->list != NULL)
		return (d);
	free(d);
	return (NULL);
}

void
devices_free(struct devices *d)
{
	if (d == NULL)
		return;
	free(d->list);
	free(d);
}

size_t
devices_count(const struct devices *d)
{
	return (d->n);
}

const struct device *
devices_at(const struct devices *d, size_t i)
{
	return (&d->list[i]);
}

/* ---- the list ---- */

static int
compare(const struct device *a, const struct device *b)
{
	if (a->family != b->family)
		return (a->family < b->family ? -1 : 1);
	return (memcmp(a->addr, b->addr, sizeof(a->addr)));
}

/* Where the address is, or has to be. */
static size_t
place(const struct devices *d, const struct device *what)
{
	size_t	low = 0, high = d->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare(&d->list[middle], what) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return (low);
}

/* Without a day it was added by hand: it stays, whatever is seen. */
static uint32_t
last_of(const struct device *one)
{
	return (one->last == 0 ? UINT32_MAX : one->last);
}

/* Remove the entry that was not seen for the longest time before `day'. */
static bool
make_room(struct devices *d, uint32_t day)
{
	size_t	i, oldest = 0;

	if (d->n < DEVICES_MAX)
		return (true);
	for (i = 1; i < d->n; i++)
		if (last_of(&d->list[i]) < last_of(&d->list[oldest]))
			oldest = i;
	if (last_of(&d->list[oldest]) >= day)
		return (false);
	d->n--;
	memmove(&d->list[oldest], &d->list[oldest + 1],
	    (d->n - oldest) * sizeof(*d->list));
	return (true);
}

/* Add an address that is not in the list. */
static bool
insert(struct devices *d, const struct device *what)
{
	size_t	i;

	if (!make_room(d, last_of(what)))
		return (false);
	i = place(d, what);
	memmove(&d->list[i + 1], &d->list[i], (d->n - i) * sizeof(*d->list));
	d->list[i] = *what;
	d->n++;
	return (true);
}

/* The entry of that address, or NULL. */
static struct device *
find(const struct devices *d, const struct device *what)
{
	size_t	i = place(d, what);

	return (i < d->n && compare(&d->list[i], what) == 0 ? &d->list[i] :
	    NULL);
}

static size_t
most_of(uint8_t family)
{
	return (family == FLOW_FAMILY_IP4 ? MAC_MOST_IP4 : MAC_MOST_IP6);
}

/* Did people add it, or change it so that it stays? */
static bool
is_by_hand(const struct device *one)
{
	return (one->first == 0 || one->last == 0);
}

/* Does what is known of that day suffice to say that it is no device? */
static bool
is_crowded(const struct devices *d, const struct device *what, uint32_t day)
{
	size_t	i, n = 0;

	for (i = 0; i < d->n; i++)
		n += d->list[i].last == day && !is_by_hand(&d->list[i]) &&
		    d->list[i].family == what->family &&
		    memcmp(d->list[i].mac, what->mac, MAC_LEN) == 0;
	return (n > most_of(what->family));
}

bool
devices_note(struct devices *d, const struct device *what, uint32_t day)
{
	struct device	*known = find(d, what), entry = *what;

	entry.first = entry.last = day;
	if (known == NULL)
		return (!is_crowded(d, what, day) && insert(d, &entry));
	if (memcmp(known->mac, what->mac, sizeof(known->mac)) != 0) {
		if (is_crowded(d, what, day))
			return (false);
		*known = entry;
		return (true);
	}
	/* The clock may have been wrong before: no other day counts. */
	if (known->last == day)
		return (false);
	known->last = day;
	return (true);
}

bool
devices_note_capture(struct devices *d, const struct device *what,
    uint32_t day)
{
	struct device	*known = find(d, what);
	bool		 same;

	if (known == NULL)
		return (devices_note(d, what, day));
	same = memcmp(known->mac, what->mac, MAC_LEN) == 0;
	if (day > known->last && !(same && known->last == 0))
		return (devices_note(d, what, day));
	if (!same || day >= known->first)
		return (false);
	known->first = day;
	return (true);
}

/* ---- addresses of one MAC address ---- */

/* By MAC address and family, then by first day. */
static int
by_mac(const void *a, const void *b)
{
	const struct device	*x = *(const struct device *const *)a;
	const struct device	*y = *(const struct device *const *)b;
	int			 rc = memcmp(x->mac, y->mac, MAC_LEN);

	if (rc != 0)
		return (rc);
	if (x->family != y->family)
		return (x->family < y->family ? -1 : 1);
	return (x->first < y->first ? -1 : x->first > y->first);
}

/*
 * Had a MAC address too many addresses of one family on a day?  There are n of
 * them, in the order of their first days, so it is enough to look at these.
 */
static bool
has_too_many(const struct device *const *list, size_t n)
{
	size_t	i, k, at_once, most = most_of(list[0]->family);

	for (i = most; i < n; i++) {
		for (at_once = 0, k = 0; k <= i; k++)
			at_once += list[k]->last >= list[i]->first;
		if (at_once > most)
			return (true);
	}
	return (false);
}

/* Set the elements of those with the MAC address of list[0]: n of them. */
static void
set_shared(const struct devices *d, const struct device *const *list, size_t n,
    bool *shared)
{
	size_t	i, k;
	bool	yes = false;

	for (i = 0; i < n; i = k) {
		for (k = i + 1; k < n && list[k]->family == list[i]->family;)
			k++;
		yes = yes || has_too_many(list + i, k - i);
	}
	for (i = 0; i < n && yes; i++)
		shared[list[i] - d->list] = true;
}

bool *
devices_shared(const struct devices *d)
{
	const struct device	**list = calloc(d->n + 1, sizeof(*list));
	bool			 *shared = calloc(d->n + 1, sizeof(*shared));
	size_t			  i, k, n = 0;

	if (list == NULL || shared == NULL) {
		free(list);
		free(shared);
		return (NULL);
	}
	for (i = 0; i < d->n; i++)
		if (!is_by_hand(&d->list[i]))
			list[n++] = &d->list[i];
	qsort(list, n, sizeof(*list), by_mac);
	for (i = 0; i < n; i = k) {
		for (k = i + 1; k < n && memcmp(list[k]->mac, list[i]->mac,
		    MAC_LEN) == 0;)
			k++;
		set_shared(d, list + i, k - i, shared);
	}
	free(list);
	return (shared);
}

/* ---- lines ---- */

static const char *
put_day(uint32_t day, char buf[DAY_LEN])
{
	time_t		t = (time_t)day * DAY_SECONDS;
	struct tm	tm;

	if (day == 0 || gmtime_r(&t, &tm) == NULL ||
	    strftime(buf, DAY_LEN, "%Y-%m-%d", &tm) == 0)
		(void)strlcpy(buf, "-", DAY_LEN);
	return (buf);
}

static int
number(const char *text, size_t digits)
{
	int	n = 0;

	for (; digits > 0; digits--, text++) {
		if (*text < '0' || *text > '9')
			return (-1);
		n = n * 10 + *text - '0';
	}
	return (n);
}

static int
parse_day(const char *text, uint32_t *day)
{
	struct tm	tm = { 0 };
	char		back[DAY_LEN];

	*day = 0;
	if (strcmp(text, "-") == 0)
		return (0);
	if (strlen(text) != DAY_LEN - 1)
		return (-1);
	tm.tm_year = number(text, 4) - 1900;
	tm.tm_mon = number(text + 5, 2) - 1;
	tm.tm_mday = number(text + 8, 2);
	if (tm.tm_year < 70 || tm.tm_mon < 0 || tm.tm_mday < 1)
		return (-1);
	*day = (uint32_t)(timegm(&tm) / DAY_SECONDS);
	/* Not the 30th of February; and a dash at both places. */
	return (strcmp(put_day(*day, back), text) == 0 ? 0 : -1);
}

/* 1: an entry; 0: a comment; -1: neither.  Changes the line. */
static int
parse_line(char *line, struct device *to)
{
	static const char	 blanks[] = " \t\r";
	char			*word[WORDS], *rest = NULL;
	size_t			 n = 0;
	char			*w;

	for (w = strtok_r(line, blanks, &rest); w != NULL;
	    w = strtok_r(NULL, blanks, &rest)) {
		if (n == 0 && *w == '#')
			return (0);
		if (n == WORDS)
			return (-1);
		word[n++] = w;
	}
	if (n == 0)
		return (0);
	memset(to, 0, sizeof(*to));
	if (n < 2 || addr_parse(word[0], &to->family, to->addr) == -1 ||
	    mac_parse(word[1], to->mac) == -1 ||
	    (n > 2 && parse_day(word[2], &to->first) == -1) ||
	    (n > 3 && parse_day(word[3], &to->last) == -1))
		return (-1);
	return (1);
}

/* Add the lines of a text of n octets, which ends with a NUL. */
static int
parse_text(struct devices *d, char *text, size_t n, uint64_t *line)
{
	char		*end = text + n, *next;
	struct device	 one, *known;
	uint64_t	 number_of = 0, wrong = 0;
	int		 rc;

	for (; text < end; text = next + 1) {
		number_of++;
		if ((next = memchr(text, '\n', (size_t)(end - text))) == NULL)
			next = end;
		*next = '\0';
		rc = strlen(text) != (size_t)(next - text) ? -1 :
		    parse_line(text, &one);
		if (rc == 1 && (known = find(d, &one)) != NULL)
			*known = one;
		else if (rc == 1)
			(void)insert(d, &one);
		else if (rc == -1 && wrong == 0)
			wrong = number_of;
	}
	if (wrong == 0)
		return (1);
	*line = wrong;
	errno = EBADMSG;
	return (-1);
}

/* ---- the file ---- */

static int
read_file(struct devices *d, int fd, uint64_t *line)
{
	struct stat	 st;
	char		*text;
	size_t		 n;
	int		 rc;

	if (fstat(fd, &st) == -1)
		return (-1);
	if (st.st_size > DEVICES_SIZE) {
		errno = EFBIG;
		return (-1);
	}
	n = (size_t)st.st_size;
	if ((text = calloc(1, n + 1)) == NULL)
		return (-1);
	if ((rc = read_at(fd, text, n, 0)) == 0)
		rc = parse_text(d, text, n, line);
	else if (errno == 0)
		errno = EIO;	/* it became shorter meanwhile */
	free(text);
	return (rc);
}

int
devices_read(struct devices *d, int dirfd, const char *name, uint64_t *line)
{
	int	fd, rc, saved;

	*line = 0;
	if ((fd = open_regular(dirfd, name, O_RDONLY | O_NOFOLLOW)) == -1)
		return (errno == ENOENT ? 0 : -1);
	rc = read_file(d, fd, line);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return (rc);
}

/* Print all of it; the caller frees it.  NULL with errno. */
static char *
print_all(const struct devices *d, size_t *used)
{
	size_t			 room = sizeof(head) + d->n * LINE_MAX_LEN, i;
	char			*text = malloc(room), addr[ADDR_STRLEN];
	char			 mac[MAC_STRLEN], first[DAY_LEN], last[DAY_LEN];
	const struct device	*one;

	if (text == NULL)
		return (NULL);
	*used = strlcpy(text, head, room);
	for (i = 0; i < d->n; i++) {
		one = &d->list[i];
		*used += (size_t)snprintf(text + *used, room - *used,
		    "%s %s %s %s\n", addr_format(one->family, one->addr, addr),
		    mac_format(one->mac, mac), put_day(one->first, first),
		    put_day(one->last, last));
	}
	return (text);
}

int
devices_write(const struct devices *d, int dirfd, const char *name)
{
	size_t	 used;
	char	*text = print_all(d, &used);
	int	 rc, saved;

	if (text == NULL)
		return (-1);
	rc = replace_regular(dirfd, name, text, used);
	saved = errno;
	free(text);
	errno = saved;
	return (rc);
}
