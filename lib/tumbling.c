/* SPDX-License-Identifier: MIT */
/* tumbling.c -- time cut into periods of one length (tumbling.h). */
#include <string.h>

#include <weir/tumbling.h>

int64_t weir_time_add(int64_t a_ns, int64_t b_ns)
{
	if (b_ns >= 0)
		return a_ns > INT64_MAX - b_ns ? INT64_MAX : a_ns + b_ns;
	return a_ns < INT64_MIN - b_ns ? INT64_MIN : a_ns + b_ns;
}

double weir_seconds_between(int64_t a_ns, int64_t b_ns)
{
	uint64_t ns = a_ns < b_ns ? (uint64_t)b_ns - (uint64_t)a_ns : (uint64_t)a_ns - (uint64_t)b_ns;
	double seconds = (double)ns / 1e9;

	return a_ns <= b_ns ? seconds : -seconds;
}

int64_t weir_period_at(int64_t length_ns, int64_t time_ns)
{
	return time_ns / length_ns - (time_ns % length_ns < 0 ? 1 : 0);
}

int64_t weir_period_start(int64_t length_ns, int64_t period)
{
	return period < INT64_MIN / length_ns ? INT64_MIN : period * length_ns;
}

int64_t weir_period_end(int64_t length_ns, int64_t period)
{
	return period >= INT64_MAX / length_ns ? INT64_MAX : (period + 1) * length_ns;
}

uint32_t weir_times_within(
	const void *first, size_t stride, uint32_t n, int64_t from_ns, int64_t to_ns, int64_t *newest_ns)
{
	const uint64_t length = (uint64_t)to_ns - (uint64_t)from_ns;
	const unsigned char *at = first;
	int64_t newest = *newest_ns, time;
	uint32_t i = 0;

	for (; i < n; i++, at += stride) {
		memcpy(&time, at, sizeof time);
		if ((uint64_t)time - (uint64_t)from_ns >= length)
			break;
		newest = time > newest ? time : newest;
	}
	*newest_ns = newest;
	return i;
}
