/* SPDX-License-Identifier: MIT */
/*
 * build_setting.h -- one parameter of one node being set. Private to build_params.c and its kin.
 */
#ifndef WEIR_BUILD_SETTING_H
#define WEIR_BUILD_SETTING_H

#include "build_private.h"
#include "expr.h"

struct weir_setting {
	struct weir_build *b;
	struct weir_build_node *node;
	const struct weir_param *row;
	const char *text; /* given, or the default; NULL: entries, or nothing */
};

/* Tell a fault at an entry of the parameter (NULL: the parameter), its name or a byte of its text. */
void weir_setting_tell(struct weir_setting *s, const char *entry, int at_key, size_t at, const char *message);
/* Tell a fault of the whole value. */
void weir_setting_refuse(struct weir_setting *s, const char *message);
/* Put a value into the parameters struct. */
void weir_setting_store(struct weir_setting *s, const void *value, size_t bytes);

/* Set a bool, number, duration, size, text, word or late; other kinds are looked at elsewhere. */
void weir_setting_scalar(struct weir_setting *s);

/* build_append.c: the output's record is the input's, with a field behind or with its fields twice. */
void weir_setting_append(struct weir_setting *s);
void weir_setting_prefix(struct weir_setting *s);

/* The entries of an object parameter, with their faults told in their places; NULL: out of memory. */
struct weir_entry *weir_setting_entries(struct weir_setting *s, size_t *n);
/* build_windows.c: what is emitted, from the key, `samples` and the entries. */
void weir_setting_aggregates(struct weir_setting *s);
/* build_constant.c: a record of the input's type. */
void weir_setting_constant(struct weir_setting *s);

/* "a, b or c" */
const char *weir_list_choices(struct weir_pool *pool, const char *const *choices);

#endif
