/* SPDX-License-Identifier: MIT */
/* build_test.c -- plans from C calls: what they look like, and that they run. */
#include "build_rig.h"
#include "support/probe.h"

/* ---- plans ---- */

static const struct weir_edge_def *out_of(const struct weir_plan *plan, const char *id, unsigned port)
{
	const struct weir_stage_def *d = by_id(plan, id);

	ck_assert_uint_lt(port, d->n_out);
	return &plan->edges[plan->outputs[d->first_out + port]];
}

/* What must hold for every plan. */
static void check_plan(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_edges; i++) {
		const struct weir_edge_def *e = &plan->edges[i];

		ck_assert_uint_lt(e->from, e->to);
		ck_assert_uint_lt(e->record, plan->n_records);
		ck_assert_uint_ge(e->cap_items, 1);
		ck_assert_uint_eq(plan->inputs[plan->stages[e->to].first_in + e->to_port], i);
		if (plan->stages[e->from].error_edge != i)
			ck_assert_uint_eq(plan->outputs[plan->stages[e->from].first_out + e->from_port], i);
	}
	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_stage_def *d = &plan->stages[i];

		for (uint16_t k = 1; k < d->group; k++) {
			ck_assert_uint_eq(d[k].group, 0);
			ck_assert_ptr_null(d[k].program);
			ck_assert(plan->edges[plan->inputs[d[k].first_in]].inner);
			ck_assert_uint_eq(plan->edges[plan->inputs[d[k].first_in]].from, i + k - 1u);
		}
	}
}

/* ---- running ---- */

struct running {
	struct probe_clock clock;
	struct weir_instance *instance;
	void *memory;
};

static void start(struct running *r, const struct weir_plan *plan)
{
	size_t size = weir_instance_size(plan, NULL, NULL);

	check_plan(plan);
	probe_clock_init(&r->clock);
	r->memory = aligned_alloc(16, (size + 15) & ~(size_t)15);
	ck_assert_ptr_nonnull(r->memory);
	ck_assert_int_eq(
		weir_instance_init(&r->instance, r->memory, size, plan, &r->clock.platform, NULL), 0);
	ck_assert_int_eq(weir_start(r->instance), 0);
}

static void stop(struct running *r)
{
	weir_fini(r->instance);
	free(r->memory);
}

/* Pull all of a port; items of `size` bytes into `to`. Returns how many. */
static uint32_t pull_all(struct running *r, const char *id, void *to, uint32_t most, size_t size)
{
	int stage_index = weir_stage_index(weir_plan_of(r->instance), id);
	uint32_t n = 0;
	int64_t got;

	while (n < most) {
		got = weir_pull(r->instance, (uint16_t)stage_index, (char *)to + n * size, NULL, most - n);
		if (got == WEIR_ENDED)
			break;
		ck_assert_int_ge(got, 0);
		if (got == 0 && weir_step(r->instance, 1000) == 0)
			break;
		n += (uint32_t)got;
	}
	return n;
}

START_TEST(a_pipeline_is_built_and_run_without_json)
{
	struct {
		int64_t start, n, total, most;
	} out[8];
	struct running r;
	int s;

	(void)range("numbers", "1000");
	s = stage("numbers", "map", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "at", "time(n * 10000000)"); /* every 10 ms */
	(void)weir_build_entry(b, s, "fields", "x", "n * 2");
	(void)stage("numbers", "filter", "when", "x % 3 == 0");
	s = stage("numbers", "window", "tumbling", "5s");
	(void)weir_build_set(b, s, "time", "at");
	(void)weir_build_entry(b, s, "emit", "start", "window_start()");
	(void)weir_build_entry(b, s, "emit", "n", "count()");
	(void)weir_build_entry(b, s, "emit", "total", "sum(x)");
	(void)weir_build_entry(b, s, "emit", "most", "max(x) + 0");
	s = stage("numbers", "output", "name", "result");
	start(&r, finish());
	ck_assert_uint_eq(pull_all(&r, "numbers.4.output", out, 8, sizeof out[0]), 2);
	ck_assert_int_eq(out[0].start, 0);
	ck_assert_int_eq(out[0].n, 167); /* 0, 3 .. 498 */
	ck_assert_int_eq(out[0].total, 2 * 41583);
	ck_assert_int_eq(out[0].most, 996);
	ck_assert_int_eq(out[1].start, 5000000000);
	ck_assert_int_eq(out[1].n, 167); /* 501 .. 999 */
	stop(&r);
}
END_TEST

START_TEST(neighbours_that_are_programs_are_one_group)
{
	const struct weir_plan *plan;
	struct running r;
	int64_t out[64];
	int s;

	(void)range("a", "100");
	(void)stage("a", "filter", "when", "n % 2 == 0");
	s = stage("a", "set", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "n", "n * 10");
	(void)stage("a", "filter", "when", "n >= 500");
	(void)stage("a", "output", "name", "o");
	plan = finish();
	ck_assert_uint_eq(by_id(plan, "a.1.filter")->group, 3);
	ck_assert_ptr_nonnull(by_id(plan, "a.1.filter")->program);
	ck_assert_uint_eq(by_id(plan, "a.2.set")->group, 0);
	ck_assert(out_of(plan, "a.1.filter", 0)->inner);
	ck_assert(!out_of(plan, "a.3.filter", 0)->inner);
	ck_assert_uint_eq(out_of(plan, "a.3.filter", 0)->buffer_items, 0); /* range owns its buffer */
	ck_assert(out_of(plan, "a.3.filter", 0)->owned);
	start(&r, plan);
	ck_assert_uint_eq(pull_all(&r, "a.4.output", out, 64, 8), 25);
	ck_assert_int_eq(out[0], 500);
	ck_assert_int_eq(out[24], 980);
	stop(&r);
}
END_TEST

START_TEST(branches_share_by_a_tee_and_writers_get_memory)
{
	const struct weir_plan *plan;
	struct running r;
	int64_t evens[64], twice[128];
	int s;

	(void)range("a", "100");
	(void)weir_build_from(b, "even", "a");
	(void)stage("even", "filter", "when", "n % 2 == 0");
	(void)stage("even", "output", "name", "even");
	(void)weir_build_from(b, "twice", "a");
	s = stage("twice", "buffer", "capacity", "256");
	(void)s;
	s = stage("twice", "set", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "n", "n * 2");
	(void)stage("twice", "output", "name", "twice");
	plan = finish();
	ck_assert_uint_eq(by_id(plan, "a.tee")->n_out, 2);
	ck_assert(!out_of(plan, "a.tee", 0)->owned);
	ck_assert_uint_eq(out_of(plan, "a.tee", 0)->buffer_items, 0);
	ck_assert_uint_eq(out_of(plan, "even.1.filter", 0)->buffer_items, 2048); /* 16384 / 8 */
	ck_assert(out_of(plan, "even.1.filter", 0)->owned);
	ck_assert_uint_eq(out_of(plan, "twice.2.set", 0)->buffer_items, 2048); /* a buffer lends */
	start(&r, plan);
	ck_assert_uint_eq(pull_all(&r, "even.2.output", evens, 64, 8), 50);
	ck_assert_uint_eq(pull_all(&r, "twice.3.output", twice, 128, 8), 100);
	ck_assert_int_eq(evens[49], 98);
	ck_assert_int_eq(twice[99], 198);
	stop(&r);
}
END_TEST

START_TEST(an_alias_of_a_stream_is_drawn_through)
{
	const struct weir_plan *plan;

	(void)range("a", "3");
	(void)weir_build_from(b, "b", "a");
	(void)weir_build_from(b, "c", "b");
	(void)stage("c", "null", NULL, NULL);
	plan = finish();
	ck_assert_uint_eq(plan->n_stages, 2);
	ck_assert_uint_eq(plan->n_edges, 1);
}
END_TEST

START_TEST(a_format_puts_a_codec_beside_its_connector)
{
	const struct weir_plan *plan;
	const struct weir_csv_decode_params *params;
	const struct weir_file_sink_params *sink;
	int s, f;

	open_build(WEIR_CLOCK_EVENT);
	add_reading();
	s = source("readings", "file");
	(void)weir_build_set(b, s, "path", "in.csv");
	(void)weir_build_set(b, s, "format", "csv");
	(void)weir_build_set(b, s, "record", "reading");
	(void)weir_build_set(b, s, "header", "false");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_DROP, NULL);
	f = stage("readings", "file", "path", "out.csv");
	(void)weir_build_set(b, f, "format", "csv");
	(void)weir_build_set(b, f, "mode", "append");
	plan = finish();
	check_plan(plan);
	ck_assert_uint_eq(plan->n_stages, 4);
	ck_assert_str_eq(plan->stages[0].id, "readings.0.file");
	ck_assert_str_eq(plan->stages[1].id, "readings.0.csv");
	ck_assert_str_eq(plan->stages[2].id, "readings.1.csv");
	ck_assert_ptr_eq(plan->stages[1].type, &weir_csv_decode_type);
	ck_assert_str_eq(plan->stages[1].origin, "in.csv");
	params = plan->stages[1].params;
	ck_assert(!params->header);
	ck_assert_str_eq(params->record->name, "reading");
	sink = plan->stages[3].params;
	ck_assert(sink->skip_header);
	ck_assert_uint_eq(sink->mode, WEIR_FILE_APPEND);
	ck_assert_uint_eq(plan->stages[0].on_error, WEIR_ON_ERROR_FAIL);
	ck_assert_uint_eq(plan->stages[1].on_error, WEIR_ON_ERROR_DROP);
	ck_assert_uint_eq(plan->stages[0].instant_offset, WEIR_NO_INSTANT);
	ck_assert_uint_eq(plan->stages[1].instant_offset, 0);
	ck_assert(!plan->edges[0].instants);
	ck_assert(plan->edges[1].instants);
	ck_assert_uint_eq(plan->edges[0].buffer_items, 65536);
	ck_assert_uint_eq(plan->edges[1].cap_items, 16384 / 24);
	ck_assert_uint_eq(plan->edges[1].drops, WEIR_DROPS_BIT(CANCELLED));
	ck_assert_uint_eq(plan->edges[1].wastes, WEIR_DROPS_BIT(ERROR));
	ck_assert_ptr_eq(plan->records[plan->edges[0].record], &weir_bytes_record);
	ck_assert_ptr_eq(weir_build_output(b, s), params->record);
}
END_TEST

START_TEST(small_machines_get_small_spans)
{
	struct weir_build_options options = { .fault = tell, .span_bytes = 64, .span_items_max = 4 };
	const struct weir_plan *plan;
	int s;

	weir_build_close(b);
	b = weir_build_open("small", WEIR_CLOCK_MONOTONIC, &options);
	(void)range("a", "100");
	s = stage("a", "stdout", "format", "ndjson");
	(void)s;
	plan = finish();
	ck_assert_uint_eq(plan->edges[0].cap_items, 4);
	ck_assert_uint_ge(plan->edges[1].buffer_items, 64);
}
END_TEST

START_TEST(errors_and_late_items_go_to_inboxes)
{
	const struct weir_plan *plan;
	const struct weir_stage_def *bad;
	int s;

	open_build(WEIR_CLOCK_EVENT);
	add_reading();
	s = source("readings", "input");
	(void)weir_build_set(b, s, "name", "in");
	(void)weir_build_set(b, s, "record", "reading");
	s = stage("readings", "set", NULL, NULL);
	(void)weir_build_entry(b, s, "fields", "node", "node + 1");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "bad");
	s = stage("readings", "window", "tumbling", "60s");
	(void)weir_build_set(b, s, "late", "to:late");
	(void)weir_build_entry(b, s, "emit", "n", "count()");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "bad");
	(void)stage("readings", "null", NULL, NULL);
	s = source("bad", "inbox");
	(void)weir_build_set(b, s, "capacity", "16");
	(void)stage("bad", "null", NULL, NULL);
	s = source("late", "inbox");
	(void)weir_build_set(b, s, "capacity", "16");
	(void)weir_build_set(b, s, "record", "reading");
	(void)stage("late", "null", NULL, NULL);
	plan = finish();
	check_plan(plan);
	bad = by_id(plan, "bad.0.inbox");
	ck_assert_uint_eq(bad->n_in, 2);
	ck_assert_uint_eq(by_id(plan, "readings.1.set")->error_edge, plan->inputs[bad->first_in]);
	ck_assert_uint_eq(by_id(plan, "readings.1.set")->n_out, 1);
	ck_assert_uint_eq(by_id(plan, "readings.2.window")->n_out, 2);
	ck_assert_ptr_eq(plan->records[out_of(plan, "bad.0.inbox", 0)->record], &weir_error_record);
	ck_assert_str_eq(plan->records[out_of(plan, "late.0.inbox", 0)->record]->name, "reading");
	ck_assert_uint_eq(plan->edges[plan->inputs[bad->first_in]].buffer_items, 1);
	ck_assert_uint_eq(
		((const struct weir_window_params *)by_id(plan, "readings.2.window")->params)->late, 1);
	ck_assert(out_of(plan, "readings.2.window", 0)->has_time);
	ck_assert(!out_of(plan, "readings.2.window", 1)->has_time);
	ck_assert(out_of(plan, "readings.2.window", 1)->instants);
}
END_TEST

START_TEST(merged_streams_are_ports_in_order)
{
	const struct weir_plan *plan;
	int s;

	(void)range("a", "3");
	(void)range("b", "3");
	s = source("m", "merge");
	(void)weir_build_set(b, s, "streams", "b");
	(void)weir_build_set(b, s, "streams", "a");
	(void)stage("m", "null", NULL, NULL);
	plan = finish();
	check_plan(plan);
	s = weir_stage_index(plan, "m.0.merge");
	ck_assert_uint_eq(plan->stages[s].n_in, 2);
	ck_assert_str_eq(
		plan->stages[plan->edges[plan->inputs[plan->stages[s].first_in]].from].id, "b.0.range");
}
END_TEST

START_TEST(poll_values_make_their_record)
{
	const struct weir_poll_params *params;
	int s = source("load", "poll");

	(void)weir_build_set(b, s, "period", "1s");
	(void)weir_build_set(b, s, "overflow", "drop_oldest");
	(void)weir_build_entry(b, s, "values", "one.path", "/proc/loadavg");
	(void)weir_build_entry(b, s, "values", "free.path", "/proc/meminfo");
	(void)weir_build_entry(b, s, "values", "free.pattern", "MemFree:");
	(void)weir_build_entry(b, s, "values", "free.scale", "1024");
	(void)weir_build_entry(b, s, "values", "one.column", "2");
	(void)stage("load", "null", NULL, NULL);
	params = finish()->stages[0].params;
	ck_assert_uint_eq(params->period_ns, 1000000000);
	ck_assert_uint_eq(params->values->n, 2);
	ck_assert_str_eq(params->values->record->fields[0].name, "at");
	ck_assert_str_eq(params->values->record->fields[2].name, "free");
	ck_assert_uint_eq(params->values->list[0].column, 2);
	ck_assert(params->values->list[1].scale == 1024);
	ck_assert_str_eq(params->values->list[1].pattern, "MemFree:");
	ck_assert_ptr_eq(weir_build_output(b, s), params->values->record);
}
END_TEST

/* The second line of a diamond stands right behind the first in the plan, and is not fed by it. */
START_TEST(neighbours_that_do_not_feed_each_other_are_not_one_group)
{
	const struct weir_plan *plan;
	struct running r;
	int64_t out[64];
	int s;

	(void)range("a", "20");
	for (int k = 0; k < 2; k++) {
		const char *name = k == 0 ? "even" : "odd";

		(void)weir_build_from(b, name, "a");
		(void)stage(name, "filter", "when", k == 0 ? "n % 2 == 0" : "n % 2 == 1");
	}
	s = source("both", "merge");
	(void)weir_build_set(b, s, "streams", "even");
	(void)weir_build_set(b, s, "streams", "odd");
	(void)stage("both", "output", "name", "o");
	plan = finish();
	ck_assert_uint_eq(by_id(plan, "even.1.filter")->group, 1);
	ck_assert_uint_eq(by_id(plan, "odd.1.filter")->group, 1);
	ck_assert_ptr_eq(by_id(plan, "even.1.filter") + 1, by_id(plan, "odd.1.filter"));
	start(&r, plan);
	ck_assert_uint_eq(pull_all(&r, "both.1.output", out, 64, 8), 20);
	stop(&r);
}
END_TEST

START_TEST(what_a_hot_source_may_drop_has_a_counter_and_others_have_none)
{
	const struct weir_plan *plan;
	int s = source("a", "interval");

	(void)weir_build_set(b, s, "period", "1s");
	(void)weir_build_set(b, s, "overflow", "drop_newest");
	(void)stage("a", "null", NULL, NULL);
	(void)range("b", "3");
	(void)stage("b", "null", NULL, NULL);
	plan = finish();
	ck_assert_uint_eq(out_of(plan, "a.0.interval", 0)->wastes, WEIR_DROPS_BIT(OVERFLOW));
	ck_assert_uint_eq(out_of(plan, "b.0.range", 0)->wastes, 0);
}
END_TEST

static uint32_t room_for_the_longest(const char *format)
{
	static const struct weir_field fields[] = { { .name = "text", .kind = WEIR_TEXT, .text_max = 200 } };
	struct weir_build_options options = { .fault = tell, .span_bytes = 64, .span_items_max = 4 };
	int s;

	weir_build_close(b);
	b = weir_build_open("small", WEIR_CLOCK_MONOTONIC, &options);
	ck_assert_int_ge(weir_build_record(b, "words", fields, 1), 0);
	s = source("a", "input");
	(void)weir_build_set(b, s, "name", "in");
	(void)weir_build_set(b, s, "record", "words");
	(void)stage("a", "stdout", "format", format);
	return finish()->edges[1].buffer_items;
}

/* Its lines are longer than a small machine's spans of bytes. */
START_TEST(an_encoder_has_room_for_its_longest_line)
{
	ck_assert_uint_ge(room_for_the_longest("csv"), 2 * 200 + 3);
	ck_assert_uint_eq(room_for_the_longest("frames"), 2 + 200 + 2 + 1 + 1);
}
END_TEST

START_TEST(branches_take_turns_at_lines_only_where_there_are_some)
{
	static const char *const formats[] = { "csv", "ndjson", "binary", "frames" };

	for (int i = 0; i < 4; i++) {
		const struct weir_plan *plan;
		const struct weir_stdout_params *sink;

		open_build(WEIR_CLOCK_MONOTONIC);
		(void)range("a", "3");
		(void)stage("a", "stdout", "format", formats[i]);
		plan = finish();
		sink = plan->stages[plan->n_stages - 1].params;
		ck_assert_int_eq(sink->lines, i < 2);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build");
	TCase *t = tcase_create("build");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, a_pipeline_is_built_and_run_without_json);
	tcase_add_test(t, neighbours_that_are_programs_are_one_group);
	tcase_add_test(t, branches_share_by_a_tee_and_writers_get_memory);
	tcase_add_test(t, an_alias_of_a_stream_is_drawn_through);
	tcase_add_test(t, a_format_puts_a_codec_beside_its_connector);
	tcase_add_test(t, small_machines_get_small_spans);
	tcase_add_test(t, errors_and_late_items_go_to_inboxes);
	tcase_add_test(t, merged_streams_are_ports_in_order);
	tcase_add_test(t, poll_values_make_their_record);
	tcase_add_test(t, neighbours_that_do_not_feed_each_other_are_not_one_group);
	tcase_add_test(t, what_a_hot_source_may_drop_has_a_counter_and_others_have_none);
	tcase_add_test(t, an_encoder_has_room_for_its_longest_line);
	tcase_add_test(t, branches_take_turns_at_lines_only_where_there_are_some);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
