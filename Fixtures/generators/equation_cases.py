# equation_cases - inputs, storage and manifest shared by equations.py and losses.py.
# SPDX-License-Identifier: Apache-2.0
"""Inputs are rounded to float32 first, so that both sides compute from the same numbers.

One safetensors file per equation: tensors `CASE/in/NAME` and `CASE/out/NAME`, and the constants of
each case in the file's metadata under the case's name. Outputs are float64.
"""
import hashlib
import json
import pathlib

import numpy as np
import safetensors.numpy
import torch

torch.set_num_threads(1)

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIZES = [(1, 1), (3, 4), (8, 20), (64, 80)]

# counts of the classes of VOC-LT (1142 images) and COCO-LT (1909 images), from the published lists
VOC = [6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64]
COCO = [
    1128, 37, 276, 32, 9, 41, 18, 87, 20, 50, 11, 13, 8, 97, 19, 49, 70, 17, 7, 10, 8, 6, 7, 7,
    100, 39, 189, 31, 24, 11, 12, 8, 35, 10, 25, 21, 17, 10, 20, 460, 84, 498, 126, 207, 173, 366,
    39, 35, 44, 36, 29, 25, 14, 45, 16, 73, 585, 153, 164, 44, 624, 25, 200, 137, 70, 89, 73, 127,
    91, 175, 9, 237, 119, 292, 87, 113, 15, 21, 6, 11,
]


def f32(values):
    return np.asarray(values, dtype=np.float32)


def leaf(values):
    return torch.tensor(np.asarray(values, dtype=np.float64), requires_grad=True)


def const(values):
    return torch.tensor(np.asarray(values, dtype=np.float64))


def class_counts(classes, rng):
    """VOC-LT's and COCO-LT's counts where the size fits, else counts that include 1 and many."""
    if classes == 20:
        return f32(VOC), 1142
    if classes == 80:
        return f32(COCO), 1909
    counts = rng.integers(1, 900, size=classes)
    counts[0] = 1
    return f32(counts), 1000


def logit_cases(rng):
    """(name, logits, labels, counts, total): all sizes, label patterns and logit regimes."""
    for rows, classes in SIZES:
        counts, total = class_counts(classes, rng)
        z = f32(rng.normal(0, 4, size=(rows, classes)))
        y = f32(rng.random((rows, classes)) < 0.3)
        yield f"{rows}x{classes}", z, y, counts, total
    counts, total = class_counts(20, rng)
    z = f32(rng.normal(0, 4, size=(8, 20)))
    yield "labels-zero", z, f32(np.zeros((8, 20))), counts, total
    yield "labels-one", z, f32(np.ones((8, 20))), counts, total
    y = f32(rng.random((8, 20)) < 0.3)
    yield "logits-100", f32(rng.choice([-100, 100], size=(8, 20))), y, counts, total
    yield "logits-10000", f32(rng.choice([-1e4, 1e4], size=(8, 20))), y, counts, total
    mixed = rng.choice([-1e4, -100, -20, 0, 20, 100, 1e4], size=(8, 20))
    yield "logits-mixed", f32(mixed + rng.normal(0, 1, size=(8, 20))), y, counts, total
    # as real CLIP starts: every logit near 20
    yield "logits-clip", f32(rng.normal(20, 2, size=(8, 20))), y, counts, total
    yield "saturated-1x1", f32([[-20.0]]), f32([[1]]), f32([3]), 10
    yield "easy-1x1", f32([[-6.0]]), f32([[0]]), f32([3]), 10


def tolerance(rtol, why=None):
    """atol covers results below the smallest normal float32, atol_of_max sums of many signs."""
    return {
        "rtol": rtol, "atol": 1e-38, "atol_of_max": rtol / 10,
        "why": why or "float32 against float64: a few roundings a cell, sums in double precision",
    }


def saved(tensors, metadata):
    """A safetensors file whose header is in sorted order; the library's own order is random."""
    data = safetensors.numpy.save(tensors, metadata=metadata)
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[8 + size :]


def record(manifest, tools, entry):
    """Puts an entry into a manifest that several generators write to, in place of its older self."""
    text = manifest.read_text() if manifest.exists() else '{"entries": []}'
    others = [e for e in json.loads(text)["entries"] if e["path"] != entry["path"]]
    entries = sorted(others + [entry], key=lambda e: e["path"])
    manifest.write_text(json.dumps({"schema": 1, "tools": tools, "entries": entries}, indent=1) + "\n")


class Topic:
    """Collects the cases of one folder and writes files and manifest."""

    def __init__(self, folder, generator):
        self.folder = ROOT / folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.generator = generator
        self.files = {}

    def case(self, equation, name, inputs, outputs, /, **settings):
        file = self.files.setdefault(equation, ({}, {}))
        assert name not in file[1], (equation, name)
        file[1][name] = " ".join(f"{k}={v}" for k, v in settings.items())
        for key, value in inputs.items():
            file[0][f"{name}/in/{key}"] = np.ascontiguousarray(f32(value))
        for key, value in outputs.items():
            value = value.detach().numpy() if torch.is_tensor(value) else np.asarray(value)
            file[0][f"{name}/out/{key}"] = np.ascontiguousarray(value.astype(np.float64))

    def write(self, tolerances):
        entries = []
        for equation in sorted(self.files):
            tensors, metadata = self.files[equation]
            path = self.folder / f"{equation}.safetensors"
            data = saved(tensors, metadata)
            path.write_bytes(data)
            outputs = sorted({name.split("/")[2] for name in tensors if "/out/" in name})
            entries.append(
                {
                    "path": f"{self.folder.name}/{path.name}",
                    "sha256": hashlib.sha256(data).hexdigest(),
                    "bytes": len(data),
                    "equation": equation,
                    "outputs": [{"name": name, **tolerances(equation, name)} for name in outputs],
                    "error": None,
                }
            )
        manifest = {
            "schema": 1,
            "generator": f"generators/{self.generator}",
            "tools": {"torch": torch.__version__.split("+")[0], "numpy": np.__version__},
            "entries": entries,
        }
        (self.folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")
