/*
 * The walk of the dissector: adds a layer, advances past its header.
 */
#include "dissect_impl.h"

struct layer *
walk_add(struct walk *w, enum layer_kind kind, uint32_t header)
{
	struct layer	*l = &w->d->layers[w->d->nlayers++];

	*l = (struct layer){ .at = w->c.p, .captured = cursor_left(&w->c),
	    .wire = cursor_wire(&w->c), .header = header,
	    .kind = (uint8_t)kind, .depth = w->depth, .quoted = w->quoted };
	return (l);
}

const uint8_t *
walk_take(struct walk *w, enum layer_kind kind, uint32_t header)
{
	const struct layer	*l;

	w->next = STEP_END;
	if (w->d->nlayers >= DISSECT_LAYERS - 1 || cursor_wire(&w->c) == 0)
		return (NULL);
	l = walk_add(w, kind, header);
	w->cut = layer_is_cut(l);
	return (w->cut ? NULL : cursor_take(&w->c, header));
}

void
walk_next(struct walk *w, enum layer_next kind, uint32_t number,
    enum dissect_step step)
{
	struct layer	*l = walk_last(w);

	l->next_kind = (uint8_t)kind;
	l->next = (uint16_t)number;
	w->type = number;
	w->next = step;
}

void
walk_clip(struct walk *w, uint32_t n)
{
	uint32_t	left = cursor_left(&w->c);

	if (n >= cursor_wire(&w->c))
		return;
	cursor_clip(&w->c, n);
	w->c.uncaptured = n > left ? n - left : 0;
}

bool
walk_enter(struct walk *w, enum dissect_step step)
{
	w->next = STEP_END;
	if (w->depth >= DISSECT_DEPTH)
		return (false);
	w->depth++;
	w->next = step;
	return (true);
}
