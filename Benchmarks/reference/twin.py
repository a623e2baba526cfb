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

    def attention(self, batch, tokens, heads, causal):
        torch = self.torch
        batch, tokens, heads = int(batch), int(tokens), int(heads)
        qkv = torch.randn(batch, tokens, 3 * heads * 64)

        def run():
            q, k, v = (
                x.reshape(batch, tokens, heads, 64).transpose(1, 2) for x in qkv.chunk(3, -1)
            )
            out = torch.nn.functional.scaled_dot_product_attention(
                q, k, v, is_causal=causal == "1"
            )
            return out.transpose(1, 2).reshape(batch, tokens, heads * 64)

        return run

    def elementwise(self, kind, rows, columns):
        torch = self.torch
        x = torch.randn(int(rows), int(columns))
        weight, bias = torch.ones(int(columns)), torch.zeros(int(columns))
        functional = torch.nn.functional
        return {
            "layernorm": lambda: functional.layer_norm(x, (int(columns),), weight, bias),
            "quickgelu": lambda: x * torch.sigmoid(1.702 * x),
            "gelu": lambda: functional.gelu(x),
            "softmax": lambda: torch.softmax(x, -1),
        }[kind]

    def encoder(self, path, batch):
        tower = self.model(path)
        pixels = self.torch.randn(int(batch), 3, 224, 224)
        return lambda: tower.image(pixels)

    def text_step(self, path, classes, positions, end):
        torch, tower = self.torch, self.model(path)
        classes, positions, end = int(classes), int(positions), int(end)
        rest = torch.randn(classes, positions, tower.text_width)
        start = torch.randn(16, tower.text_width)
        upstream = torch.randn(classes, 512)
        ends = torch.full((classes,), end)

        def run():
            with torch.enable_grad():
                context = start.clone().requires_grad_()
                shared = context.expand(classes, -1, -1)
                x = torch.cat([rest[:, :1], shared, rest[:, 17:]], 1)
                tower.text(x, ends).backward(upstream)
            return context.grad

        return run

    def model(self, path):
        if path not in self.works:
            self.works[path] = CLIP(self.torch, path)
        return self.works[path]

    def load(self, path):
        from safetensors.torch import load_file

        def run():
            tensors = load_file(path)
            return CLIP(self.torch, path, tensors)

        return run

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


class CLIP:
    """The two towers with torch's own layers, from OpenAI's tensor names; frozen."""

    def __init__(self, torch, path, tensors=None):
        if tensors is None:
            from safetensors.torch import load_file

            tensors = load_file(path)
        self.torch, self.t = torch, tensors
        self.text_width = tensors["ln_final.weight"].shape[0]
        self.mask = torch.full((77, 77), float("-inf")).triu(1)

    def norm(self, x, name):
        functional = self.torch.nn.functional
        weight = self.t[name + ".weight"]
        return functional.layer_norm(x, weight.shape, weight, self.t[name + ".bias"])

    def linear(self, x, weight, bias):
        return self.torch.nn.functional.linear(x, self.t[weight], self.t[bias])

    def blocks(self, x, prefix, heads, mask=None):
        """x is [L, N, D], as the published model has it; attention through torch's own function."""
        functional = self.torch.nn.functional
        for layer in range(12):
            p = f"{prefix}.resblocks.{layer}."
            h = self.norm(x, p + "ln_1")
            x = x + functional.multi_head_attention_forward(
                h, h, h, x.shape[-1], heads,
                self.t[p + "attn.in_proj_weight"], self.t[p + "attn.in_proj_bias"],
                None, None, False, 0.0,
                self.t[p + "attn.out_proj.weight"], self.t[p + "attn.out_proj.bias"],
                training=False, need_weights=False, attn_mask=mask,
            )[0]
            h = self.linear(self.norm(x, p + "ln_2"), p + "mlp.c_fc.weight", p + "mlp.c_fc.bias")
            h = h * self.torch.sigmoid(1.702 * h)
            x = x + self.linear(h, p + "mlp.c_proj.weight", p + "mlp.c_proj.bias")
        return x

    def image(self, pixels):
        torch = self.torch
        x = torch.nn.functional.conv2d(pixels, self.t["visual.conv1.weight"], stride=16)
        x = x.flatten(2).transpose(1, 2)
        first = self.t["visual.class_embedding"].expand(x.shape[0], 1, -1)
        x = torch.cat([first, x], 1) + self.t["visual.positional_embedding"]
        x = self.norm(x, "visual.ln_pre").transpose(0, 1)
        x = self.blocks(x, "visual.transformer", x.shape[-1] // 64)
        return self.norm(x[0], "visual.ln_post") @ self.t["visual.proj"]

    def text(self, x, ends):
        positions = x.shape[1]
        x = (x + self.t["positional_embedding"][:positions]).transpose(0, 1)
        x = self.blocks(
            x, "transformer", x.shape[-1] // 64, self.mask[:positions, :positions]
        ).transpose(0, 1)
        x = self.norm(x, "ln_final")
        return x[self.torch.arange(x.shape[0]), ends] @ self.t["text_projection"]


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
