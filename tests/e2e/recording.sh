#!/bin/sh
# SPDX-License-Identifier: MIT
# For tests to read in: a recording of sensors.

# Readings as the recordings have them. The generator is a linear congruence, so that each run makes the same file.
recording() {
	awk '
	function draw(n) { state = state * 16807 % 2147483647; return state % n }
	BEGIN {
		state = 42
		time = 1458031648545
		for (id = 1; id <= 4000; id++) {
			time += draw(900)
			if (draw(500) == 0) time += 150000		# a gap: windows without records
			at = time
			if (draw(40) == 0) at -= draw(5000)		# late, by more than the lateness at times
			if (draw(400) == 0) at -= 90000
			if (draw(200) == 0) { print id ", broken line"; continue }
			if (draw(300) == 0) { print ""; continue }
			printf "%d, %.0f, %.0f, %d, %.2f, %.3f, %.2f, %.1f, %d, 0, %d, 0%s\n", id, at,
				(at - 1458031648545) / 1000, draw(5) + 1, 20 + draw(150) / 100, 40 + draw(10000) / 1000,
				draw(30000) / 100, draw(9000) / 10, draw(3), draw(2), draw(50) == 0 ? "\r" : ""
		}
		print "9999, 1458033999999, 1, 300, 21, 50, 0, 0, 0, 0, 0, 0"	# no such u8
		print "10000, 1458033999999, 1, 2, 21, nan, 0, 0, 0, 0, 0, 0"	# a float that is no number
		printf "10001, 1458034000000, 1, 2, 1e1, 50, 0, 0, 0, 0, true, false"	# and no newline
	}'
}
