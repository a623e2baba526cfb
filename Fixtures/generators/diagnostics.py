# diagnostics - what explains a table, by numpy and scikit-learn, for metrics.py.
# SPDX-License-Identifier: Apache-2.0
"""The line through AP over log10 of the count, how far class features moved, AP without a partner."""
import numpy as np
from sklearn.metrics import average_precision_score

COUNTS = np.array([6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64])
GROUPS = [COUNTS >= 100, (COUNTS >= 20) & (COUNTS < 100), COUNTS < 20]


def trend(rng):
    """numpy's least squares, and the square of its correlation; two classes have no AP."""
    ap = np.clip(0.3 + 0.2 * np.log10(COUNTS) + rng.normal(0, 0.1, 20), 0, 1)
    ap[[3, 11]] = np.nan
    x, y = np.log10(COUNTS[~np.isnan(ap)]), ap[~np.isnan(ap)]
    return {"trend/ap": ap, "trend/counts": COUNTS.astype(np.int64),
            "trend/line": np.append(np.polyfit(x, y, 1), np.corrcoef(x, y)[0, 1] ** 2)}


def shift(rng):
    """1 - cos of each class and the means of the groups; the lengths differ."""
    start = rng.normal(0, 1, (20, 16)).astype(np.float32)
    tuned = (3 * start + rng.normal(0, 1, (20, 16)) * np.linspace(0, 6, 20)[:, None])
    tuned = tuned.astype(np.float32)
    a, b = tuned.astype(np.float64), start.astype(np.float64)
    cosines = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    moved = 1 - cosines
    return {"shift/tuned": tuned, "shift/start": start, "shift/moved": moved,
            "shift/groups": np.array([moved[g].mean() for g in GROUPS])}


def partners(rng, least=5):
    """Six classes: 4 follows 1, 5 always stands alone, 3 has few pictures without its partner."""
    def labels(count):
        y = rng.random((count, 6)) < [0.6, 0.4, 0.3, 0.12, 0, 0.1]
        y[:, 4] = y[:, 1] & (rng.random(count) < 0.5)
        y[:, 0] |= y[:, 3] & (rng.random(count) < 0.8)
        y[:, :5] &= ~y[:, 5:]
        return y

    training, test = labels(80), labels(120)
    scores = np.round((test * 0.3 + rng.random((120, 6))) * 16) / 16
    beside = training.T.astype(int) @ training - np.diag(training.sum(0))
    rows = []
    for c in range(6):
        partner = int(beside[c].argmax())  # the first of equally frequent ones
        if beside[c, partner] == 0:
            rows.append([-1] + [np.nan] * 5)
            continue
        row = [partner, beside[c, partner] / training[:, c].sum()]
        for kept in (np.ones(120, bool), ~test[:, partner]):
            positives = test[kept, c].sum()
            ap = average_precision_score(test[kept, c], scores[kept, c]) \
                if positives >= least else np.nan
            row += [ap, positives]
        rows.append(row)
    return {"partners/training": training.astype(np.float64), "partners/scores": scores,
            "partners/labels": test.astype(np.float64), "partners/rows": np.array(rows)}


def cases():
    rng = np.random.default_rng(15)
    return {**trend(rng), **shift(rng), **partners(rng)}


OUTPUTS = [
    {"name": "line", "atol": 1e-12, "rtol": 0, "why": "sums of 18 terms in float64"},
    {"name": "moved", "atol": 1e-12, "rtol": 0, "why": "float32 inputs, float64 sums"},
    {"name": "rows", "atol": 1e-12, "rtol": 0, "why": "ratios of counts summed in float64"},
]
