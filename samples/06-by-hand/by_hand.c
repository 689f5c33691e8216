/* SPDX-License-Identifier: MIT */
/*
 * by_hand.c -- a publisher and a subscriber of one's own with a chain of operators between, driven by their
 * calls alone: no loop, no definition, one thread.
 *
 * The sensor sends a reading for each one it is asked for; the printer asks for two warm ones at a time and
 * cancels after five. Every call between them is printed, so that demand can be watched on its way up.
 */
#include <stdint.h>
#include <stdio.h>

#include <weir/chain.h>

struct reading {
	int32_t centi; /* hundredths of a degree Celsius */
};

/* ---- a publisher ---- */

struct sensor {
	struct weir_publisher publisher; /* first: weir calls with this */
	struct weir_subscriber *to;
	uint32_t asked;
	int32_t next;
	int sending, cancelled;
};

static int sensor_subscribe(struct weir_publisher *p, struct weir_subscriber *s)
{
	struct weir_subscription handle = { .publisher = p, .number = 1 };

	((struct sensor *)(void *)p)->to = s;
	return s->type->on_subscribe(s, &handle);
}

/* Send what was asked for. A request that comes in meanwhile is served by the same loop. */
static int sensor_request(struct weir_publisher *p, uint32_t number, uint32_t n)
{
	struct sensor *sensor = (struct sensor *)(void *)p;

	(void)number;
	(void)printf("sensor: asked for %u\n", (unsigned)n);
	sensor->asked += n;
	if (sensor->sending)
		return WEIR_OK;
	sensor->sending = 1;
	while (sensor->asked > 0 && !sensor->cancelled) {
		struct reading r = { .centi = 1850 + sensor->next++ % 4 * 100 };

		sensor->asked--;
		(void)printf("sensor: %.2f C\n", r.centi / 100.0);
		(void)sensor->to->type->on_next(sensor->to, &r);
	}
	sensor->sending = 0;
	return WEIR_OK;
}

static void sensor_cancel(struct weir_publisher *p, uint32_t number)
{
	(void)number;
	((struct sensor *)(void *)p)->cancelled = 1;
	(void)printf("sensor: cancelled\n");
}

static const struct weir_publisher_type sensor_type = { .abi = WEIR_REACTIVE_ABI,
	.subscribe = sensor_subscribe,
	.request = sensor_request,
	.cancel = sensor_cancel };

/* ---- a subscriber ---- */

struct printer {
	struct weir_subscriber subscriber; /* first */
	struct weir_subscription up;
	int seen;
};

static int printer_on_subscribe(struct weir_subscriber *s, const struct weir_subscription *up)
{
	struct printer *printer = (struct printer *)(void *)s;

	printer->up = *up;
	return weir_subscription_request(printer->up, 2);
}

static int printer_on_next(struct weir_subscriber *s, const void *item)
{
	struct printer *printer = (struct printer *)(void *)s;
	const double *fahrenheit = item;

	(void)printf("printer: %.2f F\n", *fahrenheit);
	if (++printer->seen == 5)
		weir_subscription_cancel(printer->up);
	else if (printer->seen % 2 == 0)
		(void)weir_subscription_request(printer->up, 2); /* noted; served when on_next has returned */
	return WEIR_OK;
}

static int printer_on_error(struct weir_subscriber *s, int code, const char *text)
{
	(void)s;
	(void)printf("printer: %s (%s)\n", text, weir_errname(code));
	return WEIR_OK;
}

static int printer_on_complete(struct weir_subscriber *s)
{
	(void)s;
	(void)printf("printer: complete\n");
	return WEIR_OK;
}

static void printer_released(struct weir_subscriber *s)
{
	(void)s;
	(void)printf("printer: released\n");
}

static const struct weir_subscriber_type printer_type = { .abi = WEIR_REACTIVE_ABI,
	.on_subscribe = printer_on_subscribe,
	.on_next = printer_on_next,
	.on_error = printer_on_error,
	.on_complete = printer_on_complete,
	.released = printer_released };

/* ---- the chain ---- */

static void tell(void *arg, const struct weir_build_place *place, const char *message)
{
	(void)arg;
	(void)fprintf(stderr, "stage %d: %s\n", place->stage, message);
}

/* Readings above 20 degrees, in Fahrenheit. */
static int build(struct weir_chain *chain)
{
	static const struct weir_field fields[] = { { .name = "centi", .kind = WEIR_I32 } };
	int stage;

	(void)weir_chain_record(chain, "reading", fields, 1);
	(void)weir_chain_from(chain, "reading", 0);
	stage = weir_chain_stage(chain, "filter");
	(void)weir_chain_set(chain, stage, "when", "centi > 2000");
	stage = weir_chain_stage(chain, "map");
	(void)weir_chain_entry(chain, stage, "fields", "fahrenheit", "f64(centi) * 0.018 + 32");
	return weir_chain_start(chain);
}

int main(void)
{
	struct sensor sensor = { .publisher = { .type = &sensor_type } };
	struct printer printer = { .subscriber = { .type = &printer_type } };
	struct printer second = { .subscriber = { .type = &printer_type } };
	struct weir_build_options options = { .fault = tell };
	struct weir_chain *chain = weir_chain_open(WEIR_CLOCK_MONOTONIC, &options);

	if (chain == NULL || build(chain) < 0)
		return 1;
	(void)weir_subscribe(&sensor.publisher, weir_chain_subscriber(chain));
	(void)weir_subscribe(weir_chain_publisher(chain), &printer.subscriber);
	(void)weir_subscribe(weir_chain_publisher(chain), &second.subscriber); /* a chain serves one */
	(void)printf("a stale request: %s\n", weir_errname(weir_subscription_request(printer.up, 1)));
	weir_chain_close(chain);
	return 0;
}
