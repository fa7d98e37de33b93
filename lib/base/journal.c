/*
 * The native protocol of systemd-journald (systemd.io/JOURNAL_NATIVE_PROTOCOL):
 * a datagram of fields.  Each field is written with its length, so that text
 * inside a message cannot start another field.
 */
#include "config.h"

#include <sys/stat.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "endian.h"
#include "journal.h"

struct datagram {
	uint8_t	*at;
	size_t	 room;
	size_t	 used;
	bool	 full;
};

static uint8_t *
copy(uint8_t *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	return (to + len);
}

/* Name, newline, 64-bit little-endian length, octets, newline. */
static void
add_field(struct datagram *d, const char *name, const char *value)
{
	size_t	name_len = strlen(name), len = strlen(value);
	size_t	need = name_len + 1 + 8 + len + 1;
	uint8_t	*to = d->at + d->used;

	if (d->room - d->used < need) {
		d->full = true;
		return;
	}
	to = copy(to, name, name_len);
	*to++ = '\n';
	put_le64(to, len);
	to = copy(to + 8, value, len);
	*to = '\n';
	d->used += need;
}

static void
add_number(struct datagram *d, const char *name, int value)
{
	char	text[16];

	(void)snprintf(text, sizeof(text), "%d", value);
	add_field(d, name, text);
}

size_t
journal_compose(uint8_t *to, size_t room, const struct journal_entry *e)
{
	struct datagram	d = { .at = to, .room = room };

	add_field(&d, "MESSAGE", e->text);
	add_number(&d, "PRIORITY", e->level);
	add_number(&d, "SYSLOG_FACILITY", e->facility >> 3);
	add_field(&d, "SYSLOG_IDENTIFIER", e->ident);
	add_number(&d, "SYSLOG_PID", (int)getpid());
	if (e->iface != NULL)
		add_field(&d, "TRAFD_INTERFACE", e->iface);
	return (d.full ? 0 : d.used);
}

/* $JOURNAL_STREAM names device and inode of the original standard error. */
bool
journal_is_stderr(void)
{
	const char	*stream = getenv("JOURNAL_STREAM");
	struct stat	 st;
	char		 text[48];

	if (stream == NULL || fstat(STDERR_FILENO, &st) == -1)
		return (false);
	(void)snprintf(text, sizeof(text), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino);
	return (strcmp(stream, text) == 0);
}
