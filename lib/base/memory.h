/*
 * The memory of a process that starts with much work and then has little.
 */
#ifndef MEMORY_H
#define MEMORY_H

/* Give back to the system what was freed, if the C library can. */
void	memory_trim(void);

#endif
