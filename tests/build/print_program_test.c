/* SPDX-License-Identifier: MIT */
/*
 * print_program_test.c -- programs nobody would write, as C functions: no compiler has anything to say of them, and they
 * do what the interpreter does, to the last bit.
 */
#include <stdalign.h>

#include <weir/error.h>

#include "compiler.h"

#include "lib/build/fuse.h"
#include "lib/build/print.h"
#include "tests/lib/program_ways.h"
#include "tests/lib/random_program.h"

#define PROGRAMS   300u
#define ITEMS      200u
#define STAGES_MAX 4u

struct made {
	struct random_stage stages[STAGES_MAX];
	struct random_record in;
	struct weir_program *program;
	unsigned wild;
};

static struct made made[PROGRAMS];
static alignas(8) unsigned char items[ITEMS * WAYS_ITEM_BYTES];
static struct outcome expected, got;

static void make(struct made *m, uint64_t seed)
{
	const struct weir_program *list[STAGES_MAX];
	uint64_t rng = seed * 1000003;
	size_t n = 1 + seed % STAGES_MAX;

	m->wild = seed % 3 == 0 ? 20 : seed % 3 == 1 ? 1000 : 0;
	random_record(&m->in, &rng);
	for (size_t s = 0; s < n; s++) {
		random_stage(&m->stages[s], s > 0 ? &m->stages[s - 1].out : &m->in, seed * 10 + s, m->wild,
			1 + random_below(&rng, 2));
		list[s] = &m->stages[s].program;
	}
	if (n == 1) { /* as it is */
		m->program = malloc(sizeof *m->program);
		ck_assert_ptr_nonnull(m->program);
		*m->program = *list[0];
	} else {
		ck_assert_int_eq(weir_fuse(list, n, &m->program), 0);
	}
}

static void print_all(struct printed *text)
{
	struct weir_print out = { .put = printed_put, .arg = text };

	weir_print(&out, "#include <string.h>\n\n#include <weir/native.h>\n\n"
			 "extern const struct weir_program *const programs[];\n\n");
	for (unsigned i = 0; i < PROGRAMS; i++) {
		char name[16];

		snprintf(name, sizeof name, "p%u", i);
		weir_print_program(&out, made[i].program, &(struct weir_print_program){ .name = name });
		ck_assert_msg(out.rc == 0, "program %u: %s", i, weir_errname(out.rc));
	}
	weir_print(&out, "const struct weir_program *const programs[] = {\n");
	for (unsigned i = 0; i < PROGRAMS; i++)
		weir_print(&out, "\t&p%u_program,\n", i);
	weir_print(&out, "};\n");
	ck_assert_int_eq(out.rc, 0);
}

static void compare(unsigned i, const struct weir_program *native)
{
	struct ways_input input = { items, NULL, ITEMS };
	const struct weir_program *p = made[i].program;
	uint64_t rng = i + 1;
	const char *what;

	random_items(&made[i].in, items, ITEMS, &rng, made[i].wild);
	ways_run(&expected, p, NULL, &input, false);
	ways_run(&got, native, NULL, &input, false);
	what = ways_differ(&expected, &got, p->out_size);
	ck_assert_msg(what == NULL, "program %u: %s differ", i, what);
	if (!p->in_place)
		return;
	ways_run(&got, native, NULL, &input, true);
	what = ways_differ(&expected, &got, p->out_size);
	ck_assert_msg(what == NULL, "program %u, in place: %s differ", i, what);
}

START_TEST(random_programs_are_what_they_were_in_C)
{
	const struct weir_program *const *programs;
	struct printed text = { .bytes = NULL };
	struct compiler c;

	for (unsigned i = 0; i < PROGRAMS; i++)
		make(&made[i], i + 1);
	print_all(&text);
	compiler_open(&c);
	compiler_write(&c, "programs.c", text.bytes, text.len);
	compiler_check(&c, true);
	programs = compiler_load(&c, "programs");
	for (unsigned i = 0; programs != NULL && i < PROGRAMS; i++)
		compare(i, programs[i]);
	compiler_close(&c);
	printed_free(&text);
	for (unsigned i = 0; i < PROGRAMS; i++)
		if (made[i].program->code == made[i].stages[0].code)
			free(made[i].program);
		else
			weir_fuse_free(made[i].program);
}
END_TEST

START_TEST(a_program_that_breaks_a_law_is_refused)
{
	static const struct weir_insn backwards[] = { { .op = WEIR_OP_NOP },
		{ .op = WEIR_OP_JMP, .imm = 0 } };
	static const struct weir_insn nothing_read[] = { { .op = WEIR_OP_FILTER, .a = 3 } };
	static const struct weir_insn unknown[] = { { .op = WEIR_OPCODES, .a = 0, .dst = 0 } };
	static const struct {
		const struct weir_insn *code;
		uint16_t n;
		int rc;
	} rows[] = { { backwards, 2, WEIR_EINTERNAL }, { nothing_read, 1, WEIR_EINTERNAL },
		{ unknown, 1, WEIR_EUNSUPPORTED } };

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct weir_program p = { .code = rows[i].code, .n_code = rows[i].n, .n_segments = 1 };
		struct printed text = { .bytes = NULL };
		struct weir_print out = { .put = printed_put, .arg = &text };

		weir_print_program(&out, &p, &(struct weir_print_program){ .name = "p" });
		ck_assert_int_eq(out.rc, rows[i].rc);
		printed_free(&text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("build/print_program");
	TCase *tc = tcase_create("programs");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, random_programs_are_what_they_were_in_C);
	tcase_add_test(tc, a_program_that_breaks_a_law_is_refused);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
