#!/bin/sh
# SPDX-License-Identifier: MIT
# The other checks can fail: each is run on a small tree that is as it should be, then on the same tree with one thing
# wrong, and must pass the first, refuse the second and name the file.
checks=$(cd "${srcdir:-.}/tests" && pwd) || exit 2
layout=$(cd "${srcdir:-.}" && pwd)/.clang-format
mutants=${checks%/tests}/tools/mutants
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
bad=0 claims=0
FREESTANDING_HEADERS=include/weir/free.h HOSTED_HEADERS=include/weir/host.h
export FREESTANDING_HEADERS HOSTED_HEADERS

put() { # put FILE LINE...: a file with the licence on top
	into=$1
	shift
	mkdir -p "$(dirname "$into")"
	printf '%s\n' '/* SPDX-License-Identifier: MIT */' "$@" >"$into"
}

good_tree() {
	rm -rf "$tmp/tree" && mkdir -p "$tmp/tree" && cd "$tmp/tree" || exit 2
	mkdir tools .ci
	cp "$layout" .
	put include/weir/free.h '#include <stdint.h>' 'int weir_free(uint32_t n);'
	put include/weir/host.h '#include <stdio.h>' '#include <weir/free.h>' 'void weir_host(FILE *f);'
	put lib/core.h '#include <weir/free.h>'
	put lib/engine.c '#include <string.h>' '#include "core.h"' 'const int weir_answer = 42;'
	put lib/build/build.c '#include <stdlib.h>' '#include <weir/host.h>'
	put lib/json/load.c '#include <cjson/cJSON.h>'
	put lib/kernels/kernels.c '#include <weir/free.h>'
	put operators/operators.def 'X(take)'
	put operators/registry.c '#include "operators.def"'
	put operators/take.c '#include <string.h>' '#include <weir/free.h>'
	put connectors/file.c '#include <stdio.h>' '#include <weir/host.h>'
	put platform/libevent/loop.c '#include <event2/event.h>' '#include <weir/free.h>'
	put platform/sim/sim.c '#include <weir/free.h>'
	put cli/main.c '#include "config.h"' '#include <weir/host.h>'
	put samples/one/one.c '#include <weir/host.h>'
	put tests/lib/claim_test.c 'START_TEST(a_claim)' '{' '}' 'END_TEST'
	put tests/rules/rules.def 'RULE(rule_1_01, PUBLISHER, "a claim")'
	mkdir -p docs
	echo '| C-1 | what it means | `a_claim`, `rule_1_01`, `check-it.sh` |' >docs/SPEC.md
	put tests/lib/engine_test.c '#include <check.h>' '#include "lib/core.h"'
	{
		echo '# SPDX-License-Identifier: MIT'
		find . -name '*.[ch]' -o -name '*.def' | sed -e 's|^\./||' -e '/_test\.c$/s|\.c$||'
	} >tree.am
	{ echo '#!/bin/sh'; echo '# SPDX-License-Identifier: MIT'; } >bootstrap
	echo '# SPDX-License-Identifier: MIT' >configure.ac
	cp bootstrap tests/check-it.sh
	cp "$mutants" tools/mutants
	mkdir tests/mutants
	printf '%s\t%s\n' mutant one in lib/engine.c old '= 42' new '= 43' law 'the answer' by tests/lib/engine_test \
		>tests/mutants/LIST
	printf '%s\n' '# SPDX-License-Identifier: MIT' '	tests/lib/engine_test' >tests/tests.am
	echo '| `one` | `lib/engine.c` | the answer | `lib/engine_test`: a_claim |' >docs/MUTANTS.md
}

# refuses CHECK FILE ARGUMENT...: it fails and names the file
refuses() {
	check=$1 name=$2
	shift 2
	claims=$((claims + 1))
	if srcdir=. sh "$checks/$check.sh" "$@" >"$tmp/out" 2>&1; then
		echo "$check did not refuse: $name $claim"
		bad=1
	elif ! grep -qF "$name" "$tmp/out"; then
		echo "$check failed, but not over: $name $claim"
		cat "$tmp/out"
		bad=1
	fi
}

# broken CHECK FILE LINE...: refuses the tree once these lines are the file
broken() {
	good_tree
	claim="($(echo "$3" | head -n 1))" file=$2 check=$1
	shift 2
	put "$file" "$@"
	refuses "$check" "$file"
}

for check in check-headers check-layers check-mutants check-spec check-style; do
	good_tree
	srcdir=. sh "$checks/$check.sh" >"$tmp/out" 2>&1 || {
		echo "$check refuses a tree that is as it should be:"
		cat "$tmp/out"
		bad=1
	}
done

broken check-headers include/weir/free.h 'int weir_free(uint32_t n);'
broken check-headers include/weir/free.h '#include <stdio.h>'
broken check-headers include/weir/host.h 'void weir_host(int class);'
broken check-headers include/weir/host.h 'struct weir_empty {};'
broken check-headers include/weir/new.h 'int weir_new;'
good_tree
claim='(one name twice)'
put include/weir/host.h '#include <stdio.h>' 'struct weir_free { FILE *f; };'
put include/weir/free.h '#include <stdint.h>' 'struct weir_free { uint32_t n; };'
refuses check-headers weir_free

broken check-layers include/weir/free.h '#include <stdlib.h>'
broken check-layers include/weir/free.h '#include <weir/host.h>'
broken check-layers include/weir/free.h '#include WEIR_CONFIG_H'
broken check-layers include/weir/free.h '#include "free.h"'
broken check-layers include/weir/host.h '#include <event2/event.h>'
broken check-layers include/weir/host.h '#include <cjson/cJSON.h>'
broken check-layers lib/engine.c '#include <stdio.h>'
broken check-layers lib/engine.c '#include <weir/host.h>'
broken check-layers lib/engine.c '#  include "operators/take.h"'
broken check-layers lib/engine.c '#include <unistd.h>'
broken check-layers lib/kernels/kernels.c '#include <math.h>'
broken check-layers lib/build/build.c '#include <cjson/cJSON.h>'
broken check-layers lib/build/build.c '#include "core.h"'
broken check-layers lib/build/build.c '#include "operators/take.h"'
broken check-layers lib/engine.c '#include "operators/operators.def"'
broken check-layers lib/json/load.c '#include <event2/event.h>'
broken check-layers lib/json/load.c '#include "platform/sim/sim.h"'
broken check-layers operators/take.c '#include "core.h"'
broken check-layers operators/take.c '#include "registry.c"'
broken check-layers operators/take.c '#include "operators.def"'
broken check-layers operators/take.c '#include <stdlib.h>'
broken check-layers operators/take.c '#include <weir/host.h>'
broken check-layers connectors/file.c '#include "lib/core.h"'
broken check-layers connectors/file.c '#include "../lib/core.h"'
broken check-layers connectors/file.c '#include <event2/event.h>'
broken check-layers platform/libevent/loop.c '#include "core.h"'
broken check-layers platform/libevent/loop.c '#include "platform/sim/sim.c"'
broken check-layers platform/sim/sim.c '#include <event2/event.h>'
broken check-layers cli/main.c '#include "lib/core.h"'
broken check-layers cli/main.c '#include <cjson/cJSON.h>'
broken check-layers samples/one/one.c '#include "lib/core.h"'
broken check-layers samples/one/one.c '#include "board.h"'
broken check-layers tests/lib/engine_test.c '#include "../../lib/core.h"'
broken check-layers lib/engine.c '#include WEIR_SOMETHING'

broken check-style lib/engine.c 'int weir_a;  int weir_b;'
broken check-style lib/engine.c '/* TO''DO */'
broken check-style lib/engine.c "$(awk 'BEGIN { for (i = 0; i < 600; i++) print "int weir_" i ";" }')"
broken check-style lib/forgotten.c 'int weir_a;'
broken check-style tests/lib/engine_test.c 'void weir_wait(void) { usleep (10); }'
for name in no_claim rule_1_02 check-nothing.sh; do
	good_tree
	claim="(names $name)"
	echo "| C-2 | what it means | \`$name\` |" >>docs/SPEC.md
	refuses check-spec "$name"
done

broken check-mutants lib/engine.c 'const int weir_answer = 41;'
broken check-mutants lib/engine.c 'const int weir_answer = 42, weir_other = 42;'
for change in 's/= 43/= 42/' 's/the answer/another/' 's/engine_test/gone_test/' 's/^mutant.*/mutant	other/' '/^law/d'; do
	good_tree
	claim="(list: $change)"
	sed "$change" tests/mutants/LIST >changed && mv changed tests/mutants/LIST
	refuses check-mutants one
done
for change in '/one/d' 's/the answer/another/' 's/engine_test/other_test/' 's/a_claim/no_claim/'; do
	good_tree
	claim="(page: $change)"
	sed "$change" docs/MUTANTS.md >changed && mv changed docs/MUTANTS.md
	refuses check-mutants one
done
good_tree
claim='(page: a row too many)'
echo '| `two` | `lib/engine.c` | the answer | `lib/engine_test`: a_claim |' >>docs/MUTANTS.md
refuses check-mutants two

good_tree
claim='(no licence)'
echo 'int weir_a;' >lib/engine.c
refuses check-style lib/engine.c

# archive NAME C-TEXT: an archive of one object
archive() {
	echo "$2" >"$tmp/$1.c" && ${CC:-cc} -std=gnu11 -ffreestanding -c "$tmp/$1.c" -o "$tmp/$1.o" &&
		rm -f "$tmp/$1.a" && ar rc "$tmp/$1.a" "$tmp/$1.o" || exit 2
}
archive good 'void *memcpy(void *, const void *, unsigned long);
	const int weir_table[] = { 1 }; void weir_f(void *p) { memcpy(p, weir_table, sizeof(weir_table)); }'
sh "$checks/check-symbols.sh" "$tmp/good.a" || { echo "check-symbols refuses a good archive"; bad=1; }
claim='(symbols)'
archive bad 'void *malloc(unsigned long); void *weir_f(void) { return malloc(1); }'
refuses check-symbols malloc "$tmp/bad.a"
archive bad 'int weir_count = 1;'
refuses check-symbols .data "$tmp/bad.a"
archive bad 'int weir_f(void) { static int calls; return ++calls; }'
refuses check-symbols .bss "$tmp/bad.a"
archive bad 'int helper(void) { return 1; }'
refuses check-symbols helper "$tmp/bad.a"
archive bad 'int weir_absent(void); int weir_f(void) { return weir_absent(); }'
refuses check-symbols weir_absent "$tmp/bad.a"

# shared C-TEXT: two archives of one object each, the second of what a host's header declares, and shared libraries of them
shared() {
	archive lib_core "$1"
	archive lib '#include <stdio.h>
		void weir_host(FILE *f) { (void)f; }'
	for name in lib_core lib; do
		${CC:-cc} -shared -fPIC -ffreestanding "$tmp/$name.c" -o "$tmp/$name.so" || exit 2
	done
}
good_tree
shared 'int weir_free(unsigned n) { return n != 0; }'
srcdir=. sh "$checks/check-symbols.sh" "$tmp/lib_core.a" || { echo "check-symbols refuses good libraries"; bad=1; }
claim='(shows what no header declares)'
shared 'int weir_free(unsigned n) { return n != 0; } int weir_inner(void) { return 1; }'
refuses check-symbols weir_inner "$tmp/lib_core.a"
claim='(does not show what a header declares)'
shared '__attribute__((visibility("hidden"))) int weir_free(unsigned n) { return n != 0; }'
refuses check-symbols weir_free "$tmp/lib_core.a"

claim='(atomics)'
adds='int weir_f(int *p) { return __atomic_fetch_add(p, 1, __ATOMIC_RELAXED); }'
stores='void weir_f(int *p) { __atomic_store_n(p, 1, __ATOMIC_RELEASE); __atomic_thread_fence(__ATOMIC_SEQ_CST); }'
archive good "$stores"
srcdir=${checks%/tests} sh "$checks/check-atomics.sh" "$tmp/good.a" /dev/null >"$tmp/out" 2>&1
case $? in
0 | 77) ;;
*) cat "$tmp/out"; echo "check-atomics refuses loads, stores and fences"; bad=1 ;;
esac
archive bad "$adds"
case $(uname -m) in
x86_64 | aarch64) refuses check-atomics bad.o "$tmp/bad.a" /dev/null ;;
esac
if clang --target=thumbv6m-none-eabi -S "$tmp/bad.c" -o "$tmp/bad.s" 2>/dev/null; then
	refuses check-atomics __atomic_fetch_add "$tmp/good.a" "$tmp/bad.c"
	echo 'int weir_f(void) { return' >"$tmp/bad.c"
	refuses check-atomics bad.c "$tmp/good.a" "$tmp/bad.c"
fi

[ $bad = 0 ] && echo "$claims faults refused"
exit $bad
