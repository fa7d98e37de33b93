/*
 * A record of the data trace as an object of JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "data.h"

static void
set(json_t *o, const char *key, json_t *value, bool *fine)
{
	if (json_object_set_new_nocheck(o, key, value) == -1)
		*fine = false;
}

static void
set_text(json_t *o, const char *key, const char *text, bool *fine)
{
	set(o, key, json_printable(text, strlen(text)), fine);
}

/* Whose socket it is. */
static void
set_owner(json_t *o, const struct options *opt, const struct datarec *d,
    bool *fine)
{
	char	user[DATA_USER], cid[24];

	set_text(o, "job", d->job, fine);
	(void)snprintf(cid, sizeof(cid), "%llx", (unsigned long long)d->cid);
	set_text(o, "cid", cid, fine);
	if (d->pid != 0)
		set(o, "pid", json_u64(d->pid), fine);
	if (d->tid != 0)
		set(o, "tid", json_u64(d->tid), fine);
	if (d->uid != OWNER_NO_UID)
		set(o, "uid", json_u64(d->uid), fine);
	if (!opt->no_names && data_user(d->uid, user) != NULL)
		set_text(o, "user", user, fine);
	if (d->unit[0] != '\0')
		set_text(o, "unit", d->unit, fine);
}

static void
set_peers(json_t *o, const struct datarec *d, bool *fine)
{
	char		 buf[DATA_ADDRESS];
	const char	*text;

	set(o, "proto", json_u64(d->proto), fine);
	if ((text = data_address(d, d->local, buf)) != NULL)
		set_text(o, "local", text, fine);
	if ((text = data_address(d, d->remote, buf)) != NULL)
		set_text(o, "remote", text, fine);
	if (d->lport != 0)
		set(o, "local_port", json_u64(d->lport), fine);
	if (d->rport != 0)
		set(o, "remote_port", json_u64(d->rport), fine);
}

/* The payload in hexadecimal, as far as -X allows. */
static void
set_payload(json_t *o, const struct options *opt, const struct datarec *d,
    bool *fine)
{
	size_t	n = d->caplen < opt->dump ? d->caplen : opt->dump, i;
	char	*hex = malloc(2 * n + 1);

	if (hex == NULL) {
		*fine = false;
		return;
	}
	for (i = 0; i < n; i++)
		memcpy(hex + 2 * i, text_hex[d->payload[i]], 2);
	if (n > 0)
		set(o, "data", json_stringn(hex, 2 * n), fine);
	free(hex);
}

static void
set_exchange(json_t *o, const struct options *opt, const struct datarec *d,
    bool *fine)
{
	if (d->kind == DATAREC_DATA) {
		set(o, "offset", json_u64(d->seq), fine);
		set(o, "length", json_u64(d->length), fine);
		set(o, "captured", json_u64(d->caplen), fine);
		set(o, "segment", json_boolean(d->segment), fine);
		set_payload(o, opt, d, fine);
	}
	if (!d->has_sums)
		return;
	set(o, "sent", json_u64(d->sent), fine);
	set(o, "received", json_u64(d->received), fine);
	if (d->proto == 6) {
		set(o, "rtt_us", json_u64(d->rtt_us), fine);
		set(o, "retransmissions", json_u64(d->retransmissions), fine);
	}
}

static json_t *
object(const struct options *opt, const struct shown *p)
{
	static const char *const	states[] = { [DATAREC_START] = "start",
	    [DATAREC_DATA] = "data", [DATAREC_END] = "end" };
	const struct datarec		*d = p->data;
	json_t				*o = json_object();
	bool				 fine = o != NULL;

	set(o, "number", json_u64(p->number), &fine);
	if (p->frame->time_ns != 0) {
		set(o, "time", json_moment(p->frame->time_ns), &fine);
		set(o, "time_ns", json_u64(p->frame->time_ns), &fine);
	}
	set(o, "entid", json_u64(ENTID_DATA), &fine);
	set(o, "state", json_string(states[d->kind]), &fine);
	set(o, "direction", json_string(d->out ? "sent" : "received"), &fine);
	if (p->ifname != NULL)
		set_text(o, "interface", p->ifname, &fine);
	set_owner(o, opt, d, &fine);
	set_peers(o, d, &fine);
	set_exchange(o, opt, d, &fine);
	if (p->about->dropped != 0)
		set(o, "dropped", json_u64(p->about->dropped), &fine);
	if (fine)
		return (o);
	json_decref(o);
	return (NULL);
}

int
data_json(const struct options *opt, struct out *out, const struct shown *p)
{
	json_t	*o = object(opt, p);
	int	 rc = json_put_line(o, out);

	json_decref(o);
	return (rc);
}
