/* SPDX-License-Identifier: MIT */
/*
 * windowing.h -- what all forms of `window` have in common: the stage's time, lateness, results on their way, marks,
 * and the turn that puts them in order. A form says where items go and what is due.
 *
 *	items --form.take--> panes --form.make--> results --> output 0		a watermark behind what it closed
 *	     \--too late--> output 1, or dropped
 *
 * A form's state begins with a struct weir_windowing. Freestanding; from callbacks of the stage that owns it.
 */
#ifndef WEIR_WINDOWING_H
#define WEIR_WINDOWING_H

#include <weir/arguments.h>
#include <weir/op.h>
#include <weir/operators.h>
#include <weir/results.h>
#include <weir/tumbling.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weir_window_time { WEIR_WINDOW_BY_FIELD, WEIR_WINDOW_BY_INSTANT, WEIR_WINDOW_BY_ARRIVAL };

struct weir_window_barrier {
	struct weir_mark mark;
	int64_t window; /* the newest open one when it came */
	bool held;
};

/* Read-only for forms, but for what is said. */
struct weir_windowing {
	struct weir_results results; /* not yet sent */
	struct weir_arguments arguments;
	int64_t lateness_ns;
	int64_t time_ns;          /* the stage's; INT64_MIN: none yet. A form moves it on by items */
	int64_t base_ns, wall_ns; /* arrival: the pipeline's start, monotonic and UTC; else 0 */
	int64_t sent_ns;          /* watermark sent last */
	struct weir_window_barrier barrier, next_barrier;
	struct weir_mark end;
	uint32_t item_bytes;
	uint32_t evicting; /* the form's: slot + 1 of a key whose windows come next; 0: none */
	uint8_t time_from; /* enum weir_window_time */
	bool time_by_items, time_by_marks;
	bool finishing;     /* all windows close */
	bool ending;        /* then `end` is passed on */
	bool watermark_due; /* set by a form whose window closed with time */
	uint16_t overlap;   /* the form's: windows that an item lies in */
};

/* The span under way. */
struct weir_window_taking {
	const struct weir_span *in;
	uint32_t at;            /* the next item */
	uint32_t same_until;    /* the form's; 0 at first */
	struct weir_span *late; /* output 1's room, once needed */
	uint32_t n_late;
};

enum weir_window_outcome { WEIR_WINDOW_GO_ON, WEIR_WINDOW_SEND, WEIR_WINDOW_WAIT };

/* Windows are numbered, so that those that were open at one time can be told from later ones. */
struct weir_window_open {
	int64_t oldest, newest; /* INT64_MAX and INT64_MIN: none is open */
	int64_t closes_ns;      /* the stage's time at which the next one closes; INT64_MAX: none does */
};

struct weir_window_form {
	/*
	 * Make the next result, or some that there is room for: of the key that must go, or of the window that is due.
	 * False: there is none.
	 */
	bool (*make)(struct weir_ctx *c);
	/* Take the next item, or some. SEND: results are due before it; or have just become so. */
	enum weir_window_outcome (*take)(struct weir_ctx *c, struct weir_window_taking *t);
	struct weir_window_open (*open)(struct weir_ctx *c);
};

/* ---- size and start ---- */

/* Bytes of a form's state: own_bytes of its struct, then store_bytes that are its own too. */
int64_t weir_windowing_size(const struct weir_place *place, size_t own_bytes, int64_t store_bytes);
/* Set the common part up; returns where the store lies (8-aligned). */
void *weir_windowing_init(
	struct weir_ctx *c, const struct weir_place *place, size_t own_bytes, size_t store_bytes);
int weir_windowing_open(struct weir_ctx *c);

/* ---- items ---- */

static inline const unsigned char *weir_window_item(
	const struct weir_windowing *w, const struct weir_window_taking *t, uint32_t i)
{
	return (const unsigned char *)t->in->items + (size_t)i * w->item_bytes;
}

/* Where the times of the items lie, in steps of stride bytes; not for arrival. */
const unsigned char *weir_window_times(
	const struct weir_ctx *c, const struct weir_window_taking *t, size_t *stride);
/* The time of the next item; the stage's own is moved on to it where it goes by items. */
int64_t weir_window_time(struct weir_ctx *c, const struct weir_window_taking *t);
/* The next item belongs to windows that are closed. */
enum weir_window_outcome weir_window_late(struct weir_ctx *c, struct weir_window_taking *t);
/* The next item is an item error. */
enum weir_window_outcome weir_window_fault(
	struct weir_ctx *c, struct weir_window_taking *t, int code, const char *text);
/* The next item belongs to a window that there is no room for: an item error. */
enum weir_window_outcome weir_window_far(struct weir_ctx *c, struct weir_window_taking *t);
/* The next item's key has no slot: an item error, or the key that was not used for longest must go first. */
enum weir_window_outcome weir_window_keys_full(
	struct weir_ctx *c, struct weir_window_taking *t, const struct weir_keys *keys);

/* ---- the turn ---- */

void weir_windowing_run(struct weir_ctx *c, const struct weir_window_form *form);
/* Nothing: run looks at the clock and follows. */
void weir_windowing_timer(struct weir_ctx *c, uint8_t which, int64_t deadline_ns);

/* The parameters of `window`, of whatever form, and what goes together. */
extern const struct weir_param weir_window_rows[];
int weir_window_check(const struct weir_place *place, const char **why);
/* How many items make a result is the data's matter, but no more than they are. */
void weir_window_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow);

/* What the types of all forms say alike, beside their callbacks. */
#define WEIR_WINDOW_TYPE                                                                                  \
	.abi = WEIR_OP_ABI, .credit = WEIR_CREDIT_OWN,                                                    \
	.params_struct = WEIR_TEXT("struct weir_window_params"), .header = WEIR_TEXT("weir/operators.h"), \
	.params = WEIR_TEXT(weir_window_rows), .params_size = sizeof(struct weir_window_params)

#ifdef __cplusplus
}
#endif
#endif
