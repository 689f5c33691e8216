/* SPDX-License-Identifier: MIT */
/*
 * oneshot.h -- one value, once: the answer to a question asked of another thread.
 *
 *	send 7		take -> 7
 *	close		take -> WEIR_ECANCELLED
 *
 * The value may come before or after it is waited for. A sender that closes without having sent leaves the
 * receiver with an error, never with nothing. See channel.h.
 */
#ifndef WEIR_ONESHOT_H
#define WEIR_ONESHOT_H

#include <weir/channel.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_ONESHOT_WAKE 1 /* sent or closed, and the receiver is to be woken */

/* Private. */
struct weir_oneshot {
	struct weir_feed feed;
	unsigned char *value;
	/* the sender's */
	uint32_t outcome, woken; /* outcome: nothing yet, sent, closed without a value */
	/* the receiver's */
	uint32_t cancelled, sleeps;
	bool taken;
};

/*
 * Make one for a value of value_bytes, to be kept at `value` (the caller's, outlives it). 0, or WEIR_EINVAL
 * for no bytes.
 */
int weir_oneshot_init(struct weir_oneshot *o, void *value, uint32_t value_bytes);

/* ---- the sender's calls ---- */

/*
 * Send the value: WEIR_OK, or WEIR_ONESHOT_WAKE when the receiver sleeps and is to be woken. Not taken, it is
 * still the sender's: WEIR_ENDED when one was sent before, after a close, and after the receiver's cancel.
 */
int weir_oneshot_send(struct weir_oneshot *o, const void *value);

/* Send nothing (any more). Returns as weir_oneshot_send; after a send, and again, it does nothing. */
int weir_oneshot_close(struct weir_oneshot *o);

/* ---- the receiver's calls ---- */

/*
 * Copy the value out: 1. 0 when it has not come yet; WEIR_ECANCELLED when it will not; WEIR_ENDED when it was
 * taken before, or cancelled.
 */
int weir_oneshot_take(struct weir_oneshot *o, void *to);

/* Go to sleep: true; false when there is something to take, or the end, after all. */
bool weir_oneshot_sleep(struct weir_oneshot *o);

/* Want the value no more: a send is refused from now on. Idempotent. One that was sent can still be taken. */
void weir_oneshot_cancel(struct weir_oneshot *o);

/*
 * The receiver's end as a feed: see weir_input_feed. Nobody else calls for that end from then on. The port
 * completes behind the value; it fails (WEIR_ECANCELLED) when there will be none.
 */
struct weir_feed *weir_oneshot_feed(struct weir_oneshot *o);

#ifdef __cplusplus
}
#endif
#endif
