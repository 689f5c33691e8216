# SPDX-License-Identifier: MIT
"""The program as a whole: how fast it starts, what it takes while it waits, how large the libraries are."""
import glob
import os
import shutil
import subprocess
import tempfile
import time

WORKS = ("start", "idle", "library")
ONE = '{"weir": 1, "streams": {"s": [{"range": {"to": 1}}, {"stdout": {"format": "ndjson"}}]}}'
WAITS = ('{"weir": 1, "streams": {"s": [{"range": {"to": 1}}, {"stdout": {"format": "ndjson"}}],'
         ' "t": [{"interval": {"period": "1h", "overflow": "drop_oldest"}}, {"null": {}}]}}')


def itself(weir):
    """The program, where libtool has put a script in its place, and what it needs to find its libraries."""
    inner = os.path.join(os.path.dirname(weir), ".libs", os.path.basename(weir))
    if not os.path.exists(inner):
        return weir, None
    return inner, {**os.environ, "LD_LIBRARY_PATH": os.path.dirname(inner)}


def start_ms(weir, path):
    program, environment = itself(weir)
    began = time.monotonic()
    subprocess.run([program, "run", path], env=environment, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL, check=True)
    return (time.monotonic() - began) * 1e3


def idle_mb(weir, path):
    """Resident, once the first line is out."""
    program, environment = itself(weir)
    process = subprocess.Popen([program, "run", path], env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    process.stdout.readline()
    with open("/proc/%d/status" % process.pid) as f:
        kib = next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))
    process.terminate()
    process.communicate()
    return kib * 1024 / 1e6


def libraries_kb(build):
    """Both, stripped; None where the build has none that is shared."""
    total = 0
    for name in ("libweir", "libweir_core"):
        found = glob.glob(os.path.join(build, ".libs", name + ".so.*.*"))
        if not found or shutil.which("strip") is None:
            return None
        with tempfile.NamedTemporaryFile() as f:
            subprocess.run(["strip", "-o", f.name, found[0]], check=True)
            total += os.path.getsize(f.name)
    return total / 1e3


def measure(weir, work, rounds):
    """Rounds of one of the three rows; [] where it cannot be measured."""
    if work == "library":
        size = libraries_kb(os.path.dirname(weir))
        return [] if size is None else [size]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as f:
        f.write(ONE if work == "start" else WAITS)
        f.flush()
        return [(start_ms if work == "start" else idle_mb)(weir, f.name) for _ in range(rounds)]
