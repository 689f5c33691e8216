#!/bin/sh
# SPDX-License-Identifier: MIT
# samples/07-mcu: what comes out of the gateway is what was read on the board, and nothing is lost in silence. Here and
# there in the same way: the definition of the firmware is also run on the host.
#
# The board reads a converter that does not exist; readings() says the same numbers, averages() what becomes of them.
. "${srcdir:-.}/tests/cli/common.sh"
. "$src/tests/mcu/firmware.sh"
need arm-none-eabi-gcc qemu-system-arm

readings() { # readings N: as csv, one a millisecond
	awk -v n="$1" 'BEGIN {
		print "at,channel,raw,lost"
		for (i = 0; i < n; i++) {
			step = int(i / 8) % 256
			raw = (i % 2 ? 2450 : 860) + (step < 128 ? step : 255 - step) + i % 1009 * 7919 % 31
			printf "1970-01-01T00:00:%06.3fZ,%d,%d,0\n", i / 1000, i % 2, i % 97 ? raw : 4095
		}
	}'
}

averages() { # averages N <READINGS: the first N
	awk -F, -v most="$1" '
	function close_window(  k, c, volt) {
		for (k = 1; k <= n_keys; k++) {
			c = key[k]
			volt = sprintf("%.6f", int(int(sum[c] * 3300000 / 4096) / n[c]) / 1e6)
			sub(/0+$/, "", volt)
			if (shown++ < most)
				printf "{\"at\":%d,\"channel\":%d,\"n\":%d,\"volt\":%s,\"lost\":0}\n", end, c, n[c], volt
			delete sum[c]; delete n[c]
		}
		n_keys = 0
		end += 500
	}
	BEGIN { end = 500 }
	NR > 1 && $3 < 4095 {
		at = NR - 2
		if (($2 in last) && at - last[$2] < 10)
			next
		last[$2] = at
		if (at >= end)
			close_window()
		if (!($2 in n))
			key[++n_keys] = $2
		n[$2]++
		sum[$2] += $3
	}'
}

# sample SHIFT ARGUMENT...: TMPDIR is its own, so that what it leaves is seen
mkdir left
sample() {
	shift_=$1
	shift
	BOARD=$board OUT=$tmp/$board WEIR=$weir SHIFT=$shift_ TMPDIR=$tmp/left \
		timeout -k 10 120 "$src/samples/07-mcu/run" "$@"
}

nothing_runs() { # of what was started from here
	! grep -ls "$tmp/left" /proc/[0-9]*/cmdline
}

ok "the firmware's definition is right" exits 0 "$weir" check --target cortex-m3 "$src/samples/07-mcu/adc.json"
ok "and the gateway's" exits 0 "$weir" check "$src/samples/07-mcu/gateway.json"
ok "both ends run" exits 0 sample 6 --items 10
cp out came
readings 3000 >readings.csv
averages 10 <readings.csv >wanted
ok "and the averages are those of what was read" same came wanted
head -n 4 wanted >first
sed -n '/^{/p' "$src/samples/07-mcu/README.md" >page
ok "the first are on the sample's page" same page first
ok "each was looked at" has err '^10 records, all plausible; readings lost on the board: 0$'
ok "nothing is left behind" [ -z "$(ls left)" ]
ok "and nothing runs on" nothing_runs

cat >read.json <<END
{"weir": 1, "records": {"average": {"at": "time", "channel": "u8", "n": "u16", "microvolt": "u32", "lost": "u32"}},
 "streams": {"s": [{"file": {"path": "frames", "format": "frames", "record": "average"}}, {"take": 10},
  {"map": {"at": "at", "channel": "channel", "n": "n", "volt": "microvolt / 1e6", "lost": "lost"}},
  {"stdout": {"format": "ndjson", "time": "ms"}}]}}
END
ok "on a host the same definition runs over the same readings" exits 0 \
	"$weir" run --bind adc=readings.csv --bind uart=frames "$src/samples/07-mcu/adc.json"
ok "into frames" exits 0 "$weir" run read.json
ok "that say the same as the board's" same out came

# An instruction takes 1 us, so a processor that has less than a thousand for each reading: it cannot keep up.
ok "a board that is too slow goes on" exits 0 sample 10 --items 6
ok "and says how many readings it lost" has err 'lost on the board: [1-9][0-9]*$'
ok "of those that there were" [ "$(sed -n '$s/.*"lost":\([0-9]*\)}/\1/p' out)" -lt 1500 ]
ok "until it is told to stop" exits 0 sample 6 --seconds 2
ok "it gives what there is" has out '^\{"at":500,"channel":1,"n":50,'
ok "nothing runs on then" nothing_runs

board=microbit
ok "another kind of processor, with another timer and serial line," exits 0 sample 6 --items 4
ok "gives the same" same out first
ok "a board that has no timer for it is refused" exits 64 env BOARD=virt WEIR="$weir" "$src/samples/07-mcu/run"
ok "with those that have one" has err 'none of mps2-an385, .* microbit'
ok "no number is bad usage" exits 64 sample 6 --items many
ok "so are no records" exits 64 sample 6 --items 0
finish
