#!/bin/sh
# SPDX-License-Identifier: MIT
# Files as sinks: replaced as a whole or not at all, appended to with one header, and nothing left beside them.
. "${srcdir:-.}/tests/cli/common.sh"

define() { # define TO MODE
	cat <<END
{"weir": 1, "streams": {"s": [{"range": {"to": $1}}, {"map": {"n": "n", "q": "12 / (5 - n)"}},
  {"file": {"path": "dir/o.csv", "format": "csv", "mode": "$2"}}]}}
END
}
mkdir dir
define 2 replace >two.json
define 3 replace >three.json
define 9 replace >fails.json
define 0 replace >none.json
define 2 append >more.json
define 9 append >breaks.json
two='n,q
0,2
1,3'
ok "a file is made" exits 0 "$weir" run two.json
ok "with all of it" is dir/o.csv "$two"
ok "and nothing beside it" [ "$(ls -A dir)" = o.csv ]
ok "a later run replaces it" exits 0 "$weir" run three.json
ok "as a whole" is dir/o.csv "$two
2,4"
ok "one that fails" exits 1 "$weir" run fails.json
ok "leaves the old file" is dir/o.csv "$two
2,4"
ok "and no temporary one" [ "$(ls -A dir)" = o.csv ]
ok "no records are a file too" exits 0 "$weir" run none.json
ok "of a header" is dir/o.csv n,q
rm dir/o.csv
ok "append makes the file" exits 0 "$weir" run more.json
ok "with a header" is dir/o.csv "$two"
ok "and adds to it" exits 0 "$weir" run more.json
ok "without a second one" is dir/o.csv "$two
0,2
1,3"
ok "one that fails" exits 1 "$weir" run breaks.json
ok "has added what came before" has dir/o.csv '^4,12$'
ok "and leaves nothing beside it" [ "$(ls -A dir)" = o.csv ]
ok "a directory that is not there" exits 1 sh -c 'rm -r dir; exec "$1" run two.json' sh "$weir"
ok "is named" has err 'dir/o\.csv'
ok "and not made" [ ! -e dir ]
finish
