/* SPDX-License-Identifier: MIT */
/*
 * udp.c -- the bytes of datagrams, one datagram behind the other; and bytes cut into datagrams.
 *
 * The source is hot: nobody makes the senders wait. What comes while there is room is read straight into the output.
 * Without room one datagram waits here, and of the next ones `overflow` says what becomes: they are read and take its
 * place (drop_oldest, latest), or stay with the kernel, which drops what its buffer does not hold (drop_newest), or end
 * the stream (error). What the kernel dropped goes on as a mark (lagged) that counts datagrams.
 *
 *	datagrams   {"n":1}   {"n":2}\n   	a line's missing end is put behind it (`lines`)
 *	out         {"n":1}\n{"n":2}\n
 *
 * The sink sends whole lines (`lines`), as many as a datagram holds, and nothing is held back for that: what waits is
 * sent. Nobody tells whether a datagram arrived.
 *
 * Credit  source: as said. Sink: waits for the network's queue, takes what one datagram holds.
 * Memory  source: two datagrams, the one that waits and the rest of one that is on its way. Sink: one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "hot.h"
#include "socket.h"

#define DATAGRAM_MOST 65507u
#define AT_ONCE       32u /* datagrams of a turn */

struct udp_source {
	struct weir_fd f;
	unsigned char *waiting, *rest; /* a datagram each */
	uint32_t n_waiting, n_rest, at_rest;
	uint32_t lost; /* by the kernel, as told so far */
	bool stopping;
	unsigned char memory[]; /* two datagrams, then messages */
};

struct udp_sink {
	struct weir_fd f;
	uint32_t n;
	struct weir_mark mark; /* to be answered */
	bool owes;
	unsigned char memory[]; /* a datagram, then messages */
};

#define PARAMS(address_help, lines_help)                                                                  \
	WEIR_PARAM(struct weir_udp_params, address, "address", TEXT, .example = "\"localhost:4000\"",     \
		.help = (address_help), .flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),               \
		WEIR_PARAM(struct weir_udp_params, datagram_bytes, "datagram", SIZE, .dflt = "\"1400B\"", \
			.min = 1, .max = DATAGRAM_MOST, .help = "Bytes of a datagram at most."),          \
		WEIR_PARAM(                                                                               \
			struct weir_udp_params, lines, "lines", BOOL, .dflt = "true", .help = (lines_help))

static const struct weir_param source_params[] = {
	PARAMS("Host and port to be found at: \":4000\" is any address of this machine.",
		"Put the end of a line behind a datagram that does not end with one."),
	WEIR_PARAM(struct weir_udp_params, overflow, "overflow", ENUM, .example = "\"drop_oldest\"",
		.choices = weir_hot_overflows, .help = "What becomes of a datagram nobody asked for.",
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records stand in it: csv, ndjson, binary or frames."),
	WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time."),
	{ .name = NULL },
};

static const struct weir_param sink_params[] = {
	PARAMS("Host and port to send to.", "Cut at line ends only."),
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records are written: csv, ndjson, binary or frames."),
	{ .name = NULL },
};

/* ---- both ---- */

static int check(const struct weir_place *place, bool any_host, const char **why)
{
	const struct weir_udp_params *p = place->params;
	const char *port;
	char host[256];

	*why = "an address is host:port, such as \"localhost:4000\", \"[::1]:4000\" or, to listen, \":4000\"";
	if (!weir_socket_split(p->address, host, sizeof host, &port) || (host[0] == '\0' && !any_host))
		return WEIR_EINVAL;
	*why = "a datagram has 1 to 65507 bytes";
	return p->datagram_bytes > 0 && p->datagram_bytes <= DATAGRAM_MOST ? WEIR_OK : WEIR_ERANGE;
}

static size_t text_bytes(const struct weir_udp_params *p)
{
	return strlen(p->address) + WEIR_FD_REASON_MAX;
}

static int open_socket(struct weir_ctx *c, struct weir_fd *f, unsigned char *text, bool to_listen)
{
	const struct weir_udp_params *p = c->params;
	const char *what = to_listen ? "cannot listen" : "cannot connect", *why;
	struct weir_socket_address a;
	const struct sockaddr *at = (const struct sockaddr *)(const void *)&a.at;
	int one = 1, rc;

	f->name = p->address;
	f->text = (char *)text;
	f->text_bytes = text_bytes(p);
	f->fd = -1;
	f->is_socket = true;
	why = weir_socket_find(p->address, to_listen, SOCK_DGRAM, 0, &a);
	if (why != NULL)
		return weir_socket_fail(c, f, what, why);
	f->fd = socket(at->sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (f->fd < 0)
		return weir_fd_fail(c, f, what, errno);
	if (to_listen)
		(void)setsockopt(f->fd, SOL_SOCKET, SO_RXQ_OVFL, &one, sizeof one);
	rc = to_listen ? bind(f->fd, at, a.len) : connect(f->fd, at, a.len);
	if (rc == 0)
		return WEIR_OK;
	rc = weir_fd_fail(c, f, what, errno);
	close(f->fd);
	f->fd = -1;
	return rc;
}

static void close_socket(struct weir_ctx *c, struct weir_fd *f)
{
	weir_fd_release(c, f);
	close(f->fd);
	f->fd = -1;
}

/* ---- the source ---- */

/* With the end of a line that may be put behind it. */
static uint32_t room_of(const struct weir_udp_params *p)
{
	return p->datagram_bytes + p->lines;
}

static int source_check(const struct weir_place *place, const char **why)
{
	return check(place, true, why);
}

static int64_t source_size(const struct weir_place *place)
{
	const struct weir_udp_params *p = place->params;
	const char *why;
	int rc = source_check(place, &why);

	return rc < 0 ? rc : (int64_t)(sizeof(struct udp_source) + 2u * room_of(p) + text_bytes(p));
}

static int source_open(struct weir_ctx *c)
{
	const struct weir_udp_params *p = c->params;
	struct udp_source *s = c->state;

	s->waiting = s->memory;
	s->rest = s->memory + room_of(p);
	return open_socket(c, &s->f, s->memory + 2u * room_of(p), true);
}

/* What is on its way out of this turn. */
struct made {
	struct weir_span *span; /* NULL: no room */
	uint32_t n;
};

static uint32_t room_left(const struct made *m)
{
	return m->span != NULL ? m->span->count - m->n : 0;
}

/* As much of it as there is room for; how much. */
static uint32_t pour(struct made *m, const unsigned char *from, uint32_t n)
{
	uint32_t k = n < room_left(m) ? n : room_left(m);

	if (k > 0)
		memcpy((unsigned char *)m->span->items + m->n, from, k);
	m->n += k;
	return k;
}

static void pour_held(struct udp_source *s, struct made *m)
{
	s->at_rest += pour(m, s->rest + s->at_rest, s->n_rest - s->at_rest);
	if (s->at_rest == s->n_rest && s->n_waiting > 0 && room_left(m) > 0) {
		unsigned char *free = s->rest;

		s->rest = s->waiting;
		s->n_rest = s->n_waiting;
		s->waiting = free;
		s->n_waiting = 0;
		s->at_rest = pour(m, s->rest, s->n_rest);
	}
}

/* One that is too long: an item error. Whether the stage goes on. */
static bool too_long(struct weir_ctx *c, struct udp_source *s, uint32_t n)
{
	struct weir_fault fault = { .code = WEIR_ERANGE, .text = s->f.text };

	snprintf(s->f.text, s->f.text_bytes, "%s: a datagram of %u bytes is longer than \"datagram\"",
		s->f.name, (unsigned)n);
	switch (weir_fault(c, NULL, &fault)) {
	case WEIR_HOLD: /* its stream is full; a datagram cannot wait */
		weir_drop(c, WEIR_DROP_OVERFLOW, n);
		return true;
	case WEIR_STOP:
		return false;
	default:
		return true;
	}
}

enum got { GOT_ONE, GOT_NONE, GOT_END };

/* Receive one into `to`, if there is one; an empty one is none. *n is what it has become. */
static enum got receive(struct weir_ctx *c, struct udp_source *s, unsigned char *to, uint32_t *n)
{
	const struct weir_udp_params *p = c->params;
	ssize_t k;

	for (;;) {
		do
			k = weir_fd_ops->receive(s->f.fd, to, p->datagram_bytes, &s->lost);
		while (k < 0 && errno == EINTR);
		if (k < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return GOT_NONE;
		if (k < 0) {
			weir_fd_fail(c, &s->f, "cannot read", errno);
			return GOT_END;
		}
		if (k > (ssize_t)p->datagram_bytes && !too_long(c, s, (uint32_t)k))
			return GOT_END;
		if (k == 0 || k > (ssize_t)p->datagram_bytes)
			continue;
		*n = (uint32_t)k;
		if (p->lines && to[k - 1] != '\n')
			to[(*n)++] = '\n';
		return GOT_ONE;
	}
}

/* Take the next one, wherever it can lie. */
static enum got take(struct weir_ctx *c, struct udp_source *s, struct made *m)
{
	const struct weir_udp_params *p = c->params;
	uint32_t n = 0, waited = s->n_waiting;
	enum got got;

	if (s->n_waiting == 0 && s->at_rest == s->n_rest && room_left(m) >= room_of(p)) {
		got = receive(c, s, (unsigned char *)m->span->items + m->n, &n);
		m->n += n;
		return got;
	}
	if (waited > 0 && p->overflow == WEIR_HOT_DROP_NEWEST)
		return GOT_END; /* until there is room again */
	got = receive(c, s, s->waiting, &n);
	if (got != GOT_ONE)
		return got;
	if (waited > 0)
		weir_drop(c, WEIR_DROP_OVERFLOW, waited);
	s->n_waiting = n;
	if (waited > 0 && p->overflow == WEIR_HOT_ERROR) {
		weir_fail(c, WEIR_EFULL, "a datagram found no room: overflow is error");
		return GOT_END;
	}
	pour_held(s, m);
	return GOT_ONE;
}

static void send_out(struct weir_ctx *c, struct udp_source *s, const struct made *m, uint32_t lost_before)
{
	struct weir_mark lagged = { .kind = WEIR_MARK_LAGGED, .value = s->lost - lost_before };

	if (m->n > 0)
		weir_emit(c, 0, m->n);
	if (lagged.value > 0)
		weir_send_mark(c, 0, &lagged);
}

static void source_run(struct weir_ctx *c)
{
	struct udp_source *s = c->state;
	struct made m = { .span = weir_reserve(c, 0) };
	uint32_t lost_before = s->lost;
	enum got got = GOT_NONE;

	pour_held(s, &m);
	if (!s->stopping && !(s->f.waits && s->f.watch.ready == 0)) {
		s->f.waits = false;
		got = GOT_ONE;
		for (uint32_t k = 0; k < AT_ONCE && got == GOT_ONE; k++)
			got = take(c, s, &m);
		if (got == GOT_NONE) {
			s->f.waits = true;
			weir_fd_wait(c, &s->f, WEIR_READABLE);
		}
	}
	send_out(c, s, &m, lost_before);
	if (got == GOT_ONE)
		weir_again(c);
	if (s->stopping && s->at_rest == s->n_rest && s->n_waiting == 0)
		weir_complete(c);
}

static void source_stop(struct weir_ctx *c)
{
	((struct udp_source *)c->state)->stopping = true;
}

static void source_close(struct weir_ctx *c, bool normal)
{
	struct udp_source *s = c->state;
	uint32_t held = s->n_waiting + s->n_rest - s->at_rest;

	(void)normal;
	if (held > 0)
		weir_drop(c, WEIR_DROP_CANCELLED, held);
	close_socket(c, &s->f);
}

/* ---- the sink ---- */

static int sink_check(const struct weir_place *place, const char **why)
{
	return check(place, false, why);
}

static int64_t sink_size(const struct weir_place *place)
{
	const struct weir_udp_params *p = place->params;
	const char *why;
	int rc = sink_check(place, &why);

	return rc < 0 ? rc : (int64_t)(sizeof(struct udp_sink) + p->datagram_bytes + text_bytes(p));
}

static int sink_open(struct weir_ctx *c)
{
	const struct weir_udp_params *p = c->params;
	struct udp_sink *s = c->state;

	return open_socket(c, &s->f, s->memory + p->datagram_bytes, false);
}

/* Send the first k of the bytes held. Whether they are gone. */
static bool send_first(struct weir_ctx *c, struct udp_sink *s, uint32_t k)
{
	ssize_t n;

	do /* that nobody was there is told of the one before */
		n = weir_fd_ops->send(s->f.fd, s->memory, k);
	while (n < 0 && (errno == EINTR || errno == ECONNREFUSED));
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
		weir_fd_wait(c, &s->f, WEIR_WRITABLE);
		return false;
	}
	if (n < 0 && errno != ENOBUFS) { /* the network's queue lost it, as others may */
		weir_fd_fail(c, &s->f, "cannot write", errno);
		return false;
	}
	s->n -= k;
	memmove(s->memory, s->memory + k, s->n);
	weir_hold(c, 0, -(int64_t)k);
	return true;
}

static uint32_t up_to_line_end(const struct udp_sink *s)
{
	const unsigned char *end = memrchr(s->memory, '\n', s->n);

	return end != NULL ? (uint32_t)(end - s->memory) + 1 : 0;
}

/* Send what can go now: whole lines, unless it is the last; false when some of that waits, or it failed. */
static bool send_held(struct weir_ctx *c, struct udp_sink *s, bool last)
{
	const struct weir_udp_params *p = c->params;
	uint32_t k = p->lines && !last ? up_to_line_end(s) : s->n;

	if (k > 0)
		return send_first(c, s, k);
	if (s->n < p->datagram_bytes)
		return true;
	snprintf(s->f.text, s->f.text_bytes, "%s: a line is longer than \"datagram\"", s->f.name);
	weir_fail(c, WEIR_ERANGE, s->f.text);
	return false;
}

/* Bytes of the span that come into the datagram being made: whole lines, as long as one fits. */
static uint32_t fitting(
	const struct weir_udp_params *p, const struct udp_sink *s, const struct weir_span *span)
{
	uint32_t room = p->datagram_bytes - s->n, n = span->count < room ? span->count : room;
	const unsigned char *end;

	if (!p->lines || n == span->count)
		return n;
	end = memrchr(span->items, '\n', n);
	if (end != NULL)
		return (uint32_t)(end - (const unsigned char *)span->items) + 1;
	return up_to_line_end(s) > 0 ? 0 : n;
}

static bool write_all(struct weir_ctx *c, struct udp_sink *s)
{
	const struct weir_span *span;

	while ((span = weir_input(c, 0)) != NULL) {
		uint32_t n = fitting(c->params, s, span), left = span->count - n;

		memcpy(s->memory + s->n, span->items, n);
		s->n += n;
		weir_take(c, 0, n);
		weir_hold(c, 0, n);
		if ((left > 0 || n == 0) && !send_held(c, s, false))
			return false;
	}
	return send_held(c, s, false);
}

/* Answer the mark. False: not yet, or it was the last. */
static bool answer(struct weir_ctx *c, struct udp_sink *s)
{
	bool last = s->mark.kind == WEIR_MARK_COMPLETE || s->mark.kind == WEIR_MARK_ERROR;

	if ((last || s->mark.kind == WEIR_MARK_BARRIER) && !send_held(c, s, true))
		return false;
	s->owes = false;
	if (last)
		weir_end_with(c, &s->mark);
	else if (s->mark.kind == WEIR_MARK_BARRIER)
		weir_barrier_done(c, &s->mark);
	return !last;
}

static void sink_run(struct weir_ctx *c)
{
	struct udp_sink *s = c->state;

	if ((s->owes && !answer(c, s)) || !write_all(c, s))
		return;
	while (weir_next_mark(c, 0, &s->mark)) {
		s->owes = true;
		if (!answer(c, s))
			return;
	}
}

static void sink_close(struct weir_ctx *c, bool normal)
{
	(void)normal;
	close_socket(c, &((struct udp_sink *)c->state)->f);
}

const struct weir_op_type weir_udp_source_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_HOT,
	.credit = WEIR_CREDIT_OWN,
	.drops = WEIR_DROPS_BIT(OVERFLOW),
	.name = "udp",
	.summary = "Read datagrams, one behind the other.",
	.page = WEIR_PAGE(.emits = "the bytes of each datagram, one after the other",
		.credit = "without it one datagram waits, and the next meets `overflow`",
		.completes = "never by itself", .state = "two datagrams, and room for a message"),
	.params_struct = "struct weir_udp_params",
	.header = "weir/connectors.h",
	.params = source_params,
	.params_size = sizeof(struct weir_udp_params),
	.out = &weir_bytes_record,
	.state_size = source_size,
	.check = source_check,
	.open = source_open,
	.close = source_close,
	.run = source_run,
	.stop = source_stop,
};

const struct weir_op_type weir_udp_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "udp",
	.summary = "Send datagrams; nobody tells whether they arrive.",
	.page = WEIR_PAGE(.emits = "datagrams of whole lines", .state = "a datagram, and room for a message"),
	.params_struct = "struct weir_udp_params",
	.header = "weir/connectors.h",
	.params = sink_params,
	.params_size = sizeof(struct weir_udp_params),
	.in = &weir_bytes_record,
	.prefetch = WEIR_FD_SLICE_BYTES,
	.state_size = sink_size,
	.check = sink_check,
	.open = sink_open,
	.close = sink_close,
	.run = sink_run,
};
