/* SPDX-License-Identifier: MIT */
/*
 * record.c -- sizes, alignment and layout of records, and the two record types every pipeline knows.
 *
 * The layout is fixed by definition.md (Types) and not by the compiler: 8-byte kinds lie at multiples of 8
 * also where C would be content with 4, so that bytes written on one machine are valid on another.
 */
#include <weir/record.h>

#include <string.h>

#include <weir/error.h>

static const uint8_t kind_sizes[WEIR_KINDS] = {
	[WEIR_BOOL] = 1,
	[WEIR_I8] = 1,
	[WEIR_I16] = 2,
	[WEIR_I32] = 4,
	[WEIR_I64] = 8,
	[WEIR_U8] = 1,
	[WEIR_U16] = 2,
	[WEIR_U32] = 4,
	[WEIR_U64] = 8,
	[WEIR_F32] = 4,
	[WEIR_F64] = 8,
	[WEIR_TIME] = 8,
	[WEIR_TEXT] = 2, /* the length; the bytes come on top */
};

static const char *const kind_names[WEIR_KINDS] = {
	[WEIR_BOOL] = "bool",
	[WEIR_I8] = "i8",
	[WEIR_I16] = "i16",
	[WEIR_I32] = "i32",
	[WEIR_I64] = "i64",
	[WEIR_U8] = "u8",
	[WEIR_U16] = "u16",
	[WEIR_U32] = "u32",
	[WEIR_U64] = "u64",
	[WEIR_F32] = "f32",
	[WEIR_F64] = "f64",
	[WEIR_TIME] = "time",
	[WEIR_TEXT] = "text",
};

static const struct weir_field bytes_fields[] = {
	{ .name = "byte", .offset = 0, .kind = WEIR_U8 },
};

const struct weir_record weir_bytes_record = {
	.name = "bytes",
	.fields = bytes_fields,
	.n_fields = 1,
	.size = 1,
};

#define ERROR_TEXT_MAX(member) sizeof(((struct weir_error_item *)0)->member)

static const struct weir_field error_fields[] = {
	{ .name = "at", .offset = offsetof(struct weir_error_item, at), .kind = WEIR_TIME },
	{ .name = "stage",
		.offset = offsetof(struct weir_error_item, stage_len),
		.text_max = ERROR_TEXT_MAX(stage),
		.kind = WEIR_TEXT },
	{ .name = "code",
		.offset = offsetof(struct weir_error_item, code_len),
		.text_max = ERROR_TEXT_MAX(code),
		.kind = WEIR_TEXT },
	{ .name = "item", .offset = offsetof(struct weir_error_item, item), .kind = WEIR_U64 },
	{ .name = "text",
		.offset = offsetof(struct weir_error_item, text_len),
		.text_max = ERROR_TEXT_MAX(text),
		.kind = WEIR_TEXT },
};

/* The offsets of the layout rule, and no others. */
_Static_assert(offsetof(struct weir_error_item, at) == 0, "at");
_Static_assert(offsetof(struct weir_error_item, stage_len) == 8, "stage");
_Static_assert(offsetof(struct weir_error_item, stage) == 10, "stage bytes");
_Static_assert(offsetof(struct weir_error_item, code_len) == 42, "code");
_Static_assert(offsetof(struct weir_error_item, code) == 44, "code bytes");
_Static_assert(offsetof(struct weir_error_item, item) == 64, "item");
_Static_assert(offsetof(struct weir_error_item, text_len) == 72, "text");
_Static_assert(offsetof(struct weir_error_item, text) == 74, "text bytes");
_Static_assert(sizeof(struct weir_error_item) == 176, "size");

const struct weir_record weir_error_record = {
	.name = "error",
	.fields = error_fields,
	.n_fields = sizeof error_fields / sizeof error_fields[0],
	.size = sizeof(struct weir_error_item),
};

/* strcmp is not among the functions the core may ask of its surroundings. */
static bool same_name(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static uint32_t round_up(uint32_t offset, size_t align)
{
	return (offset + (uint32_t)align - 1) & ~((uint32_t)align - 1);
}

static uint32_t widest_align(const struct weir_field *fields, size_t n_fields)
{
	size_t widest = 1;

	for (size_t i = 0; i < n_fields; i++) {
		size_t align = weir_kind_align((enum weir_kind)fields[i].kind);
		if (align > widest)
			widest = align;
	}
	return (uint32_t)widest;
}

size_t weir_kind_size(enum weir_kind kind, uint16_t text_max)
{
	if ((unsigned)kind >= WEIR_KINDS)
		return 0;
	return kind == WEIR_TEXT ? (size_t)kind_sizes[kind] + text_max : kind_sizes[kind];
}

size_t weir_kind_align(enum weir_kind kind)
{
	return (unsigned)kind < WEIR_KINDS ? kind_sizes[kind] : 1;
}

const char *weir_kind_name(enum weir_kind kind)
{
	return (unsigned)kind < WEIR_KINDS ? kind_names[kind] : "unknown";
}

bool weir_record_same(const struct weir_record *a, const struct weir_record *b)
{
	if (a == b)
		return true;
	if (a->n_fields != b->n_fields || a->size != b->size)
		return false;
	for (uint16_t i = 0; i < a->n_fields; i++) {
		const struct weir_field *fa = &a->fields[i], *fb = &b->fields[i];

		if (fa->kind != fb->kind || !same_name(fa->name, fb->name))
			return false;
		if (fa->kind == WEIR_TEXT && fa->text_max != fb->text_max)
			return false;
	}
	return true;
}

const struct weir_field *weir_record_field(const struct weir_record *r, const char *name)
{
	for (uint16_t i = 0; i < r->n_fields; i++)
		if (same_name(r->fields[i].name, name))
			return &r->fields[i];
	return NULL;
}

/* The end of the fields laid out from 0; UINT32_MAX when it exceeds a record's range. Writes where asked. */
static uint32_t place_fields(struct weir_field *fields, size_t n_fields, bool write)
{
	uint32_t end = 0;

	for (size_t i = 0; i < n_fields; i++) {
		enum weir_kind kind = (enum weir_kind)fields[i].kind;

		end = round_up(end, weir_kind_align(kind));
		if (write)
			fields[i].offset = (uint16_t)end;
		end += (uint32_t)weir_kind_size(kind, fields[i].text_max);
		if (end > UINT16_MAX)
			return UINT32_MAX;
	}
	return end;
}

int weir_record_layout(struct weir_field *fields, size_t n_fields)
{
	uint32_t end = place_fields(fields, n_fields, false);

	if (end == UINT32_MAX)
		return WEIR_ERANGE;
	end = round_up(end, widest_align(fields, n_fields));
	if (end > UINT16_MAX)
		return WEIR_ERANGE;
	place_fields(fields, n_fields, true);
	return (int)end;
}
