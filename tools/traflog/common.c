/*
 * Shared by the jobs of traflog(1): opening files as the options say, and
 * messages about them.
 */
#include <errno.h>
#include <string.h>

#include "base/log.h"
#include "control/unsaved.h"
#include "file/blocks.h"
#include "file/savefile.h"
#include "traffic.h"
#include "packet/owner.h"
#include "traflog.h"

void
tell_no_owners(const char *path)
{
	log_errorx("no owners: %s: this account does not say whose packets "
	    "they were; the account " OWNER_ACCOUNT " does (trafd -i "
	    OWNER_ACCOUNT ")", path);
}

void
tell_none(const char *path, uint64_t blocks)
{
	log_warnx(blocks == 0 ? "no blocks yet: %s; trafsave writes one" :
	    "no block in this range: %s; traflog -l lists all", path);
}

struct blocks *
blocks_of(const struct options *opt, const char *path)
{
	struct blocks	*b;
	const char	*why;

	if ((b = blocks_open(path, opt->layout, &why)) != NULL)
		return (b);
	if (why != NULL)
		log_errorx("%s: %s", path, why);
	else
		log_error("%s", path);
	return (NULL);
}

const char *
account_of(const struct options *opt, const char *path)
{
	size_t	len = strlen(opt->statedir);

	if (strncmp(path, opt->statedir, len) != 0 ||
	    strncmp(path + len, "/" TRAFD_PREFIX,
	    sizeof("/" TRAFD_PREFIX) - 1) != 0)
		return (NULL);
	path += len + sizeof("/" TRAFD_PREFIX) - 1;
	return (strchr(path, '/') == NULL ? path : NULL);
}

int
unsaved_get(const struct options *opt, const char *path, struct unsaved *u)
{
	const char	*account = account_of(opt, path);

	/* The rate over an unfinished block is no sample of a percentile. */
	if (account == NULL || opt->only_saved || opt->only_history ||
	    opt->question.permille > 0)
		return (0);
	if (unsaved_open(u, opt->run_dir, opt->statedir, account) == -1) {
		log_errorx("dump not counted: %s: %s (--saved asks without it)",
		    account, errno == EBADMSG ? "it is damaged" :
		    strerror(errno));
		return (-1);
	}
	if (u->why[0] != '\0')
		log_warnx("what is not saved yet is missing: %s (--saved asks "
		    "without it)", u->why);
	return (u->from == UNSAVED_NOTHING ? 0 : 1);
}
