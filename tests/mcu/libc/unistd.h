/* SPDX-License-Identifier: MIT */
/* unistd.h -- for tests: a board has no descriptors and no directories. Every call fails. */
#ifndef WEIR_MCU_UNISTD_H
#define WEIR_MCU_UNISTD_H

int close(int fd);
int dup(int fd);
int dup2(int fd, int to);
int unlink(const char *path);
int rmdir(const char *path);
char *mkdtemp(char *pattern);

#endif
