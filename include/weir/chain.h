/* SPDX-License-Identifier: MIT */
/*
 * chain.h -- a pipeline of one line between your own publisher and subscriber, driven by their calls. Hosted.
 *
 *	struct weir_chain *c = weir_chain_open(WEIR_CLOCK_MONOTONIC, NULL);
 *	weir_chain_record(c, "reading", fields, n);
 *	weir_chain_from(c, "reading", 0);			your publisher; left out: a source comes first
 *	stage = weir_chain_stage(c, "filter");			any operator or connector, by name
 *	weir_chain_set(c, stage, "when", "temp > 20");
 *	weir_chain_start(c);
 *	weir_subscribe(weir_chain_publisher(c), &mine);		a chain that does not end in a sink
 *	weir_subscribe(&yours, weir_chain_subscriber(c));
 *	...
 *	weir_chain_close(c);
 *
 * With both ends it is a processor (4.1); with no stage between them, the identity. No loop, no definition:
 * what a call makes possible happens before it returns (hand.h). One thread; what comes from outside it is
 * weir_subscription_cancel_outside.
 */
#ifndef WEIR_CHAIN_H
#define WEIR_CHAIN_H

#include <weir/build.h>
#include <weir/hand.h>
#include <weir/reactive.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_chain;

/* options as in build.h, may be NULL. NULL: out of memory. */
struct weir_chain *weir_chain_open(enum weir_clock clock, const struct weir_build_options *options);
/* Abort what still runs, free everything; handles and ends are gone with it. NULL: nothing. Not in a callback.
 */
void weir_chain_close(struct weir_chain *c);

/* ---- building, before the start ---- */

/* Declare a record type: see weir_build_record. */
int weir_chain_record(
	struct weir_chain *c, const char *name, const struct weir_field *fields, size_t n_fields);
/*
 * Begin with a publisher's items: of a declared record, or bytes when record is NULL. At most `capacity`
 * items are asked of it ahead; 0: the default, 16 items or 4096 bytes. Returns the stage's number, for
 * weir_chain_set ("format", and then "record", on bytes), WEIR_EBUSY when there is a stage already.
 */
int weir_chain_from(struct weir_chain *c, const char *record, uint32_t capacity);
/* Append an operator or connector. Returns its number; WEIR_ENOENT: there is none of that name. */
int weir_chain_stage(struct weir_chain *c, const char *name);
/* Append an application's own, or one of a name that stands for two. */
int weir_chain_add(struct weir_chain *c, const struct weir_op_type *type);
/*
 * End in a subscriber, even where a `format` has to be set for it. weir_chain_start does it by itself when the
 * last stage is no sink. Returns its number.
 */
int weir_chain_to(struct weir_chain *c);
/* Set a parameter, an entry of an object parameter: see weir_build_set, weir_build_entry. */
int weir_chain_set(struct weir_chain *c, int stage, const char *param, const char *value);
int weir_chain_entry(struct weir_chain *c, int stage, const char *param, const char *name, const char *value);
/* on_error of a stage: fail (the default) or drop. */
int weir_chain_on_error(struct weir_chain *c, int stage, enum weir_on_error how);

/*
 * Check, lay out and start. WEIR_EINVAL: faults, all told to options.fault; WEIR_ENOMEM; WEIR_EBUSY: started
 * already. A stage's own failure to open (no such file) is returned too, and told to who subscribes then.
 */
int weir_chain_start(struct weir_chain *c);

/* ---- running ---- */

/* The upstream end: NULL unless started with weir_chain_from. The chain's. */
struct weir_subscriber *weir_chain_subscriber(struct weir_chain *c);
/* The downstream end: NULL before the start, or when a sink stands there. The chain's. */
struct weir_publisher *weir_chain_publisher(struct weir_chain *c);
/* The instance (ledger, drain, abort, errors); NULL before the start. */
struct weir_instance *weir_chain_instance(struct weir_chain *c);
/* Clock, thread and turns: see hand.h. */
struct weir_hand *weir_chain_hand(struct weir_chain *c);
/*
 * Run what can run now, at most max_turns turns; what was cancelled from outside is cancelled now. Needed
 * only then, and when turns_at_once was set. Returns the turns taken; fewer than max_turns: nothing is left.
 */
uint32_t weir_chain_drive(struct weir_chain *c, uint32_t max_turns);

#ifdef __cplusplus
}
#endif
#endif
