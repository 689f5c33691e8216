/* SPDX-License-Identifier: MIT */
/*
 * identical.c -- firmware that runs a compiled definition over files of the host: what PORT.in holds is pushed into the
 * input PORT, what the output PORT gives is written to PORT.out. All ports have formats. Ends with status 0, or 1 when a
 * stream failed.
 *
 * PIPELINE is the definition's name.
 */
#include <string.h>

#include <weir/operators.h>
#include <weir/plan.h>
#include <weir/static.h>

#include "board.h"
#include "semihosting.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

extern const struct weir_plan *JOIN(PIPELINE, _plan)(void);
extern int JOIN(PIPELINE, _init)(struct weir_instance **in, struct weir_platform *platform);

#define PORTS_MAX  8u
#define PIECE      61u /* bytes pushed at a time: lines are cut anywhere */
#define STATUS_BAD 99

struct port {
	unsigned char bytes[PIECE];
	uint32_t from, to; /* of them, to be pushed */
	int file;
	uint16_t stage;
	bool input, done;
};

static struct port ports[PORTS_MAX];
static unsigned n_ports;
static struct weir_static_slot slots[1];
static struct weir_static loop;

static void add_port(uint16_t stage, const char *name, bool input)
{
	struct port *p = &ports[n_ports++];
	char path[40];
	size_t len = strlen(name);

	if (n_ports > PORTS_MAX || len > sizeof path - 5)
		board_panic("more ports, or longer names, than there is room for\n");
	memcpy(path, name, len);
	memcpy(path + len, input ? ".in" : ".out", input ? 4 : 5);
	*p = (struct port){ .stage = stage, .input = input };
	p->file = semihosting_open(path, input ? SEMIHOSTING_READ : SEMIHOSTING_WRITE);
	if (p->file < 0)
		board_panic("a file cannot be opened\n");
}

static void find_ports(const struct weir_plan *plan)
{
	for (uint16_t i = 0; i < plan->n_stages; i++) {
		const struct weir_stage_def *d = &plan->stages[i];

		if (d->type == &weir_input_type)
			add_port(i, ((const struct weir_input_params *)d->params)->name, true);
		else if (d->type == &weir_output_type)
			add_port(i, ((const struct weir_output_params *)d->params)->name, false);
	}
}

static void push(struct weir_instance *in, struct port *p)
{
	int64_t n;

	if (p->from == p->to) {
		p->from = 0;
		p->to = (uint32_t)semihosting_read(p->file, p->bytes, PIECE);
	}
	if (p->to == 0) {
		(void)weir_push_end(in, p->stage);
		p->done = true;
		return;
	}
	n = weir_push(in, p->stage, p->bytes + p->from, NULL, p->to - p->from);
	p->done = n < 0;
	p->from += n > 0 ? (uint32_t)n : 0;
}

static void pull(struct weir_instance *in, struct port *p)
{
	unsigned char bytes[32];
	int64_t n;

	while ((n = weir_pull(in, p->stage, bytes, NULL, sizeof bytes)) > 0)
		if (semihosting_write(p->file, bytes, (size_t)n) != (size_t)n)
			board_panic("a file cannot be written\n");
	p->done = n == WEIR_ENDED;
}

int main(void)
{
	struct weir_instance *in;
	int status;

	find_ports(JOIN(PIPELINE, _plan)());
	if (weir_static_init(&loop, &board_hooks, slots, 1) < 0 ||
		JOIN(PIPELINE, _init)(&in, weir_static_platform(&loop)) < 0 || weir_start(in) < 0)
		return STATUS_BAD;
	while (!weir_ended(in))
		for (unsigned i = 0; i < n_ports; i++)
			if (!ports[i].done && ports[i].input)
				push(in, &ports[i]);
			else if (!ports[i].done)
				pull(in, &ports[i]);
	status = weir_failed(in);
	weir_fini(in);
	for (unsigned i = 0; i < n_ports; i++)
		(void)semihosting_close(ports[i].file);
	return status;
}
