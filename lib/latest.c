/* SPDX-License-Identifier: MIT */
/* latest.c -- the latest item of each input, side by side (latest.h). */
#include <string.h>

#include <weir/latest.h>

static size_t round_up(size_t bytes)
{
	return (bytes + 7u) & ~(size_t)7u;
}

size_t weir_latest_size(const struct weir_place *place)
{
	return weir_joint_size(place) + place->n_in * sizeof(struct weir_latest_input) +
	       round_up(place->out->size);
}

int weir_latest_init(struct weir_ctx *c, struct weir_latest *l, void *memory, const struct weir_place *place)
{
	unsigned char *at = memory;

	l->n_inputs = l->missing = place->n_in;
	l->inputs = (struct weir_latest_input *)(void *)(at + weir_joint_size(place));
	l->record = (unsigned char *)(l->inputs + place->n_in);
	return weir_joint_init(c, &l->joint, memory, place);
}

void weir_latest_take(struct weir_ctx *c, struct weir_latest *l, uint16_t port)
{
	struct weir_latest_input *input = &l->inputs[port];
	const struct weir_span *in = weir_input(c, port);

	weir_joint_put(&l->joint, NULL, port, in->items, weir_joint_item_bytes(c, port), 1, l->record);
	if (in->instants != NULL)
		input->instant = in->instants[0];
	weir_take(c, port, 1);
	if (!input->has)
		l->missing--;
	if (input->fresh)
		weir_drop_from(c, port, WEIR_DROP_FILTERED, 1);
	else
		weir_hold(c, port, 1);
	input->has = input->fresh = true;
}

void weir_latest_get(
	struct weir_ctx *c, struct weir_latest *l, struct weir_span *out, uint32_t j, uint16_t port)
{
	int64_t instant = port < l->n_inputs ? l->inputs[port].instant : INT64_MIN;

	memcpy((unsigned char *)out->items + (size_t)j * l->joint.size, l->record, l->joint.size);
	for (uint16_t i = 0; i < l->n_inputs; i++) {
		struct weir_latest_input *input = &l->inputs[i];

		if (port >= l->n_inputs && input->instant > instant)
			instant = input->instant;
		if (input->fresh)
			weir_hold(c, i, -1);
		input->fresh = false;
	}
	if (out->instants != NULL)
		out->instants[j] = instant;
}
