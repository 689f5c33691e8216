/* SPDX-License-Identifier: MIT */
/*
 * cmd_fmt.c -- `weir fmt`: definitions in the one layout, comments and all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

struct text {
	char *at;
	size_t len, cap;
};

static int add(void *arg, const char *bytes, size_t n)
{
	struct text *t = arg;

	if (t->len + n > t->cap) {
		size_t cap = 2 * t->cap + n + 4096;
		char *more = realloc(t->at, cap);

		if (more == NULL)
			return WEIR_ENOMEM;
		t->at = more;
		t->cap = cap;
	}
	memcpy(t->at + t->len, bytes, n);
	t->len += n;
	return WEIR_OK;
}

/* The whole of a file, "-" for standard input. */
static int read_all(const char *path, struct text *t)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	int rc = f != NULL ? 0 : CLI_NO_INPUT;
	char piece[4096];
	size_t n;

	while (rc == 0 && (n = fread(piece, 1, sizeof piece, f)) > 0)
		if (add(t, piece, n) < 0)
			rc = CLI_FAILED;
	if (rc == 0 && ferror(f))
		rc = CLI_NO_INPUT;
	if (rc != 0)
		cli_error("%s: %s", path, rc == CLI_FAILED ? weir_strerror(WEIR_ENOMEM) : strerror(errno));
	if (f != NULL && f != stdin)
		(void)fclose(f);
	return rc;
}

/* Into a file beside it that takes its place when all of it is there. */
static int replace(const char *path, const struct text *t)
{
	size_t size = strlen(path) + sizeof ".XXXXXX";
	char *beside = malloc(size);
	struct stat st = { .st_mode = 0666 };
	bool good;
	int fd;

	if (beside == NULL) {
		cli_error("%s", weir_strerror(WEIR_ENOMEM));
		return CLI_FAILED;
	}
	(void)snprintf(beside, size, "%s.XXXXXX", path);
	fd = mkstemp(beside);
	good = fd >= 0 && stat(path, &st) == 0 && fchmod(fd, st.st_mode & 07777u) == 0 &&
	       write(fd, t->at, t->len) == (ssize_t)t->len && fsync(fd) == 0;
	if (fd >= 0 && close(fd) < 0)
		good = false;
	good = good && rename(beside, path) == 0;
	if (!good) {
		cli_error("%s: not written: %s", path, strerror(errno));
		if (fd >= 0)
			(void)unlink(beside);
	}
	free(beside);
	return good ? 0 : CLI_FAILED;
}

static int format(const char *path, char form)
{
	struct text before = { 0 }, after = { 0 };
	int rc = read_all(path, &before), formatted;
	bool same;

	if (rc == 0) {
		formatted = weir_definition_format(path, before.at != NULL ? before.at : "", before.len, add,
			&after, cli_tell_fault, NULL);
		if (formatted == WEIR_EINVAL)
			rc = CLI_DEFINITION;
		else if (formatted < 0)
			rc = CLI_FAILED;
		if (rc == CLI_FAILED)
			cli_error("%s: %s", path, weir_strerror(formatted));
	}
	same = before.len == after.len && (before.len == 0 || memcmp(before.at, after.at, after.len) == 0);
	if (rc == 0 && form == 'c' && !same) {
		(void)puts(path);
		rc = CLI_FAILED;
	} else if (rc == 0 && form == 'w' && !same && strcmp(path, "-") != 0) {
		rc = replace(path, &after);
	} else if (rc == 0 && (form == 0 || (form == 'w' && strcmp(path, "-") == 0))) {
		(void)fwrite(after.at, 1, after.len, stdout);
	}
	free(before.at);
	free(after.at);
	return rc;
}

static int run(int argc, char **argv)
{
	struct cli_options o;
	int rc = cli_options_parse(&o, &cli_fmt, argc, argv);

	for (size_t i = 0; rc != CLI_DONE && rc != CLI_USAGE && i < o.n_operands; i++) {
		int one = format(o.operands[i], o.form);

		rc = one > rc ? one : rc; /* the worst that happened */
	}
	cli_options_fini(&o);
	return cli_status(rc);
}

static const struct cli_option options[] = {
	{ 'c', "check", NULL, "print the names of those that would change, and nothing else" },
	{ 'w', "write", NULL, "change the files instead of printing them" },
	CLI_HELP,
	{ .name = NULL },
};

const struct cli_command cli_fmt = {
	.name = "fmt",
	.run = run,
	.summary = "lay definitions out in one way, comments and all",
	.operands = "DEFINITION...",
	.what = "definition",
	.least = 1,
	.most = ~0u,
	.about =
		"Print definitions in the one layout: two blanks a level, a line for each stage where it "
		"fits.\n"
		"What is written stays as it is written, comments where they stand. \"-\" is standard input.",
	.exit = "0 done, 1 one would change (--check) or could not be written, 64 bad usage,\n"
		"66 no such file, 78 one is no JSON.",
	.options = options,
};
