/* SPDX-License-Identifier: MIT */
/* aggregates_test.c -- a window's emit: what is folded, where, and what is refused. */
#include "expr_rig.h"

static uint32_t samples; /* given to the window */

static const struct weir_aggregates *emit(struct weir_entry *e, size_t n, const struct weir_record **out)
{
	static const struct weir_field *keys[1];
	static struct weir_key key;

	keys[0] = weir_record_field(&record, "small");
	key = (struct weir_key){ keys, 1 };
	told[0] = '\0';
	return weir_aggregates_compile(&pool, &record, &key, samples, e, n, "w", out);
}

START_TEST(emit_folds_plain_fields_where_they_lie)
{
	struct weir_entry e[] = { set_entry("start", "window_start()"), set_entry("node", "small"),
		set_entry("n", "count()"), set_entry("mean", "avg(temp)"), set_entry("lo", "min(temp)"),
		set_entry("range", "max(temp) - min(temp)"), set_entry("total", "sum(neg)") };
	const struct weir_record *out;
	const struct weir_aggregates *a = emit(e, 7, &out);

	ck_assert_str_eq(told, "");
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_null(a->args);
	ck_assert_uint_eq(a->n_list, 5); /* min(temp) once */
	ck_assert_uint_eq(a->list[0].fn, WEIR_AGG_COUNT);
	ck_assert_uint_eq(a->list[1].fn, WEIR_AGG_AVG);
	ck_assert_uint_eq(a->list[1].arg, weir_record_field(&record, "temp")->offset);
	ck_assert_uint_eq(a->list[1].kind, WEIR_F32);
	ck_assert_uint_eq(a->list[1].result_kind, WEIR_F64);
	ck_assert_uint_eq(a->list[2].result_kind, WEIR_F32);
	ck_assert_uint_eq(a->list[4].result_kind, WEIR_I64);
	ck_assert_uint_ne(a->key_offsets[0], WEIR_AGG_NO_OFFSET);
	ck_assert_uint_ne(a->start_offset, WEIR_AGG_NO_OFFSET);
	ck_assert_uint_eq(a->end_offset, WEIR_AGG_NO_OFFSET);
	ck_assert_uint_eq(out->fields[1].kind, WEIR_U8);
	ck_assert_uint_eq(out->fields[0].kind, WEIR_TIME);
	ck_assert_uint_eq(out->fields[4].kind, WEIR_F32);
	ck_assert_uint_eq(a->emit->in_size, a->made->size);
	ck_assert_uint_eq(a->emit->out_size, out->size);
}
END_TEST

START_TEST(emit_works_arguments_out_first)
{
	struct weir_entry e[] = { set_entry("x", "sum(i * 2) + count()"), set_entry("y", "max(temp)") };
	const struct weir_record *out;
	const struct weir_aggregates *a = emit(e, 2, &out);
	_Alignas(8) unsigned char args[64] = { 0 }, made[64] = { 0 }, to[64] = { 0 };
	int64_t twice, sum = 100, count = 5;
	float temp;

	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_nonnull(a->args);
	ck_assert_int_eq(run(a->args, args), 0);
	memcpy(&twice, args + a->list[0].arg, 8);
	memcpy(&temp, args + a->list[2].arg, 4);
	ck_assert_int_eq(twice, 84);
	ck_assert(temp == 20.1f);
	memcpy(made + a->list[0].result, &sum, 8);
	memcpy(made + a->list[1].result, &count, 8);
	memcpy(made + a->list[2].result, &temp, 4);
	memcpy(item, made, sizeof made);
	ck_assert_int_eq(run(a->emit, to), 0);
	memcpy(&sum, to, 8);
	memcpy(&temp, to + 8, 4);
	ck_assert_int_eq(sum, 105);
	ck_assert(temp == 20.1f);
}
END_TEST

START_TEST(emit_without_aggregates_still_makes_a_record)
{
	struct weir_entry e[] = { set_entry("x", "1") };
	const struct weir_record *out;
	const struct weir_aggregates *a = emit(e, 1, &out);

	ck_assert_ptr_nonnull(a);
	ck_assert_uint_eq(a->n_list, 0);
	ck_assert_uint_gt(a->made->size, 0);
}
END_TEST

START_TEST(quantiles_come_last_and_share_what_is_kept)
{
	struct weir_entry e[] = { set_entry("p", "quantile(temp, 0.9) - median(neg)"),
		set_entry("v", "var(temp)"), set_entry("m", "median(temp) + quantile(temp, 0.5)"),
		set_entry("top", "quantile(temp, 1)"), set_entry("n", "count()") };
	const struct weir_record *out;
	const struct weir_aggregates *a;

	samples = 9;
	a = emit(e, 5, &out);
	ck_assert_str_eq(told, "");
	ck_assert_uint_eq(a->n_list, 6); /* median(temp) once */
	ck_assert_uint_eq(a->list[0].fn, WEIR_AGG_VAR);
	ck_assert_uint_eq(a->list[1].fn, WEIR_AGG_COUNT);
	ck_assert_uint_eq(a->list[2].fn, WEIR_AGG_QUANTILE);
	ck_assert_uint_eq(a->list[3].fn, WEIR_AGG_QUANTILE_TOO);
	ck_assert_uint_eq(a->list[4].fn, WEIR_AGG_QUANTILE_TOO);
	ck_assert_uint_eq(a->list[5].fn, WEIR_AGG_QUANTILE);
	ck_assert_uint_eq(a->list[5].kind, WEIR_I8);
	ck_assert_uint_eq(a->list[5].result_kind, WEIR_F64);
	ck_assert_uint_eq(a->samples->most, 9);
	ck_assert(a->samples->q[a->list[2].q] == 0.9 && a->samples->q[a->list[3].q] == 0.5);
	ck_assert(a->samples->q[a->list[4].q] == 1 && a->samples->q[a->list[5].q] == 0.5);
}
END_TEST

static void emit_fails(const char *text, size_t at, const char *message)
{
	struct weir_entry e[] = { set_entry("x", text) };
	const struct weir_record *out;

	ck_assert_ptr_null(emit(e, 1, &out));
	ck_assert_msg(strstr(told, message) != NULL, "%s: told %s", text, told);
	ck_assert_uint_eq(told_at, at);
}

START_TEST(emit_faults_are_told)
{
	emit_fails("temp", 0,
		"field \"temp\" is no key; emit sees key fields and aggregates, such as last(temp)");
	emit_fails("avg(tmp)", 4, "did you mean \"temp\"?");
	emit_fails("1 + avg(name)", 8, "avg needs numbers, this is text");
	emit_fails("last(name)", 0, "last of text is not available in this version");
	emit_fails("max(avg(temp))", 4, "cannot stand inside another one");
	emit_fails("stddev(yes)", 7, "stddev needs numbers, this is bool");
	emit_fails("median(at)", 7, "median needs numbers, this is time");
	samples = 0;
	emit_fails("1 + quantile(temp, 0.5)", 4,
		"quantile keeps values; give the window \"samples\", how many of a key at most");
	samples = 9;
	emit_fails("quantile(temp)", 0, "quantile takes 2 arguments, not 1");
	emit_fails("quantile(temp, 1.5)", 15, "a number from 0 to 1, such as 0.9, and no expression");
	emit_fails("quantile(temp, 0 - 1)", 15, "a number from 0 to 1");
	emit_fails("quantile(temp, -1)", 15, "a number from 0 to 1");
	emit_fails("quantile(temp, small)", 15, "a number from 0 to 1");
	emit_fails("count(temp)", 0, "count takes 0 arguments, not 1");
	emit_fails("smal", 0, "did you mean \"small\"?");
	emit_fails("sum(yes)", 4, "sum needs numbers, this is bool");
	emit_fails("min(at) + min(at)", 8, "does not take time and time");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build/aggregates");
	TCase *t = tcase_create("build/aggregates");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, emit_folds_plain_fields_where_they_lie);
	tcase_add_test(t, emit_works_arguments_out_first);
	tcase_add_test(t, emit_without_aggregates_still_makes_a_record);
	tcase_add_test(t, quantiles_come_last_and_share_what_is_kept);
	tcase_add_test(t, emit_faults_are_told);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
