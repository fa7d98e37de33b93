/*
 * Users of the web server.  Owns the list of users, the password with which
 * each was last accepted, and the time before which an address whose password
 * was wrong may not try again.  The file is read once, before root is given
 * up.
 */
#include "config.h"

#include <sys/stat.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>
#ifdef HAVE_CRYPT_H
#include <crypt.h>
#endif

#include "base/log.h"
#include "auth.h"

#define USERS_MOST	1024
#define PASSWORD_MOST	512	/* octets; a longer one takes long to hash */
#define WAIT_MS		1000	/* after a wrong password */
#define SLOTS		1024	/* of the hash table of addresses */

struct user {
	char	*name;
	char	*hash;
	char	*known;		/* the password last accepted, or NULL */
};

struct auth {
	struct user	 users[USERS_MOST];
	size_t		 n;
	uint64_t	 seed;			/* random, of that hash */
	uint64_t	 not_before[SLOTS];	/* monotonic ms */
};

/* ---- the file ---- */

/* Accept the prefixes of crypt(5) that are still considered strong. */
static bool
is_strong(const char *hash)
{
	static const char *const	kinds[] = {
		"$2a$", "$2b$", "$2y$", "$5$", "$6$", "$7$", "$gy$", "$y$"
	};
	size_t	i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strncmp(hash, kinds[i], strlen(kinds[i])) == 0)
			return (strlen(hash) > 20);
	return (false);
}

/* Returns NULL, or what is wrong with the line. */
static const char *
add_user(struct auth *a, char *line)
{
	char		*hash = strchr(line, ':');
	struct user	*u = &a->users[a->n];

	if (hash == NULL || hash == line)
		return ("expected name:hash");
	*hash++ = '\0';
	hash[strcspn(hash, ":")] = '\0';
	if (!is_strong(hash))
		return ("only bcrypt, yescrypt, scrypt and SHA-crypt hashes "
		    "(htpasswd -B, mkpasswd) are accepted");
	if (a->n == USERS_MOST)
		return ("too many users");
	u->name = strdup(line);
	u->hash = strdup(hash);
	if (u->name == NULL || u->hash == NULL)
		return ("out of memory");
	a->n++;
	return (NULL);
}

static int
read_users(struct auth *a, FILE *f, const char *path)
{
	char		*line = NULL;
	const char	*why = NULL;
	size_t		 size = 0, number = 0;

	while (why == NULL && getline(&line, &size, f) != -1) {
		number++;
		line[strcspn(line, "\r\n")] = '\0';
		if (line[0] != '\0' && line[0] != '#')
			why = add_user(a, line);
	}
	free(line);
	if (why != NULL)
		log_errorx("%s:%zu: %s", path, number, why);
	else if (ferror(f))
		log_error("%s", path);
	else if (a->n == 0)
		log_errorx("no users in the file: %s", path);
	else
		return (0);
	return (-1);
}

static int
check_mode(FILE *f, const char *path)
{
	struct stat	st;

	if (fstat(fileno(f), &st) == -1) {
		log_error("%s", path);
		return (-1);
	}
	if (!S_ISREG(st.st_mode) || (st.st_mode & 026) != 0) {
		log_errorx("unsafe permissions: %s: only its owner may write "
		    "it, and others must not read it; chmod 640", path);
		return (-1);
	}
	return (0);
}

struct auth *
auth_load(const char *path)
{
	struct auth	*a;
	FILE		*f;
	int		 rc;

	if ((f = fopen(path, "re")) == NULL ||
	    (a = calloc(1, sizeof(*a))) == NULL) {
		log_error("--auth %s", path);
		if (f != NULL)
			(void)fclose(f);
		return (NULL);
	}
	rc = check_mode(f, path);
	if (rc == 0)
		rc = read_users(a, f, path);
	(void)fclose(f);
	arc4random_buf(&a->seed, sizeof(a->seed));
	if (rc == 0)
		return (a);
	auth_free(a);
	return (NULL);
}

static void
forget(char *secret)
{
	if (secret != NULL)
		explicit_bzero(secret, strlen(secret));
	free(secret);
}

void
auth_free(struct auth *a)
{
	size_t	i;

	if (a == NULL)
		return;
	for (i = 0; i < a->n; i++) {
		free(a->users[i].name);
		free(a->users[i].hash);
		forget(a->users[i].known);
	}
	free(a);
}

/* ---- names and passwords ---- */

/* The time depends on the length only, not on where the texts differ. */
static bool
is_same(const char *a, const char *b)
{
	size_t		n = strlen(a), i;
	unsigned char	differ = 0;

	if (strlen(b) != n)
		return (false);
	for (i = 0; i < n; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return (differ == 0);
}

static struct user *
find_user(struct auth *a, const char *name)
{
	struct user	*found = NULL;
	size_t		 i;

	for (i = 0; i < a->n; i++)
		if (strcmp(a->users[i].name, name) == 0)
			found = &a->users[i];
	return (found);
}

static bool
is_right(struct auth *a, const char *name, const char *password)
{
	struct user	*u = find_user(a, name);
	const char	*made;

	/* An unknown name must take as long: the time would tell names. */
	made = crypt(password, u != NULL ? u->hash : a->users[0].hash);
	if (u == NULL || made == NULL || made[0] != '$' ||
	    !is_same(made, u->hash))
		return (false);
	forget(u->known);
	u->known = strdup(password);
	return (true);
}

static bool
is_known(struct auth *a, const char *name, const char *password)
{
	const struct user	*u = find_user(a, name);

	return (u != NULL && u->known != NULL && is_same(u->known, password));
}

/* The slot of an IPv4 address, or of the /64 network of an IPv6 address. */
static uint64_t *
slot_of(struct auth *a, const struct sockaddr *peer)
{
	const void		*any = peer;
	const struct in6_addr	*in6;
	uint8_t			 key[8] = { 0 };

	if (peer->sa_family == AF_INET)
		memcpy(key, &((const struct sockaddr_in *)any)->sin_addr, 4);
	else if (peer->sa_family == AF_INET6) {
		in6 = &((const struct sockaddr_in6 *)any)->sin6_addr;
		memcpy(key, in6->s6_addr +
		    (IN6_IS_ADDR_V4MAPPED(in6) ? 8 : 0), 8);
	}
	return (&a->not_before[XXH3_64bits_withSeed(key, sizeof(key),
	    a->seed) % SLOTS]);
}

enum auth_verdict
auth_check(struct auth *a, const char *name, const char *password,
    const struct sockaddr *peer, uint64_t now_ms)
{
	uint64_t	*not_before = slot_of(a, peer);

	if (name == NULL || password == NULL ||
	    strlen(password) > PASSWORD_MOST)
		return (AUTH_WRONG);
	if (is_known(a, name, password))
		return (AUTH_OK);
	if (now_ms < *not_before)
		return (AUTH_WAIT);
	if (is_right(a, name, password))
		return (AUTH_OK);
	*not_before = now_ms + WAIT_MS;
	return (AUTH_WRONG);
}
