/* SPDX-License-Identifier: MIT */
/*
 * operators.h -- the built-in operators: their types, their parameters, and what the application's ports
 * call.
 *
 * A parameters struct is filled by the builder from the type's parameter table, or printed as a const object;
 * it must outlive every instance. Zero is not the default: defaults are in the tables.
 */
#ifndef WEIR_OPERATORS_H
#define WEIR_OPERATORS_H

#include <weir/aggregates.h>
#include <weir/each.h>
#include <weir/keys.h>
#include <weir/op.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every built-in operator, NULL-terminated. */
extern const struct weir_op_type *const weir_operator_types[];
/* What a parameter with WEIR_PARAM_FORM makes of some of them, NULL-terminated. */
extern const struct weir_op_type *const weir_operator_forms[];

/* Each is listed in operators/operators.def; one that is not declared here does not compile. */
extern const struct weir_op_type weir_map_type;
extern const struct weir_op_type weir_set_type;
extern const struct weir_op_type weir_filter_type;
extern const struct weir_op_type weir_take_type;
extern const struct weir_op_type weir_skip_type;
extern const struct weir_op_type weir_scan_type;
extern const struct weir_op_type weir_throttle_type;
extern const struct weir_op_type weir_buffer_type;
extern const struct weir_op_type weir_window_type;
extern const struct weir_op_type weir_window_sliding_type;
extern const struct weir_op_type weir_window_session_type;
extern const struct weir_op_type weir_window_count_type;
extern const struct weir_op_type weir_merge_type;
extern const struct weir_op_type weir_merge_sorted_type;
extern const struct weir_op_type weir_zip_type;
extern const struct weir_op_type weir_combine_latest_type;
extern const struct weir_op_type weir_with_latest_from_type;
extern const struct weir_op_type weir_emit_type;
extern const struct weir_op_type weir_race_type;
extern const struct weir_op_type weir_timeout_type;
extern const struct weir_op_type weir_expect_every_type;
extern const struct weir_op_type weir_retry_type;
extern const struct weir_op_type weir_catch_type;
extern const struct weir_op_type weir_circuit_breaker_type;
extern const struct weir_op_type weir_flat_map_type;
extern const struct weir_op_type weir_switch_type;
extern const struct weir_op_type weir_item_type;
extern const struct weir_op_type weir_take_while_type;
extern const struct weir_op_type weir_skip_while_type;
extern const struct weir_op_type weir_distinct_until_changed_type;
extern const struct weir_op_type weir_deadband_type;
extern const struct weir_op_type weir_pairwise_type;
extern const struct weir_op_type weir_with_index_type;
extern const struct weir_op_type weir_time_interval_type;
extern const struct weir_op_type weir_rate_of_change_type;
extern const struct weir_op_type weir_cumulative_to_delta_type;
extern const struct weir_op_type weir_threshold_type;
extern const struct weir_op_type weir_edges_type;
extern const struct weir_op_type weir_smooth_type;
extern const struct weir_op_type weir_moving_average_type;
extern const struct weir_op_type weir_moving_median_type;
extern const struct weir_op_type weir_sample_type;
extern const struct weir_op_type weir_debounce_type;
extern const struct weir_op_type weir_delay_type;
extern const struct weir_op_type weir_rate_limit_type;
extern const struct weir_op_type weir_element_at_type;
extern const struct weir_op_type weir_take_last_type;
extern const struct weir_op_type weir_skip_last_type;
extern const struct weir_op_type weir_concat_type;
extern const struct weir_op_type weir_or_else_type;
extern const struct weir_op_type weir_keep_alive_type;
extern const struct weir_op_type weir_start_with_type;
extern const struct weir_op_type weir_tap_type;
extern const struct weir_op_type weir_balance_type;
extern const struct weir_op_type weir_route_type;
extern const struct weir_op_type weir_batch_type;
extern const struct weir_op_type weir_share_type;
extern const struct weir_op_type weir_inbox_type;
extern const struct weir_op_type weir_tee_type;
extern const struct weir_op_type weir_input_type;
extern const struct weir_op_type weir_output_type;
extern const struct weir_op_type weir_csv_decode_type;
extern const struct weir_op_type weir_csv_encode_type;
extern const struct weir_op_type weir_ndjson_decode_type;
extern const struct weir_op_type weir_ndjson_encode_type;
extern const struct weir_op_type weir_binary_decode_type;
extern const struct weir_op_type weir_binary_encode_type;
extern const struct weir_op_type weir_frames_decode_type;
extern const struct weir_op_type weir_frames_encode_type;

/* map, and the emit of a combiner: exactly these fields. */
struct weir_map_params {
	const struct weir_program *fields;
};

/* set: these fields replaced or appended. */
struct weir_set_params {
	const struct weir_program *fields;
};

/* filter: items for which it is true pass. */
struct weir_filter_params {
	const struct weir_program *when;
};

/* take, skip: items, 0 or more. */
struct weir_take_params {
	int64_t count;
};
struct weir_skip_params {
	int64_t count;
};

struct weir_take_while_params {
	const struct weir_program *when;
	bool inclusive; /* the first that does not hold passes too */
};
struct weir_skip_while_params {
	const struct weir_program *when;
};

/* scan: programs over the output record, whose last fields are the states. */
struct weir_scan_params {
	const struct weir_program *init; /* of nothing: the states as they start */
	const struct weir_program *step; /* of a record with the old states: the same with the new ones */
	struct weir_key key;
	uint32_t max_keys;
	uint8_t keys_full; /* enum weir_keys_full */
};

struct weir_throttle_params {
	uint64_t period_ns;
	struct weir_key key;
	uint32_t max_keys;
	uint8_t keys_full; /* enum weir_keys_full */
};

struct weir_buffer_params {
	uint32_t capacity; /* items */
	uint8_t overflow;  /* enum weir_overflow */
};

struct weir_distinct_until_changed_params {
	const struct weir_values *on; /* NULL: the whole record */
	struct weir_keyed keyed;
};

/* One of delta and percent is not negative. */
struct weir_deadband_params {
	const struct weir_field *field;
	double delta, percent;
	struct weir_keyed keyed;
};

struct weir_pairwise_params {
	struct weir_keyed keyed;
};

/* as: the field of the output that is appended. */
struct weir_with_index_params {
	const struct weir_field *as; /* u64 */
	struct weir_keyed keyed;
};

struct weir_time_interval_params {
	const struct weir_field *as; /* f64, s */
	struct weir_keyed keyed;
};

struct weir_rate_of_change_params {
	const struct weir_field *field;
	const struct weir_field *as; /* f64, a second */
	struct weir_keyed keyed;
};

struct weir_cumulative_to_delta_params {
	const struct weir_field *field;
	const struct weir_field *as; /* of the kind of field */
	struct weir_keyed keyed;
};

struct weir_threshold_params {
	const struct weir_field *field;
	double above, hysteresis;
	const struct weir_field *as; /* bool */
	struct weir_keyed keyed;
};

enum weir_edges { WEIR_EDGES_RISING, WEIR_EDGES_FALLING, WEIR_EDGES_BOTH };
struct weir_edges_params {
	const struct weir_program *when;
	uint8_t edge; /* enum weir_edges */
	struct weir_keyed keyed;
};

struct weir_smooth_params {
	const struct weir_field *field;
	double alpha;
	const struct weir_field *as; /* f64 */
	struct weir_keyed keyed;
};

struct weir_moving_average_params {
	const struct weir_field *field;
	uint32_t count;              /* items */
	const struct weir_field *as; /* f64 */
	struct weir_keyed keyed;
};

struct weir_moving_median_params {
	const struct weir_field *field;
	uint32_t count;              /* items */
	const struct weir_field *as; /* f64 */
	struct weir_keyed keyed;
};

struct weir_sample_params {
	uint64_t period_ns;
	struct weir_keyed keyed;
};

struct weir_debounce_params {
	uint64_t period_ns;
	struct weir_keyed keyed;
};

struct weir_delay_params {
	uint64_t period_ns;
	uint32_t capacity;   /* items */
	struct weir_key key; /* of no consequence: each item waits by itself */
};

struct weir_rate_limit_params {
	uint32_t count; /* items a period */
	uint64_t period_ns;
	uint32_t burst; /* items at most at once; 0: count */
};

struct weir_element_at_params {
	int64_t index; /* from 0 */
};

struct weir_take_last_params {
	uint32_t count; /* items */
};

struct weir_skip_last_params {
	uint32_t count; /* items */
};

struct weir_keep_alive_params {
	uint64_t period_ns;
};

struct weir_start_with_params {
	const void *item; /* a record of the input's type */
};

struct weir_tap_params {
	uint32_t every; /* items */
};

struct weir_route_params {
	const struct weir_program *when;
	uint8_t matching; /* 0: dropped; 1: sent to output 1 */
};

/* One of count and bytes, or both. */
struct weir_batch_params {
	uint32_t count;              /* items; 0: no bound of their number */
	uint32_t bytes;              /* of their records; 0: no bound */
	uint64_t every_ns;           /* 0: however long it takes */
	const struct weir_field *as; /* u64; NULL: none */
};

struct weir_share_params {
	uint32_t history; /* items */
};

struct weir_inbox_params {
	const struct weir_record *record;
	uint32_t capacity; /* items */
	uint8_t overflow;  /* enum weir_overflow */
};

/* One of tumbling_ns, sliding_ns, session_ns and count is set: which one, the type says too. */
struct weir_window_params {
	uint64_t tumbling_ns, sliding_ns, session_ns;
	int64_t every;    /* ns, or less than 0: as many items; 0: not given */
	uint32_t count;   /* items */
	uint32_t samples; /* what emit was made for; 0: none are kept */
	struct weir_key key;
	uint32_t max_keys;
	uint8_t keys_full;             /* enum weir_keys_full */
	uint8_t late;                  /* 0: dropped; 1: sent to output 1 */
	const struct weir_field *time; /* NULL: by the pipeline's clock */
	const struct weir_aggregates *emit;
	uint64_t lateness_ns;
};

struct weir_merge_params {
	uint64_t idle_ns; /* 0: a silent input is waited for */
};

struct weir_merge_sorted_params {
	const struct weir_field *by;
	uint64_t idle_ns; /* 0: a silent input is waited for */
};

struct weir_timeout_params {
	uint64_t period_ns;
};

struct weir_expect_every_params {
	uint64_t period_ns;
};

struct weir_retry_params {
	uint32_t attempts;
	uint64_t backoff_ns, max_backoff_ns;
	uint32_t jitter_percent;
};

struct weir_circuit_breaker_params {
	uint32_t failures; /* in a row that open it */
	uint64_t open_ns;
};

struct weir_flat_map_params {
	uint32_t max_inner; /* slots */
};

struct weir_item_params {
	const struct weir_record *record;
};

struct weir_input_params {
	const char *name;
	const struct weir_record *record;
	uint32_t capacity; /* items */
};

struct weir_output_params {
	const char *name;
	uint32_t capacity; /* items asked for ahead of weir_pull; 0: none */
};

/*
 * What weir_push and weir_pull come to; c is the context of a stage of type input or output. Loop thread, not
 * from inside a callback.
 *
 * weir_input_accept copies up to n records (and their instants; event clock, NULL when the record has a time
 * field) into the port's queue and returns how many; WEIR_ENDED after weir_input_end, WEIR_EBUSY where a channel
 * feeds the port, WEIR_EINVAL without instants where they are needed. The stage must be run afterwards.
 */
int64_t weir_input_accept(struct weir_ctx *c, const void *records, const int64_t *instants, uint32_t n);
/* Accept no more; the port completes behind what it and its channel hold. Idempotent; returns 0. */
int weir_input_end(struct weir_ctx *c);
/*
 * Copy up to n waiting records (and their instants, unless instants is NULL) out, ask for what is missing and
 * return how many were copied; WEIR_ENDED once the stream has ended and everything was taken.
 */
int64_t weir_output_take(struct weir_ctx *c, void *records, int64_t *instants, uint32_t n);

#ifdef __cplusplus
}
#endif
#endif
