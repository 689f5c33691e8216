/* SPDX-License-Identifier: MIT */
/* print_body.h -- a function being printed: print_program.c (statements), print_value.c (their parts). Private. */
#ifndef WEIR_BUILD_PRINT_BODY_H
#define WEIR_BUILD_PRINT_BODY_H

#include "print.h"
#include "print_flow.h"

#define WEIR_OPERAND_MAX 64u
#define WEIR_NAME_MAX    48u

/* A variable's name, once it has been declared. */
struct weir_variable {
	char name[WEIR_NAME_MAX];
};

struct weir_body {
	struct weir_print *o;
	const struct weir_print_program *what;
	struct weir_program_flow flow;
	struct weir_variable *variables; /* by web */
	unsigned n_values;               /* v1, v2 ... so far */
	unsigned segment;
	unsigned depth; /* tabs */
};

/* Types by class. */
extern const char *const weir_body_types[];

void weir_body_indent(struct weir_body *b);
/* A fresh name. */
void weir_body_name(struct weir_body *b, char name[WEIR_NAME_MAX]);
/* The field that begins there, or NULL. */
const struct weir_field *weir_body_field(const struct weir_record *r, uint32_t offset);

/* The value of a web that is a constant, or NULL. */
const union weir_value *weir_body_const(const struct weir_body *b, uint32_t web);
/* A constant that is no text. wide: an unsigned one of 64 bits, whatever its value. */
void weir_body_literal(char text[WEIR_OPERAND_MAX], const union weir_value *v, uint8_t class, bool wide);
/* Print a text: its length and its bytes. */
void weir_body_text(struct weir_body *b, const char *text);
/* A variable, as it is or as the other kind of whole number of the same bits. */
void weir_body_variable(const struct weir_body *b, char text[WEIR_OPERAND_MAX], uint32_t web, uint8_t class);
/* Print a variable that is a constant; name becomes its name. */
void weir_body_constant(struct weir_body *b, char name[WEIR_OPERAND_MAX], uint32_t web, uint8_t class);
/* Print an operand that is read as it is. */
void weir_body_operand(struct weir_body *b, uint32_t web, uint8_t class);
/*
 * The texts that x and y of a computation stand for; what must be a variable is made one before. What is shifted is as
 * wide as what comes of it.
 */
void weir_body_operands(struct weir_body *b, uint32_t k, char text[2][WEIR_OPERAND_MAX]);
/* Print len bytes of a formula, with texts for x and y. */
void weir_body_formula(
	struct weir_body *b, const char *formula, size_t len, char operand[2][WEIR_OPERAND_MAX]);

/* Declare the variables that more than one block behind the branch at k sees. */
void weir_body_declare(struct weir_body *b, uint32_t k);
/* "const double v3 = " or, where it is declared already, "v3 = ". */
void weir_body_assign(struct weir_body *b, uint32_t k);
/* A cast where a value of the class goes into a variable of another one of the same bits. */
void weir_body_cast(struct weir_body *b, uint32_t k, uint8_t class);

#endif
