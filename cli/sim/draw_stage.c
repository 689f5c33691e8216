/* SPDX-License-Identifier: MIT */
/*
 * draw_stage.c -- one stage with parameters drawn by its type's own table (draw.h).
 *
 * A row's kind, bounds, choices and example say what may be given; of the names of rows only those that cost
 * memory are known here.
 */
#include <string.h>

#include "draw.h"

#define LARGE 1000u /* beyond it a number of attempts takes for ever */

static bool is_row(const struct weir_param *row, const char *name)
{
	return strcmp(row->name, name) == 0;
}

/* ---- numbers ---- */

static uint64_t clamp_u64(uint64_t x, uint64_t least, uint64_t most)
{
	return x < least ? least : x > most ? most : x;
}

static const char *draw_u32(struct sim_scribe *s, const struct weir_param *row)
{
	uint64_t most = row->max != 0 || row->min != 0 ? row->max : UINT32_MAX;
	bool memory = is_row(row, "capacity") || strncmp(row->name, "max_", 4) == 0;
	uint64_t x = row->min + sim_below(s->random, sim_percent(s->random, 60) ? 4 : 12);

	if (!memory && most <= LARGE && sim_percent(s->random, 5))
		x = most;
	return sim_pool_text(s->pool, "%llu", (unsigned long long)clamp_u64(x, row->min, most));
}

static const char *draw_i64(struct sim_scribe *s, const struct weir_param *row)
{
	int64_t least = (int64_t)row->min, most = (int64_t)row->max, x;

	if (least == 0 && most == 0) {
		least = INT64_MIN;
		most = INT64_MAX;
	}
	x = (int64_t)sim_below(s->random, 24) - (least < 0 ? 4 : 0);
	if (sim_percent(s->random, 5))
		x = most;
	x = x < least ? least : x > most ? most : x;
	return sim_pool_text(s->pool, "%lld", (long long)x);
}

/* Times in the steps in which items come, odd ones, and, unless short ones are wished for, some of many days. */
static const char *draw_duration(struct sim_scribe *s, const struct weir_param *row, bool short_times)
{
	static const uint64_t usual[] = { 1000000, 5000000, 10000000, 20000000, 50000000, 200000000, 1, 1500,
		7300000 };
	static const uint64_t large[] = { 1000000000, 60000000000, 86400000000000, 4320000000000000 };
	uint64_t x;

	if (short_times || sim_percent(s->random, 92))
		x = usual[sim_below(s->random, (uint32_t)(sizeof usual / sizeof *usual))];
	else
		x = large[sim_below(s->random, (uint32_t)(sizeof large / sizeof *large))];
	if (row->min == 0 && sim_percent(s->random, 10))
		x = 0;
	x = clamp_u64(x, row->min, row->max != 0 ? row->max : UINT64_MAX);
	if (x % 1000000 == 0)
		return sim_pool_text(s->pool, "%llums", (unsigned long long)(x / 1000000));
	return sim_pool_text(s->pool, "%lluns", (unsigned long long)x);
}

/* Times that divide many others, or a few items. */
static const char *draw_every(struct sim_scribe *s)
{
	static const char *const usual[] = { "1ms", "1ms", "5ms", "10ms", "1", "2", "3", "4" };

	return usual[sim_below(s->random, (uint32_t)(sizeof usual / sizeof *usual))];
}

static const char *draw_number(struct sim_scribe *s, const struct weir_param *row)
{
	static const char *const usual[] = { "0", "0.25", "0.5", "1", "3", "12.5" };
	bool bounded = row->min != 0 || row->max != 0;
	uint32_t n = (uint32_t)(sizeof usual / sizeof *usual);

	return usual[sim_below(s->random, bounded && row->max <= 1 ? 4 : n)];
}

/* ---- words ---- */

/* As JSON writes it, without the quotes. */
static const char *unquoted(struct sim_scribe *s, const char *json)
{
	size_t len = strlen(json);

	if (len >= 2 && json[0] == '"')
		return sim_pool_copy(s->pool, json + 1, len - 2);
	return json;
}

static const char *draw_choice(struct sim_scribe *s, const struct weir_param *row)
{
	uint32_t n = 0;

	while (row->choices != NULL && row->choices[n] != NULL)
		n++;
	return n > 0 ? row->choices[sim_below(s->random, n)] : NULL;
}

static const char *draw_key(struct sim_scribe *s, const struct weir_param *row)
{
	uint32_t kinds = row->kinds != 0 ? row->kinds : SIM_ALL_KINDS;
	const struct weir_field *a = sim_draw_field(s->random, s->record, kinds & ~(1u << WEIR_TIME)), *b;

	if (a == NULL)
		a = sim_draw_field(s->random, s->record, kinds);
	if (a == NULL)
		return NULL;
	b = sim_draw_field(s->random, s->record, kinds);
	if (a == b || sim_percent(s->random, 70))
		return a->name;
	return sim_pool_text(s->pool, "%s,%s", a->name, b->name);
}

static const char *draw_field_name(struct sim_scribe *s, const struct weir_param *row)
{
	const struct weir_field *f =
		sim_draw_field(s->random, s->record, row->kinds != 0 ? row->kinds : SIM_ALL_KINDS);

	return f != NULL ? f->name : NULL;
}

static const char *draw_scalar(struct sim_scribe *s, const struct weir_param *row, bool short_times)
{
	switch ((enum weir_param_kind)row->kind) {
	case WEIR_PARAM_BOOL:
		return sim_percent(s->random, 50) ? "true" : "false";
	case WEIR_PARAM_U32:
	case WEIR_PARAM_SLOTS:
		return draw_u32(s, row);
	case WEIR_PARAM_I64:
		return draw_i64(s, row);
	case WEIR_PARAM_NUMBER:
		return draw_number(s, row);
	case WEIR_PARAM_DURATION:
		return draw_duration(s, row, short_times);
	case WEIR_PARAM_EVERY:
		return draw_every(s);
	case WEIR_PARAM_SIZE:
		return sim_pool_text(s->pool, "%lluB",
			(unsigned long long)clamp_u64(row->min + sim_below(s->random, 256), row->min,
				row->max != 0 ? row->max : UINT32_MAX));
	case WEIR_PARAM_ENUM:
		return draw_choice(s, row);
	case WEIR_PARAM_WHEN:
		return sim_draw_when(s);
	case WEIR_PARAM_KEY:
		return draw_key(s, row);
	case WEIR_PARAM_FIELD:
		return draw_field_name(s, row);
	default: /* of kinds that are not known here an example will do */
		return row->example != NULL ? unquoted(s, row->example) : NULL;
	}
}

/* ---- objects ---- */

static struct weir_field *field_of(struct sim_record *r, const char *name)
{
	for (uint8_t i = 0; i < r->n_fields; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return &r->fields[i];
	return NULL;
}

static bool append(struct sim_record *r, const char *name, uint8_t kind, uint16_t text_max)
{
	if (r->n_fields == SIM_RECORD_FIELDS || field_of(r, name) != NULL)
		return false;
	if (kind == WEIR_TEXT && text_max == 0)
		text_max = 1;
	r->fields[r->n_fields++] = (struct weir_field){ .name = name, .kind = kind, .text_max = text_max };
	return true;
}

static const char *new_name(struct sim_scribe *s, uint32_t i)
{
	return sim_pool_text(s->pool, "x%u", i + 10u * sim_below(s->random, 3));
}

/* {field: expression}: exactly these. */
static bool draw_fields(
	struct sim_scribe *s, const char *param, struct sim_stage *stage, struct sim_record *out)
{
	uint32_t n = sim_between(s->random, 1, 5);

	out->n_fields = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t kind = 0;
		uint16_t text_max = 0;
		const char *value = sim_draw_value(s, &kind, &text_max);
		const struct weir_field *same = field_of((struct sim_record *)(uintptr_t)s->record, value);
		bool plain = same != NULL && strchr(value, '.') == NULL;
		const char *name = plain && sim_percent(s->random, 80) ? value : new_name(s, i);

		if (append(out, name, kind, text_max))
			(void)sim_param_add(stage, param, name, value);
	}
	return out->n_fields > 0;
}

/* {field: expression}: replaced, or appended. */
static bool draw_set(struct sim_scribe *s, const char *param, struct sim_stage *stage, struct sim_record *out)
{
	uint32_t n = sim_between(s->random, 1, 3);
	uint32_t done = 0; /* bits of fields replaced */

	for (uint32_t i = 0; i < n; i++) {
		uint8_t kind = 0;
		uint16_t text_max = 0;
		uint32_t at = sim_below(s->random, s->record->n_fields);
		const struct weir_field *f = &s->record->fields[at];
		bool plain = strchr(f->name, '.') == NULL;
		const char *value = plain && sim_percent(s->random, 70) ? sim_draw_value_for(s, f) : NULL,
			   *name;

		if (value != NULL && (done >> at & 1u) == 0) {
			done |= 1u << at;
			(void)sim_param_add(stage, param, f->name, value);
			continue;
		}
		value = sim_draw_value(s, &kind, &text_max);
		name = new_name(s, i);
		if (append(out, name, kind, text_max))
			(void)sim_param_add(stage, param, name, value);
	}
	return stage->n_params > 0;
}

/* {state: expression without fields}: appended. */
static bool draw_init(
	struct sim_scribe *s, const char *param, struct sim_stage *stage, struct sim_record *out)
{
	static const struct {
		const char *value;
		uint8_t kind;
	} starts[] = { { "0 + 0", WEIR_I64 }, { "100 - 1", WEIR_I64 }, { "0.5 + 0.5", WEIR_F64 },
		{ "i32(0 + 5)", WEIR_I32 }, { "u8(0 + 1)", WEIR_U8 }, { "1 < 2", WEIR_BOOL } };
	uint32_t n = sim_between(s->random, 1, 2);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = sim_below(s->random, (uint32_t)(sizeof starts / sizeof *starts));
		const char *name = sim_pool_text(s->pool, "s%u", i + 10u * sim_below(s->random, 3));

		if (append(out, name, starts[k].kind, 0))
			(void)sim_param_add(stage, param, name, starts[k].value);
	}
	return out->n_fields > s->record->n_fields;
}

/* {state: expression over the record with the states}: each. */
static bool draw_step(
	struct sim_scribe *s, const char *param, struct sim_stage *stage, struct sim_record *out)
{
	const struct sim_record *in = s->record;

	s->record = out;
	for (uint8_t i = in->n_fields; i < out->n_fields; i++)
		(void)sim_param_add(
			stage, param, out->fields[i].name, sim_draw_value_for(s, &out->fields[i]));
	s->record = in;
	return true;
}

/* {field: expression over aggregates}. */
static bool draw_aggregates(
	struct sim_scribe *s, const char *param, struct sim_stage *stage, struct sim_record *out)
{
	const struct weir_param *row = sim_param_of_kind(stage->type, WEIR_PARAM_KEY);
	const char *key = row != NULL ? sim_param_text(stage, row->name) : NULL;
	const bool samples = sim_param_text(stage, "samples") != NULL;
	uint32_t n = sim_between(s->random, 1, 4);

	out->n_fields = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint8_t kind = 0;
		uint16_t text_max = 0;
		const char *value = sim_draw_aggregate(s, key, samples, &kind, &text_max);
		const char *name = sim_pool_text(s->pool, "y%u", i);

		if (append(out, name, kind, text_max))
			(void)sim_param_add(stage, param, name, value);
	}
	return out->n_fields > 0;
}

/* An expression or two, by number. */
static bool draw_expressions(struct sim_scribe *s, const char *param, struct sim_stage *stage)
{
	uint8_t kind = 0;
	uint16_t text_max = 0;

	(void)sim_param_add(stage, param, "0", sim_draw_value(s, &kind, &text_max));
	if (sim_percent(s->random, 40))
		(void)sim_param_add(stage, param, "1", sim_draw_value(s, &kind, &text_max));
	return true;
}

/* A literal for each field: it sees none. */
static bool draw_constant(struct sim_scribe *s, const char *param, struct sim_stage *stage)
{
	for (uint8_t i = 0; i < s->record->n_fields; i++) {
		const struct weir_field *f = &s->record->fields[i];
		const char *value = sim_pool_text(s->pool, "%u", sim_below(s->random, 100));

		if (strchr(f->name, '.') != NULL)
			return false;
		if (f->kind == WEIR_BOOL)
			value = sim_percent(s->random, 50) ? "true" : "false";
		else if (f->kind == WEIR_TEXT)
			value = sim_percent(s->random, 50) ? "'a'" : "''";
		else if (f->kind == WEIR_TIME)
			value = sim_pool_text(s->pool, "time(%s)", value);
		(void)sim_param_add(stage, param, f->name, value);
	}
	return true;
}

static bool draw_object(
	struct sim_scribe *s, const struct weir_param *row, struct sim_stage *stage, struct sim_record *out)
{
	if (row->kind == WEIR_PARAM_FIELDS)
		return draw_fields(s, row->name, stage, out);
	if (row->kind == WEIR_PARAM_SET)
		return draw_set(s, row->name, stage, out);
	if (row->kind == WEIR_PARAM_INIT)
		return draw_init(s, row->name, stage, out);
	if (row->kind == WEIR_PARAM_STEP)
		return draw_step(s, row->name, stage, out);
	if (row->kind == WEIR_PARAM_EXPRESSIONS)
		return draw_expressions(s, row->name, stage);
	if (row->kind == WEIR_PARAM_CONSTANT)
		return draw_constant(s, row->name, stage);
	return draw_aggregates(s, row->name, stage, out);
}

void sim_draw_joint(
	struct sim_pool *pool, struct sim_record *joint, const struct sim_record *r, const char *stream)
{
	for (uint8_t i = 0; i < r->n_fields && joint->n_fields < SIM_RECORD_FIELDS; i++) {
		struct weir_field *f = &joint->fields[joint->n_fields++];

		*f = r->fields[i];
		f->name = sim_pool_text(pool, "%s.%s", stream, r->fields[i].name);
	}
}

/* ---- the stage ---- */

static bool is_object(const struct weir_param *row)
{
	return row->kind == WEIR_PARAM_FIELDS || row->kind == WEIR_PARAM_SET ||
	       row->kind == WEIR_PARAM_INIT || row->kind == WEIR_PARAM_STEP ||
	       row->kind == WEIR_PARAM_EXPRESSIONS || row->kind == WEIR_PARAM_CONSTANT ||
	       row->kind == WEIR_PARAM_AGGREGATES;
}

/* What the caller gives, or nobody. */
static bool is_the_callers(const struct weir_op_type *type, const struct weir_param *row)
{
	if ((type->flags & WEIR_OP_PORT) != 0 && is_row(row, "name"))
		return true;
	return row->kind == WEIR_PARAM_STREAMS || row->kind == WEIR_PARAM_INNER ||
	       row->kind == WEIR_PARAM_RECORD || row->kind == WEIR_PARAM_LATE ||
	       row->kind == WEIR_PARAM_FORMAT || row->kind == WEIR_PARAM_TIME_FIELD;
}

/* ---- fields behind those that come ---- */

static bool is_behind(const struct weir_param *row)
{
	return row->kind == WEIR_PARAM_APPEND || row->kind == WEIR_PARAM_PREFIX;
}

static uint8_t appended_kind(
	const struct sim_scribe *s, const struct weir_param *row, const struct sim_stage *stage)
{
	const struct weir_param *field = sim_param_of_kind(stage->type, WEIR_PARAM_FIELD);
	const char *name = field != NULL ? sim_param_text(stage, field->name) : NULL;
	uint8_t kind = 0;

	if (row->kinds == 0 && name != NULL)
		return field_of((struct sim_record *)(uintptr_t)s->record, name)->kind;
	while (kind + 1u < WEIR_KINDS && (row->kinds >> kind & 1u) == 0)
		kind++;
	return kind;
}

/* Give the parameter, or leave its default in force; the record grows unless there is neither. */
static bool draw_behind(struct sim_scribe *s, const struct weir_param *row, bool given,
	struct sim_stage *stage, struct sim_record *out)
{
	const char *text = given || row->dflt == NULL ? new_name(s, 5) : unquoted(s, row->dflt);

	if (!given && row->dflt == NULL && (row->flags & WEIR_PARAM_REQUIRED) == 0)
		return true;
	if (given || row->dflt == NULL)
		(void)sim_param_add(stage, row->name, NULL, text);
	if (row->kind == WEIR_PARAM_APPEND)
		return append(out, text, appended_kind(s, row, stage), 0);
	for (uint8_t i = 0; i < s->record->n_fields; i++) {
		const struct weir_field *f = &s->record->fields[i];

		if (!append(out, sim_pool_text(s->pool, "%s%s", text, f->name), f->kind, f->text_max))
			return false;
	}
	return true;
}

bool sim_draw_stage(struct sim_scribe *s, const struct weir_op_type *type, uint32_t rows, bool short_times,
	struct sim_stage *stage, struct sim_record *out)
{
	const struct weir_param *table = type->params;

	*stage = (struct sim_stage){ .type = type, .actor = SIM_NOBODY };
	*out = *s->record;
	for (int objects = 0; objects < 2; objects++) { /* objects last: they may look at the key */
		for (uint32_t i = 0; table != NULL && table[i].name != NULL; i++) {
			const struct weir_param *row = &table[i];
			bool required = (row->flags & WEIR_PARAM_REQUIRED) != 0;
			const char *value;

			if (is_behind(row) && objects == 1 &&
				!draw_behind(s, row, (rows >> i & 1u) != 0, stage, out))
				return false;
			if (is_object(row) != (objects == 1) || is_behind(row) || is_the_callers(type, row) ||
				(!required && (rows >> i & 1u) == 0))
				continue;
			if (objects == 1 && !draw_object(s, row, stage, out))
				return false;
			if (objects == 1)
				continue;
			value = draw_scalar(s, row, short_times || (row->flags & WEIR_PARAM_FORM) != 0);
			if (value == NULL)
				return false;
			(void)sim_param_add(stage, row->name, NULL, value);
		}
	}
	return true;
}
