/* SPDX-License-Identifier: MIT */
/* target_test.c -- plans for microcontrollers: small, laid out on the host, and held to what was laid out. */
#include "build_rig.h"

#include <weir/sim.h>

static const struct weir_plan *plan;
static const struct weir_target *m0;
static const struct weir_plan *lean;

/* input -> filter -> throttle -> buffer -> output, a record at a time as on a small machine. */
static void small(enum weir_clock clock)
{
	struct weir_build_options options = { .fault = tell, .span_items_max = 1, .span_bytes = 64 };
	int in;

	weir_build_close(b);
	told[0] = '\0';
	b = weir_build_open("test", clock, &options);
	ck_assert_ptr_nonnull(b);
	add_reading();
	in = source("s", "input");
	ck_assert_int_eq(weir_build_set(b, in, "name", "adc"), 0);
	ck_assert_int_eq(weir_build_set(b, in, "record", "reading"), 0);
	(void)stage("s", "filter", "when", "temp > 20");
	(void)stage("s", "throttle", "period", "10ms");
	(void)stage("s", "buffer", "capacity", "4");
	(void)stage("s", "output", "name", "out");
	plan = finish();
	m0 = weir_target_find("cortex-m0");
	ck_assert_ptr_nonnull(m0);
	ck_assert_int_eq(weir_target_plan(&lean, plan, m0), 0);
}

static void end(void)
{
	weir_target_plan_close(lean);
	lean = NULL;
	teardown();
}

START_TEST(targets_are_found_by_name_and_no_other_is)
{
	for (const struct weir_target *t = weir_targets(); t->name != NULL; t++)
		ck_assert_ptr_eq(weir_target_find(t->name), t);
	ck_assert_ptr_null(weir_target_find("cortex"));
	ck_assert_ptr_null(weir_target_find(""));
	ck_assert_ptr_null(weir_target_find("host"));
}
END_TEST

struct bill {
	size_t bytes;
	unsigned lines;
};

static void add_line(void *arg, const struct weir_bill_line *line)
{
	struct bill *bill = arg;

	bill->bytes += line->bytes;
	bill->lines++;
}

START_TEST(the_bill_is_what_the_layout_takes)
{
	struct bill bill = { 0 };
	size_t bytes;

	small(WEIR_CLOCK_MONOTONIC);
	bytes = weir_target_size(plan, m0, add_line, &bill);
	ck_assert_uint_eq(bill.bytes, bytes);
	ck_assert_uint_eq(bill.lines, 1u + plan->n_stages + plan->n_edges);
	ck_assert_uint_eq(lean->layout->bytes, bytes);
	ck_assert_uint_lt(bytes, weir_instance_size(plan, NULL, NULL));
}
END_TEST

START_TEST(a_small_machine_keeps_only_what_its_plan_needs)
{
	small(WEIR_CLOCK_MONOTONIC);
	ck_assert_uint_eq(lean->max_barriers, 0);
	ck_assert_uint_eq(lean->n_errors, 1);
	ck_assert_uint_eq(lean->n_stalls, 0);
	ck_assert_uint_eq(lean->n_watermarks, 0);
	ck_assert_uint_eq(plan->n_errors, plan->n_stages);
}
END_TEST

/* Every part starts at a multiple of 8, in the arena, and behind the parts before it. */
START_TEST(no_two_states_share_a_byte)
{
	uint32_t last;

	small(WEIR_CLOCK_EVENT);
	last = lean->layout->scratch;
	for (uint16_t i = 0; i < lean->n_stages; i++) {
		uint32_t at = lean->layout->states[i];

		ck_assert_uint_eq(at % 8, 0);
		ck_assert_uint_lt(at, lean->layout->bytes);
		if (at > 0) {
			ck_assert_uint_ge(at, last);
			last = at;
		}
	}
	for (uint16_t i = 0; i < lean->n_memories; i++) {
		ck_assert_uint_gt(lean->layout->placed[i].buffer, last);
		last = lean->layout->placed[i].buffer;
		ck_assert_uint_lt(last, lean->layout->bytes);
	}
}
END_TEST

/* ---- a plan that brings its layout, on this machine ---- */

static void push_and_pull(const struct weir_plan *p, size_t size, unsigned char *out)
{
	struct weir_sim sim;
	struct weir_instance *in;
	void *memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	unsigned char items[3][24] = { { 0 } };
	float temps[] = { 25, 15, 30 };

	ck_assert_ptr_nonnull(memory);
	for (size_t i = 0; i < 3; i++)
		memcpy(items[i] + 12, &temps[i], sizeof temps[i]);
	weir_sim_init(&sim);
	ck_assert_int_eq(weir_instance_init(&in, memory, size - 1, p, &sim.platform, NULL), WEIR_ENOMEM);
	ck_assert_int_eq(weir_instance_init(&in, memory, size, p, &sim.platform, NULL), 0);
	ck_assert_uint_eq(weir_arena_used(in), size);
	ck_assert_int_eq(weir_start(in), 0);
	ck_assert_int_eq(weir_push(in, 0, items, NULL, 3), 3);
	ck_assert_int_eq(weir_push_end(in, 0), 0);
	ck_assert_int_eq(weir_pull(in, (uint16_t)(p->n_stages - 1), out, NULL, 3), 1);
	ck_assert_int_eq(weir_pull(in, (uint16_t)(p->n_stages - 1), out + 24, NULL, 3), WEIR_ENDED);
	weir_fini(in);
	free(memory);
}

START_TEST(a_plan_for_this_machine_runs_and_is_small)
{
	unsigned char by_tables[72] = { 0 }, computed[72] = { 0 };
	const struct weir_plan *here;

	small(WEIR_CLOCK_MONOTONIC);
	ck_assert_int_eq(weir_target_plan(&here, plan, &weir_target_here), 0);
	ck_assert_uint_lt(here->layout->bytes, weir_instance_size(plan, NULL, NULL));
	push_and_pull(here, here->layout->bytes, by_tables);
	push_and_pull(plan, weir_instance_size(plan, NULL, NULL), computed);
	ck_assert_mem_eq(by_tables, computed, sizeof computed);
	weir_target_plan_close(here);
}
END_TEST

/* The instance as it is laid out from a plan in memory that was used before. */
static void *lay_out(const struct weir_plan *p, struct weir_platform *platform, void *memory)
{
	struct weir_instance *in;

	memset(memory, 0xa5, p->layout->bytes);
	ck_assert_int_eq(weir_instance_init(&in, memory, p->layout->bytes, p, platform, NULL), 0);
	return memory;
}

START_TEST(a_copy_of_the_image_is_what_would_be_filled_in)
{
	const struct weir_plan *here;
	struct weir_plan same;
	struct weir_layout layout;
	struct weir_sim sim;
	unsigned char *memory, *copied;

	weir_sim_init(&sim);
	small(_i == 0 ? WEIR_CLOCK_MONOTONIC : WEIR_CLOCK_EVENT);
	ck_assert_int_eq(weir_target_plan(&here, plan, &weir_target_here), 0);
	ck_assert_ptr_nonnull(here->layout->image);
	same = *here;
	layout = *here->layout;
	same.layout = &layout;
	memory = aligned_alloc(64, (layout.bytes + 63) & ~63u);
	copied = malloc(layout.scratch);
	memcpy(copied, lay_out(&same, &sim.platform, memory), layout.scratch);
	layout.image = NULL;
	ck_assert_mem_eq(lay_out(&same, &sim.platform, memory), copied, layout.scratch);
	free(memory);
	free(copied);
	weir_target_plan_close(here);
}
END_TEST

START_TEST(what_has_no_layout_has_no_image)
{
	_Alignas(16) unsigned char image[64];

	small(WEIR_CLOCK_MONOTONIC);
	ck_assert_ptr_null(lean->layout->image); /* of another machine */
	ck_assert_int_eq(weir_instance_image(NULL, image), WEIR_EINVAL);
	ck_assert_int_eq(weir_instance_image(plan, image), WEIR_EINVAL);
	ck_assert_int_eq(weir_instance_image(lean, image + 1), WEIR_EINVAL);
}
END_TEST

/* And not a byte is written. */
START_TEST(a_plan_of_another_release_has_no_image)
{
	_Alignas(16) unsigned char image[64];
	unsigned char before[sizeof image];
	struct weir_plan other;

	small(WEIR_CLOCK_MONOTONIC);
	other = *lean;
	other.abi = WEIR_PLAN_ABI + 1;
	memset(image, 0xa5, sizeof image);
	memcpy(before, image, sizeof image);
	ck_assert_int_eq(weir_instance_image(&other, image), WEIR_EABI);
	ck_assert_mem_eq(image, before, sizeof image);
	other.abi = WEIR_PLAN_ABI;
	other.n_stages = 0;
	ck_assert_int_eq(weir_instance_image(&other, image), WEIR_EINVAL);
	ck_assert_mem_eq(image, before, sizeof image);
}
END_TEST

START_TEST(lone_items_need_no_columns)
{
	small(WEIR_CLOCK_MONOTONIC);
	ck_assert_uint_lt(weir_instance_size(plan, NULL, NULL), 256 * 24 + 4096); /* the port holds 256 */
}
END_TEST

START_TEST(what_is_no_plan_has_no_layout)
{
	struct weir_plan none = { .abi = WEIR_PLAN_ABI };
	struct weir_layout layout;

	ck_assert_int_eq(weir_layout_for(&none, &weir_abi_ilp32, &layout, NULL, NULL), WEIR_EINVAL);
	ck_assert_int_eq(weir_layout_for(NULL, &weir_abi_ilp32, &layout, NULL, NULL), WEIR_EINVAL);
	ck_assert_uint_eq(weir_instance_size_on(&none, &weir_abi_ilp32, NULL, NULL), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("target");
	TCase *tc = tcase_create("targets");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, end);
	tcase_add_test(tc, targets_are_found_by_name_and_no_other_is);
	tcase_add_test(tc, the_bill_is_what_the_layout_takes);
	tcase_add_test(tc, a_small_machine_keeps_only_what_its_plan_needs);
	tcase_add_test(tc, no_two_states_share_a_byte);
	tcase_add_test(tc, a_plan_for_this_machine_runs_and_is_small);
	tcase_add_loop_test(tc, a_copy_of_the_image_is_what_would_be_filled_in, 0, 2);
	tcase_add_test(tc, what_has_no_layout_has_no_image);
	tcase_add_test(tc, a_plan_of_another_release_has_no_image);
	tcase_add_test(tc, lone_items_need_no_columns);
	tcase_add_test(tc, what_is_no_plan_has_no_layout);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
