/* SPDX-License-Identifier: MIT */
/*
 * ndjson_decode -- bytes of JSON lines to records, one object a line.
 *
 *	in    {"id":1,"t":22.5}\n{"id":"x"}\n{"t":21,"id":3,"more":[]}\n
 *	out   {1, 22.5}  error 2:7  {3, 21}
 *
 * Credit  own: asks for bytes, makes at most as many records as there is room for.
 * Memory  sizeof(struct ndjson_decode), a key entry and a bit per field, max_line bytes for a line that is cut.
 * Keys    are expected in the order of the fields, and found fastest so. A path a.b reads b inside the object a.
 *         Unknown keys are checked and ignored, nested 32 deep at most. A key read into a field must not come
 *         twice. A line of blanks is no record.
 * Values  null takes the default, or is NaN in a float field. A key missing at the object's end takes the
 *         default too, else it is an item error there.
 */
#include <string.h>

#include <weir/codecs.h>

/* The path to a field's value. */
struct ndjson_key {
	uint64_t head; /* the first 8 bytes of its last name in quotes, as a word in memory's order */
	uint64_t mask; /* of those of the 8 bytes that count */
	const char *path;
	uint16_t len;
	uint16_t leaf;  /* where its last name starts */
	uint16_t bytes; /* of that name in quotes */
	uint16_t next;  /* field whose key came behind this one the last time */
};

#define OTHER_WORDS 2u

/* A key of the outermost object, in quotes as it stands there, that no field has: it is known when it comes again. */
struct ndjson_other {
	uint64_t text[OTHER_WORDS],
		mask[OTHER_WORDS]; /* as head and mask of a key; none is all zeros and no mask */
	uint32_t bytes;            /* 0: none yet */
};

struct ndjson_decode {
	struct weir_lines lines;
	const struct weir_record *record;
	uint32_t *seen; /* a bit per field */
	uint16_t n_fields;
	uint16_t first; /* field whose key came first the last time */
	struct ndjson_other other;
	char message[WEIR_CODEC_MESSAGE_BYTES];
	struct ndjson_key keys[]; /* one per field; `seen` and the carry lie behind */
};
WEIR_ILP32(ndjson_decode, 200);

/* One line being read. */
struct reading {
	struct weir_json j;
	struct ndjson_decode *d;
	void *record;
	uint16_t *expect; /* field whose key probably comes next */
	uint16_t n_seen;
};

/* The object being read: the first `len` bytes of this field's path lead to it. */
struct prefix {
	uint16_t field, len;
	uint32_t depth;
};

/* ---- keys ---- */

/* What a key leads to: a field, an object that holds some, or neither. */
struct target {
	bool is_field, is_object;
	struct prefix inner; /* is_object */
	uint16_t field;
};

static bool below(const struct ndjson_decode *d, const struct ndjson_key *k, const struct prefix *at)
{
	return at->len == 0 || (k->len > at->len && memcmp(k->path, d->keys[at->field].path, at->len) == 0);
}

static inline const char *pass_blanks(const char *p)
{
	while ((unsigned char)*p <= ' ' && (*p == ' ' || *p == '\t' || *p == '\r'))
		p++;
	return p;
}

/* Whether the text at p is the key's last name in quotes. */
static inline bool is_at(const struct ndjson_key *k, const char *p, const char *end)
{
	uint64_t head;

	if (end - p >= (ptrdiff_t)sizeof head) {
		memcpy(&head, p, sizeof head);
		if ((head & k->mask) != k->head)
			return false;
		if (k->bytes <= sizeof head)
			return true;
	}
	return end - p >= k->bytes && *p == '"' && p[k->bytes - 1] == '"' &&
	       memcmp(p + 1, k->path + k->leaf, k->bytes - 2u) == 0;
}

/* The end of the key that most probably comes, if it is at p; else NULL. */
static inline const char *pass_expected(const struct reading *r, const struct prefix *at, const char *p)
{
	const struct ndjson_key *k = &r->d->keys[*r->expect];

	if (*r->expect >= r->d->n_fields || k->leaf != at->len || !is_at(k, p, r->j.end) ||
		!below(r->d, k, at))
		return NULL;
	return p + k->bytes;
}

/* The end of the key that no field has, if it is at p; else NULL. */
static inline const char *pass_other(const struct reading *r, const struct prefix *at, const char *p)
{
	const struct ndjson_other *o = &r->d->other;
	uint64_t text[OTHER_WORDS];

	if (o->bytes == 0 || at->depth > 1 || r->j.end - p < (ptrdiff_t)o->bytes)
		return NULL;
	if (r->j.end - p < (ptrdiff_t)sizeof text)
		return memcmp(p, o->text, o->bytes) == 0 ? p + o->bytes : NULL;
	memcpy(text, p, sizeof text);
	return (text[0] & o->mask[0]) == o->text[0] && (text[1] & o->mask[1]) == o->text[1] ? p + o->bytes
											    : NULL;
}

/* Keep such a key, if it is not too long. */
static void keep_other(struct reading *r, const struct prefix *at, const char *raw, size_t bytes)
{
	struct ndjson_other *o = &r->d->other;

	if (at->depth > 1 || bytes > sizeof o->text)
		return;
	memset(o, 0, sizeof *o);
	memcpy(o->text, raw, bytes);
	memset(o->mask, 0xff, bytes);
	o->bytes = (uint32_t)bytes;
}

/* Whose key the raw text is. */
static void find_target(
	struct reading *r, const struct prefix *at, const char *raw, const char *raw_end, struct target *t)
{
	for (uint16_t i = 0; i < r->d->n_fields; i++) {
		const struct ndjson_key *k = &r->d->keys[i];
		uint16_t stop = at->len;

		if (!below(r->d, k, at))
			continue;
		while (stop < k->len && k->path[stop] != '.')
			stop++;
		if (!weir_ndjson_same(raw, raw_end, k->path + at->len, (size_t)(stop - at->len)))
			continue;
		if (stop == k->len) {
			t->is_field = true;
			t->field = i;
			return;
		}
		t->is_object = true;
		t->inner = (struct prefix){ i, (uint16_t)(stop + 1), at->depth + 1 };
	}
}

/* Note that the field's key came, and what to expect behind it. False: it came before. */
static bool note_seen(struct reading *r, uint16_t field)
{
	uint32_t *seen = &r->d->seen[field / 32], bit = UINT32_C(1) << field % 32;

	if ((*seen & bit) != 0)
		return false;
	*seen |= bit;
	r->n_seen++;
	*r->expect = field;
	r->expect = &r->d->keys[field].next;
	return true;
}

/* Read a key that is not the expected one. Returns its end, or NULL after a fault. */
static const char *find_key(struct reading *r, const struct prefix *at, const char *p, struct target *t)
{
	struct weir_json *j = &r->j;

	j->p = p;
	if (*p != '"') {
		weir_ndjson_refuse(j, WEIR_EPARSE, p, "expected a key");
		return NULL;
	}
	if (weir_ndjson_string(j, NULL) < 0)
		return NULL;
	find_target(r, at, p + 1, j->p - 1, t);
	if (!t->is_field && !t->is_object)
		keep_other(r, at, p, (size_t)(j->p - p));
	return j->p;
}

/* Read a key and its colon. Returns where the value starts, or NULL after a fault. */
static inline const char *read_key(
	struct reading *r, const struct prefix *at, const char *start, struct target *t)
{
	const char *p = pass_expected(r, at, start);

	t->field = *r->expect;
	t->is_field = p != NULL;
	t->is_object = false;
	if (p == NULL)
		p = pass_other(r, at, start);
	if (p == NULL)
		p = find_key(r, at, start, t);
	if (p == NULL)
		return NULL;
	if (t->is_field && !note_seen(r, t->field)) {
		weir_ndjson_refuse_field(
			&r->j, &r->d->record->fields[t->field], WEIR_EPARSE, start, "key stands twice");
		return NULL;
	}
	p = pass_blanks(p);
	if (*p != ':') {
		weir_ndjson_refuse(&r->j, WEIR_EPARSE, p, "expected ':'");
		return NULL;
	}
	return pass_blanks(p + 1);
}

static int read_object(struct reading *r, const struct prefix *at);

/* Read the value at r->j.p, or skip it. */
static inline int read_value(struct reading *r, const struct prefix *at, const struct target *t)
{
	r->j.depth = at->depth;
	if (t->is_field)
		return weir_ndjson_field(&r->j, &r->d->record->fields[t->field], r->record);
	if (t->is_object && *r->j.p == '{')
		return read_object(r, &t->inner);
	return weir_ndjson_skip(&r->j);
}

/*
 * Read the object whose brace is at r->j.p. Objects inside it are read by the same function only along the
 * paths of fields, so that it is never nested deeper than the longest path, 32 at most. The place in the text
 * is kept out of memory between values: it is what every step waits for.
 */
static int read_object(struct reading *r, const struct prefix *at)
{
	struct weir_json *j = &r->j;
	const char *p = pass_blanks(j->p + 1);
	struct target t;
	int rc;

	if (*p == '}') {
		j->p = p + 1;
		return WEIR_OK;
	}
	for (;; p = pass_blanks(p + 1)) {
		p = read_key(r, at, p, &t);
		if (p == NULL)
			return j->fault->code;
		j->p = p;
		rc = read_value(r, at, &t);
		if (rc < 0)
			return rc;
		p = pass_blanks(j->p);
		if (*p != ',')
			break;
	}
	if (*p != '}')
		return weir_ndjson_refuse(j, WEIR_EPARSE, p, "expected ',' or '}'");
	j->p = p + 1;
	return WEIR_OK;
}

/* ---- lines ---- */

static size_t seen_words(uint16_t n_fields)
{
	return n_fields / 32u + 1u;
}

/* Give the fields without a key their defaults. */
static int fill_missing(struct reading *r, const char *where)
{
	const struct ndjson_decode *d = r->d;

	for (uint16_t i = 0; i < d->n_fields; i++) {
		const struct weir_field *f = &d->record->fields[i];

		if ((d->seen[i / 32] >> i % 32 & 1u) == 0 && weir_field_put_default(f, r->record) < 0)
			return weir_ndjson_refuse_field(
				&r->j, f, WEIR_EMISSING, where, "key missing, and has no default");
	}
	return WEIR_OK;
}

static int read_line(struct reading *r)
{
	const struct prefix top = { 0, 0, 1 };
	struct weir_json *j = &r->j;
	const char *brace;
	int rc;

	if (*j->p != '{') {
		brace = j->p;
		rc = weir_ndjson_skip(j);
		return rc < 0 ? rc : weir_ndjson_refuse(j, WEIR_ETYPE, brace, "not a JSON object");
	}
	if (r->d->n_fields <= 32) /* the usual record: no call */
		*r->d->seen = 0;
	else
		memset(r->d->seen, 0, seen_words(r->d->n_fields) * sizeof(uint32_t));
	rc = read_object(r, &top);
	if (rc < 0)
		return rc;
	brace = j->p - 1;
	weir_ndjson_blanks(j);
	if (j->p < j->end)
		return weir_ndjson_refuse(j, WEIR_EPARSE, j->p, "text behind the object");
	rc = r->n_seen < r->d->n_fields ? fill_missing(r, brace) : WEIR_OK;
	return rc < 0 ? rc : 1;
}

static int decode_line(
	struct weir_ctx *c, const struct weir_line *line, void *record, struct weir_text_fault *fault)
{
	struct reading r = {
		.j = { .begin = line->text, .p = line->text, .end = line->text + line->len, .fault = fault },
		.d = c->state,
		.record = record,
	};

	r.j.message = r.d->message;
	r.expect = &r.d->first;

	weir_ndjson_blanks(&r.j);
	return r.j.p == r.j.end ? 0 : read_line(&r);
}

/* ---- the stage ---- */

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct ndjson_decode *d = c->state;

	return weir_lines_process(c, &d->lines, in, out, last, d->record->size, decode_line);
}

/* Where the name is shorter the mask is shorter. */
static void put_head(struct ndjson_key *k)
{
	char head[8] = { '"' }, mask[8] = { '\xff' };
	size_t len = (size_t)k->len - k->leaf;

	for (size_t i = 1; i < sizeof head && i <= len + 1; i++) {
		head[i] = i <= len ? k->path[k->leaf + i - 1] : '"';
		mask[i] = '\xff';
	}
	memcpy(&k->head, head, sizeof head);
	memcpy(&k->mask, mask, sizeof mask);
}

static struct ndjson_key key_of(const struct weir_field *f)
{
	struct ndjson_key k = { .path = f->from != NULL ? f->from : f->name };

	for (; k.path[k.len] != '\0'; k.len++)
		if (k.path[k.len] == '.')
			k.leaf = (uint16_t)(k.len + 1);
	k.bytes = (uint16_t)(k.len - k.leaf + 2);
	put_head(&k);
	return k;
}

static uint32_t path_depth(const struct ndjson_key *k)
{
	uint32_t depth = 1;

	for (uint16_t i = 0; i < k->len; i++)
		depth += k->path[i] == '.';
	return depth;
}

static int check(const struct weir_place *place, const char **why)
{
	const struct weir_ndjson_decode_params *p = place->params;

	for (uint16_t i = 0; i < p->record->n_fields; i++) {
		struct ndjson_key a = key_of(&p->record->fields[i]);

		if (path_depth(&a) > WEIR_JSON_NESTING_MAX) {
			*why = "a path is deeper than 32 objects";
			return WEIR_EINVAL;
		}
		for (uint16_t k = 0; k < i; k++) {
			struct ndjson_key b = key_of(&p->record->fields[k]);

			if (a.len == b.len && memcmp(a.path, b.path, a.len) == 0) {
				*why = "two fields read the same key";
				return WEIR_EINVAL;
			}
		}
	}
	if (p->max_line_bytes < WEIR_MAX_LINE_MIN || p->max_line_bytes > WEIR_MAX_LINE_MAX) {
		*why = "max_line must be 16B to 16MiB";
		return WEIR_EINVAL;
	}
	return WEIR_OK;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_ndjson_decode_params *p = place->params;
	uint16_t n = p->record->n_fields;
	const char *why;
	int rc = check(place, &why);

	if (rc < 0)
		return rc;
	return (int64_t)(WEIR_SIZEOF(place, ndjson_decode) + n * sizeof(struct ndjson_key) +
			 seen_words(n) * sizeof(uint32_t) + p->max_line_bytes + 1);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_ndjson_decode_params *p = place->params;
	struct ndjson_decode *d = c->state;
	uint16_t n = p->record->n_fields;

	d->record = p->record;
	d->n_fields = n;
	for (uint16_t i = 0; i < n; i++) {
		d->keys[i] = key_of(&p->record->fields[i]);
		d->keys[i].next = (uint16_t)(i + 1);
	}
	d->seen = (uint32_t *)(void *)&d->keys[n];
	weir_lines_init(&d->lines, d->seen + seen_words(n), p->max_line_bytes, 0);
	return WEIR_OK;
}

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_ndjson_decode_params, record, "record", RECORD, .example = "\"reading\"",
		.flags = WEIR_PARAM_REQUIRED, .help = "Record that a line becomes."),
	WEIR_PARAM(struct weir_ndjson_decode_params, max_line_bytes, "max_line", SIZE, .dflt = "\"4KiB\"",
		.min = WEIR_MAX_LINE_MIN, .max = WEIR_MAX_LINE_MAX,
		.help = "Longest line, bytes; a longer one is an item error."),
	{ .name = NULL },
};

const struct weir_op_type weir_ndjson_decode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "ndjson_decode",
	.summary = WEIR_TEXT("Read records from JSON lines."),
	.page = WEIR_PAGE(.emits = "a record for each line",
		.state = "216 (200), 32 for each field, `max_line` bytes"),
	.params_struct = WEIR_TEXT("struct weir_ndjson_decode_params"),
	.header = WEIR_TEXT("weir/codecs.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_ndjson_decode_params),
	.in = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.check = WEIR_TEXT(check),
	.init = init,
	.process = process,
};
