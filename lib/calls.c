/* SPDX-License-Identifier: MIT */
/*
 * calls.c -- functions of the application's own over a span (calls.h).
 *
 * A call that nobody can see into costs the most of it; what is left is not to lose anything beside. So the functions
 * are grouped into segments of up to four maps and a filter behind them, which run item by item: the functions stay in
 * registers, and so does the item. The filter's answer moves the end of what was kept on, so nothing is predicted.
 */
#include <weir/calls.h>

#include <string.h>

#include <weir/error.h>

#define MAPS_AT_ONCE 4u

/* What a segment runs over. */
struct piece {
	const struct weir_call *maps; /* n_maps of them, and then the filter if there is one */
	unsigned n_maps;
	const struct weir_call *filter;
	uint32_t n;
};

/*
 * A loop for each number of maps, with and without a filter. Returns how many items stay.
 */
#define EACH(T, keeps, value)                     \
	do {                                      \
		if (keeps == NULL) {              \
			for (; i < n; i++) {      \
				T x = in[i];      \
				out[i] = (value); \
			}                         \
			j = n;                    \
		}                                 \
		for (; i < n; i++) {              \
			T x = in[i];              \
			out[j] = x = (value);     \
			j += keeps(x);            \
		}                                 \
	} while (0)

#define SEGMENT(name, T)                                                                \
	static uint32_t name##_segment(const struct piece *p, const T *in, T *out)      \
	{                                                                               \
		T (*a)(T) = p->n_maps > 0 ? p->maps[0].map_##name : NULL;               \
		T (*b)(T) = p->n_maps > 1 ? p->maps[1].map_##name : NULL;               \
		T (*c)(T) = p->n_maps > 2 ? p->maps[2].map_##name : NULL;               \
		T (*d)(T) = p->n_maps > 3 ? p->maps[3].map_##name : NULL;               \
		bool (*keeps)(T) = p->filter != NULL ? p->filter->filter_##name : NULL; \
		uint32_t i = 0, j = 0, n = p->n;                                        \
                                                                                        \
		switch (p->n_maps) {                                                    \
		case 0:                                                                 \
			EACH(T, keeps, x);                                              \
			break;                                                          \
		case 1:                                                                 \
			EACH(T, keeps, a(x));                                           \
			break;                                                          \
		case 2:                                                                 \
			EACH(T, keeps, b(a(x)));                                        \
			break;                                                          \
		case 3:                                                                 \
			EACH(T, keeps, c(b(a(x))));                                     \
			break;                                                          \
		default:                                                                \
			EACH(T, keeps, d(c(b(a(x)))));                                  \
		}                                                                       \
		return j;                                                               \
	}
SEGMENT(i64, int64_t)
SEGMENT(f64, double)
#undef SEGMENT
#undef EACH

static uint32_t segment(enum weir_call_kind kind, const struct piece *p, const void *in, void *out)
{
	return kind == WEIR_CALL_I64 ? i64_segment(p, in, out) : f64_segment(p, in, out);
}

/* Whole segments over values. */
static uint32_t run_values(
	const struct weir_calls *calls, const void *in, void *out, uint32_t n, uint32_t *dropped)
{
	const struct weir_call *at = calls->list, *end = at + calls->n;

	for (; at < end; in = out) {
		struct piece p = { .maps = at, .n = n };

		while (at < end && !at->filter && p.n_maps < MAPS_AT_ONCE) {
			at++;
			p.n_maps++;
		}
		if (at < end && at->filter)
			p.filter = at++;
		n = segment((enum weir_call_kind)calls->kind, &p, in, out);
		if (p.filter != NULL)
			dropped[p.filter - calls->list] += p.n - n;
	}
	return n;
}

/* One function over the item in place. False: it does not stay. */
static bool call_one(enum weir_call_kind kind, const struct weir_call *c, void *item)
{
	int64_t *i64 = item;
	double *f64 = item;

	if (kind == WEIR_CALL_I64) {
		if (c->filter)
			return c->filter_i64(*i64);
		*i64 = c->map_i64(*i64);
	} else if (kind == WEIR_CALL_F64) {
		if (c->filter)
			return c->filter_f64(*f64);
		*f64 = c->map_f64(*f64);
	} else {
		if (c->filter)
			return c->filter_record(item);
		c->map_record(item);
	}
	return true;
}

int weir_calls_one(const struct weir_program *p, const void *in, void *out)
{
	const struct weir_calls *calls = p->calls;

	if (out != in)
		memcpy(out, in, p->in_size);
	for (unsigned k = 0; k < calls->n; k++)
		if (!call_one((enum weir_call_kind)calls->kind, &calls->list[k], out))
			return (int)k + 1;
	return 0;
}

struct weir_ran weir_calls_run(const struct weir_program *p, const void *in, const int64_t *in_instants,
	uint32_t n, void *out, int64_t *out_instants, uint32_t *dropped)
{
	struct weir_ran ran = { .taken = n };
	const unsigned char *from = in;
	unsigned char *to = out;

	if (p->calls->kind != WEIR_CALL_RECORD && in_instants == NULL) {
		ran.made = run_values(p->calls, in, out, n, dropped);
		return ran;
	}
	for (uint32_t i = 0; i < n; i++, from += p->in_size) {
		int outcome = weir_calls_one(p, from, to);

		if (outcome > 0) {
			dropped[outcome - 1]++;
			continue;
		}
		if (in_instants != NULL)
			out_instants[ran.made] = in_instants[i];
		ran.made++;
		to += p->out_size;
	}
	return ran;
}

int weir_calls_check(const struct weir_place *place, enum weir_call_kind kind, size_t bytes, const char **why)
{
	static const uint8_t kinds[] = { [WEIR_CALL_I64] = WEIR_I64, [WEIR_CALL_F64] = WEIR_F64 };
	const struct weir_record *r = place->in;

	if (kind == WEIR_CALL_RECORD && r->size == bytes)
		return WEIR_OK;
	if (kind != WEIR_CALL_RECORD && r->n_fields == 1 && r->fields[0].kind == kinds[kind] &&
		r->size == bytes)
		return WEIR_OK;
	*why = kind == WEIR_CALL_RECORD ? "its function takes records of another size"
	       : kind == WEIR_CALL_I64  ? "its function takes records of one i64"
					: "its function takes records of one f64";
	return WEIR_ETYPE;
}
