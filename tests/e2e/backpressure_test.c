/* SPDX-License-Identifier: MIT */
/*
 * backpressure_test.c -- claims about a fast source before a slow sink: nothing is lost where the definition
 * drops nothing, what is dropped is counted, no queue grows past its capacity and memory stays where it was
 * (laws C-1, C-5, M-1, M-2). And each item that cannot go on ends where the definition sends it.
 *
 * The slow sink is the application's own type, given to the loader. It asks for a few items at each step of the
 * engine, and gets one turn in some; the source has the others.
 */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include <weir/load.h>
#include <weir/sim.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PRODUCED 10000000
#define CAPACITY 256
#define TAKES    64
#define TURNS    4
#define RSS_KIB  1024

/* ---- the sink ---- */

/* What the sink saw; a test runs one instance of one sink. */
static struct {
	uint64_t items;
	int64_t last;
	bool in_order, without_gap;
} seen;

static void see(const struct weir_span *span, uint32_t n)
{
	const int64_t *v = span->items;

	for (uint32_t i = 0; i < n; i++) {
		seen.in_order = seen.in_order && v[i] > seen.last;
		seen.without_gap = seen.without_gap && v[i] == seen.last + 1;
		seen.last = v[i];
	}
	seen.items += n;
}

static void slow_run(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);
	struct weir_mark m;

	if (span != NULL) {
		uint32_t n = span->count;

		see(span, n);
		weir_take(c, 0, n);
	}
	while (weir_next_mark(c, 0, &m)) {
		if (m.kind == WEIR_MARK_COMPLETE || m.kind == WEIR_MARK_ERROR) {
			weir_end_with(c, &m);
			return;
		}
	}
	if (weir_outstanding(c, 0) == 0)
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)weir_now(c));
}

static void slow_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	(void)weir_request(c, 0, TAKES);
}

static const struct weir_op_type slow_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.n_timers = 1,
	.name = "slow",
	.summary = "Take a few items a step.",
	.run = slow_run,
	.timer = slow_timer,
};

/* ---- running a definition ---- */

struct rig {
	struct weir_definition *d;
	const struct weir_plan *plan;
	struct weir_instance *in;
	struct weir_sim sim;
	void *memory;
};

static void tell(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

static void rig_open(struct rig *r, const char *text, const char *const *settings, size_t n_settings)
{
	static const struct weir_op_type *const types[] = { &slow_type, NULL };
	struct weir_load_options options = {
		.settings = settings, .n_settings = n_settings, .types = types, .fault = tell
	};
	size_t size;

	seen.items = 0;
	seen.last = -1;
	seen.in_order = seen.without_gap = true;
	ck_assert_int_eq(
		weir_definition_open_text(&r->d, "test.json", text, strlen(text), &options), WEIR_OK);
	r->plan = weir_definition_plan(r->d);
	size = weir_instance_size(r->plan, NULL, NULL);
	r->memory = aligned_alloc(16, (size + 15) & ~(size_t)15);
	ck_assert_ptr_nonnull(r->memory);
	memset(r->memory, 0, size); /* so that its pages are counted before the run */
	weir_sim_init(&r->sim);
	r->sim.turns_step = TURNS;
	ck_assert_int_eq(
		weir_instance_init(&r->in, r->memory, size, r->plan, &r->sim.platform, NULL), WEIR_OK);
	ck_assert_uint_eq(weir_arena_used(r->in), size);
	ck_assert_int_eq(weir_start(r->in), WEIR_OK);
}

static void rig_close(struct rig *r)
{
	struct weir_ledger l;

	weir_fini(r->in);
	ck_assert_uint_eq(weir_timers_armed(r->in), 0);
	for (uint16_t e = 0; e < r->plan->n_edges; e++) {
		uint64_t dropped = 0;

		ck_assert_int_eq(weir_edge_ledger(r->in, e, &l), WEIR_OK);
		for (unsigned i = 0; i < WEIR_DROP_REASONS; i++)
			dropped += l.dropped[i];
		ck_assert_uint_eq(l.in, l.out + dropped + l.queued);
		ck_assert_uint_eq(l.queued, 0);
	}
	free(r->memory);
	weir_definition_close(r->d);
}

static uint16_t input_of(const struct rig *r, const char *id)
{
	int stage = weir_stage_index(r->plan, id);

	ck_assert_int_ge(stage, 0);
	return r->plan->inputs[r->plan->stages[stage].first_in];
}

static long rss_kib(void)
{
	struct rusage u;

	ck_assert_int_eq(getrusage(RUSAGE_SELF, &u), 0);
	return u.ru_maxrss;
}

/* Step by step to the end; the queue on `edge` holds at most `most` between any two. */
static void run_watched(struct rig *r, uint16_t edge, uint64_t most)
{
	struct weir_ledger l;
	uint64_t held = 0;
	bool unasked = false;
	int rc;

	do { /* claims are judged at the end: each writes to a file, and there are a million steps */
		r->sim.turns_limit = r->sim.turns + 1;
		rc = weir_sim_run(&r->sim);
		(void)weir_edge_ledger(r->in, edge, &l);
		held = l.queued > held ? l.queued : held;
		unasked = unasked || l.in > l.requested;
	} while (rc == WEIR_ETIMEOUT);
	ck_assert_int_eq(rc, 0);
	ck_assert_uint_le(held, most);
	ck_assert(!unasked);
}

#define QUEUE                                                                                               \
	"{\"weir\": 1, \"streams\": {\"s\": [{\"range\": {\"to\": 10000000}, \"id\": \"numbers\"},"         \
	" {\"buffer\": {\"capacity\": 256, \"overflow\": \"${OVERFLOW}\"}, \"id\": \"queue\"}, {\"slow\": " \
	"{},"                                                                                               \
	" \"id\": \"end\"}]}}"

static void open_queue(struct rig *r, const char *setting)
{
	const char *const settings[] = { setting };

	rig_open(r, QUEUE, settings, 1);
}

/* ---- claims ---- */

START_TEST(suspend_loses_nothing)
{
	struct rig r;
	struct weir_ledger l;
	long before;

	open_queue(&r, "OVERFLOW=suspend");
	before = rss_kib();
	run_watched(&r, input_of(&r, "queue"), CAPACITY);
	ck_assert_int_le(rss_kib() - before, RSS_KIB);
	ck_assert_uint_eq(seen.items, PRODUCED);
	ck_assert(seen.without_gap);
	(void)weir_edge_ledger(r.in, input_of(&r, "queue"), &l);
	ck_assert_uint_eq(l.in, PRODUCED);
	ck_assert_uint_eq(l.dropped[WEIR_DROP_OVERFLOW], 0);
	ck_assert(!weir_failed(r.in));
	rig_close(&r);
}
END_TEST

static const char *const dropping[] = { "OVERFLOW=drop_oldest", "OVERFLOW=drop_newest", "OVERFLOW=latest" };

START_TEST(what_is_dropped_is_counted)
{
	struct rig r;
	struct weir_ledger l;
	uint16_t edge;
	long before;

	open_queue(&r, dropping[_i]);
	edge = input_of(&r, "queue");
	before = rss_kib();
	/* the capacity, what is on its way to the sink, and the span that is judged next */
	run_watched(&r, edge, CAPACITY + 1 + r.plan->edges[edge].cap_items);
	ck_assert_int_le(rss_kib() - before, RSS_KIB);
	(void)weir_edge_ledger(r.in, edge, &l);
	ck_assert_uint_eq(l.in, PRODUCED);
	ck_assert_uint_gt(l.dropped[WEIR_DROP_OVERFLOW], 0);
	ck_assert_uint_gt(seen.items, CAPACITY);
	ck_assert_uint_eq(seen.items + l.dropped[WEIR_DROP_OVERFLOW], PRODUCED);
	ck_assert(seen.in_order);
	if (strcmp(dropping[_i], "OVERFLOW=drop_newest") != 0)
		ck_assert_int_eq(seen.last, PRODUCED - 1);
	ck_assert(!weir_failed(r.in));
	rig_close(&r);
}
END_TEST

START_TEST(overflow_error_fails_the_stream)
{
	struct rig r;
	const struct weir_error *e;

	open_queue(&r, "OVERFLOW=error");
	run_watched(&r, input_of(&r, "queue"), PRODUCED);
	e = weir_first_error(r.in);
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->code, WEIR_EFULL);
	ck_assert_int_eq(e->stage, weir_stage_index(r.plan, "queue"));
	ck_assert(seen.without_gap);
	rig_close(&r);
}
END_TEST

START_TEST(without_a_queue_the_sink_sets_the_pace)
{
	static const char text[] =
		"{\"weir\": 1, \"streams\": {\"s\": [{\"range\": {\"to\": 1000000}},"
		" {\"filter\": \"n % 3 != 0\"}, {\"map\": {\"n\": \"n - 1\"}}, {\"slow\": {},"
		" \"id\": \"end\"}]}}";
	struct rig r;

	rig_open(&r, text, NULL, 0);
	run_watched(&r, input_of(&r, "end"), TAKES);
	ck_assert_uint_eq(seen.items, 666666);
	rig_close(&r);
}
END_TEST

/* ---- items that cannot go on ---- */

static const char faulty_items[] =
	"{\"weir\": 1, \"clock\": \"event\","
	" \"records\": {\"r\": {\"at\": {\"type\": \"time\", \"unit\": \"s\"}, \"v\": \"i64\"}}, "
	"\"streams\": {"
	"\"in\": [{\"file\": {\"path\": \"${DIR}/in.csv\", \"format\": \"csv\", \"record\": \"r\"},"
	" \"on_error\": {\"to\": \"bad\"}, \"id\": \"read\"}],"
	"\"scaled\": [{\"from\": \"in\"}, {\"map\": {\"at\": \"at\", \"v\": \"v * 4611686018427387904\"},"
	" \"on_error\": {\"to\": \"bad\"}, \"id\": \"scale\"},"
	" {\"file\": {\"path\": \"${DIR}/scaled.csv\", \"format\": \"csv\", \"time\": \"s\"}}],"
	"\"sums\": [{\"from\": \"in\"}, {\"window\": {\"tumbling\": \"10s\", \"time\": \"at\","
	" \"late\": {\"to\": \"late\"}, \"emit\": {\"start\": \"window_start()\", \"n\": \"count()\"}}},"
	" {\"file\": {\"path\": \"${DIR}/sums.csv\", \"format\": \"csv\", \"time\": \"s\"}}],"
	"\"late\": [{\"inbox\": {\"capacity\": 1, \"record\": \"r\"}},"
	" {\"file\": {\"path\": \"${DIR}/late.csv\", \"format\": \"csv\", \"time\": \"s\"}}],"
	"\"bad\": [{\"inbox\": {\"capacity\": 1}}, {\"map\": {\"stage\": \"stage\", \"code\": \"code\"}},"
	" {\"file\": {\"path\": \"${DIR}/bad.ndjson\", \"format\": \"ndjson\"}}]}}";

static void expect_file(const char *dir, const char *name, const char *text)
{
	char path[300], got[1000];
	size_t n;
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "no file %s", name);
	n = fread(got, 1, sizeof got - 1, f);
	got[n] = '\0';
	(void)fclose(f);
	(void)unlink(path);
	ck_assert_msg(strcmp(got, text) == 0, "%s holds:\n%s", name, got);
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

START_TEST(faulty_items_end_where_the_definition_sends_them)
{
	char dir[] = "/tmp/weir-test.XXXXXX", setting[64], path[300];
	const char *const settings[] = { setting };
	struct rig r;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(setting, sizeof setting, "DIR=%s", dir);
	/* the third line is malformed, the fourth late, the fifth overflows when scaled */
	write_file(dir, "in.csv", "at,v\n5,1\n12,0\noops,1\n7,1\n13,3\n");
	rig_open(&r, faulty_items, settings, 1);
	ck_assert_int_eq(weir_sim_run(&r.sim), 0);
	ck_assert(!weir_failed(r.in));
	rig_close(&r);
	expect_file(dir, "scaled.csv", "at,v\n5,4611686018427387904\n12,0\n7,4611686018427387904\n");
	expect_file(dir, "sums.csv", "start,n\n0,1\n10,2\n");
	expect_file(dir, "late.csv", "at,v\n7,1\n");
	expect_file(dir, "bad.ndjson",
		"{\"stage\":\"read\",\"code\":\"parse\"}\n{\"stage\":\"scale\",\"code\":\"overflow\"}\n");
	(void)snprintf(path, sizeof path, "%s/in.csv", dir);
	(void)unlink(path);
	ck_assert_int_eq(rmdir(dir), 0); /* nothing else was left */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("e2e/backpressure");
	TCase *tc = tcase_create("backpressure");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, suspend_loses_nothing);
	tcase_add_loop_test(tc, what_is_dropped_is_counted, 0, (int)(sizeof dropping / sizeof dropping[0]));
	tcase_add_test(tc, overflow_error_fails_the_stream);
	tcase_add_test(tc, without_a_queue_the_sink_sets_the_pace);
	tcase_add_test(tc, faulty_items_end_where_the_definition_sends_them);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
