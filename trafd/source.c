/*
 * The source of packets that the options choose.
 */
#include "config.h"

#include "base/interface.h"
#include "base/log.h"
#include "host/networks.h"
#include "source.h"

struct meter *
source_open(const struct options *o, const struct networks *networks,
    struct meter_opts *mo)
{
	char		 error[METER_ERRLEN];
	struct meter	*m;

	*mo = (struct meter_opts){
		.frames = {
			.ifname = o->ifname, .filter = o->filter,
			.count = o->count, .buffer_mib = o->buffer_mib,
			.optimize = o->optimize, .promisc = o->promisc,
			.wait = o->wait,
		},
		.source = o->source, .ports = o->ports,
		.threads = o->threads, .max_flows = o->max_flows,
		.owners = options_owners(o),
		.networks = networks, .once = networks_once(networks),
	};
	if ((m = meter_open(mo, error)) == NULL) {
		log_errorx("%s", error);
		return (NULL);
	}
	if (meter_is_absent(m) && interface_is_down(o->ifname)) {
		log_warnx("interface is down: %s: waiting until it is up; "
		    "--no-wait refuses to start", o->ifname);
		return (m);
	}
	if (meter_is_absent(m)) {
		log_warnx("interface missing: %s: waiting until it comes; "
		    "--no-wait refuses to start", o->ifname);
		return (m);
	}
	if (meter_link_supported(m))
		return (m);
	log_errorx("link type not supported: %s: %s; trafd(8) lists "
	    "the supported ones", o->ifname, meter_link_name(m));
	meter_close(m);
	return (NULL);
}
