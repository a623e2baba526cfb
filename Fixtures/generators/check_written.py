"""Proves that the .pt files this project writes open in torch with weights_only=True.

Run: python Fixtures/generators/check_written.py
Fixtures/weights/written/*.pt are the writer's own bytes (TorchFileTests compares them). Each must
give, in torch, exactly the tensors of the file it was made from; mapped and unmapped alike.
"""

import os
import sys
import warnings
import zipfile

import safetensors.torch
import torch

warnings.filterwarnings("ignore")
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "weights")
SOURCES = {
    "every-dtype.pt": "torch/state-dict.pt",
    "views.pt": "torch/views.pt",
    "module.pt": "torch/scripted.pt",
    "none.pt": "safetensors/none.safetensors",
    "odd-names.pt": "safetensors/odd-names.safetensors",
}


def original(name):
    path = os.path.join(ROOT, name)
    if name.endswith(".safetensors"):
        return safetensors.torch.load_file(path)
    if "scripted" in name:
        return torch.jit.load(path).state_dict()
    return torch.load(path, weights_only=True)


def same(a, b):
    return a.dtype == b.dtype and a.shape == b.shape and torch.equal(
        torch.nan_to_num(a.double(), nan=12345.0), torch.nan_to_num(b.double(), nan=12345.0)
    )


def main():
    failures = 0
    for name, source in SOURCES.items():
        path = os.path.join(ROOT, "written", name)
        expected = original(source)
        problems = [] if zipfile.ZipFile(path).testzip() is None else ["a checksum is wrong"]
        for mapped in (False, True):
            loaded = torch.load(path, weights_only=True, mmap=mapped)
            if type(loaded).__name__ != "OrderedDict":
                problems.append(f"a {type(loaded).__name__}, not an OrderedDict")
            if set(loaded) != set(expected):
                problems.append("other names")
            problems += [k for k in expected if k in loaded and not same(loaded[k], expected[k])]
        print(f"{name}: {len(expected)} tensors, {'; '.join(problems) or 'equal'}")
        failures += bool(problems)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
