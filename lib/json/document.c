/* SPDX-License-Identifier: MIT */
/*
 * document.c -- definition files as trees: opening, reading and positions.
 *
 * cJSON parses what the strict pass has let through (or mended), and unescapes its strings. Both see the same
 * values in the same order, so each of its items is paired with the node that knows where it stands. Numbers
 * are read from the text: cJSON's doubles lose digits. Its hooks are global and stay untouched.
 */
#include "document_private.h"

#include <weir/error.h>

#include <cjson/cJSON.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

void *weir_json_grow(
	const struct weir_json_alloc *alloc, void *array, size_t n, size_t *cap, size_t element_bytes)
{
	if (n < *cap) {
		return array;
	}
	size_t wanted = *cap ? 2 * *cap : 16;
	void *grown = weir_json_resize(alloc, array, wanted * element_bytes);
	*cap = grown ? wanted : *cap;
	return grown;
}

struct weir_json_position weir_json_locate(const struct weir_json_doc *doc, size_t offset)
{
	size_t low = 0, high = doc->lines_n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (doc->lines[middle] <= offset) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return (struct weir_json_position){ .line = (uint32_t)low + 1,
		.column = (uint32_t)(offset - doc->lines[low]) + 1 };
}

static bool is_container(const struct weir_json_node *node)
{
	return node->kind == WEIR_JSON_ARRAY || node->kind == WEIR_JSON_OBJECT;
}

static bool matches(const struct weir_json_node *node, const cJSON *item)
{
	return (node->kind == WEIR_JSON_STRING) == (cJSON_IsString(item) != 0) &&
	       (node->kind == WEIR_JSON_ARRAY) == (cJSON_IsArray(item) != 0) &&
	       (node->kind == WEIR_JSON_OBJECT) == (cJSON_IsObject(item) != 0) &&
	       node->has_key == (item->string != NULL);
}

/* Recursion is bounded by WEIR_JSON_MAX_DEPTH, as the strict pass has seen to. */
static bool pair(struct weir_json_node *node, const cJSON *item)
{
	if (!matches(node, item)) {
		return false;
	}
	node->item = item;
	const cJSON *child = item->child;
	struct weir_json_node *next = node + 1;
	for (uint32_t i = 0; i < node->count; i++) {
		if (!child || !pair(next, child)) {
			return false;
		}
		next += next->span;
		child = child->next;
	}
	return child == NULL;
}

int weir_json_build_tree(struct weir_json_doc *doc, struct weir_diagnostics *faults)
{
	const char *end = doc->text;
	cJSON_Delete(doc->tree);
	doc->tree = cJSON_ParseWithOpts(doc->text, &end, 1);
	if (doc->tree && pair(&doc->nodes[0], doc->tree)) {
		return 0;
	}
	/* cJSON does not tell why it gives up; after the strict pass it can only lack memory. */
	struct weir_json_position p = weir_json_locate(doc, (size_t)(end - doc->text));
	weir_diagnostics_add(faults, doc->name, p.line, p.column,
		doc->tree ? "cJSON reads another document than weir; please report this file"
			  : "cannot build the document; is there enough memory?");
	return doc->tree ? WEIR_EINTERNAL : WEIR_ENOMEM;
}

static int put_variables_in(struct weir_json_doc *doc, const struct weir_json_variables *variables,
	struct weir_diagnostics *faults)
{
	for (size_t i = 0; i < doc->nodes_n; i++) {
		struct weir_json_node *node = &doc->nodes[i];
		if (node->kind != WEIR_JSON_STRING || node->value_is_bad ||
			!strchr(node->item->valuestring, '$')) {
			continue;
		}
		int result = weir_json_substitute(node, node->item->valuestring, variables, faults);
		if (result < 0) {
			return result;
		}
	}
	return 0;
}

static struct weir_json_doc *make_doc(
	const struct weir_json_alloc *alloc, const char *name, const char *text, size_t len)
{
	size_t name_bytes = strlen(name) + 1;
	struct weir_json_doc *doc = weir_json_resize(alloc, NULL, sizeof *doc + name_bytes + len + 1);
	if (!doc) {
		return NULL;
	}
	*doc = (struct weir_json_doc){ .alloc = alloc, .name = (char *)(doc + 1), .len = len };
	doc->text = doc->name + name_bytes;
	memcpy(doc->name, name, name_bytes);
	if (len > 0) {
		memcpy(doc->text, text, len);
	}
	doc->text[len] = '\0';
	return doc;
}

int weir_json_open(struct weir_json_doc **doc, const char *name, const char *text, size_t len_bytes,
	const struct weir_json_options *options, struct weir_diagnostics *faults)
{
	static const struct weir_json_options defaults = { NULL, NULL };
	const struct weir_json_options *o = options ? options : &defaults;
	size_t lost = weir_diagnostics_lost(faults);
	*doc = NULL;
	if (len_bytes > WEIR_JSON_MAX_BYTES) {
		int added = weir_diagnostics_add(faults, name, 1, 1,
			"file is larger than 1 MiB; a definition has at most %d bytes", WEIR_JSON_MAX_BYTES);
		return added < 0 ? added : WEIR_EPARSE;
	}
	struct weir_json_doc *made = make_doc(o->alloc, name, text, len_bytes);
	if (!made) {
		return WEIR_ENOMEM;
	}
	int result = weir_json_scan(made, faults);
	result = result < 0 ? result : weir_json_build_tree(made, faults);
	result = result < 0 ? result : put_variables_in(made, o->variables, faults);
	if (weir_diagnostics_lost(faults) > lost) {
		result = WEIR_ENOMEM;
	}
	if (result < 0) {
		weir_json_close(made);
		return result;
	}
	*doc = made;
	return 0;
}

/* Read up to a byte more than a document may have. Returns WEIR_EIO with errno set, or the number of bytes.
 */
static int read_whole(const char *path, char *text)
{
	errno = 0;
	FILE *file = fopen(path, "rb");
	if (!file) {
		return errno == ENOENT ? WEIR_ENOENT : WEIR_EIO;
	}
	size_t len = fread(text, 1, WEIR_JSON_MAX_BYTES + 1, file);
	int error = ferror(file) ? errno : 0;
	bool failed = ferror(file);
	fclose(file);
	errno = error;
	return failed ? WEIR_EIO : (int)len;
}

int weir_json_open_file(struct weir_json_doc **doc, const char *path, const struct weir_json_options *options,
	struct weir_diagnostics *faults)
{
	const struct weir_json_alloc *alloc = options ? options->alloc : NULL;
	*doc = NULL;
	char *text = weir_json_resize(alloc, NULL, WEIR_JSON_MAX_BYTES + 1);
	if (!text) {
		return WEIR_ENOMEM;
	}
	int result = read_whole(path, text);
	if (result < 0) {
		int added = weir_diagnostics_add(faults, path, 0, 0,
			"cannot read the file: %s; name a definition that can be read", strerror(errno));
		result = added < 0 ? added : result;
	} else {
		result = weir_json_open(doc, path, text, (size_t)result, options, faults);
	}
	weir_json_resize(alloc, text, 0);
	return result;
}

void weir_json_close(struct weir_json_doc *doc)
{
	if (!doc) {
		return;
	}
	for (size_t i = 0; i < doc->nodes_n; i++) {
		weir_json_substitution_free(doc->alloc, doc->nodes[i].substitution);
	}
	cJSON_Delete(doc->tree);
	weir_json_resize(doc->alloc, doc->nodes, 0);
	weir_json_resize(doc->alloc, doc->lines, 0);
	weir_json_resize(doc->alloc, doc, 0);
}

const char *weir_json_name(const struct weir_json_doc *doc)
{
	return doc->name;
}

const struct weir_json_node *weir_json_root(const struct weir_json_doc *doc)
{
	return &doc->nodes[0];
}

enum weir_json_kind weir_json_kind(const struct weir_json_node *node)
{
	return (enum weir_json_kind)node->kind;
}

const char *weir_json_kind_name(enum weir_json_kind kind)
{
	static const char *const names[] = {
		[WEIR_JSON_NULL] = "null",
		[WEIR_JSON_BOOL] = "true or false",
		[WEIR_JSON_NUMBER] = "a number",
		[WEIR_JSON_STRING] = "a string",
		[WEIR_JSON_ARRAY] = "an array",
		[WEIR_JSON_OBJECT] = "an object",
	};
	return names[kind];
}

const struct weir_json_node *weir_json_get(const struct weir_json_node *object, const char *key)
{
	if (object->kind != WEIR_JSON_OBJECT) {
		return NULL;
	}
	const struct weir_json_node *member = weir_json_first(object);
	while (member && strcmp(member->item->string, key) != 0) {
		member = weir_json_next(member);
	}
	return member;
}

size_t weir_json_count(const struct weir_json_node *node)
{
	return node->count;
}

const struct weir_json_node *weir_json_first(const struct weir_json_node *node)
{
	return is_container(node) && node->count > 0 ? node + 1 : NULL;
}

const struct weir_json_node *weir_json_next(const struct weir_json_node *node)
{
	return node->is_last ? NULL : node + node->span;
}

const char *weir_json_key(const struct weir_json_node *node)
{
	return node->item->string;
}

struct weir_json_position weir_json_key_position(const struct weir_json_node *node)
{
	return node->has_key ? weir_json_locate(node->doc, node->key_at - 1u) : weir_json_position(node);
}

struct weir_json_position weir_json_position(const struct weir_json_node *node)
{
	size_t quote = node->kind == WEIR_JSON_STRING ? 1 : 0;
	return weir_json_locate(node->doc, node->value_at - quote);
}

static size_t utf8_bytes(uint32_t code)
{
	return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

struct weir_json_position weir_json_position_in(const struct weir_json_node *node, size_t offset)
{
	if (node->kind != WEIR_JSON_STRING) {
		return weir_json_position(node);
	}
	const struct weir_json_substitution *substitution = node->substitution;
	if (substitution) {
		offset = offset < substitution->len ? weir_json_substitution_origin(substitution, offset)
						    : SIZE_MAX;
	}
	const char *raw = node->doc->text + node->value_at, *end = raw + node->value_len;
	size_t decoded = 0;
	while (raw < end) {
		size_t raw_len;
		decoded += utf8_bytes(weir_json_decode(raw, &raw_len));
		if (decoded > offset) {
			break;
		}
		raw += raw_len;
	}
	return weir_json_locate(node->doc, (size_t)(raw - node->doc->text));
}

const char *weir_json_string(const struct weir_json_node *node)
{
	if (node->kind != WEIR_JSON_STRING) {
		return NULL;
	}
	return node->substitution ? node->substitution->value : node->item->valuestring;
}

const char *weir_json_raw(const struct weir_json_node *node, size_t *len_bytes)
{
	*len_bytes = node->value_len;
	return node->doc->text + node->value_at;
}

bool weir_json_was_variable(const struct weir_json_node *node)
{
	return node->substitution && node->substitution->is_whole;
}

bool weir_json_as_number(const struct weir_json_node *node, struct weir_json_number *number)
{
	const char *text = node->doc->text + node->value_at;
	size_t len = node->value_len;
	if (weir_json_was_variable(node)) {
		text = node->substitution->value;
		len = node->substitution->len;
	} else if (node->kind != WEIR_JSON_NUMBER) {
		return false;
	}
	return weir_json_read_number(text, len, number) == WEIR_JSON_NUMBER_GOOD;
}

bool weir_json_as_bool(const struct weir_json_node *node, bool *value)
{
	bool is_true = cJSON_IsTrue(node->item), is_false = cJSON_IsFalse(node->item);
	if (weir_json_was_variable(node)) {
		is_true = strcmp(node->substitution->value, "true") == 0;
		is_false = strcmp(node->substitution->value, "false") == 0;
	}
	if (is_true || is_false) {
		*value = is_true;
	}
	return is_true || is_false;
}

bool weir_json_value_is_bad(const struct weir_json_node *node)
{
	return node->value_is_bad;
}

bool weir_json_key_is_bad(const struct weir_json_node *node)
{
	return node->key_is_bad;
}
