# baselines - the compared methods in float64 PyTorch: Fixtures/training/baselines.safetensors.
# SPDX-License-Identifier: Apache-2.0
"""Six steps of every baseline on the tiny CLIP of Fixtures/training, written from their papers.

`python baselines.py` rewrites the file after `training.py`; the same versions give the same bytes.
The random starts are torch's own: `nn.init.normal_` for contexts, `nn.Linear` for layers.
"""
import hashlib
import json

import clip
import clip.model
import numpy as np
import safetensors.numpy
import torch
import torch.nn.functional as F
from torch import nn

from equation_cases import ROOT, const, f32, record, saved
from equations import balanced

torch.set_num_threads(1)
STEPS, BATCH, TOTAL = 6, 8, 1142
clip.model.LayerNorm = nn.LayerNorm  # OpenAI's own goes through float32
source = safetensors.numpy.load_file(ROOT / "training" / "steps.safetensors")
with open(ROOT / "training" / "steps.safetensors", "rb") as file:
    size = int.from_bytes(file.read(8), "little")
    meta = json.loads(file.read(size))["__metadata__"]
NAMES, CAPTIONS = json.loads(meta["names"]), json.loads(meta["captions"])
COUNTS = const(source["counts"])
C = len(NAMES)


def model():
    net = clip.model.CLIP(32, 32, 1, 64, 16, 77, 49408, 64, 1, 2)
    state = {k[6:]: torch.tensor(v) for k, v in source.items() if k.startswith("model/")}
    table = torch.zeros(49408, 64)
    table[source["rows"]] = torch.tensor(source["embeddings"])
    net.load_state_dict({**state, "token_embedding.weight": table})
    return net.double().requires_grad_(False)


NET = model()
rng = np.random.default_rng(31)
features, labels = const(source["features"]), const(source["labels"])
tensors = {
    "places": f32(rng.normal(size=(STEPS, BATCH, 5, 32))),
    "pixels": f32(rng.normal(size=(STEPS, 4, 3, 32, 32))),
}
places, pixels = const(tensors["places"]), const(tensors["pixels"])


def text_positions(embedded):
    x = (embedded + NET.positional_embedding).permute(1, 0, 2)
    return NET.ln_final(NET.transformer(x).permute(1, 0, 2)) @ NET.text_projection


class Prompts(nn.Module):
    """[SOT] context [name] "." [EOT], as CoOp lays them out."""

    def __init__(self, words, shared):
        super().__init__()
        tokens = clip.tokenize([f"{words} {name.replace('_', ' ')}." for name in NAMES])
        self.ends = tokens.argmax(dim=1)
        embedded = NET.token_embedding(tokens)
        count = len(words.split())
        self.prefix, self.suffix = embedded[:, :1], embedded[:, 1 + count:]
        if words.startswith("X"):
            start = torch.empty(count, 64) if shared else torch.empty(C, count, 64)
            nn.init.normal_(start, std=0.02)
        else:
            start = embedded[0, 1 : 1 + count].clone()
        self.ctx = nn.Parameter(start.double())

    def forward(self, shift=0):
        v = (self.ctx + shift).expand(C, -1, -1)
        x = torch.cat([self.prefix, v, self.suffix], dim=1)
        return text_positions(x)[torch.arange(C), self.ends]


caption_tokens = clip.tokenize(CAPTIONS)
caption_ends = caption_tokens.argmax(dim=1)
words = text_positions(NET.token_embedding(caption_tokens))  # of every token
sentences = words[torch.arange(len(CAPTIONS)), caption_ends]


def unit(x):
    return F.normalize(x, dim=-1)


def embedding_loss(texts, y):
    """E6 with E4's margins and E5's weights on sentence distances."""
    d = 1 - F.cosine_similarity(sentences[:, None], texts[None], dim=-1)
    mu = 0.2 / COUNTS**0.25
    omega = COUNTS**-2 / (COUNTS**-2).sum()
    return (omega * (y * d + (1 - y) * F.relu(mu - d))).mean()


def soft_labels(z, y):
    return -((y / y.sum(1, keepdim=True).clamp(min=1)) * F.log_softmax(z, dim=1)).sum() / len(z)


def ranking(z, y):
    terms = [F.relu(1 - z[k][y[k] == 1][:, None] + z[k][y[k] == 0][None]).sum()
             for k in range(len(z))]
    return torch.stack(terms).mean()


def asymmetric(p, y, negative, positive, clip_at=0.05):
    p0 = (1 - p + clip_at).clamp(max=1)
    cells = y * p.clamp(min=1e-8).log() + (1 - y) * p0.clamp(min=1e-8).log()
    with torch.no_grad():
        weight = (1 - y * p - (1 - y) * p0) ** (positive * y + negative * (1 - y))
    return -cells * weight


class CoOp(nn.Module):
    def __init__(self, shared, loss):
        super().__init__()
        self.prompts, self.loss = Prompts("X X X X", shared), loss
        self.named = {"ctx": self.prompts.ctx}

    def parts(self, s):
        texts = self.prompts()
        z = NET.logit_scale.exp() * unit(features[s]) @ unit(texts).T
        return self.loss(z, labels[s]), texts


class CoCoOp(nn.Module):
    def __init__(self):
        super().__init__()
        self.prompts = Prompts("a photo of a", True)
        first, second = nn.Linear(32, 2), nn.Linear(2, 64)
        self.net = nn.Sequential(first, nn.ReLU(), second).double()
        self.named = {"ctx": self.prompts.ctx}
        for name, layer in [("linear1", first), ("linear2", second)]:
            self.named |= {f"meta_net.{name}.weight": layer.weight,
                           f"meta_net.{name}.bias": layer.bias}

    def parts(self, s):
        rows = []
        for f in unit(features[s]):
            texts = unit(self.prompts(self.net(f)))
            rows.append(NET.logit_scale.exp() * texts @ f)
        return soft_labels(torch.stack(rows), labels[s]), self.prompts()


class DualCoOp(nn.Module):
    """As published: pairs of logits, a softmax over the pair, the loss summed."""

    def __init__(self):
        super().__init__()
        self.positive, self.negative = Prompts("X X X X", False), Prompts("X X X X", False)
        self.named = {"ctx_pos": self.positive.ctx, "ctx_neg": self.negative.ctx}

    def parts(self, s):
        claims = self.positive()
        x = unit(places[s]).transpose(1, 2)  # [B, E, P]
        both = unit(torch.cat([self.negative(), claims]))  # negative first
        output = 20 * both @ x  # [B, 2C, P]
        attention = F.softmax(output[:, C:], dim=2)
        pooled = 5 * (output * torch.cat([attention, attention], dim=1)).sum(2)
        p = F.softmax(pooled.view(-1, 2, C), dim=1)[:, 1]
        return 0.03 * asymmetric(p, labels[s], 2, 1).sum(), claims


class TaIDPT(nn.Module):
    """As published: captions as images, attention over tokens with a mask of -1e4."""

    def __init__(self):
        super().__init__()
        self.glob, self.local = Prompts("X X X X", True), Prompts("X X X X", True)
        self.named = {"ctx": self.glob.ctx, "ctx_double": self.local.ctx}

    def parts(self, s):
        texts = self.glob()
        z = 4 * unit(sentences) @ unit(texts).T
        cosines = unit(words).transpose(0, 1) @ unit(self.local()).T  # [T, B, C]
        behind = torch.arange(77)[:, None] > caption_ends[None]
        masked = cosines * 50 + (behind.double() * -1e4)[:, :, None]
        local = (4 * cosines * F.softmax(masked, dim=0)).sum(0)
        return ranking(z, labels[s]) + ranking(local, labels[s]), texts


class Head(nn.Module):
    def __init__(self, loss):
        super().__init__()
        self.fc, self.loss = nn.Linear(32, C).double(), loss
        self.named = {"weight": self.fc.weight, "bias": self.fc.bias}

    def parts(self, s):
        return self.loss(self.fc(features[s]), labels[s]), None


class TwoBranches(nn.Module):
    """The second sampler's batch is that of the mirrored step."""

    def __init__(self):
        super().__init__()
        self.named = {}
        self.layers = nn.ModuleList([nn.Linear(32, C), nn.Linear(32, C)]).double()
        self.scales = [nn.Parameter(torch.ones(C).double()) for _ in range(2)]
        self.shifts = [nn.Parameter(torch.zeros(C).double()) for _ in range(2)]
        for i, name in enumerate(["uniform", "rebalanced"]):
            self.named |= {
                f"{name}.weight": self.layers[i].weight, f"{name}.bias": self.layers[i].bias,
                f"{name}.scale": self.scales[i], f"{name}.shift": self.shifts[i]}

    def parts(self, s):
        inputs = [(features[s], labels[s]), (features[STEPS - 1 - s], labels[STEPS - 1 - s])]
        loss, gaps = 0, []
        for i, (x, y) in enumerate(inputs):
            z = self.layers[i](x) * self.scales[i] + self.shifts[i]
            loss = loss + F.binary_cross_entropy_with_logits(z, y)
            gaps.append(torch.sigmoid(self.layers[0](x)) - torch.sigmoid(self.layers[1](x)))
        return loss, 0.1 * torch.cat(gaps).square().mean()


class FineTuned(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.visual = nn.Linear(32, C).double(), model().visual.requires_grad_(True)
        self.named = {f"visual.{k}": v for k, v in self.visual.named_parameters()}
        self.named |= {"fc.weight": self.fc.weight, "fc.bias": self.fc.bias}

    def parts(self, s):
        z = self.fc(self.visual(pixels[s]))
        return released(z, labels[s][:4]), None


def released(z, y):
    return balanced(z, y, COUNTS, TOTAL, variant="released")


def coop_asl(z, y):
    return asymmetric(torch.sigmoid(z), y, 4, 0).mean()


RUNS = {  # the method at its start, the share of L_cls, optimiser and rate
    "coop": (lambda: CoOp(True, soft_labels), 1, "sgd", 0.05),
    "coop-asl": (lambda: CoOp(False, coop_asl), 1, "sgd", 0.05),
    "cocoop": (CoCoOp, 1, "sgd", 0.05), "cocoop-e6": (CoCoOp, 0.5, "sgd", 0.05),
    "dualcoop": (DualCoOp, 1, "sgd", 0.01), "dualcoop-e6": (DualCoOp, 0.5, "sgd", 0.01),
    "tai-dpt": (TaIDPT, 1, "sgd", 0.05), "tai-dpt-e6": (TaIDPT, 0.5, "sgd", 0.05),
    "linear-probe": (lambda: Head(F.binary_cross_entropy_with_logits), 1, "adamw", 0.01),
    "linear-probe-inv": (lambda: Head(lambda z, y: F.binary_cross_entropy_with_logits(
        z, y, weight=TOTAL / COUNTS)), 1, "adamw", 0.01),
    "finetune-head": (lambda: Head(released), 1, "adamw", 0.01),
    "ltml": (TwoBranches, 1, "sgd", 0.5),
    "finetune": (FineTuned, 1, "sgd", 0.01),
}


def train(run, build, share, rule, rate):
    torch.manual_seed(0)
    net = build()
    values = list(net.named.values())
    if not values:  # the losses of a method that trains nothing
        rows = [[float(net.parts(s)[0]), 0, float(net.parts(s)[0])] for s in range(STEPS)]
        tensors[f"{run}/losses"] = np.array(rows)
        return
    adaptive = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    optimiser = (
        torch.optim.SGD(values, lr=rate, momentum=0.9, weight_decay=1e-4) if rule == "sgd"
        else adaptive[rule](values, lr=rate, weight_decay=1e-4))
    rows = []
    for s in range(STEPS):
        cls, other = net.parts(s)
        cse, loss = torch.zeros(()), cls
        if run == "ltml":
            loss = cls + other
        elif share < 1:
            cse = embedding_loss(other, labels[s])
            loss = share * cls + (1 - share) * cse
        rows.append([float(cls), float(cse), float(loss)])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    tensors[f"{run}/losses"] = np.array(rows)
    for name, value in net.named.items():
        tensors[f"{run}/{name}"] = f32(value.detach())


def class_aware(members, count, seed):
    """Classes in turn and their images in turn, both in random orders drawn again when used up."""
    generator = torch.Generator().manual_seed(seed)

    def cycle(items):
        while True:
            for i in torch.randperm(len(items), generator=generator).tolist():
                yield items[i]

    classes, images = cycle(range(len(members))), [cycle(m) for m in members]
    return [next(images[next(classes)]) for _ in range(count)]


def mini_class_features():
    """Zero-shot class features of the mini benchmark: eighty templates, and the released cut."""
    net = clip.model.CLIP(128, 96, 4, 128, 16, 77, 49408, 128, 2, 4)
    net.load_state_dict({k: torch.tensor(v) for k, v in safetensors.numpy.load_file(
        ROOT / "mini" / "clip.safetensors").items()})
    net = net.double().requires_grad_(False)
    names = [line.split()[0].replace("_", " ")
             for line in (ROOT / "mini" / "mini_labels.txt").read_text().splitlines()]
    templates = (ROOT / "training" / "templates.txt").read_text().splitlines()
    rows = []
    for name in names:
        texts = clip.tokenize([template.format(name) for template in templates])
        rows.append(unit(unit(net.encode_text(texts)).mean(0)))
    tensors["mini/ensemble"] = f32(torch.stack(rows))
    cut = [" ".join(t.format(name.split(" ")[0]) for t in templates)[:76] for name in names]
    tensors["mini/released"] = f32(unit(net.encode_text(clip.tokenize(cut))))


MEMBERS = [[0, 3, 4], [1], [2, 3, 5, 6, 7], [4, 7]]


def main():
    mini_class_features()
    for run, (build, share, rule, rate) in RUNS.items():
        train(run, build, share, rule, rate)
    tensors["class-aware"] = np.array(class_aware(MEMBERS, 60, 5), dtype=np.int64)
    write("baselines", tensors, {"members": json.dumps(MEMBERS)})


def write(name, tensors, settings):
    """A file of Fixtures/training with its entry of the manifest."""
    data = saved({k: np.ascontiguousarray(v) for k, v in tensors.items()}, settings)
    (ROOT / "training" / f"{name}.safetensors").write_bytes(data)
    why = "float32 against float64 through two or three transformer layers and six updates"
    entry = {
        "path": f"training/{name}.safetensors", "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data), "topic": name, "generator": f"generators/{name}.py",
        "outputs": [
            {"name": "losses", "rtol": 1e-5, "atol": 1e-9, "why": why},
            {"name": "tensors", "rtol": 1e-5, "atol": 2e-6, "why": why},
        ],
        "error": None,
    }
    record(
        ROOT / "training" / "manifest.json",
        {"torch": torch.__version__.split("+")[0], "clip-anytorch": "2.6.0"}, entry)


if __name__ == "__main__":
    main()
