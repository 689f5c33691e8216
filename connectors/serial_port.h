/* SPDX-License-Identifier: MIT */
/*
 * serial_port.h -- one end of a serial line, for the source and the sink that may share it. Private to connectors.
 */
#ifndef WEIR_CONNECTORS_SERIAL_PORT_H
#define WEIR_CONNECTORS_SERIAL_PORT_H

#include <sys/types.h>
#include <termios.h>

#include "fd.h"

/* In the state of the stage that opened it. Zeroed before; fields but f, params and is_sink are serial_port.c's. */
struct weir_serial_port {
	struct weir_fd *f; /* the stage's; name and text are set */
	const struct weir_serial_params *params;
	struct weir_serial_port *next; /* of those this thread has open */
	dev_t dev;                     /* which file the path names */
	ino_t ino;
	bool is_sink;
	bool is_terminal;      /* else a socket */
	struct termios before; /* as it was found */
};

/* The constant for a rate, or B0 when there is none. */
speed_t weir_serial_speed(uint32_t baud);
/* Says so, and which there are. */
extern const char weir_serial_no_rate[];

/*
 * Open p->params->path: a terminal device, made raw and taken from other programs; or a socket, which is connected
 * to. A second stage of this thread, of the other direction, shares what the first one opened. Returns
 * 0, or has failed the stage.
 */
int weir_serial_port_open(struct weir_ctx *c, struct weir_serial_port *p);
/* Forget what was written and has not left a terminal. */
void weir_serial_port_discard(const struct weir_serial_port *p);
/* The last one of a line gives a terminal its settings back. Never waits. */
void weir_serial_port_close(struct weir_ctx *c, struct weir_serial_port *p);

#endif
