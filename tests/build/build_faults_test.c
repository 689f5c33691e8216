/* SPDX-License-Identifier: MIT */
/* build_faults_test.c -- everything a builder can find wrong, each told once, at its place. */
#include "build_rig.h"

/* ---- parameters ---- */

static void period_is(const char *text, const char *message, uint64_t ns)
{
	const struct weir_plan *plan;
	char expected[256];

	open_build(WEIR_CLOCK_MONOTONIC);
	(void)range("a", "3");
	(void)stage("a", "throttle", "period", text);
	(void)stage("a", "null", NULL, NULL);
	if (message == NULL) {
		plan = finish();
		ck_assert_uint_eq(
			((const struct weir_throttle_params *)by_id(plan, "a.1.throttle")->params)->period_ns,
			ns);
		return;
	}
	snprintf(expected, sizeof expected, "1/period/@0: %s\n", message);
	fails(expected);
}

START_TEST(durations_have_units)
{
	period_is("250us", NULL, 250000);
	period_is("10ms", NULL, 10000000);
	period_is("1.5s", NULL, 1500000000);
	period_is("2m", NULL, UINT64_C(120000000000));
	period_is("1h", NULL, UINT64_C(3600000000000));
	period_is("7d", NULL, UINT64_C(604800000000000));
	period_is("0.25us", NULL, 250);
	period_is("7ns", NULL, 7);
	period_is("30", "a duration needs a unit, such as \"30s\"", 0);
	period_is("s", "a duration is a number with a unit, such as \"30s\"", 0);
	period_is("-5s", "a duration is a number with a unit, such as \"30s\"", 0);
	period_is("1.s", "a duration is a number with a unit, such as \"30s\"", 0);
	period_is("5 s", "unknown unit; a duration has one of ns us ms s m h d, such as \"30s\"", 0);
	period_is("5S", "unknown unit; a duration has one of ns us ms s m h d, such as \"30s\"", 0);
	period_is("0.5ns", "the duration is too large, or no whole number of nanoseconds", 0);
	period_is("99999999999999999999s", "the duration is too large, or no whole number of nanoseconds", 0);
	period_is("300000000h", "the duration is too large, or no whole number of nanoseconds", 0);
	period_is("200000d", "\"period\" must be between 1ns and 9223372036854775807ns", 0);
	period_is("0s", "\"period\" must be between 1ns and 9223372036854775807ns", 0);
}
END_TEST

START_TEST(parameters_are_judged_by_their_table)
{
	int s;

	add_reading();
	s = source("a", "input");
	(void)weir_build_set(b, s, "record", "readin");
	(void)weir_build_set(b, s, "capacity", "0");
	(void)weir_build_set(b, s, "nam", "x");
	s = stage("a", "throttle", "period", "1s");
	(void)weir_build_set(b, s, "keys_full", "evict_oldst");
	(void)weir_build_set(b, s, "max_keys", "many");
	(void)stage("a", "take", "count", "-1");
	(void)stage("a", "buffer", NULL, NULL);
	s = stage("a", "null", NULL, NULL);
	(void)weir_build_set(b, s, "x", "y");
	fails("0/name/@0: \"input\" needs \"name\"\n"
	      "0/record/@0: unknown record \"readin\"; did you mean \"reading\"?\n"
	      "0/capacity/@0: \"capacity\" must be between 1 and 16777216\n"
	      "1/max_keys/@0: \"max_keys\" must be between 1 and 16777216\n"
	      "1/keys_full/@0: unknown \"keys_full\" \"evict_oldst\"; did you mean \"evict_oldest\"?\n"
	      "2/count/@0: \"count\" must be between 0 and 9223372036854775807\n"
	      "3/capacity/@0: \"buffer\" needs \"capacity\"\n"
	      "0/nam/#@0: unknown parameter \"nam\"; did you mean \"name\"?\n"
	      "4/x/#@0: \"null\" has no parameter \"x\"\n");
}
END_TEST

START_TEST(fields_are_looked_up_in_the_record_that_comes)
{
	int s;

	add_reading();
	s = source("a", "input");
	(void)weir_build_set(b, s, "name", "in");
	(void)weir_build_set(b, s, "record", "reading");
	s = stage("a", "throttle", "period", "1s");
	(void)weir_build_set(b, s, "key", "node, nod");
	s = stage("a", "throttle", "period", "1s");
	(void)weir_build_set(b, s, "key", "temp");
	s = stage("a", "throttle", "period", "1s");
	(void)weir_build_set(b, s, "key", "node,node");
	s = stage("a", "window", "tumbling", "1m");
	(void)weir_build_set(b, s, "time", "temp");
	(void)weir_build_set(b, s, "key", "nod");
	(void)weir_build_entry(b, s, "emit", "node", "node");
	(void)weir_build_entry(b, s, "emit", "n", "count()");
	(void)stage("a", "filter", "when", "n > 3 && tem == 1");
	(void)stage("a", "null", NULL, NULL);
	fails("1/key/1@0: unknown field \"nod\"; did you mean \"node\"?\n"
	      "2/key/0@0: field \"temp\" is f32; \"key\" cannot be of that type\n"
	      "3/key/1@0: field \"node\" is in the key twice\n"
	      "4/key/0@0: unknown field \"nod\"; did you mean \"node\"?\n"
	      "4/time/@0: field \"temp\" is f32; \"time\" cannot be of that type\n"
	      "5/when/@9: unknown field \"tem\"\n");
}
END_TEST

START_TEST(expressions_are_told_where_they_stand)
{
	int s;

	(void)range("a", "3");
	(void)stage("a", "filter", "when", "n + 1");
	s = stage("a", "map", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "x", "1 + m");
	(void)weir_build_entry(b, s, "fields", "2x", "n");
	(void)stage("a", "filter", "when", "x > 'a' && y");
	(void)stage("a", "null", NULL, NULL);
	fails("1/when/@0: filter needs a bool, this is i64\n"
	      "2/fields/2x#@0: \"2x\" is no field name; letters, digits and _ make one, not starting with a "
	      "digit\n"
	      "2/fields/x@4: unknown field \"m\"\n"
	      "3/when/@11: unknown field \"y\"\n");
}
END_TEST

START_TEST(formats_are_judged)
{
	int s;

	add_reading();
	s = source("a", "file");
	(void)weir_build_set(b, s, "path", "x");
	(void)weir_build_set(b, s, "format", "cvs");
	(void)weir_build_set(b, s, "record", "reading");
	(void)stage("a", "null", NULL, NULL);
	s = source("c", "file");
	(void)weir_build_set(b, s, "path", "x");
	(void)weir_build_set(b, s, "format", "csv");
	(void)weir_build_set(b, s, "recrd", "reading");
	(void)stage("c", "stdout", NULL, NULL);
	s = source("d", "file");
	(void)weir_build_set(b, s, "path", "x");
	(void)weir_build_set(b, s, "record", "reading");
	(void)stage("d", "null", NULL, NULL);
	(void)range("e", "3");
	(void)stage("e", "stdout", NULL, NULL);
	s = source("f", "file");
	(void)weir_build_set(b, s, "path", "x");
	(void)weir_build_set(b, s, "format", "xml");
	(void)stage("f", "filter", "when", "temp > 3");
	(void)stage("f", "stdout", "format", "yaml");
	fails("0/format/@0: unknown format \"cvs\"; did you mean \"csv\"?\n"
	      "8/format/@0: unknown format \"xml\"; there are csv, ndjson, binary, frames\n"
	      "10/format/@0: unknown format \"yaml\"; there are csv, ndjson, binary, frames\n"
	      "2/record/@0: format \"csv\" needs \"record\"\n"
	      "7//@0: \"stdout\" takes bytes and gets records; name a \"format\", such as \"csv\"\n"
	      "2/recrd/#@0: unknown parameter \"recrd\"; did you mean \"record\"?\n"
	      "4/record/#@0: \"file\" has no parameter \"record\"; if it belongs to a format, name the "
	      "\"format\"\n");
}
END_TEST

START_TEST(hot_sources_must_name_their_overflow)
{
	int s = source("a", "interval");

	(void)weir_build_set(b, s, "period", "1s");
	(void)stage("a", "null", NULL, NULL);
	fails("0/overflow/@0: \"interval\" cannot be held back; name its \"overflow\": drop_oldest, "
	      "drop_newest, "
	      "latest or "
	      "error\n");
}
END_TEST

START_TEST(what_was_told_already_is_not_told_again)
{
	int s;

	ck_assert_int_ge(weir_build_record(b, "broken", NULL, 0), 0);
	s = source("a", "input");
	(void)weir_build_set(b, s, "name", NULL);
	(void)weir_build_set(b, s, "record", "broken");
	(void)stage("a", "filter", "when", "anything > 'x' && goes");
	(void)weir_build_stage(b, "a", NULL);
	s = stage("a", "map", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "x", NULL);
	(void)weir_build_entry(b, s, "fields", "y", "more");
	(void)stage("a", "filter", "when", "x && y == 3");
	s = stage("a", "window", NULL, NULL);
	(void)weir_build_set(b, s, "tumbling", NULL);
	(void)weir_build_set(b, s, "key", "x");
	(void)weir_build_entry(b, s, "emit", "n", "count() + sum(x)");
	(void)weir_build_stage(b, "a", NULL);
	(void)weir_build_stage(b, "b", NULL);
	(void)stage("b", "filter", "when", "x");
	(void)stage("b", "null", NULL, NULL);
	fails("");
}
END_TEST

/* ---- streams ---- */

START_TEST(streams_begin_and_end_as_they_must)
{
	(void)range("a", "3");
	(void)stage("a", "filter", "when", "true");
	(void)stage("b", "filter", "when", "true");
	(void)stage("b", "null", NULL, NULL);
	(void)range("c", "3");
	(void)stage("c", "null", NULL, NULL);
	(void)stage("c", "take", "count", "1");
	(void)range("d", "3");
	(void)range("d", "3");
	(void)stage("d", "null", NULL, NULL);
	fails("2//@0: \"filter\" cannot be the first stage; a stream starts with a source, {\"from\": "
	      "stream}, an "
	      "inbox or a combiner\n"
	      "5//@0: \"null\" is a sink; no stage can come after it\n"
	      "8//@0: \"range\" can only be the first stage of a stream\n"
	      "1//@0: stream \"a\" is left open and no stream draws from it; end it in a sink\n"
	      "6//@0: stream \"c\" is left open and no stream draws from it; end it in a sink\n");
}
END_TEST

START_TEST(streams_draw_from_open_streams_that_exist)
{
	int s;

	(void)range("numbers", "3");
	(void)stage("numbers", "null", NULL, NULL);
	(void)weir_build_from(b, "b", "numbers");
	(void)stage("b", "null", NULL, NULL);
	(void)weir_build_from(b, "c", "nmbers");
	(void)stage("c", "null", NULL, NULL);
	s = source("d", "merge");
	(void)weir_build_set(b, s, "streams", "zzzz");
	(void)weir_build_set(b, s, "streams", "numbers");
	(void)stage("d", "null", NULL, NULL);
	s = source("e", "merge");
	(void)stage("e", "null", NULL, NULL);
	fails("2/from/@0: stream \"numbers\" ends in a sink; only an open stream can be drawn from\n"
	      "4/from/@0: unknown stream \"nmbers\"; did you mean \"numbers\"?\n"
	      "6/streams/0@0: unknown stream \"zzzz\"\n"
	      "6/streams/1@0: stream \"numbers\" ends in a sink; only an open stream can be drawn from\n"
	      "8/streams/@0: \"merge\" needs \"streams\"\n");
}
END_TEST

START_TEST(cycles_are_told_once)
{
	int s;

	(void)weir_build_from(b, "a", "c");
	(void)stage("a", "filter", "when", "true");
	(void)weir_build_from(b, "b", "a");
	(void)stage("b", "filter", "when", "true");
	s = source("c", "merge");
	(void)weir_build_set(b, s, "streams", "b");
	(void)weir_build_from(b, "d", "c");
	(void)stage("d", "null", NULL, NULL);
	(void)weir_build_from(b, "self", "self");
	(void)stage("self", "filter", "when", "true");
	fails("0/from/@0: stream \"a\" draws from itself; streams must not form a cycle\n"
	      "7/from/@0: stream \"self\" draws from itself; streams must not form a cycle\n");
}
END_TEST

START_TEST(streams_that_only_draw_from_each_other_are_told)
{
	(void)weir_build_from(b, "a", "b");
	(void)weir_build_from(b, "b", "a");
	fails("0/from/@0: stream \"b\" draws from itself\n"
	      "1/from/@0: stream \"a\" draws from itself\n");
}
END_TEST

START_TEST(streams_inside_streams_come_to_an_end)
{
	static const char *const names[] = { "a", "b", "c" };
	int s;

	for (int i = 0; i < 3; i++) {
		s = i == 0 ? range("a", "3") : range(names[i], "9");
		if (i == 2)
			continue;
		s = add(names[i], "flat_map", false);
		(void)weir_build_set(b, s, "stream", names[i + 1]);
		(void)weir_build_set(b, s, "max_inner", "250");
	}
	(void)stage("a", "null", NULL, NULL);
	fails("-1/stream/@0: streams inside streams come to more than 4096; give them fewer slots\n");
}
END_TEST

START_TEST(side_streams_start_with_an_inbox_that_somebody_feeds)
{
	int s;

	s = range("a", "3");
	(void)s;
	s = stage("a", "filter", "when", "1 / n > 0");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "b");
	s = stage("a", "filter", "when", "true");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "nowhere");
	(void)stage("a", "null", NULL, NULL);
	(void)range("b", "3");
	(void)stage("b", "null", NULL, NULL);
	s = source("c", "inbox");
	(void)weir_build_set(b, s, "capacity", "3");
	(void)stage("c", "null", NULL, NULL);
	fails("1/on_error/@0: stream \"b\" does not start with an inbox; only such a stream can be sent to\n"
	      "2/on_error/@0: unknown stream \"nowhere\"\n"
	      "6//@0: nothing is sent to this inbox; a stage names its stream by {\"to\": \"c\"}\n");
}
END_TEST

START_TEST(records_that_meet_must_be_the_same)
{
	int s;

	add_reading();
	(void)range("a", "3");
	s = stage("a", "map", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "m", "n");
	(void)range("b", "3");
	s = source("c", "merge");
	(void)weir_build_set(b, s, "streams", "a");
	(void)weir_build_set(b, s, "streams", "b");
	(void)stage("c", "null", NULL, NULL);
	(void)range("d", "3");
	s = stage("d", "filter", "when", "1 / n > 0");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "bad");
	(void)stage("d", "null", NULL, NULL);
	s = source("bad", "inbox");
	(void)weir_build_set(b, s, "capacity", "3");
	(void)weir_build_set(b, s, "record", "reading");
	(void)stage("bad", "null", NULL, NULL);
	fails("3/streams/1@0: the streams must have the same fields; they differ at field \"n\"\n"
	      "8/record/@0: what is sent to this inbox has another record; they differ at field \"node\"\n");
}
END_TEST

START_TEST(names_are_given_once)
{
	int s;

	(void)range("a", "3");
	s = stage("a", "take", "count", "1");
	(void)weir_build_id(b, s, "one");
	s = stage("a", "take", "count", "1");
	(void)weir_build_id(b, s, "one");
	s = stage("a", "file", "path", "./out");
	(void)weir_build_set(b, s, "format", "csv");
	(void)range("b", "3");
	s = stage("b", "file", "path", "out");
	(void)weir_build_set(b, s, "format", "csv");
	(void)range("c", "3");
	(void)stage("c", "output", "name", "x");
	(void)range("d", "3");
	(void)stage("d", "output", "name", "x");
	fails("2/id/@0: there are two stages with id \"one\"; give each its own\n"
	      "5/path/@0: two sinks write \"out\"; merge their streams into one\n"
	      "9/name/@0: there are two ports \"x\"; give each its own name\n");
}
END_TEST

START_TEST(records_have_one_field_of_a_name)
{
	static const struct weir_field twice[] = { { .name = "x" }, { .name = "x" } };
	static const struct weir_field huge[] = { { .name = "x", .kind = WEIR_TEXT, .text_max = 65535 } };

	ck_assert_int_eq(weir_build_record(b, "twice", twice, 2), WEIR_EINVAL);
	ck_assert_int_eq(weir_build_record(b, "huge", huge, 1), WEIR_ERANGE);
	add_reading();
	ck_assert_int_eq(weir_build_record(b, "reading", reading_fields, 4), WEIR_EINVAL);
	ck_assert_str_eq(told, "-1/twice/x#@0: record \"twice\": field \"x\" is declared twice\n"
			       "-1/huge/@0: record \"huge\": is larger than 65535 bytes\n"
			       "-1/reading/@0: record \"reading\": is declared twice\n");
}
END_TEST

/* ---- time ---- */

START_TEST(the_time_of_a_record_is_its_only_time_field_or_named)
{
	static const struct weir_field two[] = { { .name = "x", .kind = WEIR_U8 },
		{ .name = "a", .kind = WEIR_TIME }, { .name = "b", .kind = WEIR_TIME } };
	const struct weir_plan *plan;
	int s;

	for (int named = 0; named < 4; named++) {
		open_build(WEIR_CLOCK_EVENT);
		(void)weir_build_record(b, "two", two, 3);
		s = source("a", "file");
		(void)weir_build_set(b, s, "path", "x");
		(void)weir_build_set(b, s, "format", "csv");
		(void)weir_build_set(b, s, "record", "two");
		if (named > 0)
			(void)weir_build_set(b, s, "time", named == 1 ? "b" : named == 2 ? "x" : "c");
		(void)stage("a", "null", NULL, NULL);
		if (named == 1) {
			plan = finish();
			ck_assert_uint_eq(plan->stages[1].instant_offset, 16);
		} else {
			fails(named == 0
					? "0//@0: the record has 2 time fields; say which one is its time by "
					  "\"time\"\n"
				: named == 2 ? "0/time/@0: field \"x\" is u8; a record's time is a field of "
					       "type time\n"
					     : "0/time/@0: unknown field \"c\"\n");
		}
	}
}
END_TEST

START_TEST(types_say_what_they_do_not_take)
{
	int s;

	(void)range("a", "3");
	s = stage("a", "window", NULL, NULL);
	(void)weir_build_entry(b, s, "emit", "n", "count()");
	(void)stage("a", "null", NULL, NULL);
	fails("1//@0: the window has no length; give one of tumbling, sliding, session, count\n");
}
END_TEST

START_TEST(a_plan_is_made_once)
{
	const struct weir_plan *plan;

	(void)range("a", "3");
	(void)stage("a", "null", NULL, NULL);
	(void)finish();
	ck_assert_int_eq(weir_build_finish(b, &plan), WEIR_EBUSY);
	ck_assert_int_eq(weir_build_stage(b, "a", NULL), WEIR_EBUSY);
	ck_assert_int_eq(weir_build_set(b, 0, "to", "3"), WEIR_EINVAL);
	ck_assert_int_eq(weir_build_id(b, 77, "x"), WEIR_EINVAL);
}
END_TEST

START_TEST(nothing_is_no_pipeline)
{
	fails("-1//@0: there are no streams\n");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build/faults");
	TCase *t = tcase_create("build/faults");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, durations_have_units);
	tcase_add_test(t, parameters_are_judged_by_their_table);
	tcase_add_test(t, fields_are_looked_up_in_the_record_that_comes);
	tcase_add_test(t, expressions_are_told_where_they_stand);
	tcase_add_test(t, formats_are_judged);
	tcase_add_test(t, hot_sources_must_name_their_overflow);
	tcase_add_test(t, what_was_told_already_is_not_told_again);
	tcase_add_test(t, streams_begin_and_end_as_they_must);
	tcase_add_test(t, streams_draw_from_open_streams_that_exist);
	tcase_add_test(t, cycles_are_told_once);
	tcase_add_test(t, streams_that_only_draw_from_each_other_are_told);
	tcase_add_test(t, streams_inside_streams_come_to_an_end);
	tcase_add_test(t, side_streams_start_with_an_inbox_that_somebody_feeds);
	tcase_add_test(t, records_that_meet_must_be_the_same);
	tcase_add_test(t, names_are_given_once);
	tcase_add_test(t, records_have_one_field_of_a_name);
	tcase_add_test(t, the_time_of_a_record_is_its_only_time_field_or_named);
	tcase_add_test(t, types_say_what_they_do_not_take);
	tcase_add_test(t, a_plan_is_made_once);
	tcase_add_test(t, nothing_is_no_pipeline);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
