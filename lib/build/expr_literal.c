/* SPDX-License-Identifier: MIT */
/*
 * expr_literal.c -- what nodes tell without running: the values of literals, and whether anything can fault.
 */
#include "expr_code.h"

#include <string.h>

#include <weir/num.h>

/* Sign and size of an integer literal. */
static bool integer_literal(const struct weir_node *n, bool *negative, uint64_t *size)
{
	*negative = n->kind == WEIR_NODE_UNARY && n->op == '-';
	if (*negative)
		n = n->args[0];
	*size = n->integer;
	return n->kind == WEIR_NODE_INTEGER;
}

bool weir_is_integer_literal(const struct weir_node *n)
{
	bool negative;
	uint64_t size;

	return integer_literal(n, &negative, &size);
}

/* Most of an integer kind: the greatest value, and the size of the least. */
void weir_kind_range(enum weir_kind kind, uint64_t *least, uint64_t *most)
{
	unsigned bits = (unsigned)weir_kind_size(kind, 0) * 8u;
	bool is_signed = kind >= WEIR_I8 && kind <= WEIR_I64;
	uint64_t all = UINT64_MAX >> (64u - bits);

	*most = is_signed ? all >> 1 : all;
	*least = is_signed ? *most + 1 : 0;
}

bool weir_literal_fits(const struct weir_node *n, enum weir_kind kind)
{
	bool negative;
	uint64_t size, least, most;

	if (!integer_literal(n, &negative, &size))
		return false;
	weir_kind_range(kind, &least, &most);
	return size <= (negative ? least : most);
}

static int64_t signed_literal(bool negative, uint64_t size)
{
	if (!negative)
		return (int64_t)size;
	return size == 0 ? 0 : -(int64_t)(size - 1) - 1;
}

static union weir_value integer_value(bool negative, uint64_t size, enum weir_class cls)
{
	union weir_value v = { .u = 0 };

	switch (cls) {
	case WEIR_CLASS_F:
		v.f = negative ? (float)signed_literal(negative, size) : (float)size;
		break;
	case WEIR_CLASS_D:
		v.d = negative ? (double)signed_literal(negative, size) : (double)size;
		break;
	case WEIR_CLASS_U:
		v.u = size;
		break;
	default:
		v.i = signed_literal(negative, size);
		break;
	}
	return v;
}

bool weir_expr_is_decimal(const struct weir_node *node)
{
	while (node->kind == WEIR_NODE_UNARY && node->op == '-')
		node = node->args[0];
	return node->kind == WEIR_NODE_DECIMAL;
}

void weir_expr_check_literals(const struct weir_node *node, struct weir_expr_faults *faults)
{
	float unused;

	if (node->kind == WEIR_NODE_DECIMAL && node->cls == WEIR_CLASS_F &&
		weir_parse_f32(node->text, node->len, &unused) < 0)
		weir_expr_tell(faults, node->at, "this number does not fit f32");
	for (unsigned i = 0; i < node->n_args; i++)
		weir_expr_check_literals(node->args[i], faults);
}

/* Rounded once, from the text to the class. */
static union weir_value decimal_value(const struct weir_node *n, enum weir_class cls)
{
	union weir_value v = { .u = 0 };

	if (cls == WEIR_CLASS_F)
		(void)weir_parse_f32(n->text, n->len, &v.f);
	else
		(void)weir_parse_f64(n->text, n->len, &v.d);
	return v;
}

/* A text constant is what a text field is: u16 length and bytes. */
static union weir_value text_value(struct weir_pool *pool, const struct weir_node *n)
{
	union weir_value v = { .u = 0 };
	char *bytes = weir_pool_get(pool, sizeof n->text_len + n->text_len + 1u);

	if (bytes != NULL) {
		memcpy(bytes, &n->text_len, sizeof n->text_len);
		memcpy(bytes + sizeof n->text_len, n->text, n->text_len);
	}
	v.text = bytes;
	return v;
}

bool weir_literal_value(
	struct weir_pool *pool, const struct weir_node *n, enum weir_class cls, union weir_value *value)
{
	bool negative;
	uint64_t size;

	if (integer_literal(n, &negative, &size)) {
		if ((negative && cls == WEIR_CLASS_U) || cls == WEIR_CLASS_BOOL)
			return false;
		*value = integer_value(negative, size, cls);
		return true;
	}
	if (cls != (enum weir_class)n->cls)
		return false;
	if (n->kind == WEIR_NODE_DECIMAL)
		*value = decimal_value(n, cls);
	else if (n->kind == WEIR_NODE_TEXT)
		*value = text_value(pool, n);
	else if (n->kind == WEIR_NODE_BOOL)
		*value = (union weir_value){ .u = n->integer };
	else
		return false;
	return true;
}

static bool integer_can_fault(const struct weir_node *n)
{
	switch (n->kind) {
	case WEIR_NODE_BINARY:
		return strchr("+-*/%", n->op & 0xff) != NULL || n->op == WEIR_SIGN2('<', '<') ||
		       n->op == WEIR_SIGN2('>', '>');
	case WEIR_NODE_UNARY:
		return n->op == '-' && !weir_is_integer_literal(n);
	case WEIR_NODE_CALL:
		return n->op == WEIR_FN_ABS;
	default:
		return false;
	}
}

bool weir_node_can_fault(const struct weir_node *n)
{
	bool integer = n->cls == WEIR_CLASS_I || n->cls == WEIR_CLASS_U || n->cls == WEIR_CLASS_TIME;

	if (n->kind == WEIR_NODE_CAST || (integer && integer_can_fault(n)))
		return true;
	for (unsigned i = 0; i < n->n_args; i++)
		if (weir_node_can_fault(n->args[i]))
			return true;
	return false;
}
