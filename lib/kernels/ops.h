/* SPDX-License-Identifier: MIT */
/*
 * ops.h -- the one list of what the computing instructions do, one line each.
 *
 * The item interpreter, the kernels of every instruction set and the operand table of the column path are
 * expanded from it. Lines read (opcode, class of the result, classes of the operands x and y, value), and
 * for those that can fault also the WEIR_E... code, 0 when all is well. Classes: I int64_t, U uint64_t,
 * F float, D double, B bool, T text.
 */
#ifndef WEIR_KERNELS_OPS_H
#define WEIR_KERNELS_OPS_H

#include <weir/scalar.h>

/* clang-format off */

#define WEIR_UNARY_OPS(X)                                                                                   \
	X(NEG_F, F, F, weir_neg_f(x))                                                                       \
	X(ABS_F, F, F, weir_abs_f(x))                                                                       \
	X(NEG_D, D, D, weir_neg_d(x))                                                                       \
	X(ABS_D, D, D, weir_abs_d(x))                                                                       \
	X(SQRT_F, F, F, weir_sqrt_f(x))                                                                     \
	X(FLOOR_F, F, F, weir_floor_f(x))                                                                   \
	X(CEIL_F, F, F, weir_ceil_f(x))                                                                     \
	X(ROUND_F, F, F, weir_round_f(x))                                                                   \
	X(SQRT_D, D, D, weir_sqrt_d(x))                                                                     \
	X(FLOOR_D, D, D, weir_floor_d(x))                                                                   \
	X(CEIL_D, D, D, weir_ceil_d(x))                                                                     \
	X(ROUND_D, D, D, weir_round_d(x))                                                                   \
	X(EXP_D, D, D, weir_exp(x))                                                                         \
	X(LOG_D, D, D, weir_log(x))                                                                         \
	X(SIN_D, D, D, weir_sin(x))                                                                         \
	X(COS_D, D, D, weir_cos(x))                                                                         \
	X(ISNAN_F, B, F, x != x)                                                                            \
	X(ISNAN_D, B, D, x != x)                                                                            \
	X(NOT_I, I, I, ~x)                                                                                  \
	X(NOT_U, U, U, ~x)                                                                                  \
	X(NOT_B, B, B, !x)                                                                                  \
	X(I_TO_F, F, I, (float)x)                                                                           \
	X(I_TO_D, D, I, (double)x)                                                                          \
	X(U_TO_F, F, U, (float)x)                                                                           \
	X(U_TO_D, D, U, (double)x)                                                                          \
	X(F_TO_D, D, F, (double)x)                                                                          \
	X(D_TO_F, F, D, (float)x)                                                                           \
	X(B_TO_I, I, B, (int64_t)x)                                                                         \
	X(I_TO_B, B, I, x != 0)                                                                             \
	X(HOUR, I, I, weir_floor_rem(x, WEIR_DAY_NS) / WEIR_HOUR_NS)                                        \
	X(MINUTE, I, I, weir_floor_rem(x, WEIR_HOUR_NS) / WEIR_MINUTE_NS)                                   \
	X(WEEKDAY, I, I, weir_weekday(x))

#define WEIR_UNARY_CHECKED_OPS(X)                                                                           \
	X(NEG_I, I, I, weir_neg_i(x), x == INT64_MIN ? WEIR_EOVERFLOW : 0)                                  \
	X(ABS_I, I, I, (int64_t)weir_magnitude(x), x == INT64_MIN ? WEIR_EOVERFLOW : 0)                     \
	X(I_TO_U, U, I, (uint64_t)x, x < 0 ? WEIR_ECAST : 0)                                                \
	X(U_TO_I, I, U, (int64_t)x, x > INT64_MAX ? WEIR_ECAST : 0)                                         \
	X(F_TO_I, I, F, weir_d_to_i((double)x), weir_fits_i((double)x) ? 0 : WEIR_ECAST)                    \
	X(F_TO_U, U, F, weir_d_to_u((double)x), weir_fits_u((double)x) ? 0 : WEIR_ECAST)                    \
	X(D_TO_I, I, D, weir_d_to_i(x), weir_fits_i(x) ? 0 : WEIR_ECAST)                                    \
	X(D_TO_U, U, D, weir_d_to_u(x), weir_fits_u(x) ? 0 : WEIR_ECAST)

#define WEIR_BINARY_OPS(X)                                                                                  \
	X(MIN_I, I, I, I, x < y ? x : y)                                                                    \
	X(MAX_I, I, I, I, x > y ? x : y)                                                                    \
	X(MIN_U, U, U, U, x < y ? x : y)                                                                    \
	X(MAX_U, U, U, U, x > y ? x : y)                                                                    \
	X(ADD_F, F, F, F, x + y)                                                                            \
	X(SUB_F, F, F, F, x - y)                                                                            \
	X(MUL_F, F, F, F, x * y)                                                                             \
	X(DIV_F, F, F, F, x / y)                                                                            \
	X(MIN_F, F, F, F, weir_min_f(x, y))                                                                 \
	X(MAX_F, F, F, F, weir_max_f(x, y))                                                                 \
	X(ADD_D, D, D, D, x + y)                                                                            \
	X(SUB_D, D, D, D, x - y)                                                                            \
	X(MUL_D, D, D, D, x * y)                                                                             \
	X(DIV_D, D, D, D, x / y)                                                                            \
	X(MIN_D, D, D, D, weir_min_d(x, y))                                                                 \
	X(MAX_D, D, D, D, weir_max_d(x, y))                                                                 \
	X(POW_D, D, D, D, weir_pow(x, y))                                                                   \
	X(AND_I, I, I, I, x & y)                                                                             \
	X(OR_I, I, I, I, x | y)                                                                             \
	X(XOR_I, I, I, I, x ^ y)                                                                            \
	X(AND_U, U, U, U, x & y)                                                                             \
	X(OR_U, U, U, U, x | y)                                                                             \
	X(XOR_U, U, U, U, x ^ y)                                                                            \
	X(EQ_I, B, I, I, x == y)                                                                            \
	X(NE_I, B, I, I, x != y)                                                                            \
	X(LT_I, B, I, I, x < y)                                                                             \
	X(LE_I, B, I, I, x <= y)                                                                            \
	X(LT_U, B, U, U, x < y)                                                                             \
	X(LE_U, B, U, U, x <= y)                                                                            \
	X(EQ_F, B, F, F, x == y)                                                                            \
	X(NE_F, B, F, F, x != y)                                                                            \
	X(LT_F, B, F, F, x < y)                                                                             \
	X(LE_F, B, F, F, x <= y)                                                                            \
	X(EQ_D, B, D, D, x == y)                                                                            \
	X(NE_D, B, D, D, x != y)                                                                            \
	X(LT_D, B, D, D, x < y)                                                                             \
	X(LE_D, B, D, D, x <= y)                                                                            \
	X(EQ_T, B, T, T, weir_text_compare(x, y) == 0)                                                      \
	X(NE_T, B, T, T, weir_text_compare(x, y) != 0)                                                      \
	X(LT_T, B, T, T, weir_text_compare(x, y) < 0)                                                       \
	X(LE_T, B, T, T, weir_text_compare(x, y) <= 0)                                                      \
	X(EQ_B, B, B, B, x == y)                                                                            \
	X(NE_B, B, B, B, x != y)                                                                            \
	X(AND_B, B, B, B, x & y)                                                                             \
	X(OR_B, B, B, B, x | y)

/* The second operand of a shift is looked at as unsigned, so that a negative one is out of range too. */
#define WEIR_BINARY_CHECKED_OPS(X)                                                                          \
	X(ADD_U, U, U, U, x + y, x + y < x ? WEIR_EOVERFLOW : 0)                                            \
	X(SUB_U, U, U, U, x - y, x < y ? WEIR_EOVERFLOW : 0)                                                \
	X(DIV_U, U, U, U, weir_div_u(x, y), y ? 0 : WEIR_EDIVZERO)                                          \
	X(REM_U, U, U, U, weir_rem_u(x, y), y ? 0 : WEIR_EDIVZERO)                                          \
	X(SHL_I, I, I, U, weir_shl_i(x, y & 63), y > 63 ? WEIR_ESHIFT : 0)                                  \
	X(SHR_I, I, I, U, weir_shr_i(x, (unsigned)(y & 63)), y > 63 ? WEIR_ESHIFT : 0)                      \
	X(SHL_U, U, U, U, x << (y & 63), y > 63 ? WEIR_ESHIFT : 0)                                          \
	X(SHR_U, U, U, U, x >> (y & 63), y > 63 ? WEIR_ESHIFT : 0)

/* Those whose kernels are written by hand (integer.h). */
#define WEIR_BINARY_TUNED_OPS(X)                                                                            \
	X(ADD_I, I, I, I, weir_add_i(x, y), weir_add_carry(x, y) < 0 ? WEIR_EOVERFLOW : 0)                  \
	X(SUB_I, I, I, I, weir_sub_i(x, y), weir_sub_carry(x, y) < 0 ? WEIR_EOVERFLOW : 0)                  \
	X(MUL_I, I, I, I, weir_mul_i(x, y), weir_mul_i_fault(x, y))                                         \
	X(DIV_I, I, I, I, weir_div_i(x, y), weir_div_i_fault(x, y))                                         \
	X(REM_I, I, I, I, weir_rem_i(x, y), y == 0 ? WEIR_EDIVZERO : 0)                                     \
	X(MUL_U, U, U, U, x * y, weir_mul_u_fault(x, y))

/* (kind, C type in a record, class of the register, what is stored of a register r, what is loaded of a v) */
#define WEIR_FIELD_OPS(X)                                                                                   \
	X(BOOL, uint8_t, B, r != 0, v != 0)                                                                 \
	X(I8, int8_t, I, r, v)                                                                              \
	X(I16, int16_t, I, r, v)                                                                            \
	X(I32, int32_t, I, r, v)                                                                            \
	X(I64, int64_t, I, r, v)                                                                            \
	X(U8, uint8_t, U, r, v)                                                                             \
	X(U16, uint16_t, U, r, v)                                                                           \
	X(U32, uint32_t, U, r, v)                                                                           \
	X(U64, uint64_t, U, r, v)                                                                           \
	X(F32, float, F, weir_stored_f(r), v)                                                               \
	X(F64, double, D, weir_stored_d(r), v)                                                              \
	X(TIME, int64_t, I, r, v)

/* clang-format on */

#endif
