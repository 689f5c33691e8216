/* SPDX-License-Identifier: MIT */
/*
 * scan -- carry a state from record to record, and add it to each.
 *
 *	in    --1----2----3----|
 *	out   --1,1--2,3--3,6--|	init {sum: 0}, step {sum: sum + v}
 *
 * Credit  pass: one out per item in; an item that is dropped is asked for again (C-5).
 * Memory  the states of each key, max_keys of them, or one in all without a key; and one record.
 * Time    items keep their instants.
 *
 * All steps see the incoming record and the states as the record before left them. An item error leaves the states
 * as they were. With all keys taken, another key is an item error, or takes the place of the key that was used
 * longest ago.
 *
 * Both parameters are programs over the output record, in which the states are the last fields: init makes them of
 * nothing, step makes the new ones of a record that has the old ones. So a key holds the end of a record, as it is.
 * Long spans without a key go as columns where the program allows it (scan.h).
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/scan.h>

struct weir_scan {
	struct weir_keys keys;
	unsigned char *record; /* an item with its old states */
	uint32_t in_bytes, out_bytes;
	uint32_t states_at, states_bytes; /* in the output record */
	uint32_t n_states;
};
WEIR_ILP32(weir_scan, 76);

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_scan_params, init, "init", INIT, .example = "{\"total\": \"0.0\"}",
		.help = "States and what they start as, each an expression that sees no fields.",
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_scan_params, step, "step", STEP, .example = "{\"total\": \"total + temp\"}",
		.help = "What each state becomes, an expression over the record and the old states.",
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_scan_params, key, "key", KEY,
		.help = "Field or fields: each value has its own states.", .kinds = WEIR_KEY_KINDS),
	WEIR_PARAM(struct weir_scan_params, max_keys, "max_keys", U32,
		.help = "Most values of the key that are remembered.", .dflt = "256", .min = 1,
		.max = WEIR_KEYS_MOST),
	WEIR_PARAM(struct weir_scan_params, keys_full, "keys_full", ENUM,
		.help = "What another key value does once max_keys are remembered.", .dflt = "\"error\"",
		.choices = weir_keys_full_choices),
	{ .name = NULL },
};

/* ---- memory ---- */

static size_t round_up(size_t bytes)
{
	return (bytes + 7u) & ~(size_t)7u;
}

/* Where the states begin: behind the incoming fields. There is one at least. */
static uint32_t states_at(const struct weir_place *place)
{
	return place->out->fields[place->in->n_fields].offset;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_scan_params *p = place->params;
	size_t keys = weir_keys_size(&p->key, p->max_keys, place->out->size - states_at(place));

	if (keys == 0)
		return WEIR_ERANGE;
	return (int64_t)(round_up(WEIR_SIZEOF(place, weir_scan)) + round_up(place->out->size) + keys);
}

static size_t scratch_size(const void *params_)
{
	const struct weir_scan_params *p = params_;

	return p->key.n_fields == 0 ? weir_program_scratch(p->step) : 0;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_scan_params *p = place->params;
	struct weir_scan *s = c->state;

	if (!WEIR_WITH_KEYS && p->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	s->in_bytes = place->in->size;
	s->out_bytes = place->out->size;
	s->states_at = states_at(place);
	s->states_bytes = s->out_bytes - s->states_at;
	s->n_states = (uint32_t)place->out->n_fields - place->in->n_fields;
	s->record = (unsigned char *)c->state + round_up(sizeof *s);
	weir_keys_init(&s->keys, s->record + round_up(s->out_bytes), &p->key, p->max_keys, s->states_bytes);
	return WEIR_OK;
}

/* ---- items ---- */

/* The states of the record's key; NULL: all keys are taken. */
static unsigned char *states_of(struct weir_scan *s, const struct weir_scan_params *p, const void *item)
{
	bool is_new = false;
	int64_t slot = weir_keys_get(&s->keys, item, &is_new);
	unsigned char *states;
	uint32_t none = 0;

	if (WEIR_WITH_KEYS && slot < 0 && p->keys_full == WEIR_KEYS_FULL_EVICT_OLDEST) {
		weir_keys_remove(&s->keys, (uint32_t)weir_keys_oldest(&s->keys));
		slot = weir_keys_get(&s->keys, item, &is_new);
	}
	if (WEIR_WITH_KEYS && slot < 0)
		return NULL;
	states = weir_keys_payload(&s->keys, (uint32_t)slot);
	if (is_new) { /* the builder has tried it: nothing in it can fail */
		(void)weir_program_make(p->init, &none, s->record);
		memcpy(states, s->record + s->states_at, s->states_bytes);
	}
	return states;
}

/* Make the output record of an item. Returns 0 or a WEIR_E...: then the states are as they were. */
static int step(struct weir_scan *s, const struct weir_scan_params *p, const void *item, void *out)
{
	unsigned char *states = states_of(s, p, item);
	int rc;

	if (states == NULL)
		return WEIR_EKEYS;
	memcpy(s->record, item, s->in_bytes);
	memcpy(s->record + s->states_at, states, s->states_bytes);
	rc = weir_program_make(p->step, s->record, out);
	if (rc == 0)
		memcpy(states, (unsigned char *)out + s->states_at, s->states_bytes);
	return rc;
}

/* As many items as columns can be made of, from the first on. */
static uint32_t as_columns(struct weir_ctx *c, const void *items, uint32_t n, void *out)
{
	const struct weir_scan_params *p = c->params;
	struct weir_scan *s = c->state;
	struct weir_scan_block block = { .step = p->step,
		.in = items,
		.out = out,
		.in_size = s->in_bytes,
		.states_at = s->states_at,
		.n_states = s->n_states };

	if (!WEIR_WITH_INTERPRETER || n < WEIR_SCAN_FEWEST || p->step->native != NULL || p->key.n_fields > 0)
		return 0;
	block.states = states_of(s, p, items);
	return weir_scan_columns(&block, weir_kernels_of(c), weir_scratch(c), n);
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_scan *s = c->state;
	struct weir_moved m = { 0 };
	uint32_t by_items = 0; /* this far, for columns did not do */

	(void)last;
	while (m.taken < in->count) { /* out has room for each: PASS */
		const unsigned char *item = (const unsigned char *)in->items + (size_t)m.taken * s->in_bytes;
		unsigned char *to = (unsigned char *)out->items + (size_t)m.made * s->out_bytes;
		uint32_t n = m.taken < by_items ? 0 : as_columns(c, item, in->count - m.taken, to);
		struct weir_fault fault = { .index = m.taken };

		if (n == 0) {
			by_items = m.taken < by_items ? by_items : m.taken + WEIR_BLOCK_ITEMS;
			fault.code = step(s, c->params, item, to);
			n = 1;
		}
		if (fault.code != 0 && weir_fault(c, in, &fault) != WEIR_SKIP)
			break;
		if (fault.code == 0) {
			if (in->instants != NULL && out->instants != NULL)
				memcpy(out->instants + m.made, in->instants + m.taken,
					n * sizeof *in->instants);
			m.made += n;
		}
		m.taken += n;
	}
	return m;
}

const struct weir_op_type weir_scan_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "scan",
	.summary = WEIR_TEXT("Carry a state from record to record, and add it to each."),
	.page = WEIR_PAGE(.emits = "one for each item, with the states",
		.state = "104 (80), a record, keys: the states"),
	.params_struct = WEIR_TEXT("struct weir_scan_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_scan_params),
	.state_size = WEIR_SIZE(state_size),
	.scratch_size = WEIR_SIZE(scratch_size),
	.init = init,
	.process = process,
};
