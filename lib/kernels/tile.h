/* SPDX-License-Identifier: MIT */
/*
 * tile.h -- programs over lanes in registers: what the builder makes of a program (lib/build/tile.c), what runs it
 * (lib/program_tiles.c) and its steps (tile_steps.h) agree on. Private to them.
 *
 * A tile is as many lanes as eight vectors hold. Each step is a function that is handed the tile in vector registers,
 * does one thing to it and hands it to the next; so a tile is loaded once and stored once, whatever the program's
 * length. There is one accumulator: the tile. Other values wait in slots, which lie in the first cache. Truths are a
 * word with a bit for each lane; one says which lanes are left, another is what the last comparison made of them.
 *
 * Lanes are whole numbers of 64 bits, and no step looks whether one overflows: for that the fields are looked at, once
 * (CHECK). The builder has shown that within these bounds nothing a program does can fail.
 */
#ifndef WEIR_KERNELS_TILE_H
#define WEIR_KERNELS_TILE_H

#include "columns.h"
#include "tile_ops.h"

#define WEIR_TILE_LANES_MOST 64u
#define WEIR_TILE_SLOT_BYTES (WEIR_TILE_LANES_MOST * WEIR_LANE_BYTES)

/* A field's lanes; EVEN and ODD: its records. */
struct weir_tile_field {
	const unsigned char *next;
};

struct weir_tile_step {
	weir_tile_fn *run;
	union {
		union weir_value value;
		const union weir_value *values;
		void *slot;
		struct weir_tile_field *field;
	};
};

/* The tiles of a block on their way. */
struct weir_tiles {
	unsigned char *out; /* behind what was written */
	uint32_t *dropped;  /* per segment */
	bool stopped;       /* a tile failed its check: nothing was written of it, and nothing counted */
};

#endif
