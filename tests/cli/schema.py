# SPDX-License-Identifier: MIT
"""What a stock validator says of definitions by the schema that `weir schema` prints, beside what `weir check` says.

    schema.py WEIR SCHEMA DEFINITION...

Every definition is good for both. Then each fault below is one error for both; and so is a misspelt parameter of every
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

weir, schema_path, *definitions = sys.argv[1:]
schema = json.load(open(schema_path))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
bad = []


def strip(text):
    """Without comments, which a validator does not know."""
    return re.sub(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m[1] or " ", text, flags=re.S)


def told(text):
    return ["/%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:200]) for e in validator.iter_errors(json.loads(text))]


def check(text):
    with open("case.json", "w") as f:
        f.write(text)
    run = subprocess.run([weir, "check", "case.json"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return run.returncode, run.stderr.splitlines()


for text in [strip(open(path).read()) for path in definitions] + GOOD:
    errors = told(text)
    if errors:
        bad.append((text, "is good, but the schema says", errors))
for text in GOOD:
    status, lines = check(text)
    if status != 0:
        bad.append((text, "is good, but check says", lines))
for text in FAULTS:
    errors = told(text)
    status, lines = check(text)
    if len(errors) != 1 or status != 78 or len(lines) != 1:
        bad.append((text, "is one fault", errors + lines))

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
print("%d faults, %d good ones, %d operators" % (len(FAULTS), len(GOOD) + len(definitions), len(ops)))
sys.exit(len(bad) > 0)
