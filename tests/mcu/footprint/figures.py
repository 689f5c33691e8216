# SPDX-License-Identifier: MIT
"""What is measured, from a few definitions: the figures of one kind of machine by (group, name)."""
import json
import os
import re

import images
import runs
import stack

# What lies beside the core in the smallest pipeline: the ports and their queue; the ring of the board's serial line.
BESIDE_CORE = {"lib/ports.c": "ports", "lib/queue.c": "queue", "lib/ring.c": None}
ENTRIES = ("weir_instance_init", "weir_start", "weir_push", "weir_pull", "weir_static_turn", "weir_fini")

# A stage to make chains of, and the spans they are measured with. A throttle passes one item of a span.
STAGES = {
    "skip": ({"skip": 1}, (1, 16)),
    "filter": ({"filter": "v > 10"}, (1, 16)),
    "map": ({"map": {"at": "at", "v": "i32(v + 1)"}}, (1, 16)),
    "throttle": ({"throttle": "1ns"}, (1,)),
}
SHORT, LONG = 2, 4  # stages of a chain


class Machine:
    def __init__(self, target, out, weir, so):
        self.target, self.out, self.weir, self.so = target, out, weir, so
        self.cores, self.figures = {}, {}

    def compiled(self, definition, span):
        return images.Compiled(self.weir, definition, self.target, span, self.out)

    def image(self, compiled, flags=""):
        key = (compiled.features, flags)
        if key not in self.cores:
            self.cores[key] = images.Core(self.target, self.out, compiled.features, flags)
        return images.Image(self.cores[key], compiled, lto="-flto" in flags)

    def named(self, name, flags=""):
        return self.image(self.compiled(os.path.join(images.HERE, name + ".json"), 1), flags)

    def chain(self, kind, n, span):
        """The smallest pipeline with n stages of one kind in its middle."""
        definition = json.loads(images.read(os.path.join(images.HERE, "core.json")))
        stages = definition["streams"]["readings"]
        definition["streams"]["readings"] = [stages[0]] + [STAGES[kind][0]] * n + [stages[-1]]
        definition["name"] = "%s_%d" % (kind, n)
        path = os.path.join(self.out, definition["name"] + ".json")
        images.write(path, json.dumps(definition))
        return self.compiled(path, span)

    def put(self, group, name, value):
        self.figures[group, name] = value

    def measure(self):
        core, four, window = (self.named(name) for name in ("core", "four", "window"))
        self.text(core, window)
        if self.target == "cortex-m0plus":
            self.put("image", "core with -flto", self.named("core", "-flto").flash_bytes())
            self.put("image", "window with -flto", self.named("window", "-flto").flash_bytes())
        self.ram(four)
        for image in (core, four, window):
            self.stack(image)
        for kind, (_, spans) in STAGES.items():
            for span in spans:
                self.instructions(kind, span)
        return self.figures

    def text(self, core, window):
        sizes = core.text_by_object()
        engine = {name: size for name, size in sizes.items() if name.startswith("lib/") and name not in BESIDE_CORE}
        self.put("text", "core", sum(engine.values()))
        more = window.text_by_object()
        ours = {name: size for name, size in more.items()
                if name.startswith(("lib/", "operators/")) and name not in BESIDE_CORE}
        ports = ("operators/input.c", "operators/output.c")
        self.put("text", "core, map, filter, throttle and window",
                 sum(size for name, size in ours.items() if name not in ports))
        self.put("text", "core with programs and timers", sum(more.get(name, 0) for name in engine))
        for name, size in sorted(more.items()):
            if name in ours and name not in engine or BESIDE_CORE.get(name):
                self.put("text", os.path.basename(name)[:-2], size)
        self.put("text", "skip", sizes["operators/skip.c"])
        self.put("text", "static platform", more["platform/static/static.c"])
        self.put("text", "generated, core", sizes["core.o"])
        self.put("text", "generated, window", more["window.o"])
        self.put("text", "memcpy and its kin", more["platform/static/freestanding/mem.c"])
        self.put("text", "libgcc", sum(size for name, size in more.items() if "libgcc" in name))
        self.put("image", "core", core.flash_bytes())
        self.put("image", "window", window.flash_bytes())

    def ram(self, four):
        parts = layout(four.compiled.text)
        self.put("ram", "four", four.compiled.arena_bytes)
        queues = 8 * 16
        self.put("ram", "four without its queue", four.compiled.arena_bytes - queues)
        for name, size in parts.items():
            if size > 0:
                self.put("ram", "four: " + name, size)
        short, long_ = (layout(self.chain("skip", n, 1).text) for n in (SHORT, LONG))
        each = {name: (long_.get(name, 0) - short.get(name, 0)) / (LONG - SHORT) for name in long_}
        self.put("ram", "a passive stage", each["stages"])
        self.put("ram", "an edge", sum(each[name] for name in ("edges", "drops", "memories", "marks")))

    def stack(self, image):
        graph = stack.Graph(image)
        present = {f.name for f in graph.functions.values()}
        self.put("stack", image.name, max(graph.deepest(name)[0] for name in ENTRIES if name in present))
        whole, painted = graph.deepest("board_start")[0], runs.Run(image, self.so).stack
        if painted > whole:
            raise stack.Fault("%s used %d bytes of stack, and %d were proven" % (image.name, painted, whole))
        self.put("stack", image.name + " with main", whole)
        self.put("stack", image.name + " with main, in a run", painted)

    def instructions(self, kind, span):
        per_item = []
        for n in (SHORT, LONG):
            image = self.image(self.chain(kind, n, span))
            run = runs.Run(image, self.so)
            if run.out != span * (runs.FIRST + runs.SECOND):
                raise stack.Fault("%s let %d items out" % (image.name, run.out))
            per_item.append(run.per_span / span)
        stage = (per_item[1] - per_item[0]) / (LONG - SHORT)
        self.put("instructions", "%s, spans of %d" % (kind, span), round(stage, 1))
        if kind == "skip":
            self.put("instructions", "both ends, spans of %d" % span, round(per_item[0] - SHORT * stage, 1))


def layout(plan_c):
    """Bytes by part, from the layout that is printed with a plan."""
    text = re.search(r"struct weir_layout \w+ = \{(.*?)\n\};", plan_c, re.S).group(1)
    at = {name: int(value) for name, value in re.findall(r"\.(\w+) = (\d+)", text)}
    order = [("stages", "instance"), ("edges", "stages"), ("drops", "edges"), ("memories", "drops"),
             ("watermarks", "memories"), ("errors", "marks"), ("stalls", "errors"), ("ready", "timers"),
             ("tally", "bitmaps"), ("scratch", "counts of programs")]
    parts, start = {}, 0
    for end, name in order:
        parts[name] = at[end] - start
        start = at[end]
    ids = re.findall(r'\.id = "([^"]*)"', plan_c)
    states = re.findall(r"\d+", re.search(r"uint32_t \w+_states\[\] = \{(.*?)\}", plan_c, re.S).group(1))
    starts = {int(offset): "state of " + name for name, offset in zip(ids, states) if offset != "0"}
    placed = re.search(r"struct weir_placed \w+\[\] = \{(.*?)\n\};", plan_c, re.S)
    for i, offset in enumerate(re.findall(r"\.buffer = (\d+)", placed.group(1)) if placed else []):
        starts[int(offset)] = "buffer %d" % i
    ends = sorted(starts)[1:] + [at["bytes"]]
    for offset, end in zip(sorted(starts), ends):
        parts[starts[offset]] = end - offset
    return parts
