/* SPDX-License-Identifier: MIT */
/*
 * defined.h -- a definition on the simulator, with the probes as its ends if it likes.
 *
 *	defined_open(&p, "{'weir': 1, 'streams': {...}}");	' stands for "
 *	weir_sim_run(&p.sim);
 *	defined_close(&p);		the books balance, nothing is queued, no timer is armed
 *
 * probe_source and probe_sink can be named in it (probe.h), and whatever `types` lists.
 */
#ifndef WEIR_TEST_DEFINED_H
#define WEIR_TEST_DEFINED_H

#include <weir/load.h>
#include <weir/sim.h>

#include "support/probe.h"

struct defined {
	struct weir_definition *d;
	const struct weir_plan *plan;
	struct weir_instance *in;
	struct weir_sim sim;
	void *memory;
};

/* Load, lay out and start; a fault fails the test. types may be NULL. */
void defined_open(struct defined *p, const char *text);
void defined_open_with(struct defined *p, const char *text, const struct weir_op_type *const *types);
/* The same without weir_start; on another platform than p->sim unless that is NULL. */
void defined_load(struct defined *p, const char *text, const struct weir_op_type *const *types,
	struct weir_platform *platform);
void defined_close(struct defined *p);

/* Stage, and its main input and output edge, by id. */
uint16_t defined_stage(const struct defined *p, const char *id);
struct weir_ledger defined_input(const struct defined *p, const char *id);
struct weir_ledger defined_output(const struct defined *p, const char *id);

/* Copy text with " for '; the caller frees it. */
char *defined_text(const char *text);

#endif
