/* SPDX-License-Identifier: MIT */
/*
 * rules_test.c -- the rules of Reactive Streams over every line of operators.def and connectors.def.
 *
 * A case is a rule of rules.def and a component that has its side, on both clocks; it is called "rule component".
 * At the end stands what was made of what: cases per rule, what does not fit and why.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/connectors.h>
#include <weir/operators.h>

#include "rules.h"

#define CASES_MAX 8192u
#define NAME_MAX  64u

enum side { PUBLISHER, SUBSCRIBER, PROCESSOR, NOWHERE };

struct rule {
	const char *name;
	void (*run)(struct bench *b);
	const char *text; /* what it claims, or why no test can tell */
	uint8_t side;     /* enum side; NOWHERE: not tested */
};

static const struct rule rules[] = {
#define RULE(name_, side_, claim_) { #name_, name_, claim_, side_ },
#define NOT_TESTED(name_, reason_) { #name_, NULL, reason_, NOWHERE },
#define EXCEPT(name_, component_, reason_)
#include "rules.def"
#undef RULE
#undef NOT_TESTED
#undef EXCEPT
};
#define RULES (sizeof rules / sizeof *rules)

struct exception {
	const char *rule, *component, *reason;
};

static const struct exception exceptions[] = {
#define RULE(name_, side_, claim_)
#define NOT_TESTED(name_, reason_)
#define EXCEPT(name_, component_, reason_) { #name_, #component_, reason_ },
#include "rules.def"
#undef RULE
#undef NOT_TESTED
#undef EXCEPT
};
#define EXCEPTIONS (sizeof exceptions / sizeof *exceptions)

struct rule_case {
	const struct rule *rule;
	const struct weir_op_type *type;
	bool connector;
	char name[NAME_MAX];
	TTest test;
};

static struct rule_case cases[CASES_MAX];
static uint32_t n_cases, n_components;

static const struct exception *except(const struct rule *r, const struct weir_op_type *t)
{
	for (size_t i = 0; i < EXCEPTIONS; i++)
		if (strcmp(exceptions[i].rule, r->name) == 0 && strcmp(exceptions[i].component, t->name) == 0)
			return &exceptions[i];
	return NULL;
}

static bool has_side(const struct weir_op_type *t, unsigned side)
{
	if (side == PUBLISHER)
		return !is_sink(t);
	if (side == SUBSCRIBER)
		return !is_source(t) || (t->flags & WEIR_OP_SCOPE_ITEM) != 0;
	return side == PROCESSOR && !is_sink(t) && (!is_source(t) || (t->flags & WEIR_OP_SCOPE_ITEM) != 0);
}

/* Both clocks: a component's time is the items' own on the one, and the machine's on the other. */
static void run_case(int i)
{
	static struct bench b;

	for (uint8_t clock = WEIR_CLOCK_MONOTONIC; clock <= WEIR_CLOCK_EVENT; clock++) {
		b = (struct bench){ .type = cases[i].type, .connector = cases[i].connector, .clock = clock };
		cases[i].rule->run(&b);
	}
}

static void add_component(const struct weir_op_type *t, bool connector)
{
	n_components++;
	for (size_t r = 0; r < RULES; r++) {
		struct rule_case *c = &cases[n_cases];

		if (!has_side(t, rules[r].side) || except(&rules[r], t) != NULL)
			continue;
		if (n_cases == CASES_MAX) {
			(void)fprintf(stderr, "more than %u cases\n", CASES_MAX);
			exit(EXIT_FAILURE);
		}
		*c = (struct rule_case){ .rule = &rules[r], .type = t, .connector = connector };
		(void)snprintf(c->name, sizeof c->name, "%s %s%s", rules[r].name, t->name,
			!connector     ? ""
			: is_source(t) ? " (source)"
				       : " (sink)");
		c->test = (TTest){ .name = c->name, .fn = run_case, .file = __FILE__, .line = __LINE__ };
		n_cases++;
	}
}

static void add_all(void)
{
	for (const struct weir_op_type *const *t = weir_operator_types; *t != NULL; t++)
		add_component(*t, false);
	for (const struct weir_op_type *const *t = weir_connector_types; *t != NULL; t++)
		add_component(*t, true);
}

/* ---- the list itself ---- */

START_TEST(every_rule_has_a_line)
{
	static const int last[] = { 11, 13, 17, 2 };

	for (int part = 1; part <= 4; part++) {
		for (int k = 1; k <= last[part - 1]; k++) {
			char name[32];
			size_t r = 0;

			(void)snprintf(name, sizeof name, "rule_%d_%02d", part, k);
			while (r < RULES && strcmp(rules[r].name, name) != 0)
				r++;
			ck_assert_msg(r < RULES, "%s has no line in rules.def", name);
		}
	}
	for (size_t i = 0; i < EXCEPTIONS; i++) {
		size_t r = 0;

		while (r < RULES && strcmp(rules[r].name, exceptions[i].rule) != 0)
			r++;
		ck_assert_msg(r < RULES, "an exception to %s, which is no rule", exceptions[i].rule);
	}
}
END_TEST

static char *read_spec(void)
{
	static char text[1u << 18];
	const char *srcdir = getenv("srcdir");
	char path[512];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/docs/SPEC.md", srcdir != NULL ? srcdir : ".");
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s is not there", path);
	n = fread(text, 1, sizeof text - 1, f);
	ck_assert_int_eq(fclose(f), 0);
	text[n] = '\0';
	return text;
}

/* docs/SPEC.md names the test that holds each rule: every name there is one of ours, and the other way round. */
START_TEST(the_specification_names_every_test)
{
	const char *spec = read_spec();

	for (size_t r = 0; r < RULES; r++) {
		char quoted[NAME_MAX];

		(void)snprintf(quoted, sizeof quoted, "`%s`", rules[r].name);
		ck_assert_msg(strstr(spec, quoted) != NULL, "docs/SPEC.md does not name %s", quoted);
	}
	for (const char *at = strstr(spec, "`rule_"); at != NULL; at = strstr(at + 1, "`rule_")) {
		size_t len = strcspn(at + 1, "`"), r = 0;

		while (r < RULES && (strlen(rules[r].name) != len || memcmp(rules[r].name, at + 1, len) != 0))
			r++;
		ck_assert_msg(r < RULES, "docs/SPEC.md names %.*s, which is no test", (int)len, at + 1);
	}
}
END_TEST

/* ---- what was made of what ---- */

/* Who has not got a side. */
static void print_side(const char *why, enum side side)
{
	const struct weir_op_type *const *lists[] = { weir_operator_types, weir_connector_types };

	(void)printf(
		"no %s rules for those that %s:", side == PUBLISHER ? "publisher's" : "subscriber's", why);
	for (size_t l = 0; l < 2; l++)
		for (const struct weir_op_type *const *t = lists[l]; *t != NULL; t++)
			if (!has_side(*t, side))
				(void)printf(" %s", (*t)->name);
	(void)printf("\n");
}

static void print_table(void)
{
	static const char *const sides[] = { "publisher", "subscriber", "processor", "-" };
	uint32_t tested = 0;

	(void)printf("%-38s %-10s %5s\n", "rule", "side", "cases");
	for (size_t r = 0; r < RULES; r++) {
		uint32_t n = 0;

		for (uint32_t i = 0; i < n_cases; i++)
			n += cases[i].rule == &rules[r];
		tested += n > 0;
		(void)printf("%-38s %-10s %5u  %s%s\n", rules[r].name, sides[rules[r].side], n,
			n > 0 ? "" : "not tested: ", n > 0 ? "" : rules[r].text);
	}
	print_side("publish to nobody", PUBLISHER);
	print_side("subscribe to nobody", SUBSCRIBER);
	for (size_t i = 0; i < EXCEPTIONS; i++)
		(void)printf("%-38s %-10s     -  %s: %s\n", exceptions[i].rule, "except",
			exceptions[i].component, exceptions[i].reason);
	(void)printf("%u components x %u rules, where they fit = %u cases, on two clocks each\n",
		n_components, tested, n_cases);
}

int main(void)
{
	Suite *suite = suite_create("rules");
	TCase *list = tcase_create("list"), *tc = tcase_create("rules");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, list);
	suite_add_tcase(suite, tc);
	tcase_add_test(list, every_rule_has_a_line);
	tcase_add_test(list, the_specification_names_every_test);
	add_all();
	for (uint32_t i = 0; i < n_cases; i++)
		tcase_add_loop_test(tc, &cases[i].test, (int)i, (int)i + 1);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	print_table();
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
