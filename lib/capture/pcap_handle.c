/*
 * Opens interfaces and files by libpcap and compiles expressions.  No state.
 */
#include "config.h"

#include <sys/types.h>
#include <sys/socket.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "base/endian.h"
#include "base/interface.h"
#include "pcap_handle.h"

/* For handles that do not capture. */
#define ASK_SNAPLEN	256
#define ASK_BUFFER_MIB	1

/* Snapshot length of a handle without an interface: no effect on programs. */
#define DEAD_SNAPLEN	256

/* Explain why pcap_activate() failed, with the next step. */
static void
explain(const char *ifname, int status, pcap_t *p, char *err)
{
	char	have[256];

	switch (status) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		interface_names(have, sizeof(have));
		(void)snprintf(err, FRAMES_ERRLEN,
		    "%s: no such interface (have: %s)", ifname, have);
		break;
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		(void)snprintf(err, FRAMES_ERRLEN, "no permission to "
		    "capture: %s; start as root", ifname);
		break;
	case PCAP_ERROR_IFACE_NOT_UP:
		(void)snprintf(err, FRAMES_ERRLEN,
		    "interface is down: %s; bring it up first", ifname);
		break;
	default:
		(void)snprintf(err, FRAMES_ERRLEN, "cannot open the "
		    "interface: %s: %s: %s", ifname,
		    pcap_statustostr(status), pcap_geterr(p));
	}
}

/* As pcap_activate(): 0, a positive warning or a negative error. */
static int
activate(pcap_t *p, const struct frames_opts *o)
{
	int	status;

	/* If this fails, times are in microseconds. */
	(void)pcap_set_tstamp_precision(p, PCAP_TSTAMP_PRECISION_NANO);
	if ((status = pcap_set_snaplen(p, o->snaplen == 0 ? HANDLE_SNAPLEN :
	    (int)o->snaplen)) != 0 ||
	    (status = pcap_set_promisc(p, o->promisc)) != 0 ||
	    (status = pcap_set_timeout(p, HANDLE_LATENCY_MS)) != 0 ||
	    (o->buffer_mib > 0 && (status = pcap_set_buffer_size(p,
	    (int)(o->buffer_mib << 20))) != 0))
		return (status);
	return (pcap_activate(p));
}

pcap_t *
handle_live(const struct frames_opts *o, char *err)
{
	char	 text[PCAP_ERRBUF_SIZE] = "", real[INTERFACE_NAME_MAX];
	pcap_t	*p;
	int	 status;

	/* libpcap takes no long name. */
	if ((p = pcap_create(interface_real(o->ifname, real), text)) == NULL) {
		(void)snprintf(err, FRAMES_ERRLEN, "cannot open the "
		    "interface: %s: %s", o->ifname, text);
		return (NULL);
	}
	if ((status = activate(p, o)) < 0) {
		explain(o->ifname, status, p, err);
		pcap_close(p);
		return (NULL);
	}
	if (pcap_setnonblock(p, 1, text) == -1) {
		(void)snprintf(err, FRAMES_ERRLEN, "cannot open the "
		    "interface: %s: %s", o->ifname, text);
		pcap_close(p);
		return (NULL);
	}
	return (p);
}

pcap_t *
handle_file(const struct frames_opts *o, char *err)
{
	char	 text[PCAP_ERRBUF_SIZE] = "";
	pcap_t	*p;

	p = pcap_open_offline_with_tstamp_precision(o->file,
	    PCAP_TSTAMP_PRECISION_NANO, text);
	if (p == NULL)	/* libpcap's message has the file's name */
		(void)snprintf(err, FRAMES_ERRLEN, "%s%s%s",
		    strstr(text, o->file) == NULL ? o->file : "",
		    strstr(text, o->file) == NULL ? ": " : "", text);
	return (p);
}

/*
 * Only by opening a capture does libpcap tell the DLT_ number of a link type,
 * and compile an expression for frames of captures: open an empty one.
 */
pcap_t *
handle_of_link(int number, char *err)
{
	uint8_t	 header[24] = { 0 };
	char	 text[PCAP_ERRBUF_SIZE] = "";
	FILE	*f;
	pcap_t	*p;

	put_be32(header, 0xa1b2c3d4);
	put_be32(header + 4, 2u << 16 | 4);
	put_be32(header + 16, HANDLE_SNAPLEN);
	put_be32(header + 20, (uint32_t)number);
	if ((f = fmemopen(header, sizeof(header), "r")) == NULL) {
		(void)snprintf(err, FRAMES_ERRLEN, "out of memory");
		return (NULL);
	}
	if ((p = pcap_fopen_offline(f, text)) != NULL)
		return (p);	/* pcap_close() closes f */
	(void)fclose(f);
	(void)snprintf(err, FRAMES_ERRLEN, "link type %d: %s", number, text);
	return (NULL);
}

int
handle_compile(pcap_t *p, const struct frames_opts *o,
    struct bpf_program *prog, char *err)
{
	const char	*text = handle_is_filtered(o) ? o->filter : "";

	if (pcap_compile(p, prog, text, o->optimize,
	    PCAP_NETMASK_UNKNOWN) == 0)
		return (0);
	(void)snprintf(err, FRAMES_ERRLEN, "invalid filter: \"%s\": %s; see "
	    "pcap-filter(7)", text, pcap_geterr(p));
	return (-1);
}

bool
handle_is_filtered(const struct frames_opts *o)
{
	return (o->filter != NULL && o->filter[0] != '\0');
}

pcap_t *
handle_ask(const struct frames_opts *o, const char *ifname, char *err)
{
	struct frames_opts	quiet = *o;

	quiet.ifname = ifname;
	quiet.promisc = false;
	quiet.snaplen = ASK_SNAPLEN;
	quiet.buffer_mib = ASK_BUFFER_MIB;
	return (handle_live(&quiet, err));
}

pcap_t *
handle_for_link(const struct frames_opts *o, int link)
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

int
handle_allowed(const struct frames_opts *o, char *err)
{
	struct if_nameindex	*list = if_nameindex();
	struct frames_opts	 quiet = *o;
	int			 status = 0;
	pcap_t			*p;

	quiet.promisc = false;
	quiet.snaplen = ASK_SNAPLEN;
	quiet.buffer_mib = ASK_BUFFER_MIB;
	if (list != NULL && list[0].if_name != NULL &&
	    (p = pcap_create(list[0].if_name, err)) != NULL) {
		status = activate(p, &quiet);
		if (status == PCAP_ERROR_PERM_DENIED)
			explain(o->ifname, status, p, err);
		pcap_close(p);
	}
	if (list != NULL)
		if_freenameindex(list);
	return (status == PCAP_ERROR_PERM_DENIED ? -1 : 0);
}
