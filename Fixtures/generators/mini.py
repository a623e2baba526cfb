"""Draws the pictures and writes the lists of the mini benchmark into ../mini.

    python mini.py [--manifest] [OUT]      --manifest: only writes manifest.json anew

1,142 training pictures with exactly VOC-LT's class counts and one caption each, 1,500 test pictures. One
seed; with the tools pinned in requirements.txt the same bytes every time. Run mini_pretrain.py for the
weights and mini_twin.py for the expected values. Writes manifest.json last.

SPDX-License-Identifier: Apache-2.0
"""
import hashlib
import importlib.metadata
import json
import os
import sys

import numpy as np
from PIL import Image

import mini_scenes as scenes

SEED = 20240613
COUNTS = [6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64]
TRAIN, TEST = 1142, 1500


def label_sets(rng):
    """Label sets of the training pictures with exactly COUNTS, 1 to 6 labels each."""
    while True:
        room = np.ones(TRAIN, int)
        while room.sum() < sum(COUNTS):  # sizes: one label each, the rest spread with a bias to small sets
            k = rng.integers(TRAIN)
            if room[k] < 6 and rng.random() < 1 / room[k] ** 0.5:
                room[k] += 1
        chosen = [[] for _ in range(TRAIN)]
        for left, label in zip(range(len(COUNTS), 0, -1), np.argsort(COUNTS)[::-1]):
            forced = np.flatnonzero(room >= left)  # else the remaining classes could not fill it
            free = np.flatnonzero((room > 0) & (room < left))
            need = COUNTS[label] - len(forced)
            if need < 0 or need > len(free):
                break
            picked = rng.choice(free, need, replace=False, p=room[free] / room[free].sum()) if need else []
            for k in np.concatenate([forced, picked]).astype(int):
                chosen[k].append(int(label))
                room[k] -= 1
        else:
            if room.sum() == 0:
                return chosen


def save(path, array, k):
    """Quality 85; every fifth progressive, every seventh without chroma subsampling, every tenth with the
    standard Huffman tables (the others have their own, which are smaller)."""
    Image.fromarray(array).save(path, "JPEG", quality=85, progressive=k % 5 == 4, optimize=k % 10 != 0,
                                subsampling=0 if k % 7 == 6 else 2)


def main(out):
    table = scenes.sprites()
    variants = [scenes.training_variants(c, len(t)) for c, t in enumerate(table)]
    for folder in ("train", "test"):
        os.makedirs(f"{out}/images/{folder}", exist_ok=True)
    rng = np.random.default_rng(SEED)
    train, captions, test = [], [], []
    for k, labels in enumerate(label_sets(rng)):
        rng.shuffle(labels)
        extra = [len(COUNTS) + int(rng.integers(len(scenes.OTHERS)))] if len(labels) < 4 and rng.random() < 0.3 else []
        kind = int(rng.integers(scenes.COMMON_BACKGROUNDS))
        path = f"images/train/{k + 1:06d}.jpg"
        save(f"{out}/{path}", scenes.draw(rng, table, labels + extra, kind, variants)[0], k)
        train.append(" ".join([path, *map(str, labels)]))
        captions.append(path + " " + scenes.caption(rng, labels + extra, kind))
    for k in range(TEST):
        labels, concepts, kind = scenes.test_scene(rng)
        path = f"images/test/{k + 1:06d}.jpg"
        save(f"{out}/{path}", scenes.draw(rng, table, concepts, kind)[0], k)
        test.append(" ".join([path, *map(str, labels)]))

    def write(name, text):
        with open(f"{out}/{name}", "w", encoding="ascii", newline="") as f:
            f.write(text)
    # line ends as in the published files: some lack the last newline, the labels end in CR LF
    write("mini_lt_train.txt", "\n".join(train))
    write("mini_lt_captions.txt", "\n".join(captions))
    write("mini_lt_test.txt", "\n".join(test) + "\n")
    write("mini_labels.txt", "\r\n".join(f"{name} {k}" for k, name in enumerate(scenes.NAMES)))


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def manifest(out):
    """Every file of the benchmark; the pictures as one digest over their sorted sha256 lines per folder."""
    entries = []
    for name in sorted(os.listdir(out)):
        path = f"{out}/{name}"
        if os.path.isfile(path) and name.endswith((".txt", ".safetensors")):
            outputs = []
            if name == "zeroshot.safetensors":
                outputs = [{"name": "cosine", "atol": 1e-5, "rtol": 0, "why": "float32 sums over two towers"},
                           {"name": "scores", "atol": 1e-4, "rtol": 0, "why": "100 x cosine through softmax"},
                           {"name": "ap.*", "atol": 1e-6, "rtol": 0, "why": "ranks of nearly equal scores"}]
            if name.startswith("steps"):
                # Adam divides by the root of the squared gradient, so entries with gradients near rounding error
                # differ: float32 against float64 in PyTorch itself gives 1e-4 of the largest entry
                context = 1e-3 if "adam" in name else 1e-4
                outputs = [{"name": n, "atol": 0, "rtol": 1e-4, "why": "ten float32 steps"}
                           for n in ("L_cls", "L_cse", "L")]
                outputs.append({"name": "context", "atol": 0, "rtol": context,
                                "why": "relative to the largest entry; see mini_twin.py's printed comparison"})
            entries.append({"path": name, "sha256": digest(path), "bytes": os.path.getsize(path),
                            "equation": "E1-E8" if name.startswith("steps") else
                            "E2" if name.startswith("zeroshot") else "data", "outputs": outputs, "error": None})
    for folder in ("train", "test"):
        names = sorted(os.listdir(f"{out}/images/{folder}"))
        lines = "".join(f"{digest(f'{out}/images/{folder}/{n}')}  {n}\n" for n in names)
        entries.append({"path": f"images/{folder}", "files": len(names),
                        "sha256": hashlib.sha256(lines.encode()).hexdigest(),
                        "bytes": sum(os.path.getsize(f"{out}/images/{folder}/{n}") for n in names),
                        "equation": "data", "outputs": [], "error": None})
    tools = {p: importlib.metadata.version(p) for p in
             ("torch", "pillow", "numpy", "scikit-learn", "safetensors", "open_clip_torch")}
    record = {"schema": 1, "generator": "generators/mini.py", "tools": tools, "seed": SEED,
              "font": {"name": "Noto Color Emoji", "version": "2.042", "licence": "SIL OFL 1.1",
                       "sha256": digest(scenes.FONT)}, "entries": entries}
    with open(f"{out}/manifest.json", "w") as f:
        json.dump(record, f, indent=1)
        f.write("\n")


if __name__ == "__main__":
    only = "--manifest" in sys.argv  # after mini_pretrain.py and mini_twin.py have written their files
    rest = [a for a in sys.argv[1:] if a != "--manifest"]
    target = rest[0] if rest else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../mini")
    if not only:
        main(target)
    manifest(target)
