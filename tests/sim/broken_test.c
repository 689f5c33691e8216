/* SPDX-License-Identifier: MIT */
/*
 * broken_test.c -- operators that are wrong, each in its own way, take the place of built-in ones: the simulator finds
 * each of them and makes the case short.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/operators.h>

#include "cli/sim/file.h"
#include "cli/sim/workers.h"

#define RUNS      400u
#define SHORTENED 5u

/* ---- operators that are wrong ---- */

static const struct weir_param count_params[] = {
	WEIR_PARAM(struct weir_take_params, count, "count", I64, .help = "Items.", .min = 0, .max = INT64_MAX,
		.flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t count_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(uint64_t);
}

/* Passes one more than it should. */
static struct weir_moved pass_too_many(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	const struct weir_take_params *p = c->params;
	uint64_t *passed = c->state, left = (uint64_t)p->count + 1 - *passed;
	uint32_t n = left < in->count ? (uint32_t)left : in->count;

	(void)last;
	out->items = in->items;
	out->instants = in->instants;
	*passed += n;
	if (n < in->count)
		weir_drop(c, WEIR_DROP_FILTERED, in->count - n);
	if (*passed > (uint64_t)p->count)
		weir_complete(c);
	return (struct weir_moved){ .taken = in->count, .made = n };
}

static const struct weir_op_type greedy_take = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "take",
	.summary = "Pass one item too many.",
	.params_struct = "struct weir_take_params",
	.params = count_params,
	.params_size = sizeof(struct weir_take_params),
	.state_size = count_size,
	.process = pass_too_many,
};

/* Of several items that are asked for it asks for one less: the last one is owed for ever. */
static uint32_t ask_for_less(struct weir_ctx *c, uint32_t n)
{
	(void)c;
	return n > 1 && n < UINT32_MAX ? n - 1 : n;
}

static struct weir_moved pass_all(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)c;
	(void)last;
	out->items = in->items;
	out->instants = in->instants;
	return (struct weir_moved){ .taken = in->count, .made = in->count };
}

static const struct weir_op_type stingy_skip = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.name = "skip",
	.summary = "Pass everything, and ask for too little.",
	.params_struct = "struct weir_take_params",
	.params = count_params,
	.params_size = sizeof(struct weir_take_params),
	.process = pass_all,
	.grant = ask_for_less,
};

static const struct weir_param period_params[] = {
	WEIR_PARAM(struct weir_throttle_params, period_ns, "period", DURATION, .help = "Time.", .min = 1,
		.max = INT64_MAX, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

/* Ends the process at its fifth item. */
static struct weir_moved die(struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	uint64_t *seen = c->state;

	*seen += in->count;
	if (*seen >= 5)
		abort();
	return pass_all(c, in, out, last);
}

static const struct weir_op_type deadly_throttle = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.name = "throttle",
	.summary = "End the process.",
	.params_struct = "struct weir_throttle_params",
	.params = period_params,
	.params_size = sizeof(struct weir_throttle_params),
	.state_size = count_size,
	.process = die,
};

/* Does not come back from its fifth item. */
static struct weir_moved hang(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	volatile uint64_t *seen = c->state;

	*seen += in->count;
	while (*seen >= 5)
		*seen += 1;
	return pass_all(c, in, out, last);
}

static const struct weir_op_type endless_throttle = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.name = "throttle",
	.summary = "Never come back.",
	.params_struct = "struct weir_throttle_params",
	.params = period_params,
	.params_size = sizeof(struct weir_throttle_params),
	.state_size = count_size,
	.process = hang,
};

/* Counts what it drops twice. */
static struct weir_moved drop_twice(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	uint64_t *seen = c->state;
	struct weir_moved m = pass_all(c, in, out, last);

	*seen += in->count;
	if (*seen < 4)
		return m;
	weir_drop(c, WEIR_DROP_FILTERED, in->count * 2);
	m.made = 0;
	return m;
}

static const struct weir_op_type miscounting_skip = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_NARROWS,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "skip",
	.summary = "Drop everything from the fourth item on, and count it twice.",
	.params_struct = "struct weir_take_params",
	.params = count_params,
	.params_size = sizeof(struct weir_take_params),
	.state_size = count_size,
	.process = drop_twice,
};

/* ---- finding them ---- */

static struct sim_types types;
static struct sim_case shortest;
static struct sim_pool pool;
static struct sim_sum sum;

static uint32_t stages_of(const struct sim_case *c)
{
	uint32_t n = 0;

	for (uint8_t i = 0; i < c->n_streams; i++)
		n += c->streams[i].n_stages;
	return n;
}

static struct sim_work work_with(const struct weir_op_type *type)
{
	static const struct weir_op_type *own[2];
	struct sim_work work = { .types = &types, .first = 1, .runs = RUNS, .jobs = 1 };
	const char *bad;

	own[0] = type;
	ck_assert_int_eq(
		sim_types_init(&types, own, "map,filter,take,skip,throttle,buffer,tee,merge,inbox", &bad),
		WEIR_OK);
	return work;
}

/* The file of the case, read again, breaks the same law. */
static void expect_replay(const struct sim_found *found)
{
	struct sim_text text = { 0 };
	struct sim_case *again = malloc(sizeof *again);
	struct sim_found f;
	uint32_t line;
	const char *why;

	sim_file_write(&text, &shortest);
	ck_assert_int_eq(sim_file_read(again, &pool, &types, text.at, &line, &why), WEIR_OK);
	ck_assert_int_eq(sim_play_apart(&types, again, NULL, true, &f), 1);
	ck_assert_str_eq(f.law, found->law);
	free(again);
	sim_text_fini(&text);
}

/* It becomes a case of so many actions and stages at most. */
static void expect_short(
	const struct sim_work *work, struct sim_found *found, uint32_t actions, uint32_t stages)
{
	ck_assert(sim_shorten(work, found, &shortest, &pool));
	ck_assert_msg(shortest.n_actions <= actions && stages_of(&shortest) <= stages,
		"seed %u: %u actions and %u stages are left", (unsigned)found->seed,
		(unsigned)shortest.n_actions, (unsigned)stages_of(&shortest));
	expect_replay(found);
	sim_pool_free(&pool);
}

/* It is found as a breach of that law, and the first few seeds that show it are made short. */
static void expect_found(const struct weir_op_type *type, const char *law, uint32_t actions, uint32_t stages)
{
	struct sim_work work = work_with(type);
	uint32_t n = 0;

	ck_assert_int_eq(sim_work(&work, &sum), WEIR_OK);
	ck_assert_uint_eq(sum.seeds, RUNS);
	for (uint32_t i = 0; i < sum.n_found && n < SHORTENED; i++)
		if (strcmp(sum.found[i].law, law) == 0) {
			expect_short(&work, &sum.found[i], actions, stages);
			n++;
		}
	ck_assert_msg(n > 0, "%s: nothing breaks \"%s\"; violations: %u", type->summary, law,
		(unsigned)sum.violations);
}

START_TEST(an_item_too_many_is_found)
{
	expect_found(&greedy_take, "oracle", 1, 3);
}
END_TEST

START_TEST(demand_that_is_not_passed_on_is_found)
{
	expect_found(&stingy_skip, "stuck", 2, 3);
}
END_TEST

START_TEST(a_process_that_dies_is_a_violation_of_its_seed)
{
	expect_found(&deadly_throttle, "crash", 1, 3);
}
END_TEST

#ifndef WEIR_MONITOR
START_TEST(books_that_do_not_balance_are_found)
{
	expect_found(&miscounting_skip, "M-2", 2, 3);
}
END_TEST
#else /* the engine itself ends the process then */
START_TEST(books_that_do_not_balance_are_found)
{
	expect_found(&miscounting_skip, "crash", 2, 3);
}
END_TEST
#endif

START_TEST(a_callback_that_does_not_return_is_a_violation_of_its_seed)
{
	struct sim_work work = work_with(&endless_throttle);

	work.hang_s = 1;
	work.runs = 40;
	work.jobs = 8;
	ck_assert_int_eq(sim_work(&work, &sum), WEIR_OK);
	ck_assert_uint_eq(sum.seeds, 40);
	ck_assert_uint_ge(sum.n_found, 1);
	ck_assert_str_eq(sum.found[0].law, "hang");
	ck_assert_str_eq(sum.found[0].message, "it hangs");
}
END_TEST

/* The seeds after one that ended the process are played all the same. */
START_TEST(other_seeds_go_on_after_a_death)
{
	struct sim_work work = work_with(&deadly_throttle);
	struct sim_sum with_three;

	ck_assert_int_eq(sim_work(&work, &sum), WEIR_OK);
	work.jobs = 3;
	ck_assert_int_eq(sim_work(&work, &with_three), WEIR_OK);
	ck_assert_uint_gt(sum.violations, 1);
	ck_assert_uint_eq(with_three.violations, sum.violations);
	ck_assert_uint_eq(with_three.hash, sum.hash);
	ck_assert_uint_eq(with_three.seeds, RUNS);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("broken");
	TCase *tc = tcase_create("broken");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, an_item_too_many_is_found);
	tcase_add_test(tc, demand_that_is_not_passed_on_is_found);
	tcase_add_test(tc, a_process_that_dies_is_a_violation_of_its_seed);
	tcase_add_test(tc, a_callback_that_does_not_return_is_a_violation_of_its_seed);
	tcase_add_test(tc, books_that_do_not_balance_are_found);
	tcase_add_test(tc, other_seeds_go_on_after_a_death);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
