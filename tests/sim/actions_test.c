/* SPDX-License-Identifier: MIT */
/* actions_test.c -- what is done to pipelines: everything there is gets drawn, and ends from inside callbacks are ends. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/engine.h>

#include "cli/sim/draw.h"
#include "cli/sim/file.h"
#include "cli/sim/run.h"

#define SEEDS 3000u
#define MS_NS 1000000u

static struct sim_types types;
static struct sim_case drawn;
static struct sim_pool pool;

static void setup(void)
{
	const char *bad;

	ck_assert_int_eq(sim_types_init(&types, NULL, NULL, &bad), WEIR_OK);
}

static void teardown(void)
{
	sim_pool_free(&pool);
}

/* ---- what is drawn ---- */

static const struct sim_case *draw(uint64_t seed, bool liveness)
{
	const struct sim_wish wish = { .liveness = liveness };

	sim_pool_reset(&pool);
	sim_draw(&drawn, &pool, &types, seed, &wish);
	return &drawn;
}

typedef bool action_fn(const struct sim_action *a);

/* Of so many seeds, those in which such an action occurs. */
static uint32_t seeds_with(action_fn *wanted, bool liveness)
{
	uint32_t n = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct sim_case *c = draw(seed, liveness);
		bool any = false;

		for (uint8_t i = 0; i < c->n_actions; i++)
			any = any || wanted(&c->actions[i]);
		n += any;
	}
	return n;
}

static bool asks(const struct sim_action *a, uint64_t n)
{
	return a->kind == SIM_REQUEST && a->n == n;
}

static bool asks_for_none(const struct sim_action *a)
{
	return asks(a, 0);
}

static bool asks_for_one(const struct sim_action *a)
{
	return asks(a, 1);
}

static bool asks_for_two(const struct sim_action *a)
{
	return asks(a, 2);
}

static bool asks_for_seven(const struct sim_action *a)
{
	return asks(a, 7);
}

static bool asks_for_all(const struct sim_action *a)
{
	return asks(a, UINT32_MAX);
}

START_TEST(requests_are_for_0_1_2_7_or_without_bound)
{
	ck_assert_uint_gt(seeds_with(asks_for_none, false), SEEDS / 100);
	ck_assert_uint_gt(seeds_with(asks_for_one, false), SEEDS / 10);
	ck_assert_uint_gt(seeds_with(asks_for_two, false), SEEDS / 10);
	ck_assert_uint_gt(seeds_with(asks_for_seven, false), SEEDS / 10);
	ck_assert_uint_gt(seeds_with(asks_for_all, false), SEEDS / 10);
}
END_TEST

static bool jumps_far(const struct sim_action *a)
{
	return a->kind == SIM_JUMP && a->n >= ((uint64_t)1 << 32) * MS_NS;
}

static bool waits_long(const struct sim_action *a)
{
	return a->kind == SIM_WAIT && a->n >= ((uint64_t)1 << 32) * MS_NS;
}

START_TEST(the_clock_jumps_past_32_bits_of_ms)
{
	ck_assert_uint_gt(seeds_with(jumps_far, false), SEEDS / 100);
	ck_assert_uint_gt(seeds_with(waits_long, false), SEEDS / 100);
}
END_TEST

static bool takes_few(const struct sim_action *a)
{
	return a->kind == SIM_TAKE && a->n > 0 && a->n <= 5;
}

static bool takes_nothing(const struct sim_action *a)
{
	return a->kind == SIM_TAKE && a->n == 0;
}

START_TEST(sinks_are_slow_or_dead_at_times)
{
	ck_assert_uint_gt(seeds_with(takes_few, false), SEEDS / 10);
	ck_assert_uint_gt(seeds_with(takes_nothing, false), SEEDS / 10);
}
END_TEST

START_TEST(memory_is_short_and_opens_fail_at_times)
{
	uint32_t short_memory = 0, open_fails = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct sim_case *c = draw(seed, false);

		short_memory += c->short_memory;
		open_fails += c->open_fails > 0;
	}
	ck_assert_uint_gt(short_memory, SEEDS / 50);
	ck_assert_uint_gt(open_fails, SEEDS / 100);
}
END_TEST

static const uint8_t ends[] = { SIM_DRAIN_BY_SOURCE, SIM_ABORT_BY_SOURCE, SIM_DRAIN_BY_SINK,
	SIM_CHECKPOINT_BY_SINK, SIM_ABORT_BY_SINK, SIM_DRAIN, SIM_DRAIN_WITHIN, SIM_CHECKPOINT,
	SIM_CHECKPOINT_WITHIN, SIM_ABORT, SIM_ABORT_FLAG };
#define ENDS (sizeof ends / sizeof *ends)

static bool is_end(const struct sim_action *a)
{
	return memchr(ends, a->kind, ENDS) != NULL;
}

/* In the middle of what others do: early and late, and with the engine's work half done. */
START_TEST(each_kind_of_end_comes_at_any_event)
{
	uint32_t early[SIM_ACTION_KINDS_N] = { 0 }, late[SIM_ACTION_KINDS_N] = { 0 };
	uint32_t amid[SIM_ACTION_KINDS_N] = { 0 };

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct sim_case *c = draw(seed, false);

		for (uint8_t i = 0; i + 2 < c->n_actions; i++) { /* the last two bring it to an end */
			early[c->actions[i].kind] += i < 5;
			late[c->actions[i].kind] += i >= 20;
			amid[c->actions[i].kind] += i > 0 && c->actions[i - 1].turns != SIM_SETTLE;
		}
	}
	for (size_t i = 0; i < ENDS; i++) {
		const char *word = sim_action_infos[ends[i]].word;

		ck_assert_msg(early[ends[i]] > 0, "%s never comes early", word);
		ck_assert_msg(late[ends[i]] > 0, "%s never comes late", word);
		ck_assert_msg(amid[ends[i]] > 0, "%s never comes amid other work", word);
	}
}
END_TEST

START_TEST(liveness_leaves_out_every_end_from_outside)
{
	ck_assert_uint_eq(seeds_with(is_end, true), 0);
	ck_assert_uint_gt(seeds_with(is_end, false), SEEDS / 3);
}
END_TEST

/* Those that come most often are told from others by their absence: half of the long lists of actions lack each. */
START_TEST(each_seed_leaves_out_half_of_the_kinds)
{
	static const uint8_t often[] = { SIM_EMIT, SIM_REQUEST, SIM_WAIT };
	uint32_t without[SIM_ACTION_KINDS_N] = { 0 }, neither = 0, seeds = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		const struct sim_case *c = draw(seed, false);
		uint32_t seen = 0;

		if (c->n_actions < 30)
			continue;
		seeds++;
		for (uint8_t i = 0; i < c->n_actions; i++)
			seen |= 1u << c->actions[i].kind;
		for (uint32_t k = 0; k < SIM_ACTION_KINDS_N; k++)
			without[k] += (seen >> k & 1u) == 0;
		neither += (seen & (1u << SIM_EMIT | 1u << SIM_REQUEST)) == 0;
	}
	ck_assert_uint_gt(seeds, SEEDS / 10);
	for (size_t i = 0; i < sizeof often; i++) {
		ck_assert_uint_gt(without[often[i]], seeds * 4 / 10);
		ck_assert_uint_lt(without[often[i]], seeds * 6 / 10);
	}
	ck_assert_uint_gt(neither, seeds / 6);
	ck_assert_uint_lt(neither, seeds / 3);
}
END_TEST

/* ---- ends from inside callbacks ---- */

/* A source of ten items and a sink; what is done to them. Nobody is set free. */
static void play(struct sim_machine *m, const char *actions)
{
	struct sim_text text = { 0 };
	const char *why = "";
	uint32_t line = 0;

	sim_text_add(&text,
		"clock monotonic\nspan 512 16\nturns 64\nkernels base\ndata 1\nrecord tiny n:i16\n"
		"stream a\n  sim_source actor=0 record=tiny\n  sim_sink actor=0\nsupply 0 10\n%s",
		actions);
	ck_assert_msg(sim_file_read(&drawn, &pool, &types, text.at, &line, &why) == WEIR_OK, "line %u: %s",
		line, why);
	ck_assert_int_eq(sim_run(m, &drawn, NULL), WEIR_OK);
	ck_assert_str_eq(m->world.message, "");
	sim_text_fini(&text);
}

START_TEST(a_drain_from_a_sinks_callback_lets_out_what_is_inside)
{
	struct sim_machine m = { .types = &types };

	play(&m, "take 0 0\npump 0 7\nemit 0 7\ndrain_by_sink 0\ntake 0 9\n");
	ck_assert(m.world.draining && !m.world.aborted);
	ck_assert_uint_eq(m.world.sinks[0].n_items, 7);
	ck_assert_uint_eq(m.world.sinks[0].terminal, WEIR_MARK_COMPLETE);
	ck_assert_uint_eq(m.world.sinks[0].terminal_value, 0);
	ck_assert_uint_eq(m.world.sources[0].end, SIM_END_COMPLETE);
	sim_machine_fini(&m);
}
END_TEST

START_TEST(a_checkpoint_from_a_sinks_callback_is_told_as_one)
{
	struct sim_machine m = { .types = &types };

	play(&m, "pump 0 7\nemit 0 3\ncheckpoint_by_sink 0\n");
	ck_assert(m.world.draining && m.world.checkpoint && !m.world.aborted);
	ck_assert_uint_eq(m.world.sinks[0].n_items, 3);
	ck_assert_uint_eq(m.world.sinks[0].terminal_value, 1);
	ck_assert_uint_eq(m.world.sources[0].end, SIM_END_CHECKPOINT);
	sim_machine_fini(&m);
}
END_TEST

START_TEST(a_drain_from_a_sources_callback_is_its_last_order)
{
	struct sim_machine m = { .types = &types };

	play(&m, "emit 0 3 turns 0\ndrain_by_source 0 turns 0\nemit 0 3 turns 0\npump 0 1\n");
	ck_assert(m.world.draining && !m.world.aborted);
	ck_assert_uint_eq(m.world.sources[0].sent, 3);
	ck_assert_uint_eq(m.world.sinks[0].n_items, 3);
	ck_assert_uint_eq(m.world.sinks[0].terminal, WEIR_MARK_COMPLETE);
	sim_machine_fini(&m);
}
END_TEST

START_TEST(an_abort_from_a_sinks_callback_cancels)
{
	struct sim_machine m = { .types = &types };

	play(&m, "pump 0 1\nemit 0 3\ntake 0 0\nemit 0 3\nabort_by_sink 0\n");
	ck_assert(m.world.aborted && !m.world.draining);
	ck_assert_uint_eq(m.world.sinks[0].n_items, 3);
	ck_assert_uint_eq(m.world.sinks[0].terminal, WEIR_MARKS);
	ck_assert_uint_eq(m.world.sources[0].end, SIM_END_CANCELLED);
	sim_machine_fini(&m);
}
END_TEST

START_TEST(an_abort_from_a_sources_callback_cancels)
{
	struct sim_machine m = { .types = &types };

	play(&m, "pump 0 7\nemit 0 3\nabort_by_source 0\nemit 0 3\n");
	ck_assert(m.world.aborted && !m.world.draining);
	ck_assert_uint_eq(m.world.sinks[0].n_items, 3);
	ck_assert_uint_eq(m.world.sinks[0].terminal, WEIR_MARKS);
	ck_assert_uint_eq(m.world.sources[0].end, SIM_END_CANCELLED);
	sim_machine_fini(&m);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("actions");
	TCase *tc = tcase_create("actions");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, requests_are_for_0_1_2_7_or_without_bound);
	tcase_add_test(tc, the_clock_jumps_past_32_bits_of_ms);
	tcase_add_test(tc, sinks_are_slow_or_dead_at_times);
	tcase_add_test(tc, memory_is_short_and_opens_fail_at_times);
	tcase_add_test(tc, each_kind_of_end_comes_at_any_event);
	tcase_add_test(tc, liveness_leaves_out_every_end_from_outside);
	tcase_add_test(tc, each_seed_leaves_out_half_of_the_kinds);
	tcase_add_test(tc, a_drain_from_a_sinks_callback_lets_out_what_is_inside);
	tcase_add_test(tc, a_checkpoint_from_a_sinks_callback_is_told_as_one);
	tcase_add_test(tc, a_drain_from_a_sources_callback_is_its_last_order);
	tcase_add_test(tc, an_abort_from_a_sinks_callback_cancels);
	tcase_add_test(tc, an_abort_from_a_sources_callback_cancels);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
