/* SPDX-License-Identifier: MIT */
/*
 * types.h -- the operators that graphs are drawn from: every line of operators.def, by what its type says of itself.
 *
 * Which sets of optional parameters a type takes is found out by asking the builder, so that a new operator takes part
 * as soon as it is in the list.
 */
#ifndef WEIR_SIM_TYPES_H
#define WEIR_SIM_TYPES_H

#include "case.h"

#define SIM_TYPES     128u
#define SIM_TYPE_SETS 16u

enum sim_role {
	SIM_ROLE_LINEAR,   /* one stream through it; it may start others */
	SIM_ROLE_COMBINER, /* several streams into it */
	SIM_ROLE_INBOX,
	SIM_ROLE_INPUT,
	SIM_ROLE_OUTPUT,
	SIM_ROLE_ENCODER, /* records to bytes */
	SIM_ROLE_DECODER,
	SIM_ROLE_TEE,  /* put in by the builder */
	SIM_ROLE_ITEM, /* first in a stream that items start */
};

/* Optional parameters that go together, as bits of rows of the type's table. */
struct sim_set {
	uint32_t needed; /* given always; the required ones not among them */
	uint32_t more;   /* each of these may be given too */
};

struct sim_type {
	const struct weir_op_type *type;
	uint8_t role; /* enum sim_role */
	uint8_t pair; /* an encoder's decoder in the list */
	struct sim_set sets[SIM_TYPE_SETS];
	uint8_t n_sets; /* 0: it cannot be drawn */
	uint64_t drawn; /* stages of this type that ran */
};

struct sim_types {
	struct sim_type list[SIM_TYPES];
	uint32_t n;
	const struct weir_op_type *const
		*own; /* for the builder: the actors, and the caller's types before them */
	const struct weir_op_type *names[SIM_TYPES + 8];
};

/*
 * own: the caller's types, NULL-terminated, or NULL; one with the name of a built-in one takes its place. only: a comma
 * list of operators to draw from, or NULL for all. Returns 0; WEIR_ENOENT when `only` names none of them (*bad points to
 * it).
 */
int sim_types_init(
	struct sim_types *t, const struct weir_op_type *const *own, const char *only, const char **bad);

struct sim_type *sim_type_of(struct sim_types *t, const struct weir_op_type *type);
struct sim_type *sim_type_named(struct sim_types *t, const char *name);

#endif
