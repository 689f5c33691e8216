/* SPDX-License-Identifier: MIT */
/*
 * frames_decode -- frames (see frames_encode.c) to records, from a line that loses and changes bytes.
 *
 *	in    02 01 01 01 03 74 f2 00 | 02 02 41 00 | 02 03 01 01 03 1c 1f 00
 *	out   {1}  error 2:2  {3}
 *
 * What lies between two 0 bytes is a frame; nothing between them is none. A frame that does not hold together is
 * one item error, and reading goes on behind its 0: so is what was going on when listening began.
 *
 * Credit  own: asks for bytes, makes at most as many records as there is room for.
 * Memory  sizeof(struct frames_decode), a record and its checksum. No text of its own: messages name no field.
 * Checks  stuffing, length, checksum, then what binary_decode checks. Faults count frames as lines and bytes
 *         of them, unstuffed, as columns.
 */
#include <weir/codecs.h>

#define CRC_BYTES  2u
#define BLOCK_FULL 0xffu

struct frames_decode {
	const struct weir_record *record;
	uint64_t number; /* of the next frame, from 1 */
	int64_t time_ns; /* event clock: of the last record made, 0 before the first */
	uint32_t came;   /* bytes of the open frame that were taken */
	uint32_t len;    /* of them unstuffed; one more than a frame has when there are too many */
	uint8_t left;    /* bytes of the open block still to come */
	bool zero_due;   /* a 0 stands before the next block */
	uint8_t frame[]; /* record and checksum */
};

static uint32_t whole(const struct frames_decode *d)
{
	return d->record->size + CRC_BYTES;
}

static void put_byte(struct frames_decode *d, uint8_t byte)
{
	if (d->len < whole(d))
		d->frame[d->len] = byte;
	if (d->len <= whole(d))
		d->len++;
}

/* Unstuff a byte that is not 0. */
static void take_byte(struct frames_decode *d, uint8_t byte)
{
	d->came++;
	if (d->left > 0) {
		put_byte(d, byte);
		d->left--;
		return;
	}
	if (d->zero_due)
		put_byte(d, 0);
	d->left = (uint8_t)(byte - 1);
	d->zero_due = byte != BLOCK_FULL;
}

static void start_frame(struct frames_decode *d)
{
	d->number++;
	d->came = d->len = 0;
	d->left = 0;
	d->zero_due = false;
}

static enum weir_verdict report(
	struct weir_ctx *c, const struct weir_span *in, const struct weir_text_fault *fault)
{
	const struct frames_decode *d = c->state;
	struct weir_fault f = { .code = fault->code,
		.line = d->number,
		.column = (uint32_t)fault->at + 1,
		.item = d->number,
		.text = fault->text,
		.time_ns = &d->time_ns };

	return weir_fault(c, in, &f);
}

/* Read the whole frame. Nothing of it is changed: it may have to be read again. */
static int read_frame(const struct frames_decode *d, char *record, struct weir_text_fault *fault)
{
	uint32_t size = d->record->size;
	const char *text;
	uint16_t crc;

	if (d->len == whole(d) && d->left == 0) {
		crc = (uint16_t)(d->frame[size] | d->frame[size + 1] << 8);
		if (crc == weir_crc16(WEIR_CRC16_INIT, d->frame, size))
			return weir_record_from_bytes(d->record, (const char *)d->frame, record, NULL, fault);
		*fault = (struct weir_text_fault){ WEIR_EPARSE, size, "wrong checksum" };
		return WEIR_EPARSE;
	}
	text = d->len > whole(d) ? "frame too long" : d->left > 0 ? "malformed stuffing" : "frame too short";
	*fault = (struct weir_text_fault){ WEIR_EPARSE, d->len < whole(d) ? d->len : whole(d), text };
	return WEIR_EPARSE;
}

/* Make the record of the open frame, whose 0 has come. False: that must come again. */
static bool finish_frame(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, uint32_t *made)
{
	struct frames_decode *d = c->state;
	char *record = (char *)out->items + (size_t)*made * d->record->size;
	struct weir_text_fault fault;

	if (read_frame(d, record, &fault) == WEIR_OK) {
		(*made)++;
		weir_codec_note_time(c, record, &d->time_ns);
	} else if (report(c, in, &fault) != WEIR_SKIP) {
		return false;
	}
	start_frame(d);
	return true;
}

/* The input ended within a frame. Where its source was stopped, that is nobody's fault. */
static bool finish_part(struct weir_ctx *c, const struct weir_span *in)
{
	struct frames_decode *d = c->state;
	struct weir_text_fault fault = { WEIR_EPARSE, 0, "the input ends within a frame" };

	if (weir_input_stopped(c))
		weir_drop(c, WEIR_DROP_CANCELLED, d->came);
	else if (report(c, in, &fault) != WEIR_SKIP)
		return false;
	start_frame(d);
	return true;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct frames_decode *d = c->state;
	const uint8_t *bytes = in->items;
	struct weir_moved m = { 0, 0, false };

	for (; m.taken < in->count && m.made < out->count; m.taken++) {
		if (bytes[m.taken] != 0)
			take_byte(d, bytes[m.taken]);
		else if (d->came > 0 && !finish_frame(c, in, out, &m.made))
			return m;
	}
	if (m.taken == in->count && last && d->came > 0)
		m.more = !finish_part(c, in);
	return m;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_frames_decode_params *p = place->params;

	if (!weir_is_little_endian())     /* GCOVR_EXCL_BR_LINE: a machine has one order of bytes */
		return WEIR_EUNSUPPORTED; /* GCOVR_EXCL_LINE: not on this machine */
	if (p->record->size == 0)
		return WEIR_EINVAL;
	return (int64_t)(sizeof(struct frames_decode) + p->record->size + CRC_BYTES);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_frames_decode_params *p = place->params;
	struct frames_decode *d = c->state;

	d->record = p->record;
	d->number = 1;
	return WEIR_OK;
}

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_frames_decode_params, record, "record", RECORD, .example = "\"reading\"",
		.flags = WEIR_PARAM_REQUIRED, .help = "Record that a frame holds."),
	{ .name = NULL },
};

const struct weir_op_type weir_frames_decode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "frames_decode",
	.summary = WEIR_TEXT("Read records from checked frames of a serial line."),
	.page = WEIR_PAGE(.emits = "a record for each frame that is sound",
		.state = "40, a record and its checksum"),
	.params_struct = WEIR_TEXT("struct weir_frames_decode_params"),
	.header = WEIR_TEXT("weir/codecs.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_frames_decode_params),
	.in = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
