/*
 * Where accounts live: from the name of an interface, or of a file, to the
 * path of its save file.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Has the name of an account no other octets than trafd(8) allows, ASCII
 * letters, digits and _-.:@?
 */
bool	account_is_plain(const char *name);

/*
 * Of a name that would be read as another file of an account, as `a.status'
 * would be the status file of account `a': the word that makes it so.  Else
 * NULL.
 */
const char *account_reserved(const char *name);

/*
 * The regular file `name' if there is one, else statedir/trafd.<name>; a
 * name with a slash is a file in any case.  Returns 0, or -1 with errno
 * ENAMETOOLONG.
 */
int	account_path(const char *statedir, const char *name, char *path,
	    size_t len);

/*
 * List the accounts that exist in statedir: `eth0, lo', as many as fit, or
 * `none'.  Returns buf.
 */
char	*account_list(const char *statedir, char *buf, size_t len);

/*
 * The names of all accounts in statedir, sorted.  Returns how many, or -1
 * with errno; account_free() frees them.
 */
int	account_names(const char *statedir, char ***names);
void	account_free(char **names, int n);

#endif
