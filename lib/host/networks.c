/*
 * The networks of an interface.  Tables in use refer to older sets, so all sets
 * are kept; one that comes back, as that of a line that is down for a while, is
 * used again.
 */
#include "config.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/interface.h"
#include "base/log.h"
#include "file/block.h"
#include "packet/nets.h"
#include "addresses.h"
#include "networks.h"
#include "once.h"

/* What libpcap calls all interfaces. */
#define ALL	"any"

struct version {
	struct nets	*set;		/* never empty */
	struct version	*next;
	char		 text[BLOCK_TEXT_MAX];	/* "" if there are none */
};

struct networks {
	const char	*ifname;	/* borrowed */
	const struct nets *given;	/* likewise; NULL: of the interface */
	struct addresses *addresses;	/* NULL: the system lists none */
	struct once	*once;		/* NULL: not asked for */
	struct version	*all;
	_Atomic(struct version *) present;	/* threads of a source read */
	bool		 told;		/* that they are too many */
	char		 text[BLOCK_TEXT_MAX];
};

static struct version *
version_free(struct version *v)
{
	struct version	*next = v->next;

	nets_free(v->set);
	free(v);
	return (next);
}

/*
 * Print the set, by fewer and wider networks if it does not fit.  What reports
 * will read is what is local: set it to that.
 */
static void
print(struct networks *n, struct version *v)
{
	size_t	all;

	nets_tidy(v->set);
	all = nets_count(v->set);
	if (nets_widen(v->set, sizeof(v->text)) && !n->told) {
		log_warnx("networks joined to wider ones: %s: the %zu of its "
		    "addresses do not fit into a block, so some remote hosts "
		    "count as local; give the right ones to --local of "
		    "traflog and trafdb limit", n->ifname, all);
		n->told = true;
	}
	(void)nets_format(v->set, v->text, sizeof(v->text));
}

/* What the user gave, or what interfaces have.  0, or -1 with errno. */
static int
fill(struct networks *n, struct nets *set, unsigned int index)
{
	if (n->given != NULL)
		return (nets_add_all(set, n->given));
	return (n->addresses == NULL ? 0 :
	    addresses_read(n->addresses, index, set));
}

/* Read the interfaces for their own sake; 0: all. */
static void
look(struct networks *n, unsigned int index)
{
	struct nets	*unused = nets_new();

	if (unused != NULL && n->addresses != NULL)
		(void)addresses_read(n->addresses, index, unused);
	nets_free(unused);
}

/*
 * Read the networks of the interface of that index.  Returns 0, or -1 with
 * errno.
 */
static int
read_networks(struct networks *n, struct version *v, unsigned int index)
{
	if ((v->set = nets_new()) == NULL || fill(n, v->set, index) == -1)
		return (-1);
	if (n->given != NULL || nets_beyond_link(v->set)) {
		print(n, v);
		return (0);
	}
	/* Reports of an account without networks use the private ones. */
	nets_free(v->set);
	return ((v->set = nets_recorded(v->text)) == NULL ? -1 : 0);
}

static struct version *
version_new(struct networks *n, unsigned int index)
{
	struct version	*v;
	int		 saved;

	if ((v = calloc(1, sizeof(*v))) == NULL)
		return (NULL);
	if (read_networks(n, v, index) == 0)
		return (v);
	saved = errno;
	(void)version_free(v);
	errno = saved;
	return (NULL);
}

/* Make it the present one; it is freed if there was the same before. */
static void
use(struct networks *n, struct version *v)
{
	struct version	*same;

	for (same = n->all; same != NULL; same = same->next)
		if (strcmp(same->text, v->text) == 0)
			break;
	if (same != NULL)
		(void)version_free(v);
	else {
		v->next = n->all;
		n->all = same = v;
	}
	atomic_store(&n->present, same);
	(void)strlcpy(n->text, same->text, sizeof(n->text));
}

/* Sets *index, for `any' to 0.  False if there is no such interface now. */
static bool
find(const struct networks *n, unsigned int *index)
{
	enum interface_state	state = interface_find(n->ifname, index);

	return (state == INTERFACE_THERE ||
	    (state == INTERFACE_GONE && strcmp(n->ifname, ALL) == 0));
}

static int
begin(struct networks *n, bool once)
{
	struct version	*v;
	unsigned int	 index;

	if (once && (n->once = once_new()) == NULL)
		return (-1);
	if ((n->given == NULL || once) &&
	    (n->addresses = addresses_open()) == NULL && errno != ENOSYS &&
	    errno != EAFNOSUPPORT && errno != EPROTONOSUPPORT)
		return (-1);
	if (n->addresses != NULL)
		addresses_mark(n->addresses, n->once);
	if (n->given != NULL)
		look(n, 0);
	/* No interface has this index: without one there are no networks. */
	if (!find(n, &index))
		index = ADDRESSES_NONE;
	if ((v = version_new(n, index)) == NULL)
		return (-1);
	use(n, v);
	return (0);
}

struct networks *
networks_open(const char *ifname, const struct nets *given, bool once)
{
	struct networks	*n;
	int		 saved;

	if ((n = calloc(1, sizeof(*n))) == NULL)
		return (NULL);
	n->ifname = ifname;
	n->given = given;
	if (begin(n, once) == 0)
		return (n);
	saved = errno;
	networks_close(n);
	errno = saved;
	return (NULL);
}

void
networks_close(struct networks *n)
{
	struct version	*v;

	if (n == NULL)
		return;
	for (v = n->all; v != NULL;)
		v = version_free(v);
	addresses_close(n->addresses);
	once_free(n->once);
	free(n);
}

int
networks_fd(const struct networks *n)
{
	return (n->addresses == NULL ? -1 : addresses_fd(n->addresses));
}

bool
networks_must_poll(const struct networks *n)
{
	return (n->addresses != NULL && networks_fd(n) == -1 &&
	    n->given == NULL);
}

bool
networks_update(struct networks *n)
{
	struct version	*v;
	unsigned int	 index;
	bool		 changed;

	if (n->addresses == NULL)
		return (false);
	(void)addresses_heard(n->addresses);
	if (n->given != NULL) {
		look(n, 0);
		return (false);
	}
	if (!find(n, &index)) {
		look(n, ADDRESSES_NONE);	/* hear when it comes */
		return (false);
	}
	if ((v = version_new(n, index)) == NULL)
		return (false);
	if (v->text[0] == '\0' || strcmp(v->text, n->text) == 0) {
		(void)version_free(v);
		return (false);
	}
	changed = n->text[0] == '\0' || networks_differ(n->text, v->text);
	use(n, v);
	return (changed);
}

struct once *
networks_once(const struct networks *n)
{
	return (n->once);
}

const struct nets *
networks_set(const struct networks *n)
{
	return (atomic_load(&n->present)->set);
}

const char *
networks_text(const struct networks *n)
{
	return (n->text);
}

/* ---- texts ---- */

/* The networks of both, tidy; b may be NULL.  NULL without memory. */
static struct nets *
parse(const char *a, const char *b)
{
	struct nets	*s = nets_new();
	const char	*bad;

	if (s == NULL)
		return (NULL);
	if ((nets_add(s, a, &bad) == -1 && errno == ENOMEM) || (b != NULL &&
	    nets_add(s, b, &bad) == -1 && errno == ENOMEM)) {
		nets_free(s);
		return (NULL);
	}
	nets_tidy(s);
	return (s);
}

bool
networks_differ(const char *a, const char *b)
{
	static const char	 link[] = "fe80::/10";
	struct nets		*x, *y;
	bool			 differ = false;

	if (a[0] == '\0' || b[0] == '\0')
		return (false);
	x = parse(a, link);
	y = parse(b, link);
	if (x != NULL && y != NULL)
		differ = nets_beyond_link(x) && nets_beyond_link(y) &&
		    !nets_equal(x, y);
	nets_free(x);
	nets_free(y);
	return (differ);
}

void
networks_join(char *text, size_t len, const char *more)
{
	struct nets	*s;

	if (strcmp(text, more) == 0 || (s = parse(text, more)) == NULL)
		return;
	(void)nets_widen(s, len);
	(void)nets_format(s, text, len);
	nets_free(s);
}
