/* SPDX-License-Identifier: MIT */
/*
 * port_formats_test.c -- a port with a format takes and gives bytes: cut anywhere, they are the same stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/load.h>
#include <weir/operators.h>

#include "support/probe.h"

#define BYTES_MAX 65536u

static const char *const formats[] = { "csv", "ndjson", "binary", "frames" };
static const uint32_t cuts[] = { 1, 2, 7, 64, BYTES_MAX };

struct bytes {
	unsigned char at[BYTES_MAX];
	uint32_t n;
};

struct pipeline {
	struct weir_definition *definition;
	struct weir_instance *in;
	struct probe_clock clock;
	void *memory;
	uint16_t from, to;
};

static const struct weir_plan *load(struct weir_definition **d, const char *text)
{
	char json[1024];
	size_t len = strlen(text);

	ck_assert_uint_lt(len, sizeof json);
	for (size_t i = 0; i <= len; i++)
		json[i] = text[i] == '\'' ? '"' : text[i];
	ck_assert_int_eq(weir_definition_open_text(d, "t", json, len, NULL), WEIR_OK);
	return weir_definition_plan(*d);
}

static void start(struct pipeline *p, const char *clock, const char *from, const char *to)
{
	const struct weir_plan *plan;
	char text[1024];
	size_t size;

	snprintf(text, sizeof text,
		"{'weir': 1, 'clock': '%s', 'records': {'r': {'at': 'time', 'name': 'text(9)', 'x': 'i32'}},"
		" 'streams': {'s': [{'input': {'name': 'a', 'record': 'r', 'format': '%s'}},"
		" {'filter': 'x %% 3 != 0'}, {'output': {'name': 'b', 'format': '%s'}}]}}",
		clock, from, to);
	plan = load(&p->definition, text);
	size = weir_instance_size(plan, NULL, NULL);
	p->memory = aligned_alloc(16, (size + 15) & ~(size_t)15);
	ck_assert_ptr_nonnull(p->memory);
	probe_clock_init(&p->clock);
	ck_assert_int_eq(
		weir_instance_init(&p->in, p->memory, size, plan, &p->clock.platform, NULL), WEIR_OK);
	ck_assert_int_eq(weir_start(p->in), WEIR_OK);
	p->from = (uint16_t)weir_stage_index(plan, "s.0.input");
	p->to = (uint16_t)weir_stage_index(plan, "s.2.output");
}

static void end(struct pipeline *p)
{
	ck_assert(weir_ended(p->in));
	ck_assert(!weir_failed(p->in));
	weir_fini(p->in);
	probe_check_ledger(p->in);
	free(p->memory);
	weir_definition_close(p->definition);
}

/* All of `in`, pushed and pulled in pieces. */
static void convert(
	struct pipeline *p, const struct bytes *in, uint32_t push, uint32_t pull, struct bytes *out)
{
	uint32_t sent = 0;
	bool closed = false;
	int64_t n;

	out->n = 0;
	do {
		uint32_t piece = in->n - sent < push ? in->n - sent : push;
		uint32_t room = BYTES_MAX - out->n < pull ? BYTES_MAX - out->n : pull;

		n = weir_push(p->in, p->from, in->at + sent, NULL, piece);
		if (!closed)
			ck_assert_int_ge(n, 0);
		sent += closed ? 0 : (uint32_t)n;
		if (sent == in->n && !closed)
			closed = weir_push_end(p->in, p->from) == WEIR_OK;
		n = weir_pull(p->in, p->to, out->at + out->n, NULL, room);
		ck_assert(n >= 0 || n == WEIR_ENDED);
		out->n += n > 0 ? (uint32_t)n : 0;
	} while (n != WEIR_ENDED);
}

static void readings(struct bytes *csv)
{
	int n = snprintf((char *)csv->at, BYTES_MAX, "at,name,x\n");

	for (int i = 0; i < 200; i++)
		n += snprintf((char *)csv->at + n, BYTES_MAX - (size_t)n,
			"1970-01-01T00:%02d:%02dZ,no. %d,%d\n", i / 60, i % 60, i, i * 7);
	csv->n = (uint32_t)n;
}

START_TEST(bytes_may_be_cut_anywhere)
{
	static struct bytes csv, whole, given, got;
	const char *format = formats[_i];
	struct pipeline p;

	readings(&csv);
	start(&p, "monotonic", "csv", format);
	convert(&p, &csv, BYTES_MAX, BYTES_MAX, &given);
	end(&p);
	start(&p, "monotonic", format, "csv");
	convert(&p, &given, BYTES_MAX, BYTES_MAX, &whole);
	end(&p);
	ck_assert_uint_gt(whole.n, csv.n / 2);
	ck_assert_uint_lt(whole.n, csv.n);
	for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
		for (size_t k = 0; k < sizeof cuts / sizeof *cuts; k++) {
			start(&p, "monotonic", format, "csv");
			convert(&p, &given, cuts[i], cuts[k], &got);
			end(&p);
			ck_assert_uint_eq(got.n, whole.n);
			ck_assert_mem_eq(got.at, whole.at, whole.n);
			start(&p, "monotonic", "csv", format);
			convert(&p, &csv, cuts[i], cuts[k], &got);
			end(&p);
			ck_assert_uint_eq(got.n, given.n);
			ck_assert_mem_eq(got.at, given.at, given.n);
		}
}
END_TEST

START_TEST(bytes_need_no_times_under_the_event_clock)
{
	static const char first[] = "{\"at\":\"1970-01-01T00:00:01Z\",\"name\":\"no. 1\",\"x\":7}\n";
	static struct bytes csv, got;
	struct pipeline p;

	readings(&csv);
	start(&p, "event", "csv", "ndjson");
	convert(&p, &csv, 100, 100, &got);
	end(&p);
	ck_assert_mem_eq(got.at, first, sizeof first - 1);
}
END_TEST

START_TEST(nothing_is_asked_for_before_a_pull)
{
	static struct bytes csv;
	struct weir_ledger ledger;
	struct pipeline p;
	uint16_t edge;

	readings(&csv);
	start(&p, "monotonic", "csv", "csv");
	edge = weir_plan_of(p.in)->inputs[weir_plan_of(p.in)->stages[p.to].first_in];
	ck_assert_int_gt(weir_push(p.in, p.from, csv.at, NULL, csv.n), 0);
	ck_assert_int_eq(weir_edge_ledger(p.in, edge, &ledger), WEIR_OK);
	ck_assert_uint_eq(ledger.requested, 0);
	weir_abort(p.in);
	weir_fini(p.in);
	free(p.memory);
	weir_definition_close(p.definition);
}
END_TEST

START_TEST(a_bad_line_is_told_by_the_ports_name)
{
	static struct bytes csv, got;
	const struct weir_error *e;
	struct pipeline p;

	csv.n = (uint32_t)snprintf((char *)csv.at, BYTES_MAX, "at,name,x\n1970-01-01T00:00:00Z,a,b\n");
	start(&p, "monotonic", "csv", "csv");
	convert(&p, &csv, BYTES_MAX, BYTES_MAX, &got);
	e = weir_first_error(p.in);
	ck_assert_ptr_nonnull(e);
	ck_assert_uint_eq(e->line, 2);
	ck_assert_str_eq(weir_plan_of(p.in)->stages[e->stage].origin, "a");
	weir_fini(p.in);
	free(p.memory);
	weir_definition_close(p.definition);
}
END_TEST

START_TEST(the_edge_of_a_port_with_a_format_is_one_of_bytes)
{
	const struct weir_plan *plan;
	struct pipeline p;

	start(&p, "monotonic", "frames", "binary");
	plan = weir_plan_of(p.in);
	ck_assert_ptr_eq(plan->records[plan->edges[plan->outputs[plan->stages[p.from].first_out]].record],
		&weir_bytes_record);
	ck_assert_ptr_eq(plan->records[plan->edges[plan->inputs[plan->stages[p.to].first_in]].record],
		&weir_bytes_record);
	ck_assert_ptr_eq(
		((const struct weir_input_params *)plan->stages[p.from].params)->record, &weir_bytes_record);
	weir_abort(p.in);
	weir_fini(p.in);
	free(p.memory);
	weir_definition_close(p.definition);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json/port_formats");
	TCase *tc = tcase_create("ports");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_loop_test(tc, bytes_may_be_cut_anywhere, 0, (int)(sizeof formats / sizeof *formats));
	tcase_add_test(tc, bytes_need_no_times_under_the_event_clock);
	tcase_add_test(tc, nothing_is_asked_for_before_a_pull);
	tcase_add_test(tc, a_bad_line_is_told_by_the_ports_name);
	tcase_add_test(tc, the_edge_of_a_port_with_a_format_is_one_of_bytes);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
