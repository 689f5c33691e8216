/* SPDX-License-Identifier: MIT */
/*
 * timetext.h -- points in time from text and to text, and the little of the calendar that expressions need.
 *
 * A time is an int64_t: ns since 1970-01-01T00:00:00Z in the Gregorian calendar, without leap seconds, so
 * from 1677-09-21T00:12:43.145224192Z to 2262-04-11T23:47:16.854775807Z.
 *
 * All functions may be called in any context, interrupts included. On an error nothing is stored.
 */
#ifndef WEIR_TIMETEXT_H
#define WEIR_TIMETEXT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_TIME_TEXT_MAX 30 /* 1677-09-21T00:12:43.145224192Z */

/*
 * Read the whole text as RFC 3339 (2026-01-31T12:00:00.5+01:00; T and Z in any case, or a space for the T) or
 * as YYYY-MM-DD hh:mm:ss[.f], which is UTC. At most 9 decimals; no second 60.
 * Return 0; WEIR_EPARSE for malformed text or a date or hour that does not exist; WEIR_ERANGE outside the
 * span above.
 */
int weir_parse_time(const char *s, size_t len, int64_t *ns);

/*
 * Write the time at out as RFC 3339 in UTC with 0, 3, 6 or 9 decimals, the fewest that are exact. out has
 * room for WEIR_TIME_TEXT_MAX bytes. Return the bytes written; no NUL.
 */
size_t weir_format_time(char *out, int64_t ns);

/* Store v steps of unit_ns each. Return 0, WEIR_ERANGE on overflow, WEIR_EINVAL for a unit of 0. */
int weir_time_from_unit(int64_t v, uint32_t unit_ns, int64_t *ns);

/* Return the last whole step of unit_ns at or before the time; unit_ns is not 0. */
int64_t weir_time_to_unit(int64_t ns, uint32_t unit_ns);

/* Return the UTC hour (0 to 23), minute (0 to 59) or day of the week (0 is Sunday, 6 Saturday) of the time.
 */
int weir_time_hour(int64_t ns);
int weir_time_minute(int64_t ns);
int weir_time_weekday(int64_t ns);

#ifdef __cplusplus
}
#endif
#endif
