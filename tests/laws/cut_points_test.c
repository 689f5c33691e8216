/* SPDX-License-Identifier: MIT */
/*
 * cut_points_test.c -- a pipeline may end after any event: every sample, and definitions that put much into little,
 * are cancelled, aborted, drained, and one stage after the other fails, after event k for every k.
 *
 * An event is one turn of one stage, or one call of the application at a port. Whatever happens: the books balance
 * with nothing queued, no timer is armed, every descriptor is closed, nothing lies outside the arena, each stage was
 * closed once and had no callback after its end (scene_end); a file that was to be replaced is the old one or
 * the whole new one. And what was handed over is delivered or counted.
 *
 * Long runs are cut at POINTS places; WEIR_TORTURE=all takes every one.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/probe.h"
#include "support/scene.h"
#include "support/watched.h"

#define SCENES 128u
#define POINTS 120u
#define STAGES 64u
#define OLD    "what was there before\n"

/* ---- a scene, run whole ---- */

struct case_of {
	const struct scene *scene;
	struct scene cut; /* the same with old files where it will write */
	struct scene_run run;
	struct scene_outputs whole;
	uint32_t events; /* of the whole run */
	bool lived[STAGES];
	bool ordered; /* the one file it reads decides what comes out, and in what order */
	/* the whole output of the first bytes of that file */
	struct scene_outputs part;
	size_t part_bytes;
};

static bool is(const struct weir_stage_def *d, const char *type)
{
	return strcmp(d->type->name, type) == 0;
}

static void open_case(struct case_of *c, int i)
{
	memset(c, 0, sizeof *c);
	c->scene = scene_at(i);
	scene_begin();
	scene_load(&c->run, c->scene);
	c->events = scene_run_whole(&c->run);
	scene_end(&c->run);
	scene_collect(&c->whole, c->scene);
	c->ordered = scene_is_ordered(c->run.plan);
	c->part_bytes = SIZE_MAX;
	scene_with_old(&c->cut, c->scene, c->run.plan);
	c->run.scene = &c->cut;
}

static void close_case(struct case_of *c)
{
	scene_drop(&c->whole);
	scene_drop(&c->part);
	scene_close(&c->run);
	scene_over();
}

/* ---- cutting ---- */

static uint32_t stride(const struct case_of *c)
{
	const char *torture = getenv("WEIR_TORTURE");
	bool all = torture != NULL && strcmp(torture, "all") == 0;

	return all || c->events <= POINTS ? 1 : (c->events + POINTS - 1) / POINTS;
}

static void start_and_run(struct case_of *c, uint32_t events)
{
	PROBE_MUST(scene_start(&c->run) == WEIR_OK);
	for (uint32_t k = 0; k < events && scene_event(&c->run); k++)
		probe_check_ledger(c->run.in);
}

/* Note who lives, before something is done to the run. */
static void note_living(struct case_of *c)
{
	for (uint16_t i = 0; i < c->run.plan->n_stages; i++)
		c->lived[i] = weir_stage_phase(c->run.in, i) == WEIR_STAGE_RUNNING;
}

/* Let it come to its end. One without an end of its own is let run for a while and then aborted. */
static void end_run(struct case_of *c)
{
	scene_finish(&c->run);
	if (!weir_ended(c->run.in) && c->scene->horizon_ns > 0)
		weir_abort(c->run.in);
	PROBE_CLAIM(weir_ended(c->run.in), "%s does not end", c->scene->name);
	scene_end(&c->run);
}

/* Items that leave a stage are those it took and did not count as dropped. */
static bool keeps_count(const struct weir_stage_def *d)
{
	static const char *const types[] = { "map", "set", "filter", "take", "skip", "scan", "throttle",
		"buffer", "merge", "inbox", "tee" };

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (is(d, types[i]))
			return true;
	return false;
}

/* What completes before its inputs do. */
static bool has_enough(const struct weir_stage_def *d)
{
	return is(d, "take") || is(d, "take_while") || is(d, "element_at") || is(d, "zip") || is(d, "race");
}

/* Whether the stage wanted all there was, up to the cut, and then whatever was left. */
static bool wanted_all(const struct case_of *c, uint16_t stage, bool drained)
{
	if (!c->lived[stage])
		return false;
	return !drained || (weir_stage_phase(c->run.in, stage) == WEIR_STAGE_COMPLETED &&
				   !has_enough(&c->run.plan->stages[stage]));
}

static void check_flow(const struct case_of *c, uint32_t k, bool drained)
{
	const struct weir_plan *p = c->run.plan;
	struct weir_ledger l;

	for (uint16_t i = 0; i < p->n_stages; i++) {
		const struct weir_stage_def *d = &p->stages[i];
		uint64_t taken = 0;

		for (uint16_t port = 0; port < d->n_in; port++) {
			PROBE_MUST(weir_edge_ledger(c->run.in, p->inputs[d->first_in + port], &l) == WEIR_OK);
			taken += l.out;
		}
		for (uint16_t port = 0; port < d->n_out && keeps_count(d); port++) {
			uint16_t edge = p->outputs[d->first_out + port];

			PROBE_MUST(weir_edge_ledger(c->run.in, edge, &l) == WEIR_OK);
			PROBE_CLAIM(
				l.in == taken || (l.in < taken && !wanted_all(c, p->edges[edge].to, drained)),
				"%s, cut after %u: %s took %llu items and passed on %llu", c->scene->name, k,
				d->id, (unsigned long long)taken, (unsigned long long)l.in);
		}
	}
}

static void check_cut_outputs(const struct case_of *c, uint32_t k)
{
	char what[32];

	(void)snprintf(what, sizeof what, "cut after %u", k);
	scene_check_outputs(&c->run, &c->whole, what);
}

/* ---- claims ---- */

START_TEST(abort_after_every_event)
{
	static struct case_of c;

	open_case(&c, _i);
	for (uint32_t k = 0; k <= c.events; k += stride(&c)) {
		start_and_run(&c, k);
		note_living(&c);
		if (k % 2 == 0) {
			weir_abort(c.run.in);
			PROBE_MUST(weir_ended(c.run.in));
		} else {
			weir_abort_from_outside(c.run.in);
			weir_sim_wake(&c.run.sim);
		}
		end_run(&c);
		check_flow(&c, k, false);
		check_cut_outputs(&c, k);
	}
	close_case(&c);
}
END_TEST

START_TEST(a_sink_cancels_after_every_event)
{
	static struct case_of c;

	open_case(&c, _i);
	for (uint16_t s = 0; s < c.run.plan->n_stages; s++) {
		const struct weir_stage_def *d = &c.run.plan->stages[s];

		if ((d->type->flags & WEIR_OP_SINK) == 0)
			continue;
		for (uint32_t k = 0; k <= c.events; k += stride(&c)) {
			start_and_run(&c, k);
			if ((d->type->flags & WEIR_OP_PORT) != 0)
				PROBE_MUST(weir_port_cancel(c.run.in, s) == WEIR_OK);
			else
				watched_wish(c.run.in, s, WATCHED_CANCEL);
			end_run(&c);
			check_cut_outputs(&c, k);
		}
	}
	close_case(&c);
}
END_TEST

START_TEST(every_stage_fails_after_every_event)
{
	static struct case_of c;
	uint32_t told = 0;

	open_case(&c, _i);
	for (uint16_t s = 0; s < c.run.plan->n_stages; s++) {
		for (uint32_t k = 0; k <= c.events && watched_can(c.run.plan, s); k += stride(&c)) {
			const struct weir_error *e;

			start_and_run(&c, k);
			watched_wish(c.run.in, s, WATCHED_FAIL);
			end_run(&c);
			check_cut_outputs(&c, k);
			e = weir_error_of(c.run.in, s);
			if (weir_stage_phase(c.run.in, s) != WEIR_STAGE_FAILED)
				continue; /* it had no turn before its end */
			PROBE_MUST(e != NULL || c.run.plan->stages[s].scope != 0);
			PROBE_MUST(e == NULL || (e->stage == s && e->text != NULL));
			told += e != NULL && strcmp(e->text, "failed for a test") == 0;
		}
	}
	PROBE_MUST(told > c.events / stride(&c) / 2);
	close_case(&c);
}
END_TEST

/* The whole output of the first bytes of the one input, up to the last line that is whole. */
static void run_part(struct case_of *c, uint64_t bytes)
{
	struct scene part = *c->scene;
	size_t len = part.files[0].len > 0 ? part.files[0].len : strlen(part.files[0].text);
	struct scene_run whole = c->run;

	if (bytes < len)
		len = (size_t)bytes;
	if (part.files[0].len > 0)
		len -= len % 8; /* records of 8 bytes */
	else
		while (len > 0 && part.files[0].text[len - 1] != '\n')
			len--;
	if (c->part_bytes == len)
		return;
	c->part_bytes = len;
	scene_drop(&c->part);
	part.files[0].len = len;
	part.files[0].text = len > 0 ? part.files[0].text : "";
	c->run.scene = &part;
	(void)scene_run_whole(&c->run);
	scene_end(&c->run);
	scene_collect(&c->part, c->scene);
	c->run = whole;
}

static void check_drained(struct case_of *c, uint64_t bytes, uint32_t k)
{
	struct scene_outputs got;

	scene_collect(&got, c->scene);
	run_part(c, bytes);
	PROBE_MUST(got.n == c->part.n);
	for (size_t i = 0; i < got.n; i++)
		PROBE_CLAIM(got.texts[i].len == c->part.texts[i].len &&
				    scene_is_prefix(&got.texts[i], &c->part.texts[i]),
			"%s, drained after %u events and %llu bytes: %s is\n%s\ninstead of\n%s",
			c->scene->name, k, (unsigned long long)bytes, got.names[i], got.texts[i].bytes,
			c->part.texts[i].bytes);
	scene_drop(&got);
}

/* Bytes to records: a part of a record at the end is left out. */
static bool is_decoder(const struct weir_plan *p, const struct weir_edge_def *e)
{
	return p->records[e->record] == &weir_bytes_record && p->stages[e->to].n_out > 0;
}

/* What holds items until their time has come, or the end: a checkpoint is neither. */
static bool holds_back(const struct weir_stage_def *d)
{
	return is(d, "sample") || is(d, "debounce") || is(d, "delay") || is(d, "take_last") ||
	       is(d, "skip_last") || is(d, "batch");
}

/*
 * Nothing that was on its way is cancelled, but for what a stage that had enough did not want, a line whose end was
 * not read, and what waited for a time that a checkpoint cuts off.
 */
static void check_nothing_cancelled(const struct case_of *c, uint32_t k, bool checkpoint)
{
	const struct weir_plan *p = c->run.plan;

	for (uint16_t i = 0; i < p->n_edges; i++) {
		struct weir_ledger l;

		PROBE_MUST(weir_edge_ledger(c->run.in, i, &l) == WEIR_OK);
		if (weir_stage_phase(c->run.in, p->edges[i].to) == WEIR_STAGE_COMPLETED &&
			p->stages[p->edges[i].to].scope == 0 && /* it may have failed before */
			!has_enough(&p->stages[p->edges[i].to]) && !is_decoder(p, &p->edges[i]) &&
			!(checkpoint && holds_back(&p->stages[p->edges[i].to])))
			PROBE_CLAIM(l.dropped[WEIR_DROP_CANCELLED] == 0,
				"%s, drained after %u: %llu items before %s were cancelled", c->scene->name,
				k, (unsigned long long)l.dropped[WEIR_DROP_CANCELLED],
				p->stages[p->edges[i].to].id);
	}
}

START_TEST(drain_after_every_event_delivers_what_was_handed_over)
{
	static struct case_of c;

	open_case(&c, _i);
	for (uint32_t k = 0; k <= c.events; k += stride(&c)) {
		uint64_t bytes;

		start_and_run(&c, k);
		note_living(&c);
		PROBE_MUST(weir_drain(c.run.in, WEIR_DRAIN_FINISH, WEIR_NEVER) == WEIR_OK);
		end_run(&c);
		bytes = scene_handed_over(&c.run);
		check_flow(&c, k, true);
		check_nothing_cancelled(&c, k, false);
		if (c.ordered)
			check_drained(&c, bytes, k);
	}
	close_case(&c);
}
END_TEST

START_TEST(drain_for_a_checkpoint_after_every_event_delivers_a_part)
{
	static struct case_of c;

	open_case(&c, _i);
	for (uint32_t k = 0; k <= c.events; k += stride(&c)) {
		start_and_run(&c, k);
		note_living(&c);
		PROBE_MUST(weir_drain(c.run.in, WEIR_DRAIN_CHECKPOINT, WEIR_NEVER) == WEIR_OK);
		end_run(&c);
		check_flow(&c, k, true);
		check_nothing_cancelled(&c, k, true);
		check_cut_outputs(&c, k);
	}
	close_case(&c);
}
END_TEST

START_TEST(drain_without_time_is_an_abort)
{
	static struct case_of c;

	open_case(&c, _i);
	for (uint32_t k = 0; k <= c.events; k += stride(&c)) {
		start_and_run(&c, k);
		note_living(&c);
		ck_assert_int_eq(
			weir_drain(c.run.in, k % 2 == 0 ? WEIR_DRAIN_FINISH : WEIR_DRAIN_CHECKPOINT, 0),
			WEIR_OK);
		end_run(&c);
		check_flow(&c, k, false);
		check_cut_outputs(&c, k);
	}
	close_case(&c);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("cut points");
	TCase *tc = tcase_create("cut points");
	int n, failed;

	n = (int)scene_make_all();
	tcase_set_timeout(tc, 600);
	tcase_add_unchecked_fixture(tc, scene_enter, scene_leave);
	tcase_add_loop_test(tc, abort_after_every_event, 0, n);
	tcase_add_loop_test(tc, a_sink_cancels_after_every_event, 0, n);
	tcase_add_loop_test(tc, every_stage_fails_after_every_event, 0, n);
	tcase_add_loop_test(tc, drain_after_every_event_delivers_what_was_handed_over, 0, n);
	tcase_add_loop_test(tc, drain_for_a_checkpoint_after_every_event_delivers_a_part, 0, n);
	tcase_add_loop_test(tc, drain_without_time_is_an_abort, 0, n);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	scene_free_all();
	return failed != 0;
}
