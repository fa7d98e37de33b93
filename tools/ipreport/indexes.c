/*
 * Makes indexes of traces: ipreport --index.
 */
#include <inttypes.h>
#include <string.h>

#include "base/log.h"
#include "trace/index_make.h"
#include "ipreport.h"
#include "traffic.h"

int
indexes_run(const struct options *opt)
{
	struct index_made	made;
	char			err[INDEX_ERRLEN];
	int			i, rc = TRAFD_EXIT_OK;

	for (i = 0; i < opt->nfiles; i++) {
		if (strcmp(opt->files[i], "-") == 0)
			log_errorx("cannot make an index: standard input (name "
			    "the file)");
		else if (index_make(opt->files[i], &made, err) == 0) {
			log_notice("%s: index of %" PRIu64 " packets%s, %"
			    PRIu64 " bytes", opt->files[i], made.packets,
			    made.data == 0 ? "" : " (data records are not "
			    "in it)", made.octets);
			continue;
		} else
			log_errorx("cannot make an index: %s: %s",
			    opt->files[i], err);
		rc = TRAFD_EXIT_ERROR;
	}
	return (rc);
}
