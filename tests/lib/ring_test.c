/* SPDX-License-Identifier: MIT */
/*
 * ring_test.c -- nothing is lost or doubled, whatever the counters wrap to; what finds no room stays outside.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/ring.h>

/* Where the counters start: each test runs over their end as well. */
static const uint32_t starts[] = { 0, UINT32_MAX - 1, (uint32_t)INT32_MAX - 1 };
#define STARTS ((int)(sizeof starts / sizeof starts[0]))

static struct weir_ring ring;
static void *memory;
static uint32_t put_in, taken_out; /* the items are numbers in order */

static void open_ring(uint32_t capacity, uint32_t start)
{
	int64_t bytes = weir_ring_size(sizeof(uint32_t), capacity);

	ck_assert_int_gt(bytes, 0);
	memory = malloc((size_t)bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, (size_t)bytes);
	ck_assert_int_eq(weir_ring_init(&ring, memory, sizeof(uint32_t), capacity), WEIR_OK);
	ring.head = ring.tail = start;
	put_in = taken_out = 0;
}

static void close_ring(void)
{
	free(memory);
}

static int32_t push(uint32_t n)
{
	uint32_t items[64];
	int32_t k;

	for (uint32_t i = 0; i < n; i++)
		items[i] = put_in + i;
	k = weir_ring_push(&ring, items, n);
	put_in += k > 0 ? (uint32_t)k : 0;
	return k;
}

static int32_t pop(uint32_t n)
{
	uint32_t items[64];
	int32_t k = weir_ring_pop(&ring, items, n);

	for (int32_t i = 0; i < k; i++)
		ck_assert_uint_eq(items[i], taken_out++);
	return k;
}

START_TEST(items_come_out_in_order)
{
	open_ring(4, starts[_i]);
	for (uint32_t i = 0; i < 50; i++) {
		ck_assert_int_eq(push(3), 3);
		ck_assert_uint_eq(weir_ring_count(&ring), 3);
		ck_assert_int_eq(pop(1), 1);
		ck_assert_int_eq(pop(9), 2);
		ck_assert_int_eq(pop(9), 0);
	}
	close_ring();
}
END_TEST

START_TEST(every_place_can_be_used)
{
	open_ring(4, starts[_i]);
	ck_assert_int_eq(push(4), 4);
	ck_assert_uint_eq(weir_ring_count(&ring), 4);
	ck_assert_int_eq(pop(4), 4);
	close_ring();
	open_ring(1, starts[_i]);
	for (uint32_t i = 0; i < 5; i++) {
		ck_assert_int_eq(push(1), 1);
		ck_assert_int_eq(push(1), 0);
		ck_assert_int_eq(pop(2), 1);
	}
	close_ring();
}
END_TEST

START_TEST(a_full_ring_takes_fewer_and_counts_the_others)
{
	open_ring(4, starts[_i]);
	ck_assert_int_eq(push(3), 3);
	ck_assert_uint_eq(weir_ring_refused(&ring), 0);
	ck_assert_int_eq(push(5), 1);
	ck_assert_uint_eq(weir_ring_refused(&ring), 4);
	ck_assert_int_eq(push(1), 0);
	ck_assert_int_eq(push(0), 0);
	ck_assert_uint_eq(weir_ring_refused(&ring), 5);
	ck_assert_uint_eq(weir_ring_lost(&ring), 0); /* they are still the caller's */
	ck_assert_int_eq(pop(9), 4);
	ck_assert_int_eq(push(1), 1); /* offered again */
	ck_assert_int_eq(pop(9), 1);
	close_ring();
}
END_TEST

START_TEST(all_or_nothing_puts_in_all_or_nothing)
{
	uint32_t items[5] = { 0, 1, 2, 3, 4 };

	open_ring(4, starts[_i]);
	ck_assert_int_eq(weir_ring_push_all(&ring, items, 3), 3);
	ck_assert_int_eq(weir_ring_push_all(&ring, items + 3, 2), WEIR_EFULL);
	ck_assert_uint_eq(weir_ring_count(&ring), 3);
	ck_assert_uint_eq(weir_ring_refused(&ring), 2);
	ck_assert_int_eq(weir_ring_push_all(&ring, items + 3, 1), 1);
	ck_assert_int_eq(weir_ring_push_all(&ring, items, 0), 0);
	ck_assert_int_eq(weir_ring_push_all(&ring, items, 5), WEIR_EINVAL); /* never */
	ck_assert_int_eq(pop(9), 4);
	weir_ring_close(&ring);
	ck_assert_int_eq(weir_ring_push_all(&ring, items, 1), WEIR_ENDED);
	ck_assert_int_eq(weir_ring_push_all(&ring, items, 5), WEIR_ENDED);
	close_ring();
}
END_TEST

/* ---- in place ---- */

START_TEST(what_is_reserved_and_not_committed_changes_nothing)
{
	void *at, *again;

	open_ring(4, starts[_i]);
	ck_assert_int_eq(push(2), 2);
	ck_assert_int_eq(weir_ring_reserve(&ring, &at, 1), 1);
	*(uint32_t *)at = 99;
	ck_assert_uint_eq(weir_ring_count(&ring), 2);
	ck_assert_int_eq(weir_ring_reserve(&ring, &again, 1), 1);
	ck_assert_ptr_eq(at, again);
	ck_assert_int_eq(push(2), 2); /* there is all the room there was */
	ck_assert_int_eq(weir_ring_reserve(&ring, &at, 1), 0);
	ck_assert_int_eq(pop(9), 4);
	close_ring();
}
END_TEST

START_TEST(what_is_committed_comes_out)
{
	void *at;

	open_ring(4, 0);
	for (uint32_t round = 0; round < 40; round++) {
		int32_t n = weir_ring_reserve(&ring, &at, 3);
		/* a piece ends with the memory */
		ck_assert_int_eq(n, put_in % 4 == 3 ? 1 : put_in % 4 == 2 ? 2 : 3);
		for (int32_t i = 0; i < n; i++)
			((uint32_t *)at)[i] = put_in + (uint32_t)i;
		ck_assert_int_eq(weir_ring_commit(&ring, (uint32_t)n), WEIR_OK);
		put_in += (uint32_t)n;
		ck_assert_int_eq(pop(9), n);
	}
	close_ring();
}
END_TEST

START_TEST(no_more_can_be_committed_than_there_was_room_for)
{
	void *at;

	open_ring(4, 0);
	ck_assert_int_eq(push(2), 2);
	ck_assert_int_eq(weir_ring_reserve(&ring, &at, 9), 2);
	ck_assert_int_eq(weir_ring_commit(&ring, 3), WEIR_EINVAL);
	ck_assert_uint_eq(weir_ring_count(&ring), 2);
	ck_assert_int_eq(weir_ring_commit(&ring, 0), WEIR_OK);
	ck_assert_int_eq(pop(2), 2);
	ck_assert_int_eq(weir_ring_commit(&ring, 3), WEIR_EINVAL); /* room for 4, but 2 in one piece */
	close_ring();
}
END_TEST

START_TEST(what_is_peeked_stays_until_released)
{
	void *at;

	open_ring(4, 0);
	ck_assert_int_eq(weir_ring_peek(&ring, &at, 4), 0);
	ck_assert_int_eq(push(3), 3);
	ck_assert_int_eq(pop(3), 3);
	ck_assert_int_eq(push(4), 4);
	for (int i = 0; i < 2; i++) { /* looking changes nothing */
		ck_assert_int_eq(weir_ring_peek(&ring, &at, 9), 1);
		ck_assert_uint_eq(*(uint32_t *)at, 3);
		ck_assert_int_eq(push(1), 0);
	}
	ck_assert_int_eq(weir_ring_release(&ring, 1), WEIR_OK);
	ck_assert_int_eq(weir_ring_peek(&ring, &at, 2), 2);
	ck_assert_uint_eq(((uint32_t *)at)[1], 5);
	ck_assert_int_eq(weir_ring_release(&ring, 4), WEIR_EINVAL);
	ck_assert_int_eq(weir_ring_release(&ring, 3), WEIR_OK);
	ck_assert_uint_eq(weir_ring_count(&ring), 0);
	close_ring();
}
END_TEST

/* ---- ends ---- */

START_TEST(what_is_inside_comes_before_the_end)
{
	void *at;

	open_ring(4, starts[_i]);
	ck_assert_int_eq(push(3), 3);
	weir_ring_close(&ring);
	weir_ring_close(&ring);
	ck_assert_int_eq(push(1), WEIR_ENDED);
	ck_assert_int_eq(weir_ring_reserve(&ring, &at, 1), WEIR_ENDED);
	ck_assert_int_eq(pop(0), 0);
	ck_assert_int_eq(pop(2), 2);
	ck_assert_int_eq(pop(2), 1);
	ck_assert_int_eq(pop(2), WEIR_ENDED);
	ck_assert_int_eq(pop(0), WEIR_ENDED);
	ck_assert_int_eq(weir_ring_peek(&ring, &at, 1), WEIR_ENDED);
	close_ring();
}
END_TEST

START_TEST(a_cancelled_ring_refuses_and_gives_out_what_it_has)
{
	void *at;

	open_ring(4, starts[_i]);
	ck_assert_int_eq(weir_ring_reserve(&ring, &at, 1), 1);
	*(uint32_t *)at = put_in++;
	weir_ring_cancel(&ring);
	weir_ring_cancel(&ring);
	ck_assert_int_eq(weir_ring_commit(&ring, 1), WEIR_OK); /* a push that was under way */
	ck_assert_int_eq(push(1), WEIR_ENDED);
	ck_assert_uint_eq(weir_ring_refused(&ring), 0);
	ck_assert_uint_eq(weir_ring_count(&ring), 1);
	ck_assert_int_eq(pop(9), 1);
	ck_assert_int_eq(pop(9), WEIR_ENDED);
	close_ring();
}
END_TEST

/* ---- sleep ---- */

START_TEST(a_sleeping_consumer_is_woken_once)
{
	open_ring(4, starts[_i]);
	ring.sleeps = (uint32_t)-2; /* the count of sleeps wraps as well */
	for (int i = 0; i < 3; i++) {
		ck_assert(!weir_ring_wake(&ring)); /* it is awake */
		ck_assert(weir_ring_sleep(&ring));
		ck_assert(weir_ring_sleep(&ring)); /* still */
		ck_assert_int_eq(push(1), 1);
		ck_assert(weir_ring_wake(&ring));
		ck_assert_int_eq(push(1), 1);
		ck_assert(!weir_ring_wake(&ring));
		ck_assert_int_eq(pop(9), 2);
		ck_assert_int_eq(push(1), 1);
		ck_assert(!weir_ring_wake(&ring));
		ck_assert_int_eq(pop(9), 1);
	}
	close_ring();
}
END_TEST

START_TEST(nobody_sleeps_over_an_item_or_the_end)
{
	open_ring(4, starts[_i]);
	ck_assert_int_eq(push(1), 1);
	ck_assert(!weir_ring_sleep(&ring));
	ck_assert(!weir_ring_wake(&ring)); /* so there is nobody to wake */
	ck_assert_int_eq(pop(1), 1);
	ck_assert(weir_ring_sleep(&ring));
	weir_ring_close(&ring);
	ck_assert(!weir_ring_sleep(&ring));
	close_ring();
	open_ring(4, starts[_i]);
	weir_ring_cancel(&ring);
	ck_assert(!weir_ring_sleep(&ring));
	close_ring();
}
END_TEST

/* ---- losses ---- */

START_TEST(losses_are_told_though_the_ring_is_never_empty)
{
	struct weir_ring_feed feed;
	uint32_t item, lagged, told = 0;

	open_ring(4, starts[_i]);
	(void)weir_ring_feed_init(&feed, &ring);
	ck_assert_int_eq(push(4), 4);
	for (uint32_t i = 0; i < 100; i++) {
		ck_assert_int_eq(push(1), 0);
		weir_ring_lose(&ring, 1);
		ck_assert_int_eq(feed.feed.type->take(&feed.feed, &item, 1, &lagged), 1);
		ck_assert_int_eq(push(1), 1);
		told += lagged;
		ck_assert_uint_le(told, i);     /* not before its place */
		ck_assert_uint_ge(told + 9, i); /* and not much later */
	}
	close_ring();
}
END_TEST

/* ---- shapes ---- */

START_TEST(a_capacity_is_a_power_of_two_within_bounds)
{
	static const uint32_t bad[] = { 0, 3, 6, UINT32_MAX, 2 * WEIR_CHANNEL_MOST };
	uint64_t place[1];

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ck_assert_int_eq(weir_ring_size(4, bad[i]), WEIR_EINVAL);
		ck_assert_int_eq(weir_ring_init(&ring, place, 4, bad[i]), WEIR_EINVAL);
	}
	ck_assert_int_eq(weir_ring_size(0, 4), WEIR_EINVAL);
	ck_assert_int_eq(weir_ring_size(1, 1), 8);
	ck_assert_int_eq(weir_ring_size(12, 4), 48);
	ck_assert_int_eq(weir_ring_size(1, WEIR_CHANNEL_MOST),
		sizeof(size_t) < 8 ? WEIR_ERANGE : (int64_t)WEIR_CHANNEL_MOST);
	ck_assert_int_eq(weir_ring_size(UINT32_MAX, WEIR_CHANNEL_MOST),
		sizeof(size_t) < 8 ? WEIR_ERANGE : (int64_t)UINT32_MAX * WEIR_CHANNEL_MOST);
}
END_TEST

/* ---- against a model ---- */

/* A queue that cannot be wrong: everything ever put in, and how far it has been taken out. */
struct model {
	unsigned char items[4096][24];
	uint32_t in, out, capacity, size, refused, lost;
	bool over;
};

static uint32_t chance;

static uint32_t any(uint32_t n)
{
	chance ^= chance << 13;
	chance ^= chance >> 17;
	chance ^= chance << 5;
	return chance % n;
}

static void model_put(struct model *m, unsigned char *items, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		memcpy(m->items[m->in++], items + (size_t)i * m->size, m->size);
}

static uint32_t model_room(const struct model *m, uint32_t n)
{
	uint32_t room = m->capacity - (m->in - m->out);

	return n < room ? n : room;
}

static void offer(struct model *m, bool all)
{
	unsigned char items[24 * 12];
	uint32_t n = any(12), k = model_room(m, n);
	int32_t rc;

	for (uint32_t i = 0; i < n * m->size; i++)
		items[i] = (unsigned char)any(256);
	rc = all ? weir_ring_push_all(&ring, items, n) : weir_ring_push(&ring, items, n);
	if (m->over) {
		ck_assert_int_eq(rc, WEIR_ENDED);
	} else if (all && n > m->capacity) {
		ck_assert_int_eq(rc, WEIR_EINVAL);
	} else if (all && k < n) {
		ck_assert_int_eq(rc, WEIR_EFULL);
		m->refused += n;
	} else {
		ck_assert_int_eq(rc, k);
		m->refused += n - k;
		model_put(m, items, k);
	}
}

static void write_in_place(struct model *m)
{
	void *at;
	uint32_t n = any(12), k = model_room(m, n);
	int32_t rc = weir_ring_reserve(&ring, &at, n);

	if (m->over) {
		ck_assert_int_eq(rc, WEIR_ENDED);
		return;
	}
	ck_assert_int_le(rc, k);
	ck_assert(rc > 0 || k == 0);
	for (uint32_t i = 0; i < (uint32_t)rc * m->size; i++)
		((unsigned char *)at)[i] = (unsigned char)any(256);
	rc = (int32_t)any((uint32_t)rc + 1); /* or fewer, or none */
	ck_assert_int_eq(weir_ring_commit(&ring, (uint32_t)rc), WEIR_OK);
	model_put(m, at, (uint32_t)rc);
}

static void expect_items(struct model *m, const unsigned char *items, int32_t rc, uint32_t asked, bool all)
{
	uint32_t inside = m->in - m->out, k = asked < inside ? asked : inside;

	if (inside == 0 && m->over) {
		ck_assert_int_eq(rc, WEIR_ENDED);
		return;
	}
	if (all)
		ck_assert_int_eq(rc, k);
	ck_assert_int_le(rc, k);
	ck_assert(rc > 0 || k == 0);
	for (int32_t i = 0; i < rc; i++)
		ck_assert_mem_eq(items + (size_t)i * m->size, m->items[m->out + (uint32_t)i], m->size);
}

static void take_out(struct model *m)
{
	unsigned char items[24 * 12];
	uint32_t n = any(12);
	int32_t rc = weir_ring_pop(&ring, items, n);

	expect_items(m, items, rc, n, true);
	m->out += rc > 0 ? (uint32_t)rc : 0;
}

static void read_in_place(struct model *m)
{
	uint32_t n = any(12);
	void *at;
	int32_t rc = weir_ring_peek(&ring, &at, n);

	expect_items(m, at, rc, n, false);
	rc = rc > 0 ? (int32_t)any((uint32_t)rc + 1) : 0;
	ck_assert_int_eq(weir_ring_release(&ring, (uint32_t)rc), WEIR_OK);
	m->out += (uint32_t)rc;
}

static void one_step(struct model *m)
{
	switch (any(7)) {
	case 0:
	case 1:
		offer(m, any(2) == 0);
		break;
	case 2:
		write_in_place(m);
		break;
	case 3:
	case 4:
		take_out(m);
		break;
	case 5:
		read_in_place(m);
		break;
	default:
		weir_ring_lose(&ring, 1);
		m->lost++;
		if (any(20) == 0 && m->in > 200) {
			m->over = true;
			if (any(2) == 0)
				weir_ring_close(&ring);
			else
				weir_ring_cancel(&ring);
		}
	}
	ck_assert_uint_eq(weir_ring_count(&ring), m->in - m->out);
	ck_assert_uint_eq(weir_ring_refused(&ring), m->refused);
	ck_assert_uint_eq(weir_ring_lost(&ring), m->lost);
}

START_TEST(it_does_what_a_simple_queue_does)
{
	static const uint32_t sizes[] = { 1, 3, 8, 24 };
	static struct model m;

	for (uint32_t seed = 1; seed <= 64; seed++) {
		memset(&m, 0, sizeof m);
		chance = seed * 2654435761u;
		m.capacity = 1u << any(5);
		m.size = sizes[any(4)];
		memory = malloc((size_t)weir_ring_size(m.size, m.capacity));
		ck_assert_int_eq(weir_ring_init(&ring, memory, m.size, m.capacity), WEIR_OK);
		ring.head = ring.tail = (uint32_t)0 - any(400);
		for (int i = 0; i < 600; i++)
			one_step(&m);
		close_ring();
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ring");
	TCase *tc = tcase_create("ring");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, items_come_out_in_order, 0, STARTS);
	tcase_add_loop_test(tc, every_place_can_be_used, 0, STARTS);
	tcase_add_loop_test(tc, a_full_ring_takes_fewer_and_counts_the_others, 0, STARTS);
	tcase_add_loop_test(tc, all_or_nothing_puts_in_all_or_nothing, 0, STARTS);
	tcase_add_loop_test(tc, what_is_reserved_and_not_committed_changes_nothing, 0, STARTS);
	tcase_add_test(tc, what_is_committed_comes_out);
	tcase_add_test(tc, no_more_can_be_committed_than_there_was_room_for);
	tcase_add_test(tc, what_is_peeked_stays_until_released);
	tcase_add_loop_test(tc, what_is_inside_comes_before_the_end, 0, STARTS);
	tcase_add_loop_test(tc, a_cancelled_ring_refuses_and_gives_out_what_it_has, 0, STARTS);
	tcase_add_loop_test(tc, a_sleeping_consumer_is_woken_once, 0, STARTS);
	tcase_add_loop_test(tc, nobody_sleeps_over_an_item_or_the_end, 0, STARTS);
	tcase_add_loop_test(tc, losses_are_told_though_the_ring_is_never_empty, 0, STARTS);
	tcase_add_test(tc, a_capacity_is_a_power_of_two_within_bounds);
	tcase_add_test(tc, it_does_what_a_simple_queue_does);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
