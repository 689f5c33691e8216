/* SPDX-License-Identifier: MIT */
/*
 * socket_test.c -- tcp and unix: getting connected either way, bytes as they are, credit down to the peer, ends and resets.
 *
 * Each claim is held against both families. Nothing ignores SIGPIPE here: a peer that is gone must not end the program.
 */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "rig.h"

#define MANY (1u << 19)

static const struct {
	const struct weir_op_type *source, *sink;
} families[] = {
	{ &weir_tcp_source_type, &weir_tcp_sink_type },
	{ &weir_unix_source_type, &weir_unix_sink_type },
};
#define TCP  0
#define UNIX 1

static struct rig rig;
static struct collector got;
static struct feeder feeder;
static struct weir_socket_params params;
static struct sockaddr_in port; /* of the address, or the path */
static int listener, peer;
static unsigned char bytes[MANY];
static size_t n_seen;

/* ---- the other end ---- */

static int new_socket(int family, const struct sockaddr **at, socklen_t *len)
{
	static struct sockaddr_un path;
	int fd = socket(family == TCP ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	path = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(path.sun_path, rig_path("socket"));
	*at = family == TCP ? (const struct sockaddr *)&port : (const struct sockaddr *)&path;
	*len = family == TCP ? sizeof port : sizeof path;
	return fd;
}

/* Find a free port, or the path, and have the parameters name it. */
static void name_it(int family)
{
	static char address[128];
	const struct sockaddr *at;
	socklen_t len;
	int fd;

	port = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	fd = new_socket(TCP, &at, &len);
	ck_assert_int_eq(bind(fd, at, len), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&port, &len), 0);
	close(fd);
	if (family == TCP)
		(void)snprintf(address, sizeof address, "127.0.0.1:%u", ntohs(port.sin_port));
	else
		(void)snprintf(address, sizeof address, "%s", rig_path("socket"));
	params = (struct weir_socket_params){ .address = address };
}

static void listen_there(int family)
{
	const struct sockaddr *at;
	socklen_t len;
	int one = 1;

	name_it(family);
	listener = new_socket(family, &at, &len);
	(void)setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	ck_assert_int_eq(bind(listener, at, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
}

static int connect_there(int family)
{
	const struct sockaddr *at;
	socklen_t len;
	int fd = new_socket(family, &at, &len);

	ck_assert_int_eq(fcntl(fd, F_SETFL, 0), 0);
	if (connect(fd, at, len) != 0) {
		close(fd);
		return -errno;
	}
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

/* Let the pipeline and the kernel go on. */
static int go_on(void)
{
	sched_yield();
	return weir_sim_run(&rig.sim);
}

static void accept_there(void)
{
	do {
		(void)go_on();
		peer = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
	} while (peer < 0 && errno == EAGAIN);
	ck_assert_int_ge(peer, 0);
}

/* What the peer gets is `bytes`, over and over. */
static void hear(void)
{
	unsigned char heard[4096];
	size_t at = n_seen % MANY, room = MANY - at < sizeof heard ? MANY - at : sizeof heard;
	ssize_t n;

	while ((n = read(peer, heard, room)) > 0) {
		ck_assert_mem_eq(heard, bytes + at, (size_t)n);
		n_seen += (size_t)n;
		at = n_seen % MANY;
		room = MANY - at < sizeof heard ? MANY - at : sizeof heard;
	}
}

static void setup(void)
{
	rig_make_dir();
	memset(&got, 0, sizeof got);
	got.allow = RIG_UNBOUNDED;
	feeder = (struct feeder){ 0 };
	n_seen = 0;
	listener = peer = -1;
	for (size_t i = 0; i < MANY; i++)
		bytes[i] = (unsigned char)(i * 7 + i / 256);
	rig_init(&rig);
}

static void teardown(void)
{
	rig_fail(NULL);
	if (listener >= 0)
		close(listener);
	if (peer >= 0)
		close(peer);
	rig_remove_dir();
}

static int start_source(int family)
{
	rig_chain(&rig, families[family].source, &params, &rig_collector_type, &got, &weir_bytes_record);
	return rig_start(&rig);
}

static int start_sink(int family, const struct feed *script)
{
	feeder.script = script;
	rig_chain(&rig, &rig_feeder_type, &feeder, families[family].sink, &params, &weir_bytes_record);
	return rig_start(&rig);
}

static void expect_error(const char *text)
{
	char whole[256];

	(void)snprintf(whole, sizeof whole, "%s: %s", params.address, text);
	ck_assert_str_eq(rig_error(&rig), whole);
}

/* ---- the source ---- */

START_TEST(what_the_peer_sends_arrives_and_its_end_is_the_end)
{
	listen_there(_i);
	ck_assert_int_eq(start_source(_i), WEIR_OK);
	accept_there();
	ck_assert_int_eq(write(peer, bytes, 1000), 1000);
	while (got.size < 1000)
		ck_assert_int_eq(go_on(), WEIR_EAGAIN);
	ck_assert(!got.completed);
	ck_assert_int_eq(write(peer, bytes + 1000, 24), 24);
	close(peer);
	while (!got.completed)
		ck_assert_int_ne(go_on(), WEIR_EFULL);
	ck_assert_uint_eq(got.size, 1024);
	ck_assert_mem_eq(got.bytes, bytes, 1024);
	peer = -1;
	rig_fini(&rig);
}
END_TEST

START_TEST(without_credit_the_peer_has_to_wait_and_nothing_is_lost)
{
	size_t sent = 0;
	ssize_t n;

	got.allow = 0;
	listen_there(_i);
	ck_assert_int_eq(setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &(int){ 4096 }, sizeof(int)), 0);
	ck_assert_int_eq(start_source(_i), WEIR_OK);
	accept_there();
	ck_assert_int_eq(setsockopt(peer, SOL_SOCKET, SO_SNDBUF, &(int){ 4096 }, sizeof(int)), 0);
	while (sent < MANY && (n = write(peer, bytes + sent, 4096)) > 0)
		sent += (size_t)n;
	ck_assert_int_eq(errno, EAGAIN);
	(void)go_on();
	ck_assert_uint_eq(got.size, 0);
	rig_allow(&rig, 0, &got, 10);
	while (got.size < 10)
		(void)go_on();
	(void)go_on();
	ck_assert_uint_eq(got.size, 10);
	rig_allow(&rig, 0, &got, RIG_UNBOUNDED);
	while (got.size < sent)
		(void)go_on();
	ck_assert_mem_eq(got.bytes, bytes, sent);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_reset_is_an_error)
{
	listen_there(TCP);
	ck_assert_int_eq(start_source(TCP), WEIR_OK);
	accept_there();
	ck_assert_int_eq(
		setsockopt(peer, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 }, sizeof(struct linger)), 0);
	close(peer);
	peer = -1;
	while (!got.failed)
		(void)go_on();
	expect_error("cannot read: Connection reset by peer");
	rig_fini(&rig);
}
END_TEST

START_TEST(one_read_is_made_for_what_comes_at_once)
{
	const struct rig_fault none = { .k = 0 };

	listen_there(_i);
	ck_assert_int_eq(start_source(_i), WEIR_OK);
	accept_there();
	rig_fail(&none);
	for (uint32_t i = 1; i <= 10; i++) {
		ck_assert_int_eq(write(peer, bytes, 16), 16);
		while (got.size < 16 * i)
			(void)go_on();
	}
	(void)go_on();
	ck_assert_uint_eq(rig_calls[RIG_READ], 10);
	rig_fini(&rig);
}
END_TEST

/* ---- the sink ---- */

START_TEST(every_byte_leaves_and_the_end_is_told)
{
	const struct feed script[] = { { .items = bytes, .count = 1000 }, FEED_BARRIER(1), FEED_COMPLETE };
	char more;

	listen_there(_i);
	ck_assert_int_eq(start_sink(_i, script), WEIR_OK);
	accept_there();
	while (go_on() != WEIR_OK)
		;
	hear();
	ck_assert_int_eq(read(peer, &more, 1), 0);
	ck_assert_uint_eq(n_seen, 1000);
	ck_assert_uint_eq(feeder.barriers_done, 1);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_slow_peer_holds_the_pipeline_and_nothing_is_lost)
{
	const struct feed all = { .items = bytes, .count = MANY };
	const struct feed script[] = { all, all, all, all, all, all, all, all, FEED_COMPLETE };
	unsigned stops = 0;

	listen_there(_i);
	ck_assert_int_eq(start_sink(_i, script), WEIR_OK);
	accept_there();
	while (go_on() == WEIR_EAGAIN) {
		stops++;
		hear();
	}
	while (n_seen < 8 * MANY)
		hear();
	ck_assert_uint_gt(stops, 0);
	rig_fini(&rig);
}
END_TEST

START_TEST(short_and_interrupted_writes_are_made_good)
{
	static const int errors[] = { 0, EINTR, EAGAIN };
	const struct feed script[] = { { .items = bytes, .count = 100 }, FEED_COMPLETE };

	for (int i = 0; i < 3; i++) {
		const struct rig_fault fault = {
			.call = RIG_WRITE, .k = 1, .err = errors[i], .from_there = errors[i] == 0
		};

		n_seen = 0;
		listen_there(_i);
		rig_fail(&fault);
		ck_assert_int_eq(start_sink(_i, script), WEIR_OK);
		accept_there();
		while (go_on() != WEIR_OK)
			;
		hear();
		ck_assert_uint_eq(n_seen, 100);
		rig_fini(&rig);
		close(peer);
		close(listener);
		(void)unlink(rig_path("socket"));
		rig_init(&rig);
	}
	listener = peer = -1;
}
END_TEST

START_TEST(a_peer_that_is_gone_fails_the_sink_and_not_the_program)
{
	const struct feed script[] = { { .items = bytes, .count = 10 }, FEED_PAUSE,
		{ .items = bytes, .count = 10 }, FEED_PAUSE, { .items = bytes, .count = 10 }, FEED_COMPLETE };

	listen_there(_i);
	ck_assert_int_eq(start_sink(_i, script), WEIR_OK);
	accept_there();
	while (n_seen < 10) {
		(void)go_on();
		hear();
	}
	close(peer);
	peer = -1;
	while (weir_first_error(rig.instance) == NULL) {
		feeder.resumed = true;
		rig_kick(&rig, 0);
		ck_assert_int_ne(go_on(), WEIR_EFULL);
	}
	ck_assert_ptr_nonnull(strstr(rig_error(&rig), ": cannot write: "));
	rig_fini(&rig);
}
END_TEST

START_TEST(what_is_cut_short_ends_in_a_reset)
{
	const struct feed script[] = { { .items = bytes, .count = 10 }, FEED_PAUSE, FEED_ERROR };
	char more;

	listen_there(TCP);
	ck_assert_int_eq(start_sink(TCP, script), WEIR_OK);
	accept_there();
	while (n_seen < 10) {
		(void)go_on();
		hear();
	}
	feeder.resumed = true;
	rig_kick(&rig, 0);
	while (go_on() != WEIR_OK)
		;
	ck_assert_int_eq(read(peer, &more, 1), -1);
	ck_assert_int_eq(errno, ECONNRESET);
	rig_fini(&rig);
}
END_TEST

START_TEST(what_the_peer_said_and_nobody_read_does_not_spoil_the_end)
{
	const struct feed script[] = { { .items = bytes, .count = 1000 }, FEED_PAUSE, FEED_COMPLETE };
	char more;

	listen_there(_i);
	ck_assert_int_eq(start_sink(_i, script), WEIR_OK);
	accept_there();
	ck_assert_int_eq(write(peer, "thanks", 6), 6);
	while (n_seen < 10) {
		(void)go_on();
		hear();
	}
	feeder.resumed = true;
	rig_kick(&rig, 0);
	while (go_on() != WEIR_OK)
		;
	hear();
	ck_assert_uint_eq(n_seen, 1000);
	ck_assert_int_eq(read(peer, &more, 1), 0);
	rig_fini(&rig);
}
END_TEST

/* ---- getting connected ---- */

START_TEST(where_nobody_listens_it_fails)
{
	name_it(_i);
	if (start_source(_i) == WEIR_OK)
		while (!got.failed)
			(void)go_on();
	expect_error(_i == TCP ? "cannot connect: Connection refused"
			       : "cannot connect: No such file or directory");
	rig_fini(&rig);
}
END_TEST

START_TEST(of_a_names_addresses_the_first_that_answers_is_taken)
{
	char address[64];

	listen_there(TCP); /* not at ::1, which is another one of them on most machines */
	(void)snprintf(address, sizeof address, "localhost:%u", ntohs(port.sin_port));
	params.address = address;
	ck_assert_int_eq(start_source(TCP), WEIR_OK);
	accept_there();
	ck_assert_int_eq(write(peer, "x", 1), 1);
	while (got.size < 1)
		(void)go_on();
	rig_fini(&rig);
}
END_TEST

START_TEST(who_listens_takes_the_first_and_no_other)
{
	name_it(_i);
	params.listen = true;
	ck_assert_int_eq(start_source(_i), WEIR_OK);
	ck_assert_int_eq(go_on(), WEIR_EAGAIN);
	peer = connect_there(_i);
	ck_assert_int_ge(peer, 0);
	ck_assert_int_eq(write(peer, "one", 3), 3);
	while (got.size < 3)
		(void)go_on();
	ck_assert_int_eq(connect_there(_i), _i == TCP ? -ECONNREFUSED : -ENOENT);
	close(peer);
	peer = -1;
	while (!got.completed)
		(void)go_on();
	ck_assert_mem_eq(got.bytes, "one", 3);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_sink_may_listen_too)
{
	const struct feed script[] = { { .items = bytes, .count = 1000 }, FEED_COMPLETE };

	name_it(_i);
	params.listen = true;
	ck_assert_int_eq(start_sink(_i, script), WEIR_OK);
	ck_assert_int_eq(go_on(), WEIR_EAGAIN);
	peer = connect_there(_i);
	ck_assert_int_ge(peer, 0);
	while (go_on() != WEIR_OK)
		;
	hear();
	ck_assert_uint_eq(n_seen, 1000);
	rig_fini(&rig);
}
END_TEST

START_TEST(nobody_comes_and_it_ends_all_the_same)
{
	struct stat st;

	name_it(_i);
	params.listen = true;
	ck_assert_int_eq(start_source(_i), WEIR_OK);
	ck_assert_int_eq(go_on(), WEIR_EAGAIN);
	ck_assert_int_eq(weir_drain(rig.instance, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
	ck_assert_int_eq(go_on(), WEIR_OK);
	ck_assert(got.completed);
	ck_assert_int_ne(stat(rig_path("socket"), &st), 0);
	rig_fini(&rig);
}
END_TEST

START_TEST(where_somebody_listens_nobody_else_can)
{
	listen_there(_i);
	params.listen = true;
	ck_assert_int_eq(start_source(_i), WEIR_EIO);
	expect_error("cannot listen: Address already in use");
	rig_fini(&rig);
}
END_TEST

START_TEST(a_path_that_was_left_behind_is_taken_over)
{
	listen_there(UNIX);
	close(listener);
	listener = -1;
	params.listen = true;
	ck_assert_int_eq(start_source(UNIX), WEIR_OK);
	peer = connect_there(UNIX);
	ck_assert_int_ge(peer, 0);
	rig_fini(&rig);
}
END_TEST

START_TEST(a_file_in_the_way_stays)
{
	size_t len;

	name_it(UNIX);
	rig_write_file(rig_path("socket"), "mine", 4);
	params.listen = true;
	ck_assert_int_eq(start_source(UNIX), WEIR_EIO);
	ck_assert_str_eq(rig_read_file(rig_path("socket"), &len), "mine");
	rig_fini(&rig);
}
END_TEST

START_TEST(an_address_is_a_host_and_a_port)
{
	static const struct {
		const char *address;
		bool listen, good;
	} all[] = { { "localhost:4000", false, true }, { "[::1]:4000", false, true }, { ":4000", true, true },
		{ "10.0.0.1:65535", false, true }, { ":4000", false, false }, { "localhost", false, false },
		{ "localhost:", false, false }, { "localhost:0", false, false },
		{ "localhost:65536", false, false }, { "localhost:40x", false, false },
		{ "::1:4000", false, false }, { "[::1]4000", false, false }, { "[::1:4000", false, false },
		{ "localhost:99999999999999999999", false, false } };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		const struct weir_socket_params p = { .address = all[i].address, .listen = all[i].listen };
		const struct weir_place place = { .params = &p };
		const char *why;

		ck_assert_msg((weir_tcp_source_type.check(&place, &why) == WEIR_OK) == all[i].good, "%s",
			all[i].address);
	}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("socket");
	TCase *t = tcase_create("socket");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, what_the_peer_sends_arrives_and_its_end_is_the_end, 0, 2);
	tcase_add_loop_test(t, without_credit_the_peer_has_to_wait_and_nothing_is_lost, 0, 2);
	tcase_add_test(t, a_reset_is_an_error);
	tcase_add_loop_test(t, one_read_is_made_for_what_comes_at_once, 0, 2);
	tcase_add_loop_test(t, every_byte_leaves_and_the_end_is_told, 0, 2);
	tcase_add_loop_test(t, a_slow_peer_holds_the_pipeline_and_nothing_is_lost, 0, 2);
	tcase_add_loop_test(t, short_and_interrupted_writes_are_made_good, 0, 2);
	tcase_add_loop_test(t, a_peer_that_is_gone_fails_the_sink_and_not_the_program, 0, 2);
	tcase_add_test(t, what_is_cut_short_ends_in_a_reset);
	tcase_add_loop_test(t, what_the_peer_said_and_nobody_read_does_not_spoil_the_end, 0, 2);
	tcase_add_loop_test(t, where_nobody_listens_it_fails, 0, 2);
	tcase_add_test(t, of_a_names_addresses_the_first_that_answers_is_taken);
	tcase_add_loop_test(t, who_listens_takes_the_first_and_no_other, 0, 2);
	tcase_add_loop_test(t, a_sink_may_listen_too, 0, 2);
	tcase_add_loop_test(t, nobody_comes_and_it_ends_all_the_same, 0, 2);
	tcase_add_loop_test(t, where_somebody_listens_nobody_else_can, 0, 2);
	tcase_add_test(t, a_path_that_was_left_behind_is_taken_over);
	tcase_add_test(t, a_file_in_the_way_stays);
	tcase_add_test(t, an_address_is_a_host_and_a_port);
	suite_add_tcase(s, t);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
