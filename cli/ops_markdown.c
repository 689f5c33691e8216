/* SPDX-License-Identifier: MIT */
/*
 * ops_markdown.c -- docs/OPERATORS.md: each in a line, then a page of each.
 */
#include <stdio.h>
#include <string.h>

#include "ops.h"

static const char head[] = "# Operators\n\n"
			   "<!-- Printed by `weir ops --markdown` from the tables in operators/ and "
			   "connectors/; do not edit. -->\n\n"
			   "What a stage emits, how it takes credit, when it completes and when it cancels "
			   "its input, and what its state costs;\n"
			   "below, each with its parameters. The language around them is in "
			   "[PIPELINE.md](PIPELINE.md); marbles stand in the head of\n"
			   "each `operators/NAME.c`.\n\n"
			   "* **credit** *pass*: asks its input for what it is asked for, and again for what "
			   "it drops; *own*: asks a span ahead, and for\n"
			   "  nothing while what it made waits; *manual*: as the line says; *source*: emits "
			   "what it is asked for.\n"
			   "* **completes** when the column says so, behind all that came before. An error "
			   "always passes behind the items before it, and\n"
			   "  a stage that is cancelled cancels its inputs.\n"
			   "* **state** in bytes, beside the engine's own book-keeping of a stage; on a "
			   "microcontroller in brackets where it differs.\n"
			   "  `keys`: for each of `max_keys` (one without `key`) 16 bytes, the key's fields "
			   "and what is said, each rounded up to 8; with\n"
			   "  a `key` and 4 bytes for each of a power of two places, at least 1.5 times "
			   "`max_keys`. `weir check` prints the sum of a\n"
			   "  definition.\n";

static void print_row(const struct weir_op_type *t)
{
	struct ops_page page = ops_page_of(t);
	char name[CLI_NAME_MAX];

	(void)printf("| `%s` | %s | %s%s%s | %s | %s | %s |\n",
		cli_group_of(t) == CLI_FORMATS ? t->name : cli_name_of(t, name), page.emits,
		page.credit_class, page.credit != NULL ? ": " : "", page.credit != NULL ? page.credit : "",
		page.completes, page.cancels, page.state);
}

/* In a table a bar would end the cell. */
static void print_cell(const char *text)
{
	for (; *text != '\0'; text++)
		(void)printf(*text == '|' ? "\\|" : "%c", *text);
}

static void print_param(const struct weir_param *p)
{
	bool is_required = (p->flags & WEIR_PARAM_REQUIRED) != 0;
	char what[256];

	ops_param_what(what, sizeof what, p);
	(void)printf("| `%s`%s | %s | ", p->name, (p->flags & WEIR_PARAM_PRIMARY) != 0 ? " (short form)" : "",
		what);
	if (is_required)
		(void)fputs("required", stdout);
	else if (p->dflt != NULL)
		(void)printf("`%s`", p->dflt);
	else
		(void)putchar('-');
	(void)fputs(" | ", stdout);
	print_cell(p->help != NULL ? p->help : "");
	(void)fputs(" |\n", stdout);
}

void ops_markdown_page(const struct weir_op_type *t)
{
	bool any = false;

	(void)printf("### `%s` (%s)\n%s\n", t->name, cli_group_name(cli_group_of(t)), t->summary);
	if (cli_group_of(t) < CLI_FORMATS) {
		(void)fputs("\n```json\n", stdout);
		cli_print_example(stdout, t);
		(void)fputs("\n```\n", stdout);
	}
	if (t->params != NULL && t->params->name != NULL)
		(void)fputs("\n| parameter | what it is | default | |\n|---|---|---|---|\n", stdout);
	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++)
		print_param(p);
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++) {
		if ((t->drops & (1u << r)) == 0)
			continue;
		(void)printf("%s%s", any ? ", " : "\nCounts as dropped: ", weir_drop_name((enum weir_drop)r));
		any = true;
	}
	if (any)
		(void)fputs(".\n", stdout);
}

void ops_markdown(const struct cli_types *types)
{
	int group = -1;

	(void)fputs(head, stdout);
	for (size_t i = 0; i < types->n; i++) {
		enum cli_group of = cli_group_of(types->list[i]);

		if ((int)of != group)
			(void)printf("\n## %s\n"
				     "| | emits | credit | completes | cancels its input | state |\n"
				     "|---|---|---|---|---|---|\n",
				cli_group_title(of));
		group = (int)of;
		print_row(types->list[i]);
	}
	(void)fputs("\n## Pages\n", stdout);
	for (size_t i = 0; i < types->n; i++) {
		if (cli_group_of(types->list[i]) == CLI_INTERNAL)
			continue;
		(void)putchar('\n');
		ops_markdown_page(types->list[i]);
	}
}
