/* SPDX-License-Identifier: MIT */
/*
 * moving_median -- say the median of a value over the last items.
 *
 *	in    --1--9--3--2--|
 *	out   --1--9--3--2--|	count 3: 1, 5, 3, 3
 *
 * Credit  pass: at most one out per item in.
 * Memory  one slot per key, max_keys of them; one in all without a key. A slot holds twice count values.
 * Time    items keep their instants.
 *
 * Of an even number of values it is halfway between the two in the middle; NaN counts as greater than any number. Before
 * count items have come it is taken over those that have. Each item costs up to count moves.
 */
#include <string.h>

#include <weir/operators.h>

#define MOST 4096u

/* Of a key: the values as they came, then sorted. */
struct ring {
	uint32_t n, at; /* values; where the next one goes */
	double values[];
};

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_moving_median_params, field, "field", FIELD, .example = "\"temp\"",
		.help = "The value.", .kinds = WEIR_NUMBER_KINDS, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_moving_median_params, count, "count", U32, .example = "5",
		.help = "Items that it is taken over, the newest included.", .min = 1, .max = MOST,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_moving_median_params, as, "as", APPEND, .dflt = "\"median\"",
		.help = "Name of the field, f64, that has the median.", .kinds = 1u << WEIR_F64),
	WEIR_PARAMS_KEYED(struct weir_moving_median_params),
	{ .name = NULL },
};

static size_t ring_bytes(uint32_t count)
{
	return sizeof(struct ring) + 2 * count * sizeof(double);
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_moving_median_params *p = place->params;

	return weir_each_size(place, &p->keyed, ring_bytes(p->count), 0);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_moving_median_params *p = place->params;

	return weir_each_init(c->state, place, &p->keyed, ring_bytes(p->count), 0);
}

/* Of numbers in order, NaN last. */
static bool is_before(double a, double b)
{
	return a < b || (a == a && b != b);
}

/* The first of those that are no less than x: of equal ones the oldest stands first. */
static uint32_t first_of(const double *sorted, uint32_t n, double x)
{
	uint32_t i = 0;

	while (i < n && is_before(sorted[i], x))
		i++;
	return i;
}

/* Where x goes, behind those that are equal. */
static uint32_t behind(const double *sorted, uint32_t n, double x)
{
	while (n > 0 && is_before(x, sorted[n - 1]))
		n--;
	return n;
}

/* Take the oldest value's place in the ring, and its own among the sorted ones. */
static void put(struct ring *r, uint32_t count, double x)
{
	double *sorted = r->values + count;
	uint32_t at;

	if (r->n == count) {
		at = first_of(sorted, r->n--, r->values[r->at]);
		memmove(&sorted[at], &sorted[at + 1], (r->n - at) * sizeof *sorted);
	}
	at = behind(sorted, r->n, x);
	memmove(&sorted[at + 1], &sorted[at], (r->n++ - at) * sizeof *sorted);
	sorted[at] = r->values[r->at] = x;
	r->at = r->at + 1 < count ? r->at + 1 : 0;
}

static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	const struct weir_moving_median_params *p = c->params;
	struct ring *r = item->state;
	const double *sorted = r->values + p->count;
	double low, median;

	put(r, p->count, weir_field_number(p->field, item->record));
	low = sorted[(r->n - 1) / 2];
	median = low + (sorted[r->n / 2] - low) / 2;
	if (r->n % 2 != 0)
		median = low;
	weir_field_put_f64(p->as, item->out, median);
	return WEIR_EACH_PASS;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

const struct weir_op_type weir_moving_median_type = {
	.abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.name = "moving_median",
	.summary = WEIR_TEXT("Say the median of a value over the last items."),
	.page = WEIR_PAGE(.emits = "one for each item", .state = "96 (64), keys: 8, 16 for each of `count`"),
	.params_struct = WEIR_TEXT("struct weir_moving_median_params"),
	.header = WEIR_TEXT("weir/operators.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_moving_median_params),
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
