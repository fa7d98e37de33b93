/*
 * Compiles filter expressions by libpcap.  No state.
 */
#include "config.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter.h"
#include "pcap_handle.h"

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
	if ((p = handle_for_link(o, link)) == NULL)
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
