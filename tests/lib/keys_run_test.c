/* SPDX-License-Identifier: MIT */
/* keys_run_test.c -- slots of many items at a time: the same ones as item by item. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/keys.h>

#define PAYLOAD_BYTES 24u

struct row {
	int64_t n;
	uint8_t node;
	uint8_t pad[7];
};

static const struct weir_field node_field = {
	.name = "node", .kind = WEIR_U8, .offset = offsetof(struct row, node)
};

static struct weir_keys keys;
static void *memory;

static void open_keys(const struct weir_key *key, uint32_t max_keys)
{
	size_t bytes = weir_keys_size(key, max_keys, PAYLOAD_BYTES);

	ck_assert_uint_gt(bytes, 0);
	memory = malloc(bytes);
	ck_assert_ptr_nonnull(memory);
	memset(memory, 0xa5, bytes); /* init may rely on nothing */
	weir_keys_init(&keys, memory, key, max_keys, PAYLOAD_BYTES);
}

static void close_keys(void)
{
	free(memory);
	memory = NULL;
}

/* A run from item i on. Returns how far it went. */
static uint32_t expect_run(const struct row *rows, const int64_t *slots, uint32_t i)
{
	size_t places[WEIR_KEYS_RUN];
	uint32_t n = weir_keys_get_run(&keys, &rows[i], sizeof *rows, WEIR_KEYS_RUN - i, places);

	for (uint32_t k = 0; k < n; k++) {
		ck_assert_int_eq((int64_t)(places[k] / keys.slot_bytes), slots[i + k]);
		ck_assert_ptr_eq((unsigned char *)weir_keys_payload(&keys, 0) + places[k],
			weir_keys_payload(&keys, (uint32_t)slots[i + k]));
	}
	return i + n;
}

/* The same keys, some of them again, by runs and one by one: the same slots, in all kinds of one field. */
START_TEST(a_run_gives_the_slots_that_one_by_one_gives)
{
	static const uint8_t kinds[] = { WEIR_BOOL, WEIR_U16, WEIR_I32, WEIR_I64 };
	const struct weir_field field = { .name = "n", .kind = kinds[_i], .offset = offsetof(struct row, n) };
	const struct weir_field *const fields[] = { &field };
	const struct weir_key key = { .fields = fields, .n_fields = 1 };
	struct row rows[WEIR_KEYS_RUN];
	int64_t slots[WEIR_KEYS_RUN];
	bool is_new;

	memset(rows, 0, sizeof rows);
	for (uint32_t i = 0; i < WEIR_KEYS_RUN; i++)
		rows[i].n = (int64_t)(i * i * 77 % (kinds[_i] == WEIR_BOOL ? 2 : 50));
	for (uint32_t max_keys = 3; max_keys < 6000; max_keys += 5990) { /* the larger one asks ahead */
		open_keys(&key, max_keys);
		for (uint32_t i = 0; i < WEIR_KEYS_RUN; i++)
			slots[i] = weir_keys_get(&keys, &rows[i], &is_new);
		close_keys();
		open_keys(&key, max_keys);
		for (uint32_t i = 0; i < WEIR_KEYS_RUN; i++) {
			i = expect_run(rows, slots, i);
			if (i == WEIR_KEYS_RUN)
				break;
			ck_assert_int_eq(slots[i], -1); /* it has no slot */
			ck_assert_int_eq(weir_keys_get(&keys, &rows[i], &is_new), -1);
		}
		close_keys();
	}
}
END_TEST

START_TEST(keys_that_need_to_be_looked_at_make_no_run)
{
	static const struct weir_field *const fields[] = { &node_field, &node_field };
	static const struct weir_key key = { .fields = fields, .n_fields = 2 };
	struct row rows[2] = { { .n = 1 }, { .n = 1 } };
	size_t places[2];

	open_keys(&key, 4);
	ck_assert_uint_eq(weir_keys_get_run(&keys, rows, sizeof *rows, 2, places), 0);
	ck_assert_uint_eq(keys.used, 0);
	close_keys();
}
END_TEST

START_TEST(keys_of_text_make_no_run)
{
	static const struct weir_field text = {
		.name = "n", .kind = WEIR_TEXT, .text_max = 4, .offset = offsetof(struct row, n)
	};
	static const struct weir_field *const fields[] = { &text };
	static const struct weir_key key = { .fields = fields, .n_fields = 1 };
	struct row rows[2] = { { .n = 1 }, { .n = 1 } };
	size_t places[2];

	open_keys(&key, 4);
	ck_assert_uint_eq(weir_keys_get_run(&keys, rows, sizeof *rows, 2, places), 0);
	ck_assert_uint_eq(keys.used, 0);
	close_keys();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keys_run");
	TCase *tc = tcase_create("keys_run");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, a_run_gives_the_slots_that_one_by_one_gives, 0, 4);
	tcase_add_test(tc, keys_that_need_to_be_looked_at_make_no_run);
	tcase_add_test(tc, keys_of_text_make_no_run);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
