# SPDX-License-Identifier: MIT
"""docs/FOOTPRINT.md, from the figures."""

# What each figure is meant to stay below, or at.
LIMITS = {
    ("text", "core"): 6143,
    ("text", "core, map, filter, throttle and window"): 10239,
    ("ram", "four without its queue"): 512,
    ("ram", "a passive stage"): 48,
    ("ram", "an edge"): 24,
    ("stack", "core"): 512,
    ("stack", "four"): 512,
    ("stack", "window"): 512,
}
for kind in ("skip", "filter", "map", "throttle"):
    LIMITS["instructions", kind + ", spans of 1"] = 30
    LIMITS["instructions", kind + ", spans of 16"] = 11.9

GROUPS = {
    "text": ("Text, in bytes", """Code and constants by component, after the linker has left out what nothing uses. **Core** is the engine that
`input -> skip -> output` needs, without the ports and their queue. The others are of the pipeline `window`:
`input -> filter -> map -> throttle -> window -> output`, with records of 16 bytes."""),
    "image": ("Whole images, in bytes", """Flash of a firmware that runs the pipeline: start-up, vectors and drivers of the board, the program that pushes
and pulls, libgcc. With `-flto` the same on a Cortex-M0+."""),
    "ram": ("RAM, in bytes", """The arena of `four`: `input -> filter -> throttle -> output` with a queue of 8 readings of 16 bytes. A passive stage
is without its state, which is the operator's own; an edge is with its counts of drops, one of each reason, and its marks."""),
    "stack": ("Stack, in bytes", """The deepest any call into weir can get, from the call graph of the linked image and the compiler's frames, calls
through pointers included: no recursion, no frame of variable size. **With main** is the way from reset on, to compare with
what the painted stack of a run in QEMU shows. An interrupt comes on top: 32 bytes of registers on a Cortex-M, and its
handler; no interrupt came in the runs."""),
    "instructions": ("Instructions per item and stage", """What one more stage costs an item, counted in QEMU: exact, and not cycles. Filters and maps that stand next to each other
run as one program. **Both ends** is one push and one pull with their ports and the clock they read."""),
}


def number(value):
    return "%g" % value if value is not None else ""


def table(targets, found, group):
    names = list(dict.fromkeys(key[2] for key in found if key[1] == group))
    if group == "ram":  # the same on every machine of 32 bits
        targets = targets[:1]
    lines = ["| | %s | limit |" % " | ".join(t if group != "ram" else "bytes" for t in targets),
             "|---|%s---:|" % ("---:|" * len(targets))]
    for name in names:
        limit = LIMITS.get((group, name))
        cells = []
        for target in targets:
            value = found.get((target, group, name))
            over = limit is not None and value is not None and value > limit
            cells.append(("**%s**" if over else "%s") % number(value))
        at = {None: "", 6143: "< 6144", 10239: "< 10240", 11.9: "< 12"}.get(limit, number(limit))
        lines.append("| %s | %s | %s |" % (name, " | ".join(cells), at))
    return "\n".join(lines) + "\n"


def targets_of(found):
    return list(dict.fromkeys(key[0] for key in found))


def tables(found):
    return "\n".join("%s\n%s" % (title, table(targets_of(found), found, group))
                     for group, (title, _) in GROUPS.items())


def page(tools, found):
    text = ["""# Footprint

What weir takes of a microcontroller, compiled with `-Os` and for one pipeline (`include/weir/config.h`). Printed by
`tools/footprint --markdown` from the figures in `tests/mcu/footprint.txt`; `tools/footprint --check`, a part of
`make check-mcu`, measures them again and fails where one has grown by more than 2 %%. Figures in bold are over what was
meant to be reached.

With %s.
""" % " and ".join("%s %s" % item for item in sorted(tools.items()))]
    for group, (title, words) in GROUPS.items():
        text.append("## %s\n\n%s\n\n%s" % (title, words, table(targets_of(found), found, group)))
    return "\n".join(text)
