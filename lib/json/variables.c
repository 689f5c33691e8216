/* SPDX-License-Identifier: MIT */
/*
 * variables.c -- variables in the strings of a definition: ${VAR}, ${VAR:-default}, ${VAR:?message} and $$.
 *
 * One pass: what a variable put in is not looked at again, and a default or message holds no variable (in it,
 * too,
 * `$$` is `$`; it ends at the first `}`). `:-` and `:?` act on unset or empty. The value keeps a list of its
 * parts, so that a position in it can be told in the text before.
 */
#include "document_private.h"

#include <weir/error.h>

#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 127 /* longest name of a variable */

struct pass {
	struct weir_json_node *node;
	const char *text;
	size_t at;
	const struct weir_json_variables *variables;
	struct weir_diagnostics *faults;
	struct weir_json_substitution *out;
	int result;
};

static void tell(struct pass *p, const char *format, ...) WEIR_JSON_PRINTF(2, 3);

static void tell(struct pass *p, const char *format, ...)
{
	struct weir_json_position position = weir_json_position(p->node);
	va_list args;
	va_start(args, format);
	if (weir_diagnostics_vadd(
		    p->faults, p->node->doc->name, position.line, position.column, format, args) < 0) {
		p->result = WEIR_ENOMEM;
	}
	va_end(args);
	p->node->value_is_bad = true;
}

static void put(struct pass *p, const char *text, size_t len)
{
	struct weir_json_substitution *out = p->out;
	size_t cap = out->cap;
	while (cap - out->len <= len) {
		cap *= 2;
	}
	if (cap > out->cap) {
		char *value = weir_json_resize(p->node->doc->alloc, out->value, cap);
		if (!value) {
			p->result = WEIR_ENOMEM;
			return;
		}
		out->value = value;
		out->cap = cap;
	}
	memcpy(out->value + out->len, text, len);
	out->len += len;
	out->value[out->len] = '\0';
}

static void start_part(struct pass *p, size_t from, bool substituted)
{
	struct weir_json_substitution *out = p->out;
	void *parts = weir_json_grow(
		p->node->doc->alloc, out->parts, out->parts_n, &out->parts_cap, sizeof *out->parts);
	if (!parts) {
		p->result = WEIR_ENOMEM;
		return;
	}
	out->parts = parts;
	out->parts[out->parts_n++] =
		(struct weir_json_part){ .at = out->len, .from = from, .substituted = substituted };
}

static bool is_name_byte(char c, bool is_first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (!is_first && c >= '0' && c <= '9');
}

static bool is_utf8(const char *text)
{
	size_t len = strlen(text), at = 0;
	while (at < len) {
		size_t n = weir_json_utf8_len(text + at, len - at);
		if (n == 0) {
			return false;
		}
		at += n;
	}
	return true;
}

/* A variable taken apart: ${name}, ${name:-rest} or ${name:?rest}. */
struct variable {
	char name[NAME_MAX_BYTES + 1];
	char mode; /* '-', '?' or 0 */
	const char *rest;
	size_t rest_len;
};

/* In a default or message `$$` alone may stand for a `$`. */
static bool check_rest(struct pass *p, const struct variable *v)
{
	for (size_t i = 0; i < v->rest_len; i++) {
		if (v->rest[i] != '$') {
			continue;
		}
		i++;
		if (i == v->rest_len || v->rest[i] != '$') {
			tell(p, "'$' in the %s of variable %s; write $$ for a '$', it cannot hold a variable",
				v->mode == '-' ? "default" : "message", v->name);
			return false;
		}
	}
	return true;
}

/* `text` holds what is between the braces. */
static bool split(struct pass *p, const char *text, size_t len, struct variable *v)
{
	size_t n = 0;
	while (n < len && is_name_byte(text[n], n == 0)) {
		n++;
	}
	bool has_rest = n + 1 < len && text[n] == ':' && (text[n + 1] == '-' || text[n + 1] == '?');
	if (n == 0 || (n < len && !has_rest)) {
		tell(p, "malformed variable ${%.*s}; write ${NAME}, ${NAME:-default} or ${NAME:?message}",
			(int)len, text);
		return false;
	}
	if (n > NAME_MAX_BYTES) {
		tell(p, "the name of variable %.*s is too long; it has at most %d letters", (int)n, text,
			NAME_MAX_BYTES);
		return false;
	}
	memcpy(v->name, text, n);
	v->name[n] = '\0';
	v->mode = '\0';
	if (has_rest) {
		v->mode = text[n + 1];
		v->rest = text + n + 2;
		v->rest_len = len - n - 2;
		return check_rest(p, v);
	}
	return true;
}

/* Each `$$` puts one `$`. */
static void put_rest(struct pass *p, const struct variable *v)
{
	for (size_t i = 0; i < v->rest_len; i++) {
		put(p, v->rest + i, 1);
		i += v->rest[i] == '$' ? 1 : 0;
	}
}

static void refuse_unset(struct pass *p, const struct variable *v, bool is_set)
{
	const char *state = is_set ? "empty" : "not set";
	size_t message = p->out->len; /* the value is void from here on, so it may hold the message */
	put_rest(p, v);
	if (v->mode == '?' && v->rest_len > 0) {
		tell(p, "variable %s is %s: %s; set it with --set %s=value or in the environment", v->name,
			state, p->out->value + message, v->name);
	} else if (v->mode == '?') {
		tell(p, "variable %s is %s; set it with --set %s=value or in the environment", v->name, state,
			v->name);
	} else {
		tell(p,
			"variable %s is not set; set it with --set %s=value or in the environment, or write "
			"${%s:-default}",
			v->name, v->name, v->name);
	}
}

static void put_variable(struct pass *p, const struct variable *v)
{
	const struct weir_json_variables *variables = p->variables;
	const char *value = variables && variables->get ? variables->get(variables->arg, v->name) : NULL;
	bool counts_as_unset = !value || (v->mode && value[0] == '\0');
	if (counts_as_unset && v->mode == '-') {
		put_rest(p, v);
	} else if (counts_as_unset) {
		refuse_unset(p, v, value != NULL);
	} else if (!is_utf8(value)) {
		tell(p, "the value of variable %s is not valid UTF-8; set it to a text", v->name);
	} else {
		put(p, value, strlen(value));
	}
}

/* At a `$`. Returns how much of the text it takes. */
static size_t read_dollar(struct pass *p, const char *text)
{
	if (text[1] == '$') {
		put(p, "$", 1);
		return 2;
	}
	if (text[1] != '{') {
		tell(p, "lone '$' in a string; write $$ for a '$', or ${NAME} for a variable");
		return 1;
	}
	const char *end = strchr(text, '}');
	if (!end) {
		size_t rest = strlen(text);
		tell(p, "variable %.*s is not closed; end it with '}'", (int)rest, text);
		return rest;
	}
	struct variable v = { .rest = "" };
	size_t len = (size_t)(end - text) + 1;
	if (split(p, text + 2, len - 3, &v)) {
		put_variable(p, &v);
	}
	p->out->is_whole = p->at == 0 && text[len] == '\0';
	return len;
}

static void run(struct pass *p)
{
	while (p->text[p->at] && p->result == 0) {
		const char *text = p->text + p->at;
		size_t n = strcspn(text, "$");
		start_part(p, p->at, n == 0);
		if (p->result < 0) {
			return;
		}
		if (n > 0) {
			put(p, text, n);
		} else {
			n = read_dollar(p, text);
		}
		p->at += n;
	}
}

int weir_json_substitute(struct weir_json_node *node, const char *before,
	const struct weir_json_variables *variables, struct weir_diagnostics *faults)
{
	const struct weir_json_alloc *alloc = node->doc->alloc;
	struct weir_json_substitution *out = weir_json_resize(alloc, NULL, sizeof *out);
	if (!out) {
		return WEIR_ENOMEM;
	}
	*out = (struct weir_json_substitution){ .cap = strlen(before) + 1 };
	node->substitution = out;
	out->value = weir_json_resize(alloc, NULL, out->cap);
	if (!out->value) {
		return WEIR_ENOMEM;
	}
	out->value[0] = '\0';
	struct pass p = {
		.node = node, .text = before, .variables = variables, .faults = faults, .out = out
	};
	run(&p);
	return p.result;
}

void weir_json_substitution_free(
	const struct weir_json_alloc *alloc, struct weir_json_substitution *substitution)
{
	if (!substitution) {
		return;
	}
	weir_json_resize(alloc, substitution->value, 0);
	weir_json_resize(alloc, substitution->parts, 0);
	weir_json_resize(alloc, substitution, 0);
}

size_t weir_json_substitution_origin(const struct weir_json_substitution *substitution, size_t at)
{
	const struct weir_json_part *part = substitution->parts;
	const struct weir_json_part *last = part + substitution->parts_n - 1;
	while (part < last && part[1].at <= at) {
		part++;
	}
	return part->substituted ? part->from : part->from + (at - part->at);
}

const char *weir_json_setting_or_env(void *settings, const char *name)
{
	const struct weir_json_settings *list = settings;
	size_t name_len = strlen(name);
	for (size_t i = list ? list->n : 0; i > 0; i--) {
		const char *setting = list->settings[i - 1];
		if (strncmp(setting, name, name_len) == 0 && setting[name_len] == '=') {
			return setting + name_len + 1;
		}
	}
	return getenv(name);
}
