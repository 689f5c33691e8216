/* SPDX-License-Identifier: MIT */
/*
 * build_graph.c -- streams of stages become nodes and links.
 *
 * A format puts a codec beside its connector, several streams that draw from one get a tee, side streams
 * get a link of their own to their inbox. What the rules of definition.md (Streams and stages) forbid is
 * told here.
 */
#include "build_private.h"

#include <string.h>

/* ---- nodes and links ---- */

static struct weir_build_node *add_node(
	struct weir_build *b, const struct weir_op_type *type, struct weir_raw_stage *stage, const char *id)
{
	struct weir_build_node *n = weir_pool_get(&b->pool, sizeof *n);
	struct weir_build_node **grown = weir_pool_grow(
		&b->pool, b->nodes, sizeof(struct weir_build_node *), &b->cap_nodes, b->n_nodes + 1);

	if (n == NULL || grown == NULL)
		return NULL;
	b->nodes = grown;
	n->type = type;
	n->stage = stage;
	n->id = id;
	n->creation = (unsigned)b->n_nodes;
	n->instant_offset = WEIR_NO_INSTANT;
	n->group = 1;
	b->nodes[b->n_nodes++] = n;
	return n;
}

static bool put_port(
	struct weir_build *b, struct weir_link ***list, size_t *n, size_t *cap, struct weir_link *link)
{
	struct weir_link **grown = weir_pool_grow(&b->pool, *list, sizeof(struct weir_link *), cap, *n + 1);

	if (grown == NULL)
		return false;
	*list = grown;
	grown[(*n)++] = link;
	return true;
}

static struct weir_link *add_link(
	struct weir_build *b, struct weir_build_node *from, struct weir_build_node *to)
{
	struct weir_link *l = weir_pool_get(&b->pool, sizeof *l);

	if (l == NULL || !put_port(b, &b->links, &b->n_links, &b->cap_links, l) ||
		!put_port(b, &to->ins, &to->n_ins, &to->cap_ins, l))
		return NULL;
	l->from = from;
	l->to = to;
	l->to_port = (uint16_t)(to->n_ins - 1);
	return l;
}

static void link_nodes(struct weir_build *b, struct weir_build_node *from, struct weir_build_node *to)
{
	struct weir_link *l = add_link(b, from, to);

	if (l == NULL)
		return;
	l->from_port = (uint16_t)from->n_outs;
	(void)put_port(b, &from->outs, &from->n_outs, &from->cap_outs, l);
}

/* ---- one stage ---- */

bool weir_type_is_inbox(const struct weir_op_type *type)
{
	return type->max_in > 1 && (type->flags & (WEIR_OP_COMBINER | WEIR_OP_SCOPES)) == 0;
}

bool weir_type_starts_streams(const struct weir_op_type *type)
{
	return (type->flags & (WEIR_OP_SOURCE | WEIR_OP_COMBINER)) != 0 || weir_type_is_inbox(type);
}

static void tell_stage(
	struct weir_build *b, const struct weir_raw_stage *s, const char *format, const char *name)
{
	weir_build_tell(b, &(struct weir_build_place){ .stage = s->index }, format, name);
}

static void check_position(struct weir_build *b, const struct weir_stream *s, size_t k)
{
	const struct weir_raw_stage *stage = s->stages[k];
	const struct weir_op_type *type = stage->type;

	if (type == NULL)
		return;
	if (k > 0 && weir_type_starts_streams(type))
		tell_stage(b, stage, "\"%s\" can only be the first stage of a stream", type->name);
	if (k == 0 && !weir_type_starts_streams(type))
		tell_stage(b, stage,
			"\"%s\" cannot be the first stage; a stream starts with a source, {\"from\": "
			"stream}, an "
			"inbox or a combiner",
			type->name);
	if (k + 1 < s->n_stages && (type->flags & WEIR_OP_SINK) != 0)
		tell_stage(b, stage, "\"%s\" is a sink; no stage can come after it", type->name);
}

/* The id without its last part, and another one: readings.0.file -> readings.0.csv */
static const char *codec_id(struct weir_build *b, const char *id, const char *format)
{
	const char *dot = strrchr(id, '.');

	if (dot == NULL)
		return weir_pool_format(&b->pool, "%s.%s", id, format);
	return weir_pool_format(&b->pool, "%.*s.%s", (int)(dot - id), id, format);
}

struct formats {
	const char *names[32];
	const char *suffix;
	struct weir_pool *pool;
	size_t n;
};

static bool collect_format(void *arg, const struct weir_op_type *type)
{
	struct formats *f = arg;
	size_t len = strlen(type->name), tail = strlen(f->suffix);

	if ((type->flags & WEIR_OP_INTERNAL) != 0 && len > tail &&
		strcmp(type->name + len - tail, f->suffix) == 0 &&
		f->n < sizeof f->names / sizeof f->names[0])
		f->names[f->n++] = weir_pool_copy(f->pool, type->name, len - tail);
	return true;
}

static void unknown_format(struct weir_build *b, const struct weir_raw_stage *s, const char *param,
	const char *format, const char *suffix)
{
	struct formats known = { .suffix = suffix, .pool = &b->pool };
	struct weir_build_place place = { .stage = s->index, .param = param };
	const char *meant, *all = "";

	weir_build_each_type(b, collect_format, &known);
	meant = weir_did_you_mean(format, strlen(format), known.names, known.n);
	if (meant != NULL) {
		weir_build_tell(b, &place, "unknown format \"%s\"; did you mean \"%s\"?", format, meant);
		return;
	}
	for (size_t i = 0; i < known.n && all != NULL; i++)
		all = weir_pool_format(&b->pool, "%s%s%s", all, i > 0 ? ", " : "", known.names[i]);
	if (all != NULL)
		weir_build_tell(b, &place, "unknown format \"%s\"; there are %s", format, all);
}

/* The codec that a stage's format asks for; NULL: none, or told. */
static struct weir_build_node *add_codec(struct weir_build *b, struct weir_raw_stage *s, const char *id)
{
	const struct weir_param *row = weir_param_of_kind(s->type, WEIR_PARAM_FORMAT);
	const char *suffix = (s->type->flags & WEIR_OP_SINK) != 0 ? "_encode" : "_decode";
	const char *format = row != NULL ? weir_raw_text(s, row->name) : NULL;
	const struct weir_op_type *type = NULL;
	const char *name;

	if (format == NULL)
		return NULL;
	name = weir_pool_format(&b->pool, "%s%s", format, suffix);
	if (name != NULL)
		type = weir_build_internal_type(b, name);
	if (type == NULL) {
		unknown_format(b, s, row->name, format, suffix);
		for (size_t i = 0; i < s->n_raw; i++) /* what belongs to which format is not known */
			if (weir_param_find(s->type, s->raw[i].param) == NULL)
				s->raw[i].used = true;
		b->incomplete = true;
		return NULL;
	}
	return add_node(b, type, s, codec_id(b, id, format));
}

/* What stands beside a stage: a codec, or the emit behind a join. */
static struct weir_build_node *add_beside(struct weir_build *b, struct weir_raw_stage *s, const char *id)
{
	const struct weir_op_type *emit = weir_build_emit_type(b, s);

	return emit != NULL ? add_node(b, emit, s, codec_id(b, id, emit->name)) : add_codec(b, s, id);
}

/* Append a node to a stream's chain. */
static void chain(struct weir_build *b, struct weir_stream *s, struct weir_build_node *n)
{
	if (n == NULL)
		return;
	if (s->last != NULL)
		link_nodes(b, s->last, n);
	else
		s->first = n;
	s->last = n;
}

static void add_stage(struct weir_build *b, struct weir_stream *s, size_t k)
{
	struct weir_raw_stage *stage = s->stages[k];
	const char *id = stage->id;
	struct weir_build_node *codec, *n;
	const char *origin;

	if (id == NULL)
		id = weir_pool_format(&b->pool, "%s.%u.%s", s->name, (unsigned)k, stage->type->name);
	if (id == NULL)
		return;
	stage->id = id;
	origin = weir_param_find(stage->type, "path") != NULL ? weir_raw_text(stage, "path") : NULL;
	if ((stage->type->flags & WEIR_OP_PORT) != 0 && weir_param_find(stage->type, "name") != NULL)
		origin = weir_raw_text(stage, "name");
	if ((stage->type->flags & WEIR_OP_SINK) != 0) {
		codec = add_codec(b, stage, id);
		n = add_node(b, stage->type, stage, id);
		chain(b, s, codec);
		chain(b, s, n);
	} else {
		n = add_node(b, stage->type, stage, id);
		codec = add_beside(b, stage, id);
		chain(b, s, n);
		chain(b, s, codec);
	}
	if (n == NULL)
		return;
	stage->node = codec != NULL && (stage->type->flags & WEIR_OP_SINK) == 0 ? codec : n;
	n->codec = codec;
	n->origin = origin;
	(codec != NULL ? codec : n)->on_error = stage->on_error;
	if (codec != NULL) {
		codec->connector = n;
		codec->origin = origin != NULL ? origin : stage->type->name;
	}
}

/* {"from": stream, "on": thread}: the stages behind it run there. */
static void pass_thread_on(struct weir_build *b, struct weir_stream *s)
{
	if (s->stages[0]->on == NULL)
		return;
	if (s->n_stages == 1)
		weir_build_tell(b,
			&(struct weir_build_place){ .stage = s->stages[0]->index, .param = "thread" },
			"no stage here to run on \"%s\"", s->stages[0]->on);
	else if (s->stages[1]->on == NULL)
		s->stages[1]->on = s->stages[0]->on;
}

static void add_stream(struct weir_build *b, struct weir_stream *s)
{
	for (size_t k = 0; k < s->n_stages; k++) {
		struct weir_raw_stage *stage = s->stages[k];

		if (stage->from != NULL) {
			if (k == 0) {
				s->from = stage->from;
				pass_thread_on(b, s);
			} else {
				weir_build_tell(b,
					&(struct weir_build_place){ .stage = stage->index, .param = "from" },
					"\"from\" can only be the first stage of a stream");
			}
			continue;
		}
		check_position(b, s, k);
		if (stage->type != NULL) {
			add_stage(b, s, k);
			continue;
		}
		s->unknown_start = s->unknown_start || k == 0;
		s->unknown_end = s->unknown_end || k + 1 == s->n_stages;
	}
	s->closed = s->last != NULL && (s->last->type->flags & WEIR_OP_SINK) != 0 && !s->unknown_end;
}

/* ---- streams to streams ---- */

static struct weir_stream *find_or_tell(
	struct weir_build *b, const char *name, const struct weir_build_place *place)
{
	struct weir_stream *s = weir_build_find_stream(b, name);
	const char *meant = NULL;

	if (s != NULL)
		return s;
	for (size_t i = 0; i < b->n_streams; i++) {
		const char *pair[2] = { meant, b->streams[i]->is_copy ? NULL : b->streams[i]->name };
		const char *better = weir_did_you_mean(name, strlen(name), pair, 2);

		meant = better != NULL ? better : meant;
	}
	if (meant != NULL)
		weir_build_tell(b, place, "unknown stream \"%s\"; did you mean \"%s\"?", name, meant);
	else
		weir_build_tell(b, place, "unknown stream \"%s\"", name);
	return NULL;
}

/* The stream whose last stage makes what `s` gives: s itself, or where it draws from. NULL: there is none. */
static struct weir_stream *maker(struct weir_build *b, struct weir_stream *s)
{
	for (size_t i = 0; i <= b->n_streams; i++) {
		if (s == NULL || s->last != NULL || s->from == NULL)
			return s;
		s = weir_build_find_stream(b, s->from);
	}
	return NULL; /* they draw from each other */
}

struct draw {
	struct weir_stream *from;
	struct weir_build_node *to;
};

struct draws {
	struct draw *list;
	size_t n, cap;
};

static void add_draw(struct weir_build *b, struct draws *d, const char *name, struct weir_build_node *to,
	const struct weir_build_place *place)
{
	struct weir_stream *s = find_or_tell(b, name, place), *m;
	struct draw *grown;

	if (s == NULL)
		return;
	s->drawn = true;
	if (s->closed) {
		weir_build_tell(b, place,
			"stream \"%s\" ends in a sink; only an open stream can be drawn from", name);
		return;
	}
	m = maker(b, s);
	if (m == NULL) {
		weir_build_tell(b, place, "stream \"%s\" draws from itself", name);
		return;
	}
	if (to == NULL || m->last == NULL || m->closed)
		return;
	grown = weir_pool_grow(&b->pool, d->list, sizeof *d->list, &d->cap, d->n + 1);
	if (grown == NULL)
		return;
	d->list = grown;
	d->list[d->n++] = (struct draw){ m, to };
}

/* The streams a combiner names, in port order. */
static void add_combiner(struct weir_build *b, struct draws *d, struct weir_build_node *n)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_STREAMS);
	struct weir_raw_stage *s = n->stage;
	unsigned ports = 0;

	for (size_t i = 0; row != NULL && i < s->n_raw; i++) {
		struct weir_build_place place = { .stage = s->index, .param = row->name };

		if (strcmp(s->raw[i].param, row->name) != 0)
			continue;
		s->raw[i].used = true;
		place.entry = weir_pool_format(&b->pool, "%u", ports);
		if (n->type->max_in != UINT8_MAX && ports >= n->type->max_in)
			weir_build_tell(
				b, &place, "\"%s\" takes at most %u streams", n->type->name, n->type->max_in);
		add_draw(b, d, s->raw[i].text, n, &place);
		ports++;
	}
}

/* The stream that a stage's items start, once a slot. */
static void add_inner(struct weir_build *b, struct draws *d, struct weir_raw_stage *s)
{
	const struct weir_param *row = s->type != NULL ? weir_param_of_kind(s->type, WEIR_PARAM_INNER) : NULL;
	struct weir_build_place place = { .stage = s->index, .param = row != NULL ? row->name : NULL };
	const char *name = row != NULL ? weir_raw_text(s, row->name) : NULL;

	if (name == NULL || s->node == NULL)
		return;
	if (s->n_inner == 0)
		add_draw(b, d, name, s->node, &place); /* tells why */
	for (size_t k = 0; k < s->n_inner; k++)
		add_draw(b, d, s->inner[k], s->node, &place);
}

static void draw_all(struct weir_build *b, struct draws *d)
{
	for (size_t i = 0; i < b->n_streams; i++) {
		struct weir_stream *s = b->streams[i];
		struct weir_build_node *first = s->first;

		if (s->from != NULL) {
			struct weir_build_place place = { .stage = s->stages[0]->index, .param = "from" };

			add_draw(b, d, s->from, first, &place);
		} else if (first != NULL && (first->type->flags & WEIR_OP_COMBINER) != 0) {
			add_combiner(b, d, first);
		}
		for (size_t k = 0; k < s->n_stages; k++)
			add_inner(b, d, s->stages[k]);
	}
}

/* Join what draws to what is drawn from, by a tee where there are several. */
static void link_draws(struct weir_build *b, const struct draws *d)
{
	const struct weir_op_type *tee = weir_build_internal_type(b, "tee");

	for (size_t i = 0; i < b->n_streams; i++) {
		struct weir_stream *s = b->streams[i];
		struct weir_build_node *last = s->last;
		size_t n = 0;

		for (size_t k = 0; k < d->n; k++)
			n += d->list[k].from == s;
		if (last != NULL && last->type->max_out > 1)
			continue; /* it deals with several itself */
		if (n > 1 && tee == NULL) {
			weir_build_tell(b, &(struct weir_build_place){ .stage = -1 },
				"there is no \"tee\" in this build; stream \"%s\" has several takers",
				s->name);
		} else if (n > 1) {
			last = add_node(b, tee, NULL, weir_pool_format(&b->pool, "%s.tee", s->name));
			if (last == NULL)
				return;
			link_nodes(b, s->last, last);
		}
	}
	for (size_t k = 0; k < d->n; k++) { /* in the order of the takers' ports */
		struct weir_build_node *last = d->list[k].from->last,
				       *next = last->n_outs > 0 ? last->outs[0]->to : NULL;

		link_nodes(b, next != NULL && next->stage == NULL ? next : last, d->list[k].to);
	}
}

/* ---- side streams ---- */

/* The inbox that a side stream starts with; NULL: told, or not known. */
static struct weir_build_node *inbox_of(
	struct weir_build *b, const char *name, const struct weir_build_place *place)
{
	struct weir_stream *s = find_or_tell(b, name, place);

	if (s == NULL || s->unknown_start)
		return NULL;
	if (s->first != NULL && s->from == NULL && weir_type_is_inbox(s->first->type))
		return s->first;
	weir_build_tell(b, place,
		"stream \"%s\" does not start with an inbox; only such a stream can be sent to", name);
	return NULL;
}

static void link_error(struct weir_build *b, struct weir_build_node *n)
{
	struct weir_build_place place = { .stage = n->stage->index, .param = "on_error" };
	struct weir_build_node *inbox = inbox_of(b, n->stage->error_to, &place);

	if (inbox == NULL)
		return;
	n->error = add_link(b, n, inbox);
	if (n->error != NULL)
		n->error->error = true;
}

/* {"to": stream} of a window's late: the second output. */
static void link_late(struct weir_build *b, struct weir_build_node *n)
{
	const struct weir_param *row = weir_param_of_kind(n->type, WEIR_PARAM_LATE);
	const char *text = row != NULL ? weir_raw_text(n->stage, row->name) : NULL;
	struct weir_build_place place = { .stage = n->stage->index, .param = row != NULL ? row->name : NULL };
	struct weir_build_node *inbox;

	if (text == NULL || strncmp(text, "to:", 3) != 0)
		return;
	inbox = inbox_of(b, text + 3, &place);
	if (inbox == NULL)
		return;
	if (n->n_outs != 1)
		b->incomplete = true; /* without a main output, which was told */
	link_nodes(b, n, inbox);
}

static void link_sides(struct weir_build *b)
{
	size_t n_nodes = b->n_nodes;

	for (size_t i = 0; i < n_nodes; i++) {
		struct weir_build_node *n = b->nodes[i];

		if (n->stage == NULL)
			continue;
		if (n->on_error == WEIR_ON_ERROR_TO)
			link_error(b, n);
		if (n->connector == NULL)
			link_late(b, n);
	}
}

/* ---- what must not be ---- */

static void check_ends(struct weir_build *b)
{
	for (size_t i = 0; i < b->n_streams; i++) {
		const struct weir_stream *s = b->streams[i];

		if (!s->closed && !s->drawn && !s->unknown_end)
			tell_stage(b, s->stages[s->n_stages - 1],
				"stream \"%s\" is left open and no stream draws from it; end it in a sink",
				s->name);
	}
	for (size_t i = 0; i < b->n_nodes; i++) {
		const struct weir_build_node *n = b->nodes[i];

		if (n->stage != NULL && weir_type_is_inbox(n->type) && n->n_ins == 0)
			tell_stage(b, n->stage,
				"nothing is sent to this inbox; a stage names its stream by {\"to\": \"%s\"}",
				n->stage->stream->name);
	}
}

static const char *without_dot(const char *path)
{
	while (path[0] == '.' && path[1] == '/')
		for (path += 2; *path == '/';)
			path++;
	return path;
}

/* Two sinks on one path would overwrite each other; two ports of one name could not be told apart. */
static void check_twins(struct weir_build *b, const struct weir_build_node *n, size_t before)
{
	bool port = (n->type->flags & WEIR_OP_PORT) != 0, sink = (n->type->flags & WEIR_OP_SINK) != 0;
	const char *param = port ? "name" : "path";
	struct weir_build_place place = { .stage = n->stage->index, .param = param };
	const char *mine = weir_param_find(n->type, param) != NULL ? weir_raw_text(n->stage, param) : NULL;

	for (size_t k = 0; (port || sink) && mine != NULL && k < before; k++) {
		const struct weir_build_node *o = b->nodes[k];
		const char *other;

		if (o->stage == NULL || o->connector != NULL || weir_param_find(o->type, param) == NULL ||
			(port ? o->type != n->type : (o->type->flags & WEIR_OP_SINK) == 0))
			continue;
		other = weir_raw_text(o->stage, param);
		if (other == NULL || strcmp(without_dot(other), without_dot(mine)) != 0)
			continue;
		if (port)
			weir_build_tell(
				b, &place, "there are two ports \"%s\"; give each its own name", mine);
		else
			weir_build_tell(
				b, &place, "two sinks write \"%s\"; merge their streams into one", mine);
		return;
	}
}

void weir_build_graph(struct weir_build *b)
{
	struct draws d = { NULL, 0, 0 };

	for (size_t i = 0; i < b->n_streams && !b->pool.failed; i++)
		add_stream(b, b->streams[i]);
	if (b->pool.failed)
		return;
	draw_all(b, &d);
	link_draws(b, &d);
	link_sides(b);
	if (b->pool.failed)
		return;
	check_ends(b);
	weir_build_check_ids(b);
	for (size_t i = 0; i < b->n_nodes; i++)
		if (b->nodes[i]->stage != NULL && b->nodes[i]->connector == NULL)
			check_twins(b, b->nodes[i], i);
	if (b->n_nodes > INT16_MAX)
		weir_build_tell(b, &(struct weir_build_place){ .stage = -1 }, "more than 32767 stages");
}
