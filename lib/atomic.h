/* SPDX-License-Identifier: MIT */
/*
 * atomic.h -- what two contexts may do to a word they share: load, store, fence. Private to lib.
 *
 * Cortex-M0 and RV32I have no instruction that reads and writes a word in one go, and no library that stands
 * in for one; so every shared word has one writer, and nothing here exchanges, adds or compares. gcc makes
 * plain instructions of the built-in loads and stores everywhere; clang calls a library on those two
 * machines, where a volatile access beside a fence is the same.
 *
 * Going to sleep: the receiver counts `sleeps` up to an odd number, fences, and looks once more; a sender
 * publishes, fences, and reads `sleeps`. One of them sees the other. `woken` is the sleep that a sender has
 * answered last, so that it answers each one once.
 */
#ifndef WEIR_ATOMIC_H
#define WEIR_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

static inline void weir_fence_acquire(void)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static inline void weir_fence_release(void)
{
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

static inline void weir_fence(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#if defined(__clang__) && __GCC_ATOMIC_INT_LOCK_FREE < 2
#define WEIR_ATOMIC_LOAD(p)     (*(const volatile __typeof__(*(p)) *)(p))
#define WEIR_ATOMIC_STORE(p, v) ((void)(*(volatile __typeof__(*(p)) *)(p) = (v)))
#else
#define WEIR_ATOMIC_LOAD(p)     __atomic_load_n((p), __ATOMIC_RELAXED)
#define WEIR_ATOMIC_STORE(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#endif

static inline uint32_t weir_load(const uint32_t *p)
{
	return WEIR_ATOMIC_LOAD(p);
}

static inline void weir_store(uint32_t *p, uint32_t v)
{
	WEIR_ATOMIC_STORE(p, v);
}

static inline uintptr_t weir_load_word(const uintptr_t *p)
{
	return WEIR_ATOMIC_LOAD(p);
}

static inline void weir_store_word(uintptr_t *p, uintptr_t v)
{
	WEIR_ATOMIC_STORE(p, v);
}

#if defined(__clang__) && __GCC_ATOMIC_INT_LOCK_FREE < 2
static inline uint32_t weir_load_acquire(const uint32_t *p)
{
	uint32_t v = weir_load(p);

	weir_fence_acquire();
	return v;
}

static inline void weir_store_release(uint32_t *p, uint32_t v)
{
	weir_fence_release();
	weir_store(p, v);
}
#else
static inline uint32_t weir_load_acquire(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void weir_store_release(uint32_t *p, uint32_t v)
{
	__atomic_store_n(p, v, __ATOMIC_RELEASE);
}
#endif

/* ---- sleeping ---- */

/* Receiver: say that it goes to sleep. What it looks at afterwards decides whether it does. */
static inline void weir_sleep_begin(uint32_t *sleeps)
{
	if (*sleeps % 2 == 0)
		weir_store(sleeps, *sleeps + 1);
	weir_fence();
}

static inline void weir_sleep_end(uint32_t *sleeps)
{
	if (*sleeps % 2 != 0)
		weir_store(sleeps, *sleeps + 1);
}

/* Sender, after publishing and a fence: whether it is the one to wake the receiver. */
static inline bool weir_sleep_claim(const uint32_t *sleeps, uint32_t *woken)
{
	uint32_t sleep = weir_load(sleeps);

	if (sleep % 2 == 0 || weir_load(woken) == sleep)
		return false;
	weir_store(woken, sleep);
	return true;
}

static inline bool weir_sleep_answer(const uint32_t *sleeps, uint32_t *woken)
{
	weir_fence();
	return weir_sleep_claim(sleeps, woken);
}

#endif
