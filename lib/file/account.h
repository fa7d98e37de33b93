/*
 * Finds the save files of accounts, from the name of an interface or a file.
 * No state; any thread.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Does the name of an account have only the characters that trafd(8) allows:
 * ASCII letters, digits and _-.:@?
 */
bool	account_is_plain(const char *name);

/*
 * Could the save file of this account be taken for another file of trafd, as
 * that of `a.status' for the status file of `a'?  Returns the word in the name
 * that causes this, a constant string, or NULL.
 */
const char *account_reserved(const char *name);

/*
 * Write to path[len] the path of a save file: `name' if it contains a slash or
 * is a regular file, otherwise statedir/trafd.<name>.  Returns 0, or -1 with
 * errno ENAMETOOLONG.
 */
int	account_path(const char *statedir, const char *name, char *path,
	    size_t len);

/*
 * Write to buf[len] the accounts in statedir, `eth0, lo', as many as fit, or
 * `none'.  Returns buf.
 */
char	*account_list(const char *statedir, char *buf, size_t len);

/*
 * Store the names of all accounts in statedir, sorted, in *names.  Returns how
 * many, or -1 with errno.  The caller frees them with account_free().
 */
int	account_names(const char *statedir, char ***names);
void	account_free(char **names, int n);

#endif
