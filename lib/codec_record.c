/* SPDX-License-Identifier: MIT */
/*
 * codec_record.c -- a record from its bytes, which may come from anybody.
 */
#include <string.h>

#include <weir/codec.h>

static int copy_bool(
	const struct weir_field *f, const char *from, char *record, struct weir_text_fault *fault)
{
	if (*from != 0 && *from != 1) {
		*fault = (struct weir_text_fault){ WEIR_ERANGE, f->offset, "a bool is 0 or 1" };
		return WEIR_ERANGE;
	}
	record[f->offset] = *from;
	return WEIR_OK;
}

static int copy_text(
	const struct weir_field *f, const char *from, char *record, struct weir_text_fault *fault)
{
	uint16_t len;
	size_t valid;

	memcpy(&len, from, sizeof len);
	if (len > f->text_max) {
		*fault = (struct weir_text_fault){ WEIR_ETOOLONG, f->offset, "text too long" };
		return WEIR_ETOOLONG;
	}
	valid = weir_utf8_valid(from + sizeof len, len);
	if (valid < len) {
		*fault = (struct weir_text_fault){ WEIR_EUTF8, f->offset + sizeof len + valid,
			"invalid UTF-8" };
		return WEIR_EUTF8;
	}
	memcpy(record + f->offset, from, sizeof len + len);
	return WEIR_OK;
}

int weir_record_from_bytes(const struct weir_record *r, const char *from, char *record, char *message,
	struct weir_text_fault *fault)
{
	memset(record, 0, r->size);
	for (uint16_t i = 0; i < r->n_fields; i++) {
		const struct weir_field *f = &r->fields[i];
		const char *value = from + f->offset;
		int rc = WEIR_OK;

		if (f->kind == WEIR_BOOL)
			rc = copy_bool(f, value, record, fault);
		else if (f->kind == WEIR_TEXT)
			rc = copy_text(f, value, record, fault);
		else
			memcpy(record + f->offset, value, weir_kind_size((enum weir_kind)f->kind, 0));
		if (rc == WEIR_OK)
			continue;
		if (message != NULL)
			fault->text = weir_codec_message(message, f->name, fault->text);
		return rc;
	}
	return WEIR_OK;
}
