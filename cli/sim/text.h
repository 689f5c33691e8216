/* SPDX-License-Identifier: MIT */
/* text.h -- text that grows. */
#ifndef WEIR_SIM_TEXT_H
#define WEIR_SIM_TEXT_H

#include <stddef.h>
#include <stdio.h>

/* Zero is an empty one; `at` ends with NUL once something was added. Free with sim_text_fini. */
struct sim_text {
	char *at;
	size_t len, room;
};

void sim_text_add(struct sim_text *t, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));
void sim_text_clear(struct sim_text *t);
void sim_text_fini(struct sim_text *t);

/*
 * Open a stream to memory. Closing it leaves its text, which ends with NUL, in *at, to be freed, and its bytes in
 * *len. Neither fails.
 */
FILE *sim_stream_open(char **at, size_t *len);
void sim_stream_close(FILE *stream);

#endif
