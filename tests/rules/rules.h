/* SPDX-License-Identifier: MIT */
/* rules.h -- the functions that rules.def names. Each gets a bench with component and clock set, not yet open. */
#ifndef WEIR_TEST_RULES_RULES_H
#define WEIR_TEST_RULES_RULES_H

#include "bench.h"
#include "support/probe.h"

#define RULE(name, side, claim) void name(struct bench *b);
#define NOT_TESTED(name, reason)
#define EXCEPT(name, component, reason)
#include "rules.def"
#undef RULE
#undef NOT_TESTED
#undef EXCEPT

#endif
