/* SPDX-License-Identifier: MIT */
/*
 * config.h -- what a build of the core leaves out. As it comes it has everything.
 *
 * A firmware is built for its pipelines alone: `weir compile --target` writes a header that sets each of these to 0 or
 * 1, and the core is compiled with -DWEIR_CONFIG_H='"that header"'. What is left out costs no byte of flash. A plan
 * that needs what was left out is refused by weir_instance_init (WEIR_EUNSUPPORTED).
 */
#ifndef WEIR_CONFIG_HEADER
#define WEIR_CONFIG_HEADER

#ifdef WEIR_CONFIG_H
#include WEIR_CONFIG_H
#endif

/* Scopes: retry, catch, circuit_breaker, flat_map, switch. */
#ifndef WEIR_WITH_SCOPES
#define WEIR_WITH_SCOPES 1
#endif
/* Barriers. */
#ifndef WEIR_WITH_BARRIERS
#define WEIR_WITH_BARRIERS 1
#endif
/* Marks with a value: watermarks, and lagged counts of channels that feed an input. */
#ifndef WEIR_WITH_NOTES
#define WEIR_WITH_NOTES 1
#endif
/* The event clock: instants beside the items, timers that fall due with them. */
#ifndef WEIR_WITH_EVENT_CLOCK
#define WEIR_WITH_EVENT_CLOCK 1
#endif
/* Timers on the monotonic clock. */
#ifndef WEIR_WITH_TIMERS
#define WEIR_WITH_TIMERS 1
#endif
/* on_error drop and to; without it every item error fails its stage. */
#ifndef WEIR_WITH_ON_ERROR
#define WEIR_WITH_ON_ERROR 1
#endif
/* Streams of bytes: encoders and decoders. */
#ifndef WEIR_WITH_BYTES
#define WEIR_WITH_BYTES 1
#endif
/* weir_drain. */
#ifndef WEIR_WITH_DRAIN
#define WEIR_WITH_DRAIN 1
#endif
/* weir_on_stall. */
#ifndef WEIR_WITH_STALLS
#define WEIR_WITH_STALLS 1
#endif
/* Channels that feed an input (weir_input_feed). */
#ifndef WEIR_WITH_FEEDS
#define WEIR_WITH_FEEDS 1
#endif
/* Keys: state for each value of some fields. */
#ifndef WEIR_WITH_KEYS
#define WEIR_WITH_KEYS 1
#endif
/* Stages fused into one program. */
#ifndef WEIR_WITH_PROGRAMS
#define WEIR_WITH_PROGRAMS 1
#endif
/* Programs that are not C functions, and columns. */
#ifndef WEIR_WITH_INTERPRETER
#define WEIR_WITH_INTERPRETER 1
#endif
/* Aggregates of floats and their results as floats. */
#ifndef WEIR_WITH_FLOATS
#define WEIR_WITH_FLOATS 1
#endif
/* The aggregates var, stddev, median and quantile. */
#ifndef WEIR_WITH_STATISTICS
#define WEIR_WITH_STATISTICS 1
#endif
/* Texts of errors, and names, helps and checks of parameters. */
#ifndef WEIR_WITH_TEXTS
#define WEIR_WITH_TEXTS 1
#endif
/* Plans without a layout of their own: it is computed at the start. */
#ifndef WEIR_WITH_LAYOUT
#define WEIR_WITH_LAYOUT 1
#endif

#endif
