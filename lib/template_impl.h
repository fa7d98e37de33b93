/*
 * A template taken apart, as it is parsed and printed: private to
 * lib/template*.c.
 */
#ifndef TEMPLATE_IMPL_H
#define TEMPLATE_IMPL_H

#include <stdbool.h>

#include "template.h"

#define TEMPLATE_ITEMS	64	/* of one template */
#define TEMPLATE_FORMAT	256	/* longest format, with its NUL */
#define TEMPLATE_WIDTH	1024	/* greatest width and precision */

enum template_kind {
	TEMPLATE_TEXT,		/* one conversion s */
	TEMPLATE_NUMBER,	/* one conversion of an integer */
	TEMPLATE_TIME		/* any conversions of strftime(3) */
};

/* `from', `bytes', ...: offset of the text in struct cells, or of the value. */
struct template_key {
	const char		*name;
	enum template_kind	 kind;
	size_t			 offset;
};

/* What stands between % and the end of a conversion. */
struct conversion {
	bool	left;		/* - */
	bool	zero;		/* 0 */
	char	sign;		/* + or blank, else NUL */
	char	letter;
	int	width;
	int	precision;	/* -1: none */
};

struct template_item {
	const struct template_key	*key;
	struct conversion		 conversion;
	char				 before[TEMPLATE_FORMAT];
	char				 after[TEMPLATE_FORMAT];
};

struct template {
	struct template_item	item[TEMPLATE_ITEMS];
	size_t			n;
};

/* The key of that name, or NULL. */
const struct template_key *template_key(const char *name);

/*
 * Take a format apart into `item', whose key is set.  For times the format
 * stays whole, in item->before.  Returns NULL, or what is wrong.
 */
const char	*template_format(struct template_item *, const char *format);

#endif
