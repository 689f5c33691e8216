#!/bin/sh
# SPDX-License-Identifier: MIT
# Sockets as a user meets them: what `check` says and does not do, and two programs that talk with each other.
. "${srcdir:-.}/tests/cli/common.sh"

define() { # define SOURCE
	cat <<END
{"weir": 1, "streams": {"s": [{"range": {"to": 5}},
  {$1}]}}
END
}
define '"tcp": {"address": "localhost:1", "format": "ndjson"}' >tcp.json
ok "an address where nobody listens can be checked" exits 0 "$weir" check tcp.json
ok "but not be run" exits 1 "$weir" run tcp.json
ok "and is named" has err '^weir: error: s\.1\.tcp: localhost:1: cannot connect: '
define '"unix": {"path": "none", "format": "ndjson"}' >unix.json
ok "so can a path that is not there" exits 0 "$weir" check unix.json
ok "and not be run" exits 1 "$weir" run unix.json
ok "and is named" has err '^weir: error: s\.1\.unix: none: cannot connect: No such file or directory'
define '"unix": {"path": "none", "listen": true, "format": "ndjson"}' >listen.json
ok "check makes no socket" exits 0 "$weir" check listen.json
ok "anywhere" [ ! -e none ]
define '"tcp": {"address": "localhost", "format": "ndjson"}' >port.json
ok "an address without a port is refused" exits 78 "$weir" check port.json
ok "with what would be right" has err '^port\.json:2:.*error: an address is host:port, such as "localhost:4000"'
define '"tcp": {"address": "localhost:1", "listens": true, "format": "ndjson"}' >listens.json
ok "and a name that is none" exits 78 "$weir" check listens.json
ok "with what was meant" has err 'unknown parameter "listens"; did you mean "listen"'
define '"null": {}' | sed 's/"range": {"to": 5}/"udp": {"address": ":4000"}/' >udp.json
ok "who hears datagrams must say what becomes of those nobody asked for" exits 78 "$weir" check udp.json
ok "and is told so" has err '^udp\.json:1:.*"overflow"'
ok "a microcontroller has none" exits 78 "$weir" compile --target cortex-m3 -o mcu tcp.json
ok "and is told so" has err 'tcp\.json:2:.*tcp'

# One program listens and writes what it got; the other reads a file and sends it.
cat >receive.json <<'END'
{"weir": 1, "records": {"r": {"n": "i64"}}, "streams": {"s": [
  {"unix": {"path": "socket", "listen": true, "format": "ndjson", "record": "r"}},
  {"map": {"n": "n * 2"}}, {"file": {"path": "got", "format": "ndjson"}}]}}
END
cat >send.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 100000}}, {"unix": {"path": "socket", "format": "ndjson"}}]}}
END
cat >plain.json <<'END'
{"weir": 1, "streams": {"s": [{"range": {"to": 100000}}, {"map": {"n": "n * 2"}},
  {"file": {"path": "plain", "format": "ndjson"}}]}}
END
"$weir" run plain.json || exit 2
"$weir" run receive.json 2>receive.err &
receiver=$!
while [ ! -S socket ] && kill -0 $receiver 2>/dev/null; do :; done
ok "what one program sends" exits 0 "$weir" run send.json
wait $receiver
ok "another one receives to the end" [ $? = 0 ]
ok "all of it" cmp -s got plain
ok "and the path is gone" [ ! -e socket ]

# Over TCP, at a port that is free.
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])') || exit 2
sed "s/\"unix\": {\"path\": \"socket\"/\"tcp\": {\"address\": \"127.0.0.1:$port\"/" receive.json >receive-tcp.json
sed "s/\"unix\": {\"path\": \"socket\"/\"tcp\": {\"address\": \"127.0.0.1:$port\"/" \
	send.json >send-tcp.json
rm -f got
"$weir" run receive-tcp.json 2>receive.err &
receiver=$!
until python3 -c "
import sys
port = '%04X' % $port
sys.exit(not any(l.split()[1].endswith(':' + port) and l.split()[3] == '0A' for l in list(open('/proc/net/tcp'))[1:]))
" || ! kill -0 $receiver 2>/dev/null; do :; done
ok "over TCP too" exits 0 "$weir" run send-tcp.json
wait $receiver
ok "to the end" [ $? = 0 ]
ok "all of it" cmp -s got plain

finish
