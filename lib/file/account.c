/*
 * Names of accounts and of their save files.
 */
#include <sys/stat.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/printable.h"
#include "account.h"
#include "traffic.h"

#define PREFIX_LEN	(sizeof(TRAFD_PREFIX) - 1)

int
account_path(const char *statedir, const char *name, char *path, size_t len)
{
	struct stat	st;
	int		n;

	if (strchr(name, '/') != NULL ||
	    (stat(name, &st) == 0 && S_ISREG(st.st_mode)))
		n = snprintf(path, len, "%s", name);
	else
		n = snprintf(path, len, "%s/" TRAFD_PREFIX "%s", statedir,
		    name);
	if (n < 0 || (size_t)n >= len) {
		errno = ENAMETOOLONG;
		return (-1);
	}
	return (0);
}

/* Files that a save has renamed or copied are no accounts; see savefile.h. */
static bool
set_aside(const char *name)
{
	return (strstr(name, ".torn.") != NULL ||
	    strstr(name, ".alien.") != NULL);
}

static int
is_account(const struct dirent *d)
{
	return (strncmp(d->d_name, TRAFD_PREFIX, PREFIX_LEN) == 0 &&
	    d->d_name[PREFIX_LEN] != '\0' && !set_aside(d->d_name));
}

char *
account_list(const char *statedir, char *buf, size_t len)
{
	char		  name[256];
	struct dirent	**found;
	int		  i, n;

	buf[0] = '\0';
	n = scandir(statedir, &found, is_account, alphasort);
	for (i = 0; i < n; i++) {
		if (i > 0)
			strlcat(buf, ", ", len);
		/* The names are untrusted. */
		strlcat(buf, printable_word(found[i]->d_name + PREFIX_LEN, name,
		    sizeof(name)), len);
		free(found[i]);
	}
	if (n >= 0)
		free(found);
	if (buf[0] == '\0')
		strlcpy(buf, "none", len);
	return (buf);
}

bool
account_is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) &&
		    strchr("_-.:@", *name) == NULL)
			return (false);
	return (true);
}

/*
 * The words after a dot in the names of files that trafd makes for an account:
 * in the run directory, in the state directory (some are hidden), and among
 * the dumps.  Some file systems ignore case.
 */
const char *
account_reserved(const char *name)
{
	static const char *const	words[] = {
		"status", "sock", "lock", "journal", "new", "torn", "alien",
		"damaged", "bad", "lost",
	};
	size_t				i, len;

	while ((name = strchr(name, '.')) != NULL) {
		len = strcspn(++name, ".");
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			if (strlen(words[i]) == len &&
			    strncasecmp(name, words[i], len) == 0)
				return (words[i]);
	}
	return (NULL);
}

/* trafd makes plain names only; other writers to the directory may not. */
static int
is_plain_account(const struct dirent *d)
{
	return (account_is_plain(d->d_name) && is_account(d));
}

int
account_names(const char *statedir, char ***names)
{
	struct dirent	**found;
	int		  i, n;

	*names = NULL;
	if ((n = scandir(statedir, &found, is_plain_account, alphasort)) == -1)
		return (-1);
	if ((*names = calloc((size_t)n + 1, sizeof(**names))) == NULL)
		errno = ENOMEM;
	for (i = 0; i < n; i++) {
		if (*names != NULL)
			(*names)[i] = strdup(found[i]->d_name + PREFIX_LEN);
		free(found[i]);
	}
	free(found);
	for (i = 0; *names != NULL && i < n; i++)
		if ((*names)[i] == NULL) {
			account_free(*names, n);
			*names = NULL;
			errno = ENOMEM;
			return (-1);
		}
	return (*names == NULL ? -1 : n);
}

void
account_free(char **names, int n)
{
	int	i;

	for (i = 0; names != NULL && i < n; i++)
		free(names[i]);
	free(names);
}
