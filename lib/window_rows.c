/* SPDX-License-Identifier: MIT */
/* window_rows.c -- what hosts know of `window`, whatever its form: its parameters and flow (windowing.h). */
#include <weir/panes.h>
#include <weir/windowing.h>

const struct weir_param weir_window_rows[] = {
	WEIR_PARAM(struct weir_window_params, tumbling_ns, "tumbling", DURATION, .example = "\"60s\"",
		.help = "Length of windows that follow each other.", .min = 1, .max = INT64_MAX),
	WEIR_PARAM(struct weir_window_params, sliding_ns, "sliding", DURATION,
		.help = "Length of windows that overlap: one begins `every` so long.", .min = 1,
		.max = INT64_MAX, .flags = WEIR_PARAM_FORM),
	WEIR_PARAM(struct weir_window_params, session_ns, "session", DURATION,
		.help = "Silence behind an item that ends a window.", .min = 1, .max = INT64_MAX,
		.flags = WEIR_PARAM_FORM),
	WEIR_PARAM(struct weir_window_params, count, "count", U32, .help = "Items in a window.", .min = 1,
		.max = UINT32_MAX, .flags = WEIR_PARAM_FORM),
	WEIR_PARAM(struct weir_window_params, every, "every", EVERY,
		.help = "From one window's start to the next: a time, which divides `sliding`; or items, at "
			"most "
			"`count` and that many unless it is given."),
	WEIR_PARAM(struct weir_window_params, key, "key", KEY,
		.help = "Field or fields: each value has its own windows.", .kinds = WEIR_KEY_KINDS),
	WEIR_PARAM(struct weir_window_params, max_keys, "max_keys", U32,
		.help = "Most values of the key with open windows.", .dflt = "256", .min = 1,
		.max = WEIR_KEYS_MOST),
	WEIR_PARAM(struct weir_window_params, keys_full, "keys_full", ENUM,
		.help = "What another key value does then; evict_oldest: the oldest key's windows come out "
			"early.",
		.dflt = "\"error\"", .choices = weir_keys_full_choices),
	WEIR_PARAM(struct weir_window_params, time, "time", FIELD,
		.help = "Field that says when; without it, the pipeline's clock does.",
		.kinds = 1u << WEIR_TIME),
	WEIR_PARAM(struct weir_window_params, lateness_ns, "lateness", DURATION,
		.help = "How long a window stays open for items behind the newest.", .dflt = "\"0s\"",
		.min = 0, .max = INT64_MAX),
	WEIR_PARAM(struct weir_window_params, late, "late", LATE,
		.help = "What becomes of items of closed windows: dropped, or sent to a stream.",
		.dflt = "\"drop\""),
	WEIR_PARAM(struct weir_window_params, samples, "samples", U32,
		.help = "Most values that `median` and `quantile` keep for a key in a window; another one is "
			"an "
			"item error.",
		.min = 1, .max = WEIR_SAMPLES_MOST),
	WEIR_PARAM(struct weir_window_params, emit, "emit", AGGREGATES,
		.example = "{\"start\": \"window_start()\", \"n\": \"count()\", \"mean\": \"avg(temp)\"}",
		.help = "The result's fields, each an expression over aggregates and key fields.",
		.flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

/* A text begins with the parameter that is wrong. */
static const char *wrong_form(const struct weir_window_params *p)
{
	int forms = (p->tumbling_ns != 0) + (p->sliding_ns != 0) + (p->session_ns != 0) + (p->count != 0);

	if (forms == 0)
		return "the window has no length; give one of tumbling, sliding, session, count";
	if (forms > 1)
		return "the window has more than one length; give one of tumbling, sliding, session, count";
	return NULL;
}

static const char *wrong_every(const struct weir_window_params *p)
{
	if (p->tumbling_ns != 0 && p->every != 0)
		return "\"every\" does not go with \"tumbling\"; leave it out, or make the window "
		       "\"sliding\"";
	if (p->session_ns != 0 && p->every != 0)
		return "\"every\" does not go with \"session\"; leave it out";
	if (p->sliding_ns != 0 && p->every == 0)
		return "\"sliding\" needs \"every\", the time from one window's start to the next";
	if (p->sliding_ns != 0 && p->every < 0)
		return "\"every\" of a sliding window is a time, such as \"10s\"";
	if (p->sliding_ns != 0 && p->sliding_ns % (uint64_t)p->every != 0)
		return "\"every\" does not divide \"sliding\"; a window is a whole number of them";
	if (p->count != 0 && p->every > 0)
		return "\"every\" of a window of \"count\" items is a number of items, such as 10";
	if (p->count != 0 && -p->every > (int64_t)p->count)
		return "\"every\" is more than \"count\", and items in between would be in no window; use at "
		       "most count";
	return NULL;
}

static const char *wrong_time(const struct weir_window_params *p)
{
	uint64_t step_ns = p->sliding_ns != 0 ? (uint64_t)p->every : p->tumbling_ns + p->session_ns;

	if (p->count != 0 && p->lateness_ns != 0)
		return "\"lateness\" does not go with \"count\": no item is late for it; leave it out";
	if (p->count != 0 && p->late != 0)
		return "\"late\" does not go with \"count\": no item is late for it; leave it out";
	if (p->sliding_ns != 0 && p->sliding_ns / step_ns >= WEIR_PANES_MOST_WIDTH / 2)
		return "\"every\" goes more than 32767 times into \"sliding\"; use a longer one";
	if (p->count != 0 && p->every != 0 && p->count / (uint32_t)-p->every >= WEIR_PANES_MOST_WIDTH / 2)
		return "\"every\" goes more than 32767 times into \"count\"; use a greater one";
	if (p->count == 0 && p->lateness_ns / step_ns + p->sliding_ns / step_ns + 2 > WEIR_PANES_MOST_WIDTH)
		return "\"lateness\" is more than 65534 windows; use longer windows or less lateness";
	return NULL;
}

int weir_window_check(const struct weir_place *place, const char **why)
{
	const struct weir_window_params *p = place->params;
	const char *wrong = wrong_form(p);

	if (wrong == NULL)
		wrong = wrong_every(p);
	if (wrong == NULL)
		wrong = wrong_time(p);
	if (wrong == NULL)
		return WEIR_OK;
	*why = wrong;
	return WEIR_EINVAL;
}

void weir_window_flow(const struct weir_place *place, uint16_t port, struct weir_flow *flow)
{
	const struct weir_window_params *p = place->params;

	(void)port;
	*flow = (struct weir_flow){ .lag_most = WEIR_FLOW_ANY,
		.room_most = WEIR_FLOW_ANY,
		.leaves = true,
		.needs_time = place->event_clock && p->count == 0 };
}
