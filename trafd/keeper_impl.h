/*
 * The keeper's own: shared by the part that writes (keeper.c) and the part
 * that begins (keeper_begin.c), and by nobody else.
 */
#ifndef KEEPER_IMPL_H
#define KEEPER_IMPL_H

#include "block.h"
#include "fault.h"
#include "keeper.h"
#include "traffic.h"

struct keeper {
	struct keeper_opts	 opts;
	uint64_t		 instance;
	bool			 has_dump;	/* one of ours may be there */
	char			 name[sizeof(TRAFD_PREFIX) + TRAFD_EXT_MAX];
	char			*save_path;
	char			*dump_dir;
	char			*dump_path;
	char			 host[BLOCK_HOST_MAX];
	char			 error[512];
	struct keeper_wrote	 wrote;
	struct fault		 dump_fault, save_fault, remove_fault;
};

/* The directory itself, open for the calls of savefile.h; -1 with errno. */
int		 keeper_open_dir(const char *path);

/* Remove the dump durably; 0, or -1 with errno. */
int		 keeper_remove_dump(const struct keeper *);

#endif
