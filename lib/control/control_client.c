/*
 * Questions to a daemon and what its answers mean.  Whoever answers may be
 * hostile: lengths and blocks are checked before they are used, and memory
 * follows what has come, not what was announced.
 */
#include "config.h"

#include <sys/types.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "away.h"
#include "control_client.h"
#include "control_exchange.h"
#include "traffic.h"

/* No answer but table's is longer; stat may grow. */
#define BODY_MOST	((size_t)1 << 20)

/* The block of 33 million rows. */
#define TABLE_MOST	(UINT64_C(1) << 32)

/* An answer of bounded length, in memory; the caller frees *body. */
static enum control_outcome
ask(struct control_client *c, int command, uint8_t **body, size_t *len)
{
	struct exchange		x;
	enum control_outcome	rc;

	*body = NULL;
	rc = exchange_begin(&x, c, command, NULL);
	if (rc == CONTROL_DONE && x.head.length > BODY_MOST)
		rc = exchange_broken(&x, "the answer is not one of trafd");
	if (rc == CONTROL_DONE) {
		*len = (size_t)x.head.length;
		*body = malloc(*len + 1);
		rc = *body == NULL ? exchange_broken(&x, strerror(errno)) :
		    exchange_receive(&x, *body, *len);
	}
	/* If its last dump failed, it ends all the same. */
	if (command == CONTROL_ASK_QUIT && (rc == CONTROL_DONE ||
	    c->status == CONTROL_FAILED) &&
	    exchange_await_end(&x) != CONTROL_DONE && rc == CONTROL_DONE)
		rc = CONTROL_BROKEN;
	exchange_end(&x);
	if (rc != CONTROL_DONE) {
		free(*body);
		*body = NULL;
	}
	return (rc);
}

static enum control_outcome
nonsense(struct control_client *c)
{
	return (exchange_fail(c, CONTROL_BROKEN,
	    "%s: the answer is not one of trafd", c->ext));
}

enum control_outcome
control_version(struct control_client *c, char *text, size_t len)
{
	enum control_outcome	 rc;
	uint8_t			*body;
	size_t			 n;

	rc = ask(c, CONTROL_ASK_VERSION, &body, &n);
	if (rc == CONTROL_DONE && n != CONTROL_VERSION_BODY)
		rc = nonsense(c);
	if (rc == CONTROL_DONE) {
		body[n] = '\0';
		(void)snprintf(text, len, "%s", (char *)body + 8);
		(void)printable(text);
	}
	free(body);
	return (rc);
}

/* Its texts are as they came: not for a terminal. */
static enum control_outcome
ask_stat(struct control_client *c, struct control_stat *s)
{
	enum control_outcome	 rc;
	uint8_t			*body;
	size_t			 n;

	rc = ask(c, CONTROL_ASK_STAT, &body, &n);
	if (rc == CONTROL_DONE && control_get_stat(body, n, s) == -1)
		rc = nonsense(c);
	free(body);
	return (rc);
}

enum control_outcome
control_stat(struct control_client *c, struct control_stat *s)
{
	enum control_outcome	rc = ask_stat(c, s);
	size_t			i;

	for (i = 0; rc == CONTROL_DONE && i < CONTROL_TEXTS; i++)
		(void)printable(s->text[i]);
	return (rc);
}

enum control_outcome
control_save_file(struct control_client *c, char path[CONTROL_TEXT_LEN])
{
	struct control_stat	s;
	enum control_outcome	rc = ask_stat(c, &s);

	if (rc == CONTROL_DONE)
		(void)strlcpy(path, s.text[CONTROL_TEXT_SAVE_FILE],
		    CONTROL_TEXT_LEN);
	return (rc);
}

enum control_outcome
control_ledger(struct control_client *c, struct ledger *l, uint64_t *begin_ns)
{
	enum control_outcome	 rc;
	uint8_t			*body;
	size_t			 n;

	rc = ask(c, CONTROL_ASK_LEDGER, &body, &n);
	if (rc == CONTROL_DONE && control_get_ledger(body, n, l,
	    begin_ns) == -1)
		rc = nonsense(c);
	free(body);
	return (rc);
}

enum control_outcome
control_job(struct control_client *c, enum control_command command,
    struct control_done *done)
{
	enum control_outcome	 rc;
	uint8_t			*body;
	size_t			 n;

	rc = ask(c, (int)command, &body, &n);
	if (rc == CONTROL_DONE && control_get_done(body, n, done) == -1)
		rc = nonsense(c);
	free(body);
	return (rc);
}

/* ---- tables ---- */

/* A file without a name. */
static int
open_nameless(void)
{
	const char	*dir = getenv("TMPDIR");
	char		 name[1024];
	int		 fd;

	(void)snprintf(name, sizeof(name), "%s/trafd.XXXXXX",
	    dir != NULL && dir[0] != '\0' ? dir : "/tmp");
	if ((fd = mkstemp(name)) == -1)
		return (-1);
	(void)unlink(name);
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	return (fd);
}

static int
write_all(int fd, const uint8_t *p, size_t len)
{
	ssize_t	n;

	while (len > 0) {
		if ((n = write(fd, p, len)) == -1 && errno != EINTR)
			return (-1);
		if (n > 0) {
			p += n;
			len -= (size_t)n;
		}
	}
	return (0);
}

static enum control_outcome
receive_file(struct exchange *x, int fd)
{
	uint64_t		left = x->head.length;
	uint8_t			octets[65536];
	enum control_outcome	rc;
	size_t			n;

	if (left > TABLE_MOST)
		return (exchange_broken(x, "the answer is not one of trafd"));
	while (left > 0) {
		n = left < sizeof(octets) ? (size_t)left : sizeof(octets);
		if ((rc = exchange_receive(x, octets, n)) != CONTROL_DONE)
			return (rc);
		if (write_all(fd, octets, n) == -1)
			return (exchange_broken(x, strerror(errno)));
		left -= n;
	}
	return (CONTROL_DONE);
}

/* Nothing of a block is used before all of it is sound. */
static enum control_outcome
check_block(struct exchange *x, int fd)
{
	enum block_error	 rc;
	struct block		*b;

	rc = block_open(fd, 0, &b);
	if (rc == BLOCK_OK)
		rc = block_verify(b);
	if (rc == BLOCK_OK && (uint64_t)block_length(b) != x->head.length)
		rc = BLOCK_DAMAGED;
	block_free(b);
	return (rc == BLOCK_OK ? CONTROL_DONE :
	    exchange_broken(x, block_strerror(rc)));
}

enum control_outcome
control_table_file(struct control_client *c, const struct control_query *q,
    int *fd)
{
	struct exchange		x;
	enum control_outcome	rc;

	*fd = -1;
	rc = exchange_begin(&x, c, CONTROL_ASK_TABLE, q);
	if (rc == CONTROL_DONE && (*fd = open_nameless()) == -1)
		rc = exchange_broken(&x, strerror(errno));
	if (rc == CONTROL_DONE)
		rc = receive_file(&x, *fd);
	if (rc == CONTROL_DONE)
		rc = check_block(&x, *fd);
	exchange_end(&x);
	if (rc != CONTROL_DONE && *fd != -1) {
		(void)close(*fd);
		*fd = -1;
	}
	return (rc);
}

static int
load_rows(int fd, struct control_table *t)
{
	const struct flow	*part;
	struct block		*b;
	size_t			 n;
	int			 rc = -1;

	if (block_open(fd, 0, &b) != BLOCK_OK || block_verify(b) != BLOCK_OK)
		goto out;
	t->info = *block_info(b);
	t->info.owners = NULL;
	if (block_owners(b) != NULL &&
	    (t->owners = owners_copy(block_owners(b))) == NULL)
		goto out;
	t->info.owners = t->owners;
	t->rows = reallocarray(NULL, (size_t)t->info.rows + 1,
	    sizeof(*t->rows));
	if (t->rows == NULL)
		goto out;
	while (block_rows(b, &part, &n) == BLOCK_OK && n > 0 &&
	    n <= (size_t)t->info.rows - t->n) {
		memcpy(t->rows + t->n, part, n * sizeof(*part));
		t->n += n;
	}
	rc = t->n == t->info.rows ? 0 : -1;
	t->info.rows = t->n = flow_unite_vlans(t->rows, t->n);
out:
	block_free(b);
	return (rc);
}

enum control_outcome
control_table(struct control_client *c, const struct control_query *q,
    struct control_table *t)
{
	enum control_outcome	rc;
	int			fd;

	memset(t, 0, sizeof(*t));
	if ((rc = control_table_file(c, q, &fd)) != CONTROL_DONE)
		return (rc);
	if (load_rows(fd, t) == -1) {
		control_table_free(t);
		rc = exchange_fail(c, CONTROL_BROKEN,
		    "%s: cannot read the rows", c->ext);
	}
	(void)close(fd);
	return (rc);
}

void
control_table_free(struct control_table *t)
{
	free(t->rows);
	owners_free(t->owners);
	t->rows = NULL;
	t->owners = NULL;
	t->info.owners = NULL;
	t->n = 0;
}

/* ---- who is there ---- */

/* The instance whose file of this kind has this name, or NULL. */
static char *
instance_of(const char *name, const char *suffix)
{
	size_t	head = sizeof(TRAFD_PREFIX) - 1, len = strlen(name);
	size_t	tail = strlen(suffix);

	if (len <= head + tail || strncmp(name, TRAFD_PREFIX, head) != 0 ||
	    strcmp(name + len - tail, suffix) != 0)
		return (NULL);
	return (strndup(name + head, len - head - tail));
}

/* Files of other users are not instances. */
static bool
is_listed(const char *run_dir, const struct stat *dir, const char *name)
{
	char		path[PATH_MAX];
	struct stat	st;

	(void)snprintf(path, sizeof(path), "%s/%s", run_dir, name);
	return (lstat(path, &st) == 0 && exchange_trusts(dir, st.st_uid));
}

/* An instance without a socket that waits for its interface, or NULL. */
static char *
instance_away(const char *run_dir, const char *name)
{
	char		*ext = instance_of(name, AWAY_STATUS);
	char		 path[PATH_MAX];
	struct stat	 st;

	if (ext == NULL)
		return (NULL);
	(void)snprintf(path, sizeof(path), "%s/" TRAFD_PREFIX "%s"
	    CONTROL_SUFFIX, run_dir, ext);
	if (lstat(path, &st) == -1 && away_is(run_dir, ext))
		return (ext);
	free(ext);
	return (NULL);
}

int
control_instances(const char *run_dir, bool (*fn)(void *, const char *),
    void *arg)
{
	struct dirent	**list;
	struct stat	  dir;
	bool		  go_on = true;
	char		 *ext;
	int		  i, n, found = 0;

	if (stat(run_dir, &dir) == -1 ||
	    (n = scandir(run_dir, &list, NULL, alphasort)) == -1)
		return (-1);
	for (i = 0; i < n; i++) {
		ext = instance_of(list[i]->d_name, CONTROL_SUFFIX);
		if (ext == NULL)
			ext = instance_away(run_dir, list[i]->d_name);
		if (ext != NULL &&
		    is_listed(run_dir, &dir, list[i]->d_name)) {
			found++;
			(void)printable(ext);
			go_on = go_on && fn(arg, ext);
		}
		free(ext);
		free(list[i]);
	}
	free(list);
	return (found);
}
