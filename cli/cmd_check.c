/* SPDX-License-Identifier: MIT */
/*
 * cmd_check.c -- `weir check`: every fault of a definition, else its memory bill. Opens no file but the
 * definition.
 */
#include "cli.h"

struct bill {
	const struct weir_plan *plan;
	size_t total;
};

static void print_line(void *arg, const struct weir_bill_line *line)
{
	struct bill *b = arg;
	const struct weir_edge_def *e = &b->plan->edges[line->index];
	char name[128];

	if (line->what == WEIR_BILL_ENGINE)
		(void)snprintf(name, sizeof name, "engine");
	else if (line->what == WEIR_BILL_STAGE)
		(void)snprintf(name, sizeof name, "stage %s", b->plan->stages[line->index].id);
	else
		(void)snprintf(name, sizeof name, "edge  %s -> %s", b->plan->stages[e->from].id,
			b->plan->stages[e->to].id);
	(void)printf("%-60s %12zu\n", name, line->bytes);
	b->total += line->bytes;
}

static void print_bill(const struct weir_plan *plan, const struct weir_target *target)
{
	struct bill b = { .plan = plan };

	(void)printf("%-60s %12s\n", "part", "bytes");
	if (target != NULL)
		(void)weir_target_size(plan, target, print_line, &b);
	else
		(void)weir_instance_size(plan, print_line, &b);
	(void)printf("%-60s %12zu\n", "total", b.total);
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	struct weir_definition *d = NULL;
	int rc = cli_options_parse(&o, &cli_check, argc, argv);

	if (rc == 0) {
		o.warnings = true;
		rc = cli_load(&d, &o, false);
	}
	if (rc == 0)
		print_bill(weir_definition_plan(d), o.target);
	weir_definition_close(d);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	CLI_SET,
	CLI_BIND("let a file stand in for an input or output port"),
	{ 'x', "strict", NULL, "a warning is a fault" },
	CLI_TARGET("check and bill it for a microcontroller; a wrong name lists them"),
	CLI_BATCH("most records that go through a stage at a time; 1 on a microcontroller"),
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_check = {
	.name = "check",
	.run = run,
	.summary = "find every fault of a definition, and print its memory bill",
	.operands = "DEFINITION",
	.what = "definition",
	.least = 1,
	.most = 1,
	.about =
		"Check a definition and print every fault, or the memory it will use: worst case, in bytes,\n"
		"per stage and edge. The sum is what a run allocates, once, before it starts. A warning is "
		"told\n"
		"of what may come to a standstill.",
	.exit = "0 no faults, 64 bad usage, 66 no such file, 78 faults.",
	.options = options,
};
