/* SPDX-License-Identifier: MIT */
/* bench.c -- see bench.h. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weir/connectors.h>
#include <weir/kernels.h>
#include <weir/operators.h>

#include "bench_line.h"
#include "bench_text.h"
#include "support/probe.h"

#define GUARD_BYTES  16u
#define GUARD        0x5a
#define CASE_BYTES   65536u
#define TICKS        12u  /* after which a hot source is drained */
#define JUMPS_MAX    500u /* deadlines waited for at most */
#define JOINS_MAX    24u /* of stages that are started again, for ever where items come before each failure */
#define DIR_TEMPLATE "/tmp/weir-rules-XXXXXX"

static const struct weir_op_type *const own_types[] = { &weir_from_publisher_type,
	&weir_from_byte_publisher_type, &weir_to_subscriber_type, NULL };

/* ---- what a publisher sends ---- */

static struct reading readings[BENCH_ITEMS];

static void make_readings(void)
{
	memset(readings, 0, sizeof readings);
	for (uint32_t i = 0; i < BENCH_ITEMS; i++) {
		struct reading *r = &readings[i];

		r->id = i + 1;
		r->at = (INT64_C(1700000000) + i * 5) * 1000000000;
		r->rel = i;
		r->node = (uint8_t)(i % 3);
		r->temp = 18.0F + (float)(i * 5 % 7);
		r->rh = 42.0F + (float)(i * 3 % 11);
		r->light1 = (float)i / 4;
		r->light2 = 100.0F - (float)i;
		r->occupants = (uint8_t)(i % 4);
		r->door = i % 2 != 0;
	}
}

/* All of it as text: what byte streams carry. */
static uint32_t make_lines(char *text, uint32_t room)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < BENCH_ITEMS; i++)
		n += (uint32_t)snprintf(text + n, room - n, "%u,%u,%.1f\n", readings[i].id, readings[i].node,
			(double)readings[i].temp);
	return n;
}

static int start_text(struct bench *b, const char *text);

/* What the encoder of a format makes of the readings. */
static uint32_t encode(const char *format, unsigned char *bytes)
{
	static struct bench b;
	char text[BENCH_TEXT_MAX];
	const struct weir_op_type *const *t = weir_operator_types;
	char name[48];

	(void)snprintf(name, sizeof name, "%s_encode", format);
	while (*t != NULL && strcmp((*t)->name, name) != 0)
		t++;
	ck_assert_msg(*t != NULL, "there is a %s_decode, but no %s", format, name);
	b = (struct bench){ .type = *t, .times = 1 };
	bench_text(text, &b, 0);
	ck_assert_int_eq(start_text(&b, text), WEIR_OK);
	b.n_items = BENCH_ITEMS;
	feeder_init(&b.feeders[0], readings, sizeof *readings, BENCH_ITEMS);
	watcher_init(&b.watchers[0], 1);
	b.watchers[0].first = UINT32_MAX;
	bench_join(&b);
	bench_play(&b);
	ck_assert(b.watchers[0].ended && b.watchers[0].n_items <= CASE_BYTES);
	memcpy(bytes, b.watchers[0].bytes, b.watchers[0].n_items);
	weir_fini(b.in);
	free(b.memory);
	weir_definition_close(b.definition);
	return (uint32_t)b.watchers[0].n_items;
}

/* The script of this component: records, text, or what its format's encoder wrote. */
static void choose_items(struct bench *b)
{
	static unsigned char bytes[CASE_BYTES];
	bool decodes = is_codec(b->type) && b->type->in == &weir_bytes_record;
	bool raw = !is_codec(b->type) &&
		   (b->type->in == &weir_bytes_record || b->type->out == &weir_bytes_record);

	b->items = (const unsigned char *)readings;
	b->item_bytes = sizeof *readings;
	b->n_items = BENCH_ITEMS;
	if (decodes || raw) {
		b->n_items = decodes ? encode(bench_format(b->type), bytes)
				     : make_lines((char *)bytes, sizeof bytes);
		b->items = bytes;
		b->item_bytes = 1;
	}
	b->n_items = b->empty ? 0 : b->n_items;
}

/* ---- files ---- */

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 64; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void write_file(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

static char dir[] = DIR_TEMPLATE;

/* Files, or another end, for what has a path, and in the place of stdin and stdout. */
/* Of the file or socket it names; NULL: it names none. */
static const char *path_of(const struct weir_op_type *t)
{
	if (!has_path(t))
		return NULL;
	return is_sink(t) ? bench_out_path : bench_in_path;
}

static void open_files(struct bench *b)
{
	int fd;

	line_free_address(bench_address, sizeof bench_address);
	memcpy(dir, DIR_TEMPLATE, sizeof dir);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	(void)snprintf(bench_in_path, sizeof dir + 8, "%s/in", dir);
	(void)snprintf(bench_out_path, sizeof dir + 8, "%s/out", dir);
	if (b->missing) {
		(void)snprintf(bench_out_path, sizeof dir + 16, "%s/none/out", dir);
		return;
	}
	if (is_line(b->type))
		line_open(bench_address, sizeof bench_address, path_of(b->type), b->items,
			is_sink(b->type) ? 0 : b->n_items * b->item_bytes);
	else if (is_hot(b->type))
		write_file(bench_in_path, "1.5 2 3\n", 8);
	else
		write_file(bench_in_path, b->items, b->n_items * b->item_bytes);
	b->saved_in = dup(0);
	b->saved_out = dup(1);
	fd = open(is_line(b->type) ? "/dev/null" : bench_in_path, O_RDONLY);
	ck_assert_int_eq(dup2(fd, 0), 0);
	close(fd);
	fd = open("/dev/null", O_WRONLY);
	ck_assert_int_eq(dup2(fd, 1), 1);
	close(fd);
}

static void close_files(struct bench *b)
{
	if (is_line(b->type) && !b->missing)
		line_close();
	if (!b->missing) {
		ck_assert_int_eq(dup2(b->saved_in, 0), 0);
		ck_assert_int_eq(dup2(b->saved_out, 1), 1);
		close(b->saved_in);
		close(b->saved_out);
	}
	(void)unlink(bench_in_path);
	(void)unlink(bench_out_path);
	ck_assert_msg(rmdir(dir) == 0, "a temporary file is left in %s", dir);
}

/* ---- opening ---- */

static void tell(void *arg, const char *line)
{
	(void)snprintf(arg, BENCH_TEXT_MAX, "%s", line);
}

static int start_text(struct bench *b, const char *text)
{
	char told[BENCH_TEXT_MAX] = "";
	struct weir_load_options options = { .types = own_types, .fault = tell, .fault_arg = told };
	const struct weir_plan *plan;
	int rc = weir_definition_open_text(&b->definition, "bench", text, strlen(text), &options);

	if (rc < 0)
		return rc;
	plan = weir_definition_plan(b->definition);
	b->size = weir_instance_size(plan, NULL, NULL);
	b->memory = aligned_alloc(64, (b->size + GUARD_BYTES + 63) / 64 * 64);
	ck_assert_ptr_nonnull(b->memory);
	memset(b->memory + b->size, GUARD, GUARD_BYTES);
	weir_hand_init(&b->hand);
	if (is_line(b->type) || is_datagrams(b->type))
		b->hand.platform.type = line_platform(b->hand.platform.type, is_line(b->type));
	b->hand.turns_at_once = b->by_hand ? 0 : UINT32_MAX;
	ck_assert_int_eq(
		weir_instance_init(&b->in, b->memory, b->size, plan, &b->hand.platform, weir_kernels_pick()),
		WEIR_OK);
	b->n_feeders = b->n_watchers = 0;
	for (unsigned k = 0; k < BENCH_PEERS; k++) {
		char id[8];
		int stage;

		(void)snprintf(id, sizeof id, "from%u", k);
		stage = weir_stage_index(plan, id);
		if (stage >= 0)
			b->from[b->n_feeders++] = (uint16_t)stage;
		(void)snprintf(id, sizeof id, "to%u", k);
		stage = weir_stage_index(plan, id);
		if (stage >= 0)
			b->to[b->n_watchers++] = (uint16_t)stage;
	}
	b->op = (uint16_t)(weir_stage_index(plan, "op") >= 0 ? weir_stage_index(plan, "op") : 0);
	b->started = weir_start(b->in);
	return WEIR_OK;
}

static uint32_t item_bytes_of(const struct bench *b, uint16_t sink)
{
	const struct weir_plan *p = weir_plan_of(b->in);

	return p->records[p->edges[p->inputs[p->stages[sink].first_in]].record]->size;
}

void bench_open(struct bench *b)
{
	char text[BENCH_TEXT_MAX];
	unsigned optional = 0;

	make_readings();
	choose_items(b);
	b->fds = count_fds();
	if (b->connector)
		open_files(b);
	for (;;) { /* of "one of these" parameters, as few examples as it takes */
		bench_text(text, b, optional);
		if (start_text(b, text) == WEIR_OK)
			break;
		ck_assert_msg(optional++ < bench_optional(b->type), "the examples of %s are refused, in: %s",
			b->type->name, text);
	}
	for (uint32_t k = 0; k < b->n_feeders; k++) {
		feeder_init(
			&b->feeders[k], b->items, b->item_bytes, b->n_items * (b->times > 0 ? b->times : 1));
		b->feeders[k].n_distinct = b->n_items;
	}
	for (uint32_t k = 0; k < b->n_watchers; k++)
		watcher_init(&b->watchers[k], item_bytes_of(b, b->to[k]));
}

/* A stage that was started, or started again, wants a publisher. */
static bool rejoin(struct bench *b, uint32_t k)
{
	struct weir_subscriber *s = weir_stage_subscriber(b->in, b->from[k]);

	if (!b->joined || s->used || weir_stage_phase(b->in, b->from[k]) != WEIR_STAGE_RUNNING ||
		b->joins == JOINS_MAX)
		return false;
	b->joins++;
	feeder_renew(&b->feeders[k]);
	return weir_subscribe(&b->feeders[k].publisher, s) == WEIR_OK;
}

/* What is not started yet, in a scope, is joined once it is. */
void bench_join_feeders(struct bench *b)
{
	b->joined = true;
	for (uint32_t k = 0; k < b->n_feeders; k++)
		(void)rejoin(b, k);
}

void bench_join_watchers(struct bench *b)
{
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_int_eq(
			weir_subscribe(weir_stage_publisher(b->in, b->to[k]), &b->watchers[k].subscriber),
			WEIR_OK);
}

void bench_join(struct bench *b)
{
	bench_join_feeders(b);
	bench_join_watchers(b);
}

/* ---- running ---- */

/* Push what is left of the script, then the end. */
static bool push(struct bench *b)
{
	const int64_t *instants = NULL;
	uint32_t most = b->n_items * (b->times > 0 ? b->times : 1);
	int64_t n = 0;

	if (!is_input(b->type) || b->push_ended)
		return false;
	if (b->pushed < most)
		n = weir_push(b->in, b->op, b->items + (size_t)(b->pushed % b->n_items) * b->item_bytes,
			instants, b->n_items - b->pushed % b->n_items);
	if (n < 0) {
		ck_assert_int_eq(n, WEIR_ENDED);
		b->push_ended = true;
		return true;
	}
	b->pushed += (uint32_t)n;
	if (b->pushed == most) {
		ck_assert_int_eq(weir_push_end(b->in, b->op), WEIR_OK);
		b->push_ended = true;
	}
	return n > 0 || b->push_ended;
}

static bool pull(struct bench *b)
{
	static unsigned char to[BENCH_ITEMS * sizeof(struct reading)];
	int64_t n;

	if (!is_output(b->type))
		return false;
	n = weir_pull(b->in, b->op, to, NULL, BENCH_ITEMS);
	ck_assert_msg(n >= 0 || n == WEIR_ENDED, "weir_pull: %lld", (long long)n);
	b->pulled += n > 0 ? (uint64_t)n : 0;
	return n > 0;
}

bool bench_pump(struct bench *b)
{
	bool any = push(b);

	if (pull(b))
		any = true;
	for (uint32_t k = 0; k < b->n_feeders; k++)
		if (rejoin(b, k))
			any = true;
	for (uint32_t k = b->n_feeders; k-- > 0;) /* the last first: the first may need something of it */
		if (feeder_pump(&b->feeders[k]))
			any = true;
	if (weir_hand_is_due(&b->hand) && weir_hand_drive(&b->hand, UINT32_MAX) > 0)
		any = true;
	bench_check_books(b);
	return any;
}

void bench_drive(struct bench *b)
{
	uint32_t at_once = b->hand.turns_at_once;

	b->hand.turns_at_once = 0;
	for (uint32_t k = 0; k < b->n_watchers; k++) /* one may be cancelled from outside */
		weir_wake_stage(b->in, b->to[k]);
	b->hand.turns_at_once = at_once;
	(void)weir_hand_drive(&b->hand, UINT32_MAX);
	for (uint32_t k = 0; k < b->n_feeders; k++)
		if (rejoin(b, k))
			(void)weir_hand_drive(&b->hand, UINT32_MAX);
}

bool bench_tick(struct bench *b)
{
	if (!is_datagrams(b->type))
		return weir_hand_jump(&b->hand);
	line_say(bench_address, "7\n", 2);
	return true;
}

void bench_settle(struct bench *b)
{
	for (uint32_t ticks = 0; ticks < 3; ticks++) {
		while (bench_pump(b))
			;
		if ((b->type->n_timers == 0 && !is_datagrams(b->type)) || weir_ended(b->in) || !bench_tick(b))
			return;
	}
	while (bench_pump(b))
		;
}

void bench_play(struct bench *b)
{
	for (uint32_t jumps = 0; !weir_ended(b->in);) {
		if (bench_pump(b))
			continue;
		if (is_hot(b->type) && jumps >= TICKS && !b->drained) {
			ck_assert_int_eq(weir_drain(b->in, WEIR_DRAIN_FINISH, WEIR_NEVER), WEIR_OK);
			b->drained = true;
			continue;
		}
		if (++jumps > JUMPS_MAX || !bench_tick(b))
			return;
	}
}

/* ---- closing ---- */

void bench_close(struct bench *b)
{
	weir_fini(b->in);
	bench_check_sent(b);
	ck_assert_msg(weir_ended(b->in), "it lives on after fini");
	ck_assert_uint_eq(weir_timers_armed(b->in), 0);
	probe_check_ledger(b->in);
	for (uint32_t i = 0; i < GUARD_BYTES; i++)
		ck_assert_uint_eq(b->memory[b->size + i], GUARD);
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_msg(b->watchers[k].calls[AT_SUBSCRIBE] == b->watchers[k].calls[AT_RELEASED],
			"3.13: a subscriber was not released");
	for (uint32_t k = 0; k < b->n_feeders; k++)
		ck_assert_msg(b->feeders[k].to == NULL || b->feeders[k].ended || b->feeders[k].cancelled,
			"2.6: a publisher was left subscribed");
	memset(b->memory, GUARD, b->size); /* whoever looks at it now is caught */
	free(b->memory);
	weir_definition_close(b->definition);
	if (b->connector)
		close_files(b);
	ck_assert_msg(count_fds() == b->fds, "3.14: %d descriptors more than before", count_fds() - b->fds);
}

/* ---- short ways ---- */

void bench_reset(struct bench *b)
{
	*b = (struct bench){ .type = b->type, .connector = b->connector, .clock = b->clock };
}

void bench_asks(struct bench *b, uint32_t first, uint32_t each)
{
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		b->watchers[k].first = first;
		b->watchers[k].each = each;
	}
}

void bench_at(struct bench *b, void (*at)(struct watcher *w, enum moment m))
{
	for (uint32_t k = 0; k < b->n_watchers; k++) {
		b->watchers[k].at = at;
		b->watchers[k].arg = b;
	}
}

void bench_ends(struct bench *b, enum feeder_end end)
{
	for (uint32_t k = 0; k < b->n_feeders; k++)
		b->feeders[k].end = (uint8_t)end;
}

void bench_request(struct bench *b, uint32_t n)
{
	for (uint32_t k = 0; k < b->n_watchers; k++)
		(void)watcher_request(&b->watchers[k], n);
}

void bench_cancel(struct bench *b)
{
	for (uint32_t k = 0; k < b->n_watchers; k++)
		watcher_cancel(&b->watchers[k]);
}

bool bench_all_ended(const struct bench *b)
{
	for (uint32_t k = 0; k < b->n_watchers; k++)
		if (!b->watchers[k].ended)
			return false;
	return true;
}

void bench_expect_complete(const struct bench *b)
{
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_msg(b->watchers[k].calls[AT_COMPLETE] == 1, "1.5: no on_complete, but %s",
			b->watchers[k].ended ? b->watchers[k].text : "nothing");
}

void bench_expect_error(const struct bench *b, int code)
{
	for (uint32_t k = 0; k < b->n_watchers; k++)
		ck_assert_msg(
			b->watchers[k].code == code, "1.4: on_error(%d), not %d", b->watchers[k].code, code);
}

uint64_t bench_items(const struct bench *b)
{
	uint64_t n = 0;

	for (uint32_t k = 0; k < b->n_watchers; k++)
		n += b->watchers[k].n_items;
	return n;
}

uint32_t bench_signals(const struct bench *b)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < b->n_watchers; k++)
		n += watcher_signals(&b->watchers[k]);
	return n;
}
