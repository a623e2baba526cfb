# images_encoded - what Pillow's JPEG encoder makes of the fixtures' pictures.
# SPDX-License-Identifier: Apache-2.0
"""Run: python images_encoded.py. Writes Fixtures/images/encoded.json: for pictures and qualities the header,
the size and the error of Pillow's baseline JPEG with halved chroma (4:2:0) and the standard's tables."""
import hashlib
import io
import json
import math
import pathlib

import numpy as np
import PIL
from PIL import Image, features

IMAGES = pathlib.Path(__file__).resolve().parent.parent / "images"
CASES = [("photos/500x375-photo.png", (50, 85, 95)), ("photos/640x480-photo.png", (85,)),
         ("png/pillow-china-rgb.png", (20, 85, 100))]


def error(a, b):
    square = float(np.mean((a.astype(np.float64) - b.astype(np.float64)) ** 2))
    return 10 * math.log10(255 * 255 / square)


entries = []
for name, qualities in CASES:
    picture = Image.open(IMAGES / name).convert("RGB")
    for quality in qualities:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, subsampling=2, optimize=False)
        data = out.getvalue()
        scan = data.index(b"\xff\xda")
        header = data[:scan + 2 + int.from_bytes(data[scan + 2:scan + 4], "big")]
        decoded = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        entries.append({
            "path": f"images/{name}", "quality": quality, "header": header.hex(), "bytes": len(data),
            "psnr": round(error(np.asarray(picture), decoded), 4),
            "sha256": hashlib.sha256(data).hexdigest()})
(IMAGES / "encoded.json").write_text(json.dumps({
    "schema": 1, "generator": "generators/images_encoded.py",
    "tools": {"pillow": PIL.__version__, "libjpeg-turbo": features.version("libjpeg_turbo")},
    "entries": entries}, indent=1) + "\n")
