/*
 * Compresses finished files, in zstd's seekable format: independent frames of
 * 1 MiB, and a table of them at the end, which zstd(1) skips.  No state.
 */
#ifndef PACK_H
#define PACK_H

#include <stdbool.h>

/*
 * Replace the file by NAME.zst.  A crash leaves one of both, whole, or both.
 * *cancel, which another thread may set, ends it with ECANCELED.  0, or -1
 * with errno; then the file is as it was.
 */
int	pack_file(int dirfd, const char *name, const bool *cancel);

#endif
