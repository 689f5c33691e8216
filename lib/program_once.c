/* SPDX-License-Identifier: MIT */
/* program_once.c -- programs that stages run themselves, a record at a time (program.h). */
#include <weir/program.h>

int weir_program_holds(const struct weir_program *p, const void *record)
{
	void *same = (void *)(uintptr_t)record; /* a condition in place stores nothing */
	uint32_t dropped = 0;
	struct weir_ran ran = weir_program_run(p, NULL, NULL, record, NULL, 1, same, NULL, &dropped);

	return ran.fault != 0 ? ran.fault : (int)ran.made;
}

int weir_program_make(const struct weir_program *p, const void *record, void *made)
{
	uint32_t dropped = 0;

	return weir_program_run(p, NULL, NULL, record, NULL, 1, made, NULL, &dropped).fault;
}
