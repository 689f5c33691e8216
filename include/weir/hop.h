/* SPDX-License-Identifier: MIT */
/*
 * hop.h -- from one pipeline into another that runs on another thread: a stage at the end of the one, a ring, a
 * stage at the beginning of the other.
 *
 *	thread A	... -> to_hop			weir_hop_write(&hop, a, stage)
 *	thread B	from_hop -> ...			weir_hop_read(&hop, b, stage)
 *
 * Items move a span at a time, and are sent on from where they lie in the ring. Marks keep their place among them:
 * watermarks, losses, barriers (answered to A once B has them safe), the end and errors. Credit goes back the same
 * way: A is asked for what the ring has room for, so who is slow in B holds the sources of A. When B wants no more, A's
 * stage cancels; when A is aborted B's stage fails with WEIR_ECANCELLED.
 *
 * No call waits, allocates or takes a lock. A side that finds nothing to do goes to sleep; the other wakes it by the
 * function given to weir_hop_on_wake, such as weir_libevent_wake, at most once for each sleep. How long it stays awake
 * before that is its loop's affair (weir_libevent_spin).
 *
 * The stages are found by name where a definition is loaded with their types (struct weir_load_options).
 */
#ifndef WEIR_HOP_H
#define WEIR_HOP_H

#include <weir/engine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The stages: "to_hop" and "from_hop" ({"record": name}), and the latter for bytes: "from_byte_hop". */
extern const struct weir_op_type weir_to_hop_type;
extern const struct weir_op_type weir_from_hop_type;
extern const struct weir_op_type weir_from_byte_hop_type;

struct weir_from_hop_params {
	const struct weir_record *record;
};

#define WEIR_HOP_MARKS 8u                  /* that can be on their way at once */
#define WEIR_HOP_MOST  (UINT32_C(1) << 30) /* items at most */

typedef void weir_hop_wake_fn(void *arg);

/* Private: a mark and the item it stands before. */
struct weir_hop_mark {
	uint32_t at;
	struct weir_mark mark;
};

/* Private. Each word has one writer; the sides' words are a cache line apart. */
struct weir_hop {
	unsigned char *items;
	int64_t *instants; /* NULL: items carry none */
	uint32_t item_bytes, mask;
	weir_hop_wake_fn *wake_writer, *wake_reader;
	void *writer_arg, *reader_arg;
	struct weir_hop_mark marks[WEIR_HOP_MARKS];
	struct weir_error end; /* before `closed` */
	bool together;         /* weir_hop_drain_together */
	unsigned char apart_1[64];
	/* the writing side's */
	uint32_t head; /* items put in */
	uint32_t marks_in;
	uint32_t closed;        /* 1: complete, 2: for a checkpoint, 3: an error */
	uint32_t writer_sleeps; /* for room */
	uint32_t reader_woken;
	uint32_t tail_seen;
	bool has_writer; /* or had one */
	unsigned char apart_2[64];
	/* the reading side's */
	uint32_t tail; /* items taken out */
	uint32_t marks_out;
	uint32_t left; /* it wants no more */
	uint32_t reader_sleeps;
	uint32_t writer_woken;
	uint32_t barriers_done;
	uint32_t head_seen;
	bool has_reader;
	unsigned char apart_3[64];
};

/*
 * Bytes weir_hop_init needs for `capacity` items, a multiple of 8; instants: of the event clock. WEIR_EINVAL unless the
 * capacity is a power of two up to WEIR_HOP_MOST and item_bytes is not 0; WEIR_ERANGE beyond what can be addressed.
 */
int64_t weir_hop_size(uint32_t item_bytes, uint32_t capacity, bool instants);
/* Make it in memory (8-aligned, the caller's; both outlive the two instances). Returns 0 or as weir_hop_size. */
int weir_hop_init(struct weir_hop *h, void *memory, uint32_t item_bytes, uint32_t capacity, bool instants);
/*
 * How each side is woken, from the other's thread. The loops that are woken so live until both instances have ended.
 * NULL: nothing has to be done, one loop runs both. Before either is attached.
 */
void weir_hop_on_wake(struct weir_hop *h, weir_hop_wake_fn *writer, void *writer_arg,
	weir_hop_wake_fn *reader, void *reader_arg);

/*
 * Both sides are drained together: the reading one then waits for what the other has inside, where else it would want no
 * more. Before either is attached.
 */
void weir_hop_drain_together(struct weir_hop *h);

/*
 * Attach it to a stage of an instance, before or after its start, on the thread of its loop. WEIR_EINVAL when the stage
 * is none of the side's; WEIR_ETYPE when its items are not of the hop's size, or have instants and the hop has not;
 * WEIR_EBUSY when either has had another, and from another thread; WEIR_ENDED when the stage has ended.
 */
int weir_hop_write(struct weir_hop *h, struct weir_instance *instance, uint16_t stage);
int weir_hop_read(struct weir_hop *h, struct weir_instance *instance, uint16_t stage);

/* Items inside, as they were a moment ago. Any context. After both have ended: those that nobody took. */
uint32_t weir_hop_count(const struct weir_hop *h);

#ifdef __cplusplus
}
#endif
#endif
