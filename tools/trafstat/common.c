/*
 * Finds the daemon to query, and reports what to do if it does not answer.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "trafstat.h"

/* Time for each daemon to answer when looking for running ones. */
#define ALIVE_MS	1000

struct alive {
	const char	*run_dir;
	unsigned int	 n;
	char		 first[INSTANCE_LEN];
	char		 list[512];	/* "eth0, lo" */
};

/* Note an instance if it answers; its socket may be left from a crash. */
static bool
note_alive(void *arg, const char *ext)
{
	struct alive		*a = arg;
	struct control_client	 c = { .run_dir = a->run_dir, .ext = ext,
	    .timeout_ms = ALIVE_MS };
	char			 text[64];
	enum control_outcome	 rc = control_version(&c, text, sizeof(text));

	if (rc == CONTROL_NOBODY || rc == CONTROL_BROKEN)
		return (true);
	if (a->n++ == 0)
		(void)strlcpy(a->first, ext, sizeof(a->first));
	else
		(void)strlcat(a->list, ", ", sizeof(a->list));
	(void)strlcat(a->list, ext, sizeof(a->list));
	return (true);
}

static void
look_for_instances(const struct options *opt, struct alive *a)
{
	*a = (struct alive){ .run_dir = opt->run_dir };
	(void)control_instances(opt->run_dir, note_alive, a);
}

/* Report in one line which daemons run, and how to start one. */
static void
advise(const struct alive *a, const char *what, const char *iface)
{
	if (a->n > 0)
		log_errorx("%s; daemons that run: %s; start one with: "
		    "trafstart %s", what, a->list, iface);
	else
		log_errorx("%s; start one with: trafstart %s", what, iface);
}

void
instance_complain(const struct options *opt, const struct control_client *c,
    enum control_outcome rc)
{
	struct alive	a;

	if (rc != CONTROL_NOBODY) {
		log_errorx("%s", c->err);
		return;
	}
	look_for_instances(opt, &a);
	advise(&a, c->err, c->ext != NULL ? c->ext : "IFACE");
}

int
instance_find(const struct options *opt, struct control_client *c,
    char ext[INSTANCE_LEN])
{
	struct alive	a;
	char		nobody[PATH_MAX];

	*c = (struct control_client){ .run_dir = opt->run_dir, .ext = ext,
	    .timeout_ms = opt->timeout * 1000 };
	if (opt->iface != NULL) {
		(void)strlcpy(ext, opt->iface, INSTANCE_LEN);
		return (0);
	}
	look_for_instances(opt, &a);
	if (a.n == 1) {
		(void)strlcpy(ext, a.first, INSTANCE_LEN);
		return (0);
	}
	if (a.n > 1)
		log_errorx("several daemons run (%s): name one with -i",
		    a.list);
	else {
		(void)snprintf(nobody, sizeof(nobody),
		    "no trafd is running in %s", opt->run_dir);
		advise(&a, nobody, "IFACE");
	}
	return (-1);
}
