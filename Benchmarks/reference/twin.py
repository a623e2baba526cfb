"""The benchmark program's counterpart: times the same work in PyTorch, or in NumPy's OpenBLAS.

Reads lines "threads repeats work arguments..." and answers each with seconds per repetition.
Started by `bench --against pytorch|openblas`.
"""

import sys
import time


def timed(body, repeats):
    start = time.perf_counter()
    for _ in range(repeats):
        body()
    return (time.perf_counter() - start) / repeats


class Torch:
    def __init__(self):
        import torch

        self.torch = torch
        torch.set_grad_enabled(False)
        torch.manual_seed(0)
        self.works = {}

    def threads(self, count):
        if self.torch.get_num_threads() != count:
            self.torch.set_num_threads(count)

    def gemm(self, kind, m, n, k):
        torch = self.torch
        m, n, k = int(m), int(n), int(k)
        a = torch.randn(m, k) if kind[0] == "n" else torch.randn(k, m).t()
        b = torch.randn(k, n) if kind[1] == "n" else torch.randn(n, k).t()
        c = torch.empty(m, n)
        return lambda: torch.mm(a, b, out=c)

    def decode(self, path):
        import io

        from PIL import Image

        with open(path, "rb") as file:
            data = file.read()
        return lambda: Image.open(io.BytesIO(data)).convert("RGB")

    def preprocess(self, recipe, size, path):
        from PIL import Image
        from torchvision import transforms

        image, size = Image.open(path).convert("RGB"), int(size)
        if recipe == "lmpt":
            return lambda: transforms.Resize((size, size))(image)
        bicubic = transforms.InterpolationMode.BICUBIC
        steps = transforms.Compose(
            [transforms.Resize(size, interpolation=bicubic), transforms.CenterCrop(size)])
        return lambda: steps(image)


class OpenBLAS:
    def __init__(self):
        import numpy
        import threadpoolctl

        self.numpy = numpy
        self.controller = threadpoolctl.ThreadpoolController()
        if not any(i["internal_api"] == "openblas" for i in self.controller.info()):
            raise RuntimeError("NumPy is not linked with OpenBLAS")
        self.random = numpy.random.default_rng(0)

    def threads(self, count):
        self.controller.limit(limits=count)

    def gemm(self, kind, m, n, k):
        m, n, k = int(m), int(n), int(k)
        make = lambda r, c: self.random.standard_normal((r, c), dtype="float32")
        a = make(m, k) if kind[0] == "n" else make(k, m).T
        b = make(k, n) if kind[1] == "n" else make(n, k).T
        c = self.numpy.empty((m, n), "float32")
        return lambda: self.numpy.matmul(a, b, out=c)


def main():
    try:
        library = {"pytorch": Torch, "openblas": OpenBLAS}[sys.argv[1]]()
    except Exception as error:  # the caller prints it
        print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)
        return
    print("ready", flush=True)
    last, body = None, None
    for line in sys.stdin:
        threads, repeats, work, *arguments = line.split()
        try:
            library.threads(int(threads))
            if (work, arguments, threads) != last:
                body = getattr(library, work.replace("-", "_"))(*arguments)
                body()  # warm
                last = (work, arguments, threads)
            print(timed(body, int(repeats)), flush=True)
        except Exception as error:
            print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
