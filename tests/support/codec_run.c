/* SPDX-License-Identifier: MIT */
/*
 * codec_run.c -- the main of a codec's test program.
 */
#include <stdlib.h>

#include "codec_bench.h"

int bench_run(const char *name, const TTest *const *tests, size_t n_tests, void (*setup)(void))
{
	Suite *s = suite_create(name);
	TCase *tc = tcase_create(name);
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_set_timeout(tc, 60);
	for (size_t i = 0; i < n_tests; i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
