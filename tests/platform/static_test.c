/* SPDX-License-Identifier: MIT */
/*
 * static_test.c -- the loop of boards, on a board of the test's own: its ticks go on only in its sleep, and its
 * interrupts come where the test says, also in the gap between the last look and the sleep.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/ring.h>
#include <weir/static.h>

#include "actor.h"
#include "operators/bed.h"

#define SECOND UINT64_C(1000000000)
#define SLOTS  3u

typedef void interrupt_fn(void);

/* The machine: what the hooks read and write. */
static struct {
	uint32_t ticks;
	uint32_t out;       /* interrupts kept out: how deep */
	bool serving;       /* an interrupt */
	bool waiting;       /* an interrupt waits to be let in */
	interrupt_fn *line; /* what is served */
	uint32_t at;        /* the tick of a sleep at which it comes */
	bool in_sleep;      /* it does so at all */
	uint32_t hook;      /* or the number of the hook's call after which it comes; 0: none */
	uint32_t hooks, sleeps, longest, panics;
} machine;

static struct weir_static loop;
static struct weir_static_slot slots[SLOTS];
static struct actor actors[SLOTS + 1];

static void serve(void)
{
	if (machine.out > 0) {
		machine.waiting = true;
		return;
	}
	machine.waiting = false;
	machine.serving = true;
	machine.line();
	machine.serving = false;
}

static void hooked(void)
{
	if (++machine.hooks == machine.hook)
		serve();
}

static uint32_t read_ticks(void)
{
	hooked();
	return machine.ticks;
}

static uint32_t enter(void)
{
	hooked();
	return machine.out++;
}

static void leave(uint32_t before)
{
	machine.out = before;
	if (machine.out == 0 && machine.waiting)
		serve();
	hooked();
}

static void sleep_until(uint32_t deadline)
{
	ck_assert_uint_eq(machine.out, 1); /* or the gap would be there */
	hooked();
	machine.sleeps++;
	if (machine.waiting)
		return;
	ck_assert_uint_le(deadline - machine.ticks, UINT32_C(1) << 30);
	if (machine.in_sleep && machine.at - machine.ticks <= deadline - machine.ticks) {
		machine.ticks = machine.at;
		machine.in_sleep = false;
		serve();
		return;
	}
	if (deadline - machine.ticks > machine.longest)
		machine.longest = deadline - machine.ticks;
	machine.ticks = deadline;
}

static bool in_interrupt(void)
{
	return machine.serving;
}

static void panic(const char *text)
{
	ck_assert_str_eq(text, "the tick counter stepped back");
	machine.panics++;
}

static struct weir_static_board board;

static void open_at(uint32_t tick_hz, uint32_t ticks)
{
	memset(&machine, 0, sizeof machine);
	memset(actors, 0, sizeof actors);
	machine.ticks = ticks;
	board = (struct weir_static_board){ .abi = WEIR_STATIC_ABI,
		.tick_hz = tick_hz,
		.ticks = read_ticks,
		.sleep_until = sleep_until,
		.enter = enter,
		.leave = leave,
		.in_interrupt = in_interrupt,
		.panic = panic };
	ck_assert_int_eq(weir_static_init(&loop, &board, slots, SLOTS), WEIR_OK);
}

static void setup(void)
{
	open_at(1000, 0);
}

static void start(unsigned i, struct actor a)
{
	actors[i] = a;
	ck_assert_int_eq(actor_start(&actors[i], weir_static_platform(&loop)), WEIR_OK);
}

/* ---- deadlines ---- */

#define TICKS 8u

static uint64_t period_ns, seen[TICKS];

static void set_timer(struct weir_ctx *c, unsigned ticks)
{
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)(ticks * period_ns));
}

static void first_tick(struct weir_ctx *c, struct actor *a)
{
	if (a->runs == 1)
		set_timer(c, 1);
}

static void next_tick(struct weir_ctx *c, struct actor *a)
{
	seen[a->timers - 1] = weir_now(c);
	if (a->timers == TICKS)
		weir_complete(c);
	else
		set_timer(c, a->timers + 1);
}

static void run_ticks(uint64_t ns)
{
	period_ns = ns;
	start(0, (struct actor){ .on_run = first_tick, .on_timer = next_tick });
	ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
	ck_assert(!weir_static_busy(&loop));
	ck_assert_uint_eq(actors[0].timers, TICKS);
	actor_fini(&actors[0]);
}

START_TEST(a_sleep_ends_at_the_deadline)
{
	run_ticks(5 * SECOND);
	for (unsigned i = 0; i < TICKS; i++)
		ck_assert_uint_eq(seen[i], (i + 1) * 5 * SECOND);
	ck_assert_uint_eq(machine.sleeps, TICKS);
	ck_assert_uint_eq(machine.ticks, TICKS * 5000);
}
END_TEST

/* Where ticks and nanoseconds do not meet, the first tick behind the deadline is the one. */
static const uint32_t rates[] = { 1, 3, 1000, 32768, 1000000, 10000000, 999999937, 1000000000 };

START_TEST(no_timer_is_early_or_a_tick_late)
{
	open_at(rates[_i], 12345);
	run_ticks(SECOND / 7 + 1);
	for (unsigned i = 0; i < TICKS; i++) {
		uint64_t due = (i + 1) * period_ns;

		ck_assert_uint_ge(seen[i], due);
		ck_assert_uint_le(seen[i] - due, SECOND / rates[_i]);
	}
}
END_TEST

START_TEST(a_far_deadline_is_slept_to_in_pieces_across_wraps)
{
	open_at(1000, UINT32_MAX - 5);
	run_ticks(
		SECOND / 1000 * UINT64_C(3000000000)); /* 34 days: three quarters of a turn of the counter */
	for (unsigned i = 0; i < TICKS; i++)
		ck_assert_uint_eq(seen[i], (i + 1) * period_ns);
	ck_assert_uint_eq(machine.longest, UINT32_C(1) << 30);
	ck_assert_uint_eq(machine.sleeps, 3 * TICKS);
	ck_assert_uint_eq(machine.panics, 0);
}
END_TEST

/* However the ticks come, the clock shows what they add up to: no remainder is lost. */
START_TEST(the_clock_does_not_drift)
{
	uint32_t piece = 1, rate = rates[_i];
	uint64_t ticks = 0;

	open_at(rate, UINT32_MAX / 2);
	for (unsigned i = 0; i < 1000; i++) {
		piece = piece * 1664525u + 1013904223u;
		ticks += piece >> (i % 31 + 1);
		machine.ticks += piece >> (i % 31 + 1);
		ck_assert_uint_eq(
			weir_static_now_ns(&loop), ticks / rate * SECOND + ticks % rate * SECOND / rate);
	}
	ck_assert_uint_eq(machine.panics, 0);
}
END_TEST

START_TEST(a_counter_that_steps_back_is_a_panic_and_time_stands)
{
	machine.ticks = 1000;
	ck_assert_uint_eq(weir_static_now_ns(&loop), SECOND);
	machine.ticks = 999;
	ck_assert_uint_eq(weir_static_now_ns(&loop), SECOND);
	ck_assert_uint_eq(machine.panics, 1);
	board.panic = NULL;
	ck_assert_uint_eq(weir_static_now_ns(&loop), SECOND);
	machine.ticks = 1001;
	ck_assert_uint_eq(weir_static_now_ns(&loop), SECOND + SECOND / 1000);
}
END_TEST

START_TEST(the_wall_clock_is_an_offset)
{
	struct weir_platform *p = weir_static_platform(&loop);

	machine.ticks = 2000;
	ck_assert_int_eq(p->type->wall_ns(p), (int64_t)(2 * SECOND));
	loop.wall_offset_ns = INT64_C(1700000000) * (int64_t)SECOND;
	ck_assert_int_eq(p->type->wall_ns(p), INT64_C(1700000002) * (int64_t)SECOND);
}
END_TEST

/* ---- wake-ups ---- */

static struct weir_ring ring;
static struct weir_ring_feed feed;
static uint64_t ring_memory[8 * sizeof(struct bed_item) / 8];
static int64_t sent;
static void *arena;

static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 3 };

/* A ring feeds an input before a sink that takes all. */
static void open_fed(void)
{
	size_t size;

	bed_open(WEIR_CLOCK_MONOTONIC);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_edge(0, bed_sink(0));
	bed_number();
	size = weir_instance_size(&bed.plan, NULL, NULL);
	arena = aligned_alloc(16, (size + 15) / 16 * 16);
	ck_assert_int_eq(
		weir_instance_init(&bed.in, arena, size, &bed.plan, weir_static_platform(&loop), NULL),
		WEIR_OK);
	ck_assert_int_eq(weir_start(bed.in), WEIR_OK);
	ck_assert_int_eq(weir_ring_init(&ring, ring_memory, sizeof(struct bed_item), 8), WEIR_OK);
	ck_assert_int_eq(weir_input_feed(bed.in, 0, weir_ring_feed_init(&feed, &ring)), WEIR_OK);
	sent = 0;
}

static void close_fed(void)
{
	weir_fini(bed.in);
	free(arena);
	ck_assert(!weir_static_busy(&loop));
}

static void send_one(void)
{
	struct bed_item item = { .at = sent, .v = sent };

	ck_assert_int_eq(weir_ring_push(&ring, &item, 1), 1);
	sent++;
	if (weir_ring_wake(&ring))
		weir_static_wake(&loop);
}

static void send_one_and_end(void)
{
	send_one();
	weir_ring_close(&ring);
	weir_static_wake(&loop);
}

static void send_and_come_again(void)
{
	send_one();
	machine.at = machine.ticks + 100;
	machine.in_sleep = true;
	if (sent == 20)
		machine.line = send_one_and_end;
}

START_TEST(what_interrupts_bring_arrives_and_between_them_it_sleeps)
{
	open_fed();
	machine.line = send_and_come_again;
	machine.in_sleep = true;
	machine.at = 50;
	ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
	ck_assert_uint_eq(probe_logs[0].n_items, 21);
	for (uint32_t i = 0; i < 21; i++)
		ck_assert_int_eq(bed_got(0, i).v, i);
	ck_assert_uint_eq(machine.sleeps, 21);
	ck_assert_uint_eq(machine.ticks, 50 + 20 * 100);
	close_fed();
}
END_TEST

/*
 * The interrupt comes after the k-th hook's call, for every k there is: before the look, between look and sleep, in the
 * sleep and behind it. Nothing else would ever end the sleep, which lasts as long as a sleep may.
 */
static uint32_t sent_at;

static void send_once(void)
{
	if (sent > 0)
		return;
	sent_at = machine.ticks;
	send_one_and_end();
}

START_TEST(no_wake_up_is_lost_wherever_the_interrupt_comes)
{
	uint32_t k, came = 0, slept = 0;

	for (k = 1; k < 20; k++) {
		setup();
		open_fed();
		machine.hooks = 0;
		machine.hook = k;
		machine.line = send_once;
		machine.in_sleep = true; /* to end a run in which it did not come by the k-th hook */
		machine.at = UINT32_C(1) << 29;
		ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
		ck_assert_int_eq(sent, 1);
		ck_assert_uint_eq(machine.ticks, sent_at); /* it did not sleep on */
		if (machine.ticks == 0)
			came++;
		slept += machine.sleeps;
		ck_assert_uint_eq(probe_logs[0].n_items, 1);
		close_fed();
	}
	ck_assert_uint_ge(came, 3); /* before enter, in it, at the sleep */
	ck_assert_uint_gt(slept, 0);
}
END_TEST

static void abort_all(void)
{
	weir_abort_from_outside(actors[0].instance);
	weir_static_wake(&loop);
}

START_TEST(an_interrupt_can_abort)
{
	start(0, (struct actor){ .on_run = NULL });
	machine.line = abort_all;
	machine.in_sleep = true;
	machine.at = 77;
	ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
	ck_assert_uint_eq(machine.ticks, 77);
	ck_assert(weir_ended(actors[0].instance));
	actor_fini(&actors[0]);
}
END_TEST

static int from_interrupt[3];

static void call_the_engine(void)
{
	struct bed_item item = { 0 };

	from_interrupt[0] = (int)weir_push(bed.in, 0, &item, NULL, 1);
	from_interrupt[1] = (int)weir_step(bed.in, 10);
	from_interrupt[2] = weir_static_run(&loop);
	send_one_and_end();
}

START_TEST(calls_of_the_engine_from_an_interrupt_are_refused)
{
	open_fed();
	machine.line = call_the_engine;
	machine.in_sleep = true;
	ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
	ck_assert_int_eq(from_interrupt[0], WEIR_EBUSY);
	ck_assert_int_eq(from_interrupt[1], 0);
	ck_assert_int_eq(from_interrupt[2], WEIR_EBUSY);
	ck_assert_uint_eq(probe_logs[0].n_items, 1);
	close_fed();
}
END_TEST

/* ---- instances ---- */

static char order[64];

static void note_turn(struct weir_ctx *c, struct actor *a)
{
	size_t n = strlen(order);

	order[n] = (char)('a' + (a - actors));
	order[n + 1] = '\0';
	if (a->runs < 6)
		weir_again(c);
	else
		weir_complete(c);
}

START_TEST(a_busy_instance_leaves_the_others_their_turns)
{
	order[0] = '\0';
	loop.turns_at_once = 2;
	start(0, (struct actor){ .on_run = note_turn });
	start(1, (struct actor){ .on_run = note_turn });
	ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
	ck_assert_str_eq(order, "aabbaabbaabb");
	ck_assert_uint_eq(machine.sleeps, 0);
	actor_fini(&actors[0]);
	actor_fini(&actors[1]);
}
END_TEST

START_TEST(more_instances_than_slots_end_the_run_with_an_error)
{
	for (unsigned i = 0; i < SLOTS + 1; i++)
		start(i, (struct actor){ .on_run = NULL });
	ck_assert_int_eq(weir_static_run(&loop), WEIR_ENOMEM);
	for (unsigned i = 0; i < SLOTS + 1; i++)
		actor_fini(&actors[i]);
	ck_assert(!weir_static_busy(&loop));
}
END_TEST

START_TEST(a_slot_is_free_again_when_its_instance_has_ended)
{
	for (unsigned i = 0; i < 10; i++) {
		memset(actors, 0, sizeof actors);
		machine.ticks = 0;
		ck_assert_int_eq(weir_static_init(&loop, &board, slots, 1), WEIR_OK);
		run_ticks(SECOND);
	}
}
END_TEST

static void run_inside(struct weir_ctx *c, struct actor *a)
{
	a->arg = (void *)(intptr_t)weir_static_run(&loop);
	weir_complete(c);
}

START_TEST(a_run_inside_a_run_is_refused)
{
	start(0, (struct actor){ .on_run = run_inside });
	ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
	ck_assert_int_eq((intptr_t)actors[0].arg, WEIR_EBUSY);
	actor_fini(&actors[0]);
}
END_TEST

START_TEST(a_loop_of_the_boards_own_takes_turns_and_deadlines)
{
	period_ns = SECOND;
	start(0, (struct actor){ .on_run = first_tick, .on_timer = next_tick });
	ck_assert(weir_static_busy(&loop));
	ck_assert_uint_eq(weir_static_deadline(&loop), 0);
	ck_assert(!weir_static_turn(&loop));
	ck_assert_uint_eq(weir_static_deadline(&loop), SECOND);
	weir_static_sleep(&loop);
	ck_assert_uint_eq(machine.ticks, 1000);
	weir_static_sleep(&loop); /* it is due */
	ck_assert_uint_eq(machine.sleeps, 1);
	ck_assert(!weir_static_turn(&loop));
	ck_assert_uint_eq(actors[0].timers, 1);
	ck_assert_uint_eq(weir_static_deadline(&loop), 2 * SECOND);
	weir_static_wake(&loop);
	weir_static_sleep(&loop);
	ck_assert_uint_eq(machine.sleeps, 1);
	ck_assert_uint_eq(weir_static_deadline(&loop), 0);
	ck_assert(!weir_static_turn(&loop));
	ck_assert_uint_eq(weir_static_deadline(&loop), 2 * SECOND);
	actor_fini(&actors[0]);
	ck_assert_uint_eq(weir_static_deadline(&loop), WEIR_NEVER);
	ck_assert(!weir_static_turn(&loop));
}
END_TEST

START_TEST(a_board_out_of_range_is_refused)
{
	board.tick_hz = 0;
	ck_assert_int_eq(weir_static_init(&loop, &board, slots, SLOTS), WEIR_EINVAL);
	board.tick_hz = 1000000001;
	ck_assert_int_eq(weir_static_init(&loop, &board, slots, SLOTS), WEIR_EINVAL);
	board.tick_hz = 1;
	ck_assert_int_eq(weir_static_init(&loop, &board, slots, 0), WEIR_EINVAL);
	board.abi++;
	ck_assert_int_eq(weir_static_init(&loop, &board, slots, SLOTS), WEIR_EABI);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("static");
	TCase *t = tcase_create("static");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(t, setup, NULL);
	tcase_add_test(t, a_sleep_ends_at_the_deadline);
	tcase_add_loop_test(t, no_timer_is_early_or_a_tick_late, 0, sizeof rates / sizeof *rates);
	tcase_add_test(t, a_far_deadline_is_slept_to_in_pieces_across_wraps);
	tcase_add_loop_test(t, the_clock_does_not_drift, 0, sizeof rates / sizeof *rates);
	tcase_add_test(t, a_counter_that_steps_back_is_a_panic_and_time_stands);
	tcase_add_test(t, the_wall_clock_is_an_offset);
	tcase_add_test(t, what_interrupts_bring_arrives_and_between_them_it_sleeps);
	tcase_add_test(t, no_wake_up_is_lost_wherever_the_interrupt_comes);
	tcase_add_test(t, an_interrupt_can_abort);
	tcase_add_test(t, calls_of_the_engine_from_an_interrupt_are_refused);
	tcase_add_test(t, a_busy_instance_leaves_the_others_their_turns);
	tcase_add_test(t, more_instances_than_slots_end_the_run_with_an_error);
	tcase_add_test(t, a_slot_is_free_again_when_its_instance_has_ended);
	tcase_add_test(t, a_run_inside_a_run_is_refused);
	tcase_add_test(t, a_loop_of_the_boards_own_takes_turns_and_deadlines);
	tcase_add_test(t, a_board_out_of_range_is_refused);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
