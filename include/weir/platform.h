/* SPDX-License-Identifier: MIT */
/*
 * platform.h -- everything weir needs from the machine it runs on: two clocks, one timer, a wake-up and,
 * on hosts, readiness of file descriptors.
 *
 * A platform is implemented once per folder below platform/. The engine calls it; it calls weir_step().
 */
#ifndef WEIR_PLATFORM_H
#define WEIR_PLATFORM_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_PLATFORM_ABI 1u
#define WEIR_NEVER        UINT64_MAX

#define WEIR_READABLE 1u
#define WEIR_WRITABLE 2u

struct weir_platform;
struct weir_instance;

/*
 * One watched descriptor. Owned by the stage that watches (inside its state); zero it before the first use.
 * Fields are the platform's.
 */
struct weir_watch {
	void *handle;
	struct weir_instance *instance;
	uint16_t stage;
	uint16_t ready; /* WEIR_READABLE | WEIR_WRITABLE, as last reported */
};

/* Const; abi first. No member may be NULL unless it says so. */
struct weir_platform_type {
	uint16_t abi; /* WEIR_PLATFORM_ABI */
	const char *name;
	/* Monotonic nanoseconds since an arbitrary start; never steps back. */
	uint64_t (*now_ns)(struct weir_platform *p);
	/* Nanoseconds since 1970-01-01 UTC; may jump. */
	int64_t (*wall_ns)(struct weir_platform *p);
	/*
	 * Call weir_step(instance) from the loop at deadline_ns (monotonic) or soon after; WEIR_NEVER
	 * disarms. One deadline per instance: the newest call counts. A deadline in the past means as soon as
	 * the loop comes round: the engine asks so when its step budget ran out.
	 */
	void (*wake_at)(struct weir_platform *p, struct weir_instance *instance, uint64_t deadline_ns);
	/*
	 * Make stage `stage` of `instance` ready (weir_wake_stage) once fd is readable or writable (events:
	 * WEIR_READABLE, WEIR_WRITABLE). One shot: armed again by each call. events 0 takes the watch back
	 * and frees what it held; this is legal at any time, and has to be done before the descriptor is closed. Returns 0 or a WEIR_E...: EUNSUPPORTED when the
	 * descriptor cannot be waited for (a regular file) - it is then always ready. NULL where there are no
	 * descriptors.
	 */
	int (*watch)(struct weir_platform *p, struct weir_watch *w, struct weir_instance *instance,
		uint16_t stage, int fd, unsigned events);
	/* The instance ended (all its stages did) or was aborted; nothing will be called for it again. May be
	 * NULL. */
	void (*ended)(struct weir_platform *p, struct weir_instance *instance);
	/*
	 * Whether the calling thread is the one whose loop this is: calls into its instances from any other are
	 * refused. Any thread. NULL where there is one thread, or nobody to tell.
	 */
	bool (*owned)(struct weir_platform *p);
	/* A tap shows an item of its stage, for the length of the call. NULL where there is no log. */
	void (*tap)(
		struct weir_platform *p, struct weir_instance *instance, uint16_t stage, const void *item);
};

/* Embed as the first field of a platform's own struct. */
struct weir_platform {
	const struct weir_platform_type *type;
};

#ifdef __cplusplus
}
#endif
#endif
