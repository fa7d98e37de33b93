/*
 * Messages of the control protocol, of clients and of daemons.  The first
 * octet chooses the kind.  An accepted message must give the same octets when
 * it is encoded again.
 */
#include <stdlib.h>
#include <string.h>

#include "control/control.h"
#include "fuzz.h"

static void
heads(const uint8_t *in, size_t size)
{
	struct control_request	r;
	struct control_answer	a;
	uint8_t			again[CONTROL_ANSWER_HEAD];

	if (size >= CONTROL_REQUEST_HEAD && control_get_request(in, &r) == 0) {
		control_put_request(again, &r);
		check(memcmp(in, again, CONTROL_REQUEST_HEAD) == 0);
	}
	if (size >= CONTROL_ANSWER_HEAD && control_get_answer(in, &a) == 0)
		check(a.status <= CONTROL_FAILED);
}

static void
query(const uint8_t *in, size_t size)
{
	uint8_t			 again[CONTROL_QUERY_MOST];
	struct control_query	*q = malloc(sizeof(*q)), *twice;
	struct flow_key		 key = { .family = FLOW_FAMILY_IP6 };

	twice = malloc(sizeof(*twice));
	check(q != NULL && twice != NULL);
	if (control_get_query(in, size, q) == 0) {
		check(control_put_query(again, q) == size);
		check(control_get_query(again, size, twice) == 0);
		memcpy(key.src, in, sizeof(key.src));
		check(control_query_match(q, &key) ==
		    control_query_match(twice, &key));
	}
	free(twice);
	free(q);
}

static void
stat_body(const uint8_t *in, size_t size)
{
	struct control_stat	*s = malloc(sizeof(*s));
	uint8_t			*again = malloc(CONTROL_STAT_BODY);
	size_t			 i;

	check(s != NULL && again != NULL);
	if (control_get_stat(in, size, s) == 0) {
		for (i = 0; i < CONTROL_TEXTS; i++)
			check(memchr(s->text[i], '\0',
			    CONTROL_TEXT_LEN) != NULL);
		control_put_stat(again, s);
		check(control_get_stat(again, CONTROL_STAT_BODY, s) == 0);
	}
	free(again);
	free(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *in, size_t size)
{
	if (size == 0)
		return (0);
	switch (in[0] % 3) {
	case 0:
		heads(in + 1, size - 1);
		break;
	case 1:
		query(in + 1, size - 1);
		break;
	default:
		stat_body(in + 1, size - 1);
	}
	return (0);
}
