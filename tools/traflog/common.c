/*
 * Shared by the jobs of traflog(1): opening files as the options say, and
 * messages about them.
 */
#include "base/log.h"
#include "file/blocks.h"
#include "file/savefile.h"
#include "traflog.h"

void
damage_report(const char *path, const struct savefile_damage *d)
{
	log_errorx("damaged block: %s: at byte %lld, %lld bytes skipped: %s",
	    path, (long long)d->offset, (long long)d->length,
	    block_strerror(d->why));
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
