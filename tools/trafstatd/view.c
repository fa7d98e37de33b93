/*
 * Puts together what a request asks for.  The processes are optional: if one
 * cannot be started, its part of the page is missing.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "names/later.h"
#include "hostview.h"
#include "past.h"
#include "search.h"
#include "view.h"

#define FRESH_MS	900	/* older answers are queried again */

struct web {
	struct live		*live;
	struct later		*later;	/* or NULL */
	struct pasts		*pasts;	/* or NULL */
	struct hostviews	*hosts;
	struct search		*search;
	struct found		 found;
};

static int
give_up_rights(const void *arg)
{
	const struct options	*opt = arg;

	return (privs_become_stranger(opt->user) == -1 ? -1 :
	    cage_enter_resolver());
}

static void
start_processes(struct web *w, const struct options *opt)
{
	if (!opt->numeric &&
	    (w->later = later_new(give_up_rights, opt)) == NULL)
		log_warn("no names of hosts: cannot start a process");
	if ((w->pasts = pasts_new(opt)) == NULL)
		log_warn("no history: cannot start a process");
}

struct web *
web_new(const struct options *opt)
{
	struct web	*w = calloc(1, sizeof(*w));

	if (w != NULL) {
		start_processes(w, opt);
		w->live = live_new(opt->run_dir, opt->top, w->later);
		w->hosts = hostviews_new();
		w->search = search_new();
		if (w->live != NULL && w->hosts != NULL && w->search != NULL)
			return (w);
	}
	log_error("memory");
	web_free(w);
	return (NULL);
}

void
web_free(struct web *w)
{
	if (w == NULL)
		return;
	if (w->live != NULL)
		live_free(w->live);
	hostviews_free(w->hosts);
	search_free(w->search);
	later_free(w->later);
	pasts_free(w->pasts);
	free(w);
}

struct live *
web_live(struct web *w)
{
	return (w->live);
}

void
web_run(struct web *w, uint64_t age_ms)
{
	live_look(w->live, age_ms);
	if (w->later != NULL)
		later_run(w->later);
	if (w->pasts != NULL)
		past_run(w->pasts);
}

static struct live_instance *
choose(struct web *w, const char *name)
{
	if (name == NULL || name[0] == '\0')
		return (live_count(w->live) > 0 ? live_get(w->live, 0) :
		    NULL);
	return (live_find(w->live, name));
}

enum web_outcome
web_view(struct web *w, const char *instance, const char *host,
    const char *search, struct web_view *v)
{
	struct names_host	 address;
	struct live_instance	*in;

	web_run(w, FRESH_MS);
	in = choose(w, instance);
	memset(v, 0, sizeof(*v));
	v->live = w->live;
	v->in = in;
	if (in == NULL)
		return (instance != NULL && instance[0] != '\0' ?
		    WEB_NO_INSTANCE : WEB_OK);
	if (host != NULL) {
		if (hostview_parse(host, &address) == -1)
			return (WEB_NO_HOST);
		v->host = hostview_look(w->hosts, w->live, in, &address);
		if (v->host == NULL)
			return (WEB_NO_MEMORY);
	} else
		live_look_into(w->live, in);
	search_look(w->search, w->live, in, search, &w->found);
	v->found = &w->found;
	if (w->pasts != NULL && in->up)
		v->past = past_look(w->pasts, w->live, in,
		    host != NULL ? &address : NULL);
	return (WEB_OK);
}

double
live_seen_percent(const struct ledger *l)
{
	double	seen = (double)ledger_packets(l);
	double	all = seen + (double)ledger_dropped(l);

	return (all > 0 ? seen / all * 100 : 100);
}
