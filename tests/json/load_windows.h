/* SPDX-License-Identifier: MIT */
/* load_windows.h -- what is wrong with windows: rows of load_test.c. */
#ifndef WEIR_TEST_LOAD_WINDOWS_H
#define WEIR_TEST_LOAD_WINDOWS_H

#define FORM(params) WINDOW(params ", 'emit': {'n': 'count()'}")

static const struct row windows[] = {
	{ "window_without_a_form", STAGE("{'window': @{'emit': {'n': 'count()'}}}"),
		{ "the window has no length" } },
	{ "window_of_two_forms",
		STAGE("{'window': @{'tumbling': '1s', 'count': 3, 'emit': {'n': 'count()'}}}"),
		{ "the window has more than one length" } },
	{ "window_emits", STAGE("{'window': @{'tumbling': '1s'}}"), { "\"window\" needs \"emit\"" } },
	{ "every_does_not_go_with_tumbling", FORM("'tumbling': '10s', 'every': @'5s'"),
		{ "\"every\" does not go with \"tumbling\"; leave it out, or make the window \"sliding\"" } },
	{ "every_divides_sliding", FORM("'sliding': '10s', 'every': @'3s'"),
		{ "\"every\" does not divide \"sliding\"" } },
	{ "sliding_needs_every", FORM("'sliding': @'10s'"), { "\"sliding\" needs \"every\"" } },
	{ "sliding_every_so_many_items", FORM("'sliding': '10s', 'every': @5"),
		{ "\"every\" of a sliding window is a time, such as \"10s\"" } },
	{ "count_every_so_long", FORM("'count': 10, 'every': @'5s'"),
		{ "\"every\" of a window of \"count\" items is a number of items" } },
	{ "count_every_more", FORM("'count': 10, 'every': @11"), { "\"every\" is more than \"count\"" } },
	{ "count_every_nothing", FORM("'count': 10, 'every': @0"),
		{ "\"every\" must be between 1 and 4294967295" } },
	{ "count_every_what", FORM("'count': 10, 'every': @true"),
		{ "\"every\" is true or false; it wants a string with a unit, such as \"30s\", or a number "
		  "of" } },
	{ "count_has_no_lateness", FORM("'count': 10, 'lateness': @'1s'"),
		{ "\"lateness\" does not go with \"count\"" } },
	{ "median_needs_samples", STAGE("{'window': {'count': 10, 'emit': {'m': '1 + @median(temp)'}}}"),
		{ "median keeps values; give the window \"samples\"" } },
	{ "window_time_is_a_time", WINDOW("'tumbling': '1s', 'time': @'temp', 'emit': {'n': 'count()'}"),
		{ "field \"temp\" is f32" } },
	{ "window_key_is_no_float", WINDOW("'tumbling': '1s', 'key': @'temp', 'emit': {'n': 'count()'}"),
		{ "field \"temp\" is f32" } },
	{ "emit_of_a_field_that_is_no_key",
		WINDOW("'tumbling': '1s', 'key': 'node', 'emit': {'node': 'node', 't': '@temp'}"),
		{ "field \"temp\" is no key" } },
	{ "late_to_a_stream_of_another_record",
		DEF("'s': [" SRC ", {'map': {'at': 'at'}}, {'window': {'tumbling': '1s', 'time': 'at', "
		    "'late': {'to': 'late'}, "
		    "'emit': {'n': 'count()'}}}, " END "],\n"
		    "'late': [{'inbox': {'capacity': 4, 'record': @'r'}}, " END "]"),
		{ "what is sent to this inbox has another record" } },
	{ "late_is_drop_or_to", WINDOW("'tumbling': '1s', 'late': @'keep', 'emit': {'n': 'count()'}"),
		{ "\"late\" is a string" } },
};

#endif
