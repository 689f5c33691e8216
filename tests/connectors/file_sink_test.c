/* SPDX-License-Identifier: MIT */
/* file_sink_test.c -- a file is replaced as a whole or not at all, appended to, and no fault is hidden. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig.h"

static struct rig rig;
static struct feeder feeder;
static struct weir_file_sink_params params;
static char data[20001]; /* text of 20000 bytes */

static void setup(void)
{
	rig_make_dir();
	for (size_t i = 0; i + 1 < sizeof data; i++)
		data[i] = i % 10 == 9 ? '\n' : (char)('a' + i % 26);
	rig_write_file(rig_path("out"), "old\n", 4);
}

static void teardown(void)
{
	rig_fail(NULL);
	rig_remove_dir();
}

static int start(const char *path, uint8_t mode, const struct feed *script)
{
	rig_init(&rig);
	feeder = (struct feeder){ .script = script };
	params = (struct weir_file_sink_params){
		.path = path, .mode = mode, .skip_header = params.skip_header
	};
	rig_chain(&rig, &rig_feeder_type, &feeder, &weir_file_sink_type, &params, &weir_bytes_record);
	return rig_start(&rig);
}

static int play(const char *path, uint8_t mode, const struct feed *script)
{
	ck_assert_int_eq(start(path, mode, script), WEIR_OK);
	return weir_sim_run(&rig.sim);
}

START_TEST(replaces_the_file_at_the_normal_end)
{
	const struct feed script[] = { FEED("new\n"), FEED_PAUSE, FEED(data), FEED_COMPLETE };
	size_t len;

	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_REPLACE, script), WEIR_EAGAIN);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "old\n"); /* until then the old one stands */
	ck_assert_int_eq(rig_count_files(), 2);
	feeder.resumed = true;
	rig_kick(&rig, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert(!weir_failed(rig.instance));
	ck_assert_str_eq(rig_read_file(rig_path("out"), &len) + 4, data);
	ck_assert_uint_eq(len, 20004);
	ck_assert_int_eq(rig_count_files(), 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(makes_an_empty_file_of_an_empty_stream)
{
	const struct feed script[] = { FEED_COMPLETE };

	ck_assert_int_eq(play(rig_path("none"), WEIR_FILE_REPLACE, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("none"), NULL), "");
	rig_fini(&rig);
}
END_TEST

START_TEST(keeps_the_mode_of_the_file_it_replaces)
{
	const struct feed script[] = { FEED_COMPLETE };
	struct stat st;

	ck_assert_int_eq(chmod(rig_path("out"), 0640), 0);
	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_REPLACE, script), WEIR_OK);
	ck_assert_int_eq(stat(rig_path("out"), &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0640);
	rig_fini(&rig);
}
END_TEST

START_TEST(follows_a_symbolic_link)
{
	const struct feed script[] = { FEED("new\n"), FEED_COMPLETE };
	struct stat st;

	ck_assert_int_eq(symlink("out", rig_path("link")), 0);
	ck_assert_int_eq(play(rig_path("link"), WEIR_FILE_REPLACE, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "new\n");
	ck_assert_int_eq(lstat(rig_path("link"), &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	rig_fini(&rig);
}
END_TEST

START_TEST(an_error_upstream_leaves_the_old_file)
{
	const struct feed script[] = { FEED("new\n"), FEED_ERROR };

	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_REPLACE, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "old\n");
	ck_assert_int_eq(rig_count_files(), 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(an_abort_leaves_the_old_file)
{
	const struct feed script[] = { FEED("new\n"), FEED_PAUSE };

	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_REPLACE, script), WEIR_EAGAIN);
	rig_fini(&rig);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "old\n");
	ck_assert_int_eq(rig_count_files(), 1);
}
END_TEST

START_TEST(a_drain_is_a_normal_end)
{
	const struct feed script[] = { FEED("new\n"), FEED_PAUSE };

	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_REPLACE, script), WEIR_EAGAIN);
	ck_assert_int_eq(weir_drain(rig.instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "new\n");
	rig_fini(&rig);
}
END_TEST

START_TEST(append_goes_behind_what_is_there)
{
	const struct feed script[] = { FEED("new\n"), FEED_COMPLETE };

	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_APPEND, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "old\nnew\n");
	rig_fini(&rig);
	ck_assert_int_eq(play(rig_path("fresh"), WEIR_FILE_APPEND, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("fresh"), NULL), "new\n");
	rig_fini(&rig);
}
END_TEST

START_TEST(a_header_is_left_out_behind_something_only)
{
	const struct feed script[] = { FEED("a,"), FEED("b"), FEED("\n1,2\n"), FEED("3,4\n"), FEED_COMPLETE };
	const struct feed bare[] = { FEED("a,b\n"), FEED_COMPLETE };

	params.skip_header = true;
	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_APPEND, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "old\n1,2\n3,4\n");
	rig_fini(&rig);
	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_APPEND, bare), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "old\n1,2\n3,4\n");
	rig_fini(&rig);
	ck_assert_int_eq(play(rig_path("fresh"), WEIR_FILE_APPEND, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("fresh"), NULL), "a,b\n1,2\n3,4\n");
	rig_fini(&rig);
	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_REPLACE, script), WEIR_OK);
	ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "a,b\n1,2\n3,4\n");
	rig_fini(&rig);
	params.skip_header = false;
}
END_TEST

START_TEST(a_file_that_cannot_be_made_is_named_in_the_error)
{
	const struct feed script[] = { FEED_COMPLETE };

	ck_assert_int_eq(start("/nonexistent/out.csv", WEIR_FILE_REPLACE, script), WEIR_ENOENT);
	ck_assert_str_eq(rig_error(&rig),
		"/nonexistent/out.csv: cannot open its directory: No such file or directory");
	rig_fini(&rig);
	ck_assert_int_eq(start("/nonexistent/out.csv", WEIR_FILE_APPEND, script), WEIR_ENOENT);
	ck_assert_str_eq(rig_error(&rig), "/nonexistent/out.csv: cannot open: No such file or directory");
	rig_fini(&rig);
	ck_assert_int_eq(start("/proc/out.csv", WEIR_FILE_REPLACE, script), WEIR_ENOENT);
	rig_fini(&rig);
	ck_assert_int_lt(start(rig_path("."), WEIR_FILE_REPLACE, script), 0);
	ck_assert_ptr_nonnull(strstr(rig_error(&rig), "Is a directory"));
	rig_fini(&rig);
	ck_assert_int_lt(start(rig_path("new/"), WEIR_FILE_REPLACE, script), 0);
	ck_assert_ptr_nonnull(strstr(rig_error(&rig), "Is a directory"));
	rig_fini(&rig);
}
END_TEST

START_TEST(what_cannot_be_looked_at_is_not_replaced)
{
	const struct feed script[] = { FEED_COMPLETE };
	struct stat st;

	ck_assert_int_eq(symlink("loop", rig_path("loop")), 0);
	for (uint8_t mode = 0; mode < 2; mode++) {
		ck_assert_int_lt(start(rig_path("loop"), mode, script), 0);
		ck_assert_ptr_nonnull(strstr(rig_error(&rig), "loop: cannot open: Too many levels"));
		rig_fini(&rig);
		ck_assert_int_eq(lstat(rig_path("loop"), &st), 0);
		ck_assert(S_ISLNK(st.st_mode));
	}
}
END_TEST

START_TEST(a_device_is_written_to_directly)
{
	const struct feed script[] = { FEED("new\n"), FEED_BARRIER(7), FEED_COMPLETE };

	ck_assert_int_eq(play("/dev/null", WEIR_FILE_REPLACE, script), WEIR_OK);
	ck_assert(!weir_failed(rig.instance));
	ck_assert_uint_eq(feeder.barriers_done, 7);
	rig_fini(&rig);
	ck_assert_int_eq(play("/dev/full", WEIR_FILE_REPLACE, script), WEIR_OK);
	ck_assert_int_eq(weir_first_error(rig.instance)->code, WEIR_ENOSPC);
	ck_assert_str_eq(rig_error(&rig), "/dev/full: cannot write: No space left on device");
	rig_fini(&rig);
}
END_TEST

START_TEST(a_barrier_is_answered_when_the_bytes_are_on_the_disk)
{
	const struct feed script[] = { FEED(data), FEED_BARRIER(1), FEED("x"), FEED_PAUSE };

	rig_fail(&(struct rig_fault){ 0 });
	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_APPEND, script), WEIR_EAGAIN);
	ck_assert_uint_eq(feeder.barriers_done, 1);
	ck_assert_uint_eq(rig_calls[RIG_SYNC], 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_barrier_is_not_answered_when_the_disk_fails)
{
	const struct feed script[] = { FEED(data), FEED_BARRIER(1), FEED_COMPLETE };

	rig_fail(&(struct rig_fault){ .call = RIG_SYNC, .k = 1, .err = EIO });
	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_APPEND, script), WEIR_OK);
	ck_assert(weir_failed(rig.instance));
	ck_assert_uint_eq(feeder.barriers_done, 0);
	rig_fini(&rig);
}
END_TEST

static const struct feed whole[] = { FEED(data), FEED_COMPLETE };

START_TEST(an_append_that_the_disk_refuses_at_the_end_is_no_normal_end)
{
	rig_fail(&(struct rig_fault){ .call = RIG_SYNC, .k = 1, .err = EIO });
	ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_APPEND, whole), WEIR_OK);
	ck_assert(weir_failed(rig.instance));
	ck_assert_int_eq(weir_first_error(rig.instance)->code, WEIR_EIO);
	ck_assert_ptr_nonnull(strstr(rig_error(&rig), "out: cannot write to disk: Input/output error"));
	rig_fini(&rig);
}
END_TEST

START_TEST(interrupted_and_short_writes_change_nothing)
{
	const int errs[] = { EINTR, EAGAIN, 0 };

	for (unsigned e = 0; e < 3; e++)
		for (uint32_t k = 1; k <= 8; k++) {
			rig_fail(&(struct rig_fault){ .call = RIG_WRITE, .k = k, .err = errs[e] });
			ck_assert_int_eq(play(rig_path("out"), k % 2, whole), WEIR_OK);
			ck_assert(!weir_failed(rig.instance));
			rig_fini(&rig);
			ck_assert_str_eq(rig_read_file(rig_path("out"), NULL) + (k % 2 ? 4 : 0), data);
			rig_write_file(rig_path("out"), "old\n", 4);
		}
}
END_TEST

START_TEST(what_cannot_be_written_fails_the_stream_and_leaves_the_old_file)
{
	const struct rig_fault faults[] = {
		{ .call = RIG_WRITE, .k = 1, .err = ENOSPC },
		{ .call = RIG_WRITE, .k = 5, .err = ENOSPC },
		{ .call = RIG_WRITE, .k = 2, .err = EIO },
		{ .call = RIG_WRITE, .k = 3, .err = EPIPE },
		{ .call = RIG_SYNC, .k = 1, .err = EIO },
		{ .call = RIG_SYNC, .k = 1, .err = ENOSPC },
		{ .call = RIG_RENAME, .k = 1, .err = EACCES },
	};

	for (unsigned i = 0; i < sizeof faults / sizeof *faults; i++) {
		const struct weir_error *e;

		rig_fail(&faults[i]);
		ck_assert_int_eq(play(rig_path("out"), WEIR_FILE_REPLACE, whole), WEIR_OK);
		e = weir_first_error(rig.instance);
		ck_assert_ptr_nonnull(e);
		ck_assert_int_eq(e->code, faults[i].err == ENOSPC ? WEIR_ENOSPC : WEIR_EIO);
		ck_assert_ptr_nonnull(strstr(e->text, strerror(faults[i].err)));
		rig_fini(&rig);
		ck_assert_str_eq(rig_read_file(rig_path("out"), NULL), "old\n");
		ck_assert_int_eq(rig_count_files(), 1);
	}
}
END_TEST

START_TEST(a_slow_reader_holds_the_pipeline)
{
	static char big[300001];
	const struct feed script[] = { FEED(big), FEED_COMPLETE };
	const char *path = rig_path("pipe");
	size_t total = 0;
	ssize_t n;
	int fd, rc;

	memset(big, 'x', sizeof big - 1);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	ck_assert_int_eq(start(path, WEIR_FILE_REPLACE, script), WEIR_OK);
	while ((rc = weir_sim_run(&rig.sim)) == WEIR_EAGAIN) {
		struct weir_ledger l = rig_ledger(&rig, 0);

		ck_assert_uint_le(l.queued, RIG_SPAN);
		ck_assert_uint_le(l.requested - l.out, WEIR_FD_SLICE_BYTES);
		while ((n = read(fd, big, sizeof big)) > 0)
			total += (size_t)n;
	}
	ck_assert_int_eq(rc, WEIR_OK);
	while ((n = read(fd, big, sizeof big)) > 0)
		total += (size_t)n;
	ck_assert_uint_eq(total, 300000);
	rig_fini(&rig);
	close(fd);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("file_sink");
	TCase *t = tcase_create("file_sink");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, replaces_the_file_at_the_normal_end);
	tcase_add_test(t, makes_an_empty_file_of_an_empty_stream);
	tcase_add_test(t, keeps_the_mode_of_the_file_it_replaces);
	tcase_add_test(t, follows_a_symbolic_link);
	tcase_add_test(t, an_error_upstream_leaves_the_old_file);
	tcase_add_test(t, an_abort_leaves_the_old_file);
	tcase_add_test(t, a_drain_is_a_normal_end);
	tcase_add_test(t, append_goes_behind_what_is_there);
	tcase_add_test(t, a_header_is_left_out_behind_something_only);
	tcase_add_test(t, a_file_that_cannot_be_made_is_named_in_the_error);
	tcase_add_test(t, what_cannot_be_looked_at_is_not_replaced);
	tcase_add_test(t, a_device_is_written_to_directly);
	tcase_add_test(t, a_barrier_is_answered_when_the_bytes_are_on_the_disk);
	tcase_add_test(t, a_barrier_is_not_answered_when_the_disk_fails);
	tcase_add_test(t, an_append_that_the_disk_refuses_at_the_end_is_no_normal_end);
	tcase_add_test(t, interrupted_and_short_writes_change_nothing);
	tcase_add_test(t, what_cannot_be_written_fails_the_stream_and_leaves_the_old_file);
	tcase_add_test(t, a_slow_reader_holds_the_pipeline);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
