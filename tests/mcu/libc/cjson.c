/* SPDX-License-Identifier: MIT */
/* cjson.c -- see cjson/cJSON.h. */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *at;
};

static cJSON *read_value(struct reader *r);

static void skip_blanks(struct reader *r)
{
	r->at += strspn(r->at, " \t\r\n");
}

static bool skip(struct reader *r, char c)
{
	skip_blanks(r);
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static unsigned read_hex(struct reader *r)
{
	unsigned v = 0;

	for (unsigned i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)*r->at++;

		v = v * 16 + (c <= '9' ? c - (unsigned)'0' : (c | 32u) - (unsigned)'a' + 10);
	}
	return v;
}

/* What follows \u, the second half of a pair too, as UTF-8. */
static char *read_code(struct reader *r, char *to)
{
	uint32_t code = read_hex(r);

	if (code >= 0xD800 && code < 0xDC00) {
		r->at += 2;
		code = 0x10000 + ((code - 0xD800) << 10) + (read_hex(r) - 0xDC00);
	}
	if (code < 0x80) {
		*to++ = (char)code;
		return to;
	}
	if (code < 0x800) {
		*to++ = (char)(0xC0 | code >> 6);
	} else {
		if (code < 0x10000) {
			*to++ = (char)(0xE0 | code >> 12);
		} else {
			*to++ = (char)(0xF0 | code >> 18);
			*to++ = (char)(0x80 | (code >> 12 & 63));
		}
		*to++ = (char)(0x80 | (code >> 6 & 63));
	}
	*to++ = (char)(0x80 | (code & 63));
	return to;
}

/* Behind the opening quote. The text is never longer than what stands for it. */
static char *read_string(struct reader *r)
{
	static const char names[] = "bfnrt", codes[] = "\b\f\n\r\t";
	size_t len = 0;
	char *text, *to;

	while (r->at[len] != '"')
		len += r->at[len] == '\\' ? 2 : 1;
	text = to = malloc(len + 1);
	if (text == NULL)
		return NULL;
	while (*r->at != '"') {
		const char *name;

		if (*r->at != '\\') {
			*to++ = *r->at++;
			continue;
		}
		r->at++;
		if (*r->at == 'u') {
			r->at++;
			to = read_code(r, to);
			continue;
		}
		name = strchr(names, *r->at);
		*to++ = name != NULL ? codes[name - names] : *r->at;
		r->at++;
	}
	r->at++;
	*to = '\0';
	return text;
}

static bool read_members(struct reader *r, cJSON *item, char close)
{
	cJSON **end = &item->child;

	if (skip(r, close))
		return true;
	do {
		char *key = NULL;

		if (close == '}') {
			if (!skip(r, '"'))
				return false;
			key = read_string(r);
			if (key == NULL || !skip(r, ':'))
				return false;
		}
		*end = read_value(r);
		if (*end == NULL)
			return false;
		(*end)->string = key;
		end = &(*end)->next;
	} while (skip(r, ','));
	return skip(r, close);
}

static bool read_into(struct reader *r, cJSON *item)
{
	if (skip(r, '[')) {
		item->kind = CJSON_ARRAY;
		return read_members(r, item, ']');
	}
	if (skip(r, '{')) {
		item->kind = CJSON_OBJECT;
		return read_members(r, item, '}');
	}
	if (skip(r, '"')) {
		item->kind = CJSON_STRING;
		item->valuestring = read_string(r);
		return item->valuestring != NULL;
	}
	item->kind = *r->at == 't'   ? CJSON_TRUE
		     : *r->at == 'f' ? CJSON_FALSE
		     : *r->at == 'n' ? CJSON_NULL
				     : CJSON_NUMBER;
	r->at += strcspn(r->at, " \t\r\n,]}");
	return true;
}

static cJSON *read_value(struct reader *r)
{
	cJSON *item = calloc(1, sizeof *item);

	if (item != NULL && !read_into(r, item)) {
		cJSON_Delete(item);
		return NULL;
	}
	return item;
}

cJSON *cJSON_ParseWithOpts(const char *text, const char **end, int whole)
{
	struct reader r = { .at = text };
	cJSON *item = read_value(&r);

	(void)whole;
	skip_blanks(&r);
	*end = r.at;
	return item;
}

void cJSON_Delete(cJSON *item)
{
	while (item != NULL) {
		cJSON *next = item->next;

		cJSON_Delete(item->child);
		free(item->valuestring);
		free(item->string);
		free(item);
		item = next;
	}
}
