/* SPDX-License-Identifier: MIT */
/*
 * each.h -- for operators that look at one item after the other and keep something for each value of a key.
 *
 *	static int keep_new(struct weir_ctx *c, const struct weir_each_item *item) { ... return WEIR_EACH_PASS; }
 *	process:	return weir_each_run(c, &s->each, in, out, keep_new);
 *
 * What it gives them: the slot of the item's key, or the item error when there is none; item errors with what on_error
 * makes of them; the books of what is dropped. What goes on is the item itself, or a record of the output's own type
 * that begins as the item does and has more fields behind. Freestanding.
 */
#ifndef WEIR_EACH_H
#define WEIR_EACH_H

#include <weir/keys.h>
#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What these operators have in common among their parameters. */
struct weir_keyed {
	struct weir_key key;
	uint32_t max_keys;
	uint8_t keys_full; /* enum weir_keys_full */
};

/* Its rows, for a parameters struct with a member `keyed`. */
#define WEIR_PARAMS_KEYED(struct_)                                                                       \
	WEIR_PARAM(struct_, keyed.key, "key", KEY,                                                       \
		.help = "Field or fields: each value is looked at by itself.", .kinds = WEIR_KEY_KINDS), \
		WEIR_PARAM(struct_, keyed.max_keys, "max_keys", U32,                                     \
			.help = "Most values of the key that are remembered.", .dflt = "256", .min = 1,  \
			.max = WEIR_KEYS_MOST),                                                          \
		WEIR_PARAM(struct_, keyed.keys_full, "keys_full", ENUM,                                  \
			.help = "What another key value does once max_keys are remembered.",             \
			.dflt = "\"error\"", .choices = weir_keys_full_choices)

/* The whole state of most. Private. */
struct weir_each {
	struct weir_keys keys;
	const struct weir_record *in, *out;
	bool appends; /* the output's record is not the input's */
	bool evicts;
};

/* An item at work. */
struct weir_each_item {
	const struct weir_span *in;
	const unsigned char *record;
	void *state; /* its key's: zero where that is new */
	void *out; /* the record as it would go on, what is behind the input's fields zero; NULL: the item itself goes on */
	uint32_t index; /* in the span */
	bool is_new;    /* the first of its key */
};

enum weir_each_verdict {
	WEIR_EACH_DROP, /* counted as `filtered` */
	WEIR_EACH_PASS
};
/* What becomes of an item: a verdict, or the WEIR_E... of an item error, before anything was changed. */
typedef int weir_each_fn(struct weir_ctx *c, const struct weir_each_item *item);

/*
 * Bytes of a state that begins with a struct weir_each: state_bytes for each key, spare_bytes beside. WEIR_ERANGE: more
 * than this machine can address.
 */
int64_t weir_each_size(const struct weir_place *place, const struct weir_keyed *keyed, size_t state_bytes,
	size_t spare_bytes);
/* From init, with the same; the stage's state is *e. */
int weir_each_init(struct weir_each *e, const struct weir_place *place, const struct weir_keyed *keyed,
	size_t state_bytes, size_t spare_bytes);
/* The spare bytes, 8-aligned. */
void *weir_each_spare(struct weir_each *e);
/* A whole process callback. The stage's state begins with a struct weir_each. */
struct weir_moved weir_each_run(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, weir_each_fn *fn);

#ifdef __cplusplus
}
#endif
#endif
