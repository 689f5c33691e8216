/* SPDX-License-Identifier: MIT */
/*
 * steps.h -- an interrupt at every instruction of a call: the processor's trap flag stops it before each one.
 *
 *	static struct world { struct weir_ring ring; ... } world;
 *	const struct steps s = { pop_one, push_two, check, &world, sizeof world };
 *	set_up(&world);
 *	steps_each(&s);
 *
 * Before each instruction of `operation` everything is remembered: the world, the stack, the registers. The
 * interrupt runs to its end, the rest of the operation goes on at full speed, `check` judges what became of
 * the world. Then all is as it was before that instruction, it is executed, and the next one has its turn. So
 * what the operation and the interrupt change must lie in the world. x86-64 Linux; elsewhere steps_possible
 * is false.
 */
#ifndef WEIR_TEST_STEPS_H
#define WEIR_TEST_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef void steps_fn(void *world);

struct steps {
	steps_fn *operation, *interrupt, *check;
	void *world;
	size_t world_bytes;
	/* An interrupt before this instruction, from 1, and a second before each later one; 0: one before each. */
	uint32_t first;
};

bool steps_possible(void);

/*
 * One run of the operation, with one interrupt before instruction `at`, from 1; nothing is put back. False: it was over
 * by then. Each call is one that a program could make, which matters to who counts what runs; `check` is not called.
 */
bool steps_once(const struct steps *s, uint32_t at);

/* Returns how often there was an interrupt (a second one, where there is a first) and a check. */
uint32_t steps_each(const struct steps *s);

/* Different instructions, by address, before which an interrupt came since steps_forget. */
uint32_t steps_addresses(void);
void steps_forget(void);

#endif
