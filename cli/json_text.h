/* SPDX-License-Identifier: MIT */
/* json_text.h -- a text as a JSON string. */
#ifndef WEIR_CLI_JSON_TEXT_H
#define WEIR_CLI_JSON_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* With its quotes; the text is UTF-8. */
void cli_print_json_text(FILE *out, const char *text, size_t len);

#endif
