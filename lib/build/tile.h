/* SPDX-License-Identifier: MIT */
/*
 * tile.h -- make a program over lanes in registers of a program. Hosted.
 */
#ifndef WEIR_BUILD_TILE_H
#define WEIR_BUILD_TILE_H

#include <weir/program.h>

/* Room behind the code and the constants of a program. */
#define WEIR_TILE_ROOM_CODE   96u
#define WEIR_TILE_ROOM_CONSTS 64u

/*
 * Write the steps that do the same behind p's code, their constants behind its constants, and say how many they are in
 * p->n_tile: 0 where it has something that only columns and items can do. code and consts are p's, with that room.
 */
void weir_tile_make(struct weir_program *p, struct weir_insn *code, union weir_value *consts);

#endif
