# SPDX-License-Identifier: MIT
"""job.json in Python, as one writes it: job.py ndjson|csv IN OUT. Right as long as the times ascend."""
import csv
import json
import sys


def readings(kind, path):
    with open(path, newline="") as f:
        if kind == "csv":
            table = csv.reader(f)
            next(table)
            for ts, sensor, temp, _ in table:
                yield int(ts), int(sensor), float(temp)
        else:
            for line in f:
                reading = json.loads(line)
                yield reading["ts"], reading["id"], reading["temp"]


def main(kind, source, to):
    second, open_windows = None, {}
    with open(to, "w") as out:
        def flush():
            for sensor, (total, count) in open_windows.items():
                out.write('{"ts":%d,"id":%d,"avg":%r}\n' % (second * 1000, sensor, total / count))
            open_windows.clear()

        for ts, sensor, temp in readings(kind, source):
            if temp > 30:
                if ts // 1000 != second:
                    flush()
                    second = ts // 1000
                window = open_windows.setdefault(sensor, [0.0, 0])
                window[0] += temp * 1.8 + 32
                window[1] += 1
        flush()


main(*sys.argv[1:])
