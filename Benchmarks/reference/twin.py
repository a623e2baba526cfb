"""The benchmark program's counterpart: times the same work in PyTorch, NumPy's OpenBLAS,
OpenVINO or ONNX Runtime.

Reads lines "threads repeats work arguments..." and answers each with seconds per repetition.
Started by `bench --against pytorch|openblas|openvino|onnxruntime|best`.
"""

import sys
import time


def timed(body, repeats):
    start = time.perf_counter()
    for _ in range(repeats):
        body()
    return (time.perf_counter() - start) / repeats


def warm(body, seconds):
    """Repeats for so long: a woken thread may share its waker's core until the system moves it."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        body()


class Torch:
    def __init__(self):
        import torch

        self.torch = torch
        self.version = torch.__version__
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
        pixels = tower.pixels(int(batch))
        return lambda: tower.image(pixels)

    def encoder_texts(self, path, batch):
        tower = self.model(path)
        embeddings, ends = tower.prompts(int(batch))
        return lambda: tower.text(embeddings, ends)

    def text_step(self, path, classes, context, owner, positions, ends):
        torch, tower = self.torch, self.model(path)
        classes, context, positions = int(classes), int(context), int(positions)
        start, prompts = self.prompts(tower, classes, context, owner, positions)
        upstream = torch.randn(classes, 512)
        ends = torch.tensor([int(end) for end in ends.split(",")])

        def run():
            with torch.enable_grad():
                leaf = start.clone().requires_grad_()
                tower.text(prompts(leaf), ends).backward(upstream)
            return leaf.grad

        return run

    def prompts(self, tower, classes, context, owner, positions):
        """A context, and how it becomes prompts: [SOT] context, class name and padding."""
        torch, width = self.torch, tower.text_width
        first = torch.randn(1, 1, width).expand(classes, -1, -1)
        rest = torch.randn(classes, positions - 1 - context, width)
        shape = (context, width) if owner == "shared" else (classes, context, width)
        start = 0.02 * torch.randn(shape)
        return start, lambda leaf: torch.cat([first, leaf.expand(classes, -1, -1), rest], 1)

    def train_step(self, path, batch, owner, ends):
        """The released loop: images through the frozen tower, prompts of 77 positions, E7 and the
        token distances of E6, SGD. Written from the published equations of the loss."""
        torch, tower = self.torch, self.model(path)
        batch, classes, context, split = int(batch), 20, 16, 2
        functional = torch.nn.functional
        start, prompts = self.prompts(tower, classes, context, owner, 77)
        leaf = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([leaf], lr=5e-4, momentum=0.9, weight_decay=1e-4)
        pixels = torch.randn(batch, 3, 224, 224)
        labels = (torch.rand(batch, classes) < 0.15).float()
        labels[torch.arange(batch), torch.arange(batch) % classes] = 1
        captions = torch.randn(batch, 77, tower.text_width)
        counts = torch.tensor([4.0 + 775 // (i * i + 1) for i in range(classes)])
        bias = -torch.log(1142 / counts - 1) * 0.05
        margin = 0.2 / counts.pow(0.25)
        omega = counts.pow(-2) / counts.pow(-2).sum()
        ends = torch.tensor([int(end) for end in ends.split(",")])

        def balanced(z):
            share = (1 / counts) / (labels / counts).sum(1, keepdim=True)
            weight = torch.sigmoid(10 * (share - 0.3)) + 0.1
            z = z + bias
            z = z * (1 - labels) * 5 + z * labels
            weight = weight / 5 * (1 - labels) + weight * labels
            loss = functional.binary_cross_entropy_with_logits(z, labels, reduction="none")
            return (2 * weight * (1 - torch.exp(-loss)) ** 2 * loss).mean()

        def embedding(texts):
            shape = (batch, classes, 77 - split, texts.shape[-1])
            a = captions[:, : 77 - split].unsqueeze(1).expand(shape)
            b = texts[:, split:].unsqueeze(0).expand(shape)
            distance = (1 - functional.cosine_similarity(a, b, dim=-1)).mean(-1)
            repel = (1 - labels) * functional.relu(margin - distance)
            return (omega * (labels * distance + repel)).mean()

        def run():
            optimizer.zero_grad()
            with torch.enable_grad():
                images = functional.normalize(tower.image(pixels), dim=-1)
                texts = prompts(leaf)
                features = functional.normalize(tower.text(texts, ends), dim=-1)
                z = 100 * images @ features.t()
                loss = 0.5 * balanced(z) + 0.5 * embedding(texts)
            loss.backward()
            optimizer.step()
            return loss.item()

        return run

    def model(self, path):
        if path not in self.works:
            self.works = {}  # gone before the next is read: a small machine does not hold them all
            self.works[path] = CLIP(self.torch, path)
        return self.works[path]

    def load(self, path):
        return lambda: CLIP(self.torch, path)

    def load_and_encode(self, path):
        pixels = self.torch.randn(1, 3, 224, 224)
        return lambda: CLIP(self.torch, path).image(pixels)

    def save_half(self, path, target):
        def run():
            tensors = CLIP(self.torch, path).t
            self.torch.save({name: value.half() for name, value in tensors.items()}, target)

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

    def __init__(self, torch, path):
        if path.endswith(".pt"):
            tensors = {name: x.float() for name, x in torch.load(path).items()}
        else:
            from safetensors.torch import load_file

            tensors = load_file(path)
        self.torch, self.t = torch, tensors
        self.text_width = tensors["ln_final.weight"].shape[0]
        self.mask = torch.full((77, 77), float("-inf")).triu(1)

    def pixels(self, batch):
        """Pictures of the size that the positions say."""
        residual = "visual.attnpool.positional_embedding" in self.t
        name = "visual.attnpool." if residual else "visual."
        grid = round((self.t[name + "positional_embedding"].shape[0] - 1) ** 0.5)
        side = grid * (32 if residual else self.t["visual.conv1.weight"].shape[-1])
        return self.torch.randn(batch, 3, side, side)

    def prompts(self, batch):
        """Embeddings of full length and their last positions."""
        length = self.t["positional_embedding"].shape[0]
        ends = self.torch.full((batch,), length - 1)
        return self.torch.randn(batch, length, self.text_width), ends

    def norm(self, x, name):
        functional = self.torch.nn.functional
        weight = self.t[name + ".weight"]
        return functional.layer_norm(x, weight.shape, weight, self.t[name + ".bias"])

    def linear(self, x, weight, bias):
        return self.torch.nn.functional.linear(x, self.t[weight], self.t[bias])

    def blocks(self, x, prefix, heads, mask=None):
        """x is [L, N, D], as the published model has it; attention through torch's own function."""
        functional = self.torch.nn.functional
        layer = 0
        while f"{prefix}.resblocks.{layer}.ln_1.weight" in self.t:
            p = f"{prefix}.resblocks.{layer}."
            layer += 1
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
        if "visual.layer1.0.conv1.weight" in self.t:
            return self.residual(pixels)
        patches = self.t["visual.conv1.weight"]
        x = torch.nn.functional.conv2d(pixels, patches, stride=patches.shape[-1])
        x = x.flatten(2).transpose(1, 2)
        first = self.t["visual.class_embedding"].expand(x.shape[0], 1, -1)
        x = torch.cat([first, x], 1) + self.t["visual.positional_embedding"]
        x = self.norm(x, "visual.ln_pre").transpose(0, 1)
        x = self.blocks(x, "visual.transformer", x.shape[-1] // 64)
        return self.norm(x[0], "visual.ln_post") @ self.t["visual.proj"]

    def convolution(self, x, weight, norm, stride=1):
        functional, t = self.torch.nn.functional, self.t
        x = functional.conv2d(
            x, t[weight + ".weight"], stride=stride, padding=t[weight + ".weight"].shape[-1] // 2)
        return functional.batch_norm(
            x, t[norm + ".running_mean"], t[norm + ".running_var"], t[norm + ".weight"],
            t[norm + ".bias"])

    def residual(self, x):
        """The residual tower: a stem of three, four stages, attention pooling."""
        torch, functional, t = self.torch, self.torch.nn.functional, self.t
        for index, stride in [(1, 2), (2, 1), (3, 1)]:
            name = f"visual.conv{index}"
            x = functional.relu(self.convolution(x, name, f"visual.bn{index}", stride))
        x = functional.avg_pool2d(x, 2)
        for stage in range(1, 5):
            block = 0
            while f"visual.layer{stage}.{block}.conv1.weight" in t:
                p = f"visual.layer{stage}.{block}."
                pools = stage > 1 and block == 0
                y = functional.relu(self.convolution(x, p + "conv1", p + "bn1"))
                y = functional.relu(self.convolution(y, p + "conv2", p + "bn2"))
                y = self.convolution(
                    functional.avg_pool2d(y, 2) if pools else y, p + "conv3", p + "bn3")
                if block == 0:
                    x = self.convolution(
                        functional.avg_pool2d(x, 2) if pools else x,
                        p + "downsample.0", p + "downsample.1")
                x = functional.relu(x + y)
                block += 1
        p = "visual.attnpool."
        x = x.flatten(2).permute(2, 0, 1)
        x = torch.cat([x.mean(0, keepdim=True), x])
        x = x + t[p + "positional_embedding"][:, None]
        return functional.multi_head_attention_forward(
            x[:1], x, x, x.shape[-1], x.shape[-1] // 64, None,
            torch.cat([t[p + f"{name}_proj.bias"] for name in "qkv"]), None, None, False, 0.0,
            t[p + "c_proj.weight"], t[p + "c_proj.bias"], training=False, need_weights=False,
            use_separate_proj_weight=True, q_proj_weight=t[p + "q_proj.weight"],
            k_proj_weight=t[p + "k_proj.weight"], v_proj_weight=t[p + "v_proj.weight"],
        )[0][0]

    def text(self, x, ends):
        positions = x.shape[1]
        x = (x + self.t["positional_embedding"][:positions]).transpose(0, 1)
        x = self.blocks(
            x, "transformer", x.shape[-1] // 64, self.mask[:positions, :positions]
        ).transpose(0, 1)
        x = self.norm(x, "ln_final")
        return x[self.torch.arange(x.shape[0]), ends] @ self.t["text_projection"]


def module(torch, path, batch, texts):
    """A tower of the twin as a module, which converters take, and its input."""
    tower = CLIP(torch, path)
    given, ends = tower.prompts(batch) if texts else (tower.pixels(batch), None)

    class Tower(torch.nn.Module):
        def forward(self, x):
            return tower.text(x, ends) if texts else tower.image(x)

    return Tower().eval(), given


class OpenVINO:
    """The towers, converted from the PyTorch twin; single precision as everything here."""

    def __init__(self):
        import openvino
        import torch

        torch.set_grad_enabled(False)
        self.openvino, self.torch = openvino, torch
        self.core = openvino.Core()
        self.version = openvino.__version__

    def threads(self, count):
        self.count = count

    def encoder(self, path, batch):
        return self.tower(path, int(batch), texts=False)

    def encoder_texts(self, path, batch):
        return self.tower(path, int(batch), texts=True)

    def tower(self, path, batch, texts):
        tower, given = module(self.torch, path, batch, texts)
        model = self.openvino.convert_model(tower, example_input=given)
        compiled = self.core.compile_model(model, "CPU", {
            "INFERENCE_NUM_THREADS": self.count, "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32"})
        given = given.numpy()
        return lambda: compiled(given)


class ONNXRuntime:
    """The towers, exported from the PyTorch twin, with every optimisation of the graph."""

    def __init__(self):
        import onnx  # the exporter needs it
        import onnxruntime
        import torch

        torch.set_grad_enabled(False)
        self.runtime, self.torch = onnxruntime, torch
        self.version = onnxruntime.__version__

    def threads(self, count):
        self.count = count

    def encoder(self, path, batch):
        return self.tower(path, int(batch), texts=False)

    def encoder_texts(self, path, batch):
        return self.tower(path, int(batch), texts=True)

    def tower(self, path, batch, texts):
        import io

        tower, given = module(self.torch, path, batch, texts)
        file = io.BytesIO()
        self.torch.onnx.export(
            tower, (given,), file, input_names=["x"], opset_version=17, dynamo=False)
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self.count, 1
        # Otherwise its threads look for work until the next run, on the cores that we are measured on.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        session = self.runtime.InferenceSession(
            file.getvalue(), options, providers=["CPUExecutionProvider"])
        feed = {"x": given.numpy()}
        return lambda: session.run(None, feed)


class OpenBLAS:
    def __init__(self):
        import numpy
        import threadpoolctl

        self.numpy = numpy
        self.controller = threadpoolctl.ThreadpoolController()
        found = [i for i in self.controller.info() if i["internal_api"] == "openblas"]
        if not found:
            raise RuntimeError("NumPy is not linked with OpenBLAS")
        self.version = f"{found[0]['version']} of NumPy {numpy.__version__}"
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
        library = {
            "pytorch": Torch, "openblas": OpenBLAS, "openvino": OpenVINO,
            "onnxruntime": ONNXRuntime}[sys.argv[1]]()
    except Exception as error:  # the caller prints it
        print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)
        return
    print(f"ready {library.version}", flush=True)
    last, body, first = None, None, 0
    for line in sys.stdin:
        threads, repeats, work, *arguments = line.split()
        try:
            library.threads(int(threads))
            if (work, arguments, threads) != last:
                last = body = None  # its model and input too
                body = getattr(library, work.replace("-", "_"))(*arguments)
                last = (work, arguments, threads)
                first = timed(body, 1)  # warm
                if first > 5:  # seconds: warming changes nothing
                    print(first, flush=True)
                    continue
            if first < 0.1:
                warm(body, 0.03)  # wakes threads that slept while the other side was measured
            print(timed(body, int(repeats)), flush=True)
        except Exception as error:
            print(f"{type(error).__name__}: {error}".replace("\n", " "), flush=True)


if __name__ == "__main__":
    main()
