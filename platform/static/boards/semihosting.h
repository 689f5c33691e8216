/* SPDX-License-Identifier: MIT */
/*
 * semihosting.h -- services of the host that runs or debugs the board: console, files, exit. For tests: the processor
 * stands still for the length of each call, and without a host a call is a fault.
 */
#ifndef BOARD_SEMIHOSTING_H
#define BOARD_SEMIHOSTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How a file is opened, as the C library says "rb", "wb", "ab". */
enum semihosting_mode { SEMIHOSTING_READ = 1, SEMIHOSTING_WRITE = 5, SEMIHOSTING_APPEND = 9 };

/* Open a file of the host. Returns a handle, or -1. The name ":tt" is the console. */
int semihosting_open(const char *name, enum semihosting_mode mode);

/* Read or write len_bytes; return how many bytes were. Short at the end of a file, or when the disk is full. */
size_t semihosting_read(int handle, void *to, size_t len_bytes);
size_t semihosting_write(int handle, const void *from, size_t len_bytes);
int semihosting_close(int handle);

/* Copy the words the machine was started with. false: there are none, or they are longer. */
bool semihosting_arguments(char *to, size_t size);

#endif
