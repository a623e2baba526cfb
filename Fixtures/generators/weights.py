"""Weight files written by torch, safetensors and numpy, and the values that these read back.

Run: python Fixtures/generators/weights.py
Writes Fixtures/weights/ and Fixtures/hostile/{zip,pickle,safetensors,npy,json}/.
Every tensor's expected value is the sha256 of its float32 bytes (row-major, little-endian), computed
here from what the original library loads, plus its first values in clear.
"""

import hashlib
import io
import json
import os
import pickle
import platform
import re
import shutil
import struct
import sys
import tarfile
import warnings
import zipfile
from collections import Counter, OrderedDict

import numpy as np
import safetensors
import safetensors.torch
import torch

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "weights")
HOSTILE = os.path.join(HERE, "..", "hostile")
TOOLS = {
    "python": platform.python_version(),
    "torch": torch.__version__,
    "numpy": np.__version__,
    "safetensors": safetensors.__version__,
}
NAMES = {
    torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16",
    torch.int64: "I64", torch.int32: "I32", torch.int16: "I16", torch.int8: "I8",
    torch.uint8: "U8", torch.bool: "BOOL",
}  # fmt: skip

expected = {}
refused = {}


def path(name):
    full = os.path.join(ROOT, name)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def describe(name, tensor):
    tensor = torch.as_tensor(tensor).detach()
    floats = tensor.float().contiguous().numpy().astype("<f4", copy=False)
    # torch and numpy widen a half's not-a-number to different payloads; here there is one of them.
    floats = np.where(np.isnan(floats), np.float32("nan"), floats)
    first = [float(v) if np.isfinite(v) else str(v) for v in floats.reshape(-1)[:3]]
    return {
        "name": name,
        "dtype": NAMES[tensor.dtype],
        "shape": list(tensor.shape),
        "sha256": hashlib.sha256(floats.tobytes()).hexdigest(),
        "first": first,
    }


def expect(name, form, tensors, metadata=None):
    expected[name] = {
        "format": form,
        "metadata": metadata or {},
        "tensors": [describe(n, t) for n, t in tensors.items()],
    }


def every_dtype():
    """One tensor of each format, with its extreme and special values."""
    inf, nan = float("inf"), float("nan")
    floats = [0.0, -0.0, 1.0, -1.5, 0.1, 65504.0, 65520.0, 1e-7, 6e-8, 1e-40, 3.4e38, inf, -inf, nan]
    out = OrderedDict()
    out["f64"] = torch.tensor(floats + [1e300, 1e-300, 1 + 2**-40], dtype=torch.float64)
    out["f32"] = torch.tensor(floats, dtype=torch.float32)
    out["f16"] = torch.tensor(floats, dtype=torch.float16)
    out["bf16"] = torch.tensor(floats, dtype=torch.bfloat16)
    out["i64"] = torch.tensor([0, -1, 2**63 - 1, -(2**63), 2**53 + 1, 16777217])
    out["i32"] = torch.tensor([0, -1, 2**31 - 1, -(2**31), 16777217], dtype=torch.int32)
    out["i16"] = torch.tensor([0, -1, 32767, -32768], dtype=torch.int16)
    out["i8"] = torch.tensor([0, -1, 127, -128], dtype=torch.int8)
    out["u8"] = torch.tensor([0, 1, 255], dtype=torch.uint8)
    out["bool"] = torch.tensor([True, False, True])
    out["scalar"] = torch.tensor(4.6052)
    out["empty"] = torch.zeros(3, 0, 2)
    out["matrix"] = torch.arange(12, dtype=torch.float32).reshape(3, 4)
    return out


class Attention(torch.nn.Module):
    """A little of everything that CLIP's archives contain."""

    def __init__(self):
        super().__init__()
        self.in_proj_weight = torch.nn.Parameter(torch.randn(6, 2))
        self.ln_1 = torch.nn.LayerNorm(2)
        self.mask = torch.full((2, 2), float("-inf")).triu_(1)  # a tensor, not a weight

    def forward(self, x):
        return self.ln_1(x @ self.in_proj_weight[:2] + self.mask.exp())


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = torch.nn.Conv2d(3, 2, 2, bias=False)
        self.bn1 = torch.nn.BatchNorm2d(2)
        self.resblocks = torch.nn.Sequential(Attention(), Attention())
        self.logit_scale = torch.nn.Parameter(torch.ones([]) * 4.6052)
        self.register_buffer("input_resolution", torch.tensor(224))
        self.register_buffer("cache", torch.ones(2), persistent=False)
        self.sizes = [1, 2, 3]
        self.epsilon = 1e-5

    def forward(self, x):
        y = self.bn1(self.conv1(x)).flatten(2).mean(1)[:, :2]
        return self.resblocks(y) * self.logit_scale.exp() + torch.tensor([1.0, 2.0]) + self.cache


def torch_files():
    torch.manual_seed(0)
    everything = every_dtype()
    torch.save(everything, path("torch/state-dict.pt"))
    expect("torch/state-dict.pt", "torch", torch.load(path("torch/state-dict.pt")))

    torch.save(dict(everything), path("torch/protocol-4.pt"), pickle_protocol=4)
    expect("torch/protocol-4.pt", "torch", everything)
    torch.save(dict(everything), path("torch/protocol-5.pt"), pickle_protocol=5)
    expect("torch/protocol-5.pt", "torch", everything)

    model = Model()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    model(torch.randn(1, 3, 2, 3)).sum().backward()
    optimizer.step()
    checkpoint = {
        "epoch": 3, "name": "run-é", "best": 0.5, "seed": 2**64 - 1, "negative": -(2**40),
        "state_dict": model.state_dict(), "optimizer": optimizer.state_dict(),
        "scheduler": {"milestones": Counter([3, 3, 5]), "last_epoch": 3, "_step": None},
        "size": torch.Size([2, 3]), "dtype": torch.float16, "device": torch.device("cpu"),
        "flags": (True, False, (), [], {}, {1, 2}), "raw": b"\x00\xff",
    }  # fmt: skip
    torch.save(checkpoint, path("torch/checkpoint.pt"))
    expect("torch/checkpoint.pt", "torch", model.state_dict())

    nested = {"image_encoder": {"proj": torch.ones(2, 2)}, "heads": [torch.zeros(1), torch.ones(1)],
              "by_index": {0: torch.tensor([7])}, "text": "x"}  # fmt: skip
    torch.save(nested, path("torch/nested.pt"))
    expect("torch/nested.pt", "torch", {
        "image_encoder.proj": nested["image_encoder"]["proj"], "heads.0": nested["heads"][0],
        "heads.1": nested["heads"][1], "by_index.0": nested["by_index"][0],
    })  # fmt: skip

    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
    shared = OrderedDict(
        base=base, tied=base, transposed=base.transpose(0, 2), sliced=base[:, 1:, ::2],
        row=base[1, 2], offset=base.reshape(-1)[5:9], expanded=base[0, 0, :1].expand(5, 3),
        half=base.half().t() if base.dim() == 2 else base.half().permute(2, 0, 1),
        scalar=base[1, 1, 1], column=base[:, :, 1:2], empty=base[:0],
    )  # fmt: skip
    torch.save(shared, path("torch/views.pt"))
    expect("torch/views.pt", "torch", shared)

    plain = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    custom = torch.nn.Parameter(torch.tensor([3.0]), requires_grad=False)
    custom.note = "kept by torch"
    torch.save({"plain": plain, "custom": custom}, path("torch/parameters.pt"))
    expect("torch/parameters.pt", "torch", {"plain": plain, "custom": custom})

    torch.save(torch.tensor([[1.5, 2.5]]), path("torch/tensor.pt"))
    expect("torch/tensor.pt", "torch", {"tensor": torch.tensor([[1.5, 2.5]])})

    torch.serialization.set_crc32_options(False)
    torch.save(shared, path("torch/no-crc.pt"))
    torch.serialization.set_crc32_options(True)
    expect("torch/no-crc.pt", "torch", shared)

    big = path("torch/big-endian.pt")
    swap_bytes(path("torch/state-dict.pt"), big)
    expect("torch/big-endian.pt", "torch", torch.load(big))

    repack(path("torch/state-dict.pt"), path("torch/deflated.pt"), zipfile.ZIP_DEFLATED)
    expect("torch/deflated.pt", "torch", everything)

    torch.manual_seed(1)
    model = Model().eval()
    scripted = torch.jit.script(model.half())
    save_script(scripted, path("torch/scripted.pt"))
    loaded = torch.jit.load(path("torch/scripted.pt"))
    expect("torch/scripted.pt", "torchscript", loaded.state_dict())
    repack(path("torch/scripted.pt"), path("torch/scripted-old.pt"), zipfile.ZIP_STORED,
           drop=("byteorder", "serialization_id"))  # fmt: skip
    expect("torch/scripted-old.pt", "torchscript", torch.jit.load(path("torch/scripted-old.pt")).state_dict())

    traced = torch.jit.trace(Model().eval(), torch.randn(1, 3, 2, 3))
    save_script(traced, path("torch/traced.pt"))
    loaded = torch.jit.load(path("torch/traced.pt"))
    expect("torch/traced.pt", "torchscript", loaded.state_dict())

    refuse_torch(model)


def save_script(module, target):
    """torch.jit.save, then without the debug records, which hold paths of the machine."""
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    with open(target, "wb") as file:
        keep = io.BytesIO()
        with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(keep, "w") as new:
            for item in old.infolist():
                if item.filename.endswith((".debug_pkl", "serialization_id")):
                    continue
                info = zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0))
                info.compress_type = item.compress_type
                new.writestr(info, old.read(item.filename))
        file.write(keep.getvalue())


def repack(source, target, method, drop=()):
    """The same archive with other compression, without some entries."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", method) as new:
        for item in old.infolist():
            if not item.filename.endswith(drop or ("\0",)):
                info = zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0))
                info.compress_type = method
                new.writestr(info, old.read(item.filename))


def swap_bytes(source, target):
    """What torch.save writes on a big-endian machine; torch.load confirms it."""
    sizes = {"f64": 8, "f32": 4, "f16": 2, "bf16": 2, "i64": 8, "i32": 4, "i16": 2, "i8": 1,
             "u8": 1, "bool": 1, "scalar": 4, "empty": 4, "matrix": 4}  # fmt: skip
    widths = list(sizes.values())
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            data = old.read(item.filename)
            if item.filename.endswith("byteorder"):
                data = b"big"
            if "/data/" in item.filename and "/.data/" not in item.filename:
                width = widths[int(item.filename.rsplit("/", 1)[1])]
                data = np.frombuffer(data, f"<u{width}").byteswap().tobytes()
            new.writestr(zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0)), data)


def refuse(name, code, text):
    refused[name] = {"code": code, "contains": text}


def refuse_torch(model):
    legacy = path("torch/legacy.pt")
    torch.save({"w": torch.ones(2)}, legacy, _use_new_zipfile_serialization=False)
    data = open(legacy, "rb").read()  # storages are called after their addresses
    open(legacy, "wb").write(re.sub(rb"[0-9]{8,}", lambda m: b"0" * len(m[0]), data))
    refuse("torch/legacy.pt", "weights.unsupported-format", "before 1.6")

    with tarfile.open(path("torch/tar.pt"), "w", format=tarfile.USTAR_FORMAT) as tar:
        for name in ("storages", "tensors", "pickle", "sys_info"):
            tar.addfile(tarfile.TarInfo(name), io.BytesIO())
    refuse("torch/tar.pt", "weights.unsupported-format", "tar archive")

    torch.save(model, path("torch/whole-module.pt"))
    refuse("torch/whole-module.pt", "pickle.global", "'__main__.Model'")

    torch.save({"w": torch.ones(2, dtype=torch.complex64)}, path("torch/complex.pt"))
    refuse("torch/complex.pt", "pickle.global", "'torch.ComplexFloatStorage'")
    torch.save({"w": torch.ones(2, dtype=torch.uint16)}, path("torch/uint16.pt"))
    refuse("torch/uint16.pt", "pickle.call", "number format")
    torch.save({"w": torch.eye(2).to_sparse()}, path("torch/sparse.pt"))
    refuse("torch/sparse.pt", "pickle.global", "'torch._utils._rebuild_sparse_tensor'")
    torch.save({"w": torch.ones(2), "metric": np.float64(0.5)}, path("torch/numpy-scalar.pt"))
    refuse("torch/numpy-scalar.pt", "pickle.global", "'numpy._core.multiarray.scalar'")
    torch.save({"epoch": 3}, path("torch/no-tensors.pt"))
    refuse("torch/no-tensors.pt", "torch.no-tensors", "no tensor")
    with open(path("torch/pickle.pkl"), "wb") as file:
        pickle.dump({"counts": [1, 2]}, file, protocol=4)
    refuse("torch/pickle.pkl", "weights.unsupported-format", "bare Python pickle")


def safetensors_files():
    tensors = {k: v.contiguous() for k, v in every_dtype().items()}
    name = "safetensors/every-dtype.safetensors"
    safetensors.torch.save_file(tensors, path(name), {"format": "pt"})
    expect(name, "safetensors", safetensors.torch.load_file(path(name)), {"format": "pt"})

    name = "safetensors/odd-names.safetensors"
    odd = {"": torch.ones(1), "a.b/c d": torch.ones(2), "é\u4e2d\U0001f600": torch.zeros(1),
           'quote"\\\n': torch.zeros(2), "z": torch.ones(1, dtype=torch.uint8)}  # fmt: skip
    safetensors.torch.save_file(odd, path(name))
    expect(name, "safetensors", odd)

    name = "safetensors/none.safetensors"
    safetensors.torch.save_file({}, path(name))
    expect(name, "safetensors", {})

    first = {"visual.proj": torch.arange(6.0).reshape(2, 3), "logit_scale": torch.tensor(1.5)}
    second = {"text_projection": torch.arange(4.0).half()}
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    safetensors.torch.save_file(first, path("safetensors/" + shards[0]), {"format": "pt"})
    safetensors.torch.save_file(second, path("safetensors/" + shards[1]), {"format": "pt"})
    for shard, content in zip(shards, (first, second)):
        expect("safetensors/" + shard, "safetensors", content, {"format": "pt"})
    index = {
        "metadata": {"total_size": 36},
        "weight_map": {**{k: shards[0] for k in first}, **{k: shards[1] for k in second}},
    }
    name = "safetensors/model.safetensors.index.json"
    with open(path(name), "w") as file:
        json.dump(index, file, indent=2)
    expect(name, "sharded-safetensors", {**first, **second}, {"format": "pt"})


def numpy_files():
    for name, tensor in every_dtype().items():
        if name == "bf16":
            continue
        array = tensor.numpy()
        np.save(path(f"npy/{name}.npy"), array)
        expect(f"npy/{name}.npy", "npy", {name: tensor})
        if array.dtype.itemsize > 1:
            np.save(path(f"npy/{name}-big.npy"), array.astype(array.dtype.newbyteorder(">")))
            expect(f"npy/{name}-big.npy", "npy", {f"{name}-big": tensor})
    cube = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.save(path("npy/fortran.npy"), np.asfortranarray(cube))
    expect("npy/fortran.npy", "npy", {"fortran": cube.copy()})
    np.save(path("npy/fortran-big.npy"), np.asfortranarray(cube.astype(">f8")))
    expect("npy/fortran-big.npy", "npy", {"fortran-big": cube.astype(np.float64)})
    for version in ((2, 0), (3, 0)):
        name = f"npy/version-{version[0]}.npy"
        with open(path(name), "wb") as file:
            np.lib.format.write_array(file, cube, version=version)
        expect(name, "npy", {f"version-{version[0]}": cube.copy()})
    bits = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)
    raw = bits.view(torch.int16).numpy().view("V2")
    np.save(path("npy/bf16.npy"), raw)
    patched = open(path("npy/bf16.npy"), "rb").read().replace(b"'|V2'", b"'<V2'")
    open(path("npy/bf16.npy"), "wb").write(patched)
    expect("npy/bf16.npy", "npy", {"bf16": bits})

    arrays = {"ctx": cube, "labels": np.array([[1, 0], [0, 1]], np.uint8), "n": np.int64(3)}
    for name, save in (("npy/stored.npz", np.savez), ("npy/deflated.npz", np.savez_compressed)):
        save(path(name), **arrays)
        expect(name, "npz", {k: np.asarray(v).copy() for k, v in arrays.items()})

    np.save(path("npy/object.npy"), np.array([{}, None]), allow_pickle=True)
    refuse("npy/object.npy", "npy.dtype", "'|O'")
    np.save(path("npy/structured.npy"), np.zeros(2, [("a", "<f4")]))
    refuse("npy/structured.npy", "npy.header", "a string")
    np.save(path("npy/complex.npy"), np.zeros(2, np.complex64))
    refuse("npy/complex.npy", "npy.dtype", "'<c8'")
    np.save(path("npy/unicode.npy"), np.array(["ab"]))
    refuse("npy/unicode.npy", "npy.dtype", "'<U2'")


def half_floats():
    """All 65,536 values of both 16-bit formats, and the rounding of many floats into them."""
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    with np.errstate(all="ignore"):
        wide = halves.astype(np.float32)
    numbers = ~np.isnan(wide)
    bfloats = torch.arange(65536, dtype=torch.int32).to(torch.int16).view(torch.bfloat16)
    # Floats of every exponent with pseudo-random mantissas, and the exact ties between halves.
    index = np.arange(1 << 20, dtype=np.uint64)
    bits = ((index * np.uint64(2654435761)) & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    floats = bits.view(np.float32)
    floats = np.where(np.isnan(floats), np.float32(0), floats)
    with np.errstate(all="ignore"):
        narrow = floats.astype(np.float16)
    bnarrow = torch.from_numpy(floats).to(torch.bfloat16).view(torch.int16).numpy()
    digest = lambda a: hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()
    return {
        "widenHalf": digest(np.where(numbers, wide, np.float32(0))),
        "widenBFloat": digest(torch.nan_to_num(bfloats.float(), nan=0.0, posinf=float("inf"),
                                               neginf=-float("inf")).numpy()),
        "narrowHalf": digest(narrow),
        "narrowBFloat": digest(bnarrow),
    }  # fmt: skip


class Evil:
    def __init__(self, *call):
        self.call = call

    def __reduce__(self):
        return self.call


def hostile_files():
    """Files that must be refused, made with the libraries an attacker would use."""
    cases = {}

    def put(kind, name, data, code):
        folder = os.path.join(HOSTILE, kind)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
        cases[f"{kind}/{name}"] = code

    def saved(value, **options):
        buffer = io.BytesIO()
        torch.save(value, buffer, **options)
        return buffer.getvalue()

    import builtins
    import subprocess

    calls = {
        "system": (os.system, ("echo owned",)),
        "eval": (eval, ("1",)),
        "exec": (exec, ("1",)),
        "import": (builtins.__import__, ("os",)),
        "getattr": (getattr, ("", "join")),
        "popen": (subprocess.Popen, (["true"],)),
    }
    for name, call in calls.items():
        for protocol in (2, 4):
            data = saved({"w": torch.ones(1), "x": Evil(*call)}, pickle_protocol=protocol)
            put("pickle", f"x-{name}-{protocol}.pt", data, "pickle.global")

    put("zip", "x-overlap.zip", overlapping_bomb(), "zip.overlap")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(undated("zeros"), bytes(1 << 20), zipfile.ZIP_DEFLATED)
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as archive:
        archive.writestr(undated("a.zip"), inner.getvalue())
    put("zip", "x-nested.zip", nested.getvalue(), "weights.unknown-archive")
    empty = io.BytesIO()
    zipfile.ZipFile(empty, "w").close()
    put("zip", "x-empty.zip", empty.getvalue(), "weights.unknown-archive")
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(undated("archive/data.pkl"), bytes(8 << 20), zipfile.ZIP_DEFLATED)
    put("zip", "x-zeros.pt", bomb.getvalue(), "pickle.version")

    header = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
    put("safetensors", "x-duplicate.safetensors",
        raw_safetensors(header + header[1:-1] + b"}", 4), "safetensors.header-json")  # fmt: skip
    call = b"{'descr': __import__('os').system('echo owned'), 'fortran_order': False, 'shape': (1,)}"
    put("npy", "x-call.npy", raw_npy(call), "npy.header")
    put("json", "x-deep.json", b'{"a":' * 1000, "json.too-deep")
    return cases


def undated(name):
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def raw_safetensors(header, count):
    return struct.pack("<Q", len(header)) + header + bytes(count)


def raw_npy(text):
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text) + 1) + text + b"\n" + bytes(4)


def overlapping_bomb():
    """Fifty directory entries for one compressed kernel."""
    import zlib

    compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = compressor.compress(bytes(1 << 20)) + compressor.flush()
    name = b"archive/data/0"
    sizes = (0, len(kernel), 1 << 20)  # checksum, compressed, uncompressed
    out = io.BytesIO()
    out.write(struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 33, *sizes, len(name), 0))
    out.write(name + kernel)
    directory = out.tell()
    for _ in range(50):
        out.write(struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 33, *sizes,
                              len(name), 0, 0, 0, 0, 0, 0) + name)  # fmt: skip
    size = out.tell() - directory
    out.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 50, 50, size, directory, 0))
    return out.getvalue()


def write_manifest(folder, entries):
    manifest = {"schema": 1, "generator": "generators/weights.py", "tools": TOOLS, "entries": entries}
    with open(os.path.join(folder, "manifest.json"), "w") as file:
        json.dump(manifest, file, indent=1, ensure_ascii=False)
        file.write("\n")


def entry(folder, name, error):
    data = open(os.path.join(folder, name), "rb").read()
    outputs = [] if error else [
        {"name": "tensors", "atol": 0, "rtol": 0, "why": "widening is exact, narrowing is IEEE's"}
    ]  # fmt: skip
    return {"path": name, "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
            "equation": "file formats", "outputs": outputs, "error": error}  # fmt: skip


def main():
    for folder in ("torch", "safetensors", "npy"):  # not written/, which is not made here
        shutil.rmtree(os.path.join(ROOT, folder), ignore_errors=True)
    torch_files()
    safetensors_files()
    numpy_files()
    document = {"files": expected, "refused": refused, "halves": half_floats()}
    with open(path("expected.json"), "w") as file:
        json.dump(document, file, indent=1, ensure_ascii=False)
        file.write("\n")
    write_manifest(
        ROOT,
        [entry(ROOT, name, None) for name in expected]
        + [entry(ROOT, name, case["code"]) for name, case in refused.items()]
        + [entry(ROOT, "written/" + name, None) for name in sorted(os.listdir(path("written")))],
    )
    for kind in ("zip", "pickle", "safetensors", "npy", "json"):
        shutil.rmtree(os.path.join(HOSTILE, kind), ignore_errors=True)
    cases = hostile_files()
    for kind in ("zip", "pickle", "safetensors", "npy", "json"):
        folder = os.path.join(HOSTILE, kind)
        names = [n for n in cases if n.startswith(kind + "/")]
        write_manifest(
            folder, [entry(folder, n[len(kind) + 1 :], cases[n]) for n in names]
        )


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # torch.jit writes constants in the order of a set
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    main()
