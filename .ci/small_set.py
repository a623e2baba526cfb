# small_set - twenty pictures and a tiny CLIP for .ci/faults and .ci/flips, and how they run the program.
# .ci/newcomer takes the same CLIP in ViT-B/16's size.
import json
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
lmpt = root / ".build/release/lmpt"
classes = ["cat", "dog", "person", "car"]


def keep_program(place):
    """Takes a copy of the program, so that a build meanwhile changes nothing."""
    global lmpt
    lmpt = pathlib.Path(shutil.copy(lmpt, place / "lmpt"))


def folder():
    """A folder in memory where there is one: thousands of runs wait for no disk."""
    shared = "/dev/shm"
    fits = os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 60 << 20
    return pathlib.Path(tempfile.mkdtemp(prefix="lmpt-", dir=shared if fits else None))


def halves(generator, count, one=False):
    """Half-precision numbers of small size, or near one: random bits with the exponent of their size."""
    keep, exponent = (0x001F, 0x3C00) if one else (0x83FF, 0x2400)
    bits = int.from_bytes(generator.randbytes(2 * count), "little")
    every = lambda word: int.from_bytes(struct.pack("<H", word) * count, "little")
    return (bits & every(keep) | every(exponent)).to_bytes(2 * count, "little")


def model(path, seen=64, read=64, embedding=32, side=2, layers=1):
    """A vision and a text transformer of these widths, as OpenAI's files name them; all weights drawn."""
    patch = 16
    shapes = {
        "visual.conv1.weight": [seen, 3, patch, patch], "visual.class_embedding": [seen],
        "visual.positional_embedding": [side * side + 1, seen], "visual.proj": [seen, embedding],
        "visual.ln_pre.weight": [seen], "visual.ln_pre.bias": [seen],
        "visual.ln_post.weight": [seen], "visual.ln_post.bias": [seen],
        "token_embedding.weight": [49408, read], "positional_embedding": [77, read],
        "ln_final.weight": [read], "ln_final.bias": [read],
        "text_projection": [read, embedding], "logit_scale": [],
    }
    blocks = [(tower, width, layer) for tower, width in [("visual.transformer", seen), ("transformer", read)]
              for layer in range(layers)]
    for tower, width, layer in blocks:
        block = f"{tower}.resblocks.{layer}"
        for name, rows in [("attn.in_proj", 3), ("attn.out_proj", 1), ("mlp.c_fc", 4)]:
            joint = "_" if name == "attn.in_proj" else "."
            shapes[f"{block}.{name}{joint}weight"] = [rows * width, width]
            shapes[f"{block}.{name}{joint}bias"] = [rows * width]
        shapes[f"{block}.mlp.c_proj.weight"] = [width, 4 * width]
        shapes[f"{block}.mlp.c_proj.bias"] = [width]
        for name in ["ln_1", "ln_2"]:
            shapes[f"{block}.{name}.weight"] = [width]
            shapes[f"{block}.{name}.bias"] = [width]
    generator, header, body, end = random.Random(1), {}, [], 0
    for name, shape in shapes.items():
        count = 1
        for size in shape:
            count *= size
        is_norm = re.search(r"ln_\w+\.weight$", name) or name == "logit_scale"
        values = halves(generator, count, one=bool(is_norm))
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [end, end + len(values)]}
        body.append(values)
        end += len(values)
    header["__metadata__"] = {"activation": "quickgelu"}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(body))


def write_set(path):
    """The set as an own data set, and under the names of the mini benchmark for `lmpt demo`."""
    mini, generator = path / "mini", random.Random(2)
    (mini / "images").mkdir(parents=True)
    lines = []
    for number in range(1, 21):
        name = f"images/{number:02}.jpg"
        shutil.copy(root / f"Fixtures/mini/images/train/{number:06}.jpg", mini / name)
        shown = {number % len(classes), generator.randrange(len(classes))}
        lines.append(" ".join([name] + [str(label) for label in sorted(shown)]) + "\n")
    (mini / "mini_lt_train.txt").write_text("".join(lines[:12]))
    (mini / "mini_lt_test.txt").write_text("".join(lines[12:]))
    (mini / "mini_labels.txt").write_text("".join(f"{name} {i}\n" for i, name in enumerate(classes)))
    captions = [line.split()[0] + f" a {classes[int(line.split()[1])]} on a hill.\n" for line in lines[:12]]
    (mini / "mini_lt_captions.txt").write_text("".join(captions))
    (mini / "own.json").write_text(
        '{"name": "own", "train": "mini_lt_train.txt", "test": "mini_lt_test.txt",'
        ' "labels": "mini_labels.txt", "captions": "mini_lt_captions.txt"}\n')
    model(mini / "clip.safetensors")


def run(words, place, data, before=()):
    """Runs the program with one thread in a folder; `before` are the words of what runs it."""
    environment = dict(os.environ, LMPT_FIXTURES=str(data), XDG_CACHE_HOME=str(place / "cache"))
    command = [str(word) for word in [*before, lmpt, *words, "--threads", "1"]]
    return subprocess.run(
        command, cwd=place, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=300)


def expect(words, place, data):
    """Runs the program, which must succeed."""
    outcome = run(words, place, data)
    if outcome.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: {outcome.returncode} {outcome.stderr.decode()}")
    return outcome
