/* SPDX-License-Identifier: MIT */
/*
 * error.c -- the texts of the error codes: switches made from the list in error.h, so that a code used twice
 * does not compile and no table can fall out of step with it.
 */
#include <weir/config.h>
#include <weir/error.h>

const char *weir_strerror(int code)
{
	if (code >= 0)
		return "success";
	if (!WEIR_WITH_TEXTS)
		return "error";
	switch (code) {
#define WEIR_ERROR_TEXT(name, number, token, text) \
	case number:                               \
		return text;
		WEIR_ERRORS(WEIR_ERROR_TEXT)
#undef WEIR_ERROR_TEXT
	default:
		return "unknown error";
	}
}

const char *weir_errname(int code)
{
	if (code >= 0)
		return "ok";
	if (!WEIR_WITH_TEXTS)
		return "error";
	switch (code) {
#define WEIR_ERROR_TOKEN(name, number, token, text) \
	case number:                                \
		return token;
		WEIR_ERRORS(WEIR_ERROR_TOKEN)
#undef WEIR_ERROR_TOKEN
	default:
		return "unknown";
	}
}
