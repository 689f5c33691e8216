/* SPDX-License-Identifier: MIT */
/*
 * stats.c -- what went through each stage: the table at the end, the line while it works.
 */
#include <string.h>

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

static int id_width(const struct weir_plan *p)
{
	size_t width = strlen("stage");

	for (uint16_t i = 0; i < p->n_stages; i++)
		if (strlen(p->stages[i].id) > width)
			width = strlen(p->stages[i].id);
	return width > 40 ? 40 : (int)width;
}

void cli_stats_table(FILE *out, const struct weir_instance *in, double seconds)
{
	const struct weir_plan *p = weir_plan_of(in);
	int width = id_width(p);

	(void)fprintf(out, "%-*s %14s %14s %12s  dropped\n", width, "stage", "in", "out", "rate");
	for (uint16_t i = 0; i < p->n_stages; i++) {
		struct cli_flow f;
		bool any = false;

		cli_flow_of(in, i, &f);
		(void)fprintf(out, "%-*s", width, p->stages[i].id);
		print_count(out, f.has_in, f.in);
		print_count(out, f.has_out, f.out);
		print_rate(out, seconds > 0 ? (double)(f.has_in ? f.in : f.out) / seconds : 0);
		for (unsigned r = 0; r < WEIR_DROP_REASONS; r++) {
			if (f.dropped[r] == 0)
				continue;
			(void)fprintf(out, "%s%s %llu", any ? ", " : "  ", weir_drop_name((enum weir_drop)r),
				(unsigned long long)f.dropped[r]);
			any = true;
		}
		(void)fprintf(out, "%s\n", any ? "" : "  -");
	}
	for (uint16_t i = 0; i < p->n_stages; i++)
		if (weir_stalls(in, i) > 0)
			(void)fprintf(out, "%s stalled %llu times\n", p->stages[i].id,
				(unsigned long long)weir_stalls(in, i));
}

void cli_stats_line(FILE *out, const struct weir_instance *in, double seconds)
{
	const struct weir_plan *p = weir_plan_of(in);
	uint64_t read = 0, written = 0, dropped = 0;

	for (uint16_t i = 0; i < p->n_stages; i++) {
		struct cli_flow f;

		cli_flow_of(in, i, &f);
		if (!f.has_in)
			read += f.out;
		if (!f.has_out)
			written += f.in;
		for (unsigned r = 0; r < WEIR_DROP_REASONS; r++)
			dropped += f.dropped[r];
	}
	(void)fprintf(out, "\r\033[K%.0f s  sources %llu  sinks %llu  dropped %llu", seconds,
		(unsigned long long)read, (unsigned long long)written, (unsigned long long)dropped);
	(void)fflush(out);
}

void cli_stats_clear(FILE *out)
{
	(void)fputs("\r\033[K", out);
}
