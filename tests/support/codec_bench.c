/* SPDX-License-Identifier: MIT */
/*
 * codec_bench.c -- see codec_bench.h. Stands in for the engine: it defines the few calls that codecs make.
 */
#include "codec_bench.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define MOST_CALLS 10000000

/* ---- what the stage calls ---- */

static struct codec_bench *bench_of(struct weir_ctx *c)
{
	return (struct codec_bench *)(void *)c;
}

static void note(struct bench_fault *to, int code, uint64_t line, uint32_t column, const char *text)
{
	*to = (struct bench_fault){ .code = code, .line = line, .column = column };
	ck_assert_ptr_nonnull(text);
	strncpy(to->text, text, sizeof to->text - 1);
}

enum weir_verdict weir_fault(struct weir_ctx *c, const struct weir_span *in, const struct weir_fault *fault)
{
	struct codec_bench *b = bench_of(c);

	ck_assert_ptr_nonnull(in);
	ck_assert_uint_eq(fault->index, 0);
	if (b->held < b->holds) {
		b->held++;
		return WEIR_HOLD;
	}
	b->held = 0;
	if (b->n_faults == b->cap_faults) {
		b->cap_faults = 2 * b->n_faults + 8;
		b->faults = realloc(b->faults, b->cap_faults * sizeof *b->faults);
	}
	note(&b->faults[b->n_faults++], fault->code, fault->line, fault->column, fault->text);
	return b->verdict;
}

void weir_fail(struct weir_ctx *c, int code, const char *text)
{
	struct codec_bench *b = bench_of(c);

	ck_assert(!b->failed);
	note(&b->failure, code, 0, 0, text);
	b->failed = true;
}

bool weir_input_stopped(const struct weir_ctx *c)
{
	return ((const struct codec_bench *)(const void *)c)->stopped;
}

void weir_drop(struct weir_ctx *c, enum weir_drop reason, uint32_t n)
{
	ck_assert_int_eq(reason, WEIR_DROP_CANCELLED);
	bench_of(c)->left_out += n;
}

/* ---- the stage ---- */

static void start(struct codec_bench *b)
{
	int64_t size = b->type->state_size(&b->place);

	ck_assert_int_ge(size, 0);
	memset(b->ctx.state, 0, (size_t)size);
	ck_assert_int_eq(b->type->init(&b->ctx, &b->place), 0);
}

int bench_open(struct codec_bench *b, const struct weir_op_type *type, const void *params,
	const struct weir_record *in, const struct weir_record *out)
{
	int64_t size;

	memset(b, 0, sizeof *b);
	b->type = type;
	b->place = (struct weir_place){
		.params = params,
		.in = in != NULL ? in : &weir_bytes_record,
		.out = out != NULL ? out : &weir_bytes_record,
		.in_cap = 65536,
		.out_cap = 65536,
		.n_in = 1,
		.n_out = 1,
	};
	b->in_bytes = b->place.in->size;
	b->out_bytes = b->place.out->size;
	b->room = b->place.out == &weir_bytes_record ? 65536 : 64;
	b->verdict = WEIR_SKIP;
	size = type->state_size(&b->place);
	if (size < 0)
		return (int)size;
	b->ctx.state = malloc((size_t)size);
	b->ctx.params = params;
	start(b);
	return WEIR_OK;
}

void bench_close(struct codec_bench *b)
{
	free(b->ctx.state);
	free(b->faults);
	free(b->out);
}

void bench_reset(struct codec_bench *b)
{
	start(b);
	b->out_items = b->taken = b->left_out = b->n_faults = b->held = 0;
	b->failed = false;
}

/* ---- feeding ---- */

static bool is_over(const struct codec_bench *b)
{
	return b->failed || (b->n_faults > 0 && b->verdict == WEIR_STOP);
}

static void gather(struct codec_bench *b, const void *items, uint32_t n)
{
	if (n == 0)
		return;
	if (b->out_items + n > b->out_cap) {
		b->out_cap = 2 * (b->out_items + n);
		b->out = realloc(b->out, b->out_cap * b->out_bytes);
	}
	memcpy(b->out + b->out_items * b->out_bytes, items, (size_t)n * b->out_bytes);
	b->out_items += n;
}

static struct weir_moved call(struct codec_bench *b, void *items, uint32_t n, uint32_t room, bool last)
{
	struct weir_span in = { .items = n > 0 ? items : NULL, .count = n };
	struct weir_span out = { .count = room, .owned = true };
	struct weir_moved m;

	if (room > 0) {
		out.items = malloc((size_t)room * b->out_bytes);
		memset(out.items, 0xa5, (size_t)room * b->out_bytes);
	}
	m = b->type->process(&b->ctx, &in, &out, last);
	ck_assert_uint_le(m.taken, n);
	ck_assert_uint_le(m.made, room);
	gather(b, out.items, m.made);
	free(out.items);
	b->taken += m.taken;
	return m;
}

/* A span in memory of its own until all of it is taken. */
static void feed_span(struct codec_bench *b, const char *items, size_t n)
{
	for (int calls = 0; n > 0 && !is_over(b); calls++) {
		char *copy = malloc(n * b->in_bytes);
		struct weir_moved m;

		memcpy(copy, items, n * b->in_bytes);
		m = call(b, copy, (uint32_t)n, b->room, false);
		free(copy);
		items += (size_t)m.taken * b->in_bytes;
		n -= m.taken;
		ck_assert_int_lt(calls, MOST_CALLS);
	}
}

static void feed_end(struct codec_bench *b)
{
	struct weir_moved m = { 0, 0, true };

	for (int calls = 0; (m.more || m.made > 0) && !is_over(b); calls++) {
		m = call(b, NULL, 0, calls == 0 ? 0 : b->room, true); /* without room it may only say so */
		ck_assert_int_lt(calls, MOST_CALLS);
	}
}

void bench_feed_spans(struct codec_bench *b, const void *items, size_t n, const size_t *sizes, size_t n_sizes)
{
	const char *p = n > 0 ? items : "";

	for (size_t done = 0, i = 0; done < n; i++) {
		size_t count = sizes[i % n_sizes];

		if (count > n - done)
			count = n - done;
		feed_span(b, p + done * b->in_bytes, count);
		done += count;
	}
	feed_end(b);
}

void bench_feed(struct codec_bench *b, const void *items, size_t n, size_t first, size_t span)
{
	const char *p = n > 0 ? items : "";

	if (first > n)
		first = n;
	feed_span(b, p, first);
	bench_feed_spans(b, p + first * b->in_bytes, n - first, &span, 1);
}

/* ---- comparing ---- */

static bool same_fault(const struct bench_fault *a, const struct bench_fault *b)
{
	return a->code == b->code && a->line == b->line && a->column == b->column &&
	       strcmp(a->text, b->text) == 0;
}

bool bench_same(const struct codec_bench *a, const struct codec_bench *b)
{
	if (a->out_items != b->out_items || a->n_faults != b->n_faults || a->failed != b->failed ||
		a->left_out != b->left_out)
		return false;
	for (size_t i = 0; i < a->n_faults; i++)
		if (!same_fault(&a->faults[i], &b->faults[i]))
			return false;
	if (a->failed && !same_fault(&a->failure, &b->failure))
		return false;
	return a->out_items == 0 || memcmp(a->out, b->out, a->out_items * a->out_bytes) == 0;
}

static void compare(const struct codec_bench *b, struct codec_bench *other, const void *items, size_t n)
{
	static const size_t spans[] = { 1, 2, 7 };

	for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
		bench_reset(other);
		bench_feed(other, items, n, 0, spans[i]);
		ck_assert_msg(bench_same(b, other), "spans of %zu, room %u, holds %u", spans[i],
			(unsigned)other->room, (unsigned)other->holds);
	}
	for (size_t cut = 1; cut < n; cut++) {
		bench_reset(other);
		bench_feed(other, items, n, cut, n);
		ck_assert_msg(bench_same(b, other), "cut at %zu, room %u, holds %u", cut,
			(unsigned)other->room, (unsigned)other->holds);
	}
}

void bench_feed_every_way(struct codec_bench *b, const void *items, size_t n)
{
	struct codec_bench other;
	uint32_t rooms[] = { b->room, b->type->out == &weir_bytes_record ? b->place.out_cap : 1 };

	bench_reset(b);
	bench_feed(b, items, n, 0, n + 1);
	ck_assert_int_eq(bench_open(&other, b->type, b->place.params, b->place.in, b->place.out), WEIR_OK);
	other.verdict = b->verdict;
	other.stopped = b->stopped;
	for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
		other.room = rooms[i];
		for (other.holds = 0; other.holds <= 2; other.holds += 2)
			compare(b, &other, items, n);
	}
	bench_close(&other);
}

/* ---- dumping ---- */

static size_t dump_field(char *to, const struct weir_field *f, const char *record)
{
	uint16_t len;

	if (f->kind != WEIR_TEXT)
		return weir_field_to_text(f, record, WEIR_TIME_NS, to);
	memcpy(&len, record + f->offset, sizeof len);
	for (size_t i = len; i < f->text_max; i++)
		ck_assert_int_eq(record[f->offset + 2 + i], 0);
	memcpy(to, record + f->offset + 2, len);
	return len;
}

const char *bench_dump(const struct codec_bench *b, const struct weir_record *record)
{
	static char text[65536];
	size_t n = 0;

	for (size_t i = 0; i < b->out_items; i++) {
		for (uint16_t k = 0; k < record->n_fields; k++) {
			if (k > 0)
				text[n++] = '|';
			n += dump_field(text + n, &record->fields[k], b->out + i * record->size);
			ck_assert_uint_lt(n, sizeof text - 400);
		}
		text[n++] = ' ';
	}
	text[n > 0 ? n - 1 : 0] = '\0';
	return text;
}
