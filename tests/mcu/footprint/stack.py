# SPDX-License-Identifier: MIT
"""How deep the stack of an image can get, from its call graph.

Who calls whom is read from the linked code, the bytes of each frame from what the compiler says of it. A call through a
pointer has its place in the source, `s->type->process(`: it may reach every linked function that an initialiser
`.process = ` names. One whose member has no such initialiser may reach every function whose address the image holds and
that none names. A cycle, a frame of no fixed size, or a call through a pointer that nobody has told of, is a fault."""
import os
import re
import sys

import images

FUNCTION = re.compile(r"^([0-9a-f]+) <(.+)>:$")
CALL = re.compile(r"\t(bl|jal|call|b|b\.n|b\.w|j|tail|cbz|cbnz|b[a-z]{2}(?:\.[nw])?)\t(?:.*[ ,])?([0-9a-f]+) <[^+>]+>")
COMES_BACK = ("bl", "jal", "call")  # the others are jumps, to a function's own beginning too
POINTER_CALL = re.compile(r"\t(?:blx\t(?:r\d+|ip)|bx\t(?:r\d+|ip)|jalr\t(?!zero)\w+)")
INITIALISER = re.compile(r"\.(\w+)\s*=\s*(?:\w+\(\s*)?(\w+)\b")
POINTER_SITE = re.compile(r"(?:[\w\])]+(?:->|\.|\[[^\]]*\]))*?(\w+)\(")
# Pushed by hand, in code that no C compiler made.
PUSH = re.compile(r"\t(?:push|stmdb\tsp!,|stmfd\tsp!,)\s*\{([^}]*)\}")
LOWER = re.compile(r"\t(?:sub(?:\.w)?\tsp, (?:sp, )?#(\d+)|addi?\tsp,sp,-(\d+))")


class Fault(Exception):
    pass


class Function:
    def __init__(self, address, name):
        self.address, self.name = address, name
        self.source = None     # the file it was compiled from; None: not by this compiler
        self.frame = 0         # bytes
        self.calls = set()     # addresses
        self.sites = set()     # places in the source of calls through pointers
        self.by_pointer = False

    def __repr__(self):
        return self.name


def registers(text):
    """How many a list such as `r4, r6-r7, lr` names."""
    n = 0
    for part in text.split(","):
        ends = re.findall(r"r(\d+)", part)
        n += int(ends[1]) - int(ends[0]) + 1 if len(ends) == 2 else 1
    return n


class Graph:
    def __init__(self, image):
        self.image = image
        self.functions = {}
        self.taken = set()
        self.read_code()
        self.read_frames()
        self.targets = self.read_initialisers()
        self.unnamed = self.read_addresses() - set().union(*self.targets.values())
        self.sites = {}

    def read_code(self):
        here, guessed = None, {}
        symbols = self.image.core.tool("readelf", "-sW", self.image.elf).splitlines()
        code = {int(w[1], 16) & ~1 for w in map(str.split, symbols) if len(w) == 8 and w[3] == "FUNC"}
        for line in self.image.core.tool("objdump", "-d", "--no-show-raw-insn", self.image.elf).splitlines():
            found = FUNCTION.match(line)
            if found:
                here = Function(int(found.group(1), 16), found.group(2)) if int(found.group(1), 16) in code else None
                if here is not None:
                    self.functions[here.address] = here
            if found or here is None:
                continue
            call = CALL.search(line)
            if call:
                to = int(call.group(2), 16)
                if to != here.address or call.group(1) in COMES_BACK:
                    here.calls.add(to)
            elif "# " in line:  # an address that is put together from two halves
                self.taken.update(int(a, 16) for a in re.findall(r"# ([0-9a-f]+) <[^+>]+>", line))
            if POINTER_CALL.search(line):
                here.by_pointer = True
            pushed, lowered = PUSH.search(line), LOWER.search(line)
            if pushed:
                guessed[here] = guessed.get(here, 0) + 4 * registers(pushed.group(1))
            elif lowered:
                guessed[here] = guessed.get(here, 0) + int(lowered.group(1) or lowered.group(2))
        for function, bytes_ in guessed.items():
            function.frame = bytes_

    def read_frames(self):
        """From the .ci file that lies beside each object."""
        for address, _, _, path in self.image.sections:
            here = self.functions.get(address)
            told = re.sub(r"\.o$", ".ci", path)
            if here is None or not os.path.exists(told):
                continue
            graph, known = images.read(told), False
            for title, label in re.findall(r'^node: \{ title: "([^"]*)" label: "([^"]*)" \}', graph, re.M):
                if title.rsplit(":", 1)[-1] != here.name:
                    continue
                size, how = re.search(r"(\d+) bytes \((.*)\)", label).groups()
                known = True
                if how != "static":
                    raise Fault("%s: its frame is %s" % (here.name, how))
                here.source, here.frame = label.split("\\n")[1].rsplit(":", 2)[0], int(size)
                through = re.findall(r'^edge: \{ sourcename: "%s" targetname: "__indirect_call"(?: label: "([^"]*)")?'
                                     % re.escape(title), graph, re.M)
                if "" in through:
                    raise Fault("%s calls through a pointer at a place that the compiler does not tell" % here.name)
                here.sites = set(through)
            if not known:
                raise Fault("%s: the compiler does not tell its frame" % here.name)

    def read_initialisers(self):
        """member -> addresses of the functions that initialisers in the linked files give to it."""
        by_file = {}
        for address, _, section, path in self.image.sections:
            if address in self.functions:
                by_file.setdefault(path, {})[self.functions[address].name] = address
        everywhere = {}
        for names in by_file.values():
            everywhere.update(names)
        targets = {}
        for path, names in by_file.items():
            sources = {self.functions[a].source for a in names.values()} - {None}
            for source in sources:
                for member, name in INITIALISER.findall(images.read(source)):
                    address = names.get(name, everywhere.get(name))
                    if address is not None:
                        targets.setdefault(member, set()).add(address)
        return targets

    def read_addresses(self):
        """Functions whose address the image holds, beside its table of interrupts."""
        found = {a for a in self.taken if a in self.functions}
        thumb = self.image.core.target.startswith("cortex")
        vectors = [(a, a + size) for a, size, section, _ in self.image.sections if section == ".vectors"]
        for line in self.image.core.tool("objdump", "-s", "-j", ".text", "-j", ".data", self.image.elf).splitlines():
            words = re.findall(r"\b[0-9a-f]{4,8}\b", line[:45])
            at = int(words[0], 16) if words else 0
            for i, word in enumerate(words[1:]):
                value = int.from_bytes(bytes.fromhex(word), "little") - thumb
                if value in self.functions and not any(a <= at + 4 * i < end for a, end in vectors):
                    found.add(value)
        return found

    def reached(self, site):
        """What a call through a pointer may reach."""
        if site not in self.sites:
            file, line, column = site.rsplit(":", 2)
            text = "".join(images.read(file).split("\n")[int(line) - 1:int(line) + 2])
            found = POINTER_SITE.match(text[int(column) - 1:].lstrip("?:&|! ("))
            if not found:
                raise Fault("%s: no call found there" % site)
            self.sites[site] = (found.group(1), self.targets.get(found.group(1), self.unnamed))
        return self.sites[site][1]

    def next_of(self, function):
        if function.by_pointer and function.source is not None and not function.sites:
            raise Fault("%s calls through a pointer that the compiler does not tell of" % function.name)
        found = set(function.calls)
        for site in function.sites:
            found |= self.reached(site)
        return [self.functions[a] for a in found if a in self.functions]

    def deepest(self, name):
        """(bytes, the functions on the way) below and with a function."""
        start = [f for f in self.functions.values() if f.name == name]
        if not start:
            raise Fault("no function %s" % name)
        known, open_ = {}, []

        def walk(f):
            if f in open_:
                raise Fault("recursion: " + " -> ".join(x.name for x in open_[open_.index(f):] + [f]))
            if f not in known:
                open_.append(f)
                below = max((walk(g) for g in self.next_of(f)), default=(0, []), key=lambda x: x[0])
                open_.pop()
                known[f] = (f.frame + below[0], [f] + below[1])
            return known[f]

        sys.setrecursionlimit(10000)
        return walk(start[0])
