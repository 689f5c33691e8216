#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/new-operator, in a copy of the sources: what it begins compiles, passes its test and stands in every list.
. "${srcdir:-.}/tests/cli/common.sh"
archives="$build/.libs/libweir_test.a $build/.libs/libweir_core.a"
CHECK_CFLAGS=${CHECK_CFLAGS-$(pkg-config --cflags check)} CHECK_LIBS=${CHECK_LIBS-$(pkg-config --libs check)}
for archive in $archives; do
	[ -e "$archive" ] || { echo "there is no $archive to link"; exit 77; }
done

mkdir tree
(cd "$src" && tar cf - include operators lib tests/tests.am tests/laws/span_rows.h tests/operators tests/support tests/fuzz/words.dict \
	docs/PIPELINE.md tools/new-operator .clang-format) | (cd tree && tar xf -)
chmod -R u+w tree
sums() {
	find tree -type f -exec cksum {} + | sort -k 3
}
sums >before
new() {
	tree/tools/new-operator "$@" >out 2>err </dev/null
}

ok "a name that is none is refused" eval '! new 2nd && ! new Upper && ! new a-b && ! new ""'
ok "a name that is taken is refused" eval '! new throttle'
sums >after
ok "what is refused changes nothing" cmp before after
cd tree || exit 2

# One that comes first in the sorted lists, one in the middle, one last.
new() {
	tools/new-operator "$@" >out 2>err </dev/null
}
for name in a_first middle zzz; do
	ok "$name is begun" new $name "Pass one item of every so many, for $name."
	ok "$name: in the list of sources, once" [ "$(grep -c "^	operators/$name.c" operators/operators.am)" = 1 ]
	ok "$name: in the list of tests, once" [ "$(grep -c "^	tests/operators/${name}_test" tests/tests.am)" = 1 ]
	ok "$name: in the list that code reads" grep -q "^WEIR_OPERATOR($name)" operators/operators.def
	ok "$name: held to the span law" grep -q "op = \"$name\"" tests/laws/span_rows.h
	ok "$name: in the table" grep -q "^| .$name. |" docs/PIPELINE.md
	ok "$name: compiles without a warning" ${CC:-cc} -std=c11 -O1 -Wall -Wextra -Wshadow -Wconversion -Werror -ffreestanding \
		-Iinclude -c -o $name.o operators/$name.c
	ok "$name: its test compiles and links" ${CC:-cc} ${SAN_FLAGS:-} -std=c11 -O1 -Wall -Wextra -Werror $CHECK_CFLAGS -Iinclude -Itests \
		-o $name tests/operators/${name}_test.c $name.o $archives $CHECK_LIBS
	ok "$name: its test passes" ./$name
	ok "$name: is not begun twice" eval "! new $name"
done
ok "a list goes on behind each of its lines but the last" eval \
	"awk '/^	/ && held { exit 1 } { held = /^	/ && !/\\\\\$/ }' operators/operators.am"
ok "the lists are sorted" eval "grep '^	operators/' operators/operators.am | tr -d '\\\\ ' | sort -c"
ok "all that is declared is in one list" [ "$(grep -c '^WEIR_[OF]' operators/operators.def)" = "$(
	grep -c '^extern const struct weir_op_type weir_.*_type;' include/weir/operators.h)" ]
if command -v clang-format >/dev/null 2>&1; then
	ok "all of it is laid out as it should be" clang-format --dry-run -Werror operators/*.c tests/operators/*_test.c \
		tests/laws/span_rows.h include/weir/operators.h
fi
finish
