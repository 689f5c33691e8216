/* SPDX-License-Identifier: MIT */
/*
 * load_faults_test.c -- a definition is loaded with the k-th allocation failing, and with it all later ones, for every
 * k until a clean run: every sample, definitions that put much into little, and broken ones.
 *
 * It is WEIR_ENOMEM and nothing is left, or what could not be had was not needed: then the plan is the same, or the
 * faults told are.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/load.h>

#include "support/faults.h"
#include "support/probe.h"
#include "support/scene.h"

#define TEXT_MAX (1u << 20)

struct text {
	size_t len;
	char bytes[TEXT_MAX];
};
static struct text expected, got;

static int put(void *arg, const char *bytes, size_t len)
{
	struct text *t = arg;

	if (t->len + len > sizeof t->bytes)
		return WEIR_ENOSPC;
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
	return WEIR_OK;
}

static void tell(void *arg, const char *line)
{
	(void)put(arg, line, strlen(line));
	(void)put(arg, "\n", 1);
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (n < SCENE_BINDS && list[n] != NULL)
		n++;
	return n;
}

/* Load it; what it is, or what is wrong with it, as text. */
static int load(const struct scene *scene, const char *definition, struct text *as)
{
	struct weir_load_options options = { .settings = scene->settings,
		.n_settings = count(scene->settings),
		.binds = scene->binds,
		.n_binds = count(scene->binds),
		.fault = tell,
		.fault_arg = as };
	struct weir_definition *d = NULL;
	int rc;

	as->len = 0;
	rc = weir_definition_open_text(&d, "x.json", definition, strlen(definition), &options);
	(void)faults_disarm();
	PROBE_MUST((rc == WEIR_OK) == (d != NULL));
	if (d != NULL)
		PROBE_MUST(weir_plan_print(weir_definition_plan(d), "p", put, as) == WEIR_OK);
	weir_definition_close(d);
	return rc;
}

static void load_with_faults(const struct scene *scene, const char *definition, bool from_there)
{
	int rc = load(scene, definition, &expected), with;
	long live = faults_live();
	uint32_t refused = 0;

	PROBE_MUST(rc == WEIR_OK || (rc == WEIR_EINVAL && expected.len > 0));
	for (uint32_t k = 1;; k++) {
		faults_arm(&(struct faults){ .call = FAULTS_MALLOC, .k = k, .from_there = from_there });
		with = load(scene, definition, &got);
		PROBE_CLAIM(faults_live() == live, "%s, malloc %u: %ld blocks leaked", scene->name, k,
			faults_live() - live);
		if (with == WEIR_ENOMEM) {
			refused++;
			continue;
		}
		PROBE_CLAIM(with == rc, "%s, malloc %u: %s instead of %s", scene->name, k, weir_errname(with),
			weir_errname(rc));
		PROBE_CLAIM(got.len == expected.len && memcmp(got.bytes, expected.bytes, got.len) == 0,
			"%s, malloc %u: it became\n%.*s", scene->name, k,
			(int)(got.len < 300 ? got.len : 300), got.bytes);
		if (!faults_disarm() && k > refused) /* none failed any more */
			break;
	}
	PROBE_MUST(refused > 3);
}

START_TEST(memory_may_run_out_at_any_allocation)
{
	const struct scene *scene = scene_at(_i);
	char *definition = scene_definition(scene);

	load_with_faults(scene, definition, false);
	load_with_faults(scene, definition, true);
	free(definition);
}
END_TEST

/* Of each kind of message one, with ' for ". */
static const struct scene broken[] = {
	{ .name = "syntax",
		.ticks = true,
		.definition = "{'weir': 1, 'streams': {'s': [01, {'a': 1e999}]}} x" },
	{ .name = "names",
		.ticks = true,
		.definition = "{'weir': 1, 'nmae': 'x', 'records': {'r': {'a': 'f23', 'b': 'u8', 'b': "
			      "'i8'}}, 'streams': "
			      "{'s': [{'file': {'path': '${NO_SUCH}', 'format': 'cvs', 'record': 'q'}}, "
			      "{'fliter': 'a > 3'}, "
			      "{'filter': 'tepm >'}, {'throttle': {'period': '5', 'kye': 'b'}}, {'null': "
			      "{}}], 't': [{'from': "
			      "'u'}], 'v': [{'range': {}}, {'map': {'x': 'n + m', '2y': 'n'}}, {'file': "
			      "'o'}], 'w': [{'range': "
			      "{'to': 3}}, {'stdout': {'format': 'csv'}}, {'null': {}}]}}" },
	{ .name = "windows",
		.ticks = true,
		.definition = "{'weir': 1, 'streams': {'s': [{'range': {'to': 5}}, {'window': {'tumbling': "
			      "'1s', 'key': 'm', "
			      "'late': {'to': 'nowhere'}, 'emit': {'n': 'cout()', 's': 'sum(n', 'm': 'avg(n) "
			      "+ n'}}}, {'null': "
			      "{}}]}}" },
};

START_TEST(memory_may_run_out_while_faults_are_told)
{
	char *definition = scene_definition(&broken[_i]);

	load_with_faults(&broken[_i], definition, false);
	load_with_faults(&broken[_i], definition, true);
	free(definition);
}
END_TEST

/* Cut into three; and a name that is none. */
static const struct scene threads[] = {
	{ .name = "threads",
		.ticks = true,
		.definition = "{'weir': 1, 'streams': {'s': [{'range': {'to': 5}}, {'map': {'n': 'n + 1'}, "
			      "'on': 'w'}], "
			      "'t': [{'from': 's', 'on': 'v'}, {'null': {}}], 'u': [{'from': 's'}, {'null': "
			      "{}}]}}" },
	{ .name = "no thread",
		.ticks = true,
		.definition =
			"{'weir': 1, 'streams': {'s': [{'range': {'to': 5}}, {'null': {}, 'on': 'a b'}]}}" },
};

START_TEST(memory_may_run_out_while_stages_are_put_on_threads)
{
	char *definition = scene_definition(&threads[_i]);

	load_with_faults(&threads[_i], definition, false);
	load_with_faults(&threads[_i], definition, true);
	free(definition);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("load faults");
	TCase *tc = tcase_create("load faults");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, memory_may_run_out_at_any_allocation, 0, (int)scene_make_all());
	tcase_add_loop_test(
		tc, memory_may_run_out_while_faults_are_told, 0, (int)(sizeof broken / sizeof broken[0]));
	tcase_add_loop_test(tc, memory_may_run_out_while_stages_are_put_on_threads, 0,
		(int)(sizeof threads / sizeof threads[0]));
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	scene_free_all();
	return failed != 0;
}
