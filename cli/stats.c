/* SPDX-License-Identifier: MIT */
/*
 * stats.c -- what went through each stage: the table at the end, the line while it works.
 */
#include <string.h>

#include <weir/hop.h>

#include "cli.h"

/* Add what the edge's consumer dropped, or its producer. Returns the producer's part. */
static uint64_t add_drops(struct cli_flow *f, const struct weir_ledger *l, bool as_producer)
{
	uint64_t wasted = 0;

	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++) {
		wasted += l->wasted[r];
		f->dropped[r] += as_producer ? l->wasted[r] : l->dropped[r] - l->wasted[r];
	}
	return wasted;
}

void cli_flow_of(const struct weir_instance *in, uint16_t stage, struct cli_flow *f)
{
	const struct weir_plan *p = weir_plan_of(in);
	const struct weir_stage_def *d = &p->stages[stage];
	struct weir_ledger l;

	memset(f, 0, sizeof *f);
	f->has_in = d->n_in > 0;
	f->has_out = d->n_out > 0;
	for (uint16_t i = 0; i < d->n_in; i++) {
		uint16_t edge = p->inputs[d->first_in + i];

		if (weir_edge_ledger(in, edge, &l) < 0)
			continue;
		f->in += l.in - l.queued - add_drops(f, &l, false);
		f->queued += l.queued;
	}
	for (uint16_t i = 0; i < d->n_out; i++) {
		uint16_t edge = p->outputs[d->first_out + i];

		if (weir_edge_ledger(in, edge, &l) < 0)
			continue;
		f->out += l.in - add_drops(f, &l, true);
	}
}

static bool is_hop(const struct weir_op_type *type)
{
	return type == &weir_to_hop_type || type == &weir_from_hop_type || type == &weir_from_byte_hop_type;
}

static void print_count(FILE *out, bool has, uint64_t n)
{
	if (has)
		(void)fprintf(out, " %14llu", (unsigned long long)n);
	else
		(void)fprintf(out, " %14s", "-");
}

/* "2.1 M/s" */
static void print_rate(FILE *out, double per_second)
{
	if (per_second >= 1e6)
		(void)fprintf(out, " %8.1f M/s", per_second / 1e6);
	else if (per_second >= 1e3)
		(void)fprintf(out, " %8.1f k/s", per_second / 1e3);
	else
		(void)fprintf(out, " %8.1f  /s", per_second);
}

static size_t id_width(const struct weir_parts *parts)
{
	size_t width = strlen("stage");

	for (uint16_t k = 0; k < parts->n_parts; k++) {
		const struct weir_plan *p = parts->parts[k].plan;

		for (uint16_t i = 0; i < p->n_stages; i++)
			if (strlen(p->stages[i].id) > width)
				width = strlen(p->stages[i].id);
	}
	return width > 40 ? 40 : width;
}

/* What a hop was given when its reader had gone. */
static uint64_t left_before(
	const struct weir_workers *w, const struct weir_parts *parts, uint16_t part, uint16_t stage)
{
	for (uint16_t i = 0; i < parts->n_cuts; i++)
		if (parts->cuts[i].to_part == part && parts->cuts[i].reader == stage)
			return weir_workers_left(w, i);
	return 0;
}

static void print_row(FILE *out, int width, const char *id, const struct cli_flow *f, double seconds)
{
	bool any = false;

	(void)fprintf(out, "%-*s", width, id);
	print_count(out, f->has_in, f->in);
	print_count(out, f->has_out, f->out);
	print_rate(out, seconds > 0 ? (double)(f->has_in ? f->in : f->out) / seconds : 0);
	for (unsigned r = 0; r < WEIR_DROP_REASONS; r++) {
		if (f->dropped[r] == 0)
			continue;
		(void)fprintf(out, "%s%s %llu", any ? ", " : "  ", weir_drop_name((enum weir_drop)r),
			(unsigned long long)f->dropped[r]);
		any = true;
	}
	(void)fprintf(out, "%s\n", any ? "" : "  -");
}

void cli_stats_table(FILE *out, const struct weir_workers *w, const struct weir_parts *parts, double seconds)
{
	int width = (int)id_width(parts);

	(void)fprintf(out, "%-*s %14s %14s %12s  dropped\n", width, "stage", "in", "out", "rate");
	for (uint16_t k = 0; k < parts->n_parts; k++)
		for (uint16_t i = 0; i < parts->parts[k].plan->n_stages; i++) {
			struct cli_flow f;

			cli_flow_of(weir_workers_instance(w, k), i, &f);
			f.dropped[WEIR_DROP_CANCELLED] += left_before(w, parts, k, i);
			print_row(out, width, parts->parts[k].plan->stages[i].id, &f, seconds);
		}
	for (uint16_t k = 0; k < parts->n_parts; k++)
		for (uint16_t i = 0; i < parts->parts[k].plan->n_stages; i++) {
			uint64_t stalls = weir_stalls(weir_workers_instance(w, k), i);

			if (stalls > 0)
				(void)fprintf(out, "%s stalled %llu times\n",
					parts->parts[k].plan->stages[i].id, (unsigned long long)stalls);
		}
}

void cli_stats_progress(const struct weir_instance *in, struct cli_progress *p)
{
	const struct weir_plan *plan = weir_plan_of(in);

	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_op_type *type = plan->stages[i].type;
		struct cli_flow f;

		cli_flow_of(in, i, &f);
		if (!f.has_in && !is_hop(type))
			p->read += f.out;
		if (!f.has_out && !is_hop(type))
			p->written += f.in;
		for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
			p->dropped += f.dropped[r];
	}
}

void cli_stats_line(FILE *out, const struct cli_progress *p, double seconds)
{
	(void)fprintf(out, "\r\033[K%.0f s  sources %llu  sinks %llu  dropped %llu", seconds,
		(unsigned long long)p->read, (unsigned long long)p->written, (unsigned long long)p->dropped);
	(void)fflush(out);
}

void cli_stats_clear(FILE *out)
{
	(void)fputs("\r\033[K", out);
}
