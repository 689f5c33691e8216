/* SPDX-License-Identifier: MIT */
/*
 * codec.h -- what codecs are made of: text fields, values from and to text, lines out of a cut byte stream.
 *
 * Nothing here allocates; all of it is freestanding. Text is given with its length and needs no NUL. The
 * functions without a stage may be called in any context, the others from a callback of the stage.
 */
#ifndef WEIR_CODEC_H
#define WEIR_CODEC_H

#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- UTF-8 ---- */

/* Return how many bytes at the front of s are whole valid characters: len when all of it is valid. */
size_t weir_utf8_valid(const char *s, size_t len);
/* Return the bytes of the valid character at s, 1 to 4, or 0 when there is none. s < end. */
size_t weir_utf8_char(const char *s, const char *end);

/* ---- text fields, written piece by piece ---- */

/* Starts empty, in a field whose bytes are zero. */
struct weir_text_writer {
	char *field;   /* its u16 length, then its bytes */
	uint32_t len;  /* so far */
	uint32_t max;  /* N of text(N) */
	bool truncate; /* longer text is cut, else refused */
	bool cut;      /* it was: the rest is ignored */
};

void weir_text_start(struct weir_text_writer *w, const struct weir_field *f, void *record);
/* Append valid UTF-8 of whole characters. Returns 0 or WEIR_ETOOLONG. */
int weir_text_append(struct weir_text_writer *w, const char *s, size_t len);
/* Store the length. */
void weir_text_end(struct weir_text_writer *w);

/* ---- values ---- */

/* How an encoder writes times: the order of its `time` parameter's choices. */
enum weir_time_form {
	WEIR_TIME_RFC3339,
	WEIR_TIME_S, /* integers of the unit; what lies between two steps is the earlier one */
	WEIR_TIME_MS,
	WEIR_TIME_US,
	WEIR_TIME_NS
};
/* "rfc3339", "s", "ms", "us", "ns", NULL: for parameter tables. */
extern const char *const weir_time_form_choices[];

/* What is wrong with a text, and where. */
struct weir_text_fault {
	int code;         /* WEIR_E... */
	size_t at;        /* the byte, from the start of the text that was given */
	const char *text; /* static, or in the stage's state */
};

/* Store an integer, checked against the field's kind: bool takes 0 and 1, time steps of its unit. 0 or
 * WEIR_ERANGE. The field is no float and no text. */
int weir_field_put_i64(const struct weir_field *f, void *record, int64_t v);
/* The same above INT64_MAX. */
int weir_field_put_u64(const struct weir_field *f, void *record, uint64_t v);
/* Store NaN in a float field. */
void weir_field_put_nan(const struct weir_field *f, void *record);
/* Store the field's default. Returns 0, or WEIR_EMISSING when it has none. The field's bytes are zero. */
int weir_field_put_default(const struct weir_field *f, void *record);

/*
 * Read a value from the whole text, as a cell of a CSV file gives it: true, false, 0, 1; integers; numbers,
 * nan, inf, null for floats; times as the field's unit says; text as it is. The field's bytes are zero.
 * Returns 0, or the code in *fault: EPARSE malformed, ECAST a number that is not whole, ERANGE outside the
 * kind, EUTF8, ETOOLONG.
 */
int weir_field_from_text(
	const struct weir_field *f, void *record, const char *s, size_t len, struct weir_text_fault *fault);

/* Bytes of a name that ends with NUL; 65535 at most. */
size_t weir_name_length(const char *name);

/* Most bytes weir_field_to_text writes for the field, which is no text. */
size_t weir_field_text_max(const struct weir_field *f, enum weir_time_form time);
/* Write a value that is no text, in its shortest form; NaN and infinities are nan, inf, -inf. Returns the
 * bytes. */
size_t weir_field_to_text(
	const struct weir_field *f, const void *record, enum weir_time_form time, char *out);

/* ---- records as bytes ---- */

/* Whether a record's bytes lie as formats of bytes send them. A constant to any compiler. */
static inline bool weir_is_little_endian(void)
{
	const uint16_t one = 1;

	return *(const unsigned char *)&one == 1;
}

/*
 * Copy what means something of r->size bytes at `from` into `record`, the rest of which becomes zero: a bool is 0
 * or 1, a text's length fits and its bytes are UTF-8. message: WEIR_CODEC_MESSAGE_BYTES for a text that names the
 * field; NULL: a static one without the name. Returns 0 or the code in *fault: ERANGE, ETOOLONG, EUTF8.
 */
int weir_record_from_bytes(const struct weir_record *r, const char *from, char *record, char *message,
	struct weir_text_fault *fault);

#define WEIR_CRC16_INIT 0xffffu

/*
 * Go on with the checksum of a frame over n more bytes; begin with WEIR_CRC16_INIT.
 *
 * CRC-16/CCITT-FALSE: polynomial x^16 + x^12 + x^5 + 1 (0x1021), highest bit first, nothing inverted at the end;
 * "123456789" gives 0x29b1. Source: "CRC-16/IBM-3740" in Greg Cook's Catalogue of parametrised CRC algorithms. Up
 * to 32751 bits of which at most three are wrong, and any burst of at most 16 bits, are always found out.
 */
uint16_t weir_crc16(uint16_t crc, const void *bytes, size_t n);

/* ---- lines out of a byte stream that may be cut anywhere ---- */

/*
 * Gathers lines. A whole line in the span is used where it lies; the head of one that is cut is kept in
 * `carry`. A UTF-8 byte order mark at the start of the stream is skipped and not counted. Private, but for
 * the initialiser.
 */
struct weir_lines {
	char *carry;          /* max_line + 1 bytes */
	uint32_t max_line;    /* bytes of a line without its newline; a longer one is an item error */
	uint32_t len;         /* bytes in the carry */
	uint64_t number;      /* of the next line, from 1 */
	uint64_t items;       /* decoded or faulty so far */
	int64_t time_ns;      /* event clock: of the last item decoded, 0 before the first */
	const char *quote_at; /* within the span: no quote lies before it */
	char delimiter;       /* newlines inside quoted cells do not end a line; 0: no quotes */
	uint8_t quotes;       /* where in a cell the carry ends */
	uint8_t mark_bytes;   /* of the byte order mark seen so far; 3: past it */
	bool skipping;        /* the rest of a line that was too long */
};

/* One line, valid until the span is given back. The byte behind it can be read: it is a newline. */
struct weir_line {
	const char *text;
	uint32_t len;    /* without the newline; max_line when too long */
	uint32_t used;   /* bytes of the span that it takes */
	uint32_t breaks; /* newlines it takes */
	bool too_long;
	bool open; /* too long, and its end is not in the span */
	bool last; /* ended by the input's end */
};

void weir_lines_init(struct weir_lines *l, void *carry, uint32_t max_line, char delimiter);

/*
 * Make one record of a line; its bytes are zero. Returns 1, 0 when there is nothing in the line, or a
 * negative code after filling *fault; WEIR_ECANCELLED after weir_fail.
 */
typedef int weir_line_fn(
	struct weir_ctx *c, const struct weir_line *line, void *record, struct weir_text_fault *fault);

/*
 * The whole `process` of a decoder of lines: gather, decode, report faults, go on. Takes bytes only as far as
 * lines were finished with, or kept. record_bytes: the size of a record.
 */
struct weir_moved weir_lines_process(struct weir_ctx *c, struct weir_lines *l, const struct weir_span *in,
	struct weir_span *out, bool last, uint32_t record_bytes, weir_line_fn *decode);

/* ---- messages ---- */

#define WEIR_CODEC_MESSAGE_BYTES 96

/* Put "name: what" or, with a NULL name, what, into message, cut to fit. Returns message. */
const char *weir_codec_message(char message[WEIR_CODEC_MESSAGE_BYTES], const char *name, const char *what);
/* On the event clock keep the time of the record just decoded: a bad line behind it has no other. */
void weir_codec_note_time(const struct weir_ctx *c, const void *record, int64_t *time_ns);

/* ---- cells of a CSV line ---- */

/* A line being read; the caller sets it up and steps p over delimiters. */
struct weir_cells {
	const char *line; /* faults count from here */
	const char *p;    /* before a cell: its first byte; after it: the delimiter or the end */
	const char *end;  /* without a carriage return; the byte there can be read and is no digit */
	char delimiter;
	char *message; /* WEIR_CODEC_MESSAGE_BYTES for fault texts */
};

/* A cell without blanks and quotes. */
struct weir_cell {
	const char *s;
	size_t len;
	const char *start; /* s, or the quote before it */
	bool quoted;
	bool escapes; /* "" stands for a quote in it */
};

/*
 * The byte a `delimiter` parameter names; NULL: a comma. WEIR_EINVAL unless it is one ASCII byte that is part
 * of no number and no word: letters, digits, . + - quote and newline bytes are refused.
 */
int weir_csv_delimiter(const char *text);

/* Find the next cell. Returns 0 or WEIR_EPARSE. */
int weir_cell_next(struct weir_cells *r, struct weir_cell *cell, struct weir_text_fault *fault);
/* Whether the cell holds the text. */
bool weir_cell_is(const struct weir_cell *cell, const char *text);
/* Read the next cell into a field. Returns 0 or the code in *fault; the field's bytes are zero before. */
int weir_cell_read(
	struct weir_cells *r, const struct weir_field *f, void *record, struct weir_text_fault *fault);

/* ---- JSON ---- */

#define WEIR_JSON_NESTING_MAX 32u

/* JSON text being read. `end` points to a newline, which no JSON value of one line can hold. */
struct weir_json {
	const char *begin; /* faults count from here */
	const char *p;
	const char *end;
	uint32_t depth; /* objects and arrays around p */
	struct weir_text_fault *fault;
	char *message; /* WEIR_CODEC_MESSAGE_BYTES for fault texts */
};

/* Note a fault at `where`; returns its code. */
int weir_ndjson_refuse(struct weir_json *j, int code, const char *where, const char *text);
/* Pass blanks. */
static inline void weir_ndjson_blanks(struct weir_json *j)
{
	const char *p = j->p;

	while (*p == ' ' || *p == '\t' || *p == '\r')
		p++;
	j->p = p;
}
/*
 * Read the string whose opening quote is at p, into w, or with w NULL only check it. Leaves p behind it.
 * Returns 0 or the code in *fault.
 */
int weir_ndjson_string(struct weir_json *j, struct weir_text_writer *w);
/* Whether the raw text of a string that was checked, without quotes, stands for the len bytes at s. */
bool weir_ndjson_same(const char *raw, const char *raw_end, const char *s, size_t len);
/* Check the value at p and leave p behind it. 0 or the code in *fault. */
int weir_ndjson_skip(struct weir_json *j);
/*
 * Read the value at p into a field whose bytes are zero. null gives the default, or NaN in a float field.
 * Leaves p behind it. Returns 0 or the code in *fault: ETYPE for a value of another type, ECAST for a number
 * that is not whole, ERANGE, ETOOLONG, EUTF8, EMISSING for null, EPARSE.
 */
int weir_ndjson_field(struct weir_json *j, const struct weir_field *f, void *record);
/* Note a fault about a field, its name in front of the text; returns its code. */
int weir_ndjson_refuse_field(
	struct weir_json *j, const struct weir_field *f, int code, const char *where, const char *text);

#ifdef __cplusplus
}
#endif
#endif
