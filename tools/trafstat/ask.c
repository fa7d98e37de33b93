/*
 * trafstat --ask: sends one command to a daemon and waits until it has been
 * carried out.  For scripts, which read the exit status.
 */
#include "config.h"

#include <stdio.h>

#include "base/log.h"
#include "traffic.h"
#include "trafstat.h"

/*
 * Exit statuses besides success and failure: nobody answered or the request
 * was refused, so a script may try a signal; or the connection broke, and the
 * daemon may still carry the command out.
 */
#define EXIT_NOBODY	2
#define EXIT_NO_ANSWER	3

static enum control_outcome
ask_version(struct control_client *c)
{
	char			text[64];
	enum control_outcome	rc = control_version(c, text, sizeof(text));

	if (rc == CONTROL_DONE)
		(void)printf("%s\n", text);
	return (rc);
}

static enum control_outcome
ask_ledger(struct control_client *c)
{
	struct ledger		l;
	uint64_t		begin;
	enum control_outcome	rc = control_ledger(c, &l, &begin);
	int			i;

	for (i = 0; rc == CONTROL_DONE && i < LEDGER_ENTRIES; i++)
		(void)printf("%s %llu\n", ledger_name((enum ledger_entry)i),
		    (unsigned long long)l.v[i]);
	return (rc);
}

static int
exit_status(const struct control_client *c, enum control_outcome rc)
{
	switch (rc) {
	case CONTROL_DONE:	/* but printing the answer failed */
		return (TRAFD_EXIT_ERROR);
	case CONTROL_REFUSED_IT:
		return (c->status == CONTROL_FAILED ? TRAFD_EXIT_ERROR :
		    EXIT_NOBODY);
	case CONTROL_BROKEN:
		return (EXIT_NO_ANSWER);
	default:
		return (EXIT_NOBODY);
	}
}

int
ask_run(const struct options *opt)
{
	char			ext[INSTANCE_LEN];
	struct control_client	c;
	struct control_done	done;
	enum control_outcome	rc;

	if (instance_find(opt, &c, ext) == -1)
		return (EXIT_NOBODY);
	if (opt->command == CONTROL_ASK_VERSION)
		rc = ask_version(&c);
	else if (opt->command == CONTROL_ASK_LEDGER)
		rc = ask_ledger(&c);
	else
		rc = control_job(&c, (enum control_command)opt->command,
		    &done);
	if (rc == CONTROL_DONE && fflush(stdout) == 0)
		return (TRAFD_EXIT_OK);
	if (rc == CONTROL_DONE)
		log_error("standard output");
	else
		instance_complain(opt, &c, rc);
	return (exit_status(&c, rc));
}
