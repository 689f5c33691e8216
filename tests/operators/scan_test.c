/* SPDX-License-Identifier: MIT */
/* scan_test.c -- states go from record to record, per key; what an error, a full table and scarce credit do to them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "operators/bed.h"

static const uint32_t spans[] = { 1, 2, 7, 64 };
#define SPANS (int)(sizeof spans / sizeof spans[0])

struct out {
	struct bed_item item;
	int64_t sum, n;
};

static const struct weir_field out_fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .offset = 0 },
	{ .name = "v", .kind = WEIR_I64, .offset = 8 },
	{ .name = "node", .kind = WEIR_U32, .offset = 16 },
	{ .name = "sum", .kind = WEIR_I64, .offset = offsetof(struct out, sum) },
	{ .name = "n", .kind = WEIR_I64, .offset = offsetof(struct out, n) },
};
static const struct weir_record out_record = {
	.name = "out", .fields = out_fields, .n_fields = 5, .size = sizeof(struct out)
};

/* {sum: 100, n: 0} */
static const union weir_value consts[] = { { .i = 100 }, { .i = 0 }, { .i = 1 } };
static const struct weir_insn init_code[] = {
	{ .op = WEIR_OP_CONST, .dst = 0, .imm = 0 },
	{ .op = WEIR_OP_CONST, .dst = 1, .imm = 1 },
	{ .op = WEIR_OP_STORE_I64, .a = 0, .imm = offsetof(struct out, sum) },
	{ .op = WEIR_OP_STORE_I64, .a = 1, .imm = offsetof(struct out, n) },
};
static const struct weir_program init = { .code = init_code,
	.n_code = 4,
	.consts = consts,
	.n_consts = 3,
	.out_size = sizeof(struct out),
	.n_segments = 1,
	.n_regs = 2 };

/* {sum: sum + v, n: n + 1} */
static const struct weir_insn step_code[] = {
	{ .op = WEIR_OP_CONST, .dst = 0, .imm = 2 },
	{ .op = WEIR_OP_LOAD_I64, .dst = 1, .imm = offsetof(struct out, sum) },
	{ .op = WEIR_OP_LOAD_I64, .dst = 2, .imm = offsetof(struct out, item.v) },
	{ .op = WEIR_OP_ADD_I, .dst = 1, .a = 1, .b = 2 },
	{ .op = WEIR_OP_LOAD_I64, .dst = 2, .imm = offsetof(struct out, n) },
	{ .op = WEIR_OP_ADD_I, .dst = 2, .a = 2, .b = 0 },
	{ .op = WEIR_OP_STORE_I64, .a = 1, .imm = offsetof(struct out, sum) },
	{ .op = WEIR_OP_STORE_I64, .a = 2, .imm = offsetof(struct out, n) },
};
static const struct weir_program step = { .code = step_code,
	.n_code = 8,
	.consts = consts,
	.n_consts = 3,
	.in_size = sizeof(struct out),
	.out_size = sizeof(struct out),
	.copy_size = sizeof(struct out),
	.n_segments = 1,
	.n_regs = 3,
	.n_once = 1,
	.in_place = true,
	.covers = true };

static struct weir_scan_params params;
static uint16_t stage, input;

static void open_scan(const struct weir_key *key, uint32_t max_keys, bool evict, uint32_t span)
{
	params = (struct weir_scan_params){ .init = &init,
		.step = &step,
		.key = *key,
		.max_keys = max_keys,
		.keys_full = evict ? WEIR_KEYS_FULL_EVICT_OLDEST : WEIR_KEYS_FULL_ERROR };
	bed_open(WEIR_CLOCK_EVENT);
	(void)bed_source(0);
	stage = bed_stage(&weir_scan_type, &params);
	input = bed_edge(0, stage);
	(void)bed_edge_of(stage, bed_sink(0), &out_record);
	probe_scripts[0].span = span;
}

/* Exactly these sums and counts, one after the other. */
static void expect(uint32_t n, const int64_t *v)
{
	ck_assert_uint_eq(probe_logs[0].n_items, n / 2);
	for (uint32_t i = 0; i < n / 2; i++) {
		struct out out;

		memcpy(&out, probe_logs[0].bytes + i * sizeof out, sizeof out);
		ck_assert_int_eq(out.sum, v[2 * i]);
		ck_assert_int_eq(out.n, v[2 * i + 1]);
		ck_assert_int_eq(out.item.at, probe_logs[0].instants[i]);
	}
}
#define EXPECT(...) expect(sizeof((int64_t[]){ __VA_ARGS__ }) / sizeof(int64_t), (int64_t[]){ __VA_ARGS__ })

START_TEST(each_record_has_the_states_up_to_it)
{
	open_scan(&bed_no_key, 1, false, spans[_i]);
	bed_item(0, 10, 1, 5);
	bed_item(0, 20, 2, 6);
	bed_item(0, 30, -3, 7);
	bed_play();
	EXPECT(101, 1, 103, 2, 100, 3);
	bed_close();
}
END_TEST

START_TEST(each_key_has_states_of_its_own)
{
	open_scan(&bed_by_node, 4, false, spans[_i]);
	bed_item(0, 10, 1, 1);
	bed_item(0, 20, 10, 2);
	bed_item(0, 30, 2, 1);
	bed_item(0, 40, 20, 2);
	bed_play();
	EXPECT(101, 1, 110, 1, 103, 2, 130, 2);
	bed_close();
}
END_TEST

START_TEST(an_error_leaves_the_states_as_they_were)
{
	open_scan(&bed_no_key, 1, false, spans[_i]);
	bed.stages[stage].on_error = WEIR_ON_ERROR_DROP;
	bed_item(0, 10, 1, 0);
	bed_item(0, 20, INT64_MAX, 0);
	bed_item(0, 30, 2, 0);
	bed_play();
	EXPECT(101, 1, 103, 2);
	ck_assert_uint_eq(bed_dropped(input, WEIR_DROP_ERROR), 1);
	bed_close();
}
END_TEST

START_TEST(an_error_fails_the_stage_behind_what_was_made)
{
	open_scan(&bed_no_key, 1, false, spans[_i]);
	bed_item(0, 10, 1, 0);
	bed_item(0, 20, INT64_MAX, 0);
	bed_item(0, 30, 2, 0);
	bed_play();
	EXPECT(101, 1);
	ck_assert(probe_logs[0].failed);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EOVERFLOW);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 2);
	bed_close();
}
END_TEST

START_TEST(errors_wait_for_room_in_their_stream)
{
	open_scan(&bed_by_node, 1, false, spans[_i]);
	bed_errors_to(stage, bed_sink(1));
	probe_logs[1].credit = 1;
	for (int64_t i = 1; i < 6; i++)
		bed_item(0, i * 10, i, (uint32_t)i);
	bed_item(0, 60, 6, 1);
	bed_play();
	EXPECT(101, 1, 107, 2);
	ck_assert_uint_eq(probe_logs[1].n_items, 4);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_fails_the_stage)
{
	open_scan(&bed_by_node, 2, false, spans[_i]);
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 3);
	bed_play();
	EXPECT(101, 1, 102, 1);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EKEYS);
	bed_close();
}
END_TEST

START_TEST(the_key_used_longest_ago_may_give_way_and_begins_anew)
{
	open_scan(&bed_by_node, 2, true, spans[_i]);
	bed_item(0, 1, 1, 1);
	bed_item(0, 2, 2, 2);
	bed_item(0, 3, 3, 1); /* 2 is the oldest now */
	bed_item(0, 4, 4, 3);
	bed_item(0, 5, 5, 1); /* still known */
	bed_item(0, 6, 6, 2); /* forgotten */
	bed_play();
	EXPECT(101, 1, 102, 1, 104, 2, 104, 1, 109, 3, 106, 1);
	bed_close();
}
END_TEST

START_TEST(scarce_credit_changes_nothing)
{
	open_scan(&bed_no_key, 1, false, spans[_i]);
	probe_logs[0].credit = 1;
	for (int64_t i = 1; i < 6; i++)
		bed_item(0, i, i, 0);
	bed_play();
	EXPECT(101, 1, 103, 2, 106, 3, 110, 4, 115, 5);
	bed_close();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("scan");
	TCase *tc = tcase_create("scan");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, each_record_has_the_states_up_to_it, 0, SPANS);
	tcase_add_loop_test(tc, each_key_has_states_of_its_own, 0, SPANS);
	tcase_add_loop_test(tc, an_error_leaves_the_states_as_they_were, 0, SPANS);
	tcase_add_loop_test(tc, an_error_fails_the_stage_behind_what_was_made, 0, SPANS);
	tcase_add_loop_test(tc, errors_wait_for_room_in_their_stream, 0, SPANS);
	tcase_add_loop_test(tc, a_key_too_many_fails_the_stage, 0, SPANS);
	tcase_add_loop_test(tc, the_key_used_longest_ago_may_give_way_and_begins_anew, 0, SPANS);
	tcase_add_loop_test(tc, scarce_credit_changes_nothing, 0, SPANS);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
