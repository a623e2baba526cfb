"""Pre-trains the small CLIP of the mini benchmark on drawn scenes with captions.

    python mini_pretrain.py render POOL COUNT     draws COUNT scenes into POOL (chunks of 4,000)
    python mini_pretrain.py train POOL OUT MIN [RESUME.pt]   trains for MIN minutes on one core, writes OUT/*.safetensors

Recipe: symmetric contrastive loss, batch 128, AdamW 2e-3 with warm-up and cosine over the time budget,
logit scale raised from 20 to its fixed final 100 over the first half, 16 of the 36 patches dropped for the
first 70 % of the time. To need few steps, two auxiliary losses, whose heads are thrown away and whose weight
falls to zero at 75 %: the object of every patch, and one shared linear classifier of scene contents on both
the picture's and the caption's feature. Pictures pass through JPEG at quality 85, random flips, ImageNet statistics.
Reproducible in recipe, not in bytes (the schedule follows the clock); the resulting weights are stored.

SPDX-License-Identifier: Apache-2.0
"""
import io
import math
import os
import sys
import time

import numpy as np
from PIL import Image

import mini_scenes as scenes

BATCH = 128
SYNONYMS = [c[3][0] for c in scenes.CLASSES]


def through_jpeg(array):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "JPEG", quality=85)
    return np.asarray(Image.open(buffer).convert("RGB"))


def render(pool, count):
    os.makedirs(pool, exist_ok=True)
    table = scenes.sprites()
    rng = np.random.default_rng(1)  # a development test set, never the shipped one
    pixels, labels = [], np.zeros((1000, 20), np.uint8)
    for k in range(1000):
        own, every, kind = scenes.test_scene(rng)
        pixels.append(through_jpeg(scenes.draw(rng, table, every, kind)[0]))
        labels[k, own] = 1
    np.savez(f"{pool}/dev.npz", pixels=np.stack(pixels), labels=labels)
    for chunk in range(count // 4000):
        rng = np.random.default_rng([2, chunk])
        pixels, patches, what = [], [], []
        for _ in range(4000):
            concepts, kind = scenes.world_scene(rng)
            picture, owners = scenes.draw(rng, table, concepts, kind)
            pixels.append(through_jpeg(picture))
            patches.append(owners)
            what.append((concepts + [-1] * 5)[:5] + [kind])
        temporary = f"{pool}/part.npz"
        np.savez(temporary, pixels=np.stack(pixels), patches=np.stack(patches).astype(np.uint8),
                 what=np.array(what, np.int16))
        os.rename(temporary, f"{pool}/{chunk:03d}.npz")


class Words:
    """Compact vocabulary: trains only the embedding rows that captions, names and prompts use."""

    def __init__(self):
        from open_clip.tokenizer import SimpleTokenizer
        self.tokenizer = SimpleTokenizer()
        texts = ["! X . a photo of an photos picture image the this is in , many", "a photo of a photo of"]
        texts += [c[0] for c in scenes.CLASSES] + [w for c in scenes.CLASSES for w in c[3]]
        texts += [o[0] for o in scenes.OTHERS] + scenes.ADJECTIVES + scenes.JOIN + ["a scene something"]
        texts += [p for b in scenes.BACKGROUNDS for p in b[1]]
        self.cache = {}
        ids = sorted({i for t in texts for v in (t, t + ".") for i in self.tokenizer.encode(v)} | {0, 49406, 49407})
        self.ids = ids
        self.compact = {i: k for k, i in enumerate(ids)}

    def encode(self, text):
        out = [self.compact[49406]]
        for word in text.replace(".", " .").split():
            if word not in self.cache:
                self.cache[word] = [self.compact[i] for i in self.tokenizer.encode(word)]
            out += self.cache[word]
        return out + [self.compact[49407]]


def train(pool, out, minutes, resume=None):
    import torch
    import torch.nn.functional as F
    from safetensors.torch import save_file
    from sklearn.metrics import average_precision_score
    import mini_model

    def folded(mlp, x):
        # x sigmoid(1.702 x) = silu(1.702 x) / 1.702: the constant goes into the small weight matrices, which
        # saves four passes over the [N, T, 4W] activations
        h = F.silu(F.linear(x, mlp.c_fc.weight * 1.702, mlp.c_fc.bias * 1.702))
        return F.linear(h, mlp.c_proj.weight / 1.702, mlp.c_proj.bias)

    mini_model.MLP.forward = folded
    torch.set_num_threads(1)
    torch.manual_seed(7)
    rng = np.random.default_rng(7)
    os.makedirs(out, exist_ok=True)
    words = Words()
    model = mini_model.CLIP(vocabulary=len(words.ids))
    head = torch.nn.ModuleDict({"patch": torch.nn.Linear(128, scenes.CONCEPTS + 1),
                                "scene": torch.nn.Linear(128, scenes.CONCEPTS + scenes.COMMON_BACKGROUNDS)})
    torch.nn.init.constant_(head["scene"].bias, -3.0)
    parameters = [p for p in list(model.parameters()) + list(head.parameters()) if p.requires_grad]
    decay = [p for p in parameters if p.ndim > 1 and p is not model.token_embedding.weight]
    rest = [p for p in parameters if not any(p is d for d in decay)]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}],
                                  lr=1e-3, betas=(0.9, 0.98), fused=True)
    begin = 0.0
    if resume:
        state = torch.load(resume, weights_only=True)
        model.load_state_dict(state["model"])
        if "head" in state:
            head.load_state_dict(state["head"])
            optimizer.load_state_dict(state["optimizer"])
        begin = state["progress"]
    dev = np.load(f"{pool}/dev.npz")
    dev_pixels, dev_labels = dev["pixels"], dev["labels"]
    counts = np.array([6, 34, 8, 14, 154, 17, 249, 29, 479, 4, 240, 48, 11, 20, 775, 100, 5, 82, 7, 64])

    def text_batch(texts):
        rows = [words.encode(t) for t in texts]
        length = max(map(len, rows))
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        for k, row in enumerate(rows):
            ids[k, :len(row)] = torch.tensor(row)
        return ids, torch.tensor([len(r) - 1 for r in rows])

    def encode_texts(texts):
        """In four groups by length: short captions do not pay for long ones."""
        order = np.argsort([len(t.split()) for t in texts], kind="stable")
        parts = []
        for group in np.array_split(order, 4 if len(texts) > 64 else 1):
            ids, end = text_batch([texts[k] for k in group])
            parts.append(model.encode_embedded(model.token_embedding(ids), end))
        inverse = torch.as_tensor(np.argsort(order))
        return F.normalize(torch.cat(parts)[inverse], dim=1)

    def save(path):
        state = {k: v.detach().clone() for k, v in model.state_dict().items()}
        torch.save({"model": state, "head": head.state_dict(), "optimizer": optimizer.state_dict(),
                    "progress": progress}, f"{out}/resume.pt")
        rows = state.pop("token_embedding.weight")
        table = torch.zeros(49408, rows.shape[1], dtype=torch.float16)
        table[words.ids] = rows.half()
        state = {k: v if k == "logit_scale" else v.half() for k, v in state.items()}  # exactly 100 needs float32
        state["token_embedding.weight"] = table
        save_file(state, path, metadata={"format": "pt", "activation": "quickgelu", "preprocess": "lmpt",
                                         "mean": str(mini_model.MEAN), "std": str(mini_model.STD)})

    def evaluate():
        with torch.no_grad():
            f = torch.cat([F.normalize(model.encode_image(mini_model.normalise(c)), dim=1)
                           for c in np.array_split(dev_pixels, 8)])
            lines = []
            for names in (scenes.NAMES, SYNONYMS):
                g = encode_texts([f"a photo of a {n}." for n in names])
                p = (100 * f @ g.T).softmax(1).numpy()
                ap = np.array([average_precision_score(dev_labels[:, c], p[:, c]) for c in range(20)]) * 100
                lines.append(" / ".join(f"{v:.1f}" for v in (ap.mean(), ap[counts >= 100].mean(),
                             ap[(counts < 100) & (counts >= 20)].mean(), ap[counts < 20].mean())))
            return "names " + lines[0] + "   first words " + lines[1] + f"   image-image {float((f @ f.T).mean()):.2f}" \
                + f" image-text {float((f @ g.T).mean()):.2f}", ap

    chunks, start, step, log = [], None, 0, []
    while True:
        if step % 20 == 0:
            ready = len([n for n in os.listdir(pool) if n[0].isdigit()])
            while len(chunks) < ready:
                with np.load(f"{pool}/{len(chunks):03d}.npz") as z:
                    objects = z["what"][:, :5]
                    own = ((objects >= 0) & (objects < 20)).sum(1) >= 0.6 * (objects >= 0).sum(1)
                    chunks.append((z["pixels"], z["patches"], z["what"], np.flatnonzero(own)))
            if len(chunks) < 2:
                time.sleep(2)
                continue
        start = start or time.time()
        progress = min(1.0, begin + (1 - begin) * (time.time() - start) / (60 * minutes))
        if progress >= 1:
            break
        rate = 2e-3 * min(1, (step + 1) / (50 if begin else 150)) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))
        for group in optimizer.param_groups:
            group["lr"] = rate
        scale = min(100.0, 20 * 5 ** (progress / 0.7))
        weight = max(0.0, min(1.0, (0.9 - progress) / 0.3))
        which = rng.integers(len(chunks), size=BATCH)
        # three quarters from scenes that show mostly the benchmark's classes
        where = [int(rng.choice(chunks[c][3])) if rng.random() < 0.75 else int(rng.integers(4000)) for c in which]
        pixels = np.stack([chunks[c][0][k] for c, k in zip(which, where)])
        patches = np.stack([chunks[c][1][k] for c, k in zip(which, where)])
        flip = rng.random(BATCH) < 0.5
        pixels[flip], patches[flip] = pixels[flip, :, ::-1], patches[flip, :, ::-1]
        # a window of the picture: whole objects, few tokens; early on most steps leave the text tower out
        side = 4 if progress < 0.6 else 5 if progress < 0.85 else 6
        with_text = progress > 0.6 or step % 4 == 0
        corner = rng.integers(0, 7 - side, (BATCH, 2))
        inside = (corner[:, :1, None] + np.arange(side)[None, :, None]) * 6 + corner[:, 1:, None] + np.arange(side)
        keep = torch.as_tensor(inside.reshape(BATCH, -1))
        target = torch.as_tensor(patches.reshape(BATCH, 36).astype(np.int64)).gather(1, keep)
        texts, shown, told = [], torch.zeros(BATCH, 78), torch.zeros(BATCH, 78)
        for b, (c, k) in enumerate(zip(which, where)):
            *concepts, kind = chunks[c][2][k]
            concepts = [int(v) for v in concepts if v >= 0]
            if side < 6:
                seen = target[b].numpy()
                concepts = [v for v in concepts if 2 * (seen == v).sum() >= max(1, (patches[b] == v).sum())]
            rng.shuffle(concepts)
            shown[b, concepts + [scenes.CONCEPTS + int(kind)]] = 1
            if with_text:
                text, mentioned, placed = scenes.describe(rng, concepts, int(kind))
                texts.append(text)
                told[b, mentioned + [scenes.CONCEPTS + int(kind)] * placed] = 1
        tokens = model.visual.tokens(mini_model.normalise(pixels), None if side == 6 else keep)
        f = F.normalize(tokens[:, 0] @ model.visual.proj, dim=1)
        loss = contrastive = auxiliary = scene = torch.zeros(())
        if with_text:
            g = encode_texts(texts)
            logits = scale * f @ g.T
            diagonal = torch.arange(BATCH)
            loss = contrastive = (F.cross_entropy(logits, diagonal) + F.cross_entropy(logits.T, diagonal)) / 2
        if weight > 0:
            auxiliary = F.cross_entropy(head["patch"](tokens[:, 1:]).flatten(0, 1), target.flatten())
            pair = (torch.cat([f, g]), torch.cat([shown, told])) if with_text else (f, shown)
            scene = F.binary_cross_entropy_with_logits(head["scene"](12 * pair[0]), pair[1], reduction="none")
            scene = scene.sum(1).mean()
            loss = loss + weight * (auxiliary + 0.3 * scene)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        step += 1
        log.append((contrastive.item() if with_text else np.nan, auxiliary.item(), scene.item()))
        if step % 100 == 0:
            mean = np.nanmean(log[-100:], 0)
            print(f"{step} {time.time() - start:.0f}s {len(chunks)} chunks scale {scale:.0f} "
                  f"contrastive {mean[0]:.3f} patches {mean[1]:.3f} scene {mean[2]:.3f}", flush=True)
        if step % 250 == 0:
            print(evaluate()[0], flush=True)
            save(f"{out}/clip.safetensors")
    line, ap = evaluate()
    print(line, dict(zip(scenes.NAMES, ap.round(1))), flush=True)
    save(f"{out}/clip.safetensors")
    print("done", step, "steps")


if __name__ == "__main__":
    if sys.argv[1] == "render":
        render(sys.argv[2], int(sys.argv[3]))
    else:
        train(sys.argv[2], sys.argv[3], float(sys.argv[4]), *sys.argv[5:])
