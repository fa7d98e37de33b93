/*
 * Accounting of a capture: meter, table and keeper are those of the daemon, but
 * for a file run one after the other in one thread.  stream.c is for streams.
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
#include "capturer.h"
#include "keeper.h"
#include "read.h"
#include "statedir.h"
#include "stream.h"
#include "traffic.h"

static uint64_t
add_flows(void *arg, const struct flow *flows, size_t n)
{
	return (table_add(arg, flows, n));
}

/* Count all frames of the source in the generation. */
static enum meter_state
read_frames(const struct options *o, struct meter *source,
    struct generation *g)
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
	if (meter_span(source, &first, &last))
		generation_cover(g, first, last);
	else if (g->ledger.v[LEDGER_FRAMES] > 0)
		capturer_log_untimed(o->read_file);
	return (state);
}

/* Report what was counted and saved. */
static void
log_counted(const struct options *o, const struct keeper *k, uint64_t frames)
{
	if (frames == 0)
		capturer_log_nothing(o->read_file);
	else if (isatty(STDERR_FILENO))
		log_info("counted: %s: %" PRIu64 " frame%s; saved: %zu row%s "
		    "to %s", o->read_file, frames, plural(frames),
		    keeper_wrote(k).rows, plural(keeper_wrote(k).rows),
		    keeper_save_path(k));
}

static int
account(const struct options *o, struct meter *source, struct keeper *k)
{
	struct generation	*g;
	enum meter_state	 state;
	uint64_t		 frames;
	int			 rc;

	if ((g = keeper_begin_alone(k)) == NULL)
		return (TRAFD_EXIT_ERROR);
	state = read_frames(o, source, g);
	frames = g->ledger.v[LEDGER_FRAMES];
	keeper_learn(k, g);
	capturer_log_links(o->read_file, source);
	if (state == METER_FAILED)
		capturer_log_damage(o->read_file, frames,
		    meter_error(source));
	if ((rc = keeper_save(k, g)) == 0)
		log_counted(o, k, frames);
	generation_free(g);
	return (rc == 0 && state != METER_FAILED ? TRAFD_EXIT_OK :
	    TRAFD_EXIT_ERROR);
}

/* What the blocks say is local: what --local gives, or nothing. */
static const char *
text_of(const struct options *o, struct nets *local, char *buf, size_t len)
{
	buf[0] = '\0';
	if (o->local != NULL && nets_widen(local, len))
		log_warnx("networks joined to wider ones: %s: those of "
		    "--local do not fit into a block; give fewer",
		    o->read_file);
	return (o->local == NULL ? "" : nets_format(local, buf, len));
}

/*
 * Append to the account, whose lock h no daemon has; other readers may.  The
 * source, which is closed here, may be a stream.
 */
static int
read_into(const struct options *o, struct nets *local, struct meter *source,
    struct holder *h)
{
	char			 text[BLOCK_TEXT_MAX];
	struct keeper_opts	 ko = {
		.state_dir = o->state_dir, .ext = o->ext,
		.ifname = o->ifname != NULL ? o->ifname : o->ext,
		.filter = o->filter, .local = local,
		.networks = text_of(o, local, text, sizeof(text)),
		.minsize = o->minsize, .ports = o->ports,
		.max_flows = o->max_flows,
		.layout = o->layout, .holder = h, .capture = true,
	};
	const struct sandbox_path	paths[] = {
		{ o->state_dir, SANDBOX_REMAKE },
	};
	const struct sandbox_rules	rules = { .paths = paths, .npaths = 1 };
	struct keeper		*k = keeper_open(&ko);
	int			 rc = TRAFD_EXIT_ERROR;

	/* The capture file is untrusted, but is already open. */
	if (k == NULL || keeper_check(k) == -1 || sandbox_enter(&rules) == -1)
		meter_close(source);
	else if (meter_fd(source) != -1)
		rc = stream_run(o, source, k, local);
	else {
		rc = account(o, source, k);
		meter_close(source);
	}
	keeper_close(k);
	return (rc);
}

/* What is in the networks `local' is local. */
static int
read_local(const struct options *o, struct nets *local)
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

	stream_hold_signals(true);
	source = meter_open(&co, error);
	if (source == NULL || meter_fd(source) == -1)
		stream_hold_signals(false);
	if (source == NULL) {
		log_errorx("%s", error);
		return (rc);
	}
	if (statedir_prepare(o->state_dir, o->ext, (uid_t)-1, (gid_t)-1) == 0)
		h = holder_take(o->state_dir, o->ext, (uid_t)-1,
		    (gid_t)-1, HOLDER_READER);
	if (h != NULL)
		rc = read_into(o, local, source, h);
	else
		meter_close(source);
	holder_release(h);
	return (rc);
}

/*
 * Without --local nobody says what is local in a capture: reports take the
 * private networks.
 */
int
read_run(const struct options *o)
{
	struct nets	*local = o->local == NULL ? nets_recorded("") :
			    nets_new();
	int		 rc;

	if (local == NULL ||
	    (o->local != NULL && nets_add_all(local, o->local) == -1)) {
		log_error("cannot open the account: %s", o->ext);
		nets_free(local);
		return (TRAFD_EXIT_ERROR);
	}
	rc = read_local(o, local);
	nets_free(local);
	return (rc);
}
