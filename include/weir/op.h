/* SPDX-License-Identifier: MIT */
/*
 * op.h -- what a stage is: one const type, one state in the pipeline's arena, and the calls it may make.
 *
 * Sources, operators, combiners and sinks are all `struct weir_op_type`. A passive type has `process`: it
 * turns a span into a span and knows nothing else. An active type has `run`: the engine calls it whenever
 * something it may act on has changed (input, room for output, a timer, a wake-up); it does what it can and
 * returns. No stage ever calls a neighbour, blocks, or keeps a pointer to a span after it has taken it.
 *
 * All calls here: the loop thread of the pipeline, from inside a callback of the stage itself.
 */
#ifndef WEIR_OP_H
#define WEIR_OP_H

#include <weir/config.h>
#include <weir/error.h>
#include <weir/platform.h>
#include <weir/record.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_OP_ABI 1u

struct weir_feed;
struct weir_instance;
struct weir_kernels;
struct weir_plan;
struct weir_program;
struct weir_stage_def;

/* Why an item was dropped. Every drop is counted on the edge it came in by, in a slot of its reason. */
#define WEIR_DROPS(X)                                                             \
	X(FILTERED, "filtered") /* the definition's condition or count said so */ \
	X(THROTTLED, "throttled")                                                 \
	X(OVERFLOW, "overflow") /* a bounded queue was full */                    \
	X(LATE, "late")                                                           \
	X(ERROR, "error")         /* an item error, on_error drop or to */        \
	X(CANCELLED, "cancelled") /* in flight when the consumer cancelled or the pipeline was aborted */
enum weir_drop {
#define X(name, text) WEIR_DROP_##name,
	WEIR_DROPS(X)
#undef X
		WEIR_DROP_REASONS
};
#define WEIR_DROPS_BIT(reason) (1u << WEIR_DROP_##reason)
const char *weir_drop_name(enum weir_drop reason);

/* ---- parameters ---- */

/* Parameter kinds: C type in the params struct; what JSON gives. */
enum weir_param_kind {
	WEIR_PARAM_BOOL,     /* bool */
	WEIR_PARAM_U32,      /* uint32_t; integer in [min, max] */
	WEIR_PARAM_I64,      /* int64_t; integer */
	WEIR_PARAM_NUMBER,   /* double; a number in [min, max], whole ones as int64_t */
	WEIR_PARAM_DURATION, /* uint64_t ns; "250ms" */
	WEIR_PARAM_EVERY,    /* int64_t; "250ms": ns, above 0; a number of items: less than 0, as many */
	WEIR_PARAM_SIZE,     /* uint32_t bytes; "64KiB" */
	WEIR_PARAM_TEXT,     /* const char * */
	WEIR_PARAM_ENUM,     /* uint8_t; one of `choices`, by index */
	WEIR_PARAM_WHEN,     /* const struct weir_program *: bool expression over the input record */
	WEIR_PARAM_FIELDS,   /* const struct weir_program *: {field: expression}, exactly these fields */
	WEIR_PARAM_SET,      /* const struct weir_program *: {field: expression}, replaced or appended */
	WEIR_PARAM_INIT, /* const struct weir_program *: {state: expression without fields}; states become fields of the output */
	WEIR_PARAM_STEP, /* const struct weir_program *: {state: expression over the output record}; beside INIT */
	WEIR_PARAM_KEY,   /* struct weir_key: a field or list of fields of the input record */
	WEIR_PARAM_FIELD, /* const struct weir_field *: a field of the input record (see `kinds`) */
	/* const void *: {field: expression without fields}; a record of the input's type, the others at their defaults */
	WEIR_PARAM_CONSTANT,
	/* const struct weir_values *: an expression over the input record, or a list of them */
	WEIR_PARAM_EXPRESSIONS,
	/* const struct weir_field *: the name of a field that the output has behind those of the input, of the only
	   kind in `kinds`, or of the FIELD parameter's */
	WEIR_PARAM_APPEND,
	/* no storage: the output has the fields of the input twice, the second time with this before their names */
	WEIR_PARAM_PREFIX,
	WEIR_PARAM_AGGREGATES, /* const struct weir_aggregates *: {field: expression over aggregates} */
	WEIR_PARAM_LATE, /* uint8_t port flag: "drop" (0) or {"to": stream} (1): the stage's second output */
	WEIR_PARAM_STREAMS, /* no storage: the list of streams that are the stage's inputs */
	WEIR_PARAM_INNER, /* no storage: the stream that one item starts; its stages stand in the plan once per slot */
	WEIR_PARAM_SLOTS,  /* uint32_t: how often; beside INNER */
	WEIR_PARAM_RECORD, /* const struct weir_record *: a name in `records`; the stage's output record */
	WEIR_PARAM_FORMAT, /* no storage: the codec that is put beside this stage */
	WEIR_PARAM_VALUES, /* const struct weir_poll_values *: what `poll` reads */
	WEIR_PARAM_TIME_FIELD, /* no storage: names the record's time field for the event clock (sources) */
};

#define WEIR_PARAM_REQUIRED         1u
#define WEIR_PARAM_PRIMARY          2u /* the short form's parameter */
#define WEIR_PARAM_FORM             4u /* given, it makes the stage one of the internal type TYPE_NAME */
#define WEIR_PARAM_OPTIONAL_DEFAULT 0u

/* One parameter: the single source for loading, validation, help, documents and printing. */
struct weir_param {
	const char *name;   /* JSON key; NULL ends the table */
	const char *member; /* the member of the params struct */
	const char *help;   /* one sentence with the unit */
	const char
		*dflt; /* as written in JSON ("256", "\"60s\"", "true"); NULL: none, the member stays zero */
	/* A value as written in JSON, over the fields of the record `reading` in docs/PIPELINE.md; for documents and
	   the rule suite. Every REQUIRED one has it, and of "one of these" the first. */
	const char *example;
	const char *const *choices; /* ENUM: NULL-terminated */
	uint64_t min, max;          /* U32, I64 and NUMBER (as int64_t), DURATION in ns, SIZE in bytes */
	uint32_t kinds;             /* FIELD, KEY, APPEND: bit per enum weir_kind allowed; 0: any */
	uint16_t offset;            /* of the member */
	uint8_t kind;               /* enum weir_param_kind */
	uint8_t flags;              /* WEIR_PARAM_... */
};

/* What only people and the builder read is left out of a firmware (config.h). */
#define WEIR_TEXT(value) (WEIR_WITH_TEXTS ? (value) : NULL)
#define WEIR_SIZE(value) (WEIR_WITH_LAYOUT || WEIR_WITH_SCOPES ? (value) : NULL)

/* Table rows: WEIR_PARAM(struct weir_throttle_params, period_ns, "period", DURATION, .help = ..., ...) */
#define WEIR_PARAM(struct_, member_, name_, kind_, ...)                                              \
	{                                                                                            \
		.name = (name_), .member = #member_, .offset = (uint16_t)offsetof(struct_, member_), \
		.kind = WEIR_PARAM_##kind_, __VA_ARGS__                                              \
	}
/* A row without storage. */
#define WEIR_PARAM_BARE(name_, kind_, ...)                               \
	{                                                                \
		.name = (name_), .kind = WEIR_PARAM_##kind_, __VA_ARGS__ \
	}

/* ---- the type ---- */

/* How a type treats demand. */
enum weir_credit {
	/* At most one item out per item in: credit flows through, what is not used is granted again (C-5). */
	WEIR_CREDIT_PASS,
	/* Its own prefetch of `prefetch` items per input, refilled at half; with output pending it grants
	   nothing. */
	WEIR_CREDIT_OWN,
	/* The stage calls weir_request() itself (queues, tees, combiners). */
	WEIR_CREDIT_MANUAL,
};

#define WEIR_OP_WRITES \
	0x01u /* passive: writes (or moves) records in the span it is given: needs an owned input */
#define WEIR_OP_IN_PLACE \
	0x02u /* passive: out may be the same memory as in, when the record type is the same */
#define WEIR_OP_NARROWS \
	0x04u /* passive: only ever passes on a part of the input span, by pointing into it \
			       */
#define WEIR_OP_LENDS      0x08u  /* active: emits by weir_lend only, needs no output buffer */
#define WEIR_OP_HOT        0x10u  /* source: cannot be held back; the definition must name its `overflow` */
#define WEIR_OP_SOURCE     0x20u  /* no inputs */
#define WEIR_OP_SINK       0x40u  /* no outputs */
#define WEIR_OP_COMBINER   0x80u  /* several inputs, named by a STREAMS parameter */
#define WEIR_OP_INTERNAL   0x100u /* put in by the builder, not by name: tee, codecs */
#define WEIR_OP_PORT       0x200u /* input or output of the application: weir_push, weir_pull */
#define WEIR_OP_MAKES_TIME 0x400u /* its output carries watermarks (combiners under the event clock) */
#define WEIR_OP_DROPS_TIME 0x800u /* its output carries no watermarks, whatever its inputs do */
#define WEIR_OP_SCOPES     0x1000u /* inputs from `first_scope` on are scopes: what feeds them is its to start */
#define WEIR_OP_SCOPE_ITEM 0x2000u /* source: gives the item that its scope was started for */
#define WEIR_OP_OWN_FAULTS 0x4000u /* raises errors about no item of its input: counted on output 0 */

/* Combiner: its output has the fields of all inputs, named stream.field; the builder knows that record. */
#define WEIR_OP_JOINS 0x8000u

/* What a layout or init callback may know about the stage's place. */
struct weir_place {
	const void *params;
	const struct weir_record *in;  /* record of input 0, NULL for sources */
	const struct weir_record *out; /* record of output 0, NULL for sinks */
	uint32_t in_cap, out_cap;      /* most items per span on input 0 and output 0 */
	uint16_t n_in, n_out;
	bool event_clock;
	bool ilp32; /* state_size: of a machine whose pointers have 32 bits, be this one as it may */
};

/*
 * The RAM bill of a microcontroller is written on a host: where a struct holds pointers, its type says behind it how large
 * it is where they have 32 bits, and the compiler for such a machine holds it to that. 8-byte members lie at multiples
 * of 8 there. state_size then asks for WEIR_SIZEOF(place, tag).
 */
struct weir_word_probe {
	char byte;
	int64_t word;
};
#ifdef WEIR_COUNT32
#define WEIR_IS_ILP32 (sizeof(void *) == 4 && offsetof(struct weir_word_probe, word) == 8)
#else
#define WEIR_IS_ILP32 false
#endif
#define WEIR_ILP32(tag, bytes)                                              \
	enum { tag##_ilp32 = (bytes) };                                     \
	_Static_assert(!WEIR_IS_ILP32 || sizeof(struct tag) == tag##_ilp32, \
		"struct " #tag ": WEIR_ILP32 says how large it is")
#define WEIR_SIZEOF(place, tag) ((place)->ilp32 ? (size_t)tag##_ilp32 : sizeof(struct tag))

/* Seen by a stage at the head of the engine's own book-keeping: read-only. */
struct weir_ctx {
	void *state; /* state_size bytes, zeroed before init, 8-aligned */
	const void *params;
	struct weir_instance *instance;
	const struct weir_stage_def *def;
	uint16_t index; /* of the stage in the plan */
	bool event_clock;
	bool input_has_time; /* input 0 carries watermarks: do not make your own */
};

/* What one process call did. */
struct weir_moved {
	uint32_t taken; /* input items finished with (or bytes) */
	uint32_t made;  /* output items written */
	bool more; /* at `last`: something is left to make once there is room (an empty out asks only that) */
};

enum weir_mark_kind {
	WEIR_MARK_LAGGED,    /* `value` items were lost before this point */
	WEIR_MARK_WATERMARK, /* `time`: no earlier item is expected */
	WEIR_MARK_BARRIER,   /* (`source`, `value`) */
	WEIR_MARK_COMPLETE,  /* `value` 1: ends for a checkpoint, keep state */
	WEIR_MARK_ERROR,     /* `source`: the stage that failed, see weir_error_of */
	WEIR_MARKS
};

struct weir_mark {
	uint8_t kind;
	uint16_t source;
	union {
		int64_t time;
		uint64_t value;
	};
};

/* An item that cannot be processed. Texts are static or live as long as the plan. */
struct weir_fault {
	int code;               /* WEIR_E... */
	uint32_t index;         /* item in the span given, from 0 */
	uint16_t port;          /* input that the span waits on */
	uint64_t line;          /* decoders: line in the input, from 1; else 0 */
	uint32_t column;        /* decoders: byte in the line, from 1; else 0 */
	uint64_t item;          /* decoders: which item of the input, from 1; else 0: index says it */
	const char *text;       /* what was wrong, or NULL for weir_strerror(code) */
	const int64_t *time_ns; /* event clock: the item's time where the span has none; NULL: now */
};

/* What to do after weir_fault(). */
enum weir_verdict {
	WEIR_SKIP, /* counted (and sent on): the item is done with, count it as taken and go on */
	WEIR_HOLD, /* the error's stream has no room: return what was taken before this item; it comes again
		    */
	WEIR_STOP, /* the stage has failed: return what was taken before this item */
};

/*
 * How a stage treats the items of one of its inputs (a source: those it makes): what has to be known to tell whether
 * a plan can stall. Counts are of items of that input; WEIR_FLOW_ANY: no bound. Zero is the stage that makes one item
 * of each and keeps none.
 */
struct weir_flow {
	uint64_t lag_least; /* takes so many before it makes the first item */
	uint64_t lag_most;  /* takes so many, over its life, of which it makes nothing */
	uint64_t room;      /* takes so many for sure while it can send none on; ANY: never waits for that */
	uint64_t room_most; /* takes so many then at most */
	bool copies;        /* each item goes to every output */
	bool mixes;         /* items of other inputs may go before a waiting one, any number */
	bool leaves;        /* may ask for items and leave them on the edge while it can send none on */
	bool lends;         /* takes none while what it sent on lies on an edge */
	bool waits;         /* makes nothing while this input lives and has no item */
	bool in_step;       /* waits, and takes as many items of each input */
	bool ends_early;    /* may complete while the input goes on */
	bool silent;        /* may make no item for any time, though nothing is wrong */
	bool holds_time;    /* its watermarks wait for this input */
	bool needs_time;    /* keeps what it makes until time has passed */
};
#define WEIR_FLOW_ANY UINT64_MAX

/*
 * What people want to know of a type beside its parameters: `weir ops` and docs/OPERATORS.md. Parts of a sentence; NULL:
 * what goes for most of its kind.
 */
struct weir_op_page {
	const char *emits;
	const char *credit;    /* how it takes it; NULL: as enum weir_credit says */
	const char *completes; /* NULL: with its input */
	const char *cancels;   /* its input; NULL: when nobody listens */
	const char *state;     /* bytes; of a microcontroller in brackets where they differ */
};
#if WEIR_WITH_TEXTS
#define WEIR_PAGE(...) (&(const struct weir_op_page){ __VA_ARGS__ })
#else
#define WEIR_PAGE(...) 0
#endif

/*
 * A kind of stage. Const, static life. Callbacks run on the loop thread, never overlap, never re-enter.
 * A callback that is NULL does nothing and succeeds.
 */
struct weir_op_type {
	uint16_t abi;   /* WEIR_OP_ABI */
	uint16_t flags; /* WEIR_OP_... */
	uint8_t credit; /* enum weir_credit */
	uint8_t n_timers;
	uint8_t drops;       /* WEIR_DROPS_BIT of each reason the type can give; ERROR and CANCELLED come by
				themselves */
	uint8_t max_in;      /* inputs at most; 0 means 1, or none for a SOURCE; 255: any number */
	uint8_t first_scope; /* SCOPES: the first input that is one */
	/* outputs at most, each to one that draws from its stream: 255; 0: one, and a tee for several */
	uint8_t max_out;
	/* its outputs may lead into scopes: who draws there comes and goes, while it stays (weir_output_restarted) */
	bool feeds_scopes;
#if WEIR_WITH_TEXTS
	const struct weir_op_page *page; /* NULL: none */
#else
	uint8_t page; /* takes no room that was not there */
#endif
	const char *name;          /* JSON key */
	const char *summary;       /* one sentence */
	const char *params_struct; /* "struct weir_throttle_params": for printed plans; NULL: no parameters */
	const char *header;        /* "weir/operators.h": where printed plans find it */
	const struct weir_param *params;
	size_t params_size;
	const struct weir_record *in; /* the only record it takes, NULL: any */
	const struct weir_record
		*out; /* the only record it makes, NULL: the input's, or what its params say */
	/* WEIR_CREDIT_OWN: items per input; UINT32_MAX: unbounded; 0: a span, on hosts one for each of the streams that
	   meet right before it. */
	uint32_t prefetch;

	/* Bytes of state; NULL: none. Pure. Negative WEIR_E... refuses the parameters. */
	int64_t (*state_size)(const struct weir_place *place);
	/* Bytes of weir_scratch() that a process or run needs; NULL: none. Hosts only. Pure. */
	size_t (*scratch_size)(const void *params);
	/* Check a parameter set beyond its table; *why gets a static text. Hosted checks only; may be NULL.
	 */
	int (*check)(const struct weir_place *place, const char **why);
	/*
	 * Say how the items of input `port` are treated. *flow comes filled in with what follows from the rest of
	 * the type: a PASS stage has no lag but for what it may drop, of any other no bound is known; sources that
	 * are ports or hot are silent; stages with timers need time, under the event clock. Hosted checks only;
	 * pure; may be NULL.
	 */
	void (*flow)(const struct weir_place *place, uint16_t port, struct weir_flow *flow);
	/* Offered by stages that are one program: neighbours of this kind are fused. */
	const struct weir_program *(*as_program)(const void *params);

	/* Phase one of the start: set up the zeroed state. No emission, no request. */
	int (*init)(struct weir_ctx *c, const struct weir_place *place);
	/* Phase two: take host resources. On failure every stage opened so far is closed, nothing was
	 * emitted. */
	int (*open)(struct weir_ctx *c);
	/*
	 * Give back host resources. Called exactly once for each successful open: after the stage ended, was
	 * cancelled, or at abort. normal: it ended by complete. Timers are already off.
	 */
	void (*close)(struct weir_ctx *c, bool normal);

	/*
	 * Passive: turn in into out. out->count is the room on entry; out->items and ->instants are set
	 * unless the type NARROWS. Take less than in->count when the room is full or a fault says so; the
	 * rest comes again. last: no more input will follow this span (which may be empty); called until it
	 * makes nothing.
	 */
	struct weir_moved (*process)(
		struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last);
	/* PASS only: how much of n newly asked items to ask the input for (take); NULL: all. */
	uint32_t (*grant)(struct weir_ctx *c, uint32_t n);
	/* Active: do what can be done. */
	void (*run)(struct weir_ctx *c);
	/* Timer `timer` of this stage fell due. On the event clock: before the item that made it due. */
	void (*timer)(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns);
	/*
	 * At drain. Sources: make no more; complete once what is held is out. NULL: completed at once. SCOPES: start
	 * none again.
	 */
	void (*stop)(struct weir_ctx *c);
	/* Ports: what weir_push and weir_pull call. Return items moved or a WEIR_E... */
	int64_t (*push)(struct weir_ctx *c, const void *records, const int64_t *instants, uint32_t n);
	int (*push_end)(struct weir_ctx *c);
	int64_t (*pull)(struct weir_ctx *c, void *records, int64_t *instants, uint32_t n);
	/* Ports: what weir_input_feed calls. The stage is run then, and when the channel may have items. */
	int (*feed)(struct weir_ctx *c, struct weir_feed *feed);
	/* Sources: the barrier `number` and all before it are durable at every sink. */
	void (*barrier_done)(struct weir_ctx *c, uint64_t number);

	/* Kept for sub-plans, reload and checkpoints; part of the type from abi 1. */
	uint16_t state_version;
	int (*reset)(struct weir_ctx *c);
	int64_t (*save)(struct weir_ctx *c, void *to, size_t room);
	int (*load)(struct weir_ctx *c, const void *from, size_t len, uint16_t version);
};

/* ---- calls for any stage ---- */

/* Now on the platform's monotonic clock, ns, read once per turn. */
uint64_t weir_now(const struct weir_ctx *c);
/* UTC, ns since 1970. */
int64_t weir_wall(const struct weir_ctx *c);
/* The time by which the pipeline's `clock` judges item i: its instant, or now. */
int64_t weir_item_time(const struct weir_ctx *c, const struct weir_span *in, uint32_t i);
/* Count n items of an input as dropped instead of passed on. They are taken (or no longer held) all the same.
 */
void weir_drop_from(struct weir_ctx *c, uint16_t port, enum weir_drop reason, uint32_t n);
void weir_drop(struct weir_ctx *c, enum weir_drop reason, uint32_t n); /* input 0 */
/* Report an item error and learn what on_error makes of it. */
enum weir_verdict weir_fault(struct weir_ctx *c, const struct weir_span *in, const struct weir_fault *fault);
/* End this stage with an error: inputs are cancelled, outputs get the error in order. text: static. */
void weir_fail(struct weir_ctx *c, int code, const char *text);
/* The kernels picked for this machine. */
const struct weir_kernels *weir_kernels_of(const struct weir_ctx *c);
/* The platform, for connectors. */
struct weir_platform *weir_platform_of(const struct weir_ctx *c);
/*
 * Bytes shared by all stages of the instance for the length of one callback (programs' columns). NULL where pointers
 * have 32 bits: nothing is laid out there.
 */
void *weir_scratch(const struct weir_ctx *c);

/* ---- calls for active stages ---- */

/* The items waiting on an input, NULL when there are none. The span is valid until taken, where they lie for the call. */
const struct weir_span *weir_input(struct weir_ctx *c, uint16_t port);
/* Be done with the first n of them. */
void weir_take(struct weir_ctx *c, uint16_t port, uint32_t n);
/*
 * Count n of the taken items as still queued in this stage (a bounded queue took them in); negative: n of
 * them have left. Keeps the ledger's `queued` true; what is still held when the stage ends counts as
 * cancelled.
 */
void weir_hold(struct weir_ctx *c, uint16_t port, int64_t n);
/* The next mark, once no item is before it; true when there was one. Terminal marks close the port. */
bool weir_next_mark(struct weir_ctx *c, uint16_t port, struct weir_mark *mark);
/* Whether the input still lives (no terminal mark taken, not cancelled). */
bool weir_input_open(const struct weir_ctx *c, uint16_t port);
/* Whether a drain stopped the source right before this stage: what is left at `last` may be a part of an item. */
bool weir_input_stopped(const struct weir_ctx *c);
/* Ask an input for n more items (MANUAL). 0 is WEIR_EINVAL. Adds, saturating; UINT32_MAX is unbounded. */
int weir_request(struct weir_ctx *c, uint16_t port, uint32_t n);
/* Items asked of an input and not yet sent. */
uint32_t weir_outstanding(const struct weir_ctx *c, uint16_t port);
/* Want no more from an input. Idempotent. */
void weir_cancel(struct weir_ctx *c, uint16_t port);

/* Items asked of this stage by an output and not yet emitted; UINT32_MAX: unbounded. */
uint32_t weir_demand(const struct weir_ctx *c, uint16_t port);
/* Whether somebody still listens on an output. */
bool weir_output_open(const struct weir_ctx *c, uint16_t port);
/* How many items may be emitted on an output now: 0 while earlier ones are still on their way. */
uint32_t weir_room(struct weir_ctx *c, uint16_t port);
/* The output's own buffer: count is the room; NULL when there is none. Emit with weir_emit. */
struct weir_span *weir_reserve(struct weir_ctx *c, uint16_t port);
/* Send the first n records of the reserved buffer. n <= room. */
void weir_emit(struct weir_ctx *c, uint16_t port, uint32_t n);
/* Send records in memory of the stage's own: they stay untouched until weir_lent is false. count <= room. */
void weir_lend(struct weir_ctx *c, uint16_t port, const struct weir_span *span);
/*
 * From `push` alone: send all n records that it was given on by output 0 where they lie, in the caller's memory. False:
 * there is no room for them, or their address is odd. They go to `home`, which the stage keeps untouched until weir_lent
 * is false, should anybody still work on them when weir_push returns; so to the stage it is as if they had been copied
 * there and lent, and nothing else waited to be sent. Not under the event clock.
 */
bool weir_lend_pushed(struct weir_ctx *c, const void *records, uint32_t n, void *home);
/*
 * Send the first n items that wait on an input on by an output, in the memory they lie in, and be done with them.
 * n <= room, and no more than wait. For stages with LENDS.
 */
void weir_pass(struct weir_ctx *c, uint16_t in_port, uint16_t out_port, uint32_t n);
/* The same by every output that somebody listens on. n <= the room of each. */
void weir_pass_all(struct weir_ctx *c, uint16_t in_port, uint32_t n);
/* Whether anything this stage emitted is still being worked on downstream. */
bool weir_lent(const struct weir_ctx *c);
/* Send a mark that is not terminal behind the items sent so far; merges with one that still waits. */
void weir_send_mark(struct weir_ctx *c, uint16_t port, const struct weir_mark *mark);
/* Complete all outputs, in order, and end the stage. */
void weir_complete(struct weir_ctx *c);
/* Pass a terminal mark taken from an input on: complete or the same error. */
void weir_end_with(struct weir_ctx *c, const struct weir_mark *mark);
/* Be run again in this drain, after the others had a turn. */
void weir_again(struct weir_ctx *c);
/*
 * Active: whether to be run when there is room on an output again, or more is asked of it. It is so at first; what has
 * nothing to send until it is woken need not be.
 */
void weir_await_room(struct weir_ctx *c, uint16_t port, bool wanted);

/*
 * Sources: open barrier `number` (counting up) and send it. WEIR_EAGAIN: too many are open; the stage is run again when
 * one less is.
 */
int weir_barrier(struct weir_ctx *c, uint64_t number);
/*
 * Whether a barrier that was sent to the output still waits on its edge. Another one sent now takes its place: those of one
 * source may, those of several must not, as each is answered for itself. The stage is run again when it has left.
 */
bool weir_barrier_waits(const struct weir_ctx *c, uint16_t out_port);
/* Sinks: everything before the barrier is durably confirmed. */
void weir_barrier_done(struct weir_ctx *c, const struct weir_mark *barrier);

/*
 * SCOPES: whether nothing lives of the stages that feed input `port` alone, and no span lies in their memory any more:
 * then they can be started. weir_cancel ends them. The stage is run again when this becomes true.
 */
bool weir_scope_free(const struct weir_ctx *c, uint16_t port);
/*
 * Start them, as new; the scope must be free. Done when the callback under way has returned: then the input is open
 * and has been asked for nothing. What cannot be opened arrives as an error, like every other. item: for a SCOPE_ITEM
 * source, the stage's own until the scope is free again; else NULL.
 */
void weir_scope_start(struct weir_ctx *c, uint16_t port, const void *item);
/* SCOPE_ITEM sources: the item their scope was started for. */
const void *weir_scope_item(const struct weir_ctx *c);
/* SCOPES: the error that came by a scope is dealt with. It is reported as such and the pipeline has not failed by it. */
void weir_handle_error(struct weir_ctx *c, const struct weir_mark *error);

/*
 * FEEDS_SCOPES: whether what draws from an output was started since this was asked last: it has been given nothing yet. The
 * stage is run when it is.
 */
bool weir_output_restarted(struct weir_ctx *c, uint16_t port);
/* Whether an output that is closed may be open again. */
bool weir_output_returns(const struct weir_ctx *c, uint16_t port);
/* Whether something that was sent by this output is still being worked on downstream. */
bool weir_output_lent(const struct weir_ctx *c, uint16_t port);
/* Send a terminal mark taken from an input by one output; the stage goes on. */
void weir_output_end(struct weir_ctx *c, uint16_t port, const struct weir_mark *end);

enum weir_clock { WEIR_CLOCK_MONOTONIC, WEIR_CLOCK_EVENT };
/* Arm timer `timer` (< n_timers) for a deadline on a clock, replacing what it was armed for. */
void weir_timer_set(struct weir_ctx *c, uint8_t timer, enum weir_clock clock, int64_t deadline_ns);
void weir_timer_stop(struct weir_ctx *c, uint8_t timer);
bool weir_timer_armed(const struct weir_ctx *c, uint8_t timer);

/* Copy record i of in to place j of out, instant included; nothing when they are the same place. */
void weir_copy_item(
	const struct weir_ctx *c, const struct weir_span *in, uint32_t i, struct weir_span *out, uint32_t j);

#ifdef __cplusplus
}
#endif
#endif
