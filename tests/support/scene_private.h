/* SPDX-License-Identifier: MIT */
/*
 * scene_private.h -- what the files of scene.h share.
 */
#ifndef WEIR_TEST_SCENE_PRIVATE_H
#define WEIR_TEST_SCENE_PRIVATE_H

#include "scene.h"

/* Call fn (may be NULL) for each file of a folder, but for proc; how many there are. */
size_t scene_each_file(const char *folder, void (*fn)(const char *path, void *arg), void *arg);

#endif
