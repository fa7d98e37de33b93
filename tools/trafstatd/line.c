/*
 * Splits a request line into arguments, by tables of what is allowed.  Each
 * option letter and each value becomes an argument of its own, so that a value
 * is never parsed as an option.  Keeps no state, opens and runs nothing.
 */
#include "config.h"

#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

#include "base/printable.h"
#include "line.h"
#include "traffic.h"

#define BLANKS	" \t"
#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

/* The position in the line while it is parsed. */
struct cursor {
	struct line	*line;
	char		*next;		/* the rest of the line */
	size_t		 used;		/* octets of line->text */
	size_t		 operands;
};

typedef bool	check_fn(const char *value);

/* ---- values ---- */

static bool
is_made_of(const char *s, const char *set, size_t most)
{
	size_t	n = strlen(s);

	return (n > 0 && n <= most && strspn(s, set) == n);
}

static bool
is_number(const char *s)
{
	return (is_made_of(s, DIGITS, 9));
}

/* The name of an interface: neither a path nor an option. */
static bool
is_iface(const char *s)
{
	return (s[0] != '-' && s[0] != '.' &&
	    is_made_of(s, LOWER UPPER DIGITS "_.:@-", TRAFD_EXT_MAX));
}

/* A port, service or protocol: number or name. */
static bool
is_word(const char *s)
{
	return (s[0] != '-' && is_made_of(s, LOWER UPPER DIGITS "+.-", 32));
}

/*
 * Numeric addresses only: with names, any client could make this host send
 * DNS queries.
 */
static bool
is_address(const char *s)
{
	struct in6_addr	addr;

	return (inet_pton(AF_INET, s, &addr) == 1 ||
	    inet_pton(AF_INET6, s, &addr) == 1 || strcmp(s, "all") == 0);
}

static bool
is_format(const char *s)
{
	static const char *const	formats[] = {
		"csv", "json", "text", "tsv"
	};
	size_t	i;

	for (i = 0; i < COUNT(formats); i++)
		if (strcmp(s, formats[i]) == 0)
			return (true);
	return (false);
}

/* ---- options and operands ---- */

static const struct option {
	char		 c;
	const char	*name;		/* if c is 0 */
	check_fn	*check;		/* of its value; NULL: no value */
} options[] = {
	{ 'A', NULL, NULL },
	{ 'b', NULL, NULL },
	{ 'D', NULL, NULL },
	{ 'f', NULL, NULL },
	{ 'I', NULL, is_iface },
	{ 'i', NULL, is_iface },
	{ 'N', NULL, NULL },
	{ 'n', NULL, NULL },
	{ 'p', NULL, is_word },
	{ 's', NULL, NULL },
	{ 'V', NULL, NULL },
	{ 0, "--format", is_format },
	{ 0, "--rows", is_number },
	{ 0, "--version", NULL },
};

/* The operands: host and port, in this order. */
static check_fn *const	operands[] = { is_address, is_word };

static const struct option *
option_of(char c)
{
	size_t	i;

	for (i = 0; i < COUNT(options); i++)
		if (options[i].c == c && c != 0)
			return (&options[i]);
	return (NULL);
}

/* Find a long option by the first len octets of arg. */
static const struct option *
option_named(const char *arg, size_t len)
{
	size_t	i;

	for (i = 0; i < COUNT(options); i++)
		if (options[i].name != NULL &&
		    strlen(options[i].name) == len &&
		    strncmp(options[i].name, arg, len) == 0)
			return (&options[i]);
	return (NULL);
}

/* ---- parsing ---- */

static char *
next_word(struct cursor *c)
{
	char	*word = c->next + strspn(c->next, BLANKS);
	size_t	 n = strcspn(word, BLANKS);

	if (n == 0)
		return (NULL);
	c->next = word + n;
	if (*c->next != '\0')
		*c->next++ = '\0';
	return (word);
}

static const char *
put(struct cursor *c, char *arg)
{
	if (c->line->argc == LINE_ARGS)
		return ("too many arguments");
	c->line->argv[c->line->argc++] = arg;
	return (NULL);
}

/*
 * Add one letter as an argument of its own.  It takes three octets of the
 * text after the line, which has room for LINE_ARGS of them.
 */
static const char *
put_letter(struct cursor *c, char letter)
{
	char	*arg = c->line->text + c->used;

	if (c->line->argc == LINE_ARGS)
		return ("too many arguments");
	c->used += 3;
	arg[0] = '-';
	arg[1] = letter;
	arg[2] = '\0';
	return (put(c, arg));
}

static const char *
put_value(struct cursor *c, check_fn *check, char *value)
{
	if (value == NULL)
		return ("value missing");
	if (!check(value))
		return ("value not accepted");
	return (put(c, value));
}

/* Short options: `-nN', `-ieth0' or `-i eth0'. */
static const char *
take_letters(struct cursor *c, char *arg)
{
	const struct option	*o;
	const char		*why;

	while (*++arg != '\0') {
		if ((o = option_of(*arg)) == NULL)
			return ("option not accepted");
		if ((why = put_letter(c, *arg)) != NULL)
			return (why);
		if (o->check != NULL)
			return (put_value(c, o->check, arg[1] != '\0' ?
			    arg + 1 : next_word(c)));
	}
	return (NULL);
}

/* A long option: `--format=json' stays one argument. */
static const char *
take_name(struct cursor *c, char *arg)
{
	size_t			 len = strcspn(arg, "=");
	const struct option	*o = option_named(arg, len);

	if (o == NULL)
		return ("option not accepted");
	if ((arg[len] == '=') != (o->check != NULL))
		return (o->check != NULL ? "value missing" :
		    "option takes no value");
	if (o->check != NULL && !o->check(arg + len + 1))
		return ("value not accepted");
	return (put(c, arg));
}

static const char *
take_operand(struct cursor *c, char *arg)
{
	if (c->operands == COUNT(operands) || !operands[c->operands](arg))
		return ("argument not accepted");
	c->operands++;
	return (put(c, arg));
}

static const char *
take(struct cursor *c, char *arg)
{
	if (arg[0] != '-')
		return (take_operand(c, arg));
	if (arg[1] == '\0')
		return ("option not accepted");
	if (arg[1] == '-')
		return (take_name(c, arg));
	return (take_letters(c, arg));
}

/* Length without the end of the line; -1 if it has control characters. */
static int
measure(const char *octets, size_t len)
{
	size_t	n;

	for (n = 0; n < len && octets[n] != '\n'; n++)
		if (octets[n] != '\t' && octets[n] != '\r' &&
		    !is_printable(octets[n]))
			return (-1);
	if (n > 0 && octets[n - 1] == '\r')
		n--;
	if (memchr(octets, '\r', n) != NULL)
		return (-1);
	return ((int)n);
}

const char *
line_parse(struct line *line, const char *octets, size_t len)
{
	static char	 program[] = "trafstat";
	struct cursor	 c = { .line = line, .next = line->text };
	const char	*why = NULL;
	char		*arg;
	int		 n;

	line->argc = 0;
	if (len > LINE_OCTETS || (len == LINE_OCTETS &&
	    memchr(octets, '\n', len) == NULL))
		return ("line too long");
	if ((n = measure(octets, len)) == -1)
		return ("line contains bytes that are not text");
	memcpy(line->text, octets, (size_t)n);
	line->text[n] = '\0';
	c.used = (size_t)n + 1;
	(void)put(&c, program);
	while (why == NULL && (arg = next_word(&c)) != NULL)
		why = take(&c, arg);
	line->argv[line->argc] = NULL;
	return (why);
}
