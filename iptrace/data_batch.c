/*
 * Frames out of records: tags, payload, comment.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "data_impl.h"

void
data_batch_flush(struct data *d)
{
	struct data_batch	*b = &d->batch;

	if (b->n > 0)
		d->sink(d->arg, b->frames, b->numbers, b->notes, b->n);
	b->n = 0;
	b->used = 0;
}

void
data_batch_lost(struct data *d, const struct data_lost *l)
{
	struct record_losses	now = { .kernel = l->records };
	struct data_batch	*b = &d->batch;

	/* Those before it must not say so. */
	if (d->sink != NULL)
		data_batch_flush(d);
	record_lost(d->record, d->number, &now);
	d->losses += l->records;
	d->unsaid += l->records;
	d->octets += l->octets;
	b->loss.comment = b->loss_text;
	b->loss.comment_len = (size_t)snprintf(b->loss_text,
	    sizeof(b->loss_text), "up to here %" PRIu64 " octets of payload "
	    "were in records that are lost", d->octets);
}

void
data_batch_add(struct data *d, const struct datarec *r)
{
	struct data_batch	*b = &d->batch;
	struct record_note	*note;
	uint8_t			*at;
	size_t			 head;

	if (b->n == BATCH ||
	    b->used + DATAREC_HEAD + r->caplen > sizeof(b->octets))
		data_batch_flush(d);
	at = b->octets + b->used;
	head = datarec_head(r, at);
	if (r->caplen > 0)
		memcpy(at + head, r->payload, r->caplen);
	b->frames[b->n] = (struct frame){
		.octets = at, .caplen = (uint32_t)head + r->caplen,
		.wirelen = (uint32_t)head + r->length, .time_ns = r->time_ns,
		.direction = r->out ? FRAME_OUT : FRAME_IN,
	};
	b->used += head + r->caplen;
	b->numbers[b->n] = d->number;
	note = &b->notes[b->n];
	*note = (struct record_note){
		.comment = b->comments[b->n],
		.comment_len = datarec_comment(r, b->comments[b->n]),
		.alone = true, .pid = r->pid, .tid = r->tid,
		.next = b->loss.comment == NULL ? NULL : &b->loss,
	};
	b->n++;
	if (note->next == NULL)
		return;
	/* The text is of this record only. */
	data_batch_flush(d);
	b->loss.comment = NULL;
}
