# runs - whole training runs in float64 PyTorch, from lists to test scores: Fixtures/runs.
# SPDX-License-Identifier: Apache-2.0
"""What `lmpt train` does between the image features and the kept epoch, with torch and sklearn.

Four generators of torch's, one per purpose: random starts from the seed, the order of the images
from seed + 1, mirroring from seed + 2, the validation split from seed + 3. For every epoch the
third draws a number per image; below 0.5 the image is shown mirrored (under class-aware sampling
and sampling by rarity: the image that stands at that place of the epoch). Methods with a second
sampler draw for it after the first, from the same generators.

`python runs.py` rewrites Fixtures/runs after `training.py`; the same versions give the same bytes.
"""
import hashlib
import json
import math
import warnings

import numpy as np
import torch
from sklearn.metrics import average_precision_score

from equation_cases import ROOT, f32, record, saved
from run_cases import CASES
from run_data import NAMES, Data
from run_methods import METHODS, Captions

torch.set_num_threads(1)
warnings.filterwarnings("ignore", message="No positive class")
DATA = Data()
SCORES = {"softmax": lambda z: z.softmax(1), "sigmoid": torch.sigmoid, "logit": lambda z: z}


def generator(seed):
    return torch.Generator().manual_seed(seed)


def hold_out(rows, share, seed):
    """Training and validation images: the rarest class first, every class keeps one image."""
    left = DATA.multi_hot(rows).sum(0).tolist()
    counts, held = list(left), set()
    order = torch.randperm(len(rows), generator=generator(seed)).tolist()
    for c in sorted(range(len(counts)), key=lambda c: (counts[c], c)):
        if share == 0 or counts[c] < 2:
            continue
        wanted = max(1, math.floor(share * counts[c] + 0.5))
        for i in order:
            if sum(c in rows[k] for k in held) >= wanted:
                break
            if c in rows[i] and i not in held and all(left[label] >= 2 for label in rows[i]):
                held.add(i)
                for label in rows[i]:
                    left[label] -= 1
    return [i for i in range(len(rows)) if i not in held], sorted(held)


def cycle(items, draw):
    """Items in a random order, which is drawn again when it is used up."""
    while True:
        for i in torch.randperm(len(items), generator=draw).tolist():
            yield items[i]


def class_aware(members, count, draw):
    """Classes in turn and their images in turn."""
    classes = cycle([c for c, rows in enumerate(members) if rows], draw)
    images = [cycle(rows, draw) for rows in members]
    return [next(images[next(classes)]) for _ in range(count)]


def reversed_classes(members, count, draw):
    """A class in proportion to 1 / n, and its images in turn."""
    shown = [rows for rows in members if rows]
    images = [cycle(rows, draw) for rows in shown]
    bounds = np.cumsum([1 / len(rows) for rows in shown])
    drawn = []
    for _ in range(count):
        number = float(torch.rand(1, generator=draw)) * bounds[-1]
        drawn.append(next(images[np.searchsorted(bounds, number, side="right")]))
    return drawn


def by_rarity(members, count, power, draw):
    """torch's own sampler with LM-CLIP's weights of images."""
    weights = torch.zeros(count, dtype=torch.float64)
    for rows in members:
        weights[rows] += count / len(rows)
    weights = weights**power
    sampler = torch.utils.data.WeightedRandomSampler(
        weights / weights.max(), count, replacement=True, generator=draw)
    return torch.tensor(list(sampler))


def epoch_order(sampling, members, count, order, mirroring, rarity=None):
    """Rows of the images trained on, and whether each is mirrored."""
    flips = torch.rand(count, generator=mirroring) < 0.5
    if sampling == "uniform":
        rows = torch.randperm(count, generator=order)
        return rows, flips[rows]
    if sampling == "rarity":
        return by_rarity(members, count, rarity, order), flips
    sampler = {"class-aware": class_aware, "reversed": reversed_classes}[sampling]
    return torch.tensor(sampler(members, count, order)), flips


def make_optimizer(o, values):
    values = values or [torch.zeros(())]  # a method that trains nothing has a rate, too
    if o["optimizer"] == "sgd":
        return torch.optim.SGD(
            values, lr=o["lr"], momentum=o["momentum"], weight_decay=o["weight_decay"])
    rule = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[o["optimizer"]]
    return rule(values, lr=o["lr"], weight_decay=o["weight_decay"])


def make_schedule(o, optimizer, mode):
    rules = torch.optim.lr_scheduler
    if o["schedule"] == "plateau":
        return rules.ReduceLROnPlateau(optimizer, mode=mode, factor=0.1, patience=5, min_lr=1e-7)
    if o["schedule"] == "cosine":
        return rules.CosineAnnealingLR(optimizer, T_max=o["epochs"], eta_min=0)
    if o["schedule"] == "warmup-cosine":  # CoOp: an epoch at 1e-5 in front of the cosine
        return rules.LambdaLR(optimizer, lambda e: 1e-5 / o["lr"] if e == 0 else (
            1 + math.cos(math.pi * (e - 1) / o["epochs"])) / 2)
    return rules.ConstantLR(optimizer, factor=1)


def take(images, rows):
    return {name: values[rows] for name, values in images.items()}


def average_precisions(scores, y):
    return np.array([
        average_precision_score(y[:, c], scores[:, c]) for c in range(y.shape[1])])


def by_group(values):
    """The means of head, medium and tail: 10 and 3 training images are their least."""
    n = DATA.y[0].sum(0).numpy()
    return [values[g].mean() for g in (n >= 10, (n >= 3) & (n < 10), n < 3)]


def clearness(kind, scores, z, y):
    """How far every positive is from every negative of its class, in errors of single precision.

    Logits may be wrong by 1e-6 of the largest, a score by that and by its own rounding.
    """
    slope = {"softmax": scores, "sigmoid": scores * (1 - scores), "logit": torch.ones_like(z)}
    error = 1e-6 * z.abs().max() * slope[kind] + 6e-8 * scores.abs()
    clear = math.inf
    for s, e, positive in zip(scores.T, error.T, y.T == 1):
        if positive.any() and not positive.all():
            gap = (s[positive][:, None] - s[~positive]).abs()
            clear = min(clear, float((gap / (e[positive][:, None] + e[~positive])).min()))
    return clear


class Run:
    def __init__(self, o):
        self.o = o
        self.trained, self.held = hold_out(DATA.train, o["validation"], o["seed"] + 3)
        self.labels = DATA.y[0][self.trained]
        self.members = [torch.nonzero(column).flatten().tolist() for column in self.labels.T]
        captions = Captions([DATA.captions[i] for i in self.trained], o.get("captions"))
        torch.manual_seed(o["seed"])
        self.method = METHODS[o["method"]](
            o, NAMES, self.labels.sum(0), len(self.trained), captions)
        self.method.see(DATA.images[0]["features"][self.trained], self.labels)
        self.history, self.groups, self.clear = [], [], math.inf

    def batch(self, rows, mirrored):
        plain = torch.tensor(self.trained)[rows]
        images = take(DATA.images[0], plain + mirrored * len(DATA.train))
        return {**images, "labels": self.labels[rows], "captions": rows}

    def evaluate(self, images, y):
        with torch.no_grad():
            z = self.method.logits(images)
            scores = SCORES[self.o["scores"]](z)
        self.clear = min(self.clear, clearness(self.o["scores"], scores, z, y))
        each = average_precisions(scores.numpy(), y.numpy())
        return scores, float(np.mean(each)), by_group(each)

    def epoch(self, optimizer, order, mirroring):
        o, count = self.o, len(self.trained)
        draws = [epoch_order(
            o["sampling"], self.members, count, order, mirroring, o.get("rarity"))]
        second = {"ltml": "class-aware", "bbn": "reversed"}.get(o["method"])
        if second:
            draws.append(epoch_order(second, self.members, count, order, mirroring))
        sums = torch.zeros(3, dtype=torch.float64)
        self.method.hinges = []
        for start in range(0, count, o["batch_size"]):
            parts = [self.batch(*(x[start : start + o["batch_size"]] for x in draw))
                     for draw in draws]
            if len(parts) == 2:
                parts[0]["second"] = parts[1]
            parts[0]["elapsed"] = len(self.history) / o["epochs"]
            losses = self.method.losses(parts[0])
            if self.method.named:
                optimizer.zero_grad()
                losses[2].backward()
                optimizer.step()
            sums += torch.stack([x.detach().double() for x in losses]) * len(parts[0]["labels"])
        return (sums / count).tolist()

    def active(self):
        """Of the negatives of a group's classes in an epoch, the share with a hinge above 0."""
        if not self.method.hinges:
            return [math.nan] * 3
        hinges = torch.cat(self.method.hinges)  # NaN where the label is 1
        assert hinges.abs().nan_to_num(1).min() > 2e-6, "a rounding could turn a hinge"
        n = DATA.y[0].sum(0)
        parts = [hinges[:, g] for g in (n >= 10, (n >= 3) & (n < 10), n < 3)]
        return [int((p > 0).sum()) / int((~p.isnan()).sum()) for p in parts]

    def train(self):
        o, values = self.o, list(self.method.named.values())
        optimizer = make_optimizer(o, values)
        schedule = make_schedule(
            o, optimizer, "min" if o["select"] != "test" and not self.held else "max")
        order, mirroring = generator(o["seed"] + 1), generator(o["seed"] + 2)
        best, self.watched = -math.inf, []
        for epoch in range(o["epochs"]):
            rate = optimizer.param_groups[0]["lr"]
            cls, cse, loss = self.epoch(optimizer, order, mirroring)
            validation, held = math.nan, [math.nan] * 3
            if self.held:
                _, validation, held = self.evaluate(
                    take(DATA.images[0], self.held), DATA.y[0][self.held])
            scores, test, tested = self.evaluate(DATA.images[1], DATA.y[1])
            self.history.append([loss, cls, cse, rate, validation, test])
            self.groups.append(held + tested + self.active())
            by = o["select"] if self.held or o["select"] == "test" else "last"
            metric = {"test": test, "validation": validation, "last": epoch}[by]
            if metric > best:
                best, self.kept, self.scores = metric, epoch + 1, scores
                self.tensors = {
                    k: v.detach().clone()
                    for k, v in {**self.method.named, **self.method.extras()}.items()}
            watched = test if o["select"] == "test" else validation if self.held else loss
            self.watched.append(watched)
            if o["schedule"] == "plateau":
                schedule.step(watched)
            else:
                schedule.step()


def is_decided(run):
    """Whether no rounding can turn a decision, a rank of a score or a step of a plateau.

    A plateau of many epochs is there for its drops.
    """
    if run.o["epochs"] > 9 and len({row[3] for row in run.history}) == 1:
        return False
    if run.o["schedule"] == "plateau" and run.o["select"] != "test" and not run.held:
        best = math.inf
        for value in run.watched:
            if abs(value / best - (1 - 1e-4)) < 2e-5:
                return False
            best = min(best, value) if value < best * (1 - 1e-4) else best
    return run.clear > 4


def decided_run(o):
    """The run with the first of some seeds that has drops and leaves no decision to a rounding."""
    for seed in range(o["seed"], o["seed"] + 10_000, 100):
        run = Run({**o, "seed": seed})
        run.train()
        if is_decided(run):
            return run
    raise AssertionError("no seed decides every rank")


def main():
    tensors, settings = DATA.tensors(), {}
    store(CASES, tensors, settings)
    write("runs", tensors, settings, DATA.files())


def store(cases, tensors, settings):
    """Every number of some runs."""
    for name, o in cases.items():
        run = decided_run(o)
        rates = len({row[3] for row in run.history})
        print(f"{name}: seed {run.o['seed']}, {len(run.held)} held out, epoch {run.kept} of "
              f"{o['epochs']} kept, {rates} rates, {run.clear:.0f} errors apart, loss "
              f"{run.history[0][0]:.4f} to {run.history[-1][0]:.4f}")
        tensors[f"{name}/history"] = np.array(run.history)
        tensors[f"{name}/groups"] = np.array(run.groups)
        tensors[f"{name}/scores"] = f32(run.scores)
        for key, value in run.tensors.items():
            tensors[f"{name}/tensor/{key}"] = f32(value)
        settings[name] = json.dumps({"kept": run.kept, "options": {
            k: str(v) for k, v in run.o.items()}}, sort_keys=True)


def write(name, tensors, settings, lists):
    """A file of Fixtures/runs, and lists beside it, with their entries of the manifest."""
    folder = ROOT / "runs"
    folder.mkdir(exist_ok=True)
    tools = {"torch": torch.__version__.split("+")[0], "clip-anytorch": "2.6.0"}
    data = saved({k: np.ascontiguousarray(v) for k, v in tensors.items()}, settings)
    why = ("float32 against float64 through up to three transformer layers and 120 updates, "
           "some with a rate of 1 and a momentum of 0.9")
    outputs = [
        {"name": "losses", "rtol": 1e-5, "atol": 1e-9, "why": why},
        {"name": "rates", "rtol": 1e-12, "atol": 0, "why": "the same arithmetic in float64"},
        {"name": "maps", "rtol": 0, "atol": 1e-12,
         "why": "the ranks agree, since no positive is near a negative; a mean in float64"},
        {"name": "active", "rtol": 0, "atol": 1e-12,
         "why": "shares of counts; every distance is 2e-6 or more from its margin"},
        {"name": "tensors", "rtol": 1e-5, "atol": 5e-6, "why": why},
        {"name": "scores", "rtol": 0, "atol": 0, "atol_of_max": 2e-5,
         "why": why + "; DualCoOp multiplies a difference of cosines by 100"},
    ]
    files = {f"{name}.safetensors": (data, outputs)}
    for list_name, lines in lists.items():
        files[list_name] = (("\n".join(lines) + "\n").encode(), [])
    for path, (content, described) in files.items():
        (folder / path).write_bytes(content)
        record(folder / "manifest.json", tools, {
            "path": f"runs/{path}", "sha256": hashlib.sha256(content).hexdigest(),
            "bytes": len(content), "topic": "runs", "generator": f"generators/{name}.py",
            "outputs": described, "error": None})


if __name__ == "__main__":
    main()
