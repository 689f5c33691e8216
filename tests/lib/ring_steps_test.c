/* SPDX-License-Identifier: MIT */
/*
 * ring_steps_test.c -- an interrupt at every instruction of what the loop does with a ring, on either side of
 * it.
 *
 * A model says what may come of it: each of the loop's calls looks at the ring at one moment and changes it
 * at another one, the interrupt's calls come whole, before, between or after. What the calls said, what came
 * out in which order and the counts must be as in one of these orders. Three rings made wrong show that the
 * test finds such faults.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/ring.h>

#include "support/steps.h"

#define CAPACITY 4u
#define MANY     (CAPACITY + 1) /* more than there ever are */
#define MOST     32u
#define START    (UINT32_MAX - 1) /* counters and memory wrap soon */

/* What can be seen of one run beside the items; compared byte by byte. */
struct outcome {
	int32_t said[2];   /* by the loop's calls */
	int32_t answer[2]; /* by the interrupt's */
	uint32_t put_in, inside, refused;
};

/* A ring with one count for both sides, as it is often written: each reads, changes and writes it. */
struct counted {
	uint64_t items[CAPACITY];
	uint32_t first, next;
	volatile uint32_t count;
};

/* Everything that a run changes. */
static struct {
	struct weir_ring ring;
	uint64_t memory[CAPACITY];
	struct counted counted;
	struct outcome seen;
	uint64_t got[MOST];
	uint32_t n_got, reserved, peeked;
	bool sleeps;
	int wakes;
} w;

/* ---- the calls ---- */

static int32_t (*push_in)(const void *items, uint32_t n);
static int32_t (*pop_out)(void *to, uint32_t n);

static int32_t ring_push(const void *items, uint32_t n)
{
	return weir_ring_push(&w.ring, items, n);
}

static int32_t ring_pop(void *to, uint32_t n)
{
	return weir_ring_pop(&w.ring, to, n);
}

/* Items are numbered from 1, in the order in which they were taken in. */
static void number(uint64_t *items, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		items[i] = w.seen.put_in + i + 1;
}

static int32_t push(uint32_t n)
{
	uint64_t items[8];
	int32_t k;

	number(items, n);
	k = push_in(items, n);
	w.seen.put_in += k > 0 ? (uint32_t)k : 0;
	return k;
}

static int32_t push_all(uint32_t n)
{
	uint64_t items[8];
	int32_t k;

	number(items, n);
	k = weir_ring_push_all(&w.ring, items, n);
	w.seen.put_in += k > 0 ? (uint32_t)k : 0;
	return k;
}

static int32_t reserve(uint32_t n)
{
	void *at;
	int32_t k = weir_ring_reserve(&w.ring, &at, n);

	w.reserved = k > 0 ? (uint32_t)k : 0;
	if (k > 0)
		number(at, (uint32_t)k);
	return k;
}

/* All that was reserved; or so many. */
static int32_t commit(uint32_t n)
{
	uint32_t k = n > 0 ? n : w.reserved;
	int rc = weir_ring_commit(&w.ring, k);

	w.seen.put_in += rc == WEIR_OK ? k : 0;
	return rc;
}

static int32_t pop(uint32_t n)
{
	int32_t k = pop_out(&w.got[w.n_got], n);

	w.n_got += k > 0 ? (uint32_t)k : 0;
	return k;
}

static int32_t peek(uint32_t n)
{
	void *at;
	int32_t k = weir_ring_peek(&w.ring, &at, n);

	w.peeked = k > 0 ? (uint32_t)k : 0;
	for (uint32_t i = 0; i < w.peeked; i++)
		w.got[w.n_got++] = ((uint64_t *)at)[i];
	return k;
}

static int32_t release(uint32_t n)
{
	return weir_ring_release(&w.ring, n > 0 ? n : w.peeked);
}

static int32_t close_it(uint32_t n)
{
	(void)n;
	weir_ring_close(&w.ring);
	return 0;
}

static int32_t cancel_it(uint32_t n)
{
	(void)n;
	weir_ring_cancel(&w.ring);
	return 0;
}

enum kind { NOTHING, PUSH, PUSH_ALL, RESERVE, COMMIT, CLOSE, POP, PEEK, RELEASE, CANCEL };

static int32_t (*const calls[])(
	uint32_t n) = { NULL, push, push_all, reserve, commit, close_it, pop, peek, release, cancel_it };

struct act {
	enum kind kind;
	uint32_t n;
};

/* At most two in a row. */
static const struct act producer_acts[][2] = { { { PUSH, 1 } }, { { PUSH, 3 } }, { { PUSH_ALL, 2 } },
	{ { RESERVE, 2 }, { COMMIT, 0 } }, { { PUSH_ALL, MANY } }, { { COMMIT, MANY } },
	{ { PUSH, 1 }, { CLOSE, 0 } }, { { PUSH, 2 }, { PUSH, 1 } }, { { NOTHING, 0 } } };
static const struct act consumer_acts[][2] = { { { POP, 1 } }, { { POP, 3 } }, { { POP, 8 } },
	{ { PEEK, 2 }, { RELEASE, 0 } }, { { RELEASE, MANY } }, { { POP, 1 }, { CANCEL, 0 } },
	{ { POP, 2 }, { POP, 2 } }, { { NOTHING, 0 } } };

static const struct act *loop_acts, *interrupt_acts;

static void interrupt(void *world)
{
	(void)world;
	for (int i = 0; i < 2 && interrupt_acts[i].kind != NOTHING; i++)
		w.seen.answer[i] = calls[interrupt_acts[i].kind](interrupt_acts[i].n);
}

static void loop(void *world)
{
	(void)world;
	for (int i = 0; i < 2 && loop_acts[i].kind != NOTHING; i++)
		w.seen.said[i] = calls[loop_acts[i].kind](loop_acts[i].n);
}

/* ---- the model ---- */

struct model {
	uint32_t in, out, refused, reserved, peeked;
	bool closed, cancelled;
};

/* What a side finds when it looks, and is going to do: the call's answer. */
static int32_t look(struct model *m, struct act a)
{
	uint32_t inside = m->in - m->out, room = CAPACITY - inside;
	uint32_t in_piece = CAPACITY - ((START + (a.kind == PEEK ? m->out : m->in)) % CAPACITY);
	bool over = m->closed || m->cancelled;
	uint32_t k = a.n < room ? a.n : room;

	switch (a.kind) {
	case PUSH:
	case PUSH_ALL:
		if (over)
			return WEIR_ENDED;
		if (a.n == MANY)
			return WEIR_EINVAL;
		if (a.kind == PUSH_ALL && k < a.n)
			k = 0;
		m->refused += a.n - k;
		return a.kind == PUSH_ALL && k == 0 ? WEIR_EFULL : (int32_t)k;
	case RESERVE:
		m->reserved = over ? 0 : k < in_piece ? k : in_piece;
		return over ? WEIR_ENDED : (int32_t)m->reserved;
	case POP:
	case PEEK:
		k = a.n < inside ? a.n : inside;
		m->peeked = a.kind == PEEK && k > in_piece ? in_piece : k;
		return inside == 0 && over ? WEIR_ENDED : (int32_t)m->peeked;
	default:
		return a.n == MANY ? WEIR_EINVAL : 0;
	}
}

static void change(struct model *m, struct act a, int32_t k)
{
	if ((a.kind == PUSH || a.kind == PUSH_ALL) && k > 0)
		m->in += (uint32_t)k;
	else if (a.kind == COMMIT && k == 0)
		m->in += m->reserved;
	else if (a.kind == POP && k > 0)
		m->out += (uint32_t)k;
	else if (a.kind == RELEASE && k == 0)
		m->out += m->peeked;
	m->closed = m->closed || a.kind == CLOSE;
	m->cancelled = m->cancelled || a.kind == CANCEL;
}

/* How a run begins: so many items inside, closed by one side or not. */
struct state {
	uint32_t fill;
	bool closed, cancelled;
};

/* The outcome of one order: six moments, of which those whose bits are set are the interrupt's two calls. */
static struct outcome in_order(struct state s, unsigned order)
{
	struct model m = { .in = s.fill, .closed = s.closed, .cancelled = s.cancelled };
	struct outcome o = { { 0 }, { 0 }, 0, 0, 0 };
	int of_loop = 0, of_interrupt = 0;

	for (int i = 0; i < 6; i++) {
		if ((order >> i & 1) != 0) {
			o.answer[of_interrupt] = look(&m, interrupt_acts[of_interrupt]);
			change(&m, interrupt_acts[of_interrupt], o.answer[of_interrupt]);
			of_interrupt++;
		} else {
			if (of_loop % 2 == 0)
				o.said[of_loop / 2] = look(&m, loop_acts[of_loop / 2]);
			else
				change(&m, loop_acts[of_loop / 2], o.said[of_loop / 2]);
			of_loop++;
		}
	}
	o.put_in = m.in;
	o.inside = m.in - m.out;
	o.refused = m.refused;
	return o;
}

/* ---- one run ---- */

static void (*reset)(void);
static struct outcome allowed[15];
static uint32_t n_allowed, bad, runs;

static void ring_reset(void)
{
	(void)weir_ring_init(&w.ring, w.memory, sizeof(uint64_t), CAPACITY);
	w.ring.head = w.ring.tail = START;
}

/* The consumer is asleep: that it wakes up is part of what it does. */
static void begin(struct state s)
{
	memset(&w, 0, sizeof w);
	reset();
	(void)push(s.fill);
	w.ring.sleeps = 1;
	w.ring.closed = s.closed;
	w.ring.cancelled = s.cancelled;
}

static uint32_t (*inside_now)(void);

static uint32_t ring_inside(void)
{
	return weir_ring_count(&w.ring);
}

/* Take the rest out; whether everything came out once and in order. */
static bool end(void)
{
	w.seen.inside = inside_now();
	w.seen.refused = weir_ring_refused(&w.ring);
	while (w.n_got < MOST && pop(1) > 0)
		;
	for (uint32_t i = 0; i < w.n_got; i++)
		if (w.got[i] != i + 1)
			return false;
	return w.n_got == w.seen.put_in;
}

static void judge(void *world)
{
	bool ordered = end(), found = false;

	(void)world;
	for (uint32_t k = 0; k < n_allowed; k++)
		found = found || memcmp(&w.seen, &allowed[k], sizeof w.seen) == 0;
	bad += !ordered || !found;
}

/* Interrupt at every instruction; count the runs that the model does not explain. */
static void interrupt_each(struct state state)
{
	const struct steps s = { loop, interrupt, judge, &w, sizeof w, 0 };

	n_allowed = 0;
	for (unsigned a = 0; a < 6; a++)
		for (unsigned b = a + 1; b < 6; b++)
			allowed[n_allowed++] = in_order(state, 1u << a | 1u << b);
	begin(state);
	runs += steps_each(&s);
}

static uint32_t all_bad_runs(
	const struct act (*loops)[2], const struct act (*interrupts)[2], const char *what)
{
	static const struct state states[] = { { .fill = 0 }, { .fill = 1 }, { .fill = 2 }, { .fill = 3 },
		{ .fill = 4 }, { .closed = true }, { .fill = 1, .cancelled = true } };
	bool whole = push_in == ring_push && pop_out == ring_pop;
	size_t n = whole ? sizeof states / sizeof states[0] : CAPACITY + 1;

	bad = runs = 0;
	steps_forget();
	for (size_t i = 0; i < n; i++)
		for (loop_acts = loops[0]; loop_acts->kind != NOTHING; loop_acts += 2)
			for (interrupt_acts = interrupts[0]; interrupt_acts->kind != NOTHING;
				interrupt_acts += 2)
				interrupt_each(states[i]);
	printf("%s: %u runs, interrupted before %u different instructions, %u bad\n", what, runs,
		steps_addresses(), bad);
	ck_assert_uint_gt(runs, 1000);
	return bad;
}

static void take_ring(void)
{
	reset = ring_reset;
	push_in = ring_push;
	pop_out = ring_pop;
	inside_now = ring_inside;
}

START_TEST(an_interrupt_may_push_at_any_instruction)
{
	take_ring();
	ck_assert_uint_eq(all_bad_runs(consumer_acts, producer_acts, "interrupt pushes"), 0);
}
END_TEST

START_TEST(an_interrupt_may_pop_at_any_instruction)
{
	take_ring();
	ck_assert_uint_eq(all_bad_runs(producer_acts, consumer_acts, "interrupt pops"), 0);
}
END_TEST

/* With two interrupts: nothing lost, nothing twice, all in order. */
static void judge_items(void *world)
{
	(void)world;
	bad += !end();
}

START_TEST(two_interrupts_may_come_at_any_two_instructions)
{
	static const struct act push_3[2] = { { PUSH, 3 } }, pop_3[2] = { { POP, 3 } },
				push_1[2] = { { PUSH, 1 } }, pop_1[2] = { { POP, 1 } };
	struct steps s = { loop, interrupt, judge_items, &w, sizeof w, 0 };
	uint32_t more = 1;

	take_ring();
	loop_acts = _i == 0 ? pop_3 : push_3;
	interrupt_acts = _i == 0 ? push_1 : pop_1;
	bad = runs = 0;
	for (s.first = 1; more > 0; s.first++) {
		begin((struct state){ .fill = 3 });
		more = steps_each(&s);
		runs += more;
	}
	printf("two interrupts %s: %u runs, %u bad\n", _i == 0 ? "push" : "pop", runs, bad);
	ck_assert_uint_gt(runs, 1000);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

/* ---- sleep ---- */

static void look_and_sleep(void *world)
{
	(void)world;
	(void)pop(1);
	w.sleeps = weir_ring_sleep(&w.ring);
}

static void push_and_wake(void *world)
{
	(void)world;
	(void)push(1);
	w.wakes += weir_ring_wake(&w.ring);
}

static void judge_sleep(void *world)
{
	(void)world;
	bad += w.sleeps && weir_ring_count(&w.ring) > 0 && w.wakes == 0; /* slept over an item */
	bad += w.wakes > 1;
}

START_TEST(no_wake_up_is_lost_at_any_instruction)
{
	struct steps s = { look_and_sleep, push_and_wake, judge_sleep, &w, sizeof w, 0 };
	uint32_t more = 1;

	take_ring();
	bad = runs = 0;
	for (; more > 0; s.first++) {
		begin((struct state){ .fill = 0 });
		w.ring.sleeps = 0;
		more = steps_each(&s);
		runs += more;
	}
	ck_assert_uint_gt(runs, 500);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

/* ---- rings made wrong ---- */

static void counted_reset(void)
{
	(void)weir_ring_init(&w.ring, w.memory, sizeof(uint64_t), CAPACITY);
}

static int32_t counted_push(const void *items, uint32_t n)
{
	uint32_t count = w.counted.count, k = n < CAPACITY - count ? n : CAPACITY - count;

	for (uint32_t i = 0; i < k; i++)
		w.counted.items[w.counted.next++ % CAPACITY] = ((const uint64_t *)items)[i];
	w.counted.count = count + k;
	w.ring.refused += n - k;
	return (int32_t)k;
}

static int32_t counted_pop(void *to, uint32_t n)
{
	uint32_t count = w.counted.count, k = n < count ? n : count;

	for (uint32_t i = 0; i < k; i++)
		((uint64_t *)to)[i] = w.counted.items[w.counted.first++ % CAPACITY];
	w.counted.count = count - k;
	return (int32_t)k;
}

static uint32_t counted_inside(void)
{
	return w.counted.count;
}

static const struct act simple_pushes[][2] = { { { PUSH, 1 } }, { { PUSH, 3 } }, { { NOTHING, 0 } } },
			simple_pops[][2] = { { { POP, 1 } }, { { POP, 3 } }, { { NOTHING, 0 } } };

START_TEST(a_ring_that_shares_its_count_is_found_out)
{
	reset = counted_reset;
	push_in = counted_push;
	pop_out = counted_pop;
	inside_now = counted_inside;
	ck_assert_uint_gt(all_bad_runs(simple_pops, simple_pushes, "shared count, interrupt pushes"), 0);
	ck_assert_uint_gt(all_bad_runs(simple_pushes, simple_pops, "shared count, interrupt pops"), 0);
}
END_TEST

/* Says that the items are there before they are. */
static int32_t hasty_push(const void *items, uint32_t n)
{
	uint32_t room = CAPACITY - (w.ring.head - w.ring.tail), k = n < room ? n : room, at = w.ring.head;

	*(volatile uint32_t *)&w.ring.head = at + k;
	for (uint32_t i = 0; i < k; i++)
		((volatile uint64_t *)w.memory)[(at + i) % CAPACITY] = ((const uint64_t *)items)[i];
	w.ring.refused += n - k;
	return (int32_t)k;
}

START_TEST(a_ring_that_publishes_too_early_is_found_out)
{
	take_ring();
	push_in = hasty_push;
	ck_assert_uint_gt(all_bad_runs(simple_pushes, simple_pops, "published early, interrupt pops"), 0);
}
END_TEST

/* Frees the places before it has read them. */
static int32_t hasty_pop(void *to, uint32_t n)
{
	uint32_t inside = w.ring.head - w.ring.tail, k = n < inside ? n : inside, at = w.ring.tail;

	*(volatile uint32_t *)&w.ring.tail = at + k;
	for (uint32_t i = 0; i < k; i++)
		((uint64_t *)to)[i] = ((volatile uint64_t *)w.memory)[(at + i) % CAPACITY];
	return (int32_t)k;
}

START_TEST(a_ring_that_frees_too_early_is_found_out)
{
	take_ring();
	pop_out = hasty_pop;
	ck_assert_uint_gt(all_bad_runs(simple_pops, simple_pushes, "freed early, interrupt pushes"), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("ring_steps");
	TCase *tc = tcase_create("ring_steps");
	SRunner *sr = srunner_create(suite);
	int failed;

	if (!steps_possible()) {
		printf("no trap flag here: the ring was not interrupted\n");
		return 77;
	}
	suite_add_tcase(suite, tc);
	tcase_add_test(tc, an_interrupt_may_push_at_any_instruction);
	tcase_add_test(tc, an_interrupt_may_pop_at_any_instruction);
	tcase_add_loop_test(tc, two_interrupts_may_come_at_any_two_instructions, 0, 2);
	tcase_add_test(tc, no_wake_up_is_lost_at_any_instruction);
	tcase_add_test(tc, a_ring_that_shares_its_count_is_found_out);
	tcase_add_test(tc, a_ring_that_publishes_too_early_is_found_out);
	tcase_add_test(tc, a_ring_that_frees_too_early_is_found_out);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
