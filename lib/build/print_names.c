/* SPDX-License-Identifier: MIT */
/* print_names.c -- a C name for each record and stage: their own, as far as C has it. */
#include "print.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_taken(const struct weir_print_names *names, const char *name)
{
	for (size_t i = 0; i < names->n; i++)
		if (strcmp(names->list[i], name) == 0)
			return true;
	return false;
}

/* Copy a text; what is no letter or digit becomes _, and it begins with a letter or _. */
static void clean(char *name, const char *text)
{
	if (isdigit((unsigned char)text[0]) || text[0] == '\0')
		*name++ = '_';
	for (; *text != '\0'; text++)
		*name++ = (char)((unsigned char)*text < 0x80 && isalnum((unsigned char)*text) ? *text : '_');
	*name = '\0';
}

static bool make_room(struct weir_print_names *names)
{
	size_t cap = names->cap > 0 ? 2 * names->cap : 32;
	char **list;

	if (names->n < names->cap)
		return true;
	list = realloc(names->list, cap * sizeof *list);
	if (list == NULL)
		return false;
	names->list = list;
	names->cap = cap;
	return true;
}

/* Keep a name; it is the list's now. */
static const char *keep(struct weir_print_names *names, char *name)
{
	if (name == NULL || !make_room(names)) {
		free(name);
		return NULL;
	}
	names->list[names->n++] = name;
	return name;
}

const char *weir_print_name(struct weir_print_names *names, const char *text)
{
	size_t size = strlen(text) + 24, len;
	char *name = malloc(size);

	if (name == NULL)
		return NULL;
	clean(name, text);
	len = strlen(name);
	for (unsigned i = 2; is_taken(names, name); i++)
		(void)snprintf(name + len, size - len, "_%u", i);
	return keep(names, name);
}

const char *weir_print_capitals(struct weir_print_names *names, const char *name)
{
	char *upper = strdup(name);

	for (char *c = upper; c != NULL && *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	return keep(names, upper);
}

void weir_print_names_free(struct weir_print_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->list[i]);
	free(names->list);
	*names = (struct weir_print_names){ .list = NULL };
}
