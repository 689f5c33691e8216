/* SPDX-License-Identifier: MIT */
/*
 * gst.c -- GStreamer: a chain of pads, each with a function that is given a buffer, as its elements are written; one
 * buffer for an item, as a live source sends them.
 */
#include <gst/gst.h>
#include <stdio.h>

#include "harness.h"

const char *bench_version(void)
{
	static char version[64];

	(void)snprintf(
		version, sizeof version, "%d.%d.%d", GST_VERSION_MAJOR, GST_VERSION_MINOR, GST_VERSION_MICRO);
	return version;
}

/* ---- stages ---- */

typedef int64_t map_fn(int64_t x);

struct stage {
	GstPad *in, *out;
	map_fn *map; /* NULL: a filter, or the sum */
	int64_t sum;
};

static int64_t triple(int64_t x)
{
	return x * 3 + 1;
}

static int64_t half(int64_t x)
{
	return x >> 1;
}

static int64_t increment(int64_t x)
{
	return x + 1;
}

static int64_t value_of(GstBuffer *buffer)
{
	int64_t x;

	(void)gst_buffer_extract(buffer, 0, &x, sizeof x);
	return x;
}

static GstFlowReturn map_chain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
	struct stage *s = gst_pad_get_element_private(pad);
	int64_t x = s->map(value_of(buffer));

	(void)parent;
	(void)gst_buffer_fill(buffer, 0, &x, sizeof x);
	return gst_pad_push(s->out, buffer);
}

static GstFlowReturn filter_chain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
	struct stage *s = gst_pad_get_element_private(pad);

	(void)parent;
	if (value_of(buffer) & 1)
		return gst_pad_push(s->out, buffer);
	gst_buffer_unref(buffer);
	return GST_FLOW_OK;
}

static GstFlowReturn sum_chain(GstPad *pad, GstObject *parent, GstBuffer *buffer)
{
	struct stage *s = gst_pad_get_element_private(pad);

	(void)parent;
	s->sum += value_of(buffer);
	gst_buffer_unref(buffer);
	return GST_FLOW_OK;
}

/* What is no buffer goes on. */
static gboolean forward(GstPad *pad, GstObject *parent, GstEvent *event)
{
	struct stage *s = gst_pad_get_element_private(pad);

	(void)parent;
	if (gst_pad_is_linked(s->out))
		return gst_pad_push_event(s->out, event);
	gst_event_unref(event);
	return TRUE;
}

static GstPad *pad_new(GstPadDirection direction)
{
	GstPad *pad = gst_pad_new(NULL, direction);

	(void)gst_pad_set_active(pad, TRUE);
	return pad;
}

static void stage_init(struct stage *s, GstPadChainFunction chain, map_fn *map)
{
	*s = (struct stage){ .in = pad_new(GST_PAD_SINK), .out = pad_new(GST_PAD_SRC), .map = map };
	gst_pad_set_chain_function(s->in, chain);
	gst_pad_set_event_function(s->in, forward);
	gst_pad_set_element_private(s->in, s);
}

static void begin(GstPad *out)
{
	GstSegment segment;

	gst_segment_init(&segment, GST_FORMAT_BYTES);
	(void)gst_pad_push_event(out, gst_event_new_stream_start("bench"));
	(void)gst_pad_push_event(out, gst_event_new_segment(&segment));
}

static void push(GstPad *out, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		GstBuffer *buffer = gst_buffer_new_allocate(NULL, sizeof i, NULL);

		(void)gst_buffer_fill(buffer, 0, &i, sizeof i);
		(void)gst_pad_push(out, buffer);
	}
}

/* ---- works ---- */

static int64_t run(struct stage *stages, int count, int64_t n)
{
	GstPad *source = pad_new(GST_PAD_SRC);
	int64_t sum;

	(void)gst_pad_link(source, stages[0].in);
	for (int i = 1; i < count; i++)
		(void)gst_pad_link(stages[i - 1].out, stages[i].in);
	begin(source);
	bench_start();
	push(source, n);
	bench_stop();
	sum = stages[count - 1].sum;
	for (int i = 0; i < count; i++) {
		gst_object_unref(stages[i].in);
		gst_object_unref(stages[i].out);
	}
	gst_object_unref(source);
	return sum;
}

static int64_t w1(int64_t n)
{
	struct stage s[4];

	stage_init(&s[0], map_chain, triple);
	stage_init(&s[1], filter_chain, NULL);
	stage_init(&s[2], map_chain, half);
	stage_init(&s[3], sum_chain, NULL);
	return run(s, 4, n);
}

static int64_t w2(int64_t n)
{
	struct stage s[11];

	for (int i = 0; i < 10; i++)
		stage_init(&s[i], map_chain, increment);
	stage_init(&s[10], sum_chain, NULL);
	return run(s, 11, n);
}

static const struct bench_work works[] = {
	{ "W1", w1 },
	{ "W2", w2 },
	{ NULL, NULL },
};
const struct bench_work *const bench_lists[] = { works, NULL };

__attribute__((constructor)) static void begin_library(void)
{
	gst_init(NULL, NULL);
}
