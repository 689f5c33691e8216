# SPDX-License-Identifier: MIT
"""Firmware to measure: a definition, the core built for it alone, and a board."""
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

# What the pipelines that are measured may need beside the smallest core, and how it shows in their plan.
FEATURES = {"WEIR_WITH_PROGRAMS": r"\.native = ", "WEIR_WITH_TIMERS": r"\.n_timers = [1-9]",
            "WEIR_WITH_KEYS": r"\.key = "}
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

    def compile(self, source, into):
        run(*shlex.split(self.settings_here["compile"]), "-I" + os.path.dirname(into),
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


class Image:
    """A definition linked for a core. `elf`, `map`, `objects` (all that were linked, by path)."""

    def __init__(self, core, name, plan_c, span, lto=False):
        self.core, self.name, self.span = core, name, span
        self.dir = os.path.join(core.out, "images", name)
        self.plan_c = plan_c
        stages = int(re.search(r"\.n_stages = (\d+)", plan_c).group(1))
        self.arena_bytes = int(re.search(r"\.bytes = (\d+)", plan_c).group(1))
        write(os.path.join(self.dir, name + ".c"), plan_c)
        write(os.path.join(self.dir, name + ".h"), "#include <weir/plan.h>\nconst struct weir_plan *%s_plan(void);\n" % name)
        write(os.path.join(self.dir, "plan.h"), "#include \"%s.h\"\n#define PLAN %s_plan\n#define ARENA_BYTES %d\n"
              "#define OUTPUT %d\n#define SPAN %d\n" % (name, name, self.arena_bytes, stages - 1, span))
        own = {os.path.join(self.dir, name + ".c"): os.path.join(self.dir, name + ".o"),
               os.path.join(HERE, "firmware.c"): os.path.join(self.dir, "firmware.o")}
        for source, into in own.items():
            core.compile(source, into)
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
        return found

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


def features_of(plan_c):
    return {name for name, shows in FEATURES.items() if re.search(shows, plan_c)}
