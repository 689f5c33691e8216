/* SPDX-License-Identifier: MIT */
/*
 * stdin.c -- the bytes of standard input.
 *
 * The open file may be shared with other processes, so the blocking mode found is put back at the end.
 * Credit  see fd_source.c.
 */
#include "fd.h"

struct stdin_source {
	struct weir_fd f;
	char text[sizeof "stdin" + WEIR_FD_REASON_MAX];
};

static const struct weir_param stdin_params[] = {
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records stand in it: csv, ndjson, binary or frames."),
	WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time."),
	{ .name = NULL },
};

static int64_t stdin_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct stdin_source);
}

/* Whoever writes to it may leave it alone for any time. */
static void stdin_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow)
{
	(void)place;
	(void)port;
	flow->silent = true;
}

static int stdin_open(struct weir_ctx *c)
{
	struct stdin_source *s = c->state;
	int err;

	s->f.name = "stdin";
	s->f.text = s->text;
	s->f.text_bytes = sizeof s->text;
	s->f.fd = 0;
	err = weir_fd_unblock(&s->f);
	return err == 0 ? WEIR_OK : weir_fd_fail(c, &s->f, "cannot open", err);
}

static void stdin_close(struct weir_ctx *c, bool normal)
{
	(void)normal;
	weir_fd_release(c, &((struct stdin_source *)c->state)->f);
}

static void stdin_run(struct weir_ctx *c)
{
	weir_fd_source_run(c, &((struct stdin_source *)c->state)->f);
}

const struct weir_op_type weir_stdin_source_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "stdin",
	.summary = "Read standard input; when nobody asks for more, it is left alone.",
	.page = WEIR_PAGE(.emits = "the bytes of standard input", .completes = "at their end",
		.state = "a few words, and room for a message"),
	.params = stdin_params,
	.out = &weir_bytes_record,
	.state_size = stdin_size,
	.flow = stdin_flow,
	.open = stdin_open,
	.close = stdin_close,
	.run = stdin_run,
};
