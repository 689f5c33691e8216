/* SPDX-License-Identifier: MIT */
/* build_windows.c -- parameters that only windows have: what they emit, and which form they are of. */
#include "build_setting.h"

#include <string.h>

#include <weir/keys.h>

/* How many values the window may keep for its quantiles; 0: it does not say. */
static uint32_t samples_of(const struct weir_setting *s)
{
	const struct weir_param *row = weir_param_find(s->node->type, "samples");
	uint32_t samples = 0;

	if (row != NULL)
		memcpy(&samples, (const unsigned char *)s->node->params + row->offset, sizeof samples);
	if (samples == 0 && row != NULL && weir_raw_text(s->node->stage, row->name) != NULL)
		samples = 1; /* it has faults */
	return samples;
}

void weir_setting_aggregates(struct weir_setting *s)
{
	const struct weir_param *row = weir_param_of_kind(s->node->type, WEIR_PARAM_KEY);
	const struct weir_key none = { NULL, 0 }, *key = &none;
	const struct weir_aggregates *a;
	size_t n;
	struct weir_entry *entries = weir_setting_entries(s, &n);

	if (entries == NULL)
		return;
	if (row != NULL && row->member != NULL)
		key = (const struct weir_key *)(const void *)((const unsigned char *)s->node->params +
							      row->offset);
	if (row != NULL && key->n_fields == 0 && weir_raw_text(s->node->stage, row->name) != NULL)
		key = NULL; /* it has faults */
	a = weir_aggregates_compile(
		&s->b->pool, s->node->in, key, samples_of(s), entries, n, s->node->id, &s->node->out);
	weir_setting_store(s, &a, sizeof a);
}

void weir_build_form(struct weir_build *b, struct weir_build_node *node)
{
	const struct weir_op_type *form = NULL;

	for (const struct weir_param *p = node->type->params; p != NULL && p->name != NULL; p++) {
		const char *name;

		if ((p->flags & WEIR_PARAM_FORM) == 0 || weir_raw_text(node->stage, p->name) == NULL)
			continue;
		name = weir_pool_format(&b->pool, "%s_%s", node->type->name, p->name);
		form = name != NULL ? weir_build_internal_type(b, name) : NULL;
	}
	if (form != NULL)
		node->type = form;
}
