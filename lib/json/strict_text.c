/* SPDX-License-Identifier: MIT */
/*
 * strict_text.c -- strings in the strict pass, and the characters in them.
 *
 * Text is UTF-8 (RFC 3629) with the escapes of RFC 8259, section 7. A faulty character has one clear extent,
 * so it is reported and mended, and the string read on; only a string that does not end on its line ends the
 * pass.
 */
#include "strict.h"

#include <string.h>

size_t weir_json_utf8_len(const char *text, size_t len_bytes)
{
	/* The second byte's range tells overlong forms, surrogates and what lies past U+10FFFF (RFC 3629). */
	const unsigned char *u = (const unsigned char *)text;
	unsigned char low = 0x80, high = 0xbf;
	size_t n;
	if (len_bytes > 0 && u[0] < 0x80) {
		return 1;
	} else if (len_bytes > 1 && u[0] >= 0xc2 && u[0] <= 0xdf) {
		n = 2;
	} else if (len_bytes > 2 && u[0] >= 0xe0 && u[0] <= 0xef) {
		n = 3;
		low = u[0] == 0xe0 ? 0xa0 : 0x80;
		high = u[0] == 0xed ? 0x9f : 0xbf;
	} else if (len_bytes > 3 && u[0] >= 0xf0 && u[0] <= 0xf4) {
		n = 4;
		low = u[0] == 0xf0 ? 0x90 : 0x80;
		high = u[0] == 0xf4 ? 0x8f : 0xbf;
	} else {
		return 0;
	}
	for (size_t i = 1; i < n; i++) {
		if (u[i] < low || u[i] > high) {
			return 0;
		}
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

static bool read_hex4(const char *text, uint32_t *code)
{
	*code = 0;
	for (int i = 0; i < 4; i++) {
		char c = text[i];
		if (c >= '0' && c <= '9') {
			*code = *code * 16 + (uint32_t)(c - '0');
		} else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
			*code = *code * 16 + (uint32_t)((c | 0x20) - 'a' + 10);
		} else {
			return false;
		}
	}
	return true;
}

static bool is_high_surrogate(uint32_t code)
{
	return code >= 0xd800 && code <= 0xdbff;
}

static bool is_low_surrogate(uint32_t code)
{
	return code >= 0xdc00 && code <= 0xdfff;
}

static uint32_t decode_utf8(const char *raw, size_t *raw_len)
{
	const unsigned char *u = (const unsigned char *)raw;
	*raw_len = u[0] < 0x80 ? 1 : u[0] < 0xe0 ? 2 : u[0] < 0xf0 ? 3 : 4;
	uint32_t code = *raw_len == 1 ? u[0] : u[0] & (0x7fu >> *raw_len);
	for (size_t i = 1; i < *raw_len; i++) {
		code = code << 6 | (u[i] & 0x3fu);
	}
	return code;
}

uint32_t weir_json_decode(const char *raw, size_t *raw_len)
{
	static const char letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	if (raw[0] != '\\') {
		return decode_utf8(raw, raw_len);
	}
	if (raw[1] == 'u') {
		uint32_t code, low;
		*raw_len = 6;
		read_hex4(raw + 2, &code);
		if (is_high_surrogate(code)) {
			*raw_len = 12;
			read_hex4(raw + 8, &low);
			code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
		}
		return code;
	}
	*raw_len = 2;
	const char *letter = memchr(letters, raw[1], sizeof letters - 1);
	return (unsigned char)(letter ? meant[letter - letters] : raw[1]);
}

/* A faulty escape is mended by taking its backslash away. */
static void refuse_escape(struct weir_json_scan *s, bool *bad)
{
	s->text[s->at++] = '?';
	*bad = true;
}

static void read_unicode_escape(struct weir_json_scan *s, bool *bad)
{
	const char *raw = s->text + s->at;
	uint32_t code, low = 0;
	if (s->len - s->at < 6 || !read_hex4(raw + 2, &code)) {
		weir_json_scan_tell(s, s->at, "malformed escape; \\u takes four hexadecimal digits");
		refuse_escape(s, bad);
		return;
	}
	if (code == 0) {
		weir_json_scan_tell(
			s, s->at, "\\u0000 in a string; a text holds no NUL character, remove it");
		refuse_escape(s, bad);
		return;
	}
	bool is_pair = is_high_surrogate(code) && s->len - s->at >= 12 && raw[6] == '\\' && raw[7] == 'u' &&
		       read_hex4(raw + 8, &low) && is_low_surrogate(low);
	if (!is_pair && (is_high_surrogate(code) || is_low_surrogate(code))) {
		weir_json_scan_tell(s, s->at,
			"lone surrogate %.6s; write both halves of the pair, or the character itself", raw);
		refuse_escape(s, bad);
		return;
	}
	s->at += is_pair ? 12 : 6;
}

static void read_escape(struct weir_json_scan *s, bool *bad)
{
	static const char known[] = "\"\\/bfnrt";
	char c = s->text[s->at + 1];
	size_t n = s->len - s->at > 1 ? weir_json_utf8_len(s->text + s->at + 1, s->len - s->at - 1) : 0;
	if (c == 'u') {
		read_unicode_escape(s, bad);
	} else if (n == 1 && memchr(known, c, sizeof known - 1)) {
		s->at += 2;
	} else if (n == 0 || (unsigned char)c < 0x20) {
		/* what follows is reported by itself */
		refuse_escape(s, bad);
	} else {
		weir_json_scan_tell(s, s->at, "unknown escape \\%.*s; for a backslash write \\\\", (int)n,
			s->text + s->at + 1);
		refuse_escape(s, bad);
	}
}

/* Of either kind of stray byte a string reports its first only. */
struct told {
	bool control;
	bool utf8;
};

static void refuse_control(struct weir_json_scan *s, struct told *told)
{
	static const char controls[] = "\b\t\f", letters[] = "btf";
	char c = s->text[s->at];
	const char *known = memchr(controls, c, sizeof controls - 1);
	if (told->control) {
		/* once is enough */
	} else if (known) {
		weir_json_scan_tell(s, s->at, "control character U+%04X in a string; write \\%c", (unsigned)c,
			letters[known - controls]);
	} else if (c == 0) {
		weir_json_scan_tell(s, s->at, "control character U+0000 in a string; remove it");
	} else {
		weir_json_scan_tell(s, s->at, "control character U+%04X in a string; write \\u%04x",
			(unsigned)c, (unsigned)c);
	}
	told->control = true;
	s->text[s->at++] = '?';
}

static void refuse_utf8(struct weir_json_scan *s, struct told *told)
{
	if (!told->utf8) {
		weir_json_scan_tell(s, s->at,
			"invalid UTF-8 (byte 0x%02x) in a string; save the file as UTF-8",
			(unsigned char)s->text[s->at]);
	}
	told->utf8 = true;
	s->text[s->at++] = '?';
}

/* Read a string from its quote; *bad is set if it was mended. */
bool weir_json_scan_text(struct weir_json_scan *s, size_t *from, size_t *len, bool *bad)
{
	size_t quote = s->at++;
	struct told told = { false, false };
	while (s->at < s->len && s->text[s->at] != '\n' && s->text[s->at] != '\r') {
		unsigned char c = (unsigned char)s->text[s->at];
		size_t n = weir_json_utf8_len(s->text + s->at, s->len - s->at);
		if (c == '"') {
			*from = quote + 1;
			*len = s->at++ - *from;
			*bad |= told.control || told.utf8;
			return true;
		} else if (c == '\\') {
			read_escape(s, bad);
		} else if (c < 0x20) {
			refuse_control(s, &told);
		} else if (n == 0) {
			refuse_utf8(s, &told);
		} else {
			s->at += n;
		}
	}
	return weir_json_scan_stop(
		s, quote, "string is not closed; end it with a double quote on the same line");
}
