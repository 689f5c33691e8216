/* SPDX-License-Identifier: MIT */
/*
 * print.h -- a plan as C, to be compiled without the builder, JSON and a heap. Hosted.
 *
 *	weir_print_source   NAME.c: const tables, and expressions as functions
 *	weir_print_header   NAME.h: records as structs, and a call for each port
 *	weir_print_config   NAME_config.h: what a core for this plan alone can do without (config.h)
 *
 * The same plan gives the same text. Types of the application's cannot be printed (WEIR_EUNSUPPORTED).
 */
#ifndef WEIR_PRINT_H
#define WEIR_PRINT_H

#include <weir/build.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Zero is a good value for each field but name. */
struct weir_print_options {
	const char *name;         /* what C names begin with: letters, digits and _, no digit first */
	const char *from;         /* the definition, for comments; or NULL */
	bool arena;               /* NAME_init makes an instance in a static arena; the plan has a layout */
	const char *const *notes; /* what the definition says of each stage, for comments; or NULL */
};

/*
 * put returns 0 or a WEIR_E..., which is then returned. Returns 0; WEIR_ENOMEM. Any thread.
 */
int weir_print_source(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg);
int weir_print_header(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg);
int weir_print_config(
	const struct weir_plan *plan, const struct weir_print_options *options, weir_put_fn *put, void *arg);

#ifdef __cplusplus
}
#endif
#endif
