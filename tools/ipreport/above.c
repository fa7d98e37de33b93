/*
 * What is above TCP and UDP (above.h): hands the data of a packet over to the
 * decoders of application protocols.
 */
#include <stdlib.h>

#include "apps/apps.h"
#include "above.h"

struct above {
	struct apps	*apps;
	struct fields	*fields;
};

struct above *
above_new(const struct options *opt, struct out *out)
{
	struct above	*a = calloc(1, sizeof(*a));

	if (a == NULL)
		return (NULL);
	a->apps = apps_new(opt->rpc);
	a->fields = opt->format == REPORT_JSON ? fields_json_new() :
	    fields_text_new(out, opt->tags);
	if (a->apps != NULL && a->fields != NULL)
		return (a);
	above_free(a);
	return (NULL);
}

void
above_free(struct above *a)
{
	if (a == NULL)
		return;
	apps_free(a->apps);
	fields_free(a->fields);
	free(a);
}

static bool
show(struct above *a, const struct shown *p)
{
	struct app_packet	packet;

	if (!app_packet(p->d, p->number, p->frame->time_ns, &packet))
		return (false);
	fields_packet(a->fields);
	return (apps_show(a->apps, &packet, a->fields));
}

/* What is not yet in the stream must come before the lines. */
bool
above_show(struct above *a, const struct shown *p,
    const struct layer *payload, struct text *text)
{
	if (p->d->app.at != payload->at || payload->captured == 0)
		return (false);
	(void)text_out(text);
	return (show(a, p));
}

bool
above_json(struct above *a, const struct shown *p, json_t *object)
{
	fields_json_into(a->fields, object);
	(void)show(a, p);
	return (!fields_failed(a->fields));
}
