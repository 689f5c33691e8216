/* SPDX-License-Identifier: MIT */
/*
 * faults_test.c -- whatever the machine refuses, at whatever place: every sample, and definitions that put much into
 * little, with the k-th allocation, open, read, write, fsync, rename, close or event going wrong, for every k until a
 * clean run.
 *
 * Nothing crashes, hangs, leaks memory or descriptors. What can be made good (an interrupted call, a short one) is not
 * seen in the output; what cannot is an error that names its stage, a file that was to be replaced is the old one, and
 * nothing lies beside it.
 */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weir/build.h>
#include <weir/kernels.h>
#include <weir/libevent.h>

#include "support/faults.h"
#include "support/probe.h"
#include "support/scene.h"
#include "support/watched.h"

#define EVENTS_MAX 20000u

/* ---- a scene, run whole ---- */

struct case_of {
	const struct scene *scene;
	struct scene old; /* the same with old files where it will write */
	struct scene_run run;
	struct scene_outputs whole;
	bool fails; /* as it should */
	long live;  /* blocks of memory before a run */
};

static bool has(const struct weir_plan *p, uint16_t flags)
{
	for (uint16_t i = 0; i < p->n_stages; i++)
		if ((p->stages[i].type->flags & flags) != 0)
			return true;
	return false;
}

static void open_case(struct case_of *c, int i)
{
	memset(c, 0, sizeof *c);
	c->scene = scene_at(i);
	scene_begin();
	scene_load(&c->run, c->scene);
	(void)scene_run_whole(&c->run);
	c->fails = weir_failed(c->run.in);
	scene_end(&c->run);
	scene_collect(&c->whole, c->scene);
	scene_with_old(&c->old, c->scene, c->run.plan);
	c->run.scene = &c->old;
}

static void close_case(struct case_of *c)
{
	scene_drop(&c->whole);
	scene_close(&c->run);
	scene_over();
}

/* ---- memory that is too small, callbacks that refuse ---- */

struct boundaries {
	size_t at[256], n;
};

static void add_boundary(void *arg, const struct weir_bill_line *line)
{
	struct boundaries *b = arg;
	size_t before = b->n > 0 ? b->at[b->n - 1] : 0;

	PROBE_MUST(b->n < sizeof b->at / sizeof b->at[0]);
	b->at[b->n++] = before + line->bytes;
}

START_TEST(memory_that_is_too_small_is_refused_and_left_alone)
{
	static struct boundaries b;
	static struct case_of c;
	struct weir_sim sim;

	open_case(&c, _i);
	b.n = 0;
	(void)weir_instance_size(c.run.plan, add_boundary, &b);
	PROBE_MUST(b.at[b.n - 1] == c.run.size);
	weir_sim_init(&sim);
	memset(c.run.memory, 0x77, c.run.size);
	for (size_t i = 0; i < b.n; i++)
		for (size_t less = 0; less < 2; less++) {
			size_t size = b.at[i] - less;

			if (size == c.run.size)
				continue;
			PROBE_MUST(weir_instance_init(&c.run.in, c.run.memory, size, c.run.plan,
					   &sim.platform, NULL) == WEIR_ENOMEM);
			for (size_t k = 0; k < c.run.size; k++)
				PROBE_MUST(c.run.memory[k] == 0x77);
		}
	close_case(&c);
}
END_TEST

START_TEST(every_stage_may_refuse_to_begin)
{
	static struct case_of c;
	uint32_t k = 0;

	open_case(&c, _i);
	do { /* init: nothing needs undoing */
		scene_prepare(&c.run);
		watched_refuse_init = ++k;
		PROBE_MUST(scene_launch(&c.run) == (k <= watched_inits ? WEIR_EIO : WEIR_OK));
		if (k > watched_inits)
			scene_end(&c.run);
		PROBE_MUST(scene_descriptors() == c.run.descriptors);
	} while (k <= watched_inits);
	for (k = 1;; k++) {
		int rc;

		scene_prepare(&c.run);
		watched_refuse_open = k;
		rc = scene_launch(&c.run);
		PROBE_MUST(rc == WEIR_OK || (rc == WEIR_EIO && weir_ended(c.run.in)));
		PROBE_MUST(rc == WEIR_OK || weir_first_error(c.run.in)->code == WEIR_EIO);
		if (rc == WEIR_OK)
			scene_finish(&c.run); /* scopes open later */
		scene_end(&c.run);
		scene_check_outputs(&c.run, &c.whole, "an open refused");
		if (watched_opens < k)
			break;
	}
	PROBE_MUST(k > 1);
	close_case(&c);
}
END_TEST

/* ---- calls that go wrong while it runs ---- */

struct trouble {
	enum faults_call call;
	int err;
	bool from_there;
	bool made_good; /* nobody sees it */
};

static const struct trouble troubles[] = {
	{ FAULTS_READ, EINTR, false, true },
	{ FAULTS_READ, EAGAIN, false, true },
	{ FAULTS_READ, 0, false, true },
	{ FAULTS_READ, 0, true, true },
	{ FAULTS_READ, EIO, false, false },
	{ FAULTS_READ, EIO, true, false },
	{ FAULTS_WRITE, EINTR, false, true },
	{ FAULTS_WRITE, EAGAIN, false, true },
	{ FAULTS_WRITE, 0, false, true },
	{ FAULTS_WRITE, 0, true, true },
	{ FAULTS_WRITE, ENOSPC, false, false },
	{ FAULTS_WRITE, ENOSPC, true, false },
	{ FAULTS_WRITE, EIO, false, false },
	{ FAULTS_OPEN, ENOENT, false, false },
	{ FAULTS_OPEN, EMFILE, true, false },
	{ FAULTS_OPEN, EINTR, false, false },
	{ FAULTS_STAT, EIO, false, false },
	{ FAULTS_STAT, ENOMEM, true, false },
	{ FAULTS_SYNC, EIO, false, false },
	{ FAULTS_SYNC, ENOSPC, true, false },
	{ FAULTS_SYNC, EINVAL, true, true },
	{ FAULTS_RENAME, EIO, false, false },
	{ FAULTS_RENAME, ENOSPC, true, false },
	{ FAULTS_CLOSE, EINTR, false, true },
	{ FAULTS_CLOSE, EIO, true, true },
	{ FAULTS_MALLOC, ENOMEM, false, false },
	{ FAULTS_MALLOC, ENOMEM, true, false },
};

static const char *words(const struct trouble *t, uint32_t k)
{
	static const char *const calls[] = { "malloc", "open", "stat", "read", "write", "sync", "rename",
		"close", "event" };
	static char text[96];

	(void)snprintf(text, sizeof text, "%s %u%s: %s", calls[t->call], k, t->from_there ? " and later" : "",
		t->err == 0 ? "short" : strerror(t->err));
	return text;
}

/* A failure that surfaced names its stage and says something. */
static void check_error(const struct scene_run *r, const char *what)
{
	const struct weir_error *e = weir_first_error(r->in);

	if (e == NULL)
		return;
	PROBE_CLAIM(e->stage < r->plan->n_stages && e->code < 0 && e->text != NULL && e->text[0] != '\0',
		"%s, %s: an error without words", r->scene->name, what);
	PROBE_CLAIM(weir_stage_phase(r->in, e->stage) > WEIR_STAGE_RUNNING, "%s, %s: %s failed and goes on",
		r->scene->name, what, r->plan->stages[e->stage].id);
}

static void check_same(const struct case_of *c, const char *what)
{
	struct scene_outputs got;

	scene_collect(&got, c->scene);
	PROBE_CLAIM(got.n == c->whole.n, "%s, %s: not all files are there", c->scene->name, what);
	for (size_t i = 0; i < got.n; i++)
		PROBE_CLAIM(got.texts[i].len == c->whole.texts[i].len &&
				    scene_is_prefix(&got.texts[i], &c->whole.texts[i]),
			"%s, %s: %s is\n%s", c->scene->name, what, got.names[i], got.texts[i].bytes);
	scene_drop(&got);
}

/* One run with one trouble; whether anything went wrong. */
static bool run_with(struct case_of *c, const struct trouble *t, uint32_t k)
{
	struct faults f = { .call = t->call, .k = k, .err = t->err, .from_there = t->from_there };
	const char *what = words(t, k);
	uint32_t events = 0;
	bool any;
	int rc;

	scene_prepare(&c->run);
	c->live = faults_live();
	faults_arm(&f);
	rc = scene_launch(&c->run);
	while (rc == WEIR_OK && scene_event(&c->run) && events < EVENTS_MAX)
		events++;
	weir_fini(c->run.in);
	any = faults_disarm();
	PROBE_CLAIM(events < EVENTS_MAX, "%s, %s: runs in circles", c->scene->name, what);
	scene_end(&c->run);
	PROBE_CLAIM(faults_live() == c->live, "%s, %s: %ld blocks leaked", c->scene->name, what,
		faults_live() - c->live);
	check_error(&c->run, what);
	PROBE_CLAIM(rc == WEIR_OK || weir_first_error(c->run.in) != NULL, "%s, %s: no error says why",
		c->scene->name, what);
	scene_check_outputs(&c->run, &c->whole, what);
	if (c->scene->horizon_ns == 0 && scene_is_ordered(c->run.plan) &&
		(t->made_good || !any || weir_failures(c->run.in) == 0))
		check_same(c, what);
	PROBE_CLAIM(!t->made_good || c->scene->horizon_ns > 0 || !scene_is_ordered(c->run.plan) ||
			    weir_failed(c->run.in) == c->fails,
		"%s, %s: was not made good", c->scene->name, what);
	return any;
}

START_TEST(every_call_may_go_wrong_while_it_runs)
{
	static struct case_of c;

	open_case(&c, _i);
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0] && !has(c.run.plan, WEIR_OP_PORT); i++)
		for (uint32_t k = 1; run_with(&c, &troubles[i], k); k++)
			continue;
	close_case(&c);
}
END_TEST

/* ---- what stands in the file's place ---- */

static const struct scene to_out = { .name = "to out.csv",
	.definition = "{\"weir\": 1, \"streams\": {\"s\": [{\"range\": {\"to\": 5}}, {\"file\": "
		      "{\"path\": \"out.csv\", \"format\": \"csv\"}}]}}",
	.files = { { "target.csv", SCENE_OLD, 0 } } };

/* Run it with one trouble, `out.csv` being what `stand` makes; whether anything went wrong. */
static bool run_into(struct scene_run *r, const struct trouble *t, uint32_t k, void (*stand)(void))
{
	struct faults f = { .call = t->call, .k = k, .err = t->err, .from_there = t->from_there };
	uint32_t events = 0;
	bool any;
	int rc;

	scene_prepare(r);
	stand();
	r->descriptors = scene_descriptors();
	faults_arm(&f);
	rc = scene_launch(r);
	while (rc == WEIR_OK && scene_event(r) && events < EVENTS_MAX)
		events++;
	weir_fini(r->in);
	any = faults_disarm();
	scene_end(r);
	return any;
}

static void stand_link(void)
{
	PROBE_MUST(symlink("target.csv", "out.csv") == 0);
}

START_TEST(a_link_in_the_files_place_is_followed_or_left_alone)
{
	static const char whole[] = "n\n0\n1\n2\n3\n4\n";
	static struct scene_run r;
	struct scene_text t;
	struct stat st;

	scene_begin();
	scene_load(&r, &to_out);
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		uint32_t k = 1;

		do {
			bool any = run_into(&r, &troubles[i], k, stand_link);

			PROBE_CLAIM(lstat("out.csv", &st) == 0 && S_ISLNK(st.st_mode), "%s: the link is gone",
				words(&troubles[i], k));
			t = scene_read("target.csv");
			PROBE_CLAIM(strcmp(t.bytes, weir_failed(r.in) ? SCENE_OLD : whole) == 0,
				"%s: it is\n%s", words(&troubles[i], k), t.bytes);
			free(t.bytes);
			if (!any)
				break;
		} while (++k < 100);
		PROBE_MUST(k < 100);
	}
	scene_close(&r);
	scene_over();
}
END_TEST

static int reader = -1;

static void stand_pipe(void)
{
	if (reader >= 0)
		(void)close(reader);
	PROBE_MUST(mkfifo("out.csv", 0666) == 0);
	reader = open("out.csv", O_RDONLY | O_NONBLOCK);
	PROBE_MUST(reader >= 0);
}

START_TEST(a_pipe_in_the_files_place_stays_one)
{
	static struct scene_run r;
	struct stat st;

	scene_begin();
	scene_load(&r, &to_out);
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++) {
		uint32_t k = 1;

		for (bool any = true; any && k < 100; k++) {
			any = run_into(&r, &troubles[i], k, stand_pipe);
			PROBE_CLAIM(lstat("out.csv", &st) == 0 && S_ISFIFO(st.st_mode),
				"%s: the pipe is gone", words(&troubles[i], k));
		}
		PROBE_MUST(k < 100);
	}
	(void)close(reader);
	scene_close(&r);
	scene_over();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("faults");
	TCase *tc = tcase_create("faults");
	int n, failed;

	n = (int)scene_make_all();
	tcase_set_timeout(tc, 600);
	tcase_add_unchecked_fixture(tc, scene_enter, scene_leave);
	tcase_add_loop_test(tc, memory_that_is_too_small_is_refused_and_left_alone, 0, n);
	tcase_add_loop_test(tc, every_stage_may_refuse_to_begin, 0, n);
	tcase_add_test(tc, a_link_in_the_files_place_is_followed_or_left_alone);
	tcase_add_test(tc, a_pipe_in_the_files_place_stays_one);
	tcase_add_loop_test(tc, every_call_may_go_wrong_while_it_runs, 0, n);
	suite_add_tcase(s, tc);
	SRunner *sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	scene_free_all();
	return failed != 0;
}
