/* SPDX-License-Identifier: MIT */
/* json_text.c -- a text as a JSON string. */
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
