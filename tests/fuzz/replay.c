/* SPDX-License-Identifier: MIT */
/*
 * replay.c -- a fuzz target without libFuzzer: gives it every input of a corpus, which is one file.
 *
 *	csv_test			replays tests/fuzz/csv.corpus of the source tree
 *	csv_test FILE...		gives it each file as one input
 *	csv_test --pack DIR >CORPUS	makes a corpus of the files in DIR, in the order of their names
 *	csv_test --unpack DIR <CORPUS	and files of a corpus
 *
 * A corpus is a row of inputs: the size in decimal digits, a newline, so many bytes, a newline.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX (1u << 20)

static int give_up(const char *what, const char *name)
{
	(void)fprintf(stderr, "%s: %s: %s\n", fuzz_name, what, name);
	return EXIT_FAILURE;
}

/* The next input of a corpus in memory of its own size, or NULL; *bad when what is there is none. */
static uint8_t *next_input(FILE *f, size_t *size, int *bad)
{
	unsigned long len;
	uint8_t *input;

	*bad = 0;
	if (fscanf(f, "%lu", &len) != 1) {
		*bad = !feof(f);
		return NULL;
	}
	*bad = 1;
	if (len > INPUT_MAX || fgetc(f) != '\n')
		return NULL;
	input = malloc(len > 0 ? len : 1);
	if (input == NULL || fread(input, 1, len, f) != len || fgetc(f) != '\n') {
		free(input);
		return NULL;
	}
	*size = len;
	*bad = 0;
	return input;
}

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned n = 0;
	uint8_t *input;
	size_t size;
	int bad;

	if (f == NULL)
		return give_up("cannot open", path);
	while ((input = next_input(f, &size, &bad)) != NULL) {
		(void)LLVMFuzzerTestOneInput(input, size);
		free(input);
		n++;
	}
	(void)fclose(f);
	if (bad || n == 0)
		return give_up("not a corpus", path);
	(void)printf("%s: %u inputs\n", fuzz_name, n);
	return EXIT_SUCCESS;
}

/* The whole file in memory of its own size, or NULL. */
static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *all = malloc(INPUT_MAX), *input = NULL;

	if (f != NULL && all != NULL) {
		*size = fread(all, 1, INPUT_MAX, f);
		input = malloc(*size > 0 ? *size : 1);
		if (input != NULL)
			memcpy(input, all, *size);
	}
	if (f != NULL)
		(void)fclose(f);
	free(all);
	return input;
}

static int run_file(const char *path)
{
	size_t size;
	uint8_t *input = read_file(path, &size);

	if (input == NULL)
		return give_up("cannot read", path);
	(void)LLVMFuzzerTestOneInput(input, size);
	free(input);
	return EXIT_SUCCESS;
}

static int pack(const char *dir)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort), rc = EXIT_SUCCESS;

	if (n < 0)
		return give_up("cannot open", dir);
	for (int i = 0; i < n; i++) {
		char path[4096];
		size_t size;
		uint8_t *input;

		(void)snprintf(path, sizeof path, "%s/%s", dir, names[i]->d_name);
		input = names[i]->d_name[0] == '.' ? NULL : read_file(path, &size);
		if (input != NULL) {
			(void)printf("%zu\n", size);
			(void)fwrite(input, 1, size, stdout);
			(void)putchar('\n');
		} else if (names[i]->d_name[0] != '.') {
			rc = give_up("cannot read", path);
		}
		free(input);
		free(names[i]);
	}
	free(names);
	return rc;
}

static int unpack(const char *dir)
{
	uint8_t *input;
	size_t size;
	int bad;

	for (unsigned n = 0; (input = next_input(stdin, &size, &bad)) != NULL; n++) {
		char path[4096];
		FILE *f;

		(void)snprintf(path, sizeof path, "%s/%04u", dir, n);
		f = fopen(path, "wb");
		if (f == NULL || fwrite(input, 1, size, f) != size || fclose(f) != 0)
			return give_up("cannot write", path);
		free(input);
	}
	return bad ? give_up("not a corpus", "stdin") : EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const char *source = getenv("srcdir");
	char path[4096];
	int rc = EXIT_SUCCESS;

	if (argc == 3 && strcmp(argv[1], "--pack") == 0)
		return pack(argv[2]);
	if (argc == 3 && strcmp(argv[1], "--unpack") == 0)
		return unpack(argv[2]);
	for (int i = 1; i < argc && rc == EXIT_SUCCESS; i++)
		rc = run_file(argv[i]);
	if (argc > 1)
		return rc;
	(void)snprintf(
		path, sizeof path, "%s/tests/fuzz/%s.corpus", source != NULL ? source : ".", fuzz_name);
	return replay(path);
}
