/* SPDX-License-Identifier: MIT */
/* joint.c -- putting records of several inputs side by side (joint.h). */
#include <string.h>

#include <weir/config.h>
#include <weir/engine.h>
#include <weir/joint.h>

static const struct weir_record *record_of(const struct weir_ctx *c, uint16_t port)
{
	const struct weir_plan *plan = weir_plan_of(c->instance);

	return plan->records[plan->edges[plan->inputs[c->def->first_in + port]].record];
}

uint32_t weir_joint_item_bytes(const struct weir_ctx *c, uint16_t port)
{
	return record_of(c, port)->size;
}

size_t weir_joint_size(const struct weir_place *place)
{
	return place->out->n_fields * sizeof(struct weir_joint_piece);
}

/* Field f of input `port` lies at `to` in the joint record: lengthen the last piece, or begin another. */
static void add(struct weir_joint *j, uint16_t port, const struct weir_field *f, uint16_t to)
{
	size_t bytes = weir_kind_size((enum weir_kind)f->kind, f->text_max);
	struct weir_joint_piece *last = j->n_pieces > 0 ? &j->pieces[j->n_pieces - 1] : NULL;

	if (last == NULL || last->port != port || to - last->to != f->offset - last->from) {
		last = &j->pieces[j->n_pieces++];
		*last = (struct weir_joint_piece){ .from = f->offset, .to = to, .port = port };
	}
	last->bytes = (uint16_t)(f->offset - last->from + bytes); /* what lies between is zero in both */
}

int weir_joint_init(struct weir_ctx *c, struct weir_joint *j, void *memory, const struct weir_place *place)
{
	uint16_t next = 0;

	j->pieces = memory;
	j->n_pieces = 0;
	j->size = place->out->size;
	for (uint16_t port = 0; port < place->n_in; port++) {
		const struct weir_record *r = record_of(c, port);

		if (r->n_fields > place->out->n_fields - next)
			return WEIR_EINVAL;
		for (uint16_t i = 0; i < r->n_fields; i++) {
			const struct weir_field *to = &place->out->fields[next++], *from = &r->fields[i];

			if (to->kind != from->kind || to->text_max != from->text_max)
				return WEIR_EINVAL;
			add(j, port, from, to->offset);
		}
	}
	return next == place->out->n_fields ? WEIR_OK : WEIR_EINVAL;
}

/* Of n records, four at a time; a size that the compiler knows is a load and a store, not a call. */
static inline void put_each(unsigned char *to, size_t to_bytes, const unsigned char *from, size_t from_bytes,
	uint32_t n, size_t size)
{
	for (; n >= 4; n -= 4, from += 4 * from_bytes, to += 4 * to_bytes) {
		memcpy(to, from, size);
		memcpy(to + to_bytes, from + from_bytes, size);
		memcpy(to + 2 * to_bytes, from + 2 * from_bytes, size);
		memcpy(to + 3 * to_bytes, from + 3 * from_bytes, size);
	}
	for (; n > 0; n--, from += from_bytes, to += to_bytes)
		memcpy(to, from, size);
}

static void put_piece(const struct weir_joint_piece *p, const unsigned char *from, uint32_t from_bytes,
	uint32_t n, unsigned char *to, uint32_t to_bytes)
{
	from += p->from;
	to += p->to;
	switch (p->bytes) {
	case 4:
		put_each(to, to_bytes, from, from_bytes, n, 4);
		break;
	case 8:
		put_each(to, to_bytes, from, from_bytes, n, 8);
		break;
	case 16:
		put_each(to, to_bytes, from, from_bytes, n, 16);
		break;
	default:
		put_each(to, to_bytes, from, from_bytes, n, p->bytes);
	}
}

/* Whether a piece is one of two numbers of 64 bits, and all that its input has. */
static bool is_half(const struct weir_joint *j, const struct weir_joint_piece *p, uint32_t item_bytes)
{
	return j->size == 2 * sizeof(int64_t) && p->bytes == sizeof(int64_t) && item_bytes == sizeof(int64_t);
}

void weir_joint_put(const struct weir_joint *j, const struct weir_kernels *kernels, uint16_t port,
	const void *items, uint32_t item_bytes, uint32_t n, void *joined)
{
	for (uint16_t i = 0; i < j->n_pieces; i++) {
		const struct weir_joint_piece *p = &j->pieces[i];

		if (p->port != port)
			continue;
		if (WEIR_WITH_INTERPRETER && kernels != NULL && is_half(j, p, item_bytes))
			kernels->spread_i64(joined, p->to / sizeof(int64_t), items, n);
		else
			put_piece(p, items, item_bytes, n, joined, j->size);
	}
}
