/* SPDX-License-Identifier: MIT */
/*
 * liveness.h -- whether a plan can stall: sources with more to give, sinks that want it, and nothing that moves.
 * Private to lib/build.
 *
 *	live_flow.c     how each stage treats the items of each input, after its type
 *	live_sure.c     branches that stall whatever the items are
 *	live_wait.c     branches that can: who waits for whom, and whether there is room enough
 *	live_other.c    inputs that may be silent, keys without bound
 *
 * Only a combiner that waits for an input while others are full can stall, and only where what fills these is what
 * would feed that. All steps work on the finished plan's nodes and links; links are numbered as its edges.
 */
#ifndef WEIR_BUILD_LIVENESS_H
#define WEIR_BUILD_LIVENESS_H

#include "build_private.h"

struct weir_live {
	struct weir_build *b;
	struct weir_link **links; /* by index */
	struct weir_flow *flows;  /* of the node that a link leads to, for that input */
	bool *told;               /* of the input that a link is: it stalls, or can */
	size_t n;
};

/* The flow of a node's input; of what a source makes: port 0. */
void weir_live_flow(
	const struct weir_build *b, const struct weir_build_node *n, size_t port, struct weir_flow *flow);
/* Whether each item that comes into the link's producer goes out by it: not so with errors and late items. */
bool weir_live_takes_all(const struct weir_live *v, const struct weir_link *out);
/* Whether the node hands each item to every output. */
bool weir_live_is_fork(const struct weir_live *v, const struct weir_build_node *n);
/* Outputs, then the error edge; NULL: there are no more. */
struct weir_link *weir_live_out(const struct weir_build_node *n, size_t i);

/* ---- messages ---- */

/* A link as the bill prints it. */
const char *weir_live_edge(struct weir_build *b, const struct weir_link *l);
/* The stream that a combiner's input is. */
const char *weir_live_stream(const struct weir_link *in);
/* Where a combiner's parameter names it. */
struct weir_build_place weir_live_place(struct weir_build *b, const struct weir_link *in);
/* " or give "idle"" where the combiner has such a parameter, else nothing. */
const char *weir_live_or_idle(const struct weir_link *in);

void weir_live_sure(struct weir_live *v);
void weir_live_wait(struct weir_live *v);
void weir_live_silent(struct weir_live *v);
void weir_live_keys(struct weir_build *b);

#endif
