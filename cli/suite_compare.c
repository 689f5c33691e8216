/* SPDX-License-Identifier: MIT */
/* suite_compare.c -- what was to come to a sink beside what came: the first difference, in words and in marbles. */
#include "suite.h"

#include <string.h>

#include "json_text.h"

static const unsigned char *record_at(const struct suite_part *p, size_t i)
{
	return p->bytes + p->got[i].record;
}

/* Every field that differs, a line each. */
static void tell_fields(
	FILE *why, const struct weir_record *r, const struct suite_value *v, const void *record)
{
	for (uint16_t i = 0; i < r->n_fields; i++) {
		struct weir_record one = { .fields = &r->fields[i], .n_fields = 1, .size = r->size };
		struct suite_value field = { .record = v->record, .given = v->given + i };

		if (suite_differs(&one, &field, record) == NULL)
			continue;
		(void)fprintf(why, "  %s: expected ", r->fields[i].name);
		suite_print_field(why, &r->fields[i], v->record);
		(void)fputs(", got ", why);
		suite_print_field(why, &r->fields[i], record);
		(void)putc('\n', why);
	}
}

static void tell_sink(FILE *why, const struct suite_part *p)
{
	(void)fprintf(why, "sink \"%s\": ", p->name);
}

/* ---- marbles ---- */

/* The name of what came: the expected one where that fits, else any that does, else '?'. */
static char name_of(const struct suite_part *p, size_t i)
{
	const struct marbles *m = p->marbles;
	const struct suite_value *v;

	if (p->got[i].kind != MARBLE_ITEM)
		return p->got[i].kind == MARBLE_COMPLETE ? '|' : '#';
	v = i < m->n && m->list[i].kind == MARBLE_ITEM ? p->named[(unsigned char)m->list[i].name] : NULL;
	if (v != NULL && suite_differs(p->record, v, record_at(p, i)) == NULL)
		return m->list[i].name;
	for (unsigned c = 0; c < SUITE_NAMES; c++)
		if (p->named[c] != NULL && suite_differs(p->record, p->named[c], record_at(p, i)) == NULL)
			return (char)c;
	return '?';
}

/* "item 2 (b)" */
static void tell_event(FILE *why, const struct marble *m, size_t number)
{
	if (m->kind == MARBLE_ITEM)
		(void)fprintf(why, "item %zu (%c)", number + 1, m->name);
	else
		(void)fputs(m->kind == MARBLE_COMPLETE ? "the end" : "an error", why);
}

static void tell_time(FILE *why, const struct suite_part *p, const struct marble *m)
{
	char text[MARBLES_TIME_MAX];

	(void)fputs(marbles_time(text, m->step * p->step_ns), why);
}

static bool same_event(const struct marble *a, const struct marble *b)
{
	return a->kind == b->kind && a->name == b->name && a->step == b->step;
}

/* "item 2 (b) at 40s" */
static void tell_event_at(FILE *why, const struct suite_part *p, const struct marble *m, size_t number)
{
	tell_event(why, m, number);
	(void)fputs(" at ", why);
	tell_time(why, p, m);
}

/* The i-th of both differ, or one of them is not there. */
static void tell_difference(
	FILE *why, const struct suite_part *p, const struct marble *want, const struct marble *got, size_t i)
{
	tell_sink(why, p);
	if (want != NULL && got != NULL && want->kind != got->kind) {
		(void)fputs("expected ", why);
		tell_event_at(why, p, want, i);
		(void)fputs(", got ", why);
		tell_event_at(why, p, got, i);
	} else if (want != NULL && got != NULL && want->name == got->name) {
		tell_event(why, want, i);
		(void)fputs(" came at ", why);
		tell_time(why, p, got);
		(void)fputs(", expected at ", why);
		tell_time(why, p, want);
	} else {
		tell_event_at(why, p, want != NULL ? want : got, i);
		(void)fputs(got == NULL    ? " never came"
			    : want == NULL ? " was not expected"
					   : " differs",
			why);
	}
	(void)putc('\n', why);
	if (want != NULL && got != NULL && want->kind == MARBLE_ITEM && got->kind == MARBLE_ITEM &&
		want->name != got->name)
		tell_fields(why, p->record, p->named[(unsigned char)want->name], record_at(p, i));
}

/* What the first '?' from there on stands for. */
static void tell_unnamed(FILE *why, const struct suite_part *p, const struct marbles *got, size_t from)
{
	for (size_t i = from; i < got->n; i++) {
		if (got->list[i].name != '?')
			continue;
		(void)fputs("  ? is ", why);
		suite_print_record(why, p->record, record_at(p, i));
		(void)putc('\n', why);
		return;
	}
}

static bool compare_marbles(const struct suite_test *t, const struct suite_part *p, FILE *why)
{
	const struct marbles *want = p->marbles;
	struct marbles got = { .n = p->n_got };
	size_t i = 0;
	const struct marble *w, *g;

	got.list = sim_pool_get(&t->suite->pool, (p->n_got + 1) * sizeof *got.list);
	for (size_t k = 0; k < p->n_got; k++)
		got.list[k] = (struct marble){
			.step = p->got[k].time_ns / p->step_ns, .kind = p->got[k].kind, .name = name_of(p, k)
		};
	while (i < want->n && i < got.n && same_event(&want->list[i], &got.list[i]))
		i++;
	if (i == want->n && i == got.n)
		return true;
	w = i < want->n ? &want->list[i] : NULL;
	g = i < got.n ? &got.list[i] : NULL;
	tell_difference(why, p, w, g, i);
	marbles_print(why, "  ", (const struct marbles_line[]){ { "expected", *want }, { "got", got } }, 2,
		p->step_ns, g == NULL || (w != NULL && w->step < g->step) ? w->step : g->step, i);
	tell_unnamed(why, p, &got, i);
	return false;
}

/* ---- records ---- */

static bool compare_records(const struct suite_part *p, FILE *why)
{
	size_t i = 0, n = 0;

	while (n < p->n_got && p->got[n].kind == MARBLE_ITEM)
		n++;
	while (i < n && i < p->n_values && suite_differs(p->record, &p->values[i], record_at(p, i)) == NULL)
		i++;
	if (i == n && i == p->n_values)
		return true;
	tell_sink(why, p);
	if (i < n && i < p->n_values) {
		(void)fprintf(why, "record %zu differs\n", i + 1);
		tell_fields(why, p->record, &p->values[i], record_at(p, i));
		return false;
	}
	(void)fprintf(why, "%zu records expected, got %zu\n", p->n_values, n);
	if (i < n) {
		(void)fprintf(why, "  record %zu is ", i + 1);
		suite_print_record(why, p->record, record_at(p, i));
		(void)putc('\n', why);
	}
	return false;
}

/* ---- text ---- */

/* The line that begins at byte `at`, with its end. */
static size_t line_length(const char *text, size_t len, size_t at)
{
	const char *end = memchr(text + at, '\n', len - at);

	return end != NULL ? (size_t)(end - (text + at)) + 1 : len - at;
}

static void tell_line(FILE *why, const char *title, const char *text, size_t len, size_t at)
{
	(void)fprintf(why, "  %-8s  ", title);
	if (at == len)
		(void)fputs("nothing more", why);
	else
		cli_print_json_text(why, text + at, line_length(text, len, at));
	(void)putc('\n', why);
}

static bool compare_text(const struct suite_part *p, FILE *why)
{
	const char *want = p->values->text, *got = p->n_bytes > 0 ? (const char *)p->bytes : "";
	size_t n_want = p->values->len, at = 0, line = 1;

	if (n_want == p->n_bytes && memcmp(want, got, n_want) == 0)
		return true;
	while (at < n_want && at < p->n_bytes) { /* lines before this one are the same */
		size_t n = line_length(want, n_want, at);

		if (n != line_length(got, p->n_bytes, at) || memcmp(want + at, got + at, n) != 0)
			break;
		at += n;
		line++;
	}
	tell_sink(why, p);
	(void)fprintf(why, "line %zu differs\n", line);
	tell_line(why, "expected", want, n_want, at);
	tell_line(why, "got", got, p->n_bytes, at);
	return false;
}

bool suite_compare(const struct suite_test *t, const struct suite_part *p, FILE *why)
{
	switch (p->form) {
	case SUITE_MARBLES:
		return compare_marbles(t, p, why);
	case SUITE_RECORDS:
		return compare_records(p, why);
	case SUITE_TEXT:
		return compare_text(p, why);
	default:
		return true;
	}
}
