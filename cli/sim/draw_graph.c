/* SPDX-License-Identifier: MIT */
/*
 * draw_graph.c -- random graphs (draw.h).
 *
 * Streams are begun by sources and go on, stage after stage, from one of their open ends; an end may part in two, join
 * another one, be written in a format and read again, or have what went wrong sent to a stream of its own. At last every
 * open end gets a sink.
 */
#include <string.h>

#include "draw.h"
#include "world.h"

#define ENDS        8u
#define STAGES_MOST 8u

const struct sim_record sim_source_records[SIM_SOURCE_RECORDS] = {
	{ .name = "item",
		.n_fields = 5,
		.fields = { { .name = "at", .kind = WEIR_TIME }, { .name = "v", .kind = WEIR_I64 },
			{ .name = "k", .kind = WEIR_U8 }, { .name = "w", .kind = WEIR_F64 },
			{ .name = "s", .kind = WEIR_TEXT, .text_max = 5 } } },
	{ .name = "reading", /* that of docs/PIPELINE.md: examples of parameters are over it */
		.n_fields = 12,
		.fields = { { .name = "id", .kind = WEIR_U32 },
			{ .name = "at", .kind = WEIR_TIME, .unit_ns = 1000000 },
			{ .name = "rel", .kind = WEIR_U32 }, { .name = "node", .kind = WEIR_U8 },
			{ .name = "temp", .kind = WEIR_F32 }, { .name = "rh", .kind = WEIR_F32 },
			{ .name = "light1", .kind = WEIR_F32 }, { .name = "light2", .kind = WEIR_F32 },
			{ .name = "occupants", .kind = WEIR_U8 }, { .name = "activity", .kind = WEIR_U8 },
			{ .name = "door", .kind = WEIR_BOOL }, { .name = "window", .kind = WEIR_BOOL } } },
	{ .name = "tiny",
		.n_fields = 2,
		.fields = { { .name = "n", .kind = WEIR_I16 }, { .name = "at", .kind = WEIR_TIME } } },
};

const struct sim_record sim_error_record = { .name = "error",
	.n_fields = 5,
	.fields = { { .name = "at", .kind = WEIR_TIME },
		{ .name = "stage", .kind = WEIR_TEXT, .text_max = 32 },
		{ .name = "code", .kind = WEIR_TEXT, .text_max = 16 }, { .name = "item", .kind = WEIR_U64 },
		{ .name = "text", .kind = WEIR_TEXT, .text_max = 96 } } };

struct end {
	uint8_t stream;
	bool alone; /* nothing that leads to it leads elsewhere too, and all of it can start again */
	struct sim_record record;
};

struct drawing {
	struct sim_case *c;
	struct sim_pool *pool;
	const struct sim_types *types;
	const struct sim_wish *wish;
	struct sim_random random;
	struct end ends[ENDS];
	uint32_t n_ends, n_sources, stages;
	uint32_t before[SIM_STREAMS]; /* bits of the streams that a stream comes from */
	const struct sim_record
		*shared[SIM_STREAMS]; /* of a stream that others may draw from inside scopes */
};

static bool percent(struct drawing *d, uint32_t p)
{
	return sim_percent(&d->random, p);
}

static struct sim_stream *stream_of(struct drawing *d, const struct end *e)
{
	return &d->c->streams[e->stream];
}

/* A new stream that comes from those of the bits; its end is *e. */
static struct sim_stream *new_stream(struct drawing *d, const char *from, uint32_t before, struct end *e)
{
	uint8_t i = d->c->n_streams;
	char name[2] = { (char)('a' + i), '\0' };
	struct sim_stream *s = sim_stream_add(d->c, sim_pool_copy(d->pool, name, 1), from);

	if (s == NULL)
		return NULL;
	e->stream = i;
	d->before[i] = before | 1u << i;
	return s;
}

static const struct sim_type *type_of_role(struct drawing *d, enum sim_role role)
{
	const struct sim_type *fit[SIM_TYPES];
	uint32_t n = 0;

	for (uint32_t i = 0; i < d->types->n; i++)
		if (d->types->list[i].role == role && d->types->list[i].n_sets > 0)
			fit[n++] = &d->types->list[i];
	return n > 0 ? fit[sim_below(&d->random, n)] : NULL;
}

/* Which optional parameters to give. */
static uint32_t draw_rows(struct drawing *d, const struct sim_type *t)
{
	const struct sim_set *set = &t->sets[sim_below(&d->random, t->n_sets)];
	uint32_t rows = set->needed;

	for (uint32_t i = 0; i < 32; i++)
		if ((set->more >> i & 1u) != 0 && percent(d, 30))
			rows |= 1u << i;
	return rows;
}

static bool draw_of(struct drawing *d, const struct sim_type *t, const struct sim_record *in,
	struct sim_stage *stage, struct sim_record *out)
{
	struct sim_scribe s = { .random = &d->random, .pool = d->pool, .record = in };
	uint32_t rows = draw_rows(d, t);

	d->stages++;
	return sim_draw_stage(&s, t->type, rows, d->wish->liveness, stage, out);
}

/* ---- sources and sinks ---- */

static void declare(struct drawing *d, const struct sim_record *r)
{
	if (sim_record_named(d->c, r->name) == NULL && d->c->n_records < SIM_RECORDS)
		d->c->records[d->c->n_records++] = *r;
}

static void add_source(struct drawing *d)
{
	static const struct weir_op_type *const types[] = { &sim_source_type, &sim_source_type,
		&sim_lender_type, &sim_lender_type, &sim_timed_type };
	const struct sim_type *port = percent(d, 15) ? type_of_role(d, SIM_ROLE_INPUT) : NULL;
	uint8_t actor = (uint8_t)d->n_sources++;
	struct end *e = &d->ends[d->n_ends++];
	struct sim_stream *s = new_stream(d, NULL, 0, e);
	struct sim_record unused;
	struct sim_stage st;

	e->alone = true;
	e->record = sim_source_records[sim_below(&d->random, SIM_SOURCE_RECORDS)];
	if (d->n_sources > 1 && percent(d, 60)) /* so that they can be joined */
		e->record = d->ends[0].record;
	declare(d, &e->record);
	d->c->supply[actor] = sim_below(&d->random, percent(d, 20) ? 90 : 30);
	if (port == NULL || !draw_of(d, port, &e->record, &st, &unused)) {
		(void)sim_actor_add(s, types[sim_below(&d->random, 5)], actor, e->record.name);
		if (percent(d, 20))
			s->stages[0].on_error = WEIR_ON_ERROR_DROP;
		return;
	}
	e->alone = false;
	(void)sim_actor_add(s, port->type, actor, e->record.name);
	for (uint8_t i = 0; i < st.n_params; i++)
		(void)sim_param_add(&s->stages[0], st.params[i].name, NULL, st.params[i].value);
}

static void add_sink(struct drawing *d, const struct end *e, uint8_t actor)
{
	const struct sim_type *port = percent(d, 15) ? type_of_role(d, SIM_ROLE_OUTPUT) : NULL;
	struct sim_stream *s = stream_of(d, e);
	struct sim_record unused;
	struct sim_stage st;

	if (port == NULL || !draw_of(d, port, &e->record, &st, &unused)) {
		(void)sim_actor_add(s, &sim_sink_type, actor, NULL);
		if (percent(d, 20))
			s->stages[s->n_stages - 1].on_error = WEIR_ON_ERROR_DROP;
		return;
	}
	(void)sim_actor_add(s, port->type, actor, NULL);
	for (uint8_t i = 0; i < st.n_params; i++)
		(void)sim_param_add(&s->stages[s->n_stages - 1], st.params[i].name, NULL, st.params[i].value);
}

/* ---- side streams ---- */

/* An inbox that the stream does not come from, and that nobody comes from yet. */
static const struct sim_stream *inbox_for(struct drawing *d, uint8_t from, const struct sim_record *record)
{
	for (uint32_t i = 0; i < d->n_ends; i++) {
		const struct sim_stream *s = stream_of(d, &d->ends[i]);
		uint8_t at = d->ends[i].stream;

		if (s->n_stages == 1 && sim_is_inbox(s->stages[0].type) &&
			(d->before[from] >> at & 1u) == 0 &&
			strcmp(d->ends[i].record.name, record->name) == 0 && percent(d, 50)) {
			d->before[at] |= d->before[from];
			return s;
		}
	}
	return NULL;
}

/* A stream for what does not go on, of that record. NULL: there is no room for one. */
static const char *side_stream(struct drawing *d, uint8_t from, const struct sim_record *record)
{
	const struct sim_type *t = type_of_role(d, SIM_ROLE_INBOX);
	const struct sim_stream *there = inbox_for(d, from, record);
	struct sim_record unused;
	struct sim_stream *s;
	struct sim_stage st;
	struct end e = { .record = *record };

	if (there != NULL)
		return there->name;
	if (t == NULL || d->n_ends == ENDS || !draw_of(d, t, record, &st, &unused))
		return NULL;
	s = new_stream(d, NULL, d->before[from], &e);
	if (s == NULL)
		return NULL;
	*sim_stage_add(s, t->type) = st;
	d->ends[d->n_ends++] = e;
	return s->name;
}

static void draw_on_error(struct drawing *d, uint8_t stream, struct sim_stage *st)
{
	uint32_t how = sim_below(&d->random, 100);

	if (how < 45)
		return;
	st->on_error = WEIR_ON_ERROR_DROP;
	if (how < 75)
		return;
	st->error_to = side_stream(d, stream, &sim_error_record);
	if (st->error_to != NULL)
		st->on_error = WEIR_ON_ERROR_TO;
}

/* Returns whether there is such a stream. */
static bool draw_late(struct drawing *d, uint8_t stream, struct sim_stage *st, const struct sim_record *in)
{
	const struct weir_param *row = sim_param_of_kind(st->type, WEIR_PARAM_LATE);
	struct sim_record late = *in;
	const char *to;

	if (row == NULL || percent(d, 50))
		return false;
	late.name = "late";
	to = side_stream(d, stream, &late);
	return to != NULL && sim_param_add(st, row->name, NULL, sim_pool_text(d->pool, "to:%s", to));
}

/* ---- moves ---- */

static uint32_t times_in(const struct sim_record *r)
{
	uint32_t n = 0;

	for (uint8_t i = 0; i < r->n_fields; i++)
		n += r->fields[i].kind == WEIR_TIME;
	return n;
}

/* Fields called stream.field have no place in a record of one's own. */
static bool has_dots(const struct sim_record *r)
{
	for (uint8_t i = 0; i < r->n_fields; i++)
		if (strchr(r->fields[i].name, '.') != NULL)
			return true;
	return false;
}

/* Declare what flows as a record of its own, so that a stage can name it. NULL: no room, or no time of its own. */
static const struct sim_record *declare_as(struct drawing *d, const struct sim_record *r)
{
	struct sim_record *to = &d->c->records[d->c->n_records];

	if (d->c->n_records == SIM_RECORDS || has_dots(r) ||
		(d->c->clock == WEIR_CLOCK_EVENT && times_in(r) != 1))
		return NULL;
	*to = *r;
	to->name = sim_pool_text(d->pool, "r%u", d->c->n_records++);
	for (uint8_t i = 0; i < to->n_fields; i++)
		to->fields[i].unit_ns = 0;
	return to;
}

static void add_linear(struct drawing *d, struct end *e);
static void part(struct drawing *d, struct end *e);

/* A stream that one which items start may draw from; SIM_STREAMS: there is none, or it is not wanted. */
static uint8_t draw_shared(struct drawing *d, uint8_t outer)
{
	uint8_t i = 0;

	while (i < SIM_STREAMS && (d->shared[i] == NULL || (d->before[i] >> outer & 1u) != 0))
		i++;
	return percent(d, 70) ? i : SIM_STREAMS;
}

/* The stream that each item starts, from what is shared. */
static bool draw_inner_of(struct drawing *d, uint8_t outer, uint8_t shared, const char *param,
	struct sim_stage *st, struct sim_record *out)
{
	struct end e = { .record = *d->shared[shared] };
	struct sim_stream *s =
		new_stream(d, d->c->streams[shared].name, d->before[outer] | d->before[shared], &e);

	for (uint32_t i = 0; s != NULL && i < 4 && s->n_stages < 2; i++)
		add_linear(d, &e);
	*out = e.record;
	return s != NULL && s->n_stages > 0 && sim_param_add(st, param, NULL, s->name);
}

/* The stream that each item starts: the item, and what is made of it. False: there is none. */
static bool draw_inner(struct drawing *d, uint8_t outer, const struct sim_record *in, struct sim_stage *st,
	struct sim_record *out)
{
	const struct weir_param *row = sim_param_of_kind(st->type, WEIR_PARAM_INNER);
	const struct sim_type *item = row != NULL ? type_of_role(d, SIM_ROLE_ITEM) : NULL;
	const struct sim_record *r = item != NULL ? declare_as(d, in) : NULL;
	uint32_t stages = sim_below(&d->random, 3);
	struct end e = { .alone = true };
	uint8_t shared = row != NULL ? draw_shared(d, outer) : SIM_STREAMS;
	struct sim_stream *s;

	if (row == NULL)
		return true;
	if (shared < SIM_STREAMS)
		return draw_inner_of(d, outer, shared, row->name, st, out);
	s = r != NULL ? new_stream(d, NULL, d->before[outer], &e) : NULL;
	if (s == NULL)
		return false;
	(void)sim_stage_add(s, item->type);
	(void)sim_param_add(&s->stages[0], "record", NULL, r->name);
	e.record = *r;
	for (uint32_t i = 0; i < stages; i++)
		add_linear(d, &e);
	*out = e.record;
	return sim_param_add(st, row->name, NULL, s->name);
}

static void add_linear(struct drawing *d, struct end *e)
{
	const struct sim_type *t = type_of_role(d, SIM_ROLE_LINEAR);
	struct sim_record in = e->record, out;
	struct sim_stage st;
	uint8_t stream = e->stream;

	if (t == NULL || d->c->streams[stream].n_stages + 1u >= SIM_STREAM_STAGES ||
		((t->type->flags & WEIR_OP_SCOPES) != 0 && t->type->first_scope == 0 && !e->alone) ||
		!draw_of(d, t, &in, &st, &out) || !draw_inner(d, stream, &in, &st, &out))
		return;
	e->record = out;
	draw_on_error(d, stream, &st);
	e->alone = !draw_late(d, stream, &st, &in) && e->alone;
	*sim_stage_add(&d->c->streams[stream], t->type) = st;
	if (t->type->feeds_scopes && e >= d->ends && e < d->ends + d->n_ends && percent(d, 60))
		part(d, e);
}

/* The end parts in two. */
static void part(struct drawing *d, struct end *e)
{
	const char *from = stream_of(d, e)->name;
	uint32_t before = d->before[e->stream];
	struct end other = *e;
	struct sim_record *shared;
	struct sim_stream *s;

	if (type_of_role(d, SIM_ROLE_TEE) == NULL || d->n_ends == ENDS || d->c->n_streams + 2u > SIM_STREAMS)
		return;
	s = stream_of(d, e);
	if (s->n_stages > 0 && s->stages[s->n_stages - 1].type->feeds_scopes) {
		shared = sim_pool_get(d->pool, sizeof *shared);
		*shared = e->record;
		d->shared[e->stream] = shared;
	}
	(void)new_stream(d, from, before, e);
	(void)new_stream(d, from, before, &other);
	e->alone = other.alone = false;
	d->ends[d->n_ends++] = other;
	d->stages++;
}

static bool same_record(const struct sim_record *a, const struct sim_record *b)
{
	if (a->n_fields != b->n_fields)
		return false;
	for (uint8_t i = 0; i < a->n_fields; i++)
		if (strcmp(a->fields[i].name, b->fields[i].name) != 0 ||
			a->fields[i].kind != b->fields[i].kind ||
			a->fields[i].text_max != b->fields[i].text_max)
			return false;
	return true;
}

static bool is_inbox_end(struct drawing *d, const struct end *e)
{
	const struct sim_stream *s = stream_of(d, e);

	return s->n_stages == 1 && s->from == NULL && sim_is_inbox(s->stages[0].type);
}

/* Ends that carry the same become one. */
static void join(struct drawing *d, uint32_t first)
{
	const struct sim_type *t = type_of_role(d, SIM_ROLE_COMBINER);
	const struct weir_param *row = t != NULL ? sim_param_of_kind(t->type, WEIR_PARAM_STREAMS) : NULL;
	uint32_t most = t != NULL && t->type->max_in < 3 ? t->type->max_in : 3, before = 0, n = 0, kept = 0;
	bool taken[ENDS] = { false }, scopes = t != NULL && (t->type->flags & WEIR_OP_SCOPES) != 0;
	bool joins = t != NULL && (t->type->flags & WEIR_OP_JOINS) != 0;
	struct sim_record joint = { .name = "joint" };
	struct end e = { .alone = true };
	struct sim_stage st;

	if (row == NULL || d->c->n_streams == SIM_STREAMS)
		return;
	for (uint32_t i = 0; i < d->n_ends && n < most; i++) {
		const struct end *x = &d->ends[(first + i) % d->n_ends];

		if (i > 0 &&
			(is_inbox_end(d, x) || !(joins || same_record(&d->ends[first].record, &x->record))))
			continue;
		if (joins && has_dots(&x->record))
			continue;
		if (scopes && !x->alone)
			continue;
		e.alone = e.alone && x->alone;
		sim_draw_joint(d->pool, &joint, &x->record, stream_of(d, x)->name);
		taken[(first + i) % d->n_ends] = true;
		before |= d->before[x->stream];
		n++;
	}
	if (n < 2 || !draw_of(d, t, joins ? &joint : &d->ends[first].record, &st, &e.record))
		return;
	for (uint32_t i = 0; i < d->n_ends; i++)
		if (taken[i])
			(void)sim_param_add(&st, row->name, NULL, stream_of(d, &d->ends[i])->name);
	for (uint32_t i = 0; i < d->n_ends; i++)
		if (!taken[i])
			d->ends[kept++] = d->ends[i];
	d->n_ends = kept;
	*sim_stage_add(new_stream(d, NULL, before, &e), t->type) = st;
	d->ends[d->n_ends++] = e;
}

/* What a CSV or its like may be asked for, on both sides alike. */
static void draw_format(struct drawing *d, struct sim_stage *enc, struct sim_stage *dec)
{
	static const char *const delimiters[] = { ";", "|", ":" };

	if (sim_param_row(enc->type, "delimiter") != NULL && percent(d, 30)) {
		const char *delimiter = delimiters[sim_below(&d->random, 3)];

		(void)sim_param_add(enc, "delimiter", NULL, delimiter);
		(void)sim_param_add(dec, "delimiter", NULL, delimiter);
	}
	if (sim_param_row(enc->type, "header") != NULL && percent(d, 30)) {
		(void)sim_param_add(enc, "header", NULL, "false");
		(void)sim_param_add(dec, "header", NULL, "false");
	}
}

/* Written in a format, and read again. */
static void write_and_read(struct drawing *d, struct end *e)
{
	const struct sim_type *enc = type_of_role(d, SIM_ROLE_ENCODER);
	const struct sim_type *dec = enc != NULL ? &d->types->list[enc->pair] : NULL;
	struct sim_stream *s = stream_of(d, e);
	const struct sim_record *r;
	struct sim_stage *a, *b;

	if (dec == NULL || dec->role != SIM_ROLE_DECODER || s->n_stages + 3u >= SIM_STREAM_STAGES ||
		d->c->route == SIM_ROUTE_JSON)
		return;
	r = declare_as(d, &e->record);
	if (r == NULL)
		return;
	a = sim_stage_add(s, enc->type);
	b = sim_stage_add(s, dec->type);
	(void)sim_param_add(b, "record", NULL, r->name);
	draw_format(d, a, b);
	e->record = *r;
	d->stages += 2;
	if (percent(d, 50))
		b->on_error = WEIR_ON_ERROR_DROP;
}

static void move(struct drawing *d)
{
	uint32_t what = sim_below(&d->random, 100), at = sim_below(&d->random, d->n_ends);
	struct end *e = &d->ends[at];

	if (what < 58)
		add_linear(d, e);
	else if (what < 70)
		part(d, e);
	else if (what < 92)
		join(d, at);
	else
		write_and_read(d, e);
}

void sim_draw(struct sim_case *c, struct sim_pool *pool, const struct sim_types *types, uint64_t seed,
	const struct sim_wish *wish)
{
	struct drawing d = { .c = c, .pool = pool, .types = types, .wish = wish };
	uint32_t wanted, n_sources;

	sim_random_init(&d.random, seed);
	c->n_records = c->n_streams = c->n_actions = 0;
	memset(c->supply, 0, sizeof c->supply);
	c->clock = (uint8_t)(percent(&d, 60) ? WEIR_CLOCK_EVENT : WEIR_CLOCK_MONOTONIC);
	c->route = (uint8_t)(percent(&d, 25) ? SIM_ROUTE_JSON : SIM_ROUTE_BUILD);
	c->best_kernels = percent(&d, 50);
	c->span_items =
		(uint16_t)(percent(&d, 50) ? sim_between(&d.random, 1, 7) : sim_between(&d.random, 8, 64));
	c->span_bytes = percent(&d, 85) ? 512 : 8192;
	c->turns_step = (uint16_t)(percent(&d, 70) ? 64 : sim_between(&d.random, 1, 5));
	c->data = sim_random_next(&d.random) >> 32;
	c->style = sim_random_next(&d.random) >> 32;
	n_sources = percent(&d, 55) ? 1 : percent(&d, 75) ? 2 : 3;
	for (uint32_t i = 0; i < n_sources; i++)
		add_source(&d);
	wanted = sim_below(&d.random, STAGES_MOST);
	for (uint32_t i = 0; i < 2 * STAGES_MOST && d.stages < wanted; i++)
		move(&d);
	for (uint32_t i = 0; i < d.n_ends; i++)
		add_sink(&d, &d.ends[i], (uint8_t)i);
	sim_draw_actions(c, &d.random, wish, (uint8_t)n_sources, (uint8_t)d.n_ends);
}
