/*
 * What the daemon has to do, one thing after the other.  Owns what was asked
 * for and not yet begun, and the state of the one request being served:
 *
 *	idle -> freezing -> writing -> idle	save
 *	idle -> freezing -> writing -> merging -> idle	dump, question,
 *							or failed save
 *	idle -> finishing -> writing -> end	the last dump
 *
 * A signal that comes in meanwhile is counted: it is served when the state
 * is idle again, so none is lost, and several of one kind are served as one.
 */
#include "config.h"

#include <inttypes.h>

#include "base/clock.h"
#include "daemon_impl.h"
#include "daemon/detach.h"
#include "base/log.h"

/* Between two questions, nanoseconds. */
#define REST_LEAST	UINT64_C(20000000)

static struct run_counts *
counts(struct daemon *d)
{
	return (d->job == WRITER_DUMP ? &d->status.dump : &d->status.save);
}

static enum control_command
command_of(enum writer_job job)
{
	return (job == WRITER_DUMP ? CONTROL_ASK_DUMP : CONTROL_ASK_SAVE);
}

/* Called at each dump and save: lost packets are never silent. */
static void
log_drops(struct daemon *d, const struct ledger *l)
{
	uint64_t	dropped = ledger_dropped(l);

	if (dropped > d->p.drops)
		log_errorx("%s: %" PRIu64 " packets dropped by the capture "
		    "buffer, %" PRIu64 " by the interface, since the last "
		    "save: see --buffer", d->p.ifname,
		    l->v[LEDGER_DROP_KERNEL], l->v[LEDGER_DROP_IFACE]);
	d->p.drops = dropped;
}

void
begin_write(struct daemon *d)
{
	d->frozen = capturer_take(d->p.capturer);
	standing_lend(&d->standing, d->frozen);
	if (d->job == WRITER_QUERY) {
		writer_query(d->p.writer, &d->question, d->frozen);
		return;
	}
	log_drops(d, &d->frozen->ledger);
	writer_start(d->p.writer, d->job, d->frozen);
}

/* Nothing can be frozen: whoever has asked is told. */
static void
fail_job(struct daemon *d, const char *why)
{
	log_error("%s: cannot freeze the table", d->p.ifname);
	if (d->job == WRITER_QUERY) {
		control_query_ended(d->p.control, -1, 0, why);
		return;
	}
	counts(d)->begun++;
	counts(d)->failed++;
	d->status.error = why;
	runfiles_status(d->p.run, &d->status);
	control_job_begun(d->p.control, command_of(d->job));
	control_job_ended(d->p.control, command_of(d->job), why, 0, 0);
}

/* From here on those who ask are too late for this one. */
static void
announce_job(struct daemon *d)
{
	d->job_began = now_mono();
	if (d->job == WRITER_QUERY)
		return;
	counts(d)->begun++;
	runfiles_status(d->p.run, &d->status);
	control_job_begun(d->p.control, command_of(d->job));
}

/* Ask for a freeze; the fresh generation takes over meanwhile. */
static void
begin_job(struct daemon *d, enum writer_job job)
{
	struct generation	*fresh;
	uint64_t		 epoch = d->p.epoch + (job == WRITER_SAVE);

	d->job = job;
	if (networks_update(d->p.networks))
		log_notice("%s: its networks are %s now", d->p.ifname,
		    networks_text(d->p.networks));
	fresh = generation_new(epoch, d->p.max_flows,
	    networks_set(d->p.networks));
	if (fresh == NULL) {
		fail_job(d, "out of memory");
		return;
	}
	d->p.epoch = epoch;
	announce_job(d);
	d->state = FREEZING;
	if (job == WRITER_QUERY && !(d->question.flags & CONTROL_SETTLED))
		capturer_freeze_now(d->p.capturer, fresh);
	else
		capturer_freeze(d->p.capturer, fresh);
}

/*
 * Questions may take half of the writer's time, no more: after each one it
 * rests as long as that one took, or a little longer.
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

/* Has it been asked for?  However often that was, it is served once. */
static bool
take_request(struct daemon *d, uint64_t *wanted, const char *what)
{
	if (*wanted > 1)
		log_info("%s: %" PRIu64 " requests for a %s are served as "
		    "one", d->p.ifname, *wanted, what);
	if (*wanted == 0)
		return (false);
	*wanted = 0;
	return (true);
}

/* What was asked for first in the order of its weight. */
void
next_request(struct daemon *d)
{
	if (d->state != IDLE)
		return;
	if (take_request(d, &d->want_save, "save"))
		begin_job(d, WRITER_SAVE);
	else if (take_request(d, &d->want_dump, "dump"))
		begin_job(d, WRITER_DUMP);
	else if (d->want_exit) {
		d->state = FINISHING;
		d->job = WRITER_DUMP;
		d->job_began = now_mono();
		control_job_begun(d->p.control, CONTROL_ASK_QUIT);
		detach_notify("STOPPING=1");
		capturer_finish(d->p.capturer);
	} else if (may_query(d))
		begin_query(d);
}

static void
end_query(struct daemon *d, const struct writer_result *r)
{
	uint64_t	now = now_mono(), took = now - d->job_began;

	d->query_at = now + (took > REST_LEAST ? took : REST_LEAST);
	control_query_ended(d->p.control, r->fd, r->length, r->error);
}

static void
end_job(struct daemon *d, const struct writer_result *r)
{
	const char	*what = d->job == WRITER_DUMP ? "dump" : "save";
	uint64_t	 took = now_mono() - d->job_began;
	const char	*error = r->rc == 0 ? NULL : r->error;

	if (d->job == WRITER_QUERY) {
		end_query(d, r);
		return;
	}
	if (error == NULL) {
		counts(d)->done++;
		log_info("%s: %s done, %zu rows", d->p.ifname, what,
		    table_rows(d->frozen->table));
	} else {
		counts(d)->failed++;
		d->status.error = error;
	}
	runfiles_status(d->p.run, &d->status);
	standing_job(&d->standing, d->job, r, took);
	control_job_ended(d->p.control, command_of(d->job), error,
	    r->wrote.rows, took);
}

/* Saved: it may go.  Dumped or failed: back into the live table. */
void
after_write(struct daemon *d)
{
	struct writer_result	 r = writer_result(d->p.writer);
	struct generation	*g = d->frozen;

	end_job(d, &r);
	d->frozen = NULL;
	if (d->job == WRITER_SAVE && r.rc == 0) {
		standing_keep(&d->standing);
		generation_free(g);
		d->p.drops = 0;
		d->state = IDLE;
	} else {
		d->state = MERGING;
		standing_return(&d->standing);
		capturer_merge(d->p.capturer, g);
	}
}

/*
 * The last dump.  If it cannot be written the save file is the last chance
 * to keep the account.
 */
void
after_last_write(struct daemon *d)
{
	struct writer_result	r = writer_result(d->p.writer);

	end_job(d, &r);
	if (r.rc == -1 && d->job == WRITER_DUMP) {
		d->job = WRITER_SAVE;
		writer_start(d->p.writer, d->job, d->frozen);
		return;
	}
	control_job_ended(d->p.control, CONTROL_ASK_QUIT,
	    r.rc == 0 ? NULL : r.error, r.wrote.rows,
	    now_mono() - d->job_began);
	if ((d->result = r.rc) == -1)
		log_errorx("%s: %zu rows could neither be dumped nor saved: "
		    "they are lost", d->p.ifname,
		    table_rows(d->frozen->table));
	generation_free(d->frozen);
	d->frozen = NULL;
	(void)event_base_loopbreak(d->base);
}
