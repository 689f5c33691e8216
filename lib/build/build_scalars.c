/* SPDX-License-Identifier: MIT */
/*
 * build_scalars.c -- parameters that are one value: numbers, durations, sizes, words.
 */
#include "build_setting.h"

#include <inttypes.h>
#include <string.h>

#include <weir/num.h>

static void *member(struct weir_setting *s)
{
	return (unsigned char *)s->node->params + s->row->offset;
}

void weir_setting_store(struct weir_setting *s, const void *value, size_t bytes)
{
	if (s->row->member != NULL)
		memcpy(member(s), value, bytes);
}

static void out_of_range(struct weir_setting *s, const char *least, const char *most)
{
	weir_setting_refuse(s,
		weir_pool_format(&s->b->pool, "\"%s\" must be between %s and %s", s->row->name, least, most));
}

static void set_bool(struct weir_setting *s)
{
	bool value = strcmp(s->text, "true") == 0;

	if (!value && strcmp(s->text, "false") != 0)
		weir_setting_refuse(
			s, weir_pool_format(&s->b->pool, "\"%s\" must be true or false", s->row->name));
	weir_setting_store(s, &value, sizeof value);
}

static void set_u32(struct weir_setting *s)
{
	uint64_t most = s->row->max != 0 || s->row->min != 0 ? s->row->max : UINT32_MAX, value = 0;
	char least_text[24], most_text[24];
	uint32_t u32;

	if (most > UINT32_MAX || most < s->row->min)
		most = UINT32_MAX;
	least_text[weir_format_u64(least_text, s->row->min)] = '\0';
	most_text[weir_format_u64(most_text, most)] = '\0';
	if (weir_parse_u64(s->text, strlen(s->text), &value) < 0 || value < s->row->min || value > most)
		out_of_range(s, least_text, most_text);
	u32 = (uint32_t)value;
	weir_setting_store(s, &u32, sizeof u32);
}

static void set_i64(struct weir_setting *s)
{
	int64_t least = (int64_t)s->row->min, most = (int64_t)s->row->max, value = 0;
	char least_text[24], most_text[24];

	if (least == 0 && most == 0) {
		least = INT64_MIN;
		most = INT64_MAX;
	}
	least_text[weir_format_i64(least_text, least)] = '\0';
	most_text[weir_format_i64(most_text, most)] = '\0';
	if (weir_parse_i64(s->text, strlen(s->text), &value) < 0 || value < least || value > most)
		out_of_range(s, least_text, most_text);
	weir_setting_store(s, &value, sizeof value);
}

static void set_number(struct weir_setting *s)
{
	int64_t least = (int64_t)s->row->min, most = (int64_t)s->row->max;
	char least_text[24], most_text[24];
	double value = 0;

	least_text[weir_format_i64(least_text, least)] = '\0';
	most_text[weir_format_i64(most_text, most)] = '\0';
	if (weir_parse_f64(s->text, strlen(s->text), &value) < 0 || !(value - value == 0))
		weir_setting_refuse(
			s, weir_pool_format(&s->b->pool, "\"%s\" must be a number", s->row->name));
	else if ((least != 0 || most != 0) && (value < (double)least || value > (double)most))
		out_of_range(s, least_text, most_text);
	weir_setting_store(s, &value, sizeof value);
}

/* The value in its largest unit, as it would be written. */
static const char *duration_text(struct weir_pool *pool, uint64_t ns)
{
	static const struct {
		const char *name;
		uint64_t ns;
	} units[] = { { "d", UINT64_C(86400000000000) }, { "h", UINT64_C(3600000000000) },
		{ "m", UINT64_C(60000000000) }, { "s", 1000000000 }, { "ms", 1000000 }, { "us", 1000 },
		{ "ns", 1 } };
	size_t i = 0;

	while (i + 1 < sizeof units / sizeof units[0] && (ns == 0 || ns % units[i].ns != 0))
		i++;
	return weir_pool_format(pool, "%" PRIu64 "%s", ns / units[i].ns, units[i].name);
}

static void set_duration(struct weir_setting *s)
{
	uint64_t most = s->row->max != 0 ? s->row->max : UINT64_MAX, ns = 0;
	const char *why = NULL;

	if (weir_text_duration(s->text, &ns, &why) < 0)
		weir_setting_refuse(s, why);
	else if (ns < s->row->min || ns > most)
		out_of_range(s, duration_text(&s->b->pool, s->row->min), duration_text(&s->b->pool, most));
	weir_setting_store(s, &ns, sizeof ns);
}

/* A time, or a number of items. */
static void set_every(struct weir_setting *s)
{
	uint64_t n = 0;
	const char *why = NULL;
	bool items = weir_parse_u64(s->text, strlen(s->text), &n) == WEIR_OK;
	int64_t every;

	if (items && (n == 0 || n > UINT32_MAX))
		out_of_range(s, "1", "4294967295");
	else if (!items && weir_text_duration(s->text, &n, &why) < 0)
		weir_setting_refuse(s, why);
	else if (!items && (n == 0 || n > INT64_MAX))
		out_of_range(s, "1ns", duration_text(&s->b->pool, INT64_MAX));
	every = items ? -(int64_t)n : (int64_t)n;
	weir_setting_store(s, &every, sizeof every);
}

static void set_size(struct weir_setting *s)
{
	uint64_t most = s->row->max != 0 && s->row->max < UINT32_MAX ? s->row->max : UINT32_MAX, bytes = 0;
	char least_text[24], most_text[24];
	const char *why = NULL;
	uint32_t u32;

	least_text[weir_format_u64(least_text, s->row->min)] = '\0';
	most_text[weir_format_u64(most_text, most)] = '\0';
	if (weir_text_size(s->text, &bytes, &why) < 0)
		weir_setting_refuse(s, why);
	else if (bytes < s->row->min || bytes > most)
		out_of_range(s, weir_pool_format(&s->b->pool, "%sB", least_text),
			weir_pool_format(&s->b->pool, "%sB", most_text));
	u32 = (uint32_t)bytes;
	weir_setting_store(s, &u32, sizeof u32);
}

/* "a, b or c" */
const char *weir_list_choices(struct weir_pool *pool, const char *const *choices)
{
	const char *text = "";

	for (size_t i = 0; choices[i] != NULL && text != NULL; i++)
		text = weir_pool_format(pool, "%s%s%s", text,
			i == 0                   ? ""
			: choices[i + 1] == NULL ? " or "
						 : ", ",
			choices[i]);
	return text;
}

static void set_enum(struct weir_setting *s)
{
	const char *const *choices = s->row->choices;
	const char *meant;
	uint8_t n = 0;

	while (choices[n] != NULL && strcmp(choices[n], s->text) != 0)
		n++;
	if (choices[n] != NULL) {
		weir_setting_store(s, &n, sizeof n);
		return;
	}
	meant = weir_did_you_mean(s->text, strlen(s->text), choices, n);
	weir_setting_refuse(s,
		meant != NULL ? weir_pool_format(&s->b->pool, "unknown \"%s\" \"%s\"; did you mean \"%s\"?",
					s->row->name, s->text, meant)
			      : weir_pool_format(&s->b->pool, "unknown \"%s\" \"%s\"; it is %s", s->row->name,
					s->text, weir_list_choices(&s->b->pool, choices)));
}

static void set_late(struct weir_setting *s)
{
	uint8_t to = strncmp(s->text, "to:", 3) == 0;

	if (!to && strcmp(s->text, "drop") != 0)
		weir_setting_refuse(s, weir_pool_format(&s->b->pool, "\"%s\" is \"drop\" or {\"to\": stream}",
					       s->row->name));
	weir_setting_store(s, &to, sizeof to);
}

void weir_setting_scalar(struct weir_setting *s)
{
	switch ((enum weir_param_kind)s->row->kind) {
	case WEIR_PARAM_BOOL:
		set_bool(s);
		break;
	case WEIR_PARAM_U32:
	case WEIR_PARAM_SLOTS:
		set_u32(s);
		break;
	case WEIR_PARAM_I64:
		set_i64(s);
		break;
	case WEIR_PARAM_NUMBER:
		set_number(s);
		break;
	case WEIR_PARAM_DURATION:
		set_duration(s);
		break;
	case WEIR_PARAM_EVERY:
		set_every(s);
		break;
	case WEIR_PARAM_SIZE:
		set_size(s);
		break;
	case WEIR_PARAM_TEXT:
		weir_setting_store(s, &s->text, sizeof s->text);
		break;
	case WEIR_PARAM_ENUM:
		set_enum(s);
		break;
	case WEIR_PARAM_LATE:
		set_late(s);
		break;
	default: /* STREAMS, INNER, FORMAT, TIME_FIELD */
		break;
	}
}
