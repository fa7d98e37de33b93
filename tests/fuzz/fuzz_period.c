/*
 * Times of --since and --until, and periods around any time.  The first eight
 * octets are `now', the next one chooses the time zone, the rest is the text.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/zone.h"
#include "query/period.h"
#include "fuzz.h"

#define PREFIX	9

static const char *const zones[] = {
	"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "AAA3BBB,M3.5.0/0,M10.5.0/0",
	"AAA-10:30BBB-11,M10.1.0,M4.1.0"
};

#define NZONES	(sizeof(zones) / sizeof(zones[0]))

/* An instant lies in its periods, and they have texts. */
static void
around(uint64_t ns)
{
	struct calendar_period	p;
	enum calendar_grain	g;
	char			buf[CALENDAR_LEN];

	for (g = CALENDAR_MINUTE; g < CALENDAR_GRAINS; g++) {
		calendar_period(g, ns, &p);
		check(p.begin_ns <= ns && ns < p.end_ns);
		check(calendar_format(g, p.begin_ns, buf)[0] != '\0');
		check(calendar_people(g, p.begin_ns, buf)[0] != '\0');
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	struct calendar_period	 p;
	uint64_t		 now;
	char			*text;

	if (size < PREFIX)
		return (0);
	memcpy(&now, in, sizeof(now));
	/* As far as nanoseconds reach, or 32 bits of seconds. */
	now %= sizeof(time_t) < 8 ? UINT64_C(2145830400) :
	    UINT64_C(16000000000);
	check(setenv("TZ", zones[in[8] % NZONES], 1) == 0);
	tzset();
	check((text = malloc(size - PREFIX + 1)) != NULL);
	memcpy(text, in + PREFIX, size - PREFIX);
	text[size - PREFIX] = '\0';
	around(now * NS_PER_S);
	(void)zone_exists(text);
	if (period_parse(text, (time_t)now, &p) == 0) {
		check(p.begin_ns <= p.end_ns);
		around(p.begin_ns);
	}
	free(text);
	return (0);
}
