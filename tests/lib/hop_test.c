/* SPDX-License-Identifier: MIT */
/* hop_test.c -- items, marks, credit and ends go over a hop as over an edge: two pipelines on one virtual clock. */
#include <weir/sim.h>

#include "hop_rig.h"

#define CAPACITY 8u

static struct weir_sim sim;
static struct weir_hop hop;
static uint64_t memory[2 * 64];
static struct pair a, b;
static struct counter counter;
static struct checker checker;
static bool timed;
static uint32_t capacity;

static void setup(void)
{
	weir_sim_init(&sim);
	sim.turns_limit = 1000000;
	counter = (struct counter){ .n = 100 };
	checker = (struct checker){ .allow = UINT32_MAX };
	timed = false;
	capacity = CAPACITY;
}

static void wake(void *arg)
{
	weir_sim_wake(arg);
}

/* Lay both out and attach them; the reader first, before anything is started. */
static void open_pairs(void)
{
	ck_assert_int_eq(weir_hop_init(&hop, memory, 8, capacity, timed), WEIR_OK);
	weir_hop_on_wake(&hop, wake, &sim, wake, &sim);
	pair_init(&a, &sim.platform, &counter_type, &counter, &weir_to_hop_type, NULL, 16, timed);
	pair_init(&b, &sim.platform, &weir_from_hop_type, NULL, &checker_type, &checker, 16, timed);
	ck_assert_int_eq(weir_hop_read(&hop, b.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), WEIR_OK);
	ck_assert_int_eq(weir_start(a.in), WEIR_OK);
	ck_assert_int_eq(weir_start(b.in), WEIR_OK);
}

static int run(void)
{
	open_pairs();
	return weir_sim_run(&sim);
}

static void close_pairs(void)
{
	pairs_fini(&a, &b, &hop, false);
	ck_assert(!checker.out_of_order);
	ck_assert_uint_eq(sim.attached, 0);
}

/* Ask for n more and let what follows happen. */
static void allow(uint32_t n)
{
	checker.allow = n;
	weir_wake_stage(b.in, 1);
	(void)weir_sim_run(&sim);
}

START_TEST(all_items_arrive_in_order_and_the_end_behind_them)
{
	static const uint32_t capacities[] = { 1, 2, 8, 64 };

	capacity = capacities[_i % 4];
	counter.span = _i < 4 ? 0 : 3;
	timed = _i >= 8;
	ck_assert_int_eq(run(), WEIR_OK);
	ck_assert_uint_eq(checker.got, 100);
	ck_assert(checker.completed);
	close_pairs();
}
END_TEST

START_TEST(without_credit_no_more_is_made_than_the_hop_holds)
{
	checker.allow = 0;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	ck_assert_uint_eq(counter.sent, CAPACITY);
	ck_assert_uint_eq(weir_hop_count(&hop), CAPACITY);
	allow(3);
	ck_assert_uint_eq(checker.got, 3);
	ck_assert_uint_le(counter.sent, CAPACITY + 3);
	allow(5);
	ck_assert_uint_eq(checker.got, 8);
	ck_assert_uint_ge(counter.sent, 8 + CAPACITY / 2);
	allow(UINT32_MAX);
	ck_assert_uint_eq(checker.got, 100);
	close_pairs();
}
END_TEST

START_TEST(what_is_asked_for_has_room)
{
	counter.held_at = 1;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	for (uint32_t i = 0; i < 60; i++) {
		struct weir_ledger l = pair_ledger(&a);

		ck_assert_uint_le(l.requested, l.out - weir_hop_count(&hop) + CAPACITY);
		counter.held_at += 1 + i % 3;
		weir_wake_stage(a.in, 0);
		(void)weir_sim_run(&sim);
	}
	weir_abort(b.in);
	(void)weir_sim_run(&sim);
	close_pairs();
}
END_TEST

START_TEST(what_it_held_when_it_was_cut_is_on_the_books)
{
	uint32_t inside;

	checker.allow = 3;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	inside = weir_hop_count(&hop);
	ck_assert_uint_gt(inside, 0);
	weir_abort(b.in);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert_uint_eq(pair_ledger(&b).dropped[WEIR_DROP_CANCELLED], inside);
	close_pairs();
}
END_TEST

START_TEST(what_is_being_worked_on_keeps_its_place)
{
	checker.takes = 1;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	ck_assert_uint_eq(checker.got, 1);
	ck_assert_uint_eq(weir_hop_count(&hop), CAPACITY);
	weir_wake_stage(b.in, 0);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_uint_eq(weir_hop_count(&hop), CAPACITY);
	ck_assert_uint_eq(counter.sent, CAPACITY);
	checker.takes = 0;
	allow(0);
	ck_assert_uint_eq(checker.got, 100);
	close_pairs();
}
END_TEST

START_TEST(one_loop_needs_no_wakes)
{
	open_pairs();
	weir_hop_on_wake(&hop, NULL, NULL, NULL, NULL);
	while (weir_sim_run(&sim) == WEIR_EAGAIN && sim.turns < sim.turns_limit)
		weir_sim_wake(&sim);
	ck_assert_uint_eq(checker.got, 100);
	ck_assert(checker.completed);
	close_pairs();
}
END_TEST

START_TEST(the_end_needs_no_credit)
{
	counter.n = 0;
	checker.allow = 0;
	ck_assert_int_eq(run(), WEIR_OK);
	ck_assert(checker.completed);
	close_pairs();
}
END_TEST

START_TEST(marks_keep_their_place)
{
	static const struct rig_mark marks[] = {
		{ 0, { .kind = WEIR_MARK_LAGGED, .value = 4 } },
		{ 3, { .kind = WEIR_MARK_WATERMARK, .time = 30 } },
		{ 3, { .kind = WEIR_MARK_LAGGED, .value = 2 } },
		{ 50, { .kind = WEIR_MARK_WATERMARK, .time = 500 } },
		{ UINT64_MAX, { 0 } },
	};
	uint32_t lagged = 0, watermarks = 0;

	timed = true;
	counter.marks = marks;
	ck_assert_int_eq(run(), WEIR_OK);
	for (uint32_t i = 0; i < checker.n_marks; i++) {
		const struct rig_mark *m = &checker.marks[i];

		if (m->mark.kind == WEIR_MARK_LAGGED)
			ck_assert_uint_eq(m->at, lagged++ == 0 ? 0 : 3);
		if (m->mark.kind == WEIR_MARK_WATERMARK) {
			ck_assert_uint_eq(m->at, watermarks++ == 0 ? 3 : 50);
			ck_assert_int_eq(m->mark.time, (int64_t)m->at * 10);
		}
	}
	ck_assert_uint_eq(lagged, 2);
	ck_assert_uint_eq(watermarks, 2);
	close_pairs();
}
END_TEST

/* More marks than there are places for, while nothing is taken. */
START_TEST(marks_wait_for_a_place)
{
	static struct rig_mark marks[31];

	for (uint64_t i = 0; i < 30; i++)
		marks[i] = (struct rig_mark){ 3 * i, { .kind = WEIR_MARK_LAGGED, .value = i + 1 } };
	marks[30].at = UINT64_MAX;
	counter.marks = marks;
	capacity = 64;
	checker.allow = 0;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	allow(UINT32_MAX);
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.n_marks, 31); /* and the end */
	for (uint32_t i = 0; i < 30; i++) {
		ck_assert_uint_eq(checker.marks[i].at, 3 * i);
		ck_assert_uint_eq(checker.marks[i].mark.value, i + 1);
	}
	close_pairs();
}
END_TEST

/* The end is behind a mark that waits for its place. */
START_TEST(the_end_waits_behind_a_mark)
{
	static struct rig_mark marks[WEIR_HOP_MARKS + 3];

	counter.n = WEIR_HOP_MARKS + 1;
	for (uint64_t i = 0; i <= counter.n; i++)
		marks[i] = (struct rig_mark){ i, { .kind = WEIR_MARK_LAGGED, .value = i + 1 } };
	marks[counter.n + 1].at = UINT64_MAX;
	counter.marks = marks;
	capacity = 64;
	checker.allow = 0;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	ck_assert(!weir_ended(a.in));
	allow(UINT32_MAX);
	ck_assert(weir_ended(a.in) && checker.completed);
	ck_assert_uint_eq(checker.n_marks, WEIR_HOP_MARKS + 3); /* and the end */
	ck_assert_uint_eq(checker.marks[WEIR_HOP_MARKS + 1].at, counter.n);
	ck_assert_uint_eq(checker.marks[WEIR_HOP_MARKS + 1].mark.value, WEIR_HOP_MARKS + 2);
	close_pairs();
}
END_TEST

/* Nor does it wait for the items that were asked for behind it. */
START_TEST(a_mark_goes_on_as_soon_as_there_is_a_place)
{
	static struct rig_mark marks[WEIR_HOP_MARKS + 2];

	for (uint64_t i = 0; i <= WEIR_HOP_MARKS; i++)
		marks[i] = (struct rig_mark){ 34 + i, { .kind = WEIR_MARK_LAGGED, .value = i + 1 } };
	marks[WEIR_HOP_MARKS + 1].at = UINT64_MAX;
	counter.marks = marks;
	counter.held_at = 34 + WEIR_HOP_MARKS;
	capacity = 64;
	checker.allow = 0;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	ck_assert_uint_eq(hop.marks_in, WEIR_HOP_MARKS);
	allow(33); /* more than half of the ring: as much is asked for */
	ck_assert_uint_eq(checker.n_marks, 0);
	allow(33);
	ck_assert_uint_eq(checker.got, counter.held_at);
	ck_assert_uint_eq(checker.n_marks, WEIR_HOP_MARKS + 1);
	weir_abort(a.in);
	weir_abort(b.in);
	close_pairs();
}
END_TEST

static const struct rig_mark two_barriers[] = {
	{ 5, { .kind = WEIR_MARK_BARRIER, .value = 7 } },
	{ 20, { .kind = WEIR_MARK_BARRIER, .value = 8 } },
	{ UINT64_MAX, { 0 } },
};

START_TEST(a_barrier_is_answered_from_the_other_side)
{
	counter.marks = two_barriers;
	checker.keeps = true;
	open_pairs();
	while (checker.n_marks == 0)
		(void)weir_sim_run(&sim);
	ck_assert_uint_eq(checker.marks[0].at, 5);
	ck_assert_uint_eq(counter.answered, 0);
	weir_abort(b.in);
	(void)weir_sim_run(&sim);
	ck_assert_uint_eq(counter.answered, 0); /* nor by what was given up */
	close_pairs();
	setup();
	counter.marks = two_barriers;
	ck_assert_int_eq(run(), WEIR_OK);
	ck_assert_uint_eq(counter.answered, 8);
	ck_assert(checker.completed);
	close_pairs();
}
END_TEST

/* Neither side opens more than it can answer, and each is answered once. */
START_TEST(barriers_wait_until_older_ones_are_answered)
{
	static struct rig_mark marks[OPEN_BEFORE + 1];

	for (uint64_t i = 0; i < OPEN_BEFORE; i++)
		marks[i] = (struct rig_mark){ 2 * i, { .kind = WEIR_MARK_BARRIER, .value = 100 + i } };
	marks[OPEN_BEFORE].at = UINT64_MAX;
	counter.marks = marks;
	capacity = 64;
	checker.keeps = true;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	ck_assert_uint_eq(checker.n_marks, OPEN_BEHIND);
	ck_assert_uint_eq(checker.got, 2 * OPEN_BEHIND);
	ck_assert_uint_eq(hop.marks_in, WEIR_HOP_MARKS);
	ck_assert_uint_eq(counter.answered, 0);
	checker.keeps = false;
	allow(0);
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.n_marks, OPEN_BEFORE + 1);
	for (uint64_t i = 0; i < OPEN_BEFORE; i++)
		ck_assert_uint_eq(checker.marks[i].at, 2 * i);
	ck_assert_uint_eq(counter.answered, 100 + OPEN_BEFORE - 1);
	close_pairs();
}
END_TEST

START_TEST(an_error_arrives_behind_the_items_before_it)
{
	counter.fails = "out of paper";
	ck_assert_int_eq(run(), WEIR_OK);
	ck_assert_uint_eq(checker.got, 100);
	ck_assert(checker.failed);
	ck_assert_int_eq(weir_first_error(b.in)->code, WEIR_ERANGE);
	ck_assert_str_eq(weir_first_error(b.in)->text, "out of paper");
	close_pairs();
}
END_TEST

START_TEST(who_wants_no_more_cancels_over_the_hop)
{
	checker.enough = 20;
	ck_assert_int_eq(run(), WEIR_OK);
	ck_assert_int_eq(weir_stage_phase(a.in, 0), WEIR_STAGE_CANCELLED);
	ck_assert(!weir_failed(a.in) && !weir_failed(b.in));
	ck_assert_uint_lt(counter.sent, 100);
	close_pairs();
}
END_TEST

START_TEST(an_abort_before_the_hop_is_an_error_behind_it)
{
	checker.allow = 10;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	weir_abort(a.in);
	allow(UINT32_MAX);
	ck_assert(weir_ended(b.in));
	ck_assert(checker.failed);
	ck_assert_int_eq(weir_first_error(b.in)->code, WEIR_ECANCELLED);
	close_pairs();
}
END_TEST

START_TEST(an_abort_behind_the_hop_ends_what_is_before_it)
{
	checker.allow = 10;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	weir_abort(b.in);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert(weir_ended(a.in) && !weir_failed(a.in));
	close_pairs();
}
END_TEST

START_TEST(a_drain_of_the_first_lets_all_flow_out_of_both)
{
	checker.allow = 10;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	ck_assert_int_eq(
		weir_drain(a.in, _i == 0 ? WEIR_DRAIN_FINISH : WEIR_DRAIN_CHECKPOINT, WEIR_NEVER), WEIR_OK);
	allow(UINT32_MAX);
	ck_assert(weir_ended(a.in) && weir_ended(b.in));
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, counter.sent);
	ck_assert_uint_eq(checker.marks[checker.n_marks - 1].mark.value, (uint64_t)_i);
	close_pairs();
}
END_TEST

START_TEST(a_drain_of_the_second_gives_what_is_inside_and_ends_the_first)
{
	uint64_t inside;

	checker.allow = 10;
	ck_assert_int_eq(run(), WEIR_EAGAIN);
	inside = 10 + weir_hop_count(&hop);
	ck_assert_int_eq(weir_drain(b.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	allow(UINT32_MAX);
	ck_assert(weir_ended(a.in) && weir_ended(b.in));
	ck_assert(checker.completed);
	ck_assert_uint_ge(checker.got, inside);
	close_pairs();
}
END_TEST

START_TEST(drained_together_the_second_waits_for_the_first)
{
	checker.allow = 10;
	open_pairs();
	weir_hop_drain_together(&hop);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_int_eq(weir_drain(b.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	allow(UINT32_MAX);
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, counter.n);
	close_pairs();
}
END_TEST

START_TEST(it_is_attached_once_and_to_what_fits)
{
	struct weir_hop other;
	struct pair later;

	open_pairs();
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), WEIR_EBUSY);
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 0), WEIR_EINVAL);
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 2), WEIR_EINVAL);
	ck_assert_int_eq(weir_hop_read(&hop, a.in, 1), WEIR_EINVAL);
	ck_assert_int_eq(weir_hop_read(&hop, b.in, 0), WEIR_EBUSY);
	ck_assert_int_eq(weir_hop_init(&other, memory, 4, 8, false), WEIR_OK);
	ck_assert_int_eq(weir_hop_read(&other, b.in, 0), WEIR_ETYPE);
	ck_assert_int_eq(weir_hop_init(&other, memory, 8, 6, false), WEIR_EINVAL);
	ck_assert_int_eq(weir_hop_init(&other, memory, 0, 8, false), WEIR_EINVAL);
	ck_assert_int_eq(weir_hop_size(8, WEIR_HOP_MOST * 2, false), WEIR_EINVAL);
	ck_assert_int_eq(weir_hop_size(8, 0, false), WEIR_EINVAL);
	ck_assert_int_eq(weir_hop_size(UINT32_MAX, WEIR_HOP_MOST, true), WEIR_ERANGE);
	ck_assert_int_eq(weir_hop_size(3, 4, false), 16);
	ck_assert_int_eq(weir_hop_size(3, 4, true), 48);
	weir_abort(a.in);
	weir_abort(b.in);
	ck_assert_int_eq(weir_hop_init(&other, memory, 8, 8, false), WEIR_OK);
	ck_assert_int_eq(weir_hop_write(&other, a.in, 1), WEIR_ENDED);
	ck_assert_int_eq(weir_hop_read(&other, b.in, 0), WEIR_ENDED);
	pair_init(&later, &sim.platform, &weir_from_hop_type, NULL, &weir_to_hop_type, NULL, 16, false);
	ck_assert_int_eq(weir_hop_write(&hop, later.in, 1), WEIR_EBUSY);
	ck_assert_int_eq(weir_hop_read(&hop, later.in, 0), WEIR_EBUSY);
	weir_fini(later.in);
	free(later.memory);
	close_pairs();
}
END_TEST

/* Open both but the hop between them. */
static void open_apart(const struct weir_op_type *source, bool instants)
{
	ck_assert_int_eq(weir_hop_init(&hop, memory, 8, CAPACITY, instants), WEIR_OK);
	weir_hop_on_wake(&hop, wake, &sim, wake, &sim);
	pair_init(&a, &sim.platform, source, &counter, &weir_to_hop_type, NULL, 16, timed);
	pair_init(&b, &sim.platform, &weir_from_hop_type, NULL, &checker_type, &checker, 16, timed);
	ck_assert_int_eq(weir_start(a.in), WEIR_OK);
	ck_assert_int_eq(weir_start(b.in), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_uint_eq(counter.sent, 0);
}

START_TEST(it_may_be_attached_after_the_start)
{
	open_apart(&counter_type, false);
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), WEIR_OK);
	ck_assert_int_eq(weir_hop_read(&hop, b.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert_uint_eq(checker.got, 100);
	close_pairs();
}
END_TEST

START_TEST(instants_need_a_place_and_a_place_needs_no_instants)
{
	timed = _i == 0;
	open_apart(&counter_type, !timed);
	ck_assert_int_eq(weir_hop_read(&hop, b.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), timed ? WEIR_ETYPE : WEIR_OK);
	if (timed) {
		weir_abort(a.in);
		weir_abort(b.in);
	}
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert_uint_eq(checker.got, timed ? 0 : 100);
	close_pairs();
}
END_TEST

START_TEST(what_was_never_attached_ends)
{
	open_apart(&counter_type, false);
	weir_abort(a.in);
	weir_abort(b.in);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert(weir_ended(a.in) && weir_ended(b.in));
	ck_assert_uint_eq(hop.closed + hop.left, 0);
	close_pairs();
}
END_TEST

START_TEST(drained_before_it_is_attached_it_gives_what_is_inside)
{
	counter.held_at = CAPACITY;
	open_apart(&counter_type, false);
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_uint_eq(weir_hop_count(&hop), CAPACITY);
	ck_assert_int_eq(weir_drain(b.in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_int_eq(weir_hop_read(&hop, b.in, 0), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert(checker.completed);
	ck_assert_uint_eq(checker.got, CAPACITY);
	ck_assert(weir_ended(a.in));
	close_pairs();
}
END_TEST

static int attached_inside;

static void attach_inside(struct weir_ctx *c)
{
	attached_inside = weir_hop_write(&hop, c->instance, 1);
}

static bool is_elsewhere(struct weir_platform *p)
{
	(void)p;
	return false;
}

START_TEST(it_is_attached_on_the_loop_between_two_turns)
{
	static const struct weir_op_type attacher_type = { .abi = WEIR_OP_ABI,
		.flags = WEIR_OP_SOURCE,
		.credit = WEIR_CREDIT_OWN,
		.name = "attacher",
		.run = attach_inside };
	const struct weir_platform_type *here = sim.platform.type;
	struct weir_platform_type elsewhere = *here;

	attached_inside = WEIR_OK;
	open_apart(&attacher_type, false);
	ck_assert_int_eq(attached_inside, WEIR_EBUSY);
	elsewhere.owned = is_elsewhere;
	sim.platform.type = &elsewhere;
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), WEIR_EBUSY);
	sim.platform.type = here;
	ck_assert_int_eq(weir_hop_write(&hop, a.in, 1), WEIR_OK);
	weir_abort(a.in);
	weir_abort(b.in);
	close_pairs();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("hop");
	TCase *t = tcase_create("hop");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_loop_test(t, all_items_arrive_in_order_and_the_end_behind_them, 0, 12);
	tcase_add_test(t, without_credit_no_more_is_made_than_the_hop_holds);
	tcase_add_test(t, what_is_asked_for_has_room);
	tcase_add_test(t, what_it_held_when_it_was_cut_is_on_the_books);
	tcase_add_test(t, what_is_being_worked_on_keeps_its_place);
	tcase_add_test(t, one_loop_needs_no_wakes);
	tcase_add_test(t, the_end_needs_no_credit);
	tcase_add_test(t, marks_keep_their_place);
	tcase_add_test(t, marks_wait_for_a_place);
	tcase_add_test(t, the_end_waits_behind_a_mark);
	tcase_add_test(t, a_mark_goes_on_as_soon_as_there_is_a_place);
	tcase_add_test(t, a_barrier_is_answered_from_the_other_side);
	tcase_add_test(t, barriers_wait_until_older_ones_are_answered);
	tcase_add_test(t, an_error_arrives_behind_the_items_before_it);
	tcase_add_test(t, who_wants_no_more_cancels_over_the_hop);
	tcase_add_test(t, an_abort_before_the_hop_is_an_error_behind_it);
	tcase_add_test(t, an_abort_behind_the_hop_ends_what_is_before_it);
	tcase_add_loop_test(t, a_drain_of_the_first_lets_all_flow_out_of_both, 0, 2);
	tcase_add_test(t, a_drain_of_the_second_gives_what_is_inside_and_ends_the_first);
	tcase_add_test(t, drained_together_the_second_waits_for_the_first);
	tcase_add_test(t, it_is_attached_once_and_to_what_fits);
	tcase_add_test(t, it_may_be_attached_after_the_start);
	tcase_add_loop_test(t, instants_need_a_place_and_a_place_needs_no_instants, 0, 2);
	tcase_add_test(t, what_was_never_attached_ends);
	tcase_add_test(t, drained_before_it_is_attached_it_gives_what_is_inside);
	tcase_add_test(t, it_is_attached_on_the_loop_between_two_turns);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
