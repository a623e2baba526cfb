# losses - the other losses in float64 PyTorch: the independent side of Fixtures/losses.
# SPDX-License-Identifier: Apache-2.0
"""Written from the formulas in docs/Equations.md with torch's own functions, gradients by autograd.

`python losses.py` rewrites Fixtures/losses; the same versions give the same bytes.
"""
import math

import numpy as np
import torch
import torch.nn.functional as F

from equation_cases import Topic, const, leaf, logit_cases, tolerance
from equations import balanced, loss_and_gradient, rebalance

topic = Topic("losses", "losses.py")


def add(equation, case, z, y, compute, extra=None, **settings):
    x = leaf(z)
    outputs = loss_and_gradient(compute(x, const(y)), x, "logits")
    topic.case(equation, case, {"logits": z, "labels": y, **(extra or {})}, outputs, **settings)


def asymmetric(z, y, gamma_neg=4, gamma_pos=0, clip=0.05, eps=1e-8, gradient="none",
               reduction="mean"):
    p = torch.sigmoid(z)
    p_neg = torch.sigmoid(-z) + clip
    if clip > 0:
        p_neg = p_neg.clamp(max=1)
    cells = y * torch.log(p.clamp(min=eps)) + (1 - y) * torch.log(p_neg.clamp(min=eps))
    # 1 - p_t, each side without cancellation
    missed = torch.where(y == 1, torch.sigmoid(-z), F.relu(p - clip))
    exponent = gamma_pos * y + gamma_neg * (1 - y)
    weight = missed**exponent
    if gradient == "none":
        weight = weight.detach()
    return getattr(-cells * weight, reduction)()


def sigmoid_focal_cells(z, y, gamma, alpha):
    bce = F.binary_cross_entropy_with_logits(z, y, reduction="none")
    wrong = torch.sigmoid(torch.where(y == 1, -z, z))
    return torch.where(y == 1, alpha, 1 - alpha) * wrong**gamma * bce


def sigmoid_focal(z, y, gamma, alpha):
    return sigmoid_focal_cells(z, y, gamma, alpha).mean()


def effective_number(y, n, beta, mode):
    def weight(count):
        return (1 - beta) / (1 - beta**count)

    if mode == "by_class":
        return weight(n)[None].expand_as(y)
    rows = []
    for row in y:
        positive = n[row == 1]
        if len(positive) == 0:
            rows.append(torch.tensor(1 - beta, dtype=torch.float64))
        elif mode == "average_n":
            rows.append(weight(positive.mean()))
        elif mode == "average_w":
            rows.append(weight(positive).mean())
        else:
            rows.append(weight(positive.min()))
    return torch.stack(rows)[:, None].expand_as(y)


def text_version(name, z, y, n, total, mu, lam, alpha=0.1, beta=10, kappa=0.05, gamma=2):
    """The seven names without code, as the released fragment sets them."""
    settings = {  # weight, bias and scale, focal, factor
        "FL": (None, False, True, 1), "CBloss": ("CB", False, True, 10),
        "R-BCE-Focal": ("rebalance", False, True, 1), "NTR-Focal": (None, True, True, 1),
        "DBloss-noFocal": ("rebalance", True, False, 0.5), "CBloss-ntr": ("CB", True, True, 10),
        "DBloss": ("rebalance", True, True, 1),
    }
    weight, regularised, focal, factor = settings[name]
    w = torch.ones_like(y)
    if weight == "CB":
        w = effective_number(y, n, 0.9, "by_class")
    if weight == "rebalance":
        w = rebalance(y, n, alpha, beta, mu)
    x = z
    if regularised:
        x = (z - torch.log(total / n - 1) * kappa) * torch.where(y == 1, 1.0, float(lam))
        if weight is not None:
            w = w * torch.where(y == 1, 1.0, 1 / lam)
    bce = F.binary_cross_entropy_with_logits(x, y, reduction="none")
    cells = w * bce
    if focal:
        cells = 0.5 * torch.sigmoid(torch.where(y == 1, -x, x)) ** gamma * cells
    return factor * cells.mean()


def ldam(z, y, n, margin, scale):
    delta = margin * (n.min() / n) ** 0.25
    return F.binary_cross_entropy_with_logits(scale * torch.where(y == 1, z - delta, z), y)


def balanced_asymmetric(z, y, n, total, gamma_neg=4, gamma_pos=0, clip=0.05, smoothing=0.1,
                        rarity=1.35, eps=1e-8):
    """LM-CLIP's, as its authors' code has it, but for the size of a negative largest logit.

    The gradient runs through everything.
    """
    weight = (total / n) ** rarity
    weight = weight / weight.max()
    soft = (1 - smoothing) * y + smoothing / y.shape[1]
    p = torch.sigmoid(z / z.max().abs())
    q = (1 - p + clip).clamp(max=1)
    cells = soft * (1 + weight) * torch.log(p.clamp(min=eps))
    cells = cells + (1 - y) * torch.log(q.clamp(min=eps))
    missed = (1 - p * soft - q * (1 - y)).clamp(min=0)
    return -(cells * missed ** (gamma_pos * soft + gamma_neg * (1 - y))).mean()


def ranking(z, y, margin=1):
    """Margin loss of every positive against every negative of its image, summed by image."""
    loss = 0
    for scores, labels in zip(z, y):
        positive, negative = scores[labels == 1], scores[labels == 0]
        for score in positive:
            loss = loss + (margin - score + negative).clamp(min=0).sum()
    return loss / len(z) + 0 * z.sum()


def every_loss():
    rng = np.random.default_rng(11)
    for case, z, y, counts, total in logit_cases(rng):
        n, extra = const(counts), {"counts": counts}
        add("binary-cross-entropy", case, z, y, F.binary_cross_entropy_with_logits)
        add("multilabel-soft-margin", case, z, y, F.multilabel_soft_margin_loss)
        # an image without positives costs 0; torch's soft targets say the same for a zero row
        add("softmax-cross-entropy", case, z, y, lambda a, b: F.cross_entropy(
            a, b / b.sum(1, keepdim=True).clamp(min=1)))
        add("asymmetric-loss", case, z, y, asymmetric)
        add("focal-loss", case, z, y, lambda a, b: sigmoid_focal(a, b, 2, 0.5))
        add("ldam", case, z, y, lambda a, b: ldam(a, b, n, 0.5, 1), extra)
        add("ranking", case, z, y, ranking)
        if case in ("3x4", "8x20", "logits-mixed", "labels-zero", "labels-one"):
            for options in [
                {"gamma_neg": 2, "gamma_pos": 1}, {"clip": 0}, {"gradient": "full"},
                {"gradient": "full", "gamma_pos": 1, "clip": 0.1}, {"reduction": "sum"},
                {"gamma_neg": 0, "clip": 0}, {"gamma_neg": 2.5, "clip": 0.2},
            ]:
                label = "-".join(f"{k}{v}" for k, v in options.items())
                add("asymmetric-loss", f"{case}-{label}", z, y,
                    lambda a, b: asymmetric(a, b, **options), **options)
            add("focal-loss", f"{case}-0.25-1.5", z, y,
                lambda a, b: sigmoid_focal(a, b, 1.5, 0.25), gamma=1.5, alpha=0.25)
            add("ranking", f"{case}-4", z, y, lambda a, b: ranking(a, b, 4), margin=4)
            add("ldam", f"{case}-30", z / 10, y, lambda a, b: ldam(a, b, n, 1, 30), extra,
                margin=1, scale=30)
        balanced_asymmetric_cases(case, z, y, counts, total)
        weights_and_names(case, z, y, counts, total)


def balanced_asymmetric_cases(case, z, y, counts, total):
    """Of several cells; of one alone the gradient is a rounding."""
    if z.size == 1:
        return
    settings = [{}]
    if case in ("3x4", "8x20", "logits-mixed", "labels-zero", "labels-one", "logits-clip"):
        settings += [
            {"gamma_neg": 9.8, "rarity": 1.6}, {"gamma_neg": 12, "rarity": 0.7, "smoothing": 0.01},
            {"gamma_pos": 1.5}, {"clip": 0, "smoothing": 0}, {"clip": 0.4, "rarity": 0},
        ]
    for options in settings:
        label = "".join(f"-{k}{v}" for k, v in options.items())
        add("balanced-asymmetric-loss", f"{case}{label}", z, y,
            lambda a, b: balanced_asymmetric(a, b, const(counts), total, **options),
            {"counts": counts}, total=total, **options)
    if case in ("3x4", "8x20"):
        add("balanced-asymmetric-loss", f"{case}-negative", z - z.max() - 3, y,
            lambda a, b: balanced_asymmetric(a, b, const(counts), total), {"counts": counts},
            total=total)


def weights_and_names(case, z, y, counts, total):
    """Losses that weigh by counts, and every loss by its name on the command line."""
    n, extra = const(counts), {"counts": counts}
    small = case in ("3x4", "8x20", "logits-mixed", "labels-zero", "labels-one")
    if small or case in ("1x1", "64x80", "logits-100", "logits-10000"):
        for mode in ["by_class", "average_n", "average_w", "min_n"]:
            for beta in [0.9, 0.999] if small else [0.9]:
                options = {"beta": beta, "mode": mode}
                w = effective_number(const(y), n, beta, mode)
                topic.case("class-balanced-weight", f"{case}-{mode}-{beta}",
                           {"labels": y, "counts": counts}, {"weight": w}, **options)
                add("class-balanced-focal", f"{case}-{mode}-{beta}", z, y,
                    lambda a, b: 10 * (w * 0.5 * F.binary_cross_entropy_with_logits(
                        a, b, reduction="none") * torch.sigmoid(
                            torch.where(b == 1, -a, a)) ** 2).mean(), extra, **options)
        names = ["FL", "CBloss", "R-BCE-Focal", "NTR-Focal", "DBloss-noFocal", "CBloss-ntr",
                 "DBloss"]
        for name in names:
            options = {"name": name, "total": total, "mu": 0.2, "lambda": 2}
            add("named-loss", f"{case}-{name}", z, y,
                lambda a, b: text_version(name, a, b, n, total, 0.2, 2), extra, **options)
            if case in ("3x4", "8x20"):  # every constant of its own
                constants = {"alpha": 0.7, "beta": 4, "kappa": 0.3}
                add("named-loss", f"{case}-{name}-constants", z, y,
                    lambda a, b: text_version(name, a, b, n, total, 0.5, 1.5, gamma=1.5, **constants),
                    extra, focal=1.5, **(options | {"mu": 0.5, "lambda": 1.5}), **constants)
        if case in ("3x4", "8x20"):
            w = effective_number(const(y), n, 0.9, "by_class")
            add("class-balanced-focal", f"{case}-0.25-1.5-3", z, y,
                lambda a, b: 3 * (w * sigmoid_focal_cells(a, b, 1.5, 0.25)).mean(), extra,
                gamma=1.5, alpha=0.25, factor=3)
        released = {
            "bce": F.binary_cross_entropy_with_logits, "mls": F.multilabel_soft_margin_loss,
            "asl": asymmetric, "dbl": lambda a, b: balanced(a, b, n, total),
            "inv": lambda a, b: F.binary_cross_entropy_with_logits(a, b, weight=total / n),
            "sqrt_inv": lambda a, b: F.binary_cross_entropy_with_logits(
                a, b, weight=torch.sqrt(total / n)),
            "ldam": lambda a, b: ldam(a, b, n, 0.5, 1),
            "softmax": lambda a, b: F.cross_entropy(
                a, b / b.sum(1, keepdim=True).clamp(min=1)),
        }
        for name, compute in released.items():
            add("named-loss", f"{case}-{name}", z, y, compute, extra, name=name, total=total)
        for power in [1, 0.5]:
            topic.case("inverse-frequency-weight", f"{case}-{power}", extra,
                       {"weight": (total / n) ** power}, total=total, power=power)


def tolerances(equation, output):
    return tolerance(3e-7 if equation in ("inverse-frequency-weight", "ranking") else 2e-6)


if __name__ == "__main__":
    assert math.isclose(float(asymmetric(const([[0.0]]), const([[1]]))), math.log(2))
    every_loss()
    topic.write(tolerances)
