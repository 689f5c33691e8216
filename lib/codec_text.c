/* SPDX-License-Identifier: MIT */
/*
 * codec_text.c -- UTF-8, and text fields written piece by piece.
 *
 * A text field holds valid UTF-8 and zero behind it, always: whatever comes from outside is checked here once
 * and never again (definition.md, Types).
 */
#include <string.h>

#include <weir/codec.h>

size_t weir_name_length(const char *name)
{
	const char *end = memchr(name, '\0', UINT16_MAX); /* names are shorter; strlen is not ours to use */

	return end == NULL ? UINT16_MAX : (size_t)(end - name);
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0u) == 0x80u;
}

/* Bytes of a character by its first one, 0 where none may start: C0, C1 and F5 up would be overlong or too
 * large. */
static size_t char_len(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

/* Refuse what the first byte alone does not tell: overlong forms, surrogates, past U+10FFFF. */
static bool second_fits(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

size_t weir_utf8_char(const char *s, const char *end)
{
	size_t n = char_len((unsigned char)*s);

	if (n < 2)
		return n;
	if ((size_t)(end - s) < n || !second_fits((unsigned char)s[0], (unsigned char)s[1]))
		return 0;
	for (size_t i = 1; i < n; i++)
		if (!is_continuation(s[i]))
			return 0;
	return n;
}

size_t weir_utf8_valid(const char *s, size_t len)
{
	const char *p = s, *end = s + len;

	while (p < end) {
		uint64_t eight;
		size_t n;

		while (end - p >= 8) {
			memcpy(&eight, p, sizeof eight);
			if ((eight & 0x8080808080808080u) != 0)
				break;
			p += 8;
		}
		if (p == end)
			break;
		n = weir_utf8_char(p, end);
		if (n == 0)
			break;
		p += n;
	}
	return (size_t)(p - s);
}

void weir_text_start(struct weir_text_writer *w, const struct weir_field *f, void *record)
{
	*w = (struct weir_text_writer){
		.field = (char *)record + f->offset,
		.max = f->text_max,
		.truncate = (f->flags & WEIR_FIELD_TRUNCATE) != 0,
	};
}

int weir_text_append(struct weir_text_writer *w, const char *s, size_t len)
{
	if (w->cut)
		return WEIR_OK;
	if (len > w->max - w->len) {
		if (!w->truncate)
			return WEIR_ETOOLONG;
		len = w->max - w->len;
		while (len > 0 && is_continuation(s[len]))
			len--;
		w->cut = true;
	}
	memcpy(w->field + sizeof(uint16_t) + w->len, s, len);
	w->len += (uint32_t)len;
	return WEIR_OK;
}

void weir_text_end(struct weir_text_writer *w)
{
	uint16_t len = (uint16_t)w->len;

	memcpy(w->field, &len, sizeof len);
}
