/* SPDX-License-Identifier: MIT */
/*
 * strict_keys.c -- duplicate keys in the strict pass.
 *
 * The JSON library keeps both and finds the first; which one the author meant nobody knows. Keys are sorted,
 * so that a hostile file costs no square of its size.
 */
#include "strict.h"

#include <stdlib.h>

struct key {
	const char *text;
	const char *end;
	struct weir_json_node *node;
};

/* Keys are equal if they are once unescaped. */
static int compare_keys(const struct key *a, const struct key *b)
{
	const char *left = a->text, *right = b->text;
	while (left < a->end && right < b->end) {
		size_t left_len, right_len;
		uint32_t l = weir_json_decode(left, &left_len), r = weir_json_decode(right, &right_len);
		if (l != r) {
			return l < r ? -1 : 1;
		}
		left += left_len;
		right += right_len;
	}
	return (left < a->end) - (right < b->end);
}

static int by_key_and_place(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = compare_keys(a, b);
	return order ? order : (a->node > b->node) - (a->node < b->node);
}

static void tell_duplicates(struct weir_json_scan *s, struct key *keys, size_t n)
{
	const struct key *first = &keys[0];
	for (size_t i = 1; i < n; i++) {
		if (compare_keys(first, &keys[i]) != 0) {
			first = &keys[i];
			continue;
		}
		struct weir_json_node *node = keys[i].node;
		struct weir_json_position p = weir_json_key_position(first->node);
		weir_json_scan_tell(s, node->key_at - 1u,
			"duplicate key \"%.*s\"; keep one, the first is at line %lu, column %lu",
			(int)node->key_len, keys[i].text, (unsigned long)p.line, (unsigned long)p.column);
		node->key_is_bad = true;
	}
}

bool weir_json_scan_duplicates(struct weir_json_scan *s, size_t object)
{
	struct weir_json_doc *doc = s->doc;
	size_t n = 0, members = doc->nodes[object].count;
	if (members < 2) {
		return true;
	}
	struct key *keys = weir_json_resize(doc->alloc, NULL, members * sizeof *keys);
	if (!keys) {
		s->no_memory = true;
		return false;
	}
	size_t at = object + 1;
	for (size_t i = 0; i < members; i++) {
		struct weir_json_node *node = &doc->nodes[at];
		const char *text = s->text + node->key_at;
		if (!node->key_is_bad) {
			keys[n++] = (struct key){ .text = text, .end = text + node->key_len, .node = node };
		}
		at += node->span;
	}
	if (n > 1) {
		qsort(keys, n, sizeof *keys, by_key_and_place);
		tell_duplicates(s, keys, n);
	}
	weir_json_resize(doc->alloc, keys, 0);
	return true;
}
