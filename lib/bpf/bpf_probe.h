/*
 * What the running kernel must support before a counting program is loaded.
 * Any thread.  Reasons are written to why[BPF_WHYLEN].
 */
#ifndef BPF_PROBE_H
#define BPF_PROBE_H

#include "bpf_load.h"

/*
 * Is it Linux 5.`least' or later?  Returns 0, or -1 with a reason that ends in
 * `use', such as ", which -c needs"; "" if all uses need it.
 */
int	bpf_probe_release(unsigned long least, const char *use, char *why);

/*
 * Is a running program never preempted by another one on its processor, except
 * in an interrupt?  In a real-time kernel it can be.  Returns 0, or -1 with a
 * reason.
 */
int	bpf_probe_preemption(char *why);

/* Does bpf_grace_wait() work?  Returns 0, or -1 with a reason. */
int	bpf_probe_grace(char *why);

/*
 * Wait until every run of a program that started before this call has ended;
 * after that, everything it wrote is visible to this thread.
 */
void	bpf_grace_wait(void);

#endif
