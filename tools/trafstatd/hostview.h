/*
 * One host of an instance: its bytes, services and peers, and points for a
 * chart, queried while somebody looks at it.  A few hosts are kept; a new one
 * takes the place of that not looked at for the longest.
 *
 *	hostviews_new → hostview_look* → hostviews_free
 */
#ifndef TRAFSTATD_HOSTVIEW_H
#define TRAFSTATD_HOSTVIEW_H

#include "names/host.h"
#include "live.h"
#include "members.h"

enum host_dim {
	HOST_SELF,		/* one member, the host */
	HOST_SERVICES,
	HOST_PEERS,		/* pairs with the host */
	HOST_DIMS
};

/* Bytes since the host was first looked at, at one time. */
struct host_point {
	uint64_t	ms;		/* monotonic */
	uint64_t	out, in;
};

struct hostview {
	char			 ext[TRAFD_EXT_MAX + 1];
	struct names_host	 host;
	struct members		*dims[HOST_DIMS];
	uint64_t		 asked_ms;	/* 0: never answered */
	uint64_t		 wait_ms;	/* until the next query */
	uint64_t		 used_ms;
	uint64_t		 begin;		/* CONTROL_BEGIN then */
	uint64_t		 started;	/* CONTROL_STARTED then */
	struct host_point	 points[LIVE_POINTS];	/* a ring */
	size_t			 npoints;	/* ever added */
};

struct hostviews;

struct hostviews *hostviews_new(void);		/* NULL with errno */
void		  hostviews_free(struct hostviews *);

/*
 * The host, queried again if that is due.  Valid until the next call.  NULL
 * if memory is short.
 */
struct hostview	*hostview_look(struct hostviews *, struct live *,
		    struct live_instance *, const struct names_host *);

/* The host itself, or NULL if it has no traffic in this account. */
const struct member *hostview_self(const struct hostview *);

/*
 * A row of HOST_PEERS: the other host as key->src, and the member's sums as
 * seen from this one.
 */
void		 hostview_peer(const struct hostview *, const struct member *,
		    struct member *as_seen);

/* Point i < hostview_points(), the oldest first. */
const struct host_point *hostview_point(const struct hostview *, size_t i);
size_t		 hostview_points(const struct hostview *);

/* Parse the text of an address.  0, or -1. */
int		 hostview_parse(const char *text, struct names_host *);

#endif
