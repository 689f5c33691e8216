/* SPDX-License-Identifier: MIT */
/*
 * oracle.c -- streams as lists: from what the sources sent to what every sink should have (oracle.h).
 *
 * Streams are worked out when they are asked for, each once. How much a source sent, and how far a side stream came that
 * belongs to a stage which was cancelled, is read from the ledger: the oracle does not know when things happened.
 */
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "oracle.h"

struct stream_lists {
	struct sim_list out;                       /* behind its last stage */
	struct sim_list errors[SIM_STREAM_STAGES]; /* beside each of its stages */
	struct sim_list late[SIM_STREAM_STAGES];
	bool known, under_way;
};

struct answers {
	struct sim_machine *m;
	struct sim_pool *pool;
	const struct sim_case *c;
	struct stream_lists *streams;
};

static const struct sim_list *list_of(struct answers *a, const char *name);

/* ---- places in the plan ---- */

static int stage_of(const struct answers *a, const struct sim_stream *s, uint8_t k, char *id, size_t size)
{
	(void)snprintf(id, size, "%s.%u.%s", s->name, k + (s->from != NULL), s->stages[k].type->name);
	return weir_stage_index(a->m->world.plan, id);
}

/* What went through the stage's output of that port, or into its stream of errors. */
static uint32_t sent_on(const struct answers *a, int stage, bool errors, uint16_t port)
{
	const struct weir_plan *p = a->m->world.plan;
	const struct weir_stage_def *d = &p->stages[stage];
	uint16_t edge = errors ? d->error_edge : p->outputs[d->first_out + port];

	return edge == WEIR_NO_EDGE ? 0 : (uint32_t)a->m->books[edge].in;
}

/* ---- where lists begin ---- */

static struct sim_names names_of(struct answers *a, const struct weir_record *r)
{
	struct weir_field *fields = sim_pool_get(a->pool, r->n_fields * sizeof *fields);

	memcpy(fields, r->fields, r->n_fields * sizeof *fields);
	return (struct sim_names){ fields, r->n_fields };
}

static int64_t whole_at(const struct weir_field *f, const unsigned char *at, size_t size)
{
	uint64_t u = 0;

	memcpy(&u, at, size);
	if (f->kind >= WEIR_I8 && f->kind <= WEIR_I32 && (u >> (size * 8 - 1) & 1u) != 0)
		u |= ~(uint64_t)0 << (size * 8);
	return (int64_t)u;
}

static struct sim_value load(struct answers *a, const struct weir_field *f, const unsigned char *item)
{
	struct sim_value v = { .kind = f->kind };
	const unsigned char *at = item + f->offset;

	switch (f->kind) {
	case WEIR_TEXT:
		memcpy(&v.len, at, sizeof v.len);
		v.text = sim_pool_copy(a->pool, (const char *)at + 2, v.len);
		break;
	case WEIR_F32:
		memcpy(&v.f, at, sizeof v.f);
		break;
	case WEIR_F64:
		memcpy(&v.d, at, sizeof v.d);
		break;
	default:
		v.i = whole_at(f, at, weir_kind_size((enum weir_kind)f->kind, 0));
		break;
	}
	return v;
}

static const struct sim_row *source_row(
	struct answers *a, uint8_t source, uint32_t index, const struct weir_record *r, unsigned char *item)
{
	struct sim_row *row = sim_pool_get(a->pool, sizeof *row);
	struct sim_value *v = sim_pool_get(a->pool, r->n_fields * sizeof *v);

	row->time_ns = sim_item(a->c, source, index, r, item);
	for (uint16_t i = 0; i < r->n_fields; i++)
		v[i] = load(a, &r->fields[i], item);
	row->values = v;
	return row;
}

static struct sim_names error_names(void)
{
	return (struct sim_names){ sim_error_record.fields, sim_error_record.n_fields };
}

/* The item errors that a source raised: nothing is known of their time. */
static void source_errors(struct answers *a, const struct sim_source *s, const char *id, struct sim_list *to)
{
	struct sim_oracle o = { .m = a->m, .pool = a->pool, .id = id };
	const struct sim_row when = { .any_time = true };

	for (uint32_t i = 0; i < s->faults; i++)
		sim_list_add_error(&o, &when, i + 1u, false, WEIR_EPARSE);
	o.errors.timed = a->c->clock == WEIR_CLOCK_EVENT;
	o.errors.names = error_names();
	*to = o.errors;
}

static void from_source(struct answers *a, const struct sim_stream *s, struct stream_lists *l)
{
	const struct weir_plan *p = a->m->world.plan;
	const struct sim_stage *stage = &s->stages[0];
	const struct sim_source *src = &a->m->world.sources[stage->actor];
	uint16_t edge = p->outputs[p->stages[src->stage].first_out];
	const struct weir_record *r = p->records[p->edges[edge].record];
	unsigned char *item = sim_pool_get(a->pool, r->size);
	struct sim_oracle o = { .m = a->m, .pool = a->pool };
	uint32_t all = (uint32_t)a->m->books[edge].in, n = all;

	for (unsigned reason = 0; reason < WEIR_DROP_REASONS; reason++)
		n -= (uint32_t)a->m->books[edge].wasted[reason]; /* never seen by anyone */
	if ((src->port ? all : n) != src->sent)
		sim_broken(&a->m->world, "M-2", "%s sent %u items, its edge says %u of %u",
			p->stages[src->stage].id, src->sent, n, all);
	l->out.names = names_of(a, r);
	l->out.timed = p->clock == WEIR_CLOCK_EVENT;
	l->out.marked = l->out.timed && (stage->type->flags & WEIR_OP_MAKES_TIME) != 0;
	l->out.end = src->end == SIM_END_CANCELLED ? SIM_END_NOT : src->end;
	l->out.code = src->code;
	l->out.cut = src->port && src->end == SIM_END_CHECKPOINT; /* what it holds does not come out then */
	l->out.lagged = src->lagged;
	l->out.gaps = l->out.cut || (stage->on_error != WEIR_ON_ERROR_FAIL && src->faults > 0);
	for (uint32_t i = 0; i < n; i++)
		sim_list_add(&o, &l->out, source_row(a, stage->actor, i, r, item));
	source_errors(a, src, p->stages[src->stage].id, &l->errors[0]);
}

/* ---- several lists become one ---- */

static void join(struct answers *a, const struct sim_stream *s, struct stream_lists *l)
{
	const struct sim_stage *st = &s->stages[0];
	const struct weir_param *row = sim_param_of_kind(st->type, WEIR_PARAM_STREAMS);
	sim_join_fn *fn = sim_join_function(st->type->name);
	const struct sim_list *in[SIM_STAGE_PARAMS];
	const char *streams[SIM_STAGE_PARAMS];
	char id[96];
	struct sim_oracle o = { .m = a->m, .pool = a->pool, .stage = st, .id = id, .streams = streams };
	int stage = stage_of(a, s, 0, id, sizeof id);
	uint32_t n = 0;

	for (uint8_t i = 0; i < st->n_params; i++)
		if (row != NULL && strcmp(st->params[i].name, row->name) == 0) {
			streams[n] = st->params[i].value;
			in[n] = list_of(a, streams[n]);
			n++;
		}
	o.errors.timed = a->c->clock == WEIR_CLOCK_EVENT;
	o.errors.names = error_names();
	if (fn == NULL || n == 0 || stage < 0 || a->m->world.plan->stages[stage].scope != 0)
		l->out.known = SIM_UNKNOWN;
	else
		fn(&o, in, n, &l->out);
	if (o.gave_up)
		l->out.known = SIM_UNKNOWN;
	o.errors.known = o.unordered_errors && l->out.known == SIM_KNOWN ? SIM_KNOWN_UNORDERED : l->out.known;
	o.errors.cut = l->out.cut;
	l->errors[0] = o.errors;
}

static bool is_late_stream(const struct sim_stage *st, const char *name)
{
	const struct weir_param *row = sim_param_of_kind(st->type, WEIR_PARAM_LATE);
	const char *late = row != NULL ? sim_param_text(st, row->name) : NULL;

	return late != NULL && strncmp(late, "to:", 3) == 0 && strcmp(late + 3, name) == 0;
}

static bool ran_to_its_end(const struct answers *a, int stage)
{
	enum weir_stage_phase phase = weir_stage_phase(a->m->world.in, (uint16_t)stage);

	return phase == WEIR_STAGE_COMPLETED || phase == WEIR_STAGE_FAILED;
}

/* What a stage sent to an inbox, as far as it came before one of them was cancelled, if it was. */
static void add_feed(struct answers *a, const struct sim_list *feed, int stage, uint32_t sent, bool whole,
	struct sim_list *to, uint32_t *feeders)
{
	struct sim_oracle o = { .m = a->m, .pool = a->pool };

	sim_list_worse(to, feed);
	if ((*feeders)++ == 0) {
		to->names = feed->names;
		to->timed = feed->timed;
	} else if (to->known == SIM_KNOWN) {
		to->known = SIM_KNOWN_UNORDERED;
	}
	if (feed->known != SIM_KNOWN || feed->cut) {
		to->cut = true;
		sent = feed->n;
	} else if (sent > feed->n || (whole && sent < feed->n)) {
		sim_broken(&a->m->world, "oracle", "%s sent %u items beside its stream, there should be %u",
			a->m->world.plan->stages[stage].id, sent, feed->n);
	}
	for (uint32_t i = 0; i < feed->n && i < sent; i++)
		sim_list_add(&o, to, feed->rows[i]);
}

static void inbox(struct answers *a, const struct sim_stream *s, struct stream_lists *l)
{
	uint32_t feeders = 0;
	char id[96];
	int self = stage_of(a, s, 0, id, sizeof id), stage;
	bool whole;

	for (uint8_t i = 0; i < a->c->n_streams; i++) {
		const struct sim_stream *from = &a->c->streams[i];

		for (uint8_t k = 0; k < from->n_stages; k++) {
			const struct sim_stage *st = &from->stages[k];
			bool errors = st->on_error == WEIR_ON_ERROR_TO && strcmp(st->error_to, s->name) == 0;
			bool late = is_late_stream(st, s->name);

			if (!errors && !late)
				continue;
			(void)list_of(a, from->name);
			stage = stage_of(a, from, k, id, sizeof id);
			whole = ran_to_its_end(a, stage) && !a->m->world.aborted &&
				weir_stage_phase(a->m->world.in, (uint16_t)self) == WEIR_STAGE_COMPLETED;
			if (errors)
				add_feed(a, &a->streams[i].errors[k], stage, sent_on(a, stage, true, 0),
					whole, &l->out, &feeders);
			if (late)
				add_feed(a, &a->streams[i].late[k], stage, sent_on(a, stage, false, 1), whole,
					&l->out, &feeders);
		}
	}
	l->out.end = SIM_END_COMPLETE; /* when it ends, and however they did */
}

/* ---- stages one after the other ---- */

static const char *format_of(struct answers *a, const char *operator, const char * suffix)
{
	size_t len = strlen(operator), tail = strlen(suffix);

	if (len <= tail || strcmp(operator+ len - tail, suffix) != 0)
		return NULL;
	return sim_pool_copy(a->pool, operator, len - tail);
}

/* What a format cannot say: infinity in JSON. */
static const struct sim_row *as_written(
	struct answers *a, const struct sim_list *l, const struct sim_row *row)
{
	struct sim_row *to = sim_pool_get(a->pool, sizeof *to);
	struct sim_value *v = sim_pool_get(a->pool, l->names.n_fields * sizeof *v);

	memcpy(v, row->values, l->names.n_fields * sizeof *v);
	*to = *row;
	to->values = v;
	for (uint32_t i = 0; i < l->names.n_fields; i++) {
		double inf = v[i].kind == WEIR_F32 ? (double)v[i].f : v[i].kind == WEIR_F64 ? v[i].d : 0;

		if (strcmp(l->bytes, "ndjson") == 0 && inf - inf != 0) {
			v[i].f = v[i].kind == WEIR_F32 ? (float)(inf - inf) : v[i].f;
			v[i].d = v[i].kind == WEIR_F64 ? inf - inf : v[i].d;
		}
		if (v[i].kind == WEIR_TIME) {
			to->time_ns = v[i].i;
			to->any_time = v[i].any;
		}
	}
	return to;
}

static void encode(struct sim_list *l, const char *format)
{
	l->bytes = format;
	l->timed = false;
}

/* Back to records; under the event clock a record's time is its time field's. */
static void decode(struct answers *a, struct sim_list *l, const char *format)
{
	struct sim_list in = *l;
	struct sim_oracle o = { .m = a->m, .pool = a->pool };
	uint32_t times = 0;

	if (in.bytes == NULL || strcmp(in.bytes, format) != 0) {
		l->known = SIM_UNKNOWN;
		return;
	}
	l->n = l->room = 0;
	for (uint32_t i = 0; i < in.n; i++)
		sim_list_add(&o, l, as_written(a, &in, in.rows[i]));
	for (uint32_t i = 0; i < in.names.n_fields; i++)
		times += in.names.fields[i].kind == WEIR_TIME;
	l->timed = a->c->clock == WEIR_CLOCK_EVENT && times == 1;
	l->bytes = NULL;
}

/* What may complete before its input does. */
static bool ends_early(const char *operator)
{
	return strcmp(operator, "take") == 0 || strcmp(operator, "take_while") == 0 ||
	       strcmp(operator, "element_at") == 0;
}

/* Put a list through a stage. */
static void through(struct answers *a, const struct sim_stream *s, uint8_t k, struct stream_lists *l)
{
	const struct sim_stage *st = &s->stages[k];
	sim_list_fn *fn = sim_list_function(st->type->name);
	const char *encodes = format_of(a, st->type->name, "_encode");
	const char *decodes = format_of(a, st->type->name, "_decode");
	char id[96];
	int stage;
	struct sim_list in = l->out;
	struct sim_oracle o = { .m = a->m, .pool = a->pool, .stage = st, .id = id };

	stage = stage_of(a, s, k, id, sizeof id);
	if (stage < 0 || a->m->world.plan->stages[stage].scope != 0)
		in.known = SIM_UNKNOWN; /* it may have started again */
	o.errors.timed = a->c->clock == WEIR_CLOCK_EVENT;
	o.errors.names = error_names();
	o.late = (struct sim_list){ .names = in.names, .timed = in.timed };
	if (encodes != NULL && in.known != SIM_UNKNOWN) {
		encode(&l->out, encodes);
	} else if (decodes != NULL && in.known != SIM_UNKNOWN) {
		decode(a, &l->out, decodes);
	} else if (fn == NULL || in.bytes != NULL || in.known == SIM_UNKNOWN) {
		l->out.known = SIM_UNKNOWN;
	} else {
		l->out.rows = NULL;
		l->out.n = l->out.room = 0;
		fn(&o, &in, &l->out);
		if (o.gave_up)
			l->out.known = SIM_UNKNOWN;
	}
	o.errors.known = o.late.known = l->out.known;
	o.errors.cut = o.late.cut = in.cut;
	l->out.gaps = false;
	if (ends_early(st->type->name))
		l->out.lagged = SIM_LAGGED_UNKNOWN; /* those behind the last item do not come */
	l->errors[k] = o.errors;
	l->late[k] = o.late;
}

static void begin(struct answers *a, const struct sim_stream *s, struct stream_lists *l, uint8_t *first)
{
	const struct sim_stage *st = s->n_stages > 0 ? &s->stages[0] : NULL;

	*first = 1;
	if (s->from != NULL) {
		l->out = *list_of(a, s->from);
		*first = 0;
	} else if ((st->type->flags & WEIR_OP_SOURCE) != 0 && st->actor != SIM_NOBODY) {
		from_source(a, s, l);
	} else if (sim_is_inbox(st->type)) {
		inbox(a, s, l);
		through(a, s, 0, l);
	} else {
		join(a, s, l);
	}
}

static const struct sim_list *list_of(struct answers *a, const char *name)
{
	const struct sim_stream *s = sim_stream_named((struct sim_case *)(uintptr_t)a->c, name);
	struct stream_lists *l = &a->streams[s - a->c->streams];
	uint8_t k;

	if (l->known || l->under_way)
		return &l->out;
	l->under_way = true;
	begin(a, s, l, &k);
	for (; k < s->n_stages; k++)
		through(a, s, k, l);
	l->known = true;
	return &l->out;
}

void sim_oracle_check(struct sim_machine *m)
{
	struct answers a = { .m = m, .pool = &m->made.texts, .c = m->world.c };

	if (!m->started)
		return;
	sim_pool_reset(a.pool);
	a.streams = sim_pool_get(a.pool, SIM_STREAMS * sizeof *a.streams);
	for (uint8_t i = 0; i < a.c->n_streams && m->world.broken[0] == '\0'; i++) {
		const struct sim_stream *s = &a.c->streams[i];
		const struct sim_list *l;

		if (sim_is_open(s))
			continue;
		l = list_of(&a, s->name);
		if (l->known != SIM_UNKNOWN && l->bytes == NULL)
			sim_oracle_compare(m, s->stages[s->n_stages - 1].actor, l);
	}
}
