/* SPDX-License-Identifier: MIT */
/*
 * suite_items.c -- objects of a file of tests as records, and records as people read them.
 *
 * A value is read as ndjson is (codec.h), so times, texts and defaults mean what they mean in a recording; but fields go
 * by their own names, and an unknown one is a fault.
 */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include <weir/codec.h>
#include <weir/timetext.h>

#include "json_text.h"
#include "sim/text.h"

#define VALUE_TEXT_MAX 64u /* of a value that is no text */

/* A member's value as a line of JSON, to be freed. */
static char *as_line(const struct weir_json_node *n, size_t *len)
{
	const char *string = weir_json_string(n), *raw;
	char *text = NULL;
	FILE *line = sim_stream_open(&text, len);

	if (string != NULL) {
		cli_print_json_text(line, string, strlen(string));
	} else {
		raw = weir_json_raw(n, len);
		(void)fwrite(raw, 1, *len, line);
	}
	(void)putc('\n', line);
	sim_stream_close(line);
	--*len;
	return text;
}

static bool read_field(
	struct suite *s, const struct weir_json_node *n, const struct weir_field *f, unsigned char *record)
{
	struct weir_text_fault fault = { 0 };
	char message[WEIR_CODEC_MESSAGE_BYTES];
	size_t len;
	char *line = as_line(n, &len);
	struct weir_json j = {
		.begin = line, .p = line, .end = line + len, .fault = &fault, .message = message
	};
	bool good = weir_ndjson_field(&j, f, record) == WEIR_OK;

	if (!good)
		suite_fault(s, n, "%s", fault.text);
	free(line);
	return good;
}

static void unknown_field(struct suite *s, const struct weir_json_node *n, const struct weir_record *r)
{
	const char **names = sim_pool_get(&s->pool, (r->n_fields + 1u) * sizeof(const char *));

	for (uint16_t i = 0; i < r->n_fields; i++)
		names[i] = r->fields[i].name;
	suite_unknown(s, n, true, "field", weir_json_key(n), names, r->n_fields);
}

bool suite_record(struct suite *s, const struct weir_json_node *node, const struct weir_record *r, bool whole,
	struct suite_value *value)
{
	bool good = true;

	value->record = sim_pool_get(&s->pool, r->size);
	value->given = sim_pool_get(&s->pool, r->n_fields * sizeof *value->given);
	for (const struct weir_json_node *n = weir_json_first(node); n != NULL; n = weir_json_next(n)) {
		const struct weir_field *f = weir_record_field(r, weir_json_key(n));

		if (f == NULL)
			unknown_field(s, n, r);
		else
			value->given[f - r->fields] = true;
		good = f != NULL && read_field(s, n, f, value->record) && good;
	}
	for (uint16_t i = 0; whole && i < r->n_fields; i++) {
		if (value->given[i] || weir_field_put_default(&r->fields[i], value->record) == WEIR_OK)
			continue;
		suite_fault(s, node, "field \"%s\" is missing, and has no default", r->fields[i].name);
		good = false;
	}
	return good;
}

/* ---- for people ---- */

static enum weir_time_form form_of(const struct weir_field *f)
{
	switch (f->unit_ns) {
	case 1000000000u:
		return WEIR_TIME_S;
	case 1000000u:
		return WEIR_TIME_MS;
	case 1000u:
		return WEIR_TIME_US;
	case 1u:
		return WEIR_TIME_NS;
	default:
		return WEIR_TIME_RFC3339;
	}
}

void suite_print_field(FILE *out, const struct weir_field *f, const void *record)
{
	const unsigned char *at = (const unsigned char *)record + f->offset;
	const char *quote = f->kind == WEIR_TIME && f->unit_ns == 0 ? "\"" : "";
	char text[VALUE_TEXT_MAX];
	uint16_t len;
	size_t n;

	if (f->kind == WEIR_TEXT) {
		memcpy(&len, at, sizeof len);
		cli_print_json_text(out, (const char *)at + sizeof len, len);
		return;
	}
	n = weir_field_to_text(f, record, form_of(f), text);
	(void)fprintf(out, "%s%.*s%s", quote, (int)n, text, quote);
}

void suite_print_record(FILE *out, const struct weir_record *r, const void *record)
{
	for (uint16_t i = 0; i < r->n_fields; i++) {
		(void)fprintf(out, "%s\"%s\": ", i == 0 ? "{ " : ", ", r->fields[i].name);
		suite_print_field(out, &r->fields[i], record);
	}
	(void)fputs(" }", out);
}

const struct weir_field *suite_differs(
	const struct weir_record *r, const struct suite_value *value, const void *record)
{
	for (uint16_t i = 0; i < r->n_fields; i++) {
		struct weir_record one = { .fields = &r->fields[i], .n_fields = 1, .size = r->size };

		if (value->given[i] && !weir_record_equal(&one, value->record, record))
			return &r->fields[i];
	}
	return NULL;
}
