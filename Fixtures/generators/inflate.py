"""Deflate streams of every kind that zlib and gzip write, and checksums of what they hold.

Run: python Fixtures/generators/inflate.py
Writes Fixtures/inflate/.
"""

import gzip
import hashlib
import io
import json
import os
import platform
import random
import shutil
import zlib

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "inflate"))
random.seed(5)
WORDS = "a an the photo picture of with person dog bicycle boat train and in on at many few".split()
TEXT = " ".join(random.choice(WORDS) for _ in range(9000)).encode()
NOISE = bytes(random.randrange(256) for _ in range(20000))
MIXED = b"".join(bytes([i % 7]) * (i % 300) + NOISE[i:i + i % 40] for i in range(400))
SHORT = b"abc"
RUNS = b"".join(bytes([i]) * (i * 3 + 1) for i in range(256)) + b"xyxyxyx" * 100 + b"12345" * 99
entries = []


def add(name, stream, data):
    with open(os.path.join(ROOT, name), "wb") as file:
        file.write(stream)
    entries.append({
        "path": f"inflate/{name}", "sha256": hashlib.sha256(stream).hexdigest(),
        "bytes": len(stream), "equation": "inflate", "error": None,
        "outputs": [{"name": "data", "bytes": len(data),
                     "sha256": hashlib.sha256(data).hexdigest(), "atol": 0, "rtol": 0,
                     "why": "bytes"}]})


def packed(data, level=6, wbits=15, memory=9, strategy=zlib.Z_DEFAULT_STRATEGY, flush=0):
    packer = zlib.compressobj(level, zlib.DEFLATED, wbits, memory, strategy)
    if not flush:
        return packer.compress(data) + packer.flush()
    out = b""
    for i in range(0, len(data), flush):
        out += packer.compress(data[i:i + flush]) + packer.flush(zlib.Z_SYNC_FLUSH)
    return out + packer.flush()


def main():
    shutil.rmtree(ROOT, ignore_errors=True)
    os.makedirs(ROOT)
    for label, data in [("text", TEXT), ("noise", NOISE), ("mixed", MIXED), ("runs", RUNS),
                        ("short", SHORT), ("empty", b"")]:
        for level in (0, 1, 6, 9) if label in ("text", "mixed") else (0, 6):
            add(f"{label}-{level}.zlib", packed(data, level), data)
    for label, strategy in [("fixed", zlib.Z_FIXED), ("huffman", zlib.Z_HUFFMAN_ONLY),
                            ("rle", zlib.Z_RLE), ("filtered", zlib.Z_FILTERED)]:
        add(f"text-{label}.zlib", packed(TEXT, strategy=strategy), TEXT)
        add(f"runs-{label}.zlib", packed(RUNS, strategy=strategy), RUNS)
    add("text-window-512.zlib", packed(TEXT, wbits=9), TEXT)
    add("text-small-blocks.zlib", packed(TEXT, memory=1), TEXT)
    add("mixed-flushed.zlib", packed(MIXED, flush=777), MIXED)
    add("text.raw", packed(TEXT, wbits=-15), TEXT)
    add("zeros.zlib", packed(bytes(10_000_000), 9), bytes(10_000_000))
    add("text.gz", gzip.compress(TEXT, mtime=0), TEXT)
    named = io.BytesIO()
    with gzip.GzipFile("some-name.txt", "wb", 9, named, mtime=1) as file:
        file.write(MIXED)
    add("named.gz", named.getvalue(), MIXED)
    add("two-members.gz", gzip.compress(SHORT, mtime=0) + gzip.compress(RUNS, mtime=0),
        SHORT + RUNS)
    with open(os.path.join(ROOT, "manifest.json"), "w") as file:
        json.dump({"schema": 1, "generator": "generators/inflate.py",
                   "tools": {"python": platform.python_version(),
                             "zlib": zlib.ZLIB_RUNTIME_VERSION}, "entries": entries}, file, indent=0)
        file.write("\n")


if __name__ == "__main__":
    main()
