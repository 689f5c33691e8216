/* SPDX-License-Identifier: MIT */
/* keys_test.c -- slots by key: found again, bounded, forgotten in the order of use. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/keys.h>

struct row {
	int64_t n;
	uint16_t len;
	char text[6];
	uint8_t node;
	uint8_t pad[7];
};

static const struct weir_field n_field = { .name = "n", .kind = WEIR_I64, .offset = offsetof(struct row, n) };
static const struct weir_field text_field = {
	.name = "text", .kind = WEIR_TEXT, .text_max = 6, .offset = offsetof(struct row, len)
};
static const struct weir_field node_field = {
	.name = "node", .kind = WEIR_U8, .offset = offsetof(struct row, node)
};
static const struct weir_field *const by_n[] = { &n_field };
static const struct weir_field *const by_all[] = { &node_field, &text_field, &n_field };
static const struct weir_key key_n = { .fields = by_n, .n_fields = 1 };
static const struct weir_key key_all = { .fields = by_all, .n_fields = 3 };
static const struct weir_key no_key = { 0 };

static struct weir_keys keys;
static void *memory;

static void open_keys(const struct weir_key *key, uint32_t max_keys, size_t payload)
{
	size_t bytes = weir_keys_size(key, max_keys, payload);

	ck_assert_uint_gt(bytes, 0);
	ck_assert_uint_eq(bytes % 8, 0);
	memory = malloc(bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, bytes); /* init may rely on nothing */
	weir_keys_init(&keys, memory, key, max_keys, payload);
}

static void close_keys(void)
{
	free(memory);
	memory = NULL;
}

static struct row row(int64_t n)
{
	struct row r = { .n = n, .len = 1, .text = "a" };

	return r;
}

static int64_t get(int64_t n, bool expect_new)
{
	struct row r = row(n);
	bool is_new = !expect_new;
	int64_t slot = weir_keys_get(&keys, &r, &is_new);

	ck_assert_int_eq(is_new, expect_new);
	return slot;
}

static int64_t find(int64_t n)
{
	struct row r = row(n);

	return weir_keys_find(&keys, &r);
}

START_TEST(a_key_is_found_again)
{
	open_keys(&key_n, 100, 8);
	for (int64_t n = 0; n < 100; n++)
		*(int64_t *)weir_keys_payload(&keys, (uint32_t)get(n * 7919, true)) = n;
	for (int64_t n = 0; n < 100; n++)
		ck_assert_int_eq(*(int64_t *)weir_keys_payload(&keys, (uint32_t)get(n * 7919, false)), n);
	ck_assert_uint_eq(keys.used, 100);
	ck_assert_int_eq(find(1), -1);
	close_keys();
}
END_TEST

START_TEST(a_full_table_takes_no_other_key)
{
	open_keys(&key_n, 2, 0);
	ck_assert_int_ge(get(1, true), 0);
	ck_assert_int_ge(get(2, true), 0);
	ck_assert_int_eq(get(3, false), -1);
	ck_assert_int_ge(get(1, false), 0);
	ck_assert_uint_eq(keys.used, 2);
	close_keys();
}
END_TEST

START_TEST(a_new_payload_is_zero)
{
	open_keys(&key_n, 1, 24);
	for (int64_t n = 0; n < 3; n++) {
		uint32_t slot = (uint32_t)get(n, true);
		unsigned char *p = weir_keys_payload(&keys, slot);

		for (int i = 0; i < 24; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xff, 24);
		weir_keys_remove(&keys, slot);
	}
	close_keys();
}
END_TEST

START_TEST(the_oldest_is_the_one_used_longest_ago)
{
	int64_t a, b, c;

	open_keys(&key_n, 3, 0);
	ck_assert_int_eq(weir_keys_oldest(&keys), -1);
	a = get(1, true);
	b = get(2, true);
	c = get(3, true);
	ck_assert_int_eq(weir_keys_oldest(&keys), a);
	ck_assert_int_eq(find(1), a);
	ck_assert_int_eq(weir_keys_oldest(&keys), b);
	ck_assert_int_eq(get(2, false), b);
	ck_assert_int_eq(weir_keys_oldest(&keys), c);
	weir_keys_remove(&keys, (uint32_t)c);
	ck_assert_int_eq(weir_keys_oldest(&keys), a);
	close_keys();
}
END_TEST

START_TEST(removal_keeps_every_other_key)
{
	int64_t live[64] = { 0 }; /* slot + 1 of key i */
	uint32_t seed = 1;

	open_keys(&key_n, 40, 8);
	for (int step = 0; step < 20000; step++) {
		int64_t key = (int64_t)((seed = seed * 1103515245u + 12345u) >> 16) % 64;
		int64_t slot = find(key);

		ck_assert_int_eq(slot, live[key] - 1);
		if (slot >= 0 && seed >> 30 != 0) {
			weir_keys_remove(&keys, (uint32_t)slot);
			live[key] = 0;
		} else if (slot < 0) {
			slot = get(key, keys.used < 40);
			live[key] = slot + 1;
		}
	}
	close_keys();
}
END_TEST

START_TEST(text_compares_by_its_bytes)
{
	struct row a = { .n = 1, .len = 2, .text = "ab" }, b = a, c = a;
	bool is_new;
	int64_t slot;

	open_keys(&key_all, 4, 0);
	b.text[4] = 'x'; /* beyond the length */
	c.len = 1;
	slot = weir_keys_get(&keys, &a, &is_new);
	ck_assert_int_eq(weir_keys_get(&keys, &b, &is_new), slot);
	ck_assert(!is_new);
	ck_assert_int_ne(weir_keys_get(&keys, &c, &is_new), slot);
	ck_assert(is_new);
	close_keys();
}
END_TEST

START_TEST(every_field_counts)
{
	struct row a = { .n = 1, .len = 1, .text = "a", .node = 3 }, b = a;
	bool is_new;

	open_keys(&key_all, 4, 0);
	(void)weir_keys_get(&keys, &a, &is_new);
	b.n = 2;
	(void)weir_keys_get(&keys, &b, &is_new);
	ck_assert(is_new);
	b.n = 1;
	b.node = 4;
	(void)weir_keys_get(&keys, &b, &is_new);
	ck_assert(is_new);
	close_keys();
}
END_TEST

START_TEST(fields_are_kept_for_output)
{
	struct row a = { .n = -5, .len = 3, .text = "xyz", .node = 200 };
	bool is_new;
	uint32_t slot;

	open_keys(&key_all, 2, 0);
	memset(a.text + 3, 'q', 3);
	slot = (uint32_t)weir_keys_get(&keys, &a, &is_new);
	ck_assert_uint_eq(*(const uint8_t *)weir_keys_field(&keys, slot, 0), 200);
	ck_assert_mem_eq(weir_keys_field(&keys, slot, 1), "\3\0xyz\0\0\0", 8);
	ck_assert_int_eq(*(const int64_t *)weir_keys_field(&keys, slot, 2), -5);
	close_keys();
}
END_TEST

START_TEST(without_a_key_all_is_one_slot)
{
	open_keys(&no_key, 256, 8);
	ck_assert_int_eq(find(1), -1);
	ck_assert_int_eq(get(1, true), 0);
	ck_assert_int_eq(get(2, false), 0);
	ck_assert_int_eq(find(3), 0);
	weir_keys_remove(&keys, 0);
	ck_assert_int_eq(find(1), -1);
	ck_assert_int_eq(get(2, true), 0);
	close_keys();
}
END_TEST

START_TEST(more_than_the_machine_has_is_refused)
{
	ck_assert_uint_eq(weir_keys_size(&key_n, WEIR_KEYS_MOST + 1, 8), 0);
	ck_assert_uint_eq(weir_keys_size(&key_n, 1, (size_t)UINT32_MAX), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keys");
	TCase *tc = tcase_create("keys");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_test(tc, a_key_is_found_again);
	tcase_add_test(tc, a_full_table_takes_no_other_key);
	tcase_add_test(tc, a_new_payload_is_zero);
	tcase_add_test(tc, the_oldest_is_the_one_used_longest_ago);
	tcase_add_test(tc, removal_keeps_every_other_key);
	tcase_add_test(tc, text_compares_by_its_bytes);
	tcase_add_test(tc, every_field_counts);
	tcase_add_test(tc, fields_are_kept_for_output);
	tcase_add_test(tc, without_a_key_all_is_one_slot);
	tcase_add_test(tc, more_than_the_machine_has_is_refused);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
