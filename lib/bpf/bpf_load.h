/*
 * Programs for the kernel, from an object file in memory, and the words for
 * what the kernel refuses.
 *
 *	probe (bpf_probe.h) -> open -> [sizes, by libbpf]* -> load ->
 *	[map, attach]* -> unmap, bpf_object__close(3)
 *
 * Loading needs root.  What is loaded is attached to sockets without any
 * right, and what is mapped is read without a system call: both work inside
 * the sandbox.  One thread at a time for one object.
 */
#ifndef BPF_LOAD_H
#define BPF_LOAD_H

#include <stddef.h>

struct bpf_object;	/* of libbpf */

/* Longest reason, with the terminating NUL. */
#define BPF_WHYLEN	256

/*
 * Open the object of len octets at `image', which must outlive it, with none
 * of its programs wanted.  NULL with a reason in why[BPF_WHYLEN].
 */
struct bpf_object *bpf_load_open(const void *image, size_t len, char *why);

/* The program of that name is to be loaded, if there is one. */
void	bpf_load_want(struct bpf_object *, const char *name);

/* Before it is loaded: a map has room for n elements.  0, or -1 with errno. */
int	bpf_load_set_entries(struct bpf_object *, const char *map, size_t n);

/* Before it is loaded: its constants (.rodata).  0, or -1 with errno. */
int	bpf_load_set_constants(struct bpf_object *, const void *, size_t len);

/*
 * Load the programs that are wanted, and all maps.  0, or -1 with a reason in
 * why[BPF_WHYLEN]; `relief' says what to do if the kernel has too little
 * memory for the maps.
 */
int	bpf_load(struct bpf_object *, const char *relief, char *why);

/* The descriptor of a program that was loaded; the object's.  -1: there is
 * none. */
int	bpf_load_program(const struct bpf_object *, const char *name);

/* A map of the kind `array' in the memory of the process. */
struct bpf_memory {
	void	*at;		/* NULL: not mapped */
	size_t	 len;
};

/* 0, or -1 with errno. */
int	bpf_load_map(const struct bpf_object *, const char *map,
	    struct bpf_memory *);
void	bpf_load_unmap(struct bpf_memory *);

/* Let the program look at each packet of a socket.  0, or -1 with errno. */
int	bpf_load_attach_socket(int fd, int program);

/*
 * What the error of a refused load, map or program most likely means: a reason
 * in why[BPF_WHYLEN].
 */
void	bpf_why(int error, const char *relief, char *why);

#endif
