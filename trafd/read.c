/*
 * Accounting of a capture file: meter, table and keeper are those of the
 * daemon, but run one after the other in one thread.
 */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/plural.h"
#include "daemon/sandbox.h"
#include "file/holder.h"
#include "meter/meter.h"
#include "packet/nets.h"
#include "keeper.h"
#include "read.h"
#include "statedir.h"
#include "traffic.h"

static uint64_t
add_flows(void *arg, const struct flow *flows, size_t n)
{
	return (table_add(arg, flows, n));
}

/* Count all frames of the source in the generation. */
static enum meter_state
read_frames(struct meter *source, struct generation *g)
{
	enum meter_state	state;
	uint64_t		first, last;

	generation_begin(g);
	do
		state = meter_drain(source, add_flows, g->table);
	while (state == METER_MORE);
	meter_take_ledger(source, &g->ledger);
	meter_take_senders(source, g->senders);
	generation_end(g);
	/* The block's times are those of the packets, not of the reading. */
	if (meter_span(source, &first, &last))
		generation_cover(g, first, last);
	return (state);
}

static int
account(const struct options *o, struct meter *source, struct keeper *k)
{
	struct generation	*g;
	enum meter_state	 state;
	int			 rc;

	if ((g = keeper_begin_alone(k)) == NULL)
		return (TRAFD_EXIT_ERROR);
	state = read_frames(source, g);
	keeper_learn(k, g);
	if (!meter_link_supported(source))
		log_warnx("link type not supported: %s: %s; its frames are "
		    "not decoded", o->read_file, meter_link_name(source));
	if (state == METER_FAILED)
		log_errorx("capture file damaged: %s: after %" PRIu64
		    " counted frame%s: %s", o->read_file,
		    g->ledger.v[LEDGER_FRAMES],
		    plural(g->ledger.v[LEDGER_FRAMES]), meter_error(source));
	rc = keeper_save(k, g);
	if (rc == 0 && isatty(STDERR_FILENO))
		log_info("counted: %s: %" PRIu64 " frame%s; saved: %zu row%s "
		    "to %s", o->read_file, g->ledger.v[LEDGER_FRAMES],
		    plural(g->ledger.v[LEDGER_FRAMES]), keeper_wrote(k).rows,
		    plural(keeper_wrote(k).rows), keeper_save_path(k));
	generation_free(g);
	return (rc == 0 && state != METER_FAILED ? TRAFD_EXIT_OK :
	    TRAFD_EXIT_ERROR);
}

/* Append to the account, whose lock h no daemon has; other readers may. */
static int
read_into(const struct options *o, const struct nets *local,
    struct meter *source, struct holder *h)
{
	struct keeper_opts	 ko = {
		.state_dir = o->state_dir, .ext = o->ext,
		.ifname = o->ifname != NULL ? o->ifname : o->ext,
		.filter = o->filter, .networks = "", .local = local,
		.minsize = o->minsize, .ports = o->ports,
		.max_flows = o->max_flows,
		.layout = o->layout, .holder = h,
	};
	const struct sandbox_path	paths[] = {
		{ o->state_dir, SANDBOX_REMAKE },
	};
	const struct sandbox_rules	rules = { .paths = paths, .npaths = 1 };
	struct keeper		*k = keeper_open(&ko);
	int			 rc = TRAFD_EXIT_ERROR;

	/* The capture file is untrusted, but is already open. */
	if (k != NULL && keeper_check(k) == 0 &&
	    sandbox_enter(&rules) != -1)
		rc = account(o, source, k);
	keeper_close(k);
	return (rc);
}

/* What is in the networks `local' is local. */
static int
read_local(const struct options *o, const struct nets *local)
{
	struct meter_opts	 co = {
		.frames = {
			.file = o->read_file, .filter = o->filter,
			.count = o->count, .optimize = o->optimize,
		},
		.ports = o->ports, .local = local,
	};
	char			 error[METER_ERRLEN];
	struct meter		*source;
	struct holder		*h = NULL;
	int			 rc = TRAFD_EXIT_ERROR;

	if ((source = meter_open(&co, error)) == NULL) {
		log_errorx("%s", error);
		return (rc);
	}
	if (statedir_prepare(o->state_dir, o->ext, (uid_t)-1, (gid_t)-1) == 0)
		h = holder_take(o->state_dir, o->ext, (uid_t)-1,
		    (gid_t)-1, HOLDER_READER);
	if (h != NULL)
		rc = read_into(o, local, source, h);
	holder_release(h);
	meter_close(source);
	return (rc);
}

/* Nobody says what is local in a capture: reports take the private networks. */
int
read_run(const struct options *o)
{
	struct nets	*local = nets_recorded("");
	int		 rc;

	if (local == NULL) {
		log_error("cannot open the account: %s", o->ext);
		return (TRAFD_EXIT_ERROR);
	}
	rc = read_local(o, local);
	nets_free(local);
	return (rc);
}
