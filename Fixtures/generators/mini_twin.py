"""The PyTorch twin of LMPT on the mini benchmark: expected values for the whole tool.

    python mini_twin.py [MINI]

Reads the benchmark's own files (lists, captions, JPEGs through Pillow, weights) and writes
zeroshot.safetensors and steps-*.safetensors beside them. Independent of the Swift code; equations E1-E8 as
in docs, float32, one thread.

Randomness that another program can repeat (torch's CPU generator, mt19937):
* context: torch.manual_seed(seed); torch.empty(C, M, D).normal_(std=0.02)
* order:   g = torch.Generator().manual_seed(seed + 1); torch.randperm(N, generator=g), once per epoch
* flips:   g = torch.Generator().manual_seed(seed + 2); torch.rand(N, generator=g) < 0.5, once per epoch,
           indexed by the position of the picture in the training list (not by its place in the order)
Batches are consecutive slices of the order; the last one may be smaller. Losses are taken before the update.

SPDX-License-Identifier: Apache-2.0
"""
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from safetensors.torch import save_file
from sklearn.metrics import average_precision_score

import mini_model

M = 16


class Benchmark:
    """Lists, labels, captions and pictures of the benchmark in folder `root`."""

    def __init__(self, root):
        with open(f"{root}/mini_labels.txt", newline="") as f:
            self.names = [line.split()[0] for line in f.read().splitlines()]
        self.root, classes = root, len(self.names)

        def read(name):
            with open(f"{root}/{name}") as f:
                rows = [line.split() for line in f.read().splitlines()]
            labels = torch.zeros(len(rows), classes)
            for k, row in enumerate(rows):
                labels[k, [int(v) for v in row[1:]]] = 1
            return [row[0] for row in rows], labels

        self.train_paths, self.train_labels = read("mini_lt_train.txt")
        self.test_paths, self.test_labels = read("mini_lt_test.txt")
        with open(f"{root}/mini_lt_captions.txt") as f:
            self.captions = [line.split(" ", 1)[1] for line in f.read().splitlines()]
        self.counts = self.train_labels.sum(0)

    def pixels(self, paths):
        return np.stack([np.asarray(Image.open(f"{self.root}/{p}").convert("RGB")) for p in paths])


@torch.no_grad()
def image_features(model, pixels, batch=100):
    rows = [model.encode_image(mini_model.normalise(pixels[k:k + batch])) for k in range(0, len(pixels), batch)]
    return F.normalize(torch.cat(rows), dim=1)


@torch.no_grad()
def text_features(model, tokenizer, texts):
    return F.normalize(model.encode_text(tokenizer(texts)), dim=1)


# --- equations -------------------------------------------------------------------------------

class Prompts:
    """E1 with the class token at the end: [SOT] v_1 ... v_M name "." [EOT], one context per class."""

    def __init__(self, model, tokenizer, names):
        self.model = model
        ids = tokenizer([" ".join(["X"] * M) + f" {name}." for name in names])
        self.end = ids.argmax(1)
        embedded = model.token_embedding(ids[:, :int(self.end.max()) + 1])
        self.prefix, self.suffix = embedded[:, :1], embedded[:, 1 + M:]

    def features(self, context):
        embedded = torch.cat([self.prefix, context, self.suffix], 1)  # [C, T, D]
        return F.normalize(self.model.encode_embedded(embedded, self.end), dim=1)


def initial_context(seed, classes, width):
    torch.manual_seed(seed)
    return torch.empty(classes, M, width).normal_(std=0.02)


def caption_distance(captions, prompts):
    """E3 on sentence features: 1 - cos, [B, C]. Both inputs are unit vectors."""
    return 1 - captions @ prompts.T


def margin(counts):
    return 0.2 / counts**0.25  # E4


def class_weight(counts, average_one=False):
    w = counts**-2.0  # E5
    w = w / w.sum()
    return w * len(w) if average_one else w


def embedding_loss(distance, labels, mu, weight):
    """E6: d for classes of the picture, max(0, mu - d) for the others, weighted, mean over cells."""
    cell = labels * distance + (1 - labels) * (mu - distance).clamp_min(0)
    return (weight * cell).mean()


def distribution_balanced_loss(z, labels, counts, total, alpha=0.1, beta=10.0, mu=0.3, lam=5.0, kappa=0.05,
                               focal=2.0):
    """E7 as in the paper: elementwise focal factor, shift kappa * b, no extra factor, mean over cells."""
    share = 1 / counts
    r = share / (labels @ share)[:, None]
    rebalance = alpha + torch.sigmoid(beta * (r - mu))
    x = z - kappa * torch.log(total / counts - 1)  # z + kappa * b, b = -log(1 / p - 1), p = n / total
    positive = F.softplus(-x) * torch.sigmoid(-x) ** focal
    negative = F.softplus(lam * x) * torch.sigmoid(lam * x) ** focal / lam
    return (rebalance * (labels * positive + (1 - labels) * negative)).mean()


# --- expected values -------------------------------------------------------------------------

def average_precisions(labels, scores):
    return np.array([average_precision_score(labels[:, c], scores[:, c]) for c in range(labels.shape[1])])


def groups(ap, counts):
    counts = np.asarray(counts)
    return [ap.mean(), ap[counts >= 100].mean(), ap[(counts < 100) & (counts >= 20)].mean(), ap[counts < 20].mean()]


def zero_shot(model, tokenizer, bench):
    features = image_features(model, bench.pixels(bench.test_paths))
    text = text_features(model, tokenizer, [f"a photo of a {n}." for n in bench.names])
    cosine = features @ text.T
    logits = 100 * cosine
    scores = logits.softmax(1)
    labels = bench.test_labels.numpy()
    out = {"cosine": cosine, "scores": scores, "text": text}
    for name, s in (("softmax", scores), ("logits", logits)):
        ap = average_precisions(labels, s.numpy())
        out[f"ap.{name}"] = torch.tensor(ap)
        out[f"map.{name}"] = torch.tensor(groups(ap, bench.counts))  # total, head, medium, tail
    return out


def tuning_steps(model, tokenizer, bench, features, optimizer, average_one, steps=10, seed=0, lam=0.5, batch=64):
    """`features`: [2, N, E], plain and mirrored training pictures. float32 or float64 as the model is."""
    kind = features.dtype
    prompts = Prompts(model, tokenizer, bench.names)
    captions = F.normalize(model.encode_text(tokenizer(bench.captions)), dim=1).detach()
    start = initial_context(seed, len(bench.names), model.positional_embedding.shape[1])
    context = start.clone().to(kind).requires_grad_(True)
    update = (torch.optim.SGD([context], lr=5e-4, momentum=0.9, weight_decay=1e-4) if optimizer == "sgd"
              else torch.optim.Adam([context], lr=1e-2, weight_decay=1e-4))
    n = len(bench.train_paths)
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed + 1))
    flips = torch.rand(n, generator=torch.Generator().manual_seed(seed + 2)) < 0.5
    counts, labels = bench.counts.to(kind), bench.train_labels.to(kind)
    mu, weight = margin(counts), class_weight(counts, average_one)
    trace = []
    for step in range(steps):
        rows = order[step * batch:(step + 1) * batch]
        g = prompts.features(context)
        z = 100 * features[flips[rows].long(), rows] @ g.T
        cls = distribution_balanced_loss(z, labels[rows], counts, n)
        cse = embedding_loss(caption_distance(captions[rows], g), labels[rows], mu, weight)
        loss = lam * cls + (1 - lam) * cse
        update.zero_grad()
        loss.backward()
        update.step()
        trace.append([cls.item(), cse.item(), loss.item()])
    trace = torch.tensor(trace, dtype=torch.float64)
    return {"L_cls": trace[:, 0].clone(), "L_cse": trace[:, 1].clone(), "L": trace[:, 2].clone(),
            "context": context.detach().clone(), "start": start, "order": order, "flips": flips.to(torch.uint8)}


def main(root):
    from open_clip.tokenizer import SimpleTokenizer
    torch.set_num_threads(1)
    tokenizer = SimpleTokenizer()
    bench = Benchmark(root)
    model = mini_model.load(f"{root}/clip.safetensors")
    out = zero_shot(model, tokenizer, bench)
    save_file({k: v.contiguous() for k, v in out.items()}, f"{root}/zeroshot.safetensors")
    print("zero-shot", {k: [round(float(x) * 100, 2) for x in v] for k, v in out.items() if k.startswith("map")})
    pixels = bench.pixels(bench.train_paths)
    features = torch.stack([image_features(model, pixels), image_features(model, pixels[:, :, ::-1].copy())])
    for optimizer, average_one in (("sgd", False), ("sgd", True), ("adam", True)):
        name = f"steps-{optimizer}-{'average' if average_one else 'sum'}1"
        single = tuning_steps(model, tokenizer, bench, features, optimizer, average_one)
        double = tuning_steps(model.double(), tokenizer, bench, features.double(), optimizer, average_one)
        model.float()
        error = {k: float((single[k] - double[k]).abs().max() / double[k].abs().max())
                 for k in ("L_cls", "L_cse", "L", "context")}
        print(name, "float32 against float64, worst relative to the largest:", error)
        if (optimizer, average_one) != ("sgd", False):  # stored once
            del single["order"], single["flips"], single["start"]
        single = {k: v.contiguous() for k, v in single.items()}
        save_file(single, f"{root}/{name}.safetensors")
        print("   L", [round(v, 6) for v in single["L"].tolist()])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(os.path.abspath(__file__)), "../mini"))
