/* SPDX-License-Identifier: MIT */
/*
 * stdout.c -- bytes to standard output; branches mix by whole lines.
 *
 * Several stages of a loop may write here. The one that has begun a line keeps the turn until it has written
 * the line's end; the others wait, asking for no more. Formats of lines always finish one without needing
 * anything from another branch, so the turn comes free. What binary formats write has no lines: `lines`
 * false. Stages of one thread share the turn; that is one loop.
 *
 * Credit  see fd_sink.c. Barriers are answered once the bytes are handed over.
 */
#include <weir/engine.h>

#include "fd.h"

struct stdout_sink {
	struct weir_fd_sink sink;
	struct weir_ctx *c;
	struct stdout_sink *next; /* among those that wait */
	bool waits;
	char text[sizeof "stdout" + WEIR_FD_REASON_MAX];
};

static _Thread_local struct {
	struct stdout_sink *holder;  /* in the middle of a line */
	struct stdout_sink *waiting; /* first come, first woken */
} turn;

static const struct weir_param stdout_params[] = {
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records are written: csv, ndjson, binary or frames."),
	WEIR_PARAM(struct weir_stdout_params, lines, "lines", BOOL, .dflt = "true",
		.help = "Let other branches write at line ends only."),
	{ .name = NULL },
};

static int64_t stdout_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct stdout_sink);
}

static void enqueue(struct stdout_sink *s)
{
	struct stdout_sink **end = &turn.waiting;

	if (s->waits)
		return;
	while (*end != NULL)
		end = &(*end)->next;
	*end = s;
	s->next = NULL;
	s->waits = true;
}

static void dequeue(struct stdout_sink *s)
{
	struct stdout_sink **at = &turn.waiting;

	if (!s->waits)
		return;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	s->waits = false;
}

static void give_turn(struct stdout_sink *s)
{
	if (turn.holder != s)
		return;
	turn.holder = NULL;
	while (turn.waiting != NULL) {
		struct stdout_sink *next = turn.waiting;

		dequeue(next);
		weir_wake_stage(next->c->instance, next->c->index);
	}
}

static bool stdout_may_write(struct weir_ctx *c)
{
	const struct weir_stdout_params *params = c->params;
	struct stdout_sink *s = c->state;

	if (!params->lines || turn.holder == NULL || turn.holder == s)
		return true;
	enqueue(s);
	return false;
}

static void stdout_wrote(struct weir_ctx *c, unsigned char last)
{
	const struct weir_stdout_params *params = c->params;

	if (!params->lines)
		return;
	if (last == '\n')
		give_turn(c->state);
	else
		turn.holder = c->state;
}

static const struct weir_fd_sink_kind stdout_kind = {
	.may_write = stdout_may_write,
	.wrote = stdout_wrote,
};

static int stdout_open(struct weir_ctx *c)
{
	struct stdout_sink *s = c->state;
	int err;

	s->c = c;
	s->sink.kind = &stdout_kind;
	s->sink.f.name = "stdout";
	s->sink.f.text = s->text;
	s->sink.f.text_bytes = sizeof s->text;
	s->sink.f.fd = 1;
	err = weir_fd_unblock(&s->sink.f);
	return err == 0 ? WEIR_OK : weir_fd_fail(c, &s->sink.f, "cannot open", err);
}

static void stdout_close(struct weir_ctx *c, bool normal)
{
	struct stdout_sink *s = c->state;

	(void)normal;
	dequeue(s);
	give_turn(s);
	weir_fd_release(c, &s->sink.f);
}

static void stdout_run(struct weir_ctx *c)
{
	weir_fd_sink_run(c, &((struct stdout_sink *)c->state)->sink);
}

const struct weir_op_type weir_stdout_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "stdout",
	.summary = "Write to standard output; several branches mix by whole lines.",
	.page = WEIR_PAGE(.emits = "bytes to standard output, branches by whole lines",
		.state = "a few words, and room for a message"),
	.params_struct = "struct weir_stdout_params",
	.header = "weir/connectors.h",
	.params = stdout_params,
	.params_size = sizeof(struct weir_stdout_params),
	.in = &weir_bytes_record,
	.prefetch = WEIR_FD_SLICE_BYTES,
	.state_size = stdout_size,
	.open = stdout_open,
	.close = stdout_close,
	.run = stdout_run,
};
