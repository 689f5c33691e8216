/* SPDX-License-Identifier: MIT */
/*
 * reactive.h -- publisher, subscriber, subscription: weir's ends in the terms of Reactive Streams 1.0.4.
 *
 *	your publisher --> from_publisher | ... any stages ... | to_subscriber --> your subscriber
 *	     subscribe  request  cancel          on_subscribe  on_next  on_error  on_complete
 *
 * Two stages join a pipeline to code that is none: `from_publisher` is a source that subscribes, so it is a
 * subscriber outside; `to_subscriber` is a sink that is subscribed to, so it is a publisher outside. They
 * are stages like any other, on any platform. chain.h builds a whole pipeline of this kind in a few calls,
 * hand.h drives it from the calls alone.
 *
 * What the rules mean in C is written, rule by rule, in docs/SPEC.md. In short:
 *
 *	1.3  one thread: that of the instance's loop. Calls from another are refused with WEIR_EBUSY where the
 *	     platform knows its thread (hand.h); without, they must be kept out. The one exception is
 *	     weir_subscription_cancel_outside.
 *	1.9  NULL is answered with WEIR_EINVAL and has no effect.
 *	2.8  items are borrowed for the call, in both directions: nobody frees one, ever.
 *	3.3  a request inside a callback is noted and served when the callback has returned: on_next never
 *	     stands on the stack twice.
 *	3.6  a subscription is a handle with a number: one that has ended names nothing any more.
 *	3.13 `released` is the last call to a subscriber: no one holds it after that.
 *	3.17 UINT32_MAX is unbounded; requests add up and saturate there.
 */
#ifndef WEIR_REACTIVE_H
#define WEIR_REACTIVE_H

#include <weir/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_REACTIVE_ABI 1u

struct weir_publisher;
struct weir_subscriber;

/* A subscription: copied freely, owned by nobody. All zero: none; every call on it does nothing. */
struct weir_subscription {
	struct weir_publisher *publisher;
	uint32_t number; /* which one of the publisher's; a number is not given out again */
};

/* What a publisher does. Const; abi first. No member may be NULL unless it says so. */
struct weir_publisher_type {
	uint16_t abi; /* WEIR_REACTIVE_ABI */
	/*
	 * Take a subscriber: call its on_subscribe, once, before anything else and before this returns (1.9).
	 * One that cannot be served gets on_subscribe and then on_error. Called by weir_subscribe only.
	 * Returns 0, or a WEIR_E... when nothing was called.
	 */
	int (*subscribe)(struct weir_publisher *p, struct weir_subscriber *s);
	/* n more items (3.8), UINT32_MAX without bound; n is never 0 from weir's own stages. 0 or a WEIR_E...
	 */
	int (*request)(struct weir_publisher *p, uint32_t number, uint32_t n);
	/* No more (3.12). A number that has ended: nothing (3.7). */
	void (*cancel)(struct weir_publisher *p, uint32_t number);
	/* The same from any thread or an interrupt, by a flag; NULL: it cannot be. */
	void (*cancel_outside)(struct weir_publisher *p, uint32_t number);
};

/* Embed as the first field of a publisher's own struct. */
struct weir_publisher {
	const struct weir_publisher_type *type;
};

/*
 * What a subscriber does. Const; abi first. No member may be NULL unless it says so. A callback returns 0, or
 * a WEIR_E... when it could not do its part (2.13): weir's publisher then takes the subscription as
 * cancelled, and its stage fails with that code.
 */
struct weir_subscriber_type {
	uint16_t abi; /* WEIR_REACTIVE_ABI */
	/* First, once. The handle is copied by who wants to keep it. May request and cancel (3.2). */
	int (*on_subscribe)(struct weir_subscriber *s, const struct weir_subscription *subscription);
	/* One item of the stream's record, borrowed for the call. May request and cancel. */
	int (*on_next)(struct weir_subscriber *s, const void *item);
	/* The end, with no item lost before it. code: WEIR_E...; text: static, or the publisher's. */
	int (*on_error)(struct weir_subscriber *s, int code, const char *text);
	/* The end. */
	int (*on_complete)(struct weir_subscriber *s);
	/* The publisher holds the subscriber no more, after an end or a cancel (3.13). May be NULL. */
	void (*released)(struct weir_subscriber *s);
};

/* Embed as the first field of a subscriber's own struct; zero it before its one subscription (2.12). */
struct weir_subscriber {
	const struct weir_subscriber_type *type;
	bool used; /* read-only: it has had its subscription */
};

/* ---- calls on both sides ---- */

/*
 * Join a subscriber to a publisher. WEIR_EINVAL: one of them, or a callback, is NULL; WEIR_EABI; WEIR_EBUSY:
 * the subscriber has had its subscription (1.10, 2.12), the publisher is not started, or this is another
 * thread. After an error nothing has been called; a publisher that refuses says so by on_error and returns 0.
 */
int weir_subscribe(struct weir_publisher *p, struct weir_subscriber *s);

/*
 * Ask for n more items. Legal in every callback. 0 is WEIR_EINVAL, and ends the subscription: its subscriber
 * gets on_error(WEIR_EINVAL), its publisher's own subscription is cancelled (3.9). WEIR_ENDED: there is no
 * such subscription any more, and nothing happened (3.6). WEIR_EBUSY: another thread.
 */
int weir_subscription_request(struct weir_subscription s, uint32_t n);

/*
 * Want no more. Idempotent, legal in every callback; at most the on_next under way is not called off. From
 * another thread than the platform's it is weir_subscription_cancel_outside.
 */
void weir_subscription_cancel(struct weir_subscription s);

/*
 * Have it cancelled when the stage next runs. Any thread, interrupts: one atomic store. Have the stage run
 * afterwards (weir_chain_drive, weir_wake_stage on the loop's thread); between two items it looks by itself.
 * Returns 0, or WEIR_EUNSUPPORTED when the publisher has no such call.
 */
int weir_subscription_cancel_outside(struct weir_subscription s);

/* ---- the two stages ---- */

/*
 * from_publisher: a source of what a publisher sends. It asks for what has been asked of it and is not there
 * yet, at most `capacity` ahead, so it never holds more. What comes unasked fails the stream with WEIR_EFULL
 * behind the items before it, and cancels the subscription; whatever is not passed on is counted:
 * `overflow` unasked, `cancelled` after the end of either side.
 *
 * In a scope that a stage starts again (retry) it is started anew too: its subscriber is as new (`used` is false), and a
 * publisher must be joined to it again; the one before must be silent by then.
 *
 * Its subscriber's callbacks return WEIR_ENDED after the end of either side, WEIR_EBUSY (and cancel the new
 * subscription) when there is one already (2.5), WEIR_EINVAL for NULL, for a code that is none, and before
 * on_subscribe.
 */
extern const struct weir_op_type weir_from_publisher_type;
/* The same for a stream of bytes, one an item, with a `format` beside it if it is to be records. */
extern const struct weir_op_type weir_from_byte_publisher_type;

struct weir_from_publisher_params {
	const struct weir_record *record; /* from_publisher only */
	uint32_t capacity;                /* items */
};

/*
 * to_subscriber: a sink for one subscriber (1.11: unicast; a stream drawn from twice has two of them). It
 * asks its input for exactly what the subscriber asks for. A second subscriber is refused with WEIR_EBUSY,
 * one that comes after the end of the stage with WEIR_ENDED or the stream's own error. A subscriber that is
 * there when the instance is aborted gets on_error(WEIR_ECANCELLED).
 */
extern const struct weir_op_type weir_to_subscriber_type;

/*
 * The outer end of such a stage, by its index; NULL when it is none. Belongs to the instance; valid as long as
 * its memory is.
 */
struct weir_subscriber *weir_stage_subscriber(struct weir_instance *instance, uint16_t stage);
struct weir_publisher *weir_stage_publisher(struct weir_instance *instance, uint16_t stage);

#ifdef __cplusplus
}
#endif
#endif
