/*
 * What the jobs of traflog(1) share: files opened as the options say, and
 * what is said of them.
 */
#include "base/log.h"
#include "file/blocks.h"
#include "file/savefile.h"
#include "traflog.h"

void
damage_report(const char *path, const struct savefile_damage *d)
{
	log_errorx("%s: block damaged at octet %lld (%lld octets skipped): %s",
	    path, (long long)d->offset, (long long)d->length,
	    block_strerror(d->why));
}

void
tell_none(const char *path, uint64_t blocks)
{
	log_warnx("%s: %s", path, blocks == 0 ?
	    "no blocks yet: trafsave closes one" :
	    "no block in this range: traflog -l lists them");
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
