/* SPDX-License-Identifier: MIT */
/*
 * binary_encode -- records to their bytes, little endian.
 *
 *	in    {1}  {2}                               of a record {u32}
 *	out   01 00 00 00 | 02 00 00 00
 *
 * Credit  own: takes as many records as there is room for whole.
 * Memory  sizeof(struct binary_encode).
 */
#include <string.h>

#include <weir/codecs.h>

struct binary_encode {
	uint32_t record_bytes;
};

static struct weir_moved process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	const struct binary_encode *e = c->state;
	uint32_t n = out->count / e->record_bytes;
	struct weir_moved m;

	if (n > in->count)
		n = in->count;
	if (n > 0)
		memcpy(out->items, in->items, (size_t)n * e->record_bytes);
	m.taken = n;
	m.made = n * e->record_bytes;
	m.more = last && n < in->count;
	return m;
}

size_t weir_binary_encode_max(const struct weir_record *record)
{
	return record->size;
}

static int64_t state_size(const struct weir_place *place)
{
	if (!weir_is_little_endian())     /* GCOVR_EXCL_BR_LINE: a machine has one order of bytes */
		return WEIR_EUNSUPPORTED; /* GCOVR_EXCL_LINE: not on this machine */
	if (place->in->size == 0)
		return WEIR_EINVAL;
	if (place->out_cap < place->in->size)
		return WEIR_ENOSPC; /* it would wait for ever */
	return (int64_t)sizeof(struct binary_encode);
}

static int init(struct weir_ctx *c, const struct weir_place *place)
{
	struct binary_encode *e = c->state;

	e->record_bytes = place->in->size;
	return WEIR_OK;
}

const struct weir_op_type weir_binary_encode_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_INTERNAL,
	.credit = WEIR_CREDIT_OWN,
	.name = "binary_encode",
	.summary = WEIR_TEXT("Write records as their bytes."),
	.page = WEIR_PAGE(.emits = "the bytes of each record", .state = "a few words"),
	.out = &weir_bytes_record,
	.state_size = WEIR_SIZE(state_size),
	.init = init,
	.process = process,
};
