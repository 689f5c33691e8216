/* SPDX-License-Identifier: MIT */
/* marbles.c -- see marbles.h. */
#include "marbles.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <weir/build.h>

#include "sim/text.h"

#define LATEST_NS   ((uint64_t)INT64_MAX / 2)
#define PAUSE_FROM  16u /* steps without anything that are printed as a pause */
#define NEAR_BEFORE 24u /* marbles */
#define NEAR_BEHIND 12u
#define ELSEWHERE   "..."
#define LINES_MAX   4u

/* ---- reading ---- */

struct reader {
	struct marbles *m;
	struct marbles_fault *fault;
	const char *text;
	size_t at;
	uint64_t step, step_ns;
	bool credit, over;
};

static bool refuse(const struct reader *r, const char *text)
{
	*r->fault = (struct marbles_fault){ text, r->at };
	return false;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* What a character stands for, but for its place. False after a fault. */
static bool meaning(const struct reader *r, char c, struct marble *m)
{
	if (c == '#')
		m->kind = MARBLE_ERROR;
	else if (!r->credit && c == '|')
		m->kind = MARBLE_COMPLETE;
	else if (!r->credit && is_name(c))
		m->kind = MARBLE_ITEM;
	else if (r->credit && c == '!')
		m->kind = MARBLE_CANCEL;
	else if (r->credit && (c == '*' || (is_digit(c) && c != '0')))
		m->kind = MARBLE_REQUEST;
	else
		return refuse(r, r->credit ? "not credit; - is a step, 1 to 9 ask for items, * for any "
					     "number, ! cancels, # "
					     "fails"
					   : "no marble; - is a step, a letter or digit an item, | the end, "
					     "# an error, (ab) "
					     "one step");
	m->name = c;
	m->n = c == '*' ? UINT32_MAX : (uint32_t)(c - '0');
	return true;
}

static bool add(struct reader *r)
{
	struct marble m = { .step = r->step, .at_byte = r->at };

	if (!meaning(r, r->text[r->at], &m))
		return false;
	if (r->over)
		return refuse(r, "nothing comes after the end");
	if (r->step > LATEST_NS / r->step_ns)
		return refuse(r, "that is later than any clock shows");
	r->over = m.kind == MARBLE_COMPLETE || m.kind == MARBLE_ERROR || m.kind == MARBLE_CANCEL;
	r->m->list[r->m->n++] = m;
	return true;
}

/* (ab): one step. */
static bool read_group(struct reader *r)
{
	size_t open = r->at++;

	for (; r->text[r->at] != ')'; r->at++) {
		if (r->text[r->at] == '\0') {
			r->at = open;
			return refuse(r, "( without )");
		}
		if (!add(r))
			return false;
	}
	r->step++;
	return true;
}

/* "10m" between blanks; *len 0: none. False after a fault. */
static bool read_pause(struct reader *r, size_t *len)
{
	const char *at = r->text + r->at, *why;
	char word[32];
	uint64_t ns;

	*len = 0;
	if (!is_digit(*at) || (r->at > 0 && at[-1] != ' '))
		return true;
	*len = strcspn(at, " ");
	if (*len < sizeof word) {
		memcpy(word, at, *len);
		word[*len] = '\0';
		if (weir_text_duration(word, &ns, &why) == WEIR_OK) {
			if (ns % r->step_ns != 0)
				return refuse(r, "the pause is no whole number of steps");
			r->step = ns / r->step_ns < UINT64_MAX - r->step ? r->step + ns / r->step_ns
									 : UINT64_MAX;
			return true;
		}
	}
	*len = 0;
	return true;
}

static bool read_one(struct reader *r)
{
	char c = r->text[r->at];
	size_t len;

	if (!read_pause(r, &len))
		return false;
	if (len > 0) {
		r->at += len - 1;
		return true;
	}
	if (c == ' ')
		return true;
	if (c == '(')
		return read_group(r);
	if (c != '-' && !add(r))
		return false;
	r->step++;
	return true;
}

bool marbles_read(struct marbles *m, struct sim_pool *pool, const char *text, uint64_t step_ns, bool credit,
	struct marbles_fault *fault)
{
	struct reader r = { .m = m, .fault = fault, .text = text, .step_ns = step_ns, .credit = credit };

	*m = (struct marbles){ .list = sim_pool_get(pool, (strlen(text) + 1) * sizeof *m->list) };
	for (; text[r.at] != '\0'; r.at++)
		if (!read_one(&r))
			return false;
	return true;
}

/* ---- printing ---- */

const char *marbles_time(char text[MARBLES_TIME_MAX], uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "h", UINT64_C(3600000000000) }, { "m", UINT64_C(60000000000) },
		{ "s", UINT64_C(1000000000) }, { "ms", 1000000 }, { "us", 1000 }, { "ns", 1 } };
	size_t i = ns == 0 ? 2 : 0;

	while (ns % units[i].ns != 0)
		i++;
	(void)snprintf(text, MARBLES_TIME_MAX, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
	return text;
}

/* How far each line has come. */
struct axis {
	const struct marble *list;
	FILE *out;
	size_t next, n;
};

/* Nothing more comes: what is printed are blanks, which go at the end. */
static bool is_over(const struct axis *a)
{
	return a->next == a->n;
}

static size_t in_step(const struct axis *a, uint64_t step)
{
	size_t n = 0;

	while (a->next + n < a->n && a->list[a->next + n].step == step)
		n++;
	return n;
}

static void repeat(FILE *out, char c, uint64_t n)
{
	while (n-- > 0)
		(void)putc(c, out);
}

static void print_cell(struct axis *a, size_t n, size_t width)
{
	if (n > 1)
		(void)putc('(', a->out);
	for (size_t i = 0; i < n; i++)
		(void)putc(a->list[a->next + i].name, a->out);
	if (n > 1)
		(void)putc(')', a->out);
	if (n == 0)
		(void)putc(is_over(a) ? ' ' : '-', a->out);
	a->next += n;
	repeat(a->out, ' ', width - (n > 1 ? n + 2 : 1));
}

static size_t print_step(struct axis *axes, size_t n_axes, uint64_t step)
{
	size_t width = 1;

	for (size_t i = 0; i < n_axes; i++) {
		size_t n = in_step(&axes[i], step);

		if (n > 1 && n + 2 > width)
			width = n + 2;
	}
	for (size_t i = 0; i < n_axes; i++)
		print_cell(&axes[i], in_step(&axes[i], step), width);
	return width;
}

/* Steps in which nothing happens. */
static size_t print_quiet(struct axis *axes, size_t n_axes, uint64_t steps, uint64_t step_ns)
{
	char time[MARBLES_TIME_MAX];
	bool pause = steps >= PAUSE_FROM;

	(void)marbles_time(time, steps * step_ns);
	for (size_t i = 0; i < n_axes; i++) {
		if (!pause)
			repeat(axes[i].out, is_over(&axes[i]) ? ' ' : '-', steps);
		else if (!is_over(&axes[i]))
			(void)fprintf(axes[i].out, " %s ", time);
	}
	return pause ? strlen(time) + 2 : (size_t)steps;
}

/* The next step in which something happens; false: there is none. */
static bool next_step(const struct axis *axes, size_t n_axes, uint64_t *step)
{
	bool any = false;

	for (size_t i = 0; i < n_axes; i++) {
		if (is_over(&axes[i]) || (any && axes[i].list[axes[i].next].step >= *step))
			continue;
		*step = axes[i].list[axes[i].next].step;
		any = true;
	}
	return any;
}

/* All lines to their ends; returns the column of the caret. */
static size_t print_axes(struct axis *axes, size_t n_axes, uint64_t step_ns, uint64_t caret, bool from_start)
{
	size_t column = 0, at = 0;
	uint64_t done = 0, step = 0;

	if (!from_start && next_step(axes, n_axes, &done)) {
		column = strlen(ELSEWHERE);
		for (size_t i = 0; i < n_axes; i++)
			(void)fputs(ELSEWHERE, axes[i].out);
	}
	while (next_step(axes, n_axes, &step)) {
		column += print_quiet(axes, n_axes, step - done, step_ns);
		at = step == caret ? column : at;
		column += print_step(axes, n_axes, step);
		done = step + 1;
	}
	return at;
}

void marbles_print(FILE *out, const char *margin, const struct marbles_line *lines, size_t n_lines,
	uint64_t step_ns, uint64_t caret, size_t centre)
{
	size_t sizes[LINES_MAX], at, from = centre > NEAR_BEFORE ? centre - NEAR_BEFORE : 0;
	struct axis axes[LINES_MAX] = { 0 };
	char *texts[LINES_MAX] = { NULL };
	int title = 0;

	for (size_t i = 0; i < n_lines; i++) {
		size_t n = lines[i].marbles.n;

		axes[i] = (struct axis){ .list = lines[i].marbles.list,
			.out = sim_stream_open(&texts[i], &sizes[i]),
			.next = from < n ? from : n,
			.n = n - centre > NEAR_BEHIND && n > centre ? centre + NEAR_BEHIND : n };
		title = (int)strlen(lines[i].title) > title ? (int)strlen(lines[i].title) : title;
	}
	at = print_axes(axes, n_lines, step_ns, caret, from == 0);
	for (size_t i = 0; i < n_lines; i++) {
		sim_stream_close(axes[i].out);
		while (sizes[i] > 0 && texts[i][sizes[i] - 1] == ' ')
			sizes[i]--;
		(void)fprintf(out, "%s%-*s  %.*s%s\n", margin, title, lines[i].title, (int)sizes[i], texts[i],
			axes[i].n < lines[i].marbles.n ? ELSEWHERE : "");
		free(texts[i]);
	}
	(void)fprintf(out, "%s%*s^\n", margin, title + 2 + (int)at, "");
}
