/* SPDX-License-Identifier: MIT */
/*
 * faults.c -- see faults.h. A program's own functions stand before those of shared libraries of the same name.
 *
 * The real ones are asked for by dlsym, but for those of memory, which dlsym itself may need: these are glibc's under
 * their other names, or the sanitizer's.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>
#include <event2/event_struct.h>

#include "faults.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define ADDRESS_SANITIZER
#define REAL(name) __interceptor_##name
#else
#define REAL(name)           __libc_##name
#define __libc_aligned_alloc __libc_memalign
#endif

extern void *REAL(malloc)(size_t bytes);
extern void *REAL(calloc)(size_t n, size_t bytes);
extern void *REAL(realloc)(void *block, size_t bytes);
extern void *REAL(aligned_alloc)(size_t align, size_t bytes);
extern void REAL(free)(void *block);

static struct {
	struct faults planned;
	uint32_t calls;
	bool armed, failed;
} now;
static long live;

void faults_arm(const struct faults *f)
{
	now.planned = *f;
	now.calls = 0;
	now.failed = false;
	now.armed = true;
}

bool faults_disarm(void)
{
	now.armed = false;
	return now.failed;
}

/* The address sanitizer allocates what strdup and realpath return without us, and looks for leaks itself. */
long faults_live(void)
{
#ifdef ADDRESS_SANITIZER
	return 0;
#else
	return live;
#endif
}

static bool goes_wrong(enum faults_call call)
{
	bool wrong;

	if (!now.armed || now.planned.call != call)
		return false;
	now.calls++;
	wrong = now.planned.from_there ? now.calls >= now.planned.k : now.calls == now.planned.k;
	now.failed = now.failed || wrong;
	if (wrong)
		errno = now.planned.err;
	return wrong;
}

/* ---- memory ---- */

static void *no_memory(void)
{
	errno = ENOMEM;
	return NULL;
}

static void *count_block(void *block)
{
	live += block != NULL;
	return block;
}

void *malloc(size_t bytes)
{
	return goes_wrong(FAULTS_MALLOC) ? no_memory() : count_block(REAL(malloc)(bytes));
}

void *calloc(size_t n, size_t bytes)
{
	return goes_wrong(FAULTS_MALLOC) ? no_memory() : count_block(REAL(calloc)(n, bytes));
}

void *aligned_alloc(size_t align, size_t bytes)
{
	return goes_wrong(FAULTS_MALLOC) ? no_memory() : count_block(REAL(aligned_alloc)(align, bytes));
}

void *realloc(void *block, size_t bytes)
{
	void *moved;

	if (goes_wrong(FAULTS_MALLOC))
		return no_memory();
	moved = REAL(realloc)(block, bytes);
	if (block == NULL)
		return count_block(moved);
	live -= bytes == 0;
	return moved;
}

void free(void *block)
{
	live -= block != NULL;
	REAL(free)(block);
}

/* ---- files ---- */

/* The next function of that name; kept in *kept. */
static void *next(void **kept, const char *name)
{
	if (*kept == NULL)
		*kept = dlsym(RTLD_NEXT, name);
	if (*kept == NULL)
		abort();
	return *kept;
}

/* Return what the real one does. */
#define PASS(name, args)                                                                    \
	do {                                                                                \
		static void *kept;                                                          \
		__typeof__(name) *real = (__typeof__(name) *)(uintptr_t)next(&kept, #name); \
		return real args;                                                           \
	} while (0)

static mode_t mode_of(int flags, va_list args)
{
	return (flags & O_CREAT) != 0 ? (mode_t)va_arg(args, int) : 0;
}

int open(const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	if (goes_wrong(FAULTS_OPEN))
		return -1;
	PASS(open, (path, flags, mode));
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_of(flags, args);
	va_end(args);
	if (goes_wrong(FAULTS_OPEN))
		return -1;
	PASS(openat, (dir, path, flags, mode));
}

int stat(const char *path, struct stat *st)
{
	if (goes_wrong(FAULTS_STAT))
		return -1;
	PASS(stat, (path, st));
}

int fstat(int fd, struct stat *st)
{
	if (goes_wrong(FAULTS_STAT))
		return -1;
	PASS(fstat, (fd, st));
}

ssize_t read(int fd, void *to, size_t len)
{
	if (goes_wrong(FAULTS_READ)) {
		if (now.planned.err != 0)
			return -1;
		len = len > 0;
	}
	PASS(read, (fd, to, len));
}

ssize_t write(int fd, const void *from, size_t len)
{
	if (goes_wrong(FAULTS_WRITE)) {
		if (now.planned.err != 0)
			return -1;
		len = len > 0;
	}
	PASS(write, (fd, from, len));
}

int fsync(int fd)
{
	if (goes_wrong(FAULTS_SYNC))
		return -1;
	PASS(fsync, (fd));
}

int fdatasync(int fd)
{
	if (goes_wrong(FAULTS_SYNC))
		return -1;
	PASS(fdatasync, (fd));
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (goes_wrong(FAULTS_RENAME))
		return -1;
	PASS(renameat, (from_dir, from, to_dir, to));
}

static int real_close(int fd)
{
	PASS(close, (fd));
}

int close(int fd)
{
	bool wrong = goes_wrong(FAULTS_CLOSE);
	int rc = real_close(fd);

	if (!wrong)
		return rc;
	errno = now.planned.err;
	return -1;
}

/* ---- libevent ---- */

/* What libevent calls of its own is not asked whether it may fail. */
static bool event_goes_wrong(void *caller)
{
	Dl_info theirs, its;
	static void *kept;

	if (dladdr(next(&kept, "event_base_loop"), &theirs) != 0 && dladdr(caller, &its) != 0 &&
		theirs.dli_fbase == its.dli_fbase)
		return false;
	return goes_wrong(FAULTS_EVENT);
}
#define EVENT_GOES_WRONG() event_goes_wrong(__builtin_return_address(0))

int event_add(struct event *ev, const struct timeval *timeout)
{
	if (EVENT_GOES_WRONG())
		return -1;
	PASS(event_add, (ev, timeout));
}

int event_assign(struct event *ev, struct event_base *base, evutil_socket_t fd, short what,
	event_callback_fn fn, void *arg)
{
	if (EVENT_GOES_WRONG())
		return -1;
	PASS(event_assign, (ev, base, fd, what, fn, arg));
}

struct event *event_new(
	struct event_base *base, evutil_socket_t fd, short what, event_callback_fn fn, void *arg)
{
	if (EVENT_GOES_WRONG())
		return NULL;
	PASS(event_new, (base, fd, what, fn, arg));
}

struct event_config *event_config_new(void)
{
	if (EVENT_GOES_WRONG())
		return NULL;
	PASS(event_config_new, ());
}

int event_config_set_flag(struct event_config *config, int flag)
{
	if (EVENT_GOES_WRONG())
		return -1;
	PASS(event_config_set_flag, (config, flag));
}

struct event_base *event_base_new_with_config(const struct event_config *config)
{
	if (EVENT_GOES_WRONG())
		return NULL;
	PASS(event_base_new_with_config, (config));
}
