/* SPDX-License-Identifier: MIT */
/*
 * ndjson.c -- JSON lines of arbitrary bytes. The input: which record; how to cut; then the text.
 */
#include <weir/codecs.h>

#include "codec.h"

const char fuzz_name[] = "ndjson";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t longest[] = { 4096, 64, 16, 65536 };
	struct fuzz_input in = { data, size };
	uint8_t which = fuzz_byte(&in), how = fuzz_byte(&in);
	struct weir_ndjson_decode_params params = { .max_line_bytes = longest[which / 3 % 4] };
	struct weir_ndjson_decode_params again = { .max_line_bytes = 65536 };
	struct weir_ndjson_encode_params encode = { .time = WEIR_TIME_RFC3339 };
	struct fuzz_codec f = { .decode = &weir_ndjson_decode_type,
		.encode = &weir_ndjson_encode_type,
		.params = &params,
		.encode_params = &encode,
		.again_params = &again };

	fuzz_pick_record(&f, which);
	params.record = f.record;
	again.record = f.plain;
	f.encode_max = (uint32_t)weir_ndjson_encode_max(f.plain, &encode);
	fuzz_bytes(&f, &in, how);
	return 0;
}
