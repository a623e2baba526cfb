# predictors - the scores of every method from given tensors, in float64 PyTorch: Fixtures/predictors.
# SPDX-License-Identifier: Apache-2.0
"""What each method says of pictures once it is trained, written from the papers.

`python predictors.py` rewrites Fixtures/predictors after `training.py` and `mini.py`; the same
versions give the same bytes. The tensors are drawn, not trained, and large enough that every term
matters; image features and places have lengths from 0.2 to 5, because no tower gives unit vectors.
Case `NAME` has the options of a run in the metadata, its tensors under `NAME/given/`, and
`NAME/logits` of the stored features, places and pixels, `NAME/pictures` of the pictures.
"""
import hashlib
import json

import clip
import clip.model
import numpy as np
import safetensors.numpy
import torch
import torch.nn.functional as F
from clip.simple_tokenizer import SimpleTokenizer
from PIL import Image
from sklearn.metrics import average_precision_score
from torch import nn
from torchvision.transforms import CenterCrop, InterpolationMode, Resize

from equation_cases import ROOT, const, f32, record, saved

torch.set_num_threads(1)
clip.model.LayerNorm = nn.LayerNorm  # OpenAI's own goes through float32
source = safetensors.numpy.load_file(ROOT / "training" / "steps.safetensors")
with open(ROOT / "training" / "steps.safetensors", "rb") as file:
    meta = json.loads(file.read(int.from_bytes(file.read(8), "little")))["__metadata__"]
NAMES = json.loads(meta["names"])
C, E, D, M = len(NAMES), 32, 64, 4
tokenizer = SimpleTokenizer()
rng = np.random.default_rng(77)
tensors, settings = {}, {}


def tiny():
    """The tiny CLIP of training.py, of whose token embeddings only the used rows are stored."""
    net = clip.model.CLIP(E, 32, 1, 64, 16, 77, 49408, D, 1, 2)
    state = {k[6:]: torch.tensor(v) for k, v in source.items() if k.startswith("model/")}
    table = torch.zeros(49408, D)
    table[source["rows"]] = torch.tensor(source["embeddings"])
    net.load_state_dict({**state, "token_embedding.weight": table})
    return net.double().requires_grad_(False)


NET = tiny()
SCALE = NET.logit_scale.exp()


def normal(*shape, std=1.0):
    return f32(rng.normal(0, std, size=shape))


def unit(x):
    return x / x.norm(dim=-1, keepdim=True)


def lengthened(*shape):
    """Random directions with lengths from 0.2 to 5."""
    x = rng.normal(size=(*shape, E))
    lengths = np.exp(rng.uniform(np.log(0.2), np.log(5), size=(*shape, 1)))
    return f32(x / np.linalg.norm(x, axis=-1, keepdims=True) * lengths)


IMAGES, PLACES = 7, 6
tensors["features"] = lengthened(IMAGES)
tensors["places"] = lengthened(IMAGES, 1 + PLACES)
tensors["pixels"] = normal(IMAGES, 3, 32, 32)
STORED = [const(tensors[name]) for name in ["features", "places", "pixels"]]


def pixels_of(paths, size, recipe):
    """torchvision's transforms on Pillow's pictures, as the two programs have them."""
    if recipe == "lmpt":
        steps = [Resize((size, size), InterpolationMode.BILINEAR)]
        mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    else:
        steps = [Resize(size, InterpolationMode.BICUBIC), CenterCrop(size)]
        mean, std = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    rows = []
    for path in paths:
        picture = Image.open(ROOT / "mini" / path).convert("RGB")
        for step in steps:
            picture = step(picture)
        rows.append((np.asarray(picture) / 255 - mean) / std)
    return torch.tensor(np.stack(rows)).permute(0, 3, 1, 2)


def every_token(visual, x):
    """All tokens of a vision transformer through ln_post and proj."""
    x = visual.conv1(x).flatten(2).transpose(1, 2)
    first = visual.class_embedding.expand(len(x), 1, -1)
    x = visual.ln_pre(torch.cat([first, x], dim=1) + visual.positional_embedding)
    return visual.ln_post(visual.transformer(x.permute(1, 0, 2)).permute(1, 0, 2)) @ visual.proj


PICTURES = [line.split()[0] for line in
            (ROOT / "mini" / "mini_lt_test.txt").read_text().splitlines()[:12]]
shown = pixels_of(PICTURES, 32, "lmpt")
SHOWN = [NET.visual(shown), every_token(NET.visual, shown), shown]
LABELS = rng.random((len(PICTURES), C)) < 0.4
LABELS[0], LABELS[1] = True, False


def texts(context, position="end", lengths=None, words="X X X X"):
    """Text features of [SOT] context [name] "." [EOT], the name moved by `lengths` tokens."""
    rows, ends = [], []
    for i, name in enumerate(name.replace("_", " ") for name in NAMES):
        ids = clip.tokenize(f"{words} {name}.")[0]
        embedded = NET.token_embedding(ids)
        count = lengths or len(tokenizer.encode(name))
        v = context if context.dim() == 2 else context[i]
        first, rest = embedded[:1], embedded[1 + M :]
        label, behind = rest[:count], rest[count:]
        parts = {
            "end": [first, v, label, behind], "front": [first, label, v, behind],
            "middle": [first, v[: M // 2], label, v[M // 2 :], behind],
        }[position]
        rows.append(torch.cat(parts))
        ends.append(ids.argmax())
    x = (torch.stack(rows) + NET.positional_embedding).permute(1, 0, 2)
    x = NET.ln_final(NET.transformer(x).permute(1, 0, 2))
    return x[torch.arange(C), torch.stack(ends)] @ NET.text_projection


def cosine_logits(features, class_features):
    return SCALE * unit(features) @ unit(class_features).T


def prompts(position="end", lengths=None):
    def scores(given, features, places, pixels):
        return cosine_logits(features, texts(given["ctx"], position, lengths))
    return scores


def cocoop(given, features, places, pixels):
    """Zhou et al.: the net sees the normalised feature, every token moves by its output."""
    rows = []
    for f in unit(features):
        hidden = F.relu(given["meta_net.linear1.weight"] @ f + given["meta_net.linear1.bias"])
        shift = given["meta_net.linear2.weight"] @ hidden + given["meta_net.linear2.bias"]
        own = unit(texts(given["ctx"] + shift, words="a photo of a"))
        rows.append(SCALE * own @ f)
    return torch.stack(rows)


def dualcoop(given, features, places, pixels):
    """Sun et al.: pairs of logits; log-odds of the softmax over a pair are their difference."""
    x = unit(places).transpose(1, 2)  # [B, E, P]
    both = unit(torch.cat([texts(given["ctx_neg"]), texts(given["ctx_pos"])]))
    output = 20 * both @ x  # [B, 2C, P]
    attention = F.softmax(output[:, C:], dim=2)
    pooled = 5 * (output * torch.cat([attention, attention], dim=1)).sum(2)
    pairs = F.log_softmax(pooled.view(-1, 2, C), dim=1)
    return pairs[:, 1] - pairs[:, 0]


def tai_dpt(given, features, places, pixels):
    """Guo et al.: global and local logits averaged; the grid without the first place."""
    z = 4 * unit(features) @ unit(texts(given["ctx"])).T
    cosines = unit(places[:, 1:]) @ unit(texts(given["ctx_double"])).T  # [B, P, C]
    local = (F.softmax(40 * cosines, dim=1) * 4 * cosines).sum(1)
    return (z + local) / 2


def linear(given, features, places, pixels):
    return features @ given["weight"].T + given["bias"]


def ltml(given, features, places, pixels):
    """The mean of both branches; scale and shift belong to the training alone."""
    branches = [features @ given[f"{b}.weight"].T + given[f"{b}.bias"]
                for b in ["uniform", "rebalanced"]]
    return (branches[0] + branches[1]) / 2


def finetune(given, features, places, pixels):
    visual = tiny().visual
    changed = {k[7:]: v for k, v in given.items() if k.startswith("visual.")}
    visual.load_state_dict({**visual.state_dict(), **changed})
    return visual(pixels) @ given["fc.weight"].T + given["fc.bias"]


def head(prefix=""):
    return {f"{prefix}weight": normal(C, E, std=0.4), f"{prefix}bias": normal(C)}


def context(shared):
    return normal(M, D, std=0.3) if shared else normal(C, M, D, std=0.3)


def branches():
    given = {}
    for name in ["uniform", "rebalanced"]:
        given |= head(f"{name}.") | {f"{name}.scale": normal(C), f"{name}.shift": normal(C)}
    return given


def meta_net():
    return {"ctx": context(True), "meta_net.linear1.weight": normal(2, E),
            "meta_net.linear1.bias": normal(2, std=0.3), "meta_net.linear2.weight": normal(D, 2),
            "meta_net.linear2.bias": normal(D, std=0.2)}


def tower():
    """A head and a tower whose smaller tensors are not those of the weights any more."""
    state = NET.visual.state_dict()
    changed = ["class_embedding", "positional_embedding", "proj", "ln_post.weight", "ln_pre.bias",
               "transformer.resblocks.0.attn.out_proj.weight",
               "transformer.resblocks.0.mlp.c_fc.bias"]
    return {f"visual.{k}": f32(state[k].numpy() + normal(*state[k].shape, std=0.1))
            for k in changed} | head("fc.")


small = "n_ctx=4"
CASES = {  # options of the run, given tensors, scores
    "lmpt": (f"method=lmpt {small}", {"ctx": context(False)}, prompts()),
    "lmpt-middle": (f"method=lmpt {small} context=shared class_token_position=middle",
                    {"ctx": context(True)}, prompts("middle")),
    "lmpt-front": (f"method=lmpt {small} class_token_position=front",
                   {"ctx": context(False)}, prompts("front")),
    "lmpt-released": (f"method=lmpt {small} class_token_position=middle variant=released",
                      {"ctx": context(False)}, prompts("middle", 1)),
    "coop": (f"method=coop {small}", {"ctx": context(True)}, prompts()),
    "cocoop": ("method=cocoop", meta_net(), cocoop),
    "dualcoop": (f"method=dualcoop {small}",
                 {"ctx_pos": context(False), "ctx_neg": context(False)}, dualcoop),
    "tai-dpt": (f"method=tai-dpt {small}",
                {"ctx": context(True), "ctx_double": context(True)}, tai_dpt),
    "linear-probe": ("method=linear-probe", head(), linear),
    "ltml": ("method=ltml", branches(), ltml),
    "finetune-head": ("method=finetune-head", head(), linear),
    "finetune": ("method=finetune", tower(), finetune),
}
COUNTS = np.array([6, 100, 120, 20, 19])  # a class on either side of both borders of the groups


def measured(name, scores, labels, counts):
    """scikit-learn's AP, the paper's groups, and the released script's threshold metrics."""
    scores, labels = np.asarray(scores), np.asarray(labels, dtype=np.float64)
    ap = np.array([average_precision_score(y, s) if y.any() else 0.0
                   for y, s in zip(labels.T, scores.T)])
    groups = [counts >= 100, (counts >= 20) & (counts < 100), counts < 20]
    said = scores > scores.dtype.type(0.3)
    hits = (said & (labels == 1)).sum(0)
    precision = np.array([h / s if h else 0 for h, s in zip(hits, said.sum(0))])
    recall = np.array([h / y if h else 0 for h, y in zip(hits, labels.sum(0))])
    f1 = np.array([2 * p * r / (p + r) if h else 0 for h, p, r in zip(hits, precision, recall)])
    op, overall = hits.sum() / max(said.sum(), 1), hits.sum() / labels.sum()
    of1 = 2 * op * overall / (op + overall) if hits.sum() else 0
    tensors[f"{name}/ap"] = ap
    tensors[f"{name}/metrics"] = np.array(
        [ap.mean()] + [ap[g].mean() for g in groups]
        + [precision.mean(), recall.mean(), f1.mean(), op, overall, of1])


def separated(scores):
    """Whether single precision is sure to rank the pictures as float64 does, and to say the same."""
    rows = np.sort(np.asarray(scores), axis=0)
    bound = 4e-6 * np.abs(rows).max()
    return (np.diff(rows, axis=0) > bound).all() and (np.abs(rows - 0.3) > bound).all()


def store(case, options, given, scores):
    """Logits, scores and metrics of a case."""
    settings[case] = options
    for key, value in given.items():
        tensors[f"{case}/given/{key}"] = value
    exact = {key: const(value) for key, value in given.items()}
    tensors[f"{case}/logits"] = scores(exact, *STORED).numpy()
    z = scores(exact, *SHOWN)
    tensors[f"{case}/pictures"] = z.numpy()
    for kind, values in [("softmax", F.softmax(z, dim=1)), ("sigmoid", torch.sigmoid(z)),
                         ("logit", z)]:
        tensors[f"{case}/{kind}"] = values.numpy()
        if separated(values):  # not where a logistic function saturates
            measured(f"{case}/{kind}", values.numpy(), LABELS, COUNTS)


def ties():
    """Scores with ties, one of exactly 0.3, and a class without positives."""
    z = f32(rng.choice([-1.5, -0.25, 0.3, 0.75, 2], size=(16, C)))
    y = rng.random((16, C)) < 0.35
    y[:, 4] = False
    tensors["ties/scores"], tensors["ties/labels"] = z, f32(y)
    measured("ties", z, y, COUNTS)


def zero_shot():
    """The three published sets of texts on the mini benchmark's model and two recipes."""
    net = clip.model.CLIP(128, 96, 4, 128, 16, 77, 49408, 128, 2, 4)
    net.load_state_dict({k: torch.tensor(v) for k, v in safetensors.numpy.load_file(
        ROOT / "mini" / "clip.safetensors").items()})
    net = net.double().requires_grad_(False)
    names = ["bottle", "fire engine", "person", "tv monitor", "sheep", "cat"]
    eighty = (ROOT / "training" / "templates.txt").read_text().splitlines()
    features = f32(rng.normal(size=(IMAGES, 128)) * rng.uniform(0.2, 5, size=(IMAGES, 1)))
    tensors["zero-shot/features"] = features
    sets = {
        "single": [[f"a photo of a {n}."] for n in names],
        "ensemble": [[t.format(n) for t in eighty] for n in names],
        "released": [[" ".join(t.format(n.split(" ")[0]) for t in eighty)[:76]] for n in names],
    }
    recipes = {r: net.visual(pixels_of(PICTURES[:5], 96, r)) for r in ["clip", "lmpt"]}
    for name, lists in sets.items():
        means = torch.stack([unit(net.encode_text(clip.tokenize(t))).mean(0) for t in lists])
        scale = net.logit_scale.exp()
        tensors[f"zero-shot/{name}"] = (scale * unit(const(features)) @ unit(means).T).numpy()
        if name == "single":
            for recipe, shown in recipes.items():
                tensors[f"zero-shot/pictures-{recipe}"] = (scale * unit(shown) @ unit(means).T).numpy()
    return names


def main():
    for case, (options, given, scores) in CASES.items():
        store(case, options, given, scores)
    tensors["counts"], tensors["labels"] = f32(COUNTS), f32(LABELS)
    ties()
    lists = {"names": json.dumps(NAMES), "zero-shot-names": json.dumps(zero_shot()),
             "pictures": json.dumps(PICTURES)}
    write("predictors", tensors, settings | lists)


def write(name, tensors, settings):
    """A file of Fixtures/predictors with its entry of the manifest."""
    folder = ROOT / "predictors"
    folder.mkdir(exist_ok=True)
    data = saved({k: np.ascontiguousarray(v) for k, v in tensors.items()}, settings)
    (folder / f"{name}.safetensors").write_bytes(data)
    record(
        folder / "manifest.json",
        {"torch": torch.__version__.split("+")[0], "clip-anytorch": "2.6.0"},
        {
            "path": f"predictors/{name}.safetensors", "sha256": hashlib.sha256(data).hexdigest(),
            "bytes": len(data), "topic": "predictors", "generator": f"generators/{name}.py",
            "outputs": [
                {"name": "logits", "rtol": 0, "atol_of_max": 4e-6,
                 "why": "float32 against float64 through two layers; a softmax over places multiplies "
                        "a cosine's rounding by 20 or 40, the scale of the logits by 20 or 100"},
                {"name": "pictures", "rtol": 0, "atol_of_max": 1e-5,
                 "why": "the same behind an image tower in single precision"},
                {"name": "probabilities", "rtol": 0, "atol": 5e-5,
                 "why": "a logit's absolute error, at most a quarter of it in a probability"},
            ],
            "error": None,
        })


if __name__ == "__main__":
    main()
