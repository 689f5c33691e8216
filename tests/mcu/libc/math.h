/* SPDX-License-Identifier: MIT */
/* math.h -- for tests: what the compiler knows by itself. */
#ifndef WEIR_MCU_MATH_H
#define WEIR_MCU_MATH_H

#define NAN         __builtin_nanf("")
#define INFINITY    __builtin_inff()
#define isnan(x)    __builtin_isnan(x)
#define isinf(x)    __builtin_isinf(x)
#define isfinite(x) __builtin_isfinite(x)
#define signbit(x)  __builtin_signbit(x)
#define fabs(x)     __builtin_fabs(x)

#endif
