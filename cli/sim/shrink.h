/* SPDX-License-Identifier: MIT */
/* shrink.h -- a case that breaks a law becomes a short one that breaks it too. */
#ifndef WEIR_SIM_SHRINK_H
#define WEIR_SIM_SHRINK_H

#include "case.h"

/* Whether a case still breaks the law in question. It may be one that the builder refuses: then it does not. */
typedef bool sim_fails_fn(void *arg, const struct sim_case *c);

/*
 * Shorten the case as long as it fails: the actions by delta debugging, then the graph by leaving out streams, stages and
 * parameters, then what is left by making it plainer; again until nothing gets shorter. A smaller graph goes before
 * fewer actions and items. Returns how many cases were tried.
 */
uint32_t sim_shrink(struct sim_case *c, sim_fails_fn *fails, void *arg);

#endif
