/* SPDX-License-Identifier: MIT */
/* boot_test.c -- what the startup code owes to main(), on every board. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "alarm.h"
#include "board.h"

static uint32_t initialised = 0xC0FFEE, zero;
static const uint32_t constant = 0xBEEF;

START_TEST(memory_is_as_it_was_compiled)
{
	ck_assert_uint_eq(initialised, 0xC0FFEE);
	ck_assert_uint_eq(constant, 0xBEEF);
	ck_assert_uint_eq(zero, 0);
	zero = initialised = 1; /* and it is RAM */
	ck_assert_uint_eq(zero + initialised, 2);
}
END_TEST

START_TEST(ticks_go_on_by_themselves)
{
	uint32_t from = board_hooks.ticks(), k = 0;

	ck_assert_uint_gt(board_hooks.tick_hz, 0);
	while (board_hooks.ticks() == from)
		k++;
	ck_assert_uint_lt(board_hooks.ticks() - from, board_hooks.tick_hz);
}
END_TEST

START_TEST(a_sleep_lasts_until_its_deadline)
{
	uint32_t deadline = board_hooks.ticks() + board_hooks.tick_hz / 50, sleeps = 0;

	while ((int32_t)(board_hooks.ticks() - deadline) < 0) {
		uint32_t before = board_hooks.enter();

		board_hooks.sleep_until(deadline);
		board_hooks.leave(before);
		sleeps++;
	}
	ck_assert_uint_ge(sleeps, 1);
	ck_assert_uint_le(sleeps, 25); /* 20 ms: a tick of a millisecond each, or one alarm */
}
END_TEST

START_TEST(a_deadline_that_has_passed_ends_the_sleep)
{
	uint32_t before = board_hooks.enter(), now = board_hooks.ticks();

	board_hooks.sleep_until(now);
	board_hooks.sleep_until(now - 1);
	board_hooks.leave(before);
	ck_assert_uint_lt(board_hooks.ticks() - now, board_hooks.tick_hz);
}
END_TEST

/* ---- the stack ---- */

__attribute__((noinline)) static uint32_t use_stack(uint32_t bytes)
{
	volatile unsigned char frame[64];

	frame[0] = (unsigned char)bytes;
	return bytes <= sizeof frame ? frame[0] : use_stack(bytes - (uint32_t)sizeof frame) + frame[0];
}

START_TEST(the_deepest_use_of_the_stack_is_known)
{
	uint32_t before, after;

	(void)use_stack(64);
	before = board_stack_used();
	(void)use_stack(768);
	after = board_stack_used();
	ck_assert_uint_gt(before, 0);
	ck_assert_uint_ge(after, 768);
	ck_assert_uint_lt(after, board_stack_size());
	(void)use_stack(64);
	ck_assert_uint_eq(board_stack_used(), after);
}
END_TEST

/* ---- mem*() ---- */

#define ROOM 48u

/* Every offset and length, against bytes moved one by one; what lies around stays. */
START_TEST(copies_are_exact_at_every_alignment)
{
	unsigned char from[ROOM], to[ROOM], want[ROOM];

	for (unsigned at = 0; at < 8; at++) {
		for (unsigned onto = 0; onto < 8; onto++) {
			for (unsigned n = 0; n < 24; n++) {
				for (unsigned i = 0; i < ROOM; i++) {
					from[i] = (unsigned char)(i * 7 + n);
					to[i] = want[i] = (unsigned char)(0x80 | i);
				}
				for (unsigned i = 0; i < n; i++)
					want[onto + i] = from[at + i];
				ck_assert_ptr_eq(memcpy(to + onto, from + at, n), to + onto);
				ck_assert_mem_eq(to, want, ROOM);
				for (unsigned i = 0; i < n; i++)
					want[onto + i] = (unsigned char)n;
				ck_assert_ptr_eq(memset(to + onto, (int)(0x100 + n), n), to + onto);
				ck_assert_mem_eq(to, want, ROOM);
			}
		}
	}
}
END_TEST

START_TEST(moves_may_overlap_both_ways)
{
	unsigned char to[ROOM], want[ROOM];

	for (unsigned at = 0; at < 12; at++) {
		for (unsigned onto = 0; onto < 12; onto++) {
			for (unsigned i = 0; i < ROOM; i++)
				to[i] = want[i] = (unsigned char)i;
			for (unsigned i = 0; i < 16; i++)
				want[onto + i] = (unsigned char)(at + i);
			ck_assert_ptr_eq(memmove(to + onto, to + at, 16), to + onto);
			for (unsigned i = 0; i < ROOM; i++)
				ck_assert_uint_eq(to[i], want[i]);
		}
	}
}
END_TEST

START_TEST(bytes_are_compared_and_found_as_unsigned)
{
	static const unsigned char a[] = { 1, 2, 200, 4 }, b[] = { 1, 2, 100, 4 };

	ck_assert_int_eq(memcmp(a, b, 2), 0);
	ck_assert_int_gt(memcmp(a, b, 4), 0);
	ck_assert_int_lt(memcmp(b, a, 3), 0);
	ck_assert_ptr_eq(memchr(a, 200, 4), &a[2]);
	ck_assert_ptr_null(memchr(a, 200, 2));
}
END_TEST

/* ---- interrupts ---- */

static volatile uint32_t interrupts;
static volatile bool said_interrupt;
static volatile double product;

static void on_alarm(uintptr_t at)
{
	said_interrupt = at != 0 && board_hooks.in_interrupt();
	product = (double)at * 1.5; /* uses the registers of a floating point unit, if there is one */
	interrupts = interrupts + 1;
}

/* Last: the alarm takes the board's clock away. */
START_TEST(an_interrupt_comes_and_leaves_everything_as_it_was)
{
	volatile double x = 1.25, sum = 0;
	uint32_t before, k;

	ck_assert(!board_hooks.in_interrupt());
	before = board_hooks.enter();
	alarm_set(1000, on_alarm);
	for (k = 0; k < 100000; k++)
		sum = sum + x;
	ck_assert_uint_eq(interrupts, 0); /* kept out */
	ck_assert_double_eq(sum, 125000);
	board_hooks.leave(before);
	for (k = 0; interrupts == 0 && k < 1000000; k++)
		sum = sum + x;
	ck_assert_uint_eq(interrupts, 1);
	ck_assert(said_interrupt);
	ck_assert(!board_hooks.in_interrupt());
	ck_assert_double_eq(sum, 125000 + k * 1.25);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("boot");
	TCase *t = tcase_create("boot");
	SRunner *runner;
	int failed;

	tcase_add_test(t, memory_is_as_it_was_compiled);
	tcase_add_test(t, ticks_go_on_by_themselves);
	tcase_add_test(t, a_sleep_lasts_until_its_deadline);
	tcase_add_test(t, a_deadline_that_has_passed_ends_the_sleep);
	tcase_add_test(t, the_deepest_use_of_the_stack_is_known);
	tcase_add_test(t, copies_are_exact_at_every_alignment);
	tcase_add_test(t, moves_may_overlap_both_ways);
	tcase_add_test(t, bytes_are_compared_and_found_as_unsigned);
	tcase_add_test(t, an_interrupt_comes_and_leaves_everything_as_it_was);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
