/* SPDX-License-Identifier: MIT */
/*
 * fault.c -- item errors and what on_error makes of them: fail, drop, or to a stream beside.
 *
 * A dropped item is counted on the edge it came in by; a decoder's on the edge it would have left by, since
 * its input counts bytes. Items diverted are dropped from the main stream and counted the same way.
 */
#include <string.h>

#include "core.h"

static void note(struct weir_error *e, const struct weir_stage *s, const struct weir_span *span,
	const struct weir_fault *f)
{
	e->code = f->code;
	e->stage = s->ctx.index;
	e->line = f->line;
	e->column = f->column;
	e->text = f->text != NULL ? f->text : weir_strerror(f->code);
	e->fate = WEIR_FATE_FAILED;
	e->by = s->ctx.index;
	e->item = f->item;
	if (f->item == 0 && span != NULL && s->in0 != NULL)
		e->item = (uint64_t)weir_edge_taken(weir_edge_in(s, f->port)) + f->index + 1;
}

static bool of_bytes(const struct weir_stage *s)
{
	return WEIR_WITH_BYTES && s->ctx.instance->plan->records[s->in0->def->record] == &weir_bytes_record;
}

/* A decoder's or a source's item: its input, if any, does not count items. */
static bool counts_on_output(const struct weir_stage *s, const struct weir_span *span)
{
	return s->out0 != NULL && (span == NULL || s->in0 == NULL || of_bytes(s));
}

static void count(struct weir_stage *s, const struct weir_span *span, uint16_t port)
{
	if (!counts_on_output(s, span)) {
		weir_edge_drop(s->ctx.instance, weir_edge_in(s, port), WEIR_DROP_ERROR, 1);
		return;
	}
	weir_edge_waste(s->ctx.instance, s->out0, WEIR_DROP_ERROR, 1);
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0u) == 0x80u;
}

/* Copy static text into a text field of cap bytes, cut at a character; the rest stays zero. Returns its
 * length. */
static uint16_t put_text(char *to, size_t cap, size_t at, const char *text)
{
	bool inside;

	while (at < cap && *text != '\0')
		to[at++] = *text++;
	for (inside = is_continuation(*text); inside && at > 0; to[at] = 0)
		inside = is_continuation(to[--at]);
	return (uint16_t)at;
}

static size_t put_number(char *to, size_t cap, size_t at, uint64_t v)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	while (n > 0 && at < cap)
		to[at++] = digits[--n];
	return at;
}

/* "path:line:column: reason" as far as it is known. */
static uint16_t put_reason(const struct weir_stage *s, const struct weir_error *e, char *to, size_t cap)
{
	size_t at = 0;

	if (e->line != 0) {
		at = put_text(to, cap, 0, s->ctx.def->origin != NULL ? s->ctx.def->origin : "line");
		at = put_text(to, cap, at, ":");
		at = put_number(to, cap, at, e->line);
		at = put_text(to, cap, at, ":");
		at = put_number(to, cap, at, e->column);
		at = put_text(to, cap, at, ": ");
	}
	return put_text(to, cap, at, e->text);
}

/* The item's time by the pipeline's clock. */
static int64_t time_of(const struct weir_stage *s, const struct weir_span *span, const struct weir_fault *f)
{
	if (span != NULL && span->instants != NULL)
		return span->instants[f->index];
	return s->ctx.event_clock && f->time_ns != NULL ? *f->time_ns : weir_wall(&s->ctx);
}

static enum weir_verdict divert(struct weir_stage *s, const struct weir_span *span,
	const struct weir_fault *f, const struct weir_error *error)
{
	struct weir_instance *in = s->ctx.instance;
	struct weir_edge *e = &in->edges[s->ctx.def->error_edge];
	const struct weir_memory *m = weir_edge_memory(in, e);
	struct weir_error_item *item = (struct weir_error_item *)(void *)m->buffer;
	struct weir_span one = { .items = m->buffer, .instants = m->instants, .count = 1, .owned = true };

	if (e->closed)
		return WEIR_SKIP; /* nobody reads them any more: dropped and counted all the same */
	if (!weir_edge_empty(e) || e->users > 0 || e->credit == 0)
		return WEIR_HOLD;
	memset(item, 0, sizeof *item);
	item->at = time_of(s, span, f);
	item->stage_len = put_text(item->stage, sizeof item->stage, 0,
		s->ctx.def->stage != NULL ? s->ctx.def->stage : s->ctx.def->id);
	item->code_len = put_text(item->code, sizeof item->code, 0, weir_errname(error->code));
	item->item = error->item;
	item->text_len = put_reason(s, error, item->text, sizeof item->text);
	if (one.instants != NULL)
		*one.instants = item->at;
	weir_edge_publish(in, e, &one, weir_edge_index(in, e));
	return WEIR_SKIP;
}

void weir_stage_failed(struct weir_stage *s, const struct weir_error *error)
{
	struct weir_instance *in = s->ctx.instance;

	if (weir_keeps_all_errors(in) || in->first_error == WEIR_NO_STAGE) {
		*weir_error_place(in, s->ctx.index) = *error;
		s->has_error = true;
	}
	in->failures++;
	if (in->first_error == WEIR_NO_STAGE)
		in->first_error = s->ctx.index;
}

/* Fail the stage: its own error, told in order downstream. */
static enum weir_verdict fail(struct weir_stage *s, const struct weir_error *error)
{
	if (s->ending != 0 || weir_stage_ended(s))
		return WEIR_STOP;
	weir_stage_failed(s, error);
	weir_stage_end(s, WEIR_STAGE_FAILED, WEIR_MARK_ERROR, s->ctx.index, 0);
	return WEIR_STOP;
}

enum weir_verdict weir_stage_fault(
	struct weir_stage *s, const struct weir_span *span, const struct weir_fault *f)
{
	struct weir_instance *in = s->ctx.instance;
	struct weir_error error;
	enum weir_verdict v = WEIR_SKIP;

	note(&error, s, span, f);
	if (!WEIR_WITH_ON_ERROR || s->ctx.def->on_error == WEIR_ON_ERROR_FAIL)
		return fail(s, &error);
	if (s->ctx.def->on_error == WEIR_ON_ERROR_TO)
		v = divert(s, span, f, &error);
	if (v != WEIR_SKIP)
		return v;
	error.fate = s->ctx.def->on_error == WEIR_ON_ERROR_TO ? WEIR_FATE_DIVERTED : WEIR_FATE_DROPPED;
	count(s, span, f->port);
	if (in->report != NULL)
		in->report(in->report_arg, &error);
	return WEIR_SKIP;
}

enum weir_verdict weir_fault(struct weir_ctx *c, const struct weir_span *span, const struct weir_fault *f)
{
	return weir_stage_fault(weir_stage_of(c), span, f);
}

void weir_fail(struct weir_ctx *c, int code, const char *text)
{
	struct weir_fault f = { .code = code, .text = text };
	struct weir_stage *s = weir_stage_of(c);
	struct weir_error error;

	note(&error, s, NULL, &f);
	(void)fail(s, &error);
}

const struct weir_error *weir_error_of(const struct weir_instance *in, uint16_t stage)
{
	if (!weir_is_owned(in) || stage >= in->plan->n_stages || !in->stages[stage].has_error)
		return NULL;
	return weir_error_place(in, stage);
}

const struct weir_error *weir_first_error(const struct weir_instance *in)
{
	if (!weir_is_owned(in) || in->first_error == WEIR_NO_STAGE)
		return NULL;
	return weir_error_of(in, in->first_error);
}
