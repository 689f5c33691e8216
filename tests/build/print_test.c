/* SPDX-License-Identifier: MIT */
/*
 * print_test.c -- plans as C: compiled by the compiler of the build, without a warning, they are the same
 * tables, and their functions do what the interpreter does, to the last bit. Without a compiler the claims
 * that need one are passed over.
 */
#include "build_rig.h"
#include "compiler.h"

#include <weir/aggregates.h>

struct text {
	char bytes[1 << 18];
	size_t len;
	size_t fail_at; /* refuse what goes beyond; 0: nothing */
};

static struct text text;

static int put(void *arg, const char *bytes, size_t len)
{
	struct text *t = arg;

	if (t->fail_at > 0 && t->len + len > t->fail_at)
		return WEIR_EIO;
	ck_assert_uint_lt(t->len + len, sizeof t->bytes);
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
	t->bytes[t->len] = '\0';
	return 0;
}

static void print(const struct weir_plan *plan)
{
	memset(&text, 0, sizeof text);
	ck_assert_int_eq(weir_plan_print(plan, "demo", put, &text), 0);
}

static const struct weir_field all_fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .unit_ns = 1000000 },
	{ .name = "node", .kind = WEIR_U8 },
	{ .name = "yes", .kind = WEIR_BOOL },
	{ .name = "i", .kind = WEIR_I64 },
	{ .name = "j", .kind = WEIR_I32 },
	{ .name = "u", .kind = WEIR_U64 },
	{ .name = "f", .kind = WEIR_F32 },
	{ .name = "d", .kind = WEIR_F64 },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 6 },
};

/* Something of everything. */
static const struct weir_plan *demo(void)
{
	static const char *const values[] = { "time(i) + 1000", "node * 2 + i % 7", "i / j", "u * 3 - 1",
		"clamp(f * 1.8 + 32, -10, 200.5)", "sqrt(d) + floor(f) * round(d) - 0.1",
		"j != 0 && i / j > 2 || yes", "j != 0 ? i % j : -1", "name < 'm' ? name : 'a?\"\\\\b'",
		"name == 'ab'", "(i << (node & 31)) ^ ~i", "u8(abs(j))",
		"hour(at) + minute(at) * weekday(at)", "isnan(d)", "min(i, j, node)", "i64(d)", "f32(d) * f",
		"u >> 3", "-i", "max(f, 1.5)" };
	char name[8];
	int s;

	(void)weir_build_record(b, "all", all_fields, sizeof all_fields / sizeof all_fields[0]);
	s = source("a", "input");
	(void)weir_build_set(b, s, "name", "in\"put");
	(void)weir_build_set(b, s, "record", "all");
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		char id[8];

		snprintf(name, sizeof name, "s%u", (unsigned)i);
		snprintf(id, sizeof id, "x%u", (unsigned)i);
		(void)weir_build_from(b, name, "a");
		s = stage(name, "map", NULL, NULL);
		(void)weir_build_entry(b, s, "fields", "node", "node");
		(void)weir_build_entry(b, s, "fields", "x", values[i]);
		(void)weir_build_on_error(b, s, WEIR_ON_ERROR_DROP, NULL);
		(void)stage(name, "filter", "when", "node > 3");
		(void)weir_build_id(b, s, id);
		(void)stage(name, "null", NULL, NULL);
	}
	(void)weir_build_from(b, "w", "a");
	s = stage("w", "window", "tumbling", "60s");
	(void)weir_build_set(b, s, "key", "node,name");
	(void)weir_build_set(b, s, "time", "at");
	(void)weir_build_entry(b, s, "emit", "name", "name");
	(void)weir_build_entry(b, s, "emit", "n", "count()");
	(void)weir_build_entry(b, s, "emit", "mean", "avg(f * 2)");
	(void)weir_build_entry(b, s, "emit", "end", "window_end()");
	(void)stage("w", "stdout", "format", "csv");
	return finish();
}

/* ---- compiling ---- */

/* The printed plan, compiled and loaded; NULL: there is no compiler. */
static const struct weir_plan *compiled(const struct weir_plan *plan)
{
	static const char header[] = "#include <weir/plan.h>\nconst struct weir_plan *demo_plan(void);\n";
	const struct weir_plan *(*get)(void);
	struct compiler c;
	void *symbol;

	compiler_open(&c);
	print(plan);
	compiler_write(&c, "demo.h", header, strlen(header));
	compiler_write(&c, "demo.c", text.bytes, text.len);
	compiler_check(&c, false);
	symbol = compiler_load(&c, "demo_plan");
	compiler_close(&c);
	if (symbol == NULL)
		return NULL;
	memcpy(&get, &symbol, sizeof get);
	return get();
}

/* ---- comparing ---- */

static uint64_t next_random(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return *state >> 16;
}

static void random_item(unsigned char *item, uint16_t size, const struct weir_record *r, uint64_t *state)
{
	memset(item, 0, size);
	for (uint16_t i = 0; r != NULL && i < r->n_fields; i++) {
		const struct weir_field *f = &r->fields[i];
		size_t bytes = weir_kind_size((enum weir_kind)f->kind, f->text_max);
		uint64_t v = next_random(state);
		uint16_t len = (uint16_t)(v % (f->text_max + 1u));
		double d = (double)(int64_t)(v % 4001) / 8 - 250;
		float single = (float)d;

		if (f->kind == WEIR_BOOL) {
			item[f->offset] = v & 1;
		} else if (f->kind == WEIR_TEXT) {
			memcpy(item + f->offset, &len, 2);
			for (uint16_t k = 0; k < len; k++)
				item[f->offset + 2 + k] = (unsigned char)('a' + next_random(state) % 20);
		} else if (f->kind == WEIR_F32) {
			memcpy(item + f->offset, &single, 4);
		} else if (f->kind == WEIR_F64) {
			memcpy(item + f->offset, &d, 8);
		} else {
			v = (v & 3) == 0   ? v % 5
			    : (v & 3) == 1 ? UINT64_MAX - v % 5
			    : (v & 3) == 2 ? v << 20
					   : v;
			memcpy(item + f->offset, &v, bytes);
		}
	}
}

/* Both over many records: the same fate, the same bytes. Returns how many passed. */
static unsigned compare_runs(
	const struct weir_program *p, const struct weir_program *q, const struct weir_record *in)
{
	_Alignas(8) unsigned char item[256], a[256], c[256];
	uint64_t state = 7;
	unsigned passed = 0;

	ck_assert_uint_le(p->in_size, sizeof item);
	ck_assert_ptr_nonnull((void *)(uintptr_t)q->native);
	for (unsigned i = 0; i < 2000; i++) {
		uint32_t dropped_a[64] = { 0 }, dropped_c[64] = { 0 };
		struct weir_ran ra, rc;

		random_item(item, p->in_size, in, &state);
		memset(a, 0xee, sizeof a);
		memset(c, 0xee, sizeof c);
		ra = weir_program_run(p, NULL, NULL, item, NULL, 1, a, NULL, dropped_a);
		rc = weir_program_run(q, NULL, NULL, item, NULL, 1, c, NULL, dropped_c);
		ck_assert_int_eq(ra.fault, rc.fault);
		ck_assert_uint_eq(ra.fault_segment, rc.fault_segment);
		ck_assert_uint_eq(ra.made, rc.made);
		ck_assert_mem_eq(dropped_a, dropped_c, sizeof dropped_a);
		if (ra.made > 0)
			ck_assert_mem_eq(a, c, sizeof a);
		passed += ra.made;
	}
	return passed;
}

static void compare_edges(const struct weir_plan *p, const struct weir_plan *q)
{
	for (uint16_t i = 0; i < p->n_edges; i++) {
		const struct weir_edge_def *a = &p->edges[i], *c = &q->edges[i];

		ck_assert_uint_eq(a->from, c->from);
		ck_assert_uint_eq(a->to, c->to);
		ck_assert_uint_eq(a->from_port, c->from_port);
		ck_assert_uint_eq(a->to_port, c->to_port);
		ck_assert(weir_record_same(p->records[a->record], q->records[c->record]));
		ck_assert_uint_eq(a->drops, c->drops);
		ck_assert_uint_eq(a->cap_items, c->cap_items);
		ck_assert_uint_eq(a->buffer_items, c->buffer_items);
		ck_assert(a->owned == c->owned && a->has_time == c->has_time && a->inner == c->inner &&
			  a->instants == c->instants);
	}
}

static void compare_stages(const struct weir_plan *p, const struct weir_plan *q)
{
	for (uint16_t i = 0; i < p->n_stages; i++) {
		const struct weir_stage_def *a = &p->stages[i], *c = &q->stages[i];

		ck_assert_str_eq(a->id, c->id);
		ck_assert_ptr_eq(a->type, c->type);
		ck_assert_uint_eq(a->group, c->group);
		ck_assert_uint_eq(a->first_in, c->first_in);
		ck_assert_uint_eq(a->n_in, c->n_in);
		ck_assert_uint_eq(a->first_out, c->first_out);
		ck_assert_uint_eq(a->n_out, c->n_out);
		ck_assert_uint_eq(a->error_edge, c->error_edge);
		ck_assert_uint_eq(a->instant_offset, c->instant_offset);
		ck_assert_uint_eq(a->on_error, c->on_error);
		ck_assert((a->program == NULL) == (c->program == NULL));
		if (a->type->as_program == NULL) /* else they are in the group's program */
			ck_assert((a->params == NULL) == (c->params == NULL));
	}
}

START_TEST(what_is_printed_compiles_to_the_same_plan)
{
	const struct weir_plan *plan, *same;
	unsigned passed = 0, programs = 0;

	open_build(WEIR_CLOCK_EVENT);
	plan = demo();
	same = compiled(plan);
	if (same == NULL)
		return;
	ck_assert_uint_eq(plan->n_stages, same->n_stages);
	ck_assert_uint_eq(plan->n_edges, same->n_edges);
	ck_assert_uint_eq(plan->max_barriers, same->max_barriers);
	ck_assert_uint_eq(plan->clock, same->clock);
	ck_assert_str_eq(plan->name, same->name);
	compare_edges(plan, same);
	compare_stages(plan, same);
	ck_assert_uint_gt(weir_instance_size(plan, NULL, NULL), 0);
	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_stage_def *d = &plan->stages[i];

		if (d->program == NULL)
			continue;
		programs++;
		passed += compare_runs(d->program, same->stages[i].program,
			plan->records[plan->edges[plan->inputs[d->first_in]].record]);
	}
	ck_assert_uint_eq(programs, 20);
	ck_assert_uint_gt(passed, 5000);
}
END_TEST

START_TEST(parameters_are_printed_by_name)
{
	const struct weir_plan *plan, *same;
	const struct weir_window_params *a, *c;
	int w;

	plan = demo();
	print(plan);
	ck_assert_ptr_nonnull(
		strstr(text.bytes, "static const struct weir_window_params w_1_window_params = {\n"));
	ck_assert_ptr_nonnull(strstr(text.bytes, "\t.tumbling_ns = UINT64_C(60000000000),\n"));
	ck_assert_ptr_nonnull(strstr(text.bytes, "\t.name = \"in\\042put\",\n"));
	ck_assert_ptr_nonnull(strstr(text.bytes, ".type = &weir_window_type"));
	same = compiled(plan);
	if (same == NULL)
		return;
	w = weir_stage_index(plan, "w.1.window");
	a = plan->stages[w].params;
	c = same->stages[w].params;
	ck_assert_uint_eq(a->tumbling_ns, c->tumbling_ns);
	ck_assert_uint_eq(a->max_keys, c->max_keys);
	ck_assert_uint_eq(a->key.n_fields, c->key.n_fields);
	ck_assert_str_eq(a->key.fields[1]->name, c->key.fields[1]->name);
	ck_assert_str_eq(a->time->name, c->time->name);
	ck_assert_uint_eq(a->emit->n_list, c->emit->n_list);
	ck_assert_uint_eq(a->emit->end_offset, c->emit->end_offset);
	ck_assert_mem_eq(a->emit->list, c->emit->list, a->emit->n_list * sizeof *a->emit->list);
	(void)compare_runs(a->emit->args, c->emit->args, plan->records[plan->edges[0].record]);
	(void)compare_runs(a->emit->emit, c->emit->emit, a->emit->made);
}
END_TEST

START_TEST(combiners_are_printed_with_what_they_go_by)
{
	const struct weir_plan *plan, *same;
	const struct weir_merge_sorted_params *c;
	int s, emit, sorted;

	add_reading();
	for (int i = 0; i < 2; i++) {
		s = source(i == 0 ? "a" : "b", "input");
		(void)weir_build_set(b, s, "name", i == 0 ? "a" : "b");
		(void)weir_build_set(b, s, "record", "reading");
	}
	s = source("z", "zip");
	(void)weir_build_set(b, s, "streams", "a");
	(void)weir_build_set(b, s, "streams", "b");
	(void)weir_build_entry(b, s, "emit", "by", "a.temp - b.temp");
	(void)stage("z", "null", NULL, NULL);
	s = source("m", "merge_sorted");
	(void)weir_build_set(b, s, "streams", "a");
	(void)weir_build_set(b, s, "streams", "b");
	(void)weir_build_set(b, s, "by", "at");
	(void)weir_build_set(b, s, "idle", "5s");
	(void)stage("m", "null", NULL, NULL);
	plan = finish();
	same = compiled(plan);
	if (same == NULL)
		return;
	compare_edges(plan, same);
	compare_stages(plan, same);
	emit = weir_stage_index(same, "z.0.emit");
	sorted = weir_stage_index(same, "m.0.merge_sorted");
	ck_assert_int_ge(emit, 0);
	ck_assert_int_ge(sorted, 0);
	c = same->stages[sorted].params;
	ck_assert_str_eq(c->by->name, "at");
	ck_assert_uint_eq(c->idle_ns, 5000000000u);
	ck_assert_uint_gt(
		compare_runs(plan->stages[emit].program, same->stages[emit].program,
			plan->records[plan->edges[plan->inputs[plan->stages[emit].first_in]].record]),
		0);
}
END_TEST

/* The error record is weir's own, and has no name in what is printed: its fields are printed again. */
START_TEST(keys_of_error_records_are_printed)
{
	const struct weir_plan *plan, *same;
	const struct weir_window_params *c;
	int s;

	add_reading();
	s = source("a", "input");
	(void)weir_build_set(b, s, "name", "a");
	(void)weir_build_set(b, s, "record", "reading");
	s = stage("a", "filter", "when", "1 / node > 0");
	(void)weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "bad");
	(void)stage("a", "null", NULL, NULL);
	s = source("bad", "inbox");
	(void)weir_build_set(b, s, "capacity", "4");
	(void)weir_build_set(b, s, "overflow", "suspend");
	s = stage("bad", "window", "tumbling", "60s");
	(void)weir_build_set(b, s, "key", "stage,code");
	(void)weir_build_set(b, s, "time", "at");
	(void)weir_build_entry(b, s, "emit", "n", "count()");
	(void)stage("bad", "null", NULL, NULL);
	plan = finish();
	same = compiled(plan);
	if (same == NULL)
		return;
	compare_edges(plan, same);
	c = same->stages[weir_stage_index(same, "bad.1.window")].params;
	ck_assert_str_eq(c->key.fields[1]->name, "code");
	ck_assert_str_eq(c->time->name, "at");
}
END_TEST

START_TEST(printing_twice_gives_the_same_text)
{
	static char first[sizeof text.bytes];
	const struct weir_plan *plan = demo();

	print(plan);
	memcpy(first, text.bytes, sizeof first);
	open_build(WEIR_CLOCK_MONOTONIC);
	print(demo());
	ck_assert_str_eq(first, text.bytes);
}
END_TEST

START_TEST(a_failed_write_is_returned)
{
	const struct weir_plan *plan = demo();

	for (size_t at = 1; at < 20000; at += 777) {
		memset(&text, 0, sizeof text);
		text.fail_at = at;
		ck_assert_int_eq(weir_plan_print(plan, "demo", put, &text), WEIR_EIO);
		ck_assert_uint_le(text.len, at);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build/print");
	TCase *t = tcase_create("build/print");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, what_is_printed_compiles_to_the_same_plan);
	tcase_add_test(t, parameters_are_printed_by_name);
	tcase_add_test(t, combiners_are_printed_with_what_they_go_by);
	tcase_add_test(t, keys_of_error_records_are_printed);
	tcase_add_test(t, printing_twice_gives_the_same_text);
	tcase_add_test(t, a_failed_write_is_returned);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
