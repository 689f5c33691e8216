/* SPDX-License-Identifier: MIT */
/* null_test.c -- null takes everything, asks without bound, and answers barriers. */
#include <check.h>
#include <stdlib.h>

#include "rig.h"

static struct rig rig;
static struct feeder feeder;

static void play(const struct feed *script)
{
	rig_init(&rig);
	feeder = (struct feeder){ .script = script };
	rig_chain(&rig, &rig_feeder_type, &feeder, &weir_null_sink_type, NULL, &weir_bytes_record);
	ck_assert_int_eq(rig_run(&rig), WEIR_OK);
}

START_TEST(takes_everything)
{
	const struct feed script[] = { FEED("abc"), FEED_BARRIER(3), FEED("de"), FEED_COMPLETE };

	play(script);
	ck_assert_uint_eq(rig_ledger(&rig, 0).out, 5);
	ck_assert_uint_eq(rig_ledger(&rig, 0).requested, UINT64_MAX);
	ck_assert_uint_eq(feeder.barriers_done, 3);
	ck_assert(!weir_failed(rig.instance));
	rig_fini(&rig);
}
END_TEST

START_TEST(ends_with_an_error_from_upstream)
{
	const struct feed script[] = { FEED("abc"), FEED_ERROR };

	play(script);
	ck_assert_int_eq(weir_stage_phase(rig.instance, 1), WEIR_STAGE_CANCELLED);
	rig_fini(&rig);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("null");
	TCase *t = tcase_create("null");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_test(t, takes_everything);
	tcase_add_test(t, ends_with_an_error_from_upstream);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
