/* SPDX-License-Identifier: MIT */
/* queue_test.c -- items stay in order, what is lent stays in place, marks keep theirs. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/queue.h>

static struct weir_queue queue;
static void *memory;

static void open_queue(uint32_t slots, uint8_t mark_slots)
{
	struct weir_queue_shape shape = {
		.item_bytes = 4, .slots = slots, .mark_slots = mark_slots, .instants = true, .origins = true
	};
	int64_t bytes = weir_queue_size(&shape);

	ck_assert_int_gt(bytes, 0);
	memory = malloc((size_t)bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, (size_t)bytes);
	weir_queue_init(&queue, memory, &shape);
}

static void close_queue(void)
{
	free(memory);
	memory = NULL;
}

/* Put first, first + 1, ... in; the instant is ten times the item, the origin the item modulo 7. */
static void put(uint32_t first, uint32_t n)
{
	for (uint32_t i = first; i < first + n; i++) {
		uint32_t items[2] = { 0xdead, i };
		int64_t instants[2] = { 0, (int64_t)i * 10 };
		struct weir_span span = { .items = items, .instants = instants, .count = 2 };

		weir_queue_put(&queue, &span, 1, 1, (uint8_t)(i % 7));
	}
}

static void expect_front(uint32_t most, uint32_t first, uint32_t n)
{
	struct weir_span span = weir_queue_front(&queue, most);
	const uint32_t *items = span.items;

	ck_assert_uint_eq(span.count, n);
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_uint_eq(items[i], first + i);
		ck_assert_int_eq(span.instants[i], (int64_t)(first + i) * 10);
		ck_assert_uint_eq(weir_queue_origin(&queue, queue.lent + i), (first + i) % 7);
	}
}

static void put_mark(enum weir_mark_kind kind, int64_t value)
{
	struct weir_mark mark = { .kind = (uint8_t)kind, .source = 9, .time = value };

	weir_queue_put_mark(&queue, &mark);
}

static void expect_mark(enum weir_mark_kind kind, int64_t value)
{
	struct weir_mark mark;

	ck_assert(weir_queue_next_mark(&queue, &mark));
	ck_assert_uint_eq(mark.kind, kind);
	ck_assert_int_eq(mark.time, value);
	if (kind == WEIR_MARK_BARRIER)
		ck_assert_uint_eq(mark.source, 9);
}

static void expect_no_mark(void)
{
	struct weir_mark mark;

	ck_assert(!weir_queue_next_mark(&queue, &mark));
}

START_TEST(items_come_out_in_order)
{
	open_queue(5, 2);
	put(0, 5);
	for (uint32_t i = 0; i < 50; i++) {
		expect_front(1, i, 1);
		weir_queue_lend(&queue, 1);
		weir_queue_return(&queue);
		put(i + 5, 1);
		ck_assert_uint_eq(queue.count, 5);
	}
	close_queue();
}
END_TEST

START_TEST(a_run_is_cut_at_the_end_of_the_ring)
{
	open_queue(4, 2);
	put(0, 3);
	weir_queue_lend(&queue, 3);
	weir_queue_return(&queue);
	put(3, 4);
	expect_front(9, 3, 1);
	weir_queue_lend(&queue, 1);
	weir_queue_return(&queue);
	expect_front(9, 4, 3);
	close_queue();
}
END_TEST

START_TEST(a_span_is_put_in_across_the_end)
{
	uint32_t items[4] = { 3, 4, 5, 6 };
	int64_t instants[4] = { 30, 40, 50, 60 };
	struct weir_span span = { .items = items, .instants = instants, .count = 4 };

	open_queue(5, 2);
	put(0, 3);
	weir_queue_lend(&queue, 3);
	weir_queue_return(&queue);
	weir_queue_put(&queue, &span, 0, 4, 3);
	ck_assert_uint_eq(weir_queue_front(&queue, 9).count, 2);
	weir_queue_lend(&queue, 2);
	weir_queue_return(&queue);
	ck_assert_uint_eq(*(uint32_t *)weir_queue_front(&queue, 9).items, 5);
	ck_assert_int_eq(weir_queue_front(&queue, 9).instants[1], 60);
	close_queue();
}
END_TEST

START_TEST(what_is_reserved_and_committed_comes_out)
{
	struct weir_span room;
	uint32_t next = 0, taken = 0;

	open_queue(5, 2);
	put(0, 3);
	weir_queue_lend(&queue, 3);
	weir_queue_return(&queue);
	room = weir_queue_reserve(&queue, 9);
	ck_assert_uint_eq(room.count, 5); /* an empty queue is one piece, wherever it was */
	weir_queue_commit(&queue, 0);     /* not used after all */
	for (uint32_t i = 0; i < 40; i++) {
		uint32_t waits = queue.count;

		room = weir_queue_reserve(&queue, 3);
		ck_assert_uint_le(room.count, 3);
		ck_assert(room.count > 0 || waits == 5);
		for (uint32_t k = 0; k < room.count; k++, next++) {
			((uint32_t *)room.items)[k] = next;
			room.instants[k] = (int64_t)next * 10;
		}
		weir_queue_commit(&queue, room.count);
		ck_assert_uint_eq(queue.count, waits + room.count);
		for (waits = i % 3; waits > 0 && queue.count > 0; waits--, taken++) {
			struct weir_span front = weir_queue_front(&queue, 1);

			ck_assert_uint_eq(*(uint32_t *)front.items, taken);
			ck_assert_int_eq(*front.instants, (int64_t)taken * 10);
			ck_assert_uint_eq(weir_queue_origin(&queue, 0), 0);
			weir_queue_lend(&queue, 1);
			weir_queue_return(&queue);
		}
	}
	ck_assert_uint_gt(taken, 30);
	close_queue();
}
END_TEST

START_TEST(what_is_lent_is_not_touched_by_dropping)
{
	struct weir_span lent;

	open_queue(5, 3);
	put(0, 4);
	lent = weir_queue_front(&queue, 2);
	weir_queue_lend(&queue, 2);
	put(4, 1);
	weir_queue_drop_oldest(&queue, 2); /* 2 and 3 */
	put(5, 2);
	ck_assert_uint_eq(((uint32_t *)lent.items)[0], 0);
	ck_assert_uint_eq(((uint32_t *)lent.items)[1], 1);
	ck_assert_uint_eq(queue.count, 5);
	weir_queue_return(&queue);
	expect_front(9, 4, 3);
	close_queue();
}
END_TEST

START_TEST(dropping_from_a_queue_with_nothing_lent)
{
	open_queue(4, 2);
	put(0, 4);
	weir_queue_drop_oldest(&queue, 3);
	ck_assert_uint_eq(queue.count, 1);
	expect_front(9, 3, 1);
	weir_queue_drop_oldest(&queue, 1);
	ck_assert_uint_eq(weir_queue_front(&queue, 9).count, 0);
	close_queue();
}
END_TEST

START_TEST(marks_keep_their_places_between_items)
{
	open_queue(8, 9);
	put_mark(WEIR_MARK_WATERMARK, 5);
	put(0, 2);
	put_mark(WEIR_MARK_BARRIER, 1);
	put(2, 1);
	expect_front(9, 0, 0); /* the mark goes first */
	expect_mark(WEIR_MARK_WATERMARK, 5);
	expect_no_mark();
	expect_front(9, 0, 2);
	weir_queue_lend(&queue, 2);
	expect_mark(WEIR_MARK_BARRIER, 1);
	expect_no_mark();
	weir_queue_return(&queue);
	expect_front(9, 2, 1);
	close_queue();
}
END_TEST

START_TEST(marks_at_one_place_merge_by_kind)
{
	open_queue(8, 9);
	put(0, 1);
	put_mark(WEIR_MARK_WATERMARK, 7);
	put_mark(WEIR_MARK_LAGGED, 2);
	put_mark(WEIR_MARK_WATERMARK, 6);
	put_mark(WEIR_MARK_BARRIER, 1);
	put_mark(WEIR_MARK_LAGGED, 3);
	put_mark(WEIR_MARK_BARRIER, 2);
	expect_no_mark();
	weir_queue_lend(&queue, 1);
	expect_mark(WEIR_MARK_LAGGED, 5);
	expect_mark(WEIR_MARK_WATERMARK, 7);
	expect_mark(WEIR_MARK_BARRIER, 2);
	expect_no_mark();
	close_queue();
}
END_TEST

/* Each source is answered for its own barriers. */
START_TEST(barriers_of_several_sources_do_not_merge)
{
	struct weir_mark mark = { .kind = WEIR_MARK_BARRIER, .value = 1 };

	open_queue(4, 3);
	put(0, 1);
	for (mark.source = 0; mark.source < 2; mark.source++)
		weir_queue_put_mark(&queue, &mark);
	weir_queue_lend(&queue, 1);
	for (uint16_t source = 0; source < 2; source++) {
		ck_assert(weir_queue_next_mark(&queue, &mark));
		ck_assert_uint_eq(mark.source, source);
	}
	expect_no_mark();
	close_queue();
}
END_TEST

START_TEST(with_all_places_taken_the_newest_mark_moves_on)
{
	open_queue(8, 2);
	put(0, 1);
	put_mark(WEIR_MARK_WATERMARK, 1);
	put(1, 1);
	put_mark(WEIR_MARK_WATERMARK, 2);
	put(2, 1);
	put_mark(WEIR_MARK_WATERMARK, 3);
	weir_queue_lend(&queue, 1);
	expect_mark(WEIR_MARK_WATERMARK, 1);
	weir_queue_return(&queue);
	expect_front(9, 1, 2);
	weir_queue_lend(&queue, 2);
	expect_mark(WEIR_MARK_WATERMARK, 3);
	expect_no_mark();
	close_queue();
}
END_TEST

START_TEST(dropping_items_keeps_marks)
{
	open_queue(8, 9);
	put(0, 2);
	put_mark(WEIR_MARK_WATERMARK, 1);
	put(2, 2);
	put_mark(WEIR_MARK_BARRIER, 4);
	put(4, 1);
	weir_queue_lend(&queue, 1);
	weir_queue_drop_oldest(&queue, 2); /* 1 and 2 */
	expect_mark(WEIR_MARK_WATERMARK, 1);
	expect_no_mark();
	weir_queue_return(&queue);
	expect_front(9, 3, 1);
	weir_queue_lend(&queue, 1);
	expect_mark(WEIR_MARK_BARRIER, 4);
	close_queue();
}
END_TEST

START_TEST(terminal_marks_are_not_kept)
{
	open_queue(2, 2);
	put_mark(WEIR_MARK_COMPLETE, 0);
	put_mark(WEIR_MARK_ERROR, 0);
	expect_no_mark();
	close_queue();
}
END_TEST

START_TEST(a_queue_without_places_for_marks_keeps_none)
{
	open_queue(2, 0);
	put(0, 1);
	put_mark(WEIR_MARK_LAGGED, 3);
	put_mark(WEIR_MARK_WATERMARK, 4);
	ck_assert_uint_eq(queue.n_marks, 0);
	expect_no_mark();
	close_queue();
}
END_TEST

START_TEST(places_for_marks_are_at_most_sixteen)
{
	ck_assert_uint_eq(weir_queue_mark_slots(1), 2);
	ck_assert_uint_eq(weir_queue_mark_slots(14), 15);
	ck_assert_uint_eq(weir_queue_mark_slots(15), 16);
	ck_assert_uint_eq(weir_queue_mark_slots(WEIR_QUEUE_MOST), 16);
}
END_TEST

START_TEST(a_mark_whose_items_are_dropped_waits_behind_what_is_lent)
{
	open_queue(8, 9);
	put(0, 2);
	put_mark(WEIR_MARK_WATERMARK, 1);
	put(2, 2);
	weir_queue_lend(&queue, 1);
	weir_queue_drop_oldest(&queue, 2); /* 1 and 2 */
	weir_queue_return(&queue);
	expect_front(9, 3, 0);
	expect_mark(WEIR_MARK_WATERMARK, 1);
	expect_front(9, 3, 1);
	close_queue();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("queue");
	TCase *tc = tcase_create("queue");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, items_come_out_in_order);
	tcase_add_test(tc, a_run_is_cut_at_the_end_of_the_ring);
	tcase_add_test(tc, a_span_is_put_in_across_the_end);
	tcase_add_test(tc, what_is_reserved_and_committed_comes_out);
	tcase_add_test(tc, what_is_lent_is_not_touched_by_dropping);
	tcase_add_test(tc, dropping_from_a_queue_with_nothing_lent);
	tcase_add_test(tc, marks_keep_their_places_between_items);
	tcase_add_test(tc, marks_at_one_place_merge_by_kind);
	tcase_add_test(tc, barriers_of_several_sources_do_not_merge);
	tcase_add_test(tc, with_all_places_taken_the_newest_mark_moves_on);
	tcase_add_test(tc, dropping_items_keeps_marks);
	tcase_add_test(tc, terminal_marks_are_not_kept);
	tcase_add_test(tc, a_queue_without_places_for_marks_keeps_none);
	tcase_add_test(tc, places_for_marks_are_at_most_sixteen);
	tcase_add_test(tc, a_mark_whose_items_are_dropped_waits_behind_what_is_lent);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
