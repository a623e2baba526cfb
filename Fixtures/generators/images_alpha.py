# images_alpha - OpenAI's transform of pictures with alpha, by Pillow and torchvision.
# SPDX-License-Identifier: Apache-2.0
"""Run: python images_alpha.py. Rewrites Fixtures/images/alpha.json: checksums of the pixels that clip's own
transform cuts out of the RGBA and LA fixtures, which it resizes before it drops alpha."""
import hashlib
import json
import pathlib

import numpy as np
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import CenterCrop, Compose, InterpolationMode, Resize

IMAGES = pathlib.Path(__file__).resolve().parent.parent / "images"
entries = []
for path in sorted((IMAGES / "png").glob("*.png")):
    picture = Image.open(path)
    if picture.mode not in ("RGBA", "LA"):
        continue
    for size in (8, 24, 57):
        square = Compose([Resize(size, InterpolationMode.BICUBIC), CenterCrop(size)])(picture)
        pixels = np.asarray(square.convert("RGB"))
        assert pixels.shape == (size, size, 3)
        entries.append({
            "path": f"images/png/{path.name}", "size": size,
            "sha256": hashlib.sha256(pixels.tobytes()).hexdigest()})
(IMAGES / "alpha.json").write_text(json.dumps({
    "schema": 1, "generator": "generators/images_alpha.py",
    "tools": {"pillow": PIL.__version__, "torchvision": torchvision.__version__},
    "entries": entries}, indent=1) + "\n")
