/*
 * The part of the sandbox on Linux that restricts system calls.
 */
#ifndef SECCOMP_LINUX_H
#define SECCOMP_LINUX_H

/* AddressSanitizer's leak checker starts a process, which traces this one. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED	1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED	1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED	0
#endif

struct sandbox_rules;

/*
 * Allow only the system calls that daemons and their libraries use, and those
 * of the rules; needs no_new_privs.  Returns 1, 0 if the kernel does not load
 * the filter, or -1 with errno.
 */
int	seccomp_enter(const struct sandbox_rules *);

#endif
