/*
 * Whom trafdb(8) works as.  The directory of accounts belongs to a user who
 * faces the network and may have put anything there: links, settings of
 * Berkeley DB, a hostile database.  So root works in it as that user, and can
 * return where the caller's own files and programs are concerned.
 */
#ifndef TRAFDB_OWNER_H
#define TRAFDB_OWNER_H

#include <sys/types.h>
#include <stdbool.h>

struct owner {
	bool	 needed;	/* root, in a directory that is not root's */
	bool	 for_good;
	uid_t	 uid;
	gid_t	 gid;
	int	 ngroups;	/* of root */
	gid_t	*groups;
};

/*
 * Whose is the directory?  One that is not there yet is the caller's.
 * 0, or -1 after a message.
 */
int	owner_find(struct owner *, const char *dir);

/* Return, unless it was for good. */
void	owner_end(struct owner *);

/* Become the owner, `for_good' or until owner_switch_back().  0, or -1. */
int	owner_switch(struct owner *, bool for_good);
int	owner_switch_back(const struct owner *);

#endif
