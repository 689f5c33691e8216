/* SPDX-License-Identifier: MIT */
/*
 * ops_json.c -- the tables as JSON, for editors and generators.
 */
#include <inttypes.h>
#include <string.h>

#include "json_text.h"
#include "ops.h"

static void print_text(const char *key, const char *text)
{
	(void)printf(", \"%s\": ", key);
	cli_print_json_text(stdout, text, strlen(text));
}

static bool is_signed(const struct weir_param *p)
{
	return p->kind == WEIR_PARAM_I64 || p->kind == WEIR_PARAM_NUMBER;
}

/* The bounds of what is counted; of durations in ns. */
static void print_bounds(const struct weir_param *p)
{
	if (p->min == 0 && p->max == 0)
		return;
	if (is_signed(p))
		(void)printf(", \"min\": %" PRId64 ", \"max\": %" PRId64, (int64_t)p->min, (int64_t)p->max);
	else
		(void)printf(", \"min\": %" PRIu64 ", \"max\": %" PRIu64, p->min, p->max);
}

static void print_param(const struct weir_param *p)
{
	(void)printf("      { \"name\": \"%s\"", p->name);
	print_text("what", cli_param_what(p));
	print_text("help", p->help != NULL ? p->help : "");
	if (p->dflt != NULL)
		(void)printf(", \"default\": %s", p->dflt);
	if (p->example != NULL)
		(void)printf(", \"example\": %s", p->example);
	if (p->kind == WEIR_PARAM_ENUM) {
		(void)fputs(", \"choices\": [", stdout);
		for (const char *const *c = p->choices; *c != NULL; c++)
			(void)printf("%s\"%s\"", c == p->choices ? "" : ", ", *c);
		(void)putchar(']');
	}
	print_bounds(p);
	(void)printf(", \"required\": %s, \"primary\": %s }",
		(p->flags & WEIR_PARAM_REQUIRED) != 0 ? "true" : "false",
		(p->flags & WEIR_PARAM_PRIMARY) != 0 ? "true" : "false");
}

static void print_type(const struct weir_op_type *t)
{
	struct ops_page page = ops_page_of(t);
	bool any = false;

	(void)printf("  { \"name\": \"%s\", \"kind\": \"%s\"", t->name, cli_group_name(cli_group_of(t)));
	print_text("summary", t->summary);
	print_text("emits", page.emits);
	print_text("credit", page.credit != NULL ? page.credit : page.credit_class);
	print_text("completes", page.completes);
	print_text("cancels", page.cancels);
	print_text("state", page.state);
	(void)fputs(", \"drops\": [", stdout);
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++) {
		if ((t->drops & (1u << r)) == 0)
			continue;
		(void)printf("%s\"%s\"", any ? ", " : "", weir_drop_name((enum weir_drop)r));
		any = true;
	}
	(void)fputs("],\n    \"parameters\": [", stdout);
	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++) {
		(void)fputs(p == t->params ? "\n" : ",\n", stdout);
		print_param(p);
	}
	(void)fputs("] }", stdout);
}

void ops_json(const struct weir_op_type *const *list, size_t n)
{
	(void)fputs("[\n", stdout);
	for (size_t i = 0; i < n; i++) {
		print_type(list[i]);
		(void)fputs(i + 1 < n ? ",\n" : "\n", stdout);
	}
	(void)fputs("]\n", stdout);
}
