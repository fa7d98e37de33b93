/*
 * --help and usage, laid out from the table.  The shells' completion parses
 * --help: an option's line begins with two spaces and a dash, its names and
 * argument end at two spaces or at the end of the line, and "a|b|c" lists the
 * values.
 */
#include <stdlib.h>
#include <string.h>

#include "conf.h"
#include "options_impl.h"

#define COLUMNS		80
#define LEFT_MOST	26	/* longer names get a line of their own */
#define GAP		2	/* spaces before and after the names */

/* ---- lines ---- */

/* The state of the line that is being filled. */
struct lines {
	FILE	*to;
	size_t	 column;
	size_t	 indent;	/* of continuation lines */
	bool	 fresh;		/* no word of this text on the line */
};

static void
put(struct lines *l, const char *text, size_t n)
{
	(void)fwrite(text, 1, n, l->to);
	l->column += n;
}

static void
pad(struct lines *l, size_t column)
{
	while (l->column < column)
		put(l, " ", 1);
}

static void
new_line(struct lines *l)
{
	(void)fputc('\n', l->to);
	l->column = 0;
	l->fresh = true;
}

/* Write a word, after `blanks' spaces unless it starts a line. */
static void
put_word(struct lines *l, const char *word, size_t n, size_t blanks)
{
	if (!l->fresh && l->column + blanks + n >= COLUMNS)
		new_line(l);
	pad(l, l->fresh ? l->indent : l->column + blanks);
	put(l, word, n);
	l->fresh = false;
}

static size_t
word_length(const char *text)
{
	return (strcspn(text, " "));
}

/* Brackets group words, unless the group is longer than `most'. */
static size_t
group_length(const char *text, size_t most)
{
	size_t	n;
	int	depth = 0;

	for (n = 0; text[n] != '\0' && (text[n] != ' ' || depth > 0); n++)
		depth += (text[n] == '[') - (text[n] == ']');
	return (n <= most || text[0] != '[' ? n :
	    1 + group_length(text + 1, most - 1));
}

static void
put_text(struct lines *l, const char *text)
{
	size_t	blanks, n;

	for (; *text != '\0'; text += n) {
		blanks = strspn(text, " ");
		text += blanks;
		n = word_length(text);
		put_word(l, text, n, blanks > 0 ? blanks : 1);
	}
}

/* As put_text(), for a form of usage: brackets are not broken. */
static void
put_groups(struct lines *l, const char *text)
{
	size_t	n;

	for (; text += strspn(text, " "), *text != '\0'; text += n) {
		n = group_length(text, COLUMNS - 1 - l->indent);
		put_word(l, text, n, 1);
	}
}

/* ---- usage ---- */

static void
put_form(struct lines *l, const char *before, const char *program,
    const char *form)
{
	l->indent = 11;
	put(l, before, strlen(before));
	put(l, program, strlen(program));
	l->fresh = false;
	put_groups(l, form);
	new_line(l);
}

static const char *
put_forms(struct lines *l, const char *before, const char *program,
    const char *const *forms)
{
	for (; *forms != NULL; forms++) {
		put_form(l, before, program, *forms);
		before = "       ";
	}
	return (before);
}

static void
put_usage(struct lines *l, const struct option_table *t)
{
	const char	*before = "usage: ";
	size_t		 i;

	if (t->forms != NULL)
		before = put_forms(l, before, t->program, t->forms);
	for (i = 0; i < t->ncommands; i++)
		before = put_forms(l, before, t->program,
		    t->commands[i].forms);
}

void
options_usage_line(const struct option_table *t, int command, FILE *to)
{
	struct lines	l = { .to = to };

	if (command != -1)
		(void)put_forms(&l, "usage: ", t->program,
		    t->commands[command].forms);
	else
		(void)fprintf(to, "usage: %s %s; %s --help lists all\n",
		    t->program, t->brief, t->program);
}

/* ---- options ---- */

/* "-i iface", "-V, --version", "--top[=hosts|pairs]".  Returns buf. */
static const char *
left_of(const struct option_table *t, const struct option_row *r, char *buf,
    size_t len)
{
	char		arg[128];
	const char	*open = "", *close = "";

	if (option_argument(r, arg, sizeof(arg))[0] != '\0') {
		open = t->equals && r->name != NULL ? "=" : " ";
		if (r->optional) {
			open = "[=";
			close = "]";
		}
	}
	(void)snprintf(buf, len, "%c%c%s%s%s%s%s%s",
	    r->letter != 0 ? '-' : ' ', r->letter != 0 ? r->letter : ' ',
	    r->letter != 0 && r->name != NULL ? ", " : "",
	    r->name != NULL ? "--" : "", r->name != NULL ? r->name : "",
	    open, arg, close);
	return (r->letter != 0 ? buf : buf + 2);
}

/* The column of the explanations: most names must fit before it. */
static size_t
help_column(const struct option_table *t)
{
	char	buf[256];
	size_t	i, n, widest = 0;

	for (i = 0; i < t->ncommands; i++)
		if ((n = strlen(t->commands[i].name)) > widest)
			widest = n;
	for (i = 0; i < t->nrows; i++) {
		n = strlen(left_of(t, &t->rows[i], buf, sizeof(buf)));
		if (t->rows[i].kind != OPTION_HEADING && n <= LEFT_MOST &&
		    n > widest)
			widest = n;
	}
	return (GAP + widest + GAP);
}

/* The names on the left, the explanation and the default on the right. */
static void
put_entry(struct lines *l, size_t column, const char *left, const char *help,
    const char *def)
{
	char	brackets[256];

	pad(l, GAP);
	put(l, left, strlen(left));
	if (l->column + GAP > column)
		new_line(l);
	l->indent = column;
	l->fresh = true;
	put_text(l, help);
	if (def != NULL) {
		(void)snprintf(brackets, sizeof(brackets), "[%s]", def);
		put_groups(l, brackets);
	}
	new_line(l);
}

/* The default: what trafd.conf(5) says, else the built-in one.  Or NULL. */
static const char *
default_of(const struct option_row *r, char *buf, size_t len)
{
	char	err[CONF_ERROR];

	if (r->conf != NULL && conf_read(r->conf, buf, len, err) == CONF_FOUND)
		return (buf);
	return (r->def);
}

static void
put_paragraph(struct lines *l, const char *text)
{
	new_line(l);
	l->indent = 0;
	put_text(l, text);
	new_line(l);
}

static void
put_commands(struct lines *l, const struct option_table *t, size_t column)
{
	size_t	i;

	for (i = 0; i < t->ncommands; i++)
		put_entry(l, column, t->commands[i].name, t->commands[i].help,
		    NULL);
	if (t->ncommands > 0)
		new_line(l);
}

void
options_help(const struct option_table *t, FILE *to)
{
	struct lines			 l = { .to = to };
	const struct option_row		*r;
	size_t				 column = help_column(t);
	char				 left[256], def[256];

	put_usage(&l, t);
	if (t->nrows > 0 && t->rows[0].kind != OPTION_HEADING)
		new_line(&l);
	put_commands(&l, t, column);
	for (r = t->rows; r < t->rows + t->nrows; r++) {
		if (r->kind != OPTION_HEADING) {
			put_entry(&l, column, left_of(t, r, left,
			    sizeof(left)), r->help, default_of(r, def,
			    sizeof(def)));
			continue;
		}
		put_paragraph(&l, r->help);
	}
	if (t->closing != NULL)
		put_paragraph(&l, t->closing);
}
