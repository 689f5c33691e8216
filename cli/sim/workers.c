/* SPDX-License-Identifier: MIT */
/* workers.c -- see workers.h. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "shrink.h"
#include "workers.h"

#define ATTEMPTS    8u /* cases drawn for a seed until the builder takes one */
#define HANG_S      20u
#define APART_S     5u
#define PROGRESS_NS 200000000

/* What a worker says of itself, in memory that its parent reads: also after its death. */
struct worker {
	uint64_t seed; /* under way */
	uint64_t next; /* to be played after it */
	bool done;
	struct sim_sum sum;
};

/* ---- memory in common ---- */

static void *share(size_t bytes)
{
	FILE *f = tmpfile();
	void *at;

	if (f == NULL || ftruncate(fileno(f), (off_t)bytes) != 0) {
		if (f != NULL)
			(void)fclose(f);
		return NULL;
	}
	at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(f), 0);
	(void)fclose(f);
	return at == MAP_FAILED ? NULL : at;
}

/* ---- one seed ---- */

bool sim_play_seed(struct sim_machine *m, struct sim_case *c, struct sim_pool *pool, uint64_t seed,
	const struct sim_wish *wish, FILE *story)
{
	for (uint32_t i = 0; i < ATTEMPTS; i++) {
		sim_pool_reset(pool);
		sim_draw(c, pool, m->types, sim_mix(seed) + i, wish);
		if (sim_run(m, c, story) == WEIR_OK)
			return true;
	}
	return false;
}

static void remember(struct sim_sum *sum, uint64_t seed, const char *law, const char *message)
{
	struct sim_found *f = &sum->found[sum->n_found];

	sum->violations++;
	if (sum->n_found == SIM_FOUND)
		return;
	sum->n_found++;
	f->seed = seed;
	(void)snprintf(f->law, sizeof f->law, "%s", law);
	(void)snprintf(f->message, sizeof f->message, "%s", message);
}

static void add_seed(struct worker *w, const struct sim_machine *m, bool ran)
{
	struct sim_sum *sum = &w->sum;

	sum->seeds++;
	sum->refused += !ran;
	sum->stalled += ran && m->stalled;
	sum->events += m->world.trace.events;
	sum->hash += ran ? sim_mix(w->seed ^ m->world.trace.hash) : 0; /* a sum: order is nothing */
	if (ran && m->world.broken[0] != '\0')
		remember(sum, w->seed, m->world.broken, m->world.message);
}

/* ---- workers ---- */

static uint64_t now_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec;
}

static void work_on(const struct sim_work *work, struct worker *w, uint64_t until_s)
{
	struct sim_machine m = { .types = work->types };
	struct sim_case *c = sim_memory(NULL, sizeof *c);
	struct sim_pool pool = { 0 };

	while (work->seconds != 0 ? now_s() < until_s : w->next < work->first + work->runs) {
		bool ran;

		w->seed = w->next;
		w->next += work->jobs;
		(void)alarm(work->hang_s != 0 ? work->hang_s : HANG_S);
		ran = sim_play_seed(&m, c, &pool, w->seed, &work->wish, NULL);
		add_seed(w, &m, ran);
		for (uint32_t i = 0; i < work->types->n; i++)
			w->sum.drawn[i] = work->types->list[i].drawn;
	}
	w->done = true;
	sim_machine_fini(&m);
	sim_pool_free(&pool);
	free(c);
}

/* A process of its own: what the parent does about alarms is not its matter. */
static pid_t split(void)
{
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		(void)signal(SIGALRM, SIG_DFL);
	return pid;
}

static pid_t start(const struct sim_work *work, struct worker *w, uint64_t until_s)
{
	pid_t pid = split();

	if (pid != 0)
		return pid;
	for (uint32_t i = 0; i < work->types->n; i++)
		work->types->list[i].drawn = w->sum.drawn[i];
	work_on(work, w, until_s);
	_exit(0);
}

static void name_death(int status, char *text, size_t size)
{
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;

	if (sig == SIGALRM)
		(void)snprintf(text, size, "it hangs");
	else if (sig != 0)
		(void)snprintf(text, size, "the process was ended by signal %d", sig);
	else
		(void)snprintf(text, size, "the process exited with status %d", WEXITSTATUS(status));
}

/* A worker has ended. Returns whether it must be started again, behind the seed it died of. */
static bool bury(struct worker *w, int status)
{
	char text[64];

	if (w->done)
		return false;
	name_death(status, text, sizeof text);
	w->sum.seeds++;
	remember(&w->sum, w->seed, WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hang" : "crash",
		text);
	return true;
}

static void add_sums(struct sim_sum *to, const struct sim_sum *from)
{
	to->seeds += from->seeds;
	to->refused += from->refused;
	to->stalled += from->stalled;
	to->events += from->events;
	to->hash += from->hash;
	for (uint32_t i = 0; i < SIM_TYPES; i++)
		to->drawn[i] += from->drawn[i];
	for (uint32_t i = 0; i < from->n_found && to->n_found < SIM_FOUND; i++)
		to->found[to->n_found++] = from->found[i];
	to->violations += from->violations;
}

static int by_seed(const void *a, const void *b)
{
	const struct sim_found *x = a, *y = b;

	return x->seed < y->seed ? -1 : x->seed > y->seed;
}

static void sum_up(const struct worker *workers, uint32_t n, struct sim_sum *sum)
{
	memset(sum, 0, sizeof *sum);
	for (uint32_t i = 0; i < n; i++)
		add_sums(sum, &workers[i].sum);
	qsort(sum->found, sum->n_found, sizeof sum->found[0], by_seed);
}

static void show(const struct sim_work *work, const struct worker *workers)
{
	struct sim_sum *sum = sim_memory(NULL, sizeof *sum);

	sum_up(workers, work->jobs, sum);
	(void)fprintf(stderr, "\r%llu seeds, %llu violations ", (unsigned long long)sum->seeds,
		(unsigned long long)sum->violations);
	(void)fflush(stderr);
	free(sum);
}

/* The next worker that ended; shows how far they are meanwhile. */
static pid_t wait_for_one(const struct sim_work *work, const struct worker *workers, int *status)
{
	const struct timespec pause = { .tv_nsec = PROGRESS_NS };
	pid_t pid;

	if (!work->progress)
		return waitpid(-1, status, 0);
	while ((pid = waitpid(-1, status, WNOHANG)) == 0) {
		show(work, workers);
		(void)nanosleep(&pause, NULL);
	}
	return pid;
}

static int run_workers(const struct sim_work *work, struct worker *workers)
{
	uint64_t until_s = now_s() + work->seconds;
	pid_t pids[SIM_WORKERS];
	uint32_t running = 0;

	for (uint32_t i = 0; i < work->jobs; i++) {
		workers[i].next = work->first + i;
		pids[i] = start(work, &workers[i], until_s);
		if (pids[i] < 0)
			return WEIR_EIO;
		running++;
	}
	while (running > 0) {
		int status = 0;
		pid_t pid = wait_for_one(work, workers, &status);
		uint32_t i = 0;

		while (i < work->jobs && pids[i] != pid)
			i++;
		if (pid < 0 || i == work->jobs)
			return WEIR_EIO;
		if (bury(&workers[i], status))
			pids[i] = start(work, &workers[i], until_s);
		else
			running--;
	}
	return WEIR_OK;
}

int sim_work(const struct sim_work *work, struct sim_sum *sum)
{
	struct worker *workers = share(work->jobs * sizeof *workers);
	int rc;

	memset(sum, 0, sizeof *sum);
	if (workers == NULL)
		return WEIR_EIO;
	rc = run_workers(work, workers);
	sum_up(workers, work->jobs, sum);
	if (work->progress)
		(void)fputs("\r\033[K", stderr);
	(void)munmap(workers, work->jobs * sizeof *workers);
	return rc;
}

/* ---- one case apart ---- */

struct apart {
	int rc;
	struct sim_found found;
};

static void hush(void)
{
	int fd = open("/dev/null", O_WRONLY);

	if (fd >= 0) {
		(void)dup2(fd, STDERR_FILENO);
		(void)close(fd);
	}
}

static void play_here(struct sim_types *types, const struct sim_case *c, FILE *story, struct apart *a)
{
	struct sim_machine m = { .types = types };
	int rc = sim_run(&m, c, story);

	(void)snprintf(a->found.law, sizeof a->found.law, "%s", m.world.broken);
	(void)snprintf(
		a->found.message, sizeof a->found.message, "%s", rc < 0 ? m.made.why : m.world.message);
	a->rc = rc < 0 ? rc : m.world.broken[0] != '\0';
	sim_machine_fini(&m);
}

static int read_fate(const struct apart *a, int status, struct sim_found *found)
{
	found->law[0] = found->message[0] = '\0';
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
		memcpy(found->law, a->found.law, sizeof found->law);
		memcpy(found->message, a->found.message, sizeof found->message);
		return a->rc;
	}
	(void)snprintf(found->law, sizeof found->law, "%s",
		WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "hang" : "crash");
	name_death(status, found->message, sizeof found->message);
	return 1;
}

int sim_play_apart(
	struct sim_types *types, const struct sim_case *c, FILE *story, bool quiet, struct sim_found *found)
{
	struct apart *a = share(sizeof *a);
	int status = 0, rc = WEIR_EIO;
	pid_t pid;

	if (a == NULL)
		return WEIR_EIO;
	pid = split();
	if (pid == 0) {
		if (quiet)
			hush();
		(void)alarm(APART_S);
		play_here(types, c, story, a);
		if (story != NULL)
			(void)fflush(story);
		_exit(0);
	}
	if (pid > 0 && waitpid(pid, &status, 0) == pid)
		rc = read_fate(a, status, found);
	(void)munmap(a, sizeof *a);
	return rc;
}

/* ---- a broken seed again ---- */

struct again {
	struct sim_types *types;
	const struct sim_found *wanted;
};

static bool breaks_it_too(void *arg, const struct sim_case *c)
{
	const struct again *a = arg;
	struct sim_found f;

	return sim_play_apart(a->types, c, NULL, true, &f) == 1 && strcmp(f.law, a->wanted->law) == 0;
}

bool sim_shorten(
	const struct sim_work *work, struct sim_found *found, struct sim_case *c, struct sim_pool *pool)
{
	struct again again = { .types = work->types, .wanted = found };
	struct sim_found last;

	for (uint32_t i = 0; i < ATTEMPTS; i++) {
		sim_pool_reset(pool);
		sim_draw(c, pool, work->types, sim_mix(found->seed) + i, &work->wish);
		if (!breaks_it_too(&again, c))
			continue;
		(void)sim_shrink(c, breaks_it_too, &again);
		if (sim_play_apart(work->types, c, NULL, true, &last) == 1)
			memcpy(found->message, last.message, sizeof found->message);
		return true;
	}
	return false;
}
