# SPDX-License-Identifier: MIT
"""What the page of each operator says of its state, beside what `weir check` bills for it, here and on a microcontroller.

    ops_state.py WEIR

Each operator of the build stands in a definition with the examples of its parameters, without a key and with one. The words
are worked out for it; where they have no figure ("a few words") they are bounds. Words that nobody can work out fail.
"""
import json
import re
import subprocess
import sys

weir = sys.argv[1]
FIELDS = dict(id="i64", at="time", rel="u64", node="i64", temp="f64", rh="f64", light1="f64", light2="f64", occupants="i64",
              activity="i64", door="bool", window="bool")
RECORD = 88  # ten of 8 bytes and two of 1, rounded up
JOINT = 176  # two of those, one behind the other
SPAN = 16384  # of large records; on a microcontroller less
KEYS, TABLE = 5, 8  # a power of two, 1.5 times as many
FEW, MESSAGE, DATAGRAM, PATHS = 128, 256, 1472, 512  # at most
PORT = {"input": {"name": "in", "record": "reading"}}
CSV = {"format": "csv", "record": "reading"}


def up(n, to=8):
    return (n + to - 1) // to * to


class Case:
    def __init__(self, op, target, keyed):
        self.op, self.host, self.keyed, self.kind = op, target == "host", keyed, op["kind"]
        self.combines = self.kind == "combiner"
        given = {p["name"]: p["example"] for p in op["parameters"] if "example" in p}
        first = op["parameters"][0] if op["parameters"] else {"what": ""}
        self.params = given[first["name"]] if first["what"] == "{field: expression}" else given
        if keyed:
            self.params = dict(self.params, key="node", max_keys=KEYS)
        with open("state.json", "w") as f:
            json.dump(self.definition(), f)
        run = subprocess.run([weir, "check", "--target", target, "state.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.faults = run.stderr.splitlines() if run.returncode != 0 else []
        self.bill = {m[1]: int(m[2]) for m in re.finditer(r"^stage (\S+) +(\d+)$", run.stdout, re.M)}

    def end(self):
        return {"null": {}, "id": "end"} if self.host else {"output": {"name": "out"}, "id": "end"}

    def definition(self):
        name, streams = self.op["name"], {}
        first = dict({"file": dict(CSV, path="x")} if self.host else PORT, id="first")
        it = {name: self.params, "id": "it"}
        if self.kind == "format":
            codec, _, way = name.rpartition("_")
            ends = [first, self.end()]
            side = 0 if way == "decode" else 1
            value = dict(PORT["input"] if side == 0 else {"name": "out"}, format=codec)
            ends[side] = {"input" if side == 0 else "output": value, "id": "it"}
            return self.whole(ends)
        if any(p["name"] == "format" for p in self.op["parameters"]) and "record" not in self.params:
            it[name] = dict(self.params, format="csv", **({"record": "reading"} if self.kind == "source" else {}))
        if self.combines:
            for stream in "ab":
                streams[stream] = [{"file": dict(CSV, path="x")} if self.host else {"input": dict(PORT["input"], name=stream)}]
        if "stream" in self.params:
            streams["inner"] = [{"item": {"record": "reading"}}, {"filter": "temp > 1"}]
        if name == "inbox":
            rest = {"null": {}} if self.host else {"output": {"name": "rest"}}
            streams["sends"] = [first, {"route": {"when": "temp > 1", "matching": {"to": "s"}}}, rest]
        if name == "item":
            return self.whole([first, {"flat_map": {"stream": "inner", "max_inner": 2}}, self.end()], inner=[it, {"filter": "temp > 1"}])
        if self.combines or self.kind == "source":
            return self.whole([it, self.end()], **streams)
        return self.whole([first, it] + ([] if self.kind == "sink" else [self.end()]), **streams)

    def whole(self, stages, **streams):
        return {"weir": 1, "records": {"reading": FIELDS}, "streams": dict(streams, s=stages)}

    def param(self, name):
        p = [p for p in self.op["parameters"] if p["name"] == name][0]
        return int(self.params.get(name, p.get("default", 0)))

    def one(self, text):
        """The least and the most bytes of a part of the words."""
        for pattern, worth in PARTS:
            m = re.fullmatch(pattern, text)
            if m:
                n = worth(self, *m.groups())
                return n if isinstance(n, tuple) else (n, n)
        if " and " in text:
            return self.sum(text.split(" and "))
        raise ValueError('nobody knows what "%s" comes to' % text)

    def times(self, text, least, most=None):
        each = self.one(text)
        return each[0] * least, each[1] * (most or least)

    def record(self):
        """That of what comes in; with the states of scan behind it."""
        return RECORD + 8 * (self.op["name"] == "scan")

    def sum(self, parts):
        return tuple(map(sum, zip(*(self.one(part) for part in parts))))

    def words(self):
        text, _, kept = self.op["state"].partition(", keys: ")
        least, most = self.sum(re.split(", (?:and )?", text))
        if kept:
            n = KEYS if self.keyed else 1
            kept = [n * (16 + 8 * self.keyed + up(k)) + 4 * TABLE * self.keyed for k in self.sum(kept.split(", "))]
            least, most = least + kept[0], most + kept[1]
        return least, most


PARTS = [
    (r"0: it is a program", lambda c: 0),
    (r"(\d+)", lambda c, n: int(n)),
    (r"(\d+) \((\d+)\)", lambda c, n, small: int(n if c.host else small)),
    (r"an? (?:record|item)(?: \(under the event clock 8 more\))?", lambda c: c.record()),
    (r"a joint record", lambda c: JOINT),
    (r"a span of joint records", lambda c: (JOINT, SPAN)),
    (r"its checksum", lambda c: 2),
    (r"a few words", lambda c: (0, FEW)),
    (r"the keys as they are written", lambda c: (sum(len(f) + 4 for f in FIELDS), FEW * 2)),
    (r"room for a message", lambda c: (0, MESSAGE)),
    (r"a waiting (?:tick|reading)", lambda c: (0, FEW)),
    (r"a datagram", lambda c: (DATAGRAM, 2 * DATAGRAM)),
    (r"two datagrams", lambda c: (2 * DATAGRAM, 3 * DATAGRAM)),
    (r"two file names", lambda c: (0, PATHS)),
    (r"what `on` is worth|the same|the states|the last value of `by`", lambda c: 8),
    (r"`max_line` bytes", lambda c: 4096 + 1),
    (r"up to 64 results|64 arguments", lambda c: (24, 64 * 24)),
    (r"`lateness` / size \+ 2 times the accumulators", lambda c: (2 * 16, 2 * 32)),
    (r"(.*) for each (?:input|feeder)", lambda c, each: c.times(each, 2 if c.combines else 1)),
    (r"(.*) for each field", lambda c, each: c.times(each, len(FIELDS) * (2 if c.combines else 1))),
    (r"(\d+) for each of up to 16 marks", lambda c, n: (0, 16 * int(n))),
    (r"`(capacity)` items(?: \(one more where the oldest is dropped\))?", lambda c, n: RECORD * c.param(n)),
    (r"(.*) for each of `(\w+)` and of a span", lambda c, each, n: c.times(each, c.param(n) + 1, c.param(n) + SPAN // RECORD)),
    (r"(.*) for each of `(\w+)`", lambda c, each, n: c.times(each, c.param(n))),
]
bad, tried = [], 0
ops = json.loads(subprocess.run([weir, "ops", "--json"], stdout=subprocess.PIPE, check=True).stdout)
for target, part in (("host", 16), ("cortex-m0plus", 8)):
    base = None
    for op in sorted(ops, key=lambda op: op["name"] != "map"):  # its state is empty: what is billed is the engine's own
        if op["kind"] == "internal":
            continue
        for keyed in (False, True)[: 1 + any(p["name"] == "max_keys" for p in op["parameters"])]:
            c = Case(op, target, keyed)
            stage = "it." + op["name"].rpartition("_")[0] if op["kind"] == "format" else "it"
            where = "%s%s for %s" % (op["name"], " with a key" if keyed else "", target)
            if stage not in c.bill:
                if c.host or not re.search("needs an operating system|cannot be started again", c.faults[0]):
                    bad.append("%s: %s" % (where, (c.faults or ["no bill"])[0]))
                continue
            base = c.bill[stage] if base is None else base
            tried += 1
            try:
                least, most = c.words()
                if not up(least, part) <= c.bill[stage] - base <= up(most, part):
                    bad.append('%s: %d bytes, said to be %d to %d: "%s"' % (where, c.bill[stage] - base, least, most, op["state"]))
            except ValueError as e:
                bad.append("%s: %s" % (where, e))
print(*bad, sep="\n")
print("%d bills" % tried)
sys.exit(len(bad) > 0)
