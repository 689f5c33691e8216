#!/bin/sh
# SPDX-License-Identifier: MIT
# Serial lines and their format, as a user meets them: what `check` says, what a run says, frames that were damaged.
. "${srcdir:-.}/tests/cli/common.sh"

define() { # define PARAMETERS
	cat <<END
{"weir": 1, "streams": {"s": [{"range": {"to": 5}},
  {"serial": {"path": "none", "format": "frames", $1}}]}}
END
}
define '"baud": 9600, "parity": "even", "data_bits": 7, "stop_bits": 2, "rts_cts": true' >good.json
ok "a line that is not there can be checked" exits 0 "$weir" check good.json
ok "but not be run" exits 1 "$weir" run good.json
ok "and is named" has err '^weir: error: s\.1\.serial: .*none: cannot open: No such file or directory'
define '"baud": 115201' >baud.json
ok "a rate that no port has is refused" exits 78 "$weir" check baud.json
ok "with those there are" has err '^baud\.json:2:.*error: baud is none of 300 .* 9600 .* 115200 '
define '"parity": "odds"' >parity.json
ok "so is another parity" exits 78 "$weir" check parity.json
ok "with what was meant" has err 'unknown "parity" "odds"; did you mean "odd"'
define '"data_bits": 9' >bits.json
ok "and a byte of nine bits" exits 78 "$weir" check bits.json
ok "with the range" has err '"data_bits" must be between 5 and 8'
define '"boud": 9600' >boud.json
ok "and a name that is none" exits 78 "$weir" check boud.json
ok "with what was meant" has err 'unknown parameter "boud"; did you mean "baud"'
: >file
define '"baud": 9600' | sed 's/none/file/' >file.json
ok "a file is no serial line" exits 1 "$weir" run file.json
ok "and is told so" has err 'file: is no serial line: '
ok "and left alone" [ ! -s file ]

cat >write.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 300}}, {"file": {"path": "frames", "format": "frames"}}]}}
END
cat >read.json <<'END'
{"weir": 1, "records": {"r": {"n": "i64"}}, "streams": {"s": [
  {"file": {"path": "frames", "format": "frames", "record": "r"}, "on_error": "drop"}, {"stdout": {"format": "ndjson"}}]}}
END
cat >plain.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 300}}, {"stdout": {"format": "ndjson"}}]}}
END
ok "records become frames" exits 0 "$weir" run write.json
ok "of which each has a zero" [ "$(tr -dc '\000' <frames | wc -c)" -eq 300 ]
"$weir" run plain.json >plain
ok "and are read back" exits 0 "$weir" run read.json
ok "all of them" same out plain
cp frames whole
printf 'x' | dd of=frames bs=1 seek=18 conv=notrunc 2>dd.err
ok "with a byte changed" exits 0 "$weir" run read.json
sed 2d plain >but_one
ok "all but its record are" same out but_one
ok "and the loss is told, by the frame's number" has err '^weir: warning: s\.0.*: frames:2:.*dropped'
tail -c +5 whole >frames
ok "from within a frame" exits 0 "$weir" run read.json
sed 1d plain >but_first
ok "the next one is the first" same out but_first
ok "and that is told" has err '^weir: warning: s\.0.*: frames:1:.*dropped'

finish
