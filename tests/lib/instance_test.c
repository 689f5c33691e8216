/* SPDX-License-Identifier: MIT */
/* instance_test.c -- a start succeeds as a whole or leaves nothing behind. */
#include <check.h>
#include <stdlib.h>

#include "support/textrig.h"

START_TEST(a_start_that_fails_gives_back_what_was_opened)
{
	textrig_open("{\"a\":[{\"endless\":{\"record\":\"r\"}},{\"probe_sink\":{\"probe\":0}}],"
		     "\"b\":[{\"flaky\":{\"fails\":1,\"record\":\"r\"},\"id\":\"f\"},{\"probe_sink\":{"
		     "\"probe\":1}}]}");
	ck_assert_int_eq(weir_start(textrig.in), WEIR_EIO);
	ck_assert_uint_eq(textrig.opens, 1);
	ck_assert_uint_eq(textrig.closes, 1);
	ck_assert(weir_ended(textrig.in));
	ck_assert_int_eq(weir_first_error(textrig.in)->stage, weir_stage_index(textrig.plan, "f"));
	ck_assert_uint_eq(probe_logs[0].n_items, 0);
	textrig_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("instance");
	TCase *t = tcase_create("instance");
	SRunner *runner;
	int failed;

	tcase_add_test(t, a_start_that_fails_gives_back_what_was_opened);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
