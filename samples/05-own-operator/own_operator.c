/* SPDX-License-Identifier: MIT */
/*
 * own_operator.c -- an operator of your own, named in a definition like any other.
 *
 * `every_nth` passes every n-th item. It is one const struct: its parameter table is all that the loader needs to read
 * it, to bill it, and to refuse {"every_nth": 0} at its line. Built with the installed headers alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weir/engine.h>
#include <weir/kernels.h>
#include <weir/libevent.h>
#include <weir/load.h>

struct nth_params {
	uint32_t n;
};

struct nth_state {
	uint32_t seen; /* since the last that passed */
};

static const struct weir_param nth_params[] = {
	WEIR_PARAM(struct nth_params, n, "n", U32, .help = "Of so many items, the last passes.",
		.example = "3", .min = 1, .max = 1000000, .flags = WEIR_PARAM_PRIMARY | WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static int64_t nth_size(const struct weir_place *place)
{
	(void)place;
	return sizeof(struct nth_state);
}

static struct weir_moved nth_process(
	struct weir_ctx *c, const struct weir_span *in, struct weir_span *out, bool last)
{
	const struct nth_params *p = c->params;
	struct nth_state *s = c->state;
	struct weir_moved m = { 0 };

	(void)last;
	for (; m.taken < in->count && m.made < out->count; m.taken++) {
		if (++s->seen < p->n)
			continue;
		s->seen = 0;
		weir_copy_item(c, in, m.taken, out, m.made++);
	}
	weir_drop(c, WEIR_DROP_FILTERED, m.taken - m.made); /* every item is accounted for */
	return m;
}

static const struct weir_op_type nth_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_WRITES | WEIR_OP_IN_PLACE,
	.credit = WEIR_CREDIT_PASS,
	.drops = WEIR_DROPS_BIT(FILTERED),
	.name = "every_nth",
	.summary = "Pass every n-th item.",
	.params = nth_params,
	.params_size = sizeof(struct nth_params),
	.state_size = nth_size,
	.process = nth_process,
};

static void tell(void *arg, const char *line)
{
	(void)arg;
	(void)printf("%s\n", line);
	(void)fflush(stdout);
}

static int run(const struct weir_plan *plan)
{
	size_t size = weir_instance_size(plan, NULL, NULL);
	void *memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
	struct weir_libevent *loop = NULL;
	struct weir_instance *in = NULL;
	int rc = memory == NULL ? WEIR_ENOMEM : weir_libevent_open(&loop, NULL);

	if (rc == WEIR_OK)
		rc = weir_instance_init(
			&in, memory, size, plan, weir_libevent_platform(loop), weir_kernels_pick());
	if (rc == WEIR_OK) {
		rc = weir_start(in);
		if (rc == WEIR_OK)
			rc = weir_libevent_run(loop);
		weir_fini(in);
		if (weir_failed(in))
			rc = weir_first_error(in)->code;
	}
	if (loop != NULL)
		weir_libevent_close(loop);
	free(memory);
	return rc;
}

static int load(struct weir_definition **d, const char *text)
{
	static const struct weir_op_type *const types[] = { &nth_type, NULL };
	struct weir_load_options options = { .types = types, .fault = tell };

	return weir_definition_open_text(d, "thirds.json", text, strlen(text), &options);
}

int main(void)
{
	static const char thirds[] = "{ \"weir\": 1, \"streams\": { \"s\": [\n"
				     "  { \"range\": { \"from\": 1, \"to\": 11 } },\n"
				     "  { \"every_nth\": 3 },\n"
				     "  { \"stdout\": { \"format\": \"ndjson\" } } ] } }\n";
	static const char zeroths[] = "{ \"weir\": 1, \"streams\": { \"s\": [\n"
				      "  { \"range\": { \"to\": 10 } },\n"
				      "  { \"every_nth\": 0 },\n"
				      "  { \"null\": {} } ] } }\n";
	struct weir_definition *d = NULL;
	int rc = load(&d, thirds);

	if (rc == WEIR_OK)
		rc = run(weir_definition_plan(d));
	weir_definition_close(d);
	if (rc == WEIR_OK && load(&d, zeroths) != WEIR_EINVAL)
		rc = WEIR_EINTERNAL;
	if (rc < 0)
		(void)fprintf(stderr, "own_operator: %s\n", weir_strerror(rc));
	return rc < 0;
}
