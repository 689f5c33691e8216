/* SPDX-License-Identifier: MIT */
/*
 * expr_random_test.c -- random expressions over random values: columns of every table, items and compiled C come to the
 * same, to the last bit and the last fault. WEIR_SEEDS: how many (150).
 */
#include <stdalign.h>

#include "compiler.h"

#include "lib/build/expr.h"
#include "lib/build/print.h"
#include "tests/lib/kernel_tables.h"
#include "tests/lib/program_ways.h"
#include "tests/lib/random_program.h"
#include "tests/mcu/draw.h"
#include "tests/support/setting.h"

#define DEPTH   4u
#define ITEMS   100u
#define AT_ONCE 150u

/* What the draws see of the record, and the record. */
static const struct draw_record drawn = { .fields = { { "a", 'n' }, { "b", 'n' }, { "i", 'i' }, { "f", 'f' },
						  { "d", 'd' }, { "h", 'b' }, { "t", 't' } },
	.n = 7,
	.timed = true };
static struct random_record in = {
	.fields = { { .name = "a", .kind = WEIR_U8 }, { .name = "b", .kind = WEIR_I16 },
		{ .name = "i", .kind = WEIR_I64 }, { .name = "f", .kind = WEIR_F32 },
		{ .name = "d", .kind = WEIR_F64 }, { .name = "h", .kind = WEIR_BOOL },
		{ .name = "at", .kind = WEIR_TIME }, { .name = "t", .kind = WEIR_TEXT, .text_max = 5 } },
	.n = 8
};
static struct weir_record record = { .name = "in", .fields = in.fields, .n_fields = 8 };

static struct weir_pool pool;
static struct {
	char text[DRAW_TEXT_MAX];
	const struct weir_program *program;
} made[AT_ONCE];
static struct outcome expected, got;
static alignas(8) unsigned char items[ITEMS * WAYS_ITEM_BYTES];

static void tell(void *arg, size_t at, const char *message)
{
	ck_abort_msg("%s: at %zu: %s", (const char *)arg, at, message);
}

/* A condition that filters, or a map of one field. */
static const struct weir_program *compile(char *text, char type)
{
	struct weir_entry e = {
		.name = "x", .value = text, .faults = { tell, text, 0 }, .name_faults = { tell, text, 0 }
	};
	const struct weir_record *out;

	if (type == 'b')
		return weir_expr_when(&pool, &record, text, "filter", &e.faults);
	weir_entries_type(&pool, &record, NULL, WEIR_SHAPE_FIELDS, &e, 1);
	out = weir_entries_record(&pool, &record, WEIR_SHAPE_FIELDS, &e, 1, "out");
	return weir_entries_code(&pool, &record, out, WEIR_SHAPE_FIELDS, &e, 1);
}

static void make(unsigned i, uint64_t seed)
{
	struct drawing d = { .text = made[i].text, .state = seed * UINT64_C(0x9e3779b97f4a7c15) };
	char type = "ififbt"[seed % 6];

	do {
		*d.text = '\0';
		draw_expression(&d, &drawn, type, DEPTH);
	} while (strlen(d.text) > WEIR_EXPR_TEXT_MAX);
	if (type == 't') {
		type = 'b';
		draw_add(&d, " < t && h");
	}
	made[i].program = compile(d.text, type);
	ck_assert_msg(made[i].program != NULL, "%s", d.text);
}

/* One value in 20 is out of the ordinary, in 1000, or none. */
static void draw_items(uint64_t seed)
{
	static const unsigned wild[] = { 20, 1000, 0 };
	uint64_t rng = seed * 1000003;

	random_items(&in, items, ITEMS, &rng, wild[seed % 3]);
}

static void compare(unsigned i, const struct weir_program *native)
{
	struct ways_input input = { items, NULL, ITEMS };
	const struct weir_program *p = made[i].program;
	const char *what;

	ways_run(&expected, p, NULL, &input, false);
	for (size_t t = 0; t < n_tables; t++) {
		ways_run(&got, p, tables[t], &input, false);
		what = ways_differ(&expected, &got, p->out_size);
		ck_assert_msg(
			what == NULL, "%s, columns of %s: %s differ", made[i].text, tables[t]->isa, what);
	}
	if (native == NULL)
		return;
	ways_run(&got, native, NULL, &input, false);
	what = ways_differ(&expected, &got, p->out_size);
	ck_assert_msg(what == NULL, "%s, compiled: %s differ", made[i].text, what);
}

static void print_all(struct printed *text)
{
	struct weir_print out = { .put = printed_put, .arg = text };

	weir_print(&out, "#include <string.h>\n\n#include <weir/native.h>\n\n"
			 "extern const struct weir_program *const programs[];\n\n");
	for (unsigned i = 0; i < AT_ONCE; i++) {
		char name[16];

		snprintf(name, sizeof name, "p%u", i);
		weir_print_program(&out, made[i].program, &(struct weir_print_program){ .name = name });
	}
	weir_print(&out, "const struct weir_program *const programs[] = {\n");
	for (unsigned i = 0; i < AT_ONCE; i++)
		weir_print(&out, "\t&p%u_program,\n", i);
	weir_print(&out, "};\n");
	ck_assert_int_eq(out.rc, 0);
}

static void try_some(uint64_t first)
{
	const struct weir_program *const *programs;
	struct printed text = { .bytes = NULL };
	struct compiler c;

	for (unsigned i = 0; i < AT_ONCE; i++)
		make(i, first + i);
	print_all(&text);
	compiler_open(&c);
	compiler_write(&c, "programs.c", text.bytes, text.len);
	programs = compiler_load(&c, "programs");
	compiler_close(&c);
	for (unsigned i = 0; i < AT_ONCE; i++) {
		draw_items(first + i);
		compare(i, programs != NULL ? programs[i] : NULL);
	}
	printed_free(&text);
	weir_pool_free(&pool);
	memset(&pool, 0, sizeof pool);
}

START_TEST(columns_items_and_compiled_c_come_to_the_same)
{
	const uint64_t seeds = setting("WEIR_SEEDS", AT_ONCE);

	random_layout(&in);
	record.size = in.size;
	for (uint64_t seed = 1; seed <= seeds; seed += AT_ONCE)
		try_some(seed);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("build/expr_random");
	TCase *tc = tcase_create("build/expr_random");
	SRunner *sr = srunner_create(s);
	int failed;

	find_tables();
	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 600);
	tcase_add_test(tc, columns_items_and_compiled_c_come_to_the_same);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
