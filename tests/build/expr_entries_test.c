/* SPDX-License-Identifier: MIT */
/* expr_entries_test.c -- conditions and the fields of map and set: records, memory, what is refused. */
#include "expr_rig.h"

START_TEST(set_keeps_types_and_appends)
{
	struct weir_entry e[] = { set_entry("small", "neg + 10"), set_entry("temp", "0.1"),
		set_entry("neg", "small - 100"), set_entry("more", "i + 1") };
	const struct weir_record *out;
	const struct weir_program *p = compile(WEIR_SHAPE_SET, e, 4, &out);
	_Alignas(8) unsigned char to[256] = { 0 };
	int64_t more;
	float temp;

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(out->n_fields, N_FIELDS + 1);
	ck_assert(!p->in_place);
	ck_assert_int_eq(run(p, to), 0);
	ck_assert_uint_eq(to[weir_record_field(out, "small")->offset], 3);
	ck_assert_int_eq((int8_t)to[weir_record_field(out, "neg")->offset], 100); /* of the incoming record */
	memcpy(&temp, to + weir_record_field(out, "temp")->offset, 4);
	memcpy(&more, to + weir_record_field(out, "more")->offset, 8);
	ck_assert(temp == 0.1f);
	ck_assert_int_eq(more, 43);
	ck_assert_mem_eq(to + weir_record_field(out, "long_name")->offset,
		item + weir_record_field(&record, "long_name")->offset, 22);
}
END_TEST

START_TEST(set_in_place_sees_the_incoming_record)
{
	struct weir_entry e[] = { set_entry("i", "zero"), set_entry("zero", "i"), set_entry("yes", "no"),
		set_entry("no", "yes") };
	const struct weir_record *out;
	const struct weir_program *p = compile(WEIR_SHAPE_SET, e, 4, &out);
	int64_t i, zero;

	ck_assert_ptr_nonnull(p);
	ck_assert(p->in_place);
	ck_assert_int_eq(run(p, item), 0);
	memcpy(&i, item + weir_record_field(out, "i")->offset, 8);
	memcpy(&zero, item + weir_record_field(out, "zero")->offset, 8);
	ck_assert_int_eq(i, 0);
	ck_assert_int_eq(zero, 42);
	ck_assert_uint_eq(item[weir_record_field(out, "no")->offset], 1);
}
END_TEST

START_TEST(a_fault_leaves_an_item_in_place_as_it_was)
{
	struct weir_entry e[] = { set_entry("i", "i + 1"), set_entry("small", "small + i * 10") };
	const struct weir_record *out;
	const struct weir_program *p = compile(WEIR_SHAPE_SET, e, 2, &out);
	unsigned char before[sizeof item];

	memcpy(before, item, sizeof item);
	ck_assert(p->in_place);
	ck_assert_int_eq(run(p, item), WEIR_ECAST);
	ck_assert_mem_eq(item, before, sizeof item);
}
END_TEST

START_TEST(texts_move_out_of_place_and_must_fit)
{
	struct weir_entry e[] = { set_entry("long_name", "name") }, f[] = { set_entry("name", "long_name") };
	const struct weir_record *out;
	const struct weir_program *p = compile(WEIR_SHAPE_SET, e, 1, &out);
	_Alignas(8) unsigned char to[256];

	memset(to, 0xff, sizeof to);
	ck_assert(!p->in_place);
	ck_assert_int_eq(run(p, to), 0);
	ck_assert_mem_eq(to + weir_record_field(out, "long_name")->offset,
		"\3\0ann\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
	p = compile(WEIR_SHAPE_SET, f, 1, &out);
	ck_assert_int_eq(run(p, to), WEIR_ETOOLONG);
}
END_TEST

static void set_fails(const char *name, const char *text, const char *message)
{
	struct weir_entry e[] = { set_entry(name, text) };
	const struct weir_record *out;

	ck_assert_ptr_null(compile(WEIR_SHAPE_SET, e, 1, &out));
	ck_assert_msg(strstr(told, message) != NULL, "told %s", told);
}

START_TEST(set_refuses_other_types)
{
	set_fails("small", "d", "field \"small\" is u8, the expression is f64; to cut it off write u8(...)");
	set_fails("small", "256", "does not fit field \"small\", u8");
	set_fails("yes", "i", "field \"yes\" is bool, the expression is i64");
	set_fails("name", "i", "field \"name\" is text, the expression is i64");
	set_fails("at", "i", "field \"at\" is time, the expression is i64");
	set_fails("3x", "i", "is no field name");
}
END_TEST

START_TEST(map_makes_exactly_its_fields)
{
	struct weir_entry e[] = { set_entry("yes", "yes"), set_entry("b", "i"), set_entry("c", "name") };
	const struct weir_record *out;
	const struct weir_program *p = compile(WEIR_SHAPE_FIELDS, e, 3, &out);
	_Alignas(8) unsigned char to[64];

	memset(to, 0xff, sizeof to);
	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq(out->n_fields, 3);
	ck_assert_uint_eq(out->size, 32);
	ck_assert_int_eq(run(p, to), 0);
	ck_assert_mem_eq(to, "\1\0\0\0\0\0\0\0\52\0\0\0\0\0\0\0\3\0ann\0\0\0\0\0\0\0\0\0\0\0", 32);
	ck_assert_uint_eq(to[32], 0xff);
}
END_TEST

/* Whether a map of these fields is made where its input lies. */
static bool lies_in_place(struct weir_entry *e, size_t n)
{
	const struct weir_record *out;
	const struct weir_program *p = compile(WEIR_SHAPE_FIELDS, e, n, &out);

	ck_assert_ptr_nonnull(p);
	return p->in_place;
}

START_TEST(a_map_to_a_smaller_record_without_gaps_lies_in_place)
{
	struct weir_entry whole[] = { set_entry("a", "i + 1"), set_entry("b", "i") };
	struct weir_entry gap[] = { set_entry("a", "i"), set_entry("b", "yes") };
	struct weir_entry text[] = { set_entry("a", "i"), set_entry("b", "name"), set_entry("c", "name"),
		set_entry("d", "u16(7)"), set_entry("e", "u16(7)"), set_entry("f", "u16(7)"),
		set_entry("g", "u16(7)"), set_entry("h", "u16(7)"), set_entry("i", "u16(7)") };
	struct weir_entry begins_alike[] = { set_entry("yes", "yes"), set_entry("no", "no"),
		set_entry("small", "small"), set_entry("neg", "neg") };
	int64_t a, b;
	const struct weir_record *out;

	ck_assert(lies_in_place(whole, 2));
	ck_assert(!lies_in_place(gap, 2));
	ck_assert(!lies_in_place(text, 9));
	ck_assert(!lies_in_place(begins_alike, 4)); /* copied, and copies fall over the next record */
	ck_assert_int_eq(run(compile(WEIR_SHAPE_FIELDS, whole, 2, &out), item), 0);
	memcpy(&a, item, 8);
	memcpy(&b, item + 8, 8);
	ck_assert_int_eq(a, 43);
	ck_assert_int_eq(b, 42);
}
END_TEST

/* Where columns begin and end is asked of every program, and NULL + 0 is undefined. */
START_TEST(a_map_that_only_copies_has_no_instructions_but_a_place_for_them)
{
	struct weir_entry e[] = { set_entry("yes", "yes") };
	const struct weir_record *out;
	const struct weir_program *p = compile(WEIR_SHAPE_FIELDS, e, 1, &out);
	unsigned char made[8];

	ck_assert_str_eq(told, "");
	ck_assert_uint_eq(p->n_code, 0);
	ck_assert_ptr_nonnull(p->code);
	ck_assert_int_eq(run(p, made), 0);
	ck_assert_str_eq(show(out, made), "bool 1");
}
END_TEST

START_TEST(a_field_given_twice_is_told)
{
	struct weir_entry e[] = { set_entry("a", "i"), set_entry("a", "i") };
	const struct weir_record *out;

	ck_assert_ptr_null(compile(WEIR_SHAPE_FIELDS, e, 2, &out));
	ck_assert_str_eq(told, "field \"a\" is given twice\n");
}
END_TEST

START_TEST(conditions_filter)
{
	struct weir_expr_faults faults = { tell, NULL, 0 };
	const struct weir_program *p = weir_expr_when(&pool, &record, "temp > 20.5", "filter", &faults);

	ck_assert_ptr_nonnull(p);
	ck_assert(p->filters && p->in_place && p->covers);
	ck_assert_int_eq(run(p, item), 1);
	PUT("temp", float, 20.6f);
	ck_assert_int_eq(run(p, item), 0);
	told[0] = '\0';
	ck_assert_ptr_null(weir_expr_when(&pool, &record, "temp + 1", "filter", &faults));
	ck_assert_str_eq(told, "filter needs a bool, this is f32\n");
}
END_TEST

START_TEST(unknown_records_and_types_fit_everything)
{
	struct weir_expr_faults faults = { tell, NULL, 0 };
	static const struct weir_field odd_fields[] = { { .name = "x", .kind = WEIR_KIND_ANY } };
	static const struct weir_record odd = { .fields = odd_fields, .n_fields = 1 };

	told[0] = '\0';
	ck_assert_ptr_null(weir_expr_when(&pool, NULL, "a > b && c + 'x'", "filter", &faults));
	ck_assert_str_eq(told, "");
	ck_assert_ptr_null(weir_expr_when(&pool, &odd, "x % 2 == 'q' ? x : -x", "filter", &faults));
	ck_assert_str_eq(told, "");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build/expr_entries");
	TCase *t = tcase_create("build/expr_entries");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, set_keeps_types_and_appends);
	tcase_add_test(t, set_in_place_sees_the_incoming_record);
	tcase_add_test(t, a_fault_leaves_an_item_in_place_as_it_was);
	tcase_add_test(t, texts_move_out_of_place_and_must_fit);
	tcase_add_test(t, set_refuses_other_types);
	tcase_add_test(t, map_makes_exactly_its_fields);
	tcase_add_test(t, a_map_to_a_smaller_record_without_gaps_lies_in_place);
	tcase_add_test(t, a_map_that_only_copies_has_no_instructions_but_a_place_for_them);
	tcase_add_test(t, a_field_given_twice_is_told);
	tcase_add_test(t, conditions_filter);
	tcase_add_test(t, unknown_records_and_types_fit_everything);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
