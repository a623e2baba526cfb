# check_export - an exported run inside the authors' own model gives the same scores.
# SPDX-License-Identifier: Apache-2.0
"""Trains one epoch on the mini benchmark, exports the prompts as the authors' state dict, loads them
strictly into their CustomCLIP and compares logits of test pictures.

Run: python check_export.py LMPT_PROGRAM AUTHORS_CHECKOUT
(AUTHORS_CHECKOUT is a clone of github.com/richard-peng-xia/LMPT)
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import clip.model
import numpy as np
import safetensors.torch
import torch

program, checkout = sys.argv[1:3]
sys.path.insert(0, str(pathlib.Path(checkout) / "lmpt"))
import coop_model  # noqa: E402  the authors' file

MINI = pathlib.Path(__file__).resolve().parent.parent / "mini"
POSITIONS = ["end", "middle", "front"]


def lmpt(*arguments):
    run = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


def compare(folder, position):
    run, exported = folder / position, folder / f"{position}.pt"
    # front and middle move one token of a name there; the released reading does the same here
    lmpt("train", "--dataset", "mini", "--epochs", 1, "--n-ctx", 8, "--variant", "released",
         "--class-token-position", position, "--out", run, "--quiet")
    lmpt("export", "--run", run, "--layout", "authors", "--output", exported)

    state = safetensors.torch.load_file(MINI / "clip.safetensors")
    model = clip.model.build_model({k: v.clone() for k, v in state.items()}).float()
    names = [line.rsplit(" ", 1)[0] for line in (MINI / "mini_labels.txt").read_text().splitlines()]
    arguments = argparse.Namespace(
        ctx_init="", csc=True, n_ctx=8, class_token_position=position)
    theirs = coop_model.CustomCLIP(arguments, names, model).float().eval()
    theirs.load_state_dict(torch.load(exported, weights_only=True), strict=True)

    pictures = [MINI / line.split(" ")[0]
                for line in (MINI / "mini_lt_test.txt").read_text().splitlines()[:8]]
    ours = np.array([
        [row["score"] for row in sorted(picture["scores"], key=lambda r: names.index(r["class"]))]
        for picture in json.loads(lmpt(
            "predict", *pictures, "--run", run, "--top", len(names), "--scores", "logit",
            "--json"))["images"]])
    inputs = []
    for picture in pictures:
        pixels = folder / "x.npy"
        lmpt("pixels", picture, "--stage", "input", "--size", 96, "--output", pixels)
        inputs.append(np.load(pixels))
    with torch.no_grad():
        expected = theirs(torch.tensor(np.stack(inputs))).numpy()
    worst = np.abs(ours - expected).max() / np.abs(expected).max()
    print(f"{position}: {len(pictures)} pictures, {len(names)} classes, worst difference {worst:.1e}")
    return worst < 1e-5  # float on both sides, sums in another order


with tempfile.TemporaryDirectory() as name:
    sys.exit(0 if all([compare(pathlib.Path(name), p) for p in POSITIONS]) else 1)
