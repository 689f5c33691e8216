/* SPDX-License-Identifier: MIT */
/*
 * promises_threads_test.c -- no unsynchronised state: a pipeline belongs to one thread, and every call of engine.h from
 * another one is refused and changes not a byte of the arena. What is for any thread is named, with the reason.
 *
 * The table is held against the header: a function that is in neither list fails the test.
 */
#include <check.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include <weir/channel.h>
#include <weir/libevent.h>
#include <weir/ring.h>

#include "operators/bed.h"
#include "platform/actor.h"

/* ---- a platform that knows its thread, and an instance of which there is much to tell ---- */

static struct weir_platform_type threaded_type;
static pthread_t owner;

static bool is_mine(struct weir_platform *p)
{
	(void)p;
	return pthread_equal(owner, pthread_self()) != 0;
}

static void ticker_run(struct weir_ctx *c)
{
	bed.clock.now_ns += 5;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, 1000000);
}

static void ticker_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	weir_complete(c);
}

static const struct weir_op_type ticker_type = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "ticker",
	.run = ticker_run,
	.timer = ticker_timer };

static const struct weir_input_params in_params = { .name = "in", .record = &bed_record, .capacity = 4 };
static const struct weir_output_params out_params = { .name = "out", .capacity = 1 };
static const struct bed_item one_item = { .v = 1 };
enum { FAILING, TICKER, IN, FED, OUT };
static struct weir_ring rings[2];
static struct weir_ring_feed feeds[2];

static void ignore_error(void *arg, const struct weir_error *error)
{
	(void)arg;
	(void)error;
}

static struct weir_feed *make_feed(unsigned i)
{
	static _Alignas(8) unsigned char memory[2][4 * sizeof(struct bed_item)];

	ck_assert_int_eq(weir_ring_init(&rings[i], memory[i], sizeof(struct bed_item), 4), WEIR_OK);
	return weir_ring_feed_init(&feeds[i], &rings[i]);
}

/* A stage that failed, a timer that is armed, turns that gave way and stalled, an item that waits to be pulled. */
static void open_busy(void)
{
	bed_open(WEIR_CLOCK_MONOTONIC);
	threaded_type = *bed.clock.platform.type;
	threaded_type.owned = is_mine;
	bed.clock.platform.type = &threaded_type;
	owner = pthread_self();
	(void)bed_source(0);
	(void)bed_stage(&ticker_type, NULL);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_stage(&weir_input_type, &in_params);
	(void)bed_stage(&weir_output_type, &out_params);
	(void)bed_edge(FAILING, bed_sink(0));
	(void)bed_edge(TICKER, bed_sink(1));
	(void)bed_edge(IN, OUT);
	(void)bed_edge(FED, bed_sink(2));
	probe_mark(0, WEIR_MARK_ERROR, 0);
	bed_start();
	weir_on_stall(bed.in, 1, NULL, NULL);
	(void)make_feed(1);
	ck_assert_int_eq(weir_input_feed(bed.in, FED, make_feed(0)), WEIR_OK);
	while (weir_step(bed.in, 1) > 0)
		;
	ck_assert_int_eq(weir_push(bed.in, IN, &one_item, NULL, 1), 1);
}

/* ---- every call of engine.h: what it says when it is refused ---- */

static bool refuses_instance_init(void)
{
	struct weir_instance *in = NULL;
	_Alignas(16) static unsigned char memory[1 << 16];

	return weir_instance_init(&in, memory, sizeof memory, &bed.plan, &bed.clock.platform, NULL) ==
		       WEIR_EBUSY &&
	       in == NULL;
}

static bool refuses_edge_ledger(void)
{
	struct weir_ledger ledger = { .in = 99 };

	return weir_edge_ledger(bed.in, 0, &ledger) == WEIR_EBUSY && ledger.in == 99;
}

static bool refuses_pull(void)
{
	struct bed_item item;

	return weir_pull(bed.in, OUT, &item, NULL, 1) == WEIR_EBUSY;
}

/* Name of a call, what is true when it was refused, what is true when it was not; void ones show in the arena. */
#define CALLS(X)                                                                                         \
	X(weir_instance_init, refuses_instance_init(), true)                                             \
	X(weir_start, weir_start(bed.in) == WEIR_EBUSY, true)                                            \
	X(weir_step, weir_step(bed.in, 1) == 0, true)                                                    \
	X(weir_ended, !weir_ended(bed.in), true)                                                         \
	X(weir_failed, !weir_failed(bed.in), weir_failed(bed.in))                                        \
	X(weir_fini, (weir_fini(bed.in), true), true)                                                    \
	X(weir_drain, weir_drain(bed.in, WEIR_DRAIN_FINISH, 1) == WEIR_EBUSY, true)                      \
	X(weir_abort, (weir_abort(bed.in), true), true)                                                  \
	X(weir_edge_ledger, refuses_edge_ledger(), !refuses_edge_ledger())                               \
	X(weir_error_of, weir_error_of(bed.in, FAILING) == NULL, weir_error_of(bed.in, FAILING) != NULL) \
	X(weir_first_error, weir_first_error(bed.in) == NULL, weir_first_error(bed.in) != NULL)          \
	X(weir_failures, weir_failures(bed.in) == 0, weir_failures(bed.in) == 1)                         \
	X(weir_failures_handled, weir_failures_handled(bed.in) == 0, true)                               \
	X(weir_stage_phase, weir_stage_phase(bed.in, FAILING) == WEIR_STAGE_NEW,                         \
		weir_stage_phase(bed.in, FAILING) == WEIR_STAGE_FAILED)                                  \
	X(weir_on_item_error, (weir_on_item_error(bed.in, ignore_error, &bed), true), true)              \
	X(weir_on_stall, (weir_on_stall(bed.in, 77, NULL, &bed), true), true)                            \
	X(weir_stalls, weir_stalls(bed.in, TICKER) == 0, weir_stalls(bed.in, TICKER) > 0)                \
	X(weir_timers_armed, weir_timers_armed(bed.in) == 0, weir_timers_armed(bed.in) == 1)             \
	X(weir_forced_yields, weir_forced_yields(bed.in) == 0, weir_forced_yields(bed.in) > 0)           \
	X(weir_push, weir_push(bed.in, IN, &one_item, NULL, 1) == WEIR_EBUSY, true)                      \
	X(weir_push_end, weir_push_end(bed.in, IN) == WEIR_EBUSY, true)                                  \
	X(weir_input_feed, weir_input_feed(bed.in, IN, &feeds[1].feed) == WEIR_EBUSY, true)              \
	X(weir_wake_feeds, (weir_wake_feeds(bed.in), true), true)                                        \
	X(weir_pull, refuses_pull(), true)                                                               \
	X(weir_port_cancel, weir_port_cancel(bed.in, OUT) == WEIR_EBUSY, true)                           \
	X(weir_wake_stage, (weir_wake_stage(bed.in, TICKER), true), true)

/* For any thread. */
static const char *const free_calls[] = {
	"weir_abort_from_outside", /* what other threads are there for */
	"weir_instance_size", "weir_instance_size_on", "weir_layout_for", "weir_instance_image",
	"weir_stage_index",                                    /* the plan alone */
	"weir_plan_of", "weir_platform_at", "weir_arena_used", /* fixed from init on */
	"weir_platform_place",                                 /* a word that is its platform's alone */
};

static const char *const checked_calls[] = {
#define X(name, refused, done) #name,
	CALLS(X)
#undef X
};
#define CHECKED (sizeof checked_calls / sizeof checked_calls[0])

static const char *accepted; /* the first call that was not refused */

static void *call_all(void *arg)
{
	(void)arg;
	accepted = NULL;
#define X(name, refused, done)              \
	if (!(refused) && accepted == NULL) \
		accepted = #name;
	CALLS(X)
#undef X
	return NULL;
}

static void in_another_thread(void *(*body)(void *), void *arg)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, body, arg), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

/* ---- claims ---- */

START_TEST(every_call_from_a_foreign_thread_is_refused_and_changes_nothing)
{
	size_t size;
	void *before;

	open_busy();
#define X(name, refused, done) ck_assert_msg((done), #name " has nothing to tell here");
	CALLS(X)
#undef X
	size = weir_arena_used(bed.in);
	before = malloc(size);
	ck_assert_ptr_nonnull(before);
	memcpy(before, bed.in, size);
	in_another_thread(call_all, NULL);
	ck_assert_msg(accepted == NULL, "%s was not refused", accepted);
	ck_assert_mem_eq(before, bed.in, size);
	free(before);
	bed_close();
}
END_TEST

/* Any thread may look at what happened once it is over. */
static void *look_back(void *arg)
{
	struct weir_ledger ledger;
	bool *right = arg;

	*right = weir_ended(bed.in) && weir_failed(bed.in) && weir_error_of(bed.in, FAILING) != NULL &&
		 weir_stage_phase(bed.in, FAILING) == WEIR_STAGE_FAILED && weir_stalls(bed.in, TICKER) > 0 &&
		 weir_edge_ledger(bed.in, 2, &ledger) == WEIR_OK && ledger.in == 1;
	weir_fini(bed.in); /* idempotent, whoever calls it */
	return NULL;
}

START_TEST(after_the_end_anybody_may_look)
{
	bool right = false;

	open_busy();
	weir_abort(bed.in);
	in_another_thread(look_back, &right);
	ck_assert(right);
	bed_close();
}
END_TEST

static void *abort_outside(void *arg)
{
	weir_abort_from_outside(arg);
	return NULL;
}

START_TEST(any_thread_may_ask_for_the_end)
{
	open_busy();
	in_another_thread(abort_outside, bed.in);
	ck_assert(!weir_ended(bed.in));
	(void)weir_step(bed.in, 1);
	ck_assert(weir_ended(bed.in));
	bed_close();
}
END_TEST

static bool is_listed(const char *name, size_t len)
{
	for (size_t i = 0; i < CHECKED; i++)
		if (strlen(checked_calls[i]) == len && strncmp(checked_calls[i], name, len) == 0)
			return true;
	for (size_t i = 0; i < sizeof free_calls / sizeof free_calls[0]; i++)
		if (strlen(free_calls[i]) == len && strncmp(free_calls[i], name, len) == 0)
			return true;
	return false;
}

START_TEST(every_function_of_the_header_is_in_the_table)
{
	static char text[65536];
	const char *srcdir = getenv("srcdir");
	char path[512];
	size_t n, found = 0;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/include/weir/engine.h", srcdir != NULL ? srcdir : ".");
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "no %s", path);
	n = fread(text, 1, sizeof text - 1, f);
	(void)fclose(f);
	text[n] = '\0';
	for (char *at = strstr(text, "weir_"); at != NULL; at = strstr(at, "weir_")) {
		size_t len = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789_");
		bool is_type = len > 3 && strncmp(at + len - 3, "_fn", 3) == 0;

		if (at[len] == '(' && !is_type) {
			ck_assert_msg(is_listed(at, len), "%.*s: refused from a foreign thread, or why not?",
				(int)len, at);
			found++;
		}
		at += len;
	}
	ck_assert_uint_ge(found, CHECKED);
}
END_TEST

/* ---- the libevent platform knows its thread ---- */

static struct weir_libevent *loop;
static struct actor actor;
static sem_t inside, go_on;

static void wait_inside(struct weir_ctx *c, struct actor *a)
{
	(void)a;
	(void)sem_post(&inside);
	while (sem_wait(&go_on) != 0)
		;
	weir_complete(c);
}

static void open_loop(struct event_base *base)
{
	memset(&actor, 0, sizeof actor);
	actor.on_run = wait_inside;
	ck_assert_int_eq(sem_init(&inside, 0, 0), 0);
	ck_assert_int_eq(sem_init(&go_on, 0, 0), 0);
	ck_assert_int_eq(weir_libevent_open(&loop, base), WEIR_OK);
	ck_assert_int_eq(actor_start(&actor, weir_libevent_platform(loop)), WEIR_OK);
}

static void close_loop(void)
{
	actor_fini(&actor);
	weir_libevent_close(loop);
	(void)sem_destroy(&inside);
	(void)sem_destroy(&go_on);
}

static void *run_loop(void *arg)
{
	*(int *)arg = weir_libevent_run(loop);
	return NULL;
}

static void *dispatch(void *base)
{
	(void)event_base_dispatch(base);
	return NULL;
}

START_TEST(while_another_thread_runs_the_loop_its_opener_is_foreign)
{
	pthread_t thread;
	int rc = 1;

	open_loop(NULL);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_loop, &rc), 0);
	while (sem_wait(&inside) != 0)
		;
	ck_assert_int_eq(weir_drain(actor.instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_EBUSY);
	ck_assert_int_eq(weir_stage_phase(actor.instance, 0), WEIR_STAGE_NEW);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_EBUSY);
	(void)sem_post(&go_on);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(rc, WEIR_OK);
	ck_assert(weir_ended(actor.instance));
	close_loop();
}
END_TEST

START_TEST(when_the_run_is_over_the_loop_is_its_openers_again)
{
	struct actor second = { .on_run = wait_inside };
	pthread_t thread;
	int rc = 1;

	open_loop(NULL);
	(void)sem_post(&go_on);
	ck_assert_int_eq(pthread_create(&thread, NULL, run_loop, &rc), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_eq(actor_start(&second, weir_libevent_platform(loop)), WEIR_OK);
	ck_assert_int_eq(weir_drain(second.instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(weir_libevent_run(loop), WEIR_OK);
	ck_assert(weir_ended(second.instance));
	actor_fini(&second);
	close_loop();
}
END_TEST

START_TEST(an_applications_base_moves_the_loop_to_whom_serves_it)
{
	struct event_base *base = event_base_new();
	pthread_t thread;

	ck_assert_ptr_nonnull(base);
	open_loop(base);
	ck_assert_int_eq(pthread_create(&thread, NULL, dispatch, base), 0);
	while (sem_wait(&inside) != 0)
		;
	ck_assert_int_eq(weir_drain(actor.instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_EBUSY);
	(void)sem_post(&go_on);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	actor_fini(&actor);
	ck_assert_int_eq(actor_start(&actor, weir_libevent_platform(loop)), WEIR_EBUSY);
	free(actor.memory);
	weir_libevent_adopt(loop);
	ck_assert_int_eq(actor_start(&actor, weir_libevent_platform(loop)), WEIR_OK);
	close_loop();
	event_base_free(base);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("promises/threads");
	TCase *tc = tcase_create("threads");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, every_call_from_a_foreign_thread_is_refused_and_changes_nothing);
	tcase_add_test(tc, after_the_end_anybody_may_look);
	tcase_add_test(tc, any_thread_may_ask_for_the_end);
	tcase_add_test(tc, every_function_of_the_header_is_in_the_table);
	tcase_add_test(tc, while_another_thread_runs_the_loop_its_opener_is_foreign);
	tcase_add_test(tc, when_the_run_is_over_the_loop_is_its_openers_again);
	tcase_add_test(tc, an_applications_base_moves_the_loop_to_whom_serves_it);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
