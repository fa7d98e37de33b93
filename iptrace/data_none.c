/*
 * No data trace: this system has no eBPF, or it was left out.
 */
#include "config.h"

#include "base/log.h"
#include "data.h"

struct data *
data_open(const struct options *o)
{
	(void)o;
#ifdef __linux__
	log_errorx("cannot trace data: this iptrace was built without eBPF; "
	    "packets can be recorded");
#else
	log_errorx("cannot trace data: this system tells neither the process "
	    "nor the payload of a socket; packets can be recorded");
#endif
	return (NULL);
}

void
data_close(struct data *d)
{
	(void)d;
}

int
data_describe(struct data *d, struct record *r)
{
	(void)d;
	(void)r;
	return (-1);
}

void
data_fds(const struct data *d, int fds[DATA_FDS])
{
	int	i;

	(void)d;
	for (i = 0; i < DATA_FDS; i++)
		fds[i] = -1;
}

bool
data_read(struct data *d, data_sink_fn *sink, void *arg)
{
	(void)d;
	(void)sink;
	(void)arg;
	return (false);
}

void
data_losses(struct data *d, struct record_losses *sum)
{
	(void)d;
	(void)sum;
}

uint64_t
data_lost_octets(const struct data *d)
{
	(void)d;
	return (0);
}
