/*
 * The end of a program that was asked for its help or version.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "say.h"
#include "traffic.h"

_Noreturn void
say(const char *a, const char *b)
{
	if (fputs(a, stdout) == EOF || fputs(b, stdout) == EOF ||
	    fflush(stdout) == EOF) {
		log_error("cannot write to standard output");
		exit(TRAFD_EXIT_ERROR);
	}
	exit(TRAFD_EXIT_OK);
}
