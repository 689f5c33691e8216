/* SPDX-License-Identifier: MIT */
/*
 * diagnostics.c -- the list of faults found in definitions, and "did you mean".
 */
#include <weir/diagnostics.h>

#include <weir/error.h>

#include <stdlib.h>
#include <string.h>

static void *resize_by_libc(void *block, size_t len_bytes)
{
	if (len_bytes > 0) {
		return realloc(block, len_bytes);
	}
	free(block);
	return NULL;
}

void *weir_json_resize(const struct weir_json_alloc *alloc, void *block, size_t len_bytes)
{
	return alloc ? alloc->resize(alloc->arg, block, len_bytes) : resize_by_libc(block, len_bytes);
}

void weir_diagnostics_init(struct weir_diagnostics *list, const struct weir_json_alloc *alloc)
{
	*list = (struct weir_diagnostics){ .alloc = alloc };
}

void weir_diagnostics_fini(struct weir_diagnostics *list)
{
	for (size_t i = 0; i < list->count; i++) {
		/* file and text are one block */
		weir_json_resize(list->alloc, (void *)(uintptr_t)list->faults[i].file, 0);
	}
	weir_json_resize(list->alloc, list->faults, 0);
	weir_diagnostics_init(list, list->alloc);
}

const char *weir_severity_name(enum weir_severity severity)
{
	return severity == WEIR_SEVERITY_WARNING ? "warning" : "error";
}

static bool make_room(struct weir_diagnostics *list)
{
	if (list->count < list->cap) {
		return true;
	}
	size_t cap = list->cap ? 2 * list->cap : 8;
	void *faults = weir_json_resize(list->alloc, list->faults, cap * sizeof *list->faults);
	if (!faults) {
		return false;
	}
	list->faults = faults;
	list->cap = cap;
	return true;
}

static void blank_controls(char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f) {
			*text = '?';
		}
	}
}

int weir_diagnostics_vadd(struct weir_diagnostics *list, const char *file, uint32_t line, uint32_t column,
	const char *format, va_list args)
{
	va_list again;
	va_copy(again, args);
	int len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	size_t file_bytes = strlen(file) + 1;
	char *block = NULL;
	if (len >= 0 && make_room(list)) {
		block = weir_json_resize(list->alloc, NULL, file_bytes + (size_t)len + 1);
	}
	if (!block) {
		list->lost++;
		return WEIR_ENOMEM;
	}
	memcpy(block, file, file_bytes);
	vsnprintf(block + file_bytes, (size_t)len + 1, format, args);
	blank_controls(block);
	blank_controls(block + file_bytes);
	list->faults[list->count] = (struct weir_diagnostic){ .file = block,
		.text = block + file_bytes,
		.line = line,
		.column = column,
		.number = list->count };
	list->count++;
	return 0;
}

int weir_diagnostics_add(struct weir_diagnostics *list, const char *file, uint32_t line, uint32_t column,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int result = weir_diagnostics_vadd(list, file, line, column, format, args);
	va_end(args);
	return result;
}

int weir_diagnostics_warn(struct weir_diagnostics *list, const char *file, uint32_t line, uint32_t column,
	const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int result = weir_diagnostics_vadd(list, file, line, column, format, args);
	va_end(args);
	if (result == 0) {
		list->faults[list->count - 1].severity = WEIR_SEVERITY_WARNING;
		list->warnings++;
	}
	return result;
}

static int compare_positions(const struct weir_diagnostic *a, const struct weir_diagnostic *b)
{
	int files = strcmp(a->file, b->file);
	if (files != 0) {
		return files;
	}
	if (a->line != b->line) {
		return a->line < b->line ? -1 : 1;
	}
	return (a->column > b->column) - (a->column < b->column);
}

static int compare_numbers(const struct weir_diagnostic *a, const struct weir_diagnostic *b)
{
	return (a->number > b->number) - (a->number < b->number);
}

static int by_position_and_text(const void *left, const void *right)
{
	const struct weir_diagnostic *a = left, *b = right;
	int order = compare_positions(a, b);
	order = order ? order : strcmp(a->text, b->text);
	return order ? order : compare_numbers(a, b);
}

static int by_position_and_number(const void *left, const void *right)
{
	const struct weir_diagnostic *a = left, *b = right;
	int order = compare_positions(a, b);
	return order ? order : compare_numbers(a, b);
}

static void drop_repeats(struct weir_diagnostics *list)
{
	size_t kept = 1;
	for (size_t i = 1; i < list->count; i++) {
		struct weir_diagnostic *last = &list->faults[kept - 1], *next = &list->faults[i];
		if (compare_positions(last, next) == 0 && strcmp(last->text, next->text) == 0) {
			list->warnings -= next->severity == WEIR_SEVERITY_WARNING;
			weir_json_resize(list->alloc, (void *)(uintptr_t)next->file, 0);
		} else {
			list->faults[kept++] = *next;
		}
	}
	list->count = kept;
}

void weir_diagnostics_sort(struct weir_diagnostics *list)
{
	if (list->count < 2) {
		return;
	}
	qsort(list->faults, list->count, sizeof *list->faults, by_position_and_text);
	drop_repeats(list);
	qsort(list->faults, list->count, sizeof *list->faults, by_position_and_number);
	for (size_t i = 0; i < list->count; i++) {
		list->faults[i].number = i;
	}
}

size_t weir_diagnostics_count(const struct weir_diagnostics *list)
{
	return list->count;
}

size_t weir_diagnostics_errors(const struct weir_diagnostics *list)
{
	return list->count - list->warnings;
}

size_t weir_diagnostics_lost(const struct weir_diagnostics *list)
{
	return list->lost;
}

const struct weir_diagnostic *weir_diagnostics_at(const struct weir_diagnostics *list, size_t index)
{
	return index < list->count ? &list->faults[index] : NULL;
}

const char *weir_diagnostic_line(const struct weir_diagnostic *fault, char *text, size_t size)
{
	const char *word = weir_severity_name(fault->severity);
	if (fault->line > 0) {
		(void)snprintf(text, size, "%s:%lu:%lu: %s: %s", fault->file, (unsigned long)fault->line,
			(unsigned long)fault->column, word, fault->text);
	} else {
		(void)snprintf(text, size, "%s: %s: %s", fault->file, word, fault->text);
	}
	return text;
}

int weir_diagnostics_print(const struct weir_diagnostics *list, FILE *out)
{
	bool failed = false;
	for (size_t i = 0; i < list->count; i++) {
		const struct weir_diagnostic *fault = &list->faults[i];
		failed |= fputs(fault->file, out) < 0;
		if (fault->line > 0) {
			failed |= fprintf(out, ":%lu:%lu", (unsigned long)fault->line,
					  (unsigned long)fault->column) < 0;
		}
		failed |= fprintf(out, ": %s: %s\n", weir_severity_name(fault->severity), fault->text) < 0;
	}
	if (list->lost > 0) {
		failed |= fprintf(out, "weir: error: no memory to report %zu more faults\n", list->lost) < 0;
	}
	failed |= fflush(out) != 0;
	return failed ? WEIR_EIO : 0;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_letter(char a, char b)
{
	return lower(a) == lower(b);
}

/* Three rows of the usual table: two letters back, one back, this one. */
size_t weir_edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][WEIR_WORD_MOST + 1] = { { 0 } };
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	for (size_t j = 0; j <= b_len; j++) {
		row[j] = j;
	}
	for (size_t i = 1; i <= a_len; i++) {
		size_t *spare = before;
		before = last;
		last = row;
		row = spare;
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t wrong = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;
			row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + wrong);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
				same_letter(a[i - 2], b[j - 1])) {
				row[j] = least(row[j], before[j - 2] + 1);
			}
		}
	}
	return row[b_len];
}

const char *weir_closest(const char *word, const char *const *candidates, size_t n)
{
	size_t word_len = strlen(word);
	if (word_len > WEIR_WORD_MOST) {
		return NULL;
	}
	const char *best = NULL;
	size_t limit = word_len < 6 ? 1 : word_len / 3;
	for (size_t i = 0; i < n; i++) {
		size_t len = strlen(candidates[i]);
		if (len > WEIR_WORD_MOST) {
			continue;
		}
		size_t wrong = weir_edits(word, word_len, candidates[i], len);
		size_t longer = word_len > len ? word_len : len;
		if (wrong <= limit && wrong < longer && (!best || wrong < limit)) {
			best = candidates[i];
			limit = wrong;
		}
	}
	return best;
}
