/* SPDX-License-Identifier: MIT */
/* stdout_test.c -- standard output to a pipe: paced by its reader, branches mixed by whole lines. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig.h"

static struct rig rig;
static struct feeder feeders[2];
static const struct weir_stdout_params lines = { .lines = true }, raw = { .lines = false };
static char seen[RIG_BYTES];
static size_t n_seen;
static int saved, reader;

/* Nothing may be said on standard output between setup and teardown but by the stages. */
static void setup(void)
{
	int fds[2];

	fflush(stdout);
	signal(SIGPIPE, SIG_IGN);
	saved = dup(1);
	ck_assert_int_eq(pipe(fds), 0);
	reader = fds[0];
	ck_assert_int_eq(fcntl(reader, F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(dup2(fds[1], 1), 1);
	close(fds[1]);
	n_seen = 0;
	rig_init(&rig);
}

static void teardown(void)
{
	rig_fail(NULL);
	dup2(saved, 1);
	close(saved);
	close(reader);
}

static void branch(const struct feed *script, const struct weir_stdout_params *params)
{
	uint32_t i = rig.chains;

	feeders[i] = (struct feeder){ .script = script };
	rig_chain(&rig, &rig_feeder_type, &feeders[i], &weir_stdout_sink_type, params, &weir_bytes_record);
}

static void drain_pipe(void)
{
	ssize_t n;

	while ((n = read(reader, seen + n_seen, sizeof seen - 1 - n_seen)) > 0)
		n_seen += (size_t)n;
	seen[n_seen] = '\0';
}

START_TEST(writes_what_it_is_given)
{
	const struct feed script[] = { FEED("one\n"), FEED_BARRIER(2), FEED("two"), FEED_COMPLETE };

	branch(script, &lines);
	ck_assert_int_eq(rig_run(&rig), WEIR_OK);
	drain_pipe();
	ck_assert_str_eq(seen, "one\ntwo");
	ck_assert_uint_eq(feeders[0].barriers_done, 2);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_full_pipe_holds_the_pipeline_and_nothing_is_lost)
{
	static char big[200001];
	const struct feed script[] = { FEED(big), FEED_COMPLETE };
	unsigned stops = 0;

	memset(big, 'x', sizeof big - 1);
	branch(script, &lines);
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
	while (weir_sim_run(&rig.sim) == WEIR_EAGAIN) {
		stops++;
		drain_pipe();
	}
	drain_pipe();
	ck_assert_uint_gt(stops, 0);
	ck_assert_uint_eq(n_seen, 200000);
	ck_assert_int_eq(fcntl(1, F_GETFL) & O_NONBLOCK, 0); /* put back at the end */
	rig_fini(&rig);
}
END_TEST

START_TEST(a_reader_gone_is_an_error)
{
	const struct feed script[] = { FEED("one\n"), FEED_PAUSE };

	branch(script, &lines);
	close(reader);
	ck_assert_int_eq(rig_run(&rig), WEIR_OK);
	ck_assert_int_eq(weir_first_error(rig.instance)->code, WEIR_EIO);
	ck_assert_str_eq(rig_error(&rig), "stdout: cannot write: Broken pipe");
	rig_fini(&rig);
}
END_TEST

/* Whether every line is all of one letter. */
static bool lines_are_whole(void)
{
	const char *p = seen;

	while (*p != '\0') {
		size_t n = strcspn(p, "\n");

		if (strspn(p, "a") != n && strspn(p, "b") != n)
			return false;
		p += n + (p[n] == '\n');
	}
	return true;
}

static void two_branches(const struct weir_stdout_params *params)
{
	static char a[100001], b[100001];
	const struct feed from_a[] = { FEED(a), FEED_COMPLETE };
	const struct feed from_b[] = { FEED(b), FEED_COMPLETE };

	for (size_t i = 0; i + 1 < sizeof a; i++) {
		a[i] = i % 100 == 99 ? '\n' : 'a';
		b[i] = i % 1000 == 999 ? '\n' : 'b';
	}
	rig.span = 130; /* lines are cut everywhere */
	branch(from_a, params);
	branch(from_b, params);
	ck_assert_int_eq(rig_start(&rig), WEIR_OK);
	while (weir_sim_run(&rig.sim) == WEIR_EAGAIN)
		drain_pipe();
	drain_pipe();
	ck_assert_uint_eq(n_seen, 200000);
	rig_fini(&rig);
}

START_TEST(branches_mix_by_whole_lines)
{
	two_branches(&lines);
	ck_assert(lines_are_whole());
}
END_TEST

START_TEST(without_lines_they_mix_anywhere)
{
	two_branches(&raw);
	ck_assert(!lines_are_whole());
}
END_TEST

START_TEST(a_short_write_within_a_line_keeps_the_turn)
{
	for (uint32_t k = 1; k <= 6; k++) {
		const struct feed from_a[] = { FEED("aaa\n"), FEED("aaa\n"), FEED_COMPLETE };
		const struct feed from_b[] = { FEED("bbb\n"), FEED("bbb\n"), FEED_COMPLETE };

		rig_fail(&(struct rig_fault){ .call = RIG_WRITE, .k = k, .from_there = true });
		rig_init(&rig);
		rig.span = 2;
		branch(from_a, &lines);
		branch(from_b, &lines);
		ck_assert_int_eq(rig_run(&rig), WEIR_OK);
		n_seen = 0;
		drain_pipe();
		ck_assert_uint_eq(n_seen, 16);
		ck_assert(lines_are_whole());
		rig_fini(&rig);
	}
}
END_TEST

START_TEST(a_branch_that_ends_within_a_line_gives_the_turn_away)
{
	const struct feed from_a[] = { FEED("aaa"), FEED_PAUSE, FEED_COMPLETE };
	const struct feed from_b[] = { FEED("bbb\n"), FEED_COMPLETE };

	branch(from_a, &lines);
	branch(from_b, &lines);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	feeders[0].resumed = true;
	rig_kick(&rig, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	drain_pipe();
	ck_assert_uint_eq(n_seen, 7);
	rig_fini(&rig);
}
END_TEST

START_TEST(an_abort_forgets_who_had_the_turn)
{
	const struct feed from_a[] = { FEED("aaa"), FEED_PAUSE };
	const struct feed from_b[] = { FEED("bbb"), FEED_PAUSE };

	for (int i = 0; i < 2; i++) {
		rig_init(&rig);
		branch(from_a, &lines);
		branch(from_b, &lines);
		ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
		rig_fini(&rig);
		drain_pipe();
		ck_assert_uint_eq(n_seen, 3u * (unsigned)(i + 1)); /* the other one was waiting */
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stdout");
	TCase *t = tcase_create("stdout");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, writes_what_it_is_given);
	tcase_add_test(t, a_full_pipe_holds_the_pipeline_and_nothing_is_lost);
	tcase_add_test(t, a_reader_gone_is_an_error);
	tcase_add_test(t, branches_mix_by_whole_lines);
	tcase_add_test(t, without_lines_they_mix_anywhere);
	tcase_add_test(t, a_short_write_within_a_line_keeps_the_turn);
	tcase_add_test(t, a_branch_that_ends_within_a_line_gives_the_turn_away);
	tcase_add_test(t, an_abort_forgets_who_had_the_turn);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
