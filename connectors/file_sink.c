/* SPDX-License-Identifier: MIT */
/*
 * file_sink.c -- bytes to a file: in its place at a normal end, or behind what it holds.
 *
 * replace  writes to a temporary file in the same directory and renames it once everything is on the disk,
 *          so that a reader sees the old file or the whole new one; at an error or abort it is removed. A
 *          symbolic link is followed. Devices and named pipes are written to directly.
 * append   every write goes behind the end, whoever else writes; on the disk at a normal end.
 *
 * Credit  see fd_sink.c. Barriers are answered when the bytes are on the disk.
 * Memory  the state: two file names and room for a message that names the path.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fd.h"

#define NEW_FILE_MODE (S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH)

struct file_sink {
	struct weir_fd_sink sink;
	int dir_fd;  /* -1: no temporary file */
	bool exists; /* the temporary file does */
	char name[NAME_MAX + 1], temporary[NAME_MAX + 1];
	char text[]; /* messages */
};

static const char *const modes[] = { "replace", "append", NULL };

static const struct weir_param file_sink_params[] = {
	WEIR_PARAM(struct weir_file_sink_params, path, "path", TEXT, .example = "\"minutes.csv\"",
		.help = "File to write.", .flags = WEIR_PARAM_REQUIRED | WEIR_PARAM_PRIMARY),
	WEIR_PARAM_BARE("format", FORMAT, .help = "How records are written: csv, ndjson, binary or frames."),
	WEIR_PARAM(struct weir_file_sink_params, mode, "mode", ENUM, .dflt = "\"replace\"", .choices = modes,
		.help = "Replace the file at a normal end, or append to it."),
	WEIR_PARAM(struct weir_file_sink_params, skip_header, "skip_header", BOOL, .dflt = "false",
		.help = "Appending to a file that is not empty, leave out the first line."),
	{ .name = NULL },
};

static size_t text_bytes(const void *params)
{
	return strlen(((const struct weir_file_sink_params *)params)->path) + WEIR_FD_REASON_MAX;
}

static int64_t file_sink_size(const struct weir_place *place)
{
	return (int64_t)(sizeof(struct file_sink) + text_bytes(place->params));
}

static int fail(struct weir_ctx *c, const char *what, int err)
{
	return weir_fd_fail(c, &((struct file_sink *)c->state)->sink.f, what, err);
}

/* ---- opening ---- */

/* Nothing stands there, or nothing could: opening the directory tells. */
static bool is_new(int err)
{
	return err == ENOENT || err == ENOTDIR;
}

/* Open the directory of path and keep its last part as the name. */
static int open_directory(struct weir_ctx *c, const char *path)
{
	struct file_sink *s = c->state;
	char *real = realpath(path, NULL); /* NULL: a new file, or a dangling link to be replaced ... */
	/* ... but nothing else: what stands there and cannot be told must not be replaced */
	int err = real != NULL || is_new(errno) ? 0 : errno;
	const char *whole = real != NULL ? real : path, *slash = strrchr(whole, '/');
	const char *name = slash != NULL ? slash + 1 : whole;
	size_t dir_len = slash == NULL ? 0 : slash == whole ? 1 : (size_t)(slash - whole);
	char *dir = NULL;

	if (err == 0 && *name == '\0')
		err = EISDIR;
	if (err == 0 && strlen(name) > NAME_MAX)
		err = ENAMETOOLONG;
	if (err == 0) {
		dir = dir_len > 0 ? strndup(whole, dir_len) : strdup(".");
		err = dir == NULL ? ENOMEM : 0;
	}
	if (err == 0) {
		strcpy(s->name, name);
		s->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		err = s->dir_fd < 0 ? errno : 0;
	}
	free(dir);
	free(real);
	return err == 0 ? WEIR_OK : fail(c, "cannot open its directory", err);
}

static int open_temporary(struct weir_ctx *c, mode_t mode)
{
	struct file_sink *s = c->state;

	for (unsigned k = 0; k < 1000; k++) {
		snprintf(s->temporary, sizeof s->temporary, ".%.200s.tmp-%ld-%u", s->name, (long)getpid(), k);
		s->sink.f.fd = openat(
			s->dir_fd, s->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, NEW_FILE_MODE);
		if (s->sink.f.fd >= 0) {
			s->exists = true;
			if (mode != 0)
				(void)fchmod(
					s->sink.f.fd, mode & 07777); /* another's file: ours all the same */
			return WEIR_OK;
		}
		if (errno != EEXIST)
			break;
	}
	return fail(c, "cannot create a temporary file beside it", errno);
}

static int open_append(struct weir_ctx *c)
{
	const struct weir_file_sink_params *params = c->params;
	struct file_sink *s = c->state;
	struct stat st;

	s->sink.f.fd = open(params->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, NEW_FILE_MODE);
	if (s->sink.f.fd < 0 || fstat(s->sink.f.fd, &st) != 0)
		return fail(c, "cannot open", errno);
	s->sink.skip_line = params->skip_header && st.st_size > 0;
	return WEIR_OK;
}

static int open_device(struct weir_ctx *c)
{
	const struct weir_file_sink_params *params = c->params;
	struct file_sink *s = c->state;

	s->sink.f.fd = open(params->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	return s->sink.f.fd >= 0 ? WEIR_OK : fail(c, "cannot open", errno);
}

static int open_replace(struct weir_ctx *c, mode_t mode)
{
	const struct weir_file_sink_params *params = c->params;
	int rc = open_directory(c, params->path);

	return rc < 0 ? rc : open_temporary(c, mode);
}

/* ---- ending ---- */

static int file_sync(struct weir_ctx *c)
{
	struct file_sink *s = c->state;

	if (weir_fd_ops->fdatasync(s->sink.f.fd) == 0 || errno == EINVAL || errno == EROFS)
		return WEIR_OK; /* or a device, which has nothing to synchronize */
	return fail(c, "cannot write to disk", errno);
}

static int file_finish(struct weir_ctx *c)
{
	struct file_sink *s = c->state;
	int rc = file_sync(c); /* what the disk refuses late is told too: close could not */

	if (rc < 0 || !s->exists)
		return rc;
	if (weir_fd_ops->renameat(s->dir_fd, s->temporary, s->dir_fd, s->name) != 0)
		return fail(c, "cannot replace it", errno);
	s->exists = false;
	(void)fsync(s->dir_fd); /* not every file system can; the file is whole either way */
	return WEIR_OK;
}

static const struct weir_fd_sink_kind file_kind = {
	.sync = file_sync,
	.finish = file_finish,
};

static void file_sink_close(struct weir_ctx *c, bool normal)
{
	struct file_sink *s = c->state;

	(void)normal; /* what is left of a temporary file now was not finished */
	if (s->sink.f.fd >= 0) {
		weir_fd_release(c, &s->sink.f);
		close(s->sink.f.fd);
	}
	if (s->exists)
		(void)unlinkat(s->dir_fd, s->temporary, 0);
	if (s->dir_fd >= 0)
		close(s->dir_fd);
	s->exists = false;
	s->sink.f.fd = s->dir_fd = -1;
}

static int file_sink_open(struct weir_ctx *c)
{
	const struct weir_file_sink_params *params = c->params;
	struct file_sink *s = c->state;
	struct stat st = { 0 };
	bool there = stat(params->path, &st) == 0;
	int err = errno, rc;

	s->dir_fd = s->sink.f.fd = -1;
	s->sink.kind = &file_kind;
	s->sink.f.name = params->path;
	s->sink.f.text = s->text;
	s->sink.f.text_bytes = text_bytes(params);
	if (!there && !is_new(err))
		rc = fail(c, "cannot open", err); /* it may be a device */
	else if (there && !S_ISREG(st.st_mode))
		rc = open_device(c);
	else if (params->mode == WEIR_FILE_APPEND)
		rc = open_append(c);
	else
		rc = open_replace(c, there ? st.st_mode : 0);
	if (rc < 0) /* the engine closes only what was opened */
		file_sink_close(c, false);
	return rc;
}

static void file_sink_run(struct weir_ctx *c)
{
	weir_fd_sink_run(c, &((struct file_sink *)c->state)->sink);
}

const struct weir_op_type weir_file_sink_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "file",
	.summary = "Write a file: as a whole at a normal end, or behind what it holds.",
	.page = WEIR_PAGE(.emits = "the file: in its place at a normal end, or behind what it holds",
		.state = "two file names, and room for a message"),
	.params_struct = "struct weir_file_sink_params",
	.header = "weir/connectors.h",
	.params = file_sink_params,
	.params_size = sizeof(struct weir_file_sink_params),
	.in = &weir_bytes_record,
	.prefetch = WEIR_FD_SLICE_BYTES,
	.state_size = file_sink_size,
	.open = file_sink_open,
	.close = file_sink_close,
	.run = file_sink_run,
};
