/* SPDX-License-Identifier: MIT */
/* scene.c -- see scene.h. */
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe.h"
#include "scene_private.h"
#include "watched.h"

#define CANARY_BYTES 64u
#define CANARY       0xc5
#define EVENTS_MAX   200000u
#define PORT_ITEMS   3u
#define ITEM_BYTES   256u

/* ---- the directory ---- */

static char dir[64], home[4096];
static int real_stdout = -1;

void scene_enter(void)
{
	/* in memory, where there is such a file system: these tests make thousands of files */
	(void)snprintf(dir, sizeof dir, "%s/weir-scene-XXXXXX",
		access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp");
	if (getcwd(home, sizeof home) == NULL || mkdtemp(dir) == NULL || chdir(dir) != 0 ||
		mkdir("proc", 0777) != 0) {
		perror("a directory for scenes");
		exit(2);
	}
}

void scene_begin(void)
{
	int fd = open(SCENE_STDOUT, O_RDWR | O_CREAT | O_APPEND, 0666);

	PROBE_MUST(fd >= 0);
	fflush(stdout);
	real_stdout = dup(1);
	PROBE_MUST(dup2(fd, 1) == 1);
	close(fd);
}

void scene_over(void)
{
	fflush(stdout);
	dup2(real_stdout, 1);
	close(real_stdout);
}

/* Call fn for each file of a folder; how many. */
size_t scene_each_file(const char *folder, void (*fn)(const char *path, void *arg), void *arg)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t n = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL) {
		char path[512];

		(void)snprintf(path, sizeof path, "%s%s%s", strcmp(folder, ".") == 0 ? "" : folder,
			strcmp(folder, ".") == 0 ? "" : "/", e->d_name);
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 || strcmp(path, "proc") == 0)
			continue;
		n++;
		if (fn != NULL)
			fn(path, arg);
	}
	closedir(d);
	return n;
}

static void remove_one(const char *path, void *arg)
{
	if (arg == NULL || strcmp(path, SCENE_STDOUT) != 0)
		(void)remove(path);
}

void scene_leave(void)
{
	scene_each_file("proc", remove_one, NULL);
	scene_each_file(".", remove_one, NULL);
	if (rmdir("proc") != 0 || chdir(home) != 0 || rmdir(dir) != 0)
		perror(dir);
}

int scene_descriptors(void)
{
	return (int)scene_each_file("/proc/self/fd", NULL, NULL);
}

/* A copy, with the quotes that are meant. */
static char *quoted(const struct scene *scene, const char *text, size_t len)
{
	char *copy = malloc(len + 1);

	PROBE_MUST(copy != NULL);
	memcpy(copy, text, len);
	copy[len] = '\0';
	for (size_t i = 0; i < len && scene->ticks; i++)
		if (copy[i] == '\'')
			copy[i] = '"';
	return copy;
}

static void write_file(const char *name, const char *text, size_t len)
{
	FILE *f = fopen(name, "wb");

	PROBE_MUST(f != NULL);
	PROBE_MUST(fwrite(text, 1, len, f) == len);
	PROBE_MUST(fclose(f) == 0);
}

void scene_stage(const struct scene *scene)
{
	scene_each_file(".", remove_one, "");
	for (size_t i = 0; i < SCENE_FILES && scene->files[i].name != NULL; i++) {
		const char *text = scene->files[i].text;
		size_t len = scene->files[i].len > 0 ? scene->files[i].len : strlen(text);
		char *copy = quoted(scene, text, len);

		write_file(scene->files[i].name, copy, len);
		free(copy);
	}
	PROBE_MUST(ftruncate(1, 0) == 0);
}

/* ---- a run ---- */

static void tell(void *arg, const char *line)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", line);
}

static size_t count(const char *const *list)
{
	size_t n = 0;

	while (n < SCENE_BINDS && list[n] != NULL)
		n++;
	return n;
}

char *scene_definition(const struct scene *scene)
{
	return quoted(scene, scene->definition, strlen(scene->definition));
}

void scene_load(struct scene_run *r, const struct scene *scene)
{
	char *text = scene_definition(scene);
	struct weir_load_options options = { .types = watched_types(),
		.settings = scene->settings,
		.n_settings = count(scene->settings),
		.binds = scene->binds,
		.n_binds = count(scene->binds),
		.span_bytes = 256,
		.span_items_max = 3,
		.fault = tell };

	memset(r, 0, sizeof *r);
	r->scene = scene;
	PROBE_CLAIM(weir_definition_open_text(&r->d, scene->name, text, strlen(text), &options) == WEIR_OK,
		"%s does not load", scene->name);
	free(text);
	r->plan = weir_definition_plan(r->d);
	r->size = weir_instance_size(r->plan, NULL, NULL);
	PROBE_MUST(r->size > 0);
	r->memory = aligned_alloc(64, (r->size + 2 * CANARY_BYTES + 63) & ~(size_t)63);
	PROBE_MUST(r->memory != NULL);
	r->arena = r->memory + CANARY_BYTES;
}

void scene_close(struct scene_run *r)
{
	weir_definition_close(r->d);
	free(r->memory);
}

static int ask_poll(void *arg, int fd, unsigned events)
{
	struct pollfd p = { .fd = fd,
		.events = (short)((events & WEIR_READABLE ? POLLIN : 0) |
				  (events & WEIR_WRITABLE ? POLLOUT : 0)) };

	(void)arg;
	return poll(&p, 1, 0) > 0 ? (int)events : 0;
}

void scene_prepare(struct scene_run *r)
{
	scene_stage(r->scene);
	watched_reset();
	memset(r->memory, CANARY, r->size + 2 * CANARY_BYTES);
	r->descriptors = scene_descriptors();
	r->seed = 1;
	weir_sim_init(&r->sim);
	weir_sim_on_ready(&r->sim, ask_poll, NULL);
	r->sim.turns_step = 1;
}

int scene_launch(struct scene_run *r)
{
	int rc = weir_instance_init(&r->in, r->arena, r->size, r->plan, &r->sim.platform, NULL);

	return rc < 0 ? rc : weir_start(r->in);
}

int scene_start(struct scene_run *r)
{
	scene_prepare(r);
	return scene_launch(r);
}

/* ---- events ---- */

static uint32_t record_bytes(const struct weir_plan *p, const struct weir_stage_def *d)
{
	bool in = (d->type->flags & WEIR_OP_SOURCE) != 0;

	return p->records[p->edges[in ? p->outputs[d->first_out] : p->inputs[d->first_in]].record]->size;
}

/* Push or pull a few records; whether that did anything. Of pushed ones the bytes count up. */
static bool work_port(struct scene_run *r, uint16_t stage)
{
	const struct weir_stage_def *d = &r->plan->stages[stage];
	static unsigned char records[PORT_ITEMS * ITEM_BYTES];
	int64_t instants[PORT_ITEMS], n;
	uint32_t bytes = record_bytes(r->plan, d);
	ssize_t written;

	PROBE_MUST(bytes <= ITEM_BYTES);
	if ((d->type->flags & WEIR_OP_SOURCE) == 0) {
		n = weir_pull(r->in, stage, records, instants, PORT_ITEMS);
		written = n > 0 ? write(1, records, (size_t)n * bytes) : 0;
		PROBE_MUST(written == (n > 0 ? n * (int64_t)bytes : 0));
		return n > 0;
	}
	memset(records, 0, sizeof records);
	for (uint32_t i = 0; i < PORT_ITEMS; i++) {
		instants[i] = (int64_t)(r->seed + i) * 1000000;
		memcpy(records + i * bytes, &instants[i], 8);
	}
	if (r->seed > 40)
		return weir_push_end(r->in, stage) == WEIR_OK && r->seed++ < 60;
	n = weir_push(
		r->in, stage, records, r->plan->clock == WEIR_CLOCK_EVENT ? instants : NULL, PORT_ITEMS);
	r->seed += n > 0 ? (uint64_t)n : 0;
	return n > 0;
}

bool scene_event(struct scene_run *r)
{
	bool any = false;
	int rc;

	r->sim.turns_limit = r->sim.turns + 1;
	rc = r->scene->horizon_ns > 0 ? weir_sim_run_until(&r->sim, r->scene->horizon_ns)
				      : weir_sim_run(&r->sim);
	if (rc == WEIR_ETIMEOUT)
		return true;
	PROBE_CLAIM(rc == WEIR_OK || rc == WEIR_EAGAIN, "%s", weir_errname(rc));
	for (uint16_t i = 0; i < r->plan->n_stages && !weir_ended(r->in); i++)
		if ((r->plan->stages[i].type->flags & WEIR_OP_PORT) != 0)
			any = work_port(r, i) || any;
	return any;
}

void scene_finish(struct scene_run *r)
{
	uint32_t events = 0;

	while (scene_event(r))
		PROBE_CLAIM(events++ < EVENTS_MAX, "%s runs in circles", r->scene->name);
}

/* ---- the end ---- */

static void check_canaries(const struct scene_run *r)
{
	for (size_t i = 0; i < CANARY_BYTES; i++)
		PROBE_CLAIM(r->memory[i] == CANARY && r->arena[r->size + i] == CANARY,
			"%s wrote outside its arena", r->scene->name);
}

void scene_end(struct scene_run *r)
{
	weir_fini(r->in);
	PROBE_MUST(weir_ended(r->in));
	probe_check_ledger(r->in);
	PROBE_MUST(weir_timers_armed(r->in) == 0);
	PROBE_MUST(r->sim.attached == 0);
	for (uint32_t i = 0; i < WEIR_SIM_WATCHES; i++)
		PROBE_MUST(r->sim.watches[i].watch == NULL);
	for (uint16_t i = 0; i < r->plan->n_stages; i++)
		PROBE_MUST(weir_stage_phase(r->in, i) > WEIR_STAGE_RUNNING ||
			   (weir_stage_phase(r->in, i) == WEIR_STAGE_NEW && /* in a scope nobody started */
				   r->plan->stages[i].scope != 0));
	watched_check(r->plan);
	PROBE_CLAIM(scene_descriptors() == r->descriptors, "%s left a descriptor open", r->scene->name);
	check_canaries(r);
}

uint32_t scene_run_whole(struct scene_run *r)
{
	uint32_t events = 0;

	PROBE_MUST(scene_start(r) == WEIR_OK);
	while (scene_event(r))
		PROBE_CLAIM(events++ < EVENTS_MAX, "%s runs in circles", r->scene->name);
	if (r->scene->horizon_ns > 0) {
		PROBE_MUST(!weir_ended(r->in));
		PROBE_MUST(weir_drain(r->in, WEIR_DRAIN_FINISH, WEIR_NEVER) == WEIR_OK);
		scene_finish(r);
	}
	PROBE_CLAIM(weir_ended(r->in), "%s does not end", r->scene->name);
	return events;
}
