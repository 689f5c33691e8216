# SPDX-License-Identifier: MIT
"""What a stock validator says of definitions by the schema that `weir schema` prints, beside what `weir check` says; and of
files of tests by that of `weir schema --tests`, beside what `weir test` says.

    schema.py WEIR SCHEMA TESTS_SCHEMA FILE...

Every file is good for both. Then each fault below is one error for both; and so is a misspelt parameter of every
operator and connector of the build.
"""
import json
import re
import subprocess
import sys

import jsonschema

SOURCE = '{"file": {"path": "x.csv", "format": "csv", "record": "r"}}'


def whole(stages, top='"weir": 1', record='"x": "f64", "k": "u8", "at": "time"'):
    return '{%s, "records": {"r": {%s}}, "streams": {"s": [%s]}}' % (top, record, stages)


def between(stage):
    return whole('%s, %s, {"null": {}}' % (SOURCE, stage))


def first(stage):
    return whole('%s, {"null": {}}' % stage)


def last(stage):
    return whole('%s, %s' % (SOURCE, stage))


FAULTS = [
    whole('%s, {"null": {}}' % SOURCE, top='"weir": 1, "nmae": "x"'),
    whole('%s, {"null": {}}' % SOURCE, top='"weir": 1, "clock": "evnet"'),
    whole('%s, {"null": {}}' % SOURCE, top='"weir": 1, "name": 3'),
    whole('%s, {"null": {}}' % SOURCE, top='"weir": 2'),
    whole('%s, {"null": {}}' % SOURCE, top='"name": "x"'),
    '{"weir": 1}',
    '{"weir": 1, "streams": []}',
    '{"weir": 1, "streams": {}}',
    '{"weir": 1, "streams": {"s": []}}',
    '{"weir": 1, "streams": {"s": {}}}',
    '{"weir": 1, "streams": {"s-t": [{"range": {"to": 3}}, {"null": {}}]}}',
    whole('%s, {"null": {}}' % SOURCE, record='"x": "f46"'),
    whole('%s, {"null": {}}' % SOURCE, record='"x": 7'),
    whole('%s, {"null": {}}' % SOURCE, record='"x-y": "f64"'),
    whole('%s, {"null": {}}' % SOURCE, record='"x": {"tpye": "f64", "type": "f64"}'),
    whole('%s, {"null": {}}' % SOURCE, record='"x": {"unit": "s"}'),
    whole('%s, {"null": {}}' % SOURCE, record='"x": "text(0)"'),
    between('{"fliter": "x > 1"}'),
    between('{"filter": 3}'),
    between('{"filter": {"wehn": "x > 1", "when": "x > 1"}}'),
    between('{"filter": {}}'),
    between('{"filter": "x > 1", "on_eror": "drop"}'),
    between('{"filter": "x > 1", "on_error": "dorp"}'),
    between('{"filter": "x > 1", "on_error": {"to": 3}}'),
    between('{"filter": "x > 1", "id": 3}'),
    between('{"id": "nothing"}'),
    between('3'),
    between('{"range": {"to": 3}}'),
    between('{"take": "x"}'),
    between('{"take": 1.5}'),
    between('{"take": -1}'),
    between('{"take_while": {"when": "x > 1", "inclusive": "yes"}}'),
    between('{"throttle": "5"}'),
    between('{"throttle": 5}'),
    between('{"throttle": "0s"}'),
    between('{"throttle": {"period": "5s", "key": 3}}'),
    between('{"throttle": {"period": "5s", "kye": "k"}}'),
    between('{"throttle": {"key": "k"}}'),
    between('{"buffer": {"capacity": 5, "overflow": "dorp_oldest"}}'),
    between('{"buffer": {"capacity": 0}}'),
    between('{"map": "x"}'),
    between('{"map": {"y": 3}}'),
    between('{"window": {"tumbling": "5s", "late": "dorp", "emit": {"n": "count()"}}}'),
    between('{"window": {"tumbling": "5s", "emit": "count()"}}'),
    between('{"window": {"tumbling": "5s"}}'),
    first('{"from": 3}'),
    first('{"filter": "x > 1"}'),
    first('{"rnage": {"to": 3}}'),
    first('{"range": {"form": 1, "to": 3}}'),
    first('{"range": {}}'),
    first('{"range": 3}'),
    first('{"merge": "a"}'),
    first('{"interval": "1s"}'),
    first('{"file": {"path": "x.csv", "format": "cvs", "record": "r"}}'),
    first('{"file": {"path": "x.csv", "format": "csv", "record": "r", "hedaer": false}}'),
    first('{"file": {"path": "x.csv", "format": "csv", "record": "r", "header": 1}}'),
    first('{"file": {"path": "x.csv", "format": "csv", "record": "r", "max_line": "4K"}}'),
    first('{"file": {"path": "x.csv", "format": "csv"}}'),
    first('{"file": {"format": "csv", "record": "r"}}'),
    first('{"poll": {"period": "1s", "overflow": "latest", "values": {"y": {"paht": "/x", "path": "/x"}}}}'),
    first('{"poll": {"period": "1s", "overflow": "latest", "values": {"y": {"path": "/x", "scale": "2"}}}}'),
    first('{"poll": {"period": "1s", "values": {"y": {"path": "/x"}}}}'),
    last('{"stduot": {}}'),
    last('{"file": {"path": "y.csv", "format": "csv", "mode": "apend"}}'),
    last('{"stdout": {"format": "csv", "time": 3}}'),
]

# What a variable comes to is not for the schema to say.
GOOD = [
    between('{"take": "${N:-3}"}'),
    between('{"throttle": "${P:-3s}"}'),
    between('{"buffer": {"capacity": 5, "overflow": "${O:-latest}"}}'),
    between('{"take_while": {"when": "x > 1", "inclusive": "${I:-true}"}}'),
    between('{"window": {"tumbling": "1.5s", "key": ["k"], "emit": {"n": "count()"}, "note": 3}, "note": {"a": 1}}'),
    first('{"file": {"path": "x.csv", "format": "${F:-csv}", "record": "r", "header": false}}'),
]

DEFINITION = whole('%s, {"filter": "x > 1", "id": "large"}, {"file": {"path": "y.csv", "format": "csv"}}' % SOURCE)
PARTS = '"sources": {"s": "a|"}, "sinks": {"s": {}}'


def suite(test, name='"name": "it"', top='"weir": 1, "test": "played.json"'):
    items = '"items": {"a": {"x": 1, "k": 1, "at": "2026-01-01T00:00:00Z"}, "t": "x,k,at\\n"}'
    return '{%s, %s, "tests": [{%s, %s}]}' % (top, items, name, test)


def source(what):
    return suite('"sources": {"s": %s}, "sinks": {"s": {}}' % what)


def sink(what):
    return suite('"sources": {"s": "a|"}, "sinks": {"s": %s}' % what)


def expect(what):
    return suite('%s, "expect": %s' % (PARTS, what))


GOOD_TESTS = [
    suite(PARTS + ', "step": "1.5s", "for": "3s", "start": "2026-01-01T00:00:00.5+01:00", "set": {"X": "y"}, "note": 3', top='"weir": 1, '
          '"test": "played.json", "set": {}, "name": "x", "note": {}, "$schema": "x"'),
    source('{"marbles": ["-a#", "(aa) 10s |"], "error": "io", "note": 1}'),
    source('{"records": ["a", {"x": 1, "k": 1, "at": "2026-01-01T00:00:00Z"}]}'),
    source('{"text": ["x,k,at", "1,1,2026-01-01T00:00:00Z"]}'),
    source('{"text": "x,k,at\\n"}'),
    source('"t|"'),
    sink('{"credit": "1-*-(2!)", "records": [], "error": "io"}'),
    sink('{"text": "x,k,at\\n"}'),
    expect('{"stages": {"large": {"in": 1, "out": 0, "dropped": {"filtered": 1}, "note": 1}}, "fails": {}, "note": 1}'),
]

TEST_FAULTS = [
    '{"weir": 1, "tests": [{"name": "it"}]}',
    '{"weir": 1, "test": "played.json"}',
    '{"weir": 1, "test": "played.json", "tests": []}',
    '{"weir": 1, "test": "played.json", "tests": [3]}',
    suite(PARTS, top='"weir": 2, "test": "played.json"'),
    suite(PARTS, top='"weir": 1, "test": 3'),
    suite(PARTS, top='"weir": 1, "test": "played.json", "sets": {}'),
    suite(PARTS, top='"weir": 1, "test": "played.json", "set": {"X": 1}'),
    suite(PARTS, name='"note": "no name"'),
    suite(PARTS, name='"name": 3'),
    suite(PARTS + ', "souces": 1'),
    suite(PARTS + ', "step": "10"'),
    suite(PARTS + ', "step": "0s"'),
    suite(PARTS + ', "for": 10'),
    suite(PARTS + ', "start": "soon"'),
    suite(PARTS + ', "items": {"aa": {}}'),
    suite(PARTS + ', "items": {"a": 3}'),
    source('"a?"'),
    source('3'),
    source('{}'),
    source('{"error": "io"}'),
    source('{"marbles": "a", "eror": "io"}'),
    source('{"marbles": "a", "error": "oi"}'),
    source('{"marbles": "a", "credit": "1"}'),
    source('{"marbles": "a", "records": []}'),
    source('{"marbles": ["a", 3]}'),
    source('{"records": 3}'),
    source('{"records": [3]}'),
    source('{"text": 3}'),
    source('{"file": 3}'),
    sink('{"marbles": ["a"]}'),
    sink('{"credit": "a-Z"}'),
    sink('{"credit": "1", "text": "x"}'),
    expect('[]'),
    expect('{"stage": {}}'),
    expect('{"stages": {"large": {"in": -1}}}'),
    expect('{"stages": {"large": {"in": 1.5}}}'),
    expect('{"stages": {"large": {"ni": 1}}}'),
    expect('{"stages": {"large": {"dropped": {"filterd": 1}}}}'),
    expect('{"stages": {"large": {"dropped": 1}}}'),
    expect('{"fails": {"large": "oi"}}'),
]


def reader(path):
    schema = json.load(open(path))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


weir, schema_path, tests_path, *files = sys.argv[1:]
validator, tests_validator = reader(schema_path), reader(tests_path)
definitions = [path for path in files if not path.endswith(".test.json")]
suites = [path for path in files if path.endswith(".test.json")]
bad = []


def strip(text):
    """Without comments, which a validator does not know."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m[1] or " ", text, flags=re.S)


def told(text, by=validator):
    return ["/%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:200]) for e in by.iter_errors(json.loads(text))]


def weir_says(command, text):
    with open("case.json", "w") as f:
        f.write(text)
    run = subprocess.run([weir, command, "case.json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return run.returncode, run.stderr.splitlines()


def compare(command, by, paths, good, faults, one_line):
    for text in [strip(open(path).read()) for path in paths] + good:
        errors = told(text, by)
        if errors:
            bad.append((text, "is good, but the schema says", errors))
    for text in good:
        status, lines = weir_says(command, text)
        if status == 78:
            bad.append((text, "is good, but %s says" % command, lines))
    for text in faults:
        errors = told(text, by)
        status, lines = weir_says(command, text)
        if len(errors) != 1 or status != 78 or (one_line and len(lines) != 1):
            bad.append((text, "is one fault", errors + lines))


with open("played.json", "w") as f:
    f.write(DEFINITION)
compare("check", validator, definitions, GOOD, FAULTS, True)
compare("test", tests_validator, suites, GOOD_TESTS, TEST_FAULTS, False)

ops = json.loads(subprocess.run([weir, "ops", "--json"], stdout=subprocess.PIPE, check=True).stdout)
for op in ops:
    if op["kind"] not in ("source", "combiner", "operator", "sink"):
        continue
    place = {"source": first, "combiner": first, "operator": between, "sink": last}[op["kind"]]
    examples = {p["name"]: p["example"] for p in op["parameters"] if "example" in p}
    primary = [p["name"] for p in op["parameters"] if p["primary"]]
    if primary and op["parameters"][0]["what"] == "{field: expression}":
        examples = examples[primary[0]]
        misspelt = None
    else:
        misspelt = dict(examples, zzz=1)
    errors = told(place(json.dumps({op["name"]: examples})))
    if errors:
        bad.append((op["name"], "does not fit with its examples", errors))
    if misspelt:
        errors = told(place(json.dumps({op["name"]: misspelt})))
        if len(errors) != 1 or "zzz" not in errors[0]:
            bad.append((op["name"], "with a parameter it does not have", errors))

for text, what, lines in bad:
    print(text, what, sep="\n  ")
    print(*lines, sep="\n    ")
print("%d faults, %d good ones, %d operators" % (len(FAULTS + TEST_FAULTS), len(GOOD + GOOD_TESTS + files), len(ops)))
sys.exit(len(bad) > 0)
