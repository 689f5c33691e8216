/* SPDX-License-Identifier: MIT */
/*
 * codecs.h -- the formats: passive stages from bytes to records and back.
 *
 * The builder puts them beside connectors that name a `format`; in C they are stages like any other. A
 * decoder may be given its bytes cut anywhere: a part of a line or record is kept until the rest comes. An
 * encoder's spans hold whole records: its output buffer must have room for ..._max() bytes.
 */
#ifndef WEIR_CODECS_H
#define WEIR_CODECS_H

#include <weir/codec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The formats: X(name) has weir_<name>_decode_type and weir_<name>_encode_type. */
#define WEIR_FORMATS(X) X(csv) X(ndjson) X(binary) X(frames)

/* Every codec: X(name) has weir_<name>_type. */
/* clang-format off */
#define WEIR_CODECS(X) \
	X(csv_decode) X(csv_encode) X(ndjson_decode) X(ndjson_encode) \
	X(binary_decode) X(binary_encode) X(frames_decode) X(frames_encode)
/* clang-format on */

/* Bounds of max_line, bytes. */
#define WEIR_MAX_LINE_MIN 16u
#define WEIR_MAX_LINE_MAX 16777216u

struct weir_csv_decode_params {
	const char *delimiter; /* one byte; NULL: a comma */
	bool header;           /* columns by name; else by position */
	const struct weir_record *record;
	uint32_t max_line_bytes;
};

struct weir_csv_encode_params {
	const char *delimiter; /* one byte; NULL: a comma */
	bool header;           /* names first, also when there are no records */
	uint8_t time;          /* enum weir_time_form */
};

struct weir_ndjson_decode_params {
	const struct weir_record *record;
	uint32_t max_line_bytes;
};

struct weir_ndjson_encode_params {
	uint8_t time; /* enum weir_time_form */
};

struct weir_binary_decode_params {
	const struct weir_record *record;
};

struct weir_frames_decode_params {
	const struct weir_record *record;
};

#define X(name) extern const struct weir_op_type weir_##name##_type;
WEIR_CODECS(X)
#undef X

/*
 * Most bytes an encoder writes at one time: a record, or the header line. Below this much room it waits.
 * Any context.
 */
size_t weir_csv_encode_max(const struct weir_record *record, const struct weir_csv_encode_params *params);
size_t weir_ndjson_encode_max(
	const struct weir_record *record, const struct weir_ndjson_encode_params *params);
size_t weir_binary_encode_max(const struct weir_record *record);
size_t weir_frames_encode_max(const struct weir_record *record);

#ifdef __cplusplus
}
#endif
#endif
