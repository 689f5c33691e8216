/* SPDX-License-Identifier: MIT */
/*
 * frames.c -- frames of arbitrary bytes. The input: which record, and whether the bytes come as they are or are framed
 * before, for no fuzzer guesses a checksum; how to cut; then the bytes. Framed ones: a byte to change, where, and the
 * records, which need not mean anything.
 */
#include <weir/codecs.h>

#include "codec.h"

const char fuzz_name[] = "frames";

/* Put the records that lie in `in` into frames, change a byte of them and go on with those. */
static void fuzz_framed(const struct fuzz_codec *f, struct fuzz_input *in, uint8_t how)
{
	uint8_t change = fuzz_byte(in), where = fuzz_byte(in);
	struct fuzz_input frames;
	struct codec_bench e;

	fuzz_open(&e, f->encode, NULL, f->record, NULL);
	bench_feed(&e, in->p, in->left / f->record->size, 0, 3);
	if (e.out_items > 0)
		e.out[where * (size_t)7 % e.out_items] ^= (char)change;
	frames = (struct fuzz_input){ (const uint8_t *)e.out, e.out_items };
	fuzz_bytes(f, &frames, how);
	bench_close(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_input in = { data, size };
	uint8_t which = fuzz_byte(&in), how = fuzz_byte(&in);
	struct weir_frames_decode_params params, again;
	struct fuzz_codec f = { .decode = &weir_frames_decode_type,
		.encode = &weir_frames_encode_type,
		.params = &params,
		.again_params = &again };

	fuzz_pick_record(&f, which);
	params.record = f.record;
	again.record = f.plain;
	f.encode_max = (uint32_t)weir_frames_encode_max(f.plain);
	if (which / 3 % 2 == 0)
		fuzz_bytes(&f, &in, how);
	else
		fuzz_framed(&f, &in, how);
	return 0;
}
