/* SPDX-License-Identifier: MIT */
/* inttypes.h -- for tests. */
#ifndef WEIR_MCU_INTTYPES_H
#define WEIR_MCU_INTTYPES_H

#include <stdint.h>

#define PRId32 "ld"
#define PRIu32 "lu"
#define PRIx32 "lx"
#define PRId64 "lld"
#define PRIu64 "llu"
#define PRIx64 "llx"

#endif
