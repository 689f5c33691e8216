/* SPDX-License-Identifier: MIT */
/*
 * record.h -- records, fields and spans: the data that moves.
 *
 * A record is a fixed-size struct described by a const table; a span is a run of records. Fields lie in
 * order at natural alignment, 8-byte kinds at 8 on every machine, padding zero, so that the same bytes are
 * valid on host and microcontroller. Everything here is freestanding.
 */
#ifndef WEIR_RECORD_H
#define WEIR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a field holds. The order is part of the ABI of printed plans. */
enum weir_kind {
	WEIR_BOOL,
	WEIR_I8,
	WEIR_I16,
	WEIR_I32,
	WEIR_I64,
	WEIR_U8,
	WEIR_U16,
	WEIR_U32,
	WEIR_U64,
	WEIR_F32,
	WEIR_F64,
	WEIR_TIME, /* int64_t, ns since 1970-01-01T00:00:00Z */
	WEIR_TEXT, /* uint16_t length, then text_max bytes of UTF-8, zero-filled; alignment 2 */
	WEIR_KINDS
};

/* One value outside a record: constants, defaults. `text` ends with NUL. */
union weir_value {
	int64_t i;  /* signed integers, time */
	uint64_t u; /* unsigned integers, bool */
	double d;
	float f;
	const char *text;
};

#define WEIR_FIELD_DEFAULT  1u /* a missing, null or empty value takes `dflt` */
#define WEIR_FIELD_TRUNCATE 2u /* longer text is cut at a character instead of refused */

/* One field. Const; lives as long as every plan that names it. */
struct weir_field {
	const char *name;
	const char *from; /* its name in the outside data (CSV header, JSON path `a.b`); NULL: `name` */
	union weir_value dflt;
	uint32_t unit_ns;  /* time only: ns per step of an integer (s ms us ns); 0: RFC 3339 text */
	uint16_t offset;   /* bytes from the record's start */
	uint16_t text_max; /* N of text(N), else 0 */
	uint8_t kind;      /* enum weir_kind */
	uint8_t flags;     /* WEIR_FIELD_... */
};

/* A record type. Two types are the same when their fields' names, kinds and sizes are, in order. */
struct weir_record {
	const char *name; /* for people; not compared */
	const struct weir_field *fields;
	uint16_t n_fields;
	uint16_t size; /* bytes, a multiple of the widest alignment */
};

/* The record of a byte stream: one u8. Compare by address or by size 1 and one u8 field. */
extern const struct weir_record weir_bytes_record;

/* What an item that could not be processed becomes under on_error {to}: definition.md, Errors in items. */
extern const struct weir_record weir_error_record;

/* Layout of weir_error_record, for code that fills or reads one. */
struct weir_error_item {
	int64_t at;
	uint16_t stage_len;
	char stage[32];
	uint16_t code_len;
	char code[16];
	uint8_t pad[4];
	uint64_t item;
	uint16_t text_len;
	char text[96];
	uint8_t pad2[6];
};

/*
 * A run of records, borrowed for the call it is passed to.
 * Written only where its edge is owned; a tee's branches and application memory are lent.
 */
struct weir_span {
	void *items;       /* count records, contiguous, 8-aligned when a record holds 8-byte kinds */
	int64_t *instants; /* event clock: one time per item (ns since 1970); else NULL */
	uint32_t count;
	bool owned;
};

/* Bytes one value of the kind takes inside a record, and its alignment. Context: any. */
size_t weir_kind_size(enum weir_kind kind, uint16_t text_max);
size_t weir_kind_align(enum weir_kind kind);
const char *weir_kind_name(enum weir_kind kind);

/* Whether an output of type `a` may feed an input of type `b`: same names, kinds and text sizes in order. */
bool weir_record_same(const struct weir_record *a, const struct weir_record *b);

/* Whether two records of a type hold the same values, padding aside: NaN is NaN, 0 is -0. */
bool weir_record_equal(const struct weir_record *r, const void *a, const void *b);

/* Kinds that are numbers. */
#define WEIR_NUMBER_KINDS ((1u << WEIR_TIME) - (1u << WEIR_I8))
/* The number in a field of a record, as an f64: integers beyond 2^53 are rounded to the nearest. */
double weir_field_number(const struct weir_field *f, const void *record);
/* Store a number in an f64 field of a record; every NaN as the one that records have. */
void weir_field_put_f64(const struct weir_field *f, void *record, double x);

/* The field called name, or NULL. */
const struct weir_field *weir_record_field(const struct weir_record *r, const char *name);

/*
 * Give every field its offset and return the record's size in bytes; negative when it exceeds 65535.
 * The fields' kinds and text_max are read, offset is written.
 */
int weir_record_layout(struct weir_field *fields, size_t n_fields);

#ifdef __cplusplus
}
#endif
#endif
