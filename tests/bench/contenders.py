# SPDX-License-Identifier: MIT
"""Contenders of the bench: programs that are kept running and told one run after the other (harness.h)."""
import os
import shutil
import subprocess
import tempfile
import threading

HANGS_S = 120  # longer than any run takes, also under valgrind
PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers")
# Where tools/bench-setup puts what npm brings.
NPM = os.path.abspath(os.path.join(PEERS, "../../../build-bench"))
JARS = "/usr/share/java/rxjava.jar:/usr/share/java/reactive-streams.jar"


class Gone(Exception):
    """A contender that is not here, or went away; says why."""


class Contender:
    def __init__(self, who, command, wrap=()):
        self.who, self.version, self.works = who, "", []
        if shutil.which(command[0]) is None:
            raise Gone(command[0] + " is not there")
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(list(wrap) + command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True, bufsize=1)
        for line in self.process.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == "ready":
                return
            if word == "version":
                self.version = rest
            if word == "can":
                self.works.append(rest)
        self.gone()

    def gone(self):
        self.works = []
        self.process.kill()
        self.process.wait()
        self.errors.seek(0)
        said = self.errors.read().strip().splitlines()
        raise Gone(said[-1] if said else "ended with status %d" % self.process.returncode)

    def run(self, work, n):
        """Returns ns, or the figure that stands in its place, and the result."""
        hangs = threading.Timer(HANGS_S, self.process.kill)
        hangs.start()
        try:
            self.process.stdin.write("run %s %d\n" % (work, n))
            words = self.process.stdout.readline().split()
        except BrokenPipeError:
            words = []
        hangs.cancel()
        if len(words) != 3 or words[0] != "took":
            self.gone()
        return float(words[1]), int(words[2])

    def isa(self):
        return self.version.split(", ")[-1]

    def memory_kib(self, field="VmHWM"):
        with open("/proc/%d/status" % self.process.pid) as f:
            return next(int(line.split()[1]) for line in f if line.startswith(field + ":"))

    def close(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it went away
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


def processor_flags():
    try:
        with open("/proc/cpuinfo") as f:
            return next((line.split() for line in f if line.startswith("flags")), [])
    except OSError:
        return []


def commands():
    """Who there is, and how each is started from the directory that programs.mk built in. weir comes first."""
    peer = os.path.join(PEERS, "%s")
    who = {
        "weir": ["./weir"],
        "C scalar": ["./loops-scalar"],
        "C base": ["./loops-base"],
        "C avx2": ["./loops-avx2"],
        "C avx512": ["./loops-avx512"],
        "C int32": ["./narrow"],
        "C callbacks": ["./callbacks"],
        "C ring": ["./ring"],
        "C wheel": ["./wheel"],
        "C read": ["./read"],
        "libevent": ["./libevent"],
        "libuv": ["./libuv"],
        "Rust streams": ["./rust", "streams"],
        "Rust boxed": ["./rust", "boxed"],
        "tokio": ["./rust", "tokio"],
        "crossbeam": ["./rust", "crossbeam"],
        "RxJava": ["java", "-cp", "rx:" + JARS, "Rx", rxjava_version()],
        "RxJS": ["node", peer % "rxjs.mjs", NPM],
        "@most/core": ["node", peer % "most.mjs", NPM],
        "LuaJIT": ["luajit", peer % "loops.lua"],
        "GStreamer": ["./gst"],
    }
    # What this processor cannot run.
    flags = processor_flags()
    if "avx2" not in flags:
        del who["C avx2"]
    if "avx512vl" not in flags:
        del who["C avx512"]
    return who


def rxjava_version():
    """The jar's link names it."""
    return os.path.realpath(JARS.split(":")[0]).rpartition("-")[2].removesuffix(".jar")


def start(say):
    """All that are here."""
    found = []
    for who, command in commands().items():
        try:
            found.append(Contender(who, command))
        except Gone as gone:
            say("no %s here: %s" % (who, gone))
    return found
