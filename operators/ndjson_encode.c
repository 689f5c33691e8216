/* SPDX-License-Identifier: MIT */
/*
 * ndjson_encode -- records to bytes of JSON lines, one object a line.
 *
 *	in    {1, 22.5}  {2, nan}
 *	out   {"id":1,"temp":22.5}\n{"id":2,"temp":null}\n
 *
 * Credit  own: takes a record when the longest one it could be still fits (weir_ndjson_encode_max).
 * Memory  sizeof(struct ndjson_encode), and the escaped names with their quotes.
 * Form    fields in the record's order, no spaces. NaN and infinities are null; 64-bit integers plain digits.
 */
#include <string.h>

#include <weir/codecs.h>

struct ndjson_encode {
	const struct weir_record *record;
	size_t line_max;
	uint8_t time; /* enum weir_time_form */
	char *keys;   /* of each field: u16 length, then ,"name": -- the first with { for , */
};
WEIR_ILP32(ndjson_encode, 16);

/* ---- text ---- */

/* The letter that stands for the byte behind a backslash; 'u' for \u00XX; 0: it stands for itself. */
static char escape_of(char c)
{
	static const char bytes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";

	if ((unsigned char)c >= 0x20 && c != '"' && c != '\\')
		return 0;
	for (size_t i = 0; i < sizeof bytes - 1; i++)
		if (bytes[i] == c)
			return letters[i];
	return 'u';
}

static char *put_escape(char *p, char c, char letter)
{
	static const char digits[] = "0123456789abcdef";

	*p++ = '\\';
	*p++ = letter;
	if (letter == 'u') {
		*p++ = '0';
		*p++ = '0';
		*p++ = digits[(unsigned char)c >> 4];
		*p++ = digits[(unsigned char)c & 15];
	}
	return p;
}

static char *put_text(char *p, const char *s, size_t len)
{
	*p++ = '"';
	for (size_t i = 0; i < len; i++) {
		char letter = escape_of(s[i]);

		if (letter == 0)
			*p++ = s[i];
		else
			p = put_escape(p, s[i], letter);
	}
	*p++ = '"';
	return p;
}

static size_t escaped_len(const char *s)
{
	char one[6];
	size_t n = 0;

	for (; *s != '\0'; s++) {
		char letter = escape_of(*s);

		n += letter == 0 ? 1 : (size_t)(put_escape(one, *s, letter) - one);
	}
	return n;
}

/* ---- records ---- */

/* Whether the float is NaN or infinite: its exponent is all ones. */
static bool is_nonfinite(const struct weir_field *f, const char *value)
{
	uint64_t wide;
	uint32_t narrow;

	if (f->kind == WEIR_F32) {
		memcpy(&narrow, value, sizeof narrow);
		return (~narrow & 0x7f800000u) == 0;
	}
	if (f->kind != WEIR_F64)
		return false;
	memcpy(&wide, value, sizeof wide);
	return (~wide & UINT64_C(0x7ff0000000000000)) == 0;
}

static char *put_value(const struct ndjson_encode *e, char *p, const struct weir_field *f, const char *record)
{
	const char *value = record + f->offset;
	size_t len;
	uint16_t bytes;

	if (f->kind == WEIR_TEXT) {
		memcpy(&bytes, value, sizeof bytes);
		return put_text(p, value + sizeof bytes, bytes);
	}
	if (is_nonfinite(f, value)) {
		memcpy(p, "null", 4);
		return p + 4;
	}
	if (f->kind != WEIR_TIME || e->time != WEIR_TIME_RFC3339)
		return p + weir_field_to_text(f, record, (enum weir_time_form)e->time, p);
	len = weir_field_to_text(f, record, WEIR_TIME_RFC3339, p + 1);
	p[0] = p[len + 1] = '"';
	return p + len + 2;
}

static char *put_record(const struct ndjson_encode *e, char *p, const char *record)
{
	const char *key = e->keys;

	for (uint16_t i = 0; i < e->record->n_fields; i++) {
		uint16_t len;

		memcpy(&len, key, sizeof len);
		memcpy(p, key + sizeof len, len);
		key += sizeof len + len;
		p = put_value(e, p + len, &e->record->fields[i], record);
	}
	*p++ = '}';
	*p++ = '\n';
	return p;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct ndjson_encode *e = c->state;
	char *begin = out->items, *p = begin;
	const char *record = in->items;
	struct weir_moved m = { 0, 0, false };

	for (; m.taken < in->count; m.taken++, record += e->record->size) {
		if (out->count - (size_t)(p - begin) < e->line_max) {
			m.more = last;
			break;
		}
		p = put_record(e, p, record);
	}
	m.made = p > begin ? (uint32_t)(p - begin) : 0;
	return m;
}

/* ---- the stage ---- */

/* Each field: comma, name, colon, value. A byte of text is six at most. */
static size_t line_max(const struct weir_record *record, enum weir_time_form time)
{
	size_t n = 2; /* the closing brace and the newline */

	for (uint16_t i = 0; i < record->n_fields; i++) {
		const struct weir_field *f = &record->fields[i];

		n += escaped_len(f->name) + 4;
		n += f->kind == WEIR_TEXT ? 6 * (size_t)f->text_max + 2 : weir_field_text_max(f, time) + 2;
	}
	return n;
}

size_t weir_ndjson_encode_max(
	const struct weir_record *record, const struct weir_ndjson_encode_params *params)
{
	return line_max(record, (enum weir_time_form)params->time);
}

static size_t keys_size(const struct weir_record *record)
{
	size_t n = 0;

	for (uint16_t i = 0; i < record->n_fields; i++)
		n += sizeof(uint16_t) + escaped_len(record->fields[i].name) + 4;
	return n;
}

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_ndjson_encode_params *p = place->params;

	if (p->time <= WEIR_TIME_NS)
		return WEIR_OK;
	*why = "unknown form of time";
	return WEIR_EINVAL;
}

static int64_t state_size(const struct weir_place *place)
{
	const char *why;
	int rc = check(place, &why);

	if (rc < 0)
		return rc;
	if (place->in->n_fields == 0)
		return WEIR_EINVAL;
	if (place->out_cap < weir_ndjson_encode_max(place->in, place->params))
		return WEIR_ENOSPC; /* it would wait for ever */
	return (int64_t)(WEIR_SIZEOF(place, ndjson_encode) + keys_size(place->in));
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_ndjson_encode_params *p = place->params;
	struct ndjson_encode *e = c->state;
	char *key = (char *)(e + 1);

	e->record = place->in;
	e->line_max = weir_ndjson_encode_max(place->in, p);
	e->time = p->time;
	e->keys = key;
	for (uint16_t i = 0; i < place->in->n_fields; i++) {
		const char *name = place->in->fields[i].name;
		char *text = key + sizeof(uint16_t), *end;
		uint16_t len;

		*text = i == 0 ? '{' : ',';
		end = put_text(text + 1, name, weir_name_length(name));
		*end++ = ':';
		len = (uint16_t)(end - text);
		memcpy(key, &len, sizeof len);
		key = end;
	}
	return WEIR_OK;
}

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_ndjson_encode_params, time, "time", ENUM, .dflt = "\"rfc3339\"",
		.choices = weir_time_form_choices,
		.help = "Times as text, or as whole steps of a unit since 1970."),
	{ .name = NULL },
};

const struct weir_op_type weir_ndjson_encode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "ndjson_encode",
	.summary = WEIR_TEXT("Write records as JSON lines."),
	.page = WEIR_PAGE(.emits = "a line for each record",
		.state = "a few words, the keys as they are written"),
	.params_struct = WEIR_TEXT("struct weir_ndjson_encode_params"),
	.header = WEIR_TEXT("weir/codecs.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_ndjson_encode_params),
	.out = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.init = init,
	.process = process,
};
