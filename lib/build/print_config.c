/* SPDX-License-Identifier: MIT */
/*
 * print_config.c -- NAME_config.h: what a core for this plan alone can do without (config.h). What the plan does not tell,
 * because the application decides it, is left out too; whoever needs it defines it first.
 */
#include "print.h"

#include <weir/aggregates.h>
#include <weir/operators.h>

/* ---- what a plan uses ---- */

static bool has_flag(const struct weir_plan *plan, unsigned flag)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if ((plan->stages[i].type->flags & flag) != 0)
			return true;
	return false;
}

static bool has_scopes(const struct weir_plan *plan)
{
	return has_flag(plan, WEIR_OP_SCOPES);
}

static bool has_timers(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].type->n_timers > 0)
			return true;
	return false;
}

static bool has_on_error(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].on_error != WEIR_ON_ERROR_FAIL)
			return true;
	return false;
}

/* Errors become records, which hold their texts. */
static bool has_error_records(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].error_edge != WEIR_NO_EDGE)
			return true;
	return false;
}

static bool has_bytes(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_records; i++)
		if (plan->records[i] == &weir_bytes_record)
			return true;
	return false;
}

static bool has_inputs(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].type == &weir_input_type)
			return true;
	return false;
}

static bool has_keys(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (weir_print_key_fields(&plan->stages[i]) > 0)
			return true;
	return false;
}

static bool has_programs(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++)
		if (plan->stages[i].program != NULL)
			return true;
	return false;
}

static bool is_float_kind(uint8_t kind)
{
	return kind == WEIR_F32 || kind == WEIR_F64;
}

/* What the core itself would compute: expressions are functions, which have their own. */
static bool has_float_aggregates(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_aggregates *a = weir_print_aggregates(&plan->stages[i]);

		for (uint16_t k = 0; a != NULL && k < a->n_list; k++)
			if (is_float_kind(a->list[k].kind) || is_float_kind(a->list[k].result_kind))
				return true;
	}
	return false;
}

static bool has_statistics(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_aggregates *a = weir_print_aggregates(&plan->stages[i]);

		for (uint16_t k = 0; a != NULL && k < a->n_list; k++)
			if (a->list[k].fn >= WEIR_AGG_VAR)
				return true;
	}
	return false;
}

/* ---- the file ---- */

static void print_setting(struct weir_printer *p, const char *name, bool value, const char *why)
{
	weir_print_comment(&p->out, "", why);
	weir_print(&p->out, "\n#ifndef WEIR_WITH_%s\n#define WEIR_WITH_%s %d\n#endif\n\n", name, name, value);
}

static void print_settings(struct weir_printer *p)
{
	const struct weir_plan *plan = p->plan;
	bool scopes = has_scopes(plan), event = plan->clock == WEIR_CLOCK_EVENT, timers = has_timers(plan);
	bool on_error = has_on_error(plan), records = has_error_records(plan),
	     floats = has_float_aggregates(plan), statistics = has_statistics(plan);

	print_setting(p, "SCOPES", scopes,
		scopes ? "A stage starts streams: retry, catch, circuit_breaker, flat_map or switch."
		       : "No stage starts streams, as retry and flat_map do.");
	print_setting(p, "BARRIERS", plan->max_barriers > 0, "No source of a board makes barriers.");
	print_setting(p, "NOTES", plan->n_watermarks > 0 || has_inputs(plan),
		plan->n_watermarks > 0 ? "Watermarks travel with the items."
		: has_inputs(plan)
			? "Channels tell what they lost. 0 where none feeds an input, or none loses."
			: "There are no watermarks, and no inputs for a channel that loses.");
	print_setting(
		p, "EVENT_CLOCK", event, event ? "The clock is \"event\"." : "The clock is not \"event\".");
	print_setting(p, "TIMERS", timers,
		timers ? "A stage has a timer."
		       : "No stage has a timer. weir_drain with a deadline needs them.");
	print_setting(p, "ON_ERROR", on_error,
		on_error ? "A stage's on_error is not \"fail\"." : "Every item error fails its stream.");
	print_setting(p, "BYTES", has_bytes(plan),
		has_bytes(plan) ? "A port has a format." : "No port has a format.");
	print_setting(p, "DRAIN", false, "Does the firmware call weir_drain?");
	print_setting(p, "STALLS", false, "Does it call weir_on_stall?");
	print_setting(p, "FEEDS", has_inputs(plan),
		has_inputs(plan)
			? "A channel may feed an input, from an interrupt. 0 where all are pushed into."
			: "There is no input for a channel to feed.");
	print_setting(p, "KEYS", has_keys(plan),
		has_keys(plan) ? "A stage keeps something for each value of a key." : "No stage has a key.");
	print_setting(p, "PROGRAMS", has_programs(plan),
		has_programs(plan) ? "There are map, set or filter stages."
				   : "There is no map, set or filter stage.");
	print_setting(p, "INTERPRETER", false, "Expressions are C functions.");
	print_setting(p, "FLOATS", floats,
		floats ? "A window aggregates floats, or gives an average."
		       : "No window aggregates floats or gives averages.");
	print_setting(p, "STATISTICS", statistics,
		statistics ? "A window asks for var, stddev, median or quantile."
			   : "No window asks for var, stddev, median or quantile.");
	print_setting(p, "TEXTS", records,
		records ? "Error records hold the texts of errors."
			: "Who reads the texts of errors? Codes are enough.");
	print_setting(p, "LAYOUT", plan->layout == NULL,
		plan->layout == NULL ? "The layout is computed at the start."
				     : "The layout is printed with the plan.");
}

int weir_print_config(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg)
{
	struct weir_printer p;
	int rc = weir_printer_init(&p, plan, options, put, arg);

	if (rc >= 0) {
		weir_print_made(&p, "What a core needs for");
		weir_print(&p.out, "#ifndef %s_CONFIG_H\n#define %s_CONFIG_H\n\n", p.upper, p.upper);
		print_settings(&p);
		weir_print(&p.out, "#endif\n");
	}
	return weir_printer_fini(&p);
}
