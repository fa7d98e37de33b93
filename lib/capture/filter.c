/*
 * Compiles filter expressions by libpcap.  No state.
 */
#include "config.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter.h"
#include "pcap_handle.h"

/* Snapshot length of a handle without an interface: no effect on programs. */
#define DEAD_SNAPLEN	256

/*
 * A handle for compiling for that link type.  A live one is better: libpcap
 * then knows that the kernel stores VLAN tags outside the frame.
 */
static pcap_t *
compiler(const struct frames_opts *o, int link)
{
	const char	*names[] = { o->ifname, "lo" };
	char		 err[FRAMES_ERRLEN];
	size_t		 i;
	pcap_t		*p;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((p = handle_ask(o, names[i], err)) == NULL)
			continue;
		if (pcap_datalink(p) == link)
			return (p);
		pcap_close(p);
	}
	return (pcap_open_dead(link, DEAD_SNAPLEN));
}

static struct cbpf_insn *
copy(const struct bpf_program *prog)
{
	struct cbpf_insn	*to;
	unsigned int		 i;

	if ((to = calloc(prog->bf_len, sizeof(*to))) == NULL)
		return (NULL);
	for (i = 0; i < prog->bf_len; i++) {
		to[i].code = prog->bf_insns[i].code;
		to[i].jt = prog->bf_insns[i].jt;
		to[i].jf = prog->bf_insns[i].jf;
		to[i].k = prog->bf_insns[i].k;
	}
	return (to);
}

int
filter_for_link(const struct frames_opts *o, int link,
    struct cbpf_insn **insns, size_t *n, char *err)
{
	struct bpf_program	 prog;
	pcap_t			*p;

	*insns = NULL;
	*n = 0;
	if (!handle_is_filtered(o))
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
	if ((p = compiler(o, link)) == NULL)
		return (-1);
	if (handle_compile(p, o, &prog, err) == 0) {
		*insns = copy(&prog);
		*n = prog.bf_len;
		pcap_freecode(&prog);
	}
	pcap_close(p);
	return (*insns == NULL ? -1 : 0);
}

int
filter_print(const struct frames_opts *o, char *err)
{
	struct bpf_program	 prog;
	pcap_t			*p;
	int			 rc;

	p = o->file != NULL ? handle_file(o, err) : handle_live(o, err);
	if (p == NULL)
		return (-1);
	if ((rc = handle_compile(p, o, &prog, err)) == 0) {
		bpf_dump(&prog, 1);
		pcap_freecode(&prog);
	}
	pcap_close(p);
	return (rc);
}
