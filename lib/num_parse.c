/* SPDX-License-Identifier: MIT */
/*
 * num_parse.c -- floats from text: the grammar, and the short way to the value.
 *
 * Most numbers in data have few digits: when the digits and the power of ten are both exact in the type, one
 * multiplication or division rounds correctly (Clinger 1990). All others go to num_round.c.
 */
#include <float.h>
#include <string.h>

#include <weir/error.h>
#include <weir/num.h>

#include "num_impl.h"

/* As many digits as no u64 overflows with. */
#define SAFE_DIGITS 19

/* An exponent past this is as good as infinite; still no sum with a count of digits overflows. */
#define EXPONENT_CAP INT64_C(100000000000000000)

#define F64_EXACT_INTEGER (UINT64_C(1) << 53)
#define F64_EXACT_POWER   22
#define F32_EXACT_INTEGER (UINT64_C(1) << 24)
#define F32_EXACT_POWER   10

/* The short way needs arithmetic in the type itself. */
#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
#define EXACT_ARITHMETIC 1
#else
#define EXACT_ARITHMETIC 0
#endif

static const double f64_powers[F64_EXACT_POWER + 1] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
	1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
static const float f32_powers[F32_EXACT_POWER + 1] = { 1e0f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f, 1e8f,
	1e9f, 1e10f };

static inline const char *read_digits(const char *p, const char *end, uint64_t *value)
{
	uint64_t v = *value;

	while (end - p >= 8) {
		uint64_t x = weir_load_le64(p);

		if (!weir_is_8_digits(x))
			break;
		v = v * 100000000 + weir_value_of_8_digits(x);
		p += 8;
	}
	for (; p < end && weir_is_digit(*p); p++)
		v = v * 10 + (uint64_t)(*p - '0');
	*value = v;
	return p;
}

/* Read [+-]?[0-9]+; NULL when there are no digits. */
static const char *read_exponent(const char *p, const char *end, int64_t *exponent)
{
	bool negative = p < end && *p == '-';
	int64_t e = 0;

	if (p < end && (*p == '-' || *p == '+'))
		p++;
	if (p == end || !weir_is_digit(*p))
		return NULL;
	for (; p < end && weir_is_digit(*p); p++)
		if (e < EXPONENT_CAP)
			e = e * 10 + (*p - '0');
	*exponent = negative ? -e : e;
	return p;
}

/* Of more than 19 significant digits between d->first and d->last keep 19 and note whether others count. */
static void cut_digits(struct weir_decimal *d)
{
	const char *p = d->first;
	int64_t n = 0;

	while (p < d->last && (*p == '0' || *p == '.'))
		p++;
	d->first = p;
	for (; p < d->last; p++)
		n += *p != '.';
	if (n <= SAFE_DIGITS)
		return;
	d->exp10 += n - SAFE_DIGITS;
	d->w = 0;
	for (p = d->first, n = 0; n < SAFE_DIGITS; p++)
		if (*p != '.') {
			d->w = d->w * 10 + (uint64_t)(*p - '0');
			n++;
		}
	while (p < d->last && (*p == '0' || *p == '.'))
		p++;
	d->cut = p < d->last;
}

/* Read the number at s; return its end, or NULL for malformed text. */
static const char *read_number(const char *s, const char *end, bool lenient, struct weir_decimal *d)
{
	const char *p = s;
	ptrdiff_t whole_digits, digits;
	int64_t exponent = 0;

	d->negative = p < end && *p == '-';
	p += d->negative || (lenient && p < end && *p == '+');
	d->first = p;
	d->w = 0;
	for (; p < end && weir_is_digit(*p); p++)
		d->w = d->w * 10 + (uint64_t)(*p - '0');
	whole_digits = digits = p - d->first;
	if (!lenient && (digits == 0 || (digits > 1 && *d->first == '0')))
		return NULL;
	if (p < end && *p == '.') {
		const char *point = p;

		p = read_digits(p + 1, end, &d->w);
		if (p == point + 1 && !lenient)
			return NULL;
		digits += p - point - 1;
	}
	if (digits == 0)
		return NULL;
	d->last = p;
	if (p < end && (*p == 'e' || *p == 'E'))
		p = read_exponent(p + 1, end, &exponent);
	d->exp10 = d->last_exp10 = exponent - (digits - whole_digits);
	d->cut = false;
	if (digits > SAFE_DIGITS)
		cut_digits(d);
	return p;
}

static int value_f64(const struct weir_decimal *d, double *out)
{
	double v;

	if (EXACT_ARITHMETIC && d->w <= F64_EXACT_INTEGER && !d->cut && d->exp10 >= -F64_EXACT_POWER &&
		d->exp10 <= F64_EXACT_POWER) {
		if (d->exp10 < 0)
			v = (double)d->w / f64_powers[-d->exp10];
		else
			v = (double)d->w * f64_powers[d->exp10];
	} else {
		uint64_t bits = weir_round_f64(d);

		memcpy(&v, &bits, sizeof(v));
		if (v > DBL_MAX)
			return WEIR_ERANGE;
	}
	*out = d->negative ? -v : v;
	return WEIR_OK;
}

static int value_f32(const struct weir_decimal *d, float *out)
{
	float v;

	if (EXACT_ARITHMETIC && d->w <= F32_EXACT_INTEGER && !d->cut && d->exp10 >= -F32_EXACT_POWER &&
		d->exp10 <= F32_EXACT_POWER) {
		if (d->exp10 < 0)
			v = (float)d->w / f32_powers[-d->exp10];
		else
			v = (float)d->w * f32_powers[d->exp10];
	} else {
		uint32_t bits = weir_round_f32(d);

		memcpy(&v, &bits, sizeof(v));
		if (v > FLT_MAX)
			return WEIR_ERANGE;
	}
	*out = d->negative ? -v : v;
	return WEIR_OK;
}

int weir_parse_f64(const char *s, size_t len, double *out)
{
	struct weir_decimal d;

	return read_number(s, s + len, true, &d) == s + len ? value_f64(&d, out) : WEIR_EPARSE;
}

int weir_parse_f32(const char *s, size_t len, float *out)
{
	struct weir_decimal d;

	return read_number(s, s + len, true, &d) == s + len ? value_f32(&d, out) : WEIR_EPARSE;
}

/* Read the JSON number at s; its bytes, 0 when none starts here, or WEIR_EPARSE. */
static ptrdiff_t scan_number(const char *s, const char *end, struct weir_decimal *d)
{
	const char *p;

	if (s == end || (*s != '-' && !weir_is_digit(*s)))
		return 0;
	p = read_number(s, end, false, d);
	return p == NULL ? WEIR_EPARSE : p - s;
}

ptrdiff_t weir_scan_f64(const char *s, const char *end, double *out)
{
	struct weir_decimal d;
	ptrdiff_t n = scan_number(s, end, &d);
	int rc = n > 0 ? value_f64(&d, out) : WEIR_OK;

	return rc < 0 ? rc : n;
}

ptrdiff_t weir_scan_f32(const char *s, const char *end, float *out)
{
	struct weir_decimal d;
	ptrdiff_t n = scan_number(s, end, &d);
	int rc = n > 0 ? value_f32(&d, out) : WEIR_OK;

	return rc < 0 ? rc : n;
}

/* Whether the len bytes at s are the word, in any case; the word is lower-case letters. */
static bool is_word(const char *s, size_t len, const char *word)
{
	for (size_t i = 0; i < len; i++)
		if (word[i] == '\0' || (s[i] | 0x20) != word[i])
			return false;
	return word[len] == '\0';
}

int weir_parse_nonfinite(const char *s, size_t len, double *out)
{
	bool negative = len > 0 && *s == '-';
	uint64_t bits;

	if (len > 0 && (*s == '-' || *s == '+')) {
		s++;
		len--;
	}
	if (is_word(s, len, "inf") || is_word(s, len, "infinity"))
		bits = UINT64_C(0x7ff0000000000000);
	else if (is_word(s, len, "nan"))
		bits = UINT64_C(0x7ff8000000000000);
	else
		return WEIR_EPARSE;
	bits |= (uint64_t)negative << 63;
	memcpy(out, &bits, sizeof(bits));
	return WEIR_OK;
}
