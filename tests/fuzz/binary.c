/* SPDX-License-Identifier: MIT */
/*
 * binary.c -- records of arbitrary bytes. The input: which record; how to cut; then the bytes.
 */
#include <weir/codecs.h>

#include "codec.h"

const char fuzz_name[] = "binary";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t which = fuzz_byte(&in), how = fuzz_byte(&in);
	struct weir_binary_decode_params params, again;
	struct fuzz_codec f = { .decode = &weir_binary_decode_type,
		.encode = &weir_binary_encode_type,
		.params = &params,
		.again_params = &again };

	fuzz_pick_record(&f, which);
	params.record = f.record;
	again.record = f.plain;
	f.encode_max = (uint32_t)weir_binary_encode_max(f.plain);
	fuzz_bytes(&f, &in, how);
	return 0;
}
