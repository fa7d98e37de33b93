/*
 * The text that says where in a trace the packets of a block are.  What is
 * parsed is untrusted.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crc32c.h"
#include "base/regular.h"
#include "place.h"

bool
place_format(const struct trace_place *p, char text[BLOCK_TEXT_MAX])
{
	size_t	i, at;

	at = (size_t)snprintf(text, BLOCK_TEXT_MAX, "%jd %jd %" PRIu64
	    " %08" PRIx32, (intmax_t)p->from, (intmax_t)p->to, p->frames,
	    p->crc);
	for (i = 0; i < p->nheads && at < BLOCK_TEXT_MAX; i++)
		at += (size_t)snprintf(text + at, BLOCK_TEXT_MAX - at, " %jd",
		    (intmax_t)p->heads[i]);
	return (i == p->nheads && at < BLOCK_TEXT_MAX);
}

/*
 * The next number of the text: digits, then one space or the end.  Moves *text
 * past them; false if there is none.
 */
static bool
take(const char **text, unsigned int base, uint64_t *v)
{
	const char	*digits = "0123456789abcdef", *p = *text, *d;

	for (*v = 0; *p != '\0' &&
	    (d = memchr(digits, *p, base)) != NULL; p++) {
		if (*v > (uint64_t)INT64_MAX / base - base)
			return (false);
		*v = *v * base + (uint64_t)(d - digits);
	}
	if (p == *text || (*p != ' ' && *p != '\0'))
		return (false);
	*text = p + (*p == ' ');
	return (true);
}

bool
place_parse(const char *text, struct trace_place *p)
{
	uint64_t	from, to, crc, head;

	if (!take(&text, 10, &from) || !take(&text, 10, &to) ||
	    !take(&text, 10, &p->frames) || !take(&text, 16, &crc) ||
	    from >= to || crc > UINT32_MAX)
		return (false);
	p->from = (off_t)from;
	p->to = (off_t)to;
	p->crc = (uint32_t)crc;
	for (p->nheads = 0; *text != '\0'; p->nheads++) {
		if (p->nheads == PLACE_HEADS || !take(&text, 10, &head) ||
		    head >= to || (p->nheads > 0 &&
		    (off_t)head <= p->heads[p->nheads - 1]))
			return (false);
		p->heads[p->nheads] = (off_t)head;
	}
	return (true);
}

int
place_crc(int fd, off_t from, off_t to, uint32_t *crc)
{
	uint8_t	octets[PLACE_CHECKED];
	size_t	n = sizeof(octets);

	if (to - from < (off_t)n)
		n = (size_t)(to - from);
	if (read_at(fd, octets, n, from) == -1)
		return (-1);
	*crc = crc32c(0, octets, n);
	return (0);
}
