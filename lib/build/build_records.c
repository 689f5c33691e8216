/* SPDX-License-Identifier: MIT */
/*
 * build_records.c -- what flows where: parameters and records of every node, in topological order.
 *
 * A node's output record is, in this order: the only one its type makes, what its parameters say, its
 * input's. What is not known fits everything. Under the event clock this is also where a record's time
 * comes from.
 */
#include "build_private.h"

#include <string.h>

/* ---- inputs ---- */

/* The first field in which two records differ, for messages; NULL: one has more fields. */
static const char *differs_at(const struct weir_record *a, const struct weir_record *b)
{
	uint16_t n = a->n_fields < b->n_fields ? a->n_fields : b->n_fields;

	for (uint16_t i = 0; i < n; i++) {
		const struct weir_field *fa = &a->fields[i], *fb = &b->fields[i];

		if (fa->kind == WEIR_KIND_ANY || fb->kind == WEIR_KIND_ANY)
			continue;
		if (strcmp(fa->name, fb->name) != 0 || fa->kind != fb->kind || fa->text_max != fb->text_max)
			return fb->name;
	}
	return NULL;
}

/* Whether both may be the same; unknown types fit everything. */
static bool fits(const struct weir_record *a, const struct weir_record *b)
{
	return a == NULL || b == NULL || (a->n_fields == b->n_fields && differs_at(a, b) == NULL);
}

static void tell_difference(struct weir_build *b, const struct weir_build_place *place, const char *what,
	const struct weir_record *wanted, const struct weir_record *got)
{
	const char *field = differs_at(wanted, got);

	if (field != NULL)
		weir_build_tell(b, place, "%s; they differ at field \"%s\"", what, field);
	else
		weir_build_tell(
			b, place, "%s; they have %u and %u fields", what, wanted->n_fields, got->n_fields);
}

/* The stream that a combiner's port takes, as its parameter lists it. */
static void check_inputs(struct weir_build *b, struct weir_build_node *n)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_STREAMS);
	size_t first = n->type->first_scope; /* what starts a stream need not be like what that gives */

	for (size_t i = first + 1; i < n->n_ins && !weir_type_joins(n->type); i++) {
		struct weir_build_place place = { .stage = n->stage->index };

		if (fits(n->ins[first]->record, n->ins[i]->record))
			continue;
		if (row != NULL) {
			place.param = row->name;
			place.entry = weir_pool_format(&b->pool, "%u", (unsigned)i);
		}
		tell_difference(b, &place,
			row != NULL ? "the streams must have the same fields"
				    : "what is sent to this inbox must have the same fields",
			n->in, n->ins[i]->record);
		b->incomplete = true;
		return;
	}
}

static bool is_bytes(const struct weir_record *r)
{
	return r == &weir_bytes_record;
}

/* A format was named, but there is no such codec: what would be on its other side is not known. */
static bool has_bad_format(const struct weir_build_node *n)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_FORMAT);

	return row != NULL && n->codec == NULL && weir_raw_text(n->stage, row->name) != NULL;
}

/* The only record a type takes, against what comes. */
static void check_only_input(struct weir_build *b, struct weir_build_node *n)
{
	struct weir_build_place place = { .stage = n->stage != NULL ? n->stage->index : -1 };
	const struct weir_record *only = n->type->in;

	if (only == NULL || n->in == NULL || n->n_ins == 0 || fits(only, n->in) || has_bad_format(n))
		return;
	if (is_bytes(only) && weir_param_of_kind(n->type, WEIR_PARAM_FORMAT) != NULL)
		weir_build_tell(b, &place,
			"\"%s\" takes bytes and gets records; name a \"format\", such as \"csv\"",
			n->type->name);
	else
		tell_difference(b, &place, "this stage takes another record", only, n->in);
}

/* ---- outputs ---- */

/* Whether a parameter always says what record comes out: then it is none when that one is bad. */
static bool decides_output(const struct weir_param *p)
{
	switch (p->kind) {
	case WEIR_PARAM_FIELDS:
	case WEIR_PARAM_SET:
	case WEIR_PARAM_INIT:
	case WEIR_PARAM_AGGREGATES:
	case WEIR_PARAM_VALUES:
	case WEIR_PARAM_PREFIX:
		return true;
	case WEIR_PARAM_APPEND:
		return p->dflt != NULL;
	case WEIR_PARAM_RECORD:
		return (p->flags & WEIR_PARAM_REQUIRED) != 0;
	default:
		return false;
	}
}

/* Whether one that may is bad. */
static bool has_bad_output(const struct weir_build_node *n)
{
	return n->bad && (weir_param_of_kind(n->type, WEIR_PARAM_RECORD) != NULL ||
				 weir_param_of_kind(n->type, WEIR_PARAM_APPEND) != NULL);
}

static void infer_output(struct weir_build *b, struct weir_build_node *n)
{
	bool decides = false;

	for (const struct weir_param *p = n->type->params; p != NULL && p->name != NULL; p++)
		decides = decides || decides_output(p);
	weir_build_params(b, n);
	if (n->type->out != NULL)
		n->out = has_bad_format(n) ? NULL : n->type->out;
	else if (n->type->first_scope > 0)
		n->out = n->n_ins > n->type->first_scope ? n->ins[n->type->first_scope]->record : NULL;
	else if (weir_type_joins(n->type))
		n->out = weir_build_joint_record(b, n);
	else if (n->out == NULL && !decides && !has_bad_output(n))
		n->out = n->in;
	if ((n->type->flags & WEIR_OP_SINK) != 0)
		n->out = NULL;
	for (size_t i = 0; i < n->n_outs; i++)
		n->outs[i]->record = n->stage != NULL && i > 0 ? n->in : n->out; /* port 1: late items */
	if (n->error != NULL)
		n->error->record = &weir_error_record;
}

/* An inbox's own record must be what comes; without one, what comes decides. */
static void check_inbox(struct weir_build *b, struct weir_build_node *n)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_RECORD);
	struct weir_build_place place = { .stage = n->stage->index };

	if (row == NULL || n->in == NULL || n->out == NULL || fits(n->in, n->out))
		return;
	place.param = row->name;
	tell_difference(b, &place, "what is sent to this inbox has another record", n->in, n->out);
}

/* What the parameter says is what was sent: the plan knows it by one address, the sender's or the inbox's own. */
static void settle_inbox(struct weir_build *b, struct weir_build_node *n)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_RECORD);
	const struct weir_record *r = n->in;

	check_inbox(b, n);
	if (r == NULL)
		return;
	n->out = r;
	for (size_t i = 0; i < n->n_outs; i++)
		n->outs[i]->record = r;
	if (row != NULL && row->member != NULL && n->params != NULL)
		memcpy((unsigned char *)n->params + row->offset, &r, sizeof r);
}

/* ---- the time of records ---- */

/* Where a record's time begins: at a decoder, or at a source of records. */
static bool makes_instants(const struct weir_build_node *n)
{
	if (n->stage == NULL || n->out == NULL || is_bytes(n->out))
		return false;
	return (n->type->flags & WEIR_OP_SOURCE) != 0 || (n->n_ins > 0 && is_bytes(n->in));
}

/* The TIME_FIELD parameter of the node or of the connector it stands beside. */
static const struct weir_param *time_param(const struct weir_build_node *n, const char **text)
{
	const struct weir_op_type *types[2] = { n->type, n->connector != NULL ? n->connector->type : NULL };

	*text = NULL;
	for (size_t i = 0; i < 2; i++) {
		const struct weir_param *row =
			types[i] != NULL ? weir_param_of_kind(types[i], WEIR_PARAM_TIME_FIELD) : NULL;

		if (row == NULL)
			continue;
		*text = weir_raw_text(n->stage, row->name);
		return row;
	}
	return NULL;
}

static void named_time(
	struct weir_build *b, struct weir_build_node *n, const struct weir_param *row, const char *name)
{
	const struct weir_field *f = weir_record_field(n->out, name);
	struct weir_build_place place = { .stage = n->stage->index, .param = row->name };
	const char *meant = NULL;

	if (f != NULL && (f->kind == WEIR_TIME || f->kind == WEIR_KIND_ANY)) {
		n->instant_offset = f->offset;
		return;
	}
	for (uint16_t i = 0; i < n->out->n_fields; i++) {
		const char *pair[2] = { meant, n->out->fields[i].name };
		const char *better = weir_did_you_mean(name, strlen(name), pair, 2);

		meant = better != NULL ? better : meant;
	}
	if (f != NULL)
		weir_build_tell(b, &place, "field \"%s\" is %s; a record's time is a field of type time",
			name, weir_kind_name((enum weir_kind)f->kind));
	else if (meant != NULL)
		weir_build_tell(b, &place, "unknown field \"%s\"; did you mean \"%s\"?", name, meant);
	else
		weir_build_tell(b, &place, "unknown field \"%s\"", name);
}

static void find_instants(struct weir_build *b, struct weir_build_node *n)
{
	const struct weir_param *row;
	const char *name;
	unsigned times = 0;

	if (!makes_instants(n))
		return;
	row = time_param(n, &name);
	if (name != NULL) {
		named_time(b, n, row, name);
	} else {
		for (uint16_t i = 0; i < n->out->n_fields; i++)
			if (n->out->fields[i].kind == WEIR_TIME && times++ == 0)
				n->instant_offset = n->out->fields[i].offset;
		if (times > 1 && b->clock == WEIR_CLOCK_EVENT)
			weir_build_tell(b, &(struct weir_build_place){ .stage = n->stage->index },
				"the record has %u time fields; say which one is its time%s", times,
				row != NULL ? " by \"time\"" : "");
	}
	if (b->clock != WEIR_CLOCK_EVENT)
		n->instant_offset = WEIR_NO_INSTANT;
}

/* ---- connectors and their codecs ---- */

/* Set a BOOL of a connector that the caller left alone. */
static void set_flag(struct weir_build_node *n, const char *param, bool value)
{
	const struct weir_param *row = weir_param_find(n->type, param);

	if (row == NULL || row->kind != WEIR_PARAM_BOOL || row->member == NULL || n->params == NULL)
		return;
	if (weir_raw_text(n->stage, param) == NULL)
		memcpy((unsigned char *)n->params + row->offset, &value, sizeof value);
}

static bool has_lines(const struct weir_op_type *codec)
{
	return strncmp(codec->name, "binary_", 7) != 0 && strncmp(codec->name, "frames_", 7) != 0;
}

/* What a source or sink of bytes has to know of its format: whether there is a header line, and lines at all. */
static void tune_end(struct weir_build_node *end)
{
	const struct weir_build_node *codec = end->codec;
	const struct weir_param *header = weir_param_find(codec->type, "header");
	bool value = false;

	if (header != NULL && header->kind == WEIR_PARAM_BOOL && header->member != NULL &&
		codec->params != NULL)
		memcpy(&value, (const unsigned char *)codec->params + header->offset, sizeof value);
	set_flag(end, "skip_header", value);
	if (!has_lines(codec->type))
		set_flag(end, "lines", false);
}

static void infer(struct weir_build *b, struct weir_build_node *n)
{
	bool inbox = n->stage != NULL && weir_type_is_inbox(n->type);

	n->in = n->n_ins > 0 ? n->ins[0]->record : NULL;
	check_only_input(b, n);
	if (n->n_ins > 1)
		check_inputs(b, n);
	infer_output(b, n);
	if (inbox)
		settle_inbox(b, n);
	if (n->codec != NULL && (n->type->flags & (WEIR_OP_SOURCE | WEIR_OP_SINK)) != 0)
		tune_end(n);
	find_instants(b, n);
}

void weir_build_records(struct weir_build *b)
{
	for (size_t i = 0; i < b->n_order && !b->pool.failed; i++)
		infer(b, b->order[i]);
	for (size_t i = 0; i < b->n_nodes && !b->pool.failed;
		i++) { /* those in cycles: their parameters alone */
		if (!b->nodes[i]->ordered)
			weir_build_params(b, b->nodes[i]);
	}
	for (size_t i = 0; i < b->n_stages && !b->pool.failed; i++)
		if (b->stages[i]->type != NULL)
			weir_build_unused_params(b, b->stages[i]);
}
