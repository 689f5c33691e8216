/* SPDX-License-Identifier: MIT */
/*
 * cJSON.h -- for tests: as much of cJSON's interface as lib/json uses, so that definitions are loaded on a board too.
 * The text has passed the strict reader before.
 */
#ifndef WEIR_MCU_CJSON_H
#define WEIR_MCU_CJSON_H

#include <stddef.h>

enum cjson_kind {
	CJSON_NULL,
	CJSON_FALSE,
	CJSON_TRUE,
	CJSON_NUMBER,
	CJSON_STRING,
	CJSON_ARRAY,
	CJSON_OBJECT
};

typedef struct cJSON {
	struct cJSON *next, *child;
	enum cjson_kind kind;
	char *valuestring;
	char *string; /* the key */
} cJSON;

cJSON *cJSON_ParseWithOpts(const char *text, const char **end, int whole);
void cJSON_Delete(cJSON *item);

#define cJSON_IsArray(item)  ((item)->kind == CJSON_ARRAY)
#define cJSON_IsFalse(item)  ((item)->kind == CJSON_FALSE)
#define cJSON_IsObject(item) ((item)->kind == CJSON_OBJECT)
#define cJSON_IsString(item) ((item)->kind == CJSON_STRING)
#define cJSON_IsTrue(item)   ((item)->kind == CJSON_TRUE)

#endif
