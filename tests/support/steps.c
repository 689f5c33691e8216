/* SPDX-License-Identifier: MIT */
/* steps.c -- see steps.h. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* the names of registers in a signal's context */
#endif

#include "steps.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_ADDRESSES 8192u

static uintptr_t addresses[MOST_ADDRESSES]; /* a hash table; 0: free */
static uint32_t n_addresses;

uint32_t steps_addresses(void)
{
	return n_addresses;
}

void steps_forget(void)
{
	memset(addresses, 0, sizeof addresses);
	n_addresses = 0;
}

#if defined(__x86_64__) && defined(__linux__)

#include <ucontext.h>

#define TRAP_FLAG   0x100
#define RED_ZONE    128 /* bytes below the stack pointer that may be in use */
#define MOST_BYTES  16384u
#define STACK_BYTES 65536u

bool steps_possible(void)
{
	return true;
}

static void note(uintptr_t address)
{
	uintptr_t i = address;

	while (addresses[i % MOST_ADDRESSES] != 0 && addresses[i % MOST_ADDRESSES] != address)
		i++;
	n_addresses += addresses[i % MOST_ADDRESSES] == 0;
	addresses[i % MOST_ADDRESSES] = address;
}

/* What a trap is for. */
enum mode {
	STEP,   /* the next instruction's turn */
	COUNT,  /* the same, but only one is interrupted */
	FINISH, /* the rest, without traps */
	REWIND, /* back to before that instruction */
};

/* All that an instruction can depend on. */
struct moment {
	gregset_t registers;
	unsigned char vectors[MOST_BYTES]; /* as the kernel saves them */
	unsigned char stack[MOST_BYTES];
	unsigned char world[MOST_BYTES];
};

/* Not on the stack: that is rewound. */
static struct {
	struct steps s;
	volatile bool inside;
	volatile enum mode mode;
	unsigned char *top; /* of the stack that belongs to the operation */
	uint32_t step, runs;
} now;
static struct moment before;

/* Not memcpy: sanitizers look at what that touches, and a stack has places that are not to be touched. */
static void copy(void *to, const void *from, size_t n)
{
	if (n > MOST_BYTES) {
		(void)fprintf(stderr, "steps: %zu bytes are too many\n", n);
		abort();
	}
	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
}

/* Bytes of the vector registers in a signal's frame; where the kernel says how many (its layout, fixed). */
static size_t vector_bytes(const ucontext_t *c)
{
	const unsigned char *frame = (const unsigned char *)c->uc_mcontext.fpregs;
	uint32_t magic, bytes;

	memcpy(&magic, frame + 464, sizeof magic);
	memcpy(&bytes, frame + 480, sizeof bytes);
	return magic == 0x46505853u ? bytes : 512;
}

static void remember(const ucontext_t *c)
{
	unsigned char *from = (unsigned char *)c->uc_mcontext.gregs[REG_RSP] - RED_ZONE;

	copy(before.registers, c->uc_mcontext.gregs, sizeof before.registers);
	copy(before.vectors, c->uc_mcontext.fpregs, vector_bytes(c));
	copy(before.stack, from, (size_t)(now.top - from));
	copy(before.world, now.s.world, now.s.world_bytes);
}

static void rewind_all(ucontext_t *c)
{
	unsigned char *to = (unsigned char *)before.registers[REG_RSP] - RED_ZONE;

	copy(c->uc_mcontext.gregs, before.registers, sizeof before.registers);
	copy(c->uc_mcontext.fpregs, before.vectors, vector_bytes(c));
	copy(to, before.stack, (size_t)(now.top - to));
	copy(now.s.world, before.world, now.s.world_bytes);
}

static void on_trap(int signal, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)signal;
	(void)info;
	if (now.mode == REWIND) {
		now.mode = STEP;
		now.inside = true;
		rewind_all(c);
		return;
	}
	if (!now.inside)
		return;
	now.step++;
	if (now.step == now.s.first)
		now.s.interrupt(now.s.world);
	if (now.step <= now.s.first)
		return;
	if (now.mode == STEP) {
		remember(c);
		note((uintptr_t)c->uc_mcontext.gregs[REG_RIP]);
		now.s.interrupt(now.s.world);
	}
	now.mode = FINISH;
	c->uc_mcontext.gregs[REG_EFL] &= ~TRAP_FLAG;
}

#define CHANGE_FLAGS(change)                                           \
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\t" change \
			 "\n\tpopfq\n\tlea 128(%%rsp), %%rsp" ::       \
				 : "memory", "cc")

__attribute__((noinline)) static void run(enum mode mode)
{
	now.top = __builtin_frame_address(0);
	now.mode = mode;
	CHANGE_FLAGS("orq $0x100, (%%rsp)");
	now.inside = true;
	now.s.operation(now.s.world);
	now.inside = false; /* each way of going on comes by here */
	CHANGE_FLAGS("andq $~0x100, (%%rsp)");
	if (now.mode == STEP || mode == COUNT)
		return;
	now.runs++;
	now.s.check(now.s.world);
	now.mode = REWIND;
	__asm__ volatile("int3" ::: "memory");
	abort(); /* the rewound operation returns above */
}

static void run_on_traps(const struct steps *s, enum mode mode)
{
	static unsigned char stack[STACK_BYTES]; /* the handler's own: it writes to the other one */
	stack_t own = { .ss_sp = stack, .ss_size = sizeof stack }, old_stack;
	struct sigaction action, old_action;

	memset(&action, 0, sizeof action);
	action.sa_sigaction = on_trap;
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	if (sigaltstack(&own, &old_stack) != 0 || sigaction(SIGTRAP, &action, &old_action) != 0)
		abort();
	now.s = *s;
	now.step = now.runs = 0;
	run(mode);
	(void)sigaction(SIGTRAP, &old_action, NULL);
	(void)sigaltstack(&old_stack, NULL);
}

uint32_t steps_each(const struct steps *s)
{
	run_on_traps(s, STEP);
	return now.runs;
}

bool steps_once(const struct steps *s, uint32_t at)
{
	struct steps once = *s;

	once.first = at;
	run_on_traps(&once, COUNT);
	return now.step >= at;
}

#else

bool steps_possible(void)
{
	return false;
}

uint32_t steps_each(const struct steps *s)
{
	(void)s;
	return 0;
}

bool steps_once(const struct steps *s, uint32_t at)
{
	(void)s;
	(void)at;
	return false;
}

#endif
