/* SPDX-License-Identifier: MIT */
/* oneshot_test.c -- one value or an error, in every order of send, close, take, cancel and sleep. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/oneshot.h>

static struct weir_oneshot one;
static uint64_t place;

static void open_one(void)
{
	place = 0xa5a5a5a5a5a5a5a5u;
	ck_assert_int_eq(weir_oneshot_init(&one, &place, sizeof place), WEIR_OK);
}

static void expect(int want, uint64_t value)
{
	uint64_t v = 0;

	ck_assert_int_eq(weir_oneshot_take(&one, &v), want);
	ck_assert_uint_eq(v, value);
}

START_TEST(a_value_sent_before_it_is_waited_for)
{
	uint64_t v = 7;

	open_one();
	ck_assert_int_eq(weir_oneshot_send(&one, &v), WEIR_OK);
	ck_assert(!weir_oneshot_sleep(&one));
	expect(1, 7);
	expect(WEIR_ENDED, 0);
}
END_TEST

START_TEST(a_value_sent_after_it_is_waited_for)
{
	uint64_t v = 7;

	open_one();
	expect(0, 0);
	ck_assert(weir_oneshot_sleep(&one));
	ck_assert_int_eq(weir_oneshot_send(&one, &v), WEIR_ONESHOT_WAKE);
	expect(1, 7);
	expect(WEIR_ENDED, 0);
}
END_TEST

START_TEST(closed_without_a_value_is_an_error)
{
	uint64_t v = 7;

	open_one();
	ck_assert(weir_oneshot_sleep(&one));
	ck_assert_int_eq(weir_oneshot_close(&one), WEIR_ONESHOT_WAKE);
	ck_assert_int_eq(weir_oneshot_close(&one), WEIR_OK);
	expect(WEIR_ECANCELLED, 0);
	expect(WEIR_ECANCELLED, 0);
	ck_assert_int_eq(weir_oneshot_send(&one, &v), WEIR_ENDED);
}
END_TEST

START_TEST(a_second_send_is_refused_and_changes_nothing)
{
	uint64_t v = 7, w = 8;

	open_one();
	ck_assert_int_eq(weir_oneshot_send(&one, &v), WEIR_OK);
	ck_assert_int_eq(weir_oneshot_send(&one, &w), WEIR_ENDED);
	ck_assert_int_eq(weir_oneshot_close(&one), WEIR_OK);
	expect(1, 7);
	ck_assert_int_eq(weir_oneshot_send(&one, &w), WEIR_ENDED);
	expect(WEIR_ENDED, 0);
}
END_TEST

START_TEST(a_value_nobody_wants_stays_with_its_sender)
{
	uint64_t v = 7;

	open_one();
	weir_oneshot_cancel(&one);
	weir_oneshot_cancel(&one);
	ck_assert_int_eq(weir_oneshot_send(&one, &v), WEIR_ENDED);
	expect(WEIR_ENDED, 0);
}
END_TEST

START_TEST(a_value_has_bytes)
{
	ck_assert_int_eq(weir_oneshot_init(&one, &place, 0), WEIR_EINVAL);
}
END_TEST

/* ---- every order ---- */

enum { SEND, CLOSE, TAKE, CANCEL, SLEEP, ACTS };

/* What is known of it, said once more. */
struct model {
	bool sent, closed, taken, cancelled, asleep, woken;
};

static int wake(struct model *m)
{
	bool first = m->asleep && !m->woken;

	m->woken = m->woken || m->asleep;
	return first ? WEIR_ONESHOT_WAKE : WEIR_OK;
}

static int want_of_send(struct model *m)
{
	if (m->sent || m->closed || m->cancelled)
		return WEIR_ENDED;
	m->sent = true;
	return wake(m);
}

static int want_of_close(struct model *m)
{
	if (m->sent || m->closed)
		return WEIR_OK;
	m->closed = true;
	return wake(m);
}

static int want_of_take(struct model *m)
{
	m->asleep = m->woken = false;
	if (m->taken)
		return WEIR_ENDED;
	if (m->sent) {
		m->taken = true;
		return 1;
	}
	return m->cancelled ? WEIR_ENDED : m->closed ? WEIR_ECANCELLED : 0;
}

static bool want_of_sleep(struct model *m)
{
	bool may = !m->sent && !m->closed && !m->cancelled;

	m->woken = may && m->asleep && m->woken;
	m->asleep = may;
	return may;
}

static void act(struct model *m, unsigned what)
{
	uint64_t v = 7;

	switch (what) {
	case SEND:
		ck_assert_int_eq(weir_oneshot_send(&one, &v), want_of_send(m));
		break;
	case CLOSE:
		ck_assert_int_eq(weir_oneshot_close(&one), want_of_close(m));
		break;
	case TAKE:
		v = 0;
		ck_assert_int_eq(weir_oneshot_take(&one, &v), want_of_take(m));
		ck_assert_uint_eq(v, m->taken && v != 0 ? 7 : 0);
		break;
	case CANCEL:
		weir_oneshot_cancel(&one);
		m->cancelled = true;
		break;
	default:
		ck_assert_int_eq(weir_oneshot_sleep(&one), want_of_sleep(m));
	}
}

START_TEST(every_order_of_six_acts)
{
	for (unsigned order = 0; order < 15625; order++) { /* 5 to the power of 6 */
		struct model m = { 0 };
		unsigned rest = order;

		open_one();
		for (int i = 0; i < 6; i++, rest /= ACTS)
			act(&m, rest % ACTS);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("oneshot");
	TCase *tc = tcase_create("oneshot");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, a_value_sent_before_it_is_waited_for);
	tcase_add_test(tc, a_value_sent_after_it_is_waited_for);
	tcase_add_test(tc, closed_without_a_value_is_an_error);
	tcase_add_test(tc, a_second_send_is_refused_and_changes_nothing);
	tcase_add_test(tc, a_value_nobody_wants_stays_with_its_sender);
	tcase_add_test(tc, a_value_has_bytes);
	tcase_add_test(tc, every_order_of_six_acts);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
