# adapters - the adapters of zero-shot CLIP in float64 PyTorch: adapters.safetensors of three folders.
# SPDX-License-Identifier: Apache-2.0
"""TaskRes and CLIP-Adapter, written from their published code.

`python adapters.py` rewrites Fixtures/training, predictors and runs/adapters.safetensors, after
`training.py` and `mini.py`; the same versions give the same bytes. Each method stands here once:
six steps of it are stored as those of baselines.py, its scores from given tensors as those of
predictors.py, and whole runs as those of runs.py.
"""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import baselines
import predictors
import runs
from equation_cases import f32
from run_cases import SHARED
from run_methods import METHODS, NET, SCALE, Method, tokenize, unit

rng = np.random.default_rng(93)


def text_features(names):
    """Features of "a photo of a NAME." as the text tower gives them."""
    return NET.encode_text(tokenize([f"a photo of a {name.replace('_', ' ')}." for name in names]))


class Adapter(Method):
    def classify(self, batch):
        return self.loss(self.logits(batch), batch["labels"]), None


class TaskRes(Adapter):
    def build(self, o, names):
        self.base = text_features(names)
        self.named = {"text_feature_residuals": nn.Parameter(torch.zeros_like(self.base))}

    def logits(self, images):
        texts = self.base + self.o["residual_scale"] * self.named["text_feature_residuals"]
        return SCALE * unit(images["features"]) @ unit(texts).T


class CLIPAdapter(Adapter):
    """Both layers without biases, a relu behind each."""

    def build(self, o, names):
        self.texts = unit(text_features(names))
        first, second = nn.Linear(32, 8, bias=False), nn.Linear(8, 32, bias=False)
        self.named = {"fc.0.weight": first.double().weight, "fc.2.weight": second.double().weight}

    def logits(self, images):
        f, r = images["features"], self.o["adapter_ratio"]
        x = F.relu(F.linear(f, self.named["fc.0.weight"]))
        x = F.relu(F.linear(x, self.named["fc.2.weight"]))
        return SCALE * unit(r * x + (1 - r) * f) @ self.texts.T


METHODS |= {"task-res": TaskRes, "clip-adapter": CLIPAdapter}

OWN = {"residual_scale": 0.5, "adapter_ratio": 0.2, "templates": "single"}
BASE = {**SHARED, **OWN, "loss_function": "softmax", "schedule": "warmup-cosine"}
STEPS = {  # options, optimiser and rate of six steps
    "task-res": ({"method": "task-res"}, "sgd", 0.5),
    "task-res-scale": (
        {"method": "task-res", "residual_scale": 2.0, "loss_function": "bce"}, "adam", 0.01),
    "clip-adapter": ({"method": "clip-adapter"}, "sgd", 0.05),
    "clip-adapter-ratio": (
        {"method": "clip-adapter", "adapter_ratio": 0.7, "loss_function": "asl"}, "sgd", 0.05),
}
RUNS = {
    "task-res": {**BASE, "method": "task-res", "lr": 0.02, "weight_decay": 5e-4,
                 "optimizer": "adam"},
    "task-res-scale": {**BASE, "method": "task-res", "lr": 0.02, "residual_scale": 3.0,
                       "loss_function": "bce", "optimizer": "adamw", "scores": "logit"},
    "clip-adapter": {**BASE, "method": "clip-adapter", "weight_decay": 5e-4},
    "clip-adapter-ratio": {**BASE, "method": "clip-adapter", "adapter_ratio": 0.6, "seed": 1,
                           "sampling": "class-aware", "schedule": "cosine"},
}


class Steps:
    """A method in the form of baselines.py: what a step minimises, and its trained tensors."""

    def __init__(self, options):
        o = {**BASE, **options}
        self.method = METHODS[o["method"]](
            o, baselines.NAMES, baselines.COUNTS, baselines.TOTAL, None)
        self.method.see(baselines.features.flatten(0, 1), baselines.labels.flatten(0, 1))
        self.named = self.method.named

    def parts(self, s):
        return self.method.classify(
            {"features": baselines.features[s], "labels": baselines.labels[s]})


def scores(**options):
    """What a method says of image features, in the form of predictors.py."""
    def of(given, features, places, pixels):
        o = {**BASE, **options}
        method = METHODS[o["method"]](o, predictors.NAMES, torch.ones(predictors.C), 1, None)
        assert set(given) == set(method.named) | set(method.extras()), options
        method.named = {name: given[name] for name in method.named}
        method.take(given)
        return method.logits({"features": features})

    return " ".join(f"{k}={v}" for k, v in options.items()), of


def normal(*shape, std=1.0):
    return f32(rng.normal(0, std, size=shape))


def given_cases():
    """Options, given tensors and scores; the tensors are large enough for every term to matter."""
    C, E = predictors.C, predictors.E

    def net():
        return {"fc.0.weight": normal(E // 4, E, std=0.4), "fc.2.weight": normal(E, E // 4)}

    return {
        "task-res": ({"text_feature_residuals": normal(C, E, std=2)}, scores(method="task-res")),
        "task-res-scale": ({"text_feature_residuals": normal(C, E, std=0.5)},
                           scores(method="task-res", residual_scale=3.0)),
        "clip-adapter": (net(), scores(method="clip-adapter")),
        "clip-adapter-ratio": (net(), scores(method="clip-adapter", adapter_ratio=0.7)),
    }


def main():
    baselines.tensors.clear()
    for name, (options, rule, rate) in STEPS.items():
        baselines.train(name, lambda: Steps(options), 1, rule, rate)
    baselines.write("adapters", baselines.tensors, {})

    predictors.tensors.clear()
    for name, (given, (options, of)) in given_cases().items():
        predictors.store(name, options, given, of)
    predictors.write("adapters", predictors.tensors, predictors.settings)

    tensors, settings = {}, {}
    runs.store(RUNS, tensors, settings)
    runs.write("adapters", tensors, settings, {})


if __name__ == "__main__":
    main()
