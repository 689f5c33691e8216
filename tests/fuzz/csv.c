/* SPDX-License-Identifier: MIT */
/*
 * csv.c -- CSV of arbitrary bytes. The input: which record and delimiter, whether there is a header; how to cut; then
 * the text.
 */
#include <weir/codecs.h>

#include "codec.h"

const char fuzz_name[] = "csv";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const delimiters[] = { ",", ";", "\t", ":" };
	static const uint32_t longest[] = { 4096, 64, 16, 65536 };
	struct fuzz_input in = { data, size };
	uint8_t which = fuzz_byte(&in), how = fuzz_byte(&in);
	struct weir_csv_decode_params params = { .delimiter = delimiters[which / 3 % 4],
		.header = which / 12 % 2 != 0,
		.max_line_bytes = longest[which / 24 % 4] };
	struct weir_csv_encode_params encode = { .delimiter = params.delimiter, .header = params.header };
	struct weir_csv_decode_params again = params;
	struct fuzz_codec f = { .decode = &weir_csv_decode_type,
		.encode = &weir_csv_encode_type,
		.params = &params,
		.encode_params = &encode,
		.again_params = &again };

	fuzz_pick_record(&f, which);
	params.record = f.record;
	again.record = f.plain;
	again.max_line_bytes = 65536;
	f.encode_max = (uint32_t)weir_csv_encode_max(f.plain, &encode);
	fuzz_bytes(&f, &in, how);
	return 0;
}
