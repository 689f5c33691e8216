/* SPDX-License-Identifier: MIT */
/*
 * scene_samples.c -- a scene for each definition below samples/, as it is shipped.
 *
 * Beside it stand the folder's other files, inputs cut after a few lines, and what `bind` says is bound. Files below
 * /proc become files of the scene's directory; a definition that reads them has no end. A folder with a program `run`
 * needs more than files. Called before any test runs, so without Check.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scene.h"

#define LINES      14u
#define FILE_BYTES 65536u

static void must(bool good, const char *what)
{
	if (good)
		return;
	(void)fprintf(stderr, "samples: %s; is srcdir set?\n", what);
	exit(2);
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static char *copy_of(const char *s)
{
	char *copy = malloc(strlen(s) + 1);

	must(copy != NULL, s);
	return strcpy(copy, s);
}

static char *read_from(const char *folder, const char *name)
{
	char path[1024], *text = calloc(1, FILE_BYTES);
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	must(f != NULL && text != NULL && fread(text, 1, FILE_BYTES - 1, f) < FILE_BYTES - 1, path);
	(void)fclose(f);
	return text;
}

static void cut_lines(char *text)
{
	for (unsigned n = 0; n < LINES && text != NULL; n++) {
		text = strchr(text, '\n');
		if (text != NULL)
			text++;
	}
	if (text != NULL)
		*text = '\0';
}

/* "/proc/x" to "proc/x"; whether there was any. */
static bool move_proc(char *text)
{
	bool any = false;

	for (char *at = text; (at = strstr(at, "\"/proc/")) != NULL; any = true)
		memmove(at + 1, at + 2, strlen(at + 2) + 1);
	return any;
}

static void add_file(struct scene *s, const char *name, char *text)
{
	size_t i = 0;

	while (i < SCENE_FILES && s->files[i].name != NULL)
		i++;
	must(i < SCENE_FILES, name);
	s->files[i].name = copy_of(name);
	s->files[i].text = text;
}

/* A line PORT=FILE each. */
static void add_binds(struct scene *s, const char *folder)
{
	char *text = read_from(folder, "bind"), *line = text;

	for (size_t n = 0; n < SCENE_BINDS && *line != '\0'; n++) {
		size_t len = strcspn(line, "\n");
		char *bind = malloc(len + 1);

		must(bind != NULL, line);
		memcpy(bind, line, len);
		bind[len] = '\0';
		s->binds[n] = bind;
		line += len + (line[len] == '\n');
	}
	free(text);
}

static bool is_input(const char *name)
{
	return name[0] != '.' && !ends_with(name, ".json") && !ends_with(name, ".c") &&
	       !ends_with(name, ".md") && !ends_with(name, "expected") && strcmp(name, "bind") != 0;
}

static void make(struct scene *s, const char *folder, const char *name)
{
	char *definition = read_from(folder, name);
	DIR *d = opendir(folder);
	struct dirent *e;

	memset(s, 0, sizeof *s);
	s->name = copy_of(name);
	s->definition = definition;
	if (move_proc(definition)) {
		s->horizon_ns = 3000000000u;
		add_file(s, "proc/loadavg", copy_of("0.31 0.20 0.15 1/93 4711\n"));
		add_file(s, "proc/meminfo", copy_of("MemTotal: 2 kB\nMemAvailable:    812345 kB\n"));
		add_file(s, "proc/stat", copy_of("cpu 1 2 3\nprocs_running 3\nprocs_blocked 0\n"));
	}
	must(d != NULL, folder);
	while ((e = readdir(d)) != NULL) {
		char *text;

		if (strcmp(e->d_name, "bind") == 0)
			add_binds(s, folder);
		if (!is_input(e->d_name))
			continue;
		text = read_from(folder, e->d_name);
		cut_lines(text);
		add_file(s, e->d_name, text);
	}
	closedir(d);
}

static int is_sample(const struct dirent *e)
{
	return e->d_name[0] >= '0' && e->d_name[0] <= '9';
}

static bool has_run(const char *folder)
{
	char path[1024];

	(void)snprintf(path, sizeof path, "%s/run", folder);
	return access(path, X_OK) == 0;
}

size_t scene_samples(struct scene *to, size_t max)
{
	const char *source = getenv("srcdir");
	char folder[2][512];
	struct dirent **names, **files;
	size_t n = 0;
	int n_names, n_files;

	(void)snprintf(folder[0], sizeof folder[0], "%s/samples", source != NULL ? source : ".");
	n_names = scandir(folder[0], &names, is_sample, alphasort);
	must(n_names > 0, folder[0]);
	for (int i = 0; i < n_names; i++) {
		(void)snprintf(folder[1], sizeof folder[1], "%.200s/%.200s", folder[0], names[i]->d_name);
		n_files = has_run(folder[1]) ? 0 : scandir(folder[1], &files, NULL, alphasort);
		for (int k = 0; k < n_files; k++) {
			if (ends_with(files[k]->d_name, ".json") &&
				!ends_with(files[k]->d_name, ".test.json")) {
				must(n < max, "too many");
				make(&to[n++], folder[1], files[k]->d_name);
			}
			free(files[k]);
		}
		if (n_files > 0)
			free(files);
		free(names[i]);
	}
	free(names);
	return n;
}

void scene_free_samples(struct scene *scenes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free((void *)(uintptr_t)scenes[i].name);
		free((void *)(uintptr_t)scenes[i].definition);
		for (size_t k = 0; k < SCENE_FILES; k++) {
			free((void *)(uintptr_t)scenes[i].files[k].name);
			free((void *)(uintptr_t)scenes[i].files[k].text);
		}
		for (size_t k = 0; k < SCENE_BINDS; k++)
			free((void *)(uintptr_t)scenes[i].binds[k]);
	}
}
