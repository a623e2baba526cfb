# run_data - a small long-tailed data set for runs.py: lists, captions, pictures, features.
# SPDX-License-Identifier: Apache-2.0
"""Pictures are 32 x 32 squares of coloured blocks, in which every class has a pattern of its own.

Each picture is its classes' patterns and noise; captions use only words that the tiny CLIP of
Fixtures/training has stored. `horse` has one training picture, which may not be held out; one of
the two of `sheep` is that same picture.
"""
import numpy as np
import torch
from torchvision import transforms

from equation_cases import const, f32
from run_methods import NET, image_positions

NAMES = ["aeroplane", "diningtable", "person", "traffic_light", "sheep", "horse"]
PHRASES = [
    ["an aeroplane", "a very old aeroplane"],
    ["a table with plates", "a table in front of a house"],
    ["a man", "a person"], ["traffic lights at night", "traffic light in a city street"],
    ["sheep on a hill", "a sheep"], ["a horse", "a man riding a horse"],
]
JOINTS = [" and ", " with ", " in front of "]


def draw_labels(rng):
    """Label sets of training and test images, in a mixed order."""
    train = [[4, 5], [4, 2], [0], [0, 2], [0, 1], [3], [3, 2], [3, 2, 1], [3], [3, 1]]
    train += [[1]] * 6 + [[1, 2]] * 7 + [[2]] * 15 + [[3, 2]] + [[]] * 2
    test = [[0], [0, 2], [0, 1], [3], [3, 2], [3, 1], [3], [4], [4, 2], [4, 5], [5], [5, 2], [5, 1]]
    test += [[1]] * 6 + [[1, 2]] * 6 + [[2]] * 10 + [[]]
    return [[sorted(rows[i]) for i in rng.permutation(len(rows))] for rows in (train, test)]


def draw_pictures(rows, patterns, rng):
    pictures = []
    for labels in rows:
        blocks = rng.normal(0, 1, size=(8, 8, 3)) + sum(patterns[i] for i in labels)
        pixels = np.clip(128 + 40 * blocks, 0, 255).astype(np.uint8)
        pictures.append(pixels.repeat(4, axis=0).repeat(4, axis=1))
    return np.stack(pictures)


def draw_caption(labels, rng):
    phrases = [PHRASES[i][rng.integers(2)] for i in labels]
    return JOINTS[rng.integers(3)].join(phrases) if phrases else "a street"


class Data:
    def __init__(self):
        rng = np.random.default_rng(41)
        self.train, self.test = draw_labels(rng)
        patterns = rng.normal(0, 0.8, size=(len(NAMES), 8, 8, 3))
        self.pictures = [draw_pictures(rows, patterns, rng) for rows in (self.train, self.test)]
        self.captions = [draw_caption(labels, rng) for labels in self.train]
        # longer than the 75 characters that the released program keeps
        self.captions[5] = " and ".join(["a man riding a horse", "a table with plates"] * 3)
        self.y = [self.multi_hot(rows) for rows in (self.train, self.test)]
        prepare = transforms.Compose([
            transforms.ToPILImage(), transforms.Resize((32, 32)), transforms.ToTensor(),
            transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
        plain = [torch.stack([prepare(p) for p in some]) for some in self.pictures]
        # the plain training images, then the same mirrored
        pixels = [torch.cat([plain[0], plain[0].flip(3)]).double(), plain[1].double()]
        places = [const(f32(image_positions(NET.visual, x))) for x in pixels]
        features = [const(f32(NET.visual(x))) for x in pixels]
        self.images = [
            {"features": f, "places": p, "pixels": x}
            for f, p, x in zip(features, places, pixels)]

    def multi_hot(self, rows):
        y = torch.zeros(len(rows), len(NAMES), dtype=torch.float64)
        for row, labels in enumerate(rows):
            y[row, labels] = 1
        return y

    def files(self):
        """The lists in the authors' layout."""
        def lines(folder, rows):
            return [" ".join([f"{folder}/{i:02}.ppm", *map(str, labels)])
                    for i, labels in enumerate(rows)]

        return {
            "labels.txt": [f"{name} {i}" for i, name in enumerate(NAMES)],
            "train.txt": lines("train", self.train), "test.txt": lines("test", self.test),
            "captions.txt": [f"train/{i:02}.ppm {c}" for i, c in enumerate(self.captions)],
        }

    def tensors(self):
        stored = {}
        for name, images, pictures in zip(["train", "test"], self.images, self.pictures):
            stored[f"{name}/pictures"] = pictures
            stored[f"{name}/features"] = f32(images["features"])
            stored[f"{name}/places"] = f32(images["places"])
        return stored
