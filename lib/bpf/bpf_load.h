/*
 * Loads eBPF programs from an object file in memory, and explains why the
 * kernel refused.
 *
 *	probe (bpf_probe.h) -> open -> [sizes, by libbpf]* -> load ->
 *	[map, attach]* -> unmap, bpf_object__close(3)
 *
 * Loading needs root.  Attaching a loaded program to a socket needs no
 * privilege, and mapped memory is read without system calls: both work in the
 * sandbox.  One thread at a time per object.
 */
#ifndef BPF_LOAD_H
#define BPF_LOAD_H

#include <stddef.h>

struct bpf_object;	/* of libbpf */

/* Longest reason, with the terminating NUL. */
#define BPF_WHYLEN	256

/*
 * Open the object of len bytes at `image', which must stay until the object is
 * closed.  None of its programs is selected for loading yet.  Returns NULL with
 * a reason in why[BPF_WHYLEN] on failure.
 */
struct bpf_object *bpf_load_open(const void *image, size_t len, char *why);

/* Select the program of that name for loading, if it exists. */
void	bpf_load_want(struct bpf_object *, const char *name);

/* Before loading: set a map's number of elements.  0, or -1 with errno. */
int	bpf_load_set_entries(struct bpf_object *, const char *map, size_t n);

/* Before loading: set the constants (.rodata).  0, or -1 with errno. */
int	bpf_load_set_constants(struct bpf_object *, const void *, size_t len);

/*
 * Load the selected programs and all maps.  Returns 0, or -1 with a reason in
 * why[BPF_WHYLEN].  If the kernel lacks memory for the maps, the reason ends
 * with `relief', the next step for the user.
 */
int	bpf_load(struct bpf_object *, const char *relief, char *why);

/*
 * The descriptor of a loaded program, owned by the object; -1 if there is
 * none.
 */
int	bpf_load_program(const struct bpf_object *, const char *name);

/* An array map, mapped into the memory of the process. */
struct bpf_memory {
	void	*at;		/* NULL: not mapped */
	size_t	 len;
};

/* Map the array map of that name.  0, or -1 with errno. */
int	bpf_load_map(const struct bpf_object *, const char *map,
	    struct bpf_memory *);
void	bpf_load_unmap(struct bpf_memory *);

/* Attach the program to a socket: it sees each packet.  0, or -1 with errno. */
int	bpf_load_attach_socket(int fd, int program);

/*
 * Write to why[BPF_WHYLEN] the most likely reason for the error (errno) of a
 * refused load, map or program.  `relief' as in bpf_load().
 */
void	bpf_why(int error, const char *relief, char *why);

#endif
