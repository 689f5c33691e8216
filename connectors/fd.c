/* SPDX-License-Identifier: MIT */
/*
 * fd.c -- errors, flags and readiness of the descriptors connectors work on.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "fd.h"

/* In the kernel's buffer, and then in the transmitter of those that tell. */
static uint32_t unsent(int terminal)
{
	int n = 0;

	if (ioctl(terminal, TIOCOUTQ, &n) != 0)
		return 0;
#ifdef TIOCSERGETLSR
	if (n == 0) {
		int line = TIOCSER_TEMT;

		if (ioctl(terminal, TIOCSERGETLSR, &line) == 0 && (line & TIOCSER_TEMT) == 0)
			n = 1;
	}
#endif
	return (uint32_t)n;
}

static void discard(int terminal)
{
	(void)tcflush(terminal, TCOFLUSH);
}

static ssize_t send_quietly(int socket, const void *from, size_t len)
{
	return send(socket, from, len, MSG_NOSIGNAL);
}

static ssize_t receive(int socket, void *to, size_t len, uint32_t *lost)
{
	_Alignas(struct cmsghdr) unsigned char control[CMSG_SPACE(sizeof *lost)];
	struct iovec into = { to, len };
	struct msghdr m = {
		.msg_iov = &into, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
	};
	ssize_t n = recvmsg(socket, &m, MSG_TRUNC);

	for (struct cmsghdr *h = n >= 0 ? CMSG_FIRSTHDR(&m) : NULL; h != NULL; h = CMSG_NXTHDR(&m, h))
		if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SO_RXQ_OVFL)
			memcpy(lost, CMSG_DATA(h), sizeof *lost);
	return n;
}

const struct weir_fd_ops weir_fd_system = {
	.read = read,
	.write = write,
	.send = send_quietly,
	.receive = receive,
	.fdatasync = fdatasync,
	.renameat = renameat,
	.unsent = unsent,
	.discard = discard,
};

const struct weir_fd_ops *weir_fd_ops = &weir_fd_system;

int weir_fd_error(int err)
{
	switch (err) {
	case ENOENT:
		return WEIR_ENOENT;
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return WEIR_ENOSPC;
	case ENOMEM:
		return WEIR_ENOMEM;
	default:
		return WEIR_EIO;
	}
}

int weir_fd_fail(struct weir_ctx *c, struct weir_fd *f, const char *what, int err)
{
	int code = weir_fd_error(err);

	snprintf(f->text, f->text_bytes, "%s: %s: %s", f->name, what, strerror(err));
	weir_fail(c, code, f->text);
	return code;
}

int weir_fd_unblock(struct weir_fd *f)
{
	struct stat st;
	int flags = fcntl(f->fd, F_GETFL);

	if (flags < 0 || fstat(f->fd, &st) != 0)
		return errno;
	f->drains = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode);
	if (S_ISREG(st.st_mode) || (flags & O_NONBLOCK) != 0)
		return 0;
	if (fcntl(f->fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return errno;
	f->unblocked = true;
	return 0;
}

void weir_fd_wait(struct weir_ctx *c, struct weir_fd *f, unsigned events)
{
	struct weir_platform *p = weir_platform_of(c);
	int rc = WEIR_EUNSUPPORTED;

	if (p->type->watch != NULL)
		rc = p->type->watch(p, &f->watch, c->instance, c->index, f->fd, events);
	if (rc >= 0)
		return;
	snprintf(f->text, f->text_bytes, "%s: cannot wait for it: %s", f->name, weir_strerror(rc));
	weir_fail(c, rc, f->text);
}

void weir_fd_release(struct weir_ctx *c, struct weir_fd *f)
{
	struct weir_platform *p = weir_platform_of(c);

	if (p->type->watch != NULL)
		p->type->watch(p, &f->watch, c->instance, c->index, f->fd, 0);
	if (f->unblocked)
		fcntl(f->fd, F_SETFL, fcntl(f->fd, F_GETFL) & ~O_NONBLOCK);
	f->unblocked = false;
}
