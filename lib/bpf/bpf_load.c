/*
 * Loads programs by libbpf, which must not print to standard error.  No state
 * of its own.
 */
#include "config.h"

#include <sys/mman.h>
#include <sys/socket.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf_load.h"

/* EACCES means that the verifier refused the program, not a lack of rights. */
void
bpf_why(int error, const char *relief, char *why)
{
	switch (error) {
	case EPERM:
		(void)snprintf(why, BPF_WHYLEN, "the kernel does not let "
		    "this process load programs: %s", strerror(error));
		break;
	case ENOMEM:
		(void)snprintf(why, BPF_WHYLEN, "not enough kernel memory; "
		    "%s", relief);
		break;
	default:
		(void)snprintf(why, BPF_WHYLEN, "the kernel refuses the "
		    "program: %s", strerror(error));
	}
}

struct bpf_object *
bpf_load_open(const void *image, size_t len, char *why)
{
	struct bpf_object	*o;
	struct bpf_program	*p;

	(void)libbpf_set_print(NULL);
	if ((o = bpf_object__open_mem(image, len, NULL)) == NULL) {
		(void)snprintf(why, BPF_WHYLEN, "libbpf cannot read the "
		    "program: %s", strerror(errno));
		return (NULL);
	}
	bpf_object__for_each_program(p, o)
		(void)bpf_program__set_autoload(p, false);
	return (o);
}

void
bpf_load_want(struct bpf_object *o, const char *name)
{
	struct bpf_program	*p = bpf_object__find_program_by_name(o, name);

	if (p != NULL)
		(void)bpf_program__set_autoload(p, true);
}

/* A map that does not exist is a mistake of the caller. */
static struct bpf_map *
find_map(const struct bpf_object *o, const char *name)
{
	struct bpf_map	*m = bpf_object__find_map_by_name(o, name);

	if (m == NULL)
		errno = ENOENT;
	return (m);
}

int
bpf_load_set_entries(struct bpf_object *o, const char *map, size_t n)
{
	struct bpf_map	*m = find_map(o, map);

	if (m == NULL)
		return (-1);
	if (n > UINT32_MAX) {
		errno = ENOMEM;
		return (-1);
	}
	return (bpf_map__set_max_entries(m, (uint32_t)n) == 0 ? 0 : -1);
}

int
bpf_load_set_constants(struct bpf_object *o, const void *octets, size_t len)
{
	struct bpf_map	*m = find_map(o, ".rodata");

	return (m != NULL && bpf_map__set_initial_value(m, octets, len) == 0 ?
	    0 : -1);
}

int
bpf_load(struct bpf_object *o, const char *relief, char *why)
{
	if (bpf_object__load(o) == 0)
		return (0);
	bpf_why(errno, relief, why);
	return (-1);
}

int
bpf_load_program(const struct bpf_object *o, const char *name)
{
	struct bpf_program	*p = bpf_object__find_program_by_name(o, name);

	return (p == NULL ? -1 : bpf_program__fd(p));
}

int
bpf_load_map(const struct bpf_object *o, const char *map,
    struct bpf_memory *to)
{
	struct bpf_map	*m = find_map(o, map);
	size_t		 page = (size_t)sysconf(_SC_PAGESIZE);
	void		*at;

	if (m == NULL)
		return (-1);
	to->len = ((size_t)bpf_map__value_size(m) * bpf_map__max_entries(m) +
	    page - 1) / page * page;
	at = mmap(NULL, to->len, PROT_READ | PROT_WRITE, MAP_SHARED,
	    bpf_map__fd(m), 0);
	if (at == MAP_FAILED)
		return (-1);
	to->at = at;
	return (0);
}

void
bpf_load_unmap(struct bpf_memory *m)
{
	if (m->at != NULL)
		(void)munmap(m->at, m->len);
	m->at = NULL;
}

int
bpf_load_attach_socket(int fd, int program)
{
	return (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &program,
	    sizeof(program)));
}
