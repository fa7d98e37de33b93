/*
 * What a writer of trace files can be told that does not record but copies
 * packets of other traces.
 */
#include "config.h"

#include "record_impl.h"

void
record_to_stream(struct record *r)
{
	r->stream = true;
}

void
record_times(struct record *r, uint64_t begin_ns, uint64_t end_ns)
{
	r->begin_ns = begin_ns;
	r->end_ns = end_ns;
}
