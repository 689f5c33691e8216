/* SPDX-License-Identifier: MIT */
/*
 * error.h -- the one list of error codes.
 *
 * A call that can fail returns an int: zero or more is success, a negative value is one of these codes. The
 * numbers are fixed: they go into records, logs and printed plans. New codes are added at the end.
 */
#ifndef WEIR_ERROR_H
#define WEIR_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * X(name, code, token, text): the constant WEIR_<name>, its number, the word that stands in records and
 * counters (lower case, at most 15 bytes, so that it fits text(16)), and what to tell a person.
 */
#define WEIR_ERRORS(X)                                                                 \
	X(ENOMEM, -1, "memory", "not enough memory")                                   \
	X(EINVAL, -2, "invalid", "invalid argument")                                   \
	X(EBUSY, -3, "busy", "not allowed in this state or inside a callback")         \
	X(EAGAIN, -4, "again", "not possible now; try again later")                    \
	X(ERANGE, -5, "range", "value outside the range of its type")                  \
	X(EPARSE, -6, "parse", "malformed text")                                       \
	X(EFULL, -7, "full", "no free slot left")                                      \
	X(ENDED, -8, "ended", "already ended")                                         \
	X(ECANCELLED, -9, "cancelled", "cancelled")                                    \
	X(ETYPE, -10, "type", "wrong type")                                            \
	X(EIO, -11, "io", "input or output failed")                                    \
	X(ENOENT, -12, "not_found", "no such file or name")                            \
	X(EOVERFLOW, -13, "overflow", "integer overflow")                              \
	X(EDIVZERO, -14, "div_zero", "integer division by zero")                       \
	X(ESHIFT, -15, "shift", "shift outside 0 to 63")                               \
	X(ECAST, -16, "cast", "value does not fit the type it is cast to")             \
	X(ETOOLONG, -17, "too_long", "text or line too long")                          \
	X(EMISSING, -18, "missing", "missing field without a default")                 \
	X(ECOLUMNS, -19, "columns", "wrong number of columns")                         \
	X(EUTF8, -20, "utf8", "invalid UTF-8")                                         \
	X(EKEYS, -21, "keys_full", "more keys than max_keys")                          \
	X(ELATE, -22, "late", "late for a window already closed")                      \
	X(ETIMEOUT, -23, "timeout", "nothing arrived in time")                         \
	X(EABI, -24, "abi", "built for another version of weir")                       \
	X(EUNSUPPORTED, -25, "unsupported", "not supported by this build or platform") \
	X(ENOSPC, -26, "no_space", "no space left")                                    \
	X(EINTERNAL, -27, "internal", "internal error, a fault of weir itself")        \
	X(ESAMPLES, -28, "samples", "more values than samples")                        \
	X(EORDER, -29, "order", "out of order")

#define WEIR_OK 0

enum weir_error_code {
#define WEIR_ERROR_ENUM(name, code, token, text) WEIR_##name = (code),
	WEIR_ERRORS(WEIR_ERROR_ENUM)
#undef WEIR_ERROR_ENUM
};

#define WEIR_ERRNAME_MAX 15 /* longest token, bytes without the final NUL */

/* Return what the code means, for people; static text, "unknown error" for no code. Context: any. */
const char *weir_strerror(int code);

/* Return the code's token; static text, "ok" from 0 up, "unknown" for no code. Context: any. */
const char *weir_errname(int code);

#ifdef __cplusplus
}
#endif
#endif
