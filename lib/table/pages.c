/*
 * Anonymous mappings (pages.h).
 */
#include <sys/mman.h>

#include "pages.h"

void *
pages_new(size_t len, bool full)
{
	void	*p = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANON, -1, 0);

	if (p == MAP_FAILED)
		return (NULL);
#ifdef MADV_HUGEPAGE
	if (full)
		(void)madvise(p, len, MADV_HUGEPAGE);
#else
	(void)full;
#endif
	return (p);
}

void
pages_free(void *p, size_t len)
{
	if (p != NULL)
		(void)munmap(p, len);
}
