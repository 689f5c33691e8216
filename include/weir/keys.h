/* SPDX-License-Identifier: MIT */
/*
 * keys.h -- state per key, bounded: a hash table in the stage's own state, with a payload per slot.
 *
 * The key is one or several fields of the record; text compares by its bytes. Slots are found by an open
 * hash of fixed size; no slot is ever allocated. Freestanding; used by throttle, window and kin.
 */
#ifndef WEIR_KEYS_H
#define WEIR_KEYS_H

#include <weir/record.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The fields that make the key, as a parameter value. n_fields 0: no key, everything is one slot. */
struct weir_key {
	const struct weir_field *const *fields;
	uint16_t n_fields;
};

enum weir_keys_full { WEIR_KEYS_FULL_ERROR, WEIR_KEYS_FULL_EVICT_OLDEST };
/* "error", "evict_oldest", NULL: for parameter tables. */
extern const char *const weir_keys_full_choices[];

/* Kinds a key field may have: bool, integers, time, text. */
#define WEIR_KEY_KINDS (((1u << WEIR_KINDS) - 1u) & ~(1u << WEIR_F32) & ~(1u << WEIR_F64))
/* Most slots a table can have. */
#define WEIR_KEYS_MOST (1u << 24)

struct weir_keys {
	const struct weir_key *key;
	uint32_t max_keys, used, buckets; /* buckets: a power of two */
	uint32_t key_bytes, slot_bytes;   /* slot: header, key bytes, payload, 8-aligned */
	uint32_t *table;                  /* bucket -> slot + 1, 0 empty; linear probing */
	unsigned char *slots;
	uint32_t payload_at;                /* bytes from a slot's start */
	uint32_t free_head, oldest, newest; /* lists of slot + 1 */
	uint32_t next_fresh;                /* slots never used yet start here */
};

/*
 * Bytes weir_keys_init needs for max_keys slots with payload_bytes each (8-aligned), a multiple of 8; 0: more
 * than this machine can address. Without a key: one slot. max_keys: 1 to WEIR_KEYS_MOST.
 */
size_t weir_keys_size(const struct weir_key *key, uint32_t max_keys, size_t payload_bytes);
/* Make an empty table in memory (8-aligned, the caller's); key must outlive it. */
void weir_keys_init(struct weir_keys *k, void *memory, const struct weir_key *key, uint32_t max_keys,
	size_t payload_bytes);
/* The slot of the record's key, or -1. Marks it as the newest used. */
int64_t weir_keys_find(struct weir_keys *k, const void *record);
/* The slot of the record's key, taking a free one when it is new (*is_new, payload zeroed); -1: full. */
int64_t weir_keys_get(struct weir_keys *k, const void *record, bool *is_new);
/*
 * The same for n records that lie `stride` bytes apart: places[i] becomes how many bytes that of record i lies
 * behind slot 0, and its payload behind that of slot 0. Returns how many; fewer when
 * there is no slot for the next one, or it must go by weir_keys_get: a key of several fields, or of text. Those that were
 * known are not marked as used. n <= WEIR_KEYS_RUN.
 */
#define WEIR_KEYS_RUN 64u
uint32_t weir_keys_get_run(
	struct weir_keys *k, const void *records, uint32_t stride, uint32_t n, size_t *places);
/* The slot used longest ago, or -1 when empty. */
int64_t weir_keys_oldest(const struct weir_keys *k);
/* Free a slot. */
void weir_keys_remove(struct weir_keys *k, uint32_t slot);
void *weir_keys_payload(const struct weir_keys *k, uint32_t slot);
/* Where field i of the key lies in the slot, laid out as in the record (for output). */
const void *weir_keys_field(const struct weir_keys *k, uint32_t slot, uint16_t i);

#ifdef __cplusplus
}
#endif
#endif
