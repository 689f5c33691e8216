/* SPDX-License-Identifier: MIT */
/*
 * calls.h -- stages that are one C function of the application's own, called with each item.
 *
 *	static int64_t triple(int64_t x) { return x * 3 + 1; }
 *	static bool odd(int64_t x) { return (x & 1) == 1; }
 *
 *	WEIR_MAP_I64(triple)		defines triple_type, an operator called "triple"
 *	WEIR_FILTER_I64(odd)
 *	...
 *	weir_build_stage(b, "s", &triple_type);
 *
 * They are operators like any other: given to the builder, to a chain, or by load.h to a definition by name. Neighbours
 * of one kind are fused: an item goes through up to four functions while it is in a register, and what a filter
 * keeps is closed up without a branch. The functions are called once for each item, in order, and must not call weir;
 * what needs a state, parameters or errors of its own is an operator of another kind (op.h). A plan with such stages is
 * not printed as C. Loop thread.
 */
#ifndef WEIR_CALLS_H
#define WEIR_CALLS_H

#include <weir/op.h>
#include <weir/program.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a function is given: the value of records of one i64 or f64 field, or the record where it lies. */
enum weir_call_kind { WEIR_CALL_I64, WEIR_CALL_F64, WEIR_CALL_RECORD };

/* One function: a map, or a filter that says which items stay. */
struct weir_call {
	bool filter;
	union {
		int64_t (*map_i64)(int64_t value);
		bool (*filter_i64)(int64_t value);
		double (*map_f64)(double value);
		bool (*filter_f64)(double value);
		void (*map_record)(void *record);
		bool (*filter_record)(const void *record);
	};
};

/* The functions of a stage, or of several that were fused, in order. */
struct weir_calls {
	uint8_t kind; /* enum weir_call_kind */
	uint8_t n;
	const struct weir_call *list;
};

/* As weir_program_run, for a program with calls: no item of it faults. */
struct weir_ran weir_calls_run(const struct weir_program *p, const void *in, const int64_t *in_instants,
	uint32_t n, void *out, int64_t *out_instants, uint32_t *dropped);
/* As a weir_native_fn. */
int weir_calls_one(const struct weir_program *p, const void *in, void *out);
/* op.h, check: whether the input's record is of the kind, and of `bytes` bytes. */
int weir_calls_check(
	const struct weir_place *place, enum weir_call_kind kind, size_t bytes, const char **why);

#define WEIR_CALL_TYPE(fn, kind_, member_, bytes, filter_, drops_)                                 \
	static const struct weir_program *fn##_program(const void *params)                         \
	{                                                                                          \
		static const struct weir_call call = { .filter = (filter_), { .member_ = (fn) } }; \
		static const struct weir_calls calls = { .kind = (kind_), .n = 1, .list = &call }; \
		static const struct weir_program program = { .in_size = (bytes),                   \
			.out_size = (bytes),                                                       \
			.n_segments = 1,                                                           \
			.in_place = true,                                                          \
			.filters = (filter_),                                                      \
			.is_calls = true,                                                          \
			.calls = &calls };                                                         \
                                                                                                   \
		(void)params;                                                                      \
		return &program;                                                                   \
	}                                                                                          \
	static int fn##_check(const struct weir_place *place, const char **why)                    \
	{                                                                                          \
		return weir_calls_check(place, (kind_), (bytes), why);                             \
	}                                                                                          \
	static const struct weir_op_type fn##_type = { .abi = WEIR_OP_ABI,                         \
		.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,                                        \
		.credit = WEIR_CREDIT_PASS,                                                        \
		.drops = (drops_),                                                                 \
		.name = #fn,                                                                       \
		.summary = "A function of the application's own.",                                 \
		.check = fn##_check,                                                               \
		.as_program = fn##_program };

/* int64_t fn(int64_t) or bool fn(int64_t), over records of one i64. */
#define WEIR_MAP_I64(fn) WEIR_CALL_TYPE(fn, WEIR_CALL_I64, map_i64, sizeof(int64_t), false, 0)
#define WEIR_FILTER_I64(fn) \
	WEIR_CALL_TYPE(fn, WEIR_CALL_I64, filter_i64, sizeof(int64_t), true, WEIR_DROPS_BIT(FILTERED))
/* double fn(double) or bool fn(double), over records of one f64. */
#define WEIR_MAP_F64(fn) WEIR_CALL_TYPE(fn, WEIR_CALL_F64, map_f64, sizeof(double), false, 0)
#define WEIR_FILTER_F64(fn) \
	WEIR_CALL_TYPE(fn, WEIR_CALL_F64, filter_f64, sizeof(double), true, WEIR_DROPS_BIT(FILTERED))
/* void fn(void *), which changes the record, or bool fn(const void *), over records of so many bytes. */
#define WEIR_MAP_RECORD(fn, bytes) WEIR_CALL_TYPE(fn, WEIR_CALL_RECORD, map_record, bytes, false, 0)
#define WEIR_FILTER_RECORD(fn, bytes) \
	WEIR_CALL_TYPE(fn, WEIR_CALL_RECORD, filter_record, bytes, true, WEIR_DROPS_BIT(FILTERED))

#ifdef __cplusplus
}
#endif
#endif
