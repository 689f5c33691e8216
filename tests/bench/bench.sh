#!/bin/sh
# SPDX-License-Identifier: MIT
# `make bench`: builds the bench against the weir that was built here, and runs it in a folder of its own.
. "${srcdir:-.}/tests/cli/common.sh"

here=$src/tests/bench
isas= objects=
for isa in base avx2 avx512; do
	case $isa in base) flags= ;; avx2) flags=-march=x86-64-v3 ;; avx512) flags=-march=x86-64-v4 ;; esac
	${CC:-cc} -std=c11 -O3 $flags -DBENCH_ISA=$isa -c -o loops-$isa.o "$here/loops.c" 2>err || continue
	isas="$isas -DBENCH_$(echo $isa | tr a-z A-Z)"
	objects="$objects $PWD/loops-$isa.o"
done
${CC:-cc} -std=c11 -O2 -o job "$here/job.c" || exit 2
libs="$build/libweir.la $build/libweir_core.la"
${CC:-cc} -std=c11 -O2 $isas -I"$src/include" -c -o bench.o "$here/bench.c" || exit 2
if [ -n "${WEIR_LIBS:-}" ]; then
	${CC:-cc} $SAN_FLAGS -o bench bench.o $objects $WEIR_LIBS
else
	"$build/libtool" --silent --tag=CC --mode=link ${CC:-cc} $SAN_FLAGS -o bench bench.o $objects $libs
fi || exit 2
./bench "$weir" "$here/job.json" ./job "$here/job.awk" "$(command -v mawk || :)"
