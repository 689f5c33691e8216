/* SPDX-License-Identifier: MIT */
/*
 * suite_actors.c -- who plays the sources and sinks of a test.
 *
 * Each part has a type of its own: the definition's, with its parameters and policies, but with the callbacks of an actor,
 * who finds the part around the type. A source gives what its script says as soon as it is due and asked for; in the
 * place of a hot one, what nobody asks for in time meets its `overflow`. A sink asks as its credit says and notes what
 * comes.
 */
#include "suite.h"

#include <stddef.h>
#include <string.h>

#include <weir/connectors.h>

static struct suite_part *part_of(const struct weir_ctx *c)
{
	return (struct suite_part *)(void *)((char *)(uintptr_t)c->def->type -
					     offsetof(struct suite_part, type));
}

/* ---- sources ---- */

struct source {
	const struct suite_script *script;
	uint64_t begun_ns;
	size_t next;                       /* event */
	size_t sent;                       /* bytes of the text that is going out */
	const struct suite_value *waiting; /* hot: nobody asked for it yet */
	bool is_full;
};

static int64_t source_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct source);
}

/* Each start has the next script; the last one is for all that follow. */
static int source_open(struct weir_ctx *c)
{
	struct suite_part *p = part_of(c);
	struct source *s = c->state;
	size_t k = p->starts++;

	s->script = &p->scripts[k < p->n_scripts ? k : p->n_scripts - 1];
	s->begun_ns = weir_now(c);
	return WEIR_OK;
}

static bool is_due(struct weir_ctx *c, const struct source *s)
{
	return s->next < s->script->n && s->script->list[s->next].time_ns <= weir_now(c) - s->begun_ns;
}

static void put(const struct suite_part *p, struct weir_span *span, uint32_t *n, const struct suite_value *v)
{
	memcpy((unsigned char *)span->items + (size_t)(*n)++ * p->record->size, v->record, p->record->size);
}

/* A hot source has room for one item that nobody asked for. */
static void overflow(struct weir_ctx *c, struct source *s, const struct suite_value *v)
{
	uint8_t how = ((const uint8_t *)c->params)[part_of(c)->overflow_at];

	if (s->waiting != NULL)
		weir_drop(c, WEIR_DROP_OVERFLOW, 1);
	if (s->waiting != NULL && how == WEIR_HOT_ERROR)
		s->is_full = true;
	else if (s->waiting == NULL || how != WEIR_HOT_DROP_NEWEST)
		s->waiting = v;
}

/* Send records that are due. False: some are left. */
static bool send_records(struct weir_ctx *c, struct source *s)
{
	const struct suite_part *p = part_of(c);
	bool is_hot = (c->def->type->flags & WEIR_OP_HOT) != 0;
	struct weir_span *span = weir_reserve(c, 0);
	uint32_t n = 0, room = span != NULL ? span->count : 0;

	if (s->waiting != NULL && room > 0) {
		put(p, span, &n, s->waiting);
		s->waiting = NULL;
	}
	for (; !s->is_full && is_due(c, s) && s->script->list[s->next].kind == MARBLE_ITEM; s->next++) {
		if (n < room)
			put(p, span, &n, s->script->list[s->next].value);
		else if (is_hot)
			overflow(c, s, s->script->list[s->next].value);
		else
			break;
	}
	if (n > 0)
		weir_emit(c, 0, n);
	if (s->is_full)
		weir_fail(c, WEIR_EFULL, "a reading found no room: overflow is error");
	return !is_due(c, s) || s->script->list[s->next].kind != MARBLE_ITEM;
}

static bool send_text(struct weir_ctx *c, struct source *s)
{
	while (is_due(c, s) && s->script->list[s->next].kind == MARBLE_ITEM) {
		const struct suite_value *v = s->script->list[s->next].value;
		struct weir_span *span = v->len > s->sent ? weir_reserve(c, 0) : NULL;
		size_t n = v->len - s->sent;

		if (v->len > s->sent && span == NULL)
			return false;
		if (span != NULL) {
			n = n < span->count ? n : span->count;
			memcpy(span->items, v->text + s->sent, n);
			weir_emit(c, 0, (uint32_t)n);
			s->sent += n;
		}
		if (s->sent < v->len)
			return false;
		s->sent = 0;
		s->next++;
	}
	return true;
}

static void source_run(struct weir_ctx *c)
{
	const struct suite_part *p = part_of(c);
	struct source *s = c->state;

	if (!(p->is_text ? send_text(c, s) : send_records(c, s)) || s->next == s->script->n)
		return;
	if (!is_due(c, s))
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC,
			(int64_t)(s->begun_ns + s->script->list[s->next].time_ns));
	else if (s->waiting != NULL) /* what was given goes out before the end */
		return;
	else if (s->script->list[s->next].kind == MARBLE_COMPLETE)
		weir_complete(c);
	else
		weir_fail(c, p->error, "the test says so");
}

static void source_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	source_run(c);
}

static void source_close(struct weir_ctx *c, bool normal)
{
	const struct source *s = c->state;

	(void)normal;
	if (s->waiting != NULL)
		weir_drop(c, WEIR_DROP_CANCELLED, 1);
}

/* ---- sinks ---- */

struct sink {
	size_t next; /* of the credit */
	bool asked;
};

static int64_t sink_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct sink);
}

static void note(struct weir_ctx *c, struct suite_part *p, enum marble_kind kind)
{
	if (p->n_got == p->got_room) {
		p->got_room = p->got_room * 2 + 16;
		p->got = sim_memory(p->got, p->got_room * sizeof *p->got);
	}
	p->got[p->n_got++] =
		(struct suite_got){ .time_ns = weir_now(c), .kind = (uint8_t)kind, .record = p->n_bytes };
}

static void note_items(struct weir_ctx *c, struct suite_part *p, const struct weir_span *span)
{
	size_t size = p->record->size;

	if (p->n_bytes + span->count * size > p->bytes_room) {
		p->bytes_room = (p->n_bytes + span->count * size) * 2;
		p->bytes = sim_memory(p->bytes, p->bytes_room);
	}
	for (uint32_t i = 0; i < span->count; i++) {
		if (!p->is_text)
			note(c, p, MARBLE_ITEM);
		memcpy(p->bytes + p->n_bytes, (const unsigned char *)span->items + i * size, size);
		p->n_bytes += size;
	}
}

/* Do what is due of the credit. False: the sink has ended. */
static bool take_orders(struct weir_ctx *c, const struct suite_part *p, struct sink *s)
{
	const struct marbles *m = &p->credit;
	uint64_t now = weir_now(c), step_ns = p->step_ns;

	if (!p->has_credit && !s->asked)
		(void)weir_request(c, 0, UINT32_MAX);
	s->asked = true;
	for (; s->next < m->n && m->list[s->next].step * step_ns <= now; s->next++) {
		if (m->list[s->next].kind == MARBLE_REQUEST) {
			(void)weir_request(c, 0, m->list[s->next].n);
		} else if (m->list[s->next].kind == MARBLE_CANCEL) {
			weir_cancel(c, 0);
			weir_complete(c);
			return false;
		} else {
			weir_fail(c, p->error, "the test says so");
			return false;
		}
	}
	if (s->next < m->n)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)(m->list[s->next].step * step_ns));
	return true;
}

static void sink_run(struct weir_ctx *c)
{
	struct suite_part *p = part_of(c);
	const struct weir_span *span;
	struct weir_mark m;

	if (!take_orders(c, p, c->state))
		return;
	while ((span = weir_input(c, 0)) != NULL) {
		note_items(c, p, span);
		weir_take(c, 0, span->count);
	}
	while (weir_next_mark(c, 0, &m)) {
		if (m.kind == WEIR_MARK_BARRIER)
			weir_barrier_done(c, &m);
		if (m.kind == WEIR_MARK_COMPLETE || m.kind == WEIR_MARK_ERROR) {
			note(c, p, m.kind == WEIR_MARK_COMPLETE ? MARBLE_COMPLETE : MARBLE_ERROR);
			weir_end_with(c, &m);
			return;
		}
	}
}

static void sink_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	sink_run(c);
}

/* ---- types ---- */

static const struct weir_param record_row = WEIR_PARAM_BARE("record", RECORD, .flags = WEIR_PARAM_REQUIRED);

static bool has_row(const struct weir_op_type *type, enum weir_param_kind kind)
{
	for (const struct weir_param *p = type->params; p != NULL && p->name != NULL; p++)
		if (p->kind == kind)
			return true;
	return false;
}

/* Records go past the format: without its row no codec is put beside the stage, and a source names the record itself. */
static void skip_format(struct weir_op_type *type, struct sim_pool *pool)
{
	bool names_record = has_row(type, WEIR_PARAM_RECORD) || (type->flags & WEIR_OP_SOURCE) == 0;
	const struct weir_param *from = type->params;
	struct weir_param *rows;
	size_t n = 0;

	if (!has_row(type, WEIR_PARAM_FORMAT))
		return;
	while (from[n].name != NULL)
		n++;
	rows = sim_pool_get(pool, (n + 1) * sizeof *rows);
	type->params = rows;
	type->in = type->out = NULL;
	for (; from->name != NULL; from++) {
		if (from->kind != WEIR_PARAM_FORMAT)
			*rows++ = *from;
		else if (!names_record)
			*rows++ = record_row;
	}
}

void suite_be(struct suite_part *p, struct sim_pool *pool, const struct weir_op_type *type)
{
	bool is_source = (type->flags & WEIR_OP_SOURCE) != 0;

	p->type = (struct weir_op_type){ .abi = WEIR_OP_ABI,
		.flags = type->flags & (WEIR_OP_SOURCE | WEIR_OP_SINK | WEIR_OP_HOT),
		.credit = WEIR_CREDIT_MANUAL,
		.n_timers = 1,
		.drops = type->drops,
		.name = type->name,
		.summary = type->summary,
		.params_struct = type->params_struct,
		.header = type->header,
		.params = type->params,
		.params_size = type->params_size,
		.in = type->in,
		.out = type->out,
		.state_size = is_source ? source_size : sink_size,
		.open = is_source ? source_open : NULL,
		.close = is_source ? source_close : NULL,
		.run = is_source ? source_run : sink_run,
		.timer = is_source ? source_timer : sink_timer };
	for (const struct weir_param *row = type->params; row != NULL && row->name != NULL; row++)
		if ((type->flags & WEIR_OP_HOT) != 0 && strcmp(row->name, "overflow") == 0)
			p->overflow_at = row->offset;
	if (!p->is_text)
		skip_format(&p->type, pool);
}
