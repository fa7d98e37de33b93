/*
 * The identity of an owner, and what the path of its unit tells: the unit's
 * own name, and the container, by the names that the programs which start
 * containers give to their control groups.
 */
#include <sys/types.h>
#include <sha256.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endian.h"
#include "base/printable.h"
#include "owner.h"

/* Digits of a container's id that its programs show. */
#define SHORT_ID	12

/*
 * The hash is over the uid, big-endian, then unit and program, each with its
 * NUL: no two owners have the same octets.  It is part of the file format.
 */
void
owner_identify(struct owner *o)
{
	SHA256_CTX	sha;
	uint8_t		uid[4], digest[SHA256_DIGEST_LENGTH];

	(void)printable(o->unit);
	(void)printable(o->user);
	(void)printable(o->program);
	put_be32(uid, o->uid);
	SHA256_Init(&sha);
	SHA256_Update(&sha, uid, sizeof(uid));
	SHA256_Update(&sha, (const uint8_t *)o->unit, strlen(o->unit) + 1);
	SHA256_Update(&sha, (const uint8_t *)o->program,
	    strlen(o->program) + 1);
	SHA256_Final(digest, &sha);
	memcpy(o->id, OWNER_PREFIX, OWNER_PREFIX_LEN);
	memcpy(o->id + OWNER_PREFIX_LEN, digest, OWNER_LEN - OWNER_PREFIX_LEN);
}

static bool
has_suffix(const char *p, size_t len, const char *suffix)
{
	size_t	n = strlen(suffix);

	return (len > n && memcmp(p + len - n, suffix, n) == 0);
}

/* Is this part of a path a unit of systemd that has processes? */
static bool
is_unit(const char *p, size_t len)
{
	static const char *const suffix[] = {
		".service", ".scope", ".socket", ".mount", ".swap"
	};
	size_t	i;

	for (i = 0; i < sizeof(suffix) / sizeof(suffix[0]); i++)
		if (has_suffix(p, len, suffix[i]))
			return (true);
	return (false);
}

const char *
owner_unit_name(const char *unit)
{
	const char	*p, *last = unit, *found = NULL;
	size_t		 len;

	for (p = unit; *p != '\0'; p += len) {
		p += strspn(p, "/");
		if ((len = strcspn(p, "/")) == 0)
			break;
		last = p;
		if (is_unit(p, len))
			found = p;
	}
	return (found != NULL ? found : last);
}

/* ---- containers ---- */

/* A part of a path. */
struct part {
	const char	*at;
	size_t		 len;	/* 0: there is none */
};

/* Take the next part of *path. */
static struct part
next_part(const char **path)
{
	struct part	p;

	*path += strspn(*path, "/");
	p.at = *path;
	p.len = strcspn(*path, "/");
	*path += p.len;
	return (p);
}

static bool
is_part(struct part p, const char *name)
{
	return (p.len == strlen(name) && memcmp(p.at, name, p.len) == 0);
}

/* Take prefix and suffix from the part, if there is something between. */
static bool
strip(struct part *p, const char *prefix, const char *suffix)
{
	size_t	first = strlen(prefix), last = strlen(suffix);

	if (p->len <= first + last || memcmp(p->at, prefix, first) != 0 ||
	    memcmp(p->at + p->len - last, suffix, last) != 0)
		return (false);
	p->at += first;
	p->len -= first + last;
	return (true);
}

/* The ids of containers are SHA-256, or random and as long. */
static bool
is_id(struct part p)
{
	size_t	i;

	for (i = 0; i < p.len; i++)
		if (!isxdigit((unsigned char)p.at[i]))
			return (false);
	return (p.len >= SHORT_ID);
}

static const char *
put_id(const char *kind, struct part p, char *buf, size_t len)
{
	(void)snprintf(buf, len, "%s/%.*s", kind, SHORT_ID, p.at);
	return (buf);
}

/* Take a character; systemd writes \x2d for "-" in names of units. */
static char
next_char(struct part *p)
{
	char		digits[3] = "";
	size_t		n = 1;
	unsigned long	c = (unsigned char)p->at[0];

	if (p->len >= 4 && p->at[0] == '\\' && p->at[1] == 'x' &&
	    isxdigit((unsigned char)p->at[2]) &&
	    isxdigit((unsigned char)p->at[3])) {
		memcpy(digits, p->at + 2, 2);
		c = strtoul(digits, NULL, 16);
		n = 4;
	}
	p->at += n;
	p->len -= n;
	return ((char)c);
}

static const char *
put_name(const char *kind, struct part p, char *buf, size_t len)
{
	size_t	at = strlcpy(buf, kind, len);

	if (at + 1 < len)
		buf[at++] = '/';
	while (p.len > 0 && at + 1 < len)
		buf[at++] = next_char(&p);
	if (at < len)
		buf[at] = '\0';
	return (printable(buf));
}

/* What a part is called that belongs to one container of a kind. */
static const struct scope {
	const char	*kind, *prefix, *suffix;
	bool		 id;		/* else a name */
} scopes[] = {
	{ "docker", "docker-", ".scope", true },
	{ "podman", "libpod-", ".scope", true },
	{ "podman", "libpod-", "", true },
	{ "containerd", "nerdctl-", ".scope", true },
	{ "k8s", "cri-containerd-", ".scope", true },
	{ "k8s", "crio-", ".scope", true },
	{ "k8s", "crio-", "", true },
	{ "lxc", "lxc.payload.", "", false },
	{ "machine", "machine-", ".scope", false },
	{ "machine", "systemd-nspawn@", ".service", false },
};
#define SCOPES	(sizeof(scopes) / sizeof(scopes[0]))

/* A container that a part of the path tells by itself, or NULL. */
static const char *
by_scope(struct part part, bool pods, char *buf, size_t len)
{
	const struct scope	*s;
	struct part		 p;

	for (s = scopes; s < scopes + SCOPES; s++) {
		p = part;
		if (!strip(&p, s->prefix, s->suffix) || (s->id && !is_id(p)))
			continue;
		return (s->id ? put_id(pods ? "k8s" : s->kind, p, buf, len) :
		    put_name(s->kind, p, buf, len));
	}
	return (NULL);
}

/* A container that stands below a directory of its kind, or NULL. */
static const char *
by_parent(struct part parent, struct part p, bool pods, char *buf, size_t len)
{
	if (p.len == 0)
		return (NULL);
	if (pods && is_id(p))
		return (put_id("k8s", p, buf, len));
	if (is_part(parent, "docker") && is_id(p))
		return (put_id("docker", p, buf, len));
	if (is_part(parent, "lxc") || is_part(parent, "lxc.payload"))
		return (put_name("lxc", p, buf, len));
	return (NULL);
}

const char *
owner_container(const char *unit, char *buf, size_t len)
{
	const char	*found;
	struct part	 p = { unit, 0 }, parent;
	bool		 pods = false;

	if (len == 0)
		return (buf);
	do {
		parent = p;
		p = next_part(&unit);
		if ((found = by_scope(p, pods, buf, len)) != NULL ||
		    (found = by_parent(parent, p, pods, buf, len)) != NULL)
			return (found);
		pods |= is_part(p, "kubepods") || is_part(p, "kubepods.slice");
	} while (p.len > 0);
	buf[0] = '\0';
	return (buf);
}
