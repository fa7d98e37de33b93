/*
 * One line for each damaged part of a file.
 */
#include "base/log.h"
#include "base/plural.h"
#include "damage.h"

void
damage_report(const char *path, const struct savefile_damage *d)
{
	log_errorx("damaged block: %s: at byte %lld, %lld byte%s skipped: %s",
	    path, (long long)d->offset, (long long)d->length,
	    plural((uint64_t)d->length), block_strerror(d->why));
}
