# equations - E2 to E8 in float64 PyTorch: the independent side of Fixtures/equations.
# SPDX-License-Identifier: Apache-2.0
"""Written from the formulas in docs/Equations.md with torch's own functions, gradients by autograd.

`python equations.py` rewrites Fixtures/equations; the same versions give the same bytes.
"""
import numpy as np
import torch
import torch.nn.functional as F

from equation_cases import COCO, SIZES, VOC, Topic, const, f32, leaf, logit_cases, tolerance

topic = Topic("equations", "equations.py")


def loss_and_gradient(loss, x, name):
    (gradient,) = torch.autograd.grad(loss, x)
    return {"loss": loss.reshape(1), f"grad.{name}": gradient}


# E2 ---------------------------------------------------------------------------------------------
def prediction():
    rng = np.random.default_rng(2)
    for rows, classes in SIZES:
        images, texts = f32(rng.normal(size=(rows, 16))), f32(rng.normal(size=(classes, 16)))
        for scale in [100, 4] if rows == 3 else [100]:
            t = leaf(texts)
            z = scale * F.normalize(const(images), dim=1) @ F.normalize(t, dim=1).T
            (gradient,) = torch.autograd.grad(z.sum(), t)
            topic.case(
                "prediction", f"{rows}x{classes}-{scale}", {"images": images, "texts": texts},
                {"logits": z, "probabilities": z.softmax(1), "grad.texts": gradient}, scale=scale)


# E3 ---------------------------------------------------------------------------------------------
def distance(name, case, captions, prompts, compute, extra=None, **settings):
    p = leaf(prompts)
    d = compute(const(captions), p)
    (gradient,) = torch.autograd.grad(d.sum(), p)
    inputs = {"captions": captions, "prompts": prompts, **(extra or {})}
    topic.case(name, case, inputs, {"distance": d, "grad.prompts": gradient}, **settings)


def pairwise(a, b):
    """1 - cos of all pairs, [B, C, ...]; torch's cosine of a zero vector is 0."""
    return 1 - F.cosine_similarity(a[:, None], b[None], dim=-1)


def caption_distances():
    rng = np.random.default_rng(3)
    for rows, classes in SIZES:
        e, p = rng.normal(size=(rows, 16)), rng.normal(size=(classes, 16))
        distance("sentence-distance", f"{rows}x{classes}", f32(e), f32(p), pairwise)
        e, p = rng.normal(size=(rows, 6, 8)), rng.normal(size=(classes, 6, 8))
        for offset in [0, 2, 5] if rows == 3 else [2]:
            for reduction in ["mean", "sum"]:
                distance(
                    "caption-distance", f"{rows}x{classes}-{offset}-{reduction}", f32(e), f32(p),
                    lambda a, b: getattr(pairwise(a[:, : 6 - offset], b[:, offset:]), reduction)(-1),
                    offset=offset, reduction=reduction)
        lengths = rng.integers(2, 7, size=rows)
        v = rng.normal(size=(classes, 4, 8))

        def instance(a, b):
            d = pairwise(a[:, 1:5], b)  # [B, C, 4]
            present = (torch.arange(1, 5)[None] < torch.tensor(lengths)[:, None])[:, None]
            return (d * present).sum(-1) / present.sum(-1)

        distance(
            "instance-distance", f"{rows}x{classes}", f32(e), f32(v), instance,
            {"lengths": f32(lengths)})
    # nearly parallel, equal, opposite and zero vectors; torch's cosine is at its limit here
    a = f32(rng.normal(size=(3, 16)))
    b = np.concatenate([a * 2 + f32(rng.normal(size=(3, 16)) * 1e-3), -a])
    distance("sentence-distance", "nearly-parallel", a, f32(b), pairwise)
    zero = f32(rng.normal(size=(3, 16)))
    zero[1] = 0
    other = f32(rng.normal(size=(4, 16)))
    other[2] = 0

    def with_zeros(a, b):
        # written out, because the gradient at a zero vector must be none
        norms = (a.norm(dim=1)[:, None], b.norm(dim=1)[None])
        known = (norms[0] > 0) & (norms[1] > 0)
        safe = b + (b.norm(dim=1, keepdim=True) == 0)
        cos = (a @ safe.T) / (norms[0].clamp(min=1e-30) * safe.norm(dim=1)[None])
        return 1 - torch.where(known, cos, torch.zeros_like(cos))

    distance("sentence-distance", "zero-vectors", zero, other, with_zeros)


# E4, E5 -----------------------------------------------------------------------------------------
def class_statistics():
    rng = np.random.default_rng(4)
    for name, counts in [
        ("1", [1]), ("ends", [1, 2000]), ("4", [1, 3, 20, 1000]), ("voc", VOC), ("coco", COCO),
        ("equal", [7, 7, 7]), ("random", rng.integers(1, 2000, size=80)),
    ]:
        n = const(f32(counts))
        for scale in [0.2, 1.5]:
            topic.case(
                "class-margin", f"{name}-{scale}", {"counts": counts},
                {"margin": scale / torch.sqrt(torch.sqrt(n))}, scale=scale)
        for gamma in [2, 0, 0.5]:
            for normalization in ["sum", "mean"]:
                weight = (1 / n) ** gamma
                weight = weight / (weight.sum() if normalization == "sum" else weight.mean())
                topic.case(
                    "class-weight", f"{name}-{gamma}-{normalization}", {"counts": counts},
                    {"weight": weight}, gamma=gamma, normalization=normalization)
        bias = -torch.log(2000 / n - 1)
        topic.case("class-bias", name, {"counts": counts}, {"bias": bias}, total=2000)
    # as released: softmax of the counts in float32
    n = torch.tensor(f32(VOC))
    released = {"counts": "softmax"}
    topic.case(
        "class-margin", "voc-softmax", {"counts": VOC},
        {"margin": 0.2 / torch.sqrt(torch.sqrt(n.softmax(0).double()))}, **released)
    small = f32([3, 2, 5])
    weight = (1 / torch.tensor(small).softmax(0).double()) ** 2
    topic.case(
        "class-weight", "small-softmax", {"counts": small}, {"weight": weight / weight.sum()},
        **released)


# E6 ---------------------------------------------------------------------------------------------
def embedding_losses():
    rng = np.random.default_rng(6)

    def add(case, d, y, counts, scale=0.2, gamma=2, normalization="sum", variant="paper"):
        x, t, n = leaf(d), const(y), const(f32(counts))
        mu = scale / n**0.25
        omega = n**-gamma / (n**-gamma).sum()
        if normalization == "mean":
            omega = omega * len(counts)
        if variant == "paper":
            # torch's hinge embedding loss has one margin; the classes are taken one by one
            columns = [
                F.hinge_embedding_loss(
                    x[:, i], 2 * t[:, i] - 1, margin=float(mu[i]), reduction="none")
                for i in range(len(counts))
            ]
            cells = torch.stack(columns, dim=1)
        else:
            cells = F.relu(mu - (2 * t - 1) * x)
        topic.case(
            "embedding-loss", case, {"distance": d, "labels": y, "counts": counts},
            loss_and_gradient((omega * cells).mean(), x, "distance"),
            scale=scale, gamma=gamma, normalization=normalization, variant=variant)

    for rows, classes in SIZES:
        counts = {20: VOC, 80: COCO}.get(classes, [1, 30, 4, 1000][:classes])
        d = f32(rng.random((rows, classes)) ** 3 * 2)
        y = f32(rng.random((rows, classes)) < 0.3)
        add(f"{rows}x{classes}", d, y, counts)
        if rows in (3, 8):
            add(f"{rows}x{classes}-mean", d, y, counts, normalization="mean")
            add(f"{rows}x{classes}-wide", d, y, counts, scale=1.0, gamma=0.5)
            add(f"{rows}x{classes}-released", d * 4, y, counts, variant="released")
            add(f"{rows}x{classes}-zeros", d, y * 0, counts)
            add(f"{rows}x{classes}-ones", d, y * 0 + 1, counts)


# E7 ---------------------------------------------------------------------------------------------
def rebalance(y, n, alpha, beta, mu):
    """alpha + sigmoid(beta (r - mu)); an image without positives expects nothing: r = infinity."""
    share = (1 / n)[None] / (y / n).sum(1, keepdim=True)
    return alpha + torch.sigmoid(beta * (share - mu))


def balanced(z, y, n, total, alpha=0.1, beta=10, mu=0.3, lam=5, kappa=0.05, focal=2,
             variant="paper", term=None, bias=None, factor=None):
    """E7 with torch's own binary cross-entropy on the shifted and scaled logits."""
    term = term or ("batch" if variant == "released" else "cell")
    bias = bias or ("kappa" if variant == "paper" else "kappa-over-lambda")
    factor = factor or (1 if variant == "paper" else 2)
    b = -torch.log(total / n - 1) * kappa / (1 if bias == "kappa" else lam)
    x = (z + b) * torch.where(y == 1, 1.0, float(lam))
    w = rebalance(y, n, alpha, beta, mu) * torch.where(y == 1, 1.0, 1 / lam)
    bce = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    if term == "batch":
        return factor * (1 - torch.exp(-bce.mean())) ** focal * (w * bce).mean()
    # 1 - q is the probability of the wrong answer, which a sigmoid of the opposite logit gives
    # without cancellation
    wrong = torch.sigmoid(torch.where(y == 1, -x, x))
    return factor * (w * wrong**focal * bce).mean()


def distribution_balanced():
    rng = np.random.default_rng(7)

    def add(case, z, y, counts, total, **constants):
        x = leaf(z)
        names = {"lam": "lambda", "term": "focal-term", "bias": "bias-scale"}
        loss = balanced(x, const(y), const(counts), total, **constants)
        topic.case(
            "distribution-balanced-loss", case, {"logits": z, "labels": y, "counts": counts},
            loss_and_gradient(loss, x, "logits"), total=total,
            **{names.get(k, k): v for k, v in constants.items()})

    for case, z, y, counts, total in logit_cases(rng):
        topic.case(
            "rebalance-weight", case, {"labels": y, "counts": counts},
            {"weight": rebalance(const(y), const(counts), 0.1, 10, 0.3)})
        for variant in ["paper", "upstream", "released"]:
            add(f"{case}-{variant}", z, y, counts, total, variant=variant)
        if case in ("3x4", "8x20"):
            topic.case(
                "rebalance-weight", f"{case}-mild", {"labels": y, "counts": counts},
                {"weight": rebalance(const(y), const(counts), 0.5, 3, 0.2)},
                alpha=0.5, beta=3, mu=0.2)
            add(f"{case}-coco", z, y, counts, total, mu=0.2, lam=2)
            add(f"{case}-constants", z, y, counts, total, alpha=0.7, beta=4, mu=0.5, lam=1.5,
                kappa=0.3, focal=1.5)
            add(f"{case}-no-focal", z, y, counts, total, focal=0)
            add(f"{case}-batch-kappa", z, y, counts, total, term="batch", bias="kappa")
            add(f"{case}-cell-over-lambda", z, y, counts, total, bias="kappa-over-lambda")
            add(f"{case}-released-3", z, y, counts, total, variant="released", focal=3)


# E8 ---------------------------------------------------------------------------------------------
def total_objective():
    for lam in [0, 0.1, 0.5, 1]:
        cls, cse = f32([2.25]), f32([0.7])
        loss = lam * const(cls) + (1 - lam) * const(cse)
        topic.case("total-objective", f"{lam}", {"cls": cls, "cse": cse}, {"loss": loss},
                   **{"lambda": lam})


def tolerances(equation, output):
    return tolerance(
        1.5e-5 if output == "probabilities" else 3e-7 if equation == "total-objective" else 2e-6,
        "softmax of logits up to 100, each with a relative error of a rounding or two"
        if output == "probabilities" else None)


if __name__ == "__main__":
    prediction()
    caption_distances()
    class_statistics()
    embedding_losses()
    distribution_balanced()
    total_objective()
    topic.write(tolerances)
