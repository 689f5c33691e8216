/* SPDX-License-Identifier: MIT */
/*
 * expressions.c -- expressions of arbitrary text, over a record with a field of every kind and random values.
 *
 * The input: a seed for the values, how wild they are and how many; then a line for each expression. `?` begins a
 * condition, `:` a field of a map, `=` one of a set, with a name before a tab or one of its own. Lines of one kind
 * that follow each other are one stage. What compiles gives the same, bit by bit, item by item, by columns with
 * every table of kernels, and fused with the stages before it.
 */
#include <stdio.h>

#include <weir/error.h>
#include <weir/kernels.h>

#include "fuzz.h"
#include "lib/build/expr.h"
#include "lib/build/fuse.h"
#include "tests/lib/kernel_tables.h"
#include "tests/lib/program_ways.h"
#include "tests/lib/random_program.h"

const char fuzz_name[] = "expressions";

#define STAGES_MAX  4u
#define ENTRIES_MAX 8u
#define TEXT_MAX    1500u

static struct weir_field fields[] = {
	{ .name = "yes", .kind = WEIR_BOOL },
	{ .name = "a", .kind = WEIR_I8 },
	{ .name = "b", .kind = WEIR_I16 },
	{ .name = "c", .kind = WEIR_I32 },
	{ .name = "i", .kind = WEIR_I64 },
	{ .name = "p", .kind = WEIR_U8 },
	{ .name = "q", .kind = WEIR_U16 },
	{ .name = "r", .kind = WEIR_U32 },
	{ .name = "u", .kind = WEIR_U64 },
	{ .name = "f", .kind = WEIR_F32 },
	{ .name = "d", .kind = WEIR_F64 },
	{ .name = "at", .kind = WEIR_TIME },
	{ .name = "s", .kind = WEIR_TEXT, .text_max = 3 },
	{ .name = "t", .kind = WEIR_TEXT, .text_max = 8 },
};
#define N_FIELDS (sizeof fields / sizeof fields[0])
static struct weir_record record = { .name = "all", .fields = fields, .n_fields = N_FIELDS };

/* A stage as its lines say, and what is between stages. */
struct stage {
	char kind; /* its lines' first byte */
	size_t n;
	struct weir_entry entries[ENTRIES_MAX];
	char names[ENTRIES_MAX][16];
};

struct chain {
	struct weir_pool pool;
	const struct weir_record *now; /* what the last stage made */
	const struct weir_program *list[STAGES_MAX];
	size_t n;
};

static alignas(8) unsigned char items[WAYS_ITEMS * WAYS_ITEM_BYTES];
static int64_t instants[WAYS_ITEMS];
static struct outcome expected, got;

/* A fault lies in its text and says something. */
static void tell(void *arg, size_t at, const char *message)
{
	ck_assert_uint_le(at, strlen(arg));
	ck_assert_uint_gt(strlen(message), 0);
}

/* ---- running ---- */

static void agree(const struct weir_program *p, const char *how)
{
	const char *what = ways_differ(&expected, &got, p->out_size);

	ck_assert_msg(what == NULL, "%s differ: %s", what, how);
}

/* All ways of one program, or of the list that it was fused from, against the item path. */
static void all_ways(const struct weir_program *p, const struct ways_input *in)
{
	for (int in_place = 0; in_place <= p->in_place; in_place++) {
		ways_run(&got, p, NULL, in, in_place);
		agree(p, "items");
		for (size_t t = 0; t < n_tables; t++) {
			ways_run(&got, p, tables[t], in, in_place);
			agree(p, tables[t]->isa);
		}
	}
}

static void run_fused(const struct chain *c, uint32_t n)
{
	struct ways_input in = { items, NULL, n };
	struct weir_program *fused = NULL;
	int rc = weir_fuse(c->list, c->n, &fused);

	if (rc == WEIR_EFULL) /* kept apart */
		return;
	ck_assert_int_eq(rc, WEIR_OK);
	ways_run_apart(&expected, c->list, c->n, &in);
	all_ways(fused, &in);
	weir_fuse_free(fused);
}

static void run_first(const struct chain *c, uint32_t n)
{
	struct ways_input in = { items, instants, n };

	ways_run(&expected, c->list[0], NULL, &in, false);
	all_ways(c->list[0], &in);
}

/* ---- compiling ---- */

/* Add a stage to the chain; false when it has faults. */
static bool compile(struct chain *c, struct stage *s)
{
	enum weir_shape shape = s->kind == ':' ? WEIR_SHAPE_FIELDS : WEIR_SHAPE_SET;
	const struct weir_record *out = c->now;
	const struct weir_program *p;
	unsigned told = 0;

	if (s->kind == '?') {
		p = weir_expr_when(&c->pool, c->now, s->entries[0].value, "filter", &s->entries[0].faults);
	} else {
		weir_entries_type(&c->pool, c->now, NULL, shape, s->entries, s->n);
		out = weir_entries_record(&c->pool, c->now, shape, s->entries, s->n, "out");
		p = out == NULL ? NULL : weir_entries_code(&c->pool, c->now, out, shape, s->entries, s->n);
	}
	for (size_t i = 0; i < s->n; i++)
		told += s->entries[i].faults.n + s->entries[i].name_faults.n;
	ck_assert_msg((p == NULL) == (told > 0), "%u faults, %s program", told, p == NULL ? "no" : "a");
	if (p == NULL || p->out_size > WAYS_ITEM_BYTES)
		return false;
	ck_assert_uint_eq(p->in_size, c->now->size);
	ck_assert_uint_eq(p->out_size, out->size);
	c->list[c->n++] = p;
	c->now = out;
	return true;
}

/* Take a line into the stage. */
static void add_line(struct stage *s, char *line)
{
	struct weir_entry *e = &s->entries[s->n];
	char *tab = strchr(line, '\t');

	(void)snprintf(s->names[s->n], sizeof s->names[0], "x%zu", s->n);
	*e = (struct weir_entry){ .name = s->names[s->n], .value = line };
	if (tab != NULL) {
		*tab = '\0';
		e->name = line;
		e->value = tab + 1;
	}
	e->faults = (struct weir_expr_faults){ tell, (void *)(uintptr_t)e->value, 0 };
	e->name_faults = (struct weir_expr_faults){ tell, (void *)(uintptr_t)e->name, 0 };
	s->n++;
}

static void compile_all(struct chain *c, char *text)
{
	struct stage s = { 0 };
	bool good = true;

	for (char *line = text, *next; line != NULL && good && c->n < STAGES_MAX; line = next) {
		next = strchr(line, '\n');
		if (next != NULL)
			*next++ = '\0';
		if (*line != '?' && *line != ':' && *line != '=')
			continue;
		if (s.n > 0 && (*line == '?' || *line != s.kind || s.n == ENTRIES_MAX)) {
			good = compile(c, &s);
			s.n = 0;
		}
		s.kind = *line;
		add_line(&s, line + 1);
	}
	if (good && s.n > 0 && c->n < STAGES_MAX)
		(void)compile(c, &s);
}

static void make_items(uint32_t n, uint64_t seed, unsigned wild)
{
	memset(items, 0, (size_t)n * record.size);
	for (uint32_t i = 0; i < n; i++) {
		for (size_t k = 0; k < N_FIELDS; k++)
			random_field(&fields[k], items + (size_t)i * record.size, &seed, wild);
		instants[i] = (int64_t)random_next(&seed);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t counts[] = { 33, 1, 7, 40, 100, 8, 17, WAYS_ITEMS };
	static const unsigned wildness[] = { 40, 0, 4, 300 };
	struct fuzz_input in = { data, size };
	uint8_t seed = fuzz_byte(&in), how = fuzz_byte(&in);
	char text[TEXT_MAX + 1];
	struct chain c = { .now = &record };

	if (n_tables == 0)
		find_tables();
	record.size = (uint16_t)weir_record_layout(fields, N_FIELDS);
	if (in.left > TEXT_MAX)
		in.left = TEXT_MAX;
	if (in.left > 0)
		memcpy(text, in.p, in.left);
	text[in.left] = '\0';
	compile_all(&c, text);
	if (c.n > 0) {
		uint32_t n = counts[how / 4 % 8];

		make_items(n, seed + UINT64_C(0x9e3779b97f4a7c15), wildness[how % 4]);
		run_first(&c, n);
		run_fused(&c, n);
	}
	weir_pool_free(&c.pool);
	return 0;
}
