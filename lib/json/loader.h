/* SPDX-License-Identifier: MIT */
/* loader.h -- the parts of the definition loader: loader.c, load_records.c, load_streams.c. Private to
 * lib/json. */
#ifndef WEIR_JSON_LOADER_H
#define WEIR_JSON_LOADER_H

#include <weir/build.h>
#include <weir/document.h>
#include <weir/load.h>

/* Where each stage of the builder stands in the file. */
struct weir_load_stage {
	const struct weir_json_node *node;  /* the stage's object */
	const struct weir_json_node *value; /* the operator's value */
	const struct weir_op_type *type;    /* NULL: from, or unknown */
	const char *primary;                /* the parameter that the short form's value is, or NULL */
};

struct weir_loader {
	const struct weir_load_options *options;
	struct weir_json_doc *doc;
	struct weir_diagnostics faults;
	struct weir_build *build;
	struct weir_load_stage *stages; /* by the builder's stage index */
	size_t n_stages;
	const struct weir_json_node *
		*told; /* nodes with a fault of the loader's: the builder's would follow on */
	size_t n_told;
	const struct weir_json_node *record; /* the one being declared: faults of no stage are its */
	bool out_of_memory;
};

struct weir_definition {
	struct weir_build *build;
	const struct weir_plan *plan;
};

/* Report a fault at a node's value, at its key, or inside its string. */
void weir_load_fault(struct weir_loader *l, const struct weir_json_node *node, const char *format, ...)
	WEIR_JSON_PRINTF(3, 4);
void weir_load_fault_key(struct weir_loader *l, const struct weir_json_node *node, const char *format, ...)
	WEIR_JSON_PRINTF(3, 4);

/* Note that a node has been found fault with: what the builder misses there is not told. */
void weir_load_told(struct weir_loader *l, const struct weir_json_node *node);

/* Whether a stream or field may be called so: letters, digits and _, not starting with a digit. */
bool weir_load_is_name(const char *s);

/* A string member, or NULL after a fault (when it is there and no string) or when absent. */
const char *weir_load_string(struct weir_loader *l, const struct weir_json_node *object, const char *key);

/* Refuse members that are not in the NULL-terminated list. */
void weir_load_only(struct weir_loader *l, const struct weir_json_node *object, const char *const *known);

/* Take a builder's fault back to its place in the file. Fits weir_build_fault_fn. */
void weir_load_build_fault(void *loader, const struct weir_build_place *place, const char *message);
void weir_load_build_warning(void *loader, const struct weir_build_place *place, const char *message);

void weir_load_records(struct weir_loader *l, const struct weir_json_node *records);
/* False: there are none. */
bool weir_load_streams(struct weir_loader *l, const struct weir_json_node *streams);
/* Hand the parameters of one stage to the builder: written for `type`, in whose place `in` stands, which may be itself. */
void weir_load_params(struct weir_loader *l, int stage, const struct weir_op_type *type,
	const struct weir_op_type *in, const struct weir_json_node *value);

/* Print what a definition without faults comes to; b knew its types. Returns 0, WEIR_ENOMEM, or what put returned. */
int weir_load_show(struct weir_loader *l, const struct weir_build *b, weir_put_fn *put, void *arg);

#endif
