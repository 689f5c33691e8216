/* SPDX-License-Identifier: MIT */
/*
 * ring.c -- two threads and a plain ring of one producer and one consumer, in spans of 64, that sleep when they have
 * waited for long: the limit of a hop from thread to thread.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "harness.h"

#define ITEMS 1024 /* of the ring */
#define SPAN  64
#define SPINS 2000 /* before sleeping */

const char *bench_version(void)
{
	return "gcc " __VERSION__;
}

/* What one side waits with for the other. */
struct sleeper {
	atomic_int asleep;
	int fd;
};

static struct {
	_Alignas(128) _Atomic uint32_t head; /* items put in */
	_Alignas(128) _Atomic uint32_t tail; /* items taken out */
	_Alignas(128) struct sleeper producer, consumer;
	_Alignas(128) int64_t items[ITEMS];
	int64_t n;
} ring;

static void wake(struct sleeper *s)
{
	uint64_t one = 1;

	if (atomic_load(&s->asleep) && atomic_exchange(&s->asleep, 0) && write(s->fd, &one, sizeof one) < 0)
		bench_die("cannot wake a thread");
}

static uint32_t used(void)
{
	return atomic_load(&ring.head) - atomic_load(&ring.tail);
}

/* Until at most `most` and at least `least` items are in the ring. */
static void await(struct sleeper *s, uint32_t least, uint32_t most)
{
	uint64_t woken;

	for (int spins = 0; used() < least || used() > most; spins++) {
		if (spins < SPINS) {
			__builtin_ia32_pause();
			continue;
		}
		atomic_store(&s->asleep, 1);
		if (used() >= least && used() <= most)
			atomic_store(&s->asleep, 0);
		else if (read(s->fd, &woken, sizeof woken) < 0)
			bench_die("cannot sleep");
		spins = 0;
	}
}

static void *produce(void *arg)
{
	(void)arg;
	for (int64_t i = 0; i < ring.n; i += SPAN) {
		uint32_t head = atomic_load_explicit(&ring.head, memory_order_relaxed);
		uint32_t count = ring.n - i < SPAN ? (uint32_t)(ring.n - i) : SPAN;

		await(&ring.producer, 0, ITEMS - SPAN);
		for (uint32_t k = 0; k < count; k++)
			ring.items[(head + k) % ITEMS] = i + k;
		atomic_store(&ring.head, head + count);
		wake(&ring.consumer);
	}
	return NULL;
}

static int64_t consume(void)
{
	int64_t sum = 0;

	for (int64_t got = 0; got < ring.n;) {
		uint32_t tail = atomic_load_explicit(&ring.tail, memory_order_relaxed), count;

		await(&ring.consumer, 1, ITEMS);
		count = used();
		for (uint32_t k = 0; k < count; k++)
			sum += ring.items[(tail + k) % ITEMS];
		got += count;
		atomic_store(&ring.tail, tail + count);
		wake(&ring.producer);
	}
	return sum;
}

static int64_t hop(int64_t n)
{
	pthread_t thread;
	int64_t sum;

	if (ring.producer.fd == 0) {
		ring.producer.fd = eventfd(0, 0);
		ring.consumer.fd = eventfd(0, 0);
	}
	ring.n = n;
	if (pthread_create(&thread, NULL, produce, NULL) != 0)
		bench_die("cannot start a thread");
	sum = consume();
	(void)pthread_join(thread, NULL);
	return sum;
}

static const struct bench_work works[] = { { "hop", hop }, { NULL, NULL } };
const struct bench_work *const bench_lists[] = { works, NULL };
