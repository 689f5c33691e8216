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
    unit: str = "item"
    check: int = 100000           # items of the run whose result all have to agree on
    most: int = 1 << 27           # items of a run at most
    counted: tuple = (20480, 61440)  # items of the two runs whose instructions are counted
    instructions_at_most: dict = field(default_factory=dict)


ROWS = [
    Row("W1", "range, map, filter, map, sum; from JSON", {FUSED: 2.0}),
    Row("W1r", "the same, with a filter nothing can predict", {FUSED: 1.5}, {"Rust streams": 10}),
    Row("W2", "range, ten maps, sum; from JSON", {FUSED: 2.0}),
    Row("merge4", "four ranges merged, sum", {FUSED: 2.0}),
    Row("tee8", "a range to eight sums", {FUSED: 1.1}, {"RxJava": 20}),
    Row("zip", "two ranges zipped and added, sum", {FUSED: 3.0}),
    Row("scan", "range, running state, sum", {FUSED: 1.4}),
    Row("window100", "tumbling average of 100 keys", {FUSED: 1.5}, most=1 << 22),
    Row("window100k", "tumbling average of 100,000 keys", {FUSED: 1.5}, most=1 << 22),
    Row("W1-calls", "W1 with a function of one's own for each stage and item", {"C callbacks": 1.08}),
    Row("W1r-calls", "W1r so", {"C callbacks": 0.65}),
    Row("W2-calls", "W2 so", {"C callbacks": 1.08}),
    Row("ones", "spans of one item through three operators, as a live sensor sends them", {"C callbacks": 1.2}),
    Row("job-ndjson", "NDJSON filtered, converted, averaged per sensor and second, written as NDJSON", {"C fast": 1.5},
        {"mawk": 3, "miller": 50, "jq": 70}, "record"),
    Row("job-csv", "the same from CSV", {"C fast": 1.5}, {"mawk": 3, "miller": 50}, "record"),
]
