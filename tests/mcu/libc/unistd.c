/* SPDX-License-Identifier: MIT */
/* unistd.c -- what a board has not got. */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

int errno;

int open(const char *path, int flags, ...)
{
	(void)path;
	(void)flags;
	return -1;
}

int fcntl(int fd, int command, ...)
{
	(void)fd;
	(void)command;
	return -1;
}

int close(int fd)
{
	(void)fd;
	return -1;
}

int dup(int fd)
{
	(void)fd;
	return -1;
}

int dup2(int fd, int to)
{
	(void)fd;
	(void)to;
	return -1;
}

int unlink(const char *path)
{
	(void)path;
	return -1;
}

int rmdir(const char *path)
{
	(void)path;
	return -1;
}

char *mkdtemp(char *pattern)
{
	(void)pattern;
	return NULL;
}
