"""A small CLIP in plain PyTorch: vision transformer and causal text transformer.

Written for the fixtures of the mini benchmark, from the published description of the architecture; the
parameter names and shapes are those of OpenAI's state dictionaries, so a saved model is an ordinary CLIP
file. Heads are width / 64. QuickGELU, LayerNorm eps 1e-5, pre-norm blocks.

SPDX-License-Identifier: Apache-2.0
"""
import torch
import torch.nn.functional as F
from torch import nn

MEAN = (0.485, 0.456, 0.406)  # ImageNet's, as in the paper's code
STD = (0.229, 0.224, 0.225)


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.heads = width // 64
        self.in_proj_weight = nn.Parameter(torch.randn(3 * width, width) * width**-0.5)
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * width))
        self.out_proj = nn.Linear(width, width)

    def forward(self, x, causal):
        n, t, w = x.shape
        qkv = F.linear(x, self.in_proj_weight, self.in_proj_bias)  # [N, T, 3W]
        q, k, v = qkv.view(n, t, 3, self.heads, 64).permute(2, 0, 3, 1, 4)  # each [N, H, T, 64]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        return self.out_proj(y.transpose(1, 2).reshape(n, t, w))


class MLP(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.c_fc = nn.Linear(width, 4 * width)
        self.c_proj = nn.Linear(4 * width, width)

    def forward(self, x):
        h = self.c_fc(x)
        return self.c_proj(h * torch.sigmoid(1.702 * h))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.ln_1, self.attn = nn.LayerNorm(width), Attention(width)
        self.ln_2, self.mlp = nn.LayerNorm(width), MLP(width)

    def forward(self, x, causal):
        x = x + self.attn(self.ln_1(x), causal)
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width, layers):
        super().__init__()
        self.resblocks = nn.ModuleList(Block(width) for _ in range(layers))
        for block in self.resblocks:  # smaller residual branches at the start
            for linear in (block.attn.out_proj, block.mlp.c_proj):
                nn.init.normal_(linear.weight, std=width**-0.5 * (2 * layers) ** -0.5)
                nn.init.zeros_(linear.bias)
            nn.init.normal_(block.mlp.c_fc.weight, std=(2 * width) ** -0.5)

    def forward(self, x, causal):
        for block in self.resblocks:
            x = block(x, causal)
        return x


class Vision(nn.Module):
    def __init__(self, side, patch, width, layers, joint):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, patch, stride=patch, bias=False)
        self.class_embedding = nn.Parameter(torch.randn(width) * width**-0.5)
        self.positional_embedding = nn.Parameter(torch.randn((side // patch) ** 2 + 1, width) * width**-0.5)
        self.ln_pre, self.ln_post = nn.LayerNorm(width), nn.LayerNorm(width)
        self.transformer = Transformer(width, layers)
        self.proj = nn.Parameter(torch.randn(width, joint) * width**-0.5)

    def tokens(self, pixels, keep=None):
        """All tokens after ln_post [N, 1+P, W]; `keep` [N, K] chooses patches (pre-training only)."""
        x = self.conv1(pixels).flatten(2).transpose(1, 2)  # [N, P, W], rows of patches
        x = x + self.positional_embedding[1:]
        if keep is not None:
            x = torch.gather(x, 1, keep[..., None].expand(-1, -1, x.shape[2]))
        first = (self.class_embedding + self.positional_embedding[0]).expand(x.shape[0], 1, -1)
        return self.ln_post(self.transformer(self.ln_pre(torch.cat([first, x], 1)), False))

    def forward(self, pixels):
        return self.tokens(pixels)[:, 0] @ self.proj


class CLIP(nn.Module):
    def __init__(self, side=96, patch=16, width=128, layers=4, text_width=128, text_layers=4, joint=128,
                 vocabulary=49408, positions=77):
        super().__init__()
        self.visual = Vision(side, patch, width, layers, joint)
        self.transformer = Transformer(text_width, text_layers)
        self.token_embedding = nn.Embedding(vocabulary, text_width)
        nn.init.normal_(self.token_embedding.weight, std=0.02)
        self.positional_embedding = nn.Parameter(torch.randn(positions, text_width) * 0.01)
        self.ln_final = nn.LayerNorm(text_width)
        self.text_projection = nn.Parameter(torch.randn(text_width, joint) * text_width**-0.5)
        self.logit_scale = nn.Parameter(torch.tensor(100.0).log(), requires_grad=False)

    def encode_image(self, pixels):
        return self.visual(pixels)

    def encode_embedded(self, embedded, end):
        """Features of token embeddings [N, T, D] (without positions), read at row `end` [N]. T may be any
        length that reaches every `end`: attention is causal, so what follows has no influence."""
        x = embedded + self.positional_embedding[: embedded.shape[1]]
        x = self.ln_final(self.transformer(x, True))
        return x[torch.arange(x.shape[0]), end] @ self.text_projection

    def encode_text(self, ids):
        end = ids.argmax(1)
        length = int(end.max()) + 1
        return self.encode_embedded(self.token_embedding(ids[:, :length]), end)


def load(path):
    """The stored model in float32, architecture from the shapes."""
    from safetensors.torch import load_file
    state = {k: v.float() for k, v in load_file(path).items()}
    count = lambda prefix: len({k.split(".resblocks.")[1].split(".")[0] for k in state
                                if k.startswith(prefix + "transformer.resblocks.")})
    conv, grid = state["visual.conv1.weight"], state["visual.positional_embedding"].shape[0] - 1
    model = CLIP(side=int(grid**0.5) * conv.shape[-1], patch=conv.shape[-1], width=conv.shape[0],
                 layers=count("visual."), text_width=state["ln_final.weight"].shape[0],
                 text_layers=count(""), joint=state["text_projection"].shape[1],
                 vocabulary=state["token_embedding.weight"].shape[0],
                 positions=state["positional_embedding"].shape[0])
    model.load_state_dict(state)
    return model.eval().requires_grad_(False)


def normalise(pixels):
    """uint8 [N, H, W, 3] to the model's input [N, 3, H, W]."""
    x = torch.as_tensor(pixels).permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]
