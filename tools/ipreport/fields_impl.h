/*
 * What the two sinks of fields.h share.  For fields*.c only.
 */
#ifndef FIELDS_IMPL_H
#define FIELDS_IMPL_H

#include "fields.h"

struct fields_ops {
	void	(*begin)(struct fields *, const char *name, bool list);
	void	(*end)(struct fields *);
	/* number: its text, and its value for JSON, or NULL */
	void	(*number)(struct fields *, const char *name, const char *text,
		    json_t *(*value)(uint64_t), uint64_t, const char *meaning);
	void	(*text)(struct fields *, const char *name, const char *);
	/* of a packet, so it is quoted; whole: there was no more of it */
	void	(*octets)(struct fields *, const char *name, const char *,
		    bool whole);
	void	(*words)(struct fields *, const char *name);
	void	(*word)(struct fields *, const char *);
	void	(*words_end)(struct fields *);
	void	(*note)(struct fields *, const char *);
	void	(*free)(struct fields *);
};

struct fields {
	const struct fields_ops	*ops;
	unsigned		 left;	/* fields that the packet still gets */
	unsigned		 depth;	/* of groups */
	bool			 in_words;
	bool			 failed;
};

#endif
