/* SPDX-License-Identifier: MIT */
/*
 * codec_lines.c -- lines out of a byte stream that may be cut anywhere, and the loop of every decoder of lines.
 *
 * Nothing that is seen from outside may depend on the cuts (S-1): a line is too long when its bytes are too
 * many, not when the carry is full, and a fault that must wait (WEIR_HOLD) leaves the state as it was, so that
 * the same line comes again. Only the bytes of the carry past `len` may change for a line that is looked at.
 */
#include <string.h>

#include <weir/codec.h>

static const char byte_order_mark[] = { '\xef', '\xbb', '\xbf' };

/* Where in a cell a scan for the line's end stands. */
enum quotes { CELL_START, PLAIN, QUOTED, QUOTE_SEEN };

void weir_lines_init(struct weir_lines *l, void *carry, uint32_t max_line, char delimiter)
{
	*l = (struct weir_lines){
		.carry = carry,
		.max_line = max_line,
		.number = 1,
		.delimiter = delimiter,
	};
}

/* ---- the end of a line ---- */

static enum quotes after(const struct weir_lines *l, enum quotes q, char c)
{
	if (q == QUOTED)
		return c == '"' ? QUOTE_SEEN : QUOTED;
	if (c == l->delimiter)
		return CELL_START;
	if (c == '"' && (q == CELL_START || q == QUOTE_SEEN))
		return QUOTED;
	if (q == CELL_START && (c == ' ' || c == '\t'))
		return CELL_START;
	return PLAIN;
}

/* The newline that ends the line in [p, end), or end; counts those inside quotes. */
static const char *scan_quoted(
	const struct weir_lines *l, enum quotes *q, const char *p, const char *end, uint32_t *breaks)
{
	for (; p < end; p++) {
		if (*p == '\n') {
			if (*q != QUOTED)
				break;
			(*breaks)++;
		}
		*q = after(l, *q, *p);
	}
	return p;
}

static const char *find(const char *p, const char *end, char c)
{
	const char *found = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

	return found != NULL ? found : end;
}

/* The end of the line whose next bytes are [p, end), or end when it is not among them. */
static const char *line_end(
	struct weir_lines *l, enum quotes *q, const char *p, const char *end, uint32_t *breaks)
{
	const char *newline;

	if (l->delimiter == 0)
		return find(p, end, '\n');
	if (*q == CELL_START && l->len == 0) {
		newline = find(p, end, '\n');
		if (l->quote_at == NULL || l->quote_at < p)
			l->quote_at = find(p, end, '"');
		if (newline < end && newline <= l->quote_at)
			return newline;
	}
	return scan_quoted(l, q, p, end, breaks);
}

/* ---- taking bytes ---- */

static void append(struct weir_lines *l, const char *p, uint32_t len)
{
	memcpy(l->carry + l->len, p, len);
}

/* Pass the byte order mark; what only began like one is the start of the first line. */
static const char *skip_mark(struct weir_lines *l, const char *p, const char *end, bool last)
{
	while (p < end && l->mark_bytes < sizeof byte_order_mark && *p == byte_order_mark[l->mark_bytes]) {
		l->mark_bytes++;
		p++;
	}
	if (l->mark_bytes < sizeof byte_order_mark && (p < end || last)) {
		append(l, byte_order_mark, l->mark_bytes);
		l->len = l->mark_bytes;
		l->quotes = l->len > 0 ? PLAIN : CELL_START;
		l->mark_bytes = sizeof byte_order_mark;
	}
	return p;
}

/* Begin a span: pass what belongs to no line any more. */
static const char *resume(struct weir_lines *l, const char *p, const char *end, bool last)
{
	l->quote_at = NULL;
	if (l->mark_bytes < sizeof byte_order_mark)
		p = skip_mark(l, p, end, last);
	if (l->skipping) {
		p = find(p, end, '\n');
		l->skipping = p == end;
		p += p < end;
	}
	return p;
}

/* Keep the head of a line. */
static void keep(struct weir_lines *l, const char *p, uint32_t len, enum quotes q)
{
	append(l, p, len);
	l->len += len;
	l->quotes = (uint8_t)q;
}

/* The first max_line bytes of a line, and how far it goes on. */
static void cut_line(struct weir_lines *l, const char *p, const char *end, struct weir_line *line)
{
	uint32_t room = l->max_line - l->len;
	const char *newline = find(p + room, end, '\n');

	line->text = p;
	if (l->len > 0) {
		append(l, p, room);
		line->text = l->carry;
	}
	line->len = l->max_line;
	line->too_long = true;
	line->open = newline == end;
	line->used = (uint32_t)(newline - p) + !line->open;
	line->breaks = 1;
	line->last = false;
	for (uint32_t i = 0; i < l->max_line; i++)
		line->breaks += line->text[i] == '\n';
}

/* A line whose end lies in another place than its head, or that has no newline, is put together in the carry. */
static void join(struct weir_lines *l, const char *p, struct weir_line *line)
{
	append(l, p, line->len - l->len);
	l->carry[line->len] = '\n';
	line->text = l->carry;
}

/*
 * The next line; nothing is taken yet. False: there is none, all of [p, end) was kept.
 */
static bool next_line(struct weir_lines *l, const char *p, const char *end, bool last, struct weir_line *line)
{
	enum quotes q = (enum quotes)l->quotes;
	uint32_t breaks = 0, here;
	const char *newline = line_end(l, &q, p, end, &breaks);
	bool ends = newline < end;

	here = (uint32_t)(newline - p);
	if (!ends && !last && here <= l->max_line - l->len) {
		keep(l, p, here, q);
		return false;
	}
	if (!ends && l->len + here == 0)
		return false;
	if (here > l->max_line - l->len) {
		cut_line(l, p, end, line);
		return true;
	}
	line->text = p;
	line->len = l->len + here;
	line->used = here + ends;
	line->last = !ends;
	line->too_long = line->open = false;
	line->breaks = breaks + 1;
	for (uint32_t i = 0; i < l->len; i++)
		line->breaks += l->carry[i] == '\n';
	if (l->len > 0 || !ends)
		join(l, p, line);
	return true;
}

/* Be done with the line. */
static const char *take_line(struct weir_lines *l, const struct weir_line *line, const char *p)
{
	l->len = 0;
	l->quotes = CELL_START;
	l->number += line->breaks;
	l->skipping = line->open;
	return p + line->used;
}

/* ---- decoding ---- */

/* Physical line and column of a byte in the line. */
static void place(const struct weir_lines *l, const struct weir_line *line, uint32_t at, struct weir_fault *f)
{
	uint32_t start = 0;

	f->line = l->number;
	for (uint32_t i = 0; i < at && i < line->len; i++)
		if (line->text[i] == '\n') {
			f->line++;
			start = i + 1;
		}
	f->column = at - start + 1;
}

static enum weir_verdict report(struct weir_ctx *c, const struct weir_lines *l, const struct weir_span *in,
	const struct weir_line *line, const struct weir_text_fault *fault)
{
	struct weir_fault f = {
		.code = fault->code, .item = l->items + 1, .text = fault->text, .time_ns = &l->time_ns
	};

	place(l, line, (uint32_t)fault->at, &f);
	return weir_fault(c, in, &f);
}

/* Whether the line is done with: decoded, empty, or its fault was dealt with. */
static bool finish_line(struct weir_ctx *c, struct weir_lines *l, const struct weir_span *in,
	const struct weir_line *line, void *record, weir_line_fn *decode, uint32_t *made)
{
	struct weir_text_fault fault = { WEIR_ETOOLONG, line->len, "line too long" };
	int rc = WEIR_ETOOLONG;

	if (!line->too_long)
		rc = decode(c, line, record, &fault);
	if (rc >= 0) {
		*made += (uint32_t)rc;
		l->items += (uint32_t)rc;
		if (rc > 0)
			weir_codec_note_time(c, record, &l->time_ns);
		return true;
	}
	if (rc == WEIR_ECANCELLED || report(c, l, in, line, &fault) != WEIR_SKIP)
		return false;
	l->items++;
	return true;
}

/* The source was stopped within this line: an item that never came whole is no item. */
static bool is_part(const struct weir_ctx *c, const struct weir_line *line)
{
	return line->last && weir_input_stopped(c);
}

struct weir_moved weir_lines_process(struct weir_ctx *c, struct weir_lines *l, const struct weir_span *in,
	struct weir_span *out, bool last, uint32_t record_bytes, weir_line_fn *decode)
{
	const char *begin = in->count > 0 ? in->items : "", *end = begin + in->count;
	const char *p = resume(l, begin, end, last);
	struct weir_moved m = { 0, 0, false };
	struct weir_line line;

	while (m.made < out->count || last) {
		char *record;

		if (!next_line(l, p, end, last, &line)) {
			p = end;
			break;
		}
		if (is_part(c, &line)) {
			weir_drop(c, WEIR_DROP_CANCELLED, line.len);
			p = take_line(l, &line, p);
			break;
		}
		m.more = last;
		if (m.made == out->count)
			break;
		record = (char *)out->items + (size_t)m.made * record_bytes;
		memset(record, 0, record_bytes);
		if (!finish_line(c, l, in, &line, record, decode, &m.made))
			break;
		m.more = false;
		p = take_line(l, &line, p);
	}
	m.taken = (uint32_t)(p - begin);
	return m;
}
