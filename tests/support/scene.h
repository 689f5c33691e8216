/* SPDX-License-Identifier: MIT */
/*
 * scene.h -- whole pipelines loaded from definitions, with the files they read, in a directory of their own.
 *
 *	scene_enter();				a fresh directory becomes the current one
 *	scene_begin();				standard output is the file `stdout` there
 *	scene_load(&r, scene_at(i));
 *	scene_start(&r);  scene_event(&r) ...	on the virtual clock, an event at a time
 *	scene_end(&r);				the laws that hold whatever happened
 *	scene_over();  scene_leave();
 *
 * A path below /proc is one below the directory's own proc/.
 */
#ifndef WEIR_TEST_SCENE_H
#define WEIR_TEST_SCENE_H

#include <weir/load.h>
#include <weir/sim.h>

#define SCENE_FILES   6u
#define SCENE_BINDS   4u
#define SCENE_OUTPUTS 8u /* stdout is the first */
#define SCENE_STDOUT  "stdout"

struct scene_text {
	char *bytes; /* NULL: there is no such file */
	size_t len;
};

struct scene {
	const char *name;
	const char *definition;
	struct {
		const char *name, *text;
		size_t len; /* 0: as text */
	} files[SCENE_FILES];
	const char *binds[SCENE_BINDS], *settings[SCENE_BINDS];
	uint64_t horizon_ns; /* one without an end is let run so long; 0: it ends by itself */
	bool ticks;          /* ' stands for " */
};

/* What is below: the tests' own; one for each definition below samples/, its inputs cut after a few lines; and one for
 * each operator of one input, of the examples in its parameter table, on both clocks. */
extern const struct scene scene_own[];
extern const size_t scene_own_count;
size_t scene_samples(struct scene *to, size_t max);
void scene_free_samples(struct scene *scenes, size_t n);
size_t scene_examples(struct scene *to, size_t max);
void scene_free_examples(struct scene *scenes, size_t n);

/* All of them, made before any test runs: how many, each, and given back. */
size_t scene_make_all(void);
const struct scene *scene_at(int i);
bool scene_is_example(int i); /* of a parameter table */
void scene_free_all(void);

/* Make the directory and enter it; leave and remove it. Unchecked fixtures, so that a test that fails leaves nothing. */
void scene_enter(void);
void scene_leave(void);
/* Standard output is a file of the directory, from the beginning of a test until it is over. */
void scene_begin(void);
void scene_over(void);
/* Write what the scene reads, and remove all else: as it is before a run. */
void scene_stage(const struct scene *scene);

/* A run of one. */
struct scene_run {
	const struct scene *scene;
	struct weir_definition *d;
	const struct weir_plan *plan;
	struct weir_instance *in;
	struct weir_sim sim;
	unsigned char *memory, *arena;
	size_t size;
	int descriptors;
	uint64_t seed;
};

/* Its definition as it is to be read, to be freed. */
char *scene_definition(const struct scene *scene);
/* Load the definition with watched types and small spans; it must be good. */
void scene_load(struct scene_run *r, const struct scene *scene);
void scene_close(struct scene_run *r);
/* Stage the files, lay out between canaries and start; what weir_instance_init or weir_start returned. In two steps:
 * what the test does, then what weir does. */
int scene_start(struct scene_run *r);
void scene_prepare(struct scene_run *r);
int scene_launch(struct scene_run *r);
/* One turn; when there is none to give, what the application's end of a port does. False: nothing happens any more. */
bool scene_event(struct scene_run *r);
/* Events to the end of the run or of time; fails the test when there is none. */
void scene_finish(struct scene_run *r);
/* weir_fini, and what must hold after every run: books balanced and closed, nothing open, armed or overwritten. */
void scene_end(struct scene_run *r);

/* Start, run to the end, or up to the horizon and then drain; how many events there were before. scene_end is due. */
uint32_t scene_run_whole(struct scene_run *r);

/* Bytes that left each source, in all. */
uint64_t scene_handed_over(const struct scene_run *r);
/* Whether the one file it reads decides what comes out, and in what order. */
bool scene_is_ordered(const struct weir_plan *plan);

/* ---- what comes out ---- */

#define SCENE_OLD "what was there before\n"

/* The same scene with old files where others will be put. */
void scene_with_old(struct scene *to, const struct scene *from, const struct weir_plan *plan);

struct scene_outputs {
	size_t n; /* stdout is the first */
	char names[SCENE_OUTPUTS][64];
	struct scene_text texts[SCENE_OUTPUTS];
};

/* The files that a run of the scene has made, and stdout. */
void scene_collect(struct scene_outputs *o, const struct scene *scene);
void scene_drop(struct scene_outputs *o);
bool scene_is_prefix(const struct scene_text *part, const struct scene_text *whole);
/*
 * A file that is replaced is the old one, or the new one if its sink completed; nothing else lies in the directory; and
 * of an ordered scene all that came out is the first part of `whole`. `what`: for messages.
 */
void scene_check_outputs(const struct scene_run *r, const struct scene_outputs *whole, const char *what);

/* The whole file, to be freed by the caller; no bytes: there is none. */
struct scene_text scene_read(const char *name);
int scene_descriptors(void);

#endif
