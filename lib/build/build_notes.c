/* SPDX-License-Identifier: MIT */
/* build_notes.c -- what was asked of each stage, in a line: "throttle { period: 30s, key: node }". For comments. */
#include "build_private.h"

#include <string.h>

/* A value of its own, or { entry: value, ... } of all from k on that belong to one parameter. Returns the next. */
static size_t add_value(struct weir_build *b, const struct weir_raw_stage *s, size_t k, const char **text)
{
	const char *param = s->raw[k].param;
	bool first = true;

	if (s->raw[k].entry == NULL) {
		*text = weir_pool_format(
			&b->pool, "%s%s", *text, s->raw[k].text != NULL ? s->raw[k].text : "?");
		return k + 1;
	}
	for (; *text != NULL && k < s->n_raw && s->raw[k].entry != NULL &&
		strcmp(s->raw[k].param, param) == 0;
		k++) {
		*text = weir_pool_format(&b->pool, "%s%s%s: %s", *text, first ? "{ " : ", ", s->raw[k].entry,
			s->raw[k].text != NULL ? s->raw[k].text : "?");
		first = false;
	}
	if (*text != NULL)
		*text = weir_pool_format(&b->pool, "%s }", *text);
	return k;
}

static bool is_primary(const struct weir_raw_stage *s, const char *param)
{
	const struct weir_param *row = weir_param_find(s->type, param);

	return row != NULL && (row->flags & WEIR_PARAM_PRIMARY) != 0;
}

/* Whether all that was given is the parameter that the short form gives. */
static bool is_short(const struct weir_raw_stage *s)
{
	for (size_t k = 0; k < s->n_raw; k++)
		if (!is_primary(s, s->raw[k].param) || (s->raw[k].entry == NULL && s->n_raw > 1))
			return false;
	return s->n_raw > 0;
}

static const char *note_of(struct weir_build *b, const struct weir_raw_stage *s)
{
	const char *text = weir_pool_format(&b->pool, s->n_raw > 0 ? "%s " : "%s", s->type->name);
	bool brief = is_short(s);

	for (size_t k = 0; k < s->n_raw && text != NULL;) {
		if (!brief)
			text = weir_pool_format(
				&b->pool, "%s%s%s: ", text, k == 0 ? "{ " : ", ", s->raw[k].param);
		if (text != NULL)
			k = add_value(b, s, k, &text);
	}
	if (text != NULL && !brief && s->n_raw > 0)
		text = weir_pool_format(&b->pool, "%s }", text);
	return text;
}

const char *const *weir_build_notes(struct weir_build *b)
{
	const char **notes = weir_pool_get(&b->pool, (b->n_order + 1) * sizeof *notes);

	for (size_t i = 0; notes != NULL && i < b->n_order; i++) {
		const struct weir_build_node *n = b->order[i];

		if (n->stage != NULL && n->connector == NULL)
			notes[i] = note_of(b, n->stage);
	}
	return b->pool.failed ? NULL : notes;
}
