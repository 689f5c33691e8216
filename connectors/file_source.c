/* SPDX-License-Identifier: MIT */
/*
 * file_source.c -- the bytes of a file, a named pipe or a device, once.
 *
 * Credit  see fd_source.c. Regular files are always ready; anything else is waited for.
 * Memory  the state, with room for a message that names the path.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fd.h"

struct file_source {
	struct weir_fd f;
	char text[]; /* messages */
};

static const struct weir_param file_source_params[] = {
	WEIR_PARAM(struct weir_file_source_params, path, "path", TEXT, .example = "\"readings.csv\"",
		.help = "File to read.", .flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records stand in it: csv, ndjson, binary or frames."),
	WEIR_PARAM_BARE("time", TIME_FIELD, .help = "Field of the record that gives its time."),
	{ .name = NULL },
};

static size_t text_bytes(const void *params)
{
	return strlen(((const struct weir_file_source_params *)params)->path) + WEIR_FD_REASON_MAX;
}

static int64_t file_source_size(const struct weir_place *place)
{
	return (int64_t)(sizeof(struct file_source) + text_bytes(place->params));
}

static int file_source_open(struct weir_ctx *c)
{
	const struct weir_file_source_params *params = c->params;
	struct file_source *s = c->state;

	s->f.name = params->path;
	s->f.text = s->text;
	s->f.text_bytes = text_bytes(params);
	s->f.fd = open(params->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (s->f.fd < 0)
		return weir_fd_fail(c, &s->f, "cannot open", errno);
	return WEIR_OK;
}

static void file_source_close(struct weir_ctx *c, bool normal)
{
	struct file_source *s = c->state;

	(void)normal;
	weir_fd_release(c, &s->f);
	close(s->f.fd);
	s->f.fd = -1;
}

static void file_source_run(struct weir_ctx *c)
{
	weir_fd_source_run(c, &((struct file_source *)c->state)->f);
}

const struct weir_op_type weir_file_source_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "file",
	.summary = "Read a file; when nobody asks for more, it is left alone.",
	.page = WEIR_PAGE(.emits = "the bytes of the file, once", .completes = "at the end of the file",
		.state = "a few words, and room for a message"),
	.params_struct = "struct weir_file_source_params",
	.header = "weir/connectors.h",
	.params = file_source_params,
	.params_size = sizeof(struct weir_file_source_params),
	.out = &weir_bytes_record,
	.state_size = file_source_size,
	.open = file_source_open,
	.close = file_source_close,
	.run = file_source_run,
};
