/* SPDX-License-Identifier: MIT */
/*
 * engine.h -- an instance: one arena laid out from a plan, and the executor that runs it.
 *
 *	size_t need = weir_instance_size(plan, NULL, NULL);
 *	weir_instance_init(&in, memory, need, plan, platform, kernels);
 *	weir_start(in);                      wire, open, demand, then the first emit
 *	while (!weir_ended(in)) the loop     calls weir_step() when the platform says so
 *	weir_fini(in);
 *
 * Nothing allocates. All calls: the loop thread, not from inside a callback (WEIR_EBUSY), unless they say so.
 *
 * Where the platform knows its thread (libevent.h), a call from another one is refused: it returns WEIR_EBUSY, or does
 * nothing and returns 0, false or NULL. Once an instance has ended anybody may look at what happened.
 */
#ifndef WEIR_ENGINE_H
#define WEIR_ENGINE_H

#include <weir/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

struct weir_feed;
struct weir_kernels;

/* One line of the RAM bill. Bytes add up to weir_instance_size(), padding included. */
struct weir_bill_line {
	enum { WEIR_BILL_ENGINE, WEIR_BILL_STAGE, WEIR_BILL_EDGE } what;
	uint16_t index; /* of the stage or edge */
	size_t bytes;
};
typedef void weir_bill_fn(void *arg, const struct weir_bill_line *line);

/* Bytes an instance of plan takes: exactly what it will use. bill (may be NULL) is told each part. 0: bad
 * plan. */
size_t weir_instance_size(const struct weir_plan *plan, weir_bill_fn *bill, void *arg);

/* How large things are on a kind of machine. */
struct weir_abi {
	const char *name;
	bool ilp32;    /* pointers of 32 bits; programs are functions */
	uint8_t part;  /* parts of an arena start at multiples of it, and so does the arena */
	uint8_t count; /* bytes of a weir_count_t */
	uint8_t pointer;
	uint16_t instance, stage, edge, memory, error, timer, barrier,
		barrier_note; /* the engine's structs */
};
/* The machine that this is compiled for. */
extern const struct weir_abi weir_abi_here;
/* Microcontrollers: 32 bits, counters too, 8-byte members at multiples of 8: Arm and RISC-V alike. */
extern const struct weir_abi weir_abi_ilp32;

/* As weir_instance_size, on another kind of machine. */
size_t weir_instance_size_on(
	const struct weir_plan *plan, const struct weir_abi *abi, weir_bill_fn *bill, void *arg);
/*
 * Where everything lies on that machine: fills *layout, whose tables become states (one a stage) and placed (one an edge
 * with memory, plan->n_memories). Returns 0; WEIR_EINVAL, WEIR_ERANGE beyond 4 GiB, or what a stage's type says.
 */
int weir_layout_for(const struct weir_plan *plan, const struct weir_abi *abi, struct weir_layout *layout,
	uint32_t *states, struct weir_placed *placed);

/*
 * Fill image (layout->scratch bytes, 16-aligned) with the engine's tables of a plan that has its layout for this machine,
 * so that each instance of it is laid out by a copy: as layout->image. Hosts only. WEIR_EINVAL, WEIR_EABI.
 */
int weir_instance_image(const struct weir_plan *plan, void *image);

/*
 * Lay an instance out in memory (16-aligned, better 64 on hosts; 8 on microcontrollers; `size` bytes, the caller's until weir_fini)
 * and init every stage. kernels NULL: the portable ones. WEIR_ENOMEM when size is short; a stage's own error
 * otherwise: nothing needs undoing.
 */
int weir_instance_init(struct weir_instance **instance, void *memory, size_t size,
	const struct weir_plan *plan, struct weir_platform *platform, const struct weir_kernels *kernels);

/* Open every stage, then grant demand, then let the first items flow at the next weir_step. */
int weir_start(struct weir_instance *instance);

/* Give up to max_turns turns to ready stages. Returns turns taken; fewer than max_turns: nothing more to do
 * now. */
uint32_t weir_step(struct weir_instance *instance, uint32_t max_turns);

/* Whether every stage has ended; then whether any failed. */
bool weir_ended(const struct weir_instance *instance);
bool weir_failed(const struct weir_instance *instance);

/* Close whatever is open (abort) and leave the memory to the caller. After it: no callback, timer, or watch.
 */
void weir_fini(struct weir_instance *instance);

/* ---- ends ---- */

enum weir_drain { WEIR_DRAIN_FINISH, WEIR_DRAIN_CHECKPOINT };
/*
 * Stop the sources, let what is inside flow out, flush the sinks; finish closes windows, checkpoint leaves
 * them. After deadline_ns (monotonic; WEIR_NEVER: no limit) the rest is aborted. Ends when weir_ended. Legal
 * anywhere.
 */
int weir_drain(struct weir_instance *instance, enum weir_drain how, uint64_t deadline_ns);
/* Cancel everything now; what was in flight is counted as dropped (cancelled). Idempotent. Legal anywhere. */
void weir_abort(struct weir_instance *instance);
/* Ask for weir_abort at the next step. Any thread, ISR-safe: one plain store. Wake the platform afterwards.
 */
void weir_abort_from_outside(struct weir_instance *instance);

/* ---- what happened ---- */

/* A counter of the ledger: exact on hosts; on small machines modulo 2^32, and so are sums and differences of them. */
#ifdef WEIR_COUNT32
typedef uint32_t weir_count_t;
#else
typedef uint64_t weir_count_t;
#endif

/* The ledger of an edge: in = out + sum of dropped + queued, at every instant. */
struct weir_ledger {
	uint64_t requested; /* items asked for; UINT64_MAX once unbounded */
	uint64_t in, out, queued;
	uint64_t dropped[WEIR_DROP_REASONS];
	uint64_t wasted
		[WEIR_DROP_REASONS]; /* of them, by the stage that made them: its drops, not its consumer's */
};
int weir_edge_ledger(const struct weir_instance *instance, uint16_t edge, struct weir_ledger *ledger);

/*
 * The error a stage failed with, or NULL. Can be read after weir_fini too, as long as the memory is not used
 * anew.
 */
struct weir_error {
	int code;
	uint16_t stage;
	uint64_t item; /* its number among the stage's items, from 1; 0: not about an item */
	uint64_t line; /* in the input; 0: none */
	uint32_t column;
	const char *text; /* static */
	uint16_t by;      /* HANDLED: the stage that dealt with it */
	uint8_t fate;     /* enum weir_fate */
};
/* What became of an error. */
enum weir_fate { WEIR_FATE_FAILED, WEIR_FATE_DROPPED, WEIR_FATE_DIVERTED, WEIR_FATE_HANDLED };
const struct weir_error *weir_error_of(const struct weir_instance *instance, uint16_t stage);
/* The first failure of the instance that nobody handled, or NULL. */
const struct weir_error *weir_first_error(const struct weir_instance *instance);
/* Failures of stages since the start, and how many of them were handled: the others surfaced. */
uint64_t weir_failures(const struct weir_instance *instance);
uint64_t weir_failures_handled(const struct weir_instance *instance);

enum weir_stage_phase {
	WEIR_STAGE_NEW,
	WEIR_STAGE_RUNNING,
	WEIR_STAGE_COMPLETED,
	WEIR_STAGE_FAILED,
	WEIR_STAGE_CANCELLED
};
enum weir_stage_phase weir_stage_phase(const struct weir_instance *instance, uint16_t stage);

/* Called for each error that did not end a stream: item errors that on_error drop or to took, failures that a stage
 * behind them handled; for logs. One per instance; NULL stops it. Loop thread. */
typedef void weir_report_fn(void *arg, const struct weir_error *error);
void weir_on_item_error(struct weir_instance *instance, weir_report_fn *fn, void *arg);

/* A turn of a stage that took too long; a fused group goes by the name of its first stage. */
struct weir_stall {
	uint16_t stage;
	uint64_t duration_ns;
	uint64_t count; /* of this stage so far, this one included */
};
typedef void weir_stall_fn(void *arg, const struct weir_stall *stall);
/*
 * Count turns and timer callbacks of stages that take longer than limit_ns by the platform's clock, and tell fn (NULL:
 * count only) of each, behind the turn; fn may drain and abort. 0: off, as at the start, and one comparison a turn; on,
 * two readings of the clock. What closes a neighbour belongs to the turn it happens in. Loop thread; legal anywhere.
 */
void weir_on_stall(struct weir_instance *instance, uint64_t limit_ns, weir_stall_fn *fn, void *arg);
/* Turns of a stage that took too long; 0 for one that is not there. */
uint64_t weir_stalls(const struct weir_instance *instance, uint16_t stage);

const struct weir_plan *weir_plan_of(const struct weir_instance *instance);
struct weir_platform *weir_platform_at(const struct weir_instance *instance);
/* A word of the instance, its first, for its platform to find again what it keeps of it. NULL at first. For platforms. */
static inline void **weir_platform_place(struct weir_instance *instance)
{
	return (void **)(void *)instance;
}
/* Bytes of the arena in use: equals weir_instance_size. */
size_t weir_arena_used(const struct weir_instance *instance);
/* Timers armed now, on both clocks. */
uint32_t weir_timers_armed(const struct weir_instance *instance);
/* Turns that ended because weir_step's budget did, with work left. */
uint64_t weir_forced_yields(const struct weir_instance *instance);

/* ---- ports and wake-ups ---- */

/* Index of the stage called id; negative WEIR_ENOENT. */
int weir_stage_index(const struct weir_plan *plan, const char *id);

/*
 * Lend n records to an input port and run the ready list. They are only read, and not after the call: what nobody has
 * done with by then has been copied. Returns how many were accepted (fewer: full), or
 * WEIR_EBUSY inside a callback or where a channel feeds the port, WEIR_ENDED when the port was ended or
 * cancelled. instants: event clock, else NULL.
 */
int64_t weir_push(struct weir_instance *instance, uint16_t stage, const void *records,
	const int64_t *instants, uint32_t n);
/* No more will be pushed: completes the port behind what it still holds, or what its channel does. */
int weir_push_end(struct weir_instance *instance, uint16_t stage);
/*
 * Let a channel (channel.h) feed an input port of a started instance. The port takes from it as many items as
 * it may send on at once, so without credit the channel fills up and refuses its senders; what the channel
 * counts as lost goes on as a mark (lagged); the port completes when the channel has ended and is empty, and
 * senders are refused when the port has ended. The feed stays the caller's and outlives the instance. Whoever
 * sends wakes the platform when it is told to. WEIR_EINVAL when the port is none, or under the event clock
 * without a time field; WEIR_ETYPE when the channel's items are not of the record's size; WEIR_EABI;
 * WEIR_EBUSY inside a callback, before the start, or when the port has a feed; WEIR_ENDED. Items pushed
 * before go first.
 */
int weir_input_feed(struct weir_instance *instance, uint16_t stage, struct weir_feed *feed);
/* Run the ready list and copy up to n records out of an output port. Returns how many; WEIR_ENDED at the end.
 */
int64_t weir_pull(
	struct weir_instance *instance, uint16_t stage, void *records, int64_t *instants, uint32_t n);
/* Cancel an output port. Idempotent. Legal anywhere. */
int weir_port_cancel(struct weir_instance *instance, uint16_t stage);

/*
 * Have the ports that channels feed look at them in the next step. Loop thread; for platforms, before that
 * step, when they were woken from outside.
 */
void weir_wake_feeds(struct weir_instance *instance);

/* Make a stage ready and ask the platform for a step. Loop thread; legal anywhere. For platforms and
 * connectors. */
void weir_wake_stage(struct weir_instance *instance, uint16_t stage);

#ifdef __cplusplus
}
#endif
#endif
