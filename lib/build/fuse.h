/* SPDX-License-Identifier: MIT */
/*
 * fuse.h -- make one program of neighbouring stages. Hosted.
 */
#ifndef WEIR_BUILD_FUSE_H
#define WEIR_BUILD_FUSE_H

#include <stddef.h>

#include <weir/program.h>

/*
 * Link n programs (>= 1), each reading what the one before writes, into one that gives the same items, the
 * same faults and the same counts as running them one after another. The segments of list[i] come behind
 * those of list[0 .. i). One program alone is tidied up: registers reused, useless instructions left out,
 * stores last.
 *
 * 0; WEIR_EINVAL: none given, or record sizes that do not meet; WEIR_EFULL: more than 255 registers or
 * segments, or a field read in another shape than it was written in: keep the programs apart; WEIR_ENOMEM.
 * *out belongs to the caller (weir_fuse_free), but texts of constants stay those of the programs given.
 */
int weir_fuse(const struct weir_program *const *list, size_t n, struct weir_program **out);

/* Free what weir_fuse made; NULL is nothing. */
void weir_fuse_free(struct weir_program *p);

#endif
