#!/bin/sh
# SPDX-License-Identifier: MIT
# `weir schema`: a stock validator and `weir check` say the same of good definitions and of faults, and so do it and
# `weir test` of files of tests (schema.py).
. "${srcdir:-.}/tests/cli/common.sh"
python=${PYTHON3:-$(command -v python3)}

ok "it is printed" exits 0 "$weir" schema
cp out schema.json
ok "alone" empty err
ok "so is that of tests" exits 0 "$weir" schema --tests
cp out tests.schema.json
ok "it takes no definition" exits 64 "$weir" schema schema.json
if [ -z "$python" ] || ! "$python" -W ignore -c 'import jsonschema; jsonschema.Draft202012Validator' 2>/dev/null; then
	echo "no python3-jsonschema: the schema was not tried"
	[ $bad -eq 0 ] || finish
	exit 77
fi
set -- "$src"/tests/e2e/room-climate.json
for sample in "$src"/samples/*/*.json; do
	set -- "$@" "$sample"
done
ok "it says what check says" exits 0 "$python" -W ignore "$src/tests/cli/schema.py" "$weir" schema.json tests.schema.json "$@"
cat out
finish
