# SPDX-License-Identifier: MIT
"""Firmware to measure: a definition, the core built for it alone, and a board."""
import json
import os
import re
import shlex
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
STATIC_MK = "platform/static/static.mk"

# A board, and the processor its image is compiled for where that is not the board's own.
TARGETS = {
    "cortex-m0plus": ("microbit", "-mcpu=cortex-m0plus -mthumb"),
    "cortex-m3": ("mps2-an385", None),
    "rv32": ("virt", None),
}
STACK = 2048

# What `weir compile` keeps for who may want it: here all items are pushed.
NOT_USED = {"WEIR_WITH_FEEDS", "WEIR_WITH_NOTES"}
# A definition of the core: names that begin a line are nothing else there.
DEFINITION = re.compile(r"^(?!static|typedef|extern|#)[a-z][\w ]*?\W\*?(\w+)(\(|\[|\s*=)", re.M)


def run(*command, **options):
    """The output of a command that must succeed."""
    done = subprocess.run(command, cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit("%s\n%s%s" % (" ".join(command), done.stdout, done.stderr))
    return done.stdout


def read(path):
    with open(os.path.join(TOP, path)) as f:
        return f.read()


def write(path, text):
    """Only where it differs, so that nothing is compiled again without need."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if not os.path.exists(path) or read(path) != text:
        with open(path, "w") as f:
            f.write(text)


class Core:
    """The core with the features of one configuration, for one target: as many objects as its images need."""
    definitions = {}  # name -> file

    def __init__(self, target, out, features, flags=""):
        self.target = target
        self.board, cpu = TARGETS[target]
        self.out = os.path.join(out, target, "-".join(sorted(features) + flags.split()) or "smallest")
        self.sources = []
        self.flags = "-fcallgraph-info=su " + flags
        config = os.path.join(self.out, "config.h")
        self.settings = ["BOARD=" + self.board, "OUT=" + self.out, "STACK=%d" % STACK,
                         'CPPFLAGS=-DWEIR_CONFIG_H="\\"%s\\""' % config] + (["CPU=" + cpu] if cpu else [])
        names = re.findall(r"#ifndef (WEIR_WITH_\w+)", read("include/weir/config.h"))
        write(config, "".join("#define %s %d\n" % (name, name in features) for name in names))
        self.settings_here = dict(line.split("=", 1) for line in self.make("weir-settings").splitlines())
        self.link = shlex.split(self.settings_here["link"])
        self.all_sources = self.settings_here["sources"].split()

    def make(self, *targets, flags=None):
        return run("make", "-s", "-j%d" % (os.cpu_count() or 1), "-f", STATIC_MK, *self.settings,
                   "CFLAGS=" + (self.flags if flags is None else flags), *targets)

    def tool(self, name, *arguments):
        return run(self.link[0][:-len("gcc")] + name, *arguments)

    def object_of(self, source):
        return os.path.join(self.out, "core", source[:-2] + ".o")

    def compile(self, source, into, headers):
        run(*shlex.split(self.settings_here["compile"]), "-I" + headers,
            "-I" + os.path.join(TOP, "platform/static/boards"), "-c", source, "-o", into)

    def undefined(self, objects):
        needed, defined = set(), set()
        for line in self.tool("gcc-nm", *objects).splitlines():
            words = line.split()
            if len(words) >= 2 and words[-2] == "U":
                needed.add(words[-1])
            elif len(words) >= 2:
                defined.add(words[-1])
        return needed - defined

    def add_sources(self, objects):
        """Compile what the objects need of the core, and what that needs, until nothing more does."""
        while True:
            objects_here = objects + [self.object_of(s) for s in self.sources]
            new = {self.source_of(name) for name in self.undefined(objects_here)} - {None} - set(self.sources)
            if not new:
                return objects_here
            plain = "platform/static/freestanding/mem.c" # what a compiler may call: never part of its LTO
            if plain in new:
                self.make(self.object_of(plain), flags="-fcallgraph-info=su")
            self.make(*[self.object_of(s) for s in sorted(new)])
            self.sources += sorted(new)

    def source_of(self, name):
        """The file of the core that defines a name; None: it is not of the core."""
        if not Core.definitions:
            for source in self.all_sources:
                for found in re.finditer(DEFINITION, read(source)):
                    Core.definitions.setdefault(found.group(1), source)
        return Core.definitions.get(name)


class Compiled:
    """A definition as C: what `weir compile` writes into a directory."""

    def __init__(self, weir, definition, target, span, out):
        self.name, self.span = json.loads(read(definition))["name"], span
        self.dir = os.path.join(out, target, "compiled", "%s-%d" % (self.name, span))
        os.makedirs(self.dir, exist_ok=True)
        run(weir, "compile", "--target", target, "--batch", str(span), "-o", self.dir, definition)
        self.text = read(self.source())
        settings = re.findall(r"#define (WEIR_WITH_\w+) 1", read(os.path.join(self.dir, self.name + "_config.h")))
        self.features = frozenset(settings) - NOT_USED
        self.arena_bytes = int(re.search(r"\.bytes = (\d+)", self.text).group(1))
        write(os.path.join(self.dir, "plan.h"), "#include \"%s.h\"\n#define INIT %s_init\n#define OUTPUT %s_OUT_OUT\n"
              "#define SPAN %d\n" % (self.name, self.name, self.name.upper(), span))

    def source(self):
        return os.path.join(self.dir, self.name + ".c")


class Image:
    """What was compiled, linked for a core and a board. `elf`, `map`, `objects` (all that were linked, by path)."""

    def __init__(self, core, compiled, lto=False):
        self.core, self.compiled, self.name = core, compiled, compiled.name
        self.dir = os.path.join(core.out, "images", "%s-%d" % (self.name, compiled.span))
        os.makedirs(self.dir, exist_ok=True)
        name = self.name
        own = {compiled.source(): os.path.join(self.dir, name + ".o"),
               os.path.join(HERE, "firmware.c"): os.path.join(self.dir, "firmware.o")}
        for source, into in own.items():
            core.compile(source, into, compiled.dir)
        core.make("weir-board", flags="-fcallgraph-info=su")
        self.objects = core.add_sources(list(own.values()) + core.settings_here["board"].split())
        self.elf, self.map = os.path.join(self.dir, name + ".elf"), os.path.join(self.dir, name + ".map")
        run(*core.link, *(["-Os", "-flto"] if lto else []), "-Wl,-Map=" + self.map, *self.objects, "-lgcc",
            "-o", self.elf)
        self.sections = self.read_map()

    def read_map(self):
        """(address, size, section, object) of everything that was linked into flash."""
        found, inside = [], False
        lines = read(self.map).split("Linker script and memory map", 1)[1]
        lines = re.sub(r"\n (\.\S+)\n\s+(0x)", r"\n \1 \2", lines)
        for line in lines.splitlines():
            if line and not line[0].isspace():
                inside = line.split()[0] in (".text", ".vectors")
            words = line.split()
            if inside and len(words) == 4 and line.startswith(" .") and words[1].startswith("0x") and int(words[2], 16):
                found.append((int(words[1], 16), int(words[2], 16), words[0], words[3]))
        # Strings that are merged have the sizes in the map that they had before.
        found.sort(key=lambda part: part[0])
        ends = [part[0] for part in found[1:]] + [sys.maxsize]
        return [(at, min(size, end - at), section, path) for (at, size, section, path), end in zip(found, ends)]

    def text_by_object(self):
        """Bytes of flash, by the source they come from."""
        bytes_of = {}
        for _, size, _, path in self.sections:
            core = os.path.join(self.core.out, "core") + os.sep
            name = path[len(core):-2] + ".c" if path.startswith(core) else os.path.basename(path)
            bytes_of[name] = bytes_of.get(name, 0) + size
        return bytes_of

    def flash_bytes(self):
        """Code and constants of the whole image."""
        sizes = {}
        for line in self.core.tool("size", "-A", self.elf).splitlines():
            words = line.split()
            if len(words) == 3 and words[1].isdigit():
                sizes[words[0]] = int(words[1])
        return sizes.get(".text", 0) + sizes.get(".ARM.exidx", 0) + sizes.get(".data", 0)
