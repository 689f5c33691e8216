/* SPDX-License-Identifier: MIT */
/*
 * make.h -- from a case to a plan: by the builder's calls, or by way of JSON text and the loader.
 *
 * A case made by the loader is made by the builder too, and both plans must say the same.
 */
#ifndef WEIR_SIM_MAKE_H
#define WEIR_SIM_MAKE_H

#include <weir/build.h>
#include <weir/load.h>

#include "case.h"
#include "text.h"

/* Zero is nothing made. */
struct sim_made {
	struct weir_build *build;
	struct weir_definition *definition;
	const struct weir_plan *plan;
	char why[256];         /* the first fault that was told */
	bool may_stall;        /* so the builder says: sources with more to give, and nothing that moves */
	struct sim_text json;  /* what the loader was given; kept from one case to the next */
	struct sim_pool texts; /* likewise */
};

/*
 * types: NULL-terminated, searched before the built-in ones. Returns 0; WEIR_EINVAL when the case is refused (`why`), or
 * WEIR_EINTERNAL when builder and loader do not agree. Undo with sim_unmake in every case.
 */
int sim_make(struct sim_made *m, const struct sim_case *c, const struct weir_op_type *const *types);
void sim_unmake(struct sim_made *m);
void sim_made_fini(struct sim_made *m);

/* Write the case as a definition; settings gets "NAME=value" for the variables in it, room for SIM_SETTINGS. */
#define SIM_SETTINGS 32u
size_t sim_write_json(
	struct sim_text *t, struct sim_pool *texts, const struct sim_case *c, const char **settings);

#endif
