# training - E1 and A1 in float64 PyTorch with OpenAI's own text tower: Fixtures/training.
# SPDX-License-Identifier: Apache-2.0
"""A tiny CLIP with random weights and the real vocabulary, of which only the used rows are stored.

`python training.py` rewrites Fixtures/training; the same versions give the same bytes.
"""
import hashlib
import json

import clip
import clip.model
import numpy as np
import torch
import torch.nn.functional as F
from clip.simple_tokenizer import SimpleTokenizer

from equation_cases import ROOT, f32, record, saved
from equations import balanced

WIDTH, JOINT, STEPS, BATCH, TOTAL = 64, 32, 6, 8, 1142
NAMES = ["aeroplane", "diningtable", "person", "traffic_light", "sheep"]
COUNTS = torch.tensor([6.0, 240, 775, 50, 5], dtype=torch.float64)
CAPTIONS = [
    "a man riding a horse", "two cars driving down a city street with buildings.",
    "a table with plates", "an aeroplane", "sheep on a hill in front of a very old stone house",
    "traffic lights at night", "", "a person and a sheep",
]
tokenizer = SimpleTokenizer()


clip.model.LayerNorm = torch.nn.LayerNorm  # OpenAI's own goes through float32


def model():
    torch.manual_seed(5)
    net = clip.model.CLIP(JOINT, 32, 1, 64, 16, 77, 49408, WIDTH, 1, 2)
    with torch.no_grad():
        # larger than the usual start, so that 77 positions and two layers matter
        net.token_embedding.weight.normal_(std=0.3)
        net.positional_embedding.normal_(std=0.2)
        net.logit_scale.fill_(np.log(20.0))
        for p in net.parameters():
            p.copy_(p.float())
    return net.double().requires_grad_(False)


NET = model()


def encode(prompts, ends):
    x = NET.transformer((prompts + NET.positional_embedding).permute(1, 0, 2)).permute(1, 0, 2)
    return NET.ln_final(x)[torch.arange(len(x)), ends] @ NET.text_projection


class Prompts:
    """CoOp's prompt learner by concatenation; `lengths` says how many name tokens are moved."""

    def __init__(self, context, words, position, lengths):
        self.context, self.position, self.lengths = context, position, lengths
        texts = [f"{words} {name.replace('_', ' ')}." for name in NAMES]
        tokens = clip.tokenize(texts)
        self.ends = tokens.argmax(dim=1)
        embedding = NET.token_embedding(tokens)
        count = context.shape[-2]
        self.prefix, self.suffix = embedding[:, :1], embedding[:, 1 + count:]

    def __call__(self):
        rows = []
        for i, length in enumerate(self.lengths):
            v = self.context if self.context.dim() == 2 else self.context[i]
            half = {"end": None, "middle": len(v) // 2, "front": 0}[self.position]
            name, rest = self.suffix[i, :length], self.suffix[i, length:]
            parts = [self.prefix[i], v, name, rest] if half is None else [
                self.prefix[i], v[:half], name, v[half:], rest]
            rows.append(torch.cat(parts))
        return torch.stack(rows)


ONE = [1] * len(NAMES)
FULL = [len(tokenizer.encode(name.replace("_", " "))) for name in NAMES]
tensors, runs = {}, {}
rng = np.random.default_rng(9)
features = F.normalize(torch.tensor(f32(rng.normal(size=(STEPS, BATCH, JOINT)))).double(), dim=2)
features = torch.tensor(f32(features)).double()
labels = torch.tensor(f32(rng.random((STEPS, BATCH, len(NAMES))) < 0.35)).double()
caption_tokens = clip.tokenize(CAPTIONS)
used = {0, 343}


def words_context(words):
    ids = tokenizer.encode(words)
    return NET.token_embedding(torch.tensor(ids)).clone()


def random_context(*shape):
    torch.manual_seed(0)
    return torch.nn.init.normal_(torch.empty(*shape, WIDTH), std=0.02).double()


def layouts():
    """Prompts of every position with true and with released name lengths."""
    for position in ["end", "middle", "front"]:
        for variant, lengths in [("paper", FULL), ("released", ONE)]:
            p = Prompts(random_context(3), "X X X", position, lengths)
            tensors[f"layout-{position}-{variant}"] = p().numpy()
            tensors[f"feature-{position}-{variant}"] = encode(p(), p.ends).numpy()


def distances(alignment, e_tokens, prompts, texts, learner, split, reduction):
    if alignment == "sentence":
        e = encode(NET.token_embedding(e_tokens), e_tokens.argmax(dim=1))
        return 1 - F.cosine_similarity(e[:, None], texts[None], dim=-1)
    e = NET.token_embedding(e_tokens)
    if alignment == "tokens-all":
        a, b = e[:, : 77 - split], prompts[:, split:]
        return getattr(1 - F.cosine_similarity(a[:, None], b[None], dim=-1), reduction)(-1)
    v = learner.context if learner.context.dim() == 3 else learner.context[None].expand(
        len(NAMES), -1, -1)
    v = v[:, split:]
    d = 1 - F.cosine_similarity(e[:, None, 1 : 1 + v.shape[1]], v[None], dim=-1)
    ends = e_tokens.argmax(dim=1)  # the last position that is not padding
    present = (torch.arange(1, 1 + v.shape[1])[None] <= ends[:, None])[:, None].double()
    return (d * present).sum(-1) / present.sum(-1)


def tune(run, context, words, position="end", lengths=ONE, alignment=None, lam=1.0, split=1,
         variant="paper", balanced_variant="paper", lr=0.05):
    context = context.clone().requires_grad_(True)
    learner = Prompts(context, words, position, lengths)
    optimiser = torch.optim.SGD([context], lr=lr, momentum=0.9, weight_decay=1e-4)
    mu = 0.2 / COUNTS**0.25
    omega = COUNTS**-2 / (COUNTS**-2).sum()
    parts = []
    for s in range(STEPS):
        prompts = learner()
        texts = encode(prompts, learner.ends)
        z = NET.logit_scale.exp() * features[s] @ F.normalize(texts, dim=1).T
        cls = balanced(z, labels[s], COUNTS, TOTAL, variant=balanced_variant)
        cse = torch.zeros(())
        if lam < 1:
            d = distances(alignment, caption_tokens, prompts, texts, learner, split,
                          "sum" if variant == "released" else "mean")
            y = labels[s]
            cells = (y * d + (1 - y) * F.relu(mu - d) if variant == "paper"
                     else F.relu(mu - (2 * y - 1) * d))
            cse = (omega * cells).mean()
        loss = lam * cls + (1 - lam) * cse
        parts.append([float(cls), float(cse), float(loss)])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    tensors[f"run-{run}-losses"] = np.array(parts)
    tensors[f"run-{run}-context"] = context.detach().numpy()
    sharing = "shared" if context.dim() == 2 else "class-specific"
    runs[run] = (f"words={words.replace(' ', '_')} sharing={sharing} position={position} lr={lr} "
                 f"lambda={lam} alignment={alignment or 'sentence'} split={split} variant={variant}")


layouts()
tune("words", words_context("a photo of a"), "a photo of a")
csc = random_context(len(NAMES), 4)
tune("sentence", csc, "X X X X", alignment="sentence", lam=0.5)
tune("tokens", csc, "X X X X", alignment="tokens", lam=0.5)
tune("tokens-all", csc, "X X X X", alignment="tokens-all", lam=0.5)
tune("shared-front", random_context(4), "X X X X", "front", FULL, "sentence", 0.3)
tune("released", csc, "X X X X", alignment="tokens-all", lam=0.5, variant="released",
     balanced_variant="released", lr=0.01)

texts = [f"{w} {n.replace('_', ' ')}." for n in NAMES for w in ["a photo of a", "X X X X"]]
for row in torch.cat([clip.tokenize(texts), caption_tokens]):
    used |= set(row.tolist())
for name, value in NET.state_dict().items():
    if name != "token_embedding.weight":
        tensors[f"model/{name}"] = f32(value)
tensors["rows"] = np.array(sorted(used), dtype=np.int64)
tensors["embeddings"] = f32(NET.token_embedding.weight[sorted(used)])
tensors["features"], tensors["labels"] = f32(features), f32(labels)
tensors["counts"] = f32(COUNTS)

folder = ROOT / "training"
folder.mkdir(exist_ok=True)
data = saved(
    {k: np.ascontiguousarray(v) for k, v in tensors.items()},
    runs | {"names": json.dumps(NAMES), "captions": json.dumps(CAPTIONS)})
(folder / "steps.safetensors").write_bytes(data)
why = "float32 against float64 through two transformer layers and six updates"
record(
    folder / "manifest.json",
    {"torch": torch.__version__.split("+")[0], "clip-anytorch": "2.6.0"},
    {
        "path": "training/steps.safetensors", "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data), "equation": "A1", "generator": "generators/training.py",
        "outputs": [
            {"name": "losses", "rtol": 1e-5, "atol": 1e-9, "why": why},
            {"name": "context", "rtol": 1e-5, "atol": 2e-6, "why": why},
        ],
        "error": None,
    })
