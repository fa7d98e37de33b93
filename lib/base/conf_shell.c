/*
 * The part of the shell's grammar that spans lines: quotes, compound commands,
 * and operators at the end of a line.
 */
#include <string.h>

#include "conf_shell.h"

#define SEPARATORS	" \t\r\n;&|()"

static const char *const	opening[] = {
	"if", "case", "for", "while", "until", "{",
};
static const char *const	closing[] = { "fi", "esac", "done", "}" };
/* What a command follows. */
static const char *const	leading[] = {
	"if", "then", "else", "elif", "while", "until", "do", "{", "!",
};

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

static bool
is_among(const char *const *list, size_t n, const char *word, size_t len)
{
	size_t	i;

	for (i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
			return (true);
	return (false);
}

bool
conf_shell_is_plain(const struct conf_shell *s)
{
	return (s->quote == '\0' && s->depth == 0 && s->parens == 0 &&
	    !s->continued && !s->joined && !s->unclear);
}

/* A word where a command is expected: does a command follow it, too? */
static bool
take_command(struct conf_shell *s, const char *word, size_t len)
{
	if (is_among(opening, COUNT(opening), word, len))
		s->depth++;
	else if (is_among(closing, COUNT(closing), word, len) && s->depth > 0)
		s->depth--;
	return (is_among(leading, COUNT(leading), word, len));
}

/*
 * Returns what follows the quoted text, or the end of the line.  Shells differ
 * about "${x%'}".
 */
static const char *
skip_quoted(struct conf_shell *s, const char *p)
{
	bool	braces = false;

	for (; *p != '\0' && *p != s->quote; p++) {
		if (s->quote == '\'')
			continue;
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '{' || *p == '}')
			braces = *p == '{';
		else if (*p == '\'' && braces)
			s->unclear = true;
	}
	if (*p == '\0')
		return (p);
	s->quote = '\0';
	return (p + 1);
}

/* Returns what follows the word, which may have quoted parts. */
static const char *
skip_word(struct conf_shell *s, const char *p)
{
	while (*p != '\0' && strchr(SEPARATORS, *p) == NULL) {
		if (*p == '"' || *p == '\'') {
			s->quote = *p;
			p = skip_quoted(s, p + 1);
		} else if (p[0] == '<' && p[1] == '<') {
			/* Where its text ends is not looked for. */
			s->unclear = true;
			p += 2;
		} else {
			p += p[0] == '\\' && p[1] != '\0' && p[1] != '\n' ?
			    2 : 1;
		}
	}
	return (p);
}

/* Returns whether a command follows the separator. */
static bool
take_separator(struct conf_shell *s, const char *p, bool command)
{
	if (*p == '(')
		s->parens++;
	else if (*p == ')' && s->parens > 0)
		s->parens--;
	else if (*p == '|' || (*p == '&' && p[1] == '&'))
		s->continued = true;
	return (command || strchr(";&|()", *p) != NULL);
}

void
conf_shell_line(struct conf_shell *s, const char *p)
{
	const char	*word;
	bool		 command = !s->joined;

	if (s->quote != '\0') {
		p = skip_quoted(s, p);
		command = false;
	}
	s->joined = false;
	/* What follows an operator may be some lines below. */
	if (strchr("#", p[strspn(p, " \t\r\n")]) != NULL)
		return;
	s->continued = false;
	while (*p != '\0') {
		if (*p == '#')
			return;
		if (strchr(" \t\r\n", *p) != NULL) {
			p++;
		} else if (strchr(SEPARATORS, *p) != NULL) {
			command = take_separator(s, p++, command);
		} else {
			word = p;
			p = skip_word(s, p);
			s->continued = false;
			s->joined = p[-1] == '\\';
			if (command)
				command = take_command(s, word,
				    (size_t)(p - word));
		}
	}
}
