/* SPDX-License-Identifier: MIT */
/*
 * watched.h -- every type of stage as a copy that looks on.
 *
 * Given to a definition as the application's own types, the copies stand before the built-in ones. They hold the
 * engine to the laws about callbacks: none overlaps another, none comes once the stage has ended (T-3), each
 * open is closed once. And they let a stage fail or lose interest when a test says so.
 * Encoders are left as they are: the builder knows them by address. A stage that is part of a program has no
 * callbacks to watch.
 */
#ifndef WEIR_TEST_WATCHED_H
#define WEIR_TEST_WATCHED_H

#include <weir/engine.h>

/* For weir_load_options.types. Fills the list at its first call. */
const struct weir_op_type *const *watched_types(void);

/* Forget what was seen and wished; before each instance. */
void watched_reset(void);

enum watched_wish {
	WATCHED_NOTHING,
	WATCHED_FAIL,  /* weir_fail, as for an I/O error */
	WATCHED_CANCEL /* sinks: cancel the input and end */
};
/* Let the stage do that in its next callback, and give it a turn. */
void watched_wish(struct weir_instance *in, uint16_t stage, enum watched_wish wish);
/* Whether the stage has a callback in which a wish can come true. */
bool watched_can(const struct weir_plan *plan, uint16_t stage);

/* The k-th call of init or of open, from 1, is refused with WEIR_EIO; 0: none. */
extern uint32_t watched_refuse_init, watched_refuse_open;
extern uint32_t watched_inits, watched_opens; /* calls since watched_reset */

/* Fail the test unless each stage was closed as often as it was opened: once, but in a scope. After weir_fini. */
void watched_check(const struct weir_plan *plan);

#endif
