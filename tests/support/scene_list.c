/* SPDX-License-Identifier: MIT */
/* scene_list.c -- all scenes, by number: made ones first. */
#include "scene.h"

#define MADE 128u

static struct scene made[MADE];
static size_t n_samples, n_made;

size_t scene_make_all(void)
{
	n_samples = scene_samples(made, MADE);
	n_made = n_samples + scene_examples(made + n_samples, MADE - n_samples);
	return n_made + scene_own_count;
}

const struct scene *scene_at(int i)
{
	return (size_t)i < n_made ? &made[i] : &scene_own[(size_t)i - n_made];
}

bool scene_is_example(int i)
{
	return (size_t)i >= n_samples && (size_t)i < n_made;
}

void scene_free_all(void)
{
	scene_free_samples(made, n_samples);
	scene_free_examples(made + n_samples, n_made - n_samples);
	n_samples = n_made = 0;
}
