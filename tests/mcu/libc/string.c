/* SPDX-License-Identifier: MIT */
/* string.c -- text, a byte at a time. */
#include <stdint.h>
#include <string.h>

size_t strnlen(const char *s, size_t most)
{
	size_t n = 0;

	while (n < most && s[n] != '\0')
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++) {
		if (*a != *b || *a == '\0')
			return (unsigned char)*a - (unsigned char)*b;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	return memchr(s, c, strlen(s) + 1);
}

char *strrchr(const char *s, int c)
{
	for (size_t n = strlen(s) + 1; n > 0; n--) {
		if (s[n - 1] == (char)c)
			return (char *)(uintptr_t)&s[n - 1];
	}
	return NULL;
}

char *strstr(const char *s, const char *word)
{
	size_t n = strlen(word);

	for (;; s++) {
		if (strncmp(s, word, n) == 0)
			return (char *)(uintptr_t)s;
		if (*s == '\0')
			return NULL;
	}
}

size_t strspn(const char *s, const char *of)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(of, s[n]) != NULL)
		n++;
	return n;
}

size_t strcspn(const char *s, const char *of)
{
	size_t n = 0;

	while (strchr(of, s[n]) == NULL)
		n++;
	return n;
}

char *strcpy(char *restrict to, const char *restrict from)
{
	return memcpy(to, from, strlen(from) + 1);
}

char *strncpy(char *restrict to, const char *restrict from, size_t n)
{
	size_t len = 0;

	while (len < n && from[len] != '\0')
		len++;
	memset(to, 0, n);
	return memcpy(to, from, len);
}

char *strcat(char *restrict to, const char *restrict from)
{
	(void)strcpy(to + strlen(to), from);
	return to;
}

char *strerror(int code)
{
	(void)code;
	return (char *)(uintptr_t) "no such file";
}

char *strncat(char *restrict to, const char *restrict from, size_t n)
{
	char *end = to + strlen(to);

	for (; n > 0 && *from != '\0'; n--)
		*end++ = *from++;
	*end = '\0';
	return to;
}
