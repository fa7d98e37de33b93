/*
 * trafstat --top on a terminal: queries every two seconds, draws the screen
 * and handles keys.  Owns the terminal; rates.c owns the numbers.
 */
#include "config.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "screen.h"
#include "traffic.h"

#define NAMES_MS	200	/* between two looks at names for the filter */

/* ---- what is shown ---- */

/* No names of hosts by default: a slow resolver would block the screen. */
static int
make_names(struct screen *s)
{
	static const struct names_opts	 numbers = { .numeric = true };
	struct names_opts		 naming = s->opt->naming;
	struct names			*names;

	if (s->plain == NULL)
		s->plain = names_new(&numbers);

	naming.numeric = s->numeric;
	if (s->plain == NULL || (names = names_new(&naming)) == NULL) {
		log_error("names");
		return (-1);
	}
	if (s->names != NULL)
		names_free(s->names);
	s->names = names;
	return (0);
}

static bool
has_name(const struct screen *s, uint8_t family, const uint8_t addr[16])
{
	return (strcasestr(later_name(s->later, family, addr), s->filter) !=
	    NULL);
}

/* A part of what numbers show, or of the name of a host, whatever is shown. */
static bool
is_wanted(const struct screen *s, const struct top_row *row)
{
	const struct flow_key	*k = &row->key;
	char			 label[TOP_LABEL_LEN];

	if (s->filter[0] == '\0' || strcasestr(top_label(s->plain,
	    rates_owners(s->rates), s->by, k, label), s->filter) != NULL)
		return (true);
	if (s->later == NULL ||
	    (s->by != CONTROL_BY_HOST && s->by != CONTROL_BY_PAIR))
		return (false);
	return (has_name(s, k->family, k->src) ||
	    (s->by == CONTROL_BY_PAIR && has_name(s, k->family, k->dst)));
}

static void
apply_filter(struct screen *s)
{
	size_t	i, n = 0;

	for (i = 0; i < s->rows.n; i++)
		if (is_wanted(s, &s->rows.row[i]))
			s->rows.row[n++] = s->rows.row[i];
	s->rows.n = n;
	if (s->later != NULL)
		later_run(s->later);
}

/* Rebuild the rows from the last answers, after a change of the view. */
static void
arrange(struct screen *s)
{
	free(s->rows.row);
	if (rates_rows(s->rates, s->only, s->order, &s->rows) == -1)
		s->rows.n = 0;
	else
		apply_filter(s);
	rates_sum(s->rates, s->only, &s->sum);
	if (s->scroll >= s->rows.n)
		s->scroll = s->rows.n > 0 ? s->rows.n - 1 : 0;
}

static void
tick(struct screen *s)
{
	rates_update(s->rates, s->by);
	arrange(s);
	s->next = now_mono_ms() + TOP_TICK_MS;
}

/* Rates need two answers: the second query follows soon. */
static void
begin(struct screen *s)
{
	arrange(s);
	s->next = now_mono_ms() + TOP_FIRST_MS;
}

/* ---- keys ---- */

static void
set_view(struct screen *s, int by)
{
	if (s->by == by)
		return;
	s->by = by;
	s->scroll = 0;
	rates_update(s->rates, by);
	begin(s);
}

static void
set_order(struct screen *s, enum top_order order)
{
	s->order = order;
	s->scroll = 0;
}

static void
scroll_by(struct screen *s, int rows)
{
	if (rows < 0 && (size_t)-rows > s->scroll)
		s->scroll = 0;
	else
		s->scroll += (size_t)rows;
}

static void
type_filter(struct screen *s, int key)
{
	size_t	len = strlen(s->filter);

	if (key == '\n' || key == '\r' || key == KEY_ENTER)
		s->typing = false;
	else if (key == 27) {
		s->typing = false;
		s->filter[0] = '\0';
	} else if ((key == KEY_BACKSPACE || key == 127 || key == 8) && len > 0)
		s->filter[len - 1] = '\0';
	else if (key >= ' ' && key <= '~' && len + 1 < sizeof(s->filter)) {
		s->filter[len] = (char)key;
		s->filter[len + 1] = '\0';
	}
}

static void
obey_view_key(struct screen *s, int key)
{
	switch (key) {
	case 'h':
		set_view(s, CONTROL_BY_HOST);
		break;
	case 'p':
		set_view(s, CONTROL_BY_PAIR);
		break;
	case 's':
		set_view(s, CONTROL_BY_SERVICE);
		break;
	case 'r':
		set_view(s, CONTROL_BY_PROTOCOL);
		break;
	case 'o':
		set_view(s, TOP_OWNERS);
		break;
	case 'g':
		set_view(s, TOP_PROGRAMS);
		break;
	case 'u':
		set_view(s, TOP_USERS);
		break;
	case 'U':
		set_view(s, TOP_UNITS);
		break;
	case 'c':
		set_view(s, TOP_CONTAINERS);
		break;
	case '2':
		set_order(s, TOP_BY_2);
		break;
	case '1':
		set_order(s, TOP_BY_10);
		break;
	case '4':
		set_order(s, TOP_BY_40);
		break;
	case 't':
		set_order(s, TOP_BY_TOTAL);
		break;
	case 'i':
		s->only = s->only + 1 < (int)rates_sources(s->rates) ?
		    s->only + 1 : -1;
		break;
	}
}

static void
obey_key(struct screen *s, int key)
{
	switch (key) {
	case 'q':
		/* Who reads the help leaves that first. */
		s->quit = !s->help;
		s->help = false;
		break;
	case '?':
		s->help = !s->help;
		break;
	case ' ':
		s->paused = !s->paused;
		break;
	case 'b':
		s->bits = !s->bits;
		break;
	case 'n':
		s->numeric = !s->numeric;
		(void)make_names(s);
		break;
	case '/':
		s->typing = true;
		s->filter[0] = '\0';
		break;
	case 27:
		s->filter[0] = '\0';
		s->help = false;
		break;
	case KEY_UP:
		scroll_by(s, -1);
		break;
	case KEY_DOWN:
		scroll_by(s, 1);
		break;
	case KEY_PPAGE:
		scroll_by(s, FIRST_ROW - LINES);
		break;
	case KEY_NPAGE:
		scroll_by(s, LINES - FIRST_ROW);
		break;
	case KEY_HOME:
		s->scroll = 0;
		break;
	default:
		obey_view_key(s, key);
	}
}

/* ---- the loop ---- */

/* Milliseconds to wait for a key: names that are on their way are shown. */
static int64_t
patience(const struct screen *s)
{
	int64_t	left = s->next - now_mono_ms();

	return (s->filter[0] != '\0' && s->later != NULL &&
	    later_waiting(s->later) > 0 && left > NAMES_MS ? NAMES_MS : left);
}

static void
loop(struct screen *s)
{
	int64_t	left;
	int	key;

	while (!s->quit) {
		screen_draw(s);
		left = patience(s);
		timeout(left < 0 ? 0 : (int)left);
		key = getch();
		if (key == ERR && !isatty(STDIN_FILENO))
			break;
		if (key != ERR && s->typing)
			type_filter(s, key);
		else if (key != ERR)
			obey_key(s, key);
		if (now_mono_ms() >= s->next && !s->paused)
			tick(s);
		else if (now_mono_ms() >= s->next)
			s->next = now_mono_ms() + TOP_TICK_MS;
		else
			arrange(s);
	}
}

static bool
is_utf8(void)
{
	return (setlocale(LC_ALL, "") != NULL &&
	    strcmp(nl_langinfo(CODESET), "UTF-8") == 0);
}

/* ncurses restores the terminal when a signal ends the program. */
static int
open_screen(void)
{
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		log_errorx("--top needs a terminal; without one use "
		    "--format=json");
		return (-1);
	}
	if (newterm(NULL, stdout, stdin) == NULL) {
		log_errorx("--top: unknown terminal: %s; set TERM, or use "
		    "--format=json",
		    getenv("TERM") != NULL ? getenv("TERM") : "TERM is unset");
		return (-1);
	}
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, true);
	(void)curs_set(0);
	return (0);
}

int
screen_run(const struct options *opt, struct rates *r)
{
	struct screen	s = { .opt = opt, .rates = r, .by = opt->by,
	    .order = TOP_BY_10, .only = -1, .bits = true, .numeric = true };

	s.utf8 = is_utf8();
	if (make_names(&s) == -1 || open_screen() == -1)
		return (TRAFD_EXIT_ERROR);
	if (!opt->naming.numeric)
		s.later = later_new(NULL, NULL);
	begin(&s);
	loop(&s);
	(void)endwin();
	names_free(s.names);
	names_free(s.plain);
	later_free(s.later);
	free(s.rows.row);
	return (TRAFD_EXIT_OK);
}
