/* SPDX-License-Identifier: MIT */
/*
 * cmd_run.c -- `weir run`: a definition on libevent loops, one a thread, until it ends or is asked to.
 *
 * The first SIGINT or SIGTERM drains: sources stop, what is inside flows out, files are finished. A second
 * one aborts.
 */
#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <weir/kernels.h>
#include <weir/libevent.h>

#include "cli.h"

#define LOG_EVERY_S 1.0
#define TICK_S      0.25

struct item_log {
	double last_s;
	uint64_t silent;
	bool any;
};

/* What is said of a stage at most once a second. */
struct stage_logs {
	struct item_log items, stalls;
};

struct running;

/* What runs on one thread. */
struct part {
	struct running *all;
	struct weir_instance *in;
	const struct weir_plan *plan;
	struct event *tick;
	struct stage_logs *logs; /* per stage */
	struct cli_progress progress;
};

struct running {
	const struct weir_parts *parts;
	struct weir_workers *workers;
	struct part *part;        /* one each */
	pthread_mutex_t speaking; /* on stderr, one at a time; the parts' progress */
	double start_s, last_tick_s;
	bool live;
};

/* What a signal handler can see. */
static struct weir_workers *to_be_stopped;
static volatile sig_atomic_t signals;

static double seconds_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* One line: the first at once, then at most one a second, which says how many had none. */
static void say_rarely(struct running *r, struct item_log *log, const char *text, const char *what)
{
	double now = seconds_now();

	if (log->any && now - log->last_s < LOG_EVERY_S) {
		log->silent++;
		return;
	}
	(void)pthread_mutex_lock(&r->speaking);
	if (r->live)
		cli_stats_clear(stderr);
	if (log->silent > 0)
		cli_warning("%s (%s; %llu more since the last line)", text, what,
			(unsigned long long)log->silent);
	else
		cli_warning("%s (%s)", text, what);
	(void)pthread_mutex_unlock(&r->speaking);
	log->any = true;
	log->last_s = now;
	log->silent = 0;
}

/* What is sent on is told there. */
static void log_item_error(void *arg, const struct weir_error *e)
{
	struct part *p = arg;
	char text[512], what[128] = "dropped";

	if (e->fate == WEIR_FATE_DIVERTED)
		return;
	if (e->fate == WEIR_FATE_HANDLED)
		(void)snprintf(what, sizeof what, "handled by %s", p->plan->stages[e->by].id);
	cli_describe(text, sizeof text, p->plan, e);
	say_rarely(p->all, &p->logs[e->stage].items, text, what);
}

static void log_item(void *arg, struct weir_instance *in, uint16_t stage, const void *item)
{
	const struct part *p = arg;
	const struct weir_stage_def *d = &p->plan->stages[stage];

	(void)in;
	(void)pthread_mutex_lock(&p->all->speaking);
	cli_print_item(
		stderr, d->id, p->plan->records[p->plan->edges[p->plan->inputs[d->first_in]].record], item);
	(void)pthread_mutex_unlock(&p->all->speaking);
}

static void log_stall(void *arg, const struct weir_stall *stall)
{
	struct part *p = arg;
	char text[512];

	(void)snprintf(text, sizeof text, "%s: took %.6g ms in one turn", p->plan->stages[stall->stage].id,
		(double)stall->duration_ns / 1e6);
	say_rarely(p->all, &p->logs[stall->stage].stalls, text, "all others waited");
}

static void on_signal(int sig)
{
	(void)sig;
	if (signals++ == 0)
		weir_workers_drain(to_be_stopped);
	else
		weir_workers_abort(to_be_stopped);
}

static void hear_signals(struct weir_workers *workers, bool on)
{
	struct sigaction act = { .sa_handler = on ? on_signal : SIG_DFL, .sa_flags = SA_RESTART };

	if (on)
		to_be_stopped = workers;
	(void)sigaction(SIGINT, &act, NULL);
	(void)sigaction(SIGTERM, &act, NULL);
}

/* Each part says how far it is; one of them tells of all. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct part *p = arg;
	struct running *r = p->all;
	struct cli_progress now = { 0, 0, 0 }, sum = { 0, 0, 0 };

	(void)fd;
	(void)what;
	cli_stats_progress(p->in, &now);
	(void)pthread_mutex_lock(&r->speaking);
	p->progress = now;
	for (uint16_t i = 0; i < r->parts->n_parts; i++) {
		sum.read += r->part[i].progress.read;
		sum.written += r->part[i].progress.written;
		sum.dropped += r->part[i].progress.dropped;
	}
	if (seconds_now() - r->last_tick_s > TICK_S / 2) {
		r->last_tick_s = seconds_now();
		cli_stats_line(stderr, &sum, r->last_tick_s - r->start_s);
	}
	(void)pthread_mutex_unlock(&r->speaking);
}

static int open_part(struct running *r, uint16_t index, const struct cli_options *o)
{
	struct weir_libevent *loop = weir_workers_loop(r->workers, index);
	struct timeval every = { 0, (long)(TICK_S * 1e6) };
	struct part *p = &r->part[index];

	p->all = r;
	p->in = weir_workers_instance(r->workers, index);
	p->plan = weir_plan_of(p->in);
	p->logs = calloc(p->plan->n_stages, sizeof *p->logs);
	p->tick = event_new(weir_libevent_base(loop), -1, EV_PERSIST, on_tick, p);
	if (p->logs == NULL || p->tick == NULL || (r->live && event_add(p->tick, &every) != 0))
		return WEIR_ENOMEM;
	weir_on_item_error(p->in, log_item_error, p);
	weir_on_stall(p->in, o->stall_ns, log_stall, p);
	weir_libevent_on_tap(loop, log_item, p);
	return WEIR_OK;
}

static void close_part(struct part *p)
{
	if (p->tick != NULL)
		event_free(p->tick);
	free(p->logs);
}

static int tell_failures(const struct running *r)
{
	int status = CLI_OK;

	for (uint16_t k = 0; k < r->parts->n_parts; k++)
		for (uint16_t i = 0; i < r->part[k].plan->n_stages; i++) {
			const struct weir_error *e = weir_workers_error(r->workers, k, i);
			char text[512];

			if (e == NULL)
				continue;
			cli_describe(text, sizeof text, r->part[k].plan, e);
			cli_error("%s", text);
			status = CLI_FAILED;
		}
	return status;
}

static int run_parts(struct running *r, bool stats)
{
	int rc;

	hear_signals(r->workers, true);
	rc = weir_workers_run(r->workers);
	hear_signals(r->workers, false);
	if (r->live)
		cli_stats_clear(stderr);
	if (stats)
		cli_stats_table(stderr, r->workers, r->parts, seconds_now() - r->start_s);
	if (tell_failures(r) != CLI_OK)
		return CLI_FAILED;
	if (rc < 0) {
		cli_error("%s", weir_strerror(rc));
		return CLI_FAILED;
	}
	return signals > 1 ? CLI_INTERRUPTED : CLI_OK;
}

static int run_definition(const struct weir_parts *parts, const struct cli_options *o)
{
	struct running r = { .parts = parts,
		.speaking = PTHREAD_MUTEX_INITIALIZER,
		.start_s = seconds_now(),
		.live = o->stats && isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO) };
	int rc = weir_workers_open(&r.workers, parts, weir_kernels_pick()), status = CLI_FAILED;

	r.part = calloc(parts->n_parts, sizeof *r.part);
	if (rc == WEIR_OK && r.part == NULL)
		rc = WEIR_ENOMEM;
	for (uint16_t i = 0; i < parts->n_parts && rc == WEIR_OK; i++)
		rc = open_part(&r, i, o);
	if (rc == WEIR_OK)
		status = run_parts(&r, o->stats);
	else
		cli_error("%s", weir_strerror(rc));
	for (uint16_t i = 0; i < parts->n_parts && r.part != NULL; i++)
		close_part(&r.part[i]);
	weir_workers_close(r.workers);
	free(r.part);
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
		rc = run_definition(weir_definition_parts(d), &o);
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
