/*
 * For tests that replace calls (ld --wrap): the names that the linker sees.
 * On 32-bit systems with a 64-bit off_t glibc renames open() to open64(), and
 * others likewise.
 */
#ifndef WRAP_H
#define WRAP_H

#include <sys/types.h>

#if defined(__GLIBC__) && defined(__USE_FILE_OFFSET64) && \
    __SIZEOF_LONG__ == 4
#define __real_open		__real_open64
#define __real_openat		__real_openat64
#define __real_fstatat		__real_fstatat64
#define __real_pwrite		__real_pwrite64
#define __real_pwritev		__real_pwritev64
#define __real_ftruncate	__real_ftruncate64
#define __wrap_open		__wrap_open64
#define __wrap_openat		__wrap_openat64
#define __wrap_fstatat		__wrap_fstatat64
#define __wrap_pwrite		__wrap_pwrite64
#define __wrap_pwritev		__wrap_pwritev64
#define __wrap_ftruncate	__wrap_ftruncate64
#endif

#endif
