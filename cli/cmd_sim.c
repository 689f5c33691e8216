/* SPDX-License-Identifier: MIT */
/*
 * cmd_sim.c -- `weir sim`: random pipelines, random things done to them, and every law looked at after every step.
 */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "sim/file.h"
#include "sim/workers.h"

#define SHORTENED_MOST 4u /* broken seeds that are made short and written down */

struct wanted {
	struct sim_work work;
	const char *operators, *replay, *output;
	bool stats, verbose, runs_given;
};

/* ---- the command line ---- */

static bool number(const char *name, const char *text, uint64_t least, uint64_t most, uint64_t *to)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && *to >= least && *to <= most)
		return true;
	cli_error("--%s wants a number from %llu to %llu, not \"%s\"", name, (unsigned long long)least,
		(unsigned long long)most, text);
	return false;
}

static bool take(struct wanted *o, int c)
{
	uint64_t n = 0;

	switch (c) {
	case 's':
		return number("seed", optarg, 0, UINT64_MAX / 2, &o->work.first);
	case 'r':
		o->runs_given = true;
		return number("runs", optarg, 1, UINT64_MAX / 2, &o->work.runs);
	case 't':
		return number("seconds", optarg, 1, 1000000, &o->work.seconds);
	case 'j':
		if (!number("jobs", optarg, 1, SIM_WORKERS, &n))
			return false;
		o->work.jobs = (uint32_t)n;
		return true;
	case 'l':
		o->work.wish.liveness = true;
		return true;
	case 'p':
		o->operators = optarg;
		return true;
	case 'S':
		o->stats = true;
		return true;
	case 'v':
		o->verbose = true;
		return true;
	case 'R':
		o->replay = optarg;
		return true;
	case 'o':
		o->output = optarg;
		return true;
	default:
		return false;
	}
}

static int parse(struct wanted *o, int argc, char **argv)
{
	bool good = true;
	int c;

	while (good && (c = cli_next_option(&cli_sim, argc, argv)) != -1) {
		if (c == 'h') {
			cli_help(stdout, &cli_sim);
			return CLI_DONE;
		}
		good = take(o, c);
	}
	if (good && optind != argc) {
		cli_error("\"%s\" is no option; the simulator takes no definition", argv[optind]);
		good = false;
	}
	if (good && o->runs_given && o->work.seconds != 0) {
		cli_error("--runs and --seconds exclude each other");
		good = false;
	}
	if (good && o->verbose && o->replay == NULL && (!o->runs_given || o->work.runs != 1)) {
		cli_error("--verbose tells of one seed; add --runs 1");
		good = false;
	}
	if (!good)
		(void)fputs("Try `weir sim --help`.\n", stderr);
	return good ? CLI_OK : CLI_USAGE;
}

/* ---- files ---- */

/* All of it, NUL-terminated; NULL: told. Free it. */
static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	struct sim_text t = { 0 };
	char piece[4096];
	size_t n = 0;

	if (f == NULL) {
		cli_error("%s: %s", path, strerror(errno));
		return NULL;
	}
	sim_text_add(&t, "%s", "");
	while ((n = fread(piece, 1, sizeof piece, f)) > 0)
		sim_text_add(&t, "%.*s", (int)n, piece);
	(void)fclose(f);
	return t.at;
}

static void write_file(const struct wanted *o, const struct sim_found *found, const struct sim_case *c)
{
	struct sim_text t = { 0 }, path = { 0 };
	FILE *f;

	sim_text_add(&t, "# %s: %s\n# weir sim --seed %llu --runs 1%s\n", found->law, found->message,
		(unsigned long long)found->seed, o->work.wish.liveness ? " --liveness" : "");
	sim_file_write(&t, c);
	sim_text_add(&path, "%s/sim-%llu.actions", o->output, (unsigned long long)found->seed);
	f = fopen(path.at, "w");
	if (f == NULL || fputs(t.at, f) < 0 || fclose(f) != 0)
		cli_error("%s: %s", path.at, strerror(errno));
	else
		(void)printf("      %s: %u actions\n", path.at, c->n_actions);
	sim_text_fini(&t);
	sim_text_fini(&path);
}

/* ---- what it does ---- */

static int replay(const struct wanted *o)
{
	struct sim_case *c = sim_memory(NULL, sizeof *c);
	char *text = read_file(o->replay);
	struct sim_pool pool = { 0 };
	struct sim_found found;
	const char *why = NULL;
	uint32_t line = 0;
	int rc = text == NULL ? CLI_NO_INPUT : CLI_OK;

	if (rc == CLI_OK && sim_file_read(c, &pool, o->work.types, text, &line, &why) < 0) {
		(void)fprintf(stderr, "%s:%u: error: %s\n", o->replay, line, why);
		rc = CLI_DEFINITION;
	}
	if (rc == CLI_OK) {
		int played = sim_play_apart(o->work.types, c, o->verbose ? stdout : NULL, false, &found);

		if (played < 0)
			cli_error("%s: %s", o->replay,
				played == WEIR_EINVAL ? found.message : weir_strerror(played));
		else if (played > 0)
			(void)printf("%s: %s: %s\n", o->replay, found.law, found.message);
		rc = played < 0 ? CLI_DEFINITION : played > 0 ? CLI_FAILED : CLI_OK;
	}
	free(text);
	free(c);
	sim_pool_free(&pool);
	return rc;
}

static void tell_story(const struct wanted *o)
{
	struct sim_machine m = { .types = o->work.types };
	struct sim_case *c = sim_memory(NULL, sizeof *c);
	struct sim_pool pool = { 0 };
	struct sim_text t = { 0 };

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (sim_play_seed(&m, c, &pool, o->work.first, &o->work.wish, NULL)) {
		sim_file_write(&t, c);
		(void)printf("%s\n", t.at);
		(void)sim_run(&m, c, stdout);
	}
	sim_text_fini(&t);
	sim_machine_fini(&m);
	sim_pool_free(&pool);
	free(c);
}

static void shorten_all(const struct wanted *o, struct sim_sum *sum)
{
	struct sim_case *c = sim_memory(NULL, sizeof *c);
	struct sim_pool pool = { 0 };

	for (uint32_t i = 0; i < sum->n_found; i++) {
		struct sim_found *f = &sum->found[i];

		(void)printf("seed %llu: %s: %s\n", (unsigned long long)f->seed, f->law, f->message);
		(void)fflush(stdout);
		if (i < SHORTENED_MOST && sim_shorten(&o->work, f, c, &pool))
			write_file(o, f, c);
	}
	if (sum->violations > sum->n_found)
		(void)printf("... and %llu more\n", (unsigned long long)(sum->violations - sum->n_found));
	sim_pool_free(&pool);
	free(c);
}

static void print_sum(const struct wanted *o, const struct sim_sum *sum)
{
	const struct sim_types *types = o->work.types;

	(void)printf("seeds       %llu\nevents      %llu\nviolations  %llu\nhash        %016llx\n",
		(unsigned long long)sum->seeds, (unsigned long long)sum->events,
		(unsigned long long)sum->violations, (unsigned long long)sum->hash);
	for (uint32_t i = 0; o->stats && i < types->n; i++)
		(void)printf("stages      %-20s %llu\n", types->list[i].type->name,
			(unsigned long long)sum->drawn[i]);
	if (o->stats)
		(void)printf("stalled     %llu, as was foretold\nrefused     %llu\n",
			(unsigned long long)sum->stalled, (unsigned long long)sum->refused);
}

static int play(struct wanted *o)
{
	struct sim_sum *sum = sim_memory(NULL, sizeof *sum);
	int rc;

	if (o->verbose)
		tell_story(o);
	o->work.progress = isatty(STDERR_FILENO) != 0 && !o->verbose;
	rc = sim_work(&o->work, sum);
	if (rc < 0)
		cli_error("no processes or no memory for them: %s", strerror(errno));
	shorten_all(o, sum);
	print_sum(o, sum);
	rc = rc < 0 || sum->violations > 0 ? CLI_FAILED : CLI_OK;
	free(sum);
	return rc;
}

static int run(int argc, char **argv)
{
	struct wanted o = { .work = { .first = 1, .runs = 1000, .jobs = 1 }, .output = "." };
	struct sim_types *types;
	const char *bad = NULL;
	int rc = parse(&o, argc, argv);

	if (rc != CLI_OK)
		return cli_status(rc);
	types = sim_memory(NULL, sizeof *types);
	o.work.types = types;
	if (sim_types_init(types, NULL, o.operators, &bad) < 0) {
		cli_error("--operators: there is no operator \"%.*s\"", (int)strcspn(bad, ","), bad);
		rc = CLI_USAGE;
	} else {
		rc = o.replay != NULL ? replay(&o) : play(&o);
	}
	free(types);
	return rc;
}

static const struct cli_option options[] = {
	{ 's', "seed", "N", "the first seed (1)" },
	{ 'r', "runs", "N", "how many seeds (1000)" },
	{ 't', "seconds", "N", "as many seeds as there is time for" },
	{ 'j', "jobs", "N", "in so many processes (1)" },
	{ 'l', "liveness", NULL,
		"nothing is ended from outside: once all are set free, it must end by itself" },
	{ 'p', "operators", "A,B", "draw from these operators only" },
	{ 'S', "stats", NULL, "print how often each operator was drawn" },
	{ 'v', "verbose", NULL, "tell the story of one seed" },
	{ 'R', "replay", "FILE", "play such a file instead of seeds" },
	{ 'o', "output", "DIR", "where files go (.)" },
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_sim = {
	.name = "sim",
	.run = run,
	.summary = "try to break weir's laws with random pipelines",
	.operands = "",
	.about = "Try to break weir's laws: draw a pipeline of random operators from each seed, do random "
		 "things to\n"
		 "it on a virtual clock, look at every law after every step, and compare what comes out with "
		 "what\n"
		 "must. A seed that breaks a law is made short and written to sim-SEED.actions.",
	.exit = "0 no law was broken, 1 one was, 64 bad usage, 66 no such file, 78 faults in the file.",
	.options = options,
};
