#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""
What the pipeline `room-climate` must put out, computed without weir.

	room_climate.py RECORDING.csv MINUTES.csv >muggy.ndjson

The pipeline: readings without header, on_error drop; `muggy`: filter temp > 20.5 && rh > 45, throttle 30 s a node,
temp_f = temp * 1.8 + 32, ndjson; `minutes`: tumbling windows of 60 s on `at`, a node each, lateness 2 s: start,
node, n, mean, lo, hi as csv. Event clock.

Written from docs/PIPELINE.md alone, the slow and plain way. Where its words could be read in two ways, this was taken:

* throttle judges a record by its own time, not by the greatest time seen: the period of a node opens at the time of
  the record that passed, and a record passes from exactly one period later on. A node's first record always passes.
* the watermark is one for all nodes: the greatest time of any record so far less the lateness. Records dropped
  for an error have no time.
* a record is late when its window's end is at or before the watermark as it stands before that record; whether the
  window ever held a record does not matter. A late record moves nothing. Late ones are dropped and counted.
* windows that one record closes come out before it is placed, by end, then by the order in which their nodes first
  appeared in that window; so do those still open at the end.
* count() is an integer, written as one.
"""

import re
import struct
import sys
from fractions import Fraction

SECOND = 10**9
PERIOD = 30 * SECOND
WINDOW = 60 * SECOND
LATENESS = 2 * SECOND


# ---- numbers ----

def f32(x):
	"""The float nearest to the double x. Also right for one + - * / of two floats done in double: 53 >= 2 * 24 + 2."""
	try:
		return struct.unpack("<f", struct.pack("<f", x))[0]
	except OverflowError:
		return float("inf") if x > 0 else float("-inf")


def f32_neighbour(x, step):
	bits = struct.unpack("<I", struct.pack("<f", x))[0]
	return struct.unpack("<f", struct.pack("<I", bits + step))[0]


def f32_of_text(text):
	"""The float nearest to the decimal text, rounded once, ties to even."""
	exact = Fraction(text)
	if exact < 0:
		return -f32_of_text(text.lstrip("-"))
	guess = f32(float(text))
	if guess in (0.0, float("inf")):
		return guess
	near = [guess, f32_neighbour(guess, -1), f32_neighbour(guess, 1)]
	near = [x for x in near if x != float("inf")]

	def is_odd(x):
		return struct.unpack("<I", struct.pack("<f", x))[0] & 1

	return min(near, key=lambda x: (abs(Fraction(x) - exact), is_odd(x)))


def shortest_digits(x, read):
	"""(digits, n): the fewest digits of which 0.digits * 10^n reads back as x > 0; of several the nearest, then even."""
	exact = Fraction(x)
	n = len(str(exact.numerator)) - len(str(exact.denominator))
	while Fraction(10) ** n <= exact:
		n += 1
	while Fraction(10) ** (n - 1) > exact:
		n -= 1
	for count in range(1, 18):
		unit = Fraction(10) ** (n - count)
		low = int(exact / unit)
		fits = [d for d in (low, low + 1) if d > 0 and read("%de%d" % (d, n - count)) == x]
		if fits:
			best = min(fits, key=lambda d: (abs(d * unit - exact), d & 1))
			digits = str(best)
			return digits.rstrip("0"), n + len(digits) - count
	raise ArithmeticError(x)


def number(x, read):
	"""As ECMAScript's Number::toString spells it."""
	if x != x:
		return "nan"
	if x == 0:
		return "0"
	if x < 0:
		return "-" + number(-x, read)
	if x == float("inf"):
		return "inf"
	digits, n = shortest_digits(x, read)
	k = len(digits)
	if k <= n <= 21:
		return digits + "0" * (n - k)
	if 0 < n <= 21:
		return digits[:n] + "." + digits[n:]
	if -6 < n <= 0:
		return "0." + "0" * -n + digits
	exponent = ("e+" if n > 0 else "e-") + str(abs(n - 1))
	return digits[0] + ("." + digits[1:] if k > 1 else "") + exponent


def text_of_f32(x):
	return number(x, f32_of_text)


def text_of_f64(x):
	return number(x, float)


# ---- time ----

def text_of_time(ns):
	"""RFC 3339 UTC with the fewest of 0, 3, 6 or 9 decimals."""
	days, rest = divmod(ns, 86400 * SECOND)
	seconds, fraction = divmod(rest, SECOND)
	year, month, day = civil(days)
	text = "%04d-%02d-%02dT%02d:%02d:%02d" % (year, month, day, seconds // 3600, seconds // 60 % 60, seconds % 60)
	if fraction:
		decimals = "%09d" % fraction
		while decimals.endswith("000"):
			decimals = decimals[:-3]
		text += "." + decimals
	return text + "Z"


def civil(days):
	"""Year, month and day of a number of days since 1970, counted off one by one."""
	year = 1970
	while True:
		leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
		length = 366 if leap else 365
		if days < length:
			break
		days -= length
		year += 1
	for month, length in enumerate((31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1):
		if days < length:
			return year, month, days + 1
		days -= length
	raise ArithmeticError(days)


# ---- readings ----

def integer(low, high, unit=1):
	def read(cell):
		if not re.fullmatch(r"-?[0-9]+", cell):
			raise ValueError(cell)
		value = int(cell) * unit
		if not low <= value <= high:
			raise ValueError(cell)
		return value
	return read


def real(cell):
	if cell in ("nan", "inf", "-inf"):
		return float(cell)
	if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", cell):
		raise ValueError(cell)
	return f32_of_text(cell)


def truth(cell):
	return {"true": True, "1": True, "false": False, "0": False}[cell]


U8 = integer(0, 2**8 - 1)
U32 = integer(0, 2**32 - 1)
TIME_MS = integer(-2**63, 2**63 - 1, 10**6)
COLUMNS = [("id", U32), ("at", TIME_MS), ("rel", U32), ("node", U8), ("temp", real), ("rh", real),
	("light1", real), ("light2", real), ("occupants", U8), ("activity", U8), ("door", truth), ("window", truth)]


def readings(path, counts):
	with open(path, encoding="utf-8", newline="") as lines:
		text = lines.read()
	if '"' in text:
		sys.exit("quoted cells are beyond this script")
	for line in text.split("\n"):
		line = line[:-1] if line.endswith("\r") else line
		if not line:
			continue
		cells = [cell.strip(" \t") for cell in line.split(",")]
		try:
			if len(cells) != len(COLUMNS):
				raise ValueError(line)
			record = {name: read(cell) for (name, read), cell in zip(COLUMNS, cells)}
		except (ValueError, KeyError):
			counts["item errors"] += 1
			continue
		counts["readings"] += 1
		yield record


# ---- streams ----

def muggy(records):
	ends = {}  # node -> end of its open period
	scale, offset = f32_of_text("1.8"), f32_of_text("32")
	warm, damp = f32_of_text("20.5"), f32_of_text("45")
	for r in records:
		if not (r["temp"] > warm and r["rh"] > damp):
			continue
		if r["node"] in ends and r["at"] < ends[r["node"]]:
			continue
		ends[r["node"]] = r["at"] + PERIOD
		temp_f = f32(f32(r["temp"] * scale) + offset)
		yield '{"at":"%s","node":%d,"temp_f":%s,"rh":%s}' % (
			text_of_time(r["at"]), r["node"], json_f32(temp_f), json_f32(r["rh"]))


def json_f32(x):
	return "null" if x != x or x in (float("inf"), float("-inf")) else text_of_f32(x)


def minutes(records, counts):
	open_windows = {}  # start -> {node: values}, nodes in order of appearance
	watermark = None

	def close(due):
		for start in sorted(s for s in open_windows if due(s + WINDOW)):
			for node, temps in open_windows.pop(start).items():
				total = 0.0
				for temp in temps:
					total += temp
				yield "%s,%d,%d,%s,%s,%s" % (text_of_time(start), node, len(temps),
					text_of_f64(total / len(temps)), text_of_f32(min(temps)), text_of_f32(max(temps)))

	yield "start,node,n,mean,lo,hi"
	for r in records:
		start = r["at"] // WINDOW * WINDOW
		if watermark is not None and start + WINDOW <= watermark:
			counts["late"] += 1
			continue
		if watermark is None or r["at"] - LATENESS > watermark:
			watermark = r["at"] - LATENESS
			yield from close(lambda end: end <= watermark)
		open_windows.setdefault(start, {}).setdefault(r["node"], []).append(r["temp"])
	yield from close(lambda end: True)


def main():
	if len(sys.argv) != 3:
		sys.exit("usage: room_climate.py RECORDING.csv MINUTES.csv >muggy.ndjson")
	counts = {"readings": 0, "item errors": 0, "late": 0}
	records = list(readings(sys.argv[1], counts))
	for line in muggy(records):
		print(line)
	with open(sys.argv[2], "w", encoding="utf-8", newline="") as out:
		for line in minutes(records, counts):
			out.write(line + "\n")
	print(", ".join("%s %d" % (name, n) for name, n in counts.items()), file=sys.stderr)


if __name__ == "__main__":
	main()
