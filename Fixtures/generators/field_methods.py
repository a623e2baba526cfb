# field_methods - graphs, category prompts, frames and memories in float64 PyTorch.
# SPDX-License-Identifier: Apache-2.0
"""LT-GCN and ML-GCN, CPRFL, MLC-NC, BBN and OLTR on frozen features, written from their published code.

`python field_methods.py` rewrites field_methods.safetensors of Fixtures/training, predictors and
runs, after `training.py` and `mini.py`; the same versions give the same bytes. Each method stands
here once: six steps of it are stored as those of baselines.py, its scores from given tensors as
those of predictors.py, and whole runs as those of runs.py.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import baselines
import predictors
import runs
from adapters import text_features
from equation_cases import f32
from run_cases import SHARED
from run_methods import METHODS, Method, unit

rng = np.random.default_rng(2511)
WIDTH = 32


def parameter(x):
    return nn.Parameter(x.double())


def module_tensors(**modules):
    """The tensors of modules under their names in the published code."""
    return {f"{name.replace('__', '.')}.{key}": value
            for name, module in modules.items() for key, value in module.named_parameters()}


class Field(Method):
    """A method with `kept` tensors that no step changes."""

    def classify(self, batch):
        return self.loss(self.logits(batch), batch["labels"]), None

    def take(self, given):
        self.kept = {name: given[name] for name in self.kept}

    def extras(self):
        return self.kept


class Graph(Field):
    def build(self, o, names):
        self.texts = unit(text_features(names))
        self.named = {}
        for i, (a, b) in enumerate(zip(self.widths, self.widths[1:]), start=1):
            bound = 1 / math.sqrt(b)
            start = torch.empty(a, b).uniform_(-bound, bound)
            self.named[f"gc{i}.weight"] = parameter(start)
        self.kept = {"adjacency": torch.zeros(len(names), len(names)).double()}

    def classes(self):
        x = self.texts
        for i, weight in enumerate(self.named.values()):
            x = F.leaky_relu(x, 0.2) if i else x
            x = self.kept["adjacency"] @ (x @ weight)
        return x


class LTGCN(Graph):
    widths = [WIDTH, 2 * WIDTH, 2 * WIDTH, WIDTH]

    def see(self, features, labels):
        a = labels.T @ labels
        a.fill_diagonal_(0)
        alone = a.sum(1) == 0
        a = 0.2 * a / a.sum(1, keepdim=True)
        a.fill_diagonal_(0.8)
        a[alone] = torch.eye(len(a)).double()[alone]
        self.kept = {"adjacency": a}

    def logits(self, images):
        return 10 * unit(images["features"]) @ unit(self.classes() + self.texts).T


class MLGCN(Graph):
    widths = [WIDTH, WIDTH, WIDTH]

    def see(self, features, labels):
        together = labels.T @ labels
        share = together / together.diagonal().clamp(min=1)[:, None]
        edges = (share >= 0.4).double()
        edges.fill_diagonal_(0)
        a = edges * 0.25 / edges.sum(0, keepdim=True).clamp(min=1) + torch.eye(len(edges)).double()
        d = torch.diag(a.sum(1) ** -0.5)
        self.kept = {"adjacency": (a @ d).T @ d}

    def logits(self, images):
        return images["features"] @ self.classes().T


class CPRFL(Field):
    """The transformer layer sees every token and is computed for every token, places included."""

    def build(self, o, names):
        e, inner = WIDTH, 8 * (WIDTH // 4)
        self.texts = unit(text_features(names))
        self.emb = nn.Sequential(
            nn.Linear(e, e // 2), nn.Identity(), nn.GELU(), nn.Linear(e // 2, e)).double()
        self.fc = nn.Sequential(nn.Linear(e, e)).double()
        self.norm, self.norm2 = nn.LayerNorm(e).double(), nn.LayerNorm(e).double()
        self.qkv = nn.Linear(e, 3 * inner, bias=False).double()
        self.out = nn.Sequential(nn.Linear(inner, e)).double()
        self.net = nn.Sequential(
            nn.Linear(e, e), nn.GELU(), nn.Identity(), nn.Linear(e, e)).double()
        layer = "attention.layers.0"
        self.named = module_tensors(label_emb=self.emb, fc=self.fc) | module_tensors(**{
            f"{layer}.0.norm": self.norm, f"{layer}.0.fn.to_qkv": self.qkv,
            f"{layer}.0.fn.to_out": self.out, f"{layer}.1.norm": self.norm2,
            f"{layer}.1.fn.net": self.net})
        self.kept = {}

    def load(self, given):
        """Takes given tensors into the modules."""
        with torch.no_grad():
            for name, value in self.named.items():
                value.copy_(given[name])

    def logits(self, images):
        prompts = self.emb(self.texts)  # [C, E]
        grid = self.fc(images["places"][:, 1:])
        x = torch.cat([grid, prompts.expand(len(grid), -1, -1)], dim=1)
        q, k, v = (t.unflatten(2, (8, -1)).transpose(1, 2) for t in
                   self.qkv(self.norm(x)).chunk(3, dim=-1))  # [B, heads, T, size]
        weights = (q @ k.transpose(2, 3) / math.sqrt(q.shape[3])).softmax(3)
        x = x + self.out((weights @ v).transpose(1, 2).flatten(2))
        x = x + self.net(self.norm2(x))
        return torch.einsum("bce,ce->bc", x[:, -len(prompts):], prompts)


def frame(classes, width):
    """Columns of a random orthonormal matrix less their mean, longer by sqrt(C / (C - 1))."""
    q, r = np.linalg.qr(torch.rand(classes, width).double().numpy().T)
    p = torch.tensor(q * np.sign(np.diag(r)))
    centred = p @ (torch.eye(classes).double() - 1 / classes)
    return (math.sqrt(classes / (classes - 1)) * centred).T  # [C, width]


class MLCNC(Field):
    """torch's own multi-head attention; the second term is the code's feature-label loss."""

    def build(self, o, names):
        count, size = len(names), 20
        self.kept = {"query_embed": frame(count, WIDTH),
                     "proto_classifier": frame(count, size * count)}
        self.embed = nn.Linear(WIDTH, WIDTH).double()
        self.attention = nn.MultiheadAttention(WIDTH, 8).double()
        start = nn.init.xavier_normal_(torch.empty(count, WIDTH, size))
        self.named = module_tensors(embed=self.embed, multihead_attn=self.attention) | {
            "duplicate_proto": parameter(start),
            "duplicate_proto_bias": parameter(torch.zeros(count, size)),
            "temperature": parameter(torch.ones(1))}

    load = CPRFL.load

    def features(self, images):
        x = F.relu(self.embed(images["places"][:, 1:])).transpose(0, 1)  # [P, B, E]
        queries = self.kept["query_embed"][:, None].expand(-1, x.shape[1], -1)
        return self.attention(queries, x, x)[0].transpose(0, 1)  # [B, C, E]

    def scores(self, h):
        own = torch.einsum("bce,cek->bck", h, self.named["duplicate_proto"])
        own = unit(own + self.named["duplicate_proto_bias"])
        return self.named["temperature"] * own.flatten(1) @ self.kept["proto_classifier"].T

    def logits(self, images):
        return self.scores(self.features(images))

    def losses(self, batch):
        h, y = self.features(batch), batch["labels"]
        cls, count = self.loss(self.scores(h), y), h.shape[1]
        s = F.cosine_similarity(h, self.kept["query_embed"][None], dim=-1)
        away = 1 - (count - 1) / count * (1 / (count - 1) + s).abs()
        fit = -(y * ((1 + s) / 2 + 1e-6).log() + (1 - y) * (away + 1e-6).log()).mean()
        return cls, torch.zeros(()), cls + 0.5 * fit


class BBN(Field):
    """The second half of a batch is the reversed sampler's."""

    def build(self, o, names):
        self.blocks = nn.ModuleList([nn.Linear(WIDTH, WIDTH) for _ in range(2)]).double()
        self.classifier = nn.Linear(2 * WIDTH, len(names)).double()
        self.named = module_tensors(
            cb_block=self.blocks[0], rb_block=self.blocks[1], classifier=self.classifier)
        self.kept = {}

    load = CPRFL.load

    def branch(self, i, x):
        return x + F.relu(self.blocks[i](x))

    def logits(self, images):
        x = images["features"]
        return self.classifier(torch.cat([self.branch(0, x), self.branch(1, x)], dim=1))

    def losses(self, batch):
        other, share = batch["second"], 1 - batch["elapsed"] ** 2
        mixed = 2 * torch.cat([share * self.branch(0, batch["features"]),
                               (1 - share) * self.branch(1, other["features"])], dim=1)
        z = self.classifier(mixed)
        cls = share * self.loss(z, batch["labels"]) + (1 - share) * self.loss(z, other["labels"])
        return cls, torch.zeros(()), cls


class OLTR(Field):
    def build(self, o, names):
        self.hallucinator = nn.Linear(WIDTH, len(names)).double()
        self.selector = nn.Linear(WIDTH, WIDTH).double()
        bound = 1 / math.sqrt(WIDTH)
        weight = torch.empty(len(names), WIDTH).uniform_(-bound, bound)
        self.named = module_tensors(
            fc_hallucinator=self.hallucinator, fc_selector=self.selector)
        self.named["cosnorm_classifier.weight"] = parameter(weight)
        self.kept = {"centroids": torch.zeros(len(names), WIDTH).double()}

    load = CPRFL.load

    def see(self, features, labels):
        rows = [features[shown == 1].mean(0) for shown in labels.T]
        self.kept = {"centroids": torch.stack(rows)}

    def logits(self, images):
        x, memory = images["features"], self.kept["centroids"]
        nearest = torch.cdist(x, memory, compute_mode="donot_use_mm_for_euclid_dist").min(1).values
        reach = 10 / nearest.clamp(min=1e-4)[:, None]
        recalled = self.hallucinator(x).softmax(dim=1) @ memory
        x = reach * (x + self.selector(x).tanh() * recalled)
        length = x.norm(dim=1, keepdim=True)
        x = length / (1 + length) * (x / length)
        return 16 * x @ unit(self.named["cosnorm_classifier.weight"]).T


METHODS |= {"lt-gcn": LTGCN, "ml-gcn": MLGCN, "cprfl": CPRFL, "mlc-nc": MLCNC, "bbn": BBN,
            "oltr": OLTR}

BASE = {**SHARED, "templates": "single", "scores": "logit", "schedule": "cosine"}
LOSSES = {"lt-gcn": "dbl", "ml-gcn": "mls", "cprfl": "asl", "mlc-nc": "asl",
          "bbn": "bce", "oltr": "bce", "linear-probe": "bce"}
STEPS = {  # method, its options, optimiser and rate of six steps
    "lt-gcn": ("lt-gcn", {}, "sgd", 0.05),
    "lt-gcn-adam": ("lt-gcn", {"loss_function": "asl"}, "adam", 0.001),
    "ml-gcn": ("ml-gcn", {}, "sgd", 0.05),
    "cprfl": ("cprfl", {}, "sgd", 0.1),
    "cprfl-bce": ("cprfl", {"loss_function": "bce"}, "adamw", 0.001),
    "mlc-nc": ("mlc-nc", {}, "sgd", 0.1),
    "mlc-nc-bce": ("mlc-nc", {"loss_function": "bce"}, "sgd", 0.05),
    "bbn": ("bbn", {}, "sgd", 0.1),
    "oltr": ("oltr", {}, "sgd", 0.1),
}
RUNS = {
    "lt-gcn": ("lt-gcn", {"optimizer": "adam", "lr": 0.001}),
    "lt-gcn-bce": ("lt-gcn", {"loss_function": "bce", "lr": 0.1, "sampling": "class-aware"}),
    "ml-gcn": ("ml-gcn", {"schedule": "constant", "lr": 0.1}),
    "cprfl": ("cprfl", {"lr": 0.1}),
    "mlc-nc": ("mlc-nc", {"sampling": "class-aware", "lr": 0.1}),
    "bbn": ("bbn", {"lr": 0.1, "epochs": 4}),
    "oltr": ("oltr", {"sampling": "class-aware", "weight_decay": 5e-4, "lr": 0.1}),
    "reversed": ("linear-probe", {"sampling": "reversed", "optimizer": "adamw", "lr": 0.01}),
}


def options(method, changed):
    return {**BASE, "method": method, "loss_function": LOSSES[method], **changed}


def six_steps(name, method, changed, rule, rate):
    """As baselines.train, for losses of more than one term."""
    torch.manual_seed(0)
    net = METHODS[method](
        options(method, changed), baselines.NAMES, baselines.COUNTS, baselines.TOTAL, None)
    net.see(baselines.features.flatten(0, 1), baselines.labels.flatten(0, 1))
    optimiser = runs.make_optimizer(
        {"optimizer": rule, "lr": rate, "momentum": 0.9, "weight_decay": 1e-4},
        list(net.named.values()))
    rows = []
    for s in range(baselines.STEPS):
        other = baselines.STEPS - 1 - s
        losses = net.losses({
            "features": baselines.features[s], "places": baselines.places[s],
            "labels": baselines.labels[s], "elapsed": s / baselines.STEPS, "second": {
                "features": baselines.features[other], "labels": baselines.labels[other]}})
        rows.append([float(x.detach()) for x in losses])
        optimiser.zero_grad()
        losses[2].backward()
        optimiser.step()
    stored = {f"{name}/losses": np.array(rows)}
    for key, value in {**net.named, **net.extras()}.items():
        stored[f"{name}/{key}"] = f32(value.detach())
    return stored


def scores(method, **changed):
    """What a method says of images, in the form of predictors.py."""
    def of(given, features, places, pixels):
        with torch.no_grad():
            net = METHODS[method](
                options(method, changed), predictors.NAMES, torch.ones(predictors.C), 1, None)
            assert set(given) == set(net.named) | set(net.extras()), method
            net.take(given)
            if hasattr(net, "load"):
                net.load(given)
            else:
                net.named = {name: given[name] for name in net.named}
            return net.logits({"features": features, "places": places})

    return " ".join(f"{k}={v}" for k, v in {"method": method, **changed}.items()), of


def drawn(shapes, kept):
    """Tensors of a layer's own size, so that every term matters."""
    given = {}
    for name, shape in shapes.items():
        fan = shape[-1] if len(shape) > 1 else 4
        given[name] = f32(rng.normal(0, 1 / math.sqrt(fan), size=shape))
        if "norm.weight" in name or name == "temperature":
            given[name] = f32(rng.uniform(0.5, 1.5, size=shape))
    return given | {name: f32(value) for name, value in kept.items()}


def given_cases():
    C, E = predictors.C, predictors.E
    torch.manual_seed(3)
    cases = {}
    shares = rng.uniform(0, 1, size=(C, C))
    kept = {
        "lt-gcn": {"adjacency": shares}, "ml-gcn": {"adjacency": shares.T}, "cprfl": {},
        "mlc-nc": {"query_embed": frame(C, E), "proto_classifier": frame(C, 20 * C)},
        "bbn": {}, "oltr": {"centroids": rng.normal(size=(C, E))},
    }
    for name, tensors in kept.items():
        start = METHODS[name](options(name, {}), predictors.NAMES, torch.ones(C), 1, None)
        shapes = {key: tuple(value.shape) for key, value in start.named.items()}
        cases[name] = (drawn(shapes, tensors), scores(name))
    return cases


def main():
    drawn_rows = runs.reversed_classes(baselines.MEMBERS, 60, runs.generator(5))
    stored = {"reversed": np.array(drawn_rows, dtype=np.int64)}
    for name, (method, changed, rule, rate) in STEPS.items():
        stored |= six_steps(name, method, changed, rule, rate)
    baselines.write("field_methods", stored, {})

    predictors.tensors.clear()
    predictors.settings.clear()
    for name, (given, (words, of)) in given_cases().items():
        predictors.store(name, words, given, of)
    predictors.write("field_methods", predictors.tensors, predictors.settings)

    tensors, settings = {}, {}
    runs.store({name: options(*run) for name, run in RUNS.items()}, tensors, settings)
    runs.write("field_methods", tensors, settings, {})


if __name__ == "__main__":
    main()
