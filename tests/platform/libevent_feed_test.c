/* SPDX-License-Identifier: MIT */
/*
 * libevent_feed_test.c -- threads feed a pipeline on a libevent loop: all items arrive, the ledger balances,
 * and what the pipeline does not ask for stays with the threads.
 *
 * Run by channels_tsan.sh too, under the thread sanitizer. A wake-up that is lost leaves the test standing
 * still.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <weir/engine.h>
#include <weir/libevent.h>
#include <weir/mpsc.h>
#include <weir/operators.h>
#include <weir/plan.h>

#define PRODUCERS 8u
#define CAPACITY  32u

struct item {
	uint32_t from, n;
};

static uint32_t n_items; /* of one producer */
static struct weir_libevent *loop;
static struct weir_instance *instance;
static struct weir_mpsc inbox;
static void *arena, *inbox_memory;
static atomic_uint n_refused, n_received; /* n_refused: producers that met a full inbox */

/* ---- a sink that takes nothing until it is told to ---- */

static struct {
	uint32_t next[PRODUCERS];
	uint64_t items;
	bool open, in_order;
} seen;

static void sink_run(struct weir_ctx *c)
{
	const struct weir_span *in = weir_input(c, 0);
	struct weir_mark mark;

	if (in != NULL) {
		const struct item *items = in->items;

		for (uint32_t i = 0; i < in->count; i++)
			seen.in_order = seen.in_order && items[i].n == seen.next[items[i].from]++;
		seen.items += in->count;
		weir_take(c, 0, in->count);
		atomic_store(&n_received, (unsigned)seen.items);
	}
	while (weir_next_mark(c, 0, &mark))
		if (mark.kind == WEIR_MARK_COMPLETE || mark.kind == WEIR_MARK_ERROR) {
			weir_end_with(c, &mark);
			return;
		}
	if (seen.open && weir_outstanding(c, 0) == 0)
		(void)weir_request(c, 0, 100);
}

static const struct weir_op_type sink_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "sink",
	.run = sink_run };

/* ---- the pipeline ---- */

static const struct weir_field fields[] = {
	{ .name = "from", .kind = WEIR_U32, .offset = offsetof(struct item, from) },
	{ .name = "n", .kind = WEIR_U32, .offset = offsetof(struct item, n) },
};
static const struct weir_record record = {
	.name = "item", .fields = fields, .n_fields = 2, .size = sizeof(struct item)
};
static const struct weir_record *const records[] = { &record };
static const struct weir_input_params in_params = { .name = "in", .record = &record, .capacity = 64 };
static const struct weir_stage_def stages[] = {
	{ .id = "in",
		.type = &weir_input_type,
		.params = &in_params,
		.group = 1,
		.n_out = 1,
		.error_edge = WEIR_NO_EDGE,
		.instant_offset = WEIR_NO_INSTANT },
	{ .id = "sink",
		.type = &sink_type,
		.group = 1,
		.n_in = 1,
		.error_edge = WEIR_NO_EDGE,
		.instant_offset = WEIR_NO_INSTANT },
};
static struct weir_edge_def edges[] = {
	{ .from = 0, .to = 1, .drops = WEIR_DROPS_BIT(CANCELLED), .cap_items = 64 }
};
static const uint16_t ports[] = { 0 };
static struct weir_plan plan = { .abi = WEIR_PLAN_ABI,
	.name = "feed",
	.records = records,
	.stages = stages,
	.edges = edges,
	.inputs = ports,
	.outputs = ports,
	.n_records = 1,
	.n_stages = 2,
	.n_edges = 1 };

static void setup(void)
{
	int64_t bytes = weir_mpsc_size(sizeof(struct item), CAPACITY, PRODUCERS);
	const char *said = getenv("WEIR_TEST_ITEMS");
	size_t size;

	weir_plan_number(&plan, edges);
	size = weir_instance_size(&plan, NULL, NULL);
	n_items = said != NULL ? (uint32_t)strtoul(said, NULL, 10) : 30000;
	memset(&seen, 0, sizeof seen);
	seen.in_order = true;
	atomic_store(&n_refused, 0);
	atomic_store(&n_received, 0);
	arena = aligned_alloc(16, size);
	inbox_memory = malloc((size_t)bytes);
	ck_assert(arena != NULL && inbox_memory != NULL);
	ck_assert_int_eq(
		weir_mpsc_init(&inbox, inbox_memory, sizeof(struct item), CAPACITY, PRODUCERS), WEIR_OK);
	ck_assert_int_eq(weir_libevent_open(&loop, NULL), WEIR_OK);
	ck_assert_int_eq(
		weir_instance_init(&instance, arena, size, &plan, weir_libevent_platform(loop), NULL),
		WEIR_OK);
	ck_assert_int_eq(weir_start(instance), WEIR_OK);
	ck_assert_int_eq(weir_input_feed(instance, 0, weir_mpsc_feed(&inbox)), WEIR_OK);
}

/* All that was sent went through, or is on the books, or still in the inbox. */
static void teardown_with(uint64_t sent)
{
	struct weir_ledger l;

	weir_fini(instance);
	ck_assert_int_eq(weir_edge_ledger(instance, 0, &l), WEIR_OK);
	ck_assert_uint_eq(l.in, l.out + l.dropped[WEIR_DROP_CANCELLED]);
	ck_assert_uint_eq(l.queued, 0);
	ck_assert_uint_le(l.in, l.requested);
	ck_assert_uint_eq(l.out, seen.items);
	ck_assert_uint_eq(l.in + weir_mpsc_count(&inbox), sent);
	ck_assert(seen.in_order);
	weir_libevent_close(loop);
	free(arena);
	free(inbox_memory);
}

/* ---- producers ---- */

struct sender {
	pthread_t thread;
	struct weir_producer *producer;
	uint32_t number, sent;
	uint32_t most; /* items; UINT32_MAX: until nobody receives any more */
	bool refused;
};
static struct sender senders[PRODUCERS];

static void *send_all(void *arg)
{
	struct sender *s = arg;

	while (s->sent < s->most) {
		struct item item = { .from = s->number, .n = s->sent };
		int rc = weir_mpsc_try_send(s->producer, &item);

		if (rc == WEIR_ENDED)
			break;
		if (rc == WEIR_MPSC_WAKE)
			weir_libevent_wake(loop);
		s->sent += rc >= 0;
		if (rc != WEIR_EFULL)
			continue;
		if (!s->refused) { /* told once */
			s->refused = true;
			atomic_fetch_add(&n_refused, 1);
			weir_libevent_wake(loop);
		}
		sched_yield();
	}
	weir_mpsc_close(s->producer);
	weir_libevent_wake(loop);
	return NULL;
}

static void start_senders(void *(*body)(void *), uint32_t n, uint32_t most)
{
	for (uint32_t i = 0; i < n; i++)
		senders[i] =
			(struct sender){ .producer = weir_mpsc_register(&inbox), .number = i, .most = most };
	weir_mpsc_seal(&inbox);
	for (uint32_t i = 0; i < n; i++)
		ck_assert_int_eq(pthread_create(&senders[i].thread, NULL, body, &senders[i]), 0);
}

static uint64_t join_senders(uint32_t n)
{
	uint64_t sent = 0;

	for (uint32_t i = 0; i < n; i++) {
		pthread_join(senders[i].thread, NULL);
		sent += senders[i].sent;
	}
	return sent;
}

static void open_sink(void)
{
	seen.open = true;
	weir_wake_stage(instance, 1);
}

/* On the loop, when it was woken. */
static void open_when_all_were_refused(void *arg)
{
	(void)arg;
	if (seen.open || atomic_load(&n_refused) < PRODUCERS)
		return;
	ck_assert_uint_eq(seen.items, 0); /* nothing was taken that was not asked for */
	ck_assert_uint_eq(weir_mpsc_count(&inbox), PRODUCERS * CAPACITY);
	open_sink();
}

START_TEST(all_items_arrive_and_the_threads_meet_a_full_inbox)
{
	uint64_t sent;

	setup();
	weir_libevent_on_wake(loop, open_when_all_were_refused, NULL);
	start_senders(send_all, PRODUCERS, n_items);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	sent = join_senders(PRODUCERS);
	ck_assert_uint_eq(sent, (uint64_t)PRODUCERS * n_items);
	ck_assert_uint_eq(seen.items, sent);
	ck_assert(!weir_failed(instance));
	teardown_with(sent);
}
END_TEST

/* ---- one at a time: the loop is asleep each time, or about to be ---- */

static void *send_one_by_one(void *arg)
{
	struct sender *s = arg;

	while (s->sent < s->most) {
		struct item item = { .n = s->sent };

		if (weir_mpsc_try_send(s->producer, &item) == WEIR_MPSC_WAKE)
			weir_libevent_wake(loop);
		s->sent++;
		while (atomic_load(&n_received) < s->sent)
			sched_yield();
	}
	weir_mpsc_close(s->producer);
	weir_libevent_wake(loop);
	return NULL;
}

START_TEST(a_lone_item_gets_a_sleeping_loop_out_of_bed)
{
	uint64_t sent;

	setup();
	open_sink();
	start_senders(send_one_by_one, 1, n_items / 4);
	if (_i == 0)
		ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	else
		ck_assert_int_eq(event_base_dispatch(weir_libevent_base(loop)), 1); /* none left */
	sent = join_senders(1);
	ck_assert_uint_eq(seen.items, n_items / 4);
	teardown_with(sent);
}
END_TEST

/* ---- ends ---- */

/* When something of each thread may have come through. */
static void *abort_in_the_midst(void *arg)
{
	(void)arg;
	while (atomic_load(&n_received) < n_items)
		sched_yield();
	weir_abort_from_outside(instance);
	weir_libevent_wake(loop);
	return NULL;
}

static void *wake_in_the_midst(void *arg)
{
	(void)arg;
	while (atomic_load(&n_received) < n_items)
		sched_yield();
	weir_libevent_wake(loop);
	return NULL;
}

START_TEST(aborted_from_a_thread_it_refuses_the_others)
{
	pthread_t thread;
	uint64_t sent;

	setup();
	open_sink();
	start_senders(send_all, PRODUCERS, UINT32_MAX);
	ck_assert_int_eq(pthread_create(&thread, NULL, abort_in_the_midst, NULL), 0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	pthread_join(thread, NULL);
	sent = join_senders(PRODUCERS);
	ck_assert_uint_ge(sent, n_items);
	teardown_with(sent);
}
END_TEST

static void drain_in_the_midst(void *arg)
{
	(void)arg;
	if (seen.items >= n_items)
		(void)weir_drain(instance, WEIR_DRAIN_FINISH, WEIR_NEVER);
}

START_TEST(drained_it_gives_out_what_was_sent)
{
	pthread_t thread;
	uint64_t sent;

	setup();
	open_sink();
	weir_libevent_on_wake(loop, drain_in_the_midst, NULL);
	start_senders(send_all, PRODUCERS, UINT32_MAX);
	ck_assert_int_eq(pthread_create(&thread, NULL, wake_in_the_midst, NULL), 0);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	pthread_join(thread, NULL);
	sent = join_senders(PRODUCERS);
	ck_assert_uint_ge(sent, n_items);
	/* of each thread, one send may have been under way */
	ck_assert_uint_le(weir_mpsc_count(&inbox), PRODUCERS);
	teardown_with(sent);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("libevent_feed");
	TCase *tc = tcase_create("libevent_feed");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, all_items_arrive_and_the_threads_meet_a_full_inbox);
	tcase_add_loop_test(tc, a_lone_item_gets_a_sleeping_loop_out_of_bed, 0, 2);
	tcase_add_test(tc, aborted_from_a_thread_it_refuses_the_others);
	tcase_add_test(tc, drained_it_gives_out_what_was_sent);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
