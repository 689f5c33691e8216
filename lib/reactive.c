/* SPDX-License-Identifier: MIT */
/*
 * reactive.c -- the calls of both sides, checked once and passed to who implements them.
 */
#include <weir/reactive.h>

#include "core.h"

static bool can_publish(const struct weir_publisher *p)
{
	return p != NULL && p->type != NULL && p->type->subscribe != NULL && p->type->request != NULL &&
	       p->type->cancel != NULL;
}

static bool can_subscribe(const struct weir_subscriber *s)
{
	return s != NULL && s->type != NULL && s->type->on_subscribe != NULL && s->type->on_next != NULL &&
	       s->type->on_error != NULL && s->type->on_complete != NULL;
}

int weir_subscribe(struct weir_publisher *p, struct weir_subscriber *s)
{
	int rc;

	if (!can_publish(p) || !can_subscribe(s))
		return WEIR_EINVAL;
	if (p->type->abi != WEIR_REACTIVE_ABI || s->type->abi != WEIR_REACTIVE_ABI)
		return WEIR_EABI;
	if (s->used) /* 2.12 */
		return WEIR_EBUSY;
	s->used = true;
	rc = p->type->subscribe(p, s);
	if (rc < 0) /* nothing was called: it is still there, and new */
		s->used = false;
	return rc;
}

int weir_subscription_request(struct weir_subscription s, uint32_t n)
{
	return s.publisher == NULL ? WEIR_ENDED : s.publisher->type->request(s.publisher, s.number, n);
}

void weir_subscription_cancel(struct weir_subscription s)
{
	if (s.publisher != NULL)
		s.publisher->type->cancel(s.publisher, s.number);
}

int weir_subscription_cancel_outside(struct weir_subscription s)
{
	if (s.publisher == NULL)
		return WEIR_OK;
	if (s.publisher->type->cancel_outside == NULL)
		return WEIR_EUNSUPPORTED;
	s.publisher->type->cancel_outside(s.publisher, s.number);
	return WEIR_OK;
}

static const struct weir_stage *stage_at(const struct weir_instance *in, uint16_t stage)
{
	return in != NULL && stage < in->plan->n_stages ? &in->stages[stage] : NULL;
}

/* The ends lie first in the states. */
struct weir_subscriber *weir_stage_subscriber(struct weir_instance *in, uint16_t stage)
{
	const struct weir_stage *s = stage_at(in, stage);

	if (s == NULL || (s->type != &weir_from_publisher_type && s->type != &weir_from_byte_publisher_type))
		return NULL;
	return s->ctx.state;
}

struct weir_publisher *weir_stage_publisher(struct weir_instance *in, uint16_t stage)
{
	const struct weir_stage *s = stage_at(in, stage);

	return s == NULL || s->type != &weir_to_subscriber_type ? NULL : s->ctx.state;
}
