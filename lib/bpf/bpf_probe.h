/*
 * What the running kernel must be able to do before a program that counts is
 * loaded into it.  Any thread.
 */
#ifndef BPF_PROBE_H
#define BPF_PROBE_H

#include "bpf_load.h"

/*
 * Is it at least Linux 5.`least'?  0, or -1 with a reason that ends in `use'
 * (", which -c needs"; "" for all).
 */
int	bpf_probe_release(unsigned long least, const char *use, char *why);

/*
 * Is a run of a program never interrupted by another on the same processor
 * but by an interrupt?  A kernel for real time does that.  0, or -1 with a
 * reason.
 */
int	bpf_probe_preemption(char *why);

/* Can bpf_grace_wait() be used?  0, or -1 with a reason. */
int	bpf_probe_grace(char *why);

/*
 * Wait until each run of a program that began before this call has ended, and
 * all that it has written can be seen here.
 */
void	bpf_grace_wait(void);

#endif
