#!/bin/sh
# SPDX-License-Identifier: MIT
# Lines that cannot be read end where the definition sends them, live and compiled alike: by the event clock they have
# the time of the item before them, and they are counted as items, not as lines.
. "${srcdir:-.}/tests/cli/common.sh"

minutes=$src/samples/03-recording/minutes.json
cat >host.csv <<'END'
at,load,free_mib,running

2026-11-22T10:00:00Z,1,2000,3
2026-11-22T10:00:05Z,x,2000,3
2026-11-22T10:00:07Z,1,2000,1
soon,1,2000,1
2026-11-22T10:00:07Z,1,2000,
END
cat >bad.expected <<'END'
{"at":"2026-11-22T10:00:00Z","stage":"readings.0.file","code":"parse","item":2,"text":"host.csv:4:22: load: not a number"}
{"at":"2026-11-22T10:00:07Z","stage":"readings.0.file","code":"parse","item":4,"text":"host.csv:6:1: at: not a time"}
{"at":"2026-11-22T10:00:07Z","stage":"readings.0.file","code":"missing","item":5,"text":"host.csv:7:29: running: empty, and has no default"}
END

# tells COMMAND...: it runs, and says what is expected of the lines.
tells() {
	rm -f bad.ndjson
	exits 0 "$@" || return 1
	same bad.expected bad.ndjson
}

ok "live" tells "$weir" run "$minutes"
cp out live
ok "it compiles" exits 0 "$weir" compile -o c "$minutes"
ok "it builds" build_c "$tmp/compiled" c/*.c
ok "compiled" tells "$tmp/compiled"
ok "and so are the averages" same live out
finish
