/* SPDX-License-Identifier: MIT */
/*
 * native.h -- the fields of records, for programs that were compiled to C (weir_native_fn). Freestanding.
 *
 * A record may lie over another one of a different struct (program.h, in_place), so its fields are copied, which
 * compilers make a plain load or store of.
 */
#ifndef WEIR_NATIVE_H
#define WEIR_NATIVE_H

#include <weir/program.h>
#include <weir/scalar.h>

#ifdef __cplusplus
extern "C" {
#endif

/* weir_get_i16(record + offset), weir_put_i16(record + offset, value) and so on. */
#define WEIR_NATIVE_FIELD(name, type)                                        \
	static inline type weir_get_##name(const unsigned char *field)       \
	{                                                                    \
		type value;                                                  \
                                                                             \
		weir_memcpy(&value, field, sizeof value);                    \
		return value;                                                \
	}                                                                    \
	static inline void weir_put_##name(unsigned char *field, type value) \
	{                                                                    \
		weir_memcpy(field, &value, sizeof value);                    \
	}

WEIR_NATIVE_FIELD(i8, int8_t)
WEIR_NATIVE_FIELD(i16, int16_t)
WEIR_NATIVE_FIELD(i32, int32_t)
WEIR_NATIVE_FIELD(i64, int64_t)
WEIR_NATIVE_FIELD(u8, uint8_t)
WEIR_NATIVE_FIELD(u16, uint16_t)
WEIR_NATIVE_FIELD(u32, uint32_t)
WEIR_NATIVE_FIELD(u64, uint64_t)
WEIR_NATIVE_FIELD(f32, float)
WEIR_NATIVE_FIELD(f64, double)

#undef WEIR_NATIVE_FIELD

#ifdef __cplusplus
}
#endif
#endif
