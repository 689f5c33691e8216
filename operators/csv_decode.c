/* SPDX-License-Identifier: MIT */
/*
 * csv_decode -- bytes of RFC 4180 text to records, one a line.
 *
 *	in    "id,temp\n1,22.5\n2,x\n3,21\n"
 *	out   {1, 22.5}  error 3:3  {3, 21}
 *
 * Credit  own: asks for bytes, makes at most as many records as there is room for.
 * Memory  sizeof(struct csv_decode), 8 bytes per field, max_line bytes for a line that is cut.
 * Lines   quoted cells may hold newlines; blanks around unquoted cells are not theirs; CRLF ends a line like
 *         LF; a line without any byte is no record. An unquoted empty cell takes the default; "" is empty text.
 * Header  names pick the columns, each once; a row must have as many cells as the header. A field without a
 *         column takes its default or ends the stage. An input of no bytes at all has no header to miss.
 */
#include <weir/codecs.h>

/* A column that is wanted. */
struct csv_column {
	uint32_t column; /* ABSENT: takes the default */
	uint16_t field;
};

#define ABSENT UINT32_MAX

struct csv_decode {
	struct weir_lines lines;
	const struct weir_record *record;
	uint32_t n_columns; /* cells in a row */
	uint16_t n_wanted;  /* entries of `columns` that have one, in the order of columns */
	bool header_due;
	char delimiter;
	char message[WEIR_CODEC_MESSAGE_BYTES];
	struct csv_column columns[]; /* one per field; the carry lies behind */
};
WEIR_ILP32(csv_decode, 160);

/* ---- rows ---- */

/* Read the next cell into the field it feeds, or pass it. */
static int read_column(struct csv_decode *d, struct weir_cells *r, uint32_t column, uint16_t *next,
	void *record, struct weir_text_fault *fault)
{
	struct weir_cell ignored;

	if (*next == d->n_wanted || d->columns[*next].column != column)
		return weir_cell_next(r, &ignored, fault);
	return weir_cell_read(r, &d->record->fields[d->columns[(*next)++].field], record, fault);
}

static int wrong_columns(
	const struct weir_cells *r, const char *at, const char *text, struct weir_text_fault *fault)
{
	*fault = (struct weir_text_fault){ WEIR_ECOLUMNS, (size_t)(at - r->line), text };
	return WEIR_ECOLUMNS;
}

static int read_row(struct csv_decode *d, struct weir_cells *r, void *record, struct weir_text_fault *fault)
{
	uint16_t next = 0;

	for (uint32_t column = 0;; column++, r->p++) {
		int rc;

		if (column == d->n_columns)
			return wrong_columns(r, r->p, "too many columns", fault);
		rc = read_column(d, r, column, &next, record, fault);
		if (rc < 0)
			return rc;
		if (r->p == r->end) {
			if (column + 1 < d->n_columns)
				return wrong_columns(r, r->end, "too few columns", fault);
			break;
		}
	}
	for (; next < d->record->n_fields; next++)
		(void)weir_field_put_default(&d->record->fields[d->columns[next].field], record);
	return 1;
}

/* ---- the header ---- */

static const char *column_name(const struct weir_field *f)
{
	return f->from != NULL ? f->from : f->name;
}

static bool has_column(const struct csv_decode *d, uint16_t field)
{
	for (uint16_t i = 0; i < d->n_wanted; i++)
		if (d->columns[i].field == field)
			return true;
	return false;
}

static int fail(struct weir_ctx *c, int code, const char *name, const char *what)
{
	struct csv_decode *d = c->state;

	weir_fail(c, code, weir_codec_message(d->message, name, what));
	return WEIR_ECANCELLED;
}

/* Note which field the column feeds, if any. */
static int add_column(struct weir_ctx *c, const struct weir_cell *cell, uint32_t column)
{
	struct csv_decode *d = c->state;

	for (uint16_t i = 0; i < d->record->n_fields; i++) {
		const char *name = column_name(&d->record->fields[i]);

		if (!weir_cell_is(cell, name))
			continue;
		if (has_column(d, i))
			return fail(c, WEIR_EPARSE, name, "column stands twice in the header");
		d->columns[d->n_wanted++] = (struct csv_column){ column, i };
		break;
	}
	return WEIR_OK;
}

/* Fields without a column go behind those with one. */
static int add_absent(struct weir_ctx *c)
{
	struct csv_decode *d = c->state;
	uint16_t n = d->n_wanted;

	for (uint16_t i = 0; i < d->record->n_fields; i++) {
		const struct weir_field *f = &d->record->fields[i];

		if (has_column(d, i))
			continue;
		if ((f->flags & WEIR_FIELD_DEFAULT) == 0)
			return fail(c, WEIR_EMISSING, column_name(f), "no such column in the header");
		d->columns[n++] = (struct csv_column){ ABSENT, i };
	}
	return WEIR_OK;
}

static int read_header(struct weir_ctx *c, struct weir_cells *r, struct weir_text_fault *fault)
{
	struct csv_decode *d = c->state;
	struct weir_cell cell;

	d->n_wanted = 0;
	for (uint32_t column = 0;; column++, r->p++) {
		if (weir_cell_next(r, &cell, fault) < 0)
			return fail(c, fault->code, "header", fault->text);
		if (add_column(c, &cell, column) < 0)
			return WEIR_ECANCELLED;
		if (r->p == r->end) {
			d->n_columns = column + 1;
			break;
		}
	}
	if (add_absent(c) < 0)
		return WEIR_ECANCELLED;
	d->header_due = false;
	return 0;
}

/* ---- the stage ---- */

static int decode_line(
	struct weir_ctx *c, const struct weir_line *line, void *record, struct weir_text_fault *fault)
{
	struct csv_decode *d = c->state;
	struct weir_cells r = { line->text, line->text, line->text + line->len, d->delimiter, d->message };

	if (r.end > r.p && r.end[-1] == '\r')
		r.end--;
	if (r.p == r.end)
		return 0;
	return d->header_due ? read_header(c, &r, fault) : read_row(d, &r, record, fault);
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct csv_decode *d = c->state;

	return weir_lines_process(c, &d->lines, in, out, last, d->record->size, decode_line);
}

static bool same_text(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_csv_decode_params *p = place->params;

	if (weir_csv_delimiter(p->delimiter) < 0) {
		*why = "delimiter must be one ASCII byte that no number, quote or newline can hold";
		return WEIR_EINVAL;
	}
	if (p->max_line_bytes < WEIR_MAX_LINE_MIN || p->max_line_bytes > WEIR_MAX_LINE_MAX) {
		*why = "max_line must be 16B to 16MiB";
		return WEIR_EINVAL;
	}
	for (uint16_t i = 0; p->header && i < p->record->n_fields; i++)
		for (uint16_t k = 0; k < i; k++)
			if (same_text(
				    column_name(&p->record->fields[i]), column_name(&p->record->fields[k]))) {
				*why = "two fields read the same column";
				return WEIR_EINVAL;
			}
	return WEIR_OK;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_csv_decode_params *p = place->params;
	const char *why;
	int rc = check(place, &why);

	if (rc < 0)
		return rc;
	return (int64_t)(WEIR_SIZEOF(place, csv_decode) + p->record->n_fields * sizeof(struct csv_column)) +
	       p->max_line_bytes + 1;
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_csv_decode_params *p = place->params;
	struct csv_decode *d = c->state;

	d->record = p->record;
	d->delimiter = (char)weir_csv_delimiter(p->delimiter);
	d->header_due = p->header;
	d->n_columns = p->record->n_fields;
	d->n_wanted = p->record->n_fields;
	for (uint16_t i = 0; i < p->record->n_fields; i++)
		d->columns[i] = (struct csv_column){ i, i };
	weir_lines_init(&d->lines, &d->columns[p->record->n_fields], p->max_line_bytes, d->delimiter);
	return WEIR_OK;
}

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_csv_decode_params, delimiter, "delimiter", TEXT, .dflt = "\",\"",
		.help = "The byte between cells."),
	WEIR_PARAM(struct weir_csv_decode_params, header, "header", BOOL, .dflt = "true",
		.help = "The first line names the columns; else they count by position."),
	WEIR_PARAM(struct weir_csv_decode_params, record, "record", RECORD, .example = "\"reading\"",
		.flags = WEIR_PARAM_REQUIRED, .help = "Record that a line becomes."),
	WEIR_PARAM(struct weir_csv_decode_params, max_line_bytes, "max_line", SIZE, .dflt = "\"4KiB\"",
		.min = WEIR_MAX_LINE_MIN, .max = WEIR_MAX_LINE_MAX,
		.help = "Longest line, bytes; a longer one is an item error."),
	{ .name = NULL },
};

const struct weir_op_type weir_csv_decode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "csv_decode",
	.summary = WEIR_TEXT("Read records from CSV text."),
	.page = WEIR_PAGE(.emits = "a record for each line",
		.state = "168 (160), 8 for each field, `max_line` bytes"),
	.params_struct = WEIR_TEXT("struct weir_csv_decode_params"),
	.header = WEIR_TEXT("weir/codecs.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_csv_decode_params),
	.in = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.init = init,
	.process = process,
};
