/* SPDX-License-Identifier: MIT */
/*
 * spans_test.c -- the span law (S-1) over every line of operators.def: however the input is cut, lent or
 * marked, and however the output is asked for, items, marks and counters are the same; and whenever the
 * sink cancels, the books balance.
 *
 * A case is a row of span_rows.h. An operator without a row fails the test: new ones are held to the law at once.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/kernels.h>
#include <weir/operators.h>

#include "laws/span_rows.h"
#include "support/probe.h"

#define ITEMS 24u

struct item {
	int64_t at;
	int64_t v;
	double w;
	uint16_t name_len;
	char name[6];
	uint8_t node;
	uint8_t pad[7];
};

static struct item items[ITEMS];
static const struct weir_field fields[] = { { .name = "at", .kind = WEIR_TIME },
	{ .name = "v", .kind = WEIR_I64 }, { .name = "w", .kind = WEIR_F64 },
	{ .name = "name", .kind = WEIR_TEXT, .text_max = 6 }, { .name = "node", .kind = WEIR_U8 } };

/* ---- building ---- */

static void tell(void *arg, const struct weir_build_place *place, const char *message)
{
	(void)arg;
	ck_abort_msg("stage %d %s: %s", place->stage, place->param != NULL ? place->param : "", message);
}

static const struct weir_op_type *operator_named(const char *name)
{
	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++)
		if (strcmp((*t)->name, name) == 0)
			return *t;
	ck_abort_msg("no operator %s", name);
	return NULL;
}

static int probe_stage(
	struct weir_build *b, const char *stream, const struct weir_op_type *type, const char *probe)
{
	int s = weir_build_stage(b, stream, type);

	ck_assert_int_ge(s, 0);
	ck_assert_int_eq(weir_build_set(b, s, "probe", probe), WEIR_OK);
	return s;
}

static void source(struct weir_build *b, const char *stream, const char *probe, bool bytes, bool lend)
{
	const struct weir_op_type *records = lend ? &probe_lender_type : &probe_source_type;
	const struct weir_op_type *raw = lend ? &probe_bytes_lender_type : &probe_bytes_type;
	int s = probe_stage(b, stream, bytes ? raw : records, probe);

	if (!bytes)
		ck_assert_int_eq(weir_build_set(b, s, "record", "r"), WEIR_OK);
}

static void apply(struct weir_build *b, int stage, const struct row *row)
{
	for (const struct set *s = row->sets; s < row->sets + SETS && s->param != NULL; s++) {
		if (s->entry != NULL)
			ck_assert_int_eq(weir_build_entry(b, stage, s->param, s->entry, s->value), WEIR_OK);
		else
			ck_assert_int_eq(weir_build_set(b, stage, s->param, s->value), WEIR_OK);
	}
	if (row->drop_errors)
		ck_assert_int_eq(weir_build_on_error(b, stage, WEIR_ON_ERROR_DROP, NULL), WEIR_OK);
}

static void build_linear(struct weir_build *b, const struct row *row, bool lend)
{
	source(b, "a", "0", row->text != NULL, lend);
	apply(b, weir_build_stage(b, "a", operator_named(row->op)), row);
	probe_stage(b, "a", &probe_sink_type, "0");
}

static void build_combine(struct weir_build *b, const struct row *row, bool lend)
{
	int s;

	source(b, "a", "0", false, lend);
	source(b, "c", "1", false, lend);
	s = weir_build_stage(b, "m", operator_named(row->op));
	apply(b, s, row);
	ck_assert_int_eq(weir_build_set(b, s, "streams", "a"), WEIR_OK);
	ck_assert_int_eq(weir_build_set(b, s, "streams", "c"), WEIR_OK);
	probe_stage(b, "m", &probe_sink_type, "0");
}

static void build_inner(struct weir_build *b, const struct row *row, bool lend)
{
	const struct weir_op_type *outer = operator_named(row->op);
	int s;

	if (outer == &weir_item_type)
		outer = &weir_flat_map_type;
	source(b, "a", "0", false, lend);
	s = weir_build_stage(b, "a", outer);
	apply(b, s, row);
	ck_assert_int_eq(weir_build_set(b, s, "stream", "in"), WEIR_OK);
	probe_stage(b, "a", &probe_sink_type, "0");
	s = weir_build_stage(b, "in", &weir_item_type);
	ck_assert_int_eq(weir_build_set(b, s, "record", "r"), WEIR_OK);
	weir_build_entry(b, weir_build_stage(b, "in", &weir_set_type), "fields", "v", "v + 1");
}

/* The rival is a port that nobody pushes to. */
static void build_race(struct weir_build *b, bool lend)
{
	int s;

	source(b, "a", "0", false, lend);
	s = weir_build_stage(b, "c", &weir_input_type);
	weir_build_set(b, s, "name", "silent");
	weir_build_set(b, s, "record", "r");
	s = weir_build_stage(b, "m", &weir_race_type);
	ck_assert_int_eq(weir_build_set(b, s, "streams", "c"), WEIR_OK);
	ck_assert_int_eq(weir_build_set(b, s, "streams", "a"), WEIR_OK);
	probe_stage(b, "m", &probe_sink_type, "0");
}

static void build_tee(struct weir_build *b, bool lend)
{
	source(b, "a", "0", false, lend);
	weir_build_from(b, "x", "a");
	probe_stage(b, "x", &probe_sink_type, "0");
	weir_build_from(b, "y", "a");
	weir_build_entry(b, weir_build_stage(b, "y", &weir_set_type), "fields", "v", "v + 1");
	probe_stage(b, "y", &probe_sink_type, "1");
}

static void build_inbox(struct weir_build *b, bool lend)
{
	int s;

	source(b, "a", "0", false, lend);
	s = weir_build_stage(b, "a", &weir_map_type);
	weir_build_entry(b, s, "fields", "x", "100 / (v % 5)");
	weir_build_on_error(b, s, WEIR_ON_ERROR_TO, "bad");
	probe_stage(b, "a", &probe_sink_type, "0");
	s = weir_build_stage(b, "bad", &weir_inbox_type);
	weir_build_set(b, s, "capacity", "3");
	weir_build_set(b, s, "overflow", "suspend");
	probe_stage(b, "bad", &probe_sink_type, "1");
}

static void build_ports(struct weir_build *b)
{
	int s = weir_build_stage(b, "p", &weir_input_type);

	weir_build_set(b, s, "name", "in");
	weir_build_set(b, s, "record", "r");
	weir_build_set(b, s, "capacity", "5");
	weir_build_id(b, s, "in");
	s = weir_build_stage(b, "p", &weir_output_type);
	weir_build_set(b, s, "name", "out");
	weir_build_id(b, s, "out");
}

static struct weir_build *build(const struct row *row, bool lend, const struct weir_plan **plan)
{
	struct weir_build_options options = { .fault = tell };
	struct weir_build *b = weir_build_open("law", row->clock, &options);

	ck_assert_ptr_nonnull(b);
	ck_assert_int_ge(weir_build_record(b, "r", fields, sizeof fields / sizeof *fields), 0);
	if (row->shape == LINEAR)
		build_linear(b, row, lend);
	else if (row->shape == COMBINE || row->shape == PAIR)
		build_combine(b, row, lend);
	else if (row->shape == INNER)
		build_inner(b, row, lend);
	else if (row->shape == RACE)
		build_race(b, lend);
	else if (row->shape == TEE)
		build_tee(b, lend);
	else if (row->shape == INBOX)
		build_inbox(b, lend);
	else
		build_ports(b);
	ck_assert_int_eq(weir_build_finish(b, plan), WEIR_OK);
	return b;
}

/* ---- running ---- */

struct result {
	unsigned char *bytes[2];
	uint32_t n_bytes[2], n_items[2], n_marks[2];
	struct probe_mark *marks[2];
	struct weir_ledger ledgers[16];
	uint16_t n_edges;
};

static void bill_sum(void *arg, const struct weir_bill_line *line)
{
	*(size_t *)arg += line->bytes;
}

static void keep(struct result *r, const struct weir_instance *in)
{
	memset(r, 0, sizeof *r);
	for (int k = 0; k < 2; k++) {
		const struct probe_log *l = &probe_logs[k];

		r->n_items[k] = l->n_items;
		r->n_marks[k] = l->n_marks;
		r->n_bytes[k] = l->n_items * l->size;
		r->bytes[k] = malloc(r->n_bytes[k] + 1);
		memcpy(r->bytes[k], l->bytes, r->n_bytes[k]);
		r->marks[k] = malloc((l->n_marks + 1) * sizeof *l->marks);
		memcpy(r->marks[k], l->marks, l->n_marks * sizeof *l->marks);
	}
	r->n_edges = weir_plan_of(in)->n_edges;
	for (uint16_t i = 0; i < r->n_edges && i < 16; i++)
		weir_edge_ledger(in, i, &r->ledgers[i]);
}

static void drop_result(struct result *r)
{
	for (int k = 0; k < 2; k++) {
		free(r->bytes[k]);
		free(r->marks[k]);
	}
}

static void run_plan(const struct weir_plan *plan, struct result *r)
{
	struct weir_instance *in;
	struct probe_clock clock;
	size_t sum = 0, size = weir_instance_size(plan, bill_sum, &sum);
	void *arena = aligned_alloc(16, size);

	ck_assert_uint_eq(sum, size);
	probe_clock_init(&clock);
	ck_assert_int_eq(
		weir_instance_init(&in, arena, size, plan, &clock.platform, weir_kernels_pick()), WEIR_OK);
	ck_assert_uint_eq(weir_arena_used(in), size);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	probe_run(&clock, in);
	ck_assert_msg(weir_ended(in), "the pipeline did not end");
	ck_assert_uint_eq(weir_timers_armed(in), 0);
	probe_check_ledger(in);
	weir_fini(in);
	if (r != NULL)
		keep(r, in);
	free(arena);
}

static void same_log(const struct result *a, const struct result *b, int k, const char *what)
{
	ck_assert_msg(
		a->n_items[k] == b->n_items[k], "%s: %u items, not %u", what, b->n_items[k], a->n_items[k]);
	ck_assert_msg(memcmp(a->bytes[k], b->bytes[k], a->n_bytes[k]) == 0, "%s: other items", what);
	ck_assert_msg(
		a->n_marks[k] == b->n_marks[k], "%s: %u marks, not %u", what, b->n_marks[k], a->n_marks[k]);
	for (uint32_t i = 0; i < a->n_marks[k]; i++) {
		const struct probe_mark *m = &a->marks[k][i], *n = &b->marks[k][i];

		ck_assert_msg(m->after == n->after && m->mark.kind == n->mark.kind &&
				      m->mark.value == n->mark.value,
			"%s: mark %u is kind %u after %u, not kind %u after %u", what, i, n->mark.kind,
			n->after, m->mark.kind, m->after);
	}
}

/* Leave out what was sent to a stage that had ended. */
static void leave_out_cancelled(struct weir_ledger *l)
{
	l->in -= l->dropped[WEIR_DROP_CANCELLED];
	l->dropped[WEIR_DROP_CANCELLED] = 0;
}

static void same_counters(const struct row *row, struct result *a, struct result *b, const char *what)
{
	for (uint16_t i = 0; i < a->n_edges; i++) {
		struct weir_ledger *l = &a->ledgers[i], *m = &b->ledgers[i];

		if (row->ends_early) {
			leave_out_cancelled(l);
			leave_out_cancelled(m);
		}

		ck_assert_msg(l->in == m->in && l->out == m->out &&
				      memcmp(l->dropped, m->dropped, sizeof l->dropped) == 0,
			"%s: edge %u counts in %llu out %llu, not in %llu out %llu", what, i,
			(unsigned long long)m->in, (unsigned long long)m->out, (unsigned long long)l->in,
			(unsigned long long)l->out);
	}
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct item));
}

/* What a merge's order depends on is when items arrive: compare as a multiset. */
static void sort_merged(const struct row *row, struct result *r)
{
	if (!row->any_order)
		return;
	qsort(r->bytes[0], r->n_items[0], sizeof(struct item), by_bytes);
	r->n_marks[0] = 0;
}

/* The records in frames, by the encoder itself. Returns their bytes, in static memory; *n: how many. */
static const unsigned char *framed(uint32_t *n)
{
	static unsigned char frames[2 * sizeof items];
	const struct weir_record r = { .name = "r", .size = sizeof *items };
	const struct weir_place place = { .in = &r, .out_cap = sizeof frames };
	struct weir_span in = { .items = items, .count = ITEMS };
	struct weir_span out = { .items = frames, .count = sizeof frames };
	uint64_t state[4];
	struct weir_ctx c = { .state = state };

	ck_assert_int_le(weir_frames_encode_type.state_size(&place), (int64_t)sizeof state);
	ck_assert_int_eq(weir_frames_encode_type.init(&c, &place), WEIR_OK);
	*n = weir_frames_encode_type.process(&c, &in, &out, true).made;
	frames[*n / 3] ^= 0x20;
	return frames;
}

/* What a decoder reads. */
static const unsigned char *bytes_of(const struct row *row, uint32_t *n)
{
	if (row->framed)
		return framed(n);
	*n = row->text[0] != '\0' ? (uint32_t)strlen(row->text) : (uint32_t)sizeof items;
	return row->text[0] != '\0' ? (const unsigned char *)row->text : (const unsigned char *)items;
}

static void script(const struct row *row, int mark_kind, uint32_t mark_at)
{
	uint32_t n = ITEMS;
	const unsigned char *bytes = row->text != NULL ? bytes_of(row, &n) : NULL;

	probe_reset();
	for (uint32_t i = 0; i < n; i++) {
		if (mark_kind >= 0 && i == mark_at)
			probe_mark(0, (enum weir_mark_kind)mark_kind,
				mark_kind == WEIR_MARK_WATERMARK ? items[3].at : 1);
		if (row->text == NULL)
			probe_item(0, &items[i], items[i].at);
		else
			probe_item(0, &bytes[i], 0);
		if (row->shape == PAIR || (row->shape == COMBINE && i % 2 == 0))
			probe_item(1, &items[i], items[i].at);
	}
}

static const uint32_t sizes[] = { UINT32_MAX, 1, 2, 7 };
static const uint32_t credits[] = { UINT32_MAX, 1, 3 };

/* Every `step`-th way to cut, lend and ask. */
static void compare_all(
	const struct row *row, const struct weir_plan *const plans[2], const char *what, unsigned step)
{
	struct result reference, other;
	char name[128];

	probe_rewind();
	run_plan(plans[0], &reference);
	sort_merged(row, &reference);
	for (unsigned v = 1; v < 2 * 4 * 3; v += step) {
		unsigned lend = v % 2, size = v / 2 % 4, credit = row->latest ? 0 : v / 8;

		probe_rewind();
		for (int k = 0; k < 2; k++) {
			probe_scripts[k].lend = lend != 0;
			probe_scripts[k].span = sizes[size];
			probe_logs[k].credit = credits[credit];
		}
		(void)snprintf(name, sizeof name, "%s, %s, spans of %u%s, credit %u", row->op, what,
			sizes[size], lend != 0 ? " lent" : "", credits[credit]);
		run_plan(plans[lend], &other);
		sort_merged(row, &other);
		if (row->by_arrival) {
			drop_result(&other);
			continue;
		}
		same_log(&reference, &other, 0, name);
		same_log(&reference, &other, 1, name);
		if (!row->any_order || row->shape != INNER) /* which slot it was is not specified */
			same_counters(row, &reference, &other, name);
		drop_result(&other);
	}
	drop_result(&reference);
}

static void make_items(void)
{
	static const int64_t ms[] = { 0, 3, 4, 9, 10, 8, 12, 21, 19, 22, 30, 31, 29, 44, 45, 46, 43, 60, 61,
		75, 70, 90, 99, 100 };

	memset(items, 0, sizeof items);
	for (unsigned i = 0; i < ITEMS; i++) {
		items[i].at = ms[i] * 1000000;
		items[i].v = (int64_t)i * 7 % 23 - 4;
		items[i].w = i * 1.25;
		items[i].node = (uint8_t)(i % 3);
		items[i].name_len = (uint16_t)(i % 5);
		memcpy(items[i].name, "a\"b,\n", i % 5);
	}
}

/* ---- claims; _i is the row ---- */

START_TEST(spans_lending_and_credit_are_invisible)
{
	const struct row *row = &rows[_i];
	const struct weir_plan *plans[2];
	struct weir_build *own, *lent;

	if (row->shape == PORTS)
		return; /* pushed and pulled below */
	own = build(row, false, &plans[0]);
	lent = build(row, true, &plans[1]);
	script(row, -1, 0);
	compare_all(row, plans, "no marks", 1);
	weir_build_close(own);
	weir_build_close(lent);
}
END_TEST

START_TEST(marks_keep_their_place_between_any_two_items)
{
	const struct row *row = &rows[_i];
	const struct weir_plan *plans[2];
	struct weir_build *own, *lent;
	char what[64];

	if (row->shape == PORTS)
		return;
	own = build(row, false, &plans[0]);
	lent = build(row, true, &plans[1]);
	for (int kind = WEIR_MARK_LAGGED; kind < WEIR_MARK_COMPLETE; kind++) {
		for (uint32_t at = 0; at < ITEMS; at++) {
			script(row, kind, at);
			(void)snprintf(what, sizeof what, "mark %d before item %u", kind, at);
			compare_all(row, plans, what, 1 + at % 5);
		}
	}
	weir_build_close(own);
	weir_build_close(lent);
}
END_TEST

START_TEST(an_error_of_the_source_arrives_after_its_items)
{
	const struct row *row = &rows[_i];
	const struct weir_plan *plans[2];
	struct weir_build *own, *lent;

	if (row->shape == PORTS || row->ends_at_once)
		return;
	own = build(row, false, &plans[0]);
	lent = build(row, true, &plans[1]);
	for (uint32_t at = 0; at < ITEMS; at += 5) {
		script(row, WEIR_MARK_ERROR, at);
		compare_all(row, plans, "error", 3);
	}
	weir_build_close(own);
	weir_build_close(lent);
}
END_TEST

START_TEST(cancel_after_every_event_balances)
{
	const struct row *row = &rows[_i];
	const struct weir_plan *plan;
	struct weir_build *b;

	if (row->shape == PORTS)
		return;
	b = build(row, _i % 2 != 0, &plan);
	script(row, -1, 0);
	for (uint32_t k = 0; k < ITEMS * 2; k++) {
		for (unsigned s = 0; s < 4; s++) {
			probe_rewind();
			probe_scripts[0].lend = probe_scripts[1].lend = _i % 2 != 0;
			probe_scripts[0].span = probe_scripts[1].span = sizes[s];
			probe_logs[0].cancel_after = k;
			run_plan(plan, NULL);
		}
	}
	weir_build_close(b);
}
END_TEST

/* Push in spans of `push`, pull in spans of `pull`; everything comes out in order. */
static void push_and_pull(const struct weir_plan *plan, uint32_t push, uint32_t pull)
{
	size_t size = weir_instance_size(plan, NULL, NULL);
	void *arena = aligned_alloc(16, size);
	uint16_t in_port = (uint16_t)weir_stage_index(plan, "in"),
		 out_port = (uint16_t)weir_stage_index(plan, "out");
	struct item got[ITEMS + 8];
	struct weir_instance *in;
	struct probe_clock clock;
	uint32_t sent = 0, have = 0;
	int64_t n = 0;

	probe_clock_init(&clock);
	ck_assert_int_eq(weir_instance_init(&in, arena, size, plan, &clock.platform, NULL), WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	while (n != WEIR_ENDED) {
		uint32_t k = ITEMS - sent < push ? ITEMS - sent : push;

		n = weir_push(in, in_port, items + sent, NULL, k);
		ck_assert_msg(n <= (int64_t)k, "took more than was there");
		sent += n > 0 ? (uint32_t)n : 0;
		if (sent == ITEMS)
			(void)weir_push_end(in, in_port);
		n = weir_pull(
			in, out_port, got + have, NULL, pull < ITEMS + 8 - have ? pull : ITEMS + 8 - have);
		have += n > 0 ? (uint32_t)n : 0;
		probe_check_ledger(in);
	}
	ck_assert_uint_eq(have, ITEMS);
	ck_assert_mem_eq(got, items, sizeof items);
	ck_assert(weir_ended(in));
	weir_fini(in);
	free(arena);
}

START_TEST(ports_keep_order_at_any_size)
{
	static const struct row ports = { .op = "input", .shape = PORTS };
	const struct weir_plan *plan;
	struct weir_build *b = build(&ports, false, &plan);

	for (unsigned i = 0; i < 16; i++)
		push_and_pull(plan, i / 4 == 0 ? ITEMS : sizes[i / 4], i % 4 == 0 ? ITEMS : sizes[i % 4]);
	weir_build_close(b);
}
END_TEST

START_TEST(every_operator_has_a_row)
{
	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++) {
		bool found = false;

		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
			found = found || strcmp(rows[i].op, (*t)->name) == 0;
		ck_assert_msg(found, "operator %s is not held to the span law: add a row", (*t)->name);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("spans");
	TCase *tc = tcase_create("spans");
	int n = (int)(sizeof rows / sizeof *rows);

	make_items();
	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, spans_lending_and_credit_are_invisible, 0, n);
	tcase_add_loop_test(tc, marks_keep_their_place_between_any_two_items, 0, n);
	tcase_add_loop_test(tc, an_error_of_the_source_arrives_after_its_items, 0, n);
	tcase_add_loop_test(tc, cancel_after_every_event_balances, 0, n);
	tcase_add_test(tc, ports_keep_order_at_any_size);
	tcase_add_test(tc, every_operator_has_a_row);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	int failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
