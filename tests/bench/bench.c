/* SPDX-License-Identifier: MIT */
/*
 * bench.c -- one table of ratios: pipelines loaded from JSON beside loops written by hand, and the reference
 * job beside other tools. Run by `make bench`; not part of `make check`, since it looks at the clock.
 *
 * Machines are shared and noisy, so the contenders of one job take turns, what counts is processor time, and of
 * each the least of all rounds. Only ratios are judged; all of it runs on one core.
 */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <weir/kernels.h>
#include <weir/load.h>
#include <weir/sim.h>

#include "loops.h"

#define LOOP_ROUNDS 100 /* of some hundredths of a second: a busy neighbour stays for longer than a few */
#define JOB_ROUNDS  9
#define ITEMS       20000000
#define LINES       1000000
#define CONTENDERS  5
#define W1_AT_MOST  4.0
#define JOB_AT_MOST 1.0

/* ---- the table ---- */

struct contender {
	const char *name;
	double seconds; /* least */
};

struct race {
	const char *work;
	double items;
	struct contender c[CONTENDERS];
	size_t n;
};

/* Processor time of this process. */
static double now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Processor time of all children so far. */
static double children_s(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_CHILDREN, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Note a time for contender i, which is new in the first round. */
static void note(struct race *r, size_t i, const char *name, double seconds)
{
	if (i >= r->n) {
		r->n = i + 1;
		r->c[i].name = name;
		r->c[i].seconds = seconds;
	}
	if (seconds < r->c[i].seconds)
		r->c[i].seconds = seconds;
}

static const struct contender *find(const struct race *r, const char *name)
{
	for (size_t i = 0; i < r->n; i++)
		if (strcmp(r->c[i].name, name) == 0)
			return &r->c[i];
	return NULL;
}

static void print(const struct race *r)
{
	for (size_t i = 0; i < r->n; i++)
		printf("%-6s %-16s %10.1f ms %10.2f ns/item %8.2fx\n", r->work, r->c[i].name,
			r->c[i].seconds * 1e3, r->c[i].seconds * 1e9 / r->items,
			r->c[i].seconds / r->c[0].seconds);
}

/* weir (contender 0) against `name`: at most so many times its time. Returns 1 for a miss. */
static int judge(const struct race *r, const char *name, double at_most)
{
	const struct contender *c = find(r, name);
	double ratio;

	if (c == NULL) {
		printf("%s: no %s here, nothing to compare with\n", r->work, name);
		return 0;
	}
	ratio = r->c[0].seconds / c->seconds;
	printf("%s: weir takes %.2f times as long as %s; at most %.1f: %s\n", r->work, ratio, name, at_most,
		ratio <= at_most ? "good" : "MISSED");
	return ratio <= at_most ? 0 : 1;
}

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(2);
}

/* ---- pipelines in this process ---- */

static int64_t total; /* what the pipeline's end took, added up */

static void total_run(struct weir_ctx *c)
{
	const struct weir_span *span = weir_input(c, 0);
	struct weir_mark m;

	if (span != NULL) {
		for (uint32_t i = 0; i < span->count; i++)
			total += ((const int64_t *)span->items)[i];
		weir_take(c, 0, span->count);
	}
	while (weir_next_mark(c, 0, &m))
		if (m.kind == WEIR_MARK_COMPLETE || m.kind == WEIR_MARK_ERROR)
			weir_end_with(c, &m);
}

static const struct weir_op_type total_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SINK,
	.credit = WEIR_CREDIT_OWN,
	.name = "total",
	.prefetch = UINT32_MAX,
	.run = total_run,
};

static void tell(void *arg, const char *line)
{
	(void)arg;
	fprintf(stderr, "%s\n", line);
}

static double run_pipeline(const char *text)
{
	static const struct weir_op_type *const types[] = { &total_type, NULL };
	struct weir_load_options options = { .types = types, .fault = tell };
	struct weir_definition *d;
	struct weir_instance *in;
	struct weir_sim sim;
	const struct weir_plan *plan;
	size_t size;
	void *memory;
	double start;

	if (weir_definition_open_text(&d, "bench", text, strlen(text), &options) < 0)
		die("a pipeline of its own has faults");
	plan = weir_definition_plan(d);
	size = (weir_instance_size(plan, NULL, NULL) + 63) & ~(size_t)63;
	memory = aligned_alloc(64, size);
	weir_sim_init(&sim);
	sim.turns_step = 1024;
	if (memory == NULL ||
		weir_instance_init(&in, memory, size, plan, &sim.platform, weir_kernels_pick()) < 0)
		die("a pipeline cannot be laid out");
	total = 0;
	start = now_s();
	if (weir_start(in) < 0 || weir_sim_run(&sim) < 0 || weir_failed(in))
		die("a pipeline failed");
	start = now_s() - start;
	weir_fini(in);
	free(memory);
	weir_definition_close(d);
	return start;
}

static double run_loop(bench_loop_fn *volatile loop, int64_t *result)
{
	double start = now_s();

	*result = loop(ITEMS);
	return now_s() - start;
}

struct loop {
	const char *name;
	bench_loop_fn *fn;
};

static void race_loops(struct race *r, const char *text, const struct loop *loops)
{
	for (int round = 0; round < LOOP_ROUNDS; round++) {
		size_t i = 0;
		int64_t result;

		note(r, i++, "weir", run_pipeline(text));
		for (const struct loop *l = loops; l->name != NULL; l++) {
			note(r, i++, l->name, run_loop(l->fn, &result));
			if (result != total)
				die("a pipeline and its loop do not agree");
		}
	}
}

#define TEXT_(x) #x
#define TEXT(x)  TEXT_(x)
#define PIPELINE(map, filter, last)                                                                    \
	"{\"weir\": 1, \"streams\": {\"s\": [{\"range\": {\"to\": " TEXT(                              \
		ITEMS) "}},"                                                                           \
		       " {\"map\": {\"x\": \"" map "\"}}, {\"filter\": \"" filter                      \
		       "\"}, {\"map\": {\"y\": \"" last                                                \
		       "\"}}, {\"window\": {\"tumbling\": \"1h\", \"emit\": {\"sum\": \"sum(y)\"}}}, " \
		       "{\"total\": {}}]}}"

static int bench_loops(void)
{
	static const struct loop w1[] = { { "C base", bench_w1_base },
#ifdef BENCH_AVX2
		{ "C avx2", bench_w1_avx2 },
#endif
#ifdef BENCH_AVX512
		{ "C avx512", bench_w1_avx512 },
#endif
		{ NULL, NULL } };
	static const struct loop w1r[] = { { "C base", bench_w1r_base },
#ifdef BENCH_AVX2
		{ "C avx2", bench_w1r_avx2 },
#endif
#ifdef BENCH_AVX512
		{ "C avx512", bench_w1r_avx512 },
#endif
		{ NULL, NULL } };
	struct loop shown[2][CONTENDERS];
	struct race races[2] = { { .work = "W1", .items = ITEMS }, { .work = "W1r", .items = ITEMS } };
	const char *isa = weir_kernels_pick()->isa;
	char picked[32];

	/* What this machine cannot run is above what the library picked. */
	for (size_t i = 0, on = 1; i < sizeof w1 / sizeof *w1; i++) {
		static const struct loop end = { NULL, NULL };

		shown[0][i] = on ? w1[i] : end;
		shown[1][i] = on ? w1r[i] : end;
		if (w1[i].name != NULL && strcmp(w1[i].name + 2, isa) == 0)
			on = 0;
	}
	(void)snprintf(picked, sizeof picked, "C %s", isa);
	race_loops(&races[0], PIPELINE("n * 3 + 1", "(x & 1) == 1", "x >> 1"), shown[0]);
	race_loops(&races[1], PIPELINE("n * 2654435761", "((x >> 13) & 1) == 1", "x >> 20"), shown[1]);
	print(&races[0]);
	print(&races[1]);
	return judge(&races[0], picked, W1_AT_MOST);
}

/* ---- the reference job ---- */

/* The same readings on every machine and in every year. */
static void write_readings(const char *path)
{
	FILE *f = fopen(path, "w");
	uint32_t x = 1;

	if (f == NULL)
		die("cannot write its readings");
	for (int64_t i = 0; i < LINES; i++) {
		unsigned id, temp, hum;

		x = x * 1664525u + 1013904223u;
		id = (x >> 16) % 50u;
		x = x * 1664525u + 1013904223u;
		temp = (x >> 12) % 2000u;
		x = x * 1664525u + 1013904223u;
		hum = (x >> 12) % 600u;
		fprintf(f, "{\"ts\":%lld,\"id\":%u,\"temp\":%u.%02u,\"hum\":%u.%u}\n",
			(long long)(1700000000000 + i), id, 20 + temp / 100, temp % 100, 30 + hum / 10,
			hum % 10);
	}
	if (ferror(f) || fclose(f) != 0)
		die("cannot write its readings");
}

static double run_command(const char *command)
{
	double start = children_s();
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0) {
		fprintf(stderr, "%s\n", command);
		die("a command failed");
	}
	return children_s() - start;
}

/* Whether two outputs hold the same rows, the averages within a relative `tolerance`. */
static void compare(const char *a, const char *b, double tolerance)
{
	FILE *fa = fopen(a, "r"), *fb = fopen(b, "r");
	char la[256], lb[256];
	long rows = 0;

	if (fa == NULL || fb == NULL)
		die("an output is missing");
	for (;; rows++) {
		const char *more_a = fgets(la, sizeof la, fa), *more_b = fgets(lb, sizeof lb, fb), *va, *vb;

		if (more_a == NULL && more_b == NULL)
			break;
		va = more_a != NULL ? strrchr(la, ':') : NULL;
		vb = more_b != NULL ? strrchr(lb, ':') : NULL;
		if (va == NULL || vb == NULL || va - la != vb - lb ||
			memcmp(la, lb, (size_t)(va - la)) != 0 ||
			fabs(strtod(va + 1, NULL) - strtod(vb + 1, NULL)) >
				tolerance * fabs(strtod(va + 1, NULL)))
			die("two outputs of the job do not agree");
	}
	if (rows < 1000)
		die("an output of the job is too short");
	(void)fclose(fa);
	(void)fclose(fb);
}

/* argv: weir, job.json, the C program, job.awk, mawk or "" */
static int bench_job(char **argv)
{
	struct race r = { .work = "job", .items = LINES };
	char weir[1024], c[1024], mawk[1024];

	(void)snprintf(weir, sizeof weir, "exec '%s' run --set IN=in.ndjson --set OUT=weir.out '%s'", argv[1],
		argv[2]);
	(void)snprintf(c, sizeof c, "exec '%s' <in.ndjson >c.out", argv[3]);
	(void)snprintf(mawk, sizeof mawk, "exec '%s' -f '%s' in.ndjson >mawk.out", argv[5], argv[4]);
	write_readings("in.ndjson");
	for (int round = 0; round < JOB_ROUNDS; round++) {
		note(&r, 0, "weir", run_command(weir));
		note(&r, 1, "C", run_command(c));
		if (argv[5][0] != '\0')
			note(&r, 2, "mawk", run_command(mawk));
	}
	print(&r);
	compare("c.out", "weir.out", 0);
	if (argv[5][0] != '\0')
		compare("c.out", "mawk.out", 1e-12);
	return judge(&r, "mawk", JOB_AT_MOST);
}

int main(int argc, char **argv)
{
	int missed;

	if (argc != 6)
		die("usage: bench WEIR job.json C-PROGRAM job.awk MAWK-OR-EMPTY");
	printf("processor time, least of %d rounds each, %d of the job; kernels %s\n", LOOP_ROUNDS,
		JOB_ROUNDS, weir_kernels_pick()->isa);
	missed = bench_loops();
	missed += bench_job(argv);
	return missed > 0;
}
