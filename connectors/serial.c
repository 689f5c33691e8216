/* SPDX-License-Identifier: MIT */
/*
 * serial.c -- bytes from and to a serial line: a terminal device in raw mode, or the socket of an emulator.
 *
 * Credit  reading is switched by it (fd_source.c): what is not asked for stays in the kernel. With `rts_cts` the
 *         kernel then stops the device; without, it drops what does not fit. The sink waits for a slow line.
 * Ends    when the other end hangs up, the source completes and the sink fails. When its stream ends, and before
 *         a barrier is answered, the sink waits until its bytes have left the port; an abort drops them.
 * Memory  the state, with room for a message that names the path.
 */
#define _DEFAULT_SOURCE
#include <string.h>

#include "serial_port.h"

#define LOOK_MIN_NS 1000000u
#define LOOK_MAX_NS 100000000u
#define FRAME_BITS  12u /* most bits a byte takes on the line */

struct serial_source {
	struct weir_fd f;
	struct weir_serial_port port;
	char text[]; /* messages */
};

struct serial_sink {
	struct weir_fd_sink sink;
	struct weir_serial_port port;
	struct weir_mark mark; /* to be answered */
	bool owes;
	char text[];
};

static const char *const parities[] = { "none", "even", "odd", NULL };

#define LINE_PARAMS                                                                                       \
	WEIR_PARAM(struct weir_serial_params, baud, "baud", U32, .dflt = "115200", .max = UINT32_MAX,     \
		.help = "Bits per second."),                                                              \
		WEIR_PARAM(struct weir_serial_params, data_bits, "data_bits", U32, .dflt = "8", .min = 5, \
			.max = 8, .help = "Data bits in a byte."),                                        \
		WEIR_PARAM(struct weir_serial_params, parity, "parity", ENUM, .dflt = "\"none\"",         \
			.choices = parities, .help = "Parity bit behind them."),                          \
		WEIR_PARAM(struct weir_serial_params, stop_bits, "stop_bits", U32, .dflt = "1", .min = 1, \
			.max = 2, .help = "Stop bits behind that."),                                      \
		WEIR_PARAM(struct weir_serial_params, rts_cts, "rts_cts", BOOL, .dflt = "false",          \
			.help = "Stop and be stopped by the RTS and CTS wires.")

static const struct weir_param source_params[] = {
	WEIR_PARAM(struct weir_serial_params, path, "path", TEXT, .example = "\"/dev/ttyUSB0\"",
		.help = "Terminal device or socket to read.",
		.flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),
	LINE_PARAMS,
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records stand in it: csv, ndjson, binary or frames."),
	WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time."),
	{ .name = NULL },
};

static const struct weir_param sink_params[] = {
	WEIR_PARAM(struct weir_serial_params, path, "path", TEXT, .example = "\"/dev/ttyUSB0\"",
		.help = "Terminal device or socket to write.",
		.flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),
	LINE_PARAMS,
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records are written: csv, ndjson, binary or frames."),
	{ .name = NULL },
};

/* ---- both ---- */

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_serial_params *p = place->params;

	*why = weir_serial_no_rate;
	if (weir_serial_speed(p->baud) == B0)
		return WEIR_EINVAL;
	*why = "a byte has 5 to 8 data bits, a parity of the list, and 1 or 2 stop bits";
	if (p->data_bits < 5 || p->data_bits > 8 || p->stop_bits < 1 || p->stop_bits > 2)
		return WEIR_EINVAL;
	return p->parity > WEIR_PARITY_ODD ? WEIR_EINVAL : WEIR_OK;
}

static size_t text_bytes(const void *params)
{
	return strlen(((const struct weir_serial_params *)params)->path) + WEIR_FD_REASON_MAX;
}

static int64_t size(const struct weir_place *place, size_t state_bytes)
{
	const char *why;
	int rc = check(place, &why);

	return rc < 0 ? rc : (int64_t)(state_bytes + text_bytes(place->params));
}

static int open_port(struct weir_ctx *c, struct weir_serial_port *p, struct weir_fd *f, char *text)
{
	const struct weir_serial_params *params = c->params;

	f->name = params->path;
	f->text = text;
	f->text_bytes = text_bytes(params);
	f->hangs_up = f->drains = true;
	p->f = f;
	p->params = params;
	return weir_serial_port_open(c, p);
}

/* ---- the source ---- */

static int64_t source_size(const struct weir_place *place)
{
	return size(place, sizeof(struct serial_source));
}

/* The device may say nothing for any time. */
static void source_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow)
{
	(void)place;
	(void)port;
	flow->silent = true;
}

static int source_open(struct weir_ctx *c)
{
	struct serial_source *s = c->state;

	return open_port(c, &s->port, &s->f, s->text);
}

static void source_close(struct weir_ctx *c, bool normal)
{
	(void)normal;
	weir_serial_port_close(c, &((struct serial_source *)c->state)->port);
}

static void source_run(struct weir_ctx *c)
{
	weir_fd_source_run(c, &((struct serial_source *)c->state)->f);
}

/* ---- the sink ---- */

static int64_t sink_size(const struct weir_place *place)
{
	return size(place, sizeof(struct serial_sink));
}

static int sink_open(struct weir_ctx *c)
{
	static const struct weir_fd_sink_kind kind = { 0 };
	struct serial_sink *s = c->state;

	s->sink.kind = &kind;
	s->port.is_sink = true;
	s->owes = false;
	return open_port(c, &s->port, &s->sink.f, s->text);
}

static void sink_close(struct weir_ctx *c, bool normal)
{
	struct serial_sink *s = c->state;

	if (!normal)
		weir_serial_port_discard(&s->port);
	weir_serial_port_close(c, &s->port);
}

/* Whether all that was written has left the port. If not, the stage is run again when it may have. */
static bool has_left(struct weir_ctx *c, const struct serial_sink *s)
{
	uint64_t bytes = s->port.is_terminal ? weir_fd_ops->unsent(s->sink.f.fd) : 0;
	uint64_t wait_ns = bytes * FRAME_BITS * 1000000000u / s->port.params->baud;

	if (bytes == 0)
		return true;
	wait_ns = wait_ns < LOOK_MIN_NS ? LOOK_MIN_NS : wait_ns > LOOK_MAX_NS ? LOOK_MAX_NS : wait_ns;
	weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, (int64_t)(weir_now(c) + wait_ns));
	return false;
}

/* Answer the mark. False: not yet, or it was the last. */
static bool answer(struct weir_ctx *c, struct serial_sink *s)
{
	bool last = s->mark.kind == WEIR_MARK_COMPLETE || s->mark.kind == WEIR_MARK_ERROR;

	if ((last || s->mark.kind == WEIR_MARK_BARRIER) && !has_left(c, s))
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
	struct serial_sink *s = c->state;

	if ((s->owes && !answer(c, s)) || !weir_fd_sink_write(c, &s->sink))
		return;
	while (weir_next_mark(c, 0, &s->mark)) {
		s->owes = true;
		if (!answer(c, s))
			return;
	}
}

static void sink_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	(void)timer;
	(void)deadline_ns;
	sink_run(c);
}

const struct weir_op_type weir_serial_source_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "serial",
	.summary = "Read a serial line; when nobody asks for more, it is left alone.",
	.page = WEIR_PAGE(.emits = "the bytes that come", .completes = "when the other end hangs up",
		.state = "a few words, and room for a message"),
	.params_struct = "struct weir_serial_params",
	.header = "weir/connectors.h",
	.params = source_params,
	.params_size = sizeof(struct weir_serial_params),
	.out = &weir_bytes_record,
	.state_size = source_size,
	.check = check,
	.flow = source_flow,
	.open = source_open,
	.close = source_close,
	.run = source_run,
};

const struct weir_op_type weir_serial_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.name = "serial",
	.summary = "Write a serial line, as fast as it takes bytes.",
	.page = WEIR_PAGE(.emits = "bytes to the line", .state = "a few words, and room for a message"),
	.params_struct = "struct weir_serial_params",
	.header = "weir/connectors.h",
	.params = sink_params,
	.params_size = sizeof(struct weir_serial_params),
	.in = &weir_bytes_record,
	.prefetch = WEIR_FD_SLICE_BYTES,
	.state_size = sink_size,
	.check = check,
	.open = sink_open,
	.close = sink_close,
	.run = sink_run,
	.timer = sink_timer,
};
