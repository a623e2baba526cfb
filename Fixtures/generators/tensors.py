"""Every primitive of the tape, and matrix products: from PyTorch in float64.

Writes Fixtures/tensors/primitives.safetensors: for a case `name`, the inputs `name.a`, `name.b` …,
the upstream gradient `name.g`, the value `name.out` and the gradients `name.grad.a` …;
and Fixtures/tensors/products.safetensors: for a size `MxNxK`, `MxNxK.a`, `MxNxK.b` and their
product `MxNxK.c`.
"""
import hashlib
import json
import platform
from pathlib import Path

import numpy as np
import safetensors.numpy as st
import torch
import torch.nn.functional as F

OUT = Path(__file__).resolve().parent.parent / "tensors"
OUT.mkdir(exist_ok=True)
torch.manual_seed(0)
torch.set_num_threads(1)
arrays = {}


def case(name, function, *inputs):
    # Inputs are float32 numbers held in float64, so that both sides start from the same values.
    inputs = [torch.as_tensor(x).float().double().requires_grad_() for x in inputs]
    out = function(*inputs)
    g = torch.randn(out.shape, dtype=torch.float64).float().double()
    grads = torch.autograd.grad(out, inputs, g)
    for letter, x, grad in zip("abcd", inputs, grads):
        arrays[f"{name}.{letter}"] = x.detach().numpy().astype(np.float32)
        arrays[f"{name}.grad.{letter}"] = grad.numpy()
    arrays[f"{name}.g"] = g.numpy().astype(np.float32)
    arrays[f"{name}.out"] = out.detach().numpy()


r = torch.randn
case("add", lambda a, b: a + b, r(3, 4), r(3, 4))
case("add_row", lambda a, b: a + b, r(3, 4), r(4))
case("add_column", lambda a, b: a + b, r(3, 4), r(3, 1))
case("subtract", lambda a, b: a - b, r(3, 1, 4), r(5, 1))
case("multiply", lambda a, b: a * b, r(2, 3, 4), r(3, 4))
case("multiply_scalar", lambda a, b: a * b, r(3, 4), r(()))
case("divide", lambda a, b: a / b, r(3, 4), r(3, 1).abs() + 0.5)
case("relu", torch.relu, torch.tensor([-1.0, 0.0, 2.0, -0.0, 1e-20, 1e20]))
case("exp", torch.exp, r(20) * 5)
case("expm1", torch.expm1, r(20) * 1e-3)
case("log", torch.log, r(20).abs() + 1e-3)
wide = torch.tensor([-1e4, -100.0, -30.0, -1.0, -1e-6, 0.0, 1e-6, 1.0, 30.0, 100.0, 1e4])
case("sigmoid", torch.sigmoid, wide)
case("softplus", lambda a: torch.logaddexp(a, torch.zeros_like(a)), wide)
case("pow2", lambda a: a ** 2, r(20).abs())
case("pow_half", lambda a: a ** 0.5, r(20).abs() + 0.1)
case("sqrt", torch.sqrt, r(20).abs() + 0.1)
case("clamp", lambda a: a.clamp(-0.5, 0.7), r(20))
case("quick_gelu", lambda a: a * torch.sigmoid(1.702 * a), r(50) * 4)
case("gelu", F.gelu, r(50) * 3)
case("sum", torch.sum, r(3, 4))
case("mean", torch.mean, r(3, 4))
case("sum_axis0", lambda a: a.sum(0), r(3, 4, 2))
case("sum_axis1", lambda a: a.sum(1), r(3, 4, 2))
case("mean_last", lambda a: a.mean(-1), r(3, 4))
case("softmax", lambda a: a.softmax(-1), r(4, 7) * 10)
case("log_softmax", lambda a: a.log_softmax(-1), r(4, 7) * 100)
case("normalize", lambda a: F.normalize(a, dim=-1), r(5, 8))
case("reshape", lambda a: a.reshape(2, 6), r(3, 4))
case("transpose", lambda a: a.t(), r(3, 4))
case("slice", lambda a: a[:, 1:3], r(3, 4, 2))
case("gather", lambda a: a[[2, 0, 2]], r(3, 4))
case("concatenate", lambda a, b: torch.cat([a, b], 1), r(3, 2, 2), r(3, 3, 2))
case("expand", lambda a: a.expand(4, 3, 2), r(3, 2))
case("matmul", lambda a, b: a @ b, r(5, 7), r(7, 3))
case("matmul_ta", lambda a, b: a.t() @ b, r(7, 5), r(7, 3))
case("matmul_tb", lambda a, b: a @ b.t(), r(5, 7), r(3, 7))
case("matmul_tatb", lambda a, b: a.t() @ b.t(), r(7, 5), r(3, 7))
case("linear", F.linear, r(2, 5, 7), r(3, 7), r(3))
case("layer_norm", lambda a, b, c: F.layer_norm(a, (16,), b, c), r(6, 16) * 3 + 1, r(16), r(16))


def attention(causal):
    def function(qkv):
        b, t, d3 = qkv.shape
        q, k, v = (x.reshape(b, t, 2, d3 // 6).transpose(1, 2) for x in qkv.chunk(3, -1))
        o = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return o.transpose(1, 2).reshape(b, t, d3 // 3)
    return function


case("attention", attention(False), r(2, 9, 3 * 2 * 16))
case("attention_causal", attention(True), r(2, 9, 3 * 2 * 16))
case("log1p", torch.log1p, r(20).abs() - 0.5)

# Sizes around tiles of 4, 6, 12 and 14 rows by 8, 16 and 32 columns, and blocks of 384 terms.
generator = torch.Generator().manual_seed(1)
products = {}
for m, n, k in [(1, 1, 1), (3, 5, 2), (7, 17, 33), (13, 31, 129), (29, 65, 385), (61, 33, 401)]:
    a, b = (torch.rand(size, generator=generator) * 2 - 1 for size in ((m, k), (k, n)))
    products[f"{m}x{n}x{k}.a"], products[f"{m}x{n}x{k}.b"] = a.numpy(), b.numpy()
    products[f"{m}x{n}x{k}.c"] = (a.double() @ b.double()).numpy()


def entry(name, tensors, topic, atol, rtol, why):
    path = OUT / f"{name}.safetensors"
    st.save_file({k: np.ascontiguousarray(v) for k, v in tensors.items()}, str(path))
    data = path.read_bytes()
    print(name, len(data), "bytes")
    return {
        "path": f"tensors/{name}.safetensors", "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data), "equation": topic, "error": None,
        "outputs": [{"name": "*", "atol": atol, "rtol": rtol, "why": why}]}


(OUT / "manifest.json").write_text(json.dumps({
    "schema": 1, "generator": "generators/tensors.py",
    "tools": {"python": platform.python_version(), "torch": torch.__version__,
              "numpy": np.__version__},
    "entries": [
        entry("primitives", arrays, "primitives", 1e-6, 2e-6,
              "float32 arithmetic against float64; sums of up to 50 terms"),
        entry("products", products, "products", 5e-5, 0,
              "sums of up to 401 products below 1, each rounded to 2^-24 of the sum so far"),
    ],
}, indent=1) + "\n")
