/* SPDX-License-Identifier: MIT */
/* stdio.c -- see stdio.h. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <weir/num.h>

#include "board.h"
#include "semihosting.h"

#define LINE 1024u

/* ---- formatted text ---- */

struct text {
	char *to;
	size_t size, n; /* n goes on counting where there is no room */
};

/* One conversion. */
struct spec {
	bool left, zeros, has_precision;
	int width, precision, longs; /* longs: of l; -1, -2: of h */
	char kind;
};

static void put(struct text *t, char c)
{
	if (t->n + 1 < t->size)
		t->to[t->n] = c;
	t->n++;
}

static void put_padded(struct text *t, const struct spec *s, const char *sign, const char *body, size_t n)
{
	size_t all = strlen(sign) + n,
	       pad = s->width > 0 && (size_t)s->width > all ? (size_t)s->width - all : 0;

	for (size_t i = 0; i < pad && !s->left && !s->zeros; i++)
		put(t, ' ');
	while (*sign != '\0')
		put(t, *sign++);
	for (size_t i = 0; i < pad && !s->left && s->zeros; i++)
		put(t, '0');
	while (n-- > 0)
		put(t, *body++);
	for (size_t i = 0; i < pad && s->left; i++)
		put(t, ' ');
}

static void put_number(struct text *t, struct spec *s, const char *sign, unsigned long long v, unsigned base)
{
	char digits[72];
	size_t at = sizeof digits, least = s->has_precision ? (size_t)s->precision : 1;

	s->zeros = s->zeros && !s->has_precision;
	while (v > 0 || sizeof digits - at < least) {
		digits[--at] = (s->kind == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[v % base];
		v /= base;
	}
	put_padded(t, s, sign, digits + at, sizeof digits - at);
}

/* The digits of v, rounded to `most`, without the point, which stands behind the *point-th. */
static size_t digits_of(double v, size_t most, char *to, int *point)
{
	char text[64];
	size_t len = weir_format_f64(text, v), n = 0;
	int exponent = 0;
	bool behind = false;

	*point = 0;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == 'e') {
			for (size_t k = i + 1; k < len; k++)
				exponent = text[k] >= '0' && text[k] <= '9' ? exponent * 10 + (text[k] - '0')
									    : exponent;
			*point += text[i + 1] == '-' ? -exponent : exponent;
			break;
		}
		behind = behind || text[i] == '.';
		if (text[i] < '0' || text[i] > '9')
			continue;
		*point += n > 0 || text[i] != '0' ? !behind : -behind;
		if (n > 0 || text[i] != '0')
			to[n++] = text[i];
	}
	if (n > most && to[most] >= '5') {
		size_t i = most;

		while (i > 0 && to[i - 1] == '9')
			to[--i] = '0';
		if (i == 0) {
			to[0] = '1';
			*point += 1;
		} else {
			to[i - 1]++;
		}
	}
	n = n < most ? n : most;
	while (n > 0 && to[n - 1] == '0')
		n--;
	return n;
}

/* As %g is in C: no zeros behind, an exponent for the very large and small. */
static size_t general(double v, int precision, char *text)
{
	char digits[64];
	int point, exponent;
	size_t n = digits_of(v, (size_t)precision, digits, &point), len = 0;

	if (n == 0) {
		text[len++] = '0';
		return len;
	}
	exponent = point - 1;
	if (exponent < -4 || exponent >= precision) {
		point = 1;
	} else {
		exponent = 0;
		if (point <= 0) {
			text[len++] = '0';
			text[len++] = '.';
		}
		for (int i = point; i < 0; i++)
			text[len++] = '0';
	}
	for (size_t i = 0; i < n || (int)i < point; i++) {
		if (i > 0 && (int)i == point)
			text[len++] = '.';
		text[len++] = i < n ? digits[i] : '0';
	}
	if (exponent != 0) {
		text[len++] = 'e';
		text[len++] = exponent < 0 ? '-' : '+';
		exponent = exponent < 0 ? -exponent : exponent;
		if (exponent < 10)
			text[len++] = '0';
		len += weir_format_u64(text + len, (uint64_t)exponent);
	}
	return len;
}

static size_t fixed(double v, int precision, char *text)
{
	uint64_t scale = 1, all;
	size_t n;

	for (int i = 0; i < precision; i++)
		scale *= 10;
	all = (uint64_t)(v * (double)scale + 0.5);
	n = weir_format_u64(text, all / scale);
	if (precision > 0) {
		text[n++] = '.';
		for (uint64_t place = scale / 10; place > 0; place /= 10)
			text[n++] = (char)('0' + all % scale / place % 10);
	}
	return n;
}

static void put_real(struct text *t, struct spec *s, double v)
{
	char text[64];
	bool negative = signbit(v) != 0;
	double size = negative ? -v : v;
	size_t n;

	if (isnan(v) || isinf(v))
		n = weir_format_f64(text, size);
	else if (s->kind == 'f' && s->has_precision && s->precision <= 9 && size < 1e9)
		n = fixed(size, s->precision, text);
	else
		n = general(size, !s->has_precision ? 6 : s->precision > 0 ? s->precision : 1, text);
	put_padded(t, s, negative ? "-" : "", text, n);
}

static const char *read_spec(const char *f, struct spec *s, va_list *ap)
{
	*s = (struct spec){ 0 };
	for (; *f == '-' || *f == '0'; f++) {
		s->left = s->left || *f == '-';
		s->zeros = s->zeros || *f == '0';
	}
	if (*f == '*') {
		s->width = va_arg(*ap, int);
		f++;
	}
	while (*f >= '0' && *f <= '9')
		s->width = s->width * 10 + (*f++ - '0');
	if (*f == '.') {
		s->has_precision = true;
		f++;
		if (*f == '*') {
			s->precision = va_arg(*ap, int);
			s->has_precision = s->precision >= 0;
			f++;
		}
		while (*f >= '0' && *f <= '9')
			s->precision = s->precision * 10 + (*f++ - '0');
	}
	for (; strchr("lhzjt", *f) != NULL && *f != '\0'; f++)
		s->longs += *f == 'l' ? 1 : *f == 'h' ? -1 : *f == 'j' ? 2 : 0; /* size_t is an int here */
	s->kind = *f;
	return *f != '\0' ? f + 1 : f;
}

static void put_signed(struct text *t, struct spec *s, va_list *ap)
{
	long long v = s->longs >= 2 ? va_arg(*ap, long long) : va_arg(*ap, int);

	put_number(t, s, v < 0 ? "-" : "", v < 0 ? 0 - (unsigned long long)v : (unsigned long long)v, 10);
}

static void put_unsigned(struct text *t, struct spec *s, va_list *ap)
{
	unsigned long long v = s->longs >= 2 ? va_arg(*ap, unsigned long long) : va_arg(*ap, unsigned);

	if (s->longs == -2)
		v = (unsigned char)v;
	put_number(t, s, "", v, s->kind == 'u' ? 10 : s->kind == 'o' ? 8 : 16);
}

static void put_spec(struct text *t, struct spec *s, va_list *ap)
{
	const char *text;
	size_t n = 0;
	char c;

	switch (s->kind) {
	case 'd':
	case 'i':
		put_signed(t, s, ap);
		break;
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		put_unsigned(t, s, ap);
		break;
	case 'p':
		put_number(t, s, "0x", (uintptr_t)va_arg(*ap, void *), 16);
		break;
	case 'c':
		c = (char)va_arg(*ap, int);
		put_padded(t, s, "", &c, 1);
		break;
	case 's':
		text = va_arg(*ap, const char *);
		text = text != NULL ? text : "(null)";
		while ((!s->has_precision || n < (size_t)s->precision) && text[n] != '\0')
			n++;
		put_padded(t, s, "", text, n);
		break;
	case 'a':
	case 'e':
	case 'f':
	case 'g':
		put_real(t, s, va_arg(*ap, double));
		break;
	default:
		put(t, s->kind != '\0' ? s->kind : '%');
	}
}

int vsnprintf(char *to, size_t size, const char *format, va_list given)
{
	struct text t = { .to = to, .size = size };
	struct spec s;
	va_list ap;

	va_copy(ap, given);
	while (*format != '\0') {
		if (*format != '%') {
			put(&t, *format++);
			continue;
		}
		format = read_spec(format + 1, &s, &ap);
		put_spec(&t, &s, &ap);
	}
	va_end(ap);
	if (size > 0)
		to[t.n < size ? t.n : size - 1] = '\0';
	return (int)t.n;
}

int snprintf(char *to, size_t size, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(to, size, format, ap);
	va_end(ap);
	return n;
}

int sprintf(char *to, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(to, INT32_MAX, format, ap);
	va_end(ap);
	return n;
}

/* ---- the console and files ---- */

struct FILE {
	int handle;
	bool open;
};

static struct FILE console, file;
FILE *const mcu_console = &console;

int vfprintf(FILE *f, const char *format, va_list ap)
{
	static char line[LINE]; /* what is longer is cut */
	int n = vsnprintf(line, sizeof line, format, ap);

	(void)fputs(line, f);
	return n;
}

int fprintf(FILE *f, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vfprintf(f, format, ap);
	va_end(ap);
	return n;
}

int printf(const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vfprintf(stdout, format, ap);
	va_end(ap);
	return n;
}

int fputs(const char *text, FILE *f)
{
	if (f == &console)
		board_puts(text);
	else
		(void)fwrite(text, 1, strlen(text), f);
	return 0;
}

int puts(const char *text)
{
	board_puts(text);
	board_puts("\n");
	return 0;
}

FILE *fopen(const char *path, const char *mode)
{
	if (file.open)
		return NULL;
	file.handle = semihosting_open(path, mode[0] == 'r'   ? SEMIHOSTING_READ
					     : mode[0] == 'w' ? SEMIHOSTING_WRITE
							      : SEMIHOSTING_APPEND);
	file.open = file.handle >= 0;
	return file.open ? &file : NULL;
}

size_t fread(void *to, size_t size, size_t n, FILE *f)
{
	return semihosting_read(f->handle, to, size * n) / size;
}

size_t fwrite(const void *from, size_t size, size_t n, FILE *f)
{
	return semihosting_write(f->handle, from, size * n) / size;
}

int fflush(FILE *f)
{
	(void)f;
	return 0;
}

int ferror(FILE *f)
{
	(void)f;
	return 0;
}

int fclose(FILE *f)
{
	f->open = false;
	return semihosting_close(f->handle);
}
