/* SPDX-License-Identifier: MIT */
/*
 * serial_test.c -- bytes over a serial line: as they are, credit down to the kernel's buffer, ends and slow lines.
 */
#define _DEFAULT_SOURCE
#define _XOPEN_SOURCE 700
#include "serial_rig.h"

/* ---- the source ---- */

START_TEST(every_byte_arrives_as_it_is)
{
	run_source();
	for (unsigned round = 0; round < 4; round++) {
		say(bytes + 256 * round, 256);
		ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	}
	ck_assert_uint_eq(got.size, 1024);
	ck_assert_mem_eq(got.bytes, bytes, 1024);
	rig_fini(&rig);
}
END_TEST

START_TEST(hanging_up_is_the_end)
{
	run_source();
	say("last", 4);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	close(other);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.completed && !got.failed);
	ck_assert_mem_eq(got.bytes, "last", 4);
	rig_fini(&rig);
}
END_TEST

START_TEST(an_error_that_is_a_hang_up_is_the_end_and_another_is_not)
{
	const struct rig_fault gone = { .call = RIG_READ, .k = 1, .err = EIO };
	const struct rig_fault bad = { .call = RIG_READ, .k = 1, .err = ENXIO };
	char text[128];

	rig_fail(&gone);
	add_source(&params);
	ck_assert_int_eq(rig_run(&rig), WEIR_OK);
	ck_assert(got.completed && !got.failed);
	rig_fini(&rig);
	rig_init(&rig);
	rig_fail(&bad);
	got.allow = RIG_UNBOUNDED;
	add_source(&params);
	ck_assert_int_eq(rig_run(&rig), WEIR_OK);
	ck_assert(got.failed);
	(void)snprintf(text, sizeof text, "%s: cannot read: No such device or address", params.path);
	ck_assert_str_eq(rig_error(&rig), text);
	rig_fini(&rig);
}
END_TEST

START_TEST(without_credit_nothing_is_read)
{
	got.allow = 0;
	run_source();
	say(bytes, 1000);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_int_eq(waiting(), 1000);
	rig_allow(&rig, 0, &got, 10);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_int_eq(waiting(), 990);
	ck_assert_uint_eq(got.size, 10);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_device_that_is_held_back_loses_nothing)
{
	size_t sent = 0, held;
	ssize_t n;

	got.allow = 0;
	run_source();
	while ((n = write(other, bytes + sent, MANY - sent)) > 0)
		sent += (size_t)n;
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_uint_lt(sent, MANY);
	ck_assert_uint_eq(got.size, 0);
	held = sent;
	rig_allow(&rig, 0, &got, RIG_UNBOUNDED);
	while (got.size < MANY) {
		ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
		n = sent < MANY ? write(other, bytes + sent, MANY - sent) : 0;
		sent += n > 0 ? (size_t)n : 0;
	}
	ck_assert_uint_gt(sent, held);
	ck_assert_mem_eq(got.bytes, bytes, MANY);
	rig_fini(&rig);
}
END_TEST

/* ---- the sink ---- */

START_TEST(every_byte_leaves_as_it_is)
{
	const struct feed script[] = { { .items = bytes, .count = 1000 }, FEED_COMPLETE };
	struct termios t;

	add_sink(&params, script);
	ck_assert_int_eq(rig_run(&rig), WEIR_OK);
	hears(1000);
	ck_assert_mem_eq(seen, bytes, 1000);
	t = settings();
	ck_assert(same_termios(&t, &before));
	rig_fini(&rig);
}
END_TEST

START_TEST(a_slow_line_holds_the_pipeline_and_nothing_is_lost)
{
	const struct feed script[] = { { .items = bytes, .count = MANY }, FEED_COMPLETE };
	unsigned stops = 0;

	add_sink(&params, script);
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
	while (weir_sim_run(&rig.sim) == WEIR_EAGAIN) {
		stops++;
		listen_there();
	}
	hears(MANY);
	ck_assert_uint_gt(stops, 0);
	ck_assert_mem_eq(seen, bytes, MANY);
	rig_fini(&rig);
}
END_TEST

START_TEST(short_and_interrupted_writes_are_made_good)
{
	static const int errors[] = { 0, EINTR, EAGAIN };
	const struct feed script[] = { { .items = bytes, .count = 100 }, FEED_COMPLETE };

	for (int i = 0; i < 3; i++) {
		const struct rig_fault fault = {
			.call = RIG_WRITE, .k = 1, .err = errors[i], .from_there = errors[i] == 0
		};

		rig_fail(&fault);
		add_sink(&params, script);
		ck_assert_int_eq(rig_run(&rig), WEIR_OK);
		hears(100);
		ck_assert_mem_eq(seen, bytes, 100);
		rig_fini(&rig);
		rig_init(&rig);
		n_seen = 0;
	}
}
END_TEST

START_TEST(nobody_at_the_other_end_is_an_error_of_writing)
{
	const struct feed script[] = { FEED_PAUSE, FEED("text"), FEED_COMPLETE };
	char text[128];

	add_sink(&params, script);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	close(other);
	feeder.resumed = true;
	rig_kick(&rig, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	(void)snprintf(text, sizeof text, "%s: cannot write: Input/output error", params.path);
	ck_assert_str_eq(rig_error(&rig), text);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_barrier_and_the_end_wait_until_the_bytes_have_left)
{
	const struct rig_fault none = { .k = 0 };
	const struct feed script[] = { FEED("one"), FEED_BARRIER(7), FEED("two"), FEED_PAUSE, FEED_COMPLETE };
	struct termios t;

	rig_fail(&none);
	rig_unsent = 20;
	add_sink(&params, script);
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
	(void)weir_sim_run_until(&rig.sim, 20000000); /* at 9600 baud 20 bytes take 20 ms */
	ck_assert_uint_eq(feeder.barriers_done, 0);
	hears(3); /* nothing overtakes it */
	(void)weir_sim_run(&rig.sim);
	ck_assert_uint_eq(rig_unsent, 0);
	ck_assert_uint_eq(feeder.barriers_done, 7);
	hears(6);
	rig_unsent = 2;
	feeder.resumed = true;
	rig_kick(&rig, 0);
	(void)weir_sim_advance(&rig.sim, 1000000);
	t = settings();
	ck_assert(!weir_ended(rig.instance) && !same_termios(&t, &before));
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	t = settings();
	ck_assert(weir_ended(rig.instance) && same_termios(&t, &before));
	ck_assert_uint_eq(rig_discards, 0);
	rig_fini(&rig);
}
END_TEST

START_TEST(an_abort_does_not_wait)
{
	const struct rig_fault none = { .k = 0 };
	const struct feed script[] = { FEED("one"), FEED_COMPLETE };
	struct termios t;

	rig_fail(&none);
	rig_unsent = UINT32_MAX;
	add_sink(&params, script);
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
	(void)weir_sim_advance(&rig.sim, 1000000);
	ck_assert(!weir_ended(rig.instance));
	weir_abort(rig.instance);
	ck_assert_uint_eq(rig_discards, 1);
	t = settings();
	ck_assert(same_termios(&t, &before));
	rig_fini(&rig);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { every_byte_arrives_as_it_is, hanging_up_is_the_end,
		an_error_that_is_a_hang_up_is_the_end_and_another_is_not, without_credit_nothing_is_read,
		a_device_that_is_held_back_loses_nothing, every_byte_leaves_as_it_is,
		a_slow_line_holds_the_pipeline_and_nothing_is_lost,
		short_and_interrupted_writes_are_made_good, nobody_at_the_other_end_is_an_error_of_writing,
		a_barrier_and_the_end_wait_until_the_bytes_have_left, an_abort_does_not_wait };

	return serial_main("serial", tests, sizeof tests / sizeof tests[0]);
}
