# SPDX-License-Identifier: MIT
"""Images run in QEMU: how many instructions a span costs, and how deep the stack was."""
import os
import re
import subprocess
import sys

import images

FIRST, SECOND = 10, 20  # spans of the two stretches that firmware.c runs


def plugin(out):
    so = os.path.join(out, "count.so")
    os.makedirs(out, exist_ok=True)
    images.run("gcc", "-std=c11", "-O2", "-Wall", "-Wextra", "-fPIC", "-shared", "-fvisibility=hidden",
               os.path.join(images.HERE, "count.c"), "-o", so)
    return so


def qemu(image):
    """How the image is run, with 60 seconds for it."""
    return ["timeout", "-k", "2", "60"] + image.core.settings_here["qemu"].split() + [
        "-display", "none", "-monitor", "none", "-serial", "null",
        "-semihosting-config", "enable=on,target=native", "-kernel", image.elf]


class Run:
    """`per_span`: instructions from one span to the next; `out`: items that came out; `stack`: bytes used."""

    def __init__(self, image, so):
        symbols = dict(reversed(line.split()[::2]) for line in image.core.tool("nm", image.elf).splitlines()
                       if len(line.split()) == 3)
        counted = image.elf + ".counts"
        command = qemu(image) + ["-plugin", "%s,begin=0x%s,end=0x%s,out=%s" % (
            so, symbols["measure_begin"], symbols["measure_end"], counted)]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        told = dict(re.findall(r"^(\w+) (\d+)$", done.stdout, re.M))
        if done.returncode != 0 or "stack" not in told:
            sys.exit("%s\nstatus %d\n%s" % (" ".join(command), done.returncode, done.stdout))
        counts = [int(line) for line in images.read(counted).splitlines()]
        self.per_span = (counts[1] - counts[0]) / (SECOND - FIRST)
        self.out, self.stack = int(told["out"]), int(told["stack"])
