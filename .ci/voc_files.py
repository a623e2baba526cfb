# voc_files - a data set of VOC-LT's numbers at real size, and weights of ViT-B/16's shapes: voc_files FOLDER
import pathlib
import sys

from PIL import Image, ImageChops

import small_set

folder = pathlib.Path(sys.argv[1])
mini = small_set.root / "Fixtures/mini"
size = (500, 375)
noise = Image.effect_noise(size, 60).convert("RGB")
sizes = {"train": 1142, "test": 4952}


def picture(number, scene, path):
    """A scene in the size of VOC's photographs, with noise that makes a file of their bytes (some 80 kB)."""
    drawn = Image.open(scene).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    drawn = Image.blend(drawn, ImageChops.offset(noise, 97 * number, 31 * number), 0.15)
    drawn.save(path, quality=90)


# The mini benchmark has VOC-LT's training images: 1,142 with its counts. Its test images are repeated to VOC-LT's 4,952.
for part, count in sizes.items():
    (folder / part).mkdir(parents=True)
    lines = (mini / f"mini_lt_{part}.txt").read_text().splitlines()
    with open(folder / f"{part}.txt", "w") as file:
        for number in range(count):
            scene, *ids = lines[number % len(lines)].split()
            path = f"{part}/{number + 1:06}.jpg"
            picture(number, mini / scene, folder / path)
            file.write(" ".join([path, *ids]) + "\n")
captions = (mini / "mini_lt_captions.txt").read_text()
(folder / "captions.txt").write_text(captions.replace("images/train/", "train/"))
(folder / "labels.txt").write_bytes((mini / "mini_labels.txt").read_bytes())
(folder / "voc-size.json").write_text(
    '{"name": "voc-size", "train": "train.txt", "test": "test.txt", "labels": "labels.txt", "captions": "captions.txt"}\n')
small_set.model(folder / "ViT-B-16.pt", seen=768, read=512, embedding=512, side=14, layers=12)
