/* SPDX-License-Identifier: MIT */
/*
 * compiler.h -- for tests of printed C: it is compiled by the compiler of the build, loaded, and looked at by whatever
 * other compilers there are, for hosts and boards. Nothing may be warned of.
 */
#ifndef WEIR_TEST_COMPILER_H
#define WEIR_TEST_COMPILER_H

#include <check.h>
#include <dlfcn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMPILER_WARNINGS "-std=c11 -Wall -Wextra -Wshadow -Wconversion -Wpedantic -Werror -ffp-contract=off"

/* The name of a folder for one test's files. */
struct compiler {
	char folder[32];
};

static inline int compiler_shell(const char *format, ...)
{
	char command[2048];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(command, sizeof command, format, args);
	va_end(args);
	return system(command);
}

static inline const char *compiler_setting(const char *name, const char *otherwise)
{
	const char *value = getenv(name);

	return value != NULL && *value != '\0' ? value : otherwise;
}

static inline void compiler_open(struct compiler *c)
{
	strcpy(c->folder, "/tmp/weir-print-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(c->folder));
}

static inline void compiler_close(struct compiler *c)
{
	(void)compiler_shell("rm -rf %s", c->folder);
}

static inline void compiler_write(const struct compiler *c, const char *name, const char *bytes, size_t len)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", c->folder, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

/* One compiler over every .c file. Passed over when it is not there, or has no headers. */
static inline void compiler_try(const struct compiler *c, const char *program, const char *flags)
{
	if (compiler_shell("echo '#include <stdint.h>' | %s %s -x c -fsyntax-only - >%s/try 2>&1", program,
		    flags, c->folder) != 0)
		return;
	ck_assert_msg(compiler_shell("%s %s " COMPILER_WARNINGS " -fsyntax-only -I'%s/include' -I%s %s/*.c",
			      program, flags, compiler_setting("srcdir", "."), c->folder, c->folder) == 0,
		"%s %s finds fault with what was printed", program, flags);
}

/* Compilers for hosts; for boards too, where what was printed can be for them. */
static inline void compiler_check(const struct compiler *c, bool boards)
{
	char string_h[512];

	compiler_try(c, "gcc", "-O2");
	compiler_try(c, "clang", "");
	if (!boards)
		return;
	snprintf(string_h, sizeof string_h,
		"-Os -ffreestanding -isystem '%s/platform/static/freestanding' -mcpu=cortex-m0 -mthumb",
		compiler_setting("srcdir", "."));
	compiler_try(c, "arm-none-eabi-gcc", string_h);
	snprintf(string_h, sizeof string_h,
		"-Os -ffreestanding -isystem '%s/platform/static/freestanding' -misa-spec=2.2 "
		"-march=rv32imac -mabi=ilp32",
		compiler_setting("srcdir", "."));
	compiler_try(c, "riscv64-unknown-elf-gcc", string_h);
}

/* All .c files as one library, and a symbol of it; NULL: there is no compiler. The library stays loaded. */
static inline void *compiler_load(const struct compiler *c, const char *symbol)
{
	const char *cc = compiler_setting("CC", "cc");
	char path[256];
	void *handle, *found;

	if (compiler_shell("%s --version >/dev/null 2>&1", cc) != 0)
		return NULL;
	ck_assert_int_eq(compiler_shell("%s " COMPILER_WARNINGS
					" -O1 -fPIC -shared -I'%s/include' -o %s/printed.so %s/*.c",
				 cc, compiler_setting("srcdir", "."), c->folder, c->folder),
		0);
	snprintf(path, sizeof path, "%s/printed.so", c->folder);
	handle = dlopen(path, RTLD_NOW);
	ck_assert_msg(handle != NULL, "%s", dlerror());
	found = dlsym(handle, symbol);
	ck_assert_ptr_nonnull(found);
	return found;
}

/* ---- what is printed ---- */

struct printed {
	char *bytes;
	size_t len, room;
};

/* Fits weir_put_fn. */
static inline int printed_put(void *arg, const char *bytes, size_t len)
{
	struct printed *p = arg;

	if (p->len + len + 1 > p->room) {
		p->room = 2 * (p->len + len + 1);
		p->bytes = realloc(p->bytes, p->room);
		ck_assert_ptr_nonnull(p->bytes);
	}
	memcpy(p->bytes + p->len, bytes, len);
	p->len += len;
	p->bytes[p->len] = '\0';
	return 0;
}

static inline void printed_free(struct printed *p)
{
	free(p->bytes);
	*p = (struct printed){ .bytes = NULL };
}

#endif
