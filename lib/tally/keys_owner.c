/*
 * Keys of owners: whose packets they were.  A value begins with text, so that
 * rows sort by it; a number behind tells texts of the same beginning apart.
 * `state' is the question's book.
 */
#include <stdio.h>
#include <string.h>

#include "base/endian.h"
#include "packet/owner_text.h"
#include "keys.h"
#include "owner_book.h"

#define TEXT		((size_t)32)	/* octets of text in a value */
#define NUMBERED	(TEXT + 4)
#define OWNER_WIDTH	((size_t)20 + OWNER_LEN)

/* After all others: of a row without an owner, and an owner without a name. */
#define OTHER		0xff
#define UNNAMED		0xfe

static const struct owner *
find(const struct key *key, const struct flow_key *k, uint8_t *to,
    size_t width)
{
	const struct owner	*o = NULL;
	const uint8_t		*id;
	bool			 source;

	memset(to, 0, width);
	if ((id = owner_of_row(k, &source)) == NULL)
		to[0] = OTHER;
	else if (key->state == NULL || (o = owners_find(owner_book_owners(
	    key->state), id)) == NULL)
		to[0] = UNNAMED;
	return (o);
}

/* The text of a value that is none; NULL: it is one. */
static const char *
special(const uint8_t *from)
{
	return (from[0] == OTHER ? "other" : from[0] == UNNAMED ? "unknown" :
	    NULL);
}

static void
put_text(uint8_t *to, const char *text, size_t room)
{
	size_t	len = strlen(text);

	memcpy(to, text, len < room ? len : room);
}

static void
put_numbered(const struct key *key, const char *text, uint8_t *to)
{
	put_text(to, text, TEXT);
	put_be32(to + TEXT, owner_book_intern(key->state, text));
}

static int
set_text(struct result *r, union result_value *to, const char *text)
{
	return ((to->text = result_text(r, text)) == NULL ? -1 : 0);
}

static int
show_numbered(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	const char	*text = special(from);

	(void)names;
	if (text == NULL)
		text = owner_book_text(key->state, get_be32(from + TEXT));
	return (set_text(r, to, text));
}

/* ---- owner ---- */

static void
owner_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	const struct owner	*o = find(key, k, to, OWNER_WIDTH);
	const uint8_t		*id;
	bool			 source;

	(void)destination;
	if (o != NULL)
		put_text(to, owner_unit_name(o->unit),
		    OWNER_WIDTH - OWNER_LEN);
	if ((id = owner_of_row(k, &source)) != NULL)
		memcpy(to + OWNER_WIDTH - OWNER_LEN, id, OWNER_LEN);
}

static int
owner_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char	buf[OWNER_TEXT_MAX];

	if (from[0] == OTHER)
		return (set_text(r, to, special(from)));
	return (set_text(r, to, owner_text(key->state == NULL ? NULL :
	    owner_book_owners(key->state), from + OWNER_WIDTH - OWNER_LEN,
	    names_is_numeric(names), buf, sizeof(buf))));
}

/* ---- its parts ---- */

static void
program_row(const struct key *key, const struct flow_key *k,
    bool destination, uint8_t *to)
{
	const struct owner	*o = find(key, k, to, TEXT);

	(void)destination;
	if (o != NULL)
		put_text(to, o->program, TEXT);
}

static int
program_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char	text[TEXT + 1];

	(void)key;
	(void)names;
	memcpy(text, from, TEXT);
	text[TEXT] = '\0';
	return (set_text(r, to, special(from) != NULL ? special(from) : text));
}

#define USER_WIDTH	((size_t)5)	/* special or 0, and the uid */

static void
user_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	const struct owner	*o = find(key, k, to, USER_WIDTH);

	(void)destination;
	if (o != NULL)
		put_be32(to + 1, o->uid);
}

/* A user's name is that of its last owner that has one. */
static const struct owner *
find_user(const struct owners *all, uint32_t uid)
{
	const struct owner	*o, *found = NULL;
	size_t			 i;

	for (i = owners_count(all); i > 0; i--) {
		o = owners_at(all, i - 1);
		if (o->uid == uid && (found == NULL || o->user[0] != '\0'))
			found = o;
		if (found != NULL && found->user[0] != '\0')
			break;
	}
	return (found);
}

static int
user_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	char			 buf[OWNER_USER_MAX];
	const struct owner	*o;

	if (special(from) != NULL)
		return (set_text(r, to, special(from)));
	o = find_user(owner_book_owners(key->state), get_be32(from + 1));
	return (set_text(r, to, o == NULL ? "unknown" :
	    owner_user_text(o, names_is_numeric(names), buf)));
}

/* Told apart by their paths; the root's is empty or a slash. */
static void
unit_row(const struct key *key, const struct flow_key *k, bool destination,
    uint8_t *to)
{
	const struct owner	*o = find(key, k, to, NUMBERED);

	(void)destination;
	if (o == NULL)
		return;
	put_text(to, owner_unit_name(o->unit), TEXT);
	put_be32(to + TEXT, owner_book_unit(key->state, o->unit));
}

/* Its name, or the path if others have the same name. */
static int
unit_show(const struct key *key, const uint8_t *from, struct names *names,
    struct result *r, union result_value *to)
{
	const char	*path;

	if (special(from) != NULL)
		return (set_text(r, to, special(from)));
	path = owner_book_text(key->state, get_be32(from + TEXT));
	return (set_text(r, to, names_is_numeric(names) ||
	    owner_book_has_namesakes(key->state, path) ? path :
	    owner_unit_name(path)));
}

/* What is in none is `-'. */
static void
container_row(const struct key *key, const struct flow_key *k,
    bool destination, uint8_t *to)
{
	const struct owner	*o = find(key, k, to, NUMBERED);
	char			 buf[OWNER_CONTAINER_MAX];

	(void)destination;
	if (o == NULL)
		return;
	(void)owner_container(o->unit, buf, sizeof(buf));
	put_numbered(key, buf[0] == '\0' ? "-" : buf, to);
}

/* ---- the interface ---- */

static void
interface_row(const struct key *key, const struct flow_key *k,
    bool destination, uint8_t *to)
{
	const char	*name = NULL;
	uint16_t	 number = 0;

	(void)destination;
	memset(to, 0, NUMBERED);
	if (key->state != NULL) {
		number = owner_book_interface(key->state, k->vlan);
		name = owners_ifname(owner_book_owners(key->state), number);
	}
	if (name != NULL)
		put_numbered(key, name, to);
	else
		to[0] = k->vlan == FLOW_VLAN_MIXED || number ==
		    FLOW_VLAN_MIXED ? OTHER : UNNAMED;
}

#define COLUMN(name, title)						\
	{ name, title, RESULT_TEXT, CALENDAR_INSTANT, true, false }

static const struct result_column owner_columns[] = {
	COLUMN("owner", "Owner")
};
static const struct result_column program_columns[] = {
	COLUMN("program", "Program")
};
static const struct result_column user_columns[] = {
	COLUMN("user", "User")
};
static const struct result_column unit_columns[] = {
	COLUMN("unit", "Unit")
};
static const struct result_column container_columns[] = {
	COLUMN("container", "Container")
};
static const struct result_column interface_columns[] = {
	COLUMN("interface", "Interface")
};

const struct key_ops key_owner = {
	.name = "owner", .width = OWNER_WIDTH, .owner = true,
	.columns = owner_columns, .ncolumns = 1,
	.row = owner_row, .show = owner_show
};
const struct key_ops key_program = {
	.name = "program", .width = TEXT, .owner = true,
	.columns = program_columns, .ncolumns = 1,
	.row = program_row, .show = program_show
};
const struct key_ops key_user = {
	.name = "user", .width = USER_WIDTH, .owner = true,
	.columns = user_columns, .ncolumns = 1,
	.row = user_row, .show = user_show
};
const struct key_ops key_unit = {
	.name = "unit", .width = NUMBERED, .owner = true,
	.columns = unit_columns, .ncolumns = 1,
	.row = unit_row, .show = unit_show
};
const struct key_ops key_container = {
	.name = "container", .width = NUMBERED, .owner = true,
	.columns = container_columns, .ncolumns = 1,
	.row = container_row, .show = show_numbered
};
const struct key_ops key_interface = {
	.name = "interface", .width = NUMBERED, .owner = true,
	.columns = interface_columns, .ncolumns = 1,
	.row = interface_row, .show = show_numbered
};
