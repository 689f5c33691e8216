/* SPDX-License-Identifier: MIT */
/* oracle_wait.c -- operators that hold records until their time has come, as functions from list to list (oracle.h). */
#include <string.h>

#include <weir/error.h>

#include "oracle.h"

#define KEYS 256u

/* Rows that wait, those that came first at the front. */
struct waiting {
	const struct sim_row *rows[KEYS];
	int64_t due_ns[KEYS];
	uint32_t n;
	uint32_t key[4], n_key;
};

typedef int64_t due_fn(int64_t time_ns, int64_t period_ns);

static int64_t due_of_sample(int64_t time_ns, int64_t period_ns)
{
	int64_t k = time_ns / period_ns - (time_ns % period_ns < 0);

	return k >= INT64_MAX / period_ns ? INT64_MAX : (k + 1) * period_ns;
}

static int64_t due_of_debounce(int64_t time_ns, int64_t period_ns)
{
	return time_ns > INT64_MAX - period_ns ? INT64_MAX : time_ns + period_ns;
}

static void take_out(struct waiting *w, uint32_t i)
{
	w->n--;
	memmove(&w->rows[i], &w->rows[i + 1], (w->n - i) * sizeof w->rows[0]);
	memmove(&w->due_ns[i], &w->due_ns[i + 1], (w->n - i) * sizeof w->due_ns[0]);
}

/* Let the first go, and those behind it, as long as they are due. */
static void let_out(struct sim_oracle *o, struct sim_list *out, struct waiting *w, int64_t time_ns)
{
	while (w->n > 0 && w->due_ns[0] <= time_ns) {
		sim_list_add(o, out, w->rows[0]);
		take_out(w, 0);
	}
}

/* The place of the row's key, or of none. */
static uint32_t place_of(const struct waiting *w, const struct sim_row *row)
{
	uint32_t i = 0;

	while (i < w->n && !sim_same_key(w->rows[i], row, w->key, w->n_key))
		i++;
	return i;
}

static void list_waiting(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out, due_fn *due)
{
	int64_t period_ns = (int64_t)sim_number_of(o->stage, "period", 1), time_ns = INT64_MIN;
	const char *full = sim_param_text(o->stage, "keys_full");
	bool evicts = full != NULL && strcmp(full, "evict_oldest") == 0;
	struct waiting *w = sim_pool_get(o->pool, sizeof *w);
	uint32_t most;

	w->n_key = sim_key_of(o->stage, &in->names, w->key, 4);
	most = w->n_key == 0 ? 1 : (uint32_t)sim_number_of(o->stage, "max_keys", 256);
	/* Marks bring time too, when they come. */
	o->gave_up = in->known != SIM_KNOWN || in->cut || in->marked || !in->timed || most > KEYS;
	for (uint32_t i = 0; i < in->n && !o->gave_up; i++) {
		const struct sim_row *row = in->rows[i];
		uint32_t at;

		o->gave_up = row->any_time;
		time_ns = row->time_ns > time_ns ? row->time_ns : time_ns;
		let_out(o, out, w, time_ns);
		at = place_of(w, row);
		if (at == w->n && w->n == most) {
			if (!evicts && !sim_list_fault(o, in, i, WEIR_EKEYS, out))
				return;
			if (!evicts)
				continue;
			sim_list_add(o, out, w->rows[0]);
			at = 0;
		}
		if (at < w->n)
			take_out(w, at);
		w->rows[w->n] = row;
		w->due_ns[w->n++] = due(time_ns, period_ns);
	}
	if (in->end == SIM_END_COMPLETE)
		let_out(o, out, w, INT64_MAX);
}

static void list_sample(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	list_waiting(o, in, out, due_of_sample);
}

static void list_debounce(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	list_waiting(o, in, out, due_of_debounce);
}

/* All come out, if it is never full and ends well. */
static void list_delay(struct sim_oracle *o, const struct sim_list *in, struct sim_list *out)
{
	o->gave_up = in->cut || in->end != SIM_END_COMPLETE ||
		     (in->timed && in->n > sim_number_of(o->stage, "capacity", 256));
	for (uint32_t i = 0; i < in->n; i++)
		sim_list_add(o, out, in->rows[i]);
}

sim_list_fn *sim_wait_function(const char *operator)
{
	static const struct {
		const char *name;
		sim_list_fn *fn;
	} functions[] = {
		{ "sample", list_sample },
		{ "debounce", list_debounce },
		{ "delay", list_delay },
	};

	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
		if (strcmp(functions[i].name, operator) == 0)
			return functions[i].fn;
	return NULL;
}
