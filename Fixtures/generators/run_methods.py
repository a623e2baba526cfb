# run_methods - every method of `lmpt train` in float64 PyTorch, for runs.py.
# SPDX-License-Identifier: Apache-2.0
"""What each method minimises and how it scores an image, from its paper and its published code.

All of them see the tiny CLIP of Fixtures/training. Random starts are torch's own: `nn.init.normal_`
for contexts, `nn.Linear` for layers, in the order in which a method makes its parts.
"""
import copy
import json
import math

import clip
import clip.model
import safetensors.numpy
import torch
import torch.nn.functional as F
from clip.simple_tokenizer import SimpleTokenizer
from torch import nn

from equation_cases import ROOT
from equations import balanced
from losses import asymmetric, balanced_asymmetric, ldam, ranking, text_version

clip.model.LayerNorm = nn.LayerNorm  # OpenAI's own goes through float32
tokenizer = SimpleTokenizer()


def tiny_model():
    """The model of training.py, and the tokens whose embeddings are stored."""
    path = ROOT / "training" / "steps.safetensors"
    stored = safetensors.numpy.load_file(path)
    net = clip.model.CLIP(32, 32, 1, 64, 16, 77, 49408, 64, 1, 2)
    state = {k[6:]: torch.tensor(v) for k, v in stored.items() if k.startswith("model/")}
    table = torch.zeros(49408, 64)
    table[stored["rows"]] = torch.tensor(stored["embeddings"])
    net.load_state_dict({**state, "token_embedding.weight": table})
    return net.double().requires_grad_(False), set(stored["rows"].tolist())


NET, KNOWN_TOKENS = tiny_model()
SCALE = NET.logit_scale.exp()


def tokenize(texts):
    tokens = clip.tokenize(texts, truncate=True)
    assert set(tokens.flatten().tolist()) <= KNOWN_TOKENS, texts
    return tokens


def text_positions(embedded):
    x = (embedded + NET.positional_embedding).permute(1, 0, 2)
    return NET.ln_final(NET.transformer(x).permute(1, 0, 2)) @ NET.text_projection


def image_positions(visual, pixels):
    """Every token of OpenAI's vision transformer through its last layer norm and projection."""
    kept = {}
    hook = visual.transformer.register_forward_hook(lambda _, __, out: kept.update(x=out))
    visual(pixels)
    hook.remove()
    return visual.ln_post(kept["x"].permute(1, 0, 2)) @ visual.proj


def unit(x):
    return F.normalize(x, dim=-1)


class Captions:
    def __init__(self, texts, cut):
        self.tokens = tokenize([t[:75] if cut == "released" else t for t in texts])
        self.ends = self.tokens.argmax(dim=1)
        self.embedded = NET.token_embedding(self.tokens)
        self.words = text_positions(self.embedded)
        self.sentences = self.words[torch.arange(len(texts)), self.ends]


class Prompts(nn.Module):
    """CoOp's prompt learner: [SOT] context name "." [EOT], the name before or amid the context."""

    def __init__(self, o, names):
        super().__init__()
        names = [name.replace("_", " ") for name in names]
        released = o["variant"] == "released"
        words = o["ctx_init"] or " ".join(["X"] * o["n_ctx"])
        tokens = tokenize([f"{words} {name}." for name in names])
        self.ends = tokens.argmax(dim=1)
        embedded = NET.token_embedding(tokens)
        count = len(words.split(" ")) if released else len(tokenizer.encode(words))
        own = o["context"] == "class-specific" and not (o["ctx_init"] and released)
        if o["ctx_init"]:
            start = embedded[:, 1 : 1 + count] if own else embedded[0, 1 : 1 + count]
        else:
            start = torch.empty(len(names), count, 64) if own else torch.empty(count, 64)
            nn.init.normal_(start, std=0.02)
        self.ctx = nn.Parameter(start.double().clone())
        self.prefix, self.suffix = embedded[:, :1], embedded[:, 1 + count :]
        self.before = {"end": None, "middle": count // 2, "front": 0}[o["class_token_position"]]
        self.lengths = [1 if released else len(tokenizer.encode(name)) for name in names]

    def embedded(self, shift=0):
        v = (self.ctx + shift).expand(len(self.lengths), -1, -1)
        if self.before is None:
            return torch.cat([self.prefix, v, self.suffix], dim=1)
        rows = []
        for row, tail, head, length in zip(v, self.suffix, self.prefix, self.lengths):
            rows.append(torch.cat([
                head, row[: self.before], tail[:length], row[self.before :], tail[length:]]))
        return torch.stack(rows)

    def forward(self, shift=0):
        return text_positions(self.embedded(shift))[torch.arange(len(self.ends)), self.ends]


def classification(o, n, total):
    """L_cls by its name, with the constants and the class counts of a run."""
    bce = F.binary_cross_entropy_with_logits
    return {
        "dbl": lambda z, y: balanced(
            z, y, n, total, o["alpha"], o["beta"], o["gamma"], o["neg_scale"], o["kappa"],
            o["focal"], o["variant"]),
        "asl": lambda z, y: asymmetric(z, y, o["gamma_neg"], o["gamma_pos"]),
        "bce": bce, "mls": F.multilabel_soft_margin_loss, "ranking": ranking,
        "softmax": lambda z, y: F.cross_entropy(z, y / y.sum(1, keepdim=True).clamp(min=1)),
        "ldam": lambda z, y: ldam(z, y, n, 0.5, 1),
        "bal": lambda z, y: balanced_asymmetric(
            z, y, n, total, o["gamma_neg"], o["gamma_pos"], 0.05, o["smoothing"], o["rarity"]),
        "inv": lambda z, y: bce(z, y, weight=total / n),
        "sqrt_inv": lambda z, y: bce(z, y, weight=(total / n).sqrt()),
    }.get(o["loss_function"]) or (
        lambda z, y: text_version(o["loss_function"], z, y, n, total, o["gamma"], o["neg_scale"]))


def caption_distance(o, prompts, captions, rows):
    """E3 in one of its three readings."""
    tokens, split = captions.embedded[rows], o["m_ctx"]
    if o["alignment"] == "sentence":
        return 1 - F.cosine_similarity(captions.sentences[rows][:, None], prompts()[None], dim=-1)
    if o["alignment"] == "tokens-all":
        a, b = tokens[:, : 77 - split], prompts.embedded()[:, split:]
        d = 1 - F.cosine_similarity(a[:, None], b[None], dim=-1)
        return d.sum(-1) if o["variant"] == "released" else d.mean(-1)
    v = prompts.ctx.expand(len(prompts.ends), -1, -1)[:, split:]
    place = torch.arange(1, 1 + v.shape[1])
    d = 1 - F.cosine_similarity(tokens[:, None, place], v[None], dim=-1)
    present = (place[None] <= captions.ends[rows][:, None])[:, None].double()
    return (d * present).sum(-1) / present.sum(-1)


def embedding_loss(o, n, prompts, captions, rows, y):
    """E6 with E4's margins and E5's weights, as far as the arm has them, and its hinges.

    Of the hinges those of negatives; a positive's place is NaN.
    """
    d = caption_distance(o, prompts, captions, rows)
    arm = o["cseloss"]
    mu = o["margin"] / n**0.25 if arm in ("margin", "softmargin") else torch.tensor(o["margin"])
    omega = torch.ones_like(n)
    if arm in ("weighted", "softmargin"):
        omega = n ** -o["weight_gamma"] / (n ** -o["weight_gamma"]).sum()
        if o["weights_sum"] == "mean":
            omega = omega * len(n)
    sign = -1 if o["variant"] == "released" else 1
    hinges = torch.where(y == 0, mu - sign * d, math.nan).detach()
    if o["variant"] == "released":
        return (omega * F.relu(mu - (2 * y - 1) * d)).mean(), hinges
    return (omega * (y * d + (1 - y) * F.relu(mu - d))).mean(), hinges


class Method(nn.Module):
    """A method: `named` tensors, L_cls and perhaps another term of a batch, logits of images."""

    def __init__(self, o, names, n, total, captions):
        super().__init__()
        self.o, self.n, self.captions = o, n, captions
        self.loss, self.hinges = classification(o, n, total), []
        self.named = {}
        self.build(o, names)

    def losses(self, batch):
        cls, prompts = self.classify(batch)
        cse, total = torch.zeros(()), cls
        if prompts is not None and self.o["cseloss"] != "none":
            cse, hinges = embedding_loss(
                self.o, self.n, prompts, self.captions, batch["captions"], batch["labels"])
            self.hinges.append(hinges)
            total = self.o["lam"] * cls + (1 - self.o["lam"]) * cse
        return cls, cse, total

    def see(self, features, labels):
        """The images trained on, for methods that start from them."""

    def take(self, given):
        """Given tensors that are not trained."""

    def extras(self):
        return {}


class CoOp(Method):
    """LMPT too: the difference is E6."""

    def build(self, o, names):
        self.prompts = Prompts(o, names)
        self.named = {"ctx": self.prompts.ctx}

    def logits(self, images):
        return SCALE * unit(images["features"]) @ unit(self.prompts()).T

    def classify(self, batch):
        return self.loss(self.logits(batch), batch["labels"]), self.prompts

    def extras(self):
        return {"text_features": self.prompts()}


class CoCoOp(CoOp):
    def build(self, o, names):
        super().build(o, names)
        first, second = nn.Linear(32, 2), nn.Linear(2, 64)
        self.net = nn.Sequential(first, nn.ReLU(), second).double()
        for name, layer in [("linear1", first), ("linear2", second)]:
            self.named |= {f"meta_net.{name}.weight": layer.weight,
                           f"meta_net.{name}.bias": layer.bias}

    def logits(self, images):
        return torch.stack([
            SCALE * unit(self.prompts(self.net(f))) @ f for f in unit(images["features"])])

    def extras(self):
        return {}


class DualCoOp(Method):
    """As published: pairs of logits, a softmax over the pair, the loss summed."""

    def build(self, o, names):
        self.positive, self.negative = Prompts(o, names), Prompts(o, names)
        self.named = {"ctx_pos": self.positive.ctx, "ctx_neg": self.negative.ctx}

    def logits(self, images):
        x = unit(images["places"]).transpose(1, 2)  # [B, E, P]
        both = unit(torch.cat([self.negative(), self.positive()]))  # negative first
        output = 20 * both @ x  # [B, 2C, P]
        attention = F.softmax(output[:, output.shape[1] // 2 :], dim=2)
        pairs = 5 * (output * torch.cat([attention, attention], dim=1)).sum(2)
        negative, positive = pairs.chunk(2, dim=1)
        return positive - negative  # the logit of the pair's softmax

    def classify(self, batch):
        y = batch["labels"]
        return 0.03 * y.numel() * self.loss(self.logits(batch), y), self.positive


class TaIDPT(Method):
    """As published: captions as images, attention over tokens with a mask of -1e4."""

    def build(self, o, names):
        self.glob, self.local = Prompts(o, names), Prompts(o, names)
        self.named = {"ctx": self.glob.ctx, "ctx_double": self.local.ctx}

    def evidence(self, places, sharpness, mask):
        cosines = unit(places) @ unit(self.local()).T  # [B, P, C]
        return (4 * cosines * F.softmax(cosines * sharpness + mask, dim=1)).sum(1)

    def classify(self, batch):
        rows, y = batch["captions"], batch["labels"]
        z = 4 * unit(self.captions.sentences[rows]) @ unit(self.glob()).T
        behind = torch.arange(77)[None] > self.captions.ends[rows][:, None]
        l = self.evidence(self.captions.words[rows], 50, behind.double()[:, :, None] * -1e4)
        return self.loss(z, y) + self.loss(l, y), self.glob

    def logits(self, images):
        z = 4 * unit(images["features"]) @ unit(self.glob()).T
        return (z + self.evidence(images["places"][:, 1:], 40, 0)) / 2


class Head(Method):
    def build(self, o, names):
        self.fc = nn.Linear(32, len(names)).double()
        self.named = {"weight": self.fc.weight, "bias": self.fc.bias}

    def logits(self, images):
        return self.fc(images["features"])

    def classify(self, batch):
        return self.loss(self.logits(batch), batch["labels"]), None


class TwoBranches(Method):
    """LTML on frozen features; the second half of a batch is the re-balanced sampler's."""

    def build(self, o, names):
        self.layers = nn.ModuleList([nn.Linear(32, len(names)) for _ in range(2)]).double()
        ones = torch.ones(len(names), dtype=torch.float64)
        self.scales = [nn.Parameter(ones.clone()) for _ in range(2)]
        self.shifts = [nn.Parameter(0 * ones) for _ in range(2)]
        for i, name in enumerate(["uniform", "rebalanced"]):
            self.named |= {
                f"{name}.weight": self.layers[i].weight, f"{name}.bias": self.layers[i].bias,
                f"{name}.scale": self.scales[i], f"{name}.shift": self.shifts[i]}

    def logits(self, images):
        return sum(layer(images["features"]) for layer in self.layers) / 2

    def losses(self, batch):
        cls, gaps = 0, []
        for i, part in enumerate([batch, batch["second"]]):
            x, y = part["features"], part["labels"]
            cls = cls + self.loss(self.layers[i](x) * self.scales[i] + self.shifts[i], y)
            gaps.append(torch.sigmoid(self.layers[0](x)) - torch.sigmoid(self.layers[1](x)))
        disagreement = torch.cat(gaps).square().mean()
        return cls, torch.zeros(()), cls + self.o["consistency"] * disagreement


class FineTuned(Head):
    def build(self, o, names):
        self.visual = copy.deepcopy(NET.visual).requires_grad_(True)
        self.named = {f"visual.{k}": v for k, v in self.visual.named_parameters()}
        self.fc = nn.Linear(32, len(names)).double()
        self.named |= {"fc.weight": self.fc.weight, "fc.bias": self.fc.bias}

    def logits(self, images):
        return self.fc(self.visual(images["pixels"]))


METHODS = {
    "lmpt": CoOp, "coop": CoOp, "cocoop": CoCoOp, "dualcoop": DualCoOp, "tai-dpt": TaIDPT,
    "linear-probe": Head, "finetune-head": Head, "ltml": TwoBranches, "finetune": FineTuned,
}
