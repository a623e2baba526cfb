"""Looks for tuning settings on the mini benchmark, on a development test set only.

    python mini_explore.py MINI DEV.npz SETTINGS SEEDS [ARM ...]

MINI: folder of the benchmark; DEV.npz: `pixels`, `labels` drawn with another seed (mini_pretrain.py render);
SETTINGS: key=value,key=value; SEEDS: 100,101. Never reads the shipped test pictures. Prints for each arm the
mean over seeds of total / head / medium / tail mAP on DEV, at the last epoch and at the epoch with the best
validation mAP, with softmax and with logit scores.

SPDX-License-Identifier: Apache-2.0
"""
import hashlib
import os
import sys

import numpy as np
import torch
import torch.nn.functional as F

import mini_model
import mini_twin as twin

ARMS = ["E7", "E6", "E4", "E5"]  # E7 only, + E6 with margin 0.2, + E4 margins, + E5 weights: full LMPT


def split(labels, fraction, seed):
    """Validation pictures: in random order, a picture joins while none of its classes has floor(fraction n)
    there already. So every class keeps most of its pictures, and one with few keeps all."""
    limit = (labels.sum(0) * fraction).floor()
    taken, have = torch.zeros(len(labels), dtype=torch.bool), torch.zeros(labels.shape[1])
    for k in torch.randperm(len(labels), generator=torch.Generator().manual_seed(seed + 3)).tolist():
        if bool(((have + labels[k]) <= limit)[labels[k] > 0].all()):
            taken[k] = True
            have += labels[k]
    return taken


def tune(model, prompts, data, arm, seed, optimizer="adam", lr=1e-2, epochs=30, lam=0.1, average=1, val=0.25,
         decay=1e-4, loss="db", cosine=0, init="", scale=100.0, batch=64, kappa=0.05, negative=5.0, focal=2.0):
    features, captions, labels, dev, dev_labels = data
    held = split(labels, val, seed) if val else torch.zeros(len(labels), dtype=torch.bool)
    rows = torch.nonzero(~held)[:, 0]
    counts, n = labels[rows].sum(0), len(rows)
    mu = twin.margin(counts) if arm in ("E4", "E5") else torch.full_like(counts, 0.2)
    weight = twin.class_weight(counts, bool(average)) if arm == "E5" else torch.ones_like(counts)
    lam = 1.0 if arm == "E7" else lam
    start = twin.initial_context(seed, labels.shape[1], captions.shape[1])
    context = start.clone().requires_grad_(True)
    update = (torch.optim.SGD([context], lr=lr, momentum=0.9, weight_decay=decay) if optimizer == "sgd"
              else torch.optim.Adam([context], lr=lr, weight_decay=decay))
    order, flip = torch.Generator().manual_seed(seed + 1), torch.Generator().manual_seed(seed + 2)
    rated = labels[held].sum(0) > 0
    base = labels.sum(0)
    history = []
    for epoch in range(epochs):
        if cosine:
            update.param_groups[0]["lr"] = lr * 0.5 * (1 + np.cos(np.pi * epoch / epochs))
        mirrored = torch.rand(n, generator=flip) < 0.5
        for part in torch.randperm(n, generator=order).split(batch):
            g = prompts.features(context)
            z = scale * features[mirrored[part].long(), rows[part]] @ g.T
            y = labels[rows[part]]
            if loss == "db":
                cls = twin.distribution_balanced_loss(z, y, counts, n, lam=negative, kappa=kappa, focal=focal)
            elif loss == "bce":
                cls = F.binary_cross_entropy_with_logits(z, y)
            else:
                cls = -(y / y.sum(1, keepdim=True) * z.log_softmax(1)).sum(1).mean()
            cse = twin.embedding_loss(twin.caption_distance(captions[rows[part]], g), y, mu, weight)
            total = lam * cls + (1 - lam) * cse
            update.zero_grad()
            total.backward()
            update.step()
        with torch.no_grad():
            g = prompts.features(context)
            z, v = 100 * dev @ g.T, 100 * features[0, held] @ g.T
            row = [twin.groups(twin.average_precisions(dev_labels, s.numpy()), base) for s in (z.softmax(1), z)]
            for s in (v.softmax(1), v):
                ap = twin.average_precisions(labels[held][:, rated].numpy(), s.numpy()[:, rated]) if val else [0]
                row.append([float(np.mean(ap))] * 4)
            history.append(row)
    return np.array(history) * 100  # [epochs, 4, 4]: dev softmax, dev logits, validation softmax, validation logits


def main(root, dev_path, settings, seeds, *arms):
    from open_clip.tokenizer import SimpleTokenizer
    torch.set_num_threads(1)
    model, bench, tokenizer = mini_model.load(f"{root}/clip.safetensors"), twin.Benchmark(root), SimpleTokenizer()
    with open(f"{root}/clip.safetensors", "rb") as f:
        cache = f"/tmp/mini_features_{hashlib.sha256(f.read()).hexdigest()[:12]}.pt"
    if not os.path.exists(cache):
        pixels, dev = bench.pixels(bench.train_paths), np.load(dev_path)
        features = torch.stack([twin.image_features(model, pixels),
                                twin.image_features(model, pixels[:, :, ::-1].copy())])
        torch.save([features, twin.text_features(model, tokenizer, bench.captions), bench.train_labels,
                    twin.image_features(model, dev["pixels"]), torch.tensor(dev["labels"])], cache)
    data = torch.load(cache)
    data[4] = data[4].numpy()
    line = lambda v: " / ".join(f"{x:.1f}" for x in v)
    g = twin.text_features(model, tokenizer, [f"a photo of a {n}." for n in bench.names])
    z = 100 * data[3] @ g.T
    base = bench.counts
    print("zero-shot softmax", line(100 * np.array(twin.groups(twin.average_precisions(data[4], z.softmax(1).numpy()), base))),
          "logits", line(100 * np.array(twin.groups(twin.average_precisions(data[4], z.numpy()), base))))
    prompts = twin.Prompts(model, tokenizer, bench.names)
    kind = {"optimizer": str, "loss": str, "init": str, "epochs": int}
    options = {k: kind.get(k, float)(v) for k, v in (p.split("=") for p in settings.split(",") if p)}
    print(settings)
    for arm in arms or ARMS:
        runs = [tune(model, prompts, data, arm, int(s), **options) for s in seeds.split(",")]
        last = np.mean([r[-1] for r in runs], 0)
        soft = np.mean([r[r[:, 2, 0].argmax()] for r in runs], 0)
        raw = np.mean([r[r[:, 3, 0].argmax()] for r in runs], 0)
        curve = np.mean([r[:, 0, 0] for r in runs], 0)
        print(f"{arm}  last: softmax {line(last[0])} logits {line(last[1])} | by validation: softmax {line(soft[0])} "
              f"logits {line(raw[1])} | best epochs {[int(r[:, 2, 0].argmax()) for r in runs]} curve "
              f"{[round(float(v)) for v in curve[:: max(1, len(curve) // 8)]]}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
