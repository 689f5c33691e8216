/* SPDX-License-Identifier: MIT */
/*
 * serial_port_test.c -- one end of a serial line: settings that come back, rates, who may have it, sockets.
 */
#define _DEFAULT_SOURCE
#define _XOPEN_SOURCE 700
#include "serial_rig.h"

/* ---- settings ---- */

START_TEST(the_line_is_raw_and_set_up_while_it_is_open)
{
	struct termios t;

	params.rts_cts = true;
	params.stop_bits = 2;
	params.parity =
		WEIR_PARITY_ODD; /* a pseudo terminal has none, but says what becomes of wrong bytes */
	run_source();
	t = settings();
	ck_assert_uint_eq(t.c_lflag & (tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN), 0);
	ck_assert_uint_eq(t.c_oflag & (tcflag_t)OPOST, 0);
	ck_assert_uint_eq(t.c_iflag, INPCK);
	ck_assert_uint_eq(t.c_cflag & (tcflag_t)(CSIZE | CREAD | CLOCAL), (tcflag_t)(CS8 | CREAD | CLOCAL));
	ck_assert_uint_ne(t.c_cflag & CRTSCTS, 0);
	ck_assert_uint_ne(t.c_cflag & (tcflag_t)CSTOPB, 0);
	ck_assert_uint_ne(t.c_cflag & (tcflag_t)PARODD, 0);
	ck_assert_int_eq(cfgetospeed(&t), B9600);
	ck_assert_int_eq(cfgetispeed(&t), B9600);
	rig_fini(&rig);
}
END_TEST

START_TEST(what_it_was_set_to_before_does_not_matter_and_comes_back)
{
	struct termios odd = before, t;

	odd.c_iflag |= (tcflag_t)(IXON | IXOFF | IXANY | INPCK | IGNPAR | ISTRIP | INLCR | IGNCR | ICRNL);
	odd.c_cflag |= (tcflag_t)(CRTSCTS | CSTOPB | PARODD);
	odd.c_cc[VMIN] = 0;
	odd.c_cc[VTIME] = 3;
	ck_assert_int_eq(tcsetattr(terminal, TCSANOW, &odd), 0);
	odd = settings();
	run_source();
	t = settings();
	ck_assert_uint_eq(t.c_iflag, 0);
	ck_assert_uint_eq(t.c_cflag & (tcflag_t)(CRTSCTS | CSTOPB | PARODD), 0);
	say("\x03\x11\x13\r\n\xff\x1a", 7);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(got.size, 7);
	ck_assert_mem_eq(got.bytes, "\x03\x11\x13\r\n\xff\x1a", 7);
	rig_fini(&rig);
	t = settings();
	ck_assert(same_termios(&t, &odd));
}
END_TEST

START_TEST(every_rate_of_the_list_can_be_set)
{
	const char *p = strpbrk(weir_serial_no_rate, "0123456789");
	unsigned n = 0;
	char *end;

	ck_assert_str_eq(weir_serial_no_rate + strlen("baud is none of"), p - 1);
	for (; *p != '\0'; p = *end == ' ' ? end + 1 : end, n++) {
		struct termios t;

		params.baud = (uint32_t)strtoul(p, &end, 10);
		got.allow = RIG_UNBOUNDED;
		run_source();
		t = settings();
		ck_assert_int_ne(cfgetospeed(&t), B0);
		ck_assert_int_eq(cfgetospeed(&t), weir_serial_speed(params.baud));
		rig_fini(&rig);
		rig_init(&rig);
	}
	ck_assert_uint_ge(n, 11);
}
END_TEST

static void expect_refused(const char *why)
{
	struct weir_place place = { .params = &params };
	const char *told = NULL;

	ck_assert_int_eq(weir_serial_source_type.check(&place, &told), WEIR_EINVAL);
	ck_assert_ptr_nonnull(strstr(told, why));
	ck_assert_int_eq(weir_serial_source_type.state_size(&place), WEIR_EINVAL);
	ck_assert_int_eq(weir_serial_sink_type.state_size(&place), WEIR_EINVAL);
}

START_TEST(what_no_port_can_be_set_to_is_refused_before)
{
	params.baud = 115201;
	expect_refused("baud is none of 300 ");
	params.baud = 0;
	expect_refused(" 115200 ");
	params.baud = 9600;
	params.data_bits = 4;
	expect_refused("data bits");
	params.data_bits = 9;
	expect_refused("data bits");
	params.data_bits = 8;
	params.parity = 3;
	expect_refused("parity");
	params.parity = WEIR_PARITY_EVEN;
	params.stop_bits = 3;
	expect_refused("stop bits");
	params.stop_bits = 0;
	expect_refused("stop bits");
}
END_TEST

/* ---- opening ---- */

static void expect_error(int code, const char *what)
{
	char text[256];

	add_source(&params);
	ck_assert_int_eq(rig_start(&rig), code);
	(void)snprintf(text, sizeof text, "%s: %s", params.path, what);
	ck_assert_str_eq(rig_error(&rig), text);
	rig_fini(&rig);
}

START_TEST(a_device_that_is_not_there_is_an_error)
{
	params.path = rig_path("none");
	expect_error(WEIR_ENOENT, "cannot open: No such file or directory");
}
END_TEST

START_TEST(a_file_is_no_serial_line)
{
	params.path = rig_path("file");
	rig_write_file(params.path, "text", 4);
	expect_error(WEIR_EIO, "is no serial line: Inappropriate ioctl for device");
}
END_TEST

START_TEST(a_line_in_use_is_left_alone)
{
	struct termios t;

	ck_assert_int_eq(flock(terminal, LOCK_EX | LOCK_NB), 0);
	expect_error(WEIR_EIO, "is in use by another program: Device or resource busy");
	t = settings();
	ck_assert(same_termios(&t, &before));
}
END_TEST

START_TEST(while_it_is_open_nobody_else_gets_it)
{
	int locked = -1, another = open(params.path, O_RDWR | O_NOCTTY);

	run_source();
	ck_assert_int_ne(flock(another, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	ck_assert_int_eq(ioctl(terminal, TIOCGEXCL, &locked), 0);
	ck_assert_int_eq(locked, 1);
	rig_fini(&rig);
	ck_assert_int_eq(flock(another, LOCK_EX | LOCK_NB), 0);
	ck_assert_int_eq(ioctl(terminal, TIOCGEXCL, &locked), 0);
	ck_assert_int_eq(locked, 0);
	close(another);
}
END_TEST

/* ---- both directions ---- */

START_TEST(a_source_and_a_sink_share_a_line)
{
	const struct feed script[] = { FEED("out"), FEED_COMPLETE };
	struct termios t;

	add_source(&params);
	add_sink(&params, script);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	hears(3);
	t = settings();
	ck_assert(!same_termios(&t, &before)); /* the source goes on */
	say("\rin\x03", 4);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_uint_eq(got.size, 4);
	ck_assert_mem_eq(got.bytes, "\rin\x03", 4);
	got.cancel = true;
	rig_kick(&rig, 0);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	t = settings();
	ck_assert(same_termios(&t, &before));
	rig_fini(&rig);
}
END_TEST

static void expect_second(const char *what)
{
	char text[128];

	ck_assert_int_eq(rig_start(&rig), WEIR_EIO);
	(void)snprintf(text, sizeof text, "%s: %s: Device or resource busy", params.path, what);
	ck_assert_str_eq(rig_error(&rig), text);
	rig_fini(&rig);
	rig_init(&rig);
}

START_TEST(two_of_a_kind_and_other_settings_are_refused)
{
	static struct weir_serial_params others[5];
	static struct collector second;
	const struct feed script[] = { FEED("out"), FEED_COMPLETE };
	struct termios t;

	add_source(&params);
	rig_chain(&rig, &weir_serial_source_type, &params, &rig_collector_type, &second, &weir_bytes_record);
	expect_second("another source reads it");
	add_sink(&params, script);
	add_sink(&params, script);
	expect_second("another sink writes it");
	for (int i = 0; i < 5; i++)
		others[i] = params;
	others[0].baud = 19200;
	others[1].rts_cts = true;
	others[2].parity = WEIR_PARITY_EVEN;
	others[3].data_bits = 7;
	others[4].stop_bits = 2;
	for (int i = 0; i < 5; i++) {
		add_source(&params);
		add_sink(&others[i], script);
		expect_second("is open with other settings");
	}
	t = settings();
	ck_assert(same_termios(&t, &before));
}
END_TEST

/* ---- sockets ---- */

static int listen_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(at.sun_path, path);
	ck_assert_int_eq(bind(fd, (const struct sockaddr *)&at, sizeof at), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

START_TEST(a_socket_is_a_line_of_one_connection)
{
	const struct feed script[] = { { .items = bytes, .count = 256 }, FEED_PAUSE, FEED_COMPLETE };
	int listener, end;

	params.path = rig_path("line");
	listener = listen_at(params.path);
	add_source(&params);
	add_sink(&params, script);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	end = accept(listener, NULL, NULL);
	ck_assert_int_ge(end, 0);
	ck_assert_int_eq(accept(listener, NULL, NULL), -1); /* no second one */
	ck_assert_int_eq(read(end, seen, sizeof seen), 256);
	ck_assert_mem_eq(seen, bytes, 256);
	ck_assert_int_eq(write(end, bytes, 256), 256);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert_mem_eq(got.bytes, bytes, 256);
	close(end);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert(got.completed);
	feeder.resumed = true;
	rig_kick(&rig, 1);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_OK);
	rig_fini(&rig);
	close(listener);
}
END_TEST

START_TEST(a_peer_that_goes_with_bytes_unread_is_an_end_too)
{
	const struct feed script[] = { FEED("unread"), FEED_PAUSE };
	int listener, end;

	params.path = rig_path("line");
	listener = listen_at(params.path);
	add_source(&params);
	add_sink(&params, script);
	ck_assert_int_eq(rig_run(&rig), WEIR_EAGAIN);
	end = accept(listener, NULL, NULL);
	close(end);
	ck_assert_int_eq(weir_sim_run(&rig.sim), WEIR_EAGAIN);
	ck_assert(got.completed && !got.failed);
	rig_fini(&rig);
	close(listener);
}
END_TEST

START_TEST(a_socket_where_nobody_listens_is_an_error)
{
	params.path = rig_path("line");
	close(listen_at(params.path));
	expect_error(WEIR_EIO, "cannot connect: Connection refused");
}
END_TEST

START_TEST(a_socket_with_too_long_a_path_is_an_error)
{
	char *name = strcpy((char[256]){ 0 }, rig_path("line")), *path;

	close(listen_at(name));
	memset(name, 'x', 110);
	name[110] = '\0';
	path = (char *)(uintptr_t)rig_path(name);
	ck_assert_int_eq(rename(rig_path("line"), path), 0);
	params.path = path;
	expect_error(WEIR_EIO, "cannot connect: File name too long");
}
END_TEST

int main(void)
{
	const TTest *const tests[] = { the_line_is_raw_and_set_up_while_it_is_open,
		what_it_was_set_to_before_does_not_matter_and_comes_back, every_rate_of_the_list_can_be_set,
		what_no_port_can_be_set_to_is_refused_before, a_device_that_is_not_there_is_an_error,
		a_file_is_no_serial_line, a_line_in_use_is_left_alone, while_it_is_open_nobody_else_gets_it,
		a_source_and_a_sink_share_a_line, two_of_a_kind_and_other_settings_are_refused,
		a_socket_is_a_line_of_one_connection, a_peer_that_goes_with_bytes_unread_is_an_end_too,
		a_socket_where_nobody_listens_is_an_error, a_socket_with_too_long_a_path_is_an_error };

	return serial_main("serial_port", tests, sizeof tests / sizeof tests[0]);
}
