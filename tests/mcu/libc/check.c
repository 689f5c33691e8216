/* SPDX-License-Identifier: MIT */
/* check.c -- see check.h. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "board.h"

struct entry {
	const TTest *test;
	TCase *tcase;
	int from, to;
	struct entry *next;
};

struct TCase {
	const char *name;
	void (*setup)(void), (*teardown)(void);
	void (*first)(void), (*last)(void);
	struct entry *entries, **end;
	TCase *next;
};

struct Suite {
	const char *name;
	TCase *tcases, **end;
};

struct SRunner {
	Suite *suite;
	unsigned run, failed;
};

static void *out_of_test[5]; /* where a failed check goes on */

static void *need(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		board_panic("no memory for the list of tests");
	return p;
}

Suite *suite_create(const char *name)
{
	Suite *s = need(sizeof *s);

	s->name = name;
	s->end = &s->tcases;
	return s;
}

TCase *tcase_create(const char *name)
{
	TCase *tc = need(sizeof *tc);

	tc->name = name;
	tc->end = &tc->entries;
	return tc;
}

void suite_add_tcase(Suite *suite, TCase *tc)
{
	*suite->end = tc;
	suite->end = &tc->next;
}

void tcase_add_loop_test(TCase *tc, const TTest *test, int from, int to)
{
	struct entry *e = need(sizeof *e);

	*e = (struct entry){ .test = test, .tcase = tc, .from = from, .to = to };
	*tc->end = e;
	tc->end = &e->next;
}

void tcase_add_checked_fixture(TCase *tc, void (*setup)(void), void (*teardown)(void))
{
	tc->setup = setup;
	tc->teardown = teardown;
}

void tcase_add_unchecked_fixture(TCase *tc, void (*setup)(void), void (*teardown)(void))
{
	tc->first = setup;
	tc->last = teardown;
}

void tcase_set_timeout(TCase *tc, double seconds)
{
	(void)tc;
	(void)seconds;
}

SRunner *srunner_create(Suite *suite)
{
	SRunner *r = need(sizeof *r);

	r->suite = suite;
	return r;
}

_Noreturn void mcu_check_failed(const char *file, int line, const char *format, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	printf("# %s:%d: %s\n", file, line, text);
	__builtin_longjmp(out_of_test, 1);
}

static void call(void (*fn)(void))
{
	if (fn != NULL)
		fn();
}

/* Whether the test, between its fixtures, came to its end. */
static __attribute__((noinline)) int passes(const struct entry *e, int i)
{
	if (__builtin_setjmp(out_of_test) != 0)
		return 0;
	call(e->tcase->setup);
	e->test->fn(i);
	call(e->tcase->teardown);
	return 1;
}

static void run_entry(SRunner *r, const struct entry *e)
{
	for (int i = e->from; i < e->to; i++) {
		int ok = passes(e, i);

		r->run++;
		r->failed += !ok;
		printf("%s %u - %s: %s", ok ? "ok" : "not ok", r->run, r->suite->name, e->test->name);
		if (e->to - e->from > 1)
			printf(" %d", i);
		printf("\n");
	}
}

void srunner_run_all(SRunner *r, enum print_output how)
{
	(void)how;
	for (TCase *tc = r->suite->tcases; tc != NULL; tc = tc->next) {
		call(tc->first);
		for (const struct entry *e = tc->entries; e != NULL; e = e->next)
			run_entry(r, e);
		call(tc->last);
	}
	printf("1..%u\n# stack %u of %u bytes\n", r->run, (unsigned)board_stack_used(),
		(unsigned)board_stack_size());
}

int srunner_ntests_failed(SRunner *r)
{
	return (int)r->failed;
}

/* The lists live as long as the machine. */
void srunner_free(SRunner *r)
{
	free(r);
}
