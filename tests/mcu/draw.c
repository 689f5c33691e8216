/* SPDX-License-Identifier: MIT */
/* draw.c -- print the random definition of a seed: draw SEED */
#include <stdlib.h>

#include "draw.h"

int main(int argc, char **argv)
{
	static char text[DRAW_TEXT_MAX];

	if (argc != 2)
		return 64;
	draw_definition(text, strtoull(argv[1], NULL, 10));
	return fputs(text, stdout) < 0 || fflush(stdout) != 0;
}
