/* SPDX-License-Identifier: MIT */
/* calls_test.c -- stages that are functions: fused or not, each item goes through all of them, in order and once. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/calls.h>
#include <weir/hand.h>
#include <weir/load.h>

static unsigned n_calls;

static int64_t triple(int64_t x)
{
	n_calls++;
	return x * 3;
}

static int64_t less(int64_t x)
{
	return x - 7;
}

static bool even(int64_t x)
{
	return x % 2 == 0;
}

static bool small(int64_t x)
{
	return x < 100;
}

static double halve(double x)
{
	return x / 2;
}

static bool whole(double x)
{
	return x == (double)(int64_t)x;
}

struct pair {
	int64_t a, b;
};

static void swap(void *record)
{
	struct pair *p = record;

	*p = (struct pair){ .a = p->b, .b = p->a };
}

static bool rises(const void *record)
{
	const struct pair *p = record;

	return p->a < p->b;
}

WEIR_MAP_I64(triple)
WEIR_MAP_I64(less)
WEIR_FILTER_I64(even)
WEIR_FILTER_I64(small)
WEIR_MAP_F64(halve)
WEIR_FILTER_F64(whole)
WEIR_MAP_RECORD(swap, sizeof(struct pair))
WEIR_FILTER_RECORD(rises, sizeof(struct pair))

static const struct weir_op_type *const types[] = { &triple_type, &less_type, &even_type, &small_type,
	&halve_type, &whole_type, &swap_type, &rises_type, NULL };

static struct rig {
	struct weir_definition *definition;
	const struct weir_plan *plan;
	struct weir_instance *in;
	struct weir_hand hand;
	void *memory;
	char fault[256];
} rig;

static void tell(void *arg, const char *line)
{
	(void)arg;
	(void)snprintf(rig.fault, sizeof rig.fault, "%s", line);
}

/* input -> stages -> output, over records of `fields`; stages: a JSON list's end, with its commas. Returns as load does. */
static int load(const char *fields, const char *stages, uint32_t span)
{
	char text[1024];
	struct weir_load_options options = { .types = types, .fault = tell, .span_items_max = span };

	(void)snprintf(text, sizeof text,
		"{\"weir\":1,\"records\":{\"r\":{%s}},\"streams\":{\"s\":["
		"{\"input\":{\"name\":\"in\",\"record\":\"r\"}}%s,{\"output\":{\"name\":\"out\"}}]}}",
		fields, stages);
	return weir_definition_open_text(&rig.definition, "test", text, strlen(text), &options);
}

static void start(const char *fields, const char *stages, uint32_t span)
{
	size_t size;

	memset(&rig, 0, sizeof rig);
	ck_assert_msg(load(fields, stages, span) == 0, "%s", rig.fault);
	rig.plan = weir_definition_plan(rig.definition);
	size = weir_instance_size(rig.plan, NULL, NULL);
	rig.memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	weir_hand_init(&rig.hand);
	ck_assert_int_eq(
		weir_instance_init(&rig.in, rig.memory, size, rig.plan, &rig.hand.platform, NULL), WEIR_OK);
	ck_assert_int_eq(weir_start(rig.in), WEIR_OK);
}

/* Push all and pull what comes of it. */
static uint32_t through(const void *items, uint32_t n, void *out)
{
	int64_t got;

	ck_assert_int_eq(weir_push(rig.in, 0, items, NULL, n), n);
	ck_assert_int_eq(weir_push_end(rig.in, 0), WEIR_OK);
	got = weir_pull(rig.in, (uint16_t)(rig.plan->n_stages - 1), out, NULL, n);
	return got == WEIR_ENDED ? 0 : (uint32_t)got;
}

static uint64_t filtered_at(uint16_t stage)
{
	struct weir_ledger l;

	ck_assert_int_eq(
		weir_edge_ledger(rig.in, rig.plan->inputs[rig.plan->stages[stage].first_in], &l), WEIR_OK);
	return l.dropped[WEIR_DROP_FILTERED];
}

static void stop(void)
{
	ck_assert(weir_ended(rig.in) && !weir_failed(rig.in));
	weir_fini(rig.in);
	free(rig.memory);
	weir_definition_close(rig.definition);
}

/* Chains of every length, t: triple, l: less, e: even, s: small. */
static const char *const chains[] = { "t", "e", "te", "lle", "tttt", "tlte", "ttttl", "ltltltltlt", "es",
	"tesl", "lllllle", "tetltls", "setset" };
#define CHAINS ((int)(sizeof chains / sizeof *chains))

static int64_t expect(const char *chain, int64_t x, uint64_t *filtered)
{
	for (unsigned k = 0; chain[k] != '\0'; k++) {
		bool stays = chain[k] == 'e' ? even(x) : chain[k] != 's' || small(x);

		if (!stays) {
			filtered[k]++;
			return INT64_MIN;
		}
		x = chain[k] == 't' ? x * 3 : chain[k] == 'l' ? less(x) : x;
	}
	return x;
}

static void check_chain(const char *chain, uint32_t span)
{
	static const char *const names[] = {
		['t'] = "triple", ['l'] = "less", ['e'] = "even", ['s'] = "small"
	};
	char stages[512] = "";
	int64_t items[100], wanted[100], got[100];
	uint64_t filtered[16] = { 0 };
	uint32_t n = 0;

	for (const char *c = chain; *c != '\0'; c++)
		(void)snprintf(stages + strlen(stages), sizeof stages - strlen(stages), ",{\"%s\":{}}",
			names[(unsigned char)*c]);
	for (int64_t i = 0; i < 100; i++) {
		int64_t x = expect(chain, items[i] = i - 30, filtered);

		if (x != INT64_MIN)
			wanted[n++] = x;
	}
	start("\"x\":\"i64\"", stages, span);
	ck_assert_uint_eq(rig.plan->stages[1].group, strlen(chain));
	n_calls = 0;
	ck_assert_uint_eq(through(items, 100, got), n);
	ck_assert_mem_eq(got, wanted, n * sizeof *got);
	if (chain[0] == 't')
		ck_assert_uint_ge(n_calls, 100);
	if (strcmp(chain, "tttt") == 0)
		ck_assert_uint_eq(n_calls, 400);
	for (unsigned k = 0; chain[k] != '\0'; k++)
		ck_assert_uint_eq(filtered_at((uint16_t)(k + 1)), filtered[k]);
	stop();
}

START_TEST(every_chain_gives_what_its_functions_give)
{
	static const uint32_t spans[] = { 1, 2, 7, 64 };

	for (size_t i = 0; i < sizeof spans / sizeof *spans; i++)
		check_chain(chains[_i], spans[i]);
}
END_TEST

/* h: halve, w: whole */
START_TEST(numbers_with_a_point_go_by_value_too)
{
	static const char *const points[] = { "h", "hh", "hhh", "hhhh", "hhhhh", "w", "hw", "hhw", "hhhw",
		"hhhhw", "hwh" };
	char stages[128] = "";
	double items[64], wanted[64], got[64];
	uint32_t n = 0;

	for (const char *c = points[_i]; *c != '\0'; c++)
		(void)snprintf(stages + strlen(stages), sizeof stages - strlen(stages), ",{\"%s\":{}}",
			*c == 'h' ? "halve" : "whole");
	for (uint32_t i = 0; i < 64; i++) {
		bool stays = true;
		double x = items[i] = i * 0.5;

		for (const char *c = points[_i]; *c != '\0'; c++) {
			stays = stays && (*c == 'h' || whole(x));
			x = *c == 'h' ? halve(x) : x;
		}
		if (stays)
			wanted[n++] = x;
	}
	start("\"x\":\"f64\"", stages, 64);
	ck_assert_uint_eq(rig.plan->stages[1].group, strlen(points[_i]));
	ck_assert_uint_eq(through(items, 64, got), n);
	ck_assert_mem_eq(got, wanted, n * sizeof *got);
	stop();
}
END_TEST

START_TEST(records_are_changed_where_they_lie)
{
	static const uint32_t spans[] = { 1, 64 };
	struct pair items[] = { { 2, 1 }, { 1, 2 }, { 9, 4 } }, got[3];

	start("\"a\":\"i64\",\"b\":\"i64\"", ",{\"swap\":{}},{\"rises\":{}}", spans[_i]);
	ck_assert_uint_eq(rig.plan->stages[1].group, 2);
	ck_assert_uint_eq(through(items, 3, got), 2);
	ck_assert(got[0].a == 1 && got[0].b == 2 && got[1].a == 4 && got[1].b == 9);
	stop();
}
END_TEST

/* S-1 */
static void check_instants(enum weir_call_kind kind, const struct weir_call *list, void *items)
{
	const struct weir_calls calls = { .kind = (uint8_t)kind, .n = 2, .list = list };
	const struct weir_program program = { .in_size = 8,
		.out_size = 8,
		.n_segments = 2,
		.in_place = true,
		.filters = true,
		.is_calls = true,
		.calls = &calls };
	int64_t times[] = { 10, 20, 30, 40 };
	uint32_t dropped[2] = { 0 };
	struct weir_ran ran = weir_program_run(&program, NULL, NULL, items, times, 4, items, times, dropped);

	ck_assert_uint_eq(ran.taken, 4);
	ck_assert_uint_eq(ran.made, 2);
	ck_assert_int_eq(ran.fault, 0);
	ck_assert(times[0] == 20 && times[1] == 40);
	ck_assert(dropped[0] == 0 && dropped[1] == 2);
}

START_TEST(items_keep_their_instants)
{
	static const struct weir_call whole_numbers[] = { { false, { .map_i64 = triple } },
		{ true, { .filter_i64 = even } } };
	static const struct weir_call points[] = { { false, { .map_f64 = halve } },
		{ true, { .filter_f64 = whole } } };
	int64_t i64[] = { 1, 2, 3, 4 };
	double f64[] = { 1, 2, 3, 4 };

	check_instants(WEIR_CALL_I64, whole_numbers, i64);
	ck_assert(i64[0] == 6 && i64[1] == 12);
	check_instants(WEIR_CALL_F64, points, f64);
	ck_assert(f64[0] == 1 && f64[1] == 2);
}
END_TEST

/* Functions and expressions stand side by side, and so do functions of other kinds. */
START_TEST(only_neighbours_of_a_kind_are_fused)
{
	int64_t items[] = { 1, 2, 3 }, got[3];

	start("\"x\":\"i64\"",
		",{\"triple\":{}},{\"map\":{\"x\":\"x + 1\"}},{\"filter\":\"x > 4\"},{\"less\":{}}", 64);
	ck_assert_uint_eq(rig.plan->stages[1].group, 1);
	ck_assert_uint_eq(rig.plan->stages[2].group, 2);
	ck_assert_uint_eq(rig.plan->stages[4].group, 1);
	ck_assert_uint_eq(through(items, 3, got), 2);
	ck_assert(got[0] == 0 && got[1] == 3);
	stop();
}
END_TEST

START_TEST(another_record_is_refused)
{
	memset(&rig, 0, sizeof rig);
	ck_assert_int_lt(load("\"x\":\"f64\"", ",{\"triple\":{}}", 64), 0);
	ck_assert_ptr_nonnull(strstr(rig.fault, "records of one i64"));
	ck_assert_int_lt(load("\"x\":\"i64\",\"y\":\"i64\"", ",{\"triple\":{}}", 64), 0);
	ck_assert_ptr_nonnull(strstr(rig.fault, "records of one i64"));
	ck_assert_int_lt(load("\"x\":\"i64\"", ",{\"halve\":{}}", 64), 0);
	ck_assert_ptr_nonnull(strstr(rig.fault, "records of one f64"));
	ck_assert_int_lt(load("\"x\":\"i64\"", ",{\"swap\":{}}", 64), 0);
	ck_assert_ptr_nonnull(strstr(rig.fault, "records of another size"));
}
END_TEST

/* Whatever a record written in C says of itself. */
START_TEST(a_value_is_all_of_its_record)
{
	static const struct weir_field field = { .name = "x", .kind = WEIR_I64 };
	struct weir_record record = { .name = "r", .fields = &field, .n_fields = 1, .size = 8 };
	const struct weir_place place = { .in = &record };
	const char *why = "";

	ck_assert_int_eq(weir_calls_check(&place, WEIR_CALL_I64, 8, &why), WEIR_OK);
	record.size = 16;
	ck_assert_int_eq(weir_calls_check(&place, WEIR_CALL_I64, 8, &why), WEIR_ETYPE);
	record = (struct weir_record){ .name = "r", .fields = &field, .n_fields = 0, .size = 8 };
	ck_assert_int_eq(weir_calls_check(&place, WEIR_CALL_I64, 8, &why), WEIR_ETYPE);
}
END_TEST

static int put(void *arg, const char *text, size_t len)
{
	(void)arg;
	(void)text;
	(void)len;
	return 0;
}

START_TEST(a_plan_with_functions_is_not_printed)
{
	start("\"x\":\"i64\"", ",{\"triple\":{}}", 64);
	ck_assert_int_eq(weir_plan_print(rig.plan, "test", put, NULL), WEIR_EUNSUPPORTED);
	(void)weir_push_end(rig.in, 0);
	stop();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("calls");
	TCase *t = tcase_create("calls");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(t, every_chain_gives_what_its_functions_give, 0, CHAINS);
	tcase_add_loop_test(t, numbers_with_a_point_go_by_value_too, 0, 11);
	tcase_add_loop_test(t, records_are_changed_where_they_lie, 0, 2);
	tcase_add_test(t, items_keep_their_instants);
	tcase_add_test(t, only_neighbours_of_a_kind_are_fused);
	tcase_add_test(t, another_record_is_refused);
	tcase_add_test(t, a_value_is_all_of_its_record);
	tcase_add_test(t, a_plan_with_functions_is_not_printed);
	suite_add_tcase(s, t);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
