# newcomer_files - the folder that docs/Photographs.md describes, with drawn scenes as photographs: newcomer_files FOLDER
import pathlib
import sys

from PIL import Image, ImageChops

import small_set

folder = pathlib.Path(sys.argv[1])
mini = small_set.root / "Fixtures/mini"
names = [line.split()[0] for line in (mini / "mini_labels.txt").read_text().splitlines()]
shown = {"dog": "dog", "bus": "red bus", "cat": "cat"}
noise = Image.effect_noise((4000, 3000), 60).convert("RGB")


def photograph(number, scene, path):
    """A scene in a phone's size, with a phone's noise; every third is stored on its side, with a note."""
    picture = Image.open(scene).convert("RGB").resize(noise.size, Image.Resampling.BICUBIC)
    picture = Image.blend(picture, ImageChops.offset(noise, 97 * number, 31 * number), 0.1)
    exif = Image.Exif()
    if number % 3 == 0:
        picture, exif[0x0112] = picture.transpose(Image.Transpose.ROTATE_90), 6
    picture.save(path, quality=85, exif=exif)


(folder / "mine/photos").mkdir(parents=True)
(folder / "new").mkdir()
rows, number = ["path,labels"], 0
for line in (mini / "mini_lt_test.txt").read_text().splitlines():
    scene, *ids = line.split()
    labels = [shown[names[int(label)]] for label in ids if names[int(label)] in shown]
    if not labels or number == 72:
        continue
    number += 1
    if number > 60:
        photograph(number, mini / scene, folder / f"new/{number:04}.jpg")
        continue
    name = "photos/a walk 3.jpg" if number == 3 else f"photos/{number:04}.jpg"
    photograph(number, mini / scene, folder / "mine" / name)
    rows.append(f"{name},{';'.join(labels)}")
(folder / "mine/labels.csv").write_text("\n".join(rows) + "\n")
photograph(1, mini / "images/test/000001.jpg", folder / "photo.jpg")
small_set.model(folder / "ViT-B-16.pt", seen=768, read=512, embedding=512, side=14, layers=12)
