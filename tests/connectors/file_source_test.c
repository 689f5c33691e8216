/* SPDX-License-Identifier: MIT */
/* file_source_test.c -- the bytes of a file or a named pipe: whole, paced by credit, through every fault. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig.h"

static struct rig rig;
static struct collector got;
static char data[200000];

static void setup(void)
{
	rig_make_dir();
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (char)(i * 31 + i / 251);
	memset(&got, 0, sizeof got);
	rig_init(&rig);
}

static void teardown(void)
{
	rig_fail(NULL);
	rig_remove_dir();
}

static int start(const char *path, uint32_t allow)
{
	static struct weir_file_source_params p;

	p.path = path;
	rig_chain(&rig, &weir_file_source_type, &p, &rig_collector_type, &got, &weir_bytes_record);
	got.allow = allow;
	return rig_start(&rig);
}

START_TEST(gives_the_whole_file)
{
	const uint32_t spans[] = { 1, 7, 4096, 65536, 1000000 };
	const size_t sizes[] = { 0, 1, 4096, 5000, 200000 };

	for (unsigned i = 0; i < 25; i++) {
		size_t size = i % 5 == 0 && sizes[i / 5] > 5000 ? 5000 : sizes[i / 5];

		memset(&got, 0, sizeof got);
		rig_init(&rig);
		rig.span = spans[i % 5];
		rig_write_file(rig_path("in"), data, size);
		ck_assert_int_eq(start(rig_path("in"), RIG_UNBOUNDED), WEIR_OK);
		ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
		ck_assert(got.completed);
		ck_assert_uint_eq(got.size, size);
		ck_assert_mem_eq(got.bytes, data, size);
		rig_fini(&rig);
	}
}
END_TEST

START_TEST(a_turn_reads_one_slice_at_most)
{
	rig.span = 1000000;
	rig_write_file(rig_path("in"), data, sizeof data);
	ck_assert_int_eq(start(rig_path("in"), RIG_UNBOUNDED), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert_uint_eq(got.spans, (sizeof data + WEIR_FD_SLICE_BYTES - 1) / WEIR_FD_SLICE_BYTES);
	rig_fini(&rig);
}
END_TEST

START_TEST(reads_nothing_without_credit)
{
	rig_fail(&(struct rig_fault){ 0 });
	rig_write_file(rig_path("in"), data, 100);
	ck_assert_int_eq(start(rig_path("in"), 0), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(rig_calls[RIG_READ], 0);
	rig_allow(&rig, 0, &got, 10);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(rig_calls[RIG_READ], 1);
	ck_assert_uint_eq(got.size, 10);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_missing_file_is_named_in_the_error)
{
	ck_assert_int_eq(start("/nonexistent/data.csv", RIG_UNBOUNDED), WEIR_ENOENT);
	ck_assert_str_eq(rig_error(&rig), "/nonexistent/data.csv: cannot open: No such file or directory");
	rig_fini(&rig);
}
END_TEST

START_TEST(a_directory_cannot_be_read)
{
	const char *dir = rig_path(".");

	ck_assert_int_eq(start(dir, RIG_UNBOUNDED), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.failed);
	ck_assert_int_eq(weir_first_error(rig.instance)->code, WEIR_EIO);
	ck_assert_ptr_nonnull(strstr(rig_error(&rig), ": cannot read: Is a directory"));
	rig_fini(&rig);
}
END_TEST

/* Play the file with one fault; whether all of it came. */
static bool with_fault(const struct rig_fault *fault)
{
	bool whole;

	memset(&got, 0, sizeof got);
	rig_init(&rig);
	rig_fail(fault);
	ck_assert_int_eq(start(rig_path("in"), RIG_UNBOUNDED), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	whole = got.completed && got.size == 20000 && memcmp(got.bytes, data, 20000) == 0;
	ck_assert(whole || got.failed);
	ck_assert_mem_eq(got.bytes, data, got.size);
	rig_fini(&rig);
	return whole;
}

START_TEST(interrupted_and_short_reads_change_nothing)
{
	const int errs[] = { EINTR, EAGAIN, 0 };

	rig_write_file(rig_path("in"), data, 20000);
	for (unsigned e = 0; e < 3; e++)
		for (uint32_t k = 1; k <= 7; k++)
			ck_assert(
				with_fault(&(struct rig_fault){ .call = RIG_READ, .k = k, .err = errs[e] }));
}
END_TEST

START_TEST(a_read_error_ends_the_stream_behind_what_came)
{
	rig_write_file(rig_path("in"), data, 20000);
	for (uint32_t k = 1; k <= 6; k++) {
		ck_assert(!with_fault(&(struct rig_fault){ .call = RIG_READ, .k = k, .err = EIO }));
		ck_assert_uint_eq(got.size, k < 6 ? (k - 1) * 4096 : 20000);
	}
}
END_TEST

START_TEST(a_named_pipe_waits_for_its_writer)
{
	const char *path = rig_path("pipe");
	int fd;

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(start(path, RIG_UNBOUNDED), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN); /* no writer yet is not the end */
	fd = open(path, O_WRONLY);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_int_eq(write(fd, "one", 3), 3);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(got.size, 3);
	ck_assert_int_eq(write(fd, "two", 3), 3);
	close(fd);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.completed);
	ck_assert_mem_eq(got.bytes, "onetwo", 6);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_waited_for_fails_the_stage)
{
	const char *path = rig_path("pipe");

	weir_sim_on_ready(&rig.sim, NULL, NULL);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(start(path, RIG_UNBOUNDED), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(got.failed);
	ck_assert_ptr_nonnull(strstr(rig_error(&rig), "pipe: cannot wait for it"));
	rig_fini(&rig);
}
END_TEST

START_TEST(an_abort_closes_the_file_and_takes_the_watch_back)
{
	const char *path = rig_path("pipe");
	int before = dup(0);

	close(before);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(start(path, RIG_UNBOUNDED), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_int_eq(open("/dev/null", O_RDONLY), before + 1); /* the pipe is open */
	close(before + 1);
	rig_fini(&rig); /* aborts, and checks the watch */
	ck_assert_int_eq(open("/dev/null", O_RDONLY), before);
	close(before);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("file_source");
	TCase *t = tcase_create("file_source");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, gives_the_whole_file);
	tcase_add_test(t, a_turn_reads_one_slice_at_most);
	tcase_add_test(t, reads_nothing_without_credit);
	tcase_add_test(t, a_missing_file_is_named_in_the_error);
	tcase_add_test(t, a_directory_cannot_be_read);
	tcase_add_test(t, interrupted_and_short_reads_change_nothing);
	tcase_add_test(t, a_read_error_ends_the_stream_behind_what_came);
	tcase_add_test(t, a_named_pipe_waits_for_its_writer);
	tcase_add_test(t, a_descriptor_that_cannot_be_waited_for_fails_the_stage);
	tcase_add_test(t, an_abort_closes_the_file_and_takes_the_watch_back);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
