# SPDX-License-Identifier: MIT
"""The rows of the bench: each work, and what weir is held to there.

FUSED stands for the loop in C of the instruction set that weir picked on this machine. `at_most` are ratios of weir's
time to that of others, `ahead` the other way round: so many times as fast as."""
from dataclasses import dataclass, field

FUSED = "C fused"


@dataclass
class Row:
    work: str
    title: str
    at_most: dict = field(default_factory=dict)
    ahead: dict = field(default_factory=dict)
    most_itself: float = 0        # what weir's own figure is to stay below
    counts_at_most: dict = field(default_factory=dict)  # of instructions, as at_most
    counts_itself: float = 0
    unit: str = "item"
    measure: str = "ns"
    check: int = 100000           # items of the run whose result all have to agree on
    most: int = 1 << 27           # items of a run at most
    counted: tuple = (20480, 61440)  # items of the two runs whose instructions are counted


ROWS = [
    Row("W1", "range, map, filter, map, sum; from JSON", {FUSED: 2.0}),
    Row("W1r", "the same, with a filter nothing can predict", {FUSED: 1.5}, {"Rust streams": 10}),
    Row("W2", "range, ten maps, sum; from JSON", {FUSED: 2.0}),
    Row("merge4", "four ranges merged, sum", {FUSED: 2.0}),
    Row("tee8", "a range to eight sums", {FUSED: 1.1}, {"RxJava": 20}),
    Row("zip", "two ranges zipped and added, sum", {FUSED: 3.0}),
    Row("scan", "range, running state, sum", {FUSED: 1.4}),
    Row("window100", "tumbling average of 100 keys", {FUSED: 1.5}, most=1 << 22),
    Row("window100k", "tumbling average of 100,000 keys", {FUSED: 1.5}, most=1 << 22, counted=(65536, 196608)),
    Row("W1-calls", "W1 with a function of one's own for each stage and item", {"C callbacks": 1.08}),
    Row("W1r-calls", "W1r so", {"C callbacks": 0.65}),
    Row("W2-calls", "W2 so", {"C callbacks": 1.08}),
    Row("ones", "spans of one item through three operators, as a live sensor sends them", {"C callbacks": 1.2},
        counts_itself=90),
    Row("hop", "from a thread to another, in spans of 64, sleeping allowed", {"C ring": 1.3},
        {"tokio": 20, "crossbeam": 10}, counted=()),
    Row("loop", "a record from a socket through five stages and back, one by one", counts_at_most={"libevent": 1.03}, unit="record",
        check=1000, counted=(200, 600)),
    Row("loop-p50", "how long one takes there and back: half of them no longer", {}, unit="record", check=1000, most=100000,
        counted=()),
    Row("loop-p99", "99 of 100 no longer", {}, unit="record", check=1000, most=100000, counted=()),
    Row("bytes", "frames of 16 bytes from a pipe, 256 a wake-up", {"C read": 1.05}, unit="frame", check=25600,
        counted=(2560, 7680)),
    Row("arm", "100,000 timers armed", {"C wheel": 2.0}, {"libevent": 3}, unit="timer", check=100000, most=100000,
        counted=(500, 1500)),
    Row("cancel", "100,000 timers cancelled", {"C wheel": 2.0}, {"libevent": 15}, unit="timer", check=100000, most=100000,
        counted=(500, 1500)),
    Row("life", "a pipeline of five stages laid out, given one item, taken down", {}, {"RxJava": 4}, unit="pipeline",
        check=1000, counted=(100, 300)),
    Row("live", "memory of one of 100,000 that live", most_itself=512, unit="pipeline", measure="bytes", check=100000,
        most=100000, counted=()),
    Row("start", "weir run of a definition that ends at once", most_itself=5, unit="run", measure="ms"),
    Row("idle", "memory of weir run that waits", most_itself=3, unit="process", measure="MB"),
    Row("library", "the shared libraries, stripped", most_itself=300, unit="libweir and libweir_core", measure="KB"),
    Row("job-ndjson", "NDJSON filtered, converted, averaged per sensor and second, written as NDJSON", {"C fast": 1.5},
        {"mawk": 3, "miller": 50, "jq": 70}, unit="record"),
    Row("job-csv", "the same from CSV", {"C fast": 1.5}, {"mawk": 3, "miller": 50}, unit="record"),
]
