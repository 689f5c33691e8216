/* SPDX-License-Identifier: MIT */
/* suite_read.c -- a file of tests to structs: what can be said of it without the definition. */
#include "suite.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>
#include <weir/timetext.h>

#include "sim/text.h"

#define STEP_DEFAULT_NS UINT64_C(1000000000)

/* ---- faults ---- */

void suite_unknown(struct suite *s, const struct weir_json_node *node, bool at_key, const char *what,
	const char *name, const char *const *known, size_t n_known)
{
	const char *close = weir_closest(name, known, n_known);
	struct weir_json_position at = at_key ? weir_json_key_position(node) : weir_json_position(node);

	(void)weir_diagnostics_add(&s->faults, s->path, at.line, at.column,
		close != NULL ? "there is no %s \"%s\"; did you mean \"%s\"?" : "there is no %s \"%s\"", what,
		name, close);
}

bool suite_is(
	struct suite *s, const struct weir_json_node *node, enum weir_json_kind kind, const char *example)
{
	if (node == NULL || weir_json_value_is_bad(node))
		return false;
	if (weir_json_kind(node) == kind)
		return true;
	suite_fault(s, node, "this is %s; it wants %s, such as %s", weir_json_kind_name(weir_json_kind(node)),
		weir_json_kind_name(kind), example);
	return false;
}

int suite_code(struct suite *s, const struct weir_json_node *node)
{
#define X(name, code, token, text) { token, code },
	static const struct {
		const char *token;
		int code;
	} codes[] = { WEIR_ERRORS(X) };
#undef X
	const char *tokens[sizeof codes / sizeof *codes];
	size_t n = sizeof codes / sizeof *codes;

	if (!suite_is(s, node, WEIR_JSON_STRING, "\"io\""))
		return 0;
	for (size_t i = 0; i < n; i++) {
		tokens[i] = codes[i].token;
		if (strcmp(tokens[i], weir_json_string(node)) == 0)
			return codes[i].code;
	}
	suite_unknown(s, node, false, "error", weir_json_string(node), tokens, n);
	return 0;
}

const char *suite_join(struct suite *s, const char *a, size_t a_len, const char *b)
{
	char *text = sim_pool_get(&s->pool, a_len + strlen(b) + 1);

	memcpy(text, a, a_len);
	strcpy(text + a_len, b);
	return text;
}

/* ---- items ---- */

static bool is_name(const char *key)
{
	return key[0] != '\0' && key[1] == '\0' &&
	       strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", key[0]) != NULL;
}

static void check_items(struct suite *s, const struct weir_json_node *items)
{
	if (items == NULL || !suite_is(s, items, WEIR_JSON_OBJECT, "{\"a\": {\"temp\": 21.5}}"))
		return;
	for (const struct weir_json_node *n = weir_json_first(items); n != NULL; n = weir_json_next(n)) {
		if (!is_name(weir_json_key(n)))
			suite_fault_key(s, n,
				"\"%s\" cannot stand in marbles; an item is called by one letter or digit",
				weir_json_key(n));
		if (weir_json_kind(n) != WEIR_JSON_STRING)
			(void)suite_is(s, n, WEIR_JSON_OBJECT, "{\"temp\": 21.5}");
	}
}

const struct weir_json_node *suite_item(const struct suite_test *t, char name)
{
	char key[2] = { name, '\0' };
	const struct weir_json_node *n = t->items != NULL ? weir_json_get(t->items, key) : NULL;

	return n != NULL || t->suite->items == NULL ? n : weir_json_get(t->suite->items, key);
}

/* ---- marbles ---- */

/* A fault at a byte of a string. */
static void fault_in(
	struct suite *s, const struct weir_json_node *node, size_t at_byte, const char *format, ...)
{
	struct weir_json_position at = weir_json_position_in(node, at_byte);
	va_list args;

	va_start(args, format);
	(void)weir_diagnostics_vadd(&s->faults, s->path, at.line, at.column, format, args);
	va_end(args);
}

static bool read_marbles(
	struct suite_test *t, const struct weir_json_node *node, bool credit, struct marbles *m)
{
	struct marbles_fault fault;

	if (!suite_is(t->suite, node, WEIR_JSON_STRING, credit ? "\"2--1\"" : "\"a-b--|\""))
		return false;
	if (marbles_read(m, &t->suite->pool, weir_json_string(node), t->step_ns, credit, &fault))
		return true;
	fault_in(t->suite, node, fault.at_byte, "%s", fault.text);
	return false;
}

/* An item of marbles is there, and is what this part deals with: records or, for sources alone, all of them texts. */
static void name_item(struct suite_test *t, struct suite_part *p, const struct weir_json_node *place,
	const struct marble *m)
{
	const struct weir_json_node *item = suite_item(t, m->name);
	struct suite_value **named = &p->named[(unsigned char)m->name];
	bool is_text = item != NULL && weir_json_kind(item) == WEIR_JSON_STRING;

	if (*named != NULL)
		return;
	if (item == NULL) {
		fault_in(t->suite, place, m->at_byte, "there is no item \"%c\"; put it into \"items\"",
			m->name);
		return;
	}
	if (is_text && p->is_sink)
		fault_in(t->suite, place, m->at_byte,
			"item \"%c\" is text, and marbles of a sink are records; give the sink \"text\"",
			m->name);
	else if (p->n_values > 0 && is_text != p->is_text)
		fault_in(t->suite, place, m->at_byte,
			"item \"%c\" is %s and others are not; a source gives records or text", m->name,
			is_text ? "text" : "a record");
	p->is_text = is_text;
	p->n_values++;
	*named = sim_pool_get(&t->suite->pool, sizeof **named);
	**named = (struct suite_value){ .node = item,
		.text = weir_json_string(item),
		.len = is_text ? strlen(weir_json_string(item)) : 0 };
}

/* A string; of a source also several, one a start. */
static void read_all_marbles(struct suite_test *t, struct suite_part *p, const struct weir_json_node *node)
{
	bool several = !p->is_sink && weir_json_kind(node) == WEIR_JSON_ARRAY && weir_json_count(node) > 0;
	size_t n = several ? weir_json_count(node) : 1;
	const struct weir_json_node *at = several ? weir_json_first(node) : node;

	p->form = SUITE_MARBLES;
	p->marbles = sim_pool_get(&t->suite->pool, n * sizeof *p->marbles);
	for (p->n_marbles = 0; p->n_marbles < n; p->n_marbles++, at = weir_json_next(at)) {
		struct marbles *m = &p->marbles[p->n_marbles];

		if (!read_marbles(t, at, false, m))
			continue;
		for (size_t i = 0; i < m->n; i++)
			if (m->list[i].kind == MARBLE_ITEM)
				name_item(t, p, at, &m->list[i]);
	}
}

/* ---- records and text ---- */

/* An object, or the name of an item that is one. NULL after a fault. */
static const struct weir_json_node *read_one_record(struct suite_test *t, const struct weir_json_node *n)
{
	const char *name = weir_json_string(n);
	const struct weir_json_node *item = n;

	if (name != NULL && is_name(name))
		item = suite_item(t, name[0]);
	if (item == NULL)
		suite_fault(t->suite, n, "there is no item \"%s\"; put it into \"items\"", name);
	else if (suite_is(t->suite, item, WEIR_JSON_OBJECT, "{\"temp\": 21.5}"))
		return item;
	return NULL;
}

static void read_records(struct suite_test *t, struct suite_part *p, const struct weir_json_node *node)
{
	p->form = SUITE_RECORDS;
	if (!suite_is(t->suite, node, WEIR_JSON_ARRAY, "[{\"temp\": 21.5}]"))
		return;
	p->values = sim_pool_get(&t->suite->pool, (weir_json_count(node) + 1) * sizeof *p->values);
	for (const struct weir_json_node *n = weir_json_first(node); n != NULL; n = weir_json_next(n)) {
		const struct weir_json_node *record = read_one_record(t, n);

		if (record != NULL)
			p->values[p->n_values++].node = record;
	}
}

static void set_text(struct suite_test *t, struct suite_part *p, const char *text, size_t len)
{
	p->is_text = true;
	p->form = SUITE_TEXT;
	p->n_values = 1;
	p->values = sim_pool_get(&t->suite->pool, sizeof *p->values);
	*p->values = (struct suite_value){ .text = text, .len = len };
}

/* A string as it is, or a list of lines. */
static void read_text(struct suite_test *t, struct suite_part *p, const struct weir_json_node *node)
{
	size_t len = 0;
	char *text, *end;

	set_text(t, p, "", 0);
	if (weir_json_kind(node) == WEIR_JSON_STRING) {
		set_text(t, p, weir_json_string(node), strlen(weir_json_string(node)));
		return;
	}
	if (weir_json_kind(node) != WEIR_JSON_ARRAY) {
		suite_fault(t->suite, node, "this is %s; text is a string, or a list of lines",
			weir_json_kind_name(weir_json_kind(node)));
		return;
	}
	for (const struct weir_json_node *n = weir_json_first(node); n != NULL; n = weir_json_next(n)) {
		if (!suite_is(t->suite, n, WEIR_JSON_STRING, "a line without its end"))
			return;
		len += strlen(weir_json_string(n)) + 1;
	}
	text = end = sim_pool_get(&t->suite->pool, len + 1);
	for (const struct weir_json_node *n = weir_json_first(node); n != NULL; n = weir_json_next(n))
		end += sprintf(end, "%s\n", weir_json_string(n));
	set_text(t, p, text, len);
}

/* A path beside the file of tests. */
static const char *beside(struct suite *s, const char *path)
{
	const char *slash = strrchr(s->path, '/');

	if (path[0] == '/' || slash == NULL)
		return path;
	return suite_join(s, s->path, (size_t)(slash - s->path) + 1, path);
}

static void read_file(struct suite_test *t, struct suite_part *p, const struct weir_json_node *node)
{
	char piece[4096], *text = NULL;
	size_t n, len = 0;
	FILE *file, *all;

	set_text(t, p, "", 0);
	if (!suite_is(t->suite, node, WEIR_JSON_STRING, "\"expected.csv\""))
		return;
	file = fopen(beside(t->suite, weir_json_string(node)), "rb");
	if (file == NULL) {
		suite_fault(t->suite, node, "cannot read \"%s\"; name a file from where this one lies",
			weir_json_string(node));
		return;
	}
	all = sim_stream_open(&text, &len);
	while ((n = fread(piece, 1, sizeof piece, file)) > 0)
		(void)fwrite(piece, 1, n, all);
	sim_stream_close(all);
	(void)fclose(file);
	set_text(t, p, sim_pool_copy(&t->suite->pool, text, len), len);
	free(text);
}

/* ---- parts ---- */

static const char *const source_keys[] = { "marbles", "records", "text", "file", "error", "note", NULL };
static const char *const sink_keys[] = { "marbles", "records", "text", "file", "credit", "error", "note",
	NULL };

static void read_form(struct suite_test *t, struct suite_part *p)
{
	static void (*const readers[])(struct suite_test *, struct suite_part *,
		const struct weir_json_node *) = { read_all_marbles, read_records, read_text, read_file };
	const char *before = NULL;

	for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
		const struct weir_json_node *n = weir_json_get(p->node, source_keys[i]);

		if (n == NULL || weir_json_value_is_bad(n))
			continue;
		if (before != NULL)
			suite_fault_key(t->suite, n, "\"%s\" beside \"%s\"; one of them says it",
				source_keys[i], before);
		else
			readers[i](t, p, n);
		before = source_keys[i];
	}
	if (before == NULL && !p->is_sink)
		suite_fault(t->suite, p->node,
			"nothing says what this source gives; \"marbles\", \"records\", \"text\" or "
			"\"file\"");
}

static void read_credit(struct suite_test *t, struct suite_part *p, const struct weir_json_node *node)
{
	p->has_credit = read_marbles(t, node, true, &p->credit);
	if (p->is_text)
		suite_fault(t->suite, node,
			"credit counts records, and this sink gets text; give it \"records\" or "
			"marbles");
}

static void read_part(
	struct suite_test *t, struct suite_part *p, const struct weir_json_node *node, bool is_sink)
{
	const struct weir_json_node *error, *credit;

	*p = (struct suite_part){ .node = node,
		.name = weir_json_key(node),
		.is_sink = is_sink,
		.error = WEIR_EIO,
		.step_ns = t->step_ns };
	if (weir_json_kind(node) != WEIR_JSON_OBJECT) {
		if (!weir_json_value_is_bad(node))
			read_all_marbles(t, p, node);
		return;
	}
	weir_json_only(&t->suite->faults, node, is_sink ? sink_keys : source_keys);
	read_form(t, p);
	error = weir_json_get(node, "error");
	credit = is_sink ? weir_json_get(node, "credit") : NULL;
	if (error != NULL)
		p->error = suite_code(t->suite, error);
	if (credit != NULL)
		read_credit(t, p, credit);
}

static void read_parts(struct suite_test *t, const struct weir_json_node *ends, bool is_sink)
{
	if (ends == NULL || !suite_is(t->suite, ends, WEIR_JSON_OBJECT, "{\"stream\": \"a-b|\"}"))
		return;
	for (const struct weir_json_node *n = weir_json_first(ends); n != NULL; n = weir_json_next(n))
		if (!weir_json_key_is_bad(n))
			read_part(t, &t->parts[t->n_parts++], n, is_sink);
}

/* ---- tests ---- */

static const char *const test_keys[] = { "name", "note", "step", "for", "start", "set", "items", "sources",
	"sinks", "expect", NULL };

/* A duration that is not 0, or what was there. */
static void read_duration(struct suite_test *t, const char *key, uint64_t *ns)
{
	const struct weir_json_node *n = weir_json_get(t->node, key);
	const char *why = "";
	uint64_t given = 0;

	if (n == NULL || !suite_is(t->suite, n, WEIR_JSON_STRING, "\"10s\""))
		return;
	if (weir_text_duration(weir_json_string(n), &given, &why) < 0)
		suite_fault(t->suite, n, "%s", why);
	else if (given == 0)
		suite_fault(t->suite, n, "nothing is that short");
	else
		*ns = given;
}

static void read_start(struct suite_test *t)
{
	const struct weir_json_node *n = weir_json_get(t->node, "start");

	if (n == NULL || !suite_is(t->suite, n, WEIR_JSON_STRING, "\"2024-05-04T10:00:00Z\""))
		return;
	t->has_start = weir_parse_time(weir_json_string(n), strlen(weir_json_string(n)), &t->start_ns) == 0;
	if (!t->has_start)
		suite_fault(t->suite, n, "not a time; write it as 2024-05-04T10:00:00Z");
}

static void check_set(struct suite *s, const struct weir_json_node *set)
{
	if (set == NULL || !suite_is(s, set, WEIR_JSON_OBJECT, "{\"DATA\": \"x.csv\"}"))
		return;
	for (const struct weir_json_node *n = weir_json_first(set); n != NULL; n = weir_json_next(n))
		(void)suite_is(s, n, WEIR_JSON_STRING, "\"x.csv\"");
}

static void read_name(struct suite_test *t)
{
	const struct weir_json_node *n = weir_json_get(t->node, "name");

	t->name = "";
	if (n == NULL) {
		suite_fault(t->suite, t->node, "a test needs a \"name\" that says what it claims");
		return;
	}
	if (!suite_is(t->suite, n, WEIR_JSON_STRING, "\"what is claimed\""))
		return;
	t->name = weir_json_string(n);
	for (struct suite_test *o = t->suite->tests; o < t; o++)
		if (strcmp(o->name, t->name) == 0)
			suite_fault(t->suite, n, "there are two tests of this name; give each its own");
}

static void read_test(struct suite *s, struct suite_test *t, const struct weir_json_node *node)
{
	const struct weir_json_node *sources = weir_json_get(node, "sources"),
				    *sinks = weir_json_get(node, "sinks");
	size_t n = sources != NULL ? weir_json_count(sources) : 0;

	n += sinks != NULL ? weir_json_count(sinks) : 0;
	*t = (struct suite_test){ .suite = s,
		.node = node,
		.step_ns = STEP_DEFAULT_NS,
		.until_ns = WEIR_NEVER,
		.set = weir_json_get(node, "set"),
		.items = weir_json_get(node, "items"),
		.expect = weir_json_get(node, "expect"),
		.parts = sim_pool_get(&s->pool, (n + 1) * sizeof *t->parts) };
	weir_json_only(&s->faults, node, test_keys);
	read_name(t);
	read_duration(t, "step", &t->step_ns);
	read_duration(t, "for", &t->until_ns);
	read_start(t);
	check_set(s, t->set);
	check_items(s, t->items);
	read_parts(t, sources, false);
	read_parts(t, sinks, true);
}

/* ---- the file ---- */

static void read_top(struct suite *s, const struct weir_json_node *root)
{
	static const char *const known[] = { "weir", "test", "name", "set", "items", "tests", "note",
		"$schema", NULL };
	const struct weir_json_node *of = weir_json_get(root, "test"), *tests = weir_json_get(root, "tests");

	weir_json_only(&s->faults, root, known);
	s->set = weir_json_get(root, "set");
	s->items = weir_json_get(root, "items");
	check_set(s, s->set);
	check_items(s, s->items);
	if (of == NULL)
		suite_fault(s, root, "no \"test\"; it names the definition: \"test\": \"room.json\"");
	else if (suite_is(s, of, WEIR_JSON_STRING, "\"room.json\""))
		s->definition = beside(s, weir_json_string(of));
	if (tests == NULL)
		suite_fault(s, root, "no \"tests\"; there is at least one");
	else if (weir_json_kind(tests) == WEIR_JSON_ARRAY && weir_json_count(tests) == 0)
		suite_fault(s, tests, "no test in \"tests\"; there is at least one");
	else if (suite_is(s, tests, WEIR_JSON_ARRAY, "[{\"name\": \"what is claimed\"}]")) {
		s->tests = sim_pool_get(&s->pool, (weir_json_count(tests) + 1) * sizeof *s->tests);
		for (const struct weir_json_node *n = weir_json_first(tests); n != NULL;
			n = weir_json_next(n))
			if (suite_is(s, n, WEIR_JSON_OBJECT, "{\"name\": \"what is claimed\"}"))
				read_test(s, &s->tests[s->n_tests++], n);
	}
}

int suite_open(struct suite *s, const char *path)
{
	int rc;

	*s = (struct suite){ .path = path };
	weir_diagnostics_init(&s->faults, NULL);
	rc = weir_json_open_file(&s->doc, path, NULL, &s->faults);
	if (rc == WEIR_EPARSE)
		return WEIR_EINVAL;
	if (rc < 0)
		return rc;
	if (weir_json_version(&s->faults, weir_json_root(s->doc)) &&
		suite_is(s, weir_json_root(s->doc), WEIR_JSON_OBJECT, "{\"weir\": 1}"))
		read_top(s, weir_json_root(s->doc));
	return weir_diagnostics_count(&s->faults) > 0 ? WEIR_EINVAL : WEIR_OK;
}

void suite_close(struct suite *s)
{
	for (size_t i = 0; i < s->n_tests; i++) {
		weir_definition_close(s->tests[i].definition);
		for (size_t k = 0; k < s->tests[i].n_parts; k++) {
			free(s->tests[i].parts[k].got);
			free(s->tests[i].parts[k].bytes);
		}
	}
	weir_json_close(s->doc);
	weir_diagnostics_fini(&s->faults);
	sim_pool_free(&s->pool);
}
