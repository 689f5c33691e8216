/* SPDX-License-Identifier: MIT */
/*
 * cmd_ops.c -- `weir ops`: what this build can do, from the tables of its operators and connectors.
 */
#include <string.h>

#include <weir/diagnostics.h>

#include "cli.h"
#include "ops.h"

/* ---- what a page says where the type leaves it out ---- */

static const char *or_else(const char *said, const char *dflt)
{
	return said != NULL ? said : dflt;
}

struct ops_page ops_page_of(const struct weir_op_type *type)
{
	static const struct weir_op_page none;
	static const char *const credit[] = {
		[WEIR_CREDIT_PASS] = "pass", [WEIR_CREDIT_OWN] = "own", [WEIR_CREDIT_MANUAL] = "manual"
	};
	const struct weir_op_page *p = type->page != NULL ? type->page : &none;
	bool is_source = (type->flags & WEIR_OP_SOURCE) != 0, is_sink = (type->flags & WEIR_OP_SINK) != 0;

	return (struct ops_page){ .emits = or_else(p->emits, "-"),
		.credit_class = is_source ? "source" : credit[type->credit],
		.credit = p->credit,
		.completes = or_else(p->completes, is_source ? "at its end" : "with its input"),
		.cancels = or_else(p->cancels, is_source ? "-"
					       : is_sink ? "when it fails"
							 : "when nobody listens"),
		.state = or_else(p->state, "-") };
}

/* "integer, 1 to 4294967295" */
void ops_param_what(char *text, size_t size, const struct weir_param *p)
{
	int n = snprintf(text, size, "%s", cli_param_what(p));

	for (const char *const *c = p->choices; p->kind == WEIR_PARAM_ENUM && *c != NULL; c++)
		n += snprintf(text + n, size - (size_t)n, " \"%s\"", *c);
}

/* ---- as text ---- */

static void print_bold(const char *text)
{
	(void)printf(cli_colour(stdout) ? "\033[1m%s\033[0m\n" : "%s\n", text);
}

static void print_list(const struct cli_types *types)
{
	char name[CLI_NAME_MAX], last[CLI_NAME_MAX] = "";
	int group = -1;

	for (size_t i = 0; i < types->n; i++) {
		const struct weir_op_type *t = types->list[i];
		const char *word = cli_name_of(t, name);

		if (cli_group_of(t) == CLI_INTERNAL)
			continue;
		if ((int)cli_group_of(t) != group) {
			if (group >= 0)
				(void)putchar('\n');
			group = (int)cli_group_of(t);
			print_bold(cli_group_title(cli_group_of(t)));
		}
		(void)printf("  %-24s%s\n", strcmp(word, last) == 0 && group == CLI_FORMATS ? "" : word,
			t->summary);
		(void)snprintf(last, sizeof last, "%s", word);
	}
	(void)fputs("\nweir ops NAME tells more of one.\n", stdout);
}

static void print_param(const struct weir_param *p)
{
	char what[256];

	ops_param_what(what, sizeof what, p);
	(void)printf("  %-14s%s", p->name, what);
	if ((p->flags & WEIR_PARAM_REQUIRED) != 0)
		(void)fputs("; required", stdout);
	else if (p->dflt != NULL)
		(void)printf("; default %s", p->dflt);
	if ((p->flags & WEIR_PARAM_PRIMARY) != 0)
		(void)fputs("; short form", stdout);
	(void)printf("\n  %-14s  %s\n", "", or_else(p->help, ""));
}

static void print_text(const struct weir_op_type *t)
{
	struct ops_page page = ops_page_of(t);
	char name[CLI_NAME_MAX], title[2 * CLI_NAME_MAX];

	(void)snprintf(title, sizeof title, "%s (%s)", cli_name_of(t, name), cli_group_name(cli_group_of(t)));
	print_bold(title);
	(void)printf("%s\n\n", t->summary);
	if (cli_group_of(t) < CLI_FORMATS) {
		(void)fputs("  ", stdout);
		cli_print_example(stdout, t);
		(void)fputs("\n\n", stdout);
	}
	for (const struct weir_param *p = t->params; p != NULL && p->name != NULL; p++)
		print_param(p);
	(void)printf("\n  emits         %s\n  credit        %s%s%s\n  completes     %s\n", page.emits,
		page.credit_class, page.credit != NULL ? ": " : "", or_else(page.credit, ""), page.completes);
	(void)printf("  cancels       %s\n  state         %s\n", page.cancels, page.state);
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
		if ((t->drops & (1u << r)) != 0)
			(void)printf("  drops         %s\n", weir_drop_name((enum weir_drop)r));
}

/* ---- the command ---- */

/* The types that go by a name: two of "file" and of "csv". */
static size_t find(
	const struct cli_types *types, const char *name, const struct weir_op_type **found, size_t max)
{
	char text[CLI_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < types->n && n < max; i++)
		if (strcmp(cli_name_of(types->list[i], text), name) == 0 ||
			strcmp(types->list[i]->name, name) == 0)
			found[n++] = types->list[i];
	return n;
}

static int unknown(const struct cli_types *types, const char *name)
{
	static char names[CLI_TYPES_MAX][CLI_NAME_MAX];
	const char *list[CLI_TYPES_MAX], *meant;

	for (size_t i = 0; i < types->n; i++)
		list[i] = cli_name_of(types->list[i], names[i]);
	meant = weir_closest(name, list, types->n);
	if (meant != NULL)
		cli_error("unknown operator \"%s\"; did you mean \"%s\"?", name, meant);
	else
		cli_error("unknown operator \"%s\"; `weir ops` lists them", name);
	return CLI_USAGE;
}

static void print(const struct weir_op_type *const *list, size_t n, char form)
{
	if (form == 'j') {
		ops_json(list, n);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			(void)putchar('\n');
		if (form == 'm')
			ops_markdown_page(list[i]);
		else
			print_text(list[i]);
	}
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	struct cli_types types;
	const struct weir_op_type *found[2];
	int rc = cli_options_parse(&o, &cli_ops, argc, argv);

	cli_types(&types);
	if (rc == 0 && o.path != NULL) {
		size_t n = find(&types, o.path, found, sizeof found / sizeof *found);

		if (n == 0)
			rc = unknown(&types, o.path);
		else
			print(found, n, o.form);
	} else if (rc == 0 && o.form == 'm') {
		ops_markdown(&types);
	} else if (rc == 0 && o.form == 'j') {
		ops_json(types.list, types.n);
	} else if (rc == 0) {
		print_list(&types);
	}
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	{ 'm', "markdown", NULL, "the pages as Markdown; without a name docs/OPERATORS.md" },
	{ 'j', "json", NULL, "the tables as JSON" },
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_ops = {
	.name = "ops",
	.run = run,
	.summary = "tell the operators and connectors of this build, and their parameters",
	.operands = "[NAME]",
	.what = "name",
	.most = 1,
	.about = "List the operators, connectors and formats, or tell all of one: its parameters, what it "
		 "emits,\n"
		 "how it takes credit, when it ends and what it costs.",
	.exit = "0 told, 64 bad usage or no such name.",
	.options = options,
};
