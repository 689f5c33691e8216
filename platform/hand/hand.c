/* SPDX-License-Identifier: MIT */
/*
 * hand.c -- the clock moves by calls, and a wake-up is served inside the call that caused it.
 *
 * A wake-up from inside a step is left to the loop in weir_hand_drive, so no call nests in another.
 */
#include <weir/hand.h>

#define WALL_START_NS 946684800000000000 /* 2000-01-01T00:00:00Z */

static struct weir_hand *hand_of(struct weir_platform *p)
{
	return (struct weir_hand *)(void *)p;
}

static uint64_t now_ns(struct weir_platform *p)
{
	return hand_of(p)->now_ns;
}

static int64_t wall_ns(struct weir_platform *p)
{
	return hand_of(p)->wall_offset_ns + (int64_t)hand_of(p)->now_ns;
}

static bool owned(struct weir_platform *p)
{
	const struct weir_hand *h = hand_of(p);

	return h->thread == NULL || h->thread() == h->owner;
}

bool weir_hand_is_due(const struct weir_hand *h)
{
	return h->instance != NULL && h->deadline_ns <= h->now_ns;
}

uint32_t weir_hand_drive(struct weir_hand *h, uint32_t max_turns)
{
	uint32_t turns = 0;

	if (h->driving || !owned(&h->platform))
		return 0;
	h->driving = true;
	while (weir_hand_is_due(h) && turns < max_turns) {
		h->deadline_ns = WEIR_NEVER;
		turns += weir_step(h->instance, max_turns - turns);
	}
	h->driving = false;
	return turns;
}

static void wake_at(struct weir_platform *p, struct weir_instance *instance, uint64_t deadline_ns)
{
	struct weir_hand *h = hand_of(p);

	h->instance = instance;
	h->deadline_ns = deadline_ns;
	if (weir_hand_is_due(h))
		(void)weir_hand_drive(h, h->turns_at_once);
}

static void ended(struct weir_platform *p, struct weir_instance *instance)
{
	(void)instance;
	hand_of(p)->instance = NULL;
	hand_of(p)->deadline_ns = WEIR_NEVER;
}

static const struct weir_platform_type hand_type = {
	.abi = WEIR_PLATFORM_ABI,
	.name = "hand",
	.now_ns = now_ns,
	.wall_ns = wall_ns,
	.wake_at = wake_at,
	.ended = ended,
	.owned = owned,
};

void weir_hand_init(struct weir_hand *h)
{
	*h = (struct weir_hand){ .platform = { .type = &hand_type },
		.turns_at_once = UINT32_MAX,
		.wall_offset_ns = WALL_START_NS,
		.deadline_ns = WEIR_NEVER };
}

void weir_hand_own(struct weir_hand *h, weir_hand_thread_fn *thread)
{
	h->thread = thread;
	h->owner = thread != NULL ? thread() : 0;
}

void weir_hand_advance(struct weir_hand *h, uint64_t delta_ns)
{
	uint64_t until_ns = h->now_ns + delta_ns;

	(void)weir_hand_drive(h, UINT32_MAX);
	while (h->instance != NULL && h->deadline_ns <= until_ns && !h->driving) {
		if (h->deadline_ns > h->now_ns)
			h->now_ns = h->deadline_ns;
		(void)weir_hand_drive(h, UINT32_MAX);
	}
	if (!h->driving)
		h->now_ns = until_ns;
}

bool weir_hand_jump(struct weir_hand *h)
{
	if (h->driving || h->instance == NULL || h->deadline_ns == WEIR_NEVER)
		return false;
	if (h->deadline_ns > h->now_ns)
		h->now_ns = h->deadline_ns;
	(void)weir_hand_drive(h, UINT32_MAX);
	return true;
}
