"""Average precision, precision/recall/F1 by scikit-learn, and torch's optimisers, schedules and
generator, as fixtures of PromptTuning's Evaluation and Run and of Tensors' Random.

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


def ap_case(name, n, c, levels, seed):
    rng = np.random.default_rng(seed)
    scores = rng.random((n, c))
    if levels:  # ties
        scores = np.round(scores * levels) / levels
    labels = (rng.random((n, c)) < rng.uniform(0.0, 0.4, c)).astype(np.uint8)
    labels[:, 0] = 0  # a class without positives
    if c > 1:
        labels[:, 1] = 1
    ap = np.array([average_precision_score(labels[:, i], scores[:, i]) for i in range(c)])
    predicted = scores > 0.5
    args = dict(average=None, zero_division=0)
    p = precision_score(labels, predicted, **args)
    r = recall_score(labels, predicted, **args)
    f = f1_score(labels, predicted, **args)
    micro = dict(average="micro", zero_division=0)
    summary = np.array([
        p.mean(), r.mean(), f.mean(), precision_score(labels, predicted, **micro),
        recall_score(labels, predicted, **micro), f1_score(labels, predicted, **micro)])
    save(name, {"scores": scores.astype(np.float32 if levels else np.float64), "labels": labels,
                "ap": np.array([average_precision_score(
                    labels[:, i], scores[:, i].astype(np.float32 if levels else np.float64))
                    for i in range(c)]), "summary": summary},
         [{"name": "ap", "atol": 1e-12, "rtol": 0, "why": "both sides sum in float64"},
          {"name": "summary", "atol": 1e-12, "rtol": 0, "why": "ratios of counts in float64"}])
    return ap


ap_case("ap_small.safetensors", 60, 5, 0, 1)
ap_case("ap_ties.safetensors", 4952, 20, 64, 2)


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
