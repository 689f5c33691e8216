/* SPDX-License-Identifier: MIT */
/*
 * frames_encode -- records to frames, for a line that loses and changes bytes.
 *
 *	in    {1}  {2}                                        of a record {u32}
 *	out   02 01 01 01 03 74 f2 00 | 02 02 01 01 03 a8 69 00
 *
 * A frame is the record's bytes as in format binary and their checksum (weir_crc16), low byte first, stuffed so
 * that no byte of them is 0, and a 0. Whoever listens finds the next frame behind the next 0, whatever he missed.
 * Stuffing is COBS: blocks of a byte n, from 1 to 255, and n - 1 bytes that are not 0; a 0 follows each block but
 * the last and those of n = 255. Source: Cheshire and Baker, "Consistent Overhead Byte Stuffing", IEEE/ACM
 * Transactions on Networking 7 (2), 1999.
 *
 * Credit  own: takes a record when the longest frame still fits (weir_frames_encode_max).
 * Memory  sizeof(struct frames_encode).
 */
#include <weir/codecs.h>

#define CRC_BYTES  2u
#define BLOCK_FULL 0xffu

struct frames_encode {
	uint32_t record_bytes, frame_max;
};

/* A frame being written. */
struct frame {
	uint8_t *p;    /* behind what is written */
	uint8_t *head; /* of the open block: its n so far */
};

static void open_block(struct frame *f)
{
	f->head = f->p++;
	*f->head = 1;
}

static void put_bytes(struct frame *f, const uint8_t *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (*f->head == BLOCK_FULL)
			open_block(f);
		if (bytes[i] == 0) {
			open_block(f);
		} else {
			*f->p++ = bytes[i];
			(*f->head)++;
		}
	}
}

/* Returns the bytes written. */
static uint32_t put_frame(const uint8_t *record, uint32_t record_bytes, uint8_t *to)
{
	uint16_t crc = weir_crc16(WEIR_CRC16_INIT, record, record_bytes);
	uint8_t check[CRC_BYTES] = { (uint8_t)crc, (uint8_t)(crc >> 8) };
	struct frame f = { .p = to };

	open_block(&f);
	put_bytes(&f, record, record_bytes);
	put_bytes(&f, check, CRC_BYTES);
	*f.p++ = 0;
	return (uint32_t)(f.p - to);
}

/* A block's n for every 254 bytes begun, and the 0. No division: small machines have none. */
static uint32_t frame_max(uint32_t record_bytes)
{
	uint32_t n = record_bytes + CRC_BYTES, max = n + 2;

	for (; n >= BLOCK_FULL; n -= BLOCK_FULL - 1)
		max++;
	return max;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	const struct frames_encode *e = c->state;
	const uint8_t *record = in->items;
	uint8_t *to = out->items;
	struct weir_moved m = { 0, 0, false };

	while (m.taken < in->count && out->count - m.made >= e->frame_max) {
		m.made += put_frame(record, e->record_bytes, to + m.made);
		record += e->record_bytes;
		m.taken++;
	}
	m.more = last && m.taken < in->count;
	return m;
}

size_t weir_frames_encode_max(const struct weir_record *record)
{
	return frame_max(record->size);
}

static int64_t state_size(const struct weir_place *place)
{
	if (!weir_is_little_endian())     /* GCOVR_EXCL_BR_LINE: a machine has one order of bytes */
		return WEIR_EUNSUPPORTED; /* GCOVR_EXCL_LINE: not on this machine */
	if (place->in->size == 0)
		return WEIR_EINVAL;
	if (place->out_cap < weir_frames_encode_max(place->in))
		return WEIR_ENOSPC; /* it would wait for ever */
	return (int64_t)sizeof(struct frames_encode);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct frames_encode *e = c->state;

	e->record_bytes = place->in->size;
	e->frame_max = frame_max(e->record_bytes);
	return WEIR_OK;
}

const struct weir_op_type weir_frames_encode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "frames_encode",
	.summary = WEIR_TEXT("Write records as checked frames for a serial line."),
	.page = WEIR_PAGE(.emits = "a frame for each record", .state = "a few words"),
	.out = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
