/* SPDX-License-Identifier: MIT */
/* errno.h -- for tests. */
#ifndef WEIR_MCU_ERRNO_H
#define WEIR_MCU_ERRNO_H

#define ENOENT 2

extern int errno;

#endif
