"""Which images a run holds out and which images a long-tailed list takes, by NumPy, SciPy and torch;
and the scores of an evaluation with ties and thresholds, by torch and scikit-learn.

Written from the descriptions in docs and papers: the split of the training images, and the recipe of
VOC-LT (Wu et al., ECCV 2020). Writes Fixtures/selection/*.safetensors and manifest.json.
"""
import hashlib
import json
import math
import platform
import warnings
from pathlib import Path

import numpy as np
import safetensors.numpy as st
import scipy
import scipy.stats
import sklearn
import torch
from sklearn.metrics import (average_precision_score, f1_score, precision_recall_curve,
                             precision_score, recall_score)

OUT = Path(__file__).resolve().parent.parent / "selection"
OUT.mkdir(exist_ok=True)
warnings.filterwarnings("ignore")
torch.set_num_threads(1)
EXACT = {"atol": 0, "rtol": 0, "why": "indices"}
entries = []


def save(name, arrays, outputs):
    path = OUT / name
    st.save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, str(path))
    data = path.read_bytes()
    entries.append(
        {"path": f"selection/{name}", "sha256": hashlib.sha256(data).hexdigest(),
         "bytes": len(data), "equation": "selection", "outputs": outputs, "error": None})


def permutation(count, seed):
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed)).tolist()


def long_tail(images, frequencies, seed):
    """Labels of images with classes of these frequencies, at least one image each."""
    rng = np.random.default_rng(seed)
    labels = (rng.random((images, len(frequencies))) < frequencies).astype(np.uint8)
    labels[np.arange(len(frequencies)) * 3, np.arange(len(frequencies))] = 1
    return labels


def half_up(x):
    return math.floor(x + 0.5)


def held_out(labels, fraction, seed):
    """Rarest class first, each gives a rounded share and at least one image; no class loses its last."""
    left = labels.sum(0).astype(int)
    given = np.zeros(labels.shape[1], int)
    held = np.zeros(labels.shape[0], bool)
    order = permutation(labels.shape[0], seed)
    counts = left.copy()
    for c in np.lexsort((np.arange(len(counts)), counts)):
        want = max(1, half_up(fraction * counts[c]))
        for image in order:
            shown = np.flatnonzero(labels[image])
            if given[c] < want and c in shown and not held[image] and left[shown].min() > 1:
                held[image] = True
                given[shown] += 1
                left[shown] -= 1
    return np.flatnonzero(held)


def splits():
    arrays = {"labels": long_tail(150, [0.5, 0.25, 0.12, 0.06, 0.04, 0.02, 0.0, 0.0], 4)}
    arrays["labels"][147:] = 0  # images that show nothing are trained on
    for percent, seed in [(20, 3), (20, 4), (25, 3), (50, 10), (90, 0)]:
        arrays[f"held.{percent}.{seed}"] = held_out(arrays["labels"], percent / 100, seed)
    save("splits.safetensors", arrays, [{"name": "held", **EXACT}])


def pareto(labels, largest, seed):
    """The recipe: ranks by co-occurrence, targets by a scaled Pareto density, images by chance."""
    y = labels.astype(float)
    together = y.T @ y  # [C, C]
    conditional = together / np.diag(together)[:, None]  # P(j | i)
    classes = len(together)
    ranks = np.lexsort((np.arange(classes), -conditional.sum(0)))
    law = scipy.stats.pareto(6)
    x = np.linspace(law.ppf(0), law.ppf(0.99), classes)
    targets = np.floor(law.pdf(x) / law.pdf(1) * (largest - 1) + 1).astype(int)
    taken = np.zeros(len(labels), bool)
    generator = torch.Generator().manual_seed(seed)
    for c, target in zip(ranks, targets):
        have = int(labels[taken, c].sum())
        some = np.flatnonzero((labels[:, c] == 1) & (taken != (have < target)))
        order = torch.randperm(len(some), generator=generator).numpy()
        taken[some[order[:abs(target - have)]]] = have < target
    return ranks, np.flatnonzero(taken)


def samplings():
    labels = long_tail(600, [0.05, 0.45, 0.3, 0.02, 0.15, 0.1], 7)
    arrays = {"labels": labels}
    for largest, seed in [(120, 0), (120, 1), (60, 0)]:
        ranks, rows = pareto(labels, largest, seed)
        arrays["ranks"] = ranks.astype(np.int64)
        arrays[f"rows.{largest}.{seed}"] = rows
    save("sampling.safetensors", arrays, [{"name": "ranks", **EXACT}, {"name": "rows", **EXACT}])


def evaluations():
    """Thirty rows of logits taken again and again, so that images tie exactly in every kind of score;
    class 2 has logits on the threshold, class 3 some whose logistic function is 1."""
    rng = np.random.default_rng(11)
    n, c, threshold = 90, 4, np.float32(0.3)
    rows = rng.integers(0, 30, n)
    soft = rng.normal(0, 2, (30, c)).astype(np.float32)
    hard = np.round(rng.normal(0, 2, (30, c)) * 2).astype(np.float32) / 2
    hard[:, 3] = rng.choice([18, 25, 40, -1, 0], 30)
    hard[:8, 2] = threshold
    labels = (rng.random((n, c)) < [0.5, 0.3, 0.1, 0.4]).astype(np.uint8)
    labels[rows < 4, 2] = 1
    arrays = {"labels": labels, "softmax.logits": soft[rows], "logit.logits": hard[rows],
              "sigmoid.logits": hard[rows]}
    functions = {"softmax": lambda t: t.softmax(1), "sigmoid": torch.sigmoid, "logit": lambda t: t}
    for kind, function in functions.items():
        s = function(torch.from_numpy(arrays[f"{kind}.logits"])).numpy()
        if kind != "logit":  # nothing may hang on the last bit of an exponential
            gaps = np.diff(np.sort(s, axis=0), axis=0) / np.sort(s, axis=0)[1:]
            assert not ((gaps > 0) & (gaps < 1e-5)).any() and np.abs(s - threshold).min() > 1e-5
        predicted = s > threshold
        arrays[f"{kind}.ap"] = np.array(
            [average_precision_score(labels[:, i], s[:, i]) for i in range(c)])
        each, pooled = dict(average=None, zero_division=0), dict(average="micro", zero_division=0)
        measures = (precision_score, recall_score, f1_score)
        arrays[f"{kind}.summary"] = np.array(
            [m(labels, predicted, **each).mean() for m in measures]
            + [m(labels, predicted, **pooled) for m in measures])
    z = arrays["logit.logits"]
    precision, recall, _ = precision_recall_curve(
        labels[:, 0], z[:, 0], drop_intermediate=False)
    # scikit-learn goes up through the thresholds and adds the point (1, 0).
    arrays["curve"] = np.stack([recall[:-1][::-1], precision[:-1][::-1]], axis=1)
    save("evaluation.safetensors", arrays, [
        {"name": n, "atol": 1e-12, "rtol": 0, "why": "ratios of counts, summed in float64"}
        for n in ("ap", "summary", "curve")])


splits()
samplings()
evaluations()
(OUT / "manifest.json").write_text(json.dumps(
    {"schema": 1, "generator": "generators/selection.py",
     "tools": {"python": platform.python_version(), "torch": torch.__version__,
               "numpy": np.__version__, "scipy": scipy.__version__,
               "scikit-learn": sklearn.__version__},
     "entries": entries}, indent=1) + "\n")
