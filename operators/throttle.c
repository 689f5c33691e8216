/* SPDX-License-Identifier: MIT */
/*
 * throttle -- pass the first item of every period, drop the rest.
 *
 *	in    --1-2-----3---|
 *	out   --1-------3---|	period 4
 *
 * Credit  pass: at most one out per item in; the credit of dropped items is re-granted (C-5).
 * Memory  one slot per key, max_keys of them; one in all without a key. No timer.
 * Time    the item's instant, never the span's (S-1); exactly one period later passes and opens the next
 *         period; an older item that lies before the end of the open period is dropped.
 *
 * Drops are counted as `throttled`. With all keys taken, another key is an item error, or takes the place of
 * the key that was used longest ago.
 */
#include <weir/operators.h>

struct weir_throttle {
	struct weir_keys keys;
	int64_t period_ns;
	size_t item_bytes;
};
WEIR_ILP32(weir_throttle, 72);

/* What a key holds. */
struct weir_throttle_key {
	int64_t next_ns; /* the first time that passes again */
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_throttle_params, period_ns, "period", DURATION, .example = "\"30s\"",
		.help = "Time from an item that passes to the next that may.", .min = 1, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_throttle_params, key, "key", KEY,
		.help = "Field or fields: each value has its own periods.", .kinds = WEIR_KEY_KINDS),
	WEIR_PARAM(struct weir_throttle_params, max_keys, "max_keys", U32,
		.help = "Most values of the key that are remembered.", .dflt = "256", .min = 1,
		.max = WEIR_KEYS_MOST),
	WEIR_PARAM(struct weir_throttle_params, keys_full, "keys_full", ENUM,
		.help = "What another key value does once max_keys are remembered.", .dflt = "\"error\"",
		.choices = weir_keys_full_choices),
	{ .name = NULL },
};

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_throttle_params *p = place->params;

	size_t keys = weir_keys_size(&p->key, p->max_keys, sizeof(struct weir_throttle_key));

	return keys == 0 ? WEIR_ERANGE : (int64_t)(WEIR_SIZEOF(place, weir_throttle) + keys);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_throttle_params *p = place->params;
	struct weir_throttle *s = c->state;

	if (!WEIR_WITH_KEYS && p->key.n_fields > 0)
		return WEIR_EUNSUPPORTED;
	s->period_ns = (int64_t)p->period_ns;
	s->item_bytes = place->in->size;
	weir_keys_init(&s->keys, s + 1, &p->key, p->max_keys, sizeof(struct weir_throttle_key));
	return WEIR_OK;
}

/* The slot of the record's key, a new one set to pass at once; -1: all are taken. */
static int64_t slot_for(struct weir_throttle *s, const void *record, bool evict)
{
	bool is_new = false;
	int64_t slot = weir_keys_get(&s->keys, record, &is_new);

	if (WEIR_WITH_KEYS && slot < 0 && evict) {
		weir_keys_remove(&s->keys, (uint32_t)weir_keys_oldest(&s->keys));
		slot = weir_keys_get(&s->keys, record, &is_new);
	}
	if (is_new) {
		struct weir_throttle_key *key = weir_keys_payload(&s->keys, (uint32_t)slot);

		key->next_ns = INT64_MIN;
	}
	return slot;
}

/* Whether the item opens a new period of its key. */
static bool opens(struct weir_throttle *s, uint32_t slot, int64_t time_ns)
{
	struct weir_throttle_key *key = weir_keys_payload(&s->keys, slot);

	if (time_ns < key->next_ns)
		return false;
	key->next_ns = time_ns > INT64_MAX - s->period_ns ? INT64_MAX : time_ns + s->period_ns;
	return true;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct weir_throttle *s = c->state;
	const struct weir_throttle_params *p = c->params;
	struct weir_moved m = { 0 };
	uint32_t dropped = 0;

	(void)last;
	for (; m.taken < in->count; m.taken++) { /* out has room for each: PASS */
		const unsigned char *record = (const unsigned char *)in->items + m.taken * s->item_bytes;
		int64_t slot = slot_for(s, record, p->keys_full == WEIR_KEYS_FULL_EVICT_OLDEST);

		if (WEIR_WITH_KEYS && slot < 0) {
			struct weir_fault fault = { .code = WEIR_EKEYS, .index = m.taken };

			if (weir_fault(c, in, &fault) != WEIR_SKIP)
				break;
		} else if (opens(s, (uint32_t)slot, weir_item_time(c, in, m.taken))) {
			weir_copy_item(c, in, m.taken, out, m.made++);
		} else {
			dropped++;
		}
	}
	if (dropped > 0)
		weir_drop(c, WEIR_DROP_THROTTLED, dropped);
	return m;
}

const struct weir_op_type weir_throttle_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(THROTTLED),
	.name = "throttle",
	.summary = WEIR_TEXT("Pass the first item of every period, drop the rest."),
	.page = WEIR_PAGE(.emits = "the first of each period", .state = "88 (72), keys: 8"),
	.params_struct = WEIR_TEXT("struct weir_throttle_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_throttle_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
