/*
 * Who may read what this user may not.
 */
#ifndef COMMON_DENIED_H
#define COMMON_DENIED_H

#define DENIED_LEN	256

/*
 * After EACCES on the path: `only root, its owner and members of group trafd
 * can read it', by the file or the directory on the way to it that refuses;
 * NULL if no group may.  Returns buf.
 */
const char	*denied_to_others(const char *path, char buf[DENIED_LEN]);

#endif
