/* SPDX-License-Identifier: MIT */
/* scan_test.c -- steps as columns give, bit for bit, the records and states that they give item by item. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/load.h>
#include <weir/operators.h>
#include <weir/sim.h>

#include "lib/kernels/columns.h"

#include "kernel_tables.h"

#define ITEMS 3000u

struct reading {
	int64_t v;
	double d;
	float f;
	uint8_t u;
};

/* One state more than columns keep. */
static const char nine_states[] =
	"'a': '0', 'b': '0', 'c': '0', 'e': '0', 'g': '0', 'h': '0', 'i': '0', 'j': '0', 's': '0'";
static const char nine_steps[] =
	"'a': 'a + v', 'b': 'b - v', 'c': 'min(c, v)', 'e': 'max(e, v)', 'g': 'g + v', 'h': 'h - v', "
	"'i': 'min(i, v)', 'j': 'max(j, v)', 's': 's + v'";

/* A scan of readings between two ports. fast: columns do all of it. */
static const struct form {
	const char *init, *step;
	bool fast;
} forms[] = {
	{ "'s': '0'", "'s': 's + v'", true },
	{ "'s': '0'", "'s': 'v * 3 + s'", true },
	{ "'s': '7'", "'s': 's - v'", true },
	{ "'s': '7'", "'s': 'v - s'", false },
	{ "'s': '0'", "'s': 'min(s, v)'", true },
	{ "'s': '0'", "'s': 'max(v, s)'", true },
	{ "'s': '0.0'", "'s': 's + d'", true },
	{ "'s': '0.5'", "'s': 's - d * 0.5'", true },
	{ "'s': '0.0'", "'s': 'max(s, d)'", true },
	{ "'s': '0.0'", "'s': 'min(d, s)'", true },
	{ "'s': 'f32(0.0)'", "'s': 's + f'", true },
	{ "'s': 'f32(0.0)'", "'s': 'max(s, f)'", true },
	{ "'s': 'u64(0)'", "'s': 's + u64(u)'", true },
	{ "'n': '0'", "'n': 'n + 1'", true },
	{ "'n': 'i32(0)'", "'n': 'n + 1'", true },
	{ "'n': 'u8(0)'", "'n': 'n + u % 2'", false }, /* some lane does not fit at last */
	{ "'s': '0', 'n': '0'", "'s': 's + v', 'n': 'n + 1'", true },
	{ "'last': '0'", "'last': 'v'", true },
	{ "'a': '0', 'b': '0'", "'a': 'v', 'b': 'a'", false },
	{ "'a': '0', 'b': '0'", "'a': 'v', 'b': 'a + v'", false },
	{ "'a': '1', 'b': '2'", "'a': 'a + v', 'b': 'a + v'", false },
	{ "'a': '1', 'b': '2'", "'a': 'a + v', 'b': 'a - v'", false },
	{ "'a': '1', 'b': '2'", "'a': 'b + v', 'b': 'a + v'", false },
	{ "'s': '0'", "'s': '(s + v) & 255'", true },
	{ "'s': '0'", "'s': '(s + v) & 254'", true },                    /* no power of two ends there */
	{ "'s': '0'", "'s': '(s + v) & 4611686018427387903'", true },    /* 2^62 - 1: far */
	{ "'s': '0'", "'s': '(s + v * 4503599627370496) & 255'", true }, /* 2^52 */
	{ "'s': '-9007199254740993'", "'s': '(s + v) & 65535'", true },
	{ "'s': '9223372036854775807'", "'s': '(s + v) & 65535'", false }, /* the first may overflow */
	{ "'s': '0'", "'s': 's + v * 1099511627776'", true },              /* 2^40 */
	{ "'s': '4611686018427380000'", "'s': 's + v'", true },
	{ "'s': '0'", "'s': 'max(s + v, 0)'", true },
	{ "'s': '0'", "'s': 'min(v + s, 70)'", true },
	{ "'s': '0.5'", "'s': 'min(s + d, 70.5)'", true },
	{ "'s': '0.5'", "'s': 'max(s + d, 0.0)'", true },
	{ "'s': '0'", "'s': 's + v + 1'", false },
	{ "'s': '0'", "'s': 'clamp(s + v, 0, 99)'", false },
	{ "'s': '0', 't': '0'", "'s': '(s + v) & 255', 't': 't + v'", true },
	{ "'s': '0'", "'s': 'v > 0 ? s + v : s'", false },
	{ "'s': '0.0'", "'s': 's * 0.9 + d * 0.1'", true },
	{ "'s': '0.0'", "'s': 'd * 0.1 + 0.9 * s'", true },
	{ "'s': '0.0'", "'s': 's * 0.9 - d'", false },
	{ "'s': '0.0'", "'s': 's * 0.9'", false },
	{ "'s': '0.0', 't': '0.0'", "'s': 's * 0.9 + d', 't': 's * 0.9 + d'", false },
	{ "'s': '0.0'", "'s': 's * s + d'", false },
	{ "'s': '0'", "'s': 's'", false },
	{ "'seen': 'false'", "'seen': 'seen || v > 900'", false },
	{ "'s': '0', 'b': 'false'", "'s': 's + v', 'b': 'v > 3'", true },
	{ "'s': '0.0'", "'s': 's * d + d'", false },
	{ "'s': '9223372036854700000'", "'s': 's + v'", false },
	{ "'s': '9223372036854775000'", "'s': 's + v'", false }, /* it overflows */
	{ nine_states, nine_steps, false },
};
#define FORMS (int)(sizeof forms / sizeof *forms)

static struct weir_definition *definition;
static struct reading readings[ITEMS];
static unsigned char results[2][ITEMS * 128];

static void tell(void *arg, const char *line)
{
	(void)arg;
	ck_abort_msg("%s", line);
}

static void open_form(const struct form *f)
{
	struct weir_load_options options = { .fault = tell };
	char text[1024];

	(void)snprintf(text, sizeof text,
		"{'weir': 1, 'records': {'r': {'v': 'i64', 'd': 'f64', 'f': 'f32', 'u': 'u8'}}, 'streams': "
		"{'s': ["
		"{'input': {'name': 'in', 'record': 'r', 'capacity': 3000}},"
		"{'scan': {'init': {%s}, 'step': {%s}}, 'on_error': 'drop'},"
		"{'output': {'name': 'out', 'capacity': 3000}}]}}",
		f->init, f->step);
	for (char *c = text; *c != '\0'; c++)
		*c = *c == '\'' ? '"' : *c;
	ck_assert_int_eq(
		weir_definition_open_text(&definition, "scan", text, strlen(text), &options), WEIR_OK);
	for (uint32_t i = 0; i < ITEMS; i++) {
		uint32_t x = i * 2654435761u;

		readings[i] = (struct reading){ .v = (int64_t)(x >> 21) - 1000,
			.d = (double)(int32_t)x / 1e5,
			.f = (float)(x >> 8) / 3.0f,
			.u = (uint8_t)(x >> 24) };
		if (i % 500 == 499) {
			readings[i].d = i % 1000 == 999 ? (double)NAN : (double)-0.0f;
			readings[i].f = -NAN;
		}
	}
}

static uint16_t stage_of(const struct weir_plan *plan, const struct weir_op_type *type)
{
	uint16_t i = 0;

	while (plan->stages[i].type != type)
		i++;
	return i;
}

/* Push all, in pieces, and take what comes out. Returns how many records. */
static uint32_t run(const struct weir_kernels *kernels, uint32_t piece, unsigned char *to)
{
	const struct weir_plan *plan = weir_definition_plan(definition);
	size_t size = (weir_instance_size(plan, NULL, NULL) + 63) & ~(size_t)63;
	void *memory = aligned_alloc(64, size);
	uint32_t made = 0, out_bytes = 0;
	struct weir_instance *in;
	struct weir_sim sim;
	uint16_t from = stage_of(plan, &weir_input_type), out = stage_of(plan, &weir_output_type);

	ck_assert_ptr_nonnull(memory);
	weir_sim_init(&sim);
	ck_assert_int_eq(weir_instance_init(&in, memory, size, plan, &sim.platform, kernels), WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	out_bytes = plan->records[plan->edges[plan->inputs[plan->stages[out].first_in]].record]->size;
	for (uint32_t i = 0; i < ITEMS; i += piece) {
		uint32_t n = ITEMS - i < piece ? ITEMS - i : piece;
		int64_t got;

		ck_assert_int_eq(weir_push(in, from, &readings[i], NULL, n), n);
		(void)weir_sim_run(&sim);
		while ((got = weir_pull(in, out, to + (size_t)made * out_bytes, NULL, ITEMS)) > 0)
			made += (uint32_t)got;
	}
	weir_abort(in);
	weir_fini(in);
	free(memory);
	return made * out_bytes;
}

START_TEST(columns_and_items_make_the_same)
{
	static const uint32_t pieces[] = { 3000, 1024, 100, 7 };
	uint32_t bytes;

	open_form(&forms[_i]);
	memset(results, 0xa5, sizeof results);
	bytes = run(NULL, 3000, results[0]);
	for (size_t k = 0; k < n_tables; k++)
		for (size_t p = 0; p < sizeof pieces / sizeof *pieces; p++) {
			memset(results[1], 0x5a, sizeof results[1]);
			ck_assert_uint_eq(run(tables[k], pieces[p], results[1]), bytes);
			ck_assert_mem_eq(results[0], results[1], bytes);
		}
	weir_definition_close(definition);
}
END_TEST

/* ---- which way is taken ---- */

static uint32_t measured;

static uint32_t count_store(const struct weir_column_args *args)
{
	measured += args->n;
	return weir_kernels_base.op[WEIR_OP_STORE_I64](args);
}

START_TEST(sums_and_extremes_go_as_columns)
{
	static weir_column_fn *ops[WEIR_COLUMN_OPS];
	struct weir_kernels counting = weir_kernels_base;

	memcpy(ops, weir_kernels_base.op, sizeof ops);
	ops[WEIR_OP_STORE_I64] = count_store;
	counting.op = ops;
	for (int i = 0; i < FORMS; i++) {
		if (strstr(forms[i].init, "'s': '0'") == NULL && strstr(forms[i].init, "'s': '7'") == NULL)
			continue;
		measured = 0;
		open_form(&forms[i]);
		(void)run(&counting, 3000, results[0]);
		ck_assert_msg((measured >= ITEMS) == forms[i].fast, "%s: %u", forms[i].step, measured);
		weir_definition_close(definition);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scan columns");
	TCase *tc = tcase_create("scan columns");
	SRunner *sr = srunner_create(suite);
	int failed;

	find_tables();
	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, columns_and_items_make_the_same, 0, FORMS);
	tcase_add_test(tc, sums_and_extremes_go_as_columns);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
