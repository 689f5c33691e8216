/* SPDX-License-Identifier: MIT */
/* field_number.c -- a field of any number kind, as one type (record.h). */
#include <string.h>

#include <weir/scalar.h>

/* Of n bytes, as they lie: little endian on every machine there is. */
static uint64_t bits(const unsigned char *at, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | at[n];
	return v;
}

double weir_field_number(const struct weir_field *f, const void *record)
{
	const unsigned char *at = (const unsigned char *)record + f->offset;
	size_t n = weir_kind_size((enum weir_kind)f->kind, 0);
	uint64_t v, sign = UINT64_C(1) << (8 * n - 1);
	float f32;
	double f64;

	if (f->kind == WEIR_F32) {
		memcpy(&f32, at, sizeof f32);
		return (double)f32;
	}
	if (f->kind == WEIR_F64) {
		memcpy(&f64, at, sizeof f64);
		return f64;
	}
	v = bits(at, n);
	if (f->kind > WEIR_I64)
		return (double)v;
	return (double)(int64_t)((v ^ sign) - sign);
}

void weir_field_put_f64(const struct weir_field *f, void *record, double x)
{
	x = weir_stored_d(x);
	memcpy((unsigned char *)record + f->offset, &x, sizeof x);
}
