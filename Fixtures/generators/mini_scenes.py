"""Scenes of the mini benchmark: glyph catalogue, backgrounds, drawing, caption grammar.

Every picture is a few colour emoji (Noto Color Emoji, SIL Open Font License 1.1) pasted on a simple
painted background. All randomness comes from the numpy generator that the caller passes in.

SPDX-License-Identifier: Apache-2.0
"""
import math

import numpy as np
from PIL import Image, ImageDraw, ImageFont

SIDE = 96  # pixels; also the model's input side, so that resizing is exact identity
PATCH = 16
FONT = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"
SPRITE = 64

# Class order is VOC's. Each entry: glyphs, hue variants, words used in captions.
# Eight class names (aeroplane, cow, diningtable, motorbike, person, pottedplant, sofa, tvmonitor) are
# absent from their own word lists: pre-training never reads them, which leaves headroom for prompts.
CLASSES = [
    ("aeroplane", "✈️ 🛩️ 🛫 🛬", 3, ["jet", "plane", "airplane", "airliner"]),
    ("bicycle", "🚲", 4, ["bicycle", "bike", "cycle"]),
    ("bird", "🐦 🐧 🕊️ 🦅 🦆 🦉 🦜 🐓 🐤", 1, ["bird", "birdie", "fowl"]),
    ("boat", "⛵ 🚤 🛥️ ⛴️ 🛶", 2, ["boat", "ship", "vessel"]),
    ("bottle", "🍾 🍼 🧴", 3, ["bottle", "flask"]),
    ("bus", "🚌 🚍 🚎", 3, ["bus", "coach"]),
    ("car", "🚗 🚘 🚙 🚕", 2, ["car", "automobile", "sedan"]),
    ("cat", "🐈 🐱 🐈‍⬛", 1, ["cat", "kitty", "kitten"]),
    ("chair", "🪑 💺", 3, ["chair", "seat"]),
    ("cow", "🐄 🐮 🐂", 1, ["cattle", "bull", "ox"]),
    ("diningtable", "🍽️ TABLE", 2, ["dinner", "meal", "supper"]),
    ("dog", "🐕 🐶 🐩 🦮", 1, ["dog", "puppy", "hound"]),
    ("horse", "🐎 🐴 🎠", 1, ["horse", "pony", "stallion"]),
    ("motorbike", "🏍️ 🛵", 3, ["motorcycle", "scooter", "moped"]),
    ("person", "🧍 🚶 🏃 💃 🕺 👩 👨 👵 👦 👷 👮 🧍🏿 👩🏽 🏃🏾", 1, ["man", "woman", "boy", "girl", "human"]),
    ("pottedplant", "🪴", 4, ["houseplant", "fern", "shrub"]),
    ("sheep", "🐑 🐏", 1, ["sheep", "lamb", "ram"]),
    ("sofa", "🛋️", 4, ["couch", "settee"]),
    ("train", "🚂 🚆 🚄 🚅", 2, ["train", "locomotive"]),
    ("tvmonitor", "📺 🖥️", 2, ["television", "screen", "display"]),
]
OTHERS = """apple 🍎|banana 🍌|pizza 🍕|cake 🎂|burger 🍔|tree 🌳|palm 🌴|sunflower 🌻|umbrella ☂️|football ⚽
guitar 🎸|book 📕|clock ⏰|gift 🎁|hat 🎩|shoe 👟|house 🏠|tent ⛺|rocket 🚀|elephant 🐘
lion 🦁|tiger 🐅|monkey 🐒|pig 🐖|rabbit 🐇|fish 🐟|turtle 🐢|snake 🐍|butterfly 🦋|bee 🐝
frog 🐸|bear 🐻|mouse 🐁|camel 🐪|whale 🐋|octopus 🐙|crab 🦀|snail 🐌|key 🔑|lamp 💡
drum 🥁|trumpet 🎺|balloon 🎈|kite 🪁|cactus 🌵|mushroom 🍄|corn 🌽|carrot 🥕|strawberry 🍓|pear 🍐""".replace("\n", "|")
OTHERS = [tuple(item.split(" ")) for item in OTHERS.split("|")]
NAMES = [c[0] for c in CLASSES]
UNSEEN = ["aeroplane", "motorbike", "pottedplant", "diningtable", "tvmonitor", "sofa", "person", "cow"]
CONCEPTS = len(CLASSES) + len(OTHERS)
HEAD = {4, 6, 8, 10, 14, 15}  # at least 100 training pictures

BACKGROUNDS = [
    ("field", ["on the grass", "in a field", "on a green field"]),
    ("sky", ["in the sky", "under a blue sky"]),
    ("night", ["at night", "in the dark"]),
    ("wall", ["near a wall", "by a brick wall"]),
    ("snow", ["in the snow", "on a snowy day"]),
    ("sand", ["on the sand", "in the desert"]),
    ("road", ["on the road", "on a street"]),
    ("room", ["in a room", "indoors"]),
    ("sea", ["by the sea", "on the water"]),  # the last two are held out from pre-training and training
    ("forest", ["in the forest", "in the woods"]),
]
COMMON_BACKGROUNDS = 8


# --- sprites ---------------------------------------------------------------------------------

def _glyph(text):
    font = ImageFont.truetype(FONT, 109)
    canvas = Image.new("RGBA", (260, 200), (0, 0, 0, 0))
    ImageDraw.Draw(canvas).text((30, 30), text, font=font, embedded_color=True)
    return canvas.crop(canvas.getbbox())


def _table():
    canvas = Image.new("RGBA", (136, 128), (0, 0, 0, 0))
    draw = ImageDraw.Draw(canvas)
    for x in (16, 108):
        draw.rectangle((x, 70, x + 12, 126), fill=(121, 85, 61, 255))
    draw.rounded_rectangle((2, 56, 134, 76), 6, fill=(161, 112, 80, 255))
    plate = _glyph("🍽️").resize((84, 52), Image.Resampling.LANCZOS)
    canvas.alpha_composite(plate, (26, 4))
    return canvas


def _square(sprite):
    scale = SPRITE / max(sprite.size)
    size = [max(1, round(v * scale)) for v in sprite.size]
    out = Image.new("RGBA", (SPRITE, SPRITE), (0, 0, 0, 0))
    out.paste(sprite.resize(size, Image.Resampling.LANCZOS), ((SPRITE - size[0]) // 2, (SPRITE - size[1]) // 2))
    return out


def _hue(sprite, shift):
    if shift == 0:
        return sprite
    hsv = np.array(sprite.convert("RGB").convert("HSV"))
    hsv[..., 0] = hsv[..., 0] + np.uint8(shift)
    out = Image.fromarray(hsv, "HSV").convert("RGB")
    out.putalpha(sprite.getchannel("A"))
    return out


def sprites():
    """For each concept the list of its sprites (RGBA, 64 x 64), in a fixed order."""
    table = []
    for _, glyphs, hues, _ in CLASSES:
        drawn = [_square(_table() if g == "TABLE" else _glyph(g)) for g in glyphs.split(" ")]
        table.append([_hue(s, h) for s in drawn for h in (0, 140, 60, 200)[:hues]])
    for _, glyph in OTHERS:
        table.append([_square(_glyph(glyph))])
    return table


def training_variants(concept, count):
    """Indices of the sprites that training pictures of the benchmark may use: of three or more variants
    every third is held out for the test pictures (pre-training uses all)."""
    return [v for v in range(count) if count < 3 or v % 3 != 1]


# --- backgrounds -----------------------------------------------------------------------------

_ROWS = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None, None]
_XX, _YY = np.meshgrid(np.arange(SIDE), np.arange(SIDE))


def _ramp(top, bottom):
    top, bottom = np.float32(top), np.float32(bottom)
    return np.broadcast_to(top + (bottom - top) * _ROWS, (SIDE, SIDE, 3)).copy()


def _horizon(upper, lower, at):
    mask = (_YY > at)[..., None]
    return np.where(mask, lower, upper)


def background(rng, kind):
    at = int(rng.integers(25, 55))
    if kind == 0:
        a = _horizon(_ramp((150, 200, 240), (200, 225, 245)), _ramp((120, 190, 80), (70, 140, 50)), at)
    elif kind == 1:
        a = _ramp((90, 160, 230), (190, 220, 250))
        for _ in range(3):
            cx, cy, r = rng.integers(0, SIDE), rng.integers(0, SIDE), rng.integers(6, 14)
            a[((_XX - cx) / 1.8) ** 2 + (_YY - cy) ** 2 < r * r] = (245, 248, 252)
    elif kind == 2:
        a = _ramp((12, 14, 40), (40, 40, 80))
        a[rng.integers(0, SIDE, 25), rng.integers(0, SIDE, 25)] = (230, 230, 200)
    elif kind == 3:
        a = _ramp((185, 95, 75), (165, 80, 60))
        a[(_YY % 12 < 2) | ((_XX + 12 * (_YY // 12 % 2)) % 24 < 2)] = (205, 190, 175)
    elif kind == 4:
        a = _horizon(_ramp((180, 195, 215), (210, 220, 232)), _ramp((245, 248, 252), (225, 232, 242)), at)
        a[rng.integers(0, SIDE, 60), rng.integers(0, SIDE, 60)] = (255, 255, 255)
    elif kind == 5:
        a = _horizon(_ramp((160, 205, 235), (225, 225, 205)), _ramp((232, 205, 145), (205, 170, 105)), at)
    elif kind == 6:
        a = _horizon(_ramp((170, 180, 190), (195, 200, 205)), _ramp((95, 95, 100), (70, 70, 75)), at)
        a[(abs(_YY - (at + SIDE) // 2) < 2) & (_XX % 24 < 14)] = (235, 225, 170)
    elif kind == 7:
        a = _horizon(_ramp((235, 220, 195), (225, 205, 180)), _ramp((150, 110, 80), (120, 85, 60)), at + 25)
        a[8:26, 64:86] = (190, 215, 235)
    elif kind == 8:
        a = _horizon(_ramp((170, 215, 240), (215, 232, 240)), _ramp((40, 120, 180), (20, 80, 140)), at)
        a[(_YY > at) & ((_YY + np.int32(3 * np.sin(_XX / 5))) % 14 < 1)] = (150, 195, 220)
    else:
        a = _ramp((40, 80, 45), (60, 90, 50))
        for x in rng.integers(0, SIDE, 7):
            a[:, max(0, x - 3):x + 3] = (85, 62, 45)
    return a * np.float32(rng.uniform(0.88, 1.1)) + np.float32(rng.uniform(-10, 10, 3))


# --- drawing ---------------------------------------------------------------------------------

def draw(rng, table, concepts, kind, variants=None):
    """Draws `concepts` on background `kind`.

    Returns the picture (uint8 [96,96,3]) and, for pre-training, the concept that covers most of each
    16 x 16 patch (int [6,6], CONCEPTS where no object covers a third of it)."""
    canvas = background(rng, kind)
    canvas += rng.normal(0, 4, (SIDE, SIDE, 1)).astype(np.float32)
    owner = np.full((SIDE, SIDE), CONCEPTS, np.int64)
    boxes = []
    crowd = 1 if len(concepts) <= 2 else 0.85 if len(concepts) <= 4 else 0.7
    for concept in concepts:
        choice = range(len(table[concept])) if variants is None else variants[concept]
        sprite = table[concept][choice[int(rng.integers(len(choice)))]]
        low, high = (0.26, 0.46) if concept in HEAD else (0.30, 0.55)
        size = rng.uniform(low, high) * SIDE * crowd
        angle = math.radians(rng.uniform(-22, 22))
        mirror = -1 if rng.random() < 0.5 else 1
        reach = int(math.ceil(size * 1.25))
        best = None
        for _ in range(10):  # of ten places the one that hides least
            cx, cy = rng.uniform(size * 0.42, SIDE - size * 0.42, 2)
            overlap = sum(max(0.0, (size + s) * 0.42 - max(abs(cx - x), abs(cy - y))) for x, y, s in boxes)
            if best is None or overlap < best[0]:
                best = (overlap, cx, cy)
        _, cx, cy = best
        boxes.append((cx, cy, size))
        x0, y0 = int(round(cx - reach / 2)), int(round(cy - reach / 2))
        k = SPRITE / size
        c, s = math.cos(angle) * k, math.sin(angle) * k
        ox, oy = cx - x0, cy - y0
        half = SPRITE / 2
        affine = (mirror * c, mirror * s, half - mirror * (c * ox + s * oy), -s, c, half + s * ox - c * oy)
        patch = np.asarray(sprite.transform((reach, reach), Image.Transform.AFFINE, affine,
                                            Image.Resampling.BILINEAR), dtype=np.float32)
        ax, ay, bx, by = max(0, x0), max(0, y0), min(SIDE, x0 + reach), min(SIDE, y0 + reach)
        patch = patch[ay - y0:by - y0, ax - x0:bx - x0]
        alpha = patch[..., 3:] / 255
        light = np.float32(rng.uniform(0.85, 1.12))
        region = canvas[ay:by, ax:bx]
        region *= 1 - alpha
        region += alpha * patch[..., :3] * light
        owner[ay:by, ax:bx][alpha[..., 0] > 0.5] = concept
    canvas += rng.normal(0, 3, (SIDE, SIDE, 3)).astype(np.float32)
    grid = SIDE // PATCH
    cells = owner.reshape(grid, PATCH, grid, PATCH).transpose(0, 2, 1, 3).reshape(grid, grid, -1)
    share = np.stack([(cells == c).mean(-1) for c in concepts])  # [objects, 6, 6]
    top = share.argmax(0)
    patches = np.where(share.max(0) > 0.3, np.array(concepts)[top], CONCEPTS)
    return np.clip(np.rint(canvas), 0, 255).astype(np.uint8), patches


# --- captions --------------------------------------------------------------------------------

ADJECTIVES = ["small", "big", "cute", "old", "nice", "little"]
JOIN = ["and", "with", "next to", "near", "beside", "by"]


def describe(rng, concepts, kind):
    """One sentence about a scene, the concepts it mentions and whether it tells the place. A head class is
    left out with probability 0.6, any other object with 0.15, as real captions rarely mention chairs."""
    parts, mentioned, placed = [], [], True
    for concept in concepts:
        if rng.random() < (0.6 if concept in HEAD else 0.15):
            continue
        if concept < len(CLASSES):
            choice = CLASSES[concept][3]
            word = choice[int(rng.integers(len(choice)))]
        else:
            word = OTHERS[concept - len(CLASSES)][0]
        if rng.random() < 0.12:
            word = ADJECTIVES[int(rng.integers(len(ADJECTIVES)))] + " " + word
        mentioned.append(concept)
        parts.append(("an " if word[0] in "aeiou" else "a ") + word)
    phrases = BACKGROUNDS[kind][1]
    place = phrases[int(rng.integers(len(phrases)))]
    start = rng.random()
    prefix = "a photo of " if start < 0.2 else "a picture of " if start < 0.3 else ""
    if not parts:
        text = prefix + ("a scene " if prefix else "something ") + place
    else:
        text = prefix + parts[0]
        for part in parts[1:]:
            text += " " + JOIN[int(rng.integers(len(JOIN)))] + " " + part
        placed = rng.random() < 0.7
        if placed:
            text += " " + place
    return text + ("." if rng.random() < 0.4 else ""), mentioned, placed


def caption(rng, concepts, kind):
    return describe(rng, concepts, kind)[0]


def world_scene(rng):
    """Concepts and background of one pre-training scene: 1-5 objects, classes twice as likely."""
    count = int(rng.choice([1, 2, 3, 4, 5], p=[0.25, 0.3, 0.25, 0.13, 0.07]))
    weight = np.where(np.arange(CONCEPTS) < len(CLASSES), 2.5, 1.0)
    chosen = rng.choice(CONCEPTS, count, replace=False, p=weight / weight.sum())
    return [int(c) for c in chosen], int(rng.integers(COMMON_BACKGROUNDS))


# --- benchmark sets --------------------------------------------------------------------------

# Relative frequency of the classes in test pictures: the counts of VOC2007's test set, flattened below.
TEST_COUNTS = [205, 250, 289, 176, 240, 183, 775, 332, 545, 127, 247, 433, 279, 233, 2097, 254, 98, 355, 259, 255]


def test_scene(rng):
    """Labels, all concepts and background of one test picture."""
    weight = np.array(TEST_COUNTS) ** 0.75
    count = int(rng.choice([1, 2, 3, 4], p=[0.58, 0.28, 0.11, 0.03]))
    labels = [int(c) for c in rng.choice(len(CLASSES), count, replace=False, p=weight / weight.sum())]
    extra = [len(CLASSES) + int(rng.integers(len(OTHERS)))] if rng.random() < 0.3 else []
    return labels, labels + extra, int(rng.integers(len(BACKGROUNDS)))
