/* SPDX-License-Identifier: MIT */
/*
 * keys.c -- state per key in a hash table of fixed size (keys.h).
 *
 * Open addressing with linear probing over a table of slot numbers, at most two thirds full; removal moves
 * the entries behind it back, so that there are no tombstones and a full life costs as much as a new one.
 * Slots are chained by use: the newest is tried before anything is hashed, since runs of one key are common.
 */
#include <string.h>

#include <weir/config.h>
#include <weir/keys.h>

const char *const weir_keys_full_choices[] = { "error", "evict_oldest", NULL };

struct slot {
	uint32_t hash;
	uint32_t older, newer; /* slot + 1; in the list of free slots: older is the next */
	uint32_t pad;
};

static const uint8_t fixed_bytes[WEIR_KINDS] = {
	[WEIR_BOOL] = 1,
	[WEIR_I8] = 1,
	[WEIR_U8] = 1,
	[WEIR_I16] = 2,
	[WEIR_U16] = 2,
	[WEIR_I32] = 4,
	[WEIR_U32] = 4,
	[WEIR_F32] = 4,
	[WEIR_I64] = 8,
	[WEIR_U64] = 8,
	[WEIR_F64] = 8,
	[WEIR_TIME] = 8,
};

/* Without one everything is one slot, and there is no table. */
static bool has_fields(const struct weir_key *key)
{
	return WEIR_WITH_KEYS && key->n_fields > 0;
}

/* To a power of two: microcontrollers have no quick division. */
static uint64_t round_up(uint64_t bytes, uint32_t to)
{
	return (bytes + to - 1) & ~(uint64_t)(to - 1);
}

/* Bytes of a field's value that count in a key: a text's only as far as it is long. */
static size_t value_bytes(const struct weir_field *f, const unsigned char *value)
{
	uint16_t len;

	if (f->kind != WEIR_TEXT)
		return fixed_bytes[f->kind];
	memcpy(&len, value, sizeof len);
	return sizeof len + (len < f->text_max ? len : f->text_max);
}

/* Where field i lies in the key part of a slot; i == n_fields: bytes of the whole key. */
static uint32_t key_offset(const struct weir_key *key, uint16_t i)
{
	uint64_t at = 0;

	if (!has_fields(key))
		return 0;
	for (uint16_t j = 0; j < key->n_fields; j++) {
		const struct weir_field *f = key->fields[j];

		at = round_up(at, (uint32_t)weir_kind_align((enum weir_kind)f->kind));
		if (j == i)
			return (uint32_t)at;
		at += weir_kind_size((enum weir_kind)f->kind, f->text_max);
	}
	return (uint32_t)round_up(at, 8);
}

static uint32_t buckets_for(uint32_t max_keys)
{
	uint32_t n = 4;

	while (n < max_keys + max_keys / 2)
		n *= 2;
	return n;
}

static uint32_t slots_of(const struct weir_key *key, uint32_t max_keys)
{
	return has_fields(key) ? max_keys : 1;
}

size_t weir_keys_size(const struct weir_key *key, uint32_t max_keys, size_t payload_bytes)
{
	uint64_t slot = sizeof(struct slot) + key_offset(key, key->n_fields) + round_up(payload_bytes, 8);
	uint64_t table = has_fields(key) ? (uint64_t)buckets_for(max_keys) * sizeof(uint32_t) : 0;
	uint64_t n = slots_of(key, max_keys);

	if (n == 0 || slot > UINT32_MAX || max_keys > WEIR_KEYS_MOST || slot * n + table > SIZE_MAX / 4)
		return 0;
	return (size_t)(slot * n + table);
}

void weir_keys_init(struct weir_keys *k, void *memory, const struct weir_key *key, uint32_t max_keys,
	size_t payload_bytes)
{
	memset(k, 0, sizeof *k);
	k->key = key;
	k->max_keys = slots_of(key, max_keys);
	k->key_bytes = key_offset(key, key->n_fields);
	k->payload_at = (uint32_t)sizeof(struct slot) + k->key_bytes;
	k->slot_bytes = k->payload_at + (uint32_t)round_up(payload_bytes, 8);
	k->slots = memory;
	if (!has_fields(key))
		return;
	k->buckets = buckets_for(max_keys);
	k->table = (uint32_t *)(void *)(k->slots + (size_t)k->slot_bytes * k->max_keys);
	memset(k->table, 0, k->buckets * sizeof *k->table);
}

static struct slot *slot_at(const struct weir_keys *k, uint32_t slot)
{
	return (struct slot *)(void *)(k->slots + (size_t)slot * k->slot_bytes);
}

/* Whether a field's value is a word or less. */
static bool is_word(const struct weir_field *f)
{
	return fixed_bytes[f->kind] > 0 && fixed_bytes[f->kind] <= sizeof(uint32_t);
}

static uint32_t word_at(const struct weir_field *f, const unsigned char *value)
{
	uint32_t word;
	uint16_t half;

	switch (fixed_bytes[f->kind]) {
	case 1:
		return *value;
	case 2:
		memcpy(&half, value, sizeof half);
		return half;
	default:
		memcpy(&word, value, sizeof word);
		return word;
	}
}

/* The finaliser of MurmurHash3 over each word: all bits of the key reach the low ones. */
static uint32_t mix(uint32_t h, uint32_t word)
{
	h ^= word;
	h ^= h >> 16;
	h *= 0x85ebca6bu;
	h ^= h >> 13;
	h *= 0xc2b2ae35u;
	return h ^ h >> 16;
}

#define SEED 0x9e3779b9u

/*
 * A key that is one word: all of it reaches the high bits of a product, and the low ones of that with its bytes turned
 * round. Keys that count up hardly ever meet.
 */
static uint32_t hash_word(uint32_t word)
{
	word *= 0x9e3779b1u;
	return word >> 24 | (word >> 8 & 0xff00u) | (word << 8 & 0xff0000u) | word << 24;
}

static uint32_t hash_of(const struct weir_key *key, const unsigned char *record)
{
	uint32_t h = SEED;

	if (key->n_fields == 1 && is_word(key->fields[0]))
		return hash_word(word_at(key->fields[0], record + key->fields[0]->offset));

	for (uint16_t i = 0; i < key->n_fields; i++) {
		const struct weir_field *f = key->fields[i];
		size_t n = value_bytes(f, record + f->offset);

		for (size_t at = 0; at < n; at += sizeof(uint32_t)) {
			uint32_t word = 0;

			memcpy(&word, record + f->offset + at, n - at < sizeof word ? n - at : sizeof word);
			h = mix(h, word);
		}
	}
	return h;
}

static bool same_value(const struct weir_field *f, const unsigned char *a, const unsigned char *b)
{
	switch (fixed_bytes[f->kind]) {
	case 1:
		return *a == *b;
	case 4:
		return memcmp(a, b, 4) == 0;
	case 8:
		return memcmp(a, b, 8) == 0;
	default:
		return value_bytes(f, a) == value_bytes(f, b) && memcmp(a, b, value_bytes(f, a)) == 0;
	}
}

static bool is_key_of(const struct weir_keys *k, uint32_t slot, const unsigned char *record)
{
	const unsigned char *key = (const unsigned char *)(slot_at(k, slot) + 1);

	if (k->key->n_fields == 1)
		return same_value(k->key->fields[0], key, record + k->key->fields[0]->offset);
	for (uint16_t i = 0; i < k->key->n_fields; i++) {
		const struct weir_field *f = k->key->fields[i];

		if (!same_value(f, key + key_offset(k->key, i), record + f->offset))
			return false;
	}
	return true;
}

/* ---- the list by use ---- */

static void unchain(struct weir_keys *k, uint32_t slot)
{
	const struct slot *s = slot_at(k, slot);

	if (s->older != 0)
		slot_at(k, s->older - 1)->newer = s->newer;
	else
		k->oldest = s->newer;
	if (s->newer != 0)
		slot_at(k, s->newer - 1)->older = s->older;
	else
		k->newest = s->older;
}

static void chain_newest(struct weir_keys *k, uint32_t slot)
{
	struct slot *s = slot_at(k, slot);

	s->older = k->newest;
	s->newer = 0;
	if (k->newest != 0)
		slot_at(k, k->newest - 1)->newer = slot + 1;
	else
		k->oldest = slot + 1;
	k->newest = slot + 1;
}

static int64_t touch(struct weir_keys *k, uint32_t slot)
{
	if (k->newest != slot + 1) {
		unchain(k, slot);
		chain_newest(k, slot);
	}
	return slot;
}

/* ---- the table ---- */

/* The bucket that holds the record's key, or the empty one where it belongs. */
static uint32_t bucket_of(const struct weir_keys *k, uint32_t hash, const unsigned char *record)
{
	uint32_t b = hash & (k->buckets - 1);

	while (k->table[b] != 0) {
		uint32_t slot = k->table[b] - 1;

		if (slot_at(k, slot)->hash == hash && is_key_of(k, slot, record))
			break;
		b = (b + 1) & (k->buckets - 1);
	}
	return b;
}

static bool is_newest(const struct weir_keys *k, const void *record)
{
	return k->newest != 0 && (!has_fields(k->key) || is_key_of(k, k->newest - 1, record));
}

int64_t weir_keys_find(struct weir_keys *k, const void *record)
{
	uint32_t b;

	if (is_newest(k, record))
		return k->newest - 1;
	if (!has_fields(k->key))
		return -1;
	b = bucket_of(k, hash_of(k->key, record), record);
	return k->table[b] == 0 ? -1 : touch(k, k->table[b] - 1);
}

/* A slot that holds nothing, or max_keys. */
static uint32_t take_free(struct weir_keys *k)
{
	uint32_t slot = k->free_head;

	if (slot == 0)
		return k->next_fresh < k->max_keys ? k->next_fresh++ : k->max_keys;
	k->free_head = slot_at(k, slot - 1)->older;
	return slot - 1;
}

static void store_key(struct weir_keys *k, uint32_t slot, const unsigned char *record)
{
	unsigned char *key = (unsigned char *)(slot_at(k, slot) + 1);

	memset(key, 0, k->slot_bytes - sizeof(struct slot));
	if (!has_fields(k->key))
		return;
	for (uint16_t i = 0; i < k->key->n_fields; i++) {
		const struct weir_field *f = k->key->fields[i];

		memcpy(key + key_offset(k->key, i), record + f->offset, value_bytes(f, record + f->offset));
	}
}

/* A new slot for the record's key, which belongs into bucket b; max_keys: there is none. */
static uint32_t add(struct weir_keys *k, uint32_t hash, uint32_t b, const unsigned char *record)
{
	uint32_t slot = take_free(k);

	if (slot == k->max_keys)
		return slot;
	store_key(k, slot, record);
	slot_at(k, slot)->hash = hash;
	if (has_fields(k->key))
		k->table[b] = slot + 1;
	chain_newest(k, slot);
	k->used++;
	return slot;
}

int64_t weir_keys_get(struct weir_keys *k, const void *record, bool *is_new)
{
	uint32_t hash = 0, b = 0, slot;

	*is_new = false;
	if (is_newest(k, record))
		return k->newest - 1;
	if (has_fields(k->key)) {
		hash = hash_of(k->key, record);
		b = bucket_of(k, hash, record);
		if (k->table[b] != 0)
			return touch(k, k->table[b] - 1);
	}
	slot = add(k, hash, b, record);
	*is_new = slot < k->max_keys;
	return *is_new ? (int64_t)slot : -1;
}

/* Tables that no longer lie in the first cache are asked for ahead. */
#define LARGE_TABLE 4096u
#ifdef __GNUC__
#define WILL_READ(p) __builtin_prefetch(p)
#else
#define WILL_READ(p) ((void)(p))
#endif

/* Have what the buckets of these hashes name on its way, before it is looked at. */
static void read_ahead(const struct weir_keys *k, const size_t *hashes, uint32_t n)
{
	const uint32_t mask = k->buckets - 1;

	for (uint32_t i = 0; i < n; i++)
		WILL_READ(&k->table[hashes[i] & mask]);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t slot = k->table[hashes[i] & mask];

		WILL_READ(slot_at(k, slot != 0 ? slot - 1 : 0));
	}
}

/* Look for keys of one type from `first` on, and add those that are new. */
#define GET_RUN(type, hash)                                                                            \
	do {                                                                                           \
		type key, other;                                                                       \
                                                                                                       \
		for (uint32_t j = 0; ahead && j < n; j++) {                                            \
			memcpy(&key, first + (size_t)j * stride, sizeof key);                          \
			places[j] = (hash);                                                            \
		}                                                                                      \
		if (ahead)                                                                             \
			read_ahead(k, places, n);                                                      \
		for (; i < n; i++, first += stride) {                                                  \
			uint32_t b, slot;                                                              \
                                                                                                       \
			memcpy(&key, first, sizeof key);                                               \
			b = (hash)&mask;                                                               \
			while ((slot = table[b]) != 0) {                                               \
				memcpy(&other, keys + slot * bytes, sizeof other);                     \
				if (other == key)                                                      \
					break;                                                         \
				b = (b + 1) & mask;                                                    \
			}                                                                              \
			if (slot == 0 && (slot = add(k, (hash), b, first - offset) + 1) > k->max_keys) \
				break;                                                                 \
			places[i] = (slot - 1) * bytes;                                                \
		}                                                                                      \
	} while (0)

uint32_t weir_keys_get_run(
	struct weir_keys *k, const void *records, uint32_t stride, uint32_t n, size_t *places)
{
	const unsigned char *first = records;
	const unsigned char *keys =
		k->slots + sizeof(struct slot) - k->slot_bytes; /* slots count from 1 here */
	const uint32_t mask = k->buckets - 1, *table = k->table;
	const size_t bytes = k->slot_bytes;
	const bool ahead = k->buckets >= LARGE_TABLE;
	uint32_t i = 0, offset;

	if (k->key->n_fields != 1)
		return 0;
	offset = k->key->fields[0]->offset;
	first += offset;
	switch (fixed_bytes[k->key->fields[0]->kind]) {
	case 1:
		GET_RUN(uint8_t, hash_word(key));
		break;
	case 2:
		GET_RUN(uint16_t, hash_word(key));
		break;
	case 4:
		GET_RUN(uint32_t, hash_word(key));
		break;
	case 8:
		GET_RUN(uint64_t, mix(mix(SEED, (uint32_t)key), (uint32_t)(key >> 32)));
		break;
	default:
		break;
	}
	return i;
}

int64_t weir_keys_oldest(const struct weir_keys *k)
{
	return (int64_t)k->oldest - 1;
}

/* Empty the slot's bucket and move back what was pushed past it. */
static void unhash(struct weir_keys *k, uint32_t slot)
{
	uint32_t mask = k->buckets - 1, hole = slot_at(k, slot)->hash & mask, b;

	while (k->table[hole] != slot + 1)
		hole = (hole + 1) & mask;
	for (b = (hole + 1) & mask; k->table[b] != 0; b = (b + 1) & mask) {
		uint32_t home = slot_at(k, k->table[b] - 1)->hash & mask;

		if (((b - home) & mask) >= ((b - hole) & mask)) {
			k->table[hole] = k->table[b];
			hole = b;
		}
	}
	k->table[hole] = 0;
}

void weir_keys_remove(struct weir_keys *k, uint32_t slot)
{
	if (has_fields(k->key))
		unhash(k, slot);
	unchain(k, slot);
	slot_at(k, slot)->older = k->free_head;
	k->free_head = slot + 1;
	k->used--;
}

void *weir_keys_payload(const struct weir_keys *k, uint32_t slot)
{
	return k->slots + (size_t)slot * k->slot_bytes + k->payload_at;
}

const void *weir_keys_field(const struct weir_keys *k, uint32_t slot, uint16_t i)
{
	return (const unsigned char *)(slot_at(k, slot) + 1) + key_offset(k->key, i);
}
