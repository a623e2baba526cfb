"""Small CLIP models of every family and naming, and the features that their own libraries compute.

Run: python Fixtures/generators/clip_models.py          (small models, seconds)
     python Fixtures/generators/clip_models.py --large  (the full-size ones, minutes, 6 GB)
Writes Fixtures/clip/. Weights are rounded to half precision where they are stored so, before the
features are computed: the files hold exactly the numbers that the features come from.
The full-size models are not stored: their weights come from `hashed_weight`, which the slow tests
compute too.
"""

import hashlib
import json
import os
import platform
import shutil
import sys
import warnings
import zlib

import numpy as np
import open_clip
import safetensors.torch
import torch
import transformers

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

import clip.model as openai_model

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clip"))
TOOLS = {
    "python": platform.python_version(),
    "torch": torch.__version__,
    "transformers": transformers.__version__,
    "open_clip": open_clip.__version__,
    "openai clip": "clip-anytorch 2.6.0",
}
VOCABULARY, CONTEXT = 64, 77
# Ends: the largest id is last; in the middle; twice; at the first place. Rows are padded with 0.
TOKENS = [
    [62, 5, 9, 17, 63],
    [62, 40, 41, 63, 7, 7, 7],
    [62, 3, 61, 2, 61, 1],
    [63, 30, 31, 32],
    [62] + [(7 * i) % 60 for i in range(75)] + [63],
]
entries = []


def path(name):
    full = os.path.join(ROOT, name)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    return full


def padded():
    return torch.tensor([row + [0] * (CONTEXT - len(row)) for row in TOKENS])


def randomise(model, seed):
    """Weights that keep activations near one, so that no layer is without influence."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in list(model.named_parameters()) + list(model.named_buffers()):
            if not value.dtype.is_floating_point or name in ("logit_scale", "attn_mask"):
                continue
            noise = torch.randn(value.shape, generator=generator)
            leaf = name.split(".")[-1]
            if leaf == "running_var":
                value.copy_(0.5 + noise.abs())
            elif leaf == "running_mean" or leaf.endswith("bias"):
                value.copy_(0.1 * noise)
            elif value.ndim == 1 and "class_embedding" not in name:
                value.copy_(1 + 0.2 * noise)
            elif "embedding" in name or leaf == "class_embedding":
                value.copy_(0.5 * noise)
            else:
                fan = value[0].numel()
                value.copy_(noise * fan**-0.5)
            value.copy_(value.half().float())
    return model.eval()


def images(size):
    return torch.randn(3, 3, size, size, generator=torch.Generator().manual_seed(7)).half().float()


def small_vit():
    return openai_model.CLIP(32, 64, 3, 64, 16, CONTEXT, VOCABULARY, 64, 1, 3)


def small_resnet():
    return openai_model.CLIP(32, 96, (1, 2, 1, 1), 8, None, CONTEXT, VOCABULARY, 64, 1, 3)


def record(name, outputs=(), error=None):
    with open(path(name), "rb") as file:
        data = file.read()
    entries.append({
        "path": f"clip/{name}", "sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data),
        "equation": "CLIP", "outputs": list(outputs), "error": error,
    })  # fmt: skip


WHY = "float32 sums in another order through three blocks; relative to the largest value"


def save_features(name, tensors):
    safetensors.torch.save_file(
        {k: v.detach().contiguous().float() for k, v in tensors.items()}, path(name))
    record(name, [{"name": k, "atol": 1e-5, "rtol": 0, "why": WHY} for k in tensors])


def features(model, size):
    with torch.no_grad():
        return {
            "images": images(size),
            "image": model.encode_image(images(size)),
            "text": model.encode_text(padded()),
        }


def text_gradient(model):
    """The vector-Jacobian product of the text tower with respect to its input embeddings."""
    ids = padded()
    x = model.token_embedding(ids).detach().requires_grad_()
    y = model.transformer((x + model.positional_embedding).permute(1, 0, 2)).permute(1, 0, 2)
    y = model.ln_final(y)[torch.arange(len(ids)), ids.argmax(-1)] @ model.text_projection
    upstream = torch.randn(y.shape, generator=torch.Generator().manual_seed(11))
    y.backward(upstream)
    return {"upstream": upstream, "grad.embeddings": x.grad}


def vit_spatial(model):
    visual, captured = model.visual, {}
    hook = visual.transformer.register_forward_hook(lambda m, i, o: captured.update(x=o))
    with torch.no_grad():
        visual(images(64))
        hook.remove()
        return visual.ln_post(captured["x"].permute(1, 0, 2)) @ visual.proj


def resnet_spatial(model, positions):
    pool, captured = model.visual.attnpool, {}
    hook = model.visual.layer4.register_forward_hook(lambda m, i, o: captured.update(x=o))
    with torch.no_grad():
        model.visual(images(96))
        hook.remove()
        x = captured["x"].flatten(2).permute(0, 2, 1)
        x = torch.cat([x.mean(1, keepdim=True), x], 1)
        if positions:
            x = x + pool.positional_embedding
        return pool.c_proj(pool.v_proj(x))


def gelu_features(model):
    """The same model with the exact form, as OpenCLIP builds it unless told otherwise."""
    for module in model.modules():
        if isinstance(module, openai_model.ResidualAttentionBlock):
            module.mlp.gelu = torch.nn.GELU()
    with torch.no_grad():
        return {
            "image.gelu": model.encode_image(images(64)), "text.gelu": model.encode_text(padded()),
        }  # fmt: skip


def half(state):
    return {k: v.half() if v.dtype == torch.float32 else v for k, v in state.items()}


def hugging_face(model):
    """transformers' CLIPModel with the same weights, set through its own modules."""
    both = dict(hidden_size=64, intermediate_size=256, num_hidden_layers=3, num_attention_heads=1)
    config = transformers.CLIPConfig(
        text_config=dict(vocab_size=VOCABULARY, max_position_embeddings=CONTEXT, eos_token_id=2,
                         bos_token_id=0, pad_token_id=1, **both),
        vision_config=dict(image_size=64, patch_size=16, **both), projection_dim=32)  # fmt: skip
    other = transformers.CLIPModel(config).eval()
    with torch.no_grad():
        text, vision = other.text_model, other.vision_model
        text.embeddings.token_embedding.weight.copy_(model.token_embedding.weight)
        text.embeddings.position_embedding.weight.copy_(model.positional_embedding)
        vision.embeddings.class_embedding.copy_(model.visual.class_embedding)
        vision.embeddings.patch_embedding.weight.copy_(model.visual.conv1.weight)
        vision.embeddings.position_embedding.weight.copy_(model.visual.positional_embedding)
        other.text_projection.weight.copy_(model.text_projection.t())
        other.visual_projection.weight.copy_(model.visual.proj.t())
        other.logit_scale.copy_(model.logit_scale)
        pairs = [
            (text.final_layer_norm, model.ln_final),
            (vision.pre_layrnorm, model.visual.ln_pre),
            (vision.post_layernorm, model.visual.ln_post),
        ]
        towers = [(text, model.transformer), (vision, model.visual.transformer)]
        for theirs, ours in towers:
            for a, b in zip(theirs.encoder.layers, ours.resblocks):
                pairs += [(a.layer_norm1, b.ln_1), (a.layer_norm2, b.ln_2),
                          (a.mlp.fc1, b.mlp.c_fc), (a.mlp.fc2, b.mlp.c_proj),
                          (a.self_attn.out_proj, b.attn.out_proj)]  # fmt: skip
                parts = (a.self_attn.q_proj, a.self_attn.k_proj, a.self_attn.v_proj)
                for i, part in enumerate(parts):
                    part.weight.copy_(b.attn.in_proj_weight[64 * i : 64 * i + 64])
                    part.bias.copy_(b.attn.in_proj_bias[64 * i : 64 * i + 64])
        for a, b in pairs:
            a.weight.copy_(b.weight)
            a.bias.copy_(b.bias)
    return other


def write_small():
    shutil.rmtree(path("small"), ignore_errors=True)
    vit = randomise(small_vit(), 1)
    expected = features(vit, 64) | text_gradient(vit) | {"spatial": vit_spatial(vit)}
    state = vit.state_dict()

    # OpenAI's names: half-precision state dict, as convert_weights leaves it; safetensors.
    mixed = small_vit()
    mixed.load_state_dict(state)
    openai_model.convert_weights(mixed)
    torch.save(mixed.state_dict(), path("small/openai.pt"))
    safetensors.torch.save_file(half(state), path("small/openai.safetensors"))
    for name in ("small/openai.pt", "small/openai.safetensors"):
        record(name)

    # TorchScript as OpenAI publishes it: both encoders exported, sizes as attributes.
    archive = small_vit().eval()
    archive.load_state_dict(state)
    sizes = dict(input_resolution=64, context_length=CONTEXT, vocab_size=VOCABULARY)
    for key, value in sizes.items():
        archive.__dict__.pop(key, None)
        archive.register_buffer(key, torch.tensor(value))
    traced = torch.jit.trace_module(
        archive, {"encode_image": images(64)[:1], "encode_text": padded()[:1]}, check_trace=False)
    traced.half()
    torch.jit.save(traced, path("small/openai-traced.pt"))
    record("small/openai-traced.pt")

    # Hugging Face, written by transformers.
    other = hugging_face(vit)
    with torch.no_grad():
        their_image = other.get_image_features(images(64))
        their_text = other.get_text_features(padded())
    their_image = getattr(their_image, "pooler_output", their_image)
    their_text = getattr(their_text, "pooler_output", their_text)
    expected |= {"image.huggingface": their_image, "text.huggingface": their_text}
    other.half().save_pretrained(path("small/huggingface"))
    for name in ("small/huggingface/model.safetensors", "small/huggingface/config.json"):
        record(name)

    # OpenCLIP's own module, exact GELU, as a distributed training run saves it.
    theirs = open_clip.CLIP(
        32, open_clip.CLIPVisionCfg(layers=3, width=64, head_width=64, patch_size=16, image_size=64),
        open_clip.CLIPTextCfg(context_length=CONTEXT, vocab_size=VOCABULARY, width=64, heads=1, layers=3),
        quick_gelu=False).eval()
    theirs.load_state_dict(state, strict=False)
    with torch.no_grad():
        expected |= {"image.openclip": theirs.encode_image(images(64)),
                     "text.openclip": theirs.encode_text(padded())}
    wrapped = {f"module.{k}": v for k, v in half(theirs.state_dict()).items()}
    torch.save({"epoch": 3, "name": "small", "state_dict": wrapped}, path("small/openclip.pt"))
    record("small/openclip.pt")
    # The same, scripted: its parameters are found by walking the pickled modules.
    scripted = torch.jit.script(theirs)
    scripted.half()
    torch.jit.save(scripted, path("small/openclip-scripted.pt"))
    record("small/openclip-scripted.pt")

    # The paper's code: a tuned prompt around the same towers.
    names = {"prompt_learner.ctx": torch.randn(4, 64, generator=torch.Generator().manual_seed(3)),
             "prompt_learner.token_prefix": torch.zeros(2, 1, 64),
             "prompt_learner.token_suffix": torch.zeros(2, 72, 64)}  # fmt: skip
    for key, value in state.items():
        if key.startswith("visual."):
            names["image_encoder." + key[7:]] = value
        elif key == "logit_scale":
            names[key] = value
        elif not key.startswith("token_embedding"):
            names["text_encoder." + key] = value
    torch.save(half(names), path("small/authors.pt"))
    record("small/authors.pt")

    expected |= gelu_features(vit)
    save_features("small/vit.safetensors", expected)

    resnet = randomise(small_resnet(), 2)
    outputs = features(resnet, 96) | {
        "spatial": resnet_spatial(resnet, True),
        "spatial.omitted": resnet_spatial(resnet, False),
    }
    torch.save(half(resnet.state_dict()), path("small/resnet.pt"))
    record("small/resnet.pt")
    save_features("small/resnet.safetensors", outputs)
    with open(path("small/tokens.jsonl"), "w") as file:
        file.writelines(json.dumps({"ids": row}) + "\n" for row in TOKENS)
    record("small/tokens.jsonl")


def hashed_weight(name, shape):
    """A weight as a function of its name and position, the same on both sides.

    h(i) = the 32-bit finaliser of murmur3 on i * 0x9E3779B1 + crc32(name), modulo 2^32;
    u(i) = (h(i) >> 8) / 2^23 - 1, exact in float32, uniform in [-1, 1).
    Scale and shift: vectors named weight 1 + 0.125 u; bias and running_mean 0.125 u; running_var
    1 + 0.5 u; bn3.weight 0.25 + 0.125 u; embeddings 0.5 u; matrices 2^floor(log2(sqrt(3 / fan in))) u,
    convolution kernels twice that. logit_scale is 4.6.
    """
    if name == "logit_scale":
        return np.float32(4.6).reshape(shape)
    count = int(np.prod(shape))
    h = np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B1) + np.uint32(zlib.crc32(name.encode()))
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    u = (h >> np.uint32(8)).astype(np.float32) * np.float32(2.0**-23) - np.float32(1)
    leaf = name.split(".")[-1]
    if leaf == "running_var":
        u = u * np.float32(0.5) + np.float32(1)
    elif leaf == "running_mean" or leaf.endswith("bias"):
        u *= np.float32(0.125)
    elif "embedding" in name:
        u *= np.float32(0.5)
    elif len(shape) == 1:
        u = u * np.float32(0.125) + np.float32(0.25 if name.endswith("bn3.weight") else 1)
    else:
        fan = count // shape[0]
        exponent = np.floor(np.log2(np.sqrt(3 / fan))) + (1 if len(shape) == 4 else 0)
        u *= np.float32(2.0**exponent)
    return u.reshape(shape)


LARGE = {
    "RN50": lambda: openai_model.CLIP(1024, 224, (3, 4, 6, 3), 64, None, 77, 49408, 512, 8, 12),
    "ViT-B-16": lambda: openai_model.CLIP(512, 224, 12, 768, 16, 77, 49408, 512, 8, 12),
    "ViT-L-14": lambda: openai_model.CLIP(768, 224, 24, 1024, 14, 77, 49408, 768, 12, 12),
}
LONG_TOKENS = [[49406, 320, 1125, 539, 320, 2533, 269, 49407], [49406, 1237, 3346, 4161, 269, 49407]]


def write_large():
    for name, build in LARGE.items():
        model = build().eval()
        state = {
            k: torch.from_numpy(np.ascontiguousarray(hashed_weight(k, tuple(v.shape))))
            for k, v in model.state_dict().items() if v.dtype.is_floating_point
        }
        model.load_state_dict(state, strict=False)
        # Squares of 16 pixels: independent pixels would average away, and all images look alike.
        squares = hashed_weight("pixel_embedding", (2, 3, 14, 14)) * np.float32(4)
        pixels = torch.from_numpy(squares.repeat(16, axis=2).repeat(16, axis=3))
        ids = torch.tensor([row + [0] * (77 - len(row)) for row in LONG_TOKENS])
        with torch.no_grad():
            print(name, float(pixels.std()))
            outputs = {"image": model.encode_image(pixels), "text": model.encode_text(ids)}
        for key, value in outputs.items():
            print(name, key, float(value.abs().max()), float((value[0] - value[1]).abs().max()))
        safetensors.torch.save_file(outputs, path(f"large/{name}.safetensors"))
        record(f"large/{name}.safetensors", [
            {"name": k, "atol": 1e-4, "rtol": 0,
             "why": "relative to the largest value, through up to 24 blocks in float32"}
            for k in outputs])  # fmt: skip


if __name__ == "__main__":
    write_small()
    if "--large" in sys.argv:
        write_large()
    else:
        for name in LARGE:
            if os.path.exists(path(f"large/{name}.safetensors")):
                record(f"large/{name}.safetensors", [
                    {"name": k, "atol": 1e-4, "rtol": 0,
                     "why": "relative to the largest value, through up to 24 blocks in float32"}
                    for k in ("image", "text")])  # fmt: skip
    with open(path("manifest.json"), "w") as file:
        json.dump({"schema": 1, "generator": "generators/clip_models.py", "tools": TOOLS,
                   "entries": entries}, file, indent=1)  # fmt: skip
        file.write("\n")
