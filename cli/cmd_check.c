/* SPDX-License-Identifier: MIT */
/*
 * cmd_check.c -- `weir check`: every fault of a definition, else its memory bill. Opens no file but the
 * definition.
 */
#include <weir/hop.h>

#include "cli.h"

struct bill {
	const struct weir_plan *plan;
	const char *thread; /* before each line; NULL: there is one alone */
	size_t total;
};

static void print_row(const struct bill *b, const char *name, size_t bytes)
{
	char row[256];

	(void)snprintf(row, sizeof row, "%s%s%s", b->thread != NULL ? b->thread : "",
		b->thread != NULL ? ": " : "", name);
	(void)printf("%-60s %12zu\n", row, bytes);
}

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
	print_row(b, name, line->bytes);
	b->total += line->bytes;
}

/* A thread's part, and its sum where there are several. */
static size_t print_part(const struct weir_part *part, bool alone, const struct weir_target *target)
{
	struct bill b = { .plan = part->plan, .thread = alone ? NULL : part->thread };

	if (target != NULL)
		(void)weir_target_size(part->plan, target, print_line, &b);
	else
		(void)weir_instance_size(part->plan, print_line, &b);
	if (!alone)
		print_row(&b, "sum", b.total);
	return b.total;
}

static size_t print_hop(const struct weir_cut *c)
{
	size_t bytes =
		sizeof(struct weir_hop) + (size_t)weir_hop_size(c->item_bytes, c->capacity, c->instants);
	const struct bill b = { .thread = NULL };
	char name[256];

	(void)snprintf(name, sizeof name, "hop   %s -> %s", c->from, c->to);
	print_row(&b, name, bytes);
	return bytes;
}

static void print_bill(const struct weir_parts *parts, const struct weir_target *target)
{
	size_t total = 0;

	(void)printf("%-60s %12s\n", "part", "bytes");
	for (uint16_t i = 0; i < parts->n_parts; i++)
		total += print_part(&parts->parts[i], parts->n_parts == 1, target);
	for (uint16_t i = 0; i < parts->n_cuts; i++)
		total += print_hop(&parts->cuts[i]);
	(void)printf("%-60s %12zu\n", "total", total);
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
		print_bill(weir_definition_parts(d), o.target);
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
		"per stage and edge, and of each thread where there are several. The sum is what a run\n"
		"allocates, once, before it starts. A warning is told of what may come to a standstill.",
	.exit = "0 no faults, 64 bad usage, 66 no such file, 78 faults.",
	.options = options,
};
