/*
 * Look-ups by libmaxminddb.  What a database says comes from strangers: only
 * the types and lengths that are expected are taken, and names are cleaned.
 */
#include "config.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <netinet/in.h>
#include <limits.h>
#include <maxminddb.h>
#include <search.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/printable.h"
#include "packet/flow.h"
#include "geo.h"

#define NAME_LEN	128

/* Whose an autonomous system is, as first met: a node of tsearch(3). */
struct as {
	uint32_t	number;
	char		name[NAME_LEN];
};

struct geo {
	MMDB_s	 mmdb;
	void	*systems;
};

static const char *const directories[] = {
	"/usr/share/GeoIP", "/var/lib/GeoIP", "/usr/local/share/GeoIP"
};

/* Files of each kind, the first that is there is taken. */
static const struct kind {
	const char	*file[4];
	const char	*type[3];	/* words of the database's type */
	const char	*missing;
	const char	*other;
} kinds[] = {
	[GEO_COUNTRY] = {
		{ "GeoLite2-Country.mmdb", "GeoLite2-City.mmdb",
		    "GeoIP2-Country.mmdb", "dbip-country-lite.mmdb" },
		{ "Country", "City", "Enterprise" },
		"no database of countries found: give one with --geo",
		"the database of --geo has no countries"
	},
	[GEO_AS] = {
		{ "GeoLite2-ASN.mmdb", "GeoIP2-ISP.mmdb",
		    "dbip-asn-lite.mmdb", "asn.mmdb" },
		{ "ASN", "ISP", "Enterprise" },
		"no database of autonomous systems found: give one with --geo",
		"the database of --geo has no autonomous systems"
	},
};

/* ---- the file ---- */

static bool
find_in(const char *dir, const struct kind *k, char path[PATH_MAX])
{
	size_t	i;
	int	n;

	for (i = 0; i < sizeof(k->file) / sizeof(k->file[0]); i++) {
		n = snprintf(path, PATH_MAX, "%s/%s", dir, k->file[i]);
		if (n > 0 && n < PATH_MAX && access(path, R_OK) == 0)
			return (true);
	}
	return (false);
}

static bool
find(const struct kind *k, char path[PATH_MAX])
{
	const char	*given = getenv(GEO_ENV);
	struct stat	 st;
	size_t		 i;

	if (given != NULL && given[0] != '\0') {
		if (stat(given, &st) == 0 && S_ISDIR(st.st_mode))
			return (find_in(given, k, path));
		return (strlcpy(path, given, PATH_MAX) < PATH_MAX &&
		    access(path, R_OK) == 0);
	}
	for (i = 0; i < sizeof(directories) / sizeof(directories[0]); i++)
		if (find_in(directories[i], k, path))
			return (true);
	return (false);
}

static bool
is_kind(const MMDB_s *m, const struct kind *k)
{
	size_t	i;

	for (i = 0; i < sizeof(k->type) / sizeof(k->type[0]); i++)
		if (m->metadata.database_type != NULL &&
		    strstr(m->metadata.database_type, k->type[i]) != NULL)
			return (true);
	return (false);
}

const char *
geo_open(struct geo **g, enum geo_what what)
{
	char	path[PATH_MAX];

	*g = NULL;
	if (!find(&kinds[what], path))
		return (kinds[what].missing);
	if ((*g = calloc(1, sizeof(**g))) == NULL)
		return ("out of memory");
	if (MMDB_open(path, MMDB_MODE_MMAP, &(*g)->mmdb) != MMDB_SUCCESS) {
		free(*g);
		*g = NULL;
		return ("the file of --geo is no intact MaxMind database");
	}
	if (is_kind(&(*g)->mmdb, &kinds[what]))
		return (NULL);
	geo_close(*g);
	*g = NULL;
	return (kinds[what].other);
}

static int
compare(const void *a, const void *b)
{
	const struct as	*x = a, *y = b;

	return ((x->number > y->number) - (x->number < y->number));
}

void
geo_close(struct geo *g)
{
	struct as	*as;

	if (g == NULL)
		return;
	while (g->systems != NULL) {
		as = *(struct as **)g->systems;
		(void)tdelete(as, &g->systems, compare);
		free(as);
	}
	MMDB_close(&g->mmdb);
	free(g);
}

/* ---- look-ups ---- */

static bool
look_up(const struct geo *g, uint8_t family, const uint8_t addr[16],
    MMDB_lookup_result_s *found)
{
	struct sockaddr_in6	 in6;
	struct sockaddr_in	 in4;
	const struct sockaddr	*sa = (const struct sockaddr *)&in4;
	int			 rc;

	if (family == FLOW_FAMILY_NONE)
		return (false);
	memset(&in4, 0, sizeof(in4));
	memset(&in6, 0, sizeof(in6));
	in4.sin_family = AF_INET;
	memcpy(&in4.sin_addr, addr + 12, 4);
	if (family == FLOW_FAMILY_IP6) {
		in6.sin6_family = AF_INET6;
		memcpy(&in6.sin6_addr, addr, 16);
		sa = (const struct sockaddr *)&in6;
	}
	*found = MMDB_lookup_sockaddr(&g->mmdb, sa, &rc);
	return (rc == MMDB_SUCCESS && found->found_entry);
}

/* The value at the path, if it is of that type. */
static bool
get(MMDB_lookup_result_s *found, const char *const *path, uint32_t type,
    MMDB_entry_data_s *data)
{
	return (MMDB_aget_value(&found->entry, data, path) == MMDB_SUCCESS &&
	    data->has_data && data->type == type);
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z');
}

void
geo_country(const struct geo *g, uint8_t family, const uint8_t addr[16],
    char code[GEO_CODE_LEN])
{
	static const char *const	path[] = {
		"country", "iso_code", NULL
	};
	MMDB_lookup_result_s		found;
	MMDB_entry_data_s		data;

	code[0] = '\0';
	if (!look_up(g, family, addr, &found) ||
	    !get(&found, path, MMDB_DATA_TYPE_UTF8_STRING, &data) ||
	    data.data_size != 2 || !is_letter(data.utf8_string[0]) ||
	    !is_letter(data.utf8_string[1]))
		return;
	memcpy(code, data.utf8_string, 2);
	code[2] = '\0';
}

/* Remember whose it is, for geo_as_name(). */
static void
learn(struct geo *g, uint32_t number, MMDB_lookup_result_s *found)
{
	static const char *const	path[] = {
		"autonomous_system_organization", NULL
	};
	MMDB_entry_data_s		data;
	struct as			key = { .number = number }, *as;
	size_t				i;

	if (tfind(&key, &g->systems, compare) != NULL ||
	    (as = calloc(1, sizeof(*as))) == NULL)
		return;
	as->number = number;
	if (get(found, path, MMDB_DATA_TYPE_UTF8_STRING, &data))
		for (i = 0; i < data.data_size && i + 1 < NAME_LEN; i++)
			as->name[i] = is_printable(data.utf8_string[i]) ?
			    data.utf8_string[i] : '?';
	if (tsearch(as, &g->systems, compare) == NULL)
		free(as);
}

uint32_t
geo_as(struct geo *g, uint8_t family, const uint8_t addr[16])
{
	static const char *const	path[] = {
		"autonomous_system_number", NULL
	};
	MMDB_lookup_result_s		found;
	MMDB_entry_data_s		data;

	if (!look_up(g, family, addr, &found) ||
	    !get(&found, path, MMDB_DATA_TYPE_UINT32, &data))
		return (0);
	if (data.uint32 != 0)
		learn(g, data.uint32, &found);
	return (data.uint32);
}

const char *
geo_as_name(const struct geo *g, uint32_t number)
{
	struct as	 key = { .number = number };
	void		*node = tfind(&key, &g->systems, compare);

	return (node == NULL ? "" : (*(struct as *const *)node)->name);
}
