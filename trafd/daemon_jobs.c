/*
 * Serves dumps, saves, queries and the exit, one at a time.  Owns the pending
 * requests and the state of the one being served:
 *
 *	idle -> freezing -> writing -> idle		save
 *	idle -> freezing -> writing -> merging -> idle	dump, query, or a save
 *							that failed
 *	idle -> finishing -> last write -> end		the last dump
 *
 * The event loop calls four functions: next_request() begins a request,
 * job_frozen() passes the table to the writer, job_written() reports the
 * result, job_merged() ends a request whose table went back to the capturer.
 * Only job_changed() updates the status file, `stat' and the clients.
 *
 * A request that arrives meanwhile is counted and served when the state is
 * idle again, so none is lost; several of one kind are served as one.
 */
#include "config.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/plural.h"
#include "daemon/detach.h"
#include "daemon_impl.h"
#include "traffic.h"

/* Shortest pause between two queries, nanoseconds. */
#define REST_LEAST	UINT64_C(20000000)

static struct run_counts *
counts(struct daemon *d)
{
	return (d->job == WRITER_DUMP ? &d->status.dump : &d->status.save);
}

/* Is the capture buffer smaller than --buffer asks for? */
static bool
is_buffer_cut(const struct daemon *d)
{
	const uint64_t	*v = d->stat.s.v;

	return (v[CONTROL_BUFFER] != 0 &&
	    v[CONTROL_BUFFER] < v[CONTROL_BUFFER_MIB] << 20);
}

/* Called at each dump and save, so that every loss is logged, once. */
static void
log_drops(struct daemon *d, const struct ledger *l)
{
	uint64_t	dropped = ledger_dropped(l);

	if (dropped > d->p.drops)
		log_errorx("packets dropped since the last save: %s: "
		    "%" PRIu64 " by the capture buffer, %" PRIu64 " by the "
		    "interface; see %s", d->p.ifname,
		    l->v[LEDGER_DROP_KERNEL], l->v[LEDGER_DROP_IFACE],
		    is_buffer_cut(d) ? TRAFD_BUFFER_LIMIT : "--buffer");
	d->p.drops = dropped;
}

/* Count the begin (r is NULL) or the result of a dump or save. */
static void
count_step(struct daemon *d, const struct writer_result *r)
{
	if (r == NULL)
		counts(d)->begun++;
	else if (r->rc == 0)
		counts(d)->done++;
	else {
		counts(d)->failed++;
		d->status.error = r->error;
	}
}

static void
show_status(const struct daemon *d)
{
	if (d->p.run != NULL)
		runfiles_status(d->p.run, &d->status);
}

static void
end_query(struct daemon *d, const struct writer_result *r)
{
	uint64_t	now = now_mono(), took = now - d->job_began;

	d->query_at = now + (took > REST_LEAST ? took : REST_LEAST);
	control_query_ended(d->p.control, r->fd, r->length, r->error);
}

/*
 * The current request has begun (r is NULL) or ended with the result r.
 * Updates the status file, which scripts read, the answer to `stat' and the
 * clients of the control socket.
 */
static void
job_changed(struct daemon *d, const struct writer_result *r)
{
	enum control_command	command = d->job == WRITER_DUMP ?
	    CONTROL_ASK_DUMP : CONTROL_ASK_SAVE;
	uint64_t		took = now_mono() - d->job_began;

	if (d->job == WRITER_QUERY) {
		if (r != NULL)
			end_query(d, r);
		return;
	}
	if (d->splitting) {	/* nobody has asked for it */
		if (r != NULL)
			stat_job(&d->stat, d->job, r, took);
		return;
	}
	count_step(d, r);
	show_status(d);
	if (r == NULL) {
		control_job_begun(d->p.control, command);
		return;
	}
	stat_job(&d->stat, d->job, r, took);
	control_job_ended(d->p.control, command,
	    r->rc == 0 ? NULL : r->error, r->wrote.rows, took);
}

/* No memory for the empty table that would replace the frozen one. */
static void
fail_job(struct daemon *d)
{
	struct writer_result	r = { .rc = -1, .fd = -1,
	    .error = "out of memory",
	    .probe = (size_t)d->stat.s.v[CONTROL_WORST_PROBE] };

	log_error("cannot allocate a second table: %s (see --max-flows)",
	    d->p.ifname);
	job_changed(d, NULL);
	job_changed(d, &r);
	if (d->splitting)
		networks_join(d->live, sizeof(d->live), d->fresh);
	d->splitting = false;
}

/* Have the live generation frozen and replaced by a new one. */
static void
begin_job(struct daemon *d, enum writer_job job)
{
	struct generation	*fresh;
	uint64_t		 epoch = d->p.epoch + (job == WRITER_SAVE);

	d->job = job;
	d->job_began = now_mono();
	networks_begun(d);
	fresh = generation_new(epoch, d->p.max_flows, d->p.networks != NULL ?
	    networks_set(d->p.networks) : d->p.local, d->p.ports);
	if (fresh == NULL) {
		fail_job(d);
		return;
	}
	d->p.epoch = epoch;
	job_changed(d, NULL);
	d->state = FREEZING;
	if (job == WRITER_QUERY && !(d->question.flags & CONTROL_SETTLED))
		capturer_freeze_now(d->p.capturer, fresh);
	else if (d->splitting)
		capturer_freeze_at(d->p.capturer, fresh, d->changed_ns);
	else
		capturer_freeze(d->p.capturer, fresh);
}

/*
 * Queries may take at most half of the writer's time: after each one there is
 * a pause as long as the query took, but at least REST_LEAST.
 */
static bool
may_query(struct daemon *d)
{
	uint64_t	now = now_mono();
	struct timeval	tv = { 0 };

	if (!d->want_query)
		return (false);
	if (now < d->query_at) {
		tv.tv_sec = (time_t)((d->query_at - now) / NS_PER_S);
		tv.tv_usec = (suseconds_t)((d->query_at - now) % NS_PER_S /
		    1000u + 1);
		(void)event_add(d->events[EV_PATIENCE], &tv);
		return (false);
	}
	return (true);
}

static void
begin_query(struct daemon *d)
{
	const struct control_query	*q = control_next_query(d->p.control);

	if ((d->want_query = q != NULL)) {
		d->question = *q;
		begin_job(d, WRITER_QUERY);
	}
}

/* Was it requested?  Several pending requests are served as one. */
static bool
take_request(struct daemon *d, uint64_t *wanted, const char *what)
{
	if (*wanted > 1)
		log_info("requests combined: %s: one %s for %" PRIu64
		    " requests", d->p.ifname, what, *wanted);
	if (*wanted == 0)
		return (false);
	*wanted = 0;
	return (true);
}

/* Drain the kernel's buffer and freeze for the last dump. */
static void
begin_exit(struct daemon *d)
{
	d->state = FINISHING;
	d->job = WRITER_DUMP;
	d->job_began = now_mono();
	count_step(d, NULL);
	show_status(d);
	control_job_begun(d->p.control, CONTROL_ASK_QUIT);
	detach_notify("STOPPING=1", 0);
	capturer_finish(d->p.capturer);
}

void
next_request(struct daemon *d)
{
	if (d->state != IDLE)
		return;
	if (d->p.networks != NULL && networks_must_poll(d->p.networks))
		networks_look(d);
	if (networks_must_split(d))
		begin_job(d, WRITER_SAVE);
	if (d->state != IDLE)
		return;
	if (take_request(d, &d->want_save, "save"))
		begin_job(d, WRITER_SAVE);
	else if (take_request(d, &d->want_dump, "dump"))
		begin_job(d, WRITER_DUMP);
	else if (d->want_exit)
		begin_exit(d);
	else if (may_query(d))
		begin_query(d);
}

/*
 * Saved rows are freed.  After a dump, a query or a failure they go back into
 * the live table.
 */
static void
let_go(struct daemon *d, bool saved)
{
	struct generation	*g = d->frozen;

	d->frozen = NULL;
	if (saved) {
		stat_saved(&d->stat);
		generation_free(g);
		d->p.drops = 0;
		d->state = IDLE;
	} else {
		d->state = MERGING;
		networks_merged(d, g);
		stat_merged(&d->stat);
		capturer_merge(d->p.capturer, g);
	}
}

void
job_frozen(struct daemon *d)
{
	d->state = d->state == FINISHING ? LAST_WRITE : WRITING;
	d->frozen = capturer_take(d->p.capturer);
	networks_frozen(d, d->frozen);
	stat_frozen(&d->stat, d->frozen);
	if (d->job == WRITER_QUERY) {
		writer_query(d->p.writer, &d->question, d->frozen);
		return;
	}
	/* Nothing of the former networks was counted. */
	if (d->splitting && table_rows(d->frozen->table) == 0) {
		d->splitting = false;
		let_go(d, false);
		return;
	}
	log_drops(d, &d->frozen->ledger);
	writer_start(d->p.writer, d->job, d->frozen);
}

/*
 * The last dump has ended.  If it failed, the save file is the last chance
 * to keep the account.
 */
static void
last_written(struct daemon *d, const struct writer_result *r)
{
	if (r->rc == -1 && d->job == WRITER_DUMP) {
		d->job = WRITER_SAVE;
		writer_start(d->p.writer, d->job, d->frozen);
		return;
	}
	control_job_ended(d->p.control, CONTROL_ASK_QUIT,
	    r->rc == 0 ? NULL : r->error, r->wrote.rows,
	    now_mono() - d->job_began);
	if ((d->result = r->rc) == -1)
		log_errorx("counts lost: %s: %zu row%s could be neither "
		    "dumped nor saved", d->p.ifname,
		    table_rows(d->frozen->table),
		    plural(table_rows(d->frozen->table)));
	if (d->damaged || (d->read_out && d->unsaved))
		d->result = -1;
	generation_free(d->frozen);
	d->frozen = NULL;
	(void)event_base_loopbreak(d->base);
}

void
job_written(struct daemon *d)
{
	struct writer_result	r = writer_result(d->p.writer);

	if (r.rc == 0 && d->job != WRITER_QUERY && !d->read_out)
		log_info("%s done: %s: %zu row%s",
		    d->job == WRITER_DUMP ? "dump" : "save", d->p.ifname,
		    table_rows(d->frozen->table),
		    plural(table_rows(d->frozen->table)));
	job_changed(d, &r);
	if (d->job == WRITER_SAVE)
		d->unsaved = r.rc == -1;
	if (d->state == LAST_WRITE)
		last_written(d, &r);
	else
		let_go(d, d->job == WRITER_SAVE && r.rc == 0);
	d->splitting = false;
}

void
job_merged(struct daemon *d)
{
	generation_free(capturer_take(d->p.capturer));
	d->state = IDLE;
}
