/* SPDX-License-Identifier: MIT */
/* rig.c -- see rig.h. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rig.h"

/* ---- probes ---- */

static void feeder_run(struct weir_ctx *c)
{
	struct feeder *f = (struct feeder *)(uintptr_t)c->params;
	const struct feed *next = f->script;
	struct weir_span *span;
	uint32_t n, len;

	if (next->items == NULL) {
		f->paused = next->mark.kind == WEIR_MARKS && !f->resumed;
		if (f->paused)
			return;
		f->resumed = false;
		f->script++;
		weir_again(c);
		if (next->mark.kind == WEIR_MARK_BARRIER)
			ck_assert_int_eq(weir_barrier(c, next->mark.value), WEIR_OK);
		else if (next->mark.kind == WEIR_MARK_COMPLETE)
			weir_complete(c);
		else if (next->mark.kind == WEIR_MARK_ERROR)
			weir_fail(c, WEIR_EPARSE, "fed");
		return;
	}
	span = weir_reserve(c, 0);
	if (span == NULL)
		return;
	len = next->count > 0 ? next->count : (uint32_t)strlen(next->items);
	n = len - f->at < span->count ? len - f->at : span->count;
	memcpy(span->items, (const char *)next->items + f->at, n);
	weir_emit(c, 0, n);
	f->at += n;
	if (f->at == len) {
		f->at = 0;
		f->script++;
		weir_again(c);
	}
}

static void feeder_barrier_done(struct weir_ctx *c, uint64_t number)
{
	((struct feeder *)(uintptr_t)c->params)->barriers_done = number;
}

const struct weir_op_type rig_feeder_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE,
	.credit = WEIR_CREDIT_OWN,
	.name = "feeder",
	.run = feeder_run,
	.barrier_done = feeder_barrier_done,
};

static void collect(struct weir_ctx *c, struct collector *k, const struct weir_span *span)
{
	const struct weir_plan *p = weir_plan_of(c->instance);
	uint32_t size = span->count * p->records[p->edges[p->inputs[c->def->first_in]].record]->size;

	ck_assert_uint_le(k->size + size, RIG_BYTES);
	memcpy(k->bytes + k->size, span->items, size);
	k->size += size;
	k->spans++;
	weir_take(c, 0, span->count);
}

static void collector_run(struct weir_ctx *c)
{
	struct collector *k = (struct collector *)(uintptr_t)c->params;
	const struct weir_span *span = weir_input(c, 0);
	struct weir_mark m;

	if (span != NULL && !k->stalled)
		collect(c, k, span);
	if (k->allow > 0)
		weir_request(c, 0, k->allow);
	k->allow = 0;
	if (k->cancel) {
		weir_cancel(c, 0);
		weir_complete(c);
		return;
	}
	while (weir_next_mark(c, 0, &m)) {
		k->lagged += m.kind == WEIR_MARK_LAGGED ? m.value : 0;
		k->completed |= m.kind == WEIR_MARK_COMPLETE;
		k->failed |= m.kind == WEIR_MARK_ERROR;
		if (k->completed || k->failed) {
			weir_end_with(c, &m);
			return;
		}
	}
}

const struct weir_op_type rig_collector_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_MANUAL,
	.name = "collector",
	.run = collector_run,
};

/* ---- the rig ---- */

static int ask_poll(void *arg, int fd, unsigned events)
{
	struct pollfd p = { .fd = fd,
		.events = (short)((events & WEIR_READABLE ? POLLIN : 0) |
				  (events & WEIR_WRITABLE ? POLLOUT : 0)) };

	(void)arg;
	poll(&p, 1, 0);
	return p.revents != 0 ? (int)events : 0;
}

void rig_init(struct rig *r)
{
	memset(r, 0, sizeof *r);
	weir_sim_init(&r->sim);
	weir_sim_on_ready(&r->sim, ask_poll, NULL);
	r->sim.turns_limit = 10000000;
	r->span = RIG_SPAN;
	r->plan = (struct weir_plan){ .abi = WEIR_PLAN_ABI,
		.name = "rig",
		.records = r->records,
		.stages = r->stages,
		.edges = r->edges,
		.inputs = r->ports,
		.outputs = r->ports,
		.max_barriers = 4 };
}

/* Sources first, so that the order is topological. */
static struct weir_stage_def *stage(
	struct rig *r, uint32_t at, const struct weir_op_type *type, const void *params)
{
	struct weir_stage_def *s = &r->stages[at];

	*s = (struct weir_stage_def){ .id = type->name,
		.type = type,
		.params = params,
		.group = 1,
		.error_edge = WEIR_NO_EDGE,
		.instant_offset = WEIR_NO_INSTANT,
		.on_error = (uint8_t)r->on_error };
	return s;
}

uint32_t rig_chain(struct rig *r, const struct weir_op_type *source, const void *source_params,
	const struct weir_op_type *sink, const void *sink_params, const struct weir_record *record)
{
	uint16_t i = (uint16_t)r->chains++;
	struct weir_stage_def *from = stage(r, 2u * i, source, source_params);
	struct weir_stage_def *to = stage(r, 2u * i + 1, sink, sink_params);

	from->n_out = to->n_in = 1;
	from->first_out = to->first_in = i;
	r->ports[i] = i;
	r->records[i] = record;
	r->edges[i] = (struct weir_edge_def){ .from = (uint16_t)(2 * i),
		.to = (uint16_t)(2 * i + 1),
		.record = i,
		.drops = (uint16_t)(source->drops | WEIR_DROPS_BIT(ERROR) | WEIR_DROPS_BIT(CANCELLED)),
		.cap_items = r->span,
		.buffer_items = r->span,
		.owned = true };
	r->plan.n_stages = (uint16_t)(2 * r->chains);
	r->plan.n_edges = r->plan.n_records = (uint16_t)r->chains;
	return i;
}

int rig_start(struct rig *r)
{
	size_t size;
	int rc;

	weir_plan_number(&r->plan, r->edges);
	size = weir_instance_size(&r->plan, NULL, NULL);
	if (size == 0)
		return WEIR_EINVAL;
	r->memory = aligned_alloc(16, size);
	rc = weir_instance_init(&r->instance, r->memory, size, &r->plan, &r->sim.platform, NULL);
	if (rc == WEIR_OK)
		rc = weir_start(r->instance);
	return rc;
}

int rig_run(struct rig *r)
{
	ck_assert_int_eq(rig_start(r), WEIR_OK);
	return weir_sim_run(&r->sim);
}

void rig_kick(struct rig *r, uint32_t chain)
{
	weir_wake_stage(r->instance, (uint16_t)(2 * chain));
	weir_wake_stage(r->instance, (uint16_t)(2 * chain + 1));
}

void rig_allow(struct rig *r, uint32_t chain, struct collector *c, uint32_t n)
{
	c->allow = n;
	rig_kick(r, chain);
}

struct weir_ledger rig_ledger(const struct rig *r, uint32_t chain)
{
	struct weir_ledger l;

	ck_assert_int_eq(weir_edge_ledger(r->instance, (uint16_t)chain, &l), WEIR_OK);
	return l;
}

const char *rig_error(const struct rig *r)
{
	const struct weir_error *e = weir_first_error(r->instance);

	return e != NULL ? e->text : "no error";
}

static void check_ledger(const struct rig *r)
{
	for (uint32_t i = 0; i < r->chains; i++) {
		struct weir_ledger l = rig_ledger(r, i);
		uint64_t dropped = 0;

		for (uint32_t k = 0; k < WEIR_DROP_REASONS; k++)
			dropped += l.dropped[k];
		ck_assert_uint_eq(l.in, l.out + dropped);
		ck_assert_uint_eq(l.queued, 0);
	}
}

void rig_fini(struct rig *r)
{
	weir_fini(r->instance);
	check_ledger(r);
	ck_assert_uint_eq(weir_timers_armed(r->instance), 0);
	ck_assert_uint_eq(r->sim.attached, 0);
	for (uint32_t i = 0; i < WEIR_SIM_WATCHES; i++)
		ck_assert_ptr_null(r->sim.watches[i].watch);
	free(r->memory);
}

/* ---- files ---- */

static char dir[64];

const char *rig_make_dir(void)
{
	strcpy(dir, "/tmp/weir-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	return dir;
}

const char *rig_path(const char *name)
{
	static char paths[4][512];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof paths[0], "%s/%s", dir, name);
	return path;
}

/* Call fn for each entry; how many. */
static int each_file(int (*fn)(const char *path))
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		n++;
		if (fn != NULL)
			fn(rig_path(e->d_name));
	}
	closedir(d);
	return n;
}

int rig_count_files(void)
{
	return each_file(NULL);
}

void rig_remove_dir(void)
{
	each_file(remove);
	rmdir(dir);
}

void rig_write_file(const char *path, const void *bytes, size_t len)
{
	FILE *f = fopen(path, "wb");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, len, f), len);
	ck_assert_int_eq(fclose(f), 0);
}

const char *rig_read_file(const char *path, size_t *len)
{
	static char bytes[RIG_BYTES + 1];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return NULL;
	n = fread(bytes, 1, RIG_BYTES, f);
	fclose(f);
	bytes[n] = '\0';
	if (len != NULL)
		*len = n;
	return bytes;
}

/* ---- faults ---- */

uint32_t rig_calls[RIG_CALLS];
static struct rig_fault planned;

static bool goes_wrong(enum rig_call call)
{
	uint32_t k = ++rig_calls[call];

	if (planned.k == 0 || planned.call != call)
		return false;
	return planned.from_there ? k >= planned.k : k == planned.k;
}

static int set_errno(int err)
{
	errno = err;
	return -1;
}

static ssize_t faulty_read(int fd, void *to, size_t len)
{
	if (!goes_wrong(RIG_READ))
		return read(fd, to, len);
	return planned.err != 0 ? set_errno(planned.err) : read(fd, to, 1);
}

static ssize_t faulty_write(int fd, const void *from, size_t len)
{
	if (!goes_wrong(RIG_WRITE))
		return write(fd, from, len);
	return planned.err != 0 ? set_errno(planned.err) : write(fd, from, 1);
}

static ssize_t faulty_send(int fd, const void *from, size_t len)
{
	if (!goes_wrong(RIG_WRITE))
		return send(fd, from, len, MSG_NOSIGNAL);
	return planned.err != 0 ? set_errno(planned.err) : send(fd, from, 1, MSG_NOSIGNAL);
}

static ssize_t faulty_receive(int fd, void *to, size_t len, uint32_t *lost)
{
	return goes_wrong(RIG_READ) ? set_errno(planned.err) : weir_fd_system.receive(fd, to, len, lost);
}

static int faulty_sync(int fd)
{
	return goes_wrong(RIG_SYNC) ? set_errno(planned.err) : fdatasync(fd);
}

static int faulty_rename(int from_dir, const char *from, int to_dir, const char *to)
{
	return goes_wrong(RIG_RENAME) ? set_errno(planned.err) : renameat(from_dir, from, to_dir, to);
}

uint32_t rig_unsent;
uint32_t rig_discards;

static uint32_t counted_unsent(int terminal)
{
	(void)terminal;
	return rig_unsent > 0 ? rig_unsent-- : 0;
}

static void counted_discard(int terminal)
{
	(void)terminal;
	rig_discards++;
}

static const struct weir_fd_ops faulty = {
	.read = faulty_read,
	.write = faulty_write,
	.send = faulty_send,
	.receive = faulty_receive,
	.fdatasync = faulty_sync,
	.renameat = faulty_rename,
	.unsent = counted_unsent,
	.discard = counted_discard,
};

void rig_fail(const struct rig_fault *fault)
{
	memset(rig_calls, 0, sizeof rig_calls);
	rig_unsent = rig_discards = 0;
	planned = fault != NULL ? *fault : (struct rig_fault){ 0 };
	weir_fd_ops = fault != NULL ? &faulty : &weir_fd_system;
}
