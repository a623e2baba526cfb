"""e^x, logarithms, powers, sine and cosine by mpmath with 220 bits, as fixtures of LMPTNumbers.

Writes Fixtures/numbers/elementary.safetensors: for each function its arguments (`NAME/x`, of pow
`NAME/y` too) and the result as the nearest float64 (`NAME/high`) and what is missing (`NAME/low`).
Fixtures/arithmetic/numbers.txt is no oracle's: the tests print it where it differs.
"""
import hashlib
import random
from pathlib import Path

import mpmath as mp
import numpy as np

from equation_cases import record, saved

OUT = Path(__file__).resolve().parent.parent / "numbers"
OUT.mkdir(exist_ok=True)
mp.mp.prec = 220
draw = random.Random(1)


def near_zero(digits):
    return draw.uniform(-1, 1) * 2.0 ** -draw.randrange(digits)


def exponents():
    return draw.choice([draw.uniform(-1, 1), draw.uniform(-660, 709.7), near_zero(60), draw.uniform(-30, 5)])


def positive():
    return draw.choice([
        draw.uniform(0.5, 1.5), 1 + near_zero(40), 2.0 ** draw.uniform(-1074, 1023),
        draw.uniform(0, 100), float(draw.randrange(2, 10000))])


def above_minus_one():
    return draw.choice([
        draw.uniform(-0.99, 1.5), near_zero(60), 2.0 ** draw.uniform(-60, 200),
        -1 + 2.0 ** -draw.uniform(1, 50), 2.0 ** draw.uniform(200, 1023)])


def angle():
    return draw.choice([
        draw.uniform(-7, 7), draw.uniform(-1e6, 1e6), near_zero(60),
        draw.randrange(1, 600000) * float(mp.pi / 2),  # next to a root
        draw.randrange(-9, 10) * float(mp.pi / 4) + near_zero(6),
        draw.choice([-1, 1]) * float.fromhex("0x1.93c05c9ed3cbcp+18")])


def base_and_exponent():
    return draw.choice([
        (draw.uniform(0, 2), draw.uniform(-5, 5)), (0.999, float(draw.randrange(1, 20000))),
        (0.9, float(draw.randrange(1, 3000))), (draw.uniform(0, 1), draw.uniform(0, 4)),
        (2.0 ** draw.uniform(-30, 30), draw.uniform(-20, 20)), (draw.uniform(0, 1000), 0.5),
        (1 + near_zero(50), draw.choice([-1, 1]) * 2.0 ** draw.uniform(0, 40)),
        (float(draw.randrange(1, 20)), float(draw.randrange(-9, 10))),
        large_power(draw.choice([draw.uniform(0.7072, 0.715), draw.uniform(1.4, 1.4142), draw.uniform(1, 9)]))])


def large_power(x):
    """Next to the largest or the least number, where an error of the logarithm weighs most."""
    return x, draw.choice([draw.uniform(690, 709), -draw.uniform(600, 660)]) / float(mp.log(x))


FUNCTIONS = {
    "exp": (mp.exp, exponents), "expm1": (mp.expm1, exponents), "log": (mp.log, positive),
    "log10": (lambda x: mp.log(x) / mp.log(10), positive),
    "log1p": (lambda x: mp.log(1 + x), above_minus_one), "sin": (mp.sin, angle),
    "cos": (mp.cos, angle), "pow": (mp.power, base_and_exponent)}
COUNT = 500
SMALLEST = 2.0 ** -960  # below, what is missing has too few digits

arrays = {}
for name, (function, argument) in FUNCTIONS.items():
    rows = []
    while len(rows) < COUNT:
        given = argument()
        given = given if isinstance(given, tuple) else (given,)
        exact = function(*map(mp.mpf, given))
        if not SMALLEST <= abs(exact) <= mp.mpf(2) ** 1023.9:
            continue
        high = float(exact)
        rows.append((*given, high, float(exact - mp.mpf(high))))
    keys = ("x", "high", "low") if len(rows[0]) == 3 else ("x", "y", "high", "low")
    for key, column in zip(keys, zip(*rows)):
        arrays[f"{name}/{key}"] = np.array(column)
data = saved(arrays, {"oracle": f"mpmath {mp.__version__}"})
(OUT / "elementary.safetensors").write_bytes(data)
record(OUT / "manifest.json", {"mpmath": mp.__version__, "numpy": np.__version__}, {
    "path": "numbers/elementary.safetensors", "generator": "generators/elementary.py",
    "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
    "why": "the bound of each function, in units of the last place, stands in ElementaryTests"})
