/* SPDX-License-Identifier: MIT */
/*
 * cmd_run.c -- `weir run`: a definition on the libevent loop, until it ends or is asked to.
 *
 * The first SIGINT or SIGTERM drains: sources stop, what is inside flows out, files are finished. A second
 * one aborts.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <weir/kernels.h>
#include <weir/libevent.h>

#include "cli.h"

#define LOG_EVERY_S 1.0

struct item_log {
	double last_s;
	uint64_t silent;
	bool any;
};

/* What is said of a stage at most once a second. */
struct stage_logs {
	struct item_log items, stalls;
};

struct running {
	struct weir_libevent *loop;
	struct weir_instance *in;
	const struct weir_plan *plan;
	struct event *sigint, *sigterm, *tick;
	struct stage_logs *logs; /* per stage */
	double start_s;
	int signals;
	bool live;
};

static double seconds_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One line: the first at once, then at most one a second, which says how many had none. */
static void say_rarely(const struct running *r, struct item_log *log, const char *text, const char *what)
{
	double now = seconds_now();

	if (log->any && now - log->last_s < LOG_EVERY_S) {
		log->silent++;
		return;
	}
	if (r->live)
		cli_stats_clear(stderr);
	if (log->silent > 0)
		cli_warning("%s (%s; %llu more since the last line)", text, what,
			(unsigned long long)log->silent);
	else
		cli_warning("%s (%s)", text, what);
	log->any = true;
	log->last_s = now;
	log->silent = 0;
}

/* What is sent on is told there. */
static void log_item_error(void *arg, const struct weir_error *e)
{
	struct running *r = arg;
	char text[512], what[128] = "dropped";

	if (e->fate == WEIR_FATE_DIVERTED)
		return;
	if (e->fate == WEIR_FATE_HANDLED)
		(void)snprintf(what, sizeof what, "handled by %s", r->plan->stages[e->by].id);
	cli_describe(text, sizeof text, r->plan, e);
	say_rarely(r, &r->logs[e->stage].items, text, what);
}

static void log_item(void *arg, struct weir_instance *in, uint16_t stage, const void *item)
{
	const struct running *r = arg;
	const struct weir_stage_def *d = &r->plan->stages[stage];

	(void)in;
	cli_print_item(
		stderr, d->id, r->plan->records[r->plan->edges[r->plan->inputs[d->first_in]].record], item);
}

static void log_stall(void *arg, const struct weir_stall *stall)
{
	struct running *r = arg;
	char text[512];

	(void)snprintf(text, sizeof text, "%s: took %.6g ms in one turn", r->plan->stages[stall->stage].id,
		(double)stall->duration_ns / 1e6);
	say_rarely(r, &r->logs[stall->stage].stalls, text, "all others waited");
}

static void on_signal(evutil_socket_t sig, short what, void *arg)
{
	struct running *r = arg;

	(void)sig;
	(void)what;
	if (r->signals++ == 0)
		(void)weir_drain(r->in, WEIR_DRAIN_FINISH, WEIR_NEVER);
	else
		weir_abort(r->in);
}

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct running *r = arg;

	(void)fd;
	(void)what;
	cli_stats_line(stderr, r->in, seconds_now() - r->start_s);
}

static bool add_events(struct running *r)
{
	struct event_base *base = weir_libevent_base(r->loop);
	struct timeval every = { 0, 250000 };

	r->sigint = evsignal_new(base, SIGINT, on_signal, r);
	r->sigterm = evsignal_new(base, SIGTERM, on_signal, r);
	r->tick = event_new(base, -1, EV_PERSIST, on_tick, r);
	if (r->sigint == NULL || r->sigterm == NULL || r->tick == NULL)
		return false;
	return event_add(r->sigint, NULL) == 0 && event_add(r->sigterm, NULL) == 0 &&
	       (!r->live || event_add(r->tick, &every) == 0);
}

static void free_events(struct running *r)
{
	struct event *all[] = { r->sigint, r->sigterm, r->tick };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		if (all[i] != NULL)
			event_free(all[i]);
}

static int tell_failures(const struct running *r)
{
	int status = CLI_OK;

	for (uint16_t i = 0; i < r->plan->n_stages; i++) {
		const struct weir_error *e = weir_error_of(r->in, i);
		char text[512];

		if (e == NULL)
			continue;
		cli_describe(text, sizeof text, r->plan, e);
		cli_error("%s", text);
		status = CLI_FAILED;
	}
	return status;
}

static int run_started(struct running *r, bool stats)
{
	int rc = weir_start(r->in);

	if (rc == WEIR_OK)
		rc = weir_libevent_run(r->loop);
	if (r->live)
		cli_stats_clear(stderr);
	if (stats)
		cli_stats_table(stderr, r->in, seconds_now() - r->start_s);
	weir_fini(r->in);
	if (tell_failures(r) != CLI_OK)
		return CLI_FAILED;
	if (rc < 0) {
		cli_error("%s", weir_strerror(rc));
		return CLI_FAILED;
	}
	return r->signals > 1 ? CLI_INTERRUPTED : CLI_OK;
}

static int run_plan(const struct weir_plan *plan, const struct cli_options *o)
{
	struct running r = { .plan = plan,
		.live = o->stats && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) };
	size_t size = weir_instance_size(plan, NULL, NULL);
	void *arena = aligned_alloc(64, (size + 63u) & ~(size_t)63u);
	int rc, status = CLI_FAILED;

	r.logs = calloc(plan->n_stages, sizeof *r.logs);
	r.start_s = seconds_now();
	rc = arena == NULL || r.logs == NULL ? WEIR_ENOMEM : weir_libevent_open(&r.loop, NULL);
	if (rc == WEIR_OK)
		rc = weir_instance_init(
			&r.in, arena, size, plan, weir_libevent_platform(r.loop), weir_kernels_pick());
	if (rc == WEIR_OK && !add_events(&r))
		rc = WEIR_ENOMEM;
	if (rc == WEIR_OK) {
		weir_on_item_error(r.in, log_item_error, &r);
		weir_on_stall(r.in, o->stall_ns, log_stall, &r);
		weir_libevent_on_tap(r.loop, log_item, &r);
		status = run_started(&r, o->stats);
	} else {
		cli_error("%s", weir_strerror(rc));
	}
	free_events(&r);
	if (r.loop != NULL)
		weir_libevent_close(r.loop);
	free(r.logs);
	free(arena);
	return status;
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	struct weir_definition *d = NULL;
	int rc = cli_options_parse(&o, &cli_run, argc, argv);

	if (rc == 0) {
		(void)signal(SIGPIPE, SIG_IGN);
		rc = cli_load(&d, &o, true);
	}
	if (rc == 0)
		rc = run_plan(weir_definition_plan(d), &o);
	weir_definition_close(d);
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	CLI_SET,
	CLI_BIND("let a file stand in for an input or output port (.csv, .ndjson or .bin)"),
	{ 't', "stats", NULL, "print what went through each stage when it ends, and progress on a terminal" },
	{ 'l', "stall", "DURATION",
		"warn of a stage whose turn takes longer, such as 100ms; --stats counts them" },
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_run = {
	.name = "run",
	.run = run,
	.summary = "run a definition on this machine",
	.operands = "DEFINITION",
	.what = "definition",
	.least = 1,
	.most = 1,
	.about = "Run a definition until its sources end. Ctrl-C drains it, a second Ctrl-C aborts.",
	.exit = "0 when every stream completed (items may have been dropped, and counted),\n"
		"1 when one failed, 64 bad usage, 66 no such file, 78 faults in the definition, 130 aborted.",
	.options = options,
};
