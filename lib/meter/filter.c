/*
 * The half of libpcap that has to do with expressions and interfaces, but not
 * with frames.
 */
#include "config.h"

#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packet/decode.h"
#include "filter.h"
#include "host/ifstat.h"

/* What -d compiles for: the snapshot length of tcpdump. */
#define PRINT_SNAPLEN	262144

/* A handle that only answers questions. */
#define ASK_SNAPLEN	256
#define ASK_BUFFER_MIB	1

/* Of the cooked header, and places in it. */
#define SLL_LENGTH	16
#define SLL_PKTTYPE	0
#define SLL_PROTOCOL	14

/* Where classic BPF of Linux keeps what lies in no octet of a frame. */
#define ANCILLARY	0xfffff000
#define ANCILLARY_PROTOCOL (ANCILLARY + 0)
#define ANCILLARY_PKTTYPE (ANCILLARY + 4)

/* Why pcap_activate() failed, in words that help. */
static void
explain(const char *ifname, int status, pcap_t *p, char *err)
{
	char	have[256];

	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		ifstat_names(have, sizeof(have));
		(void)snprintf(err, METER_ERRLEN,
		    "no such interface: %s (have: %s)", ifname, have);
		break;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		(void)snprintf(err, METER_ERRLEN,
		    "no permission to capture: %s; start trafd as root",
		    ifname);
		break;
	case PCAP_ERROR_IFACE_NOT_UP:
		(void)snprintf(err, METER_ERRLEN,
		    "interface is down: %s; bring it up first", ifname);
		break;
	default:
		(void)snprintf(err, METER_ERRLEN, "cannot open the "
		    "interface: %s: %s: %s", ifname,
		    pcap_statustostr(status), pcap_geterr(p));
	}
}

/* As pcap_activate(): 0, a warning above it, or an error below. */
static int
activate(pcap_t *p, const struct meter_opts *o, int snaplen)
{
	int	status;

	if ((status = pcap_set_snaplen(p, snaplen)) != 0 ||
	    (status = pcap_set_promisc(p, o->promisc)) != 0 ||
	    (status = pcap_set_timeout(p, FILTER_LATENCY_MS)) != 0 ||
	    (o->buffer_mib > 0 && (status = pcap_set_buffer_size(p,
	    (int)(o->buffer_mib << 20))) != 0))
		return (status);
	return (pcap_activate(p));
}

pcap_t *
filter_open_live(const struct meter_opts *o, int snaplen, char *err)
{
	char	 text[PCAP_ERRBUF_SIZE] = "";
	pcap_t	*p;
	int	 status;

	if ((p = pcap_create(o->ifname, text)) == NULL) {
		(void)snprintf(err, METER_ERRLEN, "cannot open the "
		    "interface: %s: %s", o->ifname, text);
		return (NULL);
	}
	if ((status = activate(p, o, snaplen)) < 0) {
		explain(o->ifname, status, p, err);
		pcap_close(p);
		return (NULL);
	}
	if (pcap_setnonblock(p, 1, text) == -1) {
		(void)snprintf(err, METER_ERRLEN, "cannot open the "
		    "interface: %s: %s", o->ifname, text);
		pcap_close(p);
		return (NULL);
	}
	return (p);
}

pcap_t *
filter_open_file(const struct meter_opts *o, char *err)
{
	char	 text[PCAP_ERRBUF_SIZE] = "";
	pcap_t	*p;

	p = pcap_open_offline_with_tstamp_precision(o->file,
	    PCAP_TSTAMP_PRECISION_NANO, text);
	if (p == NULL)	/* libpcap's message names the file */
		(void)snprintf(err, METER_ERRLEN, "%s%s%s",
		    strstr(text, o->file) == NULL ? o->file : "",
		    strstr(text, o->file) == NULL ? ": " : "", text);
	return (p);
}

int
filter_compile(pcap_t *p, const struct meter_opts *o,
    struct bpf_program *prog, char *err)
{
	if (pcap_compile(p, prog, o->filter, o->optimize,
	    PCAP_NETMASK_UNKNOWN) == 0)
		return (0);
	(void)snprintf(err, METER_ERRLEN, "invalid filter: \"%s\": %s; see "
	    "pcap-filter(7)", o->filter, pcap_geterr(p));
	return (-1);
}

static pcap_t *
ask(const struct meter_opts *o, const char *ifname, char *err)
{
	struct meter_opts	quiet = *o;

	quiet.ifname = ifname;
	quiet.promisc = false;
	quiet.buffer_mib = ASK_BUFFER_MIB;
	return (filter_open_live(&quiet, ASK_SNAPLEN, err));
}

int
filter_ask_link(const struct meter_opts *o, struct filter_link *l, char *err)
{
	pcap_t	*p;

	/* It comes first: an interface that is replaced meanwhile is found
	 * not to be present. */
	l->index = if_nametoindex(o->ifname);
	if ((p = ask(o, o->ifname, err)) == NULL)
		return (-1);
	l->number = pcap_datalink(p);
	pcap_close(p);
	l->name = decode_link_name(l->number);
	if (l->name == NULL)
		l->name = pcap_datalink_val_to_name(l->number);
	if (l->name == NULL)
		l->name = "unknown";
	return (0);
}

/*
 * A handle to compile for that link type.  A live one is better: then libpcap
 * knows that the kernel keeps VLAN tags beside the frame.
 */
static pcap_t *
compiler(const struct meter_opts *o, int link)
{
	const char	*names[] = { o->ifname, "lo" };
	char		 err[METER_ERRLEN];
	size_t		 i;
	pcap_t		*p;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if ((p = ask(o, names[i], err)) == NULL)
			continue;
		if (pcap_datalink(p) == link)
			return (p);
		pcap_close(p);
	}
	return (pcap_open_dead(link, ASK_SNAPLEN));
}

/*
 * A cooked socket shows the kernel no header: what is in it has other places,
 * or none.
 */
static int
uncook(struct cbpf_insn *i)
{
	if (i->k >= ANCILLARY)
		return (0);
	if (i->k >= SLL_LENGTH)
		i->k -= SLL_LENGTH;
	else if (i->k == SLL_PKTTYPE)
		i->k = ANCILLARY_PKTTYPE;
	else if (i->k == SLL_PROTOCOL)
		i->k = ANCILLARY_PROTOCOL;
	else
		return (-1);
	return (0);
}

static int
uncook_all(struct cbpf_insn *insns, size_t n, int link)
{
	unsigned int	mode;
	size_t		i;

	for (i = 0; i < n; i++) {
		mode = BPF_MODE(insns[i].code);
		if ((BPF_CLASS(insns[i].code) != BPF_LD &&
		    BPF_CLASS(insns[i].code) != BPF_LDX) ||
		    (mode != BPF_ABS && mode != BPF_IND && mode != BPF_MSH))
			continue;
		if (link != DLT_LINUX_SLL || uncook(&insns[i]) == -1)
			return (-1);
	}
	return (0);
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
filter_classic(const struct meter_opts *o, int link,
    struct cbpf_insn **insns, size_t *n, char *err)
{
	bool			 cooked = link == DLT_LINUX_SLL ||
	    link == DLT_LINUX_SLL2;
	struct bpf_program	 prog;
	pcap_t			*p;
	int			 rc;

	*insns = NULL;
	*n = 0;
	if (o->filter[0] == '\0')
		return (0);
	(void)snprintf(err, METER_ERRLEN, "out of memory");
	if ((p = compiler(o, link)) == NULL)
		return (-1);
	if ((rc = filter_compile(p, o, &prog, err)) == 0) {
		*insns = copy(&prog);
		*n = prog.bf_len;
		pcap_freecode(&prog);
	}
	pcap_close(p);
	if (*insns != NULL && cooked && uncook_all(*insns, *n, link) == -1) {
		(void)snprintf(err, METER_ERRLEN, "cannot count in the "
		    "kernel: filter \"%s\": the kernel does not have the "
		    "cooked header", o->filter);
		free(*insns);
		*insns = NULL;
	}
	return (*insns == NULL ? -1 : rc);
}

int
meter_print_filter(const struct meter_opts *o, char *err)
{
	struct bpf_program	 prog;
	pcap_t			*p;
	int			 rc;

	p = o->file != NULL ? filter_open_file(o, err) :
	    filter_open_live(o, PRINT_SNAPLEN, err);
	if (p == NULL)
		return (-1);
	if ((rc = filter_compile(p, o, &prog, err)) == 0) {
		bpf_dump(&prog, 1);
		pcap_freecode(&prog);
	}
	pcap_close(p);
	return (rc);
}
