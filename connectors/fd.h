/* SPDX-License-Identifier: MIT */
/*
 * fd.h -- what connectors on file descriptors share. Private to connectors and their tests.
 */
#ifndef WEIR_CONNECTORS_FD_H
#define WEIR_CONNECTORS_FD_H

#include <sys/types.h>

#include <weir/connectors.h>

/* The system calls made while a pipeline runs, so that a test can let the k-th one fail. */
struct weir_fd_ops {
	ssize_t (*read)(int fd, void *to, size_t len);
	ssize_t (*write)(int fd, const void *from, size_t len);
	ssize_t (*send)(
		int socket, const void *from, size_t len); /* without a signal when the peer is gone */
	/* A datagram: its length, also where that is more than was read; *lost: how many the kernel had no room for so far */
	ssize_t (*receive)(int socket, void *to, size_t len, uint32_t *lost);
	int (*fdatasync)(int fd);
	int (*renameat)(int from_dir, const char *from, int to_dir, const char *to);
	uint32_t (*unsent)(int terminal); /* bytes written to it that have not left yet ... */
	void (*discard)(int terminal);    /* ... and never shall */
};

extern const struct weir_fd_ops weir_fd_system;
/* What is called; &weir_fd_system except in tests. Not to be changed while a pipeline runs. */
extern const struct weir_fd_ops *weir_fd_ops;

#define WEIR_FD_REASON_MAX 96u /* bytes an error text needs beside the name */

/* A descriptor a stage works on. Zeroed before open; fd is -1 when there is none. */
struct weir_fd {
	int fd;
	bool unblocked; /* it was blocking: put that back */
	bool is_socket;
	bool drains;      /* can be waited for, and a read that is not filled has left nothing there */
	bool waits;       /* for what is to be read */
	bool hangs_up;    /* an error of reading may be how its other end goes: an end like others */
	const char *name; /* in messages */
	char *text;       /* for messages: strlen(name) + WEIR_FD_REASON_MAX bytes of the state */
	size_t text_bytes;
	struct weir_watch watch;
};

/* The type of error that errno `err` is. */
int weir_fd_error(int err);
/* Fail the stage: "name: what: reason". Returns the code. */
int weir_fd_fail(struct weir_ctx *c, struct weir_fd *f, const char *what, int err);
/* Switch a descriptor that others may share to non-blocking, if waiting for it makes sense. 0 or errno. */
int weir_fd_unblock(struct weir_fd *f);
/* Be run again once the descriptor is ready; fails the stage when it cannot be waited for. */
void weir_fd_wait(struct weir_ctx *c, struct weir_fd *f, unsigned events);
/* Take the watch back and put the blocking mode back. The descriptor stays open. */
void weir_fd_release(struct weir_ctx *c, struct weir_fd *f);

/* Byte source: read one slice into the output, wait, or end. */
void weir_fd_source_run(struct weir_ctx *c, struct weir_fd *f);

/* Byte sink: what a kind of it does beside writing. A member that is NULL does nothing. */
struct weir_fd_sink_kind {
	/* Whether it may write now; if not, it has seen to being run again. */
	bool (*may_write)(struct weir_ctx *c);
	/* The last byte written so far is `last`. */
	void (*wrote)(struct weir_ctx *c, unsigned char last);
	/* All is written: make it last, at a barrier and at a normal end. Negative: the stage has failed. */
	int (*sync)(struct weir_ctx *c);
	int (*finish)(struct weir_ctx *c);
};

struct weir_fd_sink {
	struct weir_fd f;
	const struct weir_fd_sink_kind *kind;
	bool skip_line; /* leave out what comes up to the next line end, included */
};

/* Write what waits at the input; false when some of it must wait on, or the stage has failed. */
bool weir_fd_sink_write(struct weir_ctx *c, struct weir_fd_sink *s);
/* That, and serve the marks behind it. */
void weir_fd_sink_run(struct weir_ctx *c, struct weir_fd_sink *s);

#endif
