/* SPDX-License-Identifier: MIT */
/* textrig.c -- see textrig.h. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/kernels.h>

#include "support/textrig.h"

#define CANARY_BYTES 64u
#define MOST_ITEMS   4096u

struct textrig textrig;
static int64_t numbers[MOST_ITEMS];
static uint32_t n_numbers;

/* ---- sources of its own ---- */

struct own_params {
	const struct weir_record *record;
	uint32_t fails;
};

struct own {
	int64_t next;
	bool sent;
};

static const struct weir_param own_rows[] = {
	WEIR_PARAM(struct own_params, record, "record", RECORD, .flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct own_params, fails, "fails", U32, .dflt = "0", .max = UINT32_MAX),
	{ .name = NULL },
};

static int64_t own_size(const struct weir_place *place)
{
	(void)place;
	return (int64_t)sizeof(struct own);
}

static int own_open(struct weir_ctx *c)
{
	(void)c;
	textrig.opens++;
	return WEIR_OK;
}

static void own_close(struct weir_ctx *c, bool normal)
{
	(void)c;
	(void)normal;
	textrig.closes++;
}

static int flaky_open(struct weir_ctx *c)
{
	const struct own_params *p = c->params;

	if (textrig.flaky_opens++ < p->fails)
		return WEIR_EIO;
	return own_open(c);
}

static void flaky_run(struct weir_ctx *c)
{
	struct own *s = c->state;
	struct weir_span *span = s->sent ? NULL : weir_reserve(c, 0);
	int64_t attempt = textrig.flaky_opens;

	if (span != NULL) {
		memcpy(span->items, &attempt, sizeof attempt);
		weir_emit(c, 0, 1);
		s->sent = true;
	}
	if (s->sent)
		weir_complete(c);
}

static void endless_run(struct weir_ctx *c)
{
	struct own *s = c->state;
	struct weir_span *span = weir_reserve(c, 0);

	for (uint32_t i = 0; span != NULL && i < span->count; i++) {
		s->next++;
		memcpy((unsigned char *)span->items + i * sizeof s->next, &s->next, sizeof s->next);
	}
	if (span != NULL)
		weir_emit(c, 0, span->count);
}

#define OWN(ident, name_, open_, run_)                                 \
	static const struct weir_op_type ident = { .abi = WEIR_OP_ABI, \
		.flags = WEIR_OP_SOURCE,                               \
		.credit = WEIR_CREDIT_OWN,                             \
		.name = name_,                                         \
		.params_struct = "struct own_params",                  \
		.params = own_rows,                                    \
		.params_size = sizeof(struct own_params),              \
		.state_size = own_size,                                \
		.open = open_,                                         \
		.close = own_close,                                    \
		.run = run_ }
OWN(flaky_type, "flaky", flaky_open, flaky_run);
OWN(endless_type, "endless", own_open, endless_run);
OWN(stuck_type, "stuck", own_open, NULL);

static void nothing(struct weir_ctx *c)
{
	(void)c;
}

static struct weir_op_type stuck; /* an active one that does nothing */

static const struct weir_op_type *const types[] = { &probe_source_type, &probe_lender_type, &probe_sink_type,
	&flaky_type, &endless_type, &stuck, NULL };

/* ---- loading ---- */

static void on_fault(void *arg, const char *line)
{
	(void)arg;
	if (textrig.fault[0] == '\0')
		(void)snprintf(textrig.fault, sizeof textrig.fault, "%s", line);
}

static int load(const char *streams, bool timed)
{
	static char text[16384];
	struct weir_load_options options = { .types = types, .fault = on_fault };
	int n;

	memset(&textrig, 0, sizeof textrig);
	n_numbers = 0;
	stuck = stuck_type;
	stuck.run = nothing;
	probe_reset();
	n = snprintf(text, sizeof text,
		"{\"weir\":1,\"name\":\"t\",\"records\":{\"r\":{\"n\":%s}},\"streams\":%s,\"clock\":\"%s\"}",
		timed ? "{\"type\":\"time\",\"unit\":\"ns\"}" : "\"i64\"", streams,
		timed ? "event" : "monotonic");
	ck_assert(n > 0 && (size_t)n < sizeof text);
	return weir_definition_open_text(&textrig.definition, "t", text, (size_t)n, &options);
}

static void on_report(void *arg, const struct weir_error *error)
{
	(void)arg;
	textrig.reports++;
	textrig.reported = *error;
}

static void open_with(const char *streams, bool timed)
{
	ck_assert_msg(load(streams, timed) == WEIR_OK, "%s", textrig.fault);
	textrig.plan = weir_definition_plan(textrig.definition);
	textrig.size = weir_instance_size(textrig.plan, NULL, NULL);
	textrig.memory = aligned_alloc(64, (textrig.size + CANARY_BYTES + 63u) & ~(size_t)63u);
	ck_assert_ptr_nonnull(textrig.memory);
	memset((unsigned char *)textrig.memory + textrig.size, 0xa5, CANARY_BYTES);
	probe_clock_init(&textrig.clock);
	ck_assert_int_eq(weir_instance_init(&textrig.in, textrig.memory, textrig.size, textrig.plan,
				 &textrig.clock.platform, weir_kernels_pick()),
		WEIR_OK);
	weir_on_item_error(textrig.in, on_report, NULL);
}

void textrig_open(const char *streams)
{
	open_with(streams, false);
}

void textrig_open_timed(const char *streams)
{
	open_with(streams, true);
}

const char *textrig_refused(const char *streams)
{
	ck_assert_int_eq(load(streams, false), WEIR_EINVAL);
	return textrig.fault;
}

void textrig_numbers(uint32_t probe, uint32_t n, int64_t first)
{
	for (uint32_t i = 0; i < n; i++) {
		ck_assert_uint_lt(n_numbers, MOST_ITEMS);
		numbers[n_numbers] = first + i;
		probe_item(probe, &numbers[n_numbers++], first + i);
	}
}

void textrig_failure(uint32_t probe)
{
	probe_mark(probe, WEIR_MARK_ERROR, 0);
}

/* ---- running ---- */

void textrig_start(void)
{
	ck_assert_int_eq(weir_start(textrig.in), WEIR_OK);
}

void textrig_run_until(uint64_t until_ns)
{
	struct probe_clock *clock = &textrig.clock;
	uint64_t turns = 0;

	while (clock->wake_ns <= until_ns && clock->wake_ns != WEIR_NEVER && !weir_ended(textrig.in)) {
		if (clock->wake_ns > clock->now_ns)
			clock->now_ns = clock->wake_ns;
		clock->wake_ns = WEIR_NEVER;
		turns += weir_step(textrig.in, 1);
		probe_check_ledger(textrig.in);
		ck_assert_msg(turns < 1000000, "the pipeline runs in circles");
	}
	if (until_ns != WEIR_NEVER && clock->now_ns < until_ns)
		clock->now_ns = until_ns;
}

void textrig_settle(void)
{
	textrig_run_until(textrig.clock.now_ns);
}

void textrig_run(void)
{
	if (weir_stage_phase(textrig.in, (uint16_t)(textrig.plan->n_stages - 1)) == WEIR_STAGE_NEW)
		textrig_start();
	textrig_run_until(WEIR_NEVER);
}

void textrig_close(void)
{
	const unsigned char *canary = (const unsigned char *)textrig.memory + textrig.size;

	weir_fini(textrig.in);
	probe_check_ledger(textrig.in);
	ck_assert(weir_ended(textrig.in));
	ck_assert_uint_eq(weir_timers_armed(textrig.in), 0);
	ck_assert_uint_eq(textrig.opens, textrig.closes);
	for (size_t i = 0; i < CANARY_BYTES; i++)
		ck_assert_uint_eq(canary[i], 0xa5);
	free(textrig.memory);
	weir_definition_close(textrig.definition);
}

/* ---- what came out ---- */

void textrig_expect(uint32_t probe, uint32_t n, const int64_t *v)
{
	const struct probe_log *log = &probe_logs[probe];

	for (uint32_t i = 0; i < n && i < log->n_items; i++) {
		int64_t got;

		memcpy(&got, log->bytes + i * sizeof got, sizeof got);
		ck_assert_msg(got == v[i], "item %u is %lld, not %lld", i, (long long)got, (long long)v[i]);
	}
	ck_assert_uint_eq(log->n_items, n);
}

uint64_t textrig_dropped(enum weir_drop reason)
{
	uint64_t n = 0;

	for (uint16_t i = 0; i < textrig.plan->n_edges; i++) {
		struct weir_ledger l;

		ck_assert_int_eq(weir_edge_ledger(textrig.in, i, &l), WEIR_OK);
		n += l.dropped[reason];
	}
	return n;
}

enum weir_stage_phase textrig_phase(const char *id)
{
	int i = weir_stage_index(textrig.plan, id);

	ck_assert_msg(i >= 0, "no stage %s", id);
	return weir_stage_phase(textrig.in, (uint16_t)i);
}
