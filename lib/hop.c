/* SPDX-License-Identifier: MIT */
/*
 * hop.c -- two stages and the ring between them, each on its own thread.
 *
 * head and tail count items without end, as in ring.c; the number of a mark is its place in time, `at` its place among
 * the items. A mark is published before the items behind it, and the reader looks for items first: so whoever sees the
 * items sees the mark.
 *
 * Credit  writer: manual. Never has more asked for than there is room, so what comes can be put in at once; asks again
 *         when half of the ring is free. Reader: sends on what it has been asked for.
 * Memory  states of some words; the ring is the caller's.
 * Sleep   each side says that it sleeps, fences, and looks once more; the other publishes, fences, and looks whether
 *         somebody sleeps (atomic.h).
 */
#include <string.h>

#include <weir/hop.h>

#include "core.h"

struct to_hop {
	struct weir_hop *hop;
	struct weir_mark mark;                 /* taken, and no room for it yet */
	struct weir_mark open[WEIR_HOP_MARKS]; /* barriers, by number */
	uint32_t sent, answered;               /* barriers */
	bool owes;
};

struct from_hop {
	struct weir_hop *hop;
	uint32_t lent; /* items that are on their way, at the ring's tail */
	bool stopping;
};

enum { OPEN, COMPLETE, CHECKPOINT, FAILED };

/* ---- the ring ---- */

int64_t weir_hop_size(uint32_t item_bytes, uint32_t capacity, bool instants)
{
	uint64_t bytes = ((uint64_t)item_bytes * capacity + 7u) & ~(uint64_t)7u;

	if (item_bytes == 0 || capacity == 0 || capacity > WEIR_HOP_MOST || (capacity & (capacity - 1)) != 0)
		return WEIR_EINVAL;
	bytes += instants ? (uint64_t)capacity * sizeof(int64_t) : 0;
	return bytes > SIZE_MAX / 4 ? WEIR_ERANGE : (int64_t)bytes;
}

int weir_hop_init(struct weir_hop *h, void *memory, uint32_t item_bytes, uint32_t capacity, bool instants)
{
	int64_t bytes = weir_hop_size(item_bytes, capacity, instants);

	if (bytes < 0)
		return (int)bytes;
	memset(h, 0, sizeof *h);
	h->items = memory;
	h->instants = instants ? (int64_t *)(void *)(h->items + bytes) - capacity : NULL;
	h->item_bytes = item_bytes;
	h->mask = capacity - 1;
	return WEIR_OK;
}

void weir_hop_on_wake(struct weir_hop *h, weir_hop_wake_fn *writer, void *writer_arg,
	weir_hop_wake_fn *reader, void *reader_arg)
{
	h->wake_writer = writer;
	h->writer_arg = writer_arg;
	h->wake_reader = reader;
	h->reader_arg = reader_arg;
}

void weir_hop_drain_together(struct weir_hop *h)
{
	h->together = true;
}

uint32_t weir_hop_count(const struct weir_hop *h)
{
	uint32_t tail = weir_load_acquire(&h->tail);

	return weir_load_acquire(&h->head) - tail;
}

static uint32_t lesser(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Items from a position to where the memory ends. */
static uint32_t to_end(const struct weir_hop *h, uint32_t position)
{
	return h->mask + 1 - (position & h->mask);
}

static void wake_reader(struct weir_hop *h)
{
	if (h->wake_reader != NULL)
		h->wake_reader(h->reader_arg);
}

static void wake_writer(struct weir_hop *h)
{
	if (h->wake_writer != NULL)
		h->wake_writer(h->writer_arg);
}

/* ---- the writing side ---- */

static bool has_left(const struct weir_hop *h)
{
	return weir_load(&h->left) != 0;
}

/* Free places; looks at the other side's count only when those it knew of are fewer than wanted. */
static uint32_t room(struct weir_hop *h, uint32_t wanted)
{
	if (h->mask + 1 - (h->head - h->tail_seen) < wanted)
		h->tail_seen = weir_load_acquire(&h->tail);
	return h->mask + 1 - (h->head - h->tail_seen);
}

static void put(struct weir_hop *h, const struct weir_span *span, uint32_t from, uint32_t n)
{
	uint32_t at = h->head & h->mask;

	memcpy(h->items + (size_t)at * h->item_bytes,
		(const unsigned char *)span->items + (size_t)from * h->item_bytes, (size_t)n * h->item_bytes);
	if (h->instants != NULL && span->instants != NULL)
		memcpy(h->instants + at, span->instants + from, n * sizeof *h->instants);
	weir_store_release(&h->head, h->head + n);
}

/* All that waits, unless a mark goes before it: no more was asked for than there is room. */
static void put_input(struct weir_ctx *c, const struct to_hop *s)
{
	struct weir_hop *h = s->hop;
	const struct weir_span *span = s->owes ? NULL : weir_input(c, 0);
	uint32_t n = span != NULL ? lesser(span->count, room(h, span->count)) : 0;
	uint32_t first = lesser(n, to_end(h, h->head));

	if (n == 0)
		return;
	put(h, span, 0, first);
	if (first < n)
		put(h, span, first, n - first);
	weir_take(c, 0, n);
}

static void put_mark(struct to_hop *s, struct weir_mark m)
{
	struct weir_hop *h = s->hop;

	if (m.kind == WEIR_MARK_BARRIER) {
		s->open[++s->sent % WEIR_HOP_MARKS] = m;
		m.value = s->sent;
	}
	h->marks[h->marks_in % WEIR_HOP_MARKS] = (struct weir_hop_mark){ .at = h->head, .mark = m };
	weir_store_release(&h->marks_in, h->marks_in + 1);
}

/* Nothing comes any more; `error` NULL: all is well. */
static void end_hop(struct weir_hop *h, uint32_t how, const struct weir_error *error)
{
	if (error != NULL)
		h->end = *error;
	weir_store_release(&h->closed, how);
}

/* The end of the input, as its mark tells it. */
static void pass_end(struct weir_ctx *c, struct weir_hop *h, const struct weir_mark *m)
{
	if (m->kind == WEIR_MARK_COMPLETE)
		end_hop(h, m->value != 0 ? CHECKPOINT : COMPLETE, NULL);
	else
		end_hop(h, FAILED, weir_error_place(c->instance, m->source));
	weir_end_with(c, m);
}

/* Whether there is a place for the mark that was taken: of barriers so many at most are open. */
static bool has_place(const struct to_hop *s)
{
	const struct weir_hop *h = s->hop;

	if (s->mark.kind == WEIR_MARK_BARRIER && s->sent - s->answered == WEIR_HOP_MARKS)
		return false;
	return h->marks_in - weir_load_acquire(&h->marks_out) < WEIR_HOP_MARKS;
}

/* Serve the marks; false when it was the last. */
static bool put_marks(struct weir_ctx *c, struct to_hop *s)
{
	while (s->owes || weir_next_mark(c, 0, &s->mark)) {
		if (s->mark.kind == WEIR_MARK_COMPLETE || s->mark.kind == WEIR_MARK_ERROR) {
			pass_end(c, s->hop, &s->mark);
			return false;
		}
		s->owes = !has_place(s);
		if (s->owes)
			break;
		put_mark(s, s->mark);
	}
	return true;
}

static void answer_barriers(struct weir_ctx *c, struct to_hop *s)
{
	uint32_t done = weir_load_acquire(&s->hop->barriers_done);

	while (s->answered != done)
		weir_barrier_done(c, &s->open[++s->answered % WEIR_HOP_MARKS]);
}

/* Ask for what there is room for, half of the ring at a time. Whether there was that much. The input is open. */
static bool ask(struct weir_ctx *c, struct weir_hop *h)
{
	uint32_t half = (h->mask + 2) / 2, free = room(h, h->mask + 1), asked = weir_outstanding(c, 0);
	const struct weir_span *span = weir_input(c, 0);

	asked += span != NULL ? span->count : 0;
	if (asked >= free || free - asked < half)
		return false;
	(void)weir_request(c, 0, free - asked);
	return true;
}

/* Whether the other side has done what this one was about to sleep for. */
static bool may_go_on(const struct to_hop *s)
{
	return has_left(s->hop) || s->answered != weir_load_acquire(&s->hop->barriers_done) ||
	       (s->owes && has_place(s));
}

static void run_writer(struct weir_ctx *c)
{
	struct to_hop *s = c->state;
	struct weir_hop *h = s->hop;
	uint32_t head, marks;

	if (h == NULL)
		return;
	weir_sleep_end(&h->writer_sleeps);
	answer_barriers(c, s);
	if (has_left(h)) {
		weir_cancel(c, 0);
		weir_complete(c);
		return;
	}
	head = h->head;
	marks = h->marks_in;
	if (s->owes && !put_marks(c, s))
		return;
	put_input(c, s);
	if (!put_marks(c, s))
		return; /* closing wakes the reader */
	if ((head != h->head || marks != h->marks_in) &&
		weir_sleep_answer(&h->reader_sleeps, &h->reader_woken))
		wake_reader(h);
	if (ask(c, h) && s->sent == s->answered && !s->owes)
		return; /* what was asked for brings it back */
	weir_sleep_begin(&h->writer_sleeps);
	if (ask(c, h) || may_go_on(s))
		weir_again(c);
}

/* Whoever reads must learn that nothing more comes, also when this was cut short. */
static void close_writer(struct weir_ctx *c, bool normal)
{
	struct to_hop *s = c->state;
	const struct weir_error cut = { .code = WEIR_ECANCELLED,
		.text = "the pipeline before the hop was cancelled" };

	(void)normal;
	if (s->hop == NULL)
		return;
	if (s->hop->closed == OPEN)
		end_hop(s->hop, FAILED, &cut);
	wake_reader(s->hop);
	s->hop = NULL;
}

static int64_t writer_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct to_hop);
}

/* ---- the reading side ---- */

/* Items to take; looks at the other side's count only when it knows of none. */
static uint32_t inside(struct weir_hop *h)
{
	if (h->head_seen == h->tail)
		h->head_seen = weir_load_acquire(&h->head);
	return h->head_seen - h->tail;
}

/* Free the places of what has been worked on. The writer is told when half of the ring is free. */
static void release(struct weir_hop *h, uint32_t n)
{
	weir_store_release(&h->tail, h->tail + n);
	if (weir_load(&h->head) - h->tail <= (h->mask + 1) / 2 &&
		weir_sleep_answer(&h->writer_sleeps, &h->writer_woken))
		wake_writer(h);
}

/* The next mark, NULL when there is none; looked for after the items. */
static const struct weir_hop_mark *next_mark(const struct weir_hop *h)
{
	if (weir_load_acquire(&h->marks_in) == h->marks_out)
		return NULL;
	return &h->marks[h->marks_out % WEIR_HOP_MARKS];
}

/* Send a mark whose place has been reached; false: not now. */
static bool pass_mark(struct weir_ctx *c, struct weir_hop *h, const struct weir_mark *m)
{
	if (m->kind != WEIR_MARK_BARRIER)
		weir_send_mark(c, 0, m);
	else if (weir_barrier(c, m->value) < 0)
		return false;
	weir_store_release(&h->marks_out, h->marks_out + 1);
	if (weir_sleep_answer(&h->writer_sleeps, &h->writer_woken))
		wake_writer(h);
	return true;
}

static void end_reader(struct weir_ctx *c, const struct weir_hop *h, uint32_t closed)
{
	const struct weir_mark end = { .kind = WEIR_MARK_COMPLETE, .value = closed == CHECKPOINT };

	if (closed == FAILED)
		weir_fail(c, h->end.code, h->end.text);
	else
		weir_end_with(c, &end);
}

static void lend(struct weir_ctx *c, struct from_hop *s, uint32_t n)
{
	struct weir_hop *h = s->hop;
	uint32_t at = h->tail & h->mask;
	const struct weir_span span = { .items = h->items + (size_t)at * h->item_bytes,
		.instants = h->instants != NULL ? h->instants + at : NULL,
		.count = n };

	s->lent = n;
	weir_lend(c, 0, &span);
}

enum step { GO_ON, WAIT, ENDED };

/* Do the next thing there is to do. `closed` was looked at before the items: so what it says is behind them. */
static enum step step_reader(struct weir_ctx *c, struct from_hop *s)
{
	struct weir_hop *h = s->hop;
	uint32_t closed = s->stopping ? (uint32_t)COMPLETE : weir_load_acquire(&h->closed);
	uint32_t n = inside(h);
	const struct weir_hop_mark *m = next_mark(h);

	if (m != NULL && m->at == h->tail)
		return pass_mark(c, h, &m->mark) ? GO_ON : WAIT;
	if (m != NULL)
		n = lesser(n, m->at - h->tail);
	if (n == 0 && closed != OPEN) {
		end_reader(c, h, closed);
		return ENDED;
	}
	if (n > 0) {
		n = lesser(lesser(n, weir_room(c, 0)), to_end(h, h->tail));
		if (n > 0)
			lend(c, s, n);
		return WAIT; /* for the span to come back, or for credit */
	}
	weir_sleep_begin(&h->reader_sleeps);
	if (inside(h) == 0 && next_mark(h) == NULL && weir_load_acquire(&h->closed) == OPEN)
		return WAIT;
	/* GCOVR_EXCL_START: the other thread came in between, which no test can make happen every time */
	weir_sleep_end(&h->reader_sleeps);
	return GO_ON;
	/* GCOVR_EXCL_STOP */
}

static void run_reader(struct weir_ctx *c)
{
	struct from_hop *s = c->state;

	if (s->hop == NULL || (s->lent > 0 && weir_lent(c)))
		return;
	weir_sleep_end(&s->hop->reader_sleeps);
	if (s->lent > 0)
		release(s->hop, s->lent);
	s->lent = 0;
	while (step_reader(c, s) == GO_ON)
		;
}

/* Want nothing newer than what is there. */
static void stop_reader(struct weir_ctx *c)
{
	struct from_hop *s = c->state;

	if (s->hop != NULL && s->hop->together)
		return;
	s->stopping = true;
	if (s->hop == NULL)
		return;
	weir_store(&s->hop->left, 1);
	wake_writer(s->hop);
}

static void barrier_done(struct weir_ctx *c, uint64_t number)
{
	struct weir_hop *h = ((struct from_hop *)c->state)->hop;

	weir_store_release(&h->barriers_done, (uint32_t)number);
	if (weir_sleep_answer(&h->writer_sleeps, &h->writer_woken))
		wake_writer(h);
	weir_again(c);
}

/* What came and did not go out is counted where it would have gone. */
static void close_reader(struct weir_ctx *c, bool normal)
{
	struct from_hop *s = c->state;
	struct weir_hop *h = s->hop;

	(void)normal;
	if (h == NULL)
		return;
	weir_store(&h->left, 1);
	weir_drop(c, WEIR_DROP_CANCELLED, weir_load_acquire(&h->head) - h->tail - s->lent);
	wake_writer(h);
	s->hop = NULL;
}

static int64_t reader_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct from_hop);
}

/* ---- attaching ---- */

static int attach(struct weir_hop *h, struct weir_instance *in, uint16_t stage, bool writes)
{
	struct weir_stage *s;
	struct weir_hop **place;
	bool *taken = writes ? &h->has_writer : &h->has_reader;
	const struct weir_edge *e;

	if (!weir_is_owned(in) || weir_step_inside(in))
		return WEIR_EBUSY;
	if (stage >= in->plan->n_stages)
		return WEIR_EINVAL;
	s = &in->stages[stage];
	if (s->type->run != (writes ? run_writer : run_reader))
		return WEIR_EINVAL;
	place = writes ? &((struct to_hop *)s->ctx.state)->hop : &((struct from_hop *)s->ctx.state)->hop;
	e = writes ? s->in0 : s->out0;
	if (e->def->item_bytes != h->item_bytes || (writes && s->ctx.input_has_time && h->instants == NULL))
		return WEIR_ETYPE;
	if (weir_stage_ended(s))
		return WEIR_ENDED;
	if (*place != NULL || *taken)
		return WEIR_EBUSY;
	*place = h;
	*taken = true;
	in->fed[stage / 32] |= 1u << (stage % 32); /* it gets a turn whenever the platform is woken */
	if (in->started)
		weir_wake_stage(in, stage);
	return WEIR_OK;
}

int weir_hop_write(struct weir_hop *h, struct weir_instance *instance, uint16_t stage)
{
	return attach(h, instance, stage, true);
}

int weir_hop_read(struct weir_hop *h, struct weir_instance *instance, uint16_t stage)
{
	return attach(h, instance, stage, false);
}

/* ---- the types ---- */

static const struct weir_param reader_params[] = {
	WEIR_PARAM(struct weir_from_hop_params, record, "record", RECORD, .help = "The record of its items.",
		.flags = WEIR_PARAM_REQUIRED, .example = "\"reading\""),
	WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time."),
	{ .name = NULL },
};

static const struct weir_param byte_params[] = {
	WEIR_PARAM_BARE(
		"format", FORMAT, .help = "How records stand in the bytes: csv, ndjson, binary or frames."),
	{ .name = NULL },
};

static const struct weir_param writer_params[] = {
	WEIR_PARAM_BARE(
		"format", FORMAT, .help = "Send bytes instead of records: csv, ndjson, binary or frames."),
	{ .name = NULL },
};

const struct weir_op_type weir_to_hop_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "to_hop",
	.summary = "Go on in a pipeline on another thread.",
	.header = "weir/hop.h",
	.params = writer_params,
	.state_size = writer_size,
	.close = close_writer,
	.run = run_writer,
};

#define READER(symbol, name_, params_, out_, ...)                                      \
	const struct weir_op_type symbol = { .abi = WEIR_OP_ABI,                       \
		.flags = WEIR_OP_SOURCE | WEIR_OP_LENDS,                               \
		.credit = WEIR_CREDIT_MANUAL,                                          \
		.name = name_,                                                         \
		.summary = "Begin with what comes from a pipeline on another thread.", \
		.header = "weir/hop.h",                                                \
		.params = params_,                                                     \
		.out = out_,                                                           \
		.state_size = reader_size,                                             \
		.close = close_reader,                                                 \
		.run = run_reader,                                                     \
		.stop = stop_reader,                                                   \
		.barrier_done = barrier_done,                                          \
		__VA_ARGS__ }

READER(weir_from_hop_type, "from_hop", reader_params, NULL, .params_struct = "struct weir_from_hop_params",
	.params_size = sizeof(struct weir_from_hop_params));
READER(weir_from_byte_hop_type, "from_byte_hop", byte_params, &weir_bytes_record, .params_size = 0);
