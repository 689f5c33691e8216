/* SPDX-License-Identifier: MIT */
/*
 * serial_port.c -- open, share, set and restore one end of a serial line.
 *
 * A line has one set of settings and, at a socket, one connection; so a source and a sink on one path share what
 * the first of them opened, each by a descriptor of its own. Those that may share know each other by a list of
 * the thread; that is one loop.
 */
#define _DEFAULT_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "serial_port.h"

static _Thread_local struct weir_serial_port *open_ports;

/* ---- rates ---- */

#define USUAL_RATES(X) \
	X(300) X(600) X(1200) X(2400) X(4800) X(9600) X(19200) X(38400) X(57600) X(115200) X(230400)
#ifdef B4000000
#define FAST_RATES(X) \
	X(460800)     \
	X(500000)     \
	X(576000)     \
	X(921600) X(1000000) X(1152000) X(1500000) X(2000000) X(2500000) X(3000000) X(3500000) X(4000000)
#else
#define FAST_RATES(X)
#endif

#define NAME(rate) " " #rate
#define ROW(rate)  { rate, B##rate },

const char weir_serial_no_rate[] = "baud is none of" USUAL_RATES(NAME) FAST_RATES(NAME);

static const struct {
	uint32_t baud;
	speed_t speed;
} rates[] = { USUAL_RATES(ROW) FAST_RATES(ROW) };

speed_t weir_serial_speed(uint32_t baud)
{
	for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++)
		if (rates[i].baud == baud)
			return rates[i].speed;
	return B0;
}

/* ---- settings ---- */

static bool same_settings(const struct weir_serial_params *a, const struct weir_serial_params *b)
{
	return a->baud == b->baud && a->data_bits == b->data_bits && a->parity == b->parity &&
	       a->stop_bits == b->stop_bits && a->rts_cts == b->rts_cts;
}

/* Every byte as it is. Modem lines are not looked at; a byte of the wrong parity, and a break, are read as 0. */
static void make_raw(struct termios *t, const struct weir_serial_params *p)
{
	static const tcflag_t sizes[] = { CS5, CS6, CS7, CS8 };

	cfmakeraw(t);
	t->c_iflag &= ~(tcflag_t)(IXOFF | IXANY | INPCK | IGNPAR);
	t->c_cflag &= ~(tcflag_t)(CSIZE | PARENB | PARODD | CSTOPB | CRTSCTS);
	t->c_cflag |= CREAD | CLOCAL | sizes[p->data_bits - 5];
	if (p->parity != WEIR_PARITY_NONE) {
		t->c_iflag |= INPCK;
		t->c_cflag |= PARENB;
	}
	if (p->parity == WEIR_PARITY_ODD)
		t->c_cflag |= PARODD;
	if (p->stop_bits == 2)
		t->c_cflag |= CSTOPB;
	if (p->rts_cts)
		t->c_cflag |= CRTSCTS;
	t->c_cc[VMIN] = 1; /* nothing to read is EAGAIN, and no end */
	t->c_cc[VTIME] = 0;
	(void)cfsetispeed(t, weir_serial_speed(p->baud));
	(void)cfsetospeed(t, weir_serial_speed(p->baud));
}

/* A driver takes what it can and says no more, so the rate is read back. */
static int set_up(struct weir_ctx *c, struct weir_serial_port *p)
{
	struct termios t;
	int rc;

	if (tcgetattr(p->f->fd, &p->before) != 0)
		return weir_fd_fail(c, p->f, "is no serial line", errno);
	t = p->before;
	make_raw(&t, p->params);
	if (tcsetattr(p->f->fd, TCSANOW, &t) != 0 || tcgetattr(p->f->fd, &t) != 0)
		rc = weir_fd_fail(c, p->f, "cannot set it up", errno);
	else if (cfgetospeed(&t) != weir_serial_speed(p->params->baud))
		rc = weir_fd_fail(c, p->f, "does not run at this baud rate", EINVAL);
	else
		return WEIR_OK;
	(void)tcsetattr(p->f->fd, TCSANOW, &p->before);
	return rc;
}

/* ---- opening ---- */

/* A lock stops those that ask for one, root too; the terminal's own flag stops all others. */
static int open_terminal(struct weir_ctx *c, struct weir_serial_port *p)
{
	int rc;

	p->is_terminal = true;
	p->f->fd = open(p->params->path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (p->f->fd < 0)
		return weir_fd_fail(c, p->f, "cannot open", errno);
	if (flock(p->f->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return weir_fd_fail(c, p->f, "is in use by another program", EBUSY);
	rc = set_up(c, p);
	if (rc == WEIR_OK)
		(void)ioctl(p->f->fd, TIOCEXCL);
	return rc;
}

static int connect_socket(struct weir_ctx *c, struct weir_serial_port *p)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strlen(p->params->path) >= sizeof to.sun_path)
		return weir_fd_fail(c, p->f, "cannot connect", ENAMETOOLONG);
	strcpy(to.sun_path, p->params->path);
	p->f->fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (p->f->fd < 0 || fcntl(p->f->fd, F_SETFD, FD_CLOEXEC) != 0 ||
		fcntl(p->f->fd, F_SETFL, O_NONBLOCK) != 0 ||
		connect(p->f->fd, (const struct sockaddr *)&to, sizeof to) != 0)
		return weir_fd_fail(c, p->f, "cannot connect", errno);
	return WEIR_OK;
}

/* Another end of the same line, after the given one of the list. */
static struct weir_serial_port *find(struct weir_serial_port *after, const struct weir_serial_port *p)
{
	while (after != NULL && (after->dev != p->dev || after->ino != p->ino))
		after = after->next;
	return after;
}

static int share(struct weir_ctx *c, struct weir_serial_port *p, const struct weir_serial_port *with)
{
	if (with->is_sink == p->is_sink || find(with->next, p) != NULL)
		return weir_fd_fail(
			c, p->f, p->is_sink ? "another sink writes it" : "another source reads it", EBUSY);
	if (!same_settings(with->params, p->params))
		return weir_fd_fail(c, p->f, "is open with other settings", EBUSY);
	p->is_terminal = with->is_terminal;
	p->before = with->before;
	p->f->fd = fcntl(with->f->fd, F_DUPFD_CLOEXEC, 0);
	return p->f->fd >= 0 ? WEIR_OK : weir_fd_fail(c, p->f, "cannot open", errno);
}

static int open_any(struct weir_ctx *c, struct weir_serial_port *p)
{
	const struct weir_serial_port *other;
	struct stat st;

	if (stat(p->params->path, &st) != 0)
		return weir_fd_fail(c, p->f, "cannot open", errno);
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	other = find(open_ports, p);
	if (other != NULL)
		return share(c, p, other);
	return S_ISSOCK(st.st_mode) ? connect_socket(c, p) : open_terminal(c, p);
}

int weir_serial_port_open(struct weir_ctx *c, struct weir_serial_port *p)
{
	int rc;

	p->f->fd = -1;
	p->is_terminal = false;
	rc = open_any(c, p);
	if (rc < 0) { /* the engine closes only what was opened */
		if (p->f->fd >= 0)
			close(p->f->fd);
		p->f->fd = -1;
		return rc;
	}
	p->next = open_ports;
	open_ports = p;
	return WEIR_OK;
}

void weir_serial_port_discard(const struct weir_serial_port *p)
{
	if (p->is_terminal)
		weir_fd_ops->discard(p->f->fd);
}

void weir_serial_port_close(struct weir_ctx *c, struct weir_serial_port *p)
{
	struct weir_serial_port **at = &open_ports;

	while (*at != p)
		at = &(*at)->next;
	*at = p->next;
	weir_fd_release(c, p->f);
	if (p->is_terminal && find(open_ports, p) == NULL) {
		(void)tcsetattr(p->f->fd, TCSANOW, &p->before);
		(void)ioctl(p->f->fd, TIOCNXCL);
	}
	close(p->f->fd);
	p->f->fd = -1;
}
