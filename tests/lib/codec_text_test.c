/* SPDX-License-Identifier: MIT */
/*
 * codec_text_test.c -- UTF-8 to the byte, and text that is written piece by piece.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <weir/codec.h>

static struct weir_field field = { .name = "t", .kind = WEIR_TEXT, .text_max = 5 };

/* As the Unicode standard's table 3-6 has it: bits put into places. */
static size_t encode(uint32_t c, unsigned char *out)
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (unsigned char)(0x80 | (c & 0x3f));
	out[0] = (unsigned char)(marks[n] | c);
	return n;
}

START_TEST(every_character_is_valid_and_no_part_of_it)
{
	for (uint32_t c = 0; c < 0x110000; c++) {
		unsigned char bytes[4];
		size_t n = encode(c, bytes);
		const char *s = (const char *)bytes;
		size_t want = c >= 0xd800 && c < 0xe000 ? 0 : n;

		/* Only what does not hold is told to Check, which writes down where each claim stands. */
		if (weir_utf8_char(s, s + n) != want)
			ck_abort_msg("U+%04x", (unsigned)c);
		for (size_t part = 1; part < n; part++)
			if (weir_utf8_char(s, s + part) != 0)
				ck_abort_msg("%zu bytes of U+%04x", part, (unsigned)c);
	}
}
END_TEST

START_TEST(as_many_characters_of_each_length_as_there_are)
{
	static const size_t want[] = { 0, 128, 1920, 63488 - 2048, 0 };
	size_t seen[5] = { 0 };

	for (uint32_t x = 0; x < 0x1000000; x++) {
		const char s[3] = { (char)(x >> 16), (char)(x >> 8), (char)x };
		size_t n = weir_utf8_char(s, s + 3);

		if (n == 3 || (n == 2 && s[2] == 0) || (n == 1 && s[1] == 0 && s[2] == 0))
			seen[n]++;
	}
	ck_assert_uint_eq(seen[1], want[1]);
	ck_assert_uint_eq(seen[2], want[2]);
	ck_assert_uint_eq(seen[3], want[3]);
}
END_TEST

START_TEST(valid_part_ends_before_the_first_bad_byte)
{
	char text[40];

	for (size_t at = 0; at < sizeof text; at++) {
		memset(text, 'a', sizeof text);
		ck_assert_uint_eq(weir_utf8_valid(text, sizeof text), sizeof text);
		text[at] = '\xff';
		ck_assert_uint_eq(weir_utf8_valid(text, sizeof text), at);
		text[at] = '\xc3';
		ck_assert_uint_eq(weir_utf8_valid(text, sizeof text), at);
		if (at + 1 < sizeof text) {
			text[at + 1] = '\xa4';
			ck_assert_uint_eq(weir_utf8_valid(text, sizeof text), sizeof text);
		}
	}
}
END_TEST

START_TEST(pieces_make_a_text)
{
	char record[8] = { 0 };
	struct weir_text_writer w;

	field.flags = 0;
	weir_text_start(&w, &field, record);
	ck_assert_int_eq(weir_text_append(&w, "ab", 2), 0);
	ck_assert_int_eq(weir_text_append(&w, "", 0), 0);
	ck_assert_int_eq(weir_text_append(&w, "cde", 3), 0);
	ck_assert_int_eq(weir_text_append(&w, "f", 1), WEIR_ETOOLONG);
	weir_text_end(&w);
	ck_assert_mem_eq(record, "\5\0abcde\0", 8);
}
END_TEST

START_TEST(what_is_cut_stays_cut)
{
	char record[8] = { 0 };
	struct weir_text_writer w;

	field.flags = WEIR_FIELD_TRUNCATE;
	weir_text_start(&w, &field, record);
	ck_assert_int_eq(weir_text_append(&w, "abc\xe2\x82\xac", 6), 0);
	ck_assert_int_eq(weir_text_append(&w, "d", 1), 0);
	weir_text_end(&w);
	ck_assert_mem_eq(record, "\3\0abc\0\0\0", 8);
}
END_TEST

START_TEST(messages_name_the_field_and_fit)
{
	char message[WEIR_CODEC_MESSAGE_BYTES], name[200];

	ck_assert_str_eq(weir_codec_message(message, "temp", "bad"), "temp: bad");
	ck_assert_str_eq(weir_codec_message(message, NULL, "bad"), "bad");
	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	ck_assert_uint_eq(strlen(weir_codec_message(message, name, "bad")), WEIR_CODEC_MESSAGE_BYTES - 1);
}
END_TEST

START_TEST(a_name_is_as_long_as_a_name_can_be_at_most)
{
	static char name[UINT16_MAX + 10];

	ck_assert_uint_eq(weir_name_length(""), 0);
	ck_assert_uint_eq(weir_name_length("temp"), 4);
	memset(name, 'x', sizeof name - 1);
	ck_assert_uint_eq(weir_name_length(name), UINT16_MAX);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("codec_text");
	TCase *tc = tcase_create("codec_text");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, every_character_is_valid_and_no_part_of_it);
	tcase_add_test(tc, as_many_characters_of_each_length_as_there_are);
	tcase_add_test(tc, valid_part_ends_before_the_first_bad_byte);
	tcase_add_test(tc, pieces_make_a_text);
	tcase_add_test(tc, what_is_cut_stays_cut);
	tcase_add_test(tc, messages_name_the_field_and_fit);
	tcase_add_test(tc, a_name_is_as_long_as_a_name_can_be_at_most);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
