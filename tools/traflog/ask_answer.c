/*
 * The answer to a question: what it is based on, what it lacks, and its print.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/amount.h"
#include "base/clock.h"
#include "base/log.h"
#include "common/finish.h"
#include "control/unsaved.h"
#include "packet/coverage.h"
#include "tally/owner_book.h"
#include "tally/tally.h"
#include "ask_impl.h"
#include "traffic.h"

#define HOUR_NS	(3600 * NS_PER_S)

int
ask_no_memory(const struct asking *a)
{
	log_errorx("too many rows to count: %s: %s; give fewer keys to --by, "
	    "or use --where", a->path, strerror(errno));
	return (-1);
}

/* The answer must say that it is incomplete, in every format. */
static int
tell_interrupted(struct asking *a, struct result *r)
{
	char	left[AMOUNT_LEN], all[AMOUNT_LEN];

	if (!a->interrupted)
		return (0);
	amount_short((uint64_t)a->unread, 1000, "B", left);
	amount_short((uint64_t)a->size, 1000, "B", all);
	log_errorx("interrupted: %s: %s of %s were not read", a->path, left,
	    all);
	return (result_note_add(r, "interrupted: %s of %s were not read",
	    left, all));
}

/*
 * The text formats include the notes.  The other formats are for programs, so
 * notes for people go to standard error.
 */
static void
tell_notes(const struct asking *a, const struct result *r)
{
	const struct result_note	*n;

	if (r->blocks == 0 && !a->damaged && !a->interrupted)
		tell_none(a->path, a->number);
	if (a->opt->answer->wants != 0 || a->opt->answer == &answer_text)
		return;
	if (!coverage_is_whole(&r->ledger))
		log_warnx("%s", r->coverage);
	for (n = r->note; n != NULL; n = n->next)
		log_warnx("%s: %s", a->path, n->text);
}

static int
print(struct asking *a, const struct result *r)
{
	struct out	*o = out_new(STDOUT_FILENO);
	int		 rc;

	if (o == NULL || a->opt->answer->write(o, r, &a->opt->view) == -1) {
		log_error("%s", a->path);
		out_free(o);
		return (-1);
	}
	rc = out_finish(o) == TRAFD_EXIT_OK ? 0 : -1;
	out_free(o);
	return (rc);
}

/* The history reaches further back than what has answered. */
static int
tell_known(const struct asking *a, struct result *r)
{
	bool	has_file = access(a->path, F_OK) == 0;
	char	since[WHEN_LEN];

	/* All that the history knows is before what is not saved. */
	if (a->known == NULL || !a->known->any || r->blocks == 0 ||
	    (has_file && a->known->since_ns / HOUR_NS >=
	    a->first_ns / HOUR_NS) ||
	    a->opt->question.since_ns >= a->first_ns)
		return (0);
	return (result_note_add(r, "%s begins here; the history goes back to "
	    "%s, but cannot answer this (-v says why)",
	    has_file ? "the file" : "what is not saved",
	    when_iso(a->known->since_ns, since)));
}

/* The account, or the file that is no account's. */
static const char *
name_of(const struct asking *a)
{
	const char	*account = account_of(a->opt, a->path);

	return (account != NULL ? account : a->path);
}

static int
fill(struct asking *a, const struct answered_by *by, struct result *r)
{
	if (by != NULL) {
		r->blocks = by->blocks + a->counted;
		r->source = by->source;
		r->grain = result_text(r, by->grain);
	}
	if (a->as_of) {
		r->unsaved_ns = a->unsaved->info.begin_ns;
		r->unsaved = a->unsaved->from == UNSAVED_LIVE ? RESULT_LIVE :
		    RESULT_DUMP;
	}
	if (r->account[0] == '\0')	/* nothing was counted */
		r->account = result_text(r, name_of(a));
	if (r->account == NULL || r->grain == NULL || tell_known(a, r) == -1)
		return (-1);
	if (a->hooks != NULL && a->hooks->notes != NULL &&
	    a->hooks->notes(a->hooks->arg, r) == -1)
		return (-1);
	tell_notes(a, r);
	return (tell_interrupted(a, r));
}

/* An empty account has no owners yet, either. */
static bool
lacks_owners(const struct asking *a)
{
	return (question_asks_owners(&a->opt->question) &&
	    !tally_has_owners(a->tally) && tally_has_rows(a->tally));
}

int
ask_answer(struct asking *a, const struct answered_by *by)
{
	struct names	*names = naming_names(a->opt->naming_of_answer);
	struct result	*r;
	int		 rc = -1;

	if (a->interrupted)
		tally_interrupted(a->tally);
	if (lacks_owners(a)) {
		tell_no_owners(a->path);
		return (-1);
	}
	names_set_owners(names, owner_book_owners(a->opt->question.book));
	r = tally_result(a->tally, names);
	if (r == NULL || fill(a, by, r) == -1)
		(void)ask_no_memory(a);
	else
		rc = print(a, r);
	result_free(r);
	return (rc);
}
