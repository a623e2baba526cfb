# lm_clip - LM-CLIP on prompts in float64 PyTorch: lm_clip.safetensors of three folders.
# SPDX-License-Identifier: Apache-2.0
"""Written from LM-CLIP's published code: CLIP's contrast with label sentences beside BAL.

`python lm_clip.py` rewrites Fixtures/training, predictors and runs/lm_clip.safetensors, after
`training.py` and `mini.py`; the same versions give the same bytes. Six steps are stored as those of
baselines.py, scores from given tensors as those of predictors.py, whole runs as those of runs.py;
beside the steps an epoch's images as torch's WeightedRandomSampler draws them.
"""
import json

import numpy as np
import torch
import torch.nn.functional as F

import baselines
import predictors
import runs
from equation_cases import f32
from run_cases import PROBE, PROMPTS
from run_methods import KNOWN_TOKENS, METHODS, SCALE, Captions, CoOp, Prompts, unit

# The tiny CLIP has no stored embedding of the comma: zeros on both sides.
KNOWN_TOKENS.add(267)


def clip_loss(images, texts):
    """Each image is the class of its text, and each text that of its image."""
    z = SCALE * unit(images) @ unit(texts).T
    own = torch.arange(len(z))
    return (F.cross_entropy(z, own) + F.cross_entropy(z.T, own)) / 2


class LMCLIP(CoOp):
    def build(self, o, names):
        super().build(o, names)
        self.names = [name.replace("_", " ") for name in names]

    def sentences(self, y):
        texts = [", ".join(n for n, label in zip(self.names, row) if label) for row in y.tolist()]
        prompts, v = Prompts(self.o, texts), self.prompts.ctx
        if v.dim() == 3:  # the mean of the labels' own contexts
            shares = torch.where(y.sum(1, keepdim=True) == 0, 1.0, y)
            v = torch.einsum("bc,cmd->bmd", shares / shares.sum(1, keepdim=True), v)
        del prompts.ctx
        prompts.ctx = v
        return prompts()

    def losses(self, batch):
        parts = [torch.zeros(()), torch.zeros(()), 0]
        if self.o["cls_weight"]:
            parts = list(super().losses(batch))
            parts[2] = self.o["cls_weight"] * parts[2]
        if self.o["contrast"]:
            contrast = clip_loss(batch["features"], self.sentences(batch["labels"]))
            parts[2] = parts[2] + self.o["contrast"] * contrast
        return parts


METHODS["lm-clip"] = LMCLIP

BASE = {
    **PROMPTS, "method": "lm-clip", "loss_function": "bal", "context": "shared",
    "ctx_init": "a photo of a", "gamma_neg": 9.8, "smoothing": 0.1, "rarity": 1.35,
    "sampling": "rarity", "contrast": 1.0, "cls_weight": 0.4, "optimizer": "adamw", "lr": 0.01,
    "weight_decay": 0.01, "schedule": "cosine",
}
SPECIFIC = {**BASE, "context": "class-specific", "ctx_init": ""}
STEPS = {  # options, optimiser and rate of six steps
    "lm-clip": (BASE, "adamw", 0.01),
    "lm-clip-specific": (
        {**SPECIFIC, "class_token_position": "middle", "cls_weight": 5.0, "contrast": 0.5,
         "rarity": 1.6, "smoothing": 0.01, "gamma_pos": 1.0}, "sgd", 0.05),
    "lm-clip-contrast": ({**BASE, "cls_weight": 0.0}, "sgd", 0.05),
    "lm-clip-asl": (
        {**BASE, "contrast": 0.0, "cls_weight": 1.0, "loss_function": "asl"}, "sgd", 0.05),
    "lm-clip-e6": ({**BASE, "cseloss": "softmargin"}, "sgd", 0.05),
}
RUNS = {
    "lm-clip": BASE,
    # images without labels are drawn here
    "lm-clip-specific": {
        **SPECIFIC, "n_ctx": 4, "class_token_position": "front", "sampling": "uniform",
        "optimizer": "sgd", "lr": 0.05, "contrast": 0.5, "cls_weight": 2.0, "gamma_pos": 1.0,
        "smoothing": 0.3, "rarity": 0.7, "cseloss": "softmargin", "seed": 1},
    "bal-rarity": {
        **PROBE, "loss_function": "bal", "sampling": "rarity", "rarity": 0.7, "smoothing": 0.2,
        "gamma_neg": 2.0, "contrast": 1.0, "cls_weight": 0.4, "seed": 2},
}
MEMBERS = [[0, 3, 4], [1], [2, 3, 5, 6, 7], [4, 7]]  # image 8 has no label


def six_steps(name, o, rule, rate, tensors):
    torch.manual_seed(0)
    captions = Captions(baselines.CAPTIONS, "tokens")
    method = LMCLIP(o, baselines.NAMES, baselines.COUNTS, baselines.TOTAL, captions)
    values = list(method.named.values())
    optimiser = (
        torch.optim.SGD(values, lr=rate, momentum=0.9, weight_decay=1e-4) if rule == "sgd"
        else torch.optim.AdamW(values, lr=rate, weight_decay=1e-4))
    rows = []
    for s in range(baselines.STEPS):
        losses = method.losses({
            "features": baselines.features[s], "labels": baselines.labels[s],
            "captions": slice(None)})
        rows.append([float(x.detach()) for x in losses])
        optimiser.zero_grad()
        losses[2].backward()
        optimiser.step()
    tensors[f"{name}/losses"] = np.array(rows)
    for key, value in method.named.items():
        tensors[f"{name}/{key}"] = f32(value.detach())


def scores(words):
    def of(given, features, places, pixels):
        return predictors.cosine_logits(features, predictors.texts(given["ctx"], words=words))
    return of


def main():
    tensors = {}
    for name, (options, rule, rate) in STEPS.items():
        six_steps(name, options, rule, rate, tensors)
    draw = torch.Generator().manual_seed(5)
    tensors["rarity"] = runs.by_rarity(MEMBERS, 9, 1.35, draw).numpy()
    for power in [0.5, 2.0]:
        more = [runs.by_rarity(MEMBERS, 9, power, draw) for _ in range(20)]
        tensors[f"rarity-{power}"] = torch.cat(more).numpy()
    baselines.write("lm_clip", tensors, {"members": json.dumps(MEMBERS)})

    predictors.tensors.clear()
    rng = np.random.default_rng(101)
    predictors.store(
        "lm-clip", "method=lm-clip",
        {"ctx": f32(rng.normal(0, 0.3, size=(predictors.M, predictors.D)))}, scores("a photo of a"))
    predictors.write("lm_clip", predictors.tensors, predictors.settings)

    tensors, settings = {}, {}
    runs.store(RUNS, tensors, settings)
    runs.write("lm_clip", tensors, settings, {})


if __name__ == "__main__":
    main()
