"""Image files of every kind that the decoders read, and the pixels that Pillow makes of them.

Run: python Fixtures/generators/images.py      (needs cjpeg and jpegtran of libjpeg-turbo)
Writes Fixtures/images/: the files themselves, decoded.rgb (all expected pixels, one picture after
another; offsets in the manifest), resized.rgb, input.f32, and invalid files with the error code
that each must give. Pillow's pixels are the truth for everything but the invalid files, whose codes
follow from what was broken.
"""

import hashlib
import io
import json
import os
import platform
import random
import shutil
import struct
import subprocess
import warnings
import zlib

import numpy as np
import PIL
import torchvision
from PIL import Image, ImageFile, ImageOps, features
from sklearn.datasets import load_sample_image
from torchvision import transforms
from torchvision.transforms import InterpolationMode

from images_png import CHANNELS, DEPTHS, SIGNATURE, chunk, header, image_data, png

warnings.filterwarnings("ignore")
ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "images"))
EXACT = "integer arithmetic throughout"
rng = np.random.default_rng(20261124)
entries, blobs = [], {"decoded.rgb": bytearray(), "resized.rgb": bytearray(),
                      "input.f32": bytearray()}


# Pictures

CHINA, FLOWER = load_sample_image("china.jpg"), load_sample_image("flower.jpg")


def photo(source, x, y, width, height):
    return np.ascontiguousarray(source[y:y + height, x:x + width])


def drawing(width, height):
    """Gradients, a disc, a checkerboard and noise: smooth parts, edges and saturation."""
    y, x = np.mgrid[0:height, 0:width]
    out = np.stack([x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1),
                    (x + y) * 255 // max(width + height - 2, 1)], -1)
    disc = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (min(width, height) / 3) ** 2
    out[disc] = (255, 40, 0)
    board = (x < width // 3) & (y < height // 3)
    out[board] = (((x + y) % 2)[board] * 255)[:, None]
    noisy = (x > width * 2 // 3) & (y > height * 2 // 3)
    out[noisy] = rng.integers(0, 256, (int(noisy.sum()), 3))
    return out.astype(np.uint8)


PICTURES = {
    "china": photo(CHINA, 300, 150, 47, 35),
    "flower": photo(FLOWER, 250, 120, 40, 56),
    "drawing": drawing(64, 48),
    "line": drawing(61, 1),
    "dot": photo(FLOWER, 300, 200, 1, 1),
    "column": photo(CHINA, 100, 100, 2, 33),
}


# Bookkeeping

def store(blob, array):
    data = np.ascontiguousarray(array).tobytes()
    offset = len(blobs[blob])
    blobs[blob] += data
    return {"blob": f"images/{blob}", "offset": offset, "shape": list(array.shape),
            "sha256": hashlib.sha256(data).hexdigest(), "atol": 0, "rtol": 0, "why": EXACT}


def save(path, data):
    full = os.path.join(ROOT, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    assert not os.path.exists(full), path
    with open(full, "wb") as file:
        file.write(data)


def add(path, data, outputs, error=None):
    save(path, data)
    entries.append({"path": f"images/{path}", "sha256": hashlib.sha256(data).hexdigest(),
                    "bytes": len(data), "equation": "images", "outputs": outputs, "error": error})


def pillow(data, lenient=False):
    ImageFile.LOAD_TRUNCATED_IMAGES = lenient
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


def valid(path, data):
    add(path, data, [{"name": "decoded", **store("decoded.rgb", pillow(data))}])


def invalid(path, data, code):
    directory, name = os.path.split(path)
    add(f"{directory}/x-{name}", data, [], code)


# JPEG

def jpeg(picture, mode="RGB", **options):
    out = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(out, "JPEG", **options)
    return out.getvalue()


def tool(*command, data):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True).stdout


def cjpeg(picture, *options, scans=None):
    height, width = picture.shape[:2]
    if scans:
        with open("/tmp/images.scans", "w") as file:
            file.write(scans)
        options += ("-scans", "/tmp/images.scans")
    ppm = b"P6\n%d %d\n255\n" % (width, height) + picture.tobytes()
    return tool("cjpeg", *options, data=ppm)


def segments(data):
    """(marker, start, end) of each segment up to the first scan's data."""
    out, at = [], 2
    while True:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2:at + 4])[0]
        out.append((marker, at, at + 2 + length))
        if marker == 0xDA:
            return out
        at += 2 + length


def find(data, marker):
    return next((start, end) for kind, start, end in segments(data) if kind == marker)


def patched(data, marker, offset, *values):
    """Overwrites bytes of the payload of the first segment with that marker."""
    start, _ = find(data, marker)
    at = start + 4 + offset
    return data[:at] + bytes(values) + data[at + len(values):]


def without(data, *markers):
    keep = bytearray(data[:2])
    parts = segments(data)
    for kind, start, end in parts:
        if kind not in markers:
            keep += data[start:end]
    return bytes(keep) + data[parts[-1][2]:]


def inserted(data, piece, before=0xDB):
    start, _ = find(data, before)
    return data[:start] + piece + data[start:]


def segment(marker, payload):
    return bytes([0xFF, marker]) + struct.pack(">H", len(payload) + 2) + payload


SAMPLINGS = [
    "1x1", "2x1", "1x2", "2x2", "4x1", "1x4", "4x2", "2x4", "3x1", "1x3", "3x2", "2x1,1x1,2x1",
    "2x2,2x1,1x2", "1x1,2x2,2x2", "1x2,1x1,1x1", "2x2,1x2,1x1", "4x1,2x1,1x1", "1x4,1x2,1x1",
    "4x1,1x1,4x1", "2x3,1x1,2x1",
]
SPARSE = "0 1 2: 0-0, 0, 1;\n0: 1-5, 0, 2;\n1: 1-63, 0, 1;\n"
DC_ONLY = "0 1 2: 0-0, 0, 0;\n"
SEPARATE = "0;\n1;\n2;\n"
PAIRS = "0 2;\n1;\n"


def jpegs():
    for name in ("china", "flower", "drawing"):
        for quality in (10, 75, 95, 100):
            for sampling in (0, 1, 2):
                for progressive in (False, True):
                    kind = "progressive" if progressive else "baseline"
                    sub = ("444", "422", "420")[sampling]
                    if quality == 100 and sampling == 1:
                        continue
                    valid(f"jpeg/{name}-q{quality}-{sub}-{kind}.jpg",
                          jpeg(PICTURES[name], quality=quality, subsampling=sampling,
                               progressive=progressive))
    for name in ("line", "dot", "column"):
        for sampling in (0, 1, 2):
            valid(f"jpeg/{name}-{sampling}.jpg", jpeg(PICTURES[name], subsampling=sampling))
    for sampling in SAMPLINGS:
        label = sampling.replace(",", "-")
        picture = photo(FLOWER, 200, 220, 37, 29)
        valid(f"jpeg/sampling-{label}.jpg", cjpeg(picture, "-sample", sampling))
        valid(f"jpeg/sampling-{label}-progressive.jpg",
              cjpeg(picture, "-sample", sampling, "-progressive", "-restart", "2B"))
    for width in range(1, 18):
        height = (width * 7) % 17 + 1
        valid(f"jpeg/size-{width}x{height}.jpg",
              cjpeg(photo(CHINA, 320, 180, width, height), "-sample", ("2x2", "2x1", "1x2")[width % 3]))
    base = PICTURES["china"]
    for label, options, scans in [
        ("restart-1", ["-restart", "1"], None), ("restart-3b", ["-restart", "3B"], None),
        ("restart-progressive", ["-restart", "1", "-progressive"], None),
        ("optimised", ["-optimize"], None), ("extended-16-bit-steps", ["-quality", "2"], None),
        ("rgb-tool", ["-rgb"], None), ("gray-tool", ["-grayscale"], None),
        ("scans-separate", [], SEPARATE), ("scans-pairs", [], PAIRS),
        ("scans-separate-420", ["-sample", "2x2", "-restart", "2B"], SEPARATE),
        ("scans-dc-only", [], DC_ONLY), ("scans-sparse", [], SPARSE),
        ("scans-dc-only-444", ["-sample", "1x1"], DC_ONLY),
        ("scans-sparse-440", ["-sample", "1x2"], SPARSE),
        ("scans-sparse-tall", ["-sample", "1x4"], SPARSE),
    ]:
        valid(f"jpeg/{label}.jpg", cjpeg(base, *options, scans=scans))
    for mode in ("L", "CMYK"):
        for progressive in (False, True):
            valid(f"jpeg/{mode.lower()}-{'progressive' if progressive else 'baseline'}.jpg",
                  jpeg(base, mode, quality=90, progressive=progressive))
    cmyk = jpeg(PICTURES["flower"], "CMYK", quality=85)
    valid("jpeg/ycck-adobe-2.jpg", patched(cmyk, 0xEE, 11, 2))
    valid("jpeg/cmyk-adobe-unknown.jpg", patched(cmyk, 0xEE, 11, 7))
    valid("jpeg/cmyk-without-adobe.jpg", without(cmyk, 0xEE))
    plain = jpeg(base, quality=80)
    adobe = segment(0xEE, b"Adobe" + bytes([0, 100, 0, 0, 0, 0, 0]))
    valid("jpeg/rgb-kept.jpg", jpeg(base, keep_rgb=True))
    valid("jpeg/without-jfif.jpg", without(plain, 0xE0))
    valid("jpeg/adobe-0-means-rgb.jpg", inserted(without(plain, 0xE0), adobe))
    valid("jpeg/adobe-1-means-ycc.jpg", inserted(without(plain, 0xE0), adobe[:-1] + b"\1"))
    valid("jpeg/jfif-beats-adobe.jpg", inserted(plain, adobe))
    ids = without(plain, 0xE0)
    ids = patched(patched(patched(ids, 0xC0, 6, 82), 0xC0, 9, 71), 0xC0, 12, 66)
    scan, _ = find(ids, 0xDA)
    ids = ids[:scan + 5] + bytes([82, ids[scan + 6], 71, ids[scan + 8], 66]) + ids[scan + 10:]
    valid("jpeg/ids-rgb.jpg", ids)
    valid("jpeg/app0-short.jpg", inserted(without(plain, 0xE0), segment(0xE0, b"JFIF\0\1\1")))
    valid("jpeg/tables-left-out.jpg", without(jpeg(base, quality=75), 0xC4))
    valid("jpeg/comment-longest.jpg", inserted(plain, segment(0xFE, b"x" * 65533)))
    valid("jpeg/exif-junk.jpg", inserted(plain, segment(0xE1, b"Exif\0\0" + bytes(range(256)))))
    valid("jpeg/icc-in-parts.jpg", inserted(
        plain, b"".join(segment(0xE2, b"ICC_PROFILE\0" + bytes([i, 2]) + b"p" * 500)
                        for i in (1, 2))))
    scan, _ = find(plain, 0xDA)
    valid("jpeg/fill-bytes.jpg", plain[:scan] + b"\xff\xff\xff" + plain[scan:])
    valid("jpeg/junk-between-segments.jpg", inserted(plain, b"\0\1\2junk\xff\0"))
    valid("jpeg/junk-after-end.jpg", plain + b"junk after the end \xff\xd8\xff")
    valid("jpeg/second-image-after-end.jpg", plain + jpeg(PICTURES["dot"]))
    body = find(plain, 0xDA)[1]
    middle = (body + len(plain)) // 2
    valid("jpeg/end-marker-early.jpg", plain[:middle] + b"\xff\xd9")
    restarts = cjpeg(base, "-restart", "1")
    first = restarts.index(b"\xff\xd1")
    valid("jpeg/restart-missing.jpg", restarts[:first] + restarts[first + 2:])
    valid("jpeg/restart-out-of-order.jpg",
          restarts[:first] + b"\xff\xd3" + restarts[first + 2:])
    valid("jpeg/single-component-2x2.jpg", patched(jpeg(base, "L"), 0xC0, 7, 0x22))
    valid("jpeg/steps-of-zero.jpg", patched(plain, 0xDB, 1, *[0] * 20))
    huge = cjpeg(base, "-quality", "1")
    start, _ = find(huge, 0xDB)
    valid("jpeg/coefficients-overflow.jpg",
          huge[:start + 5] + b"\x7f\xff" * 20 + huge[start + 45:])
    turned = tool("jpegtran", "-transpose", data=jpeg(base, subsampling=1))
    valid("jpeg/transposed-440.jpg", turned)
    valid("jpeg/transcoded-progressive.jpg", tool("jpegtran", "-progressive", data=plain))
    damaged = bytearray(plain)
    for at in range(body + 20, len(plain) - 20, 97):
        if damaged[at] not in (0, 0xFF) and damaged[at - 1] != 0xFF:
            damaged[at] ^= 0x10
    valid("jpeg/bits-flipped.jpg", bytes(damaged))
    damaged = bytearray(cjpeg(base, "-progressive"))
    for at in range(len(damaged) - 60, len(damaged) - 10, 11):
        if damaged[at] not in (0, 0xFF) and damaged[at - 1] != 0xFF:
            damaged[at] ^= 0x08
    valid("jpeg/bits-flipped-progressive.jpg", bytes(damaged))


def broken_jpegs():
    base = PICTURES["china"]
    plain, progressive = jpeg(base, quality=80), jpeg(base, progressive=True)
    arithmetic = cjpeg(base, "-arithmetic")
    invalid("invalid/arithmetic.jpg", arithmetic, "jpeg.unsupported-process")
    for marker in (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF):
        start, _ = find(plain, 0xC0)
        invalid(f"invalid/process-{marker:02x}.jpg",
                plain[:start + 1] + bytes([marker]) + plain[start + 2:], "jpeg.unsupported-process")
    invalid("invalid/12-bit.jpg", patched(plain, 0xC0, 0, 12), "jpeg.unsupported-precision")
    invalid("invalid/height-0.jpg", patched(plain, 0xC0, 1, 0, 0), "image.no-pixels")
    invalid("invalid/width-0.jpg", patched(plain, 0xC0, 3, 0, 0), "image.no-pixels")
    invalid("invalid/huge.jpg", patched(plain, 0xC0, 1, 0xFF, 0xDC, 0xFF, 0xDC),
            "image.too-many-pixels")
    invalid("invalid/long-side.jpg", patched(plain, 0xC0, 1, 0xFF, 0xFF, 0, 1),
            "image.side-too-long")
    frame, end = find(plain, 0xC0)
    two = plain[:frame] + segment(0xC0, plain[frame + 4:frame + 9] + b"\2" +
                                  plain[frame + 10:frame + 16]) + plain[end:]
    invalid("invalid/two-components.jpg", two, "jpeg.unsupported-components")
    invalid("invalid/frame-length.jpg", patched(plain, 0xC0, 5, 1), "jpeg.segment-length")
    invalid("invalid/two-frames.jpg", plain[:end] + plain[frame:], "jpeg.second-frame")
    invalid("invalid/no-frame.jpg", without(plain, 0xC0), "jpeg.no-frame")
    invalid("invalid/no-scan.jpg", plain[:find(plain, 0xDA)[0]] + b"\xff\xd9", "jpeg.no-scan")
    invalid("invalid/only-markers.jpg", b"\xff\xd8\xff\xd9", "jpeg.no-scan")
    invalid("invalid/only-start.jpg", b"\xff\xd8\xff", "jpeg.truncated")
    invalid("invalid/sampling-0.jpg", patched(plain, 0xC0, 7, 0x01), "jpeg.sampling-factors")
    invalid("invalid/sampling-5.jpg", patched(plain, 0xC0, 7, 0x51), "jpeg.sampling-factors")
    invalid("invalid/sampling-fraction.jpg", patched(plain, 0xC0, 7, 0x32, 1, 2, 0x22),
            "jpeg.fractional-sampling")
    invalid("invalid/unit-too-large.jpg", patched(plain, 0xC0, 7, 0x44), "jpeg.unit-too-large")
    invalid("invalid/step-index.jpg", patched(plain, 0xC0, 8, 5), "jpeg.no-quantization")
    invalid("invalid/no-steps.jpg", without(plain, 0xDB), "jpeg.no-quantization")
    invalid("invalid/step-table-4.jpg", patched(plain, 0xDB, 0, 4), "jpeg.table-index")
    start, _ = find(plain, 0xDB)
    invalid("invalid/step-length.jpg", plain[:start + 2] + b"\0\x42" + plain[start + 4:start + 68] +
            plain[start + 69:], "jpeg.segment-length")
    invalid("invalid/huffman-table-4.jpg", patched(plain, 0xC4, 0, 4), "jpeg.table-index")
    invalid("invalid/huffman-oversubscribed.jpg", patched(plain, 0xC4, 1, 3, 1, 2),
            "jpeg.huffman-table")
    invalid("invalid/huffman-counts.jpg", patched(plain, 0xC4, 1, *[255] * 16),
            "jpeg.huffman-table")
    invalid("invalid/huffman-dc-category.jpg", patched(plain, 0xC4, 20, 16), "jpeg.huffman-table")
    invalid("invalid/huffman-length-0.jpg", inserted(plain, b"\xff\xc4\0\0"), "jpeg.segment-length")
    invalid("invalid/huffman-undefined.jpg", patched(plain, 0xDA, 2, 0x33),
            "jpeg.no-huffman-table")
    invalid("invalid/no-huffman-progressive.jpg", without(progressive, 0xC4),
            "jpeg.no-huffman-table")
    invalid("invalid/scan-component.jpg", patched(plain, 0xDA, 1, 9), "jpeg.unknown-component")
    invalid("invalid/scan-component-twice.jpg", patched(plain, 0xDA, 3, 1),
            "jpeg.unknown-component")
    invalid("invalid/scan-count.jpg", patched(plain, 0xDA, 0, 0), "jpeg.segment-length")
    invalid("invalid/progression-end.jpg", patched(progressive, 0xDA, 8, 64), "jpeg.progression")
    invalid("invalid/progression-dc-with-ac.jpg", patched(progressive, 0xDA, 8, 5),
            "jpeg.progression")
    invalid("invalid/progression-bits.jpg", patched(progressive, 0xDA, 9, 0x31),
            "jpeg.progression")
    invalid("invalid/restart-length.jpg", inserted(plain, b"\xff\xdd\0\5\0\1\0"),
            "jpeg.segment-length")
    invalid("invalid/marker-reserved.jpg", inserted(plain, b"\xff\x05\0\2"),
            "jpeg.unexpected-marker")
    invalid("invalid/segment-past-end.jpg", plain[:20] + b"\xff\xe1\xff\xff" + plain[20:],
            "jpeg.truncated")
    invalid("invalid/cut-in-scan.jpg", plain[:len(plain) * 2 // 3], "jpeg.truncated")
    invalid("invalid/cut-in-scan-progressive.jpg", progressive[:len(progressive) * 2 // 3],
            "jpeg.truncated")
    invalid("invalid/end-missing-progressive.jpg", progressive[:-2], "jpeg.truncated")
    scans = plain[:-2] + plain[find(plain, 0xDA)[0]:]
    invalid("invalid/scan-after-complete.jpg", scans, "jpeg.unexpected-marker")
    last = progressive.rindex(b"\xff\xda")
    invalid("invalid/scans-many.jpg", progressive[:-2] + progressive[last:-2] * 120 + b"\xff\xd9",
            "jpeg.too-many-scans")


# PNG

def ramp(height, width, channels, depth):
    y, x, c = np.mgrid[0:height, 0:width, 0:channels]
    return (x * (c + 3) * (1 << depth) // (width * 2) + y * 5 + c * 11) % (1 << depth)


def palette_of(depth, entries_count=None):
    count = entries_count or 1 << depth
    return np.random.default_rng(depth).integers(0, 256, 3 * count).astype(np.uint8).tobytes()


def pngs():
    for kind, depths in DEPTHS.items():
        for depth in depths:
            for interlaced in (False, True):
                samples = rng.integers(0, 1 << depth, (13, 21, CHANNELS[kind]))
                samples[3:9] = ramp(6, 21, CHANNELS[kind], depth)
                palette = palette_of(depth) if kind == 3 else None
                mark = "adam7" if interlaced else "plain"
                valid(f"png/type{kind}-{depth}bit-{mark}.png",
                      png(samples, kind, depth, interlaced=interlaced, palette=palette))
    for kind in range(5):
        samples = ramp(11, 17, 3, 8)
        valid(f"png/filter{kind}.png", png(samples, 2, 8, filters=(kind,)))
        valid(f"png/filter{kind}-1bit.png", png(samples[:, :, :1] % 2, 0, 1, filters=(kind,)))
    for width, height in [(1, 1), (2, 1), (1, 2), (5, 7), (3, 3), (8, 8), (9, 1), (1, 9)]:
        valid(f"png/adam7-{width}x{height}.png",
              png(ramp(height, width, 3, 8), 2, 8, interlaced=True))
        valid(f"png/adam7-{width}x{height}-1bit.png",
              png(rng.integers(0, 2, (height, width, 1)), 0, 1, interlaced=True))
    color = ramp(12, 15, 3, 8)
    gray16 = rng.integers(0, 600, (9, 9, 1))
    valid("png/gray16-clipped.png", png(gray16, 0, 16))
    valid("png/trns-palette.png", png(ramp(8, 8, 1, 4), 3, 4, palette=palette_of(4),
                                      before=chunk(b"tRNS", bytes([0, 128, 255, 7]))))
    valid("png/trns-one-entry.png", png(ramp(8, 8, 1, 4), 3, 4, palette=palette_of(4),
                                        before=chunk(b"tRNS", bytes([255, 0, 255]))))
    valid("png/trns-gray.png", png(ramp(8, 8, 1, 8), 0, 8, before=chunk(b"tRNS", b"\0\x10")))
    valid("png/trns-rgb.png", png(color, 2, 8, before=chunk(b"tRNS", b"\0\x10\0\x20\0\x30")))
    valid("png/trns-gray1.png", png(ramp(8, 8, 1, 1), 0, 1, before=chunk(b"tRNS", b"\0\1")))
    valid("png/palette-short.png", png(rng.integers(0, 16, (6, 6, 1)), 3, 4,
                                       palette=palette_of(4, 5)))
    valid("png/palette-in-rgb.png", png(color, 2, 8, palette=palette_of(4)))
    known = (chunk(b"gAMA", struct.pack(">I", 45455)) + chunk(b"sRGB", b"\0") +
             chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)) +
             chunk(b"tEXt", b"Comment\0hello") + chunk(b"zTXt", b"k\0\0" + zlib.compress(b"text")) +
             chunk(b"prVt", bytes(300)) + chunk(b"tIME", bytes(7)))
    valid("png/ancillary.png", png(color, 2, 8, before=known, after=known))
    valid("png/exif-orientation-ignored.png", png(color, 2, 8, before=chunk(
        b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")))
    valid("png/after-end.png", png(color, 2, 8) + b"whatever follows")
    valid("png/end-missing.png", png(color, 2, 8, end=False))
    for split in (1, 7, 100):
        valid(f"png/idat-split-{split}.png", png(color, 2, 8, split=split))
    packed = zlib.compress(image_data(color, 2, 8, False, (4,)))
    valid("png/idat-empty-parts.png",
          png(color, 2, 8, data=packed, before=chunk(b"IDAT") + chunk(b"IDAT")))
    for level, strategy, label in [(0, 0, "stored"), (1, 0, "fast"), (9, 0, "best"),
                                   (6, zlib.Z_FIXED, "fixed"), (6, zlib.Z_RLE, "rle"),
                                   (6, zlib.Z_HUFFMAN_ONLY, "huffman"),
                                   (6, zlib.Z_FILTERED, "filtered")]:
        valid(f"png/deflate-{label}.png",
              png(PICTURES["drawing"], 2, 8, level=level, strategy=strategy))
    longer = zlib.compress(image_data(color, 2, 8, False, (0,)) + bytes(500))
    valid("png/data-longer.png", png(color, 2, 8, data=longer))
    valid("png/apng.png", png(color, 2, 8, before=chunk(b"acTL", struct.pack(">II", 1, 0)) + chunk(
        b"fcTL", struct.pack(">IIIIIHHBB", 0, 15, 12, 0, 0, 1, 10, 0, 0))))
    for name in ("china", "flower", "drawing"):
        for mode in ("RGB", "L", "P", "1", "LA", "RGBA"):
            out = io.BytesIO()
            Image.fromarray(PICTURES[name]).convert(mode).save(out, "PNG")
            valid(f"png/pillow-{name}-{mode.lower()}.png", out.getvalue())


def broken_pngs():
    color = ramp(12, 15, 3, 8)
    good = png(color, 2, 8)
    raw = image_data(color, 2, 8, False, (0,))
    packed = zlib.compress(raw)
    gray = ramp(4, 4, 1, 8)

    def with_header(*fields, **options):
        return png(gray, 0, 8, ihdr=header(*fields), **options)

    invalid("invalid/empty.png", b"", "image.empty-file")
    invalid("invalid/signature-only.png", SIGNATURE, "png.truncated")
    invalid("invalid/signature-cr-lf.png", good.replace(b"\r\n\x1a\n", b"\n\x1a\n", 1),
            "image.unknown-format")
    invalid("invalid/signature-7-bit.png", b"\x09" + good[1:], "image.unknown-format")
    invalid("invalid/header-missing.png", SIGNATURE + good[33:], "png.no-header")
    invalid("invalid/header-length.png", SIGNATURE + chunk(b"IHDR", bytes(12)) + good[33:],
            "png.chunk-length")
    invalid("invalid/header-twice.png", good[:33] + good[8:], "png.unexpected-chunk")
    invalid("invalid/width-0.png", with_header(0, 4, 8, 0), "image.no-pixels")
    invalid("invalid/height-0.png", with_header(4, 0, 8, 0), "image.no-pixels")
    invalid("invalid/width-huge.png", with_header(2**31, 4, 8, 0), "image.too-many-pixels")
    invalid("invalid/both-huge.png", with_header(50000, 50000, 16, 6), "image.too-many-pixels")
    invalid("invalid/one-by-100-million.png", with_header(1, 100_000_000, 8, 0),
            "image.side-too-long")
    for kind, depth in [(0, 3), (2, 4), (3, 16), (4, 1), (6, 2), (1, 8), (5, 8), (0, 0), (9, 8)]:
        invalid(f"invalid/type{kind}-{depth}bit.png", with_header(4, 4, depth, kind),
                "png.color-type")
    invalid("invalid/compression-1.png", with_header(4, 4, 8, 0, 1), "png.method")
    invalid("invalid/filter-method-1.png", with_header(4, 4, 8, 0, 0, 1), "png.method")
    invalid("invalid/interlace-2.png", with_header(4, 4, 8, 0, 0, 0, 2), "png.method")
    invalid("invalid/chunk-past-end.png", good[:33] + struct.pack(">I", 5000) + b"tEXt" + good[41:60],
            "png.truncated")
    invalid("invalid/chunk-longest.png", good[:33] + struct.pack(">I", 2**31) + b"tEXt" + good[33:],
            "png.chunk-length")
    invalid("invalid/chunk-name.png", png(color, 2, 8, before=chunk(b"a1b2")), "png.chunk-type")
    invalid("invalid/critical-unknown.png", png(color, 2, 8, before=chunk(b"ABCD")),
            "png.unknown-critical-chunk")
    for name, at in [("ihdr", 29), ("idat", len(good) - 16)]:
        invalid(f"invalid/crc-{name}.png", good[:at] + bytes([good[at] ^ 1]) + good[at + 1:],
                "png.crc-mismatch")
    invalid("invalid/crc-ancillary.png", png(color, 2, 8, before=chunk(b"tEXt", b"a\0b", crc=7)),
            "png.crc-mismatch")
    index = ramp(4, 4, 1, 2)
    invalid("invalid/palette-missing.png", png(index, 3, 2), "png.no-palette")
    invalid("invalid/palette-length.png", png(index, 3, 2, palette=bytes(10)), "png.chunk-length")
    invalid("invalid/palette-empty.png", png(index, 3, 2, palette=b""), "png.chunk-length")
    invalid("invalid/idat-missing.png", good[:33] + chunk(b"IEND"), "png.no-image-data")
    invalid("invalid/idat-interrupted.png",
            good[:33] + chunk(b"IDAT", packed[:20]) + chunk(b"tEXt", b"a\0b") +
            chunk(b"IDAT", packed[20:]) + chunk(b"IEND"), "png.too-little-data")
    invalid("invalid/data-short.png", png(color, 2, 8, data=zlib.compress(raw[:-40])),
            "png.too-little-data")
    invalid("invalid/data-cut.png", png(color, 2, 8, data=packed[:len(packed) // 2]),
            "png.too-little-data")
    bad_filter = bytearray(raw)
    bad_filter[0] = 5
    invalid("invalid/filter-5.png", png(color, 2, 8, data=zlib.compress(bytes(bad_filter))),
            "png.filter")
    invalid("invalid/zlib-header.png", png(color, 2, 8, data=b"\x79" + packed[1:]),
            "inflate.header")
    invalid("invalid/zlib-adler.png",
            png(color, 2, 8, data=packed[:-1] + bytes([packed[-1] ^ 1])), "inflate.checksum")
    invalid("invalid/deflate-type-3.png", png(color, 2, 8, data=b"\x78\x9c\x07" + packed[3:]),
            "inflate.block-type")
    invalid("invalid/cut.png", good[:len(good) // 2], "png.too-little-data")


# PNM and other formats

def pnms():
    picture = PICTURES["china"][:9, :11]
    deep = rng.integers(0, 1000, (9, 11, 3))

    def pnm(kind, array, top=255, note=b""):
        height, width = array.shape[:2]
        head = b"%s\n%s%d %d\n" % (kind, note, width, height)
        return head + (b"" if kind == b"P4" else b"%d\n" % top)

    def words(array):
        return b" ".join(b"%d" % v for v in array.reshape(-1)) + b"\n"

    flat = picture[:, :, 0]
    valid("pnm/p6.ppm", pnm(b"P6", picture) + picture.tobytes())
    valid("pnm/p5.pgm", pnm(b"P5", flat) + flat.tobytes())
    valid("pnm/p6-comment.ppm", pnm(b"P6", picture, note=b"# a comment\n#\n") + picture.tobytes())
    valid("pnm/p6-after-end.ppm", pnm(b"P6", picture) + picture.tobytes() + b"more")
    valid("pnm/p6-max-100.ppm", pnm(b"P6", picture, 100) + (picture % 101).tobytes())
    valid("pnm/p5-max-15.pgm", pnm(b"P5", flat, 15) + (flat % 16).tobytes())
    valid("pnm/p6-max-1000.ppm", pnm(b"P6", deep, 1000) + deep.astype(">u2").tobytes())
    valid("pnm/p5-max-1000.pgm", pnm(b"P5", deep[:, :, 0], 1000) +
          deep[:, :, 0].astype(">u2").tobytes())
    valid("pnm/p5-max-65535.pgm", pnm(b"P5", deep[:, :, 0], 65535) +
          deep[:, :, 0].astype(">u2").tobytes())
    valid("pnm/p3.ppm", pnm(b"P3", picture) + words(picture))
    valid("pnm/p2.pgm", pnm(b"P2", flat, 15) + words(flat % 16))
    valid("pnm/p4.pbm", pnm(b"P4", flat) + np.packbits(flat > 99, axis=1).tobytes())
    valid("pnm/p1.pbm", b"P1\n7 3\n1 0 1 0 1 1 1\n0001110\n1111111")
    invalid("invalid/cut.ppm", pnm(b"P6", picture) + picture.tobytes()[:100], "pnm.truncated")
    invalid("invalid/maximum-0.ppm", pnm(b"P6", picture, 0) + picture.tobytes(), "pnm.maximum")
    invalid("invalid/word.ppm", b"P6\nwide 3\n255\n" + bytes(100), "pnm.not-a-number")
    invalid("invalid/sample.ppm", b"P3\n1 1\n15\n1 2 16\n", "pnm.sample")
    invalid("invalid/size-0.ppm", b"P6\n0 3\n255\n", "image.no-pixels")
    invalid("invalid/size-huge.ppm", b"P6\n99999999 99999999\n255\n", "image.too-many-pixels")
    for kind in ("gif", "bmp", "webp", "tiff", "avif"):
        out = io.BytesIO()
        Image.fromarray(picture).save(out, kind)
        invalid(f"invalid/other.{kind}", out.getvalue(), "image.unsupported-format")
    invalid("invalid/other.heic", b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + bytes(40),
            "image.unsupported-format")
    invalid("invalid/other.txt", b"not an image at all", "image.unknown-format")


# Photographs in usual sizes, for the benchmark; of their pixels only the checksum is stored

def photographs():
    for width, height in ((500, 375), (640, 480)):
        image = Image.fromarray(CHINA).resize((width, height), Image.LANCZOS)
        files = {"photo.png": ("PNG", {})}
        for quality in (75, 95):
            for kind, progressive in (("baseline", False), ("progressive", True)):
                files[f"q{quality}-{kind}.jpg"] = (
                    "JPEG", {"quality": quality, "progressive": progressive})
        for name, (format_name, options) in files.items():
            out = io.BytesIO()
            image.save(out, format_name, **options)
            pixels = pillow(out.getvalue())
            add(f"photos/{width}x{height}-{name}", out.getvalue(), [
                {"name": "decoded", "shape": list(pixels.shape), "atol": 0, "rtol": 0,
                 "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(), "why": EXACT}])


# What is made of decoded pictures

FILTERS = {"box": Image.BOX, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC,
           "lanczos": Image.LANCZOS}


def resizes():
    """Up, down, both ways, and pairs on both sides of Pillow 13's rule for the order of passes."""
    out = []
    sizes = [(8, 8), (20, 31), (90, 20), (16, 70), (61, 35), (47, 9), (1, 1), (130, 90), (41, 22),
             (42, 24), (40, 21)]
    for name in ("china", "flower", "drawing"):
        for width, height in sizes:
            for method, code in FILTERS.items():
                if method in ("box", "lanczos") and width in (41, 42, 40):
                    continue
                pixels = np.asarray(Image.fromarray(PICTURES[name]).resize((width, height), code))
                out.append({"source": f"images/png/pillow-{name}-rgb.png", "method": method,
                            **store("resized.rgb", pixels)})
    return out


def recipes():
    out = []
    norms = {"lmpt": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
             "clip": ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))}
    for name in ("china", "flower", "drawing"):
        image = Image.fromarray(PICTURES[name])
        for size in (7, 16, 33, 60):
            for recipe, (mean, deviation) in norms.items():
                if recipe == "lmpt":
                    steps = [transforms.Resize((size, size))]
                else:
                    steps = [transforms.Resize(size, interpolation=InterpolationMode.BICUBIC),
                             transforms.CenterCrop(size)]
                square = transforms.Compose(steps)(image)
                entry = {"source": f"images/png/pillow-{name}-rgb.png", "recipe": recipe,
                         "size": size, "resized": store("resized.rgb", np.asarray(square))}
                if size <= 16:
                    tensor = transforms.Normalize(mean, deviation)(transforms.ToTensor()(square))
                    entry["input"] = {**store("input.f32", tensor.numpy()),
                                      "why": "the same three float32 operations in the same order"}
                out.append(entry)
    return out


def orientations():
    out = []
    for value in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = value
        for kind in ("jpeg", "png"):
            data = io.BytesIO()
            Image.fromarray(PICTURES["china"][:12, :20]).save(data, kind, exif=exif)
            path = f"orientation/{value}.{kind}"
            valid(path, data.getvalue())
            turned = ImageOps.exif_transpose(Image.open(io.BytesIO(data.getvalue())))
            out.append({"source": f"images/{path}", "value": value,
                        **store("decoded.rgb", np.asarray(turned.convert("RGB")))})
    return out


def truncations():
    """Valid files cut off, and what Pillow's lenient mode shows of them."""
    out = []
    picker = random.Random(7)
    for path in ("jpeg/china-q75-420-baseline.jpg", "jpeg/flower-q75-444-progressive.jpg",
                 "jpeg/restart-1.jpg", "jpeg/scans-separate.jpg", "jpeg/cmyk-baseline.jpg",
                 "png/pillow-china-rgb.png", "png/pillow-drawing-p.png", "png/type2-8bit-adam7.png",
                 "png/deflate-stored.png", "pnm/p6.ppm"):
        with open(os.path.join(ROOT, path), "rb") as file:
            data = file.read()
        for _ in range(4):
            while True:
                cut = picker.randrange(len(data) * 2 // 5, len(data) - 1)
                try:
                    pixels = pillow(data[:cut], lenient=True)
                except OSError:
                    continue  # cut inside the header
                try:
                    pillow(data[:cut])
                except OSError:
                    break
            out.append({"source": f"images/{path}", "cut": cut, **store("decoded.rgb", pixels)})
    return out


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    os.makedirs(ROOT)
    jpegs()
    pngs()
    pnms()
    photographs()
    broken_jpegs()
    broken_pngs()
    manifest = {
        "schema": 1, "generator": "generators/images.py",
        "tools": {"python": platform.python_version(), "pillow": PIL.__version__,
                  "libjpeg-turbo": features.version_feature("libjpeg_turbo"),
                  "zlib": features.version_codec("zlib"), "torchvision": torchvision.__version__,
                  "numpy": np.__version__, "cjpeg": "libjpeg-turbo 2.1.5"},
        "resizes": resizes(), "recipes": recipes(), "orientations": orientations(),
        "truncations": truncations(),
    }
    for name, data in blobs.items():
        add(name, bytes(data), [])
    manifest["entries"] = entries
    with open(os.path.join(ROOT, "manifest.json"), "w") as file:
        json.dump(manifest, file, indent=0, separators=(",", ":"))
        file.write("\n")
    with open(os.path.join(ROOT, "README.md"), "w") as file:
        file.write(README)
    kinds = [e["path"].split("/")[1] for e in entries]
    print({k: kinds.count(k) for k in sorted(set(kinds))}, {k: len(v) for k, v in blobs.items()})


README = """# Image fixtures

Written by `Fixtures/generators/images.py`; expected pixels are Pillow's. `manifest.json` lists every
file with its checksum, the place of its pixels in `decoded.rgb` (rows of RGB bytes) and, for files
that must be refused, the error code. Besides the entries it lists resizes, preprocessing recipes,
EXIF orientations and truncated files with their expected results.

The pictures are drawn by the generator, or small crops of two photographs that scikit-learn ships:
`china.jpg` by danielbuechele (https://www.flickr.com/photos/danielbuechele/6061409035/) and
`flower.jpg` by vultilion (https://www.flickr.com/photos/vultilion/6056698931/), both under the
Creative Commons Attribution 2.0 licence (https://creativecommons.org/licenses/by/2.0/); cropped,
re-encoded and in places deliberately damaged.
"""

if __name__ == "__main__":
    main()
