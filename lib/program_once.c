/* SPDX-License-Identifier: MIT */
/* program_once.c -- programs that stages run themselves, a record at a time (program.h). */
#include <weir/program.h>

/* Without the segment, of which these have one. */
static int fault_of(int outcome)
{
	return outcome < 0 ? -(-outcome % 256) : 0;
}

int weir_program_holds(const struct weir_program *p, const void *record)
{
	/* a condition in place stores nothing */
	int outcome = weir_program_one(p, record, (void *)(uintptr_t)record);

	return outcome < 0 ? fault_of(outcome) : outcome == 0;
}

int weir_program_make(const struct weir_program *p, const void *record, void *made)
{
	return fault_of(weir_program_one(p, record, made));
}
