/* SPDX-License-Identifier: MIT */
/* feed_test.c -- a definition whose input is fed by an interrupt's ring, on the virtual clock. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/load.h>
#include <weir/ring.h>
#include <weir/sim.h>

static const char text[] = "{\"weir\": 1, \"records\": {\"sample\": {\"n\": \"u32\"}}, \"streams\": {\"s\": ["
			   " {\"input\": {\"name\": \"adc\", \"record\": \"sample\"}, \"id\": \"adc\"},"
			   " {\"filter\": \"n % 3 == 0\"}, {\"map\": {\"n\": \"n / 3\"}},"
			   " {\"output\": {\"name\": \"out\", \"capacity\": 4}, \"id\": \"out\"}]}}";

static struct weir_ring ring;
static struct weir_ring_feed feed;
static uint32_t samples[16], sampled;

/* What an interrupt does: samples are numbered, those that find no room are lost. */
static void interrupt(uint32_t n, struct weir_sim *sim)
{
	for (; n > 0; n--, sampled++)
		if (weir_ring_push(&ring, &sampled, 1) == 0)
			weir_ring_lose(&ring, 1);
	if (weir_ring_wake(&ring))
		weir_sim_wake(sim);
}

START_TEST(an_interrupt_feeds_a_definition)
{
	struct weir_definition *d;
	struct weir_instance *in;
	struct weir_sim sim;
	const struct weir_plan *plan;
	uint16_t out;
	int64_t got[16]; /* integers widen */
	size_t size;
	void *arena;

	ck_assert_int_eq(weir_definition_open_text(&d, "feed.json", text, strlen(text), NULL), WEIR_OK);
	plan = weir_definition_plan(d);
	size = weir_instance_size(plan, NULL, NULL);
	arena = aligned_alloc(16, (size + 15) & ~(size_t)15);
	weir_sim_init(&sim);
	ck_assert_int_eq(weir_instance_init(&in, arena, size, plan, &sim.platform, NULL), WEIR_OK);
	ck_assert_int_eq(weir_start(in), WEIR_OK);
	ck_assert_int_eq(weir_ring_init(&ring, samples, sizeof samples[0], 16), WEIR_OK);
	ck_assert_int_eq(weir_input_feed(in, (uint16_t)weir_stage_index(plan, "adc"),
				 weir_ring_feed_init(&feed, &ring)),
		WEIR_OK);
	out = (uint16_t)weir_stage_index(plan, "out");
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN); /* asleep */

	interrupt(12, &sim);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_EAGAIN);
	ck_assert_uint_eq(weir_ring_count(&ring), 6); /* the output asked for four, and waits to be pulled */
	interrupt(20, &sim);
	ck_assert_uint_eq(weir_ring_lost(&ring), 10);
	ck_assert_int_eq(weir_pull(in, out, got, NULL, 16), 8); /* of 0 to 21 */
	for (uint32_t i = 0; i < 8; i++)
		ck_assert_int_eq(got[i], i);
	weir_ring_close(&ring);
	weir_sim_wake(&sim);
	ck_assert_int_eq(weir_sim_run(&sim), WEIR_OK);
	ck_assert(weir_ended(in));
	ck_assert(!weir_failed(in));
	weir_fini(in);
	free(arena);
	weir_definition_close(d);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("e2e/feed");
	TCase *tc = tcase_create("feed");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, an_interrupt_feeds_a_definition);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
