/* SPDX-License-Identifier: MIT */
/* sim_test.c -- the simulator's own parts: numbers from seeds, cases from seeds and files, what is drawn. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/operators.h>

#include "cli/sim/file.h"
#include "cli/sim/workers.h"

static struct sim_types types;
static struct sim_sum sum, other;
static struct sim_case drawn, again;

static void all_types(void)
{
	const char *bad;

	ck_assert_int_eq(sim_types_init(&types, NULL, NULL, &bad), WEIR_OK);
}

/* As the published algorithms give them, worked out elsewhere. */
START_TEST(numbers_are_those_of_xoshiro256)
{
	static const uint64_t expected[] = { 0x15780b2e0c2ec716u, 0x6104d9866d113a7eu, 0xae17533239e499a1u,
		0xecb8ad4703b360a1u, 0xfde6dc7fe2ec5e64u };
	struct sim_random r;

	sim_random_init(&r, 42);
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		ck_assert_uint_eq(sim_random_next(&r), expected[i]);
}
END_TEST

START_TEST(numbers_keep_their_bounds)
{
	struct sim_random r;
	bool least = false, most = false;

	sim_random_init(&r, 7);
	for (int i = 0; i < 10000; i++) {
		uint32_t n = sim_between(&r, 3, 9);

		ck_assert_uint_ge(n, 3);
		ck_assert_uint_le(n, 9);
		least = least || n == 3;
		most = most || n == 9;
	}
	ck_assert(least && most);
}
END_TEST

START_TEST(the_sum_does_not_depend_on_the_workers)
{
	struct sim_work work = { .types = &types, .first = 500, .runs = 200, .jobs = 1 };

	all_types();
	ck_assert_int_eq(sim_work(&work, &sum), WEIR_OK);
	work.jobs = 3;
	ck_assert_int_eq(sim_work(&work, &other), WEIR_OK);
	ck_assert_uint_eq(sum.seeds, 200);
	ck_assert_uint_eq(other.seeds, 200);
	ck_assert_uint_eq(sum.hash, other.hash);
	ck_assert_uint_eq(sum.events, other.events);
	ck_assert_uint_eq(sum.violations, 0);
	work.first = 501;
	ck_assert_int_eq(sim_work(&work, &other), WEIR_OK);
	ck_assert_uint_ne(sum.hash, other.hash);
}
END_TEST

/* What a line of operators.def adds takes part at once: one that is never drawn fails here. */
START_TEST(every_operator_is_drawn)
{
	struct sim_work work = { .types = &types, .first = 1, .runs = 4000, .jobs = 1 };

	all_types();
	ck_assert_int_eq(sim_work(&work, &sum), WEIR_OK);
	for (size_t i = 0; weir_operator_types[i] != NULL; i++) {
		const struct sim_type *t = sim_type_of(&types, weir_operator_types[i]);

		ck_assert_msg(t != NULL && sum.drawn[t - types.list] > 0, "%s was never drawn",
			weir_operator_types[i]->name);
	}
	ck_assert_msg(sum.refused * 100 < sum.seeds,
		"the builder refused all that was drawn for %u seeds of %u", (unsigned)sum.refused,
		(unsigned)sum.seeds);
}
END_TEST

/* Every action there is occurs, and the file holds all that decides a run. */
START_TEST(a_case_from_its_file_plays_the_same)
{
	struct sim_machine m = { .types = &types };
	struct sim_pool pool = { 0 }, texts = { 0 };
	const struct sim_wish wish = { .liveness = false };
	struct sim_text one = { 0 }, two = { 0 };
	bool seen[SIM_ACTION_KINDS_N] = { false };

	all_types();
	for (uint64_t seed = 1; seed < 300; seed++) {
		uint64_t hash;
		uint32_t line;
		const char *why = "";

		if (!sim_play_seed(&m, &drawn, &pool, seed, &wish, NULL))
			continue;
		hash = m.world.trace.hash;
		sim_text_clear(&one);
		sim_text_clear(&two);
		sim_file_write(&one, &drawn);
		ck_assert_msg(sim_file_read(&again, &texts, &types, one.at, &line, &why) == WEIR_OK,
			"seed %u, line %u: %s", (unsigned)seed, line, why);
		sim_file_write(&two, &again);
		ck_assert_str_eq(one.at, two.at);
		ck_assert_int_eq(sim_run(&m, &again, NULL), WEIR_OK);
		ck_assert_uint_eq(m.world.trace.hash, hash);
		for (uint8_t i = 0; i < drawn.n_actions; i++)
			seen[drawn.actions[i].kind] = true;
		sim_pool_reset(&texts);
	}
	for (uint32_t k = 0; k < SIM_ACTION_KINDS_N; k++)
		ck_assert_msg(seen[k], "%s never occurs", sim_action_infos[k].word);
	sim_machine_fini(&m);
	sim_pool_free(&pool);
	sim_pool_free(&texts);
	sim_text_fini(&one);
	sim_text_fini(&two);
}
END_TEST

START_TEST(a_file_with_a_fault_is_refused_with_its_line)
{
	static const struct {
		const char *text;
		uint32_t line;
		const char *why;
	} faults[] = {
		{ "clock sideways\n", 1, "the clock is event or monotonic" },
		{ "clock event\nfly 3\n", 2, "unknown word" },
		{ "record r n:int\n", 1, "unknown type of field" },
		{ "stream a\n  fly when=x\n", 2, "unknown operator" },
		{ "  filter when=x\n", 1, "a stage before the first stream" },
		{ "stream a\n  filter when=\"x\n", 2, "the quotes are not closed" },
		{ "stream a\n  sim_sink actor=9\n", 2,
			"an actor is a number below 8; a port is called p and such a number" },
		{ "emit 0\n", 1, "a number is missing" },
		{ "emit 0 x\n", 1, "this is no number" },
		{ "emit 0 1 turns\n", 1, "a number is missing" },
		{ "release now\n", 1, "after an action may stand: turns NUMBER" },
		{ "supply 8 1\n", 1, "the number is out of range" },
	};
	struct sim_pool pool = { 0 };

	all_types();
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
		uint32_t line = 0;
		const char *why = NULL;

		ck_assert_int_eq(
			sim_file_read(&again, &pool, &types, faults[i].text, &line, &why), WEIR_EPARSE);
		ck_assert_uint_eq(line, faults[i].line);
		ck_assert_str_eq(why, faults[i].why);
	}
	sim_pool_free(&pool);
}
END_TEST

START_TEST(an_operator_that_is_not_there_is_told)
{
	const char *bad = NULL;

	ck_assert_int_eq(sim_types_init(&types, NULL, "map,mpa,take", &bad), WEIR_ENOENT);
	ck_assert_str_eq(bad, "mpa,take");
	ck_assert_int_eq(sim_types_init(&types, NULL, "map,take", &bad), WEIR_OK);
	ck_assert_uint_eq(types.n, 2);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("sim");
	TCase *tc = tcase_create("sim");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_test(tc, numbers_are_those_of_xoshiro256);
	tcase_add_test(tc, numbers_keep_their_bounds);
	tcase_add_test(tc, the_sum_does_not_depend_on_the_workers);
	tcase_add_test(tc, every_operator_is_drawn);
	tcase_add_test(tc, a_case_from_its_file_plays_the_same);
	tcase_add_test(tc, a_file_with_a_fault_is_refused_with_its_line);
	tcase_add_test(tc, an_operator_that_is_not_there_is_told);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
