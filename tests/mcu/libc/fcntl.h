/* SPDX-License-Identifier: MIT */
/* fcntl.h -- for tests: a board has no descriptors, so none is open and none can be. */
#ifndef WEIR_MCU_FCNTL_H
#define WEIR_MCU_FCNTL_H

#define O_RDONLY 0
#define O_WRONLY 1
#define F_GETFD  1

int open(const char *path, int flags, ...);
int fcntl(int fd, int command, ...);

#endif
