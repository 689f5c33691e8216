/* SPDX-License-Identifier: MIT */
/* each_test.c -- what operators that look at item after item have in common: keys, item errors, records that grow. */
#include "operators/each_rig.h"

#include <string.h>

/* Passes numbers, drops -1, and has an item error -3. What it makes is the number before. */
static int look(struct weir_ctx *c, const struct weir_each_item *item)
{
	double *last = item->state, before = item->is_new ? -9 : *last;
	double x = weir_field_number(each_x, item->record);

	(void)c;
	if (x == -3)
		return WEIR_EDIVZERO;
	*last = x;
	if (item->out != NULL)
		weir_field_put_f64(each_f64, item->out, before);
	return x == -1 ? WEIR_EACH_DROP : WEIR_EACH_PASS;
}

static int64_t state_size(const struct weir_place *place)
{
	return weir_each_size(place, place->params, sizeof(double), 3);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	unsigned char *spare;
	int rc = weir_each_init(c->state, place, place->params, sizeof(double), 3);

	spare = weir_each_spare(c->state);
	memset(spare, 0x55, 3); /* nobody else's */
	return rc;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	(void)last;
	return weir_each_run(c, in, out, look);
}

static const struct weir_op_type looker = { .abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "looker",
	.state_size = state_size,
	.init = init,
	.process = process };
static const struct weir_op_type maker = { .abi = WEIR_OP_ABI,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "maker",
	.state_size = state_size,
	.init = init,
	.process = process };

static struct weir_keyed keyed;

static void open_keyed(int round, bool makes, uint32_t max_keys, enum weir_keys_full full)
{
	keyed = (struct weir_keyed)EACH_BY_NODE;
	keyed.max_keys = max_keys;
	keyed.keys_full = (uint8_t)full;
	each_open(round, makes ? &maker : &looker, &keyed, makes ? &each_with_f64 : NULL);
}

START_TEST(what_is_dropped_is_counted)
{
	open_keyed(_i, false, 4, WEIR_KEYS_FULL_ERROR);
	each_item(1, 1, 0);
	each_item(2, -1, 0);
	each_item(3, 2, 0);
	bed_play();
	EACH_PASS(1, 2);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_FILTERED), 1);
	ck_assert_int_eq(probe_logs[0].instants[1], 3);
	bed_close();
}
END_TEST

START_TEST(a_record_that_grows_begins_as_the_item_does)
{
	unsigned char *got = probe_logs[0].bytes;
	struct bed_item item;

	open_keyed(_i, true, 4, WEIR_KEYS_FULL_ERROR);
	each_item(1, 1, 7);
	each_item(2, -1, 7);
	each_item(3, 3, 7);
	bed_play();
	EACH_EXPECT(-9, -1);
	memcpy(&item, got + each_with_f64.size, sizeof item);
	ck_assert_int_eq(item.at, 3);
	ck_assert_uint_eq(item.node, 7);
	ck_assert_uint_eq(item.pad, 0);
	ck_assert_int_eq(probe_logs[0].instants[1], 3);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_fails_the_stage)
{
	open_keyed(_i, true, 2, WEIR_KEYS_FULL_ERROR);
	for (uint32_t i = 1; i <= 3; i++)
		each_item(i, i, i);
	bed_play();
	EACH_EXPECT(-9, -9);
	ck_assert_int_eq(weir_first_error(bed.in)->code, WEIR_EKEYS);
	ck_assert_uint_eq(weir_first_error(bed.in)->item, 3);
	bed_close();
}
END_TEST

START_TEST(a_key_too_many_may_be_dropped_as_an_item_error)
{
	open_keyed(_i, true, 2, WEIR_KEYS_FULL_ERROR);
	bed.stages[each_stage].on_error = WEIR_ON_ERROR_DROP;
	for (uint32_t i = 1; i <= 4; i++)
		each_item(i, i, i);
	each_item(5, 5, 1);
	bed_play();
	EACH_EXPECT(-9, -9, 1);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_ERROR), 2);
	bed_close();
}
END_TEST

START_TEST(the_key_used_longest_ago_may_give_way)
{
	open_keyed(_i, true, 2, WEIR_KEYS_FULL_EVICT_OLDEST);
	each_item(1, 1, 1);
	each_item(2, 2, 2);
	each_item(3, 3, 1); /* 2 is the oldest now */
	each_item(4, 4, 3);
	each_item(5, 5, 1); /* still known */
	each_item(6, 6, 2); /* forgotten */
	bed_play();
	EACH_EXPECT(-9, -9, 1, -9, 3, -9);
	bed_close();
}
END_TEST

/* An item error about the first item of a key leaves no key behind. */
START_TEST(a_bad_item_takes_no_place)
{
	open_keyed(_i, true, 2, WEIR_KEYS_FULL_ERROR);
	bed.stages[each_stage].on_error = WEIR_ON_ERROR_DROP;
	each_item(1, -3, 1);
	each_item(2, -3, 2);
	each_item(3, 3, 3);
	each_item(4, 4, 4);
	each_item(5, -3, 4);
	each_item(6, 6, 4);
	bed_play();
	EACH_EXPECT(-9, -9, 4);
	ck_assert_uint_eq(bed_dropped(each_input, WEIR_DROP_ERROR), 3);
	bed_close();
}
END_TEST

START_TEST(errors_wait_for_room_in_their_stream)
{
	open_keyed(_i, true, 1, WEIR_KEYS_FULL_ERROR);
	bed_errors_to(each_stage, bed_sink(1));
	probe_logs[1].credit = 1;
	each_item(1, -3, 1);
	for (uint32_t i = 2; i < 6; i++)
		each_item(i, i, i);
	each_item(6, 6, 2);
	bed_play();
	EACH_EXPECT(-9, 2);
	ck_assert_uint_eq(probe_logs[1].n_items, 4);
	bed_close();
}
END_TEST

/* ---- fields as numbers ---- */

static double number(uint8_t kind, uint64_t bits)
{
	const struct weir_field f = { .name = "x", .kind = kind, .offset = 8 };
	unsigned char record[16];

	memset(record, 0xee, sizeof record);
	memcpy(record + 8, &bits, weir_kind_size((enum weir_kind)kind, 0));
	return weir_field_number(&f, record);
}

START_TEST(a_number_of_any_kind_is_read)
{
	const float f = -1.5F;
	const double d = 1e300;
	uint64_t bits = 0;

	(void)_i;
	ck_assert(number(WEIR_I8, 0x80) == -128);
	ck_assert(number(WEIR_I16, 0xfffe) == -2);
	ck_assert(number(WEIR_I32, 0x80000000) == -2147483648.0);
	ck_assert(number(WEIR_I64, (uint64_t)-5) == -5);
	ck_assert(number(WEIR_I64, 7) == 7);
	ck_assert(number(WEIR_U8, 0xff) == 255);
	ck_assert(number(WEIR_U16, 0xffff) == 65535);
	ck_assert(number(WEIR_U32, 0xffffffff) == 4294967295.0);
	ck_assert(number(WEIR_U64, UINT64_MAX) == 18446744073709551616.0);
	memcpy(&bits, &f, sizeof f);
	ck_assert(number(WEIR_F32, bits) == -1.5);
	memcpy(&bits, &d, sizeof d);
	ck_assert(number(WEIR_F64, bits) == 1e300);
}
END_TEST

/* ---- records that are the same ---- */

static bool equal(uint8_t kind, uint64_t a, uint64_t b)
{
	const struct weir_field f = { .name = "x", .kind = kind, .text_max = 6 };
	const struct weir_record r = { .name = "r", .fields = &f, .n_fields = 1, .size = 8 };

	return weir_record_equal(&r, &a, &b);
}

START_TEST(records_are_the_same_by_their_values)
{
	(void)_i;
	ck_assert(equal(WEIR_U8, 0x101, 0x201)); /* what lies beside it is nobody's */
	ck_assert(!equal(WEIR_U8, 1, 2));
	ck_assert(equal(WEIR_F64, 0, UINT64_C(1) << 63));
	ck_assert(equal(WEIR_F64, UINT64_C(0x7ff8000000000000), UINT64_C(0xfff8000000000001)));
	ck_assert(!equal(WEIR_F64, UINT64_C(0x7ff8000000000000), 0));
	ck_assert(equal(WEIR_F32, 0, UINT32_C(1) << 31));
	ck_assert(equal(WEIR_F32, 0x7fc00000, 0xffc00001));
	ck_assert(!equal(WEIR_F32, 0x3f800000, 0x40000000));
	ck_assert(equal(WEIR_TEXT, 0x00616200000002, 0x00616200000002));
	ck_assert(!equal(WEIR_TEXT, 0x00616200000002, 0x00616300000002));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("each");
	TCase *tc = tcase_create("each");
	SRunner *sr = srunner_create(suite);
	int failed;

	suite_add_tcase(suite, tc);
	tcase_add_loop_test(tc, what_is_dropped_is_counted, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_record_that_grows_begins_as_the_item_does, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_key_too_many_fails_the_stage, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_key_too_many_may_be_dropped_as_an_item_error, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, the_key_used_longest_ago_may_give_way, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, a_bad_item_takes_no_place, 0, EACH_ROUNDS);
	tcase_add_loop_test(tc, errors_wait_for_room_in_their_stream, 0, EACH_ROUNDS);
	tcase_add_test(tc, a_number_of_any_kind_is_read);
	tcase_add_test(tc, records_are_the_same_by_their_values);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
