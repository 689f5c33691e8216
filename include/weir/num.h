/* SPDX-License-Identifier: MIT */
/*
 * num.h -- numbers from text and to text: exact, heap-free, the same on every machine.
 *
 * Reading rounds once, to the nearest value of the type asked for (ties to even), for any number of digits.
 * Writing gives the shortest digits that read back in that type (the closest of them), spelled as ECMAScript
 * does: 22, 0.1, 1e-7, 1e+21; only minus zero differs, it is "-0" so that it reads back.
 *
 * All functions may be called in any context, interrupts included. Text needs no final NUL, none is written.
 * On an error nothing is stored. Errors: WEIR_EPARSE for malformed text, WEIR_ERANGE for a well-formed number
 * outside its type; a float too small for its type is not an error, it is read as zero.
 */
#ifndef WEIR_NUM_H
#define WEIR_NUM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that `out` of a format function must have room for; those after the text may be overwritten too. */
#define WEIR_U64_TEXT_MAX 20 /* 18446744073709551615 */
#define WEIR_I64_TEXT_MAX 20 /* -9223372036854775808 */
#define WEIR_F64_TEXT_MAX 25 /* -0.0000012345678901234567 */
#define WEIR_F32_TEXT_MAX 25 /* the longest text has 22: -100000000000000000000 */

/* Read the whole text as an integer: -?[0-9]+, leading zeros allowed. -1 as u64 is WEIR_ERANGE. 0 or an
 * error. */
int weir_parse_i64(const char *s, size_t len, int64_t *out);
int weir_parse_u64(const char *s, size_t len, uint64_t *out);

/*
 * Read the whole text as a float: a JSON number, or one with a leading '+', leading zeros, or no digits on
 * one side of the point (".5", "5."), as people write them in CSV. 0 or an error.
 */
int weir_parse_f64(const char *s, size_t len, double *out);
int weir_parse_f32(const char *s, size_t len, float *out);

/* Read the whole text as nan, inf or infinity in any case, with an optional sign. 0 or WEIR_EPARSE. */
int weir_parse_nonfinite(const char *s, size_t len, double *out);

/*
 * Read the JSON number that starts at s, for scanners: bytes past it are left to the caller.
 * Return the bytes read, 0 when no number starts at s (no digit or '-'), or an error.
 * i64 and u64 stop before a '.' or an exponent: the caller refuses or rereads. When the text may go on beyond
 * `end`, a number that reaches `end`, and WEIR_EPARSE, are provisional.
 */
ptrdiff_t weir_scan_i64(const char *s, const char *end, int64_t *out);
ptrdiff_t weir_scan_u64(const char *s, const char *end, uint64_t *out);
ptrdiff_t weir_scan_f64(const char *s, const char *end, double *out);
ptrdiff_t weir_scan_f32(const char *s, const char *end, float *out);

/* Write the value at out and return the bytes written, at most WEIR_..._TEXT_MAX; NaN is nan, infinity inf.
 */
size_t weir_format_i64(char *out, int64_t v);
size_t weir_format_u64(char *out, uint64_t v);
size_t weir_format_f64(char *out, double v);
size_t weir_format_f32(char *out, float v);

#ifdef __cplusplus
}
#endif
#endif
