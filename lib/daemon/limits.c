/*
 * Checks limits of the process.  No state.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <inttypes.h>
#include <stdbool.h>

#include "base/log.h"
#include "limits.h"

/* The soft limit, or RLIM_INFINITY if it cannot be read. */
static rlim_t
limit_of(int resource)
{
	struct rlimit	r;

	return (getrlimit(resource, &r) == 0 ? r.rlim_cur : RLIM_INFINITY);
}

static bool
is_below(rlim_t limit, uint64_t need)
{
	return (limit != RLIM_INFINITY && (uint64_t)limit < need);
}

/* Several limits apply to memory, and part of each is used: try to map it. */
static bool
has_room(size_t bytes)
{
	void	*p;

	if (bytes == 0 || (limit_of(RLIMIT_AS) == RLIM_INFINITY &&
	    limit_of(RLIMIT_DATA) == RLIM_INFINITY))
		return (true);
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return (false);
	(void)munmap(p, bytes);
	return (true);
}

int
limits_check(const struct limits_need *n)
{
	rlim_t	files = limit_of(RLIMIT_NOFILE), size = limit_of(RLIMIT_FSIZE);
	rlim_t	processes = limit_of(RLIMIT_NPROC);
	int	rc = 0;

	if (is_below(files, n->descriptors)) {
		log_errorx("limit of open files too small: %" PRIu64
		    ", at least %" PRIu64 " are needed; raise it (ulimit -n, "
		    "LimitNOFILE=)", (uint64_t)files, n->descriptors);
		rc = -1;
	}
	if (is_below(size, n->file_size)) {
		log_errorx("limit of file sizes too small: %" PRIu64
		    " bytes, at least %" PRIu64 " are needed; raise it "
		    "(ulimit -f, LimitFSIZE=)", (uint64_t)size,
		    n->file_size);
		rc = -1;
	}
	if (!has_room(n->memory)) {
		log_errorx("limit of memory too small: %zu bytes more are "
		    "needed; raise it (ulimit -v and -d, LimitAS=, "
		    "LimitDATA=)", n->memory);
		rc = -1;
	}
	if (is_below(processes, n->processes)) {
		log_errorx("limit of processes too small: %" PRIu64
		    ", at least %" PRIu64 " are needed, threads included; "
		    "raise it (ulimit -u, LimitNPROC=)", (uint64_t)processes,
		    n->processes);
		rc = -1;
	}
	return (rc);
}
