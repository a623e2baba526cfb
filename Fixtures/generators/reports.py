# reports - golden event files, and sample reports that no measurement stands behind.
# SPDX-License-Identifier: Apache-2.0
"""Writes Fixtures/reports/.

* events.tfevents: bytes by TensorBoard's own record writer and protocol buffers; events.json says
  what is in them.
* crc32c.json: masked checksums by TensorBoard's own function.
* sample-run.json, sample-comparison.json: made-up reports in the form of
  docs/schemas/report.schema.json, labelled as samples on the page. Their figures agree with each
  other (AP by scikit-learn from made-up scores), so that a page looks as a real one would.
"""

import base64
import hashlib
import io
import json
import pathlib
from importlib.metadata import version

import numpy as np
from PIL import Image, ImageDraw
from sklearn.metrics import average_precision_score, precision_recall_curve
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c
from tensorboard.summary.writer.record_writer import RecordWriter

OUT = pathlib.Path(__file__).resolve().parent.parent / "reports"

VOC = [  # name, training images of VOC-LT
    ("aeroplane", 6), ("bicycle", 34), ("bird", 8), ("boat", 14), ("bottle", 154), ("bus", 17),
    ("car", 249), ("cat", 29), ("chair", 479), ("cow", 4), ("diningtable", 240), ("dog", 48),
    ("horse", 11), ("motorbike", 20), ("person", 775), ("pottedplant", 100), ("sheep", 5),
    ("sofa", 82), ("train", 7), ("tvmonitor", 64),
]


def group(count):
    return "head" if count >= 100 else "medium" if count >= 20 else "tail"


def events():
    """Scalars with the edge cases of the encoding: step 0, negative and large steps, -0, NaN."""
    records = [
        {"wall_time": 1700000000.5, "step": 0, "values": [["loss/total", 3.25]]},
        {"wall_time": 1700000001.25, "step": 1, "values": [["loss/total", 0.1], ["lr", 5e-4]]},
        {"wall_time": 1700000002.0, "step": 300, "values": [["map/test", -0.0]]},
        {"wall_time": 1700000003.0, "step": 2**40, "values": [["tag with \u00fc", 1e-45]]},
        {"wall_time": 1700000004.0, "step": -1, "values": [["t" * 200, 3.4028235e38]]},
        {"wall_time": 0.0, "step": 7, "values": []},
        {"wall_time": 1700000005.0, "step": 8, "values": [["inf", float("inf")]]},
    ]
    buffer = io.BytesIO()
    writer = RecordWriter(buffer)
    header = event_pb2.Event(wall_time=1700000000.0, file_version="brain.Event:2")
    writer.write(header.SerializeToString())
    for record in records:
        values = [summary_pb2.Summary.Value(tag=t, simple_value=v) for t, v in record["values"]]
        event = event_pb2.Event(
            wall_time=record["wall_time"], step=record["step"],
            summary=summary_pb2.Summary(value=values))
        writer.write(event.SerializeToString())
        record["values"] = [[t, "inf" if v == float("inf") else v] for t, v in record["values"]]
    document = {"header_wall_time": 1700000000.0, "records": records}
    return buffer.getvalue(), json.dumps(document, indent=1) + "\n"


def checksums():
    texts = ["", "a", "123456789", "The quick brown fox jumps over the lazy dog"]
    cases = [t.encode() for t in texts] + [bytes(32), bytes([255] * 32), bytes(range(256))]
    rows = [{"hex": c.hex(), "masked": masked_crc32c(c)} for c in cases]
    return json.dumps(rows, indent=1) + "\n"


def picture(rng, names):
    """A small drawing: sky, ground and one coloured shape per label."""
    image = Image.new("RGB", (200, 150), tuple(int(v) for v in rng.integers(150, 235, 3)))
    draw = ImageDraw.Draw(image)
    draw.rectangle([0, 95, 200, 150], fill=tuple(int(v) for v in rng.integers(70, 170, 3)))
    for index, _ in enumerate(names):
        x, y = 15 + index * 62 + int(rng.integers(0, 12)), int(rng.integers(40, 85))
        colour = tuple(int(v) for v in rng.integers(20, 240, 3))
        box = [x, y, x + 46, y + 44]
        if index == 2:
            draw.chord(box, 150, 390, fill=colour)
        else:
            [draw.ellipse, draw.rectangle][index](box, fill=colour)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return base64.b64encode(out.getvalue()).decode()


def thin(recall, precision, count=22):
    """A curve's points by rising recall, one per step of recall, ends kept."""
    points = list(zip(recall[::-1].tolist(), precision[::-1].tolist()))
    kept = [points[0]]
    for point in points[1:]:
        if point[0] - kept[-1][0] >= 1 / count or point is points[-1]:
            kept.append(point)
    return [[round(r, 4), round(p, 4)] for r, p in kept]


def scores(rng, methods, images=600):
    """Made-up labels and scores; later methods separate better, rare classes vary more."""
    labels = np.zeros((images, len(VOC)), bool)
    for c, (_, count) in enumerate(VOC):
        share = 0.05 + 0.25 * count / 775
        labels[rng.permutation(images)[: int(share * images)], c] = True
    noise = rng.normal(size=(images, len(VOC)))
    out = {}
    for index, (name, strength) in enumerate(methods):
        own = 0.8 * noise + 0.6 * rng.normal(size=noise.shape)
        lift = np.array([strength[group(n)] for _, n in VOC]) + rng.normal(0, 0.2, len(VOC))
        out[name] = own + labels * lift
    return labels, out


METHODS = [
    ("zero-shot", {"head": 2.2, "medium": 2.6, "tail": 2.7}),
    ("prompts without E6", {"head": 2.5, "medium": 3.2, "tail": 2.6}),
    ("LMPT", {"head": 2.6, "medium": 3.4, "tail": 3.3}),
]


def measured(rng, methods, seeds):
    """AP per seed, method and class; and labels and scores of the first seed."""
    first, table = None, []
    for _ in range(seeds):
        labels, by_method = scores(rng, methods)
        first = first or (labels, by_method)
        table.append([
            [average_precision_score(labels[:, c], by_method[m][:, c]) for c in range(len(VOC))]
            for m, _ in methods])
    return np.array(table), first


def row(table, index, name, block):
    out = {"method": name, "block": block}
    groups = np.array([group(n) for _, n in VOC])
    for key in ("total", "head", "medium", "tail"):
        members = groups == key if key != "total" else np.ones(len(VOC), bool)
        means = table[:, index, :][:, members].mean(axis=1)
        out[key] = {"mean": round(float(means.mean()), 6)}
        if len(means) > 1:
            out[key]["deviation"] = round(float(means.std(ddof=1)), 6)
    return out


def epochs(rng, count, has_cse, level):
    out = []
    for e in range(1, count + 1):
        t = e / count
        cls = 1.9 * np.exp(-3.2 * t) + 0.55 + rng.normal(0, 0.012)
        cse = 0.9 * np.exp(-2.1 * t) + 0.21 + rng.normal(0, 0.006)
        value = {"epoch": e, "loss": 0.5 * cls + 0.5 * cse if has_cse else cls, "cls": cls}
        if has_cse:
            value["cse"] = cse
        value["lr"] = 5e-4 * 0.5 * (1 + np.cos(np.pi * (e - 1) / count))
        value["val_map"] = level - 0.14 * np.exp(-5 * t) + rng.normal(0, 0.004)
        value["test_map"] = level - 0.02 - 0.13 * np.exp(-5 * t) + rng.normal(0, 0.003)
        value["seconds"] = 6.4 + rng.normal(0, 0.1)
        out.append({k: v if k == "epoch" else float(f"{v:.6g}") for k, v in value.items()})
    return out


def classes(table, margins):
    counts = np.array([n for _, n in VOC], float)
    weight = counts**-2.0 / (counts**-2.0).sum()
    out = []
    for c, (name, count) in enumerate(VOC):
        entry = {"name": name, "count": count, "group": group(count)}
        entry["ap"] = [round(float(v), 6) for v in table[:, :, c].mean(axis=0)]
        if margins:
            entry["margin"] = float(f"{0.2 / count**0.25:.6g}")
            entry["weight"] = float(f"{weight[c]:.6g}")
        out.append(entry)
    return out


def curves(first, names):
    labels, by_method = first
    out = []
    for c in sorted(range(len(VOC)), key=lambda c: -VOC[c][1]):
        entry = {"name": VOC[c][0], "group": group(VOC[c][1]), "curves": []}
        for m in names:
            p, r, _ = precision_recall_curve(labels[:, c], by_method[m][:, c])
            ap = average_precision_score(labels[:, c], by_method[m][:, c])
            entry["curves"].append(
                {"method": m, "ap": round(float(ap), 6), "points": thin(r[:-1], p[:-1])})
        out.append(entry)
    return out


def examples(rng, names):
    sets = [["cow", "person"], ["tvmonitor", "chair", "bottle"], ["train"], ["sheep", "dog"]]
    out = []
    for index, labels in enumerate(sets):
        decisions = []
        for strength, name in enumerate(names):
            others = [n for n, _ in VOC if n not in labels]
            chosen = labels + [others[i] for i in rng.permutation(len(others))[: 5 - len(labels)]]
            raw = rng.random(5) + np.array([1.0 + strength if n in labels else 0.4 for n in chosen])
            p = np.exp(raw) / np.exp(raw).sum() * 0.93
            order = np.argsort(-p)
            decisions.append({"method": name, "scores": [
                {"name": chosen[k], "value": round(float(p[k]), 4)} for k in order]})
        out.append({"image": picture(rng, labels), "name": f"sample_{index + 1:03d}.jpg",
                    "labels": labels, "decisions": decisions})
    return out


def feature_map(rng, images=160):
    centres = rng.normal(size=(len(VOC), 16))
    members = rng.integers(0, len(VOC), images)
    features = centres[members] + rng.normal(0, 0.55, (images, 16))
    before = centres + 1.4 * rng.normal(size=16) + rng.normal(0, 0.5, centres.shape)
    after = centres + rng.normal(0, 0.25, centres.shape)
    both = np.concatenate([features, before, after])
    both = both - both.mean(axis=0)
    _, _, v = np.linalg.svd(both, full_matrices=False)
    flat = both @ v[:2].T
    flat = np.sign(flat[0]) * flat  # because a component's sign is arbitrary
    point = lambda p: {"x": round(float(p[0]), 3), "y": round(float(p[1]), 3)}
    dots = [point(p) | {"group": group(VOC[m][1])} for p, m in zip(flat[:images], members)]
    panels = []
    for index, name in enumerate(["before tuning", "after tuning"]):
        rows = flat[images + index * len(VOC):][: len(VOC)]
        panels.append({"name": name, "images": dots, "classes": [
            {"name": n} | point(p) | {"group": group(k)} for (n, k), p in zip(VOC, rows)]})
    return {"method": "First two principal components of images and both states together.",
            "panels": panels}


def words(rng):
    vocabulary = "photo picture of the small a with several in view near some scene and an old".split()
    return [{"owner": owner, "words": [
        {"text": vocabulary[i], "distance": round(float(rng.uniform(0.4, 0.9)), 4)}
        for i in rng.permutation(len(vocabulary))]} for owner in ("cow", "sheep", "person")]


NOTICE = "Sample data: every figure on this page is made up to show the layout."
DATASET = {"name": "VOC-LT (sample)", "train": 1142, "test": 4952, "classes": 20,
           "head": 6, "medium": 6, "tail": 8}


def sample_run(rng):
    table, first = measured(rng, METHODS[2:], 1)
    return {
        "schema": 1, "title": "LMPT on VOC-LT", "notice": NOTICE, "dataset": DATASET,
        "selection": "best validation mAP (10 % of the training images), epoch 37 of 50",
        "results": [row(table, 0, "LMPT", None) | {"block": "Measured here"}],
        "methods": ["LMPT"], "classes": classes(table, False),
        "runs": [{"name": "LMPT", "epochs": epochs(rng, 50, True, 0.87)}],
        "curves": curves(first, ["LMPT"]),
        "environment": [
            {"name": "weights", "value": "ViT-B-16.pt, sha256 5806e77c..."},
            {"name": "kernel", "value": "avx512, 2 threads"}],
        "commands": ["lmpt train --dataset voc-lt --weights ViT-B-16.pt --out runs/voc"],
    }


def sample_comparison(rng):
    table, first = measured(rng, METHODS, 5)
    names = [m for m, _ in METHODS]
    quoted = [
        ("ERM", 70.86, 68.91, 80.20, 65.31), ("DB-Focal", 78.94, 73.22, 84.18, 79.30),
        ("LTML", 81.44, 75.68, 85.53, 82.69)]
    source = "CPRFL (arXiv 2408.08125), Table 1; MLC-NC (AAAI 2025), Table 1"
    results = [
        {"method": name, "block": "Images only, from other papers", "source": source}
        | {k: {"mean": round(v / 100, 6)} for k, v in zip(("total", "head", "medium", "tail"), figures)}
        for name, *figures in quoted]
    results += [
        {"method": "LMPT, ViT-B/16", "block": "LMPT as published, totals only",
         "total": {"mean": 0.8788},
         "source": "two public leaderboards, sotaverified and wizwand",
         "note": "head, medium and tail could not be read in a public source"}]
    results += [row(table, i, n, "Measured here (sample figures)") for i, n in enumerate(names)]
    arms = []
    parts = ["SPT", "CSE", "CASM", "RW"]
    arm_names = ["zero-shot", "+ SPT", "+ CSE", "+ CASM", "+ RW (LMPT)"]
    for k, name in enumerate(arm_names):
        base = row(table, 0 if k == 0 else 1 if k == 1 else 2, name, None)
        base.pop("block")
        shift = {0: 0, 1: 0, 2: -0.011, 3: -0.004, 4: 0}[k]
        for key in ("total", "head", "medium", "tail"):
            base[key]["mean"] = round(base[key]["mean"] + shift, 6)
        arms.append(base | {"uses": [i < k for i in range(4)]})
    return {
        "schema": 1, "title": "Long-tailed multi-label recognition on VOC-LT",
        "summary": "Zero-shot CLIP, prompts tuned with the distribution-balanced loss alone, and "
                   "LMPT, five seeds each.",
        "notice": NOTICE, "dataset": DATASET,
        "selection": "best validation mAP (10 % of the training images); test images play no part",
        "results": results, "methods": names, "classes": classes(table, True),
        "runs": [{"name": "LMPT, seed 0", "epochs": epochs(rng, 50, True, 0.87)},
                 {"name": "prompts without E6, seed 0", "epochs": epochs(rng, 50, False, 0.84)}],
        "curves": curves(first, names),
        "ablation": {"components": parts, "arms": arms},
        "examples": examples(rng, names), "map": feature_map(rng), "words": words(rng),
        "environment": [
            {"name": "weights", "value": "ViT-B-16.pt, sha256 5806e77c..."},
            {"name": "program", "value": "lmpt 0.1, kernel avx512, 2 threads"},
            {"name": "seeds", "value": "0 1 2 3 4"}],
        "commands": ["lmpt sweep --dataset voc-lt --seeds 5 --out runs/voc",
                     "lmpt report runs/voc/* --html report.html"],
    }


def main():
    OUT.mkdir(exist_ok=True)
    compact = lambda value: json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n"
    data, description = events()
    files = {
        "events.tfevents": data,
        "events.json": description.encode(),
        "crc32c.json": checksums().encode(),
        "sample-run.json": compact(sample_run(np.random.default_rng(7))).encode(),
        "sample-comparison.json": compact(sample_comparison(np.random.default_rng(11))).encode(),
    }
    topics = {"events.tfevents": "TensorBoard event file", "events.json": "its content",
              "crc32c.json": "masked CRC-32C"}
    entries = []
    for name, content in files.items():
        (OUT / name).write_bytes(content)
        entries.append({
            "path": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content),
            "topic": topics.get(name, "sample report, made-up figures"), "outputs": [],
            "error": None})
    tools = {n: version(n) for n in ("numpy", "pillow", "scikit-learn", "tensorboard", "protobuf")}
    manifest = {"schema": 1, "generator": "generators/reports.py", "tools": tools,
                "entries": entries}
    (OUT / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
