/* SPDX-License-Identifier: MIT */
/* udp_test.c -- datagrams become bytes and bytes datagrams; what nobody has room for is counted, whoever drops it. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig.h"

static struct rig rig;
static struct collector got;
static struct feeder feeder;
static struct weir_udp_params params;
static struct sockaddr_in at;
static int peer; /* a socket; of the tests of the sink bound at the address */

static void setup(void)
{
	static char address[32];
	socklen_t len = sizeof at;

	memset(&got, 0, sizeof got);
	got.allow = RIG_UNBOUNDED;
	feeder = (struct feeder){ 0 };
	at = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	peer = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(peer, 0);
	ck_assert_int_eq(bind(peer, (const struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(getsockname(peer, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(address, sizeof address, "127.0.0.1:%u", ntohs(at.sin_port));
	params = (struct weir_udp_params){
		.address = address, .datagram_bytes = 100, .lines = true, .overflow = WEIR_HOT_DROP_OLDEST
	};
	rig_init(&rig);
}

static void teardown(void)
{
	rig_fail(NULL);
	close(peer);
}

/* ---- the source ---- */

/* The address is the source's now, the peer sends to it. */
static void start_source(uint32_t allow)
{
	close(peer);
	peer = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_ge(peer, 0);
	got.allow = allow;
	rig_chain(&rig, &weir_udp_source_type, &params, &rig_collector_type, &got, &weir_bytes_record);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	ck_assert_int_eq(connect(peer, (const struct sockaddr *)&at, sizeof at), 0);
}

static void say(const char *text)
{
	ck_assert_int_eq(send(peer, text, strlen(text), 0), (ssize_t)strlen(text));
}

static void expect_got(const char *text)
{
	ck_assert_uint_eq(got.size, strlen(text));
	ck_assert_mem_eq(got.bytes, text, got.size);
}

static uint64_t dropped(enum weir_drop reason)
{
	return rig_ledger(&rig, 0).dropped[reason];
}

START_TEST(datagrams_come_one_behind_the_other_as_lines)
{
	start_source(RIG_UNBOUNDED);
	say("one");
	say("two\n");
	say("");
	say("3\n4");
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	expect_got("one\ntwo\n3\n4\n");
	rig_fini(&rig);
}
END_TEST

START_TEST(without_lines_they_come_as_they_are)
{
	params.lines = false;
	start_source(RIG_UNBOUNDED);
	say("one");
	say("two\n");
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	expect_got("onetwo\n");
	rig_fini(&rig);
}
END_TEST

START_TEST(one_that_is_too_long_is_an_item_error)
{
	char text[102] = "";

	rig.on_error = WEIR_ON_ERROR_DROP;
	start_source(RIG_UNBOUNDED);
	memset(text, 'x', 101);
	say(text);
	text[100] = '\0';
	say(text);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(got.size, 101);
	ck_assert_uint_eq(dropped(WEIR_DROP_ERROR), 1);
	rig_fini(&rig);
}
END_TEST

static void three_unwanted(enum weir_hot_overflow overflow)
{
	params.overflow = (uint8_t)overflow;
	start_source(0);
	say("one\n");
	say("two\n");
	say("three\n");
	(void)weir_sim_run(&rig.sim);
	ck_assert_uint_eq(got.size, 0);
}

START_TEST(of_those_that_nobody_wants_the_newest_waits)
{
	static const enum weir_hot_overflow overflows[] = { WEIR_HOT_DROP_OLDEST, WEIR_HOT_LATEST };

	three_unwanted(overflows[_i]);
	ck_assert_uint_eq(dropped(WEIR_DROP_OVERFLOW), 8);
	rig_allow(&rig, 0, &got, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	expect_got("three\n");
	rig_fini(&rig);
}
END_TEST

START_TEST(the_newest_can_be_left_to_the_kernel)
{
	three_unwanted(WEIR_HOT_DROP_NEWEST);
	ck_assert_uint_eq(dropped(WEIR_DROP_OVERFLOW), 0);
	rig_allow(&rig, 0, &got, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	expect_got("one\ntwo\nthree\n"); /* its buffer held them */
	rig_fini(&rig);
}
END_TEST

START_TEST(what_the_kernel_drops_is_told_by_a_mark)
{
	uint32_t lines = 0;

	params.overflow = WEIR_HOT_DROP_NEWEST;
	start_source(0);
	for (uint32_t i = 0; i < 5000; i++)
		say("x\n");
	rig_allow(&rig, 0, &got, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	say("x\n"); /* the first that found room again brings the count */
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	lines = got.size / 2;
	ck_assert_uint_gt(got.lagged, 0);
	ck_assert_uint_eq(lines + got.lagged, 5001);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_second_one_can_be_an_error)
{
	three_unwanted(WEIR_HOT_ERROR);
	ck_assert_str_eq(rig_error(&rig), "a datagram found no room: overflow is error");
	rig_fini(&rig);
}
END_TEST

START_TEST(one_that_was_begun_is_ended)
{
	three_unwanted(WEIR_HOT_DROP_OLDEST);
	rig_allow(&rig, 0, &got, 2);
	(void)weir_sim_run(&rig.sim);
	say("four\n");
	say("five\n");
	(void)weir_sim_run(&rig.sim);
	rig_allow(&rig, 0, &got, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	expect_got("three\nfive\n");
	rig_fini(&rig);
}
END_TEST

START_TEST(drained_it_gives_what_it_holds)
{
	three_unwanted(WEIR_HOT_DROP_OLDEST);
	ck_assert_int_eq(weir_drain(rig.instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	rig_allow(&rig, 0, &got, RIG_UNBOUNDED);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	expect_got("three\n");
	ck_assert(got.completed);
	rig_fini(&rig);
}
END_TEST

START_TEST(an_interrupted_read_is_made_again_and_a_bad_one_is_an_error)
{
	const struct rig_fault again = { .call = RIG_READ, .k = 1, .err = EINTR };
	const struct rig_fault bad = { .call = RIG_READ, .k = 1, .err = ENOMEM };

	start_source(RIG_UNBOUNDED);
	rig_fail(&again);
	say("one\n");
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	expect_got("one\n");
	rig_fail(&bad);
	say("two\n");
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.failed);
	rig_fini(&rig);
}
END_TEST

/* ---- the sink ---- */

static void run_sink(const struct feed *script, int rc)
{
	feeder.script = script;
	rig_chain(&rig, &rig_feeder_type, &feeder, &weir_udp_sink_type, &params, &weir_bytes_record);
	ck_assert_int_eq(rig_run(&rig), rc);
}

static void hear(const char *text)
{
	char heard[200];

	ck_assert_int_eq(recv(peer, heard, sizeof heard, 0), (ssize_t)strlen(text));
	ck_assert_mem_eq(heard, text, strlen(text));
}

static void hear_no_more(void)
{
	char heard;

	ck_assert_int_eq(recv(peer, &heard, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
}

START_TEST(a_datagram_holds_whole_lines)
{
	const struct feed script[] = { FEED("one\ntwo\nthr"), FEED("ee\nfour\nfive\n"), FEED_BARRIER(1),
		FEED("si"), FEED_COMPLETE };

	params.datagram_bytes = 10;
	run_sink(script, WEIR_OK);
	hear("one\ntwo\n");
	hear("three\n");
	hear("four\nfive\n");
	hear("si");
	hear_no_more();
	ck_assert_uint_eq(feeder.barriers_done, 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(other_bytes_are_cut_anywhere)
{
	const struct feed script[] = { FEED("0123456789abc"), FEED_COMPLETE };

	params.datagram_bytes = 5;
	params.lines = false;
	run_sink(script, WEIR_OK);
	hear("01234");
	hear("56789");
	hear("abc");
	hear_no_more();
	rig_fini(&rig);
}
END_TEST

START_TEST(a_line_that_does_not_fit_is_an_error)
{
	const struct feed script[] = { FEED("one\n0123456789\n"), FEED_COMPLETE };

	params.datagram_bytes = 5;
	run_sink(script, WEIR_OK);
	hear("one\n");
	hear_no_more();
	ck_assert_ptr_nonnull(strstr(rig_error(&rig), ": a line is longer than \"datagram\""));
	rig_fini(&rig);
}
END_TEST

START_TEST(nobody_has_to_be_there)
{
	const struct feed script[] = { FEED("one\n"), FEED_BARRIER(1), FEED("two\n"), FEED_BARRIER(2),
		FEED("three\n"), FEED_COMPLETE };

	close(peer);
	peer = -1;
	run_sink(script, WEIR_OK);
	ck_assert_ptr_null(weir_first_error(rig.instance));
	rig_fini(&rig);
}
END_TEST

START_TEST(a_queue_that_is_full_is_waited_for_and_an_error_is_one)
{
	static const struct {
		int err;
		bool good;
	} all[] = { { EINTR, true }, { EAGAIN, true }, { EMSGSIZE, false } };
	const struct feed script[] = { FEED("one\ntwo\n"), FEED_COMPLETE };

	params.datagram_bytes = 6;
	for (size_t i = 0; i < 3; i++) {
		const struct rig_fault fault = { .call = RIG_WRITE, .k = 1, .err = all[i].err };

		rig_fail(&fault);
		run_sink(script, WEIR_OK);
		ck_assert((weir_first_error(rig.instance) == NULL) == all[i].good);
		rig_fini(&rig);
		rig_init(&rig);
		if (!all[i].good)
			continue;
		hear("one\n");
		hear("two\n");
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("udp");
	TCase *t = tcase_create("udp");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, datagrams_come_one_behind_the_other_as_lines);
	tcase_add_test(t, without_lines_they_come_as_they_are);
	tcase_add_test(t, one_that_is_too_long_is_an_item_error);
	tcase_add_loop_test(t, of_those_that_nobody_wants_the_newest_waits, 0, 2);
	tcase_add_test(t, the_newest_can_be_left_to_the_kernel);
	tcase_add_test(t, what_the_kernel_drops_is_told_by_a_mark);
	tcase_add_test(t, a_second_one_can_be_an_error);
	tcase_add_test(t, one_that_was_begun_is_ended);
	tcase_add_test(t, drained_it_gives_what_it_holds);
	tcase_add_test(t, an_interrupted_read_is_made_again_and_a_bad_one_is_an_error);
	tcase_add_test(t, a_datagram_holds_whole_lines);
	tcase_add_test(t, other_bytes_are_cut_anywhere);
	tcase_add_test(t, a_line_that_does_not_fit_is_an_error);
	tcase_add_test(t, nobody_has_to_be_there);
	tcase_add_test(t, a_queue_that_is_full_is_waited_for_and_an_error_is_one);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
