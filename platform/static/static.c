/* SPDX-License-Identifier: MIT */
/*
 * static.c -- the loop of boards: deadlines in the caller's slots, ticks extended to 64 bits of nanoseconds, and sleep
 * without a lost wake-up.
 *
 * Sleeping: interrupts are kept out, then the loop looks whether it was woken, and sleeps only if not. An interrupt
 * that comes in between waits, and so ends the sleep; it is served when they are let in again. `woken` is written by
 * both sides, but never computed from what was there: interrupts store 1, the loop stores 0 and looks afterwards.
 */
#include <weir/static.h>

#define NS_PER_S   UINT64_C(1000000000)
#define FARTHEST   (UINT32_C(1) << 30) /* ticks of one sleep */
#define TICKS_BACK (UINT32_C(1) << 31) /* a difference from here on is a step back */

static struct weir_static *loop_of(struct weir_platform *p)
{
	return (struct weir_static *)(void *)p;
}

/* ---- the clock ---- */

/* Only the loop looks at the clock, so nothing here is shared. */
uint64_t weir_static_now_ns(struct weir_static *loop)
{
	uint32_t ticks = loop->board->ticks(), went = ticks - loop->seen_ticks;
	uint64_t parts;

	if (went >= TICKS_BACK) {
		if (loop->board->panic != NULL)
			loop->board->panic("the tick counter stepped back");
		return loop->now_ns;
	}
	if (loop->tick_ns > 0) { /* as it mostly is, and a division of 64 bits is dear */
		loop->now_ns += (uint64_t)went * loop->tick_ns;
	} else if (went > 0) {
		parts = loop->rest + went * NS_PER_S; /* less than 2^61 */
		loop->now_ns += parts / loop->board->tick_hz;
		loop->rest = (uint32_t)(parts % loop->board->tick_hz);
	}
	loop->seen_ticks = ticks;
	return loop->now_ns;
}

/* The first tick at which the clock shows deadline_ns or more, or the farthest that can be slept to. */
static uint32_t tick_of(const struct weir_static *loop, uint64_t deadline_ns)
{
	uint64_t wait_ns = deadline_ns - loop->now_ns;

	if (deadline_ns <= loop->now_ns)
		return loop->seen_ticks;
	if (wait_ns >= loop->longest_ns)
		return loop->seen_ticks + FARTHEST;
	return loop->seen_ticks +
	       (uint32_t)((wait_ns * loop->board->tick_hz - loop->rest + NS_PER_S - 1) / NS_PER_S);
}

static uint64_t now_ns(struct weir_platform *p)
{
	return weir_static_now_ns(loop_of(p));
}

static int64_t wall_ns(struct weir_platform *p)
{
	return loop_of(p)->wall_offset_ns + (int64_t)now_ns(p);
}

static bool owned(struct weir_platform *p)
{
	const struct weir_static_board *board = loop_of(p)->board;

	return board->in_interrupt == NULL || !board->in_interrupt();
}

/* ---- slots ---- */

/* The slot of an instance, or with NULL a free one; NULL: there is none. */
static struct weir_static_slot *find(struct weir_static *loop, const struct weir_instance *instance)
{
	for (uint16_t i = 0; i < loop->n_slots; i++) {
		if (loop->slots[i].instance == instance)
			return &loop->slots[i];
	}
	return NULL;
}

static void wake_at(struct weir_platform *p, struct weir_instance *instance, uint64_t deadline_ns)
{
	struct weir_static *loop = loop_of(p);
	struct weir_static_slot *slot = find(loop, instance);

	if (slot == NULL && deadline_ns != WEIR_NEVER) {
		slot = find(loop, NULL);
		if (slot == NULL)
			loop->error = WEIR_ENOMEM;
	}
	if (slot != NULL)
		*slot = (struct weir_static_slot){ .instance = instance, .deadline_ns = deadline_ns };
}

static void ended(struct weir_platform *p, struct weir_instance *instance)
{
	struct weir_static_slot *slot = find(loop_of(p), instance);

	if (slot != NULL)
		slot->instance = NULL;
}

static const struct weir_platform_type static_type = {
	.abi = WEIR_PLATFORM_ABI,
	.name = "static",
	.now_ns = now_ns,
	.wall_ns = wall_ns,
	.wake_at = wake_at,
	.ended = ended,
	.owned = owned,
};

int weir_static_init(struct weir_static *loop, const struct weir_static_board *board,
	struct weir_static_slot *slots, uint16_t n_slots)
{
	if (board->abi != WEIR_STATIC_ABI)
		return WEIR_EABI;
	if (board->tick_hz == 0 || board->tick_hz > NS_PER_S || n_slots == 0)
		return WEIR_EINVAL;
	*loop = (struct weir_static){ .platform = { .type = &static_type },
		.turns_at_once = WEIR_STATIC_TURNS,
		.board = board,
		.slots = slots,
		.longest_ns = FARTHEST * NS_PER_S / board->tick_hz,
		.seen_ticks = board->ticks(),
		.tick_ns = NS_PER_S % board->tick_hz == 0 ? (uint32_t)(NS_PER_S / board->tick_hz) : 0,
		.n_slots = n_slots };
	for (uint16_t i = 0; i < n_slots; i++)
		slots[i] = (struct weir_static_slot){ .instance = NULL };
	return WEIR_OK;
}

struct weir_platform *weir_static_platform(struct weir_static *loop)
{
	return &loop->platform;
}

/* ---- waking ---- */

void weir_static_wake(struct weir_static *loop)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	*(volatile uint32_t *)&loop->woken = 1;
}

static bool is_woken(const struct weir_static *loop)
{
	return *(const volatile uint32_t *)&loop->woken != 0;
}

/* Answer wake-ups: every instance looks at its channels, and runs for that. */
static void answer(struct weir_static *loop)
{
	*(volatile uint32_t *)&loop->woken = 0;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	for (uint16_t i = 0; i < loop->n_slots; i++) {
		if (loop->slots[i].instance != NULL) {
			weir_wake_feeds(loop->slots[i].instance);
			loop->slots[i].deadline_ns = 0;
		}
	}
}

/* ---- the loop ---- */

bool weir_static_busy(const struct weir_static *loop)
{
	for (uint16_t i = 0; i < loop->n_slots; i++) {
		if (loop->slots[i].instance != NULL)
			return true;
	}
	return false;
}

uint64_t weir_static_deadline(const struct weir_static *loop)
{
	uint64_t next = is_woken(loop) && weir_static_busy(loop) ? 0 : WEIR_NEVER;

	for (uint16_t i = 0; i < loop->n_slots; i++) {
		if (loop->slots[i].instance != NULL && loop->slots[i].deadline_ns < next)
			next = loop->slots[i].deadline_ns;
	}
	return next;
}

bool weir_static_turn(struct weir_static *loop)
{
	if (is_woken(loop))
		answer(loop);
	for (uint16_t i = 0; i < loop->n_slots; i++) {
		struct weir_static_slot *slot = &loop->slots[i];

		if (slot->instance == NULL || slot->deadline_ns > weir_static_now_ns(loop))
			continue;
		slot->deadline_ns = WEIR_NEVER; /* the step says when to come again */
		(void)weir_step(slot->instance, loop->turns_at_once);
	}
	return weir_static_deadline(loop) <= weir_static_now_ns(loop);
}

void weir_static_sleep(struct weir_static *loop)
{
	uint64_t deadline_ns = weir_static_deadline(loop);
	uint32_t tick, before;

	if (deadline_ns <= weir_static_now_ns(loop))
		return;
	tick = tick_of(loop, deadline_ns);
	before = loop->board->enter();
	if (!is_woken(loop))
		loop->board->sleep_until(tick);
	loop->board->leave(before);
}

int weir_static_run(struct weir_static *loop)
{
	if (loop->running || !owned(&loop->platform))
		return WEIR_EBUSY;
	loop->running = true;
	while (loop->error == WEIR_OK && weir_static_busy(loop)) {
		if (!weir_static_turn(loop) && weir_static_busy(loop))
			weir_static_sleep(loop);
	}
	loop->running = false;
	return loop->error;
}
