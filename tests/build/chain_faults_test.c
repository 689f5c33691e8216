/* SPDX-License-Identifier: MIT */
/* chain_faults_test.c -- a chain is built and started with every allocation refused, one after the other. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>

#include <weir/chain.h>

#include "support/faults.h"
#include "support/peers.h"

static const struct weir_field fields[] = { { .name = "v", .kind = WEIR_U32 } };
static const uint32_t items[] = { 1, 5, 9 };
static struct watcher watcher;
static struct feeder feeder;

/* Build, start and run one; what went wrong first. */
static int build_and_run(struct weir_chain **chain)
{
	int stage, rc;

	*chain = weir_chain_open(WEIR_CLOCK_MONOTONIC, NULL);
	if (*chain == NULL)
		return WEIR_ENOMEM;
	rc = weir_chain_record(*chain, "r", fields, 1);
	rc = rc < 0 ? rc : weir_chain_from(*chain, "r", 7);
	stage = rc < 0 ? rc : weir_chain_stage(*chain, "filter");
	rc = stage < 0 ? stage : weir_chain_set(*chain, stage, "when", "v > 2");
	rc = rc < 0 ? rc : weir_chain_start(*chain);
	if (rc < 0)
		return rc;
	rc = weir_subscribe(&feeder.publisher, weir_chain_subscriber(*chain));
	rc = rc < 0 ? rc : weir_subscribe(weir_chain_publisher(*chain), &watcher.subscriber);
	(void)feeder_pump(&feeder);
	return rc;
}

START_TEST(memory_that_runs_out_is_told_and_nothing_is_left)
{
	bool failed = true;

	for (uint32_t k = 1; failed; k++) {
		struct weir_chain *chain;
		long before = faults_live();
		int rc;

		watcher_init(&watcher, sizeof *items);
		watcher.first = UINT32_MAX;
		feeder_init(&feeder, items, sizeof *items, 3);
		faults_arm(&(struct faults){ .call = FAULTS_MALLOC, .k = k, .err = ENOMEM });
		rc = build_and_run(&chain);
		failed = faults_disarm();
		ck_assert_int_eq(rc, failed ? WEIR_ENOMEM : WEIR_OK);
		ck_assert_uint_eq(watcher.n_items, failed ? 0 : 2);
		if (failed && chain != NULL)
			ck_assert_ptr_null(weir_chain_instance(chain));
		weir_chain_close(chain);
		ck_assert_msg(faults_live() == before, "allocation %u: %ld blocks are left", k,
			faults_live() - before);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("chain_faults");
	TCase *tc = tcase_create("chain_faults");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, memory_that_runs_out_is_told_and_nothing_is_left);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
