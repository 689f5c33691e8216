/* SPDX-License-Identifier: MIT */
/*
 * check.h -- the part of Check that weir's tests use, for machines without processes, signals or a file system: the
 * unit tests compile against it unchanged. Each test prints one line of TAP. A check that does not hold ends its test,
 * as in Check without fork; what the test left behind then, the next one finds.
 */
#ifndef WEIR_MCU_CHECK_H
#define WEIR_MCU_CHECK_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct TTest {
	const char *name;
	void (*fn)(int);
	const char *file;
	int line;
} TTest;
typedef struct TCase TCase;
typedef struct Suite Suite;
typedef struct SRunner SRunner;
enum print_output { CK_SILENT, CK_MINIMAL, CK_NORMAL, CK_VERBOSE, CK_ENV };

Suite *suite_create(const char *name);
TCase *tcase_create(const char *name);
void suite_add_tcase(Suite *suite, TCase *tc);
void tcase_add_loop_test(TCase *tc, const TTest *test, int from, int to);
#define tcase_add_test(tc, test) tcase_add_loop_test(tc, test, 0, 1)
void tcase_add_checked_fixture(TCase *tc, void (*setup)(void), void (*teardown)(void));
void tcase_add_unchecked_fixture(TCase *tc, void (*setup)(void), void (*teardown)(void));
void tcase_set_timeout(TCase *tc, double seconds); /* whoever started the machine minds that */
SRunner *srunner_create(Suite *suite);
void srunner_run_all(SRunner *runner, enum print_output how);
int srunner_ntests_failed(SRunner *runner);
void srunner_free(SRunner *runner);

/* A test or fixture can end nowhere else. */
_Noreturn void mcu_check_failed(const char *file, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define START_TEST(name)                                                           \
	static void name##_fn(int _i);                                             \
	static const TTest name##_test = { #name, name##_fn, __FILE__, __LINE__ }; \
	static const TTest *const name = &name##_test;                             \
	static void name##_fn(int _i __attribute__((unused)))
#define END_TEST

#define ck_abort_msg(...) mcu_check_failed(__FILE__, __LINE__, __VA_ARGS__)
#define ck_assert_msg(condition, ...)              \
	do {                                       \
		if (!(condition))                  \
			ck_abort_msg(__VA_ARGS__); \
	} while (0)
#define ck_assert(condition) ck_assert_msg(condition, "%s", #condition)

#define MCU_COMPARE(type, format, a, op, b)                                                 \
	do {                                                                                \
		type a_ = (a);                                                              \
		type b_ = (b);                                                              \
		if (!(a_ op b_))                                                            \
			ck_abort_msg("%s %s %s: " format ", " format, #a, #op, #b, a_, b_); \
	} while (0)
#define MCU_INT(a, op, b)  MCU_COMPARE(long long, "%lld", a, op, b)
#define MCU_UINT(a, op, b) MCU_COMPARE(unsigned long long, "%llu", a, op, b)
#define MCU_PTR(a, op, b)  MCU_COMPARE(const void *, "%p", a, op, b)
#define MCU_REAL(a, op, b) MCU_COMPARE(double, "%g", a, op, b)
#define MCU_STR(a, op, b)                                                              \
	do {                                                                           \
		const char *a_ = (a), *b_ = (b);                                       \
		if (!(strcmp(a_, b_) op 0))                                            \
			ck_abort_msg("%s %s %s: \"%s\", \"%s\"", #a, #op, #b, a_, b_); \
	} while (0)

#define ck_assert_int_eq(a, b)    MCU_INT(a, ==, b)
#define ck_assert_int_ne(a, b)    MCU_INT(a, !=, b)
#define ck_assert_int_lt(a, b)    MCU_INT(a, <, b)
#define ck_assert_int_le(a, b)    MCU_INT(a, <=, b)
#define ck_assert_int_gt(a, b)    MCU_INT(a, >, b)
#define ck_assert_int_ge(a, b)    MCU_INT(a, >=, b)
#define ck_assert_uint_eq(a, b)   MCU_UINT(a, ==, b)
#define ck_assert_uint_ne(a, b)   MCU_UINT(a, !=, b)
#define ck_assert_uint_lt(a, b)   MCU_UINT(a, <, b)
#define ck_assert_uint_le(a, b)   MCU_UINT(a, <=, b)
#define ck_assert_uint_gt(a, b)   MCU_UINT(a, >, b)
#define ck_assert_uint_ge(a, b)   MCU_UINT(a, >=, b)
#define ck_assert_double_eq(a, b) MCU_REAL(a, ==, b)
#define ck_assert_float_eq(a, b)  MCU_REAL(a, ==, b)
#define ck_assert_str_eq(a, b)    MCU_STR(a, ==, b)
#define ck_assert_str_ne(a, b)    MCU_STR(a, !=, b)
#define ck_assert_ptr_eq(a, b)    MCU_PTR(a, ==, b)
#define ck_assert_ptr_ne(a, b)    MCU_PTR(a, !=, b)
#define ck_assert_ptr_null(a)     MCU_PTR(a, ==, NULL)
#define ck_assert_ptr_nonnull(a)  MCU_PTR(a, !=, NULL)
#define ck_assert_mem_eq(a, b, n) ck_assert_msg(memcmp(a, b, n) == 0, "%s is not %s", #a, #b)

#endif
