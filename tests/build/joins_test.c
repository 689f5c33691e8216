/* SPDX-License-Identifier: MIT */
/* joins_test.c -- records side by side: what their fields are called, what emit makes of them, what is refused. */
#include "build_rig.h"

/* Streams a {n}, b {n, x, t}. */
static void two_streams(void)
{
	int s;

	(void)range("a", "10");
	(void)range("b", "10");
	s = stage("b", "map", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "small", "u8(n)");
	(void)weir_build_entry(b, s, "fields", "x", "n * 2.5");
	(void)weir_build_entry(b, s, "fields", "t", "'abc'");
}

static int zip(const char *stream, const char *one, const char *two)
{
	int s = source(stream, "zip");

	if (one != NULL)
		(void)weir_build_set(b, s, "streams", one);
	if (two != NULL)
		(void)weir_build_set(b, s, "streams", two);
	return s;
}

START_TEST(without_emit_all_fields_are_there_by_stream_and_name)
{
	static const char *const names[] = { "a.n", "b.small", "b.x", "b.t" };
	const struct weir_record *r;
	int s;

	two_streams();
	s = zip("j", "a", "b");
	(void)stage("j", "filter", "when", "a.n > 3 && b.x < 10.5");
	(void)stage("j", "null", NULL, NULL);
	(void)finish();
	r = weir_build_output(b, s);
	ck_assert_uint_eq(r->n_fields, 4);
	for (uint16_t i = 0; i < 4; i++)
		ck_assert_str_eq(r->fields[i].name, names[i]);
	ck_assert_uint_eq(r->fields[2].offset, 16);
	ck_assert_uint_eq(r->fields[3].text_max, 3);
	ck_assert_uint_eq(r->size, 32);
}
END_TEST

START_TEST(emit_is_a_stage_behind_with_the_errors_of_the_join)
{
	const struct weir_plan *plan;
	const struct weir_stage_def *emit;
	int s;

	two_streams();
	s = zip("j", "a", "b");
	(void)weir_build_entry(b, s, "emit", "d", "100 / a.n - i64(b.x)");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_DROP, NULL);
	(void)stage("j", "filter", "when", "d > 3");
	(void)stage("j", "null", NULL, NULL);
	plan = finish();
	ck_assert_str_eq(weir_build_output(b, s)->fields[0].name, "d");
	emit = by_id(plan, "j.0.emit");
	ck_assert_str_eq(emit->stage, "j.0.zip");
	ck_assert_uint_eq(emit->on_error, WEIR_ON_ERROR_DROP);
	ck_assert_uint_eq(by_id(plan, "j.0.zip")->on_error, WEIR_ON_ERROR_FAIL);
	ck_assert_uint_eq(emit->group, 2); /* fused with the filter behind it */
}
END_TEST

START_TEST(joins_can_be_joined)
{
	int s;

	two_streams();
	(void)zip("j", "a", "b");
	(void)range("c", "5");
	s = zip("k", "j", "c");
	(void)weir_build_entry(b, s, "emit", "d", "j.a.n + c.n");
	(void)stage("k", "null", NULL, NULL);
	(void)finish();
}
END_TEST

START_TEST(a_field_without_its_stream_is_known_by_it)
{
	int s;

	two_streams();
	s = zip("j", "a", "b");
	(void)weir_build_entry(b, s, "emit", "d", "n + 1");
	(void)weir_build_entry(b, s, "emit", "e", "b.smal");
	(void)stage("j", "null", NULL, NULL);
	fails("3/emit/d@0: unknown field \"n\"; did you mean \"a.n\"?\n"
	      "3/emit/e@0: unknown field \"b.smal\"; did you mean \"b.small\"?\n");
}
END_TEST

START_TEST(a_stream_named_twice_is_refused)
{
	two_streams();
	(void)zip("j", "a", "a");
	(void)stage("j", "null", NULL, NULL);
	(void)stage("b", "null", NULL, NULL);
	fails("3/streams/1@0: stream \"a\" is named twice; draw from it by a stream of another name\n");
}
END_TEST

START_TEST(one_stream_is_refused)
{
	(void)range("a", "10");
	(void)zip("j", "a", NULL);
	(void)stage("j", "null", NULL, NULL);
	fails("1//@0: one stream has nothing to be paired with; name at least two\n");
}
END_TEST

START_TEST(an_unknown_stream_is_told_once)
{
	int s;

	(void)range("a", "10");
	s = zip("j", "a", "zz");
	(void)weir_build_entry(b, s, "emit", "d", "a.n + zz.n");
	(void)stage("j", "filter", "when", "d > 2");
	(void)stage("j", "null", NULL, NULL);
	fails("1/streams/1@0: unknown stream \"zz\"\n");
}
END_TEST

START_TEST(what_is_too_large_is_refused)
{
	static const struct weir_field huge[] = { { .name = "t", .kind = WEIR_TEXT, .text_max = 40000 } };

	(void)weir_build_record(b, "huge", huge, 1);
	for (int i = 0; i < 2; i++) {
		int s = source(i == 0 ? "a" : "b", "input");

		(void)weir_build_set(b, s, "name", i == 0 ? "a" : "b");
		(void)weir_build_set(b, s, "record", "huge");
	}
	(void)zip("j", "a", "b");
	(void)stage("j", "null", NULL, NULL);
	fails("2//@0: the streams' fields together are larger than 65535 bytes; map them to what is "
	      "needed\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("joins");
	TCase *tc = tcase_create("joins");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, without_emit_all_fields_are_there_by_stream_and_name);
	tcase_add_test(tc, emit_is_a_stage_behind_with_the_errors_of_the_join);
	tcase_add_test(tc, joins_can_be_joined);
	tcase_add_test(tc, a_field_without_its_stream_is_known_by_it);
	tcase_add_test(tc, a_stream_named_twice_is_refused);
	tcase_add_test(tc, one_stream_is_refused);
	tcase_add_test(tc, an_unknown_stream_is_told_once);
	tcase_add_test(tc, what_is_too_large_is_refused);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
