/* SPDX-License-Identifier: MIT */
/*
 * csv_encode -- records to bytes of RFC 4180 text, one a line.
 *
 *	in    {1, 22.5}  {2, nan}
 *	out   "id,temp\n1,22.5\n2,nan\n"
 *
 * Credit  own: takes a record when the longest one it could be still fits (weir_csv_encode_max).
 * Memory  sizeof(struct csv_encode).
 * Header  the fields' names, also when there are no records.
 * Quotes  around text that needs them: a delimiter, quote, newline or blank at an end, and around empty text,
 *         which would else read as a missing value.
 */
#include <string.h>

#include <weir/codecs.h>
#include <weir/timetext.h>

struct csv_encode {
	const struct weir_record *record;
	size_t line_max, header_max;
	char delimiter;
	uint8_t time; /* enum weir_time_form */
	bool header_due;
};
WEIR_ILP32(csv_encode, 16);

static bool needs_quotes(const struct csv_encode *e, const char *s, size_t len)
{
	if (len == 0 || s[0] == ' ' || s[0] == '\t' || s[len - 1] == ' ' || s[len - 1] == '\t')
		return true;
	for (size_t i = 0; i < len; i++)
		if (s[i] == e->delimiter || s[i] == '"' || s[i] == '\n' || s[i] == '\r')
			return true;
	return false;
}

static char *put_text(const struct csv_encode *e, char *p, const char *s, size_t len)
{
	if (!needs_quotes(e, s, len)) {
		memcpy(p, s, len);
		return p + len;
	}
	*p++ = '"';
	for (size_t i = 0; i < len; i++) {
		if (s[i] == '"')
			*p++ = '"';
		*p++ = s[i];
	}
	*p++ = '"';
	return p;
}

static char *put_field(const struct csv_encode *e, char *p, const struct weir_field *f, const char *record)
{
	char time[WEIR_TIME_TEXT_MAX];
	uint16_t len;

	if (f->kind == WEIR_TIME && e->delimiter == ':')
		return put_text(
			e, p, time, weir_field_to_text(f, record, (enum weir_time_form)e->time, time));
	if (f->kind != WEIR_TEXT)
		return p + weir_field_to_text(f, record, (enum weir_time_form)e->time, p);
	memcpy(&len, record + f->offset, sizeof len);
	return put_text(e, p, record + f->offset + sizeof len, len);
}

static char *put_record(const struct csv_encode *e, char *p, const char *record)
{
	const struct weir_field *fields = e->record->fields;

	for (uint16_t i = 0; i < e->record->n_fields; i++) {
		p = put_field(e, p, &fields[i], record);
		*p++ = e->delimiter;
	}
	p[-1] = '\n';
	return p;
}

static char *put_header(const struct csv_encode *e, char *p)
{
	const struct weir_field *fields = e->record->fields;

	for (uint16_t i = 0; i < e->record->n_fields; i++) {
		p = put_text(e, p, fields[i].name, weir_name_length(fields[i].name));
		*p++ = e->delimiter;
	}
	p[-1] = '\n';
	return p;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct csv_encode *e = c->state;
	char *begin = out->items, *p = begin;
	const char *record = in->items;
	struct weir_moved m = { 0, 0, false };

	if (e->header_due && (in->count > 0 || last)) {
		m.more = last;
		if (out->count < e->header_max)
			return m;
		p = put_header(e, p);
		e->header_due = false;
		m.more = false;
	}
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

/* Every byte of text may be a quote that is doubled; around each cell come quotes, behind it a byte. */
static size_t line_max(const struct weir_record *record, enum weir_time_form time)
{
	size_t n = 0;

	for (uint16_t i = 0; i < record->n_fields; i++) {
		const struct weir_field *f = &record->fields[i];

		n += f->kind == WEIR_TEXT ? 2 * (size_t)f->text_max + 3 : weir_field_text_max(f, time) + 3;
	}
	return n;
}

static size_t header_max(const struct weir_record *record)
{
	size_t n = 0;

	for (uint16_t i = 0; i < record->n_fields; i++)
		n += 2 * weir_name_length(record->fields[i].name) + 3;
	return n;
}

size_t weir_csv_encode_max(const struct weir_record *record, const struct weir_csv_encode_params *params)
{
	size_t line = line_max(record, (enum weir_time_form)params->time);
	size_t header = params->header ? header_max(record) : 0;

	return line > header ? line : header;
}

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_csv_encode_params *p = place->params;

	if (weir_csv_delimiter(p->delimiter) < 0) {
		*why = "delimiter must be one ASCII byte that no number, quote or newline can hold";
		return WEIR_EINVAL;
	}
	if (p->time > WEIR_TIME_NS) {
		*why = "unknown form of time";
		return WEIR_EINVAL;
	}
	return WEIR_OK;
}

static int64_t state_size(const struct weir_place *place)
{
	const char *why;
	int rc = check(place, &why);

	if (rc < 0)
		return rc;
	if (place->in->n_fields == 0)
		return WEIR_EINVAL;
	if (place->out_cap < weir_csv_encode_max(place->in, place->params))
		return WEIR_ENOSPC; /* it would wait for ever */
	return (int64_t)WEIR_SIZEOF(place, csv_encode);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_csv_encode_params *p = place->params;
	struct csv_encode *e = c->state;

	*e = (struct csv_encode){
		.record = place->in,
		.line_max = line_max(place->in, (enum weir_time_form)p->time),
		.header_max = header_max(place->in),
		.delimiter = (char)weir_csv_delimiter(p->delimiter),
		.time = p->time,
		.header_due = p->header,
	};
	return WEIR_OK;
}

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_csv_encode_params, delimiter, "delimiter", TEXT, .dflt = "\",\"",
		.help = "The byte between cells."),
	WEIR_PARAM(struct weir_csv_encode_params, header, "header", BOOL, .dflt = "true",
		.help = "The fields' names come first, also when there are no records."),
	WEIR_PARAM(struct weir_csv_encode_params, time, "time", ENUM, .dflt = "\"rfc3339\"",
		.choices = weir_time_form_choices,
		.help = "Times as text, or as whole steps of a unit since 1970."),
	{ .name = NULL },
};

const struct weir_op_type weir_csv_encode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "csv_encode",
	.summary = WEIR_TEXT("Write records as CSV text."),
	.page = WEIR_PAGE(.emits = "a line for each record, behind the line of names", .state = "32 (16)"),
	.params_struct = WEIR_TEXT("struct weir_csv_encode_params"),
	.header = WEIR_TEXT("weir/codecs.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_csv_encode_params),
	.out = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.init = init,
	.process = process,
};
