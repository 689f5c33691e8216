/* SPDX-License-Identifier: MIT */
/* stdin_test.c -- standard input from a pipe and a file; its blocking mode comes back. */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rig.h"

static struct rig rig;
static struct collector got;
static int saved = -1, pipe_fds[2];

static void setup(void)
{
	rig_make_dir();
	saved = dup(0);
	ck_assert_int_eq(pipe(pipe_fds), 0);
	ck_assert_int_eq(dup2(pipe_fds[0], 0), 0);
	memset(&got, 0, sizeof got);
	rig_init(&rig);
	rig_chain(&rig, &weir_stdin_source_type, NULL, &rig_collector_type, &got, &weir_bytes_record);
	got.allow = RIG_UNBOUNDED;
}

static void teardown(void)
{
	if (saved >= 0) {
		dup2(saved, 0);
		close(saved);
	}
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	rig_remove_dir();
}

START_TEST(waits_for_bytes_and_ends_with_the_writer)
{
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	ck_assert_int_eq(write(pipe_fds[1], "hello", 5), 5);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(got.size, 5);
	close(pipe_fds[1]);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.completed);
	rig_fini(&rig);
}
END_TEST

START_TEST(puts_the_blocking_mode_back)
{
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	ck_assert_int_ne(fcntl(0, F_GETFL) & O_NONBLOCK, 0);
	rig_fini(&rig);
	ck_assert_int_eq(fcntl(0, F_GETFL) & O_NONBLOCK, 0);
}
END_TEST

START_TEST(leaves_a_mode_it_did_not_set)
{
	ck_assert_int_eq(fcntl(0, F_SETFL, fcntl(0, F_GETFL) | O_NONBLOCK), 0);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	rig_fini(&rig);
	ck_assert_int_ne(fcntl(0, F_GETFL) & O_NONBLOCK, 0);
}
END_TEST

START_TEST(reads_a_file)
{
	int fd;

	rig_write_file(rig_path("in"), "text", 4);
	fd = open(rig_path("in"), O_RDONLY);
	ck_assert_int_eq(dup2(fd, 0), 0);
	close(fd);
	ck_assert_int_eq(rig_run(&rig), WEIR_OK);
	ck_assert_mem_eq(got.bytes, "text", 4);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_closed_one_is_an_error)
{
	close(0);
	ck_assert_int_eq(rig_start(&rig), WEIR_EIO);
	ck_assert_str_eq(rig_error(&rig), "stdin: cannot open: Bad file descriptor");
	rig_fini(&rig);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("stdin");
	TCase *t = tcase_create("stdin");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, waits_for_bytes_and_ends_with_the_writer);
	tcase_add_test(t, puts_the_blocking_mode_back);
	tcase_add_test(t, leaves_a_mode_it_did_not_set);
	tcase_add_test(t, reads_a_file);
	tcase_add_test(t, a_closed_one_is_an_error);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
