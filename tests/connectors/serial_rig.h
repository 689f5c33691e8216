/* SPDX-License-Identifier: MIT */
/*
 * serial_rig.h -- a serial line whose other end is the master of a pseudo terminal. For tests that are each a program.
 *
 * The file that includes it defines _DEFAULT_SOURCE and _XOPEN_SOURCE 700 before.
 */
#ifndef WEIR_TEST_CONNECTORS_SERIAL_RIG_H
#define WEIR_TEST_CONNECTORS_SERIAL_RIG_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "connectors/serial_port.h"
#include "rig.h"

#define MANY 200000u

static struct rig rig;
static struct collector got;
static struct feeder feeder;
static struct weir_serial_params params;
static struct termios before;
static int other;    /* the other end */
static int terminal; /* this end, as the test sees it */
static unsigned char bytes[MANY], seen[MANY + 1];
static size_t n_seen;

static inline void setup(void)
{
	static char path[64];

	signal(SIGPIPE, SIG_IGN);
	rig_make_dir();
	memset(&got, 0, sizeof got);
	got.allow = RIG_UNBOUNDED;
	feeder = (struct feeder){ 0 };
	params = (struct weir_serial_params){ .baud = 9600, .data_bits = 8, .stop_bits = 1 };
	n_seen = 0;
	for (size_t i = 0; i < MANY; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 256);
	other = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	ck_assert_int_ge(other, 0);
	ck_assert_int_eq(grantpt(other), 0);
	ck_assert_int_eq(unlockpt(other), 0);
	(void)snprintf(path, sizeof path, "%s", ptsname(other));
	params.path = path;
	terminal = open(path, O_RDWR | O_NOCTTY);
	ck_assert_int_ge(terminal, 0);
	ck_assert_int_eq(tcgetattr(terminal, &before), 0);
	rig_init(&rig);
}

static inline void teardown(void)
{
	rig_fail(NULL);
	close(terminal);
	close(other);
	rig_remove_dir();
}

static inline void add_source(const struct weir_serial_params *p)
{
	rig_chain(&rig, &weir_serial_source_type, p, &rig_collector_type, &got, &weir_bytes_record);
}

static inline void add_sink(const struct weir_serial_params *p, const struct feed *script)
{
	feeder.script = script;
	rig_chain(&rig, &rig_feeder_type, &feeder, &weir_serial_sink_type, p, &weir_bytes_record);
}

static inline void run_source(void)
{
	add_source(&params);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
}

static inline int waiting(void)
{
	int n;

	ck_assert_int_eq(ioctl(terminal, FIONREAD, &n), 0);
	return n;
}

/* Say n bytes at the other end. The kernel brings them over in a thread of its own: until then. */
static inline void say(const void *from, int n)
{
	int there = waiting() + n;

	ck_assert_int_eq(write(other, from, (size_t)n), n);
	while (waiting() < there)
		sched_yield();
}

/* What the other end has got. */
static inline void listen_there(void)
{
	ssize_t n;

	while ((n = read(other, seen + n_seen, sizeof seen - n_seen)) > 0)
		n_seen += (size_t)n;
}

/* It gets n bytes, no more. */
static inline void hears(size_t n)
{
	for (struct pollfd p = { .fd = other, .events = POLLIN }; n_seen < n; listen_there())
		ck_assert_int_ge(poll(&p, 1, -1), 0);
	ck_assert_uint_eq(n_seen, n);
}

static inline bool same_termios(const struct termios *a, const struct termios *b)
{
	return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
	       a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0 &&
	       cfgetispeed(a) == cfgetispeed(b) && cfgetospeed(a) == cfgetospeed(b);
}

static inline struct termios settings(void)
{
	struct termios t;

	ck_assert_int_eq(tcgetattr(terminal, &t), 0);
	return t;
}

static inline int serial_main(const char *name, const TTest *const *tests, size_t n)
{
	Suite *s = suite_create(name);
	TCase *t = tcase_create(name);
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	for (size_t i = 0; i < n; i++)
		tcase_add_test(t, tests[i]);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}

#endif
