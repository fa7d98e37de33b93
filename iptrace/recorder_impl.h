/*
 * Shared by recorder.c, which reads and writes frames, and recorder_files.c,
 * which begins and ends the files.
 */
#ifndef RECORDER_IMPL_H
#define RECORDER_IMPL_H

#include <pthread.h>
#include <time.h>

#include "base/fault.h"
#include "recorder.h"

struct recorder {
	const struct options *opt;
	struct target	*target;
	struct sources	*sources;
	struct data	*data;		/* NULL: no data trace */
	struct tidy	*tidy;
	struct record	*record;
	struct index_writer *index;	/* NULL: none */
	int		 fd;		/* -1: no file could be made */
	bool		 removed;	/* it was, and this was said */
	time_t		 until;		/* of the wall clock; 0: no end */
	uint64_t	 size;		/* octets at which it ends; 0: none */
	uint64_t	 left;		/* frames of -c; UINT64_MAX: all */
	uint64_t	 retry;		/* now_mono(): begin another file */
	uint64_t	 asked;		/* now_mono(): last losses */
	bool		 blocked;	/* a write has taken long since then */
	struct fault	 fault;
	struct fault	 staying;	/* the file cannot be renamed */
	pthread_t	 thread;
	bool		 started;
	unsigned int	 wishes;	/* atomic */
	int		 wake[2];	/* for the thread: it has wishes */
	int		 done[2];	/* for its owner: it has ended */
	uint64_t	 frames;	/* atomic, as all of lost */
	struct record_losses lost;
};

/* What failed, by errno, so that frames are lost. */
void	recorder_fault(struct recorder *, const char *what);

/* How often the same is tried again after --free has made room. */
#define ROOM_TRIES	8

/* If that errno is one of a full disk: is there room after --free has acted? */
bool	recorder_make_room(struct recorder *, int error);

/* The index must never stop the recording: go on without. */
void	recorder_without_index(struct recorder *);

void	recorder_end_file(struct recorder *);

/*
 * Begin another file, or go on with this one if it cannot be renamed.  If then
 * no file can be made, all frames are lost, and the next call tries again.
 */
void	recorder_rotate(struct recorder *);

/* Has somebody cut or removed the file?  Then begin anew. */
void	recorder_look(struct recorder *);

#endif
