/* SPDX-License-Identifier: MIT */
/*
 * codec_crc_test.c -- the checksum of frames: the known value, in pieces, and what it is sure to find.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/codec.h>

static uint16_t crc(const void *bytes, size_t n)
{
	return weir_crc16(WEIR_CRC16_INIT, bytes, n);
}

START_TEST(it_is_the_one_in_the_catalogue)
{
	ck_assert_uint_eq(crc("123456789", 9), 0x29b1);
	ck_assert_uint_eq(crc("", 0), 0xffff);
}
END_TEST

START_TEST(pieces_make_the_whole)
{
	for (size_t cut = 0; cut <= 9; cut++)
		ck_assert_uint_eq(weir_crc16(crc("123456789", cut), &"123456789"[cut], 9 - cut), 0x29b1);
}
END_TEST

START_TEST(up_to_three_wrong_bits_are_found)
{
	unsigned char bytes[6] = "temp 9";
	uint16_t right = crc(bytes, sizeof bytes);
	const unsigned n = 8 * sizeof bytes;

	for (unsigned i = 0; i < n; i++)
		for (unsigned j = i; j < n; j++)
			for (unsigned k = j; k < n; k++) { /* two that are the same undo each other */
				unsigned char wrong[sizeof bytes];

				memcpy(wrong, bytes, sizeof bytes);
				wrong[i / 8] ^= (unsigned char)(1 << i % 8);
				wrong[j / 8] ^= (unsigned char)(1 << j % 8);
				wrong[k / 8] ^= (unsigned char)(1 << k % 8);
				ck_assert_uint_ne(crc(wrong, sizeof wrong), right);
			}
}
END_TEST

START_TEST(any_burst_of_two_bytes_is_found)
{
	unsigned char bytes[4] = "rh";
	uint16_t right = crc(bytes, sizeof bytes);

	for (unsigned at = 0; at + 1 < sizeof bytes; at++)
		for (unsigned burst = 1; burst < 65536; burst++) {
			unsigned char wrong[sizeof bytes];

			memcpy(wrong, bytes, sizeof bytes);
			wrong[at] ^= (unsigned char)burst;
			wrong[at + 1] ^= (unsigned char)(burst >> 8);
			ck_assert_uint_ne(crc(wrong, sizeof wrong), right);
		}
}
END_TEST

int main(void)
{
	Suite *s = suite_create("codec_crc");
	TCase *t = tcase_create("codec_crc");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_test(t, it_is_the_one_in_the_catalogue);
	tcase_add_test(t, pieces_make_the_whole);
	tcase_add_test(t, up_to_three_wrong_bits_are_found);
	tcase_add_test(t, any_burst_of_two_bytes_is_found);
	suite_add_tcase(s, t);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
