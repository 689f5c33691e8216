/* SPDX-License-Identifier: MIT */
/*
 * binary_decode -- bytes laid out as records to records, checked.
 *
 *	in    01 00 00 00 | 02 00 00 00 | 03 00      of a record {u32}
 *	out   {1}  {2}  error 3:1 at the end
 *
 * Credit  own: asks for bytes, makes at most as many records as there is room for.
 * Memory  sizeof(struct binary_decode) and one record, for one that is cut.
 * Checks  a bool is 0 or 1; a text's length fits and its bytes are UTF-8. Bytes that mean nothing (padding,
 *         behind a text) become zero. Faults count records as lines and bytes in them as columns.
 */
#include <string.h>

#include <weir/codecs.h>

struct binary_decode {
	const struct weir_record *record;
	uint64_t number; /* of the next record, from 1 */
	int64_t time_ns; /* event clock: of the last record made, 0 before the first */
	uint32_t len;    /* bytes of it that came already */
	bool plain;      /* any bytes are a record: nothing in it to check, nothing to clean */
	char message[WEIR_CODEC_MESSAGE_BYTES];
	char carry[];
};

static bool is_plain(const struct weir_record *r)
{
	size_t bytes = 0;

	for (uint16_t i = 0; i < r->n_fields; i++) {
		if (r->fields[i].kind == WEIR_BOOL || r->fields[i].kind == WEIR_TEXT)
			return false;
		bytes += weir_kind_size((enum weir_kind)r->fields[i].kind, 0);
	}
	return bytes == r->size;
}

static enum weir_verdict report(
	struct weir_ctx *c, const struct weir_span *in, const struct weir_text_fault *fault)
{
	const struct binary_decode *d = c->state;
	struct weir_fault f = { .code = fault->code,
		.line = d->number,
		.column = (uint32_t)fault->at + 1,
		.item = d->number,
		.text = fault->text,
		.time_ns = &d->time_ns };

	return weir_fault(c, in, &f);
}

/* Copy the whole records from `from` to `end`, plain ones, for which there is room. Returns their bytes. */
static size_t copy_records(
	struct weir_ctx *c, const char *from, const char *end, struct weir_span *out, uint32_t *made)
{
	struct binary_decode *d = c->state;
	size_t size = d->record->size, n = (size_t)(end - from) / size;

	if (n > out->count - *made)
		n = out->count - *made;
	memcpy((char *)out->items + *made * size, from, n * size);
	weir_codec_note_time(c, from + (n - 1) * size, &d->time_ns);
	*made += (uint32_t)n;
	d->number += n;
	return n * size;
}

/* Make the record at `from`, whole or in the carry. False: it must come again. */
static bool finish_record(
	struct weir_ctx *c, const struct weir_span *in, const char *from, char *record, uint32_t *made)
{
	struct binary_decode *d = c->state;
	struct weir_text_fault fault;

	if (weir_record_from_bytes(d->record, from, record, d->message, &fault) == WEIR_OK) {
		(*made)++;
		weir_codec_note_time(c, record, &d->time_ns);
	} else if (report(c, in, &fault) != WEIR_SKIP) {
		return false;
	}
	d->number++;
	d->len = 0;
	return true;
}

/* The input ended within a record. Where its source was stopped, that is nobody's fault. */
static bool finish_part(struct weir_ctx *c, const struct weir_span *in)
{
	struct binary_decode *d = c->state;
	struct weir_text_fault fault = { WEIR_EPARSE, 0, "the input ends within a record" };

	if (weir_input_stopped(c))
		weir_drop(c, WEIR_DROP_CANCELLED, d->len);
	else if (report(c, in, &fault) != WEIR_SKIP)
		return false;
	d->number++;
	d->len = 0;
	return true;
}

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	struct binary_decode *d = c->state;
	uint32_t size = d->record->size;
	const char *begin = in->count > 0 ? in->items : "", *end = begin + in->count, *p = begin;
	struct weir_moved m = { 0, 0, false };

	while (m.made < out->count && (size_t)(end - p) >= size - d->len) {
		const char *from = p;

		if (d->plain && d->len == 0) {
			p += copy_records(c, p, end, out, &m.made);
			continue;
		}
		if (d->len > 0) {
			memcpy(d->carry + d->len, p, size - d->len);
			from = d->carry;
		}
		m.taken = size - d->len;
		if (!finish_record(c, in, from, (char *)out->items + (size_t)m.made * size, &m.made))
			break;
		p += m.taken;
	}
	if ((size_t)(end - p) < size - d->len) {
		memcpy(d->carry + d->len, p, (size_t)(end - p));
		d->len += (uint32_t)(end - p);
		p = end;
		m.more = last && d->len > 0 && !finish_part(c, in);
	}
	m.taken = (uint32_t)(p - begin);
	return m;
}

static int64_t state_size(const struct weir_place *place)
{
	const struct weir_binary_decode_params *p = place->params;

	if (!weir_is_little_endian())     /* GCOVR_EXCL_BR_LINE: a machine has one order of bytes */
		return WEIR_EUNSUPPORTED; /* GCOVR_EXCL_LINE: not on this machine */
	if (p->record->size == 0)
		return WEIR_EINVAL;
	return (int64_t)(sizeof(struct binary_decode) + p->record->size);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_binary_decode_params *p = place->params;
	struct binary_decode *d = c->state;

	d->record = p->record;
	d->plain = is_plain(p->record);
	d->number = 1;
	return WEIR_OK;
}

static const struct weir_param params[] = {
	WEIR_PARAM(struct weir_binary_decode_params, record, "record", RECORD, .example = "\"reading\"",
		.flags = WEIR_PARAM_REQUIRED, .help = "Record whose bytes come."),
	{ .name = NULL },
};

const struct weir_op_type weir_binary_decode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "binary_decode",
	.summary = WEIR_TEXT("Read records from their bytes."),
	.page = WEIR_PAGE(.emits = "a record for as many bytes", .state = "128, a record"),
	.params_struct = WEIR_TEXT("struct weir_binary_decode_params"),
	.header = WEIR_TEXT("weir/codecs.h"),
	.params = WEIR_TEXT(params),
	.params_size = sizeof(struct weir_binary_decode_params),
	.in = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
