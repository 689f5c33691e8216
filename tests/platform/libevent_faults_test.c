/* SPDX-License-Identifier: MIT */
/*
 * libevent_faults_test.c -- pipelines on the libevent loop with the k-th allocation or the k-th call of libevent
 * failing, for every k until a clean run: the run ends, says why, and leaves nothing.
 *
 * Descriptors are made to say EAGAIN before every read and write, so that each is waited for.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weir/libevent.h>

#include "connectors/fd.h"
#include "support/faults.h"
#include "support/probe.h"
#include "support/scene.h"
#include "support/watched.h"

/* ---- descriptors that are never ready at first ---- */

static bool waited[64];

static bool again(int fd)
{
	PROBE_MUST(fd >= 0 && fd < 64);
	waited[fd] = !waited[fd];
	if (waited[fd])
		errno = EAGAIN;
	return waited[fd];
}

static bool is_pipe(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

static ssize_t lazy_read(int fd, void *to, size_t len)
{
	return is_pipe(fd) && again(fd) ? -1 : read(fd, to, len);
}

static ssize_t lazy_write(int fd, const void *from, size_t len)
{
	return is_pipe(fd) && again(fd) ? -1 : write(fd, from, len);
}

static struct weir_fd_ops lazy;

/* ---- pipelines ---- */

static const struct scene scenes[] = {
	{ .name = "files",
		.ticks = true,
		.definition = "{'weir': 1, 'records': {'r': {'n': 'u32', 'v': 'f64'}}, 'streams': {"
			      "'in': [{'file': {'path': 'in.csv', 'format': 'csv', 'record': 'r'}, "
			      "'on_error': 'drop'}],"
			      "'a': [{'from': 'in'}, {'filter': 'v > 1'}, {'file': {'path': 'a.csv', "
			      "'format': 'csv'}}],"
			      "'b': [{'from': 'in'}, {'window': {'tumbling': '1h', 'emit': {'n': "
			      "'count()'}}}, {'stdout': "
			      "{'format': 'ndjson'}}]}}",
		.files = { { "in.csv", "n,v\n1,2\n2,x\n3,4\n4,0.5\n", 0 } } },
	{ .name = "pipes and ticks",
		.ticks = true,
		.definition = "{'weir': 1, 'records': {'r': {'n': 'u32'}}, 'streams': {"
			      "'s': [{'stdin': {'format': 'csv', 'record': 'r', 'header': "
			      "false}}, {'map': "
			      "{'n': 'n * 2'}}, {'file': {'path': 'out.pipe', 'format': 'csv'}}],"
			      "'t': [{'interval': {'period': '2ms', 'overflow': 'latest'}}, {'take': 3}, "
			      "{'null': {}}]}}" },
};
#define SCENES (int)(sizeof scenes / sizeof scenes[0])

/* Standard input is a pipe that holds text and has no writer any more; returns the reading end of out.pipe. */
static int stand_pipes(void)
{
	int in[2], out;

	(void)remove("out.pipe");
	PROBE_MUST(pipe(in) == 0 && mkfifo("out.pipe", 0666) == 0);
	PROBE_MUST(write(in[1], "1\n2\n3\n", 6) == 6 && dup2(in[0], 0) == 0);
	PROBE_MUST(close(in[0]) == 0 && close(in[1]) == 0);
	out = open("out.pipe", O_RDONLY | O_NONBLOCK);
	PROBE_MUST(out >= 0);
	return out;
}

static void take_pipe(int out, char *to, size_t size)
{
	ssize_t n = read(out, to, size - 1);

	to[n > 0 ? n : 0] = '\0';
	PROBE_MUST(close(out) == 0);
}

/* The whole life of a pipeline on a loop of its own; what its last call returned. */
static int live(struct scene_run *r)
{
	struct weir_libevent *loop = NULL;
	int rc = weir_libevent_open(&loop, NULL);

	r->in = NULL;
	if (rc < 0)
		return rc;
	rc = weir_instance_init(&r->in, r->arena, r->size, r->plan, weir_libevent_platform(loop), NULL);
	if (rc == WEIR_OK)
		rc = weir_start(r->in);
	if (rc == WEIR_OK)
		rc = weir_libevent_run(loop);
	if (r->in != NULL)
		weir_fini(r->in);
	weir_libevent_close(loop);
	return rc;
}

/* One run with one fault; whether anything went wrong. */
static bool run_with(struct scene_run *r, const struct faults *f, const char *expected)
{
	char piped[256];
	long blocks;
	bool any;
	int rc, out;

	scene_prepare(r);
	out = stand_pipes();
	memset(waited, 0, sizeof waited);
	r->descriptors = scene_descriptors();
	blocks = faults_live();
	faults_arm(f);
	rc = live(r);
	any = faults_disarm();
	PROBE_CLAIM(faults_live() == blocks, "%s, call %u: %ld blocks leaked", r->scene->name, f->k,
		faults_live() - blocks);
	PROBE_CLAIM(scene_descriptors() == r->descriptors, "%s, call %u: a descriptor was left open",
		r->scene->name, f->k);
	take_pipe(out, piped, sizeof piped);
	if (r->in != NULL) {
		probe_check_ledger(r->in);
		PROBE_MUST(weir_ended(r->in) && weir_timers_armed(r->in) == 0);
	}
	watched_check(r->plan);
	if (rc == WEIR_OK && !weir_failed(r->in))
		PROBE_CLAIM(expected == NULL || strcmp(piped, expected) == 0, "%s, call %u: it is\n%s",
			r->scene->name, f->k, piped);
	else
		PROBE_CLAIM(any, "%s: %s without a cause", r->scene->name, weir_errname(rc));
	return any;
}

static void run_with_each(int i, enum faults_call call)
{
	const char *expected = i == 1 ? "n\n2\n4\n6\n" : NULL;
	static struct scene_run r;
	uint32_t k = 1;

	lazy = weir_fd_system;
	lazy.read = lazy_read;
	lazy.write = lazy_write;
	weir_fd_ops = &lazy;
	scene_begin();
	scene_load(&r, &scenes[i]);
	for (int from_there = 0; from_there < 2; from_there++)
		for (k = 1;
			run_with(&r, &(struct faults){ .call = call, .k = k, .from_there = from_there != 0 },
				expected);
			k++)
			PROBE_MUST(k < 2000);
	PROBE_MUST(k > 3);
	scene_close(&r);
	scene_over();
	weir_fd_ops = &weir_fd_system;
}

START_TEST(memory_may_run_out_on_the_loop)
{
	run_with_each(_i, FAULTS_MALLOC);
}
END_TEST

START_TEST(every_event_may_be_refused)
{
	run_with_each(_i, FAULTS_EVENT);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("libevent faults");
	TCase *tc = tcase_create("libevent faults");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_unchecked_fixture(tc, scene_enter, scene_leave);
	tcase_add_loop_test(tc, memory_may_run_out_on_the_loop, 0, SCENES);
	tcase_add_loop_test(tc, every_event_may_be_refused, 0, SCENES);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
