/* SPDX-License-Identifier: MIT */
/* silence.c -- how long an input has been silent (silence.h). */
#include <weir/silence.h>

/* Due a nanosecond after the period, when no item can be in time any more. */
static void arm(struct weir_ctx *c, const struct weir_silence *s)
{
	if (s->since_ns >= INT64_MAX - s->period_ns)
		weir_timer_stop(c, 0); /* not in this machine's life */
	else
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, s->since_ns + s->period_ns + 1);
}

/* Whether silence would be the input's own. */
static bool could_speak(struct weir_ctx *c)
{
	return weir_input(c, 0) == NULL && weir_outstanding(c, 0) > 0;
}

void weir_silence_watch(struct weir_ctx *c, struct weir_silence *s, bool heard)
{
	bool counted = s->counts && !heard;

	s->counts = could_speak(c);
	if (!s->counts) {
		weir_timer_stop(c, 0);
	} else if (!counted) {
		s->since_ns = (int64_t)weir_now(c);
		s->warned = false;
		arm(c, s);
	}
}

bool weir_silence_is_over(struct weir_ctx *c, struct weir_silence *s, int64_t deadline_ns)
{
	int64_t now_ns = (int64_t)weir_now(c);

	if (now_ns > deadline_ns && weir_input(c, 0) != NULL)
		return false; /* it may have come in time: run follows, and passes it on */
	if (now_ns > deadline_ns && !s->warned) {
		s->warned = true;
		weir_timer_set(c, 0, WEIR_CLOCK_MONOTONIC, now_ns + 1);
		return false;
	}
	s->warned = false;
	s->since_ns += s->period_ns;
	if (now_ns - s->since_ns > s->period_ns)
		s->since_ns = now_ns;
	arm(c, s);
	return true;
}
