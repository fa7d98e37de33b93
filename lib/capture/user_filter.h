/*
 * Filters frames of an interface here, as the kernel would.
 *
 *	new -> wants* -> free
 *
 * One thread at a time.
 */
#ifndef USER_FILTER_H
#define USER_FILTER_H

#include <pcap/pcap.h>
#include <stdbool.h>

struct user_filter;

/*
 * The program, of which a copy is kept, was compiled for a live handle of this
 * link type, and may ask for the tag of a VLAN beside the frame.  NULL with
 * errno.
 */
struct user_filter *user_filter_new(const struct bpf_program *, int dlt);
void		 user_filter_free(struct user_filter *);  /* NULL is allowed */

/* Does it accept the frame, which must not be cut? */
bool		 user_filter_wants(struct user_filter *,
		    const struct pcap_pkthdr *, const u_char *octets);

#endif
