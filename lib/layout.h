/* SPDX-License-Identifier: MIT */
/* layout.h -- where an instance's parts lie in its arena; see layout.c. Private to lib. */
#ifndef WEIR_LAYOUT_H
#define WEIR_LAYOUT_H

#include "core.h"

#ifdef __GNUC__
#pragma GCC visibility push(hidden) /* calls stay in the library */
#endif

/* Told where each stage's state lies (memory NULL), then where the memory of each edge that has some does. */
typedef void weir_layout_fn(void *arg, uint16_t index, uint32_t state, const struct weir_placed *memory);

void weir_layout_place(const struct weir_plan *p, uint16_t stage, struct weir_place *place);
/* A layout without its tables: they are told to each. WEIR_ERANGE beyond 4 GiB; a type's own error. */
int weir_layout_compute(const struct weir_plan *p, const struct weir_abi *abi, struct weir_layout *l,
	weir_layout_fn *each, void *each_arg, weir_bill_fn *bill, void *bill_arg);
#ifdef __GNUC__
#pragma GCC visibility pop
#endif

#endif
