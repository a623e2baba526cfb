# check_reports - other programs read what this one writes.
# SPDX-License-Identifier: Apache-2.0
"""Checks run folders with pandas, TensorBoard's own reader and the schemas in docs/schemas, and the
pictures of pages with Pillow.

    check_reports.py RUN_FOLDER|PAGE.html ...

Reads of each folder, where present: metrics.csv, events.jsonl, events.out.tfevents.*, report.json,
metrics.json. The three forms of the epochs must agree. Always checks the stored sample reports and
manifests against their schemas too. Exit code 1 with one line per problem.
"""

import base64
import io
import json
import math
import pathlib
import re
import sys

import jsonschema
import pandas
from PIL import Image
from referencing import Registry, Resource
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

ROOT = pathlib.Path(__file__).resolve().parents[2]
TAGS = {"loss": "loss/total", "cls": "loss/cls", "cse": "loss/cse", "lr": "lr",
        "val_map": "map/validation", "test_map": "map/test", "seconds": "time/seconds"}
FIGURES = {"val": "map_validation", "test": "map_test", "active": "active_margins"}
TAGS |= {f"{name}_{group}": f"{tag}/{group}" for name, tag in FIGURES.items()
         for group in ("head", "medium", "tail")}
problems = []
schemas = {p.name: json.loads(p.read_text()) for p in (ROOT / "docs/schemas").glob("*.json")}
registry = Registry().with_resources(
    [(name, Resource.from_contents(body)) for name, body in schemas.items()])


def validate(value, schema, where):
    body = {"$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": f"{schema}.schema.json"}
    validator = jsonschema.Draft202012Validator(body, registry=registry)
    for error in validator.iter_errors(value):
        problems.append(f"{where}: {error.json_path}: {error.message[:200]}")


def scalars(path):
    """Step -> tag -> value, by TensorBoard's reader, and the file version."""
    out, version = {}, None
    for event in LegacyEventFileLoader(str(path)).Load():
        if event.HasField("file_version"):
            version = event.file_version
        for value in event.summary.value:
            out.setdefault(event.step, {})[value.tag] = value.simple_value
    return out, version


def close(a, b):
    return a == b or (a is not None and b is not None and math.isclose(a, b, rel_tol=1e-6))


def check(folder):
    folder = pathlib.Path(folder)
    lines = []
    if (folder / "events.jsonl").exists():
        lines = [json.loads(t) for t in (folder / "events.jsonl").read_text().splitlines()]
        for number, line in enumerate(lines, 1):
            validate(line, "epoch", f"{folder}/events.jsonl line {number}")
    if (folder / "metrics.csv").exists():
        frame = pandas.read_csv(folder / "metrics.csv")
        for line, (_, row) in zip(lines, frame.iterrows()):
            for key in ["epoch", *TAGS]:
                found = None if pandas.isna(row[key]) else float(row[key])
                if found != line.get(key):  # the same decimal text, so exactly the same number
                    problems.append(f"{folder}/metrics.csv: {key} {found}, JSON {line.get(key)}")
        if lines and len(lines) != len(frame):
            problems.append(f"{folder}: {len(frame)} rows in CSV, {len(lines)} in JSON lines")
    for path in folder.glob("events.out.tfevents.*"):
        found, version = scalars(path)
        if version != "brain.Event:2":
            problems.append(f"{path}: file version {version}")
        for line in lines:
            for key, tag in TAGS.items():
                value = found.get(line["epoch"], {}).get(tag)
                if not close(value, line.get(key)):
                    problems.append(f"{path}: {tag} {value}, JSON {line.get(key)}")
    for name in ("report", "metrics"):
        if (folder / f"{name}.json").exists():
            value = json.loads((folder / f"{name}.json").read_text())
            validate(value, "demo" if "rows" in value else name, f"{folder}/{name}")
    print(f"{folder}: {len(lines)} epochs")


def check_page(path):
    text = pathlib.Path(path).read_text()
    pictures = re.findall(r'src="data:image/(jpeg|png);base64,([^"]*)"', text)
    for kind, data in pictures:
        with Image.open(io.BytesIO(base64.b64decode(data, validate=True))) as picture:
            picture.load()
            if picture.format.lower() != kind:
                problems.append(f"{path}: a {picture.format} file is called {kind}")
    if "<script" in text or re.search(r'(src|href)="(?!data:|#)', text):
        problems.append(f"{path}: a script, or something from elsewhere")
    print(f"{path}: {len(pictures)} pictures, {len(text) // 1000} kB")


def main():
    for body in schemas.values():
        jsonschema.Draft202012Validator.check_schema(body)
    for name in ("sample-run", "sample-comparison"):
        path = ROOT / f"Fixtures/reports/{name}.json"
        validate(json.loads(path.read_text()), "report", path.name)
    validate(json.loads((ROOT / "Fixtures/reports/manifest.json").read_text()), "manifest",
             "reports/manifest.json")
    golden, version = scalars(ROOT / "Fixtures/reports/events.tfevents")
    if version != "brain.Event:2" or golden[1]["lr"] == 0:
        problems.append("events.tfevents: not read")
    for path in sys.argv[1:]:
        (check_page if path.endswith(".html") else check)(path)
    print("\n".join(problems) or "no problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
