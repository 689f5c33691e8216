/* SPDX-License-Identifier: MIT */
/* record_equal.c -- records compared by what they hold (record.h). */
#include <string.h>

#include <weir/record.h>

static bool same_f32(const unsigned char *a, const unsigned char *b)
{
	float x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x == y || (x != x && y != y);
}

static bool same_f64(const unsigned char *a, const unsigned char *b)
{
	double x, y;

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x == y || (x != x && y != y);
}

/* A text is zero behind its bytes. */
static bool same_field(const struct weir_field *f, const unsigned char *a, const unsigned char *b)
{
	switch ((enum weir_kind)f->kind) {
	case WEIR_F32:
		return same_f32(a, b);
	case WEIR_F64:
		return same_f64(a, b);
	default:
		return memcmp(a, b, weir_kind_size((enum weir_kind)f->kind, f->text_max)) == 0;
	}
}

bool weir_record_equal(const struct weir_record *r, const void *a, const void *b)
{
	for (uint16_t i = 0; i < r->n_fields; i++) {
		uint16_t at = r->fields[i].offset;

		if (!same_field(&r->fields[i], (const unsigned char *)a + at, (const unsigned char *)b + at))
			return false;
	}
	return true;
}
