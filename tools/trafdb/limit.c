/*
 * Budgets as notes in the history, in lines of `key value'.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "limit.h"
#include "trafdb.h"

static int
find(const char *const *names, int n, const char *name)
{
	int	i;

	for (i = 0; i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (i);
	return (-1);
}

/* The last lines of the note: how the traffic that counts was given. */
static void
put_given(const struct limit *l, char *text, size_t len)
{
	const char	*word;
	size_t		 at = 0;
	int		 i;

	(void)snprintf(text, len, "%s%s%s%s", l->whole ? "local 1\n" : "",
	    l->hosts[0] == '\0' ? "" : "hosts ", l->hosts,
	    l->hosts[0] == '\0' ? "" : "\n");
	if (!limit_has_owner(&l->owner))
		return;
	for (i = 0; i < LIMIT_OWNER_WORDS && at < len; i++)
		if ((word = limit_owner_word(&l->owner, i))[0] != '\0')
			at += (size_t)snprintf(text + at, len - at, "%s %s\n",
			    limit_owner_names[i], word);
}

int
limit_put(struct history *h, const struct limit *l)
{
	char	text[HISTORY_NOTE_MAX], percents[LIMIT_PERCENTS_LEN];
	char	nets[LIMIT_NETS_MAX + 32] = "", given[HISTORY_NOTE_MAX];
	/* An older trafdb needs one address there: it counts nets. */
	bool	old_host = l->one_host && strchr(l->nets, ',') == NULL;
	int	n;

	/* Of owners none: an older trafdb must not take it for all traffic. */
	if (!limit_has_owner(&l->owner))
		(void)snprintf(nets, sizeof(nets), "nets %s\nhost %d\n",
		    l->nets, old_host);
	put_given(l, given, sizeof(given));
	n = snprintf(text, sizeof(text), "iface %s\n%s"
	    "direction %s\nperiod %s\nday %u\noctets %llu\nat %s\n"
	    "since %llu\ntold %u\n%s", l->iface, nets,
	    limit_directions[l->direction], limit_periods[l->period],
	    (unsigned)l->day,
	    (unsigned long long)l->octets, limit_percents(l, percents),
	    (unsigned long long)l->told_since, (unsigned)l->told, given);
	if (n < 0 || (size_t)n >= sizeof(text)) {
		log_errorx("budget too long: %s", l->name);
		return (-1);
	}
	return (history_note_put(h, l->name, text, (size_t)n) == -1 ?
	    db_fail(h) : 0);
}

/*
 * The value after a key, whose line is ended with a NUL; NULL if there is
 * none.
 */
static char *
value_of(char *text, const char *key)
{
	size_t	 len = strlen(key);
	char	*at, *end;

	for (at = text; at != NULL && *at != '\0'; at = end) {
		end = at + strcspn(at, "\n");
		if (*end == '\n')
			end++;
		if (strncmp(at, key, len) == 0 && at[len] == ' ') {
			at[strcspn(at, "\n")] = '\0';
			return (at + len + 1);
		}
	}
	return (NULL);
}

static uint64_t
number_of(const char *text, const char *key)
{
	char	copy[HISTORY_NOTE_MAX + 1], *value;

	(void)strlcpy(copy, text, sizeof(copy));
	value = value_of(copy, key);
	return (value == NULL ? 0 : strtoull(value, NULL, 10));
}

static int
text_of(const char *text, const char *key, char *to, size_t len)
{
	char	copy[HISTORY_NOTE_MAX + 1], *value;

	(void)strlcpy(copy, text, sizeof(copy));
	value = value_of(copy, key);
	return (value == NULL || strlcpy(to, value, len) >= len ? -1 : 0);
}

/* Whose traffic it counts.  Returns 1, 0 if that is not said, or -1. */
static int
parse_owner(const char *text, struct limit *l)
{
	char		 word[LIMIT_OWNER_WORDS][OWNER_CONTAINER_MAX];
	const char	*words[LIMIT_OWNER_WORDS];
	int		 i;

	for (i = 0; i < LIMIT_OWNER_WORDS; i++)
		words[i] = text_of(text, limit_owner_names[i], word[i],
		    sizeof(word[i])) == 0 ? word[i] : NULL;
	if (limit_owner_set(&l->owner, words) != -1)
		return (-1);
	return (limit_has_owner(&l->owner));
}

static int
parse_note(const char *text, struct limit *l)
{
	char	word[128];
	int	d, p;

	if (text_of(text, "iface", l->iface, sizeof(l->iface)) == -1 ||
	    (parse_owner(text, l) != 1 &&
	    text_of(text, "nets", l->nets, sizeof(l->nets)) == -1) ||
	    text_of(text, "at", word, sizeof(word)) == -1 ||
	    limit_percents_parse(word, l->percent) == -1 ||
	    text_of(text, "direction", word, sizeof(word)) == -1 ||
	    (d = find(limit_directions, LIMIT_DIRECTIONS, word)) == -1 ||
	    text_of(text, "period", word, sizeof(word)) == -1 ||
	    (p = find(limit_periods, LIMIT_PERIODS, word)) == -1)
		return (-1);
	l->direction = (enum limit_direction)d;
	l->period = (enum limit_period)p;
	if (text_of(text, "hosts", l->hosts, sizeof(l->hosts)) == -1)
		l->hosts[0] = '\0';
	/* An older trafdb counts nets: in one direction that is the same. */
	l->whole = number_of(text, "local") != 0;
	l->one_host = number_of(text, "host") != 0 || l->hosts[0] != '\0';
	l->day = (uint32_t)number_of(text, "day");
	l->octets = number_of(text, "octets");
	l->told_since = number_of(text, "since");
	l->told = (uint32_t)number_of(text, "told");
	return (0);
}

int
limit_next(struct history *h, const char *after, struct limit *l)
{
	char	last[HISTORY_NAME_MAX];
	uint8_t	note[HISTORY_NOTE_MAX + 1];
	size_t	len;
	int	rc;

	/* `after' may be the name in *l. */
	(void)strlcpy(last, after, sizeof(last));
	memset(l, 0, sizeof(*l));
	rc = history_note_next(h, last, l->name, note, &len);
	if (rc != 1)
		return (rc == -1 ? db_fail(h) : 0);
	note[len] = '\0';
	if (parse_note((const char *)note, l) == 0)
		return (1);
	log_errorx("budget not understood: %s; set it again, or use a newer "
	    "trafdb", l->name);
	return (LIMIT_UNKNOWN);
}
