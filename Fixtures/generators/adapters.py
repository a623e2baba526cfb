# adapters - the adapters of zero-shot CLIP in float64 PyTorch: adapters.safetensors of three folders.
# SPDX-License-Identifier: Apache-2.0
"""TaskRes, CLIP-Adapter and Tip-Adapter, written from their published code, and logit adjustment.

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


class LogitAdjustment(Adapter):
    """Menon et al.'s post-hoc rule on zero-shot CLIP."""

    def build(self, o, names):
        self.texts = unit(text_features(names))
        self.prior = self.n / self.n.sum()

    def take(self, given):
        self.prior = given["prior"]

    def logits(self, images):
        z = SCALE * unit(images["features"]) @ self.texts.T
        return z - self.o["prior_strength"] * self.prior.log()

    def extras(self):
        return {"prior": self.prior}


class TipAdapter(Adapter):
    """The cache as a layer without bias, whose weight Tip-Adapter-F trains."""

    tuned = False

    def build(self, o, names):
        self.texts = unit(text_features(names))

    def see(self, features, labels):
        self.cache, self.values = nn.Linear(*features.T.shape, bias=False), labels
        self.cache.weight = nn.Parameter(unit(features).clone(), requires_grad=self.tuned)
        if self.tuned:
            self.named = {"keys": self.cache.weight}

    def take(self, given):
        self.see(given["keys"], given["values"])
        self.cache.weight = nn.Parameter(given["keys"], requires_grad=False)  # as they are

    def logits(self, images):
        f, o = unit(images["features"]), self.o
        votes = (-(o["cache_sharpness"] - o["cache_sharpness"] * self.cache(f))).exp()
        return SCALE * f @ self.texts.T + o["cache_weight"] * votes @ self.values

    def extras(self):
        return {"keys": self.cache.weight, "values": self.values}


class TipAdapterF(TipAdapter):
    tuned = True


METHODS |= {"task-res": TaskRes, "clip-adapter": CLIPAdapter, "logit-adjustment": LogitAdjustment,
            "tip-adapter": TipAdapter, "tip-adapter-f": TipAdapterF}

OWN = {"residual_scale": 0.5, "adapter_ratio": 0.2, "templates": "single", "prior_strength": 1.0,
       "cache_weight": 1.17, "cache_sharpness": 1.0}
BASE = {**SHARED, **OWN, "loss_function": "softmax", "schedule": "warmup-cosine"}
UNTRAINED = {**BASE, "epochs": 1}
STEPS = {  # options, optimiser and rate of six steps
    "task-res": ({"method": "task-res"}, "sgd", 0.5),
    "task-res-scale": (
        {"method": "task-res", "residual_scale": 2.0, "loss_function": "bce"}, "adam", 0.01),
    "clip-adapter": ({"method": "clip-adapter"}, "sgd", 0.05),
    "clip-adapter-ratio": (
        {"method": "clip-adapter", "adapter_ratio": 0.7, "loss_function": "asl"}, "sgd", 0.05),
    "logit-adjustment": ({"method": "logit-adjustment"}, None, None),
    "tip-adapter": ({"method": "tip-adapter"}, None, None),
    "tip-adapter-f": ({"method": "tip-adapter-f"}, "adamw", 0.01),
    "tip-adapter-f-cache": ({"method": "tip-adapter-f", "cache_weight": 3.0,
                             "cache_sharpness": 5.5, "loss_function": "bce"}, "sgd", 0.5),
}
RUNS = {
    "task-res": {**BASE, "method": "task-res", "lr": 0.02, "weight_decay": 5e-4,
                 "optimizer": "adam"},
    "task-res-scale": {**BASE, "method": "task-res", "lr": 0.02, "residual_scale": 3.0,
                       "loss_function": "bce", "optimizer": "adamw", "scores": "logit"},
    "clip-adapter": {**BASE, "method": "clip-adapter", "weight_decay": 5e-4},
    "clip-adapter-ratio": {**BASE, "method": "clip-adapter", "adapter_ratio": 0.6, "seed": 1,
                           "sampling": "class-aware", "schedule": "cosine"},
    "logit-adjustment": {**UNTRAINED, "method": "logit-adjustment"},
    "logit-adjustment-strength": {**UNTRAINED, "method": "logit-adjustment", "prior_strength": 2.5},
    # all images of the tiny CLIP lie within half a radian: softmax scores need a sharp cache
    "tip-adapter": {**UNTRAINED, "method": "tip-adapter", "scores": "logit"},
    "tip-adapter-cache": {**UNTRAINED, "method": "tip-adapter", "cache_weight": 1.0,
                          "cache_sharpness": 50.0},
    "tip-adapter-f": {**BASE, "method": "tip-adapter-f", "optimizer": "adamw", "lr": 0.01,
                      "weight_decay": 0.01, "schedule": "cosine", "scores": "logit"},
    "tip-adapter-f-cache": {**BASE, "method": "tip-adapter-f", "lr": 0.002, "cache_weight": 0.5,
                            "cache_sharpness": 9.0, "validation": 0.0, "scores": "logit"},
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
        method.take(given)
        assert set(given) == set(method.named) | set(method.extras()), options
        method.named = {name: given[name] for name in method.named}
        return method.logits({"features": features})

    return " ".join(f"{k}={v}" for k, v in options.items()), of


def normal(*shape, std=1.0):
    return f32(rng.normal(0, std, size=shape))


def shares(count):
    counts = rng.integers(1, 200, size=count)
    return f32(counts / counts.sum())


def given_cases():
    """Options, given tensors and scores; the tensors are large enough for every term to matter."""
    C, E = predictors.C, predictors.E

    def cache(images, **options):
        """Keys that are no unit vectors any more, and labels."""
        labels = f32(rng.random((images, C)) < 0.4)
        keys = normal(images, E, std=0.25)
        return {"keys": keys, "values": labels}, scores(**options)

    def net():
        return {"fc.0.weight": normal(E // 4, E, std=0.4), "fc.2.weight": normal(E, E // 4)}

    return {
        "task-res": ({"text_feature_residuals": normal(C, E, std=2)}, scores(method="task-res")),
        "task-res-scale": ({"text_feature_residuals": normal(C, E, std=0.5)},
                           scores(method="task-res", residual_scale=3.0)),
        "clip-adapter": (net(), scores(method="clip-adapter")),
        "clip-adapter-ratio": (net(), scores(method="clip-adapter", adapter_ratio=0.7)),
        "logit-adjustment": ({"prior": shares(C)}, scores(method="logit-adjustment")),
        "logit-adjustment-strength": (
            {"prior": shares(C)}, scores(method="logit-adjustment", prior_strength=3.0)),
        "tip-adapter": cache(9, method="tip-adapter"),
        "tip-adapter-f": cache(11, method="tip-adapter-f", cache_weight=3.0, cache_sharpness=4.0),
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
