/* SPDX-License-Identifier: MIT */
/* expr_test.c -- expressions: what they give, what type it has, and what is wrong with those that are. */
#include "expr_rig.h"

static const char *value(const char *text)
{
	struct weir_entry e = {
		.name = "x", .value = text, .faults = { tell, NULL, 0 }, .name_faults = { tell, NULL, 0 }
	};
	const struct weir_record *out;
	const struct weir_program *p;
	_Alignas(8) unsigned char to[256] = { 0 };
	int fault;

	told[0] = '\0';
	weir_entries_type(&pool, &record, NULL, WEIR_SHAPE_FIELDS, &e, 1);
	out = weir_entries_record(&pool, &record, WEIR_SHAPE_FIELDS, &e, 1, "out");
	p = weir_entries_code(&pool, &record, out, WEIR_SHAPE_FIELDS, &e, 1);
	if (p == NULL)
		return told;
	fault = run(p, to);
	return fault != 0 ? weir_errname(fault) : show(out, to);
}

#define GIVES(text, expected) ck_assert_str_eq(value(text), expected)

/* The message, and where. */
static void fails_at(const char *text, size_t at, const char *message)
{
	(void)value(text);
	ck_assert_msg(strstr(told, message) != NULL, "%s: told \"%s\", not \"%s\"", text, told, message);
	ck_assert_msg(told_at == at, "%s: at %zu, not %zu", text, told_at, at);
}

/* ---- claims ---- */

START_TEST(bare_fields_keep_their_kind)
{
	GIVES("small", "u8 200");
	GIVES("neg", "i8 -7");
	GIVES("(u)", "u64 18446744073709551615");
	GIVES("temp", "f32 20.1000004");
	GIVES("at", "time 1700000000123456789");
	GIVES("name", "text(8) ann");
	GIVES("yes", "bool 1");
}
END_TEST

START_TEST(integers_widen_to_i64)
{
	GIVES("small + 1", "i64 201");
	GIVES("small * neg", "i64 -1400");
	GIVES("-small", "i64 -200");
	GIVES("7 / -2", "i64 -3");
	GIVES("-7 % 3", "i64 -1");
	GIVES("min(small, i)", "i64 42");
	GIVES("max(small, 1, 300)", "i64 300");
	GIVES("clamp(neg, 0, 5)", "i64 0");
	GIVES("abs(neg)", "i64 7");
	GIVES("-9223372036854775808", "i64 -9223372036854775808");
	GIVES("yes ? small : neg", "i64 200");
}
END_TEST

START_TEST(u64_stays_with_its_kind)
{
	GIVES("u / 2", "u64 9223372036854775807");
	GIVES("u - u", "u64 0");
	GIVES("u > 3", "bool 1");
	GIVES("18446744073709551615", "u64 18446744073709551615");
	GIVES("u + 1", "overflow");
	GIVES("u & 255", "u64 255");
	GIVES("u >> 60", "u64 15");
	GIVES("abs(u)", "u64 18446744073709551615");
	fails_at("u + i", 2, "mixes u64 with a signed value");
	fails_at("u + -1", 2, "mixes u64 with a signed value");
	fails_at("u > i", 2, "mixes u64 with a signed value");
	fails_at("-u", 1, "needs a signed number, this is u64");
}
END_TEST

START_TEST(decimal_literals_take_the_type_they_meet)
{
	GIVES("temp * 1.8 + 32", "f32 68.1800003");
	GIVES("d * 1.8 + 32", "f64 36.049999999999997");
	GIVES("temp == 20.1", "bool 1"); /* rounded to f32 */
	GIVES("d == 2.25", "bool 1");
	GIVES("0.1", "f64 0.10000000000000001");
	GIVES("0.1 + 0.2", "f64 0.30000000000000004");
	GIVES("0.1 + 0.2 + f", "f32 0.800000012");
	GIVES("i * 0.5", "f64 21");
	GIVES("i * 0.5 + f", "f32 21.5");
	GIVES("(yes ? 0.1 : 0.2) * f", "f32 0.0500000007");
	GIVES("temp + d", "f64 22.350000381469727");
	GIVES("f32(0.1)", "f32 0.100000001");
	GIVES("f64(f)", "f64 0.5");
	GIVES("i + f", "f32 42.5");
	GIVES("-0.1 * f", "f32 -0.0500000007");
	GIVES("max(f, 0.1)", "f32 0.5");
	GIVES("max(f - 1, 0.3, d - 3)", "f64 0.29999999999999999"); /* it meets them all */
	GIVES("max(f, 16777217, d)", "f64 16777217");
	GIVES("min(at, at + 1, at - 1)", "time 1700000000123456788");
	GIVES("1.", "f64 1");
	GIVES(".5e1", "f64 5");
	GIVES("1e3", "f64 1000");
	fails_at("f * 1e300", 4, "does not fit f32");
}
END_TEST

/* 2^24 + 1 + 2^-30: read through double it would be rounded twice, to 16777216. */
START_TEST(decimal_literals_are_rounded_once)
{
	GIVES("16777217.0000000009 + f * 0", "f32 16777218");
}
END_TEST

START_TEST(faults_of_integers_are_item_errors)
{
	GIVES("9223372036854775807 + i", "overflow");
	GIVES("least - 1", "overflow");
	GIVES("least * -1", "overflow");
	GIVES("least / -1", "overflow");
	GIVES("-least", "overflow");
	GIVES("abs(least)", "overflow");
	GIVES("i / zero", "div_zero");
	GIVES("i % zero", "div_zero");
	GIVES("1 << 64", "shift");
	GIVES("1 >> neg", "shift");
	GIVES("u << i << u", "shift");
	GIVES("u8(i + 214)", "cast");
	GIVES("u8(i + 213)", "u8 255");
	GIVES("i8(small)", "cast");
	GIVES("u64(neg)", "cast");
	GIVES("i64(u)", "cast");
	GIVES("i64(nan)", "cast");
	GIVES("u8(d)", "u8 2");
	GIVES("i8(0.0 - d)", "i8 -2");
	GIVES("u32(u)", "cast");
	GIVES("d / 0.0 > 1e308", "bool 1");
	fails_at("u8(300)", 3, "does not fit u8");
	fails_at("i8(-129)", 3, "does not fit i8");
}
END_TEST

START_TEST(an_error_in_a_part_not_taken_does_not_exist)
{
	GIVES("zero != 0 && i / zero > 1", "bool 0");
	GIVES("zero == 0 || i / zero > 1", "bool 1");
	GIVES("zero == 0 && i / zero > 1", "div_zero");
	GIVES("zero == 0 ? 1 : i / zero", "i64 1");
	GIVES("zero != 0 ? i / zero : 2", "i64 2");
	GIVES("zero == 0 ? i / zero : 2", "div_zero");
	GIVES("no && (yes && i / zero > 1)", "bool 0");
	GIVES("(no && i / zero > 1) || yes", "bool 1");
	GIVES("yes && no", "bool 0");
	GIVES("yes ? no ? 1 : 2 : 3", "i64 2");
	/* a field that is needed twice stays what it was */
	GIVES("(no || i / 42 == 1) && !no", "bool 1");
}
END_TEST

START_TEST(precedence_is_that_of_c)
{
	GIVES("1 + 2 * 3", "i64 7");
	GIVES("(1 + 2) * 3", "i64 9");
	GIVES("10 - 4 - 3", "i64 3");
	GIVES("1 | 2 ^ 3 & 6", "i64 1");
	GIVES("1 << 2 + 1", "i64 8");
	GIVES("1 + 1 == 2 && 3 < 4 || no", "bool 1");
	GIVES("!no && yes", "bool 1");
	GIVES("-i + 50", "i64 8");
	GIVES("~0", "i64 -1");
	GIVES("2 > 1 == yes", "bool 1");
	GIVES("yes || no && no", "bool 1");
}
END_TEST

START_TEST(comparisons_and_texts)
{
	GIVES("name == 'ann'", "bool 1");
	GIVES("name != 'bob'", "bool 1");
	GIVES("name < 'bob'", "bool 1");
	GIVES("name >= 'bob'", "bool 0");
	GIVES("name > 'an'", "bool 1");
	GIVES("name <= 'anna'", "bool 1");
	GIVES("yes ? name : 'unknown name'", "text(12) ann");
	GIVES("no ? name : 'it\\'s \\\\'", "text(8) it's \\");
	GIVES("yes == no", "bool 0");
	GIVES("yes != no", "bool 1");
	GIVES("small >= 200", "bool 1");
	GIVES("i <= 41", "bool 0");
	GIVES("nan == nan", "bool 0");
	GIVES("isnan(nan) && !isnan(d)", "bool 1");
	GIVES("''", "text(1) ");
	fails_at("yes < no", 4, "bools have no order");
	fails_at("name == 3", 5, "cannot compare text with i64");
	fails_at("name + 'x'", 0, "'+' needs numbers, this is text");
	fails_at("name == 'x", 8, "no closing '");
	fails_at("name == '\\q'", 9, "unknown escape");
}
END_TEST

START_TEST(times_have_rules_of_their_own)
{
	GIVES("at - at", "i64 0");
	GIVES("at + 1000000000", "time 1700000001123456789");
	GIVES("i + at", "time 1700000000123456831");
	GIVES("at - i", "time 1700000000123456747");
	GIVES("at > at - 1", "bool 1");
	GIVES("max(at, at + 1)", "time 1700000000123456790");
	GIVES("hour(at)", "i64 22");
	GIVES("minute(at)", "i64 13");
	GIVES("weekday(at)", "i64 2"); /* a Tuesday */
	GIVES("i64(at)", "i64 1700000000123456789");
	GIVES("time(i)", "time 42");
	GIVES("at - at + at", "time 1700000000123456789");
	fails_at("at + at", 3, "does not take time and time");
	fails_at("at * 2", 3, "does not take time and i64");
	fails_at("at > 3", 3, "cannot compare time with i64");
	fails_at("at + 0.5", 3, "does not take");
	fails_at("i - at", 2, "does not take i64 and time");
	fails_at("hour(i)", 5, "needs a time");
}
END_TEST

START_TEST(functions_and_casts)
{
	GIVES("sqrt(d)", "f64 1.5");
	GIVES("sqrt(f * 0.5)", "f32 0.5");
	GIVES("sqrt(16)", "f64 4");
	GIVES("floor(-0.5)", "f64 -1");
	GIVES("ceil(temp)", "f32 21");
	GIVES("round(2.5)", "f64 3");
	GIVES("abs(-1.5)", "f64 1.5");
	GIVES("clamp(temp, 0, 10.5)", "f32 10.5");
	GIVES("bool(i)", "bool 1");
	GIVES("bool(zero)", "bool 0");
	GIVES("i64(yes) + 1", "i64 2");
	GIVES("u64(yes)", "u64 1");
	GIVES("f32(i)", "f32 42");
	GIVES("f64(u)", "f64 1.8446744073709552e+19");
	GIVES("u8(small)", "u8 200");
	fails_at("floor(name)", 6, "needs a number, this is text");
	fails_at("bool(d)", 0, "cannot be cast to bool");
	fails_at("i8(name)", 0, "text cannot be cast to i8");
	fails_at("isnan(i)", 6, "needs a float, this is i64");
	fails_at("sqrt(1, 2)", 0, "sqrt takes 1 argument, not 2");
	fails_at("sqrt()", 0, "sqrt takes 1 argument, not 0");
	fails_at("sqr(1)", 0, "unknown function \"sqr\"; did you mean \"sqrt\"?");
	fails_at("min(i)", 0, "at least 2 arguments here");
	fails_at("count()", 0, "works in a window's emit only");
	fails_at("median(d)", 0, "works in a window's emit only");
}
END_TEST

/* Worked out in f64; where a float they meet is f32 they are too, rounded once. */
START_TEST(functions_of_floats)
{
	GIVES("exp(1)", "f64 2.7182818284590451");
	GIVES("log(10)", "f64 2.3025850929940459");
	GIVES("pow(2, 10)", "f64 1024");
	GIVES("pow(u, -1) > 0", "bool 1");
	GIVES("pow(small, neg) == pow(200.0, -7.0)", "bool 1");
	GIVES("sin(f)", "f32 0.47942555");
	GIVES("cos(zero)", "f64 1");
	GIVES("sin(0.5)", "f64 0.47942553860420301");
	GIVES("exp(0.5) * f", "f32 0.824360609");
	GIVES("pow(f, 2)", "f32 0.25");
	GIVES("pow(f, d)", "f64 0.21022410381342863");
	GIVES("pow(2, d)", "f64 4.7568284600108841");
	GIVES("isnan(log(-1)) && isnan(pow(-d, 0.5)) && isnan(sin(1.0 / 0))", "bool 1");
	GIVES("log(0) < -1e308", "bool 1");
	fails_at("exp(name)", 4, "'exp' needs a number, this is text");
	fails_at("sin(yes)", 4, "'sin' needs a number, this is bool");
	fails_at("pow(d, at)", 7, "'pow' needs numbers, this is time");
	fails_at("pow(d)", 0, "pow takes 2 arguments, not 1");
}
END_TEST

START_TEST(only_bools_are_conditions)
{
	fails_at("i && yes", 0, "'&&' needs bools, this is i64");
	fails_at("yes || temp", 7, "'||' needs bools, this is f32");
	fails_at("!i", 1, "'!' needs a bool, this is i64");
	fails_at("i ? 1 : 2", 0, "needs a bool before it, this is i64");
	fails_at("yes + 1", 0, "'+' needs numbers, this is bool");
	fails_at("yes ? 1 : name", 4, "the two sides of '?:' are i64 and text");
	fails_at("d % 2", 0, "'%' needs integers, this is f64");
	fails_at("1 | d", 4, "'|' needs integers, this is f64");
	fails_at("~d", 1, "'~' needs an integer, this is f64");
	fails_at("yes & no", 0, "'&' needs integers, this is bool");
}
END_TEST

START_TEST(faults_stand_at_their_token)
{
	fails_at("tmp > 3", 0, "unknown field \"tmp\"; did you mean \"temp\"?");
	fails_at("temp > 3 && smal == 1", 12, "unknown field \"smal\"; did you mean \"small\"?");
	fails_at("qqqqqq", 0, "unknown field \"qqqqqq\"\n");
	fails_at("temp >", 6, "the expression ends here; expected a value");
	fails_at("temp > > 3", 7, "expected a value, found '>'");
	fails_at("(temp > 3", 9, "expected ')'");
	fails_at("temp > 3)", 8, "expected an operator, found ')'");
	fails_at("yes ? 1", 7, "expected ':'");
	fails_at("temp = 3", 5, "equality is '=='");
	fails_at("temp @ 3", 5, "no meaning");
	fails_at("name == \"x\"", 8, "single quotes");
	fails_at("3abc", 0, "followed by a letter");
	fails_at("99999999999999999999", 0, "does not fit 64 bits");
	fails_at("1e999", 0, "does not fit f64");
	fails_at("", 0, "expected a value");
	fails_at("max(1 2)", 6, "expected ',' or ')'");
	fails_at("+i", 0, "no '+' sign");
}
END_TEST

START_TEST(every_fault_is_told_and_none_follows)
{
	(void)value("tmp + 1 > 2 && nme == 'x' && smal");
	ck_assert_str_eq(told, "unknown field \"tmp\"; did you mean \"temp\"?\n"
			       "unknown field \"nme\"; did you mean \"name\"?\n"
			       "unknown field \"smal\"; did you mean \"small\"?\n");
}
END_TEST

static char *repeat(const char *before, const char *middle, const char *after, unsigned n)
{
	char *text = weir_pool_get(&pool, n * (strlen(before) + strlen(after)) + strlen(middle) + 1);

	for (unsigned i = 0; i < n; i++)
		strcat(text, before);
	strcat(text, middle);
	for (unsigned i = 0; i < n; i++)
		strcat(text, after);
	return text;
}

START_TEST(limits_are_told)
{
	GIVES(repeat("(", "1", ")", 64), "i64 1");
	fails_at(repeat("(", "1", ")", 65), 65, "nested deeper than 64 levels");
	GIVES(repeat("!", "yes", "", 62), "bool 1");
	fails_at(repeat("!", "yes", "", 66), 64, "nested deeper than 64 levels");
	GIVES(repeat("", "0", "+1", 2047), "i64 2047");
	fails_at(repeat("", "00", "+1", 2048), 4096, "longer than 4096 bytes");
}
END_TEST

/* 1+(2+(3+...: every level holds a register. */
START_TEST(deep_expressions_find_registers)
{
	GIVES(repeat("i+(", "0", ")", 60), "i64 2520");
	GIVES(repeat("neg+(", "small", ")", 60), "i64 -220");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build/expr");
	TCase *t = tcase_create("build/expr");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, bare_fields_keep_their_kind);
	tcase_add_test(t, integers_widen_to_i64);
	tcase_add_test(t, u64_stays_with_its_kind);
	tcase_add_test(t, decimal_literals_take_the_type_they_meet);
	tcase_add_test(t, decimal_literals_are_rounded_once);
	tcase_add_test(t, faults_of_integers_are_item_errors);
	tcase_add_test(t, an_error_in_a_part_not_taken_does_not_exist);
	tcase_add_test(t, precedence_is_that_of_c);
	tcase_add_test(t, comparisons_and_texts);
	tcase_add_test(t, times_have_rules_of_their_own);
	tcase_add_test(t, functions_and_casts);
	tcase_add_test(t, functions_of_floats);
	tcase_add_test(t, only_bools_are_conditions);
	tcase_add_test(t, faults_stand_at_their_token);
	tcase_add_test(t, every_fault_is_told_and_none_follows);
	tcase_add_test(t, limits_are_told);
	tcase_add_test(t, deep_expressions_find_registers);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? 0 : 1;
}
