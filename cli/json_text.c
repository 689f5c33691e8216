/* SPDX-License-Identifier: MIT */
/* json_text.c -- JSON to standard output: texts, and objects and arrays with their commas and lines. */
#include <string.h>

#include "json_text.h"

void cli_print_json_text(FILE *out, const char *text, size_t len)
{
	(void)putc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '"' || c == '\\')
			(void)fprintf(out, "\\%c", c);
		else if (c == '\n')
			(void)fputs("\\n", out);
		else if (c == '\t')
			(void)fputs("\\t", out);
		else if (c < 0x20)
			(void)fprintf(out, "\\u%04x", c);
		else
			(void)putc(c, out);
	}
	(void)putc('"', out);
}

static void next(struct json_out *o, const char *key)
{
	if (o->has_items)
		(void)fputs(o->flat > 0 ? ", " : ",", stdout);
	else if (o->flat > 0 && key != NULL)
		(void)putchar(' ');
	if (o->flat == 0 && o->depth > 0)
		(void)printf("\n%*s", (int)(2 * o->depth), "");
	o->has_items = true;
	if (key == NULL)
		return;
	cli_print_json_text(stdout, key, strlen(key));
	(void)fputs(": ", stdout);
}

void json_open(struct json_out *o, const char *key, char bracket)
{
	next(o, key);
	(void)putchar(bracket);
	o->has_items = false;
	o->depth++;
	o->flat += o->flat > 0;
}

void json_open_flat(struct json_out *o, const char *key, char bracket)
{
	next(o, key);
	(void)putchar(bracket);
	o->has_items = false;
	o->depth++;
	o->flat++;
}

void json_close(struct json_out *o, char bracket)
{
	o->depth--;
	if (o->flat > 0 && o->has_items && bracket == '}')
		(void)putchar(' ');
	else if (o->flat == 0 && o->has_items)
		(void)printf("\n%*s", (int)(2 * o->depth), "");
	o->flat -= o->flat > 0;
	(void)putchar(bracket);
	o->has_items = true;
	if (o->depth == 0)
		(void)putchar('\n');
}

void json_text(struct json_out *o, const char *key, const char *text)
{
	next(o, key);
	cli_print_json_text(stdout, text, strlen(text));
}

void json_raw(struct json_out *o, const char *key, const char *json)
{
	next(o, key);
	(void)fputs(json, stdout);
}

void json_integer(struct json_out *o, const char *key, long long value)
{
	next(o, key);
	(void)printf("%lld", value);
}
