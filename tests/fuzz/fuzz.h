/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h -- what a fuzz target is: one file with fuzz_name and LLVMFuzzerTestOneInput.
 *
 * A target looks at the first bytes of an input for how to go about it and works on the rest; every claim is a
 * ck_assert, which here ends the program (check.c). tools/fuzz links it with libFuzzer, `make check` with replay.c,
 * which gives it what lies in tests/fuzz/NAME.corpus.
 */
#ifndef WEIR_TEST_FUZZ_H
#define WEIR_TEST_FUZZ_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

extern const char fuzz_name[];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The rest of an input. */
struct fuzz_input {
	const uint8_t *p;
	size_t left;
};

/* The next byte, 0 behind the last. */
static inline uint8_t fuzz_byte(struct fuzz_input *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->p++;
}

/* A number below n, and the next one, from a seed that is not 0. */
static inline uint32_t fuzz_below(uint64_t *seed, uint32_t n)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (uint32_t)((*seed * UINT64_C(0x2545f4914f6cdd1d) >> 33) % n);
}

#endif
