/* SPDX-License-Identifier: MIT */
/*
 * cmd_graph.c -- `weir graph`: a definition as a drawing: DOT for Graphviz, Mermaid for Markdown, or SVG.
 *
 * What is drawn is the plan, with the tees and codecs that the builder put in, those of each thread in a frame where there
 * are several. Counts come from the table that `weir run --stats` printed.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "cli.h"

#define LINE_MAX_BYTES 48u /* of what is said of a stage */
#define NOT_FOUND      127 /* what a shell ends with then */

/* What the table says of a stage, as it is written there. */
struct counted {
	char in[24], out[24], dropped[128]; /* "": not known */
};

struct graph {
	const struct weir_plan *plan;
	const struct weir_parts *parts;
	const char *const *notes;
	struct counted *counts; /* per stage */
	FILE *out;
	bool mermaid;
};

/* ---- counts ---- */

/* "large   4   2   1.0 k/s  filtered 2" behind the id. False: it is no row. */
static bool read_row(const char *row, struct counted *c)
{
	char in[24], out[24];
	int n = 0;

	if (sscanf(row, " %23s %23s %*f %*s %n", in, out, &n) < 2 || n == 0)
		return false;
	if (strspn(in, "-0123456789") != strlen(in) || strspn(out, "-0123456789") != strlen(out))
		return false;
	strcpy(c->in, in[0] == '-' ? "" : in);
	strcpy(c->out, out[0] == '-' ? "" : out);
	(void)snprintf(c->dropped, sizeof c->dropped, "%.*s", (int)strcspn(row + n, "\r\n"), row + n);
	if (strcmp(c->dropped, "-") == 0)
		c->dropped[0] = '\0';
	return true;
}

static bool read_line(const char *line, struct graph *g)
{
	for (uint16_t i = 0; i < g->plan->n_stages; i++) {
		size_t n = strlen(g->plan->stages[i].id);

		if (strncmp(line, g->plan->stages[i].id, n) == 0 && line[n] == ' ' &&
			read_row(line + n, &g->counts[i]))
			return true;
	}
	return false;
}

static int read_counts(struct graph *g, const char *path)
{
	FILE *f = fopen(path, "r");
	bool any = false;
	char line[1024];
	int failed;

	if (f == NULL) {
		cli_error("%s: %s", path, strerror(errno));
		return CLI_NO_INPUT;
	}
	while (fgets(line, sizeof line, f) != NULL)
		any = read_line(line, g) || any;
	failed = ferror(f) != 0 ? errno : 0;
	(void)fclose(f);
	if (failed != 0) {
		cli_error("%s: %s", path, strerror(failed));
		return CLI_NO_INPUT;
	}
	if (any)
		return 0;
	cli_error("%s: no row of a stage of this definition; write it with `weir run --stats`", path);
	return CLI_DEFINITION;
}

/* What went over an edge, where one of its ends has no other; else "". */
static const char *count_of(const struct graph *g, const struct weir_edge_def *e)
{
	if (g->plan->stages[e->to].n_in == 1)
		return g->counts[e->to].in;
	return g->plan->stages[e->from].n_out == 1 ? g->counts[e->from].out : "";
}

/* ---- drawing ---- */

/* A label's text, cut where it is long. */
static void print_text(const struct graph *g, const char *text)
{
	size_t n = strlen(text), end = n;

	if (n > LINE_MAX_BYTES)
		for (end = LINE_MAX_BYTES; ((unsigned char)text[end] & 0xC0u) == 0x80u; end--)
			;
	for (size_t i = 0; i < end; i++) {
		if (g->mermaid && strchr("\"<>#&;", text[i]) != NULL)
			(void)fprintf(g->out, "#%d;", (unsigned char)text[i]);
		else if (!g->mermaid && (text[i] == '"' || text[i] == '\\'))
			(void)fprintf(g->out, "\\%c", text[i]);
		else
			(void)fputc((unsigned char)text[i] < ' ' ? ' ' : text[i], g->out);
	}
	if (end < n)
		(void)fputs("...", g->out);
}

static void print_break(const struct graph *g)
{
	(void)fputs(g->mermaid ? "<br/>" : "\\n", g->out);
}

static void print_label(const struct graph *g, uint16_t i)
{
	const struct weir_stage_def *d = &g->plan->stages[i];

	print_text(g, d->id);
	print_break(g);
	print_text(g, g->notes[i] != NULL ? g->notes[i] : d->type->name);
	if (g->counts[i].dropped[0] != '\0') {
		print_break(g);
		print_text(g, "dropped: ");
		print_text(g, g->counts[i].dropped);
	}
}

static void print_stage(const struct graph *g, uint16_t i)
{
	bool ends = (g->plan->stages[i].type->flags & (WEIR_OP_SOURCE | WEIR_OP_SINK)) != 0;

	(void)fputs(g->parts->n_parts > 1 ? "    " : "  ", g->out);
	(void)fprintf(g->out, g->mermaid ? "s%u%s\"" : "s%u [%slabel=\"", i,
		g->mermaid ? (ends ? "([" : "[") : (ends ? "shape=ellipse, " : ""));
	print_label(g, i);
	(void)fprintf(g->out, "\"%s\n", g->mermaid && ends ? "])" : g->mermaid ? "]" : "];");
}

/* What goes beside the main way: "errors", "late"; NULL: it is the main way. */
static const char *side_of(const struct graph *g, uint16_t edge)
{
	const struct weir_stage_def *from = &g->plan->stages[g->plan->edges[edge].from];

	if (from->error_edge == edge)
		return "errors";
	for (const struct weir_param *p = from->type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == WEIR_PARAM_LATE && g->plan->edges[edge].from_port == 1)
			return p->name;
	return NULL;
}

static void print_edge(const struct graph *g, uint16_t edge)
{
	const struct weir_edge_def *e = &g->plan->edges[edge];
	const char *side = side_of(g, edge), *count = count_of(g, e);
	bool labelled = side != NULL || count[0] != '\0';
	char text[64];

	(void)snprintf(text, sizeof text, "%s%s%s%s", side != NULL ? side : "",
		side != NULL && count[0] != '\0' ? " " : "", count,
		count[0] != '\0' && g->plan->records[e->record] == &weir_bytes_record ? " bytes" : "");
	if (g->mermaid)
		(void)fprintf(g->out, "  s%u %s%s%s%s s%u\n", e->from, side != NULL ? "-.->" : "-->",
			labelled ? "|\"" : "", text, labelled ? "\"|" : "", e->to);
	else
		(void)fprintf(g->out, "  s%u -> s%u%s%s%s%s;\n", e->from, e->to, labelled ? " [label=\"" : "",
			text, labelled ? "\"" : "",
			!labelled      ? ""
			: side != NULL ? ", style=dashed]"
				       : "]");
}

/* The stages of a thread; those of hops are no stages of the plan. */
static void print_part(const struct graph *g, uint16_t k)
{
	const struct weir_part *part = &g->parts->parts[k];
	bool framed = g->parts->n_parts > 1;

	if (framed) {
		(void)fprintf(g->out,
			g->mermaid ? "  subgraph t%u[\"" : "  subgraph cluster_t%u {\n    label=\"", k);
		print_text(g, part->thread);
		(void)fputs(g->mermaid ? "\"]\n" : "\";\n", g->out);
	}
	for (uint16_t i = 0; i < part->plan->n_stages; i++) {
		int stage = weir_stage_index(g->plan, part->plan->stages[i].id);

		if (stage >= 0)
			print_stage(g, (uint16_t)stage);
	}
	if (framed)
		(void)fputs(g->mermaid ? "  end\n" : "  }\n", g->out);
}

static void draw(const struct graph *g)
{
	if (g->mermaid) {
		(void)fputs("flowchart LR\n", g->out);
	} else {
		(void)fputs("digraph \"", g->out);
		print_text(g, g->plan->name);
		(void)fputs("\" {\n  rankdir=LR;\n  fontname=\"sans-serif\";\n  node [shape=box, "
			    "fontname=\"sans-serif\"];\n"
			    "  edge [fontname=\"sans-serif\"];\n",
			g->out);
	}
	for (uint16_t k = 0; k < g->parts->n_parts; k++)
		print_part(g, k);
	for (uint16_t i = 0; i < g->plan->n_edges; i++)
		print_edge(g, i);
	if (!g->mermaid)
		(void)fputs("}\n", g->out);
}

/* Graphviz draws, to where this program prints. */
static int draw_svg(struct graph *g)
{
	int status;

	(void)signal(SIGPIPE, SIG_IGN); /* of whoever does not draw */
	(void)fflush(stdout);
	g->out = popen("command -v dot >/dev/null 2>&1 || exit 127; exec dot -Tsvg", "w");
	if (g->out == NULL) {
		cli_error("dot: %s", strerror(errno));
		return CLI_FAILED;
	}
	draw(g);
	status = pclose(g->out);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return CLI_OK;
	cli_error(WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND
			  ? "there is no `dot` to draw with; install graphviz, or draw with --mermaid"
			  : "`dot -Tsvg` failed");
	return CLI_FAILED;
}

/* ---- the command ---- */

static int draw_definition(struct weir_definition *d, const struct cli_options *o)
{
	struct graph g = { .plan = weir_definition_plan(d),
		.parts = weir_definition_parts(d),
		.notes = weir_definition_notes(d),
		.out = stdout,
		.mermaid = o->form == 'M' };
	int rc = 0;

	g.counts = calloc(g.plan->n_stages, sizeof *g.counts);
	if (g.counts == NULL || g.notes == NULL) {
		cli_error("%s", weir_strerror(WEIR_ENOMEM));
		rc = CLI_FAILED;
	}
	if (rc == 0 && o->stats_file != NULL)
		rc = read_counts(&g, o->stats_file);
	if (rc == 0 && o->form == 'g')
		rc = draw_svg(&g);
	else if (rc == 0)
		draw(&g);
	free(g.counts);
	return rc;
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	struct weir_definition *d = NULL;
	int rc = cli_options_parse(&o, &cli_graph, argc, argv);

	if (rc == 0)
		rc = cli_load(&d, &o, false);
	if (rc == 0)
		rc = draw_definition(d, &o);
	weir_definition_close(d);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	{ 'M', "mermaid", NULL, "as Mermaid, for Markdown" },
	{ 'g', "svg", NULL, "as a picture; needs Graphviz" },
	{ 'S', "stats", "FILE",
		"write on the edges what went over them: FILE holds what\n"
		"`weir run --stats` printed" },
	CLI_SET,
	CLI_BIND("let a file stand in for an input or output port"),
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_graph = {
	.name = "graph",
	.run = run,
	.summary = "draw a definition",
	.operands = "DEFINITION",
	.what = "definition",
	.least = 1,
	.most = 1,
	.about = "Draw the stages of a definition and the edges between them, with the tees and codecs that "
		 "stand\n"
		 "between; dashed where errors and late items go, each thread in a frame where there are "
		 "several (\"on\").\n"
		 "Prints DOT, the language of Graphviz.",
	.exit = "0 drawn, 1 not, 64 bad usage, 66 no such file, 78 faults.",
	.options = options,
};
