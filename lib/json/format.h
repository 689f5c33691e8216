/* SPDX-License-Identifier: MIT */
/* format.h -- JSON text laid out as definitions are. Private to lib/json. */
#ifndef WEIR_JSON_FORMAT_H
#define WEIR_JSON_FORMAT_H

#include <stddef.h>

#include <weir/build.h>

/*
 * Lay out text that the strict pass has found nothing wrong with; comments stay. Returns 0, WEIR_ENOMEM, or what put
 * returned.
 */
int weir_json_format(const char *text, size_t len_bytes, weir_put_fn *put, void *arg);

#endif
