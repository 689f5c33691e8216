#!/bin/sh
# SPDX-License-Identifier: MIT
# No file includes what its layer may not: the table in docs/DESIGN.md, "Layers".
#
# Every #include line gets a class; every layer has the classes it may use. The classes:
#	free	C11 freestanding header		weir	freestanding header of ours
#	mem	<string.h>			hosted	header of ours for hosts only
#	libc	any other system header		own	"..." that lies beside the file
#	event	libevent			private	"..." that lies elsewhere
#	cjson	cJSON				config	"config.h"
#	isa	intrinsics of the compiler	def	the list beside a registry
#	list	a list of another folder	up	a path with ..
#	built	WEIR_CONFIG_H, written for one pipeline
#	board	"board.h" of the boards, and the header that weir compile makes of a definition beside the file
# Lists are data: operators.def, connectors.def and kernels/ops.h and tile_ops.h name things and are no one's private matter.
cd "${srcdir:-.}" || exit 2
[ -n "$FREESTANDING_HEADERS" ] || { echo "run me by make check TESTS=tests/check-layers.sh"; exit 2; }

# layer PATTERN CLASS...: the first pattern that fits a file decides.
layers='
include/weir/hosted	free weir hosted libc
include/weir/config.h	built
include/weir/*		free weir
lib/build/*		free weir hosted mem libc own list
lib/json/*		free weir hosted mem libc own cjson
lib/kernels/pick.c	free weir own
lib/kernels/*		free weir mem own isa
lib/monitor.c		free weir mem own libc
lib/*			free weir mem own
operators/*		free weir mem def
connectors/*		free weir hosted mem libc own def
platform/libevent/*	free weir hosted mem libc own event
platform/sim/*		free weir hosted mem own
platform/static/boards/posix.c	free weir libc own
platform/*		free weir mem own
cli/*			free weir hosted mem libc own event config
samples/07-mcu/*		free weir board
samples/*		free weir hosted mem libc event
tests/*			free weir hosted mem libc own event cjson list private
'

find include lib operators connectors platform cli samples tests -name '*.[ch]' -o -name '*.def' | sort |
xargs grep -nE '^[ 	]*#[ 	]*include' /dev/null |
FREESTANDING_HEADERS="$FREESTANDING_HEADERS" LAYERS="$layers" awk '
function exists(path,    line, rc) { rc = (getline line < path); close(path); return rc >= 0 }
function class(file, arg,    name, dir) {
	name = substr(arg, 2, length(arg) - 2)
	if (name ~ /(^|\/)\.\.(\/|$)/) return "up"
	if (arg ~ /^"/) {
		if (name == "config.h") return "config"
		if (name ~ /^(operators\/operators|connectors\/connectors)\.def$|^lib\/kernels\/(tile_)?ops\.h$/) return "list"
		dir = file; sub(/[^\/]*$/, "", dir)
		if (file ~ /^samples\// && (name == "board.h" || name ~ /\.h$/ && exists(dir substr(name, 1, length(name) - 1) "json")))
			return "board"
		if (!exists(dir name)) return "private"
		if (name ~ /\.def$/) return file ~ /\/registry\.c$/ ? "def" : "private"
		return "own"
	}
	if (arg == "WEIR_CONFIG_H") return "built"
	if (arg !~ /^</) return "computed"
	if (name ~ /^weir\//) return ("include/" name) in free_header ? "weir" : "hosted"
	if (name ~ /^(float|iso646|limits|stdalign|stdarg|stdbool|stddef|stdint|stdnoreturn)\.h$/) return "free"
	if (name == "stdatomic.h") return "free"
	if (name == "string.h") return "mem"
	if (name ~ /^[a-z]*intrin\.h$/ || name == "arm_neon.h") return "isa"
	if (name ~ /^(event2\/|event\.h|evutil\.h)/) return "event"
	if (name ~ /cJSON/) return "cjson"
	return "libc"
}
function layer(file,    i, path) {
	path = file
	if (file ~ /^include\// && !(file in free_header)) path = "include/weir/hosted"
	for (i = 1; i <= n; i++)
		if (path ~ pattern[i]) return i
	return 0
}
BEGIN {
	split(ENVIRON["FREESTANDING_HEADERS"], names)
	for (i in names) free_header[names[i]]
	rows = split(ENVIRON["LAYERS"], row, "\n")
	for (i = 1; i <= rows; i++) {
		words = split(row[i], word)
		if (!words) continue
		shown[++n] = word[1]; pattern[n] = "^" word[1]
		gsub(/\./, "\\.", pattern[n]); sub(/\*$/, ".*", pattern[n]); pattern[n] = pattern[n] "$"
		for (j = 2; j <= words; j++) allowed[n, word[j]]
	}
}
{
	split($0, part, ":"); file = part[1]
	arg = $0; sub(/^[^#]*#[ \t]*include[ \t]*/, "", arg)
	match(arg, /^("[^"]*"|<[^>]*>|[^ \t]*)/); arg = substr(arg, 1, RLENGTH)
	c = class(file, arg); l = layer(file)
	if (!((l, c) in allowed)) {
		printf "%s:%s: layer %s may not include %s (%s)\n", file, part[2], l ? shown[l] : "?", arg, c
		bad = 1
	}
}
END { if (!NR) { print "no #include was found at all"; bad = 1 } exit bad }
'
