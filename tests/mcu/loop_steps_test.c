/* SPDX-License-Identifier: MIT */
/*
 * loop_steps_test.c -- a pipeline on the static platform and the board's real sleep. What it is fed comes from an
 * interrupt; that is made to come before each instruction of the loop in turn, from the start of the run to behind the
 * beginning of the sleep. There is no other interrupt: were one wake-up lost, the machine would sleep for ever.
 */
#include <check.h>
#include <stdlib.h>

#include <weir/operators.h>
#include <weir/ring.h>
#include <weir/static.h>

#include "alarm.h"
#include "board.h"

struct sample {
	int64_t at;
	int32_t v;
	uint32_t node;
};

/* ---- a plan by hand: in, skip, out ---- */

static const struct weir_field fields[] = {
	{ .name = "at", .kind = WEIR_TIME, .offset = offsetof(struct sample, at) },
	{ .name = "v", .kind = WEIR_I32, .offset = offsetof(struct sample, v) },
	{ .name = "node", .kind = WEIR_U32, .offset = offsetof(struct sample, node) },
};
static const struct weir_record record = {
	.name = "sample", .fields = fields, .n_fields = 3, .size = sizeof(struct sample)
};
static const struct weir_record *const records[] = { &record };
static const struct weir_input_params in_params = { .name = "in", .record = &record, .capacity = 4 };
static const struct weir_skip_params skip_params = { .count = 1 };

static uint32_t arrived;
static int32_t last;

/* The board's driver. */
static void drive(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);
	struct weir_mark mark;

	if (span != NULL) {
		arrived += span->count;
		last = ((const struct sample *)span->items)[span->count - 1].v;
		weir_take(c, 0, span->count);
	}
	while (weir_next_mark(c, 0, &mark)) {
		if (mark.kind >= WEIR_MARK_COMPLETE)
			weir_end_with(c, &mark);
	}
}

static const struct weir_op_type driver_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.prefetch = 4,
	.name = "driver",
	.run = drive,
};

enum { IN, SKIP, OUT, STAGES };
#define ALONE .group = 1, .error_edge = WEIR_NO_EDGE, .instant_offset = WEIR_NO_INSTANT

static const struct weir_stage_def stages[STAGES] = {
	[IN] = { .id = "in", .type = &weir_input_type, .params = &in_params, .n_out = 1, ALONE },
	[SKIP] = { .id = "skip",
		.type = &weir_skip_type,
		.params = &skip_params,
		.n_in = 1,
		.first_out = 1,
		.n_out = 1,
		ALONE },
	[OUT] = { .id = "out", .type = &driver_type, .first_in = 1, .n_in = 1, ALONE },
};
static struct weir_edge_def edges[] = {
	{ .from = IN,
		.to = SKIP,
		.drops = WEIR_DROPS_BIT(FILTERED) | WEIR_DROPS_BIT(CANCELLED),
		.cap_items = 4 },
	{ .from = SKIP, .to = OUT, .drops = WEIR_DROPS_BIT(CANCELLED), .cap_items = 4 },
};
static const uint16_t ports[] = { 0, 1 };
static struct weir_plan plan = {
	.abi = WEIR_PLAN_ABI,
	.clock = WEIR_CLOCK_MONOTONIC,
	.name = "board",
	.records = records,
	.stages = stages,
	.edges = edges,
	.inputs = ports,
	.outputs = ports,
	.n_records = 1,
	.n_stages = STAGES,
	.n_edges = 2,
};

/* ---- the machine ---- */

static _Alignas(16) unsigned char arena[1024];
static struct weir_static loop;
static struct weir_static_slot slots[1];
static struct weir_ring ring;
static struct weir_ring_feed feed;
static uint64_t ring_memory[4 * sizeof(struct sample) / 8];
static struct weir_instance *in;
static volatile bool rang;
static volatile uintptr_t rang_at;

/* The interrupt of an analog-digital converter, say, with the last two readings there are. */
static void deliver(uintptr_t at)
{
	const struct sample samples[] = { { .at = 1, .v = 17 }, { .at = 2, .v = 42 } };

	rang = true;
	rang_at = at;
	(void)weir_ring_push(&ring, samples, 2);
	weir_ring_close(&ring);
	if (weir_ring_wake(&ring))
		weir_static_wake(&loop);
}

static void start(void)
{
	arrived = 0;
	last = 0;
	rang = false;
	ck_assert_int_eq(weir_static_init(&loop, &board_hooks, slots, 1), WEIR_OK);
	ck_assert_uint_le(weir_instance_size(&plan, NULL, NULL), sizeof arena);
	ck_assert_int_eq(
		weir_instance_init(&in, arena, sizeof arena, &plan, weir_static_platform(&loop), NULL),
		WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	ck_assert_int_eq(weir_ring_init(&ring, ring_memory, sizeof(struct sample), 4), WEIR_OK);
	ck_assert_int_eq(weir_input_feed(in, IN, weir_ring_feed_init(&feed, &ring)), WEIR_OK);
	while (weir_static_turn(
		&loop)) /* what is left to do is to find out that there is nothing, and to sleep */
		;
}

#define STRIDE 2u     /* ticks: shorter than an instruction on every board */
#define FAR    12000u /* ticks: it sleeps long before */

START_TEST(what_an_interrupt_brings_arrives_whenever_it_comes)
{
	uint32_t runs = 0, elsewhere = 0, asleep = 0;
	uintptr_t before = 0;

	weir_plan_number(&plan, edges);
	for (uint32_t delay = STRIDE; delay < FAR; delay += STRIDE) {
		start();
		alarm_set(delay, deliver);
		ck_assert_int_eq(weir_static_run(&loop), WEIR_OK);
		ck_assert(rang);
		ck_assert(weir_ended(in) && !weir_failed(in));
		ck_assert_uint_eq(arrived, 1); /* the first one is skipped */
		ck_assert_int_eq(last, 42);
		weir_fini(in);
		runs++;
		elsewhere += rang_at != before;
		asleep = rang_at != before ? 0
					   : asleep + 1; /* in the end always behind the same instruction */
		before = rang_at;
	}
	ck_assert_uint_gt(elsewhere, 50);
	ck_assert_uint_gt(asleep, 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("loop");
	TCase *t = tcase_create("loop");
	SRunner *runner;
	int failed;

	tcase_add_test(t, what_an_interrupt_brings_arrives_whenever_it_comes);
	suite_add_tcase(suite, t);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
