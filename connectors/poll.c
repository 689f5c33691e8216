/* SPDX-License-Identifier: MIT */
/*
 * poll.c -- numbers read from small text files every period: /proc, hwmon, IIO sysfs.
 *
 *	/proc/meminfo   MemAvailable:    812345 kB      {"path", "pattern": "MemAvailable:", "scale": 1024}
 *	/proc/loadavg   0.31 0.20 0.15 1/93 4711        {"path", "column": 2}
 *
 * Hot. Credit  without it one reading waits, the next meets `overflow`.
 * Memory  one waiting reading, and room for a message that names the longest path. One timer, monotonic.
 * Errors  a value that cannot be read is an item error; the whole reading is what it is about. Files are
 *         opened anew each time: kernel files give fresh values only so, and a sensor may come and go.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <weir/num.h>

#include "fd.h"
#include "hot.h"

#define POLL_FILE_BYTES 4096u

struct poll_source {
	struct weir_ticker ticker;
	struct weir_hot hot;
	uint32_t text_bytes;
	char *text;             /* behind the two readings */
	unsigned char record[]; /* the reading being made, then the one that waits */
};

static const struct weir_param poll_params[] = {
	WEIR_PARAM(struct weir_poll_params, period_ns, "period", DURATION, .example = "\"1s\"",
		.help = "Time from reading to reading.", .min = 1, .max = WEIR_HOT_PERIOD_MAX_NS,
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_poll_params, overflow, "overflow", ENUM, .example = "\"latest\"",
		.choices = weir_hot_overflows, .help = "What becomes of a reading nobody asked for.",
		.flags = WEIR_PARAM_REQUIRED),
	WEIR_PARAM(struct weir_poll_params, values, "values", VALUES,
		.example = "{\"load\": {\"path\": \"/proc/loadavg\", \"column\": 1}}",
		.help = "For each field the file and the place in it where its number stands.",
		.flags = WEIR_PARAM_REQUIRED),
	{ .name = NULL },
};

static uint32_t text_bytes(const struct weir_poll_values *values)
{
	size_t longest = 0;

	for (uint16_t i = 0; i < values->n; i++)
		if (strlen(values->list[i].path) > longest)
			longest = strlen(values->list[i].path);
	return (uint32_t)(longest + WEIR_FD_REASON_MAX);
}

static int64_t poll_size(const struct weir_place *place)
{
	const struct weir_poll_params *p = place->params;

	if (p->values == NULL || p->values->record->n_fields != p->values->n + 1u)
		return WEIR_EINVAL;
	return (int64_t)(sizeof(struct poll_source) + 2u * p->values->record->size + text_bytes(p->values));
}

static int poll_init(struct weir_ctx *c, const struct weir_place *place)
{
	const struct weir_poll_params *p = place->params;
	struct poll_source *s = c->state;

	if (p->period_ns == 0 || p->period_ns > WEIR_HOT_PERIOD_MAX_NS)
		return WEIR_EINVAL;
	s->hot.record_bytes = p->values->record->size;
	s->hot.slot = s->record + s->hot.record_bytes;
	s->hot.overflow = p->overflow;
	s->text = (char *)s->record + 2u * s->hot.record_bytes;
	s->text_bytes = text_bytes(p->values);
	return WEIR_OK;
}

static int poll_open(struct weir_ctx *c)
{
	const struct weir_poll_params *p = c->params;
	struct poll_source *s = c->state;

	weir_ticker_start(c, &s->ticker, p->period_ns, WEIR_MISSED_SKIP);
	return WEIR_OK;
}

/* ---- one value ---- */

/* The start of the file into buf; bytes read, or -1 with errno. */
static ssize_t read_file(const char *path, char *buf)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	ssize_t n;
	int err;

	if (fd < 0)
		return -1;
	do
		n = weir_fd_ops->read(fd, buf, POLL_FILE_BYTES);
	while (n < 0 && errno == EINTR);
	err = errno;
	close(fd);
	errno = err;
	return n;
}

/* Behind the first place of the pattern; NULL: it is not there. */
static const char *behind(const char *at, const char *end, const char *pattern)
{
	size_t len = strlen(pattern);

	while ((size_t)(end - at) >= len) {
		if (memcmp(at, pattern, len) == 0)
			return at + len;
		at++;
	}
	return NULL;
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

/* The column-th word from `at` on in its line; its end, or NULL when there are fewer. */
static const char *word(const char **at, const char *end, uint32_t column)
{
	const char *p = *at, *start = p;

	do {
		while (p < end && is_blank(*p))
			p++;
		start = p;
		while (p < end && !is_blank(*p) && *p != '\n')
			p++;
		if (p == start)
			return NULL;
	} while (--column > 0);
	*at = start;
	return p;
}

/* The number at the start of a word: "45", "45.5%", "812345kB". */
static bool number(const char *at, const char *end, double *value)
{
	return weir_parse_f64(at, (size_t)(end - at), value) >= 0 || weir_scan_f64(at, end, value) > 0;
}

/* Read one value; NULL, or why it cannot be read. */
static const char *read_value(const struct weir_poll_value *v, double *value, int *code)
{
	char buf[POLL_FILE_BYTES];
	const char *at = buf, *end, *word_end;
	ssize_t n = read_file(v->path, buf);

	if (n < 0) {
		*code = weir_fd_error(errno);
		return strerror(errno);
	}
	end = buf + n;
	*code = WEIR_EMISSING;
	if (v->pattern != NULL)
		at = behind(at, end, v->pattern);
	if (at == NULL)
		return "the pattern is not in it";
	word_end = word(&at, end, v->column > 0 ? v->column : 1);
	if (word_end == NULL)
		return "the column is not there";
	*code = WEIR_EPARSE;
	if (!number(at, word_end, value))
		return "not a number";
	*value = *value * v->scale + v->offset;
	return NULL;
}

/* ---- one reading ---- */

/* Fill the record; false when an item error took it. */
static bool read_all(struct weir_ctx *c, struct poll_source *s, const struct weir_poll_values *values)
{
	for (uint16_t i = 0; i < values->n; i++) {
		struct weir_fault fault = { .text = s->text };
		const char *why;
		double value = 0;

		why = read_value(&values->list[i], &value, &fault.code);
		if (why != NULL) {
			snprintf(s->text, s->text_bytes, "%s: %s", values->list[i].path, why);
			if (weir_fault(c, NULL, &fault) ==
				WEIR_HOLD) /* its stream is full; a tick cannot wait */
				weir_drop(c, WEIR_DROP_OVERFLOW, 1);
			return false;
		}
		memcpy(s->record + values->record->fields[i + 1].offset, &value, sizeof value);
	}
	return true;
}

static void poll_timer(struct weir_ctx *c, uint8_t timer, int64_t deadline_ns)
{
	const struct weir_poll_values *values = ((const struct weir_poll_params *)c->params)->values;
	struct poll_source *s = c->state;
	int64_t at;

	(void)timer;
	(void)deadline_ns;
	weir_ticker_due(c, &s->ticker);
	at = weir_wall(c);
	memcpy(s->record + values->record->fields[0].offset, &at, sizeof at);
	if (!read_all(c, s, values))
		return;
	weir_hot_begin(c, &s->hot);
	weir_hot_put(c, &s->hot, s->record);
	weir_hot_end(c, &s->hot);
}

static void poll_run(struct weir_ctx *c)
{
	weir_hot_run(c, &((struct poll_source *)c->state)->hot);
}

static void poll_stop(struct weir_ctx *c)
{
	weir_hot_stop(c, &((struct poll_source *)c->state)->hot);
}

static void poll_close(struct weir_ctx *c, bool normal)
{
	(void)normal;
	weir_hot_close(c, &((struct poll_source *)c->state)->hot);
}

const struct weir_op_type weir_poll_source_type = {
	.abi = WEIR_OP_ABI,
	.flags = WEIR_OP_SOURCE | WEIR_OP_HOT,
	.credit = WEIR_CREDIT_OWN,
	.n_timers = 1,
	.drops = WEIR_DROPS_BIT(OVERFLOW),
	.name = "poll",
	.summary = "Numbers read from small text files every period.",
	.page = WEIR_PAGE(.emits = "a reading at every multiple of `period`",
		.credit = "without it one reading waits, and the next meets `overflow`",
		.completes = "never by itself", .state = "a waiting reading, and room for a message"),
	.params_struct = "struct weir_poll_params",
	.header = "weir/connectors.h",
	.params = poll_params,
	.params_size = sizeof(struct weir_poll_params),
	.state_size = poll_size,
	.init = poll_init,
	.open = poll_open,
	.close = poll_close,
	.run = poll_run,
	.timer = poll_timer,
	.stop = poll_stop,
};
