/*
 * Encodes and checks records of the cache of names.  They are read from a
 * file, which may be damaged.
 */
#include <string.h>

#include "base/endian.h"
#include "base/printable.h"
#include "namerecord.h"

size_t
namerecord_write(uint8_t to[NAMERECORD_MAX], uint64_t end, const char *name)
{
	size_t	n;

	put_le64(to, end);
	for (n = 0; name[n] != '\0'; n++)
		to[NAMERECORD_LEAST + n] = (uint8_t)name[n];
	return (NAMERECORD_LEAST + n);
}

/* Is the name unchanged by printable_word()? */
static bool
is_clean(const char *name)
{
	char	clean[NAMES_HOST_LEN];

	return (strcmp(printable_word(name, clean, sizeof(clean)), name) == 0);
}

bool
namerecord_read(const uint8_t *from, size_t len, uint64_t now, uint64_t most,
    char name[NAMES_HOST_LEN])
{
	uint64_t	end;

	if (len < NAMERECORD_LEAST || len > NAMERECORD_MAX)
		return (false);
	end = get_le64(from);
	if (end <= now || end - now > most)
		return (false);
	len -= NAMERECORD_LEAST;
	memcpy(name, from + NAMERECORD_LEAST, len);
	name[len] = '\0';
	return (strlen(name) == len && is_clean(name));
}
