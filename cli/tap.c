/* SPDX-License-Identifier: MIT */
/* tap.c -- an item as a line of the log: what `weir run` shows of a tap. */
#include <stdio.h>
#include <string.h>

#include <weir/num.h>
#include <weir/timetext.h>

#include "cli.h"

static int64_t signed_of(const struct weir_field *f, uint64_t bits)
{
	unsigned shift = 64u - 8u * (unsigned)weir_kind_size((enum weir_kind)f->kind, 0);

	return (int64_t)(bits << shift) >> shift;
}

static void print_number(FILE *out, const struct weir_field *f, const unsigned char *at)
{
	char text[64];
	uint64_t bits = 0;
	size_t n;
	float f32;
	double f64;

	memcpy(&bits, at, weir_kind_size((enum weir_kind)f->kind, 0));
	memcpy(&f32, &bits, sizeof f32);
	memcpy(&f64, &bits, sizeof f64);
	if (f->kind == WEIR_F32)
		n = weir_format_f32(text, f32);
	else if (f->kind == WEIR_F64)
		n = weir_format_f64(text, f64);
	else if (f->kind == WEIR_TIME)
		n = weir_format_time(text, (int64_t)bits);
	else if (f->kind >= WEIR_U8)
		n = weir_format_u64(text, bits);
	else
		n = weir_format_i64(text, signed_of(f, bits));
	(void)fwrite(text, 1, n, out);
}

static void print_text(FILE *out, const unsigned char *at)
{
	uint16_t len;

	memcpy(&len, at, sizeof len);
	(void)putc('\'', out);
	for (uint16_t i = 0; i < len; i++)
		(void)(at[2 + i] < 0x20 ? fprintf(out, "\\x%02x", at[2 + i]) : putc(at[2 + i], out));
	(void)putc('\'', out);
}

void cli_print_item(FILE *out, const char *stage, const struct weir_record *r, const void *item)
{
	(void)fprintf(out, "weir: tap: %s:", stage);
	for (uint16_t i = 0; i < r->n_fields; i++) {
		const struct weir_field *f = &r->fields[i];
		const unsigned char *at = (const unsigned char *)item + f->offset;

		(void)fprintf(out, " %s=", f->name);
		if (f->kind == WEIR_TEXT)
			print_text(out, at);
		else if (f->kind == WEIR_BOOL)
			(void)fputs(*at != 0 ? "true" : "false", out);
		else
			print_number(out, f, at);
	}
	(void)putc('\n', out);
}
