"""Average precision, precision/recall/F1 by scikit-learn, and torch's optimisers, schedules and
generator, as fixtures of Tuning's Evaluation and Runs and of Tensors' Random.

Writes Fixtures/metrics/*.safetensors and manifest.json.
"""
import hashlib
import json
import platform
import warnings
from pathlib import Path

import numpy as np
import safetensors.numpy as st
import sklearn
import torch
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score

import diagnostics

OUT = Path(__file__).resolve().parent.parent / "metrics"
OUT.mkdir(exist_ok=True)
warnings.filterwarnings("ignore")
torch.set_num_threads(1)
entries = []


def save(name, arrays, outputs):
    path = OUT / name
    st.save_file({k: np.ascontiguousarray(v) for k, v in arrays.items()}, str(path))
    data = path.read_bytes()
    entries.append(
        {"path": f"metrics/{name}", "sha256": hashlib.sha256(data).hexdigest(),
         "bytes": len(data), "equation": "metrics", "outputs": outputs, "error": None})


MEAN_WHY = [{"name": "ap", "atol": 1e-12, "rtol": 0, "why": "both sides sum in float64"},
            {"name": "summary", "atol": 1e-12, "rtol": 0, "why": "ratios of counts in float64"}]


def average_precisions(labels, scores):
    return np.array([average_precision_score(labels[:, i], scores[:, i])
                     for i in range(labels.shape[1])])


def summary(labels, predicted):
    """CP, CR, CF1 and OP, OR, OF1 of predicted labels."""
    each, pooled = dict(average=None, zero_division=0), dict(average="micro", zero_division=0)
    measures = (precision_score, recall_score, f1_score)
    return np.array([m(labels, predicted, **each).mean() for m in measures]
                    + [m(labels, predicted, **pooled) for m in measures])


def ap_small():
    rng = np.random.default_rng(1)
    scores = rng.random((60, 5))
    labels = (rng.random((60, 5)) < rng.uniform(0.0, 0.4, 5)).astype(np.uint8)
    labels[:, 0] = 0  # a class without positives
    labels[:, 1] = 1
    save("ap_small.safetensors", {
        "scores": scores, "labels": labels, "ap": average_precisions(labels, scores),
        "summary": summary(labels, scores > 0.5)}, MEAN_WHY)


def hashed(n, c, seed):
    """32 scattered bits for each cell of an [n, c] array; the test computes the same."""
    row, column = np.arange(n, dtype=np.uint64)[:, None], np.arange(c, dtype=np.uint64)[None]
    mask = np.uint64(0xFFFFFFFF)
    x = (row * 2654435761 + column * 40503 + seed) & mask
    for _ in range(2):
        x = ((x ^ (x >> np.uint64(16))) * 0x45D9F3B) & mask
    return x ^ (x >> np.uint64(16))


def at_scale():
    """VOC-LT's size with ties; scores and labels are hashes, so only the results are stored."""
    n, c = 4952, 20
    scores = (hashed(n, c, 1) % 65).astype(np.float64) / 64
    labels = (hashed(n, c, 2) % 1000 < np.arange(c) * 17).astype(np.uint8)  # class 0: none
    labels[:, 19] = 1
    counts = np.array([6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82,
                       7, 64])
    groups = [counts >= 0, counts >= 100, (counts >= 20) & (counts < 100), counts < 20]
    ap = average_precisions(labels, scores)
    top = np.zeros_like(labels)
    np.put_along_axis(top, np.argsort(-scores, axis=1, kind="stable")[:, :3], 1, axis=1)
    generator = torch.Generator().manual_seed(5)
    draws = []
    for _ in range(40):
        rows = torch.randint(n, (n,), generator=generator).numpy()
        each = average_precisions(labels[rows], scores[rows])
        draws.append([each[g].mean() for g in groups])
    save("at_scale.safetensors", {
        "ap": ap, "means": np.array([ap[g].mean() for g in groups]),
        "summary": summary(labels, scores > 0.5), "top3": summary(labels, top == 1),
        "intervals": np.percentile(np.array(draws), [2.5, 97.5], axis=0).T},
        MEAN_WHY + [
            {"name": "means", "atol": 1e-12, "rtol": 0, "why": "both sides sum in float64"},
            {"name": "top3", "atol": 1e-12, "rtol": 0, "why": "ratios of counts in float64"},
            {"name": "intervals", "atol": 1e-12, "rtol": 0,
             "why": "the same draws, percentiles of float64 means"}])


def paired():
    """The difference of two methods, of two and three seeds, over resamples of the same images."""
    n, c = 50, 4
    rng = np.random.default_rng(7)
    labels = (rng.random((n, c)) < 0.3).astype(np.uint8)
    scores = rng.random((5, n, c)) + labels * np.array([0.5, 0.5, 0.3, 0.3, 0.3])[:, None, None]

    def difference(rows):
        maps = [average_precisions(labels[rows], s[rows]).mean() for s in scores]
        return np.mean(maps[:2]) - np.mean(maps[2:])

    generator = torch.Generator().manual_seed(0)
    draws = [difference(torch.randint(n, (n,), generator=generator).numpy()) for _ in range(1000)]
    save("paired.safetensors", {
        "scores": scores, "labels": labels,
        "difference": np.array([difference(np.arange(n)), *np.percentile(draws, [2.5, 97.5])])},
        [{"name": "difference", "atol": 1e-12, "rtol": 0,
          "why": "the same draws, percentiles of float64 means"}])


ap_small()
at_scale()
paired()
save("diagnostics.safetensors", diagnostics.cases(), diagnostics.OUTPUTS)


def optimiser_case(name, make):
    torch.manual_seed(3)
    p = torch.nn.Parameter(torch.randn(3, 5))
    start = p.detach().numpy().copy()
    grads = torch.randn(6, 3, 5)
    optimizer = make([p])
    steps = []
    for g in grads:
        p.grad = g.clone()
        optimizer.step()
        steps.append(p.detach().numpy().copy())
    save(name, {"start": start, "gradients": grads.numpy(), "parameters": np.stack(steps)},
         [{"name": "parameters", "atol": 1e-7, "rtol": 1e-6,
           "why": "float32 updates, fused or not, over 6 steps"}])


optimiser_case("sgd.safetensors", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=1e-2))
optimiser_case("sgd_plain.safetensors", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.0))
optimiser_case("adam.safetensors", lambda p: torch.optim.Adam(p, lr=0.05, weight_decay=1e-2))
optimiser_case("adamw.safetensors", lambda p: torch.optim.AdamW(p, lr=0.05, weight_decay=1e-1))


def schedule_case(name, make, metrics):
    p = torch.nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([p], lr=0.5)
    scheduler = make(optimizer)
    rates = []
    for m in metrics:
        optimizer.step()
        scheduler.step(m) if isinstance(
            scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau) else scheduler.step()
        rates.append(optimizer.param_groups[0]["lr"])
    save(name, {"metrics": np.array(metrics), "rates": np.array(rates)},
         [{"name": "rates", "atol": 1e-12, "rtol": 1e-12, "why": "float64 on both sides"}])


flat = [0.1, 0.2, 0.2, 0.20001, 0.2, 0.2, 0.2, 0.2, 0.2, 0.3] + [0.3] * 60
schedule_case("plateau.safetensors", lambda o: torch.optim.lr_scheduler.ReduceLROnPlateau(
    o, patience=5, mode="max", min_lr=1e-7), flat)
# A loss: flat, rising and falling by less than the threshold, falling.
losses = [0.5, 0.4] + [0.4] * 8 + [0.4 + 2e-5 * i for i in range(8)] \
    + [0.4 - 2e-5 * i for i in range(8)] + [0.3] * 20
schedule_case("plateau_loss.safetensors", lambda o: torch.optim.lr_scheduler.ReduceLROnPlateau(
    o, patience=5, mode="min", min_lr=1e-7), losses)
schedule_case("cosine.safetensors", lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(
    o, T_max=10), [0.0] * 10)

random = {}
for seed in (0, 1, 2**31 + 5):
    for count in (1, 5, 15, 16, 17, 40, 512):
        torch.manual_seed(seed)
        x = torch.empty(count)
        torch.nn.init.normal_(x, std=0.02)
        random[f"normal.{seed}.{count}"] = x.numpy()
    g = torch.Generator().manual_seed(seed)
    random[f"rand.{seed}"] = torch.rand(100, generator=g).numpy()
    g = torch.Generator().manual_seed(seed)
    random[f"randperm.{seed}"] = torch.randperm(1142, generator=g).numpy()
    g = torch.Generator().manual_seed(seed)
    first, second = torch.empty(5), torch.empty(6)
    first.normal_(generator=g)
    second.normal_(generator=g)
    random[f"normal_twice.{seed}"] = torch.cat([first, second]).numpy()
save("random.safetensors", random,
     [{"name": "normal", "atol": 0, "rtol": 2.4e-7, "why": "2 ulp: torch's own log and cos differ"}])

(OUT / "manifest.json").write_text(json.dumps(
    {"schema": 1, "generator": "generators/metrics.py",
     "tools": {"python": platform.python_version(), "torch": torch.__version__,
               "numpy": np.__version__, "scikit-learn": sklearn.__version__},
     "entries": entries}, indent=1) + "\n")
